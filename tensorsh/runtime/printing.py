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


def tensor_repr(t: Any) -> str:
    return f"<tf.Tensor: shape={t._array.shape}, dtype={t.dtype.name}, numpy={numpy_text(t._array, True)}>"


def tensor_str(t: Any) -> str:
    return f"tf.Tensor({numpy_text(t._array, False)}, shape={t._array.shape}, dtype={t.dtype.name})"


def variable_repr(v: Any, name: str) -> str:
    array = v._value._array
    return f"<tf.Variable '{name}' shape={v.shape} dtype={v.dtype.name}, numpy={numpy_text(array, True)}>"


def tensor_format(array: Any, spec: str) -> str:
    """`format(tensor, spec)`: that of the NumPy value, a scalar's or an array's."""
    host = to_host(array)
    return format(host[()] if host.ndim == 0 else host, spec)


def kernel_text(value: Any, summarize: int = 3) -> str:
    """What `tf.print` writes for a tensor: TensorFlow's C++ formatter, not NumPy's.

    `summarize` first and last entries of each axis are shown, all of them if it is -1.
    """
    host = to_host(value)
    return _nested(host, summarize, depth=1)


def _nested(host: np.ndarray, summarize: int, depth: int) -> str:
    if host.ndim == 0:
        return _leaf(host[()])
    cut = summarize >= 0 and len(host) > 2 * summarize
    shown = [*host[:summarize], *host[len(host) - summarize :]] if cut else list(host)
    parts = [_nested(np.asarray(item), summarize, depth + 1) for item in shown]
    if cut:
        parts.insert(summarize, "...")
    if host.ndim == 1:
        return "[" + " ".join(parts) + "]"
    gap = "\n" * (host.ndim - 1) + " " * depth
    return "[" + gap.join(parts) + "]"


def _leaf(value: Any) -> str:
    if isinstance(value, bytes):
        return f'"{value.decode("utf-8", "replace")}"'
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    if isinstance(value, (np.complexfloating, complex)):
        return "?"  # TensorFlow 2.21 prints a question mark for complex numbers
    if isinstance(value, np.integer):
        return str(value)
    digits = {2: 5, 4: 9, 8: 17}[value.dtype.itemsize]  # enough to read the number back
    return "%.*g" % (digits, float(value))
