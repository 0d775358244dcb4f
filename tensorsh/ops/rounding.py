"""Elementary functions of small float32 arrays, to TensorFlow's last digit.

What is printed is small. TensorFlow computes scalars, and what does not fill a vector register, with functions
that are correctly rounded almost always, where NumPy's fast ones are off by up to two units in the last place. So
up to `SMALL` elements these are computed in float64 and rounded; large arrays keep the fast ones.
"""

from __future__ import annotations

from typing import Any

from ..runtime.dtypes import F32, F64

SMALL = 4096


def rounded(function: Any, x: Any) -> Any:
    """The ufunc `function` of a raw array."""
    if x.dtype is F32 and x.size <= SMALL:
        return function(x, dtype=F64).astype(F32)
    return function(x)


def exponential(xp: Any, x: Any) -> Any:
    """exp of a raw array. What float32 holds only with fewer digits becomes 0, as in TensorFlow's kernels."""
    y = rounded(xp.exp, x)
    return y * (y >= _SMALLEST) if x.dtype is F32 and x.size <= SMALL else y


_SMALLEST = 2.0**-126


def rounded_pair(function: Any, x: Any, y: Any) -> Any:
    """The ufunc `function` of two raw arrays, of which one may be a Python number."""
    array = x if hasattr(x, "dtype") else y
    if array.dtype is F32 and array.size <= SMALL:
        x, y = (v if hasattr(v, "dtype") else F32.type(v) for v in (x, y))
        return function(x, y, dtype=F64).astype(F32)
    return function(x, y)


def polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    """coefficients[0] + coefficients[1] * x + ..., by Horner's rule, for a raw array x."""
    total = x * coefficients[-1]
    for c in reversed(coefficients[1:-1]):
        total += c  # in place, as large arrays spend their time on new memory
        total *= x
    total += coefficients[0]
    return total
