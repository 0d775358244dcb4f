"""The streams that the shell writes to."""

from __future__ import annotations

import io

import pytest

from tensorsh.shell.screen import Clock, LineAware


def test_an_unfinished_line_is_ended_once() -> None:
    stream = io.StringIO()
    out = LineAware(stream, Clock(None))
    out.end_line()
    print("a", end="", file=out)
    out.end_line()
    out.end_line()
    assert stream.getvalue() == "a\n"


class Hands:
    """A clock's screen, a stream beside it on the same terminal, and the time."""

    def __init__(self) -> None:
        self.screen = io.StringIO()
        self.seconds = 100.0
        self.clock = Clock(self.screen, lambda: self.seconds)
        self.out = LineAware(self.screen, self.clock)
        self.clock.start()

    def after(self, seconds: float) -> str:
        """What the clock writes after so long."""
        self.seconds += seconds
        before = len(self.screen.getvalue())
        self.clock.tick()
        return self.screen.getvalue()[before:]


@pytest.fixture
def hands() -> Hands:
    return Hands()


def test_the_clock_shows_after_a_second_of_silence(hands: Hands) -> None:
    assert hands.after(0.5) == ""
    assert hands.after(0.6) == "\r\x1b[K... 1 s"
    assert hands.after(2.0) == "\r\x1b[K... 3 s"
    hands.clock.clear()
    hands.clock.clear()
    assert hands.screen.getvalue().endswith("... 3 s\r\x1b[K")


def test_output_takes_the_clocks_place(hands: Hands) -> None:
    hands.after(5)
    print("result", file=hands.out)
    assert hands.screen.getvalue() == "\r\x1b[K... 5 s\r\x1b[Kresult\n"
    assert hands.after(0.5) == ""
    assert hands.after(0.5) == "\r\x1b[K... 6 s"


def test_the_clock_leaves_an_unfinished_line_alone(hands: Hands) -> None:
    hands.out.write("\r\x1b[Kepoch 3 of 10")
    assert hands.after(5) == ""
    hands.out.write("\r\x1b[K")
    assert hands.after(5) == "\r\x1b[K... 10 s"


def test_without_a_terminal_there_is_no_clock() -> None:
    clock = Clock(None, lambda: 0.0)
    clock.tick()
    clock.clear()
