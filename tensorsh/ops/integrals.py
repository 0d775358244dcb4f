"""Integrals that have names: Dawson's, Fresnel's, the exponential integral and Spence's function.

Each is computed in float64 and rounded, to about 1e-15 of its value, or of 1 near a zero of it.
"""

from __future__ import annotations

import math
from typing import Any

from ..runtime.dtypes import FLOATS
from .expansions import (
    DAWSN_LARGE,
    DAWSN_SMALL,
    EI_6_12,
    EI_12_24,
    EI_24,
    EI_SMALL,
    FRESNEL_C,
    FRESNEL_F,
    FRESNEL_G,
    FRESNEL_S,
    chebyshev,
    precise,
)
from .registry import ops
from .rounding import polynomial


@precise("math.special.dawsn", lambda g, y, x: g * (1.0 - 2.0 * x * y), computed=FLOATS[2:])
def dawsn(xp, x):
    """Dawson's integral: exp(-x**2) times the integral of exp(t**2) from 0 to x.

    See NIST DLMF 7.2(ii).

    >>> dawsn([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.5380795], dtype=float32)>
    """
    x2 = x * x
    return xp.where(xp.abs(x) < 4, x * chebyshev(DAWSN_SMALL, x2 / 8 - 1), chebyshev(DAWSN_LARGE, 32 / x2 - 1) / x)


@precise("math.special.expint", lambda g, y, x: g * ops.exp(x) / x, computed=FLOATS[2:], domain=(0.2, 3.0))
def expint(xp, x):
    """The exponential integral Ei(x): the integral of exp(t) / t from minus infinity to x, for x > 0.

    See NIST DLMF 6.2.

    >>> expint([1., 10.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.8951178e+00, 2.4922290e+03], dtype=float32)>
    """
    small = 0.5772156649015329 + xp.log(x) + x * chebyshev(EI_SMALL, x / 3 - 1)
    u = 1 / x
    tail = xp.where(
        x < 12,
        chebyshev(EI_6_12, 24 * u - 3),
        xp.where(x < 24, chebyshev(EI_12_24, 48 * u - 3), chebyshev(EI_24, 48 * u - 1)),
    )
    return xp.where(x < 6, small, xp.exp(x) * u * tail)


def _fresnel(xp: Any, x: Any) -> tuple[Any, Any, Any]:
    """What both Fresnel integrals need of |x|: (x / 1.6)**4 scaled, and the tails of C and S."""
    x = xp.abs(x)
    t = 2 * (x / 1.6) ** 4 - 1
    u = 2 * (1.6 / x) ** 2 - 1
    f = chebyshev(FRESNEL_F, u) / (math.pi * x)
    g = chebyshev(FRESNEL_G, u) / (math.pi**2 * x**3)
    angle = math.pi / 2 * xp.fmod(x * x, 4)
    sine, cosine = xp.sin(angle), xp.cos(angle)
    tail_c = xp.where(xp.isinf(x), 0.5, 0.5 + f * sine - g * cosine)
    tail_s = xp.where(xp.isinf(x), 0.5, 0.5 - f * cosine - g * sine)
    return t, tail_c, tail_s


@precise("math.special.fresnel_cos", lambda g, y, x: g * ops.cos((math.pi / 2.0) * ops.square(x)), computed=FLOATS[2:])
def fresnel_cos(xp, x):
    """Fresnel's integral C(x): the integral of cos(pi t**2 / 2) from 0 to x.

    See NIST DLMF 7.2(iii).

    >>> fresnel_cos([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.7798934], dtype=float32)>
    """
    t, tail, _ = _fresnel(xp, x)
    return xp.where(xp.abs(x) < 1.6, x * chebyshev(FRESNEL_C, t), xp.sign(x) * tail)


@precise("math.special.fresnel_sin", lambda g, y, x: g * ops.sin((math.pi / 2.0) * ops.square(x)), computed=FLOATS[2:])
def fresnel_sin(xp, x):
    """Fresnel's integral S(x): the integral of sin(pi t**2 / 2) from 0 to x.

    See NIST DLMF 7.2(iii).

    >>> fresnel_sin([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.43825915], dtype=float32)>
    """
    t, _, tail = _fresnel(xp, x)
    return xp.where(xp.abs(x) < 1.6, x**3 * chebyshev(FRESNEL_S, t), xp.sign(x) * tail)


@precise(
    "math.special.spence",
    lambda g, y, x: g * ops.where(ops.equal(x, 1.0), -ops.ones_like(x), ops.log(x) / (1.0 - x)),
    computed=FLOATS[2:],
    domain=(0.2, 3.0),
)
def spence(xp, x):
    """Spence's function: the integral of log(t) / (1 - t) from 1 to x, for x >= 0.

    It is the dilogarithm Li2(1 - x): see NIST DLMF 25.12.

    >>> spence([0.5, 1., 2.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([ 0.5822405,  0.       , -0.822467 ], dtype=float32)>
    """
    # Two reflections lead to [0.5, 2], where a series in log(x) with Bernoulli's numbers converges at once.
    y = xp.where(x > 2, 1 / x, x)
    z = xp.where(y < 0.5, 1 - y, y)
    u = 0.0 - xp.log1p(z - 1)
    near = u - u * u / 4 + u**3 * polynomial(_DILOGARITHM, u * u)
    reflected = math.pi**2 / 6 - xp.where(y == 0, 0.0, xp.log(y) * xp.log1p(-y)) - near
    inside = xp.where(y < 0.5, reflected, near)
    return xp.where(x < 0, math.nan, xp.where(x > 2, -0.5 * xp.log(x) ** 2 - inside, inside))


_DILOGARITHM = tuple(
    n / d / math.factorial(2 * k + 1)
    for k, (n, d) in enumerate(
        ((1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510), (43867, 798)), 1
    )
)
