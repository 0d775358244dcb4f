"""New tensors beyond the transcripts: against NumPy, spread shapes, no aliasing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.ops.registry import ops
from tensorsh.runtime.gradient_tape import GradientTape

INTS = st.integers(-50, 50)


arange = ops.arange


@given(INTS, INTS, INTS.filter(bool))
def test_a_range_of_ints_is_pythons(start: int, stop: int, step: int) -> None:
    if (stop - start) * step < 0:
        return  # Python's is empty, TensorFlow's an error: see the transcript
    found = arange(start, stop, step)
    assert found.dtype == "int32"
    assert found.numpy().tolist() == list(range(start, stop, step))


@given(st.floats(-9, 9), st.floats(-9, 9), st.integers(1, 9))
def test_linspace_hits_both_ends_and_is_even(start: float, stop: float, count: int) -> None:
    found = ops.linspace(np.float64(start), np.float64(stop), count).numpy()
    np.testing.assert_allclose(found, np.linspace(start, stop, count), atol=1e-12)
    assert found[0] == start and (count == 1 or found[-1] == stop)


@given(st.lists(st.integers(0, 3), max_size=3))
def test_shapes_may_be_spread(shape: list[int]) -> None:
    for make, expected in ((ops.zeros, np.zeros(shape)), (ops.ones, np.ones(shape))):
        np.testing.assert_array_equal(make(shape).numpy(), expected)
        if len(shape) > 1:
            np.testing.assert_array_equal(make(*shape).numpy(), expected)


@given(st.lists(st.integers(-1, 4), max_size=5), st.integers(0, 4))
def test_one_hot_marks_what_is_in_range(indices: list[int], depth: int) -> None:
    found = ops.one_hot(ops.constant(indices, "int32"), depth, dtype="int32").numpy()
    assert found.shape == (len(indices), depth)
    assert found.tolist() == [[int(i == k) for k in range(depth)] for i in indices]


def test_meshgrid_is_numpys() -> None:
    vectors = ([1, 2, 3], [4, 5], [6])
    for indexing in ("xy", "ij"):
        found = ops.meshgrid(*vectors, indexing=indexing)
        for grid, expected in zip(found, np.meshgrid(*vectors, indexing=indexing)):
            np.testing.assert_array_equal(grid.numpy(), expected)


def test_what_is_only_a_shape_passes_no_gradient() -> None:
    x = ops.constant([1.0, 2.0])
    with GradientTape(persistent=True) as t:
        t.watch(x)
        made = [ops.zeros_like(x), ops.ones_like(x), ops.one_hot([0], 2), ops.eye(2), arange(x[1])]
    assert all(t.gradient(y, x) is None for y in made)


def test_filling_passes_the_sum_of_the_gradients_on() -> None:
    x = ops.constant(3.0)
    with GradientTape() as t:
        t.watch(x)
        y = ops.fill([2, 2], x) * ops.constant([[1.0, 2.0], [3.0, 4.0]])
    assert float(t.gradient(y, x)) == 10.0


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "int8", "uint64", "bool", "complex128"])
def test_zeros_and_ones_come_in_every_dtype(dtype: str) -> None:
    assert ops.cast(ops.zeros([2], dtype), "int32").numpy().tolist() == [0, 0]
    assert ops.cast(ops.ones([2], dtype), "int32").numpy().tolist() == [1, 1]
    assert ops.ones_like(ops.zeros([1], dtype)).dtype == dtype
