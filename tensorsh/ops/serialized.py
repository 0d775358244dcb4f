"""Tensors in texts: base64, TensorFlow's message for a tensor, compressed bytes, lines of CSV."""

from __future__ import annotations

import base64
import binascii
import csv
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import DType, as_dtype, int32, int64, string
from ..runtime.errors import InvalidArgumentError, bracketed
from ..runtime.sparse import SparseTensor
from ..runtime.tensor import Tensor, as_tensor, wrap
from .creation import host_constant
from .registry import op, ops
from .sparse import checked_sparse, places_of
from .strings import each, texts


@op("io.encode_base64", short=False)
def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Tensor:
    """Texts in base64, in letters that are safe in addresses. pad: whether = fills the last group.

    input: texts of any shape.

    >>> tf.io.encode_base64("hi?")
    <tf.Tensor: shape=(), dtype=string, numpy=b'aGk_'>
    """

    def encoded(text: bytes) -> bytes:
        found = base64.urlsafe_b64encode(text)
        return found if pad else found.rstrip(b"=")

    return each(texts("EncodeBase64", input), encoded)


@op("io.decode_base64", short=False)
def decode_base64(input: Any, name: str | None = None) -> Tensor:
    """The texts that texts in base64 stand for, filled up with = or not.

    input: texts of any shape. Raises InvalidArgumentError for what is no base64.

    >>> tf.io.decode_base64("aGk_")
    <tf.Tensor: shape=(), dtype=string, numpy=b'hi?'>
    """

    def decoded(text: bytes) -> bytes:
        text = text.rstrip(b"=") if len(text) % 4 == 0 else text
        if len(text) % 4 == 1:
            raise InvalidArgumentError("Base64 string length cannot be 1 modulo 4.")
        if not set(text) <= _LETTERS:
            raise InvalidArgumentError("Invalid character found in base64.")
        return binascii.a2b_base64(text.replace(b"-", b"+").replace(b"_", b"/") + b"=" * (-len(text) % 4))

    return each(texts("DecodeBase64", input), decoded)


_LETTERS = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@op("io.serialize_tensor", short=False)
def serialize_tensor(tensor: Any, name: str | None = None) -> Tensor:
    """A tensor as the bytes of TensorFlow's message for it.

    tensor: a tensor of any dtype and shape.

    >>> tf.io.parse_tensor(tf.io.serialize_tensor([1, 2]), tf.int32)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return ops.constant(_message(as_tensor(tensor)))


@op("io.parse_tensor", short=False)
def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Tensor:
    """The tensor that `serialize_tensor` made bytes of.

    serialized: a text. out_type: the tensor's dtype. Raises InvalidArgumentError for what is no such message, or of
    another dtype.

    >>> tf.io.parse_tensor(tf.io.serialize_tensor("a"), tf.string)
    <tf.Tensor: shape=(), dtype=string, numpy=b'a'>
    """
    given, dtype = texts("ParseTensor", serialized), as_dtype(out_type)
    if given.ndim:
        raise InvalidArgumentError(f"Expected `serialized` to be a scalar, got shape: {bracketed(given._array.shape)}")
    return _parsed(to_host(given._array).item(), dtype)


def _message(t: Tensor) -> bytes:
    """The fields of a TensorProto: 1 the dtype, 2 the shape, 4 the content or 8 the texts."""
    host = to_host(t._array)
    dims = b"".join(_field(2, b"" if not n else b"\x08" + _varint(n)) for n in host.shape)
    head = b"\x08" + _varint(t.dtype.as_datatype_enum) + _field(2, dims)
    if t.dtype is string:
        return head + b"".join(_field(8, text) for text in host.reshape(-1).tolist())
    return head + (_field(4, host.tobytes()) if host.size else b"")


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes(found) + bytes([value])


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """The numbers and contents of a message's fields: ints, and bytes."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        elif key & 7 == 2:
            size = varint()
            if at + size > len(data):
                raise IndexError
            at += size
            yield key >> 3, data[at - size : at]
        else:
            raise IndexError


def _parsed(data: bytes, dtype: DType) -> Tensor:
    kind, shape, content, found = 0, [], b"", []
    try:
        for number, value in _fields(data):
            if number == 1:
                kind = value
            elif number == 2:
                shape = [dict(_fields(dim)).get(1, 0) for field, dim in _fields(value) if field == 2]
            elif number == 4:
                content = value
            elif number == 8:
                found.append(value)
        given = as_dtype(int(kind))
        array = _array(dtype, content, found, shape) if given is dtype else None
    except (IndexError, ValueError, TypeError, AttributeError):
        encoded = base64.b64encode(data).decode()
        raise InvalidArgumentError(f"Could not parse `serialized` as TensorProto, base64: {encoded}") from None
    if array is None:
        names = f"parsed tensor ({given.kernel_name}) and dtype ({dtype.kernel_name})"
        raise InvalidArgumentError(f"Type mismatch between {names}")
    return wrap(from_host(array))


def _array(dtype: DType, content: bytes, found: list[bytes], shape: list[int]) -> np.ndarray:
    if dtype is not string:
        return np.frombuffer(content, dtype._numpy).reshape(shape).copy()
    array = np.empty(len(found), object)
    array[:] = found
    return array.reshape(shape)


@op("io.serialize_sparse", short=False)
def serialize_sparse(sp_input: SparseTensor, out_type: Any = string, name: str | None = None) -> Tensor:
    """A sparse tensor as three texts: its indices, values and shape, serialized.

    sp_input: a SparseTensor. out_type: tf.string.

    >>> tf.io.serialize_sparse(tf.sparse.from_dense([1])).shape
    TensorShape([3])
    """
    sparse = checked_sparse("sp_input", sp_input)
    return ops.constant([_message(part) for part in (sparse.indices, sparse.values, sparse.dense_shape)])


@op("io.serialize_many_sparse", short=False)
def serialize_many_sparse(sp_input: SparseTensor, out_type: Any = string, name: str | None = None) -> Tensor:
    """Each row of a sparse tensor, along its first axis, serialized as three texts.

    sp_input: a SparseTensor. out_type: tf.string.

    >>> tf.io.serialize_many_sparse(tf.sparse.from_dense([[1], [2]])).shape
    TensorShape([2, 3])
    """
    sparse = checked_sparse("sp_input", sp_input)
    places, shape = places_of(sparse)
    rows = []
    for i in range(shape[0]):
        kept = np.flatnonzero(places[:, 0] == i)
        values = ops.gather(sparse.values, host_constant(kept, int64))
        parts = (host_constant(places[kept, 1:], int64), values, host_constant(shape[1:], int64))
        rows.append([_message(part) for part in parts])
    return ops.constant(rows, string, shape=[shape[0], 3])


@op("io.deserialize_many_sparse", short=False)
def deserialize_many_sparse(
    serialized_sparse: Any, dtype: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """The sparse tensor of rows that were serialized one by one.

    serialized_sparse: texts (rows, 3). dtype: that of the values. rank: the rank of each; None: as it is.

    >>> rows = tf.io.serialize_many_sparse(tf.sparse.from_dense([[0, 5]]))
    >>> tf.io.deserialize_many_sparse(rows, tf.int32).values
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([5], dtype=int32)>
    """
    rows = to_host(texts("DeserializeSparse", serialized_sparse)._array).tolist()
    places, values, shapes = [], [], []
    for i, (indices, found, shape) in enumerate(rows):
        place = _parsed(indices, int64).numpy()
        places.append(np.insert(place, 0, i, 1))
        values.append(_parsed(found, as_dtype(dtype)))
        shapes.append(_parsed(shape, int64).numpy())
    whole = [len(rows), *np.max(shapes, 0).tolist()]
    return SparseTensor(
        host_constant(np.concatenate(places), int64), ops.concat(values, 0), host_constant(whole, int64)
    )


@op("io.decode_compressed", short=False)
def decode_compressed(bytes: Any, compression_type: str = "", name: str | None = None) -> Tensor:
    """The texts that were compressed.

    bytes: texts of any shape. compression_type: "ZLIB", "GZIP", or "" for texts as they are.
    Raises InvalidArgumentError for another, or for what was not compressed so.

    >>> tf.io.decode_compressed(["a"])
    <tf.Tensor: shape=(1,), dtype=string, numpy=array([b'a'], dtype=object)>
    """
    kinds = {"": None, "ZLIB": zlib.MAX_WBITS, "GZIP": zlib.MAX_WBITS | 16}
    if compression_type not in kinds:
        raise InvalidArgumentError("Only ZLIB, GZIP or NONE are supported compressions")
    kind = kinds[compression_type]

    def decoded(text: Any) -> Any:
        try:
            return text if kind is None else zlib.decompress(text, kind)
        except zlib.error as error:
            raise InvalidArgumentError(f"Error decompressing: {error}") from None

    return each(texts("DecodeCompressed", bytes), decoded)


@op("io.decode_csv", short=False)
def decode_csv(
    records: Any,
    record_defaults: Any,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    select_cols: Any = None,
    name: str | None = None,
) -> list[Tensor]:
    """The columns of lines of CSV, each a tensor of the records' shape.

    records: texts of any shape. record_defaults: for each column a vector with the value of empty fields, whose dtype
    is the column's; an empty vector where there must be a value. na_value: a text that also stands for no value.
    field_delim: what stands between fields. use_quote_delim: whether quotes hold a field together.
    select_cols: the numbers of the columns that are wanted, in order. Raises InvalidArgumentError for other fields.

    >>> tf.io.decode_csv(["1,a", ",b"], [[7], [""]])[0]
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 7], dtype=int32)>
    """
    host = to_host(texts("DecodeCSV", records)._array)
    if len(field_delim) != 1:
        raise InvalidArgumentError("field_delim should be only 1 char")
    defaults = [as_tensor(default) for default in record_defaults]
    columns: list[list[Any]] = [[] for _ in defaults]
    quoting: Any = csv.QUOTE_MINIMAL if use_quote_delim else csv.QUOTE_NONE
    for number, record in enumerate(host.reshape(-1).tolist()):
        line = record.decode("utf-8", "surrogateescape")
        try:
            fields = next(csv.reader([line], delimiter=field_delim, quoting=quoting, strict=True), [""])
        except csv.Error:
            raise InvalidArgumentError("Quoted field has to end with quote followed by delim or end") from None
        if select_cols is not None:
            fields = [fields[i] for i in select_cols if i < len(fields)]
        if len(fields) != len(defaults):
            raise InvalidArgumentError(f"Expect {len(defaults)} fields but have {len(fields)} in record {number}")
        for i, (field, default) in enumerate(zip(fields, defaults)):
            columns[i].append(_value(field, default, na_value, i, number))
    return [
        ops.reshape(ops.constant(column, default.dtype, shape=[len(column)]), list(host.shape))
        for column, default in zip(columns, defaults)
    ]


def _value(field: str, default: Tensor, na_value: str, i: int, number: int) -> Any:
    dtype = default.dtype
    if field in ("", na_value):
        if not default._array.size:
            raise InvalidArgumentError(f"Field {i} is required but missing in record {number}!")
        return to_host(default._array).reshape(-1).tolist()[0]
    if dtype is string:
        return field.encode("utf-8", "surrogateescape")
    try:
        return int(field) if dtype in (int32, int64) else float(field)
    except ValueError:
        message = f"Field {i} in record {number} is not a valid {dtype.kernel_name}: {field}"
        raise InvalidArgumentError(message) from None
