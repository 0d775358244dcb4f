"""What the kinds of linear operators share: how they read their arguments, broadcast, slice and assert.

Shapes are tuples of ints; a hint is True, False or None for "not known".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.dtypes import DType
from ...runtime.errors import explain
from ...runtime.tensor import Tensor, as_tensor
from ...runtime.variable import Variable
from ..registry import ops

HINTS = ("is_non_singular", "is_self_adjoint", "is_positive_definite", "is_square")


class ListWrapper(list):
    """A list as TensorFlow's modules show the lists that they hold."""

    __module__ = "tensorflow.python.trackable.data_structures"

    def __repr__(self) -> str:
        return f"ListWrapper({list.__repr__(self)})"


# ---------------------------------------------------------------- arguments


def arguments(scope: dict[str, Any]) -> dict[str, Any]:
    """A constructor's arguments, out of its `locals()`."""
    return {name: value for name, value in scope.items() if name not in ("self", "__class__")}


def hints_of(operator: Any) -> dict[str, Any]:
    return {hint: getattr(operator, hint) for hint in HINTS}


def reference(value: Any, dtype: Any = None) -> Any:
    """A variable itself, so that it can change; anything else as a tensor."""
    return value if isinstance(value, Variable) else as_tensor(value, dtype)


def matrix_text(t: Any) -> str:
    """A tensor's values, as TensorFlow's f-strings show them."""
    return f"{as_tensor(t)}"


def size_argument(value: Any, arg: str) -> int:
    """A number of rows or columns as an int."""
    t = as_tensor(value)
    if not t.dtype.is_integer:
        raise TypeError(f"Argument {arg} must be integer type.  Found: {t!s}")
    if t._array.ndim:
        raise ValueError(f"Argument {arg} must be a 0-D Tensor.  Found: {matrix_text(t)}")
    if int(t) < 0:
        raise ValueError(f"Argument {arg} must be non-negative.  Found: {int(t)}")
    return int(t)


def batch_argument(value: Any) -> tuple[int, ...]:
    """A batch shape as a tuple of ints."""
    if value is None:
        return ()
    t = as_tensor(value, hint="int32")
    if t._array.ndim != 1:
        raise ValueError(f"Argument batch_shape must be a 1-D Tensor.  Found: {matrix_text(t)}")
    if t._array.size and not t.dtype.is_integer:
        raise TypeError(f"Argument batch_shape must be integer type.  Found: {t!s}")
    sizes = tuple(int(n) for n in t)
    if any(n < 0 for n in sizes):
        raise ValueError(f"Argument batch_shape must be non-negative.  Found:{matrix_text(t)}")
    return sizes


def must_be(given: bool | None, value: bool, message: str) -> None:
    if given is not None and bool(given) is not value:
        raise ValueError(message)


def real_is_self_adjoint(dtype: DType, given: bool | None, message: str) -> bool | None:
    """The hint is_self_adjoint of a kind whose real matrices are all self-adjoint."""
    return given if dtype.is_complex else implied(given, message)


def implied(given: bool | None, message: str) -> bool:
    if given is False:
        raise ValueError(message)
    return True


# ---------------------------------------------------------------- shapes


def batch_of(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The batch shape to which those of several operators (or of tensors that act as such) broadcast."""
    return np.broadcast_shapes(*(shape[:-2] for shape in shapes))


def broadcast_batch(x: Tensor, batch: tuple[int, ...], rank: int = 2) -> Tensor:
    """x with all axes but the last `rank` broadcast to `batch`."""
    shape = (*batch, *x._array.shape[x._array.ndim - rank :])
    return x if shape == x._array.shape else ops.broadcast_to(x, list(shape))


def sliced(t: Tensor, rank: int, key: tuple[Any, ...], batch: tuple[int, ...]) -> Tensor:
    """t with its batch axes, all but the last `rank`, broadcast to `batch` and indexed with `key`."""
    whole = key if any(k is ... for k in key) else (*key, ...)
    return broadcast_batch(t, batch, rank)[(*whole, *[slice(None)] * rank)]


def same_size(wanted: int, found: int, operands: Any = ()) -> None:
    """Raise TensorFlow's ValueError unless two sizes that meet are the same."""
    if wanted != found:
        raise explain(
            ValueError(f"Dimensions {wanted} and {found} are not compatible"),
            f"the operator's size {wanted} meets the size {found}",
            operands,
        )


def spread(matrix: Tensor, rhs: Tensor) -> tuple[Tensor, Tensor]:
    """A matrix and a right-hand side with their batch axes broadcast to each other's."""
    batch = batch_of(matrix._array.shape, rhs._array.shape)
    return broadcast_batch(matrix, batch), broadcast_batch(rhs, batch)


# ---------------------------------------------------------------- assertions


def assert_no_zeros(t: Any, message: str) -> None:
    sizes = abs(as_tensor(t))
    ops.assert_less(ops.zeros([], sizes.dtype), sizes, message=message)


def assert_no_imaginary_part(t: Any, message: str) -> None:
    if t.dtype.is_complex:
        part = ops.imag(t)
        ops.assert_equal(ops.zeros([], part.dtype), part, message=message)
