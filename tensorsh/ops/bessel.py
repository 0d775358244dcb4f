"""Bessel functions of order 0 and 1: J and Y, the modified I and K, and I and K scaled by their exponentials.

Each is computed in float64 and rounded, to about 1e-15 of its value, or of its size nearby where it has a zero.
Near 0 they are expansions in the argument or its square, with the logarithm of K and Y beside them; far out an
expansion in its reciprocal is their amplitude.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from ..runtime.dtypes import FLOATS
from .expansions import (
    I0_LARGE,
    I0_SMALL,
    I1_LARGE,
    I1_SMALL,
    J0_SMALL,
    J1_SMALL,
    K0_LARGE,
    K0_SMALL,
    K1_LARGE,
    K1_SMALL,
    P0,
    P1,
    Q0,
    Q1,
    Y0_SMALL,
    Y1_SMALL,
    chebyshev,
    precise,
)
from .registry import ops

_bessel = partial(precise, computed=FLOATS[1:])


# ---------------------------------------------------------------- I


@_bessel("math.bessel_i0 math.special.bessel_i0", lambda g, y, x: g * bessel_i1(x))
def bessel_i0(xp, x):
    """The modified Bessel function I of order 0.

    See NIST DLMF 10.25.

    >>> bessel_i0([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 1.2660658], dtype=float32)>
    """
    return _i0e(xp, x) * xp.exp(xp.abs(x))


@_bessel("math.bessel_i0e math.special.bessel_i0e", lambda g, y, x: g * (bessel_i1e(x) - ops.sign(x) * y))
def bessel_i0e(xp, x):
    """exp(-|x|) times the modified Bessel function I of order 0.

    See NIST DLMF 10.25.

    >>> bessel_i0e([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 0.4657596], dtype=float32)>
    """
    return _i0e(xp, x)


def _i0e(xp: Any, x: Any) -> Any:
    x = xp.abs(x)
    return xp.where(x < 8, chebyshev(I0_SMALL, x / 4 - 1), chebyshev(I0_LARGE, 16 / x - 1) / xp.sqrt(x))


@_bessel(
    "math.bessel_i1 math.special.bessel_i1",
    lambda g, y, x: g * ops.where(ops.equal(x, 0.0), ops.ones_like(x), bessel_i0(x) - y / x),
)
def bessel_i1(xp, x):
    """The modified Bessel function I of order 1.

    See NIST DLMF 10.25.

    >>> bessel_i1([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.5651591], dtype=float32)>
    """
    return _i1e(xp, x) * xp.exp(xp.abs(x))


@_bessel(
    "math.bessel_i1e math.special.bessel_i1e",
    lambda g, y, x: (
        g * ops.where(ops.equal(x, 0.0), 0.5 * ops.ones_like(x), bessel_i0e(x) - y * (ops.sign(x) + ops.reciprocal(x)))
    ),
)
def bessel_i1e(xp, x):
    """exp(-|x|) times the modified Bessel function I of order 1.

    See NIST DLMF 10.25.

    >>> bessel_i1e([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.20791042], dtype=float32)>
    """
    return _i1e(xp, x)


def _i1e(xp: Any, x: Any) -> Any:
    z = xp.abs(x)
    far = xp.sign(x) * chebyshev(I1_LARGE, 16 / z - 1) / xp.sqrt(z)
    return xp.where(z < 8, x * chebyshev(I1_SMALL, z / 4 - 1), far)


# ---------------------------------------------------------------- K

_ABOVE_0 = (0.3, 4.0)


@_bessel("math.special.bessel_k0", lambda g, y, x: -g * bessel_k1(x), domain=_ABOVE_0)
def bessel_k0(xp, x):
    """The modified Bessel function K of order 0; infinite at 0 and below.

    See NIST DLMF 10.25.

    >>> bessel_k0([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.42102444, 0.11389387], dtype=float32)>
    """
    return _k0e(xp, x) * xp.exp(-x)


@_bessel("math.special.bessel_k0e", lambda g, y, x: g * (y - bessel_k1e(x)), domain=_ABOVE_0)
def bessel_k0e(xp, x):
    """exp(x) times the modified Bessel function K of order 0; infinite at 0 and below.

    See NIST DLMF 10.25.

    >>> bessel_k0e([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.1444631 , 0.84156823], dtype=float32)>
    """
    return _k0e(xp, x)


def _k0e(xp: Any, x: Any) -> Any:
    near = chebyshev(K0_SMALL, x * x / 2 - 1) - xp.log(x / 2) * _i0e(xp, x) * xp.exp(x)
    far = chebyshev(K0_LARGE, 4 / x - 1) / xp.sqrt(x)
    return xp.where(x <= 0, math.inf, xp.where(x < 2, near * xp.exp(x), far))


@_bessel("math.special.bessel_k1", lambda g, y, x: g * (-bessel_k0(x) - y / x), domain=_ABOVE_0)
def bessel_k1(xp, x):
    """The modified Bessel function K of order 1; infinite at 0 and below.

    See NIST DLMF 10.25.

    >>> bessel_k1([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.60190725, 0.13986588], dtype=float32)>
    """
    return _k1e(xp, x) * xp.exp(-x)


@_bessel(
    "math.special.bessel_k1e", lambda g, y, x: g * (y * (1.0 - ops.reciprocal(x)) - bessel_k0e(x)), domain=_ABOVE_0
)
def bessel_k1e(xp, x):
    """exp(x) times the modified Bessel function K of order 1; infinite at 0 and below.

    See NIST DLMF 10.25.

    >>> bessel_k1e([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.6361535, 1.0334768], dtype=float32)>
    """
    return _k1e(xp, x)


def _k1e(xp: Any, x: Any) -> Any:
    near = chebyshev(K1_SMALL, x * x / 2 - 1) / x + xp.log(x / 2) * _i1e(xp, x) * xp.exp(x)
    far = chebyshev(K1_LARGE, 4 / x - 1) / xp.sqrt(x)
    return xp.where(x <= 0, math.inf, xp.where(x < 2, near * xp.exp(x), far))


# ---------------------------------------------------------------- J and Y


def _waves(xp: Any, x: Any, amplitudes: tuple[Any, Any]) -> tuple[Any, Any, Any, Any]:
    """For large x the two amplitudes, and sine and cosine of x - pi / 4, all scaled by sqrt(2 / (pi x))."""
    u = 128 / (x * x) - 1
    size = xp.sqrt(1 / (math.pi * x))
    sine, cosine = xp.sin(x), xp.cos(x)
    p, q = chebyshev(amplitudes[0], u), chebyshev(amplitudes[1], u) * 8 / x
    return p, q, size * (sine - cosine), size * (sine + cosine)


def _j0(xp: Any, x: Any) -> Any:
    p, q, sine, cosine = _waves(xp, x, (P0, Q0))
    return xp.where(x < 8, chebyshev(J0_SMALL, x * x / 32 - 1), p * cosine - q * sine)


def _j1(xp: Any, x: Any) -> Any:
    p, q, sine, cosine = _waves(xp, x, (P1, Q1))  # at x - 3 pi / 4 they are -cosine and sine of x - pi / 4
    return xp.where(x < 8, x * chebyshev(J1_SMALL, x * x / 32 - 1), p * sine + q * cosine)


@precise("math.special.bessel_j0", lambda g, y, x: -g * bessel_j1(x))
def bessel_j0(xp, x):
    """The Bessel function J of order 0.

    See NIST DLMF 10.2.

    >>> bessel_j0([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 0.7651977], dtype=float32)>
    """
    return _j0(xp, xp.abs(x))


@_bessel(
    "math.special.bessel_j1",
    lambda g, y, x: g * ops.where(ops.equal(x, 0.0), 0.5 * ops.ones_like(x), bessel_j0(x) - y / x),
)
def bessel_j1(xp, x):
    """The Bessel function J of order 1.

    See NIST DLMF 10.2.

    >>> bessel_j1([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.44005057], dtype=float32)>
    """
    return xp.sign(x) * _j1(xp, xp.abs(x))


@_bessel("math.special.bessel_y0", lambda g, y, x: -g * bessel_y1(x), domain=_ABOVE_0)
def bessel_y0(xp, x):
    """The Bessel function Y of order 0; minus infinity at 0 and below.

    See NIST DLMF 10.2.

    >>> bessel_y0([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.08825696, 0.5103757 ], dtype=float32)>
    """
    p, q, sine, cosine = _waves(xp, x, (P0, Q0))
    near = chebyshev(Y0_SMALL, x * x / 32 - 1) + 2 / math.pi * xp.log(x / 2) * _j0(xp, x)
    return xp.where(x <= 0, -math.inf, xp.where(x < 8, near, p * sine + q * cosine))


@_bessel("math.special.bessel_y1", lambda g, y, x: g * (bessel_y0(x) - y / x), domain=_ABOVE_0)
def bessel_y1(xp, x):
    """The Bessel function Y of order 1; minus infinity below 0, and nan at 0, as in TensorFlow.

    See NIST DLMF 10.2.

    >>> bessel_y1([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.7812128 , -0.10703243], dtype=float32)>
    """
    p, q, sine, cosine = _waves(xp, x, (P1, Q1))
    near = chebyshev(Y1_SMALL, x * x / 32 - 1) / x + 2 / math.pi * xp.log(x / 2) * _j1(xp, x)
    return xp.where(x < 0, -math.inf, xp.where(x < 8, near, q * sine - p * cosine))
