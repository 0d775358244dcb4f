"""progress: a loop that shows how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any

from .registry import op

_EVERY = 0.1  # seconds between two drawings
_WIDTH = 24


@op()
def progress(iterable: Iterable[Any], label: str = "") -> Iterator[Any]:
    """The items of an iterable, one by one, while a bar on standard error shows how many there have been.

    iterable: anything a `for` takes; where its length is known, the bar tells the share and the time that is left.
    label: a text before the bar. There is no bar where standard error is no terminal, and none before half a second.

    >>> [x * x for x in progress(range(3))]
    [0, 1, 4]
    """
    return _shown(iterable, label) if sys.stderr.isatty() else iter(iterable)


def _shown(iterable: Iterable[Any], label: str) -> Iterator[Any]:
    total = len(iterable) if isinstance(iterable, Sized) else None
    begin = time.monotonic()
    due, is_drawn = begin + 0.5, False
    try:
        for done, item in enumerate(iterable):
            now = time.monotonic()
            if now >= due:
                _draw(line(label, done, total, now - begin))
                due, is_drawn = now + _EVERY, True
            yield item
    finally:
        if is_drawn:
            _draw("")


def line(label: str, done: int, total: int | None, seconds: float) -> str:
    """What is shown: `label ████      12/50  24 %  3.1 a second, 12 s left`."""
    rate = done / seconds
    spoken = f"{rate:.3g} a second"
    if not total:
        return f"{label} {done}  {spoken}".lstrip()
    filled = _WIDTH * done // total
    left = f", {(total - done) / rate:.0f} s left" if rate else ""
    bar = "█" * filled + "░" * (_WIDTH - filled)
    return f"{label} {bar} {done}/{total}  {100 * done // total} %  {spoken}{left}".lstrip()


def _draw(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()
