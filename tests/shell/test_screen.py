"""The streams that the shell writes to."""

from __future__ import annotations

import io

import pytest

from tensorsh.shell.screen import LineAware, is_capable, shows_colour


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_unfinished_line_is_ended_once() -> None:
    stream = io.StringIO()
    out = LineAware(stream)
    out.end_line()
    print("a", end="", file=out)
    out.end_line()
    out.end_line()
    assert stream.getvalue() == "a\n"


@pytest.mark.parametrize(("term", "capable"), [("xterm", True), ("dumb", False), ("", False)])
def test_a_capable_terminal(monkeypatch: pytest.MonkeyPatch, term: str, capable: bool) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert is_capable(Terminal()) is shows_colour(Terminal()) is capable
    assert not is_capable(io.StringIO())


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert is_capable(Terminal()) and not shows_colour(Terminal())
