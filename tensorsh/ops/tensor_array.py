"""TensorArray: a list of tensors of one dtype, written and read by index."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime import dtypes
from ..runtime.dtypes import DType
from ..runtime.errors import InvalidArgumentError, OutOfRangeError
from ..runtime.shape import TensorShape
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .registry import export, ops
from .rules import ints


class TensorArray:
    """A list of tensors of one dtype and, unless infer_shape is False, of one shape.

    `write` and its kin return an array to go on with: `ta = ta.write(0, x)`. What was not written reads as
    zeros.
    size: its length; with dynamic_size it grows as it is written. An entry is read once, unless
    clear_after_read is False.

    >>> ta = TensorArray(float32, size=2)
    >>> ta = ta.write(0, 1.).write(1, 2.)
    >>> ta.stack()
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """

    __module__ = "tensorflow.python.ops.tensor_array_ops"

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        if handle is not None:
            raise ValueError("TensorArray handles are not supported when eager execution is enabled.")
        if size is None:
            raise ValueError("Size must be declared for TensorArrays when eager execution is enabled.")
        self._dtype = dtypes.as_dtype(dtype)
        self._grows = bool(dynamic_size)
        self._read_once = clear_after_read is None or bool(clear_after_read)
        self._infer_shape = infer_shape
        self._element_shape = TensorShape(element_shape)
        self._entries: list[Tensor | None] = [None] * ints(size)[0]
        self._cleared: set[int] = set()

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def element_shape(self) -> TensorShape:
        return self._element_shape

    @property
    def dynamic_size(self) -> bool:
        return self._grows

    def size(self, name: str | None = None) -> Tensor:
        """The number of entries."""
        return as_tensor(len(self._entries))

    def identity(self) -> TensorArray:
        return self

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """The entry at `index`. Raises OutOfRangeError past the end, InvalidArgumentError once cleared."""
        (i,) = ints(index)
        if i < 0:
            raise OutOfRangeError(f"Reading from negative indices (index {i}) is not allowed.")
        if i >= len(self._entries):
            raise OutOfRangeError(f"Tried to read from index {i} but array size is: {len(self._entries)} ")
        if self._entries[i] is None and i in self._cleared:
            raise InvalidArgumentError(
                f"Could not read index {i} twice because it was cleared after a previous read (perhaps try "
                "setting clear_after_read = false?)"
            )
        entry = self._filled(i)
        if self._read_once:
            self._entries[i] = None
            self._cleared.add(i)
        return entry

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Put `value` at `index`."""
        (i,) = ints(index)
        size = len(self._entries)
        if i < 0:
            raise OutOfRangeError(f"Writing to negative indices (index {i}) is not allowed.")
        if i >= size:
            if not self._grows:
                raise OutOfRangeError(f"Tried to write to index {i} but array is not resizeable and size is: {size} ")
            self._entries.extend([None] * (i - size + 1))
        entry = as_tensor(value) if is_tensor(value) else as_tensor(value, hint=self._dtype)
        if entry.dtype != self._dtype:
            raise InvalidArgumentError(
                f"TensorArray dtype is {self._dtype.name} but Op is trying to write dtype {entry.dtype.name} "
            )
        if not self._element_shape.is_compatible_with(entry.shape):
            raise ValueError(f"Incompatible shape for value ({entry.shape}), expected ({self._element_shape})")
        if self._infer_shape:
            self._element_shape = self._element_shape.merge_with(entry.shape)
        self._entries[i] = entry
        return self

    def stack(self, name: str | None = None) -> Tensor:
        """All entries as one tensor, along a new first axis."""
        if self._entries:
            return ops.stack([self._filled(i) for i in range(len(self._entries))])
        shape = self._element_shape.as_list() if self._element_shape.is_fully_defined() else []
        return as_tensor(np.zeros([0, *shape]), self._dtype)

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """The entries at `indices` as one tensor."""
        return ops.stack([self._filled(i) for i in ints(indices)])

    def concat(self, name: str | None = None) -> Tensor:
        """All entries joined along their first axis."""
        parts = [self._filled(i) for i in range(len(self._entries))]
        for i, part in enumerate(parts):
            if not part.ndim:
                raise InvalidArgumentError(f"Concat saw a scalar shape at index {i} but requires at least vectors.")
        return ops.concat(parts, 0)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The rows of `value` as the entries."""
        rows = ops.unstack(value)
        if len(rows) > len(self._entries) and not self._grows:
            raise ValueError(
                f"Cannot unstack {len(rows)} tensors into a TensorArray of static size {len(self._entries)} "
            )
        self._entries = list(rows)
        return self

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """Put row i of `value` at indices[i]."""
        for i, row in zip(ints(indices), ops.unstack(value)):
            self.write(i, row)
        return self

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """Cut `value` along its first axis into entries of the given lengths."""
        whole, sizes = as_tensor(value, hint=self._dtype), ints(lengths)
        if not whole.ndim:
            raise InvalidArgumentError(
                f"Expected value to be at least a vector, but received shape: {whole.shape.as_list()} "
            )
        if sum(sizes) != whole.shape[0]:
            raise InvalidArgumentError(
                f"Expected sum of lengths to be equal to values.shape[0], but sum of lengths is {sum(sizes)} "
                f"and value's shape is: {whole.shape.as_list()} "
            )
        if not self._grows and len(sizes) != len(self._entries):
            raise InvalidArgumentError(
                f"TensorArray's size is not equal to the size of lengths ({len(self._entries)} vs. "
                f"{len(sizes)}), and the TensorArray is not marked as dynamically resizeable."
            )
        self._entries = list(ops.split(whole, sizes))
        return self

    def grad(self, source: Any, flow: Any = None, name: str | None = None) -> Any:
        """Refused: a tape differentiates a TensorArray's use by itself."""
        raise NotImplementedError(
            "TensorArray.grad is not supported when executing eagerly; eager's gradient implementation does "
            "not use/need this function to compute gradients of operations that use TensorArrays."
        )

    def close(self, name: str | None = None) -> None:
        """Forget all entries."""
        self._entries.clear()

    def _filled(self, i: int) -> Tensor:
        entry = self._entries[i]
        if entry is None:
            entry = self._entries[i] = ops.zeros(self._element_shape.as_list(), self._dtype)
        return entry


export("tf.TensorArray", TensorArray, "TensorArray", "tensor_array")
