"""Order beyond the transcripts: stability, nan, the short cut for a few of many, what is found in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.ops.registry import ops

NUMBERS = st.lists(st.integers(-3, 3), max_size=12)


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint8", "float16", "bfloat16", "float32"])
@given(values=st.lists(st.integers(0, 100), max_size=12))
def test_sort_and_argsort_agree_in_both_directions(dtype: str, values: list[int]) -> None:
    x = ops.cast(ops.constant(values, "int32"), dtype)
    for direction, expected in (("ASCENDING", sorted(values)), ("DESCENDING", sorted(values, reverse=True))):
        assert ops.cast(ops.sort(x, direction=direction), "int32").numpy().tolist() == expected
        picked = ops.gather(x, ops.argsort(x, direction=direction))
        assert ops.cast(picked, "int32").numpy().tolist() == expected


@given(NUMBERS)
def test_equal_entries_keep_their_order(values: list[int]) -> None:
    places = range(len(values))
    x = ops.constant(values, "int32")
    assert ops.argsort(x).numpy().tolist() == sorted(places, key=values.__getitem__)
    falling = sorted(places, key=lambda i: -values[i])
    assert ops.argsort(x, direction="DESCENDING").numpy().tolist() == falling
    assert ops.top_k(x, len(values)).indices.numpy().tolist() == falling


@pytest.mark.parametrize("direction", ["ASCENDING", "DESCENDING"])
def test_nan_comes_last_in_long_rows(direction: str) -> None:
    x = ops.constant([np.nan, *np.arange(20.0), np.nan, -1.0])
    found = ops.sort(x, direction=direction).numpy()
    assert np.isnan(found).tolist() == [False] * 21 + [True] * 2
    np.testing.assert_array_equal(ops.gather(x, ops.argsort(x, direction=direction)).numpy(), found)


def test_the_extremes_of_integers_are_ordered_too() -> None:
    x = ops.constant([0, -(2**63), 2**63 - 1], "int64")
    assert ops.sort(x, direction="DESCENDING").numpy().tolist() == [2**63 - 1, 0, -(2**63)]
    assert ops.argsort(x).numpy().tolist() == [1, 0, 2]


@given(st.integers(0, 99), st.integers(1, 40))
def test_a_few_of_many_are_the_first_of_the_order(seed: int, k: int) -> None:
    # Long rows of few values take the short cut, and are full of ties.
    x = np.random.default_rng(seed).integers(0, 50, (2, 3000)).astype(np.float32)
    expected = np.argsort(-x, axis=-1, kind="stable")[:, :k]
    np.testing.assert_array_equal(ops.top_k(x, k).indices.numpy(), expected)


@given(NUMBERS)
def test_unique_puts_the_vector_back_together(values: list[int]) -> None:
    y, at, count = ops.unique_with_counts(ops.constant(values, "int32"))
    assert y.numpy().tolist() == list(dict.fromkeys(values))
    assert ops.gather(y, at).numpy().tolist() == values
    assert count.numpy().tolist() == [values.count(v) for v in dict.fromkeys(values)]


@given(st.lists(st.lists(st.integers(0, 9), min_size=5, max_size=5).map(sorted), min_size=2, max_size=3))
def test_searchsorted_searches_every_row(rows: list[list[int]]) -> None:
    wanted = [[-1, 0, 4, 9, 10]] * len(rows)
    for side in ("left", "right"):
        found = ops.searchsorted(rows, wanted, side=side).numpy()
        expected = [np.searchsorted(row, values, side) for row, values in zip(rows, wanted)]
        np.testing.assert_array_equal(found, expected)


@given(st.permutations(range(7)))
def test_a_permutation_and_its_inverse_cancel(perm: list[int]) -> None:
    x = ops.constant(list(perm))
    assert ops.gather(x, ops.invert_permutation(x)).numpy().tolist() == list(range(7))
