"""Functions of two numbers, element by element: extremes, bounds, squared distances, and 0 times anything.

Of two equal operands of `maximum` and `minimum` the first has the gradient, as in TensorFlow.
"""

from __future__ import annotations

from typing import Any

from ..runtime.dtypes import COMPARABLE, COMPLEX, HALF_FIRST, float32, float64, listed
from ..runtime.errors import explain
from ..runtime.indexed_slices import IndexedSlices
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .elementwise import POSITIVE
from .registry import op, ops
from .rules import binary

NN_INEXACT = HALF_FIRST + COMPLEX


@binary(
    "maximum math.maximum",
    lambda g, z, x, y: ops.where(ops.greater_equal(x, y), g, 0.0),
    lambda g, z, x, y: ops.where(ops.greater_equal(x, y), 0.0, g),
    dtypes=COMPARABLE,
)
def maximum(xp, x, y):
    """The larger of x and y, element by element, broadcasting; nan if either is nan.

    >>> maximum([1., 5.], 3.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 5.], dtype=float32)>
    """
    return xp.maximum(x, y)


@binary(
    "minimum math.minimum",
    lambda g, z, x, y: ops.where(ops.less_equal(x, y), g, 0.0),
    lambda g, z, x, y: ops.where(ops.less_equal(x, y), 0.0, g),
    dtypes=COMPARABLE,
)
def minimum(xp, x, y):
    """The smaller of x and y, element by element, broadcasting; nan if either is nan.

    >>> minimum([1., 5.], 3.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 3.], dtype=float32)>
    """
    return xp.minimum(x, y)


@op("clip_by_value", samples=lambda s: [s.call(s.distinct(2, 3), -0.4, 0.4), s.call(s(2, 3), s(3), 3.0)])
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """t with what is below `clip_value_min` raised to it and what is above `clip_value_max` lowered to it.

    The bounds may be tensors that broadcast to t. At the bounds themselves the gradient passes.

    clip_value_min: the lower bound, of a shape that broadcasts with t. clip_value_max: the upper bound.
    Raises ValueError if a bound's shape would make that of t larger.

    >>> clip_by_value([1, 5, 10], 2, 7)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([2, 5, 7], dtype=int32)>
    """
    values = as_tensor(t.values if type(t) is IndexedSlices else t)
    low_enough = minimum(values, clip_value_max)
    clipped = maximum(low_enough, clip_value_min)
    _same_shape(values, low_enough, "clip_value_max")
    _same_shape(values, clipped, "clip_value_min")
    return IndexedSlices(clipped, t.indices, t.dense_shape) if type(t) is IndexedSlices else clipped


def _same_shape(t: Tensor, result: Tensor, bounds: str) -> None:
    """Raise ValueError if bounds that were to broadcast to t have made it larger instead."""
    if result._array.shape != t._array.shape:
        raise explain(
            ValueError(f"Shapes {t.shape} and {result.shape} are incompatible"),
            summary=f"{bounds} does not broadcast to the tensor's shape {t.shape}: it makes it {result.shape}",
        )


@binary(
    "math.squared_difference",
    lambda g, z, x, y: g * 2.0 * (x - y),
    lambda g, z, x, y: -(g * 2.0 * (x - y)),
    dtypes=listed("bfloat16 float16 float32 float64 int32 int64 complex64 complex128"),
)
def squared_difference(xp, x, y):
    """(x - y) squared, element by element, broadcasting; of complex numbers, |x - y| squared.

    >>> squared_difference([1., 5.], 3.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([4., 4.], dtype=float32)>
    """
    difference = xp.subtract(x, y)
    return difference * difference if x.dtype.kind != "c" else difference * xp.conj(difference)


@binary(
    "math.xlogy",
    lambda g, z, x, y: g * xlogy(_nonzero(x), y),
    lambda g, z, x, y: g * xdivy(x, y),
    dtypes=NN_INEXACT,
    domain=POSITIVE,
)
def xlogy(xp, x, y):
    """x * log(y), and 0 where x is 0, whatever y is.

    >>> xlogy([0., 2.], [0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """
    z = x * xp.log(_like(xp, y, x))
    return xp.where(x == 0, xp.zeros_like(z), z)


@binary(
    "math.xlog1py",
    lambda g, z, x, y: g * xlog1py(_nonzero(x), y),
    lambda g, z, x, y: g * xdivy(x, y + 1.0),
    dtypes=NN_INEXACT,
    domain=POSITIVE,
)
def xlog1py(xp, x, y):
    """x * log(1 + y), and 0 where x is 0, whatever y is.

    >>> xlog1py([0., 2.], [-1., 0.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """
    z = x * xp.log1p(_like(xp, y, x))
    return xp.where(x == 0, xp.zeros_like(z), z)


@binary(
    "math.xdivy",
    lambda g, z, x, y: g * xdivy(_nonzero(x), y),
    lambda g, z, x, y: g * xdivy(-x, y * y),
    dtypes=NN_INEXACT,
    domain=POSITIVE,
)
def xdivy(xp, x, y):
    """x / y, and 0 where x is 0, whatever y is.

    >>> xdivy([0., 1.], [0., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0. , 0.5], dtype=float32)>
    """
    z = xp.divide(x, y)
    return xp.where(x == 0, xp.zeros_like(z), z)


def _nonzero(x: Tensor) -> Tensor:
    """1 where x is not 0, else 0, in its own dtype."""
    return ops.cast(ops.not_equal(x, 0.0), x.dtype)


def _like(xp: Any, y: Any, x: Any) -> Any:
    """y, which may be a Python number, as an array of x's dtype."""
    return y if hasattr(y, "dtype") else xp.asarray(y, dtype=x.dtype)


def _next_of_numbers(x: Any, y: Any) -> Tensor | None:
    """Of two values that are no tensors: they become float32, integers too."""
    if is_tensor(x) or is_tensor(y):
        return None
    return nextafter(as_tensor(x, float32), as_tensor(y, float32))


@binary(
    "math.nextafter",
    lambda g, z, x, y: g,
    lambda g, z, x, y: ops.zeros_like(y),
    dtypes=(float64, float32),
    kernel="NextAfter",
    otherwise=lambda x, y: _next_of_numbers(x, y),
    args=("x1", "x2"),
)
def nextafter(xp, x, y):
    """The floating-point number next to x1 in the direction of x2.

    >>> nextafter(1., 2.)
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0000001192092896>
    """
    return xp.nextafter(x, y)
