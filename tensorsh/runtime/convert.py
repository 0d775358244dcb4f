"""Python and NumPy values -> arrays, by TensorFlow's rules.

The first leaf of a nested list decides what the others may be, and the dtype: ints become int32 (int64 where
one does not fit, float32 where a float follows), floats float32, bools bool, complex numbers complex128, text
string. NumPy's arrays and scalars keep their dtype; inside a list only the width of a float that comes first
is kept.

A dtype that is asked for is never reached by dropping a fraction or an imaginary part, nor from a number to
bool or text; integers wrap. NumPy values are cast whatever they hold.
"""

from __future__ import annotations

from itertools import chain, takewhile
from typing import Any

import numpy as np

from . import dtypes
from .dtypes import BOOL, F32, F64, I32, DType

_MAX_F32 = float(np.finfo(np.float32).max)

# The letters of the kinds of leaves.
_CLASSES = (
    ("b", (bool, np.bool_)),
    ("i", (int, np.integer)),
    ("f", (float, np.floating)),
    ("c", (complex, np.complexfloating)),
    ("s", (str, bytes)),
)
# What may follow a first leaf of each kind.
_AMONG = {"b": "b", "i": "ibf", "f": "fib", "c": "cfib", "s": "s"}
# The dtypes that leaves of mixed kinds are converted to one by one, without looking at the first of them.
_DIRECT = {
    **dict.fromkeys(("float16", "float32", "float64"), "fib"),
    **dict.fromkeys(("int32", "int64", "uint64"), "ib"),
    "complex128": "cfib",
    "string": "s",
    "bool": "b",
}
# Which NumPy kinds an array of inferred dtype may then be cast to ('V' is bfloat16, 'O' text).
_CASTS = {"b": "b", "i": "iufcV", "u": "iufcV", "f": "fcV", "c": "c", "O": "O"}


def infer(value: Any) -> np.ndarray:
    """`value` as an array of the dtype that TensorFlow infers for it. Raises ValueError if there is none."""
    kind = type(value)
    if kind is float and -_MAX_F32 <= value <= _MAX_F32:
        return np.array(value, F32)
    if kind is int and -(2**31) <= value < 2**31:
        return np.array(value, I32)
    if isinstance(value, (np.ndarray, np.generic)):
        return _own(from_numpy(np.asarray(value)), value)
    if not _is_list(value) and _letter(kind) == "?" and hasattr(value, "__array__"):
        return from_numpy(np.asarray(value))
    return _inferred(*_flatten(value))


def to_array(value: Any, dtype: DType) -> np.ndarray:
    """`value` as an array of dtype `dtype`. Raises TypeError where the value's kind does not fit it."""
    target = dtype._numpy
    kind = type(value)
    if kind is float and target.kind == "f":
        return np.array(value, target)
    if kind is int and -(2**31) <= value < 2**31 and target.kind in "if":
        return np.array(value, np.int64).astype(target)
    if isinstance(value, (np.ndarray, np.generic)):
        array = from_numpy(np.asarray(value))
        if target.kind == "O" != array.dtype.kind:
            raise _not_text(array.reshape(-1)[:1].tolist()[0]) if array.size else cannot_convert(value, dtype)
        return _own(cast(array, target), value)
    if not _is_list(value) and _letter(kind) == "?" and hasattr(value, "__array__"):
        return cast(from_numpy(np.asarray(value)), target)
    shape, leaves = _flatten(value)
    if not leaves:
        return np.zeros(shape, target)
    if _letters(leaves) <= set(_DIRECT.get(dtype.name, "")):
        direct = _direct(leaves, dtype)
        if direct is not None:
            return direct.reshape(shape)
    # A lone float of any size may become bfloat16 or complex64; what is too large is then infinite.
    array = np.array(value) if kind is float else _inferred(shape, leaves)
    if target.kind not in _CASTS[array.dtype.kind]:
        raise cannot_convert(value, dtype)
    return cast(array, target)


def cannot_convert(value: Any, dtype: DType) -> TypeError:
    """TensorFlow's error for a Python value that does not fit a dtype."""
    error: Any = TypeError(
        f"Cannot convert {list(value) if isinstance(value, range) else value!r} to EagerTensor of dtype "
        f"{dtype.kernel_name}"
    )
    if isinstance(value, float) and dtype.is_integer and np.isfinite(value):
        error.hint = f"cast the tensor: cast(x, float32), or write {int(value)}"
    return error


def cast(array: np.ndarray, target: np.dtype) -> np.ndarray:
    """`array` as dtype `target`, wrapping and truncating without complaint."""
    if array.dtype == target:
        return array
    if target.kind != "c" and array.dtype.kind == "c":
        array = array.real
    return array.astype(target)


def _own(array: np.ndarray, given: Any) -> np.ndarray:
    """The array, or a copy if it is what the caller gave, who may write into it later."""
    return array.copy() if array is given or array.base is not None else array


def from_numpy(array: np.ndarray) -> np.ndarray:
    """A NumPy array that a tensor may hold: native byte order, text as bytes objects."""
    kind = array.dtype.kind
    if kind in "US":
        return _texts(array.reshape(-1).tolist()).reshape(array.shape)
    if kind == "O":
        leaves = array.reshape(-1).tolist()
        for leaf in leaves:
            if not isinstance(leaf, (str, bytes)):
                raise _not_text(leaf)
        return _texts(leaves).reshape(array.shape)
    if array.dtype.char in _UNSUPPORTED:
        raise ValueError(
            "Failed to convert a NumPy array to a Tensor "
            f"(Unsupported numpy type: NPY_{_UNSUPPORTED[array.dtype.char]})."
        )
    dtypes.from_numpy(array.dtype)  # raises for what else TensorFlow does not have
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


_UNSUPPORTED = {"M": "DATETIME", "m": "TIMEDELTA", "g": "LONGDOUBLE", "G": "CLONGDOUBLE", "V": "VOID"}


def _not_text(leaf: Any) -> ValueError:
    return ValueError(f"Failed to convert a NumPy array to a Tensor (Unsupported object type {type(leaf).__name__}).")


def _is_list(value: Any) -> bool:
    kind = type(value)
    if kind is list or kind is float or kind is int:
        return kind is list
    return isinstance(value, (list, tuple, range)) or isinstance(value, np.ndarray) and value.ndim > 0


def _flatten(value: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape and the leaves of a nested sequence. Raises ValueError unless it is rectangular.

    The first entries alone tell the shape: where one of them is empty, TensorFlow looks no further.
    """
    shape: list[int] = []
    head = value
    while _is_list(head):
        shape.append(len(head))
        if not shape[-1]:
            return tuple(shape), []
        if len(shape) > _DEEPEST:
            raise ValueError(f"Can't convert Python sequence that is nested more than {_DEEPEST} deep to Tensor.")
        head = head[0]
    level = [value]
    for i, size in enumerate(shape):
        if i and (not all(map(_has_length, level)) or set(map(len, level)) != {size}):
            raise ValueError("Can't convert non-rectangular Python sequence to Tensor.")
        level = list(chain.from_iterable(level)) if i else list(value)
    if np.ndarray in set(map(type, level)):
        level = [item[()] if isinstance(item, np.ndarray) and not item.ndim else item for item in level]
    return tuple(shape), level


_DEEPEST = 254  # dimensions that TensorFlow has at most; a list that holds itself has no end


def _has_length(item: Any) -> bool:
    return _is_list(item) or isinstance(item, str)  # a text stands for its letters, in TensorFlow too


def _letter(kind: type) -> str:
    letter = _LETTERS.get(kind)
    if letter is None:
        found = (letter for letter, classes in _CLASSES if issubclass(kind, classes))
        letter = _LETTERS[kind] = next(found, "?")
    return letter


_LETTERS: dict[type, str] = {}


def _letters(leaves: list[Any]) -> set[str]:
    return {_letter(kind) for kind in set(map(type, leaves))}


def _inferred(shape: tuple[int, ...], leaves: list[Any]) -> np.ndarray:
    """Leaves as an array of the dtype that the first of them asks for."""
    if not leaves:
        return np.zeros(shape, F32)
    first, letters = _letter(type(leaves[0])), _letters(leaves)
    if first == "?":
        if getattr(leaves[0], "_is_ragged", False):
            refused: Any = ValueError("TypeError: object of type 'RaggedTensor' has no len()")
            refused.hint = "x.to_tensor() makes a dense tensor of a ragged one"
            raise refused
        raise ValueError(
            f"Attempt to convert a value ({leaves[0]!r}) with an unsupported type ({type(leaves[0])!r}) to a Tensor."
        )
    if not letters <= set(_AMONG[first]):
        raise ValueError("Can't convert Python sequence with mixed types to Tensor.")
    if first == "s":
        return _texts(leaves).reshape(shape)
    if first == "b" or first == "c":
        return np.array(leaves, BOOL if first == "b" else np.complex128).reshape(shape)
    if first == "i":
        whole = leaves if "f" not in letters else list(takewhile(lambda x: _letter(type(x)) != "f", leaves))
        integers = _int64(whole)
        if whole is leaves:
            fits = integers.min() >= -(2**31) and integers.max() < 2**31
            return (integers.astype(I32) if fits else integers).reshape(shape)
    return _floats(leaves, _WIDTHS.get(type(leaves[0]), F32)).reshape(shape)


_WIDTHS = {np.float64: F64, np.float16: np.dtype(np.float16)}


def _int64(leaves: list[Any]) -> np.ndarray:
    try:
        return np.array(leaves, np.int64)
    except OverflowError:
        raise ValueError("Can't convert Python sequence with out-of-range integer to Tensor.") from None


def _floats(leaves: list[Any], target: np.dtype) -> np.ndarray:
    """Leaves as floats. A finite float beyond the width is refused, an int beyond it becomes infinite."""
    too_large = ValueError("Can't convert Python sequence with a value out of range for a double-precision float.")
    try:
        wide = np.array(leaves, F64)
    except OverflowError:
        raise too_large from None
    narrow = cast(wide, target)
    if target != F64 and np.isinf(narrow).any():
        for i in np.flatnonzero(np.isinf(narrow) & np.isfinite(wide)).tolist():
            if _letter(type(leaves[i])) == "f":
                raise too_large
    return narrow


def _direct(leaves: list[Any], dtype: DType) -> np.ndarray | None:
    """Leaves converted to `dtype` one by one; None if one is too large for that."""
    if dtype is dtypes.string:
        return _texts(leaves)
    try:
        if dtype.is_integer:
            if dtype is dtypes.uint64:
                return np.array(leaves, np.uint64)
            array = _int64(leaves)
            return cast(array, dtype._numpy)
        return (
            cast(np.array(leaves, np.complex128 if dtype.is_complex else F64), dtype._numpy)
            if (not dtype.is_bool)
            else np.array(leaves, BOOL)
        )
    except OverflowError:
        return None


def _texts(leaves: list[Any]) -> np.ndarray:
    array = np.empty(len(leaves), object)
    for i, leaf in enumerate(leaves):
        array[i] = leaf.encode() if isinstance(leaf, str) else bytes(leaf)
    return array
