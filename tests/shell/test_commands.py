"""The table of commands, and the commands that there are."""

from __future__ import annotations

import pytest

from tensorsh.session import Session
from tensorsh.shell.commands import CommandError, Leave, commands, run_command
from tensorsh.shell.window import table


class Written:
    """A desk that keeps what is written."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text + "\n"


@pytest.fixture
def desk(session: Session) -> Written:
    return Written(session)


def test_every_command_says_what_it_does() -> None:
    for command in commands().values():
        assert command.summary.endswith(".") and len(command.summary) <= 63, command.name


def test_help_lists_every_command(desk: Written) -> None:
    run_command(":help", desk)
    for command in commands().values():
        assert command.usage in desk.text and command.summary in desk.text


@pytest.mark.parametrize("name", ["vars", ":vars"])
def test_help_tells_about_one_command(desk: Written, name: str) -> None:
    run_command(f":help {name}", desk)
    assert desk.text.startswith(":vars\nList what is bound")


def test_vars_shows_names_with_dtype_and_shape(desk: Written) -> None:
    desk.session.run("w = Variable(zeros(2, 3)); x = constant([1, 2]); n = 7\ndef f(a, b=1): return a", "test")
    run_command(":vars", desk)
    assert desk.text.splitlines() == [
        "name  kind      dtype    shape   device  bytes  gradient",
        "f     function  f(a, b=1)",
        "n     int       7",
        "w     Variable  float32  (2, 3)  CPU:0   24     by tapes",
        "x     Tensor    int32    (2,)    CPU:0   8      no",
    ]


def test_vars_of_nothing(desk: Written) -> None:
    run_command(":vars", desk)
    assert desk.text == "no names are bound\n"


def test_vars_cuts_long_values_short(desk: Written) -> None:
    desk.session.run("long = list(range(100000))", "test")
    run_command(":vars", desk)
    assert max(map(len, desk.text.splitlines())) < 80


def test_reset_forgets_names(desk: Written) -> None:
    desk.session.run("x = 1", "test")
    run_command(":reset", desk)
    assert desk.session.visible_names() == {}


def test_quit_leaves(desk: Written) -> None:
    with pytest.raises(Leave):
        run_command(":quit", desk)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (":vras", "there is no command :vras; did you mean :vars?"),
        (":zzz", "there is no command :zzz; :help lists them"),
        (":", "there is no command :; :help lists them"),
        (":vars x", ":vars takes no argument, and got 'x'"),
    ],
)
def test_what_is_not_understood_names_the_way_out(desk: Written, text: str, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        run_command(text, desk)
    assert str(caught.value) == message


def test_a_table_is_aligned() -> None:
    assert table([("a", "long", "x"), ("bcd", "e", "")]) == "a    long  x\nbcd  e"
