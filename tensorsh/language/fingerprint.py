"""What this package is: in the key of all that is kept on disk."""

from __future__ import annotations

import os
from functools import cache

from .cache import blake2b


@cache
def own_fingerprint() -> bytes:
    """What a compiled program depends on here: this package's files, and the grammar."""
    here = os.path.dirname(os.path.abspath(__file__))
    package = os.path.dirname(here)
    return stamp(here, *(os.path.join(base, "grammar") for base in (package, os.path.dirname(package))))


def stamp(*folders: str) -> bytes:
    """A hash of the folders' Python files and grammars, by what Python's own cache knows of a file: its size, and when
    it was changed.
    """
    parts = []
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith((".py", ".lark")):
                        status = entry.stat()
                        parts.append(f"{entry.path} {status.st_size} {status.st_mtime_ns}")
        except FileNotFoundError:  # the grammar is either beside the package, or inside it
            continue
    parts.sort()
    return blake2b("\n".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).digest()
