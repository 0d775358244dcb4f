"""Help that the window does not hold waits for the statement's end, and is shown by the user's pager."""

import os

import pytest

from tensorsh.settings import Settings
from tensorsh.shell.pager import Pager, pager_command, run_pager

LONG = "\n".join(f"line {i}" for i in range(100))


@pytest.fixture
def paged(monkeypatch):
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((80, 24)))
    return []


def pager(paged, is_there=True, **settings):
    return Pager(Settings(**settings), lambda text: paged.append(text) or is_there)


def test_what_fits_is_shown_at_once(paged, capsys):
    one = pager(paged)
    one.show("a short page")
    assert capsys.readouterr().out == "a short page\n"
    one.flush()
    assert paged == []


def test_what_does_not_fit_is_shown_when_the_statement_is_done(paged, capsys):
    one = pager(paged)
    one.show(LONG)
    assert paged == []
    one.flush()
    one.flush()
    assert paged == [LONG]
    assert capsys.readouterr().out == ""


def test_what_an_interrupted_statement_would_have_shown_is_dropped(paged):
    one = pager(paged)
    one.show(LONG)
    one.drop()
    one.flush()
    assert paged == []


def test_a_setting_turns_it_off(paged, capsys):
    pager(paged, pager=False).show(LONG)
    assert capsys.readouterr().out == LONG + "\n"


def test_without_a_pager_the_text_is_printed(paged, capsys):
    one = pager(paged, is_there=False)
    one.show(LONG)
    one.flush()
    assert capsys.readouterr().out == LONG + "\n"


@pytest.mark.parametrize("value", ["", "no-such-program --flag", "'unclosed"])
def test_a_pager_that_is_not_there_is_none(value):
    assert pager_command({"PAGER": value, "PATH": os.environ["PATH"]}) == []


def test_the_users_pager_with_its_options(monkeypatch, tmp_path):
    copy = tmp_path / "copy"
    monkeypatch.setenv("PAGER", f"tee {copy}")
    assert run_pager("ä page")
    assert copy.read_text(encoding="utf-8") == "ä page\n"
