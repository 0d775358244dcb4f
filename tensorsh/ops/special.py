"""The error function and its inverses, the gamma function's logarithm and derivatives, the zeta function.

Each is computed in float64 and rounded, to about 1e-15 of its value, or of 1 near a zero of it (erf in float32 if that
is asked for, and erfc if it is for many numbers). All branches are computed for all elements and the right ones
taken, so that a tensor is a handful of array operations.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from ..runtime.backend import settled
from ..runtime.dtypes import F32, FLOATS
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor
from .arguments import pair_of
from .expansions import DIGAMMA, ERF, ERFCX, LGAMMA1, LGAMMA2, chebyshev, in_double, precise
from .masks import chosen
from .registry import op, ops, primitive
from .rounding import SMALL, polynomial
from .rowwise import by_rows
from .rules import shape_error, unary

# Bernoulli's numbers B2, B4, B6 ... B24, as their quotients with what each series has below them.
_BERNOULLI = tuple(
    n / d
    for n, d in (
        (1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510), (43867, 798),
        (-174611, 330), (854513, 138), (-236364091, 2730),
    )
)  # fmt: skip


# ---------------------------------------------------------------- the error function


@unary("math.erf", lambda g, y, x: g * (2.0 / math.sqrt(math.pi)) * ops.exp(-ops.square(x)), dtypes=FLOATS)
def erf(xp, x):
    """The error function: 2 / sqrt(pi) times the integral of exp(-t**2) from 0 to x.

    See NIST DLMF 7.2.

    >>> erf([0., 0.5, 1.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.        , 0.5204999 , 0.84270084], dtype=float32)>
    """
    if x.dtype == F32:
        # A network's gelu spends its time here: a rational function in float32, Eigen's, whose digits TensorFlow
        # prints.
        x2 = xp.minimum(x * x, 16.0)
        return xp.minimum(xp.maximum(polynomial(_ERF_OVER, x2) * x / polynomial(_ERF_UNDER, x2), -1.0), 1.0)
    return _erf(xp, x)


_ERF_OVER = (
    1.12837910652160644531, 1.87416076660156250000e-1, 5.24330213665962219238e-2, 3.65804834291338920593e-3,
    2.86197959212586283684e-4, 2.12373220165318343788e-6,
)  # fmt: skip
_ERF_UNDER = (
    1.0, 4.99425798654556274414e-1, 1.12945675849914550781e-1, 1.47520881146192550659e-2,
    1.14329601638019084930e-3, 3.89185734093189239502e-5,
)  # fmt: skip


@in_double
def _erf(xp, x):
    return xp.where(xp.abs(x) < 1, _erf_inside(x), xp.sign(x) * (1 - _erfc_tail(xp, xp.abs(x))))


def _erf_inside(x: Any) -> Any:
    """erf between -1 and 1."""
    return x * chebyshev(ERF, 2 * x * x - 1)


def _erfc_tail(xp: Any, x: Any) -> Any:
    """erfc for x >= 0."""
    x = xp.minimum(x, 30.0)
    # exp(-x**2) in two factors, of which the first has an exact exponent: the square's rounding would show.
    head = xp.rint(x * 1024) / 1024
    decay = xp.exp(-head * head) * xp.exp((head - x) * (head + x))
    return decay * chebyshev(ERFCX, (x - 3.75) / (x + 3.75)) / (1 + 2 * x)


@unary("math.erfc", lambda g, y, x: g * (-2.0 / math.sqrt(math.pi)) * ops.exp(-ops.square(x)), dtypes=FLOATS)
def erfc(xp, x):
    """The complementary error function, 1 - erf(x), without cancellation for large x.

    See NIST DLMF 7.2.

    >>> erfc([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 0.1572992], dtype=float32)>
    """
    if x.dtype == F32 and x.size > SMALL:
        return by_rows(partial(_erfc_single, xp), settled(x).reshape(-1)).reshape(x.shape)
    return _erfc(xp, x)


@in_double
def _erfc(xp, x):
    tail = _erfc_tail(xp, xp.abs(x))
    return xp.where(xp.abs(x) < 0.5, 1 - _erf_inside(x), xp.where(x < 0, 2 - tail, tail))


def _erfc_single(xp: Any, x: Any) -> Any:
    """erfc in float32, to a few units in the last place: where much is to be done, as a network's gelu does.

    The expansions are those of `_erf_inside` and `_erfc_tail`, in powers, as far as float32 goes.
    """
    size = xp.minimum(xp.abs(x), 10.5)
    head = xp.rint(size * 128) * 0.0078125
    decay = xp.exp(-head * head)
    decay *= xp.exp((head - size) * (head + size))
    tail = decay * polynomial(_ERFC_TAIL, (size - 3.75) / (size + 3.75))
    tail /= 1 + 2 * size
    side = xp.copysign(xp.ones((), x.dtype), x)
    tail *= side
    tail += 1 - side  # 2 - tail below 0
    return chosen(xp, size < 0.5, 1 - x * polynomial(_ERF_INSIDE, x * x), tail)


_ERFC_TAIL = (
    1.23751263, -0.1402406583, 0.003585495314, 0.08227841998, -0.1088052275, 0.09229076959, -0.05868544049,
    0.02840925236, -0.009770087183, 0.001675912218, 0.0003301674563, -0.0002241167467, 2.204671891e-05,
)  # fmt: skip
_ERF_INSIDE = (
    1.128379167, -0.3761263889, 0.1128379131, -0.02686613363, 0.005223785007, -0.0008542670568, 0.0001195694682,
)  # fmt: skip


@precise(
    "math.erfinv",
    lambda g, y, x: g * (math.sqrt(math.pi) / 2.0) * ops.exp(ops.square(y)),
    computed=FLOATS[2:],
    domain=(-0.8, 0.8),
)
def erfinv(xp, x):
    """The number whose error function is x; infinite at -1 and 1, nan beyond.

    See NIST DLMF 7.17.

    >>> erfinv([0., 0.5, 1.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.        , 0.47693628,        inf], dtype=float32)>
    """
    return _normal_quantile(xp, x / 2, (1 - xp.abs(x)) / 2) * math.sqrt(0.5)


@precise(
    "math.ndtri",
    lambda g, y, x: g * math.sqrt(2.0 * math.pi) * ops.exp(ops.square(y) / 2.0),
    computed=FLOATS[2:],
    domain=(0.1, 0.9),
)
def ndtri(xp, x):
    """The quantile of the standard normal distribution: below it lies the part x of all draws.

    >>> ndtri([0.5, 0.975])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.9599644], dtype=float32)>
    """
    return _normal_quantile(xp, x - 0.5, xp.minimum(x, 1 - x))


@op("math.erfcinv", samples=lambda s: [s.call(s(2, 3, within=(0.2, 1.8)))])
def erfcinv(x: Any, name: str | None = None) -> Tensor:
    """The number whose complementary error function is x; infinite at 0 and 2, nan beyond.

    >>> erfcinv([0.5, 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.47693625, -0.        ], dtype=float32)>
    """
    return -ndtri(0.5 * as_tensor(x)) * math.sqrt(0.5)


def _normal_quantile(xp: Any, q: Any, r: Any) -> Any:
    """Where the normal distribution function is 1/2 + q; r is 1/2 - |q|, which q alone would round away.

    Algorithm AS 241 (PPND16) of M. J. Wichura, Applied Statistics 37 (1988).
    """
    s = 0.180625 - q * q
    middle = q * polynomial(_MIDDLE_OVER, s) / polynomial(_MIDDLE_UNDER, s)
    far = xp.sqrt(-xp.log(r))
    near_tail = polynomial(_TAIL_OVER, far - 1.6) / polynomial(_TAIL_UNDER, far - 1.6)
    far_tail = polynomial(_FAR_OVER, far - 5) / polynomial(_FAR_UNDER, far - 5)
    tail = xp.where(r == 0, math.inf, xp.where(far <= 5, near_tail, far_tail))
    return xp.where(xp.abs(q) <= 0.425, middle, xp.sign(q) * tail)


_MIDDLE_OVER = (
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
)  # fmt: skip
_MIDDLE_UNDER = (
    1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
    3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
)  # fmt: skip
_TAIL_OVER = (
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
    1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
)  # fmt: skip
_TAIL_UNDER = (
    1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
)  # fmt: skip
_FAR_OVER = (
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
    2.01033439929228813265e-7,
)  # fmt: skip
_FAR_UNDER = (
    1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
)  # fmt: skip


# ---------------------------------------------------------------- the gamma function


@precise("math.lgamma", lambda g, y, x: g * digamma(x), computed=FLOATS[1:], domain=(0.3, 4.0))
def lgamma(xp, x):
    """The logarithm of the absolute value of the gamma function; infinite at 0, -1, -2 ...

    See NIST DLMF 5.2.

    >>> lgamma([0.5, 1., 5.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.5723649, 0.       , 3.1780539], dtype=float32)>
    """
    return lgamma_array(xp, x)


def lgamma_array(xp: Any, x: Any) -> Any:
    """lgamma of a raw float64 array: expansions between 0.5 and 2.5, Stirling's series from 7 on.

    Between them the recurrence lgamma(x) = lgamma(x - 1) + log(x - 1) leads down; below 0.5 stands the
    reflection lgamma(x) = log(pi / |sin(pi x)|) - lgamma(1 - x).
    """
    a = xp.where(x < 0.5, 1 - x, x)
    y, product = a, xp.ones_like(a)
    for _ in range(5):
        high = y >= 2.5
        y = xp.where(high, y - 1, y)
        product = xp.where(high, product * y, product)
    near = xp.where(y < 1.5, (y - 1) * chebyshev(LGAMMA1, 2 * (y - 1)), (y - 2) * chebyshev(LGAMMA2, 2 * (y - 2)))
    stirling = (a - 0.5) * xp.log(a) - a + 0.5 * math.log(2 * math.pi) + polynomial(_STIRLING, 1 / (a * a)) / a
    above = xp.where(a < 7, near + xp.log(product), stirling)
    below = xp.log(math.pi / xp.abs(xp.sin(math.pi * (x - xp.rint(x))))) - above
    return xp.where(xp.isinf(x), math.inf, xp.where(x < 0.5, below, above))


_STIRLING = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(_BERNOULLI[:9], 1))


@precise("math.digamma", lambda g, y, x: g * polygamma(1.0, x), computed=FLOATS[1:], domain=(0.5, 4.0))
def digamma(xp, x):
    """The derivative of lgamma; nan at 0, -1, -2 ...

    See NIST DLMF 5.2.

    >>> digamma([0.5, 1., 5.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-1.96351  , -0.5772157,  1.5061177], dtype=float32)>
    """
    return digamma_array(xp, x)


def digamma_array(xp: Any, x: Any) -> Any:
    """digamma of a raw float64 array: an expansion between 1 and 2, which keeps the zero, a series from 8 on.

    Between them the recurrence digamma(x) = digamma(x - 1) + 1 / (x - 1) leads down; below 0.5 stands the
    reflection digamma(x) = digamma(1 - x) - pi / tan(pi x).
    """
    a = xp.where(x < 0.5, 1 - x, x)
    low = a < 1
    y = xp.where(low, a + 1, a)
    total = xp.where(low, -1 / a, xp.zeros_like(a))
    for _ in range(6):
        high = y > 2
        y = xp.where(high, y - 1, y)
        total = xp.where(high, total + 1 / y, total)
    zero, rest = 1.4616321449683622, 9.549995429965697e-17  # its zero, in two numbers
    near = total + ((y - zero) - rest) * chebyshev(DIGAMMA, 2 * y - 3)
    series = xp.log(a) - 0.5 / a - polynomial(_DIGAMMA_SERIES, 1 / (a * a)) / (a * a)
    above = xp.where(a < 8, near, series)
    angle = x - xp.rint(x)
    below = xp.where(angle == 0, math.nan, above - math.pi / xp.tan(math.pi * angle))
    return xp.where(x < 0.5, below, above)


_DIGAMMA_SERIES = tuple(b / (2 * k) for k, b in enumerate(_BERNOULLI[:10], 1))


# ---------------------------------------------------------------- zeta and polygamma


@primitive(None, lambda g, y, x, q: g * (-x * zeta(x + 1.0, q)))
@in_double
def _zeta(xp, x, q):
    return _zeta_array(xp, x, q)


@op("math.zeta", samples=lambda s: [s.call(3.0, s(2, 3, within=(0.5, 3.0)))])
def zeta(x: Any, q: Any, name: str | None = None) -> Tensor:
    """Hurwitz's zeta function: the sum of (q + k) ** -x for k = 0, 1, 2 ..., for x > 1. No gradient for x.

    See NIST DLMF 25.11.

    >>> zeta([2., 4.], 1.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.644934 , 1.0823232], dtype=float32)>
    """
    return _two_floats("Zeta", _zeta, x, q, ("x", "q"))


def _zeta_array(xp: Any, x: Any, q: Any) -> Any:
    """The sum itself up to where q + k is beyond 9, and the rest by the formula of Euler and Maclaurin."""
    x, q = xp.broadcast_arrays(x, q)
    pole = (q <= 0) & (q == xp.floor(q))
    # Only a negative q needs more than nine terms, and how many has to be known on the host.
    lowest = xp.where(pole | xp.isnan(q) | (x != xp.floor(x)), 0.0, q)
    count = max(9, math.ceil(9 - float(lowest.min()))) if q.size else 9
    total = xp.zeros_like(x)
    for k in range(count):
        total = total + xp.power(q + k, -x)
    a = q + count
    power = xp.power(a, -x)
    rest = xp.power(a, 1 - x) / (x - 1) + power / 2
    factor, term = x, power / a
    for k, b in enumerate(_BERNOULLI, 1):
        rest = rest + b / math.factorial(2 * k) * factor * term
        factor = factor * (x + (2 * k - 1)) * (x + 2 * k)
        term = term / (a * a)
    total = xp.where(power == 0, total, total + rest)
    total = xp.where(pole, xp.where(xp.fmod(x, 2) == 0, math.inf, math.nan), total)
    total = xp.where((q <= 0) & (x != xp.floor(x)), math.nan, total)
    return xp.where(x == 1, math.inf, xp.where(x < 1, math.nan, total))


@primitive(None, lambda g, y, a, x: g * polygamma(a + 1.0, x))
@in_double
def _polygamma(xp, a, x):
    a, x = xp.broadcast_arrays(a, x)
    sign = 1 - 2 * xp.fmod(a + 1, 2)
    higher = sign * xp.exp(lgamma_array(xp, a + 1)) * _zeta_array(xp, a + 1, x)
    y = xp.where(a == 0, digamma_array(xp, x), higher)
    return xp.where((a < 0) | (a != xp.floor(a)), math.nan, y)


@op("math.polygamma", samples=lambda s: [s.call(n, s(2, 3, within=(0.5, 3.0))) for n in (0.0, 1.0, 2.0)])
def polygamma(a: Any, x: Any, name: str | None = None) -> Tensor:
    """The derivative of digamma of order a, a whole number not below 0. No gradient for a.

    See NIST DLMF 5.15.

    >>> polygamma(1., [1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.644934  , 0.64493406], dtype=float32)>
    """
    return _two_floats("Polygamma", _polygamma, a, x, ("a", "x"))


def _two_floats(kernel: str, core: Any, x: Any, y: Any, args: tuple[str, str]) -> Tensor:
    x, y = pair_of(kernel, x, y, FLOATS[2:], args[0])
    try:
        return core(x, y)
    except ValueError:
        raise shape_error(kernel, x, y, args) from None


# ---------------------------------------------------------------- made of them


@op("math.lbeta", samples=lambda s: [s.call(s(2, 3, within=(0.5, 3.0)))])
def lbeta(x: Any, name: str | None = None) -> Tensor:
    """The logarithm of the beta function of the numbers along the last axis.

    See NIST DLMF 5.12 for two numbers.

    x: float (..., n).

    >>> lbeta([[1., 2.], [3., 4.]])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.6931472, -4.0943446], dtype=float32)>
    """
    x = as_tensor(x)
    return ops.reduce_sum(lgamma(x), [-1]) - lgamma(ops.reduce_sum(x, [-1]))


@op("math.polyval", samples=lambda s: [s.call([s(3), s(), s(3)], s(3))])
def polyval(coeffs: Any, x: Any, name: str | None = None) -> Tensor:
    """The polynomial with these coefficients, the highest power's first, at x.

    coeffs: a list of tensors, that of the highest power first.
    Raises ValueError for what is no list.

    >>> polyval([1., 2., 3.], 2.)
    <tf.Tensor: shape=(), dtype=float32, numpy=11.0>
    """
    if not isinstance(coeffs, list):
        raise explain(
            ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}."),
            hint="make it a list, one coefficient an element: unstack(coeffs)",
        )
    x = as_tensor(x)
    if not coeffs:
        return ops.zeros_like(x)
    parts = [as_tensor(c) for c in coeffs]
    total = parts[0]
    for c in parts[1:]:
        total = c + total * x
    return total
