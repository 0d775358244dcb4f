"""Readers: each is called for one entry and returns its text.

A reader raises KeyboardInterrupt when the user drops what was typed, EOFError when nothing more will come.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import TextIO

from prompt_toolkit.history import History
from prompt_toolkit.output import create_output

from ..color import is_capable, wants_color
from ..settings import Settings
from .completer import Names
from .editing import is_entry
from .editor import CONTINUATION, PROMPT, Editor

Reader = Callable[[], str]


def choose_reader(history: History, names: Names, settings: Settings) -> Reader:
    """The editor where the terminal can show it, else plain lines. No prompt goes to a redirected output."""
    screen = sys.stdout if sys.stdout.isatty() else sys.stderr
    if is_capable(screen):
        return Editor(history, names, settings, lambda: wants_color(screen), output=create_output(screen))
    return line_reader(sys.stdin, screen)


def line_reader(source: TextIO, screen: TextIO) -> Reader:
    """A reader of plain lines, for a terminal that cannot move its cursor, and where the screen is none."""

    def read() -> str:
        text = _prompted(source, screen, PROMPT)
        while not is_entry(text):
            try:
                text += "\n" + _prompted(source, screen, CONTINUATION)
            except EOFError:
                break  # what is there is to be run, or to be told wrong
        return text

    return read


def _prompted(source: TextIO, screen: TextIO, prompt: str) -> str:
    screen.write(prompt)
    screen.flush()
    # While a line is awaited, an interrupt drops it; at any other time the evaluator has it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        line = source.readline()
    finally:
        signal.signal(signal.SIGINT, before)
    if not line:
        raise EOFError
    return line.removesuffix("\n")
