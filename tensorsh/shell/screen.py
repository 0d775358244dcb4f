"""The streams that the shell writes to."""

from __future__ import annotations

import sys
from typing import Any, TextIO


class LineAware:
    """A text stream that can end its last line: a prompt would erase an unfinished line that it stands on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._ended = True

    def write(self, text: str) -> int:
        if text:
            self._ended = text.endswith("\n")
        return self._stream.write(text)

    def end_line(self) -> None:
        """Begin a new line, if we are not at the beginning of one."""
        if not self._ended:
            self.write("\n")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def say(message: str) -> None:
    """Tell the user something that is no result."""
    sys.stdout.flush()
    print(message, file=sys.stderr, flush=True)
