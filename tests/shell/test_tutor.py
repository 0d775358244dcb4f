"""The tutor: every step can be done as it says, and is not done before."""

from __future__ import annotations

import pytest

from tensorsh.session import Session
from tensorsh.shell.app import Shell
from tensorsh.shell.tutor import STEPS, Lesson


@pytest.fixture
def shell(session: Session) -> Shell:
    return Shell(lambda: session, lambda: "")


def test_each_step_is_done_by_what_it_proposes_and_not_before(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.enter(":tutor")
    assert "[1/" in capsys.readouterr().out
    for number, step in enumerate(STEPS, 1):
        shell.enter("None")
        assert capsys.readouterr().err == "", f"step {number} was done before"
        shell.enter(step.entry)
        said = capsys.readouterr().err
        assert f"[{number + 1}/{len(STEPS)}]" in said if number < len(STEPS) else "That was all" in said
        assert "error" not in said
    shell.enter("1")
    assert capsys.readouterr().err == ""


def test_a_step_is_said_again_passed_over_and_left(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    def said(text: str) -> str:
        shell.enter(text)
        done = capsys.readouterr()
        return done.out + done.err

    assert "[1/" in said(":tutor") and "[1/" in said(":tutor")
    assert "[2/" in said(":tutor next")
    assert "error[NameError]" in said("nonsense")
    assert "takes next or stop" in said(":tutor over")
    assert said(":tutor stop") == ""
    assert "[1/" in said(":tutor")


def test_every_line_fits_a_window() -> None:
    lesson = Lesson()
    for _ in STEPS:
        assert max(map(len, lesson.text().split("\n"))) <= 80
        lesson.skip()
