"""Attributes that most objects of a class do not have, and say why: the class's answer to a name, in no list of names.

CPython reads every attribute of a class with `__getattr__` many times more slowly, so tensors have these in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class unlisted:
    """A property that may raise AttributeError, and that neither the class nor any list of its attributes shows."""

    __slots__ = ("_get", "_name")

    def __init__(self, get: Callable[[Any], Any], name: str | None = None) -> None:
        self._get, self._name = get, name or get.__name__

    def __get__(self, obj: Any, cls: type) -> Any:
        if obj is None:
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {self._name!r}")
        return self._get(obj)


def listed(cls: type) -> list[str]:
    """What `dir` should say of the objects of a class that has such attributes."""
    return [name for name in dir(cls) if hasattr(cls, name)]


def of_graphs(name: str) -> AttributeError:
    """TensorFlow's error for an attribute that only a tensor in a graph has."""
    return AttributeError(f"Tensor.{name} is undefined when eager execution is enabled.")


def only_in_graphs(name: str) -> unlisted:
    """The attribute that raises it."""

    def refuse(_: Any) -> Any:
        raise of_graphs(name)

    return unlisted(refuse, name)
