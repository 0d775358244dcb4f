"""progress: a loop that shows how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any

from ..color import is_capable
from .registry import op

_EVERY = 0.1  # seconds between two drawings


@op()
def progress(iterable: Iterable[Any], label: str = "") -> Iterator[Any]:
    """The items of an iterable, one by one, while a bar on standard error shows how many there have been.

    iterable: anything a `for` takes; where its length is known, the bar tells the share and the time that is left.
    label: a text before the bar. There is no bar where standard error is no terminal, and none before half a second.

    >>> [x * x for x in progress(range(3))]
    [0, 1, 4]
    """
    return _shown(iterable, label) if is_capable(sys.stderr) else iter(iterable)


def _shown(iterable: Iterable[Any], label: str) -> Iterator[Any]:
    from ..color import ERASE
    from ..drawing.bar import Window, loop_line

    total = len(iterable) if isinstance(iterable, Sized) else None
    begin = time.monotonic()
    due, is_drawn = begin + 0.5, False
    try:
        for done, item in enumerate(iterable):
            now = time.monotonic()
            if now >= due:
                text = loop_line(done, total, now - begin, Window.of(sys.stderr), label)
                print(ERASE + text, end="", file=sys.stderr, flush=True)
                due, is_drawn = now + _EVERY, True
            yield item
    finally:
        if is_drawn:
            print(ERASE, end="", file=sys.stderr, flush=True)
