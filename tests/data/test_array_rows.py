"""npy on standard input, row by row."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tensorsh.data.array_rows import ArrayRows


def npy(*arrays: Any) -> bytes:
    file = io.BytesIO()
    for array in arrays:
        np.save(file, array)
    return file.getvalue()


def values(data: bytes, **options: Any) -> Iterator[Any]:
    """The values of a pipe that is written to as it is read."""
    read_end, write_end = os.pipe()

    def write() -> None:
        with open(write_end, "wb") as pipe:
            pipe.write(data)

    writer = threading.Thread(target=write)
    writer.start()
    with open(read_end, "rb") as file:
        rows = ArrayRows(file, lambda: None, **options)
        for taken in rows:
            yield [number for number, _ in taken], rows.value(taken).numpy().tolist()
    writer.join()


MATRIX = np.arange(6, dtype=np.int32).reshape(3, 2)


def test_rows_of_one_array_after_the_other() -> None:
    data = npy(MATRIX, np.float32([7, 8]), np.int64(9), np.zeros((0, 4)))
    assert list(values(data)) == [([1], [0, 1]), ([2], [2, 3]), ([3], [4, 5]), ([4], 7.0), ([5], 8.0), ([6], 9)]


def test_several_rows_at_a_time() -> None:
    assert list(values(npy(MATRIX), batch=2)) == [([1, 1], [[0, 1], [2, 3]]), ([3], [[4, 5]])]


def test_a_dtype_of_ones_own() -> None:
    assert list(values(npy(MATRIX), dtype="float32"))[0] == ([1], [0.0, 1.0])


def test_an_array_is_not_read_before_its_rows_are_wanted() -> None:
    read_end, write_end = os.pipe()
    with open(read_end, "rb") as file, open(write_end, "wb", buffering=0) as pipe:
        waited = []
        rows = iter(ArrayRows(file, lambda: waited.append(True)))
        pipe.write(npy(MATRIX)[:-16])
        number, row = next(rows)[0]
        assert (number, row.tolist()) == (1, [[0, 1]])
        pipe.write(npy(MATRIX)[-16:])
        assert next(rows)[0][0] == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (npy(MATRIX)[:-4], "the npy array is cut short: 4 bytes of 8"),
        (b"hello", "standard input: no npy array"),
        (npy(MATRIX) + b"x", "standard input: no npy array"),
        (npy(np.asfortranarray(MATRIX)), "stored by columns"),
    ],
)
def test_what_is_no_such_stream(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        list(values(data))


def test_python_objects_are_never_read() -> None:
    file = io.BytesIO()
    np.save(file, np.array([{}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects"):
        list(values(file.getvalue()))


def test_rows_without_entries_wait_for_nothing() -> None:
    def waits() -> None:
        raise AssertionError("waited, though all is there")

    array = io.BytesIO()
    np.save(array, np.zeros((3, 0)))
    reading, writing = os.pipe()
    os.write(writing, array.getvalue())
    with os.fdopen(reading, "rb") as file, os.fdopen(writing, "wb"):
        rows = iter(ArrayRows(file, waits))
        assert [next(rows)[0][1].shape for _ in range(3)] == [(1, 0)] * 3
