"""Segment reductions against plain loops over the segments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.ops.registry import ops

REDUCTIONS: dict[str, Callable[[np.ndarray], Any]] = {
    "sum": lambda part: part.sum(0),
    "prod": lambda part: part.prod(0),
    "max": lambda part: part.max(0),
    "min": lambda part: part.min(0),
    "mean": lambda part: part.mean(0),
}
EMPTY = {"prod": 1}


@pytest.mark.parametrize("name", REDUCTIONS)
@given(ids=st.lists(st.integers(0, 5), min_size=1, max_size=8).map(sorted), seed=st.integers(0, 99))
def test_sorted_segments(name: str, ids: list[int], seed: int) -> None:
    values = np.random.default_rng(seed).integers(-4, 5, (len(ids), 2)).astype(np.float64)
    found = getattr(ops, f"segment_{name}")(values, ids).numpy()
    assert found.shape == (ids[-1] + 1, 2)
    for segment, row in enumerate(found):
        part = values[np.array(ids) == segment]
        np.testing.assert_allclose(row, REDUCTIONS[name](part) if len(part) else EMPTY.get(name, 0))


@pytest.mark.parametrize("name", REDUCTIONS)
@given(ids=st.lists(st.integers(-1, 3), max_size=8), seed=st.integers(0, 99))
def test_unsorted_segments(name: str, ids: list[int], seed: int) -> None:
    values = np.random.default_rng(seed).integers(-4, 5, len(ids)).astype(np.float64)
    limits = np.finfo(np.float64)
    empty = {"prod": 1, "max": limits.min, "min": limits.max}.get(name, 0)
    found = getattr(ops, f"unsorted_segment_{name}")(values, np.array(ids, np.int32), 4).numpy()
    expected = [values[np.array(ids) == segment] for segment in range(4)]
    np.testing.assert_allclose(found, [REDUCTIONS[name](part) if len(part) else empty for part in expected])


def test_an_infinity_is_an_extreme_where_tensorflow_has_it_so() -> None:
    x = [-np.inf, -np.inf, np.inf]
    # The unsorted kernels begin with the least finite number, which is greater than -inf.
    least = float(np.finfo(np.float32).min)
    assert ops.unsorted_segment_max(x, [0, 0, 1], 2).numpy().tolist() == [least, np.inf]
    assert ops.segment_min(x, [0, 0, 1]).numpy().tolist() == [-np.inf, np.inf]


@given(st.lists(st.integers(0, 2), max_size=10))
def test_partitions_stitched_together_are_the_data(numbers: list[int]) -> None:
    data = np.arange(2 * len(numbers)).reshape(len(numbers), 2)
    parts = ops.dynamic_partition(data, np.array(numbers, np.int32), 3)
    places = ops.dynamic_partition(np.arange(len(numbers), dtype=np.int32), np.array(numbers, np.int32), 3)
    np.testing.assert_array_equal(ops.dynamic_stitch(places, parts).numpy(), data)
