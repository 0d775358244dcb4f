"""Reductions and scans against NumPy, over all axes, of random shapes and dtypes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tensorsh.ops.registry import ops
from tensorsh.runtime.tensor import as_tensor

SHAPES = [(), (5,), (2, 3), (2, 3, 4), (1, 3, 1), (0,), (2, 0, 3)]
NUMPY = {"reduce_sum": np.sum, "reduce_prod": np.prod, "reduce_max": np.max, "reduce_min": np.min}


def cases():
    for shape in SHAPES:
        for count in range(len(shape) + 1):
            for axes in itertools.combinations(range(len(shape)), count):
                yield shape, axes


@pytest.mark.parametrize("name", NUMPY)
@pytest.mark.parametrize("dtype", ["float64", "int32", "uint8", "int64"])
def test_reductions_over_any_axes(name, dtype):
    draws = np.random.default_rng(0)
    for (shape, axes), keepdims in itertools.product(cases(), (False, True)):
        x = draws.integers(0, 9, shape).astype(dtype)
        if name in ("reduce_max", "reduce_min") and 0 in [shape[a] for a in axes]:
            continue
        found = getattr(ops, name)(as_tensor(x), axis=list(axes), keepdims=keepdims)
        options = {"dtype": dtype} if name in ("reduce_sum", "reduce_prod") else {}
        expected = NUMPY[name](x, axis=axes, keepdims=keepdims, **options)
        assert found.dtype.name == dtype and found.shape == expected.shape
        np.testing.assert_array_equal(found.numpy(), expected)


def test_means_of_integers_are_truncated_and_do_not_overflow():
    for dtype in ("int8", "uint8", "int16", "int32", "uint32"):
        info = np.iinfo(dtype)
        x = np.full(1000, info.max, dtype)
        assert ops.reduce_mean(as_tensor(x)).numpy() == info.max
    draws = np.random.default_rng(1).integers(-1000, 1000, (50, 7)).astype(np.int32)
    expected = np.trunc(draws.sum(1) / 7).astype(np.int32)
    assert ops.reduce_mean(as_tensor(draws), 1).numpy().tolist() == expected.tolist()


def test_positions_along_any_axis():
    draws = np.random.default_rng(2).integers(0, 5, (3, 4, 5))
    for axis in (0, 1, 2, -1):
        assert (ops.argmax(as_tensor(draws), axis).numpy() == np.argmax(draws, axis)).all()
        assert (ops.argmin(as_tensor(draws), axis).numpy() == np.argmin(draws, axis)).all()


@pytest.mark.parametrize("length", [1, 2, 3, 8, 17])
def test_scans_of_any_length(length):
    x = np.random.default_rng(3).uniform(-3, 3, (length, 2))
    for name, scan in (("cumsum", np.add), ("cumprod", np.multiply), ("cumulative_logsumexp", np.logaddexp)):
        found = getattr(ops, name)(as_tensor(x)).numpy()
        np.testing.assert_allclose(found, scan.accumulate(x), rtol=1e-12, atol=1e-12)
        backwards = getattr(ops, name)(as_tensor(x), reverse=True).numpy()
        np.testing.assert_allclose(backwards, scan.accumulate(x[::-1])[::-1], rtol=1e-12, atol=1e-12)
        shifted = getattr(ops, name)(as_tensor(x), exclusive=True).numpy()
        np.testing.assert_allclose(shifted[1:], found[:-1])
        assert (shifted[0] == scan.identity).all()
