"""What the stand-in for CuPy refuses, and where its answers are a GPU's."""

from __future__ import annotations

import numpy as np
import pytest

from tensorsh.ops.registry import ops
from tensorsh.runtime import backend
from tests import strict_xp as xp


def test_nothing_becomes_a_numpy_array_unasked():
    x = xp.asarray([1.0, 2.0])
    with pytest.raises(TypeError, match=r"Please use `\.get\(\)`"):
        np.asarray(x)
    assert type(x.get()) is np.ndarray


@pytest.mark.parametrize("other", [np.ones(2), [1.0, 1.0]])
def test_numpy_arrays_and_lists_are_no_operands(other):
    with pytest.raises(TypeError):
        xp.asarray([1.0, 2.0]) + other


def test_names_and_keywords_that_cupy_lacks_are_refused():
    with pytest.raises(AttributeError):
        _ = xp.vecdot
    with pytest.raises(AttributeError):
        _ = xp.linalg.svdvals
    with pytest.raises(TypeError, match="initial"):
        xp.sum(xp.ones(3), initial=1.0)
    with pytest.raises(NotImplementedError):
        xp.maximum.accumulate(xp.ones(3))


def test_reductions_and_indexing_give_arrays_that_do_not_index():
    x = xp.arange(3)
    assert type(x.sum()) is xp.ndarray and type(x[1]) is xp.ndarray
    with pytest.raises(TypeError):
        [10, 20, 30][x[1]]


def test_integers_never_trap():
    x = xp.asarray([7, -7])
    assert (x // 0).get().tolist() == [0, 0]
    assert (xp.asarray([1, -1, 2]) ** -1).get().tolist() == [1, -1, 0]


def test_floats_saturate_when_cast_to_integers():
    x = xp.asarray([np.nan, 1e20, -1e20, -2.7])
    assert x.astype(np.int32).get().tolist() == [0, 2**31 - 1, -(2**31), -2]


def test_indices_wrap_and_the_first_of_two_writes_wins():
    x = xp.zeros(3)
    assert xp.arange(3)[xp.asarray([4])].get().tolist() == [1]
    x[xp.asarray([0, 0])] = xp.asarray([1.0, 2.0])
    assert x.get().tolist() == [1.0, 0.0, 0.0]


def test_linear_algebra_is_silent_and_has_no_half_precision():
    assert np.isnan(xp.linalg.inv(xp.zeros((2, 2))).get()).all()
    with pytest.raises(TypeError, match="float16"):
        xp.linalg.inv(xp.ones((2, 2), np.float16))


def test_strings_stay_on_the_host():
    with pytest.raises(ValueError, match="Unsupported dtype"):
        xp.asarray(np.array(["a"], object))


def test_waits_for_the_device_are_counted():
    x, before = xp.ones(3), xp.syncs
    x + 1.0
    assert xp.syncs == before
    float(x[0])
    assert xp.syncs == before + 1


def test_ops_run_on_it():
    with backend.using(xp):
        x = ops.constant([[1.0, 2.0], [3.0, 4.0]])
        y = ops.reduce_sum(ops.multiply(x, x + 1.0), 0)
    assert type(y._array) is xp.ndarray
    assert y.numpy().tolist() == [14.0, 26.0]
