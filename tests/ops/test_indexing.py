"""`x[...]` beyond the transcripts: against NumPy's basic indexing, on tapes, and on variables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.ops.registry import ops
from tensorsh.runtime.errors import InvalidArgumentError
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.tensor import Tensor
from tensorsh.runtime.variable import Variable

ENDS = st.one_of(st.none(), st.integers(-7, 7))
PARTS = st.one_of(
    st.integers(-5, 5),
    st.builds(slice, ENDS, ENDS, st.one_of(st.none(), st.integers(-3, 3).filter(bool))),
    st.none(),
    st.just(...),
)
KEYS = st.lists(PARTS, max_size=4).map(tuple).filter(lambda key: sum(part is ... for part in key) < 2)
SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)


@given(SHAPES, KEYS)
def test_basic_indexing_is_numpys(shape: tuple[int, ...], key: tuple[Any, ...]) -> None:
    array = np.arange(np.prod(shape), dtype=np.int32).reshape(shape)
    try:
        expected = np.asarray(array[key])
    except IndexError:
        with pytest.raises(InvalidArgumentError):
            ops.constant(array)[key]
        return
    found = ops.constant(array)[key]._array
    assert isinstance(found, np.ndarray)
    np.testing.assert_array_equal(found, expected)


@given(SHAPES, KEYS)
def test_the_gradient_of_a_slice_marks_what_it_holds(shape: tuple[int, ...], key: tuple[Any, ...]) -> None:
    array = np.zeros(shape, np.float32)
    try:
        array[key] = 1.0
    except IndexError:
        return
    x = ops.zeros(list(shape))
    with GradientTape() as t:
        t.watch(x)
        y = x[key]
    np.testing.assert_array_equal(t.gradient(y, x)._array, array)


@given(SHAPES, KEYS)
def test_assigning_to_a_slice_of_a_variable_is_numpys(shape: tuple[int, ...], key: tuple[Any, ...]) -> None:
    array = np.zeros(shape, np.float32)
    variable = Variable(array)
    try:
        array[key] = 7.0
    except IndexError:
        with pytest.raises(InvalidArgumentError):
            variable[key].assign(7.0)
        return
    before = variable.value()
    variable[key].assign(7.0)
    np.testing.assert_array_equal(variable.numpy(), array)
    assert not before.numpy().any(), "a tensor that was read before must keep its values"


def test_indices_may_be_tensors_variables_and_numpy_integers() -> None:
    x = ops.constant([10, 20, 30])
    for one in (
        1,
        np.int64(1),
        np.uint8(1),
        np.array(1),
        ops.constant(1),
        ops.constant(1, "int64"),
        Variable(1),
    ):
        assert int(x[one]) == 20
        assert x[one:].numpy().tolist() == [20, 30]


def test_a_slice_of_a_variable_is_watched_with_the_variable() -> None:
    v = Variable([1.0, 2.0, 3.0])
    with GradientTape() as t:
        y = v[1] * v[0]
    assert t.gradient(y, v).numpy().tolist() == [2.0, 1.0, 0.0]


def test_only_slices_of_variables_can_be_assigned_to() -> None:
    v = Variable([1.0, 2.0])
    v[0] = 5.0
    v[ops.constant([False, True])] = 6.0
    assert v.numpy().tolist() == [5.0, 6.0]
    for tensor in (ops.constant([1.0])[0], v[v > 5.5]):
        with pytest.raises(AttributeError):
            tensor.assign(1.0)


def test_iterating_gives_the_rows_to_the_tape() -> None:
    x = ops.constant([[1.0, 2.0], [3.0, 4.0]])
    with GradientTape() as t:
        t.watch(x)
        rows = list(x)
        y = rows[0] * rows[1]
    assert all(type(row) is Tensor for row in rows)
    assert t.gradient(y, x).numpy().tolist() == [[3.0, 4.0], [1.0, 2.0]]


def test_a_refused_index_says_the_way_out() -> None:
    x = ops.constant([1, 2, 3])
    with pytest.raises(TypeError) as refusal:
        x[ops.constant([0, 1])]
    assert "gather(x, indices)" in refusal.value.hint  # type: ignore[attr-defined]
    with pytest.raises(InvalidArgumentError) as missing:
        x[3]
    assert missing.value.summary == "index 3 is out of range for axis 0 of size 3"  # type: ignore[attr-defined]
