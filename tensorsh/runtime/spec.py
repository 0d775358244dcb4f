"""TensorSpec: what is known of a tensor before there is one: a (partial) shape, a dtype, a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .dtypes import DType, as_dtype
from .shape import TensorShape
from .tensor import Tensor, as_tensor, is_tensor


class TensorSpec:
    """A tensor's shape (sizes may be None), dtype and name."""

    __slots__ = ("_dtype", "_name", "_shape")
    __module__ = "tensorflow.python.framework.tensor"

    def __init__(self, shape: Any, dtype: Any = "float32", name: str | None = None) -> None:
        self._shape, self._dtype, self._name = TensorShape(shape), as_dtype(dtype), name

    shape = property(lambda self: self._shape)
    dtype = property(lambda self: self._dtype)
    name = property(lambda self: self._name)
    value_type = property(lambda self: Tensor)

    @classmethod
    def from_spec(cls, spec: TensorSpec, name: str | None = None) -> TensorSpec:
        """The same spec, under another name if one is given."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor: Tensor, name: str | None = None) -> TensorSpec:
        """The spec of a tensor. Raises ValueError for anything else, variables included."""
        if not isinstance(tensor, Tensor):
            raise ValueError(f"`tensor` should be a tf.Tensor, but got type {type(tensor)}.")
        return cls(tensor.shape, tensor.dtype, name)

    def flatten(self) -> list[TensorSpec]:
        """The specs of the tensors in a value of this spec: itself."""
        return [self]

    def cast(self, value: Any, casting_context: Any) -> Any:
        """The value as a tensor of this spec. Raises TypeError if it is none."""
        value = as_tensor(value, None if is_tensor(value) else self._dtype)
        spec = TensorSpec(value.shape, value.dtype, self._name)
        if not (spec.is_subtype_of(self) or self.is_subtype_of(spec)):
            raise TypeError(f"Can not cast {spec!r} to {self!r}")
        return value

    def to_tensors(self, value: Any) -> list[Tensor]:
        """The tensors in a value of this spec: itself. Raises TypeError if it does not fit."""
        return [self.cast(value, None)]

    def placeholder_value(self, placeholder_context: Any) -> Any:
        """Refused: it would stand for the tensor in a graph."""
        raise RuntimeError("tf.placeholder() is not compatible with eager execution.")

    def from_tensors(self, tensors: Any) -> Tensor:
        """The one tensor that a value of this spec is made of."""
        return next(tensors)

    def experimental_as_proto(self) -> Any:
        """The message that TensorFlow writes specs as."""
        from .protos import TensorSpecProto, data_type

        dtype = data_type(self._dtype.as_datatype_enum, self._dtype.kernel_name)
        return TensorSpecProto(name=self._name or "", shape=self._shape.as_proto(), dtype=dtype)

    @classmethod
    def experimental_type_proto(cls) -> type:
        from .protos import TensorSpecProto

        return TensorSpecProto

    @classmethod
    def experimental_from_proto(cls, proto: Any) -> TensorSpec:
        """The spec that a message holds."""
        return cls(TensorShape.experimental_from_proto(proto.shape), as_dtype(int(proto.dtype)), proto.name or None)

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        """Whether a tensor, or what another spec describes, could have this shape and dtype."""
        if not (isinstance(spec_or_tensor, TensorSpec) or is_tensor(spec_or_tensor)):
            return False
        return self._dtype == spec_or_tensor.dtype and self._shape.is_compatible_with(spec_or_tensor.shape)

    def is_subtype_of(self, other: Any) -> bool:
        """Whether everything that this spec describes is described by the other one."""
        return (
            isinstance(other, TensorSpec)
            and (not self._name or self._name == other.name)
            and self._dtype == other.dtype
            and self._shape.is_subtype_of(other.shape)
        )

    def most_specific_common_supertype(self, others: Sequence[Any]) -> TensorSpec | None:
        """The narrowest spec that covers this one and the others, None if their dtypes differ."""
        if any(not isinstance(other, TensorSpec) or other.dtype != self._dtype for other in others):
            return None
        if self._name and any(other.name != self._name for other in others):
            return None
        shape = self._shape.most_specific_common_supertype([other.shape for other in others])
        return TensorSpec(shape, self._dtype, self._name)

    def most_specific_compatible_type(self, other: Any) -> TensorSpec:
        """The narrowest spec that covers both. Raises ValueError if their dtypes differ."""
        common = self.most_specific_common_supertype([other])
        if common is None:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return common

    def _key(self) -> tuple[TensorShape, DType, str | None]:
        return self._shape, self._dtype, self._name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorSpec) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self._shape, self._dtype))

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r})"
