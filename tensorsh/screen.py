"""The streams on a terminal while something runs, and the bar that is shown there meanwhile."""

from __future__ import annotations

import _thread
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any, TextIO, cast

from .color import ERASE
from .runtime import work

_EVERY = 0.1  # seconds between two drawings


class Clock:
    """Shows on a terminal that something has been running in silence, how long, and how far it is if that is known.

    `tick` is called now and then while it runs. The bar is erased before all else is shown: streams that share the
    terminal are LineAware and know the clock.
    """

    SILENCE = 1.0  # seconds without output after which it shows

    def __init__(self, screen: TextIO | None, now: Callable[[], float] = time.monotonic) -> None:
        """screen: where it shows; None: nowhere."""
        self._screen = screen
        self._now = now
        self._began = self._heard = 0.0
        self._runs = self._shows = False
        self._lock = _thread.allocate_lock()
        self.streams: list[LineAware] = []

    def start(self) -> None:
        """Something begins to run."""
        work.forget()
        self._began = self._heard = self._now()
        self._runs = True

    def tick(self) -> None:
        # On a line that is not finished stands something of the program's: a progress bar, or a question.
        if self._screen is None or any(not stream.is_at_line_begin for stream in self.streams):
            return
        with self._held():
            now = self._now()
            if not self._runs or now - self._heard < self.SILENCE:
                return
            extent, fraction = work.current, None
            if extent is not None and now - extent.began >= self.SILENCE:
                try:
                    fraction = extent.fraction()
                except (OSError, ValueError):  # the file that it reads has just been closed
                    return
                if fraction is None:
                    return
            from .drawing.bar import Window, work_line  # here, for few programs run so long

            self._shows = True
            since = now if extent is None else extent.began
            text = work_line(fraction, now - since, now - self._began, Window.of(self._screen))
            self._screen.write(ERASE + text)
            self._screen.flush()

    def clear(self) -> None:
        """Something else is about to be shown."""
        self._heard = self._now()
        if self._screen is not None:
            with self._held():
                if self._shows:
                    self._shows = False
                    self._screen.write(ERASE)
                    self._screen.flush()

    def inherit(self) -> None:
        """Another process may have left something on the line."""
        self._shows = True

    def stop(self) -> None:
        """What ran has ended."""
        self._runs = False
        self.clear()

    @contextmanager
    def running(self) -> Iterator[None]:
        """A block of what runs."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """A block in which a thread calls `tick`."""
        ended = _thread.allocate_lock()
        ended.acquire()
        with suppress(RuntimeError):  # there may be no more threads
            _thread.start_new_thread(self._tick_until, (ended,))
        try:
            yield
        finally:
            ended.release()

    def _tick_until(self, ended: _thread.LockType) -> None:
        while not ended.acquire(timeout=_EVERY):
            self.tick()

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Alone at the screen, save where a thread that was abandoned is in here for ever."""
        is_ours = self._lock.acquire(timeout=0.05)
        try:
            yield
        finally:
            if is_ours:
                self._lock.release()


class LineAware:
    """A text stream that can end its last line: a prompt would erase an unfinished line that it stands on."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self.is_at_line_begin = True
        clock.streams.append(self)

    def write(self, text: str) -> int:
        if text:
            self.is_at_line_begin = text.endswith(("\n", ERASE))
        self._clock.clear()
        return self._stream.write(text)

    @property
    def buffer(self) -> Any:
        self._clock.clear()
        return self._stream.buffer

    def end_line(self) -> None:
        """Begin a new line, if we are not at the beginning of one."""
        if not self.is_at_line_begin:
            self.write("\n")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def watched() -> Iterator[Clock]:
    """A block in which a clock shows on standard error, a terminal, what runs; it is to be told when something does."""
    clock = Clock(sys.stderr)
    out = LineAware(sys.stdout, clock) if sys.stdout.isatty() else sys.stdout
    err = LineAware(sys.stderr, clock)
    with redirect_stdout(cast(TextIO, out)), redirect_stderr(cast(TextIO, err)), clock.ticking():
        yield clock


def say(message: str) -> None:
    """Tell the user something that is no result."""
    sys.stdout.flush()
    print(message, file=sys.stderr, flush=True)
