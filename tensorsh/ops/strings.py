"""Text: `tf.strings`, on tensors of byte strings. Rows of different lengths come as a RaggedTensor."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import DType, as_dtype, bool_, float32, float64, int32, int64, string, uint32, uint64
from ..runtime.errors import InvalidArgumentError, OutOfRangeError, bracketed, explain, invalid
from ..runtime.ragged import ragged, wrapped
from ..runtime.tensor import Tensor, as_tensor, wrap
from .registry import op, ops
from .rules import check_dtype, ints

_UNITS = ("BYTE", "UTF8_CHAR")


def texts(kernel: str, value: Any, arg: str = "input", i: int = 0) -> Tensor:
    """The value as a tensor of text. Raises what TensorFlow's kernels raise for another dtype."""
    t = value if isinstance(value, Tensor) else as_tensor(value, None if hasattr(value, "_read") else string)
    if t.dtype is not string:
        raise invalid(
            kernel,
            f"cannot compute {kernel} as input #{i}(zero-based) was expected to be a string tensor but is a "
            f"{t.dtype.kernel_name} tensor",
            operands=[(arg, t)],
            hint="as_string(x) makes text of numbers",
        )
    return t


def each(t: Tensor, function: Callable[[bytes], Any], dtype: DType = string) -> Tensor:
    """function of every element, in a tensor of the same shape."""
    host = to_host(t._array)
    result = np.empty(host.size, dtype._numpy)
    for i, text in enumerate(host.reshape(-1).tolist()):
        result[i] = function(text)
    return wrap(from_host(result.reshape(host.shape)))


def one_of(attr: str, value: Any, allowed: tuple[str, ...]) -> None:
    """Raise TensorFlow's error for an option that is none of those allowed."""
    if value not in allowed:
        listed = ", ".join(f'"{name}"' for name in allowed)
        raise explain(
            InvalidArgumentError(
                f"Value for attr '{attr}' of \"{value}\" is not in the list of allowed values: {listed}"
            )
        )


def characters(text: bytes, unit: str) -> Any:
    """The text in units: bytes, or characters of UTF-8."""
    return text if unit == "BYTE" else text.decode("utf-8", "replace")


@op("strings.as_string as_string")
def as_string(
    input: Any,
    precision: int = -1,
    scientific: bool = False,
    shortest: bool = False,
    width: int = -1,
    fill: str = "",
    name: str | None = None,
) -> Tensor:
    """Numbers and bools as text. precision: digits behind the point, of floats. scientific: 1.5e+00; shortest: 1.5.

    width: the least width; fill: "0" for leading zeros, "-" to put the padding behind, "+" or " " before positive
    numbers. Raises InvalidArgumentError for options that the dtype does not have.

    >>> as_string([1.5, 2.], precision=2)
    <tf.Tensor: shape=(2,), dtype=string, numpy=array([b'1.50', b'2.00'], dtype=object)>
    """
    x, kernel = as_tensor(input), "AsString"
    floating = x.dtype.is_floating or x.dtype.is_complex
    if x.dtype is string:
        return x
    for given, what in ((scientific or shortest, "scientific and shortest format"), (precision >= 0, "precision")):
        if given and not floating:
            message = f"{what} not supported for datatype {x.dtype.name}"
            raise invalid(kernel, message, operands=[("input", x)], name=None)
    if scientific and shortest:
        raise invalid(kernel, "Cannot select both scientific and shortest notation", name=None)
    if len(fill) > 1:
        raise invalid(kernel, "Fill string must be one or fewer characters", name=None)
    size = str(width) if width > 0 else ""
    digits = f".{precision}" if precision >= 0 else ""
    letter = ("e" if scientific else "g" if shortest else "f") if floating else "d"
    plan = f"%{fill}{size}{digits}{letter}"

    def written(value: Any) -> bytes:
        if x.dtype is bool_:
            return f"%{fill if fill == '-' else ''}{size}s".encode() % (b"true" if value else b"false")
        if x.dtype.is_complex:
            return f"({plan},{plan})".encode() % (value.real, value.imag)
        return plan.encode() % value

    return each(x, written)


@op("strings.join")
def join(inputs: Any, separator: str = "", name: str | None = None) -> Tensor:
    """Texts put together, element by element; scalars go with every element.

    inputs: a list of texts, scalars or of one shape. Raises InvalidArgumentError if shapes differ.

    >>> tf.strings.join([["a", "b"], "x"], separator="-")
    <tf.Tensor: shape=(2,), dtype=string, numpy=array([b'a-x', b'b-x'], dtype=object)>
    """
    parts = [texts("StringJoin", part, "inputs", i) for i, part in enumerate(inputs)]
    shapes = [part._array.shape for part in parts if part._array.ndim]
    for shape in shapes[1:]:
        if shape != shapes[0]:
            message = f"Input shapes do not match: {bracketed(shapes[0])} vs. {bracketed(shape)}"
            raise invalid("StringJoin", message, name=None)
    shape = shapes[0] if shapes else ()
    between = separator.encode()
    columns = [np.broadcast_to(to_host(part._array), shape).reshape(-1).tolist() for part in parts]
    result = np.empty(int(np.prod(shape)), object)
    for i in range(len(result)):
        result[i] = between.join(column[i] for column in columns)
    return wrap(from_host(result.reshape(shape)))


@op("strings.length", short=False)
def string_length(input: Any, unit: str = "BYTE", name: str | None = None) -> Tensor:
    """How long each text is: in bytes, or with unit="UTF8_CHAR" in characters.

    unit: "BYTE" or "UTF8_CHAR".
    input: texts of any shape.

    >>> tf.strings.length(["abc", ""])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 0], dtype=int32)>
    """
    one_of("unit", unit, _UNITS)
    return each(texts("StringLength", input), lambda text: len(characters(text, unit)), int32)


def _change_case(kernel: str, input: Any, encoding: str, change: Callable[[Any], Any]) -> Tensor:
    if encoding not in ("", "utf-8"):
        message = f"only utf-8 or '' (no encoding) is supported, received {encoding}"
        raise invalid(kernel, message, name=None)
    if encoding:
        return each(texts(kernel, input), lambda text: change(text.decode("utf-8", "replace")).encode())
    return each(texts(kernel, input), change)


@op("strings.lower")
def lower(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """The letters A to Z in lower case, with encoding="utf-8" all letters.

    encoding: "" for ASCII, or "utf-8".
    input: texts of any shape.

    >>> lower(["AbC"])
    <tf.Tensor: shape=(1,), dtype=string, numpy=array([b'abc'], dtype=object)>
    """
    return _change_case("StringLower", input, encoding, lambda text: text.lower())


@op("strings.upper")
def upper(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """The letters a to z in upper case, with encoding="utf-8" all letters.

    encoding: "" for ASCII, or "utf-8".
    input: texts of any shape.

    >>> upper(["AbC"])
    <tf.Tensor: shape=(1,), dtype=string, numpy=array([b'ABC'], dtype=object)>
    """
    return _change_case("StringUpper", input, encoding, lambda text: text.upper())


@op("strings.strip")
def strip(input: Any, name: str | None = None) -> Tensor:
    """The texts without white space at their ends.

    input: texts of any shape.

    >>> strip([" a b "])
    <tf.Tensor: shape=(1,), dtype=string, numpy=array([b'a b'], dtype=object)>
    """
    return each(texts("StringStrip", input), bytes.strip)


@op("strings.substr")
def substr(input: Any, pos: Any, len: Any, unit: str = "BYTE", name: str | None = None) -> Tensor:
    """Parts of texts: `len` units from `pos` on, which counts from the end where it is negative; broadcasting.

    Raises InvalidArgumentError for a position beyond a text.

    pos: an int: where it begins; negative ones count from the end. len: an int: how long it is. unit: "BYTE" or
    "UTF8_CHAR".
    input: texts.

    >>> substr(["hello", "world"], 1, 3)
    <tf.Tensor: shape=(2,), dtype=string, numpy=array([b'ell', b'orl'], dtype=object)>
    """
    kernel = "Substr"
    one_of("unit", unit, _UNITS)
    x, start, count = texts(kernel, input), as_tensor(pos), as_tensor(len)
    check_dtype(kernel, start, (int32, int64), (int32, int64), "pos")
    try:
        arrays = np.broadcast_arrays(*(to_host(t._array) for t in (x, start, count)))
    except ValueError:
        shapes = " ".join(bracketed(t._array.shape) for t in (x, start, count))
        raise invalid(kernel, f"pos/len: shapes do not broadcast: {shapes}", name=None) from None
    result = np.empty(arrays[0].size, object)
    for i, (text, a, n) in enumerate(zip(*(array.reshape(-1).tolist() for array in arrays))):
        units = characters(text, unit)
        size = units.__len__()
        if not -size <= a <= size:
            raise invalid(kernel, f"pos {a} out of range for string {text!r} at index {i}", name=None)
        first = a + size if a < 0 else a
        part = units[first : max(first + n, first)]
        result[i] = part if isinstance(part, bytes) else part.encode()
    return wrap(from_host(result.reshape(arrays[0].shape)))


_NUMBERS = (float32, float64, int32, int64, uint32, uint64)


@op("strings.to_number")
def to_number(input: Any, out_type: Any = float32, name: str | None = None) -> Tensor:
    """The numbers that texts write, as float32 or another dtype. Raises InvalidArgumentError for what is no number.

    input: texts of any shape.

    >>> to_number(["1.5", "-3e2"])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([   1.5, -300. ], dtype=float32)>
    """
    dtype = as_dtype(out_type)
    if dtype not in _NUMBERS:
        listed = ", ".join(d.kernel_name for d in _NUMBERS)
        raise explain(
            InvalidArgumentError(
                f"Value for attr 'out_type' of {dtype.kernel_name} is not in the list of allowed values: {listed}"
            )
        )

    def number(text: bytes) -> Any:
        try:
            if b"_" in text:
                raise ValueError
            if dtype.is_floating:
                return float(text)
            value = int(text)
            if not dtype.min <= value <= dtype.max:
                raise ValueError
            return value
        except ValueError:
            shown = text.decode("utf-8", "replace")
            message = f"StringToNumberOp could not correctly convert string: {shown}"
            raise invalid("StringToNumber", message, name=None) from None

    return each(texts("StringToNumber", input), number, dtype)


@op("strings.reduce_join")
def reduce_join(
    inputs: Any, axis: Any = None, keepdims: bool = False, separator: str = "", name: str | None = None
) -> Tensor:
    """Texts put together along axes: along the first one named, then the results along the next. By default along all.

    inputs: texts of any shape.
    Raises OutOfRangeError for an axis out of range.

    >>> reduce_join([["a", "b"], ["c", "d"]], axis=1, separator="+")
    <tf.Tensor: shape=(2,), dtype=string, numpy=array([b'a+b', b'c+d'], dtype=object)>
    """
    x = texts("ReduceJoin", inputs)
    rank = x._array.ndim
    axes = list(range(rank))[::-1] if axis is None else ints(axis)
    for a in axes:
        if not -rank <= a < rank:
            raise explain(
                OutOfRangeError(
                    f"Invalid reduction dimension {a} for input with {rank} dimension(s) [Op:ReduceJoin] name: "
                ),
                f"reduce_join: axis {a} is out of range for rank {rank}",
            )
    axes = [a % rank for a in axes]
    rest = [i for i in range(rank) if i not in axes]
    host = to_host(x._array)
    shape = tuple(host.shape[i] for i in rest)
    rows = host.transpose([*rest, *reversed(axes)]).reshape(math.prod(shape), -1 if host.size else 0)
    result = np.empty(len(rows), object)
    for i, row in enumerate(rows.tolist()):
        result[i] = separator.encode().join(row)
    if keepdims:
        shape = tuple(1 if i in axes else n for i, n in enumerate(host.shape))
    return wrap(from_host(result.reshape(shape)))


def rows_of(x: Tensor, parts: Callable[[bytes], list[Any]], dtype: Any = string) -> Any:
    """The parts of one text as a tensor, those of a vector of texts as the rows of a RaggedTensor."""
    host = to_host(x._array)
    if host.ndim == 0:
        found = parts(host.item())
        return ops.constant(found, as_dtype(dtype), shape=[len(found)])
    return wrapped(ragged([parts(text) for text in host.reshape(-1).tolist()], dtype), list(host.shape))


@op("strings.split", short=False)
def string_split(input: Any, sep: Any = None, maxsplit: int = -1, name: str | None = None) -> Any:
    """The words of texts, or what stands between separators. The words of a vector of texts are a RaggedTensor's rows.

    sep: the text between the parts; None: white space. maxsplit: an int: the most cuts, -1 for any number.
    input: texts of rank 0 or 1.

    >>> tf.strings.split(["a b c", "d"])
    <tf.RaggedTensor [[b'a', b'b', b'c'], [b'd']]>
    >>> tf.strings.split("a,b", ",")
    <tf.Tensor: shape=(2,), dtype=string, numpy=array([b'a', b'b'], dtype=object)>
    """
    between = (sep.encode() if isinstance(sep, str) else sep) or None
    return rows_of(texts("StringSplitV2", input), lambda text: text.split(between, maxsplit))


@op("strings.bytes_split")
def bytes_split(input: Any, name: str | None = None) -> Any:
    """The bytes of texts, each as a text.

    input: texts of rank 0 or 1.

    >>> bytes_split("ab")
    <tf.Tensor: shape=(2,), dtype=string, numpy=array([b'a', b'b'], dtype=object)>
    """
    return rows_of(texts("StringSplit", input), lambda text: [text[i : i + 1] for i in range(len(text))])


@op("strings.ngrams")
def ngrams(
    data: Any,
    ngram_width: Any,
    separator: str = " ",
    pad_values: Any = None,
    padding_width: int | None = None,
    preserve_short_sequences: bool = False,
    name: str | None = None,
) -> Tensor:
    """Runs of ngram_width texts along the last axis, put together; several widths one after the other.

    data: texts, (..., n). ngram_width: an int, or a list of ints. pad_values: a text, or a pair of them, put before and
    after; None: nothing. padding_width: an int: how often they are put there, at most the widest width - 1, which is
    the default. preserve_short_sequences: whether texts too few for a run are put together as they are.

    >>> ngrams(["a", "b", "c"], 2)
    <tf.Tensor: shape=(2,), dtype=string, numpy=array([b'a b', b'b c'], dtype=object)>
    """
    host = to_host(texts("StringNGrams", data)._array)
    if host.ndim > 1:
        options = (separator, pad_values, padding_width, preserve_short_sequences)
        rows = [ngrams(wrap(from_host(row)), ngram_width, *options) for row in host.reshape(-1, host.shape[-1])]
        return ops.reshape(ops.concat([*rows, ops.zeros([0], string)], 0), [*host.shape[:-1], -1])
    words = host.tolist()
    widths = ints(ngram_width)
    if pad_values is not None:
        left, right = (pad_values, pad_values) if isinstance(pad_values, (str, bytes)) else pad_values
        count = max(widths) - 1 if padding_width is None else min(padding_width, max(widths) - 1)
        before, after = ([v.encode() if isinstance(v, str) else v] * count for v in (left, right))
        words = [*before, *words, *after]
    found = []
    for width in widths:
        found += [separator.encode().join(words[i : i + width]) for i in range(len(words) - width + 1)]
    if not found and preserve_short_sequences and words:
        found = [separator.encode().join(words)]
    return ops.constant(found, string, shape=[len(found)])


@op("strings.unsorted_segment_join")
def unsorted_segment_join(
    inputs: Any, segment_ids: Any, num_segments: Any, separator: str = "", name: str | None = None
) -> Tensor:
    """The texts of each segment put together.

    inputs: texts, of the shape of segment_ids. Raises InvalidArgumentError for a segment out of range.

    >>> unsorted_segment_join(["a", "b", "c"], [1, 0, 1], 2, separator=":")
    <tf.Tensor: shape=(2,), dtype=string, numpy=array([b'b', b'a:c'], dtype=object)>
    """
    words = to_host(texts("UnsortedSegmentJoin", inputs)._array)
    places = to_host(as_tensor(segment_ids)._array)
    count = int(as_tensor(num_segments).numpy())
    if places.size and not -1 < places.max() < count:
        raise invalid("UnsortedSegmentJoin", f"segment_ids = {places.max()} is not in [0, {count})", name=None)
    segments: list[list[bytes]] = [[] for _ in range(count)]
    for place, word in zip(places.reshape(-1).tolist(), words.reshape(-1).tolist()):
        if place >= 0:
            segments[place].append(word)
    return ops.constant([separator.encode().join(segment) for segment in segments], string, shape=[count])
