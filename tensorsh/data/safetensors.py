"""safetensors: named tensors in one file, without code that could run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from ..runtime.dtypes import as_dtype
from .files import mapped
from .values import malformed, named_arrays, need, picked, to_tensor

# The format's names of dtypes. Its NumPy side knows no bfloat16, so that arrays are made here.
_DTYPES = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "U16": "uint16", "I16": "int16", "U32": "uint32", "I32": "int32",
    "U64": "uint64", "I64": "int64", "F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64",
    "C64": "complex64",
}  # fmt: skip


def read_safetensors(file: BinaryIO, name: str, *, member: str | None = None) -> Any:
    """The tensors by their names, or the one that `member` names."""
    library = need("safetensors", "safetensors")
    path = mapped(file, file.seek(0, 2))
    file.seek(0)
    try:
        found = dict(library.deserialize(file.read()) if path is None else _mapped_entries(library, path, file))
    except library.SafetensorError as error:
        raise malformed(name, f"no safetensors file: {error}") from None
    wanted = found if member is None else {member: picked(found, member, name)}
    values = {key: _tensor(entry, f"{name}: {key}") for key, entry in wanted.items()}
    return values if member is None else values[member]


def write_safetensors(file: BinaryIO, value: Any) -> None:
    numpy = need("safetensors.numpy", "safetensors")
    arrays = named_arrays(value, "tensor")
    for key, array in arrays.items():
        if array.dtype.name not in _DTYPES.values():
            raise TypeError(f"safetensors has no {'string' if array.dtype.hasobject else array.dtype.name}: {key!r}")
    file.write(numpy.save({key: np.ascontiguousarray(array).reshape(array.shape) for key, array in arrays.items()}))


def _mapped_entries(library: Any, path: str, file: BinaryIO) -> Iterator[tuple[str, dict[str, Any]]]:
    """What `deserialize` gives, of a file whose data stay where they are. The library checks its head."""
    with library.safe_open(path, "numpy"):
        size = int.from_bytes(file.read(8), "little")
        head = json.loads(file.read(size))
    data = np.memmap(path, np.uint8, "r", 8 + size)
    for key, entry in head.items():
        if key != "__metadata__":
            begin, end = entry["data_offsets"]
            yield key, {**entry, "data": data[begin:end]}


def _tensor(entry: Any, name: str) -> Any:
    if entry["dtype"] not in _DTYPES:
        raise malformed(name, f"a tensor of dtype {entry['dtype']} is not read")
    dtype = as_dtype(_DTYPES[entry["dtype"]])._numpy
    return to_tensor(np.frombuffer(entry["data"], dtype).reshape(entry["shape"]))
