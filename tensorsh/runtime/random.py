"""Where random streams come from: TensorFlow's three ways to a counter and a key.

- *Stateful ops* (`tf.random.normal` ...): a pair of seeds, the global one and the op's own, and a memory of
  how far each (op, attributes, seeds) has already drawn. That is a `SeedState`; `state` is the one that a
  process with a single session uses, and the only state here.
- *Stateless ops* and *generators*: see `streams.py`.

Every session has a `SeedState`, and few draw from it: `philox.py`, which makes arrays from streams, is loaded then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .philox import Stream

BLOCKS_PER_OUTPUT = 256  # what TensorFlow sets aside for one output of nearly every op

_LARGEST_SEED = 2**31 - 1
_GLOBAL_SEED_IF_UNSET = 87654321


class FunctionSeeds:
    """The seeds of one run of a `function`: TensorFlow counts them in each graph from 0, and each of a graph's ops
    has a stream of its own, on which later runs go on.

    graph: what stands for the graph. on_draw: called before each draw.
    """

    __slots__ = ("drawn", "graph", "on_draw", "seeded")

    def __init__(self, graph: Hashable, on_draw: Callable[[], None] | None = None) -> None:
        self.graph, self.on_draw = graph, on_draw
        self.seeded = self.drawn = 0


class SeedState:
    """The global seed, the op seeds drawn from it, and how far every op's stream has been used.

    TensorFlow keeps one kernel, with its own generator, for an op's name and attributes; the seeds are among
    the attributes. So an op that is called again with the same seed goes on where it stopped, another op or
    dtype with that seed does not disturb it, and `set_seed` lets all begin anew.
    """

    def __init__(self) -> None:
        self.function: FunctionSeeds | None = None  # of the `function` that is running
        self.generator: Any = None  # what `get_global_generator` hands out
        self._seed: Any = None
        self._draw: Any = None
        self._used: dict[Hashable, int] = {}
        self.learned: dict[Hashable, Any] = {}  # what kernels have learned from the calls before

    def set_seed(self, seed: Any) -> None:
        """Set the global seed: whatever Python's `random.Random` takes or `int` can read. An op's turn wants
        a number, and complains of another.
        """
        from random import Random  # two milliseconds that only a seeded program pays

        try:
            self._draw = Random(seed).randint
        except TypeError:
            self._draw = Random(int(seed)).randint
        self._seed = seed
        self._used, self.learned = {}, {}

    def positions(self) -> dict[Hashable, int]:
        """How far every stream has been used: what `rewind` takes."""
        return self._used.copy()

    def rewind(self, positions: dict[Hashable, int]) -> None:
        """Let every stream go on from where it was."""
        self._used = positions

    def op_seeds(self, op_seed: Any = None) -> tuple[int, int] | None:
        """(seed, seed2) of an op with this seed of its own, or None where nothing is seeded.

        With a global seed and no op seed every call draws the next op seed.
        """
        if self._seed is None:
            if op_seed is None:
                return None
            seeds = (_GLOBAL_SEED_IF_UNSET, int(op_seed % _LARGEST_SEED))
        else:
            if op_seed is None and self.function is not None:
                op_seed, self.function.seeded = self.function.seeded, self.function.seeded + 1
            elif op_seed is None:
                op_seed = self._draw(0, _LARGEST_SEED)
            seeds = (int(self._seed % _LARGEST_SEED), int(op_seed % _LARGEST_SEED))
        return (0, _LARGEST_SEED) if seeds == (0, 0) else seeds

    def stream(self, kernel: Hashable, seeds: tuple[int, int] | None, reserve: int) -> Stream:
        """The stream that a call of an op draws from.

        `kernel` is the op's TensorFlow name with its attributes but the seeds: dtypes, also that of a shape
        given as a tensor. `seeds` are the call's `op_seeds`. The next `reserve` blocks are this call's own.
        """
        from .philox import Stream

        function = self.function
        if function is not None:
            if function.on_draw is not None:
                function.on_draw()
            kernel = (function.graph, function.drawn, kernel)
            function.drawn += 1
        if seeds is None:
            return Stream.from_seeds(*nondeterministic_integers(2))
        used = self._used.get((kernel, seeds), 0)
        self._used[kernel, seeds] = used + reserve
        return Stream.from_seeds(*seeds).skip(used)


state = SeedState()


def reserve_for_outputs(outputs: int) -> int:
    """Blocks that uniform, normal, gamma, poisson ... set aside."""
    return outputs * BLOCKS_PER_OUTPUT


def reserve_for_shuffle(count: int) -> int:
    """Blocks that a shuffle of `count` rows sets aside: a word for each swap."""
    return (count + 2) // 4


def reserve_for_categorical(rows: int, samples: int) -> int:
    """Blocks that `samples` draws for each of `rows` distributions set aside."""
    return rows * 2 * (samples + 3 & ~3) * BLOCKS_PER_OUTPUT


def reserve_for_generator_binomial(batches: int, samples: int) -> int:
    """Blocks by which `Generator.binomial` moves its generator, for `samples` draws of each of `batches`."""
    return batches * 2 * 100 * (samples + 3) // 4 * BLOCKS_PER_OUTPUT


def nondeterministic_integers(count: int) -> list[int]:
    """int64 numbers from the operating system."""
    return [int.from_bytes(os.urandom(8), "little", signed=True) for _ in range(count)]
