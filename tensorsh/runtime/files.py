"""The gate through which programs reach files: what may be read and written is one session's decision.

Whatever opens a file that a program names asks `current` first. A session puts its own gate here before it runs a
statement, as it does with what else belongs to one session alone.
"""

from __future__ import annotations

import os

STANDARD = "-"  # the path that stands for standard input and output


class Files:
    """A gate that lets everything through. A stricter one overrides both methods."""

    def reading(self, path: str) -> str:
        """The path to open for reading. Raises PermissionError if the program may not."""
        return path

    def writing(self, path: str) -> str:
        """The path to write. Raises PermissionError if the program may not."""
        return path


class NoFiles(Files):
    """A gate that is shut."""

    def reading(self, path: str) -> str:
        raise PermissionError(f"no file may be read here: {path!r}")

    def writing(self, path: str) -> str:
        raise PermissionError(f"no file may be written here: {path!r}")


current = Files()


def as_path(path: object) -> str:
    """`path`, if it can be one. Raises TypeError or ValueError."""
    if not isinstance(path, str):
        raise TypeError(f"a path is a string, not {type(path).__name__}")
    if not path or "\0" in path:
        raise ValueError("a path cannot be empty" if not path else "a path cannot hold a NUL character")
    return os.path.expanduser(path)
