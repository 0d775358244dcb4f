"""Python's `deque` and `Counter`, which can be interrupted while they walk what they are given."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable
from typing import Any

from .bounded import breathing


class deque(collections.deque):
    """Python's deque: items that come and go at both ends."""

    __slots__ = ()
    __module__ = "collections"

    def __init__(self, iterable: Iterable[Any] = (), maxlen: int | None = None) -> None:
        super().__init__(breathing(iterable), maxlen)

    def extend(self, iterable: Iterable[Any]) -> None:
        """Append all items."""
        super().extend(breathing(iterable))

    def extendleft(self, iterable: Iterable[Any]) -> None:
        """Append all items at the left, one before the other."""
        super().extendleft(breathing(iterable))

    def __iadd__(self, iterable: Iterable[Any]) -> Any:
        return super().__iadd__(breathing(iterable))


class Counter(collections.Counter):
    """Python's Counter: how often there is each of some items."""

    __module__ = "collections"

    def update(self, iterable: Any = None, /, **counts: int) -> None:
        """Count more items, or add counts."""
        super().update(breathing(iterable), **counts)


def _counting(name: str) -> Callable[..., Any]:
    """An operator that gives a Counter as the program knows it."""
    compute = getattr(collections.Counter, name)

    def operator(*counters: Any) -> Any:
        result = compute(*counters)
        return result if result is NotImplemented else Counter(result)

    return operator


for _name in ("__add__", "__sub__", "__or__", "__and__", "__pos__", "__neg__"):
    setattr(Counter, _name, _counting(_name))
