"""Text as characters, and templates that tensors are put into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..runtime import printing
from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import int32, int64, string
from ..runtime.errors import explain, invalid
from ..runtime.ragged import is_ragged
from ..runtime.tensor import Tensor, as_tensor, wrap
from .registry import op, ops
from .strings import each, one_of, rows_of, texts

_ERRORS = ("strict", "replace", "ignore")
_CODECS = {"UTF-8": "utf-8", "UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}
_MORE_CODECS = {"US-ASCII": "ascii", "ISO-8859-1": "latin-1"}


def _pieces(kernel: str, text: bytes, encoding: str, errors: str, replacement: int) -> Iterator[tuple[int, str]]:
    """The parts of a text with where they begin; what is malformed is refused, replaced or left out."""
    one_of("errors", errors, _ERRORS)
    codec = (_CODECS | _MORE_CODECS).get(encoding)
    if codec is None:
        raise invalid(kernel, f"Could not create converter for input encoding: {encoding}", name=None)
    view, at = memoryview(text), 0
    while at < len(text):
        try:
            yield at, str(view[at:], codec)
            return
        except UnicodeDecodeError as error:
            if errors == "strict":
                raise invalid(kernel, "Invalid formatting on input string", name=None) from None
            start, end = at + error.start, at + error.end
        yield at, str(view[at:start], codec)
        if errors == "replace":
            yield start, chr(replacement)
        at = end


def _decoded(kernel: str, text: bytes, encoding: str, errors: str, replacement: int) -> str:
    return "".join(piece for _, piece in _pieces(kernel, text, encoding, errors, replacement))


def _points(characters: str, replacement: int, replace_controls: bool) -> list[int]:
    points = map(ord, characters)
    return [replacement if replace_controls and point < 32 else point for point in points]


def _offsets(input: Any, encoding: str, errors: str, replacement: int) -> Any:
    """Where the characters of texts begin, in bytes."""

    def offsets(text: bytes) -> list[int]:
        found, codec = [], (_CODECS | _MORE_CODECS).get(encoding, "")
        for at, piece in _pieces(_DECODE, text, encoding, errors, replacement):
            for char in piece:
                found.append(at)
                at += len(char.encode(codec, "replace"))
        return found

    return rows_of(texts(_DECODE, input), offsets, int64)


_DECODE = "UnicodeDecode"


@op("strings.unicode_decode")
def unicode_decode(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Any:
    """The code points of texts: int32, of a vector of texts as the rows of a RaggedTensor.

    input: texts of rank 0 or 1.

    >>> unicode_decode("hi", "UTF-8")
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([104, 105], dtype=int32)>
    """

    def points(text: bytes) -> list[int]:
        characters = _decoded(_DECODE, text, input_encoding, errors, replacement_char)
        return _points(characters, replacement_char, replace_control_characters)

    return rows_of(texts(_DECODE, input), points, int32)


@op("strings.unicode_decode_with_offsets")
def unicode_decode_with_offsets(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> tuple[Any, Any]:
    """(code points, where their bytes begin): as `unicode_decode`.

    input: texts of rank 0 or 1.

    >>> unicode_decode_with_offsets("hi", "UTF-8")[1]
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([0, 1])>
    """
    points = unicode_decode(input, input_encoding, errors, replacement_char, replace_control_characters)
    return points, _offsets(input, input_encoding, errors, replacement_char)


@op("strings.unicode_split")
def unicode_split(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> Any:
    """The characters of texts, each as a text in the same encoding.

    input: texts of rank 0 or 1.

    >>> unicode_split("hi", "UTF-8")
    <tf.Tensor: shape=(2,), dtype=string, numpy=array([b'h', b'i'], dtype=object)>
    """
    codec = _CODECS.get(input_encoding, "utf-8")

    def characters(text: bytes) -> list[bytes]:
        return [char.encode(codec) for char in _decoded(_DECODE, text, input_encoding, errors, replacement_char)]

    return rows_of(texts(_DECODE, input), characters, string)


@op("strings.unicode_split_with_offsets")
def unicode_split_with_offsets(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> tuple[Any, Any]:
    """(characters, where their bytes begin): as `unicode_split`.

    input: texts of rank 0 or 1.

    >>> unicode_split_with_offsets("hi", "UTF-8")[1]
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([0, 1])>
    """
    characters = unicode_split(input, input_encoding, errors, replacement_char)
    return characters, _offsets(input, input_encoding, errors, replacement_char)


@op("strings.unicode_encode")
def unicode_encode(
    input: Any, output_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> Tensor:
    """Texts of code points: the last axis of a tensor, or the rows of a RaggedTensor.

    output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE". Raises InvalidArgumentError for a code point out of range with
    errors="strict".
    input: int32 (..., n), or a RaggedTensor.

    >>> unicode_encode([104, 105], "UTF-8")
    <tf.Tensor: shape=(), dtype=string, numpy=b'hi'>
    """
    kernel = "UnicodeEncode"
    one_of("errors", errors, _ERRORS)
    one_of("output_encoding", output_encoding, tuple(_CODECS))
    if is_ragged(input):
        if input.ragged_rank > 1 or len(input.shape) > 2:
            return input.with_values(unicode_encode(input.values, output_encoding, errors, replacement_char))
        rows = input.to_list()
    else:
        rows = to_host(as_tensor(input, int32)._array)

    def written(points: Any) -> bytes:
        found = []
        for point in map(int, points):
            if 0 <= point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF:
                found.append(chr(point))
            elif errors == "strict":
                raise invalid(kernel, f"Code point is out of range for Unicode, or a noncharacter: {point}", name=None)
            elif errors == "replace":
                found.append(chr(replacement_char))
        return "".join(found).encode(_CODECS[output_encoding])

    if is_ragged(input):
        return ops.constant([written(row) for row in rows], string, shape=[len(rows)])
    if rows.ndim == 0:
        raise explain(ValueError("input must have rank >= 1"), "unicode_encode: the code points are a vector")
    result = np.empty(int(np.prod(rows.shape[:-1])), object)
    for i, row in enumerate(rows.reshape(len(result), rows.shape[-1])):
        result[i] = written(row)
    return wrap(from_host(result.reshape(rows.shape[:-1])))


@op("strings.unicode_transcode")
def unicode_transcode(
    input: Any,
    input_encoding: str,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Tensor:
    """Texts in another encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".

    input: texts of any shape.

    >>> unicode_transcode(["h"], "UTF-8", "UTF-16-BE")
    <tf.Tensor: shape=(1,), dtype=string, numpy=array([b'\\x00h'], dtype=object)>
    """
    kernel = "UnicodeTranscode"
    one_of("output_encoding", output_encoding, tuple(_CODECS))

    def changed(text: bytes) -> bytes:
        found = _decoded(kernel, text, input_encoding, errors, replacement_char)
        points = _points(found, replacement_char, replace_control_characters)
        return "".join(map(chr, points)).encode(_CODECS[output_encoding])

    return each(texts(kernel, input), changed)


@op("strings.format", short=False)
def string_format(
    template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None
) -> Tensor:
    """A text with tensors in the places of the placeholders, each shown by `summarize` entries at its ends (-1: all).

    template: a text. placeholder: the text that stands for a tensor. summarize: an int: how many entries are shown at
    each end; -1: all. Raises ValueError unless there are as many placeholders as tensors.
    inputs: a tensor, or a list of tensors.

    >>> tf.strings.format("x = {}", constant([1, 2]))
    <tf.Tensor: shape=(), dtype=string, numpy=b'x = [1 2]'>
    """
    tensors = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    parts = template.split(placeholder)
    if len(parts) - 1 != len(tensors):
        raise ValueError(
            f"The template expects {len(parts) - 1} tensors, but the inputs only has {len(tensors)}. Please ensure "
            "the number of placeholders in template matches inputs length."
        )
    shown = [printing.of_kernel(t, summarize) for t in tensors]
    pieces = [piece for pair in zip(parts, [*shown, ""]) for piece in pair]
    return ops.constant("".join(pieces))
