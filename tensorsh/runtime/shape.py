"""TensorShape: TensorFlow's (possibly partial) shapes.

A tensor's own shape is a tuple of ints inside the runtime; programs see it as a TensorShape.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .errors import explain
from .trace_types import TraceType


class Dimension:
    """One size of `TensorShape.dims`."""

    __slots__ = ("value",)
    __module__ = "tensorflow.python.framework.tensor_shape"

    def __init__(self, value: int | None) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Dimension({self.value})"

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, Dimension) else other)

    def __hash__(self) -> int:
        return hash(self.value)

    def __int__(self) -> int:
        if self.value is None:
            raise TypeError("the size of this axis is not known")
        return self.value

    __index__ = __int__


class TensorShape(TraceType):
    """The sizes of a tensor; None for a size, or for the whole shape, that is not known."""

    __slots__ = ("_dims",)
    __module__ = "tensorflow.python.framework.tensor_shape"

    def __init__(self, dims: Any) -> None:
        self._dims: tuple[int | None, ...] | None
        if type(dims) is tuple and all(type(d) is int and d >= 0 for d in dims):
            self._dims = dims
        elif dims is None or isinstance(dims, TensorShape):
            self._dims = None if dims is None else dims._dims
        elif isinstance(dims, Iterable):
            self._dims = tuple(_dimension(d) for d in dims)
        else:
            self._dims = (_dimension(dims),)

    @property
    def rank(self) -> int | None:
        """The number of axes, None if unknown."""
        return None if self._dims is None else len(self._dims)

    ndims = rank

    @property
    def dims(self) -> list[Dimension] | None:
        return None if self._dims is None else [Dimension(d) for d in self._dims]

    def as_list(self) -> list[int | None]:
        return list(self._known("as_list() is not defined on an unknown TensorShape."))

    def num_elements(self) -> int | None:
        """The product of the sizes, None while one is unknown."""
        if not self.is_fully_defined():
            return None
        product = 1
        for d in self._dims or ():
            product *= d or 0
        return product

    def is_fully_defined(self) -> bool:
        return self._dims is not None and None not in self._dims

    def is_compatible_with(self, other: Any) -> bool:
        """Whether a tensor could have both shapes."""
        other = TensorShape(other)
        if self._dims is None or other._dims is None:
            return True
        return len(self._dims) == len(other._dims) and all(
            a is None or b is None or a == b for a, b in zip(self._dims, other._dims)
        )

    def is_subtype_of(self, other: Any) -> bool:
        """Whether every tensor of this shape has the shape `other`."""
        if not isinstance(other, TensorShape):
            return False
        if other._dims is None:
            return True
        if self._dims is None or len(self._dims) != len(other._dims):
            return False
        return all(b is None or a == b for a, b in zip(self._dims, other._dims))

    def most_specific_common_supertype(self, others: Iterable[Any]) -> TensorShape:
        shape = self
        for other in others:
            shape = shape.most_specific_compatible_shape(other)
        return shape

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        other = TensorShape(other)
        if self._dims is None or other._dims is None or len(self._dims) != len(other._dims):
            return TensorShape(None)
        return TensorShape([a if a == b else None for a, b in zip(self._dims, other._dims)])

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def assert_has_rank(self, rank: int) -> None:
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def assert_same_rank(self, other: Any) -> None:
        other = TensorShape(other)
        if self.rank is not None and other.rank is not None and self.rank != other.rank:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def assert_is_fully_defined(self) -> None:
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def with_rank(self, rank: int) -> TensorShape:
        """This shape, if it can have `rank` axes. Raises ValueError."""
        return self.merge_with(TensorShape([None] * rank), f"Shape {self} must have rank {rank}")

    def with_rank_at_least(self, rank: int) -> TensorShape:
        if self.rank is not None and self.rank < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        if self.rank is not None and self.rank > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def merge_with(self, other: Any, message: str | None = None) -> TensorShape:
        """What is known of both. Raises ValueError if they contradict each other."""
        other = TensorShape(other)
        if not self.is_compatible_with(other):
            raise ValueError(message or f"Shapes {self} and {other} are not compatible")
        if self._dims is None or other._dims is None:
            return other if self._dims is None else self
        return TensorShape([b if a is None else a for a, b in zip(self._dims, other._dims)])

    def concatenate(self, other: Any) -> TensorShape:
        """The shape with the axes of both, one after the other."""
        other = TensorShape(other)
        if self._dims is None or other._dims is None:
            return TensorShape(None)
        return TensorShape([*self._dims, *other._dims])

    def as_proto(self) -> Any:
        """The message that TensorFlow writes shapes as."""
        from .protos import shape_proto

        return shape_proto(None if self._dims is None else list(self._dims))

    def experimental_as_proto(self) -> Any:
        return self.as_proto()

    @classmethod
    def experimental_type_proto(cls) -> type:
        from .protos import TensorShapeProto

        return TensorShapeProto

    @classmethod
    def experimental_from_proto(cls, proto: Any) -> TensorShape:
        """The shape that a message holds."""
        from .protos import Message, sizes_of

        return TensorShape(sizes_of(proto) if isinstance(proto, Message) else proto)

    def _known(self, message: str) -> tuple[int | None, ...]:
        if self._dims is None:
            raise ValueError(message)
        return self._dims

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape(other).concatenate(self)

    def __concat__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __len__(self) -> int:
        return len(self._known("Cannot take the length of shape with unknown rank."))

    def __bool__(self) -> bool:
        return self._dims is not None

    def __iter__(self) -> Iterator[int | None]:
        return iter(self._known("Cannot iterate over a shape with unknown rank."))

    def __getitem__(self, key: Any) -> Any:
        if self._dims is None:
            return TensorShape(None) if isinstance(key, slice) else None
        if isinstance(key, slice):
            return TensorShape(self._dims[key])
        try:
            return self._dims[key]
        except IndexError:
            raise explain(
                IndexError("tuple index out of range"),
                summary=f"axis {key} is out of range: the shape {self} has {len(self._dims)}",
            ) from None

    def __eq__(self, other: object) -> bool:
        try:
            return self._dims == TensorShape(other)._dims
        except (TypeError, ValueError):
            return False

    def __hash__(self) -> int:
        return hash(self._dims)

    def __repr__(self) -> str:
        return f"TensorShape({None if self._dims is None else list(self._dims)})"

    def __str__(self) -> str:
        if self._dims is None:
            return "<unknown>"
        return f"({self._dims[0]},)" if len(self._dims) == 1 else f"({', '.join(map(str, self._dims))})"


def _dimension(value: Any) -> int | None:
    if value is None or isinstance(value, Dimension):
        return value.value if isinstance(value, Dimension) else None
    try:
        size = value.__index__()
    except AttributeError:
        raise TypeError(
            "Dimension value must be integer or None or have an __index__ method, "
            f"got value '{value!r}' with type '{type(value)!r}'"
        ) from None
    if size < 0:
        raise ValueError(f"Dimension {size} must be >= 0")
    return size
