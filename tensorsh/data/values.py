"""What the formats share: values -> arrays, numbers -> text, errors that name a place in a file."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from ..runtime import backend
from ..runtime.convert import from_numpy
from ..runtime.dtypes import DType, as_dtype
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor, resolve_op, wrap


def need(module: str, extra: str) -> Any:
    """A library that only one format needs. Raises ImportError with the way to install it."""
    try:
        return import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        message = f"this needs {package}, which is not installed"
        raise explain(ImportError(message), hint=f"pip install 'tensorsh[{extra}]'") from None


def malformed(name: str, message: str, line: int | None = None, column: int | None = None) -> ValueError:
    """The error for a file's content, with the place in it: line and column count from 1."""
    place = ":".join(str(part) for part in (name, line, column) if part is not None)
    return ValueError(f"{place}: {message}")


def to_tensor(array: Any, dtype: DType | str | None = None) -> Tensor:
    """A file's array as a tensor, cast to `dtype` if it is given. Raises ValueError for what no tensor can hold."""
    array = np.asarray(array)  # a memory map is an array like any other
    if array.dtype.kind == "O" and not all(isinstance(leaf, (str, bytes)) for leaf in array.flat):
        raise ValueError("an array of Python objects is not read")
    if array.dtype.kind == "V" and array.dtype.names:
        raise ValueError("an array of records is not read; save its fields one by one")
    if array.dtype.kind in "V" and array.dtype.name != "bfloat16":
        raise ValueError(f"an array of dtype {array.dtype} is not read")
    tensor = wrap(backend.from_host(from_numpy(array)))
    return tensor if dtype is None or as_dtype(dtype) is tensor.dtype else cast(tensor, dtype)


def cast(tensor: Tensor, dtype: DType | str) -> Tensor:
    wanted = as_dtype(dtype)
    if "string" in (wanted.name, tensor.dtype.name):
        raise ValueError(f"{tensor.dtype.name} values are not read as {wanted.name}")
    return resolve_op("cast")(tensor, wanted)


def to_array(value: Any) -> np.ndarray:
    """A value as an array on the host, text as bytes objects. Raises TypeError for what is no array."""
    if isinstance(value, dict) or value is None or callable(value):
        raise TypeError(f"a {type(value).__name__} is no array of numbers")
    return backend.to_host(as_tensor(value)._array)


def named_arrays(value: Any, alone: str) -> dict[str, np.ndarray]:
    """The arrays of a value with their names: a dict's (nested ones joined by "/"), a table's, or the one array's.

    alone: what an array that is given without a name is called; entry i of a tuple or list of tensors is "arr_i".
    """
    if hasattr(value, "_columns"):
        return {name: to_array(column) for name, column in value._columns.items()}
    if isinstance(value, dict):
        found: dict[str, np.ndarray] = {}
        for key, item in value.items():
            if isinstance(item, dict):
                found |= {f"{key}/{name}": array for name, array in named_arrays(item, alone).items()}
            else:
                found[str(key)] = to_array(item)
        return found
    if isinstance(value, (list, tuple)) and value and all(map(is_tensor, value)):
        return {f"arr_{i}": to_array(item) for i, item in enumerate(value)}
    return {alone: to_array(value)}


def picked(found: dict[str, Any], name: str | None, file: str) -> Any:
    """All members of a file, or the one that is asked for. Raises KeyError with the names that there are."""
    if name is None:
        return found
    if name not in found:
        shown = ", ".join(list(found)[:8]) or "nothing"
        raise explain(KeyError(name), summary=f"{file} holds no {name!r}", hint=f"it holds {shown}")
    return found[name]


def fixed_width(array: np.ndarray) -> np.ndarray:
    """Text as an array of fixed width, for formats that know no other. Raises ValueError where that would change it."""
    if array.dtype.kind != "O":
        return array
    if any(text.endswith(b"\0") for text in array.flat):
        raise ValueError("a text that ends in a NUL character cannot be kept in this format")
    return np.array(array.tolist(), "S") if array.size else np.zeros(array.shape, "S1")


def number_texts(array: np.ndarray, precision: int | None = None) -> list[str]:
    """Every element's text, in order: the shortest that reads back as the same number of its width.

    precision: significant digits of floats instead.
    """
    kind = array.dtype.kind
    flat = array.reshape(-1)
    if kind in "bi":
        return list(map(repr, flat.tolist()))
    if kind == "O":
        return [text.decode("utf-8", "surrogateescape") for text in flat.tolist()]
    if array.dtype.name == "bfloat16":
        flat, kind = flat.astype(np.float32), "f"
        precision = precision or 4  # enough to tell any two of them apart
    if kind == "f" and precision is not None:
        return [f"{value:.{precision}g}" for value in flat.tolist()]
    if kind == "c":
        return [_complex_text(value, precision) for value in flat]
    if kind == "u" or array.dtype == np.float64:
        return list(map(repr, flat.tolist()))
    return list(map(str, flat))


def _complex_text(value: np.complexfloating, precision: int | None) -> str:
    if precision is not None:
        return f"{complex(value):.{precision}g}"
    return str(value).strip("()")
