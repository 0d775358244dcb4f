"""What makes ops of small tensors quick: kernels without a detour, numbers in the form that NumPy likes best."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..runtime.dtypes import F32, F64


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


class Numbers(dict[float, Any]):
    """Python numbers as arrays of rank 0 of one dtype, which NumPy takes in half the time; those met lately are kept.

    A number stays itself where equal ones differ (0, -0), or where it may overflow.
    """

    def __init__(self, dtype: np.dtype) -> None:
        self._dtype = dtype

    def __missing__(self, value: float) -> Any:
        if value == 0 or not -1e30 < value < 1e30:
            return value
        if len(self) >= 1024:
            self.clear()
        array = self[value] = np.array(value, self._dtype)
        return array


class Unchanged(dict[float, Any]):
    """Python numbers as they are, for a kernel that is to see them."""

    def __missing__(self, value: float) -> float:
        return value


NUMBERS = Numbers(F32), Numbers(F64)
UNCHANGED = Unchanged(), Unchanged()
