"""The history file: where it is, what is in it, and what happens when it cannot be used."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

import pytest

from tensorsh.shell.history import append, entries_in, history_path, open_history


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


def test_the_environment_names_another_file_or_none(tmp_path: Path) -> None:
    assert history_path({"TENSORSH_HISTORY": "/other/file", "XDG_STATE_HOME": "/state"}) == Path("/other/file")
    assert history_path({"TENSORSH_HISTORY": "~/file"}) == Path.home() / "file"
    assert history_path({"TENSORSH_HISTORY": "", "XDG_STATE_HOME": "/state"}) is None
    assert open_history(None, pytest.fail).get_strings() == []


def test_a_leading_blank_keeps_an_entry_out(tmp_path: Path) -> None:
    for history in (open_history(tmp_path / "history", pytest.fail), open_history(None, pytest.fail)):
        for entry in (" secret = 1", "x = 1", "\n  y"):
            history.append_string(entry)
        assert history.get_strings() == ["x = 1"]
    assert "secret" not in (tmp_path / "history").read_text()


def test_what_is_no_text_does_no_harm(tmp_path: Path) -> None:
    """A terminal may send bytes that are no UTF-8."""
    open_history(tmp_path / "history", pytest.fail).append_string("x = '\udc80'")
    assert entries(tmp_path / "history") == ["x = '?'"]


def test_the_oldest_entries_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "history"
    for i in range(13):
        append(path, f"x = {i}\ny", most=10, spare=3)
    assert len(entries_in(path.read_text())) == 13
    append(path, "last", most=10, spare=3)
    assert entries_in(path.read_text()) == [*(f"x = {i}\ny" for i in range(4, 13)), "last"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["history"]


def write_many(path: Path, name: str, count: int) -> None:
    for i in range(count):
        append(path, f"{name} {i}\n    more", most=1000, spare=0)


def test_shells_side_by_side_lose_nothing(tmp_path: Path) -> None:
    """Four shells write at once, and shorten the file now and then."""
    path = tmp_path / "history"
    for i in range(990):
        with path.open("a") as file:
            file.write(f"\n# then\n+old {i}\n")
    context = multiprocessing.get_context("spawn")
    shells = [context.Process(target=write_many, args=(path, name, 20)) for name in "abcd"]
    for shell in shells:
        shell.start()
    for shell in shells:
        shell.join()
        assert shell.exitcode == 0
    kept = entries_in(path.read_text())
    assert len(kept) == 1000
    for name in "abcd":
        assert [entry for entry in kept if entry.startswith(name)] == [f"{name} {i}\n    more" for i in range(20)]
