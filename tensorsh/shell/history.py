"""Where earlier entries are kept: one file under the XDG state folder, for its owner only, entry by entry.

Shells that run side by side write into the same file, each entry under a lock, so that none is lost. An entry is a
comment with the time, and its lines, each after a `+`: prompt_toolkit's form.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from prompt_toolkit.history import History, InMemoryHistory

try:
    import fcntl
except ImportError:  # Windows: there an entry is written in one piece, which is as good
    fcntl = None  # type: ignore[assignment]

MOST_ENTRIES = 10_000
_SPARE = MOST_ENTRIES // 10  # the file is cut when it holds that many more, not for every entry


def history_path(environment: Mapping[str, str]) -> Path | None:
    """The history file: TENSORSH_HISTORY, or one in the state folder; None if TENSORSH_HISTORY is empty."""
    named = environment.get("TENSORSH_HISTORY")
    if named is not None:
        return Path(named).expanduser() if named else None
    return state_folder(environment) / "history"


def state_folder(environment: Mapping[str, str]) -> Path:
    """Where the shell keeps what it is to know the next time.

    The XDG rules: a state folder that is not an absolute path does not count.
    """
    state = environment.get("XDG_STATE_HOME", "")
    folder = Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state"
    return folder / "tensorsh"


def open_history(path: Path | None, warn: Callable[[str], None]) -> History:
    """The history in that file; one in memory, and a warning, if the file cannot be used. None: in memory."""
    if path is None:
        return _Forgotten()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path):
            pass
    except OSError as error:
        warn(_warning(path, error))
        return _Forgotten()
    return _Kept(path, warn)


class _Forgotten(InMemoryHistory):
    """Entries that are kept for this session only."""

    def append_string(self, string: str) -> None:
        if not is_private(string):
            super().append_string(string)


class _Kept(_Forgotten):
    """Entries in a file. It may become unwritable while the shell runs: the shell goes on without it."""

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        super().__init__()
        self._path = path
        self._warn: Callable[[str], None] | None = warn

    def load_history_strings(self) -> Iterable[str]:
        """The entries, the latest first."""
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        return reversed(entries_in(text))

    def store_string(self, string: str) -> None:
        try:
            append(self._path, string)
        except OSError as error:
            if self._warn is not None:
                self._warn(_warning(self._path, error))
            self._warn = None


def is_private(entry: str) -> bool:
    """Whether an entry is to be kept out: it begins with a blank."""
    return entry[:1].isspace()


def entries_in(text: str) -> list[str]:
    """The entries of a history file, in their order."""
    entries: list[str] = []
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith("+"):
            lines.append(line[1:])
        elif lines:
            entries.append("\n".join(lines))
            lines = []
    return entries


def append(path: Path, entry: str, most: int = MOST_ENTRIES, spare: int = _SPARE) -> None:
    """Add the entry to the file; if that holds `spare` more than the most it may, drop the oldest."""
    with _locked(path) as file:
        file.write(kept_form(entry, time.time()).encode("utf-8", "replace"))
        file.flush()
        file.seek(0)
        content = file.read()
        if content.count(b"\n# ") > most + spare:
            kept = entries_in(content.decode("utf-8", "replace"))[-most:]
            beside = path.with_name(f"{path.name}.{os.getpid()}")
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8", errors="replace") as shorter:
                shorter.writelines(kept_form(each, time.time()) for each in kept)
            os.replace(beside, path)


def kept_form(entry: str, seconds: float) -> str:
    """An entry as a history file has it, with its time (in seconds since the epoch)."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
    return f"\n# {when}\n" + "".join(f"+{line}\n" for line in entry.split("\n"))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """The file, open for reading and adding, while no other shell writes into it."""
    while True:
        file = open(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b")  # noqa: SIM115 (closed below)
        with file:
            if fcntl is None:
                yield file
                return
            fcntl.flock(file, fcntl.LOCK_EX)
            # Another shell may have put a shorter file in its place while we waited.
            if os.path.exists(path) and os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
                yield file
                return


def _warning(path: Path, error: OSError) -> str:
    return f"warning: entries are not kept: {path}: {error.strerror or error}"
