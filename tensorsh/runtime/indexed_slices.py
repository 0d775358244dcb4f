"""IndexedSlices: the sparse gradient of a gather, as rows and where they belong."""

from __future__ import annotations

from typing import Any

from .dtypes import DType
from .shape import TensorShape
from .tensor import Tensor, resolve_op
from .unlisted import listed, only_in_graphs


class IndexedSlices:
    """Rows `values[i]` to be added at row `indices[i]` of a tensor of shape `dense_shape`.

    values: (n, ...), indices: (n,) int32 or int64, dense_shape: (rank,) int, or None if unknown.
    """

    __slots__ = ("_dense_shape", "_indices", "_values")
    __module__ = "tensorflow.python.framework.indexed_slices"

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        convert = resolve_op("convert_to_tensor")
        self._values: Tensor = convert(values)
        self._indices: Tensor = convert(indices)
        self._dense_shape: Tensor | None = None if dense_shape is None else convert(dense_shape)

    values = property(lambda self: self._values)
    indices = property(lambda self: self._indices)
    dense_shape = property(lambda self: self._dense_shape)
    device = property(lambda self: self._values.device)

    graph, name, op, value_index = map(only_in_graphs, ("graph", "name", "op", "value_index"))

    @property
    def dtype(self) -> DType:
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        if self._dense_shape is None:
            return TensorShape(None)
        return TensorShape(tuple(map(int, self._dense_shape.numpy())))

    def _read(self) -> Tensor:
        """The dense tensor: rows with the same index are summed."""
        if self._dense_shape is None:
            raise ValueError(
                "Tensor conversion requested for IndexedSlices for tensor without dense_shape: " + str(self)
            )
        rows = int(self._dense_shape[0])
        return resolve_op("unsorted_segment_sum")(self._values, self._indices, rows)

    def consumers(self) -> list[Any]:
        """What uses it in a graph: nothing, as there is none."""
        return []

    def __dir__(self) -> list[str]:
        return listed(type(self))

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __str__(self) -> str:
        shape = "" if self._dense_shape is None else f", dense_shape={self._dense_shape!s}"
        return f"IndexedSlices(indices={self._indices!s}, values={self._values!s}{shape})"


def concatenate(parts: list[IndexedSlices]) -> IndexedSlices:
    """The sum of several, kept sparse: their rows one after the other."""
    concat = resolve_op("concat")
    values = concat([p._values for p in parts], 0)
    indices = [p._indices for p in parts]
    if len({i.dtype for i in indices}) > 1:
        indices = [resolve_op("cast")(i, "int64") for i in indices]
    return IndexedSlices(values, concat(indices, 0), parts[0]._dense_shape)
