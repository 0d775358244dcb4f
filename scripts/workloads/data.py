"""The inputs of the workloads, the same for every framework: NumPy arrays from a fixed seed."""

from __future__ import annotations

import numpy as np


def draws(*shape: int, seed: int = 0) -> np.ndarray:
    """Standard normal float32 numbers."""
    return np.random.RandomState(seed).standard_normal(shape).astype(np.float32)


def classes(count: int, of: int) -> np.ndarray:
    """Class numbers, int32."""
    return np.random.RandomState(1).randint(0, of, count).astype(np.int32)


COLUMN = np.full((2, 1), 0.5, np.float32)
WEIGHTS = np.array([[1.0], [2.0]], np.float32)
IMAGES, LABELS = draws(256, 784), classes(256, 10)
W1, W2 = draws(784, 128, seed=2) * 0.05, draws(128, 10, seed=3) * 0.05
POINTS = draws(200, 2, seed=4)
ANSWERS = (POINTS[:, :1] + 0.5 * POINTS[:, 1:] > 0).astype(np.float32)
LARGE = draws(4_000_000)
LOGITS, TARGETS = draws(4096, 1000), classes(4096, 1000)
GAMMA, BETA = draws(1000, seed=9), draws(1000, seed=10)
A1024, B1024 = draws(1024, 1024), draws(1024, 1024, seed=5)
A64, B64 = draws(64, 64), draws(64, 64, seed=5)
PICTURES, KERNEL = draws(32, 56, 56, 64), draws(3, 3, 64, 64, seed=6) * 0.05
EACH_CHANNEL = draws(3, 3, 64, 1, seed=8) * 0.05
TABLE, ROWS = draws(10_000, 64), classes(50_000, 10_000)
MILLION = draws(1_000_000)
VECTOR, MIX = draws(50), draws(50, 50, seed=7) * 0.1
