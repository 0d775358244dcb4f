"""A session that was not left: what is kept of it, and how it is run again."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from tensorsh.session import Session
from tensorsh.shell.app import Shell
from tensorsh.shell.recovery import Journal, lost_sessions


def killed(folder: Path, *entries: str, unfinished: str = "") -> None:
    """A session that has entered so much, and is no more: its file is there, and nobody holds it."""
    journal = Journal(folder)
    for entry in entries:
        journal.entered(entry)()
    if unfinished:
        journal.entered(unfinished)
    if journal._file is not None:
        os.close(journal._file)


def test_entries_are_kept_until_the_session_is_left(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "sessions")
    assert not (tmp_path / "sessions").exists()  # nothing was entered
    ended = journal.entered("x = 1")
    (path,) = (tmp_path / "sessions").iterdir()
    assert "+x = 1\n" in path.read_text()  # before it has run
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ended()
    assert list(lost_sessions(tmp_path / "sessions")) == []  # it runs
    journal.close()
    assert list((tmp_path / "sessions").iterdir()) == []


def test_what_was_not_left_is_found_the_latest_first(tmp_path: Path) -> None:
    killed(tmp_path, "x = 1", "for i in y:\n    i")
    killed(tmp_path, "z = 1", unfinished="z = a @ a")
    killed(tmp_path)
    latest, earlier = lost_sessions(tmp_path)
    assert (latest.entries, latest.unfinished) == (["z = 1"], "z = a @ a")
    assert (earlier.entries, earlier.unfinished) == (["x = 1", "for i in y:\n    i"], "")
    assert ":recover runs its 2 entries again" in earlier.offer


def test_old_sessions_are_forgotten(tmp_path: Path) -> None:
    killed(tmp_path, "x = 1")
    (path,) = tmp_path.iterdir()
    os.utime(path, (0, 0))
    assert list(lost_sessions(tmp_path)) == []
    assert not path.exists()


def test_what_is_private_or_cannot_be_written_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for journal in (Journal(tmp_path / "sessions"), Journal(tmp_path / "file" / "sessions"), Journal(None)):
        journal.entered(" secret = 1")()
        journal.close()
    Journal(tmp_path / "file" / "sessions").entered("x = 1")()
    assert not (tmp_path / "sessions").exists()


@pytest.fixture
def shell(session: Session, tmp_path: Path) -> Shell:
    killed(tmp_path, "x = 41", "y = nonsense", "x + 1", "print('again')", unfinished="x = 0")
    shell = Shell(lambda: session, lambda: "", journal=Journal(tmp_path))
    shell.lost = list(lost_sessions(tmp_path))
    return shell


def test_recover_runs_the_entries_again(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell.enter(":recover")
    done = capsys.readouterr()
    assert done.out.startswith("again\n") and done.out.endswith("not run again:\nx = 0\n")
    assert done.err.count("error[NameError]") == 1 and "recovered 2:1:5" in done.err
    assert shell.session.visible_names() == {"x": 41}
    assert shell.lost == []
    shell.enter(":recover")
    assert "no session was lost" in capsys.readouterr().err
    assert "+x = 41\n" in next(tmp_path.iterdir()).read_text()  # and would not be lost a second time


def test_commands_that_bind_names_are_kept_too(session: Session, tmp_path: Path) -> None:
    (tmp_path / "setup.tsh").write_text("z = 7\n")
    journal = Journal(tmp_path / "sessions")
    shell = Shell(lambda: session, lambda: "", journal=journal)
    for entry in (f":load {tmp_path}/setup.tsh", ":vars", "y = z", ":set hints off"):
        shell.enter(entry)
    assert journal._file is not None
    os.close(journal._file)
    new = Session()
    again = Shell(lambda: new, lambda: "", journal=Journal(tmp_path / "sessions"))
    again.lost = list(lost_sessions(tmp_path / "sessions"))
    assert again.lost[0].entries == [f":load {tmp_path}/setup.tsh", "y = z"]
    again.enter(":recover")
    assert new.visible_names() == {"z": 7, "y": 7}
    assert again.inputs == shell.inputs == ["z = 7\n", "y = z"]  # what :save writes


def test_recover_shows_or_forgets(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell.enter(":recover show")
    assert capsys.readouterr().out == "x = 41\ny = nonsense\nx + 1\nprint('again')\n# not ended: x = 0\n"
    shell.enter(":recover drop")
    assert list(tmp_path.iterdir()) == [] and shell.session.visible_names() == {}


def test_two_shells_do_not_recover_the_same(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    next(tmp_path.iterdir()).unlink()
    shell.enter(":recover")
    assert "another shell has recovered it" in capsys.readouterr().err


def test_what_was_interrupted_is_not_run_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.entered("x = 1")()
    journal.entered("while True: pass")("")
    journal.entered("y = 2\nwhile True: pass")("y = 2")
    journal.entered("z = 3")
    assert journal._file is not None
    os.close(journal._file)
    (lost,) = lost_sessions(tmp_path)
    assert (lost.entries, lost.unfinished) == (["x = 1", "y = 2"], "z = 3")


def test_an_interrupted_entry_is_kept_as_far_as_it_went(session: Session, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    shell = Shell(lambda: session, lambda: "", journal=journal)
    threading.Timer(0.3, lambda: shell.evaluator.interrupt()).start()
    shell.enter("y = 2\nwhile True: pass")
    assert journal._file is not None
    os.close(journal._file)
    (lost,) = lost_sessions(tmp_path)
    assert (lost.entries, lost.unfinished) == (["y = 2"], "")


def test_a_recovery_that_is_interrupted_can_be_asked_for_again(session: Session, tmp_path: Path) -> None:
    shell = Shell(lambda: session, lambda: "")
    killed(tmp_path, "x = 1", "while True: pass")
    shell.lost = list(lost_sessions(tmp_path))
    threading.Timer(0.3, lambda: shell.evaluator.interrupt()).start()
    shell.enter(":recover")
    assert [lost.entries for lost in shell.lost] == [["x = 1", "while True: pass"]]
    assert [lost.entries for lost in lost_sessions(tmp_path)] == [["x = 1", "while True: pass"]]


def test_a_command_that_is_interrupted_is_undone_and_not_run_again(session: Session, tmp_path: Path) -> None:
    (tmp_path / "endless.tsh").write_text("y = 2\nwhile True: pass\n")
    journal = Journal(tmp_path / "sessions")
    shell = Shell(lambda: session, lambda: "", journal=journal)
    shell.enter("x = 1")
    threading.Timer(0.3, lambda: shell.evaluator.interrupt()).start()
    shell.enter(f":load {tmp_path / 'endless.tsh'}")
    assert "y" not in session.names and "".join(shell.inputs).strip() == "x = 1"
    assert journal._file is not None
    os.close(journal._file)
    (lost,) = lost_sessions(tmp_path / "sessions")
    assert (lost.entries, lost.unfinished) == (["x = 1"], "")
