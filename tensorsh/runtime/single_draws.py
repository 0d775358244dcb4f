"""Random numbers one at a time, as TensorFlow's kernels take them that reject some: from the words of a stream."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .philox import M32, Stream, blocks

_AT_ONCE = 64  # blocks that are computed ahead


class Draws:
    """The 32-bit words of a stream, in order."""

    __slots__ = ("_stream", "_words")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._words: Iterator[int] = iter(())

    def word(self) -> int:
        """The next word."""
        for found in self._words:
            return found
        self._words = iter(blocks(np, self._stream, _AT_ONCE).view(np.uint32).reshape(-1).tolist())
        self._stream = self._stream.skip(_AT_ONCE)
        return next(self._words)

    def double(self) -> float:
        """The next number in [0, 1), of two words."""
        high, low = self.word(), self.word()
        return ((high & 0xFFFFF) << 32 | low) * 2.0**-52

    def single(self) -> float:
        """The next number in [0, 1) of one word, with a float32's digits."""
        return (self.word() & 0x7FFFFF) * 2.0**-23

    def below(self, n: int) -> int:
        """A whole number in [0, n) of one word, more where one would favour the small numbers."""
        if not n & n - 1:
            return self.word() & n - 1
        rest = M32 % n + 1
        while (found := self.word()) < rest:
            pass
        return found % n

    def below64(self, n: int) -> int:
        """The same of two words."""
        if not n & n - 1:
            return self._word64() & n - 1
        rest = (2**64 - 1) % n + 1
        while (found := self._word64()) < rest:
            pass
        return found % n

    def _word64(self) -> int:
        low = self.word()
        return self.word() << 32 | low
