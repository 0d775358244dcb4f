"""Where earlier entries are kept: one file under the XDG state folder, for its owner only, entry by entry."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory


def history_path(environment: Mapping[str, str]) -> Path:
    """The history file. The XDG rules: a state folder that is not an absolute path does not count."""
    state = environment.get("XDG_STATE_HOME", "")
    folder = Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state"
    return folder / "tensorsh" / "history"


def open_history(path: Path, warn: Callable[[str], None]) -> History:
    """The history in that file; one in memory, and a warning, if the file cannot be used."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600))
    except OSError as error:
        warn(_warning(path, error))
        return InMemoryHistory()
    return _KeptHistory(path, warn)


class _KeptHistory(FileHistory):
    """A file that may become unwritable while the shell runs: the shell goes on without it."""

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        self._path = path
        self._warn: Callable[[str], None] | None = warn
        super().__init__(path)

    def store_string(self, string: str) -> None:
        try:
            super().store_string(string)
        except OSError as error:
            if self._warn is not None:
                self._warn(_warning(self._path, error))
            self._warn = None


def _warning(path: Path, error: OSError) -> str:
    return f"warning: entries are not kept: {path}: {error.strerror}"
