"""What is known of a ragged or a sparse tensor before there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .dtypes import as_dtype
from .ragged import RaggedTensor
from .shape import TensorShape
from .sparse import SparseTensor
from .tensor import Tensor


class CompositeSpec:
    """What the specs of values that are made of several tensors share."""

    __slots__ = ("_dtype", "_shape")

    def __init__(self, shape: Any = None, dtype: Any = "float32") -> None:
        self._shape, self._dtype = TensorShape(shape), as_dtype(dtype)

    shape = property(lambda self: self._shape)
    dtype = property(lambda self: self._dtype)

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a value, or what another spec describes, could be of this spec."""
        other = self._spec(spec_or_value)
        return other is not None and self._rest() == other._rest() and self._shape.is_compatible_with(other._shape)

    def is_subtype_of(self, other: Any) -> bool:
        """Whether everything that this spec describes is described by the other one."""
        return type(other) is type(self) and self._rest() == other._rest() and self._shape.is_subtype_of(other._shape)

    def most_specific_common_supertype(self, others: Sequence[Any]) -> Any:
        """The narrowest spec that covers this one and the others, None if there is none."""
        if any(type(other) is not type(self) or other._rest() != self._rest() for other in others):
            return None
        return self._with_shape(self._shape.most_specific_common_supertype([other.shape for other in others]))

    def most_specific_compatible_type(self, other: Any) -> Any:
        """The narrowest spec that covers both. Raises ValueError if there is none."""
        common = self.most_specific_common_supertype([other])
        if common is None:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return common

    def _spec(self, value: Any) -> Any:
        return value if type(value) is type(self) else None

    def _rest(self) -> tuple[Any, ...]:
        return (self._dtype,)

    def _with_shape(self, shape: Any) -> Any:
        return type(self)(shape, *self._rest())

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and (self._shape, self._rest()) == (other._shape, other._rest())

    def __hash__(self) -> int:
        return hash((self._shape, self._rest()))


class RaggedTensorSpec(CompositeSpec):
    """A ragged tensor's shape (sizes may be None), dtype, number of ragged axes and dtype of the row splits."""

    __slots__ = ("_ragged_rank", "_splits")
    _is_ragged = True
    __module__ = "tensorflow.python.ops.ragged.ragged_tensor"

    def __init__(
        self,
        shape: Any = None,
        dtype: Any = "float32",
        ragged_rank: int | None = None,
        row_splits_dtype: Any = "int64",
        flat_values_spec: Any = None,
    ) -> None:
        super().__init__(shape, dtype)
        self._splits = as_dtype(row_splits_dtype)
        rank = self._shape.rank
        if ragged_rank is None:
            if rank is None:
                raise ValueError("Must specify ragged_rank or a shape with known rank.")
            ragged_rank = rank - 1
        elif rank is not None and ragged_rank >= max(rank, 1):
            raise ValueError(f"Argument `ragged_rank` ({ragged_rank}) must be less than rank ({rank}).")
        self._ragged_rank = ragged_rank

    ragged_rank = property(lambda self: self._ragged_rank)
    row_splits_dtype = property(lambda self: self._splits)
    flat_values_spec = property(lambda self: None)
    value_type = property(lambda self: RaggedTensor if self._ragged_rank else Tensor)

    @classmethod
    def from_value(cls, value: RaggedTensor) -> RaggedTensorSpec:
        """The spec of a ragged tensor."""
        return cls(value.shape, value.dtype, value.ragged_rank, value._partition.dtype)

    def _spec(self, value: Any) -> Any:
        return self.from_value(value) if type(value) is RaggedTensor else super()._spec(value)

    def _rest(self) -> tuple[Any, ...]:
        return self._dtype, self._ragged_rank, self._splits

    def __repr__(self) -> str:
        return f"RaggedTensorSpec({self._shape!r}, {self._dtype!r}, {self._ragged_rank}, {self._splits!r})"


class SparseTensorSpec(CompositeSpec):
    """A sparse tensor's shape (sizes may be None) and dtype."""

    __slots__ = ()
    __module__ = "tensorflow.python.framework.sparse_tensor"

    value_type = property(lambda self: SparseTensor)

    @classmethod
    def from_value(cls, value: SparseTensor) -> SparseTensorSpec:
        """The spec of a sparse tensor."""
        return cls(value.shape, value.dtype)

    def _spec(self, value: Any) -> Any:
        return self.from_value(value) if isinstance(value, SparseTensor) else super()._spec(value)

    def __repr__(self) -> str:
        return f"SparseTensorSpec({self._shape!r}, {self._dtype!r})"


def composite_spec(value: Any) -> CompositeSpec | None:
    """The spec of a ragged or sparse tensor; None for any other value."""
    if type(value) is RaggedTensor:
        return RaggedTensorSpec.from_value(value)
    return SparseTensorSpec.from_value(value) if isinstance(value, SparseTensor) else None
