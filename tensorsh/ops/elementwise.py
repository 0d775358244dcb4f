"""Functions of one real or complex number, element by element: size and sign, roots, exponentials, rounding.

Gradients use TensorFlow's formulas, and so its values at kinks: abs'(0) is 0, sqrt'(0) infinite. Trigonometry has a
file of its own, and so have the special functions and the functions of two numbers.
"""

from __future__ import annotations

from typing import Any

from ..runtime.dtypes import COMPLEX, F32, FLOATS, HALF_FIRST, SIGNED_REAL, UNSIGNED
from ..runtime.tensor import Tensor, as_tensor
from .registry import install_operator, no_gradient, op, ops, primitive
from .rounding import SMALL, exponential, polynomial, rounded
from .rules import check_dtype, conj, unary

SIGNED_NUMERIC = SIGNED_REAL + COMPLEX

POSITIVE = (0.2, 2.0)  # where the gradient check may draw arguments of roots and logarithms


@primitive(lambda h, z, slope, g: h, None, elementwise=True)
def unless_zero(xp, slope, g):
    """The gradient `slope`, and 0 where the cotangent g is, as in TensorFlow's kernels: the slope may be infinite."""
    return xp.where(g == 0, xp.zeros_like(slope), slope)


# ---------------------------------------------------------------- size and sign


def _abs_gradient(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
    if not x.dtype.is_complex:
        return g * sign(x)
    return ops.divide_no_nan(ops.cast(g, x.dtype) * x, ops.cast(y, x.dtype))


@primitive(_abs_gradient, elementwise=True)
def _abs(xp, x):
    return xp.abs(x)


@op("math.abs abs", short=False, operator="abs", samples=lambda s: [s.call(s(2, 3)), s.call(s()), s.call(s.complex(3))])
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


@unary("math.square square", lambda g, y, x: g * (conj(x) * 2.0), dtypes=SIGNED_REAL + UNSIGNED + COMPLEX)
def square(xp, x):
    """x * x.

    >>> square([1., 2., 3.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 4., 9.], dtype=float32)>
    """
    return xp.square(x)


# ---------------------------------------------------------------- roots, exponentials, logarithms


@unary("math.sqrt sqrt", lambda g, y, x: unless_zero(0.5 * g / conj(y), g), domain=POSITIVE)
def sqrt(xp, x):
    """The square root; nan for a negative real number.

    >>> sqrt([4., 9.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>
    """
    return xp.sqrt(x)


@unary("math.rsqrt", lambda g, y, x: unless_zero(-0.5 * (g * conj(y)) * square(conj(y)), g), domain=POSITIVE)
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
    if x.dtype is not F32:
        return 1 / (1 + exponential(xp, -x))
    e = exponential(xp, xp.minimum(x, 16.6355324))
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
    x = xp.minimum(xp.maximum(x, -7.90738964080810547), 7.90738964080810547)
    x2 = x * x
    over = polynomial(_TANH_OVER, x2)
    return (x2 * x * over + x) / polynomial(_TANH_UNDER, x2)


_TANH_OVER = (1.340216100e-1, 3.520756727e-3, 2.102733560e-5, 1.394553628e-8)
_TANH_UNDER = (1.0, 4.673548340e-1, 2.597254514e-2, 3.326951409e-4, 8.015776984e-7)


@primitive(
    lambda h, z, g, x: _softplus_slope(h, x), lambda h, z, g, x: h * g / (exp(-x) + 2.0 + exp(x)), elementwise=True
)
def _softplus_slope(xp, g, x):
    return g / (1 + exponential(xp, -x))


@unary(
    "math.softplus nn.softplus", lambda g, y, features: _softplus_slope(g, features), dtypes=HALF_FIRST, arg="features"
)
def softplus(xp, x):
    """log(1 + exp(x)), with no overflow.

    >>> softplus([0., 100.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([  0.6931472, 100.       ], dtype=float32)>
    """
    if x.dtype is not F32:
        return xp.logaddexp(x, 0)
    return xp.where(x > 13.94, x, rounded(xp.log1p, exponential(xp, xp.minimum(x, 14.0))))


@op("math.log_sigmoid", samples=lambda s: [s.call(s(2, 3))])
def log_sigmoid(x: Any, name: str | None = None) -> Tensor:
    """log(sigmoid(x)), with no underflow.

    >>> log_sigmoid([-100., 0.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-100.       ,   -0.6931472], dtype=float32)>
    """
    return -softplus(-as_tensor(x))


@primitive(joint=no_gradient("SoftsignGrad"), elementwise=True)
def _softsign_slope(xp, g, x):
    return g / xp.square(1 + xp.abs(x))


@unary(
    "nn.softsign math.softsign",
    lambda g, y, features: _softsign_slope(g, features),
    dtypes=HALF_FIRST,
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


@unary("math.rint", dtypes=FLOATS, computed=FLOATS[2:])
def rint(xp, x):
    """The nearest whole number, the even one of two.

    >>> rint([0.5, 1.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    return xp.rint(x)


@primitive(elementwise=True)
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
    check_dtype("Round", x, SIGNED_NUMERIC, SIGNED_NUMERIC, "x", computed=SIGNED_REAL)
    return _round(x)


def _round_to(x: Any, ndigits: int | None = None) -> Tensor:
    """Python's `round(x, ndigits)`."""
    if not ndigits or as_tensor(x).dtype.is_integer:
        return round_(x)
    scale = 10.0**ndigits
    return round_(x * scale) / scale


install_operator("round", _round_to)
