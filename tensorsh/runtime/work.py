"""How far the work at hand is, for whoever shows it. Told by the outermost piece of work that knows its extent.

To tell costs a loop one look at a variable: how many items an iterator still holds is asked only where a bar is drawn.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from operator import length_hint
from typing import Any, TypeVar

T = TypeVar("T")


class Extent:
    """`with Extent(fraction):` is work of which `fraction()` tells, from any thread, which part of it is done.

    fraction: gives a number from 0 to 1, or None while nothing is to be shown, since the user is asked something.
    """

    __slots__ = ("began", "fraction")

    def __init__(self, fraction: Callable[[], float | None]) -> None:
        self.fraction = fraction
        self.began = time.monotonic()

    def __enter__(self) -> None:
        global current
        if current is None:
            current = self

    def __exit__(self, *exc: Any) -> None:
        global current
        if current is self:
            current = None


current: Extent | None = None


def forget() -> None:
    """New work begins; what was interrupted may have left its extent."""
    global current
    current = None


def taken(queue: Iterator[Any], count: int) -> Extent:
    """The extent of work on `count` items, which are taken from an iterator that knows how many it still holds."""
    # An item that has been taken is at work, and not yet done.
    return Extent(lambda: max(count - length_hint(queue) - 1, 0) / max(count, 1))


def over(items: Sequence[T]) -> Iterator[T]:
    """The items, one by one."""
    queue = iter(items)
    with taken(queue, len(items)):
        yield from queue


def reading(file: Any) -> Extent:
    """The extent of reading a binary file from its beginning to its end."""
    if isinstance(file, io.BytesIO):
        return Extent(lambda: file.tell() / max(file.getbuffer().nbytes, 1))
    descriptor = file.fileno()
    size = max(os.fstat(descriptor).st_size, 1)
    return Extent(lambda: min(os.lseek(descriptor, 0, os.SEEK_CUR) / size, 1.0))


def asking() -> Extent:
    """A wait for what the user types."""
    return Extent(lambda: None)
