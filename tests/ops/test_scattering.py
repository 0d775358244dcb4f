"""Rows combined at indices: against plain loops, alike on every array module, never in place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.ops import rows, scattering
from tensorsh.ops.registry import ops
from tensorsh.runtime import backend
from tensorsh.runtime.errors import InvalidArgumentError
from tensorsh.runtime.variable import Variable
from tests import strict_xp

STEPS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "max": np.maximum,
    "min": np.minimum,
    "update": lambda a, b: b,
}
INDICES = st.lists(st.integers(0, 4), max_size=12)


@pytest.fixture(params=["numpy", "strict"])
def module(request: pytest.FixtureRequest) -> Iterator[Any]:
    xp = np if request.param == "numpy" else strict_xp
    with contextlib.nullcontext() if xp is np else backend.using(xp):
        yield xp


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("name", ["numpy", "strict"])
@given(at=INDICES, width=st.integers(0, 3), seed=st.integers(0, 99))
def test_combining_takes_the_rows_in_their_order(name: str, kind: str, at: list[int], width: int, seed: int) -> None:
    xp = np if name == "numpy" else strict_xp
    backend.register(strict_xp)
    draws = np.random.default_rng(seed)
    base, updates = draws.integers(-9, 9, (5, width)), draws.integers(-9, 9, (len(at), width))
    expected = base.copy()
    for place, row in zip(at, updates):
        expected[place] = STEPS[kind](expected[place], row)
    given_base = xp.asarray(base)
    found = rows.combine(kind, given_base, xp.asarray(np.array(at, np.int32)), xp.asarray(updates))
    np.testing.assert_array_equal(backend.to_host(found), expected)
    np.testing.assert_array_equal(backend.to_host(given_base), base)


@pytest.mark.parametrize("kind", ["add", "sub", "mul"])
def test_many_rows_are_combined_in_their_order_too(kind: str) -> None:
    """More places than two bytes count, one with more rows than any other, on all cores: to the last digit."""
    rng = np.random.default_rng(3)
    at = rng.integers(0, 70_000, 50_000)
    at[::5], at[1::7] = 69_999, at[0]
    base, updates = rng.uniform(0.9, 1.1, (70_000, 4)), rng.uniform(0.9, 1.1, (50_000, 4))
    expected = base.copy()
    {"add": np.add, "sub": np.subtract, "mul": np.multiply}[kind].at(expected, at, updates)
    assert np.array_equal(rows.combine(kind, base, at, updates), expected)


@pytest.mark.parametrize("places, each", [(3, 200), (300, 40), (30, 34)])
def test_many_rows_of_many_places_are_combined_in_their_order(places: int, each: int) -> None:
    """Places with many rows go alone where they are few, and together where they are more than their rows."""
    rng = np.random.default_rng(4)
    at = rng.permutation(np.repeat(np.arange(places), each))
    base, updates = rng.uniform(-1, 1, (places, 2)), rng.uniform(-1, 1, (at.size, 2))
    expected = base.copy()
    np.add.at(expected, at, updates)
    assert np.array_equal(rows.combine("add", base, at, updates), expected)


def test_a_place_is_dealt_with_alone_only_while_that_saves_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    for_each = rows.for_each

    def counted(work: Any, blocks: Any, together: bool) -> None:
        taken.append(len(blocks))
        for_each(work, blocks, together=together)

    monkeypatch.setattr(rows, "for_each", counted)
    at = np.repeat(np.arange(2000), 40)
    rows.combine("add", np.zeros((2000, 2)), at, np.ones((at.size, 2)))
    assert taken[0] <= 41


def test_sums_are_the_same_from_run_to_run(module: Any) -> None:
    draws = np.random.default_rng(0)
    values, at = draws.normal(size=10_000).astype(np.float32), draws.integers(0, 7, 10_000)
    sums = {ops.unsorted_segment_sum(values, at, 7).numpy().tobytes() for _ in range(3)}
    assert len(sums) == 1


def test_every_index_is_checked_before_anything_is_written(module: Any) -> None:
    x = ops.constant([1, 2, 3])
    for at in (3, -1, 2**31 - 1, -(2**31)):
        with pytest.raises(InvalidArgumentError, match=rf"indices\[1\] = {at} is not in \[0, 3\)"):
            ops.gather(x, [0, at])
        with pytest.raises(InvalidArgumentError, match=rf"\[{at}\] does not index into shape \[3\]"):
            ops.tensor_scatter_nd_add(x, [[0], [at]], [1, 1])
    assert x.numpy().tolist() == [1, 2, 3]


def test_a_tensor_scattered_into_keeps_its_values(module: Any) -> None:
    x = ops.constant([[1.0, 2.0], [3.0, 4.0]])
    y = ops.tensor_scatter_nd_update(x, [[0, 0]], [9.0])
    assert x.numpy().tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert y.numpy().tolist() == [[9.0, 2.0], [3.0, 4.0]]


def test_a_tensor_read_from_a_variable_survives_its_scatter() -> None:
    v = Variable([1.0, 2.0])
    before = v.value()
    v.scatter_nd_add([[0]], [5.0])
    assert before.numpy().tolist() == [1.0, 2.0]
    assert v.numpy().tolist() == [6.0, 2.0]


@pytest.mark.parametrize("name", ["float16", "bfloat16", "int8", "uint64", "complex64"])
def test_narrow_and_wide_dtypes_stay_what_they_are(module: Any, name: str) -> None:
    total = ops.scatter_nd([[1], [1], [0]], ops.cast([1, 2, 3], name), [3])
    assert total.dtype == name
    assert ops.cast(total, "int32").numpy().tolist() == [3, 3, 0]


def test_the_internal_names_that_variables_ask_for_exist() -> None:
    kinds = ("add", "sub", "mul", "div", "max", "min", "update")
    assert all(callable(getattr(scattering, f"scatter_{kind}_array")) for kind in kinds)
