"""Runs work so that an interrupt comes back at once, whatever is running, and every name keeps its value.

The main thread only waits, for it alone receives signals, and C code that runs there keeps it from them. The
work runs on a thread of its own, which is stopped in two steps:

1. An exception is raised in it. Python code unwinds, closes what it opened and ends.
2. C code does not see it before it returns, and a `finally` may go on for ever. Such a thread is abandoned:
   the next time that it would run Python code it is parked, and so binds nothing after the user has gone on.
"""

from __future__ import annotations

import _thread
import sys
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any

# Together less than the 200 ms after which a key seems to do nothing.
UNWINDING, PARKING = 0.07, 0.02
TICK = 0.1  # seconds between two calls of what is done meanwhile


class Interrupted(Exception):
    """The work was interrupted, and the names are as they were before it."""


class TimedOut(Interrupted):
    """It was stopped since its time was over. `where`: the traceback of the place where it was, if that is known."""

    def __init__(self, where: TracebackType | None) -> None:
        super().__init__()
        self.where = where


class Evaluator:
    """Runs one piece of work at a time. `interrupt` may be called from a signal handler."""

    def __init__(self) -> None:
        self._events: SimpleQueue[Any] = SimpleQueue()
        self.abandoned = False  # a thread of ours may still be inside C code

    def interrupt(self) -> None:
        """Stop the work that runs now, if any does."""
        self._events.put(_INTERRUPT)

    def run(
        self,
        work: Callable[[], None],
        names: dict[str, Any],
        seconds: float | None = None,
        meanwhile: Callable[[], None] | None = None,
        give_way: Callable[[], None] | None = None,
    ) -> None:
        """Run the work, which may bind names, and wait for its end, or for so many seconds.

        meanwhile: called now and then while it runs, on the thread that waits.
        give_way: called when it cannot be stopped, before its thread is abandoned.

        Raises:
            Interrupted: if it was stopped; `names` holds what it held before. TimedOut if by the clock.
            Whatever the work raised, otherwise.
        """
        before = names.copy()
        # A new queue: what came before this work, or comes from work that was abandoned, is void.
        events = self._events = SimpleQueue()
        # Not a threading.Thread, whose own code after the work could be hit by the exception that stops it.
        thread = _thread.start_new_thread(_work, (work, events))
        event = _awaited(events, seconds, meanwhile)
        if event is _INTERRUPT or event is _TIME_IS_OVER:
            error = self._stop(thread, events, give_way)
            if error is not None:
                names.clear()
                names.update(before)
                raise Interrupted if event is _INTERRUPT else TimedOut(error.__traceback__)
        elif event.error is not None:
            raise event.error

    def _stop(self, thread: int, events: SimpleQueue[Any], give_way: Callable[[], None] | None) -> BaseException | None:
        """Stop the thread, or part from it. None if the work was done before the exception reached it."""
        event = None
        while event is None and _is_importing(thread):
            event = _next(events, 0.01)  # a module that is left half imported would stay broken
        if event is None:
            _raise_in(thread, Stop)
            event = _next(events, UNWINDING)
        if event is None:
            _raise_in(thread, _Park)
            event = _next(events, PARKING)
        if event is None:
            if give_way is not None:
                give_way()
            from .runtime import effects, tape  # here, for the shell's start does not wait for NumPy

            self.abandoned = True
            effects.abandon()
            tape.recorders.clear()  # those that the abandoned work opened are never closed
            return Stop()
        return event.error


class Stop(SystemExit):
    """Raised in a thread that is to end. No program can catch it, and Python ends a thread on it quietly."""


class _Park(Stop):
    """Raised in an abandoned thread, which stays in the constructor for ever: before any handler runs."""

    def __init__(self) -> None:
        lock = _thread.allocate_lock()
        lock.acquire()
        lock.acquire()


class _End:
    """The work has ended, with an error or without."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


_INTERRUPT, _TIME_IS_OVER = object(), object()


def _work(work: Callable[[], None], events: SimpleQueue[Any]) -> None:
    error = None
    try:
        work()
    except BaseException as raised:
        error = raised
    events.put(_End(error))


def _awaited(events: SimpleQueue[Any], seconds: float | None, meanwhile: Callable[[], None] | None) -> Any:
    """The first event, or _TIME_IS_OVER."""
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        left = None if end is None else max(end - time.monotonic(), 0.0)
        wait = left if meanwhile is None else TICK if left is None else min(TICK, left)
        try:
            return events.get(timeout=wait)
        except Empty:
            if wait == left:
                return _TIME_IS_OVER
            if meanwhile is not None:
                meanwhile()


def _next(events: SimpleQueue[Any], seconds: float) -> _End | None:
    """The work's end, if it comes in time. More interrupts change nothing."""
    try:
        while (event := events.get(timeout=seconds)) is _INTERRUPT:
            pass
        return event
    except Empty:
        return None


def _raise_in(thread: int, exception: type[BaseException]) -> None:
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))


def _is_importing(thread: int) -> bool:
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False
