"""The gate through which programs reach files: what may be read and written is one session's decision.

Whatever opens a file that a program names asks `current` first. A session puts its own gate here before it runs a
statement, as it does with what else belongs to one session alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

STANDARD = "-"  # the path that stands for standard input and output


class Files:
    """A gate that lets everything through. A stricter one overrides both methods."""

    #: Whether what a folder holds may be told.
    tells_names = True

    def reading(self, path: str) -> str:
        """The path to open for reading. Raises PermissionError if the program may not."""
        return path

    def writing(self, path: str) -> str:
        """The path to write. Raises PermissionError if the program may not."""
        return path


class NoFiles(Files):
    """A gate that is shut."""

    tells_names = False

    def reading(self, path: str) -> str:
        raise PermissionError(f"no file may be read here: {path!r}")

    def writing(self, path: str) -> str:
        raise PermissionError(f"no file may be written here: {path!r}")


class OnlyThese(Files):
    """A gate that lets the named paths through, whatever way leads to them, and nothing else."""

    tells_names = False

    def __init__(self, read: Iterable[str], write: Iterable[str]) -> None:
        self._read, self._write = (frozenset(map(os.path.realpath, paths)) for paths in (read, write))

    def reading(self, path: str) -> str:
        return self._real(path, self._read, "read", "-d NAME=PATH")

    def writing(self, path: str) -> str:
        return self._real(path, self._write, "written", "-O PATH")

    def _real(self, path: str, allowed: frozenset[str], done: str, flag: str) -> str:
        """Where the path leads, which is what is opened: a link that is turned afterwards leads nowhere else."""
        real = os.path.realpath(path)
        if real in allowed:
            return real
        error: Any = PermissionError(f"this file may not be {done} here: {path!r}")
        error.hint = f"under --safe a program reaches the files that the command line names: {flag}"
        raise error


current = Files()


def as_path(path: object) -> str:
    """`path`, if it can be one. Raises TypeError or ValueError."""
    if not isinstance(path, str):
        raise TypeError(f"a path is a string, not {type(path).__name__}")
    if not path or "\0" in path:
        raise ValueError("a path cannot be empty" if not path else "a path cannot hold a NUL character")
    return os.path.expanduser(path)
