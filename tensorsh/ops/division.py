"""Division that truncates, reciprocals, and the products and quotients that are 0 where others are nan."""

from __future__ import annotations

from typing import Any

from ..runtime.dtypes import COMPLEX, INEXACT, SIGNED_REAL, float32, float64, int32, int64, listed
from ..runtime.errors import InternalError, explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .arguments import pair_of
from .arithmetic import DIVISIBLE, common_float, refuse_kinds
from .elementwise import unless_zero
from .registry import no_gradient, op, primitive
from .rules import binary, check_dtype, conj, shape_error, unary


@binary("truncatediv", kernel="TruncateDiv", dtypes=DIVISIBLE)
def truncatediv(xp, x, y):
    """The whole part of x / y, toward zero. Integer division by zero raises InternalError, as in TensorFlow.

    >>> truncatediv([7, -7], 2)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 3, -3], dtype=int32)>
    """
    refuse_kinds("TruncateDiv", "c", x, y)
    if x.dtype.kind == "f":
        return xp.trunc(xp.divide(x, y))
    _no_zero("TruncateDiv", y)
    below = xp.floor_divide(x, y)
    return below if x.dtype.kind == "u" else below + ((below < 0) & (below * y != x)).astype(x.dtype)


_TRUNCATED = listed("int32 int64 bfloat16 float16 float32 float64")


@primitive(joint=no_gradient("TruncateMod"), elementwise=True)
def _truncatemod(xp, x, y):
    if x.dtype.kind != "f":
        _no_zero("TruncateMod", y)
    return xp.fmod(x, y)


@op("truncatemod")
def truncatemod(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The remainder of `truncatediv`, which has the sign of x. TensorFlow has no gradient for it.

    Raises InvalidArgumentError unless the dtypes are the same and the shapes broadcast.

    >>> truncatemod([7, -7], 4)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 3, -3], dtype=int32)>
    """
    x, y = pair_of("TruncateMod", x, y, _TRUNCATED, "x", (int32, int64, float32, float64))
    try:
        return _truncatemod(x, y)
    except ValueError:
        raise shape_error("TruncateMod", x, y) from None


def _no_zero(kernel: str, y: Any) -> None:
    """Refuse integer division by zero with the class that TensorFlow has for these two."""
    if bool((y == 0).any()):
        raise explain(
            InternalError(
                "Unexpected error in binary operator (only integer div and mod should have errors) "
                f"[Op:{kernel}] name: "
            ),
            summary=f"{kernel}: integer division by zero",
        )


@unary(
    "math.reciprocal",
    lambda g, y, x: unless_zero(-conj(y) * g * conj(y), g),
    dtypes=SIGNED_REAL + COMPLEX,
    domain=(0.3, 2.0),
)
def reciprocal(xp, x):
    """1 / x, of floats and complex numbers.

    >>> reciprocal([2., 0.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, inf], dtype=float32)>
    """
    refuse_kinds("Reciprocal", "iu", x)
    return xp.divide(1, x) if x.dtype.kind == "c" else xp.reciprocal(x)  # a quotient: no imaginary part is -0.


@primitive(
    lambda g, z, x, y: _divide_no_nan(g, conj(y)),
    lambda g, z, x, y: g * _divide_no_nan(_divide_no_nan(-conj(x), conj(y)), conj(y)),
    elementwise=True,
)
def _divide_no_nan(xp, x, y):
    z = xp.divide(x, y)
    return xp.where(y == 0, xp.zeros_like(z), z)


_DIVIDED = listed("float16 float32 bfloat16 float64 complex64 complex128")


@op("math.divide_no_nan", samples=lambda s: [s.call(s(2, 3), s(3, within=(0.5, 2.0)))])
def divide_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y as `divide`, and 0 where y is 0.

    Raises InvalidArgumentError unless the dtypes are the same and the shapes broadcast.

    >>> divide_no_nan([1., 2.], [0., 4.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0. , 0.5], dtype=float32)>
    """
    if not is_tensor(x) and is_tensor(y):
        x = as_tensor(x, y.dtype)
    x, y = common_float(x, y, "tf.math.divide_no_nan")
    try:
        return _divide_no_nan(x, y)
    except ValueError:
        raise shape_error("DivNoNan", x, y) from None


@op("math.reciprocal_no_nan", samples=lambda s: [s.call(s(2, 3, within=(0.5, 2.0)))])
def reciprocal_no_nan(x: Any, name: str | None = None) -> Tensor:
    """1 / x, and 0 where x is 0.

    >>> reciprocal_no_nan([2., 0.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 0. ], dtype=float32)>
    """
    x = as_tensor(x)
    one = as_tensor(1, x.dtype)
    check_dtype("DivNoNan", x, _DIVIDED, _DIVIDED, "x")
    return _divide_no_nan(one, x)


@primitive(lambda g, z, x, y: _multiply_no_nan(g, y), lambda g, z, x, y: _multiply_no_nan(x, g), elementwise=True)
def _multiply_no_nan(xp, x, y):
    z = xp.multiply(x, y)
    return xp.where(y == 0, xp.zeros_like(z), z)


@op("math.multiply_no_nan", samples=lambda s: [s.call(s(2, 3), s(3, within=(0.5, 2.0)))])
def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x * y, and 0 where y is 0, whatever x is.

    Raises InvalidArgumentError unless the dtypes are the same and the shapes broadcast.

    >>> multiply_no_nan([nan, 2.], [0., 4.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 8.], dtype=float32)>
    """
    x = as_tensor(x)
    y = as_tensor(y, x.dtype)
    check_dtype("MulNoNan", x, INEXACT, INEXACT, "x")
    try:
        return _multiply_no_nan(x, y)
    except ValueError:
        raise shape_error("MulNoNan", x, y) from None
