"""Commands that keep a session: its inputs as a program, its variables in a file that restores them.

A snapshot is an .npz file (npy arrays in a zip archive): an array for each tensor, and `names.json`, which tells what
each name was. It is written whole or not at all, and nothing of it is ever run.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np

from ..data.files import writing
from ..ops import registry
from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import as_dtype
from ..runtime.files import as_path
from ..runtime.tensor import Tensor, as_tensor, wrap
from ..runtime.variable import Variable
from .commands import CommandError, Desk, command

_NAMES = "names.json"
_PLAIN = (bool, int, float, str, type(None))


@command("FILE", lasting=True)
def load(desk: Desk, argument: str) -> None:
    """Run a .tsh file as if it had been typed here."""
    path = _path(argument, ":load script.tsh")
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(
            f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}"
        ) from None
    desk.run_text(text, path)


@command("FILE")
def save(desk: Desk, argument: str) -> None:
    """Write the statements that ran as a program, a .tsh file."""
    path = _path(argument, ":save session.tsh")
    text = "".join(entry.rstrip("\n") + "\n" for entry in desk.inputs)
    _write(path, text.encode())
    desk.write(f"{len(desk.inputs)} statements in {path}")


@command("FILE")
def snapshot(desk: Desk, argument: str) -> None:
    """Write what is bound to a file, for :restore.

    Tensors, variables, numbers and texts are kept; functions and other objects are left out, and named.
    """
    path = _path(argument, ":snapshot session.npz")
    arrays: dict[str, np.ndarray] = {}
    told: dict[str, Any] = {}
    left_out = []
    for name, value in desk.session.visible_names().items():
        if isinstance(value, (Tensor, Variable)):
            told[name], arrays[name] = _told(value)
        elif isinstance(value, _PLAIN):
            told[name] = {"kind": "plain", "value": value}  # JSON here has NaN and Infinity, as Python writes it
        else:
            left_out.append(name)
    _write(path, _packed(told, arrays))
    desk.write(f"{len(told)} names in {path}" + (f"; left out: {', '.join(left_out)}" if left_out else ""))


@command("FILE", lasting=True)
def restore(desk: Desk, argument: str) -> None:
    """Bind what :snapshot wrote.

    A variable that is there already, of that shape and dtype, is assigned, so that whatever holds it sees the value.
    """
    path = _path(argument, ":restore session.npz")
    try:
        with zipfile.ZipFile(path) as archive:
            told = json.loads(archive.read(_NAMES))
            values = {name: _value(name, each, archive) for name, each in told.items()}
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
        raise CommandError(f"{path} is no snapshot, or a damaged one") from None
    names = desk.session.names
    for name, value in values.items():
        old = names.get(name)
        if isinstance(value, Variable) and isinstance(old, Variable) and _alike(old, value):
            old.assign(value)
        else:
            names[name] = value
    desk.write(f"{len(values)} names from {path}")


def _alike(a: Variable, b: Variable) -> bool:
    return a.dtype is b.dtype and tuple(a.shape) == tuple(b.shape)


def _told(value: Any) -> tuple[dict[str, Any], np.ndarray]:
    """What is said of a tensor or variable, and its array as one that an npy file holds."""
    told = {"kind": "tensor", "dtype": value.dtype.name}
    if isinstance(value, Variable):
        told = {"kind": "variable", "dtype": value.dtype.name, "trainable": value.trainable, "name": value.name[:-2]}
    array = to_host(as_tensor(value)._array)
    if value.dtype.name == "string":
        told["texts"] = [text.decode("latin-1") for text in array.reshape(-1).tolist()]
        return told, np.empty(array.shape, np.int8)  # for its shape
    return told, array.view(np.uint16) if value.dtype.name == "bfloat16" else array


def _packed(told: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(_NAMES, json.dumps(told))
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)
    return buffer.getvalue()


def _value(name: str, told: dict[str, Any], archive: zipfile.ZipFile) -> Any:
    """The value of a name, from what is said of it and from its array."""
    if not name.isidentifier() or name.startswith("__"):
        raise ValueError(name)
    if told["kind"] == "plain":
        return told["value"]
    array = np.lib.format.read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
    dtype = as_dtype(told["dtype"])
    if told["dtype"] == "string":
        texts = np.array([text.encode("latin-1") for text in told["texts"]], object)
        array = texts.reshape(array.shape)
    elif told["dtype"] == "bfloat16":
        array = array.view(dtype.as_numpy_dtype)
    tensor = wrap(from_host(array))
    if tensor.dtype is not dtype:
        raise ValueError(name)
    if told["kind"] == "tensor":
        return tensor
    return registry.resolve("Variable")(tensor, trainable=bool(told["trainable"]), name=str(told["name"]))


def _path(argument: str, example: str) -> str:
    if not argument:
        raise CommandError(f"which file? {example}")
    return as_path(argument)


def _write(path: str, content: bytes) -> None:
    try:
        with writing(path) as file:
            file.write(content)
    except OSError as error:
        raise CommandError(str(error)) from None
