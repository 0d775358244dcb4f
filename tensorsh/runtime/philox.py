"""The counter-based generator beneath every random op, and what turns its words into numbers.

TensorFlow draws from Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): a
function from a 128-bit counter and a 64-bit key to four 32-bit words, a *block*. A `Stream` is such a counter
and key; the functions here take one and say nothing of where it came from (`random.py` does), and never move
it: who wants to go on skips, `stream.skip(blocks)`.

Conventions: `xp` is the array module; a dtype is its TensorFlow name; results are flat arrays of `count`
numbers. A block is held as two uint64, the words 0 and 1 in the first, 2 and 3 in the second, the lower word
in the lower half; so a (n, 2) array of blocks *is* the stream's words, or its 64-bit integers, seen through
`view`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .glibc import exact, log_f32, sincos_f32
from .threads import for_each

Array = Any

M32 = (1 << 32) - 1
M64 = (1 << 64) - 1
M128 = (1 << 128) - 1

_MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
_KEY_STEPS = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10

_FEW_BLOCKS = 8  # up to here Python's integers beat the fifty array calls of the ten rounds
_HOST_CHUNK = 1 << 13  # blocks whose working arrays stay in a processor's second-level cache
_DEVICE_CHUNK = 1 << 22

_MANTISSA_BITS = {"bfloat16": 7, "float16": 10, "float32": 23, "float64": 52}
_SMALLEST_RADIUS_UNIFORM = 1.0e-7  # keeps Box-Muller's logarithm finite


class Stream:
    """A place in the sequence of blocks that belongs to a key."""

    __slots__ = ("counter", "key")

    def __init__(self, counter: int, key: int) -> None:
        self.counter, self.key = counter, key

    @classmethod
    def from_seeds(cls, seed: int, seed2: int) -> Stream:
        """The stream of an op with these two seeds: `seed` is the key, `seed2` the counter's high half."""
        return cls((seed2 & M64) << 64, seed & M64)

    def skip(self, blocks: int) -> Stream:
        """The stream that begins `blocks` blocks later."""
        return Stream((self.counter + blocks) & M128, self.key)


def uniform(xp: Any, stream: Stream, count: int, dtype: str) -> Array:
    """`count` floats in [0, 1): the low bits of each word are the mantissa."""
    return _fill(xp, stream, count, dtype, _uniform_of_blocks)


def normal(xp: Any, stream: Stream, count: int, dtype: str) -> Array:
    """`count` standard normals (Box-Muller; the two 16-bit types are float32's, rounded)."""
    return _fill(xp, stream, count, dtype, _normal_of_blocks)


def truncated_normal(xp: Any, stream: Stream, count: int, dtype: str) -> Array:
    """`count` standard normals of magnitude below 2.

    Every group of outputs (four, or two float64) has 256 outputs' worth of blocks to itself and keeps the
    first values that are small enough. Most groups are done with their first block; the others look at twice
    as many until all are.
    """
    width = group_size(dtype)
    working = "float64" if dtype == "float64" else "float32"
    blocks_per_group = 256 * width // 4
    groups = -(-count // width)
    out = xp.empty((groups, width), dtype=storage(dtype))

    def work(start: int, stop: int) -> None:
        first_block = xp.arange(start, stop, dtype=xp.uint64) * blocks_per_group
        found = _normal_of_blocks(xp, blocks_at(xp, stream, first_block), working).reshape(-1, width)
        pending = xp.nonzero((xp.abs(found) >= 2).any(axis=1))[0]
        tried = 1
        while pending.size:
            tried *= 2
            offsets = first_block[pending][:, None] + xp.arange(tried, dtype=xp.uint64)
            values = _normal_of_blocks(xp, blocks_at(xp, stream, offsets.reshape(-1)), working)
            values = values.reshape(-1, tried * width)
            small = xp.abs(values) < 2
            rank = xp.cumsum(small, axis=1)
            done = rank[:, -1] >= width
            chosen = small & (rank <= width) & done[:, None]
            found[pending[done]] = values[chosen].reshape(-1, width)
            pending = pending[~done]
        out[start:stop] = found.astype(out.dtype)

    _in_chunks(xp, groups, work)
    return out.reshape(-1)[:count]


def full_range_integers(xp: Any, stream: Stream, count: int, dtype: str) -> Array:
    """`count` integers of any value: the words themselves."""
    return blocks(xp, stream, -(-count // group_size(dtype))).view(storage(dtype)).reshape(-1)[:count]


def integers(xp: Any, stream: Stream, count: int, low: int, high: int, dtype: str) -> Array:
    """`count` integers in [low, high): an unsigned word modulo the range, slightly biased, as TensorFlow's
    are.
    """
    unsigned, mask = ("uint32", M32) if group_size(dtype) == 4 else ("uint64", M64)
    words = full_range_integers(xp, stream, count, unsigned)
    words = words % xp.array((high - low) & mask, dtype=unsigned) + (low & mask)
    return words.view(storage(dtype))


def group_size(dtype: str) -> int:
    """How many numbers of this dtype one block makes."""
    return 2 if dtype in ("float64", "int64", "uint64") else 4


def storage(dtype: str) -> Any:
    """The array dtype that holds a TensorFlow dtype; bfloat16's comes from a package that only it needs."""
    if dtype == "bfloat16":
        from ml_dtypes import bfloat16

        return bfloat16
    return dtype


def block(stream: Stream) -> tuple[int, int]:
    """The stream's first block, in Python's integers."""
    c0, c1 = stream.counter & M32, stream.counter >> 32 & M32
    c2, c3 = stream.counter >> 64 & M32, stream.counter >> 96
    k0, k1 = stream.key & M32, stream.key >> 32
    m0, m2 = _MULTIPLIERS
    for _ in range(_ROUNDS):
        p0, p2 = m0 * c0, m2 * c2
        c0, c1, c2, c3 = p2 >> 32 ^ c1 ^ k0, p2 & M32, p0 >> 32 ^ c3 ^ k1, p0 & M32
        k0, k1 = k0 + _KEY_STEPS[0] & M32, k1 + _KEY_STEPS[1] & M32
    return c0 | c1 << 32, c2 | c3 << 32


def blocks(xp: Any, stream: Stream, count: int) -> Array:
    """The stream's first `count` blocks, shape (count, 2)."""
    out = xp.empty((count, 2), dtype=xp.uint64)

    def work(start: int, stop: int) -> None:
        out[start:stop] = _some_blocks(xp, stream.skip(start), stop - start)

    _in_chunks(xp, count, work)
    return out


def blocks_at(xp: Any, stream: Stream, offsets: Array) -> Array:
    """The blocks that lie `offsets` (uint64, flat) after the stream's first, shape (len(offsets), 2)."""
    low_start, high_start = stream.counter & M64, stream.counter >> 64
    low = offsets + low_start
    high = (low < low_start).astype(xp.uint64) + high_start  # the carry; both halves wrap silently
    even = xp.empty((2, offsets.size), dtype=xp.uint64)  # words 0 and 2
    odd = xp.empty((2, offsets.size), dtype=xp.uint64)  # words 1 and 3
    for row, half in enumerate((low, high)):
        even[row] = half & M32
        odd[row] = half >> 32
    multipliers = xp.array(_MULTIPLIERS, dtype=xp.uint64).reshape(2, 1)
    round_keys = xp.array(_key_schedule(stream.key), dtype=xp.uint64).reshape(_ROUNDS, 2, 1)
    products = xp.empty_like(even)
    for index in range(_ROUNDS):
        xp.multiply(even, multipliers, out=products[::-1])
        xp.right_shift(products, 32, out=even)
        xp.bitwise_xor(even, odd, out=even)
        xp.bitwise_xor(even, round_keys[index], out=even)
        xp.bitwise_and(products, M32, out=odd)
    xp.left_shift(odd, 32, out=odd)
    out = xp.empty((offsets.size, 2), dtype=xp.uint64)
    xp.bitwise_or(even, odd, out=out.T)
    return out


def doubles(xp: Any, words: Array) -> Array:
    """Floats in [0, 1) from an array of blocks: 20 bits of each even word above the 32 of the odd one."""
    mantissa = (words & 0xFFFFF) << 32 | words >> 32
    return mantissa.view(xp.int64) * 2.0**-52


def double_normals(xp: Any, words: Array) -> Array:
    """Standard normals in float64 from a (n, 2) array of blocks, two a block."""
    return _normal_of_blocks(xp, words, "float64").reshape(-1, 2)


def _fill(xp: Any, stream: Stream, count: int, dtype: str, convert: Any) -> Array:
    width = group_size(dtype)
    needed = -(-count // width)
    out = xp.empty((needed * width,), dtype=storage(dtype))

    def work(start: int, stop: int) -> None:
        out[start * width : stop * width] = convert(xp, _some_blocks(xp, stream.skip(start), stop - start), dtype)

    _in_chunks(xp, needed, work)
    return out[:count]


def _some_blocks(xp: Any, stream: Stream, count: int) -> Array:
    """The stream's first `count` blocks, of no more than a chunk."""
    if count > _FEW_BLOCKS:
        return blocks_at(xp, stream, xp.arange(count, dtype=xp.uint64))
    made = [block(stream.skip(index)) for index in range(count)]
    return xp.array(made, dtype=xp.uint64).reshape(count, 2)


def _in_chunks(xp: Any, count: int, work: Callable[[int, int], None]) -> None:
    """Call work(start, stop) for all parts of `count` that are large enough, on all cores of the host."""
    host = xp.__name__ == "numpy"
    chunk = _HOST_CHUNK if host else _DEVICE_CHUNK
    if count <= chunk:
        work(0, count)
        return
    for_each(lambda start: work(start, min(start + chunk, count)), range(0, count, chunk), together=host)


def _key_schedule(key: int) -> list[tuple[int, int]]:
    k0, k1 = key & M32, key >> 32
    return [(k0 + _KEY_STEPS[0] * index & M32, k1 + _KEY_STEPS[1] * index & M32) for index in range(_ROUNDS)]


def _uniform_of_blocks(xp: Any, words: Array, dtype: str) -> Array:
    if dtype == "float64":
        return doubles(xp, words).reshape(-1)
    bits = _MANTISSA_BITS[dtype]
    mantissa = words.view(xp.int32).reshape(-1) & ((1 << bits) - 1)
    return (mantissa.astype(xp.float32) * xp.float32(2.0**-bits)).astype(storage(dtype), copy=False)


def _normal_of_blocks(xp: Any, words: Array, dtype: str) -> Array:
    if dtype == "float64":
        u = doubles(xp, words)
        radius = xp.sqrt(exact(xp, "log", xp.maximum(u[:, 0], _SMALLEST_RADIUS_UNIFORM)) * -2.0)
        angle = u[:, 1] * (2 * math.pi)
        sine, cosine = xp.sin(angle), xp.cos(angle)
    else:
        words = words.reshape(-1)
        u = (words & 0x7FFFFF).view(xp.int64).astype(xp.float32) * xp.float32(2.0**-23)
        radius = xp.sqrt(log_f32(xp, xp.maximum(u, xp.float32(_SMALLEST_RADIUS_UNIFORM))) * xp.float32(-2))
        angle = (words >> 32 & 0x7FFFFF).view(xp.int64) * (2.0**-23 * 2 * math.pi)
        sine, cosine = sincos_f32(xp, angle.astype(xp.float32))
    out = xp.empty((radius.size, 2), dtype=radius.dtype)
    xp.multiply(sine, radius, out=out[:, 0])
    xp.multiply(cosine, radius, out=out[:, 1])
    return out.reshape(-1).astype(storage(dtype), copy=False)
