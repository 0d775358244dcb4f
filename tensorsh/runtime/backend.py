"""Which array module holds a tensor: NumPy, or CuPy on a GPU.

Everything above this file touches arrays only through the module `xp` that `module_of` returns. Copies
between host and device happen in `to_host` and `from_host`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

_MODULES: dict[type, Any] = {np.ndarray: np}

#: The array module in which creation ops make new arrays.
active: Any = np


def register(xp: ModuleType) -> None:
    """Let tensors be held by `xp`, an array module with CuPy's interface."""
    _MODULES[xp.ndarray] = xp


def register_type(array_type: type, xp: ModuleType | None) -> None:
    """Let tensors be held by arrays of a type that `xp`'s functions take; None: each of them knows by its `home`."""
    _MODULES[array_type] = xp


def is_array(value: Any) -> bool:
    """Whether a value is an array that may hold a tensor."""
    return type(value) in _MODULES


#: From how many elements on an array on the CPU is lazy: see `lazy`.
large = 2**18

#: The class of lazy arrays, once there has been one.
Lazy: Any = None


def lazily(array: Any) -> Any:
    """A large NumPy array of numbers as a lazy one; any other array as it is."""
    from . import lazy

    return lazy.of(array)


def settled(array: Any) -> Any:
    """The array that a lazy one stands for; any other array as it is."""
    return array.get() if type(array) is Lazy else array


def module_of(array: Any) -> Any:
    """The array module of `array`."""
    return _MODULES[type(array)] or array.home or np


_vocabularies: dict[type, Any] = {}


def vocabulary(array_type: type) -> Any:
    """The array module of lazy arrays whose values are of this type: for CuPy's arrays, and None for others."""
    if array_type not in _vocabularies:
        xp = _MODULES.get(array_type)
        if getattr(xp, "__name__", "") != "cupy":
            return None
        from .device_lazy import Vocabulary

        _vocabularies[array_type] = Vocabulary(xp)
    return _vocabularies[array_type]


@contextmanager
def using(xp: ModuleType) -> Iterator[None]:
    """Create new arrays in `xp` inside the block."""
    global active
    register(xp)
    before, active = active, xp
    try:
        yield
    finally:
        active = before


def to_host(array: Any) -> np.ndarray:
    """`array` as a NumPy array: itself on the CPU, a copy from a GPU."""
    array = settled(array)
    return array if type(array) is np.ndarray else array.get()


def beside(array: Any, other: Any) -> Any:
    """`array` in the array module that holds `other`: a host's that meets a device's is copied to it."""
    xp, own = module_of(other), module_of(array)
    if xp is own or hasattr(own, "run_kernel"):
        return array  # in that module, or in one that meets all others
    return to_host(array) if xp is np else xp.asarray(to_host(array))


def from_host(array: np.ndarray) -> Any:
    """`array` where creation ops put their results; strings always stay on the host."""
    return array if active is np or array.dtype == object else active.asarray(array)


def quiet() -> None:
    """Let floating-point exceptions pass silently in this thread: 1/0 is inf, as in TensorFlow."""
    np.seterr(all="ignore")


quiet()
