"""Inputs for gradient checks: what an op's `samples` function is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from tensorsh.runtime import backend
from tensorsh.runtime.tensor import Tensor, wrap


class Samples:
    """`s(2, 3, within=(0.5, 2.0))` draws a float64 tensor of shape (2, 3); `s.call(...)` is one call to check.

    Every float64 or complex128 tensor among a call's arguments, also inside lists, is differentiated with regard to;
    integer tensors, Python values and the keyword arguments are passed as they are.
    """

    def __init__(self, seed: int = 0) -> None:
        self._draws = np.random.default_rng(seed)

    def __call__(self, *shape: int, within: tuple[float, float] = (-2.0, 2.0)) -> Tensor:
        low, high = within
        return wrap(backend.from_host(np.asarray(self._draws.uniform(low, high, shape))))

    def distinct(self, *shape: int) -> Tensor:
        """Values no two of which are close: for maxima, sorts and medians."""
        count = int(np.prod(shape))
        values = self._draws.permutation(count) * 0.5 - count / 4 + self._draws.uniform(-0.1, 0.1, count)
        return wrap(backend.from_host(values.reshape(shape)))

    def complex(self, *shape: int) -> Tensor:
        parts = self._draws.uniform(-1.0, 1.0, (2, *shape))
        return wrap(backend.from_host(np.asarray(parts[0] + 1j * parts[1])))

    def spd(self, *shape: int) -> Tensor:
        """Symmetric positive definite matrices: shape (..., n, n)."""
        a = self._draws.uniform(-1.0, 1.0, shape)
        return wrap(backend.from_host(a @ np.swapaxes(a, -1, -2) + 2 * np.eye(shape[-1])))

    @staticmethod
    def call(*args: Any, **options: Any) -> tuple[tuple, dict[str, Any]]:
        return args, options
