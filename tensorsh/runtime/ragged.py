"""RaggedTensor: rows of different lengths, as the functions of text give them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .backend import from_host
from .dtypes import DType, as_dtype
from .shape import TensorShape
from .tensor import Tensor, resolve_op, wrap


class RaggedTensor:
    """Rows of one dtype: `values` one after the other, row i from row_splits[i] to row_splits[i + 1]."""

    __slots__ = ("_splits", "_values")
    __module__ = "tensorflow.python.ops.ragged.ragged_tensor"

    def __init__(self, values: Tensor, splits: Tensor) -> None:
        self._values, self._splits = values, splits

    values = property(lambda self: self._values)
    flat_values = property(lambda self: self._values)
    row_splits = property(lambda self: self._splits)
    ragged_rank = property(lambda self: 1)

    @property
    def dtype(self) -> DType:
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        return TensorShape([len(self), None])

    def nrows(self) -> Tensor:
        """The number of rows, int64."""
        return wrap(from_host(np.array(len(self), np.int64)))

    def row_lengths(self) -> Tensor:
        """The length of each row, int64."""
        splits = self._splits.numpy()
        return wrap(from_host(splits[1:] - splits[:-1]))

    def to_list(self) -> list[list[Any]]:
        """The rows as nested lists."""
        return [row.numpy().tolist() for row in self]

    def to_tensor(self, default_value: Any = None, name: str | None = None) -> Tensor:
        """A dense tensor of the longest row's width, with default_value (0, or empty text) behind shorter rows."""
        rows = self.to_list()
        width = max(map(len, rows), default=0)
        filler = default_value if default_value is not None else (b"" if self.dtype.name == "string" else 0)
        padded = [row + [filler] * (width - len(row)) for row in rows]
        return resolve_op("reshape")(resolve_op("constant")(padded, self.dtype), [len(rows), width])

    def __len__(self) -> int:
        return len(self._splits) - 1

    def __getitem__(self, row: int) -> Tensor:
        if not isinstance(row, int):
            raise TypeError("a RaggedTensor gives its rows, by an int")
        if not -len(self) <= row < len(self):
            raise IndexError(f"row {row} is out of range for {len(self)} rows")
        splits = self._splits.numpy().tolist()
        row %= len(self)
        return self._values[splits[row] : splits[row + 1]]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"<tf.RaggedTensor {self.to_list()!r}>"


def ragged(rows: list[list[Any]], dtype: Any) -> RaggedTensor:
    """A RaggedTensor of rows of Python values."""
    flat = [value for row in rows for value in row]
    splits = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return RaggedTensor(resolve_op("constant")(flat, as_dtype(dtype), shape=[len(flat)]), wrap(from_host(splits)))
