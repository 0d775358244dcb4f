"""DynamicRaggedShape: the shape of a ragged tensor, with the lengths of its rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.dtypes import as_dtype, int32, int64
from ...runtime.ragged import as_values, is_ragged, rows_of
from ...runtime.row_partition import RowPartition, partition_of, uniform
from ...runtime.tensor import Tensor, as_tensor
from ..creation import host_constant
from ..registry import export, ops


class DynamicRaggedShape:
    """Row partitions, and below them the shape of the values."""

    __slots__ = ("_inner", "_partitions")
    __module__ = "tensorflow.python.ops.ragged.dynamic_ragged_shape"

    def __init__(
        self,
        row_partitions: Any,
        inner_shape: Any,
        dtype: Any = None,
        validate: bool = False,
        static_inner_shape: Any = None,
    ) -> None:
        self._partitions: list[RowPartition] = list(row_partitions)
        self._inner = np.asarray(as_tensor(inner_shape, int64)).tolist()

    @classmethod
    def from_tensor(cls, t: Any, dtype: Any = None) -> DynamicRaggedShape:
        """The shape of a tensor or ragged tensor."""
        t = as_values(t)
        if is_ragged(t):
            return cls(t._partitions, list(t.flat_values._array.shape))
        return cls([], list(t._array.shape))

    @classmethod
    def from_lengths(
        cls, lengths: Any, num_row_partitions: int | None = None, dtype: Any = int64
    ) -> DynamicRaggedShape:
        """The shape with these sizes: an int where an axis is uniform, the lengths of its rows where it is ragged."""
        if not lengths:
            raise ValueError("DynamicRaggedShape.from_lengths: there are no lengths")
        ragged = [i for i, n in enumerate(lengths) if not isinstance(n, int)]
        wanted = (ragged[-1] if ragged else 0) if num_row_partitions is None else num_row_partitions
        rows, partitions = lengths[0], []
        for n in lengths[1 : wanted + 1]:
            if isinstance(n, int):
                partitions.append(uniform(rows, n))
                rows *= n
            else:
                partitions.append(partition_of(np.array(n, as_dtype(dtype)._numpy)))
                rows = sum(n)
        return cls(partitions, [rows, *lengths[wanted + 1 :]])

    row_partitions = property(lambda self: tuple(self._partitions))
    num_row_partitions = property(lambda self: len(self._partitions))
    rank = property(lambda self: len(self._partitions) + len(self._inner))
    inner_rank = property(lambda self: len(self._inner))
    dtype = property(lambda self: self._partitions[0].dtype if self._partitions else int64)

    @property
    def inner_shape(self) -> Tensor:
        return host_constant(self._inner, int64)

    def is_uniform(self, axis: int) -> bool:
        """Whether all rows along that axis are known to have one length."""
        if not isinstance(axis, int):
            raise TypeError("axis must be an integer")
        return not 0 < axis <= len(self._partitions) or self._partitions[axis - 1].is_uniform()

    def static_lengths(self, ragged_lengths: bool = True) -> list[Any]:
        """The sizes: an int where an axis is uniform, the lengths of its rows where it is ragged."""
        first = [self._partitions[0]._rows] if self._partitions else self._inner[:1]
        within: list[Any] = [
            p._length if p._length is not None else tuple(p._lengths.tolist()) if ragged_lengths else None
            for p in self._partitions
        ]
        return [*first, *within, *self._inner[1:]]

    def __getitem__(self, index: Any) -> Any:
        sizes = self.static_lengths()
        if isinstance(index, slice):
            return DynamicRaggedShape.from_lengths(sizes[index])
        size = sizes[index]
        if not isinstance(size, int):
            raise ValueError(f"Index {index} is not uniform")
        return host_constant(size, int32)  # the dtype of tf.shape's sizes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DynamicRaggedShape) and self.static_lengths() == other.static_lengths()

    def __hash__(self) -> int:
        return hash(str(self))

    def __repr__(self) -> str:
        sizes = ", ".join(map(str, self.static_lengths()))
        return f"<DynamicRaggedShape lengths=[{sizes}] num_row_partitions={len(self._partitions)}>"


export("tf.experimental.DynamicRaggedShape", DynamicRaggedShape, None, "ragged.shapes")


def in_shape(flat: Any, shape: DynamicRaggedShape) -> Any:
    """Values in the rows of that shape."""
    values = ops.reshape(flat, shape._inner)
    for p in reversed(shape._partitions):
        values = rows_of(values, p)
    return values


def ragged_shape(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """The shape of a ragged or sparse tensor."""
    if is_ragged(input):
        return DynamicRaggedShape.from_tensor(input)
    return ops.cast(input.dense_shape, out_type or "int32")


def ragged_rank(input: Any, name: str | None = None) -> Tensor:
    """The number of axes."""
    return as_tensor(len(input.shape), "int32")


def ragged_size(input: Any, out_type: Any = None, name: str | None = None) -> Tensor:
    """The number of values of a ragged tensor; of a sparse one, of the dense tensor that it stands for."""
    if is_ragged(input):
        return ops.size(input.flat_values, out_type)
    return ops.cast(ops.reduce_prod(input.dense_shape), out_type or "int32")
