"""The random streams of ops that keep no state, and of generators.

- *Stateless ops*: `stateless_stream`, a function of two integers.
- *Generators* (`tf.random.Generator`): three int64, [counter low, counter high, key], that their owner stores;
  `generator_stream` reads them and `advance` moves them.

All numbers here are Python's integers; `philox.py` makes arrays from the streams.
"""

from __future__ import annotations

from collections.abc import Iterable

from .philox import M32, M64, Stream, block

GENERATOR_STATE_SIZE = 3

_SCRAMBLING_KEY = 0x02461E293EC8F720


def stateless_stream(seed: int, seed2: int) -> Stream:
    """The stream of a stateless op with seed [seed, seed2]: Philox itself scrambles the two into key and
    counter.
    """
    key, high = block(Stream((seed2 & M64) << 64 | seed & M64, _SCRAMBLING_KEY))
    return Stream(high << 64, key)


def generator_state(seed: int | Iterable[int], size: int = GENERATOR_STATE_SIZE) -> list[int]:
    """A generator's state from a seed: an integer's 64-bit digits, the lowest first, or up to `size`
    integers, filled with zeros on the left.
    """
    if isinstance(seed, int):
        digits = [seed >> 64 * place for place in range(size)]
    else:
        digits = list(seed)[:size]
        digits = [0] * (size - len(digits)) + digits
    return [signed(digit) for digit in digits]


def generator_stream(generator: Iterable[int]) -> Stream:
    """The stream that begins where a generator's state stands."""
    low, high, key = (part & M64 for part in generator)
    return Stream(high << 64 | low, key)


def advance(generator: Iterable[int], blocks: int) -> list[int]:
    """The generator's state after `blocks` blocks, a number taken modulo 2**64."""
    blocks &= M64
    stream = generator_stream(generator)
    counter = stream.counter + blocks
    if blocks >> 32 == M32 and (stream.counter & M32) + (blocks & M32) > M32:
        counter -= 1 << 64  # TensorFlow loses this carry; it shows when one skips backwards
    return [signed(counter), signed(counter >> 64), signed(stream.key)]


def signed(bits: int) -> int:
    """The int64 with the low 64 bits of an integer."""
    bits &= M64
    return bits - (1 << 64) if bits >> 63 else bits
