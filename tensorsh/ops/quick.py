"""What makes ops of small tensors quick: kernels without a detour, numbers in the form that NumPy likes best."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..runtime.dtypes import F32


def on_numpy(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel on NumPy arrays: where it is but one NumPy call, that, at the price of one call less."""
    code = kernel.__code__
    if code.co_code in _OPERATORS:
        return _OPERATORS[code.co_code]
    if code.co_code in _CALLS:
        return getattr(np, code.co_names[0])
    return partial(kernel, np)


_OPERATORS: dict[bytes, Callable[..., Any]] = {
    (lambda xp, x, y: x + y).__code__.co_code: np.add,
    (lambda xp, x, y: x - y).__code__.co_code: np.subtract,
    (lambda xp, x, y: x * y).__code__.co_code: np.multiply,
    (lambda xp, x, y: x / y).__code__.co_code: np.true_divide,
}
_CALLS = {(lambda xp, x: xp.name(x)).__code__.co_code, (lambda xp, x, y: xp.name(x, y)).__code__.co_code}

# NumPy takes an array of rank 0 in half the time of a Python number, so the numbers met lately are kept as such.
numbers32: dict[float, np.ndarray] = {}
numbers64: dict[float, np.ndarray] = {}


def as_array(value: float, dtype: np.dtype) -> Any:
    """A Python number as an array of rank 0 that is kept; itself where equal numbers differ (0, -0) or may overflow."""
    if value == 0 or not -1e30 < value < 1e30:
        return value
    kept = numbers32 if dtype is F32 else numbers64
    if len(kept) >= 1024:
        kept.clear()
    array = kept[value] = np.array(value, dtype)
    return array
