"""When colours are shown."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from tensorsh import color
from tensorsh.color import choose, is_capable, wants_color


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("FORCE_COLOR", "")
    monkeypatch.setattr(color, "_choice", "auto")


@pytest.mark.parametrize(("term", "capable"), [("xterm", True), ("dumb", False), ("", False)])
def test_a_capable_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch, term: str, capable: bool) -> None:
    monkeypatch.setenv("TERM", term)
    assert is_capable(Terminal()) is wants_color(Terminal()) is capable
    assert not is_capable(io.StringIO()) and not wants_color(io.StringIO())


def test_the_environment_and_the_option_are_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert wants_color(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_color(Terminal()) and not wants_color(io.StringIO())
    choose("always")
    assert wants_color(io.StringIO())
    choose("never")
    monkeypatch.setenv("NO_COLOR", "")
    assert not wants_color(Terminal())


def test_an_error_is_coloured_when_asked_and_a_result_never() -> None:
    command = [sys.executable, "-m", "tensorsh", "--color=always", "-e", "2", "-e", "nonsense"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == "2\n"
    assert done.stderr.startswith("\x1b[1;31merror[NameError]\x1b[0m")
