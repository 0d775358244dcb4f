"""The classes that a program may call, and the names of all others that it gets hold of.

Calling a class is the short way out of any sandbox: `type(int)` makes new classes, `numpy.ndarray` reads raw memory.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from .session_classes import is_session_class

_PLAIN_CLASSES = frozenset((int, float, bool, complex, str, bytes, list, tuple, dict, set, frozenset, range, slice))


def open_class(cls: Any) -> Any:
    """The class itself if a program may call it, else its name."""
    open_to_all = cls in _PLAIN_CLASSES or issubclass(cls, (Exception, np.number, np.bool_, np.character))
    return cls if open_to_all or _is_small_float(cls) or is_session_class(cls) else _name(cls)


def opened(args: Any) -> Any:
    """`args` of an error: what a look-up inside did not find stands there, which may be a class such as `type`."""
    if type(args) is tuple:
        return tuple(map(opened, args))
    return open_class(args) if isinstance(args, type) else args


def _is_small_float(cls: type) -> bool:
    """Whether it is bfloat16 or another of the package ml_dtypes."""
    return cls.__base__ is np.generic and cls.__module__ == "ml_dtypes"


class ClassName:
    """A class by name: it prints, compares and checks instances as the class does, and cannot be called."""

    __slots__ = ("_class",)
    __module__ = "tensorsh"

    def __init__(self, cls: Any) -> None:
        self._class = cls

    @property
    def __name__(self) -> str:
        return self._class.__name__.rpartition(".")[2]

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, self._class)

    def __subclasscheck__(self, cls: Any) -> bool:
        return issubclass(cls._class if isinstance(cls, ClassName) else cls, self._class)

    def __eq__(self, other: object) -> bool:
        return (other._class if isinstance(other, ClassName) else other) is self._class

    def __hash__(self) -> int:
        return hash(self._class)

    def __repr__(self) -> str:
        return repr(self._class)


_name = cache(ClassName)  # one of each, since programs compare with `is`
