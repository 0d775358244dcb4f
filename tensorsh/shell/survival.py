"""The shell outlives what it runs: C code that keeps the interpreter to itself, a crash in it, the want of memory.

While a piece of work runs, a copy of the shell's process, its keeper, waits beside it with everything as it was before.
When the work is done the keeper goes. When the process dies instead, or does not come back from Ctrl-C or a time limit,
the keeper ends it, and goes on as the shell. Memory is not copied by that before one of the two writes to it.

The process that the terminal's job stands for, and that the user's own shell waits for, does nothing but to wait for
the last of them (`outlived`).
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from ..evaluate import Interrupted, TimedOut

#: How long a process may take to come back by itself, after Ctrl-C and when its time is over, in seconds. It knows
#: before that it cannot (`evaluate.py`), unless it is kept from running Python at all.
PATIENCE, GRACE = 0.12, 0.5


class ProcessDied(Exception):
    """The process that ran the work is no more; the names are as they were before it."""

    __module__ = "tensorsh"

    def __init__(self) -> None:
        super().__init__("the process that ran this has died, perhaps for want of memory")
        self.hint = "every name is as it was before this statement"


class _Ended(Exception):
    """We have ended the process that ran the work."""


def outlived(run: Callable[[Keepers], int]) -> int:
    """Run a shell in a process that its keepers can take the place of, and return the exit code."""
    ours, theirs = socket.socketpair()
    process = _fork()
    if process is None:
        ours.close()
        theirs.close()
        return run(Keepers(None))
    if process:
        theirs.close()
        return _attend(ours, process)
    ours.close()
    keepers = Keepers(theirs)
    code = run(keepers)
    keepers.leave(code)


class Keepers:
    """What a shell's process leaves behind before each piece of work, and who is told when one goes on in its place."""

    def __init__(self, attendant: socket.socket | None) -> None:
        """attendant: a link to the process that waits for the shell's end; None: nobody keeps anything."""
        self._attendant = attendant
        self._former: int | None = None  # a keeper that goes, or has gone
        if attendant is not None:
            self._end_with_attendant()

    @contextmanager
    def beside(self, seconds: float | None, going_on: Callable[[], None]) -> Iterator[Callable[[], None]]:
        """Do work while a keeper waits. What the block is given ends this process, for work that cannot be stopped.

        seconds: how long the work may take. going_on: called in the keeper, before it goes on in this process's place.

        Raises Interrupted, TimedOut or ProcessDied in the keeper, if it has to go on in this process's place.
        """
        if self._attendant is None or "cupy" in sys.modules:  # a GPU's memory is not copied with a process
            yield lambda: None
            return
        if self._former:
            _exit_code(self._former)
        news, done = os.pipe()
        worker = os.getpid()
        self._former = _fork()
        if self._former == 0:
            os.close(done)
            self._keep(worker, news, seconds, going_on)
        os.close(news)
        try:
            yield (lambda: None) if self._former is None else _end_process
        finally:
            with suppress(OSError):
                os.write(done, b"\n")
            os.close(done)

    def leave(self, code: int) -> NoReturn:
        """The user leaves the shell: end this process, whatever still runs in it."""
        sys.stdout.flush()
        sys.stderr.flush()
        self._tell(b"left", code)
        os._exit(code)

    def _keep(self, worker: int, news: int, seconds: float | None, going_on: Callable[[], None]) -> NoReturn:
        """Wait beside the worker; end when it has done, and raise what became of it when it is dead."""
        assert self._attendant is not None
        was_interrupted = False

        def end(*_: object) -> None:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
            raise _Ended

        def interrupt(*_: object) -> None:
            nonlocal was_interrupted
            if not was_interrupted:
                was_interrupted = True
                signal.setitimer(signal.ITIMER_REAL, PATIENCE)

        began = time.monotonic()
        before = signal.signal(signal.SIGALRM, end), signal.signal(signal.SIGINT, interrupt)
        # Not until the process is gone, which first gives back its memory: that may take longer than a key may.
        with suppress(_Ended):
            if seconds is not None:
                signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
            if self._attendant.fileno() in select.select([news, self._attendant.fileno()], [], [])[0]:
                end()
            if os.read(news, 1):
                os._exit(0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before[0])
        signal.signal(signal.SIGINT, before[1])
        os.close(news)
        self._tell(b"live", os.getpid())
        self._end_with_attendant()
        going_on()
        if was_interrupted:
            raise Interrupted
        if seconds is not None and time.monotonic() - began >= seconds:
            raise TimedOut(None)
        raise ProcessDied

    def _tell(self, what: bytes, number: int) -> None:
        assert self._attendant is not None
        try:
            self._attendant.sendall(b"%s %d\n" % (what, number))
        except OSError:  # it was killed
            os._exit(1)

    def _end_with_attendant(self) -> None:
        """End this process as soon as the other has ended, on which only the journal of the session stays."""
        link = self._attendant
        assert link is not None

        def wait() -> None:
            link.recv(1)
            os._exit(1)

        threading.Thread(target=wait, daemon=True).start()


def _fork() -> int | None:
    """The new process, 0 in that one; None if there can be none."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        return os.fork() if hasattr(os, "fork") else None
    except OSError:  # the user has as many as may be, or there is no memory for a second
        return None


def _exit_code(process: int) -> int:
    """That of a child that is about to end; negative: the signal that ended it."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    except ChildProcessError:  # nobody is told of it where our own parent had us ignore its end
        return 0


def _end_process() -> None:
    sys.stdout.flush()
    os._exit(1)


def _attend(link: socket.socket, process: int) -> int:
    """Wait for the end of the last process that goes on as the shell; the exit code."""
    live, code = process, None

    def pass_on(which: int, _: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(live, which)
        signal.signal(which, signal.SIG_DFL)
        os.kill(os.getpid(), which)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all of us
    for which in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, pass_on)
    for line in link.makefile("rb"):
        what, number = line.split()
        if what == b"live":
            live = int(number)
        else:
            code = int(number)
    status = _exit_code(process)
    if code is not None:
        return code
    if status >= 0:
        return status
    print(f"tensorsh: the shell was ended by {signal.Signals(-status).name}", file=sys.stderr)
    return 128 - status
