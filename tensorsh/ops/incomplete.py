"""The incomplete gamma and beta functions, by series and continued fractions.

Both are iterations, which each element leaves once it has settled: the host asks every few steps which those are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..runtime.dtypes import F64, FLOATS
from ..runtime.errors import bracketed, invalid
from ..runtime.tensor import Tensor
from .arguments import alike
from .expansions import in_double
from .registry import no_gradient, op, ops, primitive
from .rowwise import by_elements
from .rules import binary, check_dtype
from .special import digamma_array, lgamma_array

_PRECISION = 2.0**-51  # a unit or two in the last place, between which some elements go to and fro
_MOST_STEPS, _ASKED = 4000, 8
_TINY = 1e-300  # stands for 0 where a continued fraction would divide by it


def _regularized(tf: str, *grads: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a kernel of a and x, computed in float64."""
    rule = binary(
        tf,
        *grads,
        dtypes=FLOATS,
        computed=FLOATS[2:],
        elementwise=False,  # it iterates until nothing changes
        args=("a", "x"),
        domain=(0.5, 3.0),
    )
    return lambda kernel: rule(by_elements(in_double(kernel)))


@_regularized("math.igamma", lambda g, y, a, x: g * _igamma_grad_a(a, x), lambda g, y, a, x: g * _gamma_density(a, x))
def igamma(xp, a, x):
    """The lower regularized incomplete gamma function: the part of Gamma(a) that the integral up to x is.

    See NIST DLMF 8.2.

    >>> igamma([1., 2.], [1., 3.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.63212055, 0.8008517 ], dtype=float32)>
    """
    lower, upper, small = _parts(xp, a, x)
    return _domain(xp, a, x, xp.where(small, lower, 1 - upper), 0.0, 1.0)


@_regularized(
    "math.igammac", lambda g, y, a, x: -g * _igamma_grad_a(a, x), lambda g, y, a, x: -g * _gamma_density(a, x)
)
def igammac(xp, a, x):
    """The upper regularized incomplete gamma function, 1 - igamma(a, x), without cancellation.

    See NIST DLMF 8.2.

    >>> igammac([1., 2.], [1., 3.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.36787945, 0.19914827], dtype=float32)>
    """
    lower, upper, small = _parts(xp, a, x)
    return _domain(xp, a, x, xp.where(small, 1 - lower, upper), 1.0, 0.0)


def _gamma_density(a: Tensor, x: Tensor) -> Tensor:
    """The derivative of igamma for x, in logarithms, since Gamma(a) may be large."""
    return ops.exp(-x + (a - 1.0) * ops.log(x) - ops.lgamma(a))


def _domain(xp: Any, a: Any, x: Any, y: Any, at_0: float, at_infinity: float) -> Any:
    """y, with the values at the ends of its domain, and nan outside of it."""
    y = xp.where(xp.isinf(x), at_infinity, y)
    y = xp.where(xp.isinf(a) & xp.isfinite(x), at_0, y)
    y = xp.where(x == 0, at_0, y)
    return xp.where((x < 0) | (a <= 0) | xp.isnan(a) | xp.isnan(x), math.nan, y)


def _parts(xp: Any, a: Any, x: Any) -> tuple[Any, Any, Any]:
    """The lower part by a series, the upper by a continued fraction, and where the first is to be taken."""
    a, x, small = _regions(xp, a, x)
    size = xp.exp(a * xp.log(x) - x - lgamma_array(xp, a))
    return size * _series(xp, a, x, small)[0] / a, size * _fraction(xp, a, x, ~small)[0], small


def _regions(xp: Any, a: Any, x: Any) -> tuple[Any, Any, Any]:
    """a and x, with harmless numbers outside of the domain, and where the series is better."""
    inside = (a > 0) & (x > 0) & xp.isfinite(a) & xp.isfinite(x)
    a, x = xp.where(inside, a, 1.0), xp.where(inside, x, 1.0)
    return a, x, (x <= 1) | (x <= a)


def _iterate(xp: Any, step: Callable[..., Any], state: list[Any], *arrays: Any) -> list[Any]:
    """`step(n, state, *arrays)` until the change that it tells of, relative to the result, is nothing.

    All arrays are flat, with an entry for each element.
    """
    settled, left, given = [xp.empty_like(each) for each in state], xp.arange(len(state[0])), list(arrays)
    for n in range(1, _MOST_STEPS + 1):
        state, change = step(n, state, *given)
        if n % _ASKED == 0 or n == _MOST_STEPS:
            is_open = xp.abs(change) > _PRECISION
            for whole, part in zip(settled, state):
                whole[left] = part
            left, *given = (each[is_open] for each in (left, *given))
            state = [each[is_open] for each in state]
            if not len(left):
                break
    return settled


def _where(xp: Any, wanted: Any, sums: Callable[..., list[Any]], *given: Any) -> list[Any]:
    """What `sums` makes of the elements that are wanted, and 0 for the others."""
    made = []
    for part in sums(xp, *(each[wanted] for each in given)):
        made.append(xp.zeros(wanted.shape, F64))
        made[-1][wanted] = part
    return made


def _series(xp: Any, a: Any, x: Any, wanted: Any) -> list[Any]:
    """The sum of x**n / ((a + 1) ... (a + n)), and its derivative for a, of the elements that are wanted."""
    return _where(xp, wanted, _series_sums, a, x)


def _series_sums(xp: Any, a: Any, x: Any) -> list[Any]:
    def step(n: int, state: list[Any], a: Any, x: Any) -> tuple[list[Any], Any]:
        total, slope, term, fall = state
        term = term * x / (a + n)
        fall = fall - 1 / (a + n)  # the logarithmic derivative of the term
        return [total + term, slope + term * fall, term, fall], term * (1 + xp.abs(fall)) / total

    one, zero = xp.ones_like(x), xp.zeros_like(x)
    return _iterate(xp, step, [one, zero, one, zero], a, x)[:2]


def _fraction(xp: Any, a: Any, x: Any, wanted: Any) -> list[Any]:
    """The continued fraction of Gamma(a, x) / (x**a exp(-x)), and its derivative for a, of the wanted elements."""
    return _where(xp, wanted, _fraction_sums, a, x)


def _fraction_sums(xp: Any, a: Any, x: Any) -> list[Any]:
    """By Lentz's method."""

    def step(n: int, state: list[Any], a: Any, x: Any) -> tuple[list[Any], Any]:
        total, slope, c, c_slope, d, d_slope = state
        over = n * (a - n)  # its derivative is n
        under = x + (2 * n + 1) - a  # its derivative is -1
        c_slope = n / c - over * c_slope / (c * c) - 1
        c = under + over / c
        inverse = over * d + under
        inverse = xp.where(inverse == 0, _TINY, inverse)
        d_slope = -(n * d + over * d_slope - 1) / (inverse * inverse)
        d = 1 / inverse
        factor, factor_slope = c * d, c_slope * d + c * d_slope
        slope = slope * factor + total * factor_slope
        total = total * factor
        return [total, slope, c, c_slope, d, d_slope], xp.maximum(xp.abs(factor - 1), xp.abs(factor_slope))

    under = x + 1 - a
    d, d_slope = 1 / under, 1 / (under * under)
    c, c_slope = xp.full_like(x, 1 / _TINY), xp.zeros_like(x)
    return _iterate(xp, step, [d, d_slope, c, c_slope, d, d_slope], a, x)[:2]


@primitive(joint=no_gradient("IgammaGradA"))
@by_elements
@in_double
def _igamma_grad_a(xp, a, x):
    """The derivative of igamma for a; TensorFlow has no gradient of it."""
    ends = _domain(xp, a, x, xp.ones_like(x), 0.0, 0.0)  # 1 inside the domain
    a, x, small = _regions(xp, a, x)
    logarithm = xp.log(x)
    size = xp.exp(a * logarithm - x - lgamma_array(xp, a))
    growth = logarithm - digamma_array(xp, a)
    series, series_slope = _series(xp, a, x, small)
    fraction, fraction_slope = _fraction(xp, a, x, ~small)
    lower = size / a * (series * (growth - 1 / a) + series_slope)
    upper = size * (fraction * growth + fraction_slope)
    return xp.where(ends == 1, xp.where(small, lower, -upper), ends)


# ---------------------------------------------------------------- beta


def _beta_density(g: Tensor, y: Tensor, a: Tensor, b: Tensor, x: Tensor) -> Tensor:
    log_beta = ops.lgamma(a) + ops.lgamma(b) - ops.lgamma(a + b)
    return g * ops.exp(ops.xlog1py(b - 1.0, -x) + ops.xlogy(a - 1.0, x) - log_beta)


@primitive(None, None, _beta_density)
@by_elements
@in_double
def _betainc(xp, a, b, x):
    inside = (a > 0) & (b > 0) & (x > 0) & (x < 1) & xp.isfinite(a) & xp.isfinite(b)
    p, q, z = xp.where(inside, a, 1.0), xp.where(inside, b, 1.0), xp.where(inside, x, 0.5)
    size = xp.exp(
        p * xp.log(z) + q * xp.log1p(-z) + (lgamma_array(xp, p + q) - lgamma_array(xp, p) - lgamma_array(xp, q))
    )
    # The fraction converges quickly below the mean; above it, I(a, b, x) is 1 - I(b, a, 1 - x).
    turned = z > (p + 1) / (p + q + 2)
    p, q, z = xp.where(turned, q, p), xp.where(turned, p, q), xp.where(turned, 1 - z, z)
    part = size / p * _beta_fraction(xp, p, q, z)
    y = xp.where(turned, 1 - part, part)
    y = xp.where(x == 0, 0.0, xp.where(x == 1, 1.0, y))
    return xp.where((a > 0) & (b > 0) & (x >= 0) & (x <= 1) & xp.isfinite(a) & xp.isfinite(b), y, math.nan)


def _beta_fraction(xp: Any, a: Any, b: Any, x: Any) -> Any:
    """The continued fraction of the incomplete beta function, by Lentz's method."""

    def apart(value: Any) -> Any:
        return xp.where(xp.abs(value) < _TINY, _TINY, value)

    def step(n: int, state: list[Any], a: Any, b: Any, x: Any) -> tuple[list[Any], Any]:
        total, c, d = state
        for over in (
            n * (b - n) * x / ((a + (2 * n - 1)) * (a + 2 * n)),
            -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + (2 * n + 1))),
        ):
            d = 1 / apart(1 + over * d)
            c = apart(1 + over / c)
            total = total * (c * d)
        return [total, c, d], c * d - 1

    d = 1 / apart(1 - (a + b) * x / (a + 1))
    return _iterate(xp, step, [d, xp.ones_like(x), d], a, b, x)[0]


@op("math.betainc", samples=lambda s: [s.call(2.0, 3.0, s(2, 3, within=(0.1, 0.9)))])
def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> Tensor:
    """The regularized incomplete beta function I(a, b, x), for x from 0 to 1. No gradients for a and b.

    See NIST DLMF 8.17.

    Each of a, b and x has the same shape, or is of rank 0.

    Raises InvalidArgumentError unless the shapes broadcast.

    >>> betainc(1., [1., 2.], 0.5)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5 , 0.75], dtype=float32)>
    """
    tensors = alike("Betainc", [a, b, x])
    check_dtype("Betainc", tensors[0], FLOATS[2:], FLOATS[2:], "a")
    shaped = [(arg, t._array.shape) for arg, t in zip("abx", tensors) if t._array.ndim]
    for arg, shape in shaped[1:]:
        first, wanted = shaped[0]
        if shape != wanted:
            raise invalid(
                "Betainc",
                f"Shapes of {first} and {arg} are inconsistent: {bracketed(wanted)} vs. {bracketed(shape)}",
                summary=f"betainc: {first} has shape {wanted} and {arg} {shape}; only rank 0 broadcasts",
                operands=list(zip("abx", tensors)),
            )
    return _betainc(*tensors)
