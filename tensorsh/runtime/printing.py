"""Tensors as text, the way TensorFlow prints them.

TensorFlow prints through NumPy, so these functions only choose between NumPy's `repr` and `str` and put
TensorFlow's words around them. bfloat16 prints through ml_dtypes in both.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .backend import to_host


def numpy_text(array: Any, is_repr: bool) -> str:
    """The array's text: a newline goes first if the text has several lines."""
    host = to_host(array)
    if is_repr:
        text = repr(host.item()) if host.ndim == 0 else repr(host)
    else:
        text = str(host[()]) if host.ndim == 0 else str(host)
    return "\n" + text if "\n" in text else text


def _symbol(array: Any) -> str | None:
    """The name of a `function`'s tensor while it is traced, when it has no value to show."""
    return getattr(array, "symbol", None) if hasattr(type(array), "symbol") else None


def tensor_repr(t: Any) -> str:
    if (name := _symbol(t._array)) is not None:
        return f"<tf.Tensor '{name}' shape={t._array.shown_shape} dtype={t.dtype.name}>"
    return f"<tf.Tensor: shape={t._array.shape}, dtype={t.dtype.name}, numpy={numpy_text(t._array, True)}>"


def tensor_str(t: Any) -> str:
    if (name := _symbol(t._array)) is not None:
        return f'Tensor("{name}", shape={t._array.shown_shape}, dtype={t.dtype.name})'
    return f"tf.Tensor({numpy_text(t._array, False)}, shape={t._array.shape}, dtype={t.dtype.name})"


def variable_repr(v: Any, name: str) -> str:
    array = v._value._array
    if _symbol(array) is not None:
        return f"<tf.Variable '{name}' shape={v.shape} dtype={v.dtype.name}>"
    return f"<tf.Variable '{name}' shape={v.shape} dtype={v.dtype.name}, numpy={numpy_text(array, True)}>"


def tensor_format(t: Any, spec: str) -> str:
    """`format(tensor, spec)`: that of the NumPy value, a scalar's or an array's."""
    if not spec and _symbol(t._array) is not None:
        return tensor_str(t)
    host = to_host(t._array)
    return format(host[()] if host.ndim == 0 else host, spec)


def of_kernel(x: Any, summarize: int = 3) -> str:
    """What `tf.print` writes for what is or becomes a tensor; a ragged or sparse one is told by its parts."""
    from .ragged import is_ragged
    from .sparse import SparseTensor
    from .tensor import as_tensor, resolve_op

    if isinstance(x, SparseTensor):
        indices, values, shape = (kernel_text(part._array, summarize) for part in x._parts)
        return f"'SparseTensor(indices={indices}, values={values}, shape={shape})'"
    if is_ragged(x):
        is_text = x.dtype.name == "string"
        texts = x.flat_values if is_text else resolve_op("as_string")(x.flat_values)
        told = [text.decode("utf-8", "replace") for text in texts.numpy().reshape(-1).tolist()]
        if is_text:
            told = ["'" + text.replace("'", "\\'") + "'" for text in told]
        return _listed(x.with_flat_values(np.arange(len(told)).reshape(texts.shape)).to_list(), told, summarize)
    return kernel_text(as_tensor(x)._array, summarize)


def _listed(rows: Any, texts: list[str], summarize: int) -> str:
    """Nested lists of numbers, as the texts of these numbers, with the ends of long lists only."""
    if not isinstance(rows, list):
        return texts[rows]
    cut = len(rows) - summarize if summarize >= 0 and len(rows) > 2 * summarize else 0
    shown = rows[:summarize] + rows[cut:] if cut else rows
    parts = [_listed(row, texts, summarize) for row in shown]
    if cut:
        parts.insert(summarize, "...")
    return f"[{', '.join(parts)}]"


def kernel_text(value: Any, summarize: int = 3) -> str:
    """What `tf.print` writes for a tensor: TensorFlow's C++ formatter, not NumPy's.

    `summarize` first and last entries of each axis are shown, all of them if it is negative.
    """
    host = to_host(value)
    # Never more than there are entries at all, which is why a (2, 0) tensor reads "[\n ...]".
    ends = host.size if summarize < 0 else min(summarize, host.size)
    if not ends and host.dtype == bool:
        return ""
    if host.ndim == 0:
        return _leaf(host[()]) if ends else "..."
    if host.dtype.kind == "c":  # TensorFlow 2.21 knows no digits for these, nor axes
        return "[" + " ".join("?" * ends) + ("..." if ends < host.size else "") + "]"
    return _nested(host, ends, depth=1)


def _nested(host: np.ndarray, ends: int, depth: int) -> str:
    def told(rows: np.ndarray) -> str:
        return gap.join(map(_leaf, rows) if host.ndim == 1 else (_nested(row, ends, depth + 1) for row in rows))

    gap = " " if host.ndim == 1 else "\n" * (host.ndim - 1) + " " * depth
    if len(host) <= 2 * ends:
        return f"[{told(host)}]"
    last = told(host[len(host) - ends :])
    return f"[{told(host[:ends])}{gap}...{gap if last else ''}{last}]"


def _leaf(value: Any) -> str:
    if isinstance(value, bytes):
        return '"' + "".join(map(_escaped, value)).encode("latin-1").decode("utf-8", "replace") + '"'
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    if isinstance(value, np.complexfloating):
        return "?"
    if isinstance(value, np.integer):
        return str(value)
    return _shortest(value if isinstance(value, np.float64) else np.float32(value))


def _shortest(value: np.floating) -> str:
    """The digits that every number of this width keeps, or as many as it takes to read this one back."""
    kept, enough = (15, 17) if isinstance(value, np.float64) else (6, 9)
    if abs(value) < np.finfo(value.dtype).tiny:
        value = value * 0  # TensorFlow's kernels take subnormal numbers for zero
    text = f"{float(value):.{kept}g}"
    return text if type(value)(text) == value or value != value else f"{float(value):.{enough}g}"


def _escaped(byte: int) -> str:
    """One byte of a string as C source has it; those of UTF-8 sequences stay."""
    if byte >= 0x80 or chr(byte).isprintable() and chr(byte) not in "\"'\\":
        return chr(byte)
    return _ESCAPES.get(byte) or f"\\{byte:03o}"


_ESCAPES = {ord(c): "\\" + name for c, name in zip("\n\r\t\"'\\", "nrt\"'\\")}
