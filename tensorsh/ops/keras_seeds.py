"""Keras's own rules about seeds, which are not TensorFlow's.

A seed s is the stateless seed [s, 0], so that a seeded object gives the same numbers at every call. An object without
a seed draws one for itself when it is made, from Python's `random`; of that there is one here for each session, that
`set_random_seed` sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..runtime import random
from ..runtime.dtypes import int32, int64
from ..runtime.tensor import Tensor, as_tensor
from .registry import ops

if TYPE_CHECKING:
    from random import Random

_MODULUS = 2**31 - 2
_LARGEST_DRAWN = 10**9
_generators: WeakKeyDictionary[random.SeedState, Random] = WeakKeyDictionary()


def draw() -> int:
    """The seed of an object that was given none."""
    if random.state not in _generators:
        start()
    return _generators[random.state].randint(1, _LARGEST_DRAWN)


def start(seed: int | None = None) -> None:
    """Let the session draw its seeds from here on: the same ones after the same seed, nobody's without."""
    from random import Random

    _generators[random.state] = Random(seed)


def stateless(seed: int) -> Tensor:
    """The stateless seed of one of Keras's: two int32."""
    return ops.cast(ops.floormod(as_tensor([seed, 0], int64), _MODULUS), int32)
