"""The few functions of tf.compat that are not of TensorFlow 1: texts and bytes into each other, sizes of shapes."""

from __future__ import annotations

from typing import Any

from .registry import op


@op("compat.as_text compat.as_str", short=False)
def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Bytes, or a text, as a text.

    bytes_or_text: bytes or a text. encoding: how the bytes stand for letters. Raises TypeError for anything else.

    >>> tf.compat.as_str(b"a")
    'a'
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


@op("compat.as_bytes", short=False)
def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """A text, or bytes, as bytes.

    bytes_or_text: bytes or a text. encoding: how the bytes stand for letters. Raises TypeError for anything else.

    >>> tf.compat.as_bytes("a")
    b'a'
    """
    if isinstance(bytes_or_text, (bytes, bytearray)):
        return bytes(bytes_or_text)
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


@op("compat.as_str_any", short=False)
def as_str_any(value: Any, encoding: str = "utf-8") -> str:
    """Bytes as the text they stand for, anything else as `str` tells it.

    value: any value. encoding: how bytes stand for letters.

    >>> tf.compat.as_str_any(1)
    '1'
    """
    return as_text(value, encoding) if isinstance(value, bytes) else str(value)


@op("compat.dimension_value", short=False)
def dimension_value(dimension: Any) -> Any:
    """A size of a TensorShape: itself, an int or None.

    dimension: an int or None.

    >>> tf.compat.dimension_value(ones(2, 3).shape[1])
    3
    """
    return getattr(dimension, "value", dimension)
