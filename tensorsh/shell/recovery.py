"""A crash loses nothing: a session's entries are kept on disk until it is left, and what was not left can be run again.

Each shell writes a file of its own, an entry before it runs and a mark when it has ended, and holds a lock on it. The
file goes when the shell is left; one that nobody locks belongs to a shell that was killed.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from .history import entries_in, is_private, kept_form

try:
    import fcntl
except ImportError:  # Windows: nothing tells a file of the living from one of the dead
    fcntl = None  # type: ignore[assignment]

_KEPT_DAYS = 30
_ENDED, _INTERRUPTED = "# ended", "# interrupted"
_MARK = re.compile(f"^({_ENDED}|{_INTERRUPTED})\n", re.MULTILINE)


class Lost(NamedTuple):
    """What a session that was not left has entered."""

    path: Path
    last: float  # when it last wrote, in seconds since the epoch
    entries: list[str]
    unfinished: str  # the entry that was running; empty if none was

    @property
    def offer(self) -> str:
        when = time.strftime("%-d %b, %H:%M", time.localtime(self.last))
        count = f"{len(self.entries)} entries" if len(self.entries) != 1 else "one entry"
        return (
            f"A session of {when} ended without being left: :recover runs its {count} again, :recover drop forgets it."
        )


class Journal:
    """The file of the session that runs. What cannot be written is not kept."""

    def __init__(self, folder: Path | None) -> None:
        """Files are made in that folder; None: nothing is kept."""
        self._folder = folder
        self._file: int | None = None
        self._path: Path | None = None

    def entered(self, entry: str) -> Callable[..., None]:
        """Keep an entry that is about to run. Call what this returns when it has ended.

        If it was interrupted, give that what it had done, as text: the whole might run for ever again.
        """
        if self._folder is None or is_private(entry) or fcntl is None:
            return lambda done=None: None
        with contextlib.suppress(OSError):
            if self._file is None:
                self._open(self._folder)
            self._write(kept_form(entry, time.time()))
        return self._ended

    def close(self) -> None:
        """The session is left: nothing is to be recovered."""
        if self._path is not None and self._file is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
            os.close(self._file)
            self._file = None

    def _open(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{time.time_ns()}-{os.getpid()}"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._path = path

    def _ended(self, done: str | None = None) -> None:
        with contextlib.suppress(OSError):
            if done is not None:
                self._write(f"{_INTERRUPTED}\n{kept_form(done, time.time()) if done else ''}")
            self._write(f"{_ENDED}\n")

    def _write(self, text: str) -> None:
        if self._file is not None:
            os.write(self._file, text.encode("utf-8", "replace"))


def lost_sessions(folder: Path) -> Iterator[Lost]:
    """The sessions that were not left, the latest first."""
    try:
        paths = sorted(folder.iterdir(), reverse=True)
    except OSError:
        return
    for path in paths:
        with contextlib.suppress(OSError):
            lost = _lost(path)
            if lost is not None and (lost.entries or lost.unfinished):
                yield lost
            elif lost is not None:
                path.unlink()


def _lost(path: Path) -> Lost | None:
    """What is in the file; None if a shell still holds it."""
    if fcntl is None:
        return None
    with path.open(encoding="utf-8", errors="replace") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return None
        text = file.read()
        last = os.fstat(file.fileno()).st_mtime
    if time.time() - last > _KEPT_DAYS * 86400:
        return Lost(path, last, [], "")
    *complete, rest = _MARK.split(text)
    entries = [entries_in(part) for part, mark in zip(complete[::2], complete[1::2]) if mark == _ENDED]
    return Lost(path, last, [entry for part in entries for entry in part], "\n".join(entries_in(rest)))
