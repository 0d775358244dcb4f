"""Commands that look at things, told to a desk that keeps what is written."""

from __future__ import annotations

import pytest

from tensorsh.session import Session
from tensorsh.shell import inspecting
from tensorsh.shell.commands import CommandError, run_command


class Written:
    """A desk that keeps what is written."""

    def __init__(self) -> None:
        self.session = Session()
        self.inputs: list[str] = []
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text + "\n"

    def run_text(self, text: str, name: str) -> None:
        self.session.run(text, name)


@pytest.fixture
def desk() -> Written:
    return Written()


def shown(desk: Written, command: str, program: str = "") -> list[str]:
    desk.session.run(program, "test")
    run_command(command, desk)
    return desk.text.splitlines()


def test_stats_are_of_the_finite_entries(desk):
    lines = shown(desk, ":stats x", "x = constant([1., 2., 3., nan, inf])")
    assert lines[:8] == [
        "shape  (5,)",
        "dtype  float32",
        "min    1",
        "max    3",
        "mean   2",
        "std    0.816497",
        "nan    1",
        "inf    1",
    ]
    assert lines[8].startswith("1 █") and lines[8].endswith("█ 3")


@pytest.mark.parametrize(
    ("program", "counts"),
    [("zeros(0)", ["nan    0", "inf    0"]), ("constant(nan)", ["nan    1", "inf    0"]), ("[1, 2]", ["std    0.5"])],
)
def test_stats_of_anything_numeric(desk, program, counts):
    assert set(counts) <= set(shown(desk, f":stats {program}"))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (":stats 'a'", "real numbers, not at string"),
        (":stats {}", "looks at tensors, not at dict"),
        (":stats", "which value"),
        (":time", "which value"),
        (":plot", "plot what"),
    ],
)
def test_what_cannot_be_looked_at_is_refused(desk, command, message):
    with pytest.raises(CommandError, match=message):
        run_command(command, desk)


def test_full_shows_every_entry(desk):
    text = "\n".join(shown(desk, ":full tf.range(1500)"))
    assert "..." not in text and " 750," in text


def test_looking_leaves_the_last_value_alone(desk, capsys):
    desk.session.run("7", "test")
    run_command(":stats [1.]", desk)
    run_command(":full 8", desk)
    desk.session.run("_", "test")
    assert capsys.readouterr().out.splitlines() == ["7", "7"]


def test_time_is_the_best_of_several(desk, monkeypatch):
    """With a clock of our own: every call takes 30 ms, and twice as long in all measurements but the fourth."""
    measured = []

    def seconds(call, count):
        measured.append(count)
        return count * (0.03 if len(measured) == 4 else 0.06)

    monkeypatch.setattr(inspecting, "_seconds", seconds)
    assert shown(desk, ":time 1 + 1") == ["30 ms for each, best of 5 times 4"]
    assert measured == [1, 4, 4, 4, 4, 4]


def test_a_mistake_in_what_is_timed_is_one_in_the_expression(desk):
    with pytest.raises(NameError):
        run_command(":time frobnicate", desk)


def test_the_tape_tells_its_ops_and_what_is_connected(desk):
    program = """
w = Variable([[1.], [2.]])
unread = Variable(1.)
frozen = Variable(1., trainable=False)
x = constant([1., 2.])
n = constant([1, 2])
with tape: y = reduce_sum(square(w) * 3.0)
"""
    assert shown(desk, ":tape", program) == [
        "1  square      (2, 1)       ->  (2, 1)",
        "2  multiply    (2, 1), 3.0  ->  (2, 1)",
        "3  reduce_sum  (2, 1)       ->  ()",
        "frozen  not watched: it is not trainable; with tape(frozen): watches it",
        "n       not connected: int32 has no gradient",
        "unread  not watched: it was not read in the tape's block",
        "w       watched: a variable",
        "x       not connected: a constant, or computed outside the block; with tape(x): watches it",
        "y       connected: computed from what is watched",
    ]


def test_without_a_tape_the_way_to_one_is_told(desk, monkeypatch):
    monkeypatch.setattr(inspecting, "last_tape", lambda: None)
    with pytest.raises(CommandError, match="with tape:"):
        run_command(":tape", desk)


def test_plot_draws(desk, capsys):
    run_command(":plot [0., 1.], [0., 1.]", desk)
    assert "└──" in capsys.readouterr().out
