"""The C library's logarithm, sine and cosine, to the bit, on arrays.

TensorFlow's normals go through the C library (glibc on Linux), and an array library's own float32 `log` and
`sin` differ from it in the last digit every few numbers. glibc computes the float32 functions in float64 and
rounds once: a short table and a short polynomial (Szabolcs Nagy, "ARM optimized routines"). The same steps in
array operations give the same float32 for every argument that the random ops can make; all are `+ - *` of
float64 and table look-ups, so that a GPU gives them too.

Every function takes the array module and an array, and returns a new array.
"""

from __future__ import annotations

import functools
import math
from typing import Any

Array = Any

_LN2 = math.log(2.0)

# Sixteen intervals of [0.7, 1.4): 1/c and log(c), with c near the middle of each, both nearly exact.
_LOG_TABLE = tuple(
    (float.fromhex(inverse), float.fromhex(log))
    for inverse, log in (
        ("0x1.661ec79f8f3bep+0", "-0x1.57bf7808caadep-2"),
        ("0x1.571ed4aaf883dp+0", "-0x1.2bef0a7c06ddbp-2"),
        ("0x1.49539f0f010bp+0", "-0x1.01eae7f513a67p-2"),
        ("0x1.3c995b0b80385p+0", "-0x1.b31d8a68224e9p-3"),
        ("0x1.30d190c8864a5p+0", "-0x1.6574f0ac07758p-3"),
        ("0x1.25e227b0b8eap+0", "-0x1.1aa2bc79c81p-3"),
        ("0x1.1bb4a4a1a343fp+0", "-0x1.a4e76ce8c0e5ep-4"),
        ("0x1.12358f08ae5bap+0", "-0x1.1973c5a611cccp-4"),
        ("0x1.0953f419900a7p+0", "-0x1.252f438e10c1ep-5"),
        ("0x1p+0", "0x0p+0"),
        ("0x1.e608cfd9a47acp-1", "0x1.aa5aa5df25984p-5"),
        ("0x1.ca4b31f026aap-1", "0x1.c5e53aa362eb4p-4"),
        ("0x1.b2036576afce6p-1", "0x1.526e57720db08p-3"),
        ("0x1.9c2d163a1aa2dp-1", "0x1.bc2860d22477p-3"),
        ("0x1.886e6037841edp-1", "0x1.1058bc8a07ee1p-2"),
        ("0x1.767dcf5534862p-1", "0x1.4043057b6ee09p-2"),
    )
)
_LOG_SERIES = tuple(map(float.fromhex, ("-0x1.ffffef20a4123p-2", "0x1.5575b0be00b6ap-2", "-0x1.00ea348b88334p-2")))
_LOG_ORIGIN = 0x3F330000  # the bits of the float32 where the first interval begins, about 0.699

_TWO_OVER_PI = float.fromhex("0x1.45F306DC9C883p-1")
_HALF_PI = math.pi / 2
_SIN_SERIES = tuple(map(float.fromhex, ("-0x1.555545995a603p-3", "0x1.1107605230bc4p-7", "-0x1.994eb3774cf24p-13")))
_COS_SERIES = tuple(
    map(
        float.fromhex,
        ("-0x1.ffffffd0c621cp-2", "0x1.55553e1068f19p-5", "-0x1.6c087e89a359dp-10", "0x1.99343027bf8c3p-16"),
    )
)


def log_f32(xp: Any, x: Array) -> Array:
    """logf of float32 numbers in [2**-24, 1.39)."""
    cell = x.view(xp.int32) - _LOG_ORIGIN >> 19 & 511  # exponent and first four mantissa bits
    cell = cell.astype(xp.int64)  # the width of index that NumPy looks up without a detour
    inverse, offset = _log_cells(xp)
    r = x.astype(xp.float64)
    r *= inverse[cell]
    r -= 1.0
    # y = (A2 r^2 + (A1 r + A0)) r^2 + (offset + r)
    square = r * r
    y = r * _LOG_SERIES[1]
    y += _LOG_SERIES[0]
    y += square * _LOG_SERIES[2]
    y *= square
    r += offset[cell]
    y += r
    return y.astype(xp.float32)


def sincos_f32(xp: Any, x: Array) -> tuple[Array, Array]:
    """(sinf, cosf) of float32 numbers in [0, 120)."""
    r = x.astype(xp.float64)
    quarter = xp.rint(r * _TWO_OVER_PI)
    r -= quarter * _HALF_PI
    quarter = quarter.astype(xp.uint32)
    r2 = r * r
    r3 = r2 * r
    r4 = r2 * r2
    # sine: (r + S0 r^3) + r^5 (S1 + S2 r^2)
    sine = r2 * _SIN_SERIES[2]
    sine += _SIN_SERIES[1]
    sine *= r3 * r2
    r += r3 * _SIN_SERIES[0]
    sine += r
    # cosine: ((1 + C0 r^2) + C1 r^4) + r^6 (C2 + C3 r^2)
    cosine = r2 * _COS_SERIES[3]
    cosine += _COS_SERIES[2]
    cosine *= r4 * r2
    r2 *= _COS_SERIES[0]
    r2 += 1.0
    r4 *= _COS_SERIES[1]
    r2 += r4
    cosine += r2
    return _turn(xp, sine.astype(xp.float32), cosine.astype(xp.float32), quarter)


def exact(xp: Any, function: str, *arguments: Array) -> Array:
    """`log`, `log1p` or `pow` of float64 numbers (flat arrays, inside the function's domain).

    On the host it is the C library's, number by number: NumPy's own, vectorised ones differ from it in one
    number of a thousand or more.
    """
    if xp.__name__ != "numpy":
        return getattr(xp, "power" if function == "pow" else function)(*arguments)
    numbers = map(getattr(math, function), *(argument.tolist() for argument in arguments))
    return xp.fromiter(numbers, dtype=xp.float64, count=arguments[0].size)


def _turn(xp: Any, sine: Array, cosine: Array, quarter: Array) -> tuple[Array, Array]:
    """The sine and cosine of an angle, from those of what is left of it after so many quarter turns."""
    # By bits: the turns are random, and a processor that guesses which way a branch goes is wrong half of the time.
    bits, other = sine.view(xp.uint32), cosine.view(xp.uint32)
    swapped = (bits ^ other) & -(quarter & 1)
    turned_sine = bits ^ swapped ^ (quarter & 2) << 30
    turned_cosine = other ^ swapped ^ (quarter + 1 & 2) << 30
    return turned_sine.view(xp.float32), turned_cosine.view(xp.float32)


@functools.cache
def _log_cells(xp: Any) -> tuple[Array, Array]:
    """1/c and log(c) for every exponent and interval, where `log_f32` looks for them."""
    inverse, offset = [1.0] * 512, [0.0] * 512
    for exponent in range(-25, 1):
        for interval, (one_over_c, log_c) in enumerate(_LOG_TABLE):
            cell = exponent * 16 + interval & 511
            inverse[cell] = math.ldexp(one_over_c, -exponent)
            offset[cell] = log_c + exponent * _LN2
    return xp.array(inverse, dtype=xp.float64), xp.array(offset, dtype=xp.float64)
