"""Keras's own rules about seeds, which are not TensorFlow's, and `keras.random.SeedGenerator`.

A seed s is the stateless seed [s, 0], so that a seeded object gives the same numbers at every call. An object without
a seed draws one for itself when it is made, from Python's `random`; of that there is one here for each session, that
`set_random_seed` sets. Functions without a seed take the next one of the session's own generator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ...runtime import local, random
from ...runtime.dtypes import int32, int64
from ...runtime.tensor import Tensor, as_tensor
from ..registry import export, ops
from .variable import KerasVariable, auto_name

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
    local.current.pop("seeds", None)


class SeedGenerator:
    """A source of seeds for functions that draw numbers: a different one each time, the same ones after the same seed.

    Raises ValueError for a seed that is not an integer.

    >>> g = tf.keras.random.SeedGenerator(seed=1)
    >>> g.next(); g.next()
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([1, 0])>
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([1, 1])>
    """

    __module__ = "keras.src.random.seed_generator"

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        self.name = auto_name(type(self).__name__) if name is None else name
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
        self._given_seed = seed
        seed = draw() if seed is None else seed
        if not isinstance(seed, int):
            raise ValueError(f"Argument `seed` must be an integer. Received: seed={seed}")
        self.state = KerasVariable._of([seed, 0], int64, self.name, "seed_generator_state")

    def next(self, ordered: bool = True) -> Tensor:
        """The next seed: two int64. Without `ordered`, both numbers jump about."""
        seed = ops.identity(self.state._value)
        self.state.assign(seed + as_tensor([0, 1], int64) if ordered else (seed + 1) * 5387 % 933199)
        return seed

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this generator again."""
        return {"seed": self._given_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """The generator of these arguments."""
        return cls(**config)


export("tf.keras.random.SeedGenerator", SeedGenerator, None, "keras.seeds")


def stateless(seed: Any) -> Tensor:
    """The stateless seed, two int32, of one of Keras's: an integer, a generator, or None for the session's own.

    Raises ValueError for anything else.
    """
    if isinstance(seed, SeedGenerator):
        drawn = seed.next()
    elif isinstance(seed, int):
        drawn = as_tensor([seed, 0], int64)
    elif seed is None:
        if "seeds" not in local.current:
            local.current["seeds"] = SeedGenerator()
        drawn = local.current["seeds"].next(ordered=False)
    else:
        raise ValueError(
            "Argument `seed` must be either an integer or an instance of `SeedGenerator`. "
            f"Received: seed={seed} (of type {type(seed)})"
        )
    return ops.cast(ops.floormod(drawn, _MODULUS), int32)
