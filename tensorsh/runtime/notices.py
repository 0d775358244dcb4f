"""Lines for the user that are neither results nor errors: TensorFlow's log warnings and the shell's notes.

They go to standard error. A front end may send them elsewhere with `set_sink`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr)


_sink: Callable[[str], None] = _to_stderr


def set_sink(sink: Callable[[str], None] | None) -> None:
    """Send notices to `sink`; None means standard error again."""
    global _sink
    _sink = sink or _to_stderr


def warn(message: str) -> None:
    """A warning in the form of TensorFlow's log."""
    _sink("WARNING:tensorflow:" + message)


def note(message: str) -> None:
    """A remark of tensorsh's own."""
    _sink("note: " + message)
