"""Lines of text, as a tensor of strings."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np

from .values import malformed, number_texts, to_array, to_tensor


def read_text(file: BinaryIO, name: str, *, encoding: str = "utf-8") -> Any:
    """Every line, without its end."""
    lines = decoded(file, name, encoding).split("\n")
    if lines[-1] == "":
        lines.pop()
    array = np.empty(len(lines), object)
    array[:] = [line.removesuffix("\r").encode() for line in lines]
    return to_tensor(array)


def write_text(file: BinaryIO, value: Any) -> None:
    """A text as it is; each element of a tensor on a line of its own."""
    texts = [value] if isinstance(value, str) else number_texts(to_array(value))
    file.write("".join(text.removesuffix("\n") + "\n" for text in texts).encode("utf-8", "surrogateescape"))


def decoded(file: BinaryIO, name: str, encoding: str = "utf-8") -> str:
    """A file's text, a byte order mark removed. Raises ValueError with the place of what is no such text."""
    data = file.read()
    if encoding == "utf-8":
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        line = data.count(b"\n", 0, error.start) + 1
        raise malformed(
            name, f"this is no {encoding.removesuffix('-sig')} text", line, error.start - start + 1
        ) from None
    except LookupError:
        raise ValueError(f"unknown encoding {encoding!r}") from None
