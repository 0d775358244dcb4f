"""What a program may use: time, memory, output, depth of calls, operations. Each limit names itself, and its flag.

A limit that is reached is a LimitExceeded, which no `except` of a program catches. A program may still go on, in a
`finally` or inside one call into C: so a time limit is held by a second process (`supervised`), which stops the first
from outside when it has not ended of itself a moment later.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from .runtime import memory

TIMED_OUT = 124
_SENT_BY_PROCESS = 0  # SI_USER: a signal's sender is no terminal
#: How long a program that is told to stop may take to do so, in seconds.
GRACE = 1.0
#: How long a start may take where the computer is busy: its time is the program's only from then on.
_START = 1.0


class Limits(NamedTuple):
    """None is no limit."""

    timeout: float | None = None  # seconds
    memory: int | None = None  # bytes, beside what the interpreter itself takes
    output: int | None = None  # bytes
    recursion: int | None = None  # calls open at once
    ops: int | None = None  # operators, calls and subscripts evaluated


#: What --safe sets.
SAFE = Limits(timeout=10.0, memory=1 << 30, output=16 << 20, recursion=500, ops=100_000_000)


def asked_for(arguments: Any) -> Limits:
    """The limits that the command line asks for."""
    given = (arguments.timeout, arguments.max_memory, arguments.max_output, arguments.max_recursion, arguments.max_ops)
    limits = SAFE if arguments.safe else Limits()
    return Limits(*[default if value is None else value or None for value, default in zip(given, limits)])  # type: ignore


class LimitExceeded(BaseException):
    """A limit is reached. Not an Exception, so that a program's `except` lets it through."""

    __module__ = "tensorsh"

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class TimeLimitExceeded(LimitExceeded):
    """The time is over."""

    __module__ = "tensorsh"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the time limit of {seconds:g} s is over", "--timeout SECONDS sets another, 0 none")


class Counter:
    """Counts a program's operations; a program is compiled to call it."""

    def __init__(self, most: int) -> None:
        self._most = self._left = most

    def __call__(self, count: int) -> bool:
        """So many operations are about to be evaluated."""
        self._left -= count
        if self._left < 0:
            raise LimitExceeded(f"the limit of {self._most} operations is reached", "--max-ops N sets another, 0 none")
        return True

    def reset(self) -> None:
        """Begin anew, for the next program."""
        self._left = self._most


class Output:
    """A stream, of text or of bytes, that passes on so much and no more; what it is made of shares its measure.

    Who writes after that is told so by an exception; a program that does it again all the same is ended, if `final`.
    """

    def __init__(self, stream: Any, most: int, final: bool = True, left: list[int] | None = None) -> None:
        self._stream, self._most, self._final = stream, most, final
        self._left = [most] if left is None else left

    def write(self, data: Any) -> int:
        size = len(data.encode("utf-8", "replace")) if isinstance(data, str) and not data.isascii() else len(data)
        left = self._left[0]
        if size > left:
            self._stream.write(data[: max(left, 0)])
        self.count(size)
        return self._stream.write(data)

    def count(self, size: int) -> None:
        """So many bytes are to be written, here or elsewhere. Raises LimitExceeded if they are too many."""
        left = self._left[0]
        if size <= left:
            self._left[0] -= size
            return
        error = LimitExceeded(
            f"the output limit of {memory.written(self._most)} is reached", "--max-output SIZE sets another, 0 none"
        )
        if left < 0 and self._final:
            print(f"error[LimitExceeded]: {error}", file=sys.__stderr__, flush=True)
            os._exit(5)
        self._left[0] = -1
        raise error

    def reset(self) -> None:
        """Begin anew, for the next program."""
        self._left[0] = self._most

    @property
    def buffer(self) -> Output:
        return Output(self._stream.buffer, self._most, self._final, self._left)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def held(limits: Limits) -> Iterator[None]:
    """Hold a program on the main thread to its limits inside the block."""
    before = sys.stdout, sys.stderr, sys.getrecursionlimit()
    if limits.memory is not None:
        memory.confine(limits.memory)
    if limits.output is not None:
        sys.stdout = Output(sys.stdout, limits.output)
        sys.stderr = Output(sys.stderr, limits.output)
    if limits.recursion is not None:
        sys.setrecursionlimit(limits.recursion + _depth())
    stop_clock = _clock(limits.timeout) if limits.timeout is not None else None
    try:
        yield
    finally:
        if stop_clock is not None:
            stop_clock()
        sys.stdout, sys.stderr = before[:2]
        sys.setrecursionlimit(before[2])


def _clock(seconds: float) -> Callable[[], Any]:
    """Raise TimeLimitExceeded in the main thread after so long, and again, until what is returned is called."""
    import signal

    def alarm(*_: Any) -> None:
        raise TimeLimitExceeded(seconds)

    signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds, GRACE / 4)
    return partial(signal.signal, signal.SIGALRM, signal.SIG_IGN)


def _depth() -> int:
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back  # type: ignore[assignment]
    return depth


def supervised(seconds: float) -> int | None:
    """Go on in a new process, which this one ends when its start, `seconds` and a grace are over.

    None in the new process; in this one, when the other has ended, the exit code.
    """
    import signal
    import time

    forwarded = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, *forwarded})
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD, *forwarded})
        return None
    end = time.monotonic() + _START + seconds + GRACE
    while True:
        told = signal.sigtimedwait({signal.SIGCHLD, *forwarded}, max(0.0, end - time.monotonic()))
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if told is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            error = TimeLimitExceeded(seconds)
            print(f"error[TimeLimitExceeded]: {error}\n  = help: {error.hint}", file=sys.stderr)
            return TIMED_OUT
        # What a terminal sends, it sends to both.
        if told.si_signo in forwarded and told.si_code == _SENT_BY_PROCESS:
            os.kill(child, told.si_signo)
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return code
    print(f"tensorsh: the program was ended by {signal.Signals(-code).name}", file=sys.stderr)
    return 128 - code
