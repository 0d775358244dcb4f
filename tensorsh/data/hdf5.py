"""HDF5: named datasets in groups, through h5py. Links to other files are not followed."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np

from .values import malformed, named_arrays, need, picked, to_tensor


def read_hdf5(file: BinaryIO, name: str, *, member: str | None = None) -> Any:
    """The datasets by their paths ("group/name"), or the one that `member` names."""
    h5py = need("h5py", "hdf5")
    found: dict[str, Any] = {}
    try:
        with h5py.File(file, "r") as whole:

            def visit(path: str, node: Any) -> None:
                if isinstance(node, h5py.Dataset):
                    found[path] = node

            whole.visititems(visit)
            wanted = found if member is None else {member: picked(found, member, name)}
            values = {path: _tensor(node, f"{name}: {path}") for path, node in wanted.items()}
    except OSError as error:
        raise malformed(name, f"no HDF5 file: {error}") from None
    return values if member is None else values[member]


def write_hdf5(file: BinaryIO, value: Any) -> None:
    h5py = need("h5py", "hdf5")
    with h5py.File(file, "w") as whole:
        for path, array in named_arrays(value, "tensor").items():
            if array.dtype.name == "bfloat16":
                raise TypeError(f"HDF5 has no bfloat16: {path!r}; cast it to float32")
            whole.create_dataset(path, data=array, dtype=h5py.string_dtype() if array.dtype.hasobject else None)


def _tensor(node: Any, name: str) -> Any:
    if node.external or node.is_virtual:
        raise malformed(name, "the data is in another file, and is not read")
    try:
        return to_tensor(np.asarray(node[()]))
    except (ValueError, TypeError) as error:
        raise malformed(name, str(error)) from None
