"""What is saved is loaded again, in every format and every dtype that it holds."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tensorsh.data import formats
from tensorsh.data.table import Table, table_of
from tensorsh.runtime.dtypes import as_dtype
from tensorsh.runtime.tensor import Tensor, as_tensor, wrap

INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
FLOATS = "float16 float32 float64".split()
COMPLEX = "complex64 complex128".split()
#: format -> (dtypes that it holds, smallest and largest rank)
HELD = {
    "npy": ([*INTEGERS, *FLOATS, *COMPLEX, "bool"], 0, 3),
    "npz": ([*INTEGERS, *FLOATS, *COMPLEX, "bool"], 0, 3),
    "hdf5": ([*INTEGERS, *FLOATS, *COMPLEX, "bool"], 0, 3),
    "safetensors": ([*INTEGERS, *FLOATS, "bfloat16", "complex64", "bool"], 0, 3),
    "raw": ([*INTEGERS, *FLOATS, *COMPLEX, "bool"], 1, 3),
    "idx": (["uint8", "int8", "int16", "int32", "float32", "float64"], 1, 3),
    "csv": ([*INTEGERS, *FLOATS, *COMPLEX, "bool"], 1, 2),
    "tsv": ([*INTEGERS, *FLOATS, *COMPLEX, "bool"], 1, 2),
    "plain": ([*INTEGERS, *FLOATS, *COMPLEX, "bool"], 1, 2),
    "json": ([*INTEGERS, *FLOATS, "bool"], 0, 3),
    "ndjson": ([*INTEGERS, *FLOATS, "bool"], 1, 3),
}


def through(name: str, value: Any, reading: dict[str, Any] | None = None, **writing: Any) -> Any:
    """A value, written and read again."""
    file = io.BytesIO()
    formats.by_name(name).write(file, value, **writing)
    file.seek(0)
    return formats.by_name(name).read(file, "file", **(reading or {}))


@st.composite
def tensors(draw: st.DrawFn, dtype: str, lowest: int, highest: int) -> Tensor:
    shapes = arrays.array_shapes(min_dims=lowest, max_dims=highest, max_side=4)
    if dtype == "bfloat16":
        wide = draw(arrays.arrays("float32", shapes, elements=st.integers(-100, 100)))
        return wrap(wide.astype(as_dtype(dtype)._numpy))
    return wrap(draw(arrays.arrays(dtype, shapes)))


@pytest.mark.parametrize(("name", "dtype"), [(name, dtype) for name, held in HELD.items() for dtype in held[0]])
def test_a_tensor(name: str, dtype: str) -> None:
    _, lowest, highest = HELD[name]

    @settings(max_examples=10)  # of some hundred pairs of format and dtype
    @given(tensors(dtype, lowest, highest))
    def holds(tensor: Tensor) -> None:
        reading: dict[str, Any] = {}
        if name in ("csv", "tsv", "plain"):
            reading = {"dtype": dtype, "header": False}
        elif name in ("json", "ndjson"):
            reading = {"dtype": dtype}
        elif name == "raw":
            reading = {"dtype": dtype, "shape": tuple(tensor.shape)}
        found = through(name, tensor, reading)
        if name in ("npz", "hdf5", "safetensors"):
            (found,) = found.values()
        expected = tensor._array
        if name in ("csv", "tsv", "plain") and expected.shape[1:] == (1,):
            expected = expected[:, 0]  # one column is read as a vector
        assert (found.dtype.name, tuple(found.shape)) == (dtype, expected.shape)
        wanted = np.nan_to_num(expected.astype("complex128"), nan=7)
        np.testing.assert_array_equal(np.nan_to_num(found._array.astype("complex128"), nan=7), wanted)

    holds()


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)


@pytest.mark.parametrize("name", ["npy", "npz", "hdf5", "json", "ndjson", "csv"])
def test_text(name: str) -> None:
    @given(st.lists(TEXTS, min_size=1, max_size=5))
    def holds(texts: list[str]) -> None:
        reading = {"dtype": "string", "header": False, "delimiter": ","} if name == "csv" else {}
        found = through(name, as_tensor(texts), reading)
        if isinstance(found, dict):
            (found,) = found.values()
        assert [text.decode() for text in found._array] == texts

    holds()


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n")), min_size=1))
def test_lines(lines: list[str]) -> None:
    assert [text.decode() for text in through("text", as_tensor(lines))._array] == lines


@pytest.mark.parametrize("name", ["csv", "tsv", "ndjson", "json", "parquet"])
def test_a_table(name: str) -> None:
    columns = st.fixed_dictionaries(
        {
            "n": st.lists(st.integers(-(2**31), 2**31 - 1), min_size=3, max_size=3),
            "a price, in €": st.lists(st.floats(width=32, allow_infinity=False), min_size=3, max_size=3),
            "text": st.lists(TEXTS.map('é,"'.__add__), min_size=3, max_size=3),
        }
    )

    @settings(max_examples=25)
    @given(columns)
    def holds(given: dict[str, Any]) -> None:
        table = table_of({key: as_tensor(value) for key, value in given.items()})
        reading = {"header": True, "dtype": {"a price, in €": "float32"}} if "sv" in name else {}
        found = through(name, table, reading)
        assert isinstance(found, Table) and found.columns == table.columns
        for key in given:
            left, right = found[key]._array, table[key]._array
            assert left.dtype == right.dtype
            assert all(a == b or a != a and b != b for a, b in zip(left.tolist(), right.tolist()))

    holds()


@pytest.mark.parametrize(("name", "shape"), [("png", (3, 5, 1)), ("png", (3, 5, 3)), ("png", (2, 2, 4))])
def test_an_image_without_loss(name: str, shape: tuple[int, ...]) -> None:
    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    np.testing.assert_array_equal(through(name, wrap(pixels))._array, pixels)


def test_an_image_of_sixteen_bits() -> None:
    pixels = np.arange(0, 60000, 5000, dtype=np.uint16).reshape(3, 4, 1)
    found = through("png", wrap(pixels))
    assert found.dtype.name == "uint16"
    np.testing.assert_array_equal(found._array, pixels)


def test_a_jpeg_comes_near() -> None:
    pixels = np.full((16, 16, 3), 120, np.uint8)
    found = through("jpeg", wrap(pixels), quality=100)._array
    assert found.shape == (16, 16, 3) and abs(found.astype(int) - 120).max() <= 2


@pytest.mark.parametrize("name", ["npz", "hdf5", "safetensors"])
def test_a_dict_with_a_dict_in_it(name: str) -> None:
    found = through(name, {"w": as_tensor([[1.0, 2.0]]), "layer": {"b": as_tensor(3)}})
    assert sorted(found) == ["layer/b", "w"]
    assert found["layer/b"].numpy() == 3
    assert through(name, {"w": as_tensor(1), "b": as_tensor(2)}, {"member": "b"}).numpy() == 2


@pytest.mark.parametrize("name", ["csv", "json"])
def test_precision_is_in_significant_digits(name: str) -> None:
    found = through(name, as_tensor([1 / 3, 123456.0, 1e-9]), precision=3)
    np.testing.assert_array_equal(found._array, np.array([0.333, 123000.0, 1e-9], np.float32))
