"""The streams that the shell writes to."""

from __future__ import annotations

import io

import pytest

from tensorsh.drawing.bar import Window, work_line
from tensorsh.runtime import work
from tensorsh.screen import Clock, LineAware


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
        self.seconds = 0.0
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
    assert hands.after(0.625) == "\r\x1b[K" + work_line(None, 0, 1.125, Window())
    assert hands.after(2.0) == "\r\x1b[K" + work_line(None, 0, 3.125, Window())
    hands.clock.stop()
    hands.clock.stop()
    assert hands.screen.getvalue().endswith(" 3 s\r\x1b[K")
    assert hands.after(2.0) == ""  # nothing runs


def test_output_takes_the_clocks_place(hands: Hands) -> None:
    hands.after(5)
    print("result", file=hands.out)
    assert hands.screen.getvalue().endswith("\x1b[Kresult\n")
    assert hands.after(0.5) == ""
    assert hands.after(0.5).endswith(" 6 s")


def test_the_clock_leaves_an_unfinished_line_alone(hands: Hands) -> None:
    hands.out.write("\r\x1b[Kepoch 3 of 10")
    assert hands.after(5) == ""
    hands.out.write("\r\x1b[K")
    assert hands.after(5).endswith(" 10 s")


def test_the_extent_of_work_is_shown_once_that_has_gone_on_for_a_while(hands: Hands) -> None:
    """Small pieces of work, one after the other, are no bars that jump."""
    extent = work.Extent(lambda: 0.25)
    extent.began = hands.seconds + 2
    with extent:
        assert hands.after(2.5).endswith("░ 2 s")
        assert hands.after(3.5).endswith(" 25 %  6 s, 12 s left")
    assert hands.after(1).endswith("░ 7 s")


def test_nothing_is_shown_while_the_user_is_asked(hands: Hands) -> None:
    asking = work.asking()
    asking.began = hands.seconds
    with asking:
        assert hands.after(5) == ""


def test_without_a_terminal_there_is_no_clock() -> None:
    clock = Clock(None, lambda: 0.0)
    clock.tick()
    clock.clear()
