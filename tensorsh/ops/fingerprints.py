"""Buckets for text: hashes of 64 bits that stay the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import int64
from ..runtime.errors import InvalidArgumentError, explain
from ..runtime.tensor import Tensor, as_tensor, wrap
from .registry import op
from .strings import each, texts

_M64 = 2**64 - 1


@op("strings.to_hash_bucket")
def to_hash_bucket(input: Any, num_buckets: int, name: str | None = None) -> Tensor:
    """A number below num_buckets for each text, by the hash that TensorFlow itself uses: MurmurHash64A (Appleby).

    num_buckets: an int, 1 or more.
    input: texts of any shape. TensorFlow may change this hash; to_hash_bucket_fast stays what it is.

    >>> to_hash_bucket(["a", "b"], 10)
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([8, 0])>
    """
    return _buckets("StringToHashBucket", input, num_buckets, murmur)


@op("strings.to_hash_bucket_fast")
def to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Tensor:
    """A number below num_buckets for each text, by FarmHash's fingerprint (Pike and Alakuijala).

    num_buckets: an int, 1 or more.
    input: texts of any shape.

    >>> to_hash_bucket_fast(["a", "hello"], 100)
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([39, 96])>
    """
    return _buckets("StringToHashBucketFast", input, num_buckets, fingerprint)


@op("strings.to_hash_bucket_strong")
def to_hash_bucket_strong(input: Any, num_buckets: int, key: Any, name: str | None = None) -> Tensor:
    """A number below num_buckets for each text, by SipHash with a key of two ints (Aumasson and Bernstein, 2012).

    num_buckets: an int, 1 or more.
    input: texts of any shape. key: a list of two ints.

    >>> to_hash_bucket_strong(["a", "b"], 10, [1, 2])
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([6, 4])>
    """
    first, second = (int(word) & _M64 for word in key)
    return _buckets("StringToHashBucketStrong", input, num_buckets, lambda text: siphash(text, first, second))


@op("fingerprint", short=False)
def fingerprint_(data: Any, method: str = "farmhash64", name: str | None = None) -> Tensor:
    """FarmHash's fingerprint of each row, as its eight bytes: uint8 (rows, 8).

    data: texts or numbers of rank 1 or more. method: "farmhash64". Raises InvalidArgumentError for another.

    >>> tf.fingerprint(["a"])
    <tf.Tensor: shape=(1, 8), dtype=uint8, numpy=array([[227, 117, 223, 182, 101,  66,  69, 179]], dtype=uint8)>
    """
    if method not in ("farmhash64", b"farmhash64"):
        raise InvalidArgumentError(f"Unsupported fingerprint method: {method}")
    host = to_host(as_tensor(data)._array)
    if not host.ndim:
        raise InvalidArgumentError("`data` should have at least one dimension: []")
    rows = host.reshape(len(host), -1)
    if rows.dtype != object:
        found = [fingerprint(row.tobytes()) for row in rows]
    elif rows.shape[1] == 1:
        found = [fingerprint(text) for text in rows[:, 0].tolist()]
    else:  # several texts: of the bytes of their fingerprints
        found = [fingerprint(b"".join(_bytes_of(fingerprint(text)) for text in row)) for row in rows.tolist()]
    parts = np.frombuffer(b"".join(map(_bytes_of, found)), np.uint8)
    return wrap(from_host(parts.reshape(len(host), 8).copy()))


def _bytes_of(value: int) -> bytes:
    return value.to_bytes(8, "little")


def concatenated(first: int, second: int) -> int:
    """The fingerprint of two fingerprints, as TensorFlow makes one."""
    mixed = (second * _CAT) & _M64
    result = first ^ _CAT ^ ((mixed ^ mixed >> 47) * _CAT & _M64)
    result = result * _CAT & _M64
    result = (result ^ result >> 47) * _CAT & _M64
    return result ^ result >> 47


_CAT = 0xC6A4A7935BD1E995


def _buckets(kernel: str, input: Any, count: int, hashed: Callable[[bytes], int]) -> Tensor:
    if count < 1:
        raise explain(InvalidArgumentError(f"Value for attr 'num_buckets' of {count} must be at least minimum 1"))
    return each(texts(kernel, input), lambda text: hashed(text) % count, int64)


def _right(x: int, by: int) -> int:
    return (x >> by | x << 64 - by) & _M64


# ---------------------------------------------------------------- FarmHash

_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def fingerprint(text: bytes) -> int:
    """FarmHash's 64-bit fingerprint of a text."""
    n = len(text)
    if n <= 16:
        return _short(text, n)
    if n <= 64:
        return _medium(text, n)
    return _long(text, n)


def _word(text: bytes, at: int) -> int:
    return int.from_bytes(text[at : at + 8], "little")


def _shifted(x: int) -> int:
    return x ^ x >> 47


def _mixed(u: int, v: int, by: int) -> int:
    a = _shifted((u ^ v) * by & _M64)
    return _shifted((v ^ a) * by & _M64) * by & _M64


def _short(text: bytes, n: int) -> int:
    by = _K2 + n * 2 & _M64
    if n >= 8:
        a, b = _word(text, 0) + _K2 & _M64, _word(text, n - 8)
        return _mixed(_right(b, 37) * by + a & _M64, (_right(a, 25) + b) * by & _M64, by)
    if n >= 4:
        first, last = (int.from_bytes(text[i : i + 4], "little") for i in (0, n - 4))
        return _mixed(n + (first << 3), last, by)
    if n:
        y, z = text[0] + (text[n >> 1] << 8), n + (text[n - 1] << 2)
        return _shifted((y * _K2 ^ z * _K0) & _M64) * _K2 & _M64
    return _K2


def _medium(text: bytes, n: int) -> int:
    by = _K2 + n * 2 & _M64
    if n <= 32:
        a, b = _word(text, 0) * _K1 & _M64, _word(text, 8)
        c, d = _word(text, n - 8) * by & _M64, _word(text, n - 16) * _K2
        return _mixed(
            _right(a + b & _M64, 43) + _right(c, 30) + d & _M64, a + _right(b + _K2 & _M64, 18) + c & _M64, by
        )
    a, b = _word(text, 0) * _K2 & _M64, _word(text, 8)
    c, d = _word(text, n - 8) * by & _M64, _word(text, n - 16) * _K2
    y = _right(a + b & _M64, 43) + _right(c, 30) + d & _M64
    z = _mixed(y, a + _right(b + _K2 & _M64, 18) + c & _M64, by)
    e, f = _word(text, 16) * by & _M64, _word(text, 24)
    g, h = (y + _word(text, n - 32)) * by & _M64, (z + _word(text, n - 24)) * by
    return _mixed(_right(e + f & _M64, 43) + _right(g, 30) + h & _M64, e + _right(f + a & _M64, 18) + g & _M64, by)


def _weak(text: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = (_word(text, at + i) for i in (0, 8, 16, 24))
    a += w
    b = _right(b + a + z & _M64, 21)
    c = a
    a += x + y
    return a + z & _M64, b + _right(a & _M64, 44) + c & _M64


def _long(text: bytes, n: int) -> int:
    x = 81
    y = 81 * _K1 + 113 & _M64
    z = _shifted(y * _K2 + 113 & _M64) * _K2 & _M64
    v, w = (0, 0), (0, 0)
    x = x * _K2 + _word(text, 0) & _M64

    def turn(at: int, by: int, nine: int) -> None:
        nonlocal x, y, z, v, w
        x = _right(x + y + v[0] + _word(text, at + 8) & _M64, 37) * by & _M64
        y = _right(y + v[1] + _word(text, at + 48) & _M64, 42) * by & _M64
        x ^= w[1] * nine & _M64
        y = y + v[0] * nine + _word(text, at + 40) & _M64
        z = _right(z + w[0] & _M64, 33) * by & _M64
        v = _weak(text, at, v[1] * by & _M64, x + w[0] & _M64)
        w = _weak(text, at + 32, z + w[1] & _M64, y + _word(text, at + 16) & _M64)
        z, x = x, z

    end = (n - 1) // 64 * 64
    for at in range(0, end, 64):
        turn(at, _K1, 1)
    by = _K1 + ((z & 0xFF) << 1) & _M64
    first = w[0] + (n - 1 & 63) & _M64
    v = (v[0] + first & _M64, v[1])
    w = (first + v[0] & _M64, w[1])
    turn(n - 64, by, 9)
    return _mixed(_mixed(v[0], w[0], by) + _shifted(y) * _K0 + z & _M64, _mixed(v[1], w[1], by) + x & _M64, by)


# ---------------------------------------------------------------- MurmurHash64A

_MURMUR, _SEED = 0xC6A4A7935BD1E995, 0xDECAFCAFFE


def murmur(text: bytes) -> int:
    """The hash of a text, with TensorFlow's seed."""
    whole = len(text) // 8 * 8
    found = _SEED ^ len(text) * _MURMUR & _M64
    for i in range(0, whole, 8):
        word = _shifted(_word(text, i) * _MURMUR & _M64) * _MURMUR & _M64
        found = (found ^ word) * _MURMUR & _M64
    if len(text) > whole:
        found = (found ^ int.from_bytes(text[whole:], "little")) * _MURMUR & _M64
    return _shifted(_shifted(found) * _MURMUR & _M64)


# ---------------------------------------------------------------- SipHash-2-4


def siphash(text: bytes, k0: int, k1: int) -> int:
    """The hash of a text under a key of two 64-bit words."""
    v0, v1 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    v2, v3 = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573
    whole = len(text) // 8 * 8
    words = [_word(text, i) for i in range(0, whole, 8)]
    words.append(int.from_bytes(text[whole:], "little") | (len(text) & 0xFF) << 56)
    for word in words:
        v3 ^= word
        v0, v1, v2, v3 = _turn(*_turn(v0, v1, v2, v3))
        v0 ^= word
    v2 ^= 0xFF
    for _ in range(4):
        v0, v1, v2, v3 = _turn(v0, v1, v2, v3)
    return v0 ^ v1 ^ v2 ^ v3


def _turn(v0: int, v1: int, v2: int, v3: int) -> tuple[int, int, int, int]:
    v0, v2 = v0 + v1 & _M64, v2 + v3 & _M64
    v1, v3 = _right(v1, 51) ^ v0, _right(v3, 48) ^ v2
    v0 = _right(v0, 32)
    v2, v0 = v2 + v1 & _M64, v0 + v3 & _M64
    v1, v3 = _right(v1, 47) ^ v2, _right(v3, 43) ^ v0
    return v0, v1, _right(v2, 32), v3
