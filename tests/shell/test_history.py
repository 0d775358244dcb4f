"""The history file: where it is, what is in it, and what happens when it cannot be used."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tensorsh.shell.history import history_path, open_history


def entries(path: Path) -> list[str]:
    return list(open_history(path, pytest.fail).load_history_strings())


def test_the_file_is_in_the_state_folder(tmp_path: Path) -> None:
    assert history_path({"XDG_STATE_HOME": "/state"}) == Path("/state/tensorsh/history")
    in_home = Path.home() / ".local/state/tensorsh/history"
    assert history_path({}) == history_path({"XDG_STATE_HOME": "not/absolute"}) == in_home


def test_entries_of_many_lines_are_kept_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "history"
    history = open_history(path, pytest.fail)
    history.append_string("x = 1")
    history.append_string("for i in y:\n\n    print('ü')")
    assert entries(path) == ["for i in y:\n\n    print('ü')", "x = 1"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_opened_is_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    warnings: list[str] = []
    history = open_history(tmp_path / "file" / "history", warnings.append)
    history.append_string("x = 1")
    history.append_string("x = 2")
    assert len(warnings) == 1 and "entries are not kept" in warnings[0]
    assert history.get_strings() == ["x = 1", "x = 2"]


def test_a_file_that_becomes_unwritable_is_one_warning(tmp_path: Path) -> None:
    warnings: list[str] = []
    history = open_history(tmp_path / "state" / "history", warnings.append)
    (tmp_path / "state" / "history").unlink()
    (tmp_path / "state").rmdir()
    history.append_string("x = 1")
    history.append_string("x = 2")
    assert len(warnings) == 1
    assert history.get_strings() == ["x = 1", "x = 2"]
