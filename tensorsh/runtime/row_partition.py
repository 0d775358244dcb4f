"""RowPartition: how values that stand one after the other are divided into rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from .backend import from_host, to_host
from .dtypes import DType, as_dtype, from_numpy
from .errors import InvalidArgumentError
from .tensor import Tensor, as_tensor, wrap


class RowPartition:
    """Row i goes from splits[i] to splits[i + 1]. The splits are on the host: they decide the shapes of results."""

    __slots__ = ("_length", "_splits")
    __module__ = "tensorflow.python.ops.ragged.row_partition"

    _splits: np.ndarray
    _length: int | None  # that of every row, where it is known to be one

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise ValueError("RowPartition constructor is private; please use one of the factory methods instead")

    @classmethod
    def from_row_splits(
        cls, row_splits: Any, validate: bool = True, dtype: Any = None, dtype_hint: Any = "int64"
    ) -> RowPartition:
        """The partition with these splits: 0 first, the number of values last."""
        splits = _ints(row_splits, dtype, dtype_hint)
        if splits.ndim != 1 or not splits.size:
            raise ValueError(
                f"Shape {splits.shape} must have rank 1" if splits.ndim != 1 else "row_splits tensor may not be empty."
            )
        if validate and splits[0] != 0:
            raise InvalidArgumentError("Arguments to from_row_splits do not form a valid RaggedTensor:zero")
        if validate and (splits[1:] < splits[:-1]).any():
            raise InvalidArgumentError("Arguments to from_row_splits do not form a valid RaggedTensor:monotonic.")
        return _partition(splits)

    @classmethod
    def from_row_lengths(
        cls, row_lengths: Any, validate: bool = True, dtype: Any = None, dtype_hint: Any = "int64"
    ) -> RowPartition:
        """The partition into rows of these lengths."""
        lengths = _ints(row_lengths, dtype, dtype_hint)
        if validate and (lengths < 0).any():
            raise _invalid("from_row_lengths")
        return partition_of(lengths)

    @classmethod
    def from_row_starts(
        cls, row_starts: Any, nvals: Any, validate: bool = True, dtype: Any = None, dtype_hint: Any = "int64"
    ) -> RowPartition:
        """The partition into rows that begin there: each goes to the next one's start, the last to nvals."""
        starts = _ints(row_starts, dtype, dtype_hint)
        splits = np.append(starts, np.asarray(_ints(nvals), starts.dtype))
        if validate and (splits[0] != 0 or (splits[1:] < splits[:-1]).any()):
            raise _invalid("from_row_starts")
        return _partition(splits)

    @classmethod
    def from_row_limits(
        cls, row_limits: Any, validate: bool = True, dtype: Any = None, dtype_hint: Any = "int64"
    ) -> RowPartition:
        """The partition into rows that end there."""
        limits = _ints(row_limits, dtype, dtype_hint)
        splits = np.concatenate([np.zeros(1, limits.dtype), limits])
        if validate and (splits[1:] < splits[:-1]).any():
            raise _invalid("from_row_limits")
        return _partition(splits)

    @classmethod
    def from_value_rowids(
        cls,
        value_rowids: Any,
        nrows: Any = None,
        validate: bool = True,
        dtype: Any = None,
        dtype_hint: Any = "int64",
    ) -> RowPartition:
        """The partition that puts each value into the row of that number. nrows: how many rows, beyond the last too."""
        rowids = _ints(value_rowids, dtype, dtype_hint)
        count = int(_ints(nrows)) if nrows is not None else int(rowids[-1]) + 1 if rowids.size else 0
        if count < 0:
            raise ValueError(f"Expected nrows >= 0; got {count}")
        if validate and ((rowids[1:] < rowids[:-1]).any() or rowids.size and rowids[0] < 0):
            raise _invalid("from_value_rowids")
        if rowids.size and rowids[-1] >= count:
            raise ValueError(
                f"Expected nrows >= value_rowids[-1] + 1; got nrows={count}, value_rowids[-1]={rowids[-1]}"
            )
        return partition_of(np.bincount(rowids, minlength=count).astype(rowids.dtype))

    @classmethod
    def from_uniform_row_length(
        cls,
        uniform_row_length: Any,
        nvals: Any = None,
        nrows: Any = None,
        validate: bool = True,
        dtype: Any = None,
        dtype_hint: Any = "int64",
    ) -> RowPartition:
        """The partition into rows of one length. nrows: how many there are; it must be told where the length is 0."""
        given = _ints(uniform_row_length, dtype, dtype_hint)
        length = int(given)
        if nvals is None and nrows is None:
            raise ValueError("At least one of nvals and nrows must be specified")
        count = int(_ints(nrows)) if nrows is not None else int(_ints(nvals)) // (length or 1)
        if nrows is None and not length:
            count = 0
        values = count * length if nvals is None else int(_ints(nvals))
        if validate and count * length != values:
            raise ValueError(f"uniform_row_length={length} times nrows={count} must equal nvals={values}")
        return uniform(count, length, given.dtype)

    @property
    def dtype(self) -> DType:
        return from_numpy(self._splits.dtype)

    def row_splits(self) -> Tensor:
        """Where rows begin and end: (rows + 1,)."""
        return _tensor(self._splits)

    def row_lengths(self) -> Tensor:
        """The length of each row."""
        return _tensor(self._lengths)

    def row_starts(self) -> Tensor:
        """Where each row begins."""
        return _tensor(self._splits[:-1])

    def row_limits(self) -> Tensor:
        """Where each row ends."""
        return _tensor(self._splits[1:])

    def value_rowids(self) -> Tensor:
        """The row of each value."""
        return _tensor(self._rowids)

    def offsets_in_rows(self) -> Tensor:
        """The place of each value in its row."""
        return _tensor(self._offsets)

    def nrows(self) -> Tensor:
        """The number of rows."""
        return _tensor(self._rows)

    def nvals(self) -> Tensor:
        """The number of values."""
        return _tensor(self._splits[-1])

    def uniform_row_length(self) -> Tensor | None:
        """The length that all rows are known to have, or None."""
        return None if self._length is None else _tensor(self._length, self._splits.dtype)

    def is_uniform(self) -> bool:
        """Whether all rows are known to have one length."""
        return self._length is not None

    static_nrows = property(lambda self: self._rows)
    static_nvals = property(lambda self: int(self._splits[-1]))
    static_uniform_row_length = property(lambda self: self._length)

    def with_row_splits_dtype(self, dtype: Any) -> RowPartition:
        """The same partition with splits of that dtype, int32 or int64."""
        wanted = as_dtype(dtype)
        if wanted.name not in ("int32", "int64"):
            raise ValueError("row_splits must be int32 or int64")
        return _partition(self._splits.astype(wanted._numpy), self._length)

    def __repr__(self) -> str:
        return f"tf.RowPartition(row_splits={self._splits})"

    @property
    def _rows(self) -> int:
        return len(self._splits) - 1

    @property
    def _lengths(self) -> np.ndarray:
        return self._splits[1:] - self._splits[:-1]

    @property
    def _rowids(self) -> np.ndarray:
        return np.repeat(np.arange(self._rows, dtype=self._splits.dtype), self._lengths)

    @property
    def _offsets(self) -> np.ndarray:
        return counted(np.zeros_like(self._lengths), self._lengths)


def counted(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The numbers from each start on, as many as its length, one run after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total, dtype=starts.dtype) + np.repeat(starts - (ends - lengths).astype(starts.dtype), lengths)


def partition_of(lengths: np.ndarray) -> RowPartition:
    """The partition into rows of these lengths, of the dtype that these have."""
    return _partition(np.concatenate([np.zeros(1, lengths.dtype), np.cumsum(lengths, dtype=lengths.dtype)]))


def uniform(rows: int, length: int, dtype: Any = np.int64) -> RowPartition:
    """The partition into so many rows of one length."""
    return _partition(np.arange(rows + 1, dtype=dtype) * length, length)


def _partition(splits: np.ndarray, length: int | None = None) -> RowPartition:
    made: RowPartition = object.__new__(RowPartition)
    made._splits, made._length = splits, length
    return made


def _ints(value: Any, dtype: Any = None, hint: Any = "int64") -> np.ndarray:
    """Splits and the like on the host, of int32 or int64."""
    array = to_host(as_tensor(value, dtype, hint)._array)
    if array.dtype not in (np.int32, np.int64):
        raise ValueError(f"row partitions are int32 or int64, and not {array.dtype}")
    return array


def _tensor(array: Any, dtype: Any = None) -> Tensor:
    return wrap(from_host(np.asarray(array, dtype)))


def _invalid(kind: str) -> Any:
    return InvalidArgumentError(f"Arguments to {kind} do not form a valid RowPartition.")
