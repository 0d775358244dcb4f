"""Gathers beyond the transcripts: against NumPy, with batch axes, sparse gradients that add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.ops.registry import ops
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.indexed_slices import IndexedSlices
from tensorsh.runtime.variable import Variable

SIZES = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)


@given(SIZES, st.data())
def test_gather_takes_along_any_axis(shape: tuple[int, ...], data: Any) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    inner = data.draw(st.lists(st.integers(0, 3), max_size=2).map(tuple))
    at = data.draw(st.integers(0, 99).map(lambda seed: np.random.default_rng(seed).integers(0, shape[axis], inner)))
    x = np.arange(np.prod(shape)).reshape(shape)
    np.testing.assert_array_equal(ops.gather(x, at, axis=axis).numpy(), np.take(x, at, axis=axis))


@given(SIZES, SIZES, st.integers(0, 99))
def test_batch_axes_are_gathered_from_one_by_one(batch: tuple[int, ...], rest: tuple[int, ...], seed: int) -> None:
    draws = np.random.default_rng(seed)
    x, at = draws.integers(0, 99, (*batch, *rest)), draws.integers(0, rest[0], (*batch, 2))
    expected = np.empty((*batch, 2, *rest[1:]), x.dtype)
    for i in np.ndindex(*batch):
        expected[i] = x[i][at[i]]
    np.testing.assert_array_equal(ops.gather(x, at, batch_dims=len(batch)).numpy(), expected)


def test_a_table_used_twice_gets_one_sparse_gradient() -> None:
    table = Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with GradientTape() as t:
        y = ops.gather(table, [0, 2]) * 2.0
        z = ops.gather(table, [[2]]) * 3.0
    slices = t.gradient([y, z], table)
    assert type(slices) is IndexedSlices
    assert ops.convert_to_tensor(slices).numpy().tolist() == [[2.0, 2.0], [0.0, 0.0], [5.0, 5.0]]


def test_a_sparse_and_a_dense_gradient_make_a_dense_one() -> None:
    table = Variable([[1.0], [2.0]])
    with GradientTape() as t:
        y = ops.reduce_sum(ops.gather(table, [1, 1])) + ops.reduce_sum(table)
    assert t.gradient(y, table).numpy().tolist() == [[1.0], [3.0]]


def test_the_second_derivative_goes_through_a_sparse_first_one() -> None:
    table = Variable([1.0, 2.0, 3.0])
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = ops.reduce_sum(ops.gather(table, [0, 2, 0]) ** 3.0)
        first = ops.convert_to_tensor(inner.gradient(y, table))
    assert first.numpy().tolist() == [6.0, 0.0, 27.0]
    assert ops.convert_to_tensor(outer.gradient(first, table)).numpy().tolist() == [12.0, 0.0, 18.0]


def test_shards_of_a_table_are_dealt_out_in_runs() -> None:
    table = np.arange(14.0).reshape(7, 2)
    shards = [ops.constant(table[:3]), ops.constant(table[3:5]), ops.constant(table[5:])]
    ids = [[6, 0], [4, 2]]
    np.testing.assert_array_equal(ops.embedding_lookup(shards, ids).numpy(), table[np.array(ids)])


@pytest.mark.parametrize("dtype", ["int16", "int32", "int64"])
def test_indices_of_every_width_are_taken(dtype: str) -> None:
    at = ops.constant([1, 0], dtype)
    assert ops.gather([10, 20], at).numpy().tolist() == [20, 10]
