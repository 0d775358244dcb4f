"""How a draw from a Gamma distribution moves with its shape parameter.

A draw x of Gamma(a, 1) with a fixed rank among all draws, P(a, x) = constant, moves by dx/da = -(dP/da) / p,
where P is the cumulative distribution (the regularised incomplete gamma function) and p = dP/dx its density
(Figurnov et al., "Implicit reparameterization gradients", 2018). Below the mean P comes from its power
series, above it 1 - P from its continued fraction (NIST DLMF 8.11.4, 8.9.2), each differentiated term by term
in float64.
"""

from __future__ import annotations

import math
from typing import Any

Array = Any

_PRECISION = 1e-15
_MOST_TERMS = 2000


def sample_derivative(xp: Any, alpha: Array, sample: Array) -> Array:
    """float64 dx/da of draws `sample` of Gamma(alpha, 1), of one shape. 0 for a draw of 0 or infinity."""
    a, x = alpha.astype(xp.float64).reshape(-1), sample.astype(xp.float64).reshape(-1)
    out = xp.zeros(a.shape, dtype=xp.float64)
    proper, below = (x > 0) & (x < math.inf) & (a > 0), x <= xp.maximum(a, 1.0)
    for chosen, method in ((proper & below, _by_series), (proper & ~below, _by_fraction)):
        which = xp.nonzero(chosen)[0]
        if which.size:
            out[which] = method(xp, a[which], x[which])
    return out.reshape(alpha.shape)


def _by_series(xp: Any, a: Array, x: Array) -> Array:
    """P = x^a e^-x / Gamma(a + 1) * sum of x^n / ((a + 1) ... (a + n))."""
    term, slope = xp.ones_like(x), xp.zeros_like(x)
    total, total_slope = term, slope
    for n in range(1, _MOST_TERMS):
        factor = x / (a + n)
        slope = factor * (slope - term / (a + n))
        term = factor * term
        total, total_slope = total + term, total_slope + slope
        if bool((xp.abs(slope) <= _PRECISION * xp.abs(total_slope)).all()):
            break
    return -x / a * (total * (xp.log(x) - digamma(xp, a + 1)) + total_slope)


def _by_fraction(xp: Any, a: Array, x: Array) -> Array:
    """1 - P = x^a e^-x / Gamma(a) * h, with h = 1/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - ...))), by
    Lentz's method.
    """
    b = x + 1 - a
    d = 1 / b
    d_slope = d * d  # the denominators' slope with regard to a is -1
    c, c_slope = xp.full_like(x, 1e300), xp.zeros_like(x)
    h, h_slope = d, d_slope
    for n in range(1, _MOST_TERMS):
        numerator = n * (a - n)
        b = b + 2
        slope = -1 + n * d + numerator * d_slope
        d = 1 / (b + numerator * d)
        d_slope = -d * d * slope
        c_slope = -1 + (n - numerator * c_slope / c) / c
        c = b + numerator / c
        change, change_slope = c * d, c_slope * d + c * d_slope
        h, h_slope = h * change, h_slope * change + h * change_slope
        if bool((xp.abs(change - 1) <= _PRECISION).all() & (xp.abs(change_slope) <= _PRECISION).all()):
            break
    return x * (h * (xp.log(x) - digamma(xp, a)) + h_slope)


def digamma(xp: Any, a: Array) -> Array:
    """The derivative of log Gamma for positive numbers: recurrence up to 10, then Stirling's series."""
    shift = xp.zeros_like(a)
    for _ in range(10):
        shift = shift + 1 / a
        a = a + 1
    inverse = 1 / (a * a)
    series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))))
    return xp.log(a) - 0.5 / a - series - shift
