"""SparseTensor: the few entries of a large tensor, as places and values."""

from __future__ import annotations

from typing import Any

from .dtypes import DType, int64
from .shape import TensorShape
from .tensor import Tensor, as_tensor, resolve_op


class SparseTensor:
    """A tensor that is zero but at `indices[i]`, where it is `values[i]`.

    indices: (n, rank) int64; values: (n,); dense_shape: (rank,) int64. Raises ValueError if these do not fit.
    """

    __slots__ = ("_dense_shape", "_indices", "_values")
    __module__ = "tensorflow.python.framework.sparse_tensor"
    _is_composite = True

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        self._indices = as_tensor(indices, None if isinstance(indices, Tensor) else int64)
        self._values = as_tensor(values)
        self._dense_shape = as_tensor(dense_shape, None if isinstance(dense_shape, Tensor) else int64)
        rows, sizes = self._indices._array.shape, self._dense_shape._array.shape
        if len(rows) != 2:
            raise ValueError(f"Shape {self._indices.shape} must have rank 2")
        if self._values._array.ndim != 1:
            raise ValueError(f"Shape {self._values.shape} must have rank 1")
        if len(sizes) != 1:
            raise ValueError(f"Shape {self._dense_shape.shape} must have rank 1")
        for wanted, found in ((rows[0], self._values._array.shape[0]), (rows[1], sizes[0])):
            if wanted != found:
                raise ValueError(f"Dimensions {wanted} and {found} are not compatible")

    indices = property(lambda self: self._indices)
    values = property(lambda self: self._values)
    dense_shape = property(lambda self: self._dense_shape)

    _flat = values

    def _with_flat(self, values: Any) -> SparseTensor:
        return self.with_values(values)

    @property
    def _parts(self) -> list[Tensor]:
        return [self._indices, self._values, self._dense_shape]

    @property
    def dtype(self) -> DType:
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        return TensorShape(tuple(self._dense_shape.numpy().tolist()))

    def get_shape(self) -> TensorShape:
        return self.shape

    def with_values(self, new_values: Any) -> SparseTensor:
        """The same places with other values."""
        return SparseTensor(self._indices, new_values, self._dense_shape)

    def consumers(self) -> list[Any]:
        return []

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """The SparseTensor of another one, or of a SparseTensorValue."""
        if isinstance(sparse_tensor_value, SparseTensor):
            return sparse_tensor_value
        return cls(sparse_tensor_value.indices, sparse_tensor_value.values, sparse_tensor_value.dense_shape)

    def __mul__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, SparseTensor) else resolve_op("sparse_times")(self, other)

    def __truediv__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, SparseTensor) else resolve_op("sparse_over")(self, other)

    def __str__(self) -> str:
        return f"SparseTensor(indices={self._indices!s}, values={self._values!s}, dense_shape={self._dense_shape!s})"

    __repr__ = __str__
