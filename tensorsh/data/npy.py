"""NumPy's own formats: npy, one array, and npz, a zip archive of them. Arrays of Python objects are refused."""

from __future__ import annotations

import zipfile
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy_format

from ..runtime.work import over
from .files import mapped
from .values import fixed_width, malformed, named_arrays, picked, to_array, to_tensor


def read_npy(file: BinaryIO, name: str, *, dtype: Any = None) -> Any:
    """One array, as a tensor of its dtype. A large file is mapped, not read."""
    return to_tensor(_array(file, name), dtype)


def write_npy(file: BinaryIO, value: Any) -> None:
    npy_format.write_array(file, _kept(to_array(value)), allow_pickle=False)


def read_npz(file: BinaryIO, name: str, *, member: str | None = None) -> Any:
    """The arrays by their names, or the one that `member` names."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = {entry.removesuffix(".npy"): entry for entry in archive.namelist() if entry.endswith(".npy")}
            wanted = entries if member is None else {member: picked(entries, member, name)}
            found = {}
            for key, entry in over(list(wanted.items())):
                with archive.open(entry) as part:
                    found[key] = to_tensor(_array(part, f"{name}: {key}"))  # type: ignore[arg-type]
    except (zipfile.BadZipFile, EOFError) as error:
        raise malformed(name, f"no npz archive: {error}") from None
    return found if member is None else found[member]


def write_npz(file: BinaryIO, value: Any, *, compress: bool = False) -> None:
    arrays = {key: _kept(array) for key, array in named_arrays(value, "arr_0").items()}
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", method) as archive:
        for key, array in over(list(arrays.items())):
            with archive.open(zipfile.ZipInfo(f"{key}.npy"), "w", force_zip64=True) as part:
                npy_format.write_array(part, array, allow_pickle=False)


def read_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    """(shape, whether it is stored by columns, dtype) of the array that follows. Raises ValueError."""
    version = npy_format.read_magic(file)
    read = {(1, 0): npy_format.read_array_header_1_0}.get(version, npy_format.read_array_header_2_0)
    shape, fortran, dtype = read(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are never read")
    return shape, fortran, dtype


def _array(file: BinaryIO, name: str) -> np.ndarray:
    try:
        shape, fortran, dtype = read_header(file)
        path = mapped(file, int(np.prod(shape)) * dtype.itemsize)
        if path is not None:
            return np.memmap(path, dtype, "r", file.tell(), shape, "F" if fortran else "C")
        count = int(np.prod(shape, dtype=np.int64))
        data = file.read(count * dtype.itemsize)
        if len(data) < count * dtype.itemsize:
            raise ValueError(f"it is cut short: {len(data)} bytes of {count * dtype.itemsize}")
        array = np.frombuffer(data, dtype, count)
        return array.reshape(shape, order="F" if fortran else "C")
    except ValueError as error:
        raise malformed(name, f"no npy array: {error}") from None


def _kept(array: np.ndarray) -> np.ndarray:
    if array.dtype.name == "bfloat16":
        raise TypeError("NumPy's formats have no bfloat16: cast it to float32, or save a .safetensors file")
    return fixed_width(array)
