"""The workloads in NumPy, those that need no gradient."""

from __future__ import annotations

import numpy as np

from . import data

LOOP = 1000


def small_op():
    def run():
        y = x
        for _ in range(LOOP):
            y = y * x + x
        return y

    x = data.COLUMN
    return run


def chain():
    return lambda: np.sum(np.sqrt(np.square(data.LARGE) + 1) * 0.5 - np.tanh(data.LARGE))


def matmul_1024():
    return lambda: data.A1024 @ data.B1024


def matmul_64():
    return lambda: data.A64 @ data.B64


def gather():
    return lambda: data.TABLE[data.ROWS]


def scatter_add():
    updates = data.TABLE[data.ROWS]

    def run():
        total = np.zeros_like(data.TABLE)
        np.add.at(total, data.ROWS, updates)
        return total

    return run


def sort():
    return lambda: np.sort(data.MILLION)


def normal_draws():
    generator = np.random.default_rng(0)
    return lambda: generator.standard_normal(1_000_000, np.float32)


def finish(result) -> None:
    """NumPy has computed it already."""
