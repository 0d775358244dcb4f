"""How a run ends: exit codes, and an error as a message on standard error.

0 done, 1 a false result with --exit-status, 2 usage or an unreadable file, 3 syntax, 5 run-time error, 70 internal
fault, 124 the time limit, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

DONE, FALSE, USAGE, SYNTAX, RUNTIME, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 5, 70, 130


class InputError(Exception):
    """What the command line names cannot be read. `hint`: the way out."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def guarded(session: Any, program: Callable[[], int | None], debug: bool) -> int:
    """Run `program` and turn what it raises into a message on standard error and an exit code."""
    try:
        code = program()
        sys.stdout.flush()
        return code or DONE
    except BrokenPipeError:
        # The reader has gone, as in `| head -1`: nothing is wrong. Keep the interpreter from flushing again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except BaseException as error:
        flush_quietly()
        return explain(session, error, debug)


def explain(session: Any, error: BaseException, debug: bool) -> int:
    """Print an error as a person reads it, and return its exit code."""
    if isinstance(error, MemoryError):
        _let_go(error)  # of what used it up: to explain takes some as well
    from .color import wants_color
    from .limits import TIMED_OUT, TimeLimitExceeded
    from .reports import is_internal_fault, report
    from .session import TensorshSyntaxError

    if isinstance(error, KeyboardInterrupt):
        print("Interrupted", file=sys.stderr)
        return INTERRUPTED
    if isinstance(error, InputError):
        complain(error)
        return USAGE
    print(report(session, error, wants_color(sys.stderr), debug), file=sys.stderr)
    if isinstance(error, TimeLimitExceeded):
        return TIMED_OUT
    if is_internal_fault(error, session.sources):
        return INTERNAL
    return SYNTAX if isinstance(error, TensorshSyntaxError) else RUNTIME


def _let_go(error: MemoryError) -> None:
    """Free what the calls that have ended by the error still hold."""
    trace = error.__traceback__
    while trace is not None:
        with suppress(RuntimeError):  # a call that has not ended: one of those that wait for us
            trace.tb_frame.clear()
        trace = trace.tb_next


def complain(error: Exception) -> None:
    """Say on standard error what is wrong with the command line, or with what it names."""
    hint = getattr(error, "hint", None)
    print(f"tensorsh: {error}" + (f"; {hint}" if hint else ""), file=sys.stderr)


def flush_quietly() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
