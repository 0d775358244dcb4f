"""Standard input as a stream of rows: those of the npy arrays on it, along their first axis, read as they come."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import numpy as np

from .npy import read_header
from .values import malformed, to_tensor

_NAME = "standard input"


class ArrayRows:
    """The rows of arrays that follow each other, of which no more than a value is held at a time.

    batch: how many rows make one value, with an axis in front; if None each is a value of its own. An array without an
    axis is one row. before_waiting: called when there is nothing to read yet.
    """

    def __init__(
        self, file: BinaryIO, before_waiting: Callable[[], None], batch: int | None = None, dtype: Any = None
    ) -> None:
        self._file, self._before_waiting, self._batch, self._dtype = file, before_waiting, batch, dtype

    def __iter__(self) -> Iterator[list[tuple[int, Any]]]:
        """What makes one value each: (number of its row, array). Raises ValueError for what is no array."""
        number = 0
        while self._more():
            shape, dtype = self._header()
            count, inner = (shape[0], shape[1:]) if shape else (1, ())
            step = self._batch or 1
            for start in range(0, count, step):
                rows = min(step, count - start)
                yield [(number + start + 1, self._rows(rows, inner, dtype))] * rows
            number += count

    def value(self, records: list[tuple[int, Any]]) -> Any:
        rows = records[0][1]
        return to_tensor(rows if self._batch else rows[0], self._dtype)

    def _header(self) -> tuple[tuple[int, ...], np.dtype]:
        try:
            shape, is_fortran, dtype = read_header(self._file)
        except ValueError as error:
            raise malformed(_NAME, f"no npy array: {error}") from None
        if is_fortran and len(shape) > 1:
            raise malformed(_NAME, "this npy array is stored by columns, and has no rows one after the other")
        return shape, dtype

    def _rows(self, count: int, inner: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        size = int(np.prod((count, *inner), dtype=np.int64)) * dtype.itemsize
        if size:
            self._more()
        data = self._file.read(size)
        if len(data) < size:
            raise malformed(_NAME, f"the npy array is cut short: {len(data)} bytes of {size}")
        return np.frombuffer(data, dtype).reshape(count, *inner)

    def _more(self) -> bool:
        """Whether there is more to come; waits for it."""
        if not select.select([self._file], [], [], 0)[0]:
            self._before_waiting()
        return bool(self._file.peek(1))  # type: ignore[attr-defined]
