"""Readers: each is called for one entry and returns its text.

A reader raises KeyboardInterrupt when the user drops what was typed, EOFError when nothing more will come.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import AnyFormattedText
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.output import ColorDepth, Output, create_output
from prompt_toolkit.styles import Style

from .editing import is_entry
from .keys import key_bindings
from .screen import is_capable

PROMPT, CONTINUATION = "tsh> ", " ... "

Reader = Callable[[], str]


def choose_reader(history: History) -> Reader:
    """The editor where the terminal can show it, else plain lines. No prompt goes to a redirected output."""
    screen = sys.stdout if sys.stdout.isatty() else sys.stderr
    if is_capable(screen):
        return editor(history, output=create_output(screen))
    return line_reader(sys.stdin, screen)


def editor(history: History, input: Input | None = None, output: Output | None = None) -> Reader:
    """A reader with an editor for entries of many lines."""
    session: PromptSession[str] = PromptSession(
        [("class:prompt", PROMPT)],
        multiline=True,
        prompt_continuation=_continuation,
        key_bindings=key_bindings(),
        history=history,
        style=Style.from_dict({"prompt": "bold", "continuation": ""}),
        color_depth=ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None,
        enable_suspend=True,
        input=input,
        output=output,
    )
    return session.prompt


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


def _continuation(width: int, line: int, wrapped: int) -> AnyFormattedText:
    return [("class:continuation", " " * width if wrapped else CONTINUATION)]
