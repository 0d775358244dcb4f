"""Bare numbers in binary: raw, of which nothing is known but its bytes, and IDX, the format of MNIST's files."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np

from ..runtime.dtypes import as_dtype
from .files import mapped
from .values import malformed, to_array, to_tensor

# IDX: a byte for the dtype. Numbers are big-endian.
_IDX = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_raw(
    file: BinaryIO, name: str, *, dtype: Any = None, shape: Any = (-1,), offset: int = 0, endian: str = "little"
) -> Any:
    """Numbers of `dtype` from byte `offset` on, in the shape given, one size of which may be -1."""
    if dtype is None:
        raise ValueError("raw data needs a dtype: load(path, 'raw', dtype='float32', shape=(2, 3))")
    if endian not in ("little", "big"):
        raise ValueError(f"endian is 'little' or 'big', not {endian!r}")
    kind = as_dtype(dtype)._numpy
    if kind.hasobject:
        raise TypeError("raw data is of numbers, not of text")
    stored = kind.newbyteorder("<" if endian == "little" else ">") if kind.kind != "V" else kind
    return to_tensor(_numbers(file, name, stored, _sizes(shape), offset))


def write_raw(file: BinaryIO, value: Any, *, endian: str = "little") -> None:
    array = to_array(value)
    if array.dtype.hasobject:
        raise TypeError("raw data is of numbers, not of text")
    if array.dtype.kind != "V":
        array = array.astype(array.dtype.newbyteorder("<" if endian == "little" else ">"))
    file.write(array.tobytes())


def read_idx(file: BinaryIO, name: str) -> Any:
    """The array, of the dtype and the shape that its head tells."""
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in _IDX:
        raise malformed(name, "no IDX file: it begins with " + repr(head))
    sizes = file.read(4 * head[3])
    if len(sizes) < 4 * head[3]:
        raise malformed(name, "no IDX file: its head is cut short")
    shape = tuple(np.frombuffer(sizes, ">u4").tolist())
    return to_tensor(_numbers(file, name, np.dtype(_IDX[head[2]]), shape, file.tell()))


def write_idx(file: BinaryIO, value: Any) -> None:
    array = to_array(value)
    code = next((code for code, kind in _IDX.items() if np.dtype(kind) == array.dtype.newbyteorder(">")), None)
    if code is None or not 1 <= array.ndim <= 255:
        raise TypeError(f"IDX has no {array.dtype.name} of rank {array.ndim}; it has uint8, int8, int16, int32, floats")
    file.write(bytes((0, 0, code, array.ndim)) + np.array(array.shape, ">u4").tobytes())
    file.write(array.astype(_IDX[code]).tobytes())


def _numbers(file: BinaryIO, name: str, dtype: np.dtype, shape: tuple[int, ...], offset: int) -> np.ndarray:
    size = file.seek(0, 2) - offset
    known = int(np.prod([n for n in shape if n >= 0], dtype=np.int64)) * dtype.itemsize
    if -1 in shape:
        if size < 0 or (size % known if known else size):
            raise malformed(name, f"{size} bytes are not a whole number of {dtype.name} entries of shape {shape}")
        shape = tuple(size // max(known, 1) if n == -1 else n for n in shape)
    elif size < known:
        raise malformed(name, f"it is cut short: {size} bytes, where {dtype.name} {shape} takes {known}")
    path = mapped(file, size)
    if path is not None:
        return np.memmap(path, dtype, "r", offset, shape)
    file.seek(offset)
    count = int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(file.read(count * dtype.itemsize), dtype, count).reshape(shape)


def _sizes(shape: Any) -> tuple[int, ...]:
    sizes = (shape,) if isinstance(shape, int) else tuple(map(int, shape))
    if sizes.count(-1) > 1 or any(n < -1 for n in sizes):
        raise ValueError(f"shape {sizes}: one size may be -1, for what the others leave")
    return sizes
