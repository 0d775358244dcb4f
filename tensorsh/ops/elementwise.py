"""Functions of one real or complex number, and of two, applied element by element: roots, exponentials, rounding.

Gradients use TensorFlow's formulas, and so its values at kinks: abs'(0) is 0, sqrt'(0) infinite, of two equal
operands of `maximum` the first has the gradient. Trigonometry has a file of its own, and so have the special functions.
"""

from __future__ import annotations

from typing import Any

from ..runtime.dtypes import COMPLEX, F32, FLOATS, SIGNED_REAL, float32, float64
from ..runtime.errors import explain
from ..runtime.indexed_slices import IndexedSlices
from ..runtime.tensor import Tensor, as_tensor
from .arithmetic import listed
from .registry import install_operator, op, ops, primitive
from .rounding import SMALL, exponential, polynomial, rounded
from .rules import binary, check_dtype, conj, unary

SIGNED_NUMERIC = SIGNED_REAL + COMPLEX
SQUARABLE = listed(
    "bfloat16 float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64 complex128"
)
COMPARABLE = listed("bfloat16 float16 float32 float64 int8 uint8 int16 uint16 int32 uint32 int64 uint64")
# The other order in which some kernels list the floats.
NN_FLOATS = listed("float16 bfloat16 float32 float64")

POSITIVE = (0.2, 2.0)  # where the gradient check may draw arguments of roots and logarithms


# ---------------------------------------------------------------- size and sign


@primitive(lambda g, y, x: (ops.cast(g, x.dtype) if x.dtype.is_complex else g) * sign(x))
def _abs(xp, x):
    return xp.abs(x)


@op(
    "math.abs abs", short=False, operator="abs", samples=lambda s: [s.call(s(2, 3)), s.call(s()), s.call(s.complex(3))]
)
def abs_(x: Any, name: str | None = None) -> Tensor:
    """The absolute value; of a complex number its length, which is real.

    >>> tf.abs([-1.5, 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.5, 2. ], dtype=float32)>
    """
    x = as_tensor(x)
    if x._array.dtype.kind not in "fc":
        check_dtype("Abs", x, SIGNED_REAL, SIGNED_REAL, "x")
    return _abs(x)


def _sign_gradient(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
    if not x.dtype.is_complex:
        return ops.zeros_like(x)
    return ops.divide_no_nan(g - y * y * conj(g), ops.cast(2.0 * abs_(x), x.dtype))


@unary("math.sign sign", _sign_gradient, dtypes=SIGNED_NUMERIC)
def sign(xp, x):
    """-1, 0 or 1; of a complex number x / |x|, and 0 at 0.

    >>> sign([-3., 0., 2.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-1.,  0.,  1.], dtype=float32)>
    """
    if x.dtype.kind != "c":
        return xp.sign(x)
    length = xp.abs(x)
    return xp.where(length == 0, xp.zeros_like(x), x / length)


@unary("math.square square", lambda g, y, x: g * (conj(x) * 2.0), dtypes=SQUARABLE)
def square(xp, x):
    """x * x.

    >>> square([1., 2., 3.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 4., 9.], dtype=float32)>
    """
    return xp.square(x)


# ---------------------------------------------------------------- roots, exponentials, logarithms


@unary("math.sqrt sqrt", lambda g, y, x: 0.5 * g / conj(y), domain=POSITIVE)
def sqrt(xp, x):
    """The square root; nan for a negative real number.

    >>> sqrt([4., 9.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>
    """
    return xp.sqrt(x)


@unary("math.rsqrt", lambda g, y, x: -0.5 * (g * conj(y)) * square(conj(y)), domain=POSITIVE)
def rsqrt(xp, x):
    """1 / sqrt(x).

    >>> rsqrt([4., 0.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, inf], dtype=float32)>
    """
    return xp.reciprocal(xp.sqrt(x))


@unary("math.exp exp", lambda g, y, x: g * conj(y))
def exp(xp, x):
    """e to the power of x.

    >>> exp([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 2.7182817], dtype=float32)>
    """
    return exponential(xp, x)


@unary("math.expm1", lambda g, y, x: g * exp(conj(x)))
def expm1(xp, x):
    """exp(x) - 1, exact for small x.

    >>> expm1(1e-10)
    <tf.Tensor: shape=(), dtype=float32, numpy=1.000000013351432e-10>
    """
    return rounded(xp.expm1, x)


@unary("math.log", lambda g, y, x: g * ops.reciprocal(conj(x)), domain=POSITIVE)
def log(xp, x):
    """The natural logarithm: -inf at 0, nan for a negative real number.

    >>> log([1., 2., 0.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.       , 0.6931472,      -inf], dtype=float32)>
    """
    return rounded(xp.log, x)


@unary("math.log1p", lambda g, y, x: g * ops.reciprocal(1.0 + conj(x)), domain=(-0.8, 2.0))
def log1p(xp, x):
    """log(1 + x), exact for small x.

    >>> log1p([0., 1e-10])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.e+00, 1.e-10], dtype=float32)>
    """
    return xp.log1p(x)


# ---------------------------------------------------------------- the logistic family


@unary("math.sigmoid sigmoid nn.sigmoid", lambda g, y, x: g * (1.0 - conj(y)) * conj(y))
def sigmoid(xp, x):
    """1 / (1 + exp(-x)).

    >>> sigmoid([-100., 0., 100.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 1. ], dtype=float32)>
    """
    e = exponential(xp, xp.minimum(x, 16.6355324) if x.dtype.kind == "f" else x)
    return e / (1 + e)


@unary("math.tanh tanh nn.tanh", lambda g, y, x: g * (1.0 - square(conj(y))))
def tanh(xp, x):
    """The hyperbolic tangent.

    >>> tanh([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.7615942], dtype=float32)>
    """
    if x.dtype is not F32 or x.size > SMALL:
        return xp.tanh(x)
    # Eigen's rational function, whose float32 digits TensorFlow prints.
    x = xp.clip(x, -7.90738964080810547, 7.90738964080810547)
    x2 = x * x
    over = polynomial(_TANH_OVER, x2)
    return (x2 * x * over + x) / polynomial(_TANH_UNDER, x2)


_TANH_OVER = (1.340216100e-1, 3.520756727e-3, 2.102733560e-5, 1.394553628e-8)
_TANH_UNDER = (1.0, 4.673548340e-1, 2.597254514e-2, 3.326951409e-4, 8.015776984e-7)


@unary(
    "math.softplus nn.softplus",
    lambda g, y, features: g / (exp(-features) + 1.0),
    dtypes=NN_FLOATS,
    arg="features",
)
def softplus(xp, x):
    """log(1 + exp(x)), with no overflow.

    >>> softplus([-1., 0., 100.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([  0.3132617,   0.6931472, 100.       ], dtype=float32)>
    """
    if x.dtype is not F32:
        return xp.logaddexp(x, 0)
    return xp.where(x > 13.94, x, xp.log1p(exponential(xp, xp.minimum(x, 14.0))))


@op("math.log_sigmoid", samples=lambda s: [s.call(s(2, 3))])
def log_sigmoid(x: Any, name: str | None = None) -> Tensor:
    """log(sigmoid(x)), with no underflow.

    >>> log_sigmoid([-100., 0.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-100.       ,   -0.6931472], dtype=float32)>
    """
    return -softplus(-as_tensor(x))


@unary(
    "nn.softsign math.softsign",
    lambda g, y, features: g / square(1.0 + abs_(features)),
    dtypes=NN_FLOATS,
    arg="features",
    domain=POSITIVE,
)
def softsign(xp, x):
    """x / (1 + |x|).

    >>> softsign([1., -3.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.5 , -0.75], dtype=float32)>
    """
    return x / (1 + xp.abs(x))


# ---------------------------------------------------------------- rounding, which has no gradient


@unary("math.floor floor", dtypes=FLOATS)
def floor(xp, x):
    """The largest whole number not above x.

    >>> floor([1.5, -1.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 1., -2.], dtype=float32)>
    """
    return xp.floor(x)


@unary("math.ceil", dtypes=FLOATS)
def ceil(xp, x):
    """The smallest whole number not below x.

    >>> ceil([1.5, -1.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 2., -1.], dtype=float32)>
    """
    return xp.ceil(x)


@unary("math.rint", dtypes=FLOATS)
def rint(xp, x):
    """The nearest whole number, the even one of two.

    >>> rint([0.5, 1.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    return xp.rint(x)


@primitive()
def _round(xp, x):
    return xp.rint(x)


@op("math.round round", short=False)
def round_(x: Any, name: str | None = None) -> Tensor:
    """The nearest whole number, the even one of two; integers as they are.

    >>> tf.round([0.5, 1.5, 2.5])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0., 2., 2.], dtype=float32)>
    """
    x = as_tensor(x)
    if x.dtype.is_integer:
        return x
    check_dtype("Round", x, SIGNED_REAL, SIGNED_NUMERIC, "x")
    return _round(x)


def _round_to(x: Any, ndigits: int | None = None) -> Tensor:
    """Python's `round(x, ndigits)`."""
    if not ndigits or as_tensor(x).dtype.is_integer:
        return round_(x)
    scale = 10.0**ndigits
    return round_(x * scale) / scale


install_operator("round", _round_to)


# ---------------------------------------------------------------- of two numbers


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
            summary=f"{bounds} does not broadcast to the tensor of shape {t.shape}: together they have {result.shape}",
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


NN_INEXACT = NN_FLOATS + COMPLEX


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
    kernel="Xlog1py",
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


@binary(
    "math.nextafter",
    lambda g, z, x, y: g,
    lambda g, z, x, y: ops.zeros_like(y),
    dtypes=(float64, float32),
    kernel="NextAfter",
    args=("x1", "x2"),
)
def nextafter(xp, x, y):
    """The floating-point number next to x1 in the direction of x2.

    >>> nextafter(1., 2.)
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0000001192092896>
    """
    return xp.nextafter(x, y)
