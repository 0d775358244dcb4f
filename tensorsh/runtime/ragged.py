"""RaggedTensor: rows of different lengths.

The values of all rows stand one after the other in one tensor, or in a RaggedTensor again, and a RowPartition says
where rows begin. What functions do with ragged tensors is in `ops/ragged/`; here is what they are.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

import numpy as np

from .backend import from_host
from .dtypes import DType, as_dtype
from .errors import InvalidArgumentError
from .row_partition import RowPartition, counted, partition_of, uniform
from .shape import TensorShape
from .tensor import Tensor, as_tensor, resolve_op, wrap


class RaggedTensor:
    """Rows of one dtype: `values` one after the other, row i from row_splits[i] to row_splits[i + 1]."""

    __slots__ = ("_partition", "_values")
    __module__ = "tensorflow.python.ops.ragged.ragged_tensor"
    __array_priority__ = 100
    _is_ragged = _is_composite = True

    _partition: RowPartition
    _values: Any

    def __init__(self, values: Any, internal: bool = False, row_partition: Any = None) -> None:
        raise ValueError("RaggedTensor constructor is private; please use one of the factory methods instead")

    # ------------------------------------------------------------ made of values and what divides them

    @classmethod
    def from_row_splits(
        cls, values: Any, row_splits: Any, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Row i is values[row_splits[i]:row_splits[i + 1]]."""
        return _checked(values, RowPartition.from_row_splits(row_splits, validate), validate)

    @classmethod
    def from_row_lengths(
        cls, values: Any, row_lengths: Any, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Rows of these lengths."""
        return _checked(values, RowPartition.from_row_lengths(row_lengths, validate), validate)

    @classmethod
    def from_row_starts(
        cls, values: Any, row_starts: Any, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Rows that begin at these values."""
        values = as_values(values)
        return _checked(values, RowPartition.from_row_starts(row_starts, count(values), validate), validate)

    @classmethod
    def from_row_limits(
        cls, values: Any, row_limits: Any, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Rows that end before these values."""
        return _checked(values, RowPartition.from_row_limits(row_limits, validate), validate)

    @classmethod
    def from_value_rowids(
        cls, values: Any, value_rowids: Any, nrows: Any = None, name: str | None = None, validate: bool = True
    ) -> RaggedTensor:
        """Each value in the row of that number. nrows: how many rows; by default those up to the last value's."""
        return _checked(values, RowPartition.from_value_rowids(value_rowids, nrows, validate), validate)

    @classmethod
    def from_uniform_row_length(
        cls, values: Any, uniform_row_length: Any, nrows: Any = None, validate: bool = True, name: str | None = None
    ) -> RaggedTensor:
        """Rows of one length. nrows: how many, where the length is 0."""
        values = as_values(values)
        parts = RowPartition.from_uniform_row_length(uniform_row_length, count(values), nrows, validate)
        return _checked(values, parts, validate)

    @classmethod
    def from_nested_row_splits(
        cls, flat_values: Any, nested_row_splits: Any, name: str | None = None, validate: bool = True
    ) -> Any:
        """`from_row_splits` for each of the splits, the innermost last."""
        return _nested(cls.from_row_splits, flat_values, nested_row_splits, "nested_row_splits", validate)

    @classmethod
    def from_nested_row_lengths(
        cls, flat_values: Any, nested_row_lengths: Any, name: str | None = None, validate: bool = True
    ) -> Any:
        """`from_row_lengths` for each of the lists of lengths, the innermost last."""
        return _nested(cls.from_row_lengths, flat_values, nested_row_lengths, "nested_row_lengths", validate)

    @classmethod
    def from_nested_value_rowids(
        cls,
        flat_values: Any,
        nested_value_rowids: Any,
        nested_nrows: Any = None,
        name: str | None = None,
        validate: bool = True,
    ) -> Any:
        """`from_value_rowids` for each of the lists of rows, the innermost last."""
        if isinstance(nested_value_rowids, Tensor):
            raise TypeError(
                f"Argument `nested_value_rowids` must be a list of Tensors. Received {nested_value_rowids}."
            )
        rows = [None] * len(nested_value_rowids) if nested_nrows is None else list(nested_nrows)
        if len(rows) != len(nested_value_rowids):
            raise ValueError(
                "Argument `nested_nrows` must have the same length as argument `nested_value_rowids`. "
                f"len(nested_nrows) = {len(rows)} vs. len(nested_values_rowids) = {len(nested_value_rowids)}."
            )
        result = flat_values
        for rowids, nrows in zip(reversed(nested_value_rowids), reversed(rows)):
            result = cls.from_value_rowids(result, rowids, nrows, validate=validate)
        return result

    @classmethod
    def from_tensor(
        cls,
        tensor: Any,
        lengths: Any = None,
        padding: Any = None,
        ragged_rank: int = 1,
        name: str | None = None,
        row_splits_dtype: Any = "int64",
    ) -> Any:
        """The rows of a dense tensor. lengths: how long each is; padding: a value that ends them."""
        made = resolve_op("ragged_from_tensor")
        return made(tensor, lengths, padding, ragged_rank, row_splits_dtype)

    @classmethod
    def from_sparse(cls, st_input: Any, name: str | None = None, row_splits_dtype: Any = "int64") -> RaggedTensor:
        """The rows of a SparseTensor of rank 2, each of which begins at its left."""
        return resolve_op("ragged_from_sparse")(st_input, row_splits_dtype)

    # ------------------------------------------------------------ what it is

    values = property(lambda self: self._values)
    row_splits = property(lambda self: self._partition.row_splits())
    uniform_row_length = property(lambda self: self._partition.uniform_row_length())

    @property
    def dtype(self) -> DType:
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        return TensorShape([self._partition._rows, self._partition._length, *self._values.shape[1:]])

    def get_shape(self) -> TensorShape:
        return self.shape

    @property
    def ragged_rank(self) -> int:
        """How many partitions there are, one in the other."""
        return 1 + (self._values.ragged_rank if is_ragged(self._values) else 0)

    @property
    def flat_values(self) -> Tensor:
        """The innermost values."""
        return self._values.flat_values if is_ragged(self._values) else self._values

    @property
    def _partitions(self) -> list[RowPartition]:
        return [self._partition, *(self._values._partitions if is_ragged(self._values) else [])]

    _flat = flat_values

    def _with_flat(self, values: Any) -> RaggedTensor:
        return self.with_flat_values(values)

    @property
    def _parts(self) -> list[Tensor]:
        return [self.flat_values, *self.nested_row_splits]

    @property
    def nested_row_splits(self) -> tuple[Tensor, ...]:
        return tuple(p.row_splits() for p in self._partitions)

    def nested_row_lengths(self, name: str | None = None) -> tuple[Tensor, ...]:
        """The lengths of the rows of each partition, the outermost first."""
        return tuple(p.row_lengths() for p in self._partitions)

    def nested_value_rowids(self, name: str | None = None) -> tuple[Tensor, ...]:
        """The row of each value of each partition, the outermost first."""
        return tuple(p.value_rowids() for p in self._partitions)

    def value_rowids(self, name: str | None = None) -> Tensor:
        """The row of each value."""
        return self._partition.value_rowids()

    def nrows(self, out_type: Any = None, name: str | None = None) -> Tensor:
        """The number of rows."""
        return _as(self._partition.nrows(), out_type or self._partition.dtype)

    def row_starts(self, name: str | None = None) -> Tensor:
        """Where each row begins."""
        return self._partition.row_starts()

    def row_limits(self, name: str | None = None) -> Tensor:
        """Where each row ends."""
        return self._partition.row_limits()

    def row_lengths(self, axis: int = 1, name: str | None = None) -> Any:
        """The length of each row; axis above 1: that of the rows within the rows."""
        if axis == 1:
            return self._partition.row_lengths()
        if axis == 0:
            return self.nrows()
        if is_ragged(self._values):
            return self.with_values(self._values.row_lengths(axis - 1))
        shape = self._values.shape
        return self.with_values(_as(resolve_op("fill")(shape[: axis - 1], shape[axis - 1]), self._partition.dtype))

    def bounding_shape(self, axis: Any = None, name: str | None = None, out_type: Any = None) -> Tensor:
        """The smallest shape in which it has its place; axis: its size along that axis, or those."""
        sizes = [self._partition._rows]
        sizes += [int(p._lengths.max(initial=0)) for p in self._partitions]
        sizes += self.flat_values.shape[1:]
        found = wrap(from_host(np.array(sizes, np.int64)))
        found = found if axis is None else resolve_op("gather")(found, axis)
        return _as(found, out_type or self._partition.dtype)

    def consumers(self) -> list[Any]:
        return []

    # ------------------------------------------------------------ with other values or partitions

    def with_values(self, new_values: Any) -> RaggedTensor:
        """The same rows with other values."""
        new_values = as_values(new_values)
        if not self._values.shape[:1].is_compatible_with(new_values.shape[:1]):
            raise ValueError(f"Shapes {self._values.shape[:1]} and {new_values.shape[:1]} are incompatible")
        return rows_of(new_values, self._partition)

    def with_flat_values(self, new_values: Any) -> RaggedTensor:
        """The same rows with other innermost values."""
        inner = self._values.with_flat_values(new_values) if is_ragged(self._values) else new_values
        return self.with_values(inner)

    def with_row_splits_dtype(self, dtype: Any) -> RaggedTensor:
        """The same with row splits of that dtype, int32 or int64."""
        values = self._values.with_row_splits_dtype(dtype) if is_ragged(self._values) else self._values
        return rows_of(values, self._partition.with_row_splits_dtype(dtype))

    def merge_dims(self, outer_axis: int, inner_axis: int) -> Any:
        """With the axes from the one to the other made one."""
        return resolve_op("ragged_merge_dims")(self, outer_axis, inner_axis)

    # ------------------------------------------------------------ as something else

    def to_tensor(self, default_value: Any = None, name: str | None = None, shape: Any = None) -> Tensor:
        """A dense tensor, with default_value (0, or empty text) behind shorter rows. shape: some of its sizes."""
        return resolve_op("ragged_to_tensor")(self, default_value, shape)

    def to_sparse(self, name: str | None = None) -> Any:
        """The same entries as a SparseTensor."""
        return resolve_op("ragged_to_sparse")(self)

    def to_list(self) -> list[Any]:
        """The rows as nested lists."""
        splits = self._partition._splits.tolist()
        values = self._values.to_list() if is_ragged(self._values) else self._values.numpy().tolist()
        return [values[start:end] for start, end in zip(splits, splits[1:])]

    def numpy(self) -> np.ndarray:
        """An array of the rows: of objects, unless all are of one length."""
        values = self._values.numpy()
        rows = np.split(values, self._partition._splits[1:-1]) if self._partition._rows else []
        if not rows:
            return np.zeros(0, values.dtype)
        if len({len(row) for row in rows}) > 1:
            array = np.empty(len(rows), object)
            for i, row in enumerate(rows):
                array[i] = row
            return array
        return np.array(rows)

    def __getitem__(self, key: Any) -> Any:
        return resolve_op("ragged_getitem")(self, key)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(self._partition._rows))

    def __bool__(self) -> bool:
        raise TypeError("RaggedTensor may not be used as a boolean.")

    def __neg__(self) -> RaggedTensor:
        return self.with_flat_values(-self.flat_values)

    def __invert__(self) -> RaggedTensor:
        return self.with_flat_values(~self.flat_values)

    def __abs__(self) -> RaggedTensor:
        return self.with_flat_values(abs(self.flat_values))

    def __hash__(self) -> int:
        raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")

    def __repr__(self) -> str:
        with np.printoptions(formatter={"all": _shown}):
            return f"<tf.RaggedTensor {_shown(self.numpy())}>"


def _operator(function: Any, is_reflected: bool = False) -> Any:
    def of_two(self: RaggedTensor, other: Any) -> Any:
        operands = (other, self) if is_reflected else (self, other)
        return resolve_op("ragged_elementwise")(function, *operands)

    return of_two


for _name in "add sub mul truediv floordiv mod pow and or xor".split():
    _function = getattr(operator, f"__{_name}__")
    setattr(RaggedTensor, f"__{_name}__", _operator(_function))
    setattr(RaggedTensor, f"__r{_name}__", _operator(_function, True))
for _name in "eq ne lt le gt ge".split():
    setattr(RaggedTensor, f"__{_name}__", _operator(getattr(operator, f"__{_name}__")))


def is_ragged(x: Any) -> bool:
    return type(x) is RaggedTensor


def as_values(x: Any) -> Any:
    """A RaggedTensor as it is, all else as a tensor."""
    return x if is_ragged(x) else as_tensor(x)


def count(values: Any) -> int:
    """How many rows, or entries of the first axis, there are."""
    return values._partition._rows if is_ragged(values) else values._array.shape[0]


def rows_of(values: Any, partition: RowPartition) -> RaggedTensor:
    """The values in these rows."""
    made: RaggedTensor = object.__new__(RaggedTensor)
    made._values, made._partition = values, partition
    return made


def wrapped(values: Any, sizes: list[int]) -> Any:
    """The values in rows of rows of these sizes: `sizes` are all but the last axis of the whole."""
    for i in range(len(sizes) - 1, 0, -1):
        values = rows_of(values, uniform(int(np.prod(sizes[:i])), sizes[i]))
    return values


def take(values: Any, places: np.ndarray) -> Any:
    """The rows (of a tensor: the entries of the first axis) at these places."""
    if not is_ragged(values):
        return resolve_op("gather")(values, wrap(from_host(places)))
    lengths = values._partition._lengths[places]
    inner = take(values._values, counted(values._partition._splits[places], lengths))
    if values._partition._length is not None:
        return rows_of(inner, uniform(len(places), values._partition._length, lengths.dtype))
    return rows_of(inner, partition_of(lengths))


def coordinates(x: RaggedTensor) -> np.ndarray:
    """The place of each flat value along axes 0, 1 ...: (values, ragged_rank + 1)."""
    first, *rest = x._partitions
    columns = [first._rowids, first._offsets]
    for p in rest:
        columns = [column[p._rowids] for column in columns] + [p._offsets]
    return np.stack(columns, 1).astype(np.int64)


def ragged(rows: list[list[Any]], dtype: Any) -> RaggedTensor:
    """A RaggedTensor of rows of Python values."""
    flat = [value for row in rows for value in row]
    values = resolve_op("constant")(flat, as_dtype(dtype), shape=[len(flat)])
    return rows_of(values, partition_of(np.array([len(row) for row in rows], np.int64)))


def _checked(values: Any, partition: RowPartition, validate: bool) -> RaggedTensor:
    values = as_values(values)
    if not is_ragged(values) and not values._array.ndim:
        raise ValueError(f"Shape {values.shape} must have rank at least 1")
    if validate and partition._splits[-1] != count(values):
        raise InvalidArgumentError("Arguments to _from_row_partition do not form a valid RaggedTensor")
    if is_ragged(values) and values._partition.dtype is not partition.dtype:
        values, partition = values.with_row_splits_dtype("int64"), partition.with_row_splits_dtype("int64")
    return rows_of(values, partition)


def _nested(make: Any, values: Any, nested: Any, arg: str, validate: bool) -> Any:
    if isinstance(nested, Tensor):
        raise TypeError(f"Argument `{arg}` must be a list of Tensors. Received {nested}.")
    for each in reversed(nested):
        values = make(values, each, validate=validate)
    return values


def _as(t: Tensor, dtype: Any) -> Tensor:
    return resolve_op("cast")(t, as_dtype(dtype))


def _shown(x: Any) -> str:
    """Entries with commas between them. An empty array keeps its axes: [[], []]."""
    if not isinstance(x, np.ndarray):
        return str(x)
    return np.array2string(x, separator=", ") if x.size else repr(x.tolist())
