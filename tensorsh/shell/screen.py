"""The streams that the shell writes to."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

_ERASE = "\r\x1b[K"


class Clock:
    """Tells on a terminal how long something has been running in silence: `... 3 s`, erased before all else is shown.

    `tick` is called now and then while it runs. Streams that share the terminal are LineAware and know the clock.
    There is no lock between the thread that waits and the one that works: a work that is abandoned would keep it.
    """

    SILENCE = 1.0  # seconds without output after which it shows

    def __init__(self, screen: TextIO | None, now: Callable[[], float] = time.monotonic) -> None:
        """screen: where it shows; None: nowhere."""
        self._screen = screen
        self._now = now
        self._began = self._heard = 0.0
        self._shows = False
        self.streams: list[LineAware] = []

    def start(self) -> None:
        """Something begins to run."""
        self._began = self._heard = self._now()

    def tick(self) -> None:
        # On a line that is not finished stands something of the program's: a progress bar, or a question.
        if self._screen is None or any(not stream.is_at_line_begin for stream in self.streams):
            return
        if self._now() - self._heard >= self.SILENCE:
            self._shows = True
            self._screen.write(f"{_ERASE}... {self._now() - self._began:.0f} s")
            self._screen.flush()

    def inherit(self) -> None:
        """Another process may have left something on the line."""
        self._shows = True

    def clear(self) -> None:
        """Something else is about to be shown, or what ran has ended."""
        self._heard = self._now()
        if self._shows and self._screen is not None:
            self._shows = False
            self._screen.write(_ERASE)
            self._screen.flush()


class LineAware:
    """A text stream that can end its last line: a prompt would erase an unfinished line that it stands on."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self.is_at_line_begin = True
        clock.streams.append(self)

    def write(self, text: str) -> int:
        if text:
            self.is_at_line_begin = text.endswith(("\n", _ERASE))
        self._clock.clear()
        return self._stream.write(text)

    def end_line(self) -> None:
        """Begin a new line, if we are not at the beginning of one."""
        if not self.is_at_line_begin:
            self.write("\n")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def say(message: str) -> None:
    """Tell the user something that is no result."""
    sys.stdout.flush()
    print(message, file=sys.stderr, flush=True)
