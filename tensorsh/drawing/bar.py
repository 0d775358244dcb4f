"""Progress bars: how far work is, in one line that fits the window."""

from __future__ import annotations

import os
from typing import NamedTuple, TextIO

_WIDTH = 24
_FREE = 3  # columns at the end: for the ^C that a terminal shows, and since it may begin a line after its last
_SLIDER = 6  # the part that moves where it is not known how far the work is
_STEPS = 10  # of the slider in a second


class Window(NamedTuple):
    """Where a bar is drawn."""

    columns: int = 80
    marks: str = "█░"  # what is done, and what is not

    @classmethod
    def of(cls, stream: TextIO) -> Window:
        """The terminal that a stream is written to."""
        try:
            columns = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        try:
            cls().marks.encode(stream.encoding or "utf-8")
        except UnicodeEncodeError:
            return cls(columns or 80, "#-")
        return cls(columns or 80)


def line(fraction: float | None, seconds: float, window: Window, before: str = "", after: str = "") -> str:
    """`before ██████░░░░░░ after` as it fits the window: the bar gets narrower, then the text is cut.

    fraction: from 0 to 1; without it a part of the bar goes to and fro as the seconds pass.
    """
    most = max(window.columns - _FREE, 0)
    room = most - sum(len(text) + 1 for text in (before, after) if text)
    drawn = _bar(fraction, seconds, min(_WIDTH, room), window.marks) if room > 1 else ""
    return " ".join(filter(None, (before, drawn, after)))[:most]


def _bar(fraction: float | None, seconds: float, width: int, marks: str) -> str:
    done, left = marks[0], marks[1]
    if fraction is not None:
        filled = int(width * fraction)
        return done * filled + left * (width - filled)
    slider = min(_SLIDER, width)
    way = width - slider
    step = int(seconds * _STEPS) % (2 * way) if way else 0
    begin = min(step, 2 * way - step)
    return left * begin + done * slider + left * (way - begin)


def work_line(fraction: float | None, seconds: float, total: float, window: Window) -> str:
    """The bar of work that has been going on for `total` seconds, its last piece for `seconds`: how far that is."""
    if fraction is None:
        return line(None, total, window, after=f"{total:.0f} s")
    left = f", {seconds / fraction - seconds:.0f} s left" if fraction > 0 else ""
    return line(fraction, seconds, window, after=f"{int(100 * fraction)} %  {total:.0f} s{left}")


def loop_line(done: int, total: int | None, seconds: float, window: Window, label: str = "") -> str:
    """The bar of a loop: `label ██████░░░░░░ 12/48  25 %  3.1 a second, 12 s left`."""
    rate = done / seconds
    spoken = f"{rate:.3g} a second"
    if not total:
        return line(None, seconds, window, label, f"{done}  {spoken}")
    left = f", {(total - done) / rate:.0f} s left" if rate else ""
    return line(done / total, seconds, window, label, f"{done}/{total}  {100 * done // total} %  {spoken}{left}")
