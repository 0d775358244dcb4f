"""Joining, cutting and spreading: each undoes the other, and Python values take the tensors' dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.ops.registry import ops
from tensorsh.runtime.errors import InvalidArgumentError
from tensorsh.runtime.gradient_tape import GradientTape

SHAPES = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(tuple)


def array(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=np.int32).reshape(shape)


@given(SHAPES, st.data())
def test_what_is_split_can_be_concatenated(shape: tuple[int, ...], data: Any) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    cut = data.draw(st.integers(0, shape[axis]))
    x = array(shape)
    parts = ops.split(x, [cut, -1], axis=axis)
    assert parts[0].shape[axis] == cut
    np.testing.assert_array_equal(ops.concat(parts, axis).numpy(), x)


@given(SHAPES.filter(all), st.data())
def test_what_is_unstacked_can_be_stacked(shape: tuple[int, ...], data: Any) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = array(shape)
    np.testing.assert_array_equal(ops.stack(ops.unstack(x, axis=axis), axis=axis).numpy(), x)


@given(SHAPES, st.data())
def test_padding_and_tiling_are_numpys(shape: tuple[int, ...], data: Any) -> None:
    x = array(shape)
    pads = [data.draw(st.tuples(st.integers(0, 2), st.integers(0, 2))) for _ in shape]
    np.testing.assert_array_equal(ops.pad(x, pads, constant_values=7).numpy(), np.pad(x, pads, constant_values=7))
    for mode in ("REFLECT", "SYMMETRIC"):
        room = [n - (mode == "REFLECT") for n in shape]
        if all(max(pair) <= most for pair, most in zip(pads, room)):
            np.testing.assert_array_equal(ops.pad(x, pads, mode).numpy(), np.pad(x, pads, mode.lower()))
    times = [data.draw(st.integers(0, 2)) for _ in shape]
    np.testing.assert_array_equal(ops.tile(x, times).numpy(), np.tile(x, times))


@given(SHAPES, st.data())
def test_repeating_and_rolling_are_numpys(shape: tuple[int, ...], data: Any) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1))
    x = array(shape)
    counts = data.draw(st.lists(st.integers(0, 3), min_size=shape[axis], max_size=shape[axis]))
    if len(counts) != 1:
        found = ops.repeat(x, np.array(counts, np.int32), axis=axis).numpy()
        np.testing.assert_array_equal(found, np.repeat(x, counts, axis))
    shift = data.draw(st.integers(-9, 9))
    np.testing.assert_array_equal(ops.roll(x, shift, axis).numpy(), np.roll(x, shift, axis))


@given(SHAPES, st.data())
def test_blocks_of_space_come_back_from_the_batch(shape: tuple[int, ...], data: Any) -> None:
    x = array((2, *shape[:2], 2))
    m = x.ndim - 2
    blocks = [data.draw(st.integers(1, 3)) for _ in range(m)]
    pads, crops = ops.required_space_to_batch_paddings(list(x.shape[1:-1]), blocks)
    moved = ops.space_to_batch(x, blocks, pads)
    assert moved.shape[0] == 2 * np.prod(blocks)
    np.testing.assert_array_equal(ops.batch_to_space(moved, np.array(blocks), crops).numpy(), x)


def test_numbers_among_tensors_take_their_dtype_and_pass_no_gradient() -> None:
    x = ops.constant(2.0, "float64")
    with GradientTape() as t:
        t.watch(x)
        y = ops.stack([x, 1, x * x])
    assert y.dtype == "float64"
    assert float(t.gradient(y, x)) == 1 + 4


@pytest.mark.parametrize(
    ("call", "operands"),
    [
        (lambda: ops.concat([ops.ones([2, 3]), ops.ones([3, 2])], 0), ["float32 (2, 3)", "float32 (3, 2)"]),
        (lambda: ops.stack([ops.ones([2]), ops.ones([3])]), ["float32 (2,)", "float32 (3,)"]),
    ],
)
def test_operands_that_do_not_fit_are_both_named(call: Any, operands: list[str]) -> None:
    with pytest.raises(InvalidArgumentError) as refusal:
        call()
    assert [text for _, text in refusal.value.operands] == operands  # type: ignore[attr-defined]
