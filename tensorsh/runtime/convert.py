"""Python and NumPy values -> arrays, by TensorFlow's rules.

The dtype of a nested list is decided by its first leaf: ints become int32 (int64 when one does not fit), floats
float32, bools bool, complex numbers complex128, text string; NumPy's scalars and arrays keep their width
except that integers inside lists count as Python's. A given dtype is never narrowed silently from float to
int, nor from a number to bool, but integers wrap.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from . import dtypes
from .dtypes import BOOL, F32, I32, DType

_LIST = (list, tuple, range)
_MAX_F32 = float(np.finfo(np.float32).max)
# What a Python value of each kind may become, as NumPy kind letters ('V' is bfloat16).
_FITS = {"b": "biufcV", "i": "iufcV", "f": "fcV", "c": "c", "s": "O"}


def infer(value: Any) -> np.ndarray:
    """`value` as an array of the dtype that TensorFlow infers for it."""
    kind = type(value)
    if kind is float:
        if value > _MAX_F32 or value < -_MAX_F32:
            _check_float(value)
        return np.array(value, F32)
    if kind is int:
        return _integers(np.array(value) if -(2**63) <= value < 2**64 else np.array(value, object))
    if kind is bool:
        return np.array(value, BOOL)
    if kind is np.ndarray or isinstance(value, np.generic):
        return from_numpy(np.asarray(value))
    if isinstance(value, _LIST):
        return _from_list(value)
    if isinstance(value, (str, bytes)):
        return _strings([value], ())
    if kind is complex:
        return np.array(value)
    if isinstance(value, dtypes.DType) or not hasattr(value, "__array__"):
        raise ValueError(
            f"Attempt to convert a value ({value!r}) with an unsupported type ({type(value)!r}) to a Tensor."
        )
    return from_numpy(np.asarray(value))


def to_array(value: Any, dtype: DType) -> np.ndarray:
    """`value` as an array of dtype `dtype`. Raises TypeError where the value's kind does not fit it."""
    target = dtype._numpy
    if isinstance(value, (np.ndarray, np.generic)):
        return cast(np.asarray(value), target) if target != object else from_numpy(np.asarray(value))
    kind = type(value)
    if kind is float and target.kind in "fV" or kind is int and target.kind in "fV":
        return np.array(value, target)
    if kind is int and target.kind in "iu" and -(2**31) <= value < 2**31:
        return np.array(value, np.int64).astype(target)
    array = _wide_integers(value, dtype) if kind is int else infer_wide(value, dtype)
    leaf = _kind(array)
    if target.kind not in _FITS[leaf] and array.size:
        raise cannot_convert(value, dtype)
    if target == object:
        return array if array.size else array.astype(object)
    return cast(array, target)


def cannot_convert(value: Any, dtype: DType) -> TypeError:
    """TensorFlow's error for a Python value that does not fit a dtype."""
    text = repr(value)
    if isinstance(value, _LIST):
        text = repr(list(value) if isinstance(value, range) else value)
    error = TypeError(f"Cannot convert {text} to EagerTensor of dtype {dtype.kernel_name}")
    if isinstance(value, float) and dtype.is_integer:
        error.hint = f"cast the tensor: cast(x, float32), or write {int(value)}"  # type: ignore[attr-defined]
    return error


def infer_wide(value: Any, dtype: DType) -> np.ndarray:
    """As `infer`, but floats and integers keep all their digits until they are cast to `dtype`."""
    if type(value) is float:
        return np.array(value)
    if isinstance(value, _LIST):
        return _from_list(value, wide=dtype)
    return infer(value)


def _wide_integers(value: int, dtype: DType) -> np.ndarray:
    limit = 2**64 if dtype.is_unsigned or not dtype.is_integer else 2**63
    if not -(2**63) <= value < limit:
        if dtype.is_floating or dtype.is_complex:
            return np.array(float(value))
        raise ValueError("Can't convert Python sequence with out-of-range integer to Tensor.")
    return np.array(value, np.uint64 if value >= 2**63 else np.int64)


def cast(array: np.ndarray, target: np.dtype) -> np.ndarray:
    """`array` as dtype `target`, wrapping and truncating without complaint."""
    if array.dtype == target:
        return array
    with np.errstate(all="ignore"):
        return array.astype(target)


def from_numpy(array: np.ndarray) -> np.ndarray:
    """A NumPy array that a tensor may hold: native byte order, text as bytes objects."""
    if array.dtype.kind in "US":
        return _strings(array.reshape(-1).tolist(), array.shape)
    if array.dtype.kind == "O":
        leaves = array.reshape(-1).tolist()
        if all(isinstance(leaf, (str, bytes)) for leaf in leaves):
            return _strings(leaves, array.shape)
        raise ValueError("Failed to convert a NumPy array to a Tensor (Unsupported object type).")
    dtypes.from_numpy(array.dtype)  # raises for datetimes and the like
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _from_list(value: Any, wide: DType | None = None) -> np.ndarray:
    shape, leaves = _flatten(value)
    if not leaves:
        return np.zeros(shape, F32)
    kinds = set(map(type, leaves))
    first = _leaf_kind(leaves[0])
    rest = {_leaf_kind(kind) for kind in kinds}
    if first == "i" and rest <= {"i", "b", "f"}:
        first = "f" if "f" in rest else "i"
    elif not rest <= {"b": {"b"}, "f": {"f", "i", "b"}, "c": {"c", "f", "i"}, "s": {"s"}}.get(first, set()):
        if first == "?" and len(rest) == 1:
            raise ValueError(
                f"Attempt to convert a value ({leaves[0]!r}) with an unsupported type "
                f"({type(leaves[0])!r}) to a Tensor."
            )
        raise ValueError("Can't convert Python sequence with mixed types to Tensor.")
    if first == "s":
        return _strings(leaves, shape)
    if first == "i":
        try:
            array = np.array(leaves, np.int64 if not wide or not wide.is_unsigned else None)
        except OverflowError:
            array = np.array(leaves, object)
        return _integers(array.reshape(shape)) if wide is None else _in_range(array).reshape(shape)
    if first == "f":
        array = np.array(leaves, np.float64)
        if wide is not None:
            return array.reshape(shape)
        target = np.result_type(*(k for k in kinds if issubclass(k, np.floating)), np.float16)
        if target == np.float16 or float in kinds and np.float64 not in kinds:
            target = F32 if np.float16 not in kinds else target
        with np.errstate(all="ignore"):
            narrow = array.astype(target)
        if target == F32 and (np.isinf(narrow) & np.isfinite(array)).any():
            _check_float(float(array[np.isinf(narrow) & np.isfinite(array)][0]))
        return narrow.reshape(shape)
    return np.array(leaves, BOOL if first == "b" else np.complex128).reshape(shape)


def _flatten(value: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape and the leaves of a nested sequence. Raises ValueError unless it is rectangular."""
    shape, level = [len(value)], list(value)
    while level:
        nested = [isinstance(item, _LIST) or isinstance(item, np.ndarray) and item.ndim > 0 for item in level]
        if not any(nested):
            break
        if not all(nested):
            raise ValueError("Can't convert Python sequence with mixed types to Tensor.")
        lengths = set(map(len, level))
        if len(lengths) > 1:
            raise ValueError("Can't convert non-rectangular Python sequence to Tensor.")
        shape.append(lengths.pop())
        level = list(chain.from_iterable(level))
    return tuple(shape), [item.item() if type(item) is np.ndarray else item for item in level]


def _leaf_kind(leaf: Any) -> str:
    kind = leaf if isinstance(leaf, type) else type(leaf)
    for letter, classes in (
        ("b", (bool, np.bool_)),
        ("i", (int, np.integer)),
        ("f", (float, np.floating)),
        ("c", (complex, np.complexfloating)),
        ("s", (str, bytes)),
    ):
        if issubclass(kind, classes):
            return letter
    return "?"


def _kind(array: np.ndarray) -> str:
    return {"u": "i", "O": "s", "V": "f"}.get(array.dtype.kind, array.dtype.kind)


def _integers(array: np.ndarray) -> np.ndarray:
    """int32 if every value fits, else int64, else an error, as TensorFlow infers."""
    array = _in_range(array)
    if array.size and (array.min() < -(2**31) or array.max() >= 2**31):
        return array.astype(np.int64)
    return array.astype(I32)


def _in_range(array: np.ndarray) -> np.ndarray:
    if array.dtype == object or array.dtype == np.uint64 and array.size and array.max() >= 2**63:
        if array.dtype == object or array.dtype != np.uint64:
            raise ValueError("Can't convert Python sequence with out-of-range integer to Tensor.")
    return array


def _check_float(value: float) -> None:
    """A finite number beyond float32 is refused, as in TensorFlow; an infinity is not."""
    if np.isfinite(value) and not np.isfinite(np.float32(value)):
        raise ValueError("Can't convert Python sequence with a value out of range for a double-precision float.")


def _strings(leaves: list[Any], shape: tuple[int, ...]) -> np.ndarray:
    array = np.empty(len(leaves), object)
    for i, leaf in enumerate(leaves):
        array[i] = leaf.encode() if isinstance(leaf, str) else bytes(leaf)
    return array.reshape(shape)
