"""What shapes and dtypes share as types of a traced function's arguments: they stand for no tensor.

TensorFlow keys its traced functions by such types. Nothing is traced here; the members answer as TensorFlow's do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class TraceType:
    """A type that no tensor flows through."""

    __slots__ = ()

    def flatten(self) -> list[Any]:
        """The specs of the tensors in a value of this type: none."""
        return []

    def to_tensors(self, value: Any) -> list[Any]:
        """The tensors in a value of this type: none."""
        return []

    def placeholder_value(self, placeholder_context: Any) -> None:
        """What stands for a value while a function is traced: nothing."""

    def from_tensors(self, tensors: Any) -> Any:
        """A value of this type made of no tensors."""
        return self.placeholder_value(None)

    def cast(self, value: Any, cast_context: Any) -> Any:
        """The value, if it is what stands for this type. Raises AssertionError for any other."""
        if value is not None:
            raise AssertionError(f"Can not cast {value!r} to type {self!r}")
        return value


class UniqueType(TraceType):
    """A trace type that covers itself alone."""

    __slots__ = ()

    def is_subtype_of(self, other: Any) -> bool:
        """Whether `other` is the same type."""
        return type(other) is type(self) and other == self

    def most_specific_common_supertype(self, types: Iterable[Any]) -> Any:
        """This type if all others are the same, else None."""
        return self if all(self == other for other in types) else None
