"""Python and NumPy values as arrays: the properties behind `transcripts/conversion.txt` and `conversion_corners.txt`.

What TensorFlow makes of each single value stands there, in its own words; here is what holds for all of them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.ops.registry import ops
from tensorsh.runtime import convert, dtypes
from tensorsh.runtime.tensor import as_tensor

INT32 = st.integers(-(2**31), 2**31 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
FLOAT32 = st.floats(width=32)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Rectangular nested lists and tuples of rank 1 to 3."""
    return st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)).flatmap(
        lambda sizes: build(leaves, list(sizes[1 : 1 + sizes[0]]))
    )


def build(leaves: st.SearchStrategy[Any], sizes: list[int]) -> st.SearchStrategy[Any]:
    inner = leaves if len(sizes) == 1 else build(leaves, sizes[1:])
    rows = st.lists(inner, min_size=sizes[0], max_size=sizes[0])
    return st.one_of(rows, rows.map(tuple))


def as_lists(value: Any) -> Any:
    return [as_lists(item) for item in value] if isinstance(value, (list, tuple)) else value


@given(nested(INT32))
def test_small_ints_become_int32_unchanged(value: Any) -> None:
    array = convert.infer(value)
    assert array.dtype == np.int32
    assert array.tolist() == as_lists(value)


@given(st.lists(INT64, min_size=1))
def test_one_large_int_makes_all_int64(value: list[int]) -> None:
    array = convert.infer(value)
    assert array.dtype == (np.int32 if all(-(2**31) <= n < 2**31 for n in value) else np.int64)
    assert array.tolist() == value


@given(nested(FLOAT32))
def test_floats_become_float32(value: Any) -> None:
    array = convert.infer(value)
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, np.array(as_lists(value), np.float32))


@given(st.lists(st.one_of(INT32, st.booleans(), FLOAT32), min_size=1))
def test_the_first_leaf_decides_what_may_follow(value: list[Any]) -> None:
    if isinstance(value[0], bool) and not all(isinstance(leaf, bool) for leaf in value):
        with pytest.raises(ValueError, match="mixed types"):
            convert.infer(value)
        return
    expected = "bool" if isinstance(value[0], bool) else "float32" if any(map(is_float, value)) else "int32"
    assert convert.infer(value).dtype == expected


def is_float(leaf: Any) -> bool:
    return isinstance(leaf, float)


@given(st.lists(INT64, min_size=1), st.sampled_from(["int8", "int16", "int32", "uint8", "uint16", "uint32"]))
def test_integers_wrap_into_the_width_that_is_asked_for(value: list[int], name: str) -> None:
    info = np.iinfo(name)
    wrapped = [(n - int(info.min)) % 2**info.bits + int(info.min) for n in value]
    assert convert.to_array(value, dtypes.as_dtype(name)).tolist() == wrapped
    assert convert.to_array(value[0], dtypes.as_dtype(name)).tolist() == wrapped[0]


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["int8", "int32", "int64", "uint64", "bool"]),
)
def test_a_float_is_never_dropped_to_an_integer(value: float, name: str) -> None:
    for given_value in (value, [value], [1, value]):
        with pytest.raises(TypeError, match="Cannot convert"):
            convert.to_array(given_value if abs(value) < 3e38 else 1.5, dtypes.as_dtype(name))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_float64_keeps_every_digit(value: float) -> None:
    assert convert.to_array(value, dtypes.float64).item() == value
    assert convert.to_array([[value]], dtypes.float64).item() == value


@pytest.mark.parametrize("value", [2.0**128, -3.5e38, 1e300])
def test_a_finite_float_beyond_float32_is_refused_and_an_infinity_is_not(value: float) -> None:
    with pytest.raises(ValueError, match="out of range"):
        convert.infer(value)
    with pytest.raises(ValueError, match="out of range"):
        convert.infer([1.0, value])
    assert convert.infer([1.0, math.inf]).tolist() == [1.0, math.inf]
    assert convert.to_array(value, dtypes.float32).item() == math.copysign(math.inf, value)


@given(st.recursive(INT32, lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=8))
def test_only_rectangles_are_taken(value: Any) -> None:
    try:
        expected = np.array(value)
    except ValueError:
        with pytest.raises(ValueError, match="non-rectangular|mixed types"):
            convert.infer(value)
    else:
        assert convert.infer(value).shape == expected.shape


@pytest.mark.parametrize(
    "name", ["bool", "int8", "uint16", "int64", "uint64", "float16", "float32", "float64", "complex64"]
)
def test_numpy_arrays_keep_their_dtype(name: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(name)
    for view in (array, array.T, array[:, ::-1], array.astype(array.dtype.newbyteorder(">"))):
        converted = convert.infer(view)
        assert converted.dtype == array.dtype and converted.dtype.isnative
        np.testing.assert_array_equal(converted, view)


def test_a_tensor_does_not_change_with_the_array_that_it_was_made_of() -> None:
    array = np.array([1.0, 2.0])
    tensors = [ops.constant(array), ops.constant(array[::-1]), as_tensor(array, dtypes.float64)]
    array[:] = 9.0
    assert [t.numpy().tolist() for t in tensors] == [[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]]


def test_text_becomes_utf_8() -> None:
    assert convert.infer(["a", "é", b"\xff"]).tolist() == [b"a", "é".encode(), b"\xff"]
    assert convert.infer(np.array(["a", "bc"])).tolist() == [b"a", b"bc"]


def test_a_list_of_tensors_is_packed_and_differentiated_through() -> None:
    from tensorsh.runtime.gradient_tape import GradientTape

    x = ops.constant(3.0)
    with GradientTape() as t:
        t.watch(x)
        y = as_tensor([[x, 1.0], [x * x, 2]])
    assert y.numpy().tolist() == [[3.0, 1.0], [9.0, 2.0]]
    assert float(t.gradient(y, x)) == 1 + 6


def test_bfloat16_is_rounded_to_even() -> None:
    # 1 + 2**-8 lies half-way between two neighbours, 1 and 1 + 2**-7.
    assert convert.to_array([1 + 2**-8, 1 + 3 * 2**-8], dtypes.bfloat16).astype(float).tolist() == [
        1.0,
        1 + 2**-6,
    ]
