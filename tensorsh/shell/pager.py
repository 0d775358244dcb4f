"""Pages of help that are longer than the window, in the user's pager."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping

from ..settings import Settings
from .window import fits


class Pager:
    """Shows texts: what the window holds at once, what it does not when the statement that shows it is done.

    `show` may be called on the thread that the statement runs on, `flush` only on the main one: a pager that ran as
    part of a statement would be left behind with it by Ctrl-C, which most pagers have another use for.
    """

    def __init__(self, settings: Settings, run: Callable[[str], bool] | None = None) -> None:
        """run: shows a text in a pager, and tells whether it could."""
        self._settings = settings
        self._run = run or run_pager
        self._waiting: list[str] = []

    def show(self, text: str) -> None:
        if self._settings.pager and not fits(text, *shutil.get_terminal_size()):
            self._waiting.append(text)
        else:
            print(text)

    def drop(self) -> None:
        """Forget what waits: the user has interrupted the statement."""
        self._waiting.clear()

    def flush(self) -> None:
        """Show what waits."""
        text, self._waiting = "\n\n".join(self._waiting), []
        if text and not self._run(text):
            print(text)


def pager_command(environment: Mapping[str, str]) -> list[str]:
    """The words of the pager's command line: `$PAGER`, else less; none if it is empty, or not there."""
    try:
        words = shlex.split(environment.get("PAGER", "less"))
    except ValueError:  # a quote in it is not closed
        return []
    return words if words and shutil.which(words[0]) else []


def run_pager(text: str) -> bool:
    """Show the text in the user's pager until it is left. False if there is none."""
    words = pager_command(os.environ)
    if not words:
        return False
    # As git does: less leaves the text on the screen, and ends by itself if all of it is there.
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    try:
        subprocess.run(words, input=f"{text}\n", encoding="utf-8", errors="replace", env=environment)
    except OSError:
        return False
    return True
