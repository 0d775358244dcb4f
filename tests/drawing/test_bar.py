"""Progress bars as text: what they tell, and that they fit the window."""

from __future__ import annotations

import io

import pytest

from tensorsh.drawing.bar import Window, line, loop_line, work_line

PLAIN = Window(80, "#-")


def test_work_of_known_extent_tells_its_part_and_what_is_left() -> None:
    assert work_line(0.25, 3, 5, PLAIN) == "######------------------ 25 %  5 s, 9 s left"
    assert work_line(0.0, 3, 3, PLAIN) == "------------------------ 0 %  3 s"
    assert work_line(1.0, 3, 3, PLAIN) == "######################## 100 %  3 s, 0 s left"


def test_work_of_unknown_extent_moves_to_and_fro() -> None:
    assert work_line(None, 0, 0, PLAIN) == "######------------------ 0 s"
    assert work_line(None, 0, 1.0, PLAIN) == "----------######-------- 1 s"
    assert work_line(None, 0, 1.8, PLAIN) == "------------------###### 2 s"
    assert work_line(None, 0, 2.6, PLAIN) == "----------######-------- 3 s"
    assert work_line(None, 0, 3.6, PLAIN) == "######------------------ 4 s"


def test_a_loop_tells_its_rate() -> None:
    assert loop_line(12, 48, 4, PLAIN, "fit") == "fit ######------------------ 12/48  25 %  3 a second, 12 s left"
    assert loop_line(12, None, 4, PLAIN).endswith(" 12  3 a second")
    assert loop_line(0, 0, 4, PLAIN).endswith(" 0  0 a second")


@pytest.mark.parametrize("columns", range(1, 60))
@pytest.mark.parametrize("fraction", [None, 0.5])
def test_a_bar_fits_the_window(columns: int, fraction: float | None) -> None:
    text = line(fraction, 1.0, Window(columns), "label", "50 %  3 s")
    assert len(text) <= max(columns - 3, 0)
    if columns > len("label 50 %  3 s") + 5:
        assert text.startswith("label ") and text.endswith(" 50 %  3 s") and "█" in text


def test_the_window_is_that_of_the_stream() -> None:
    assert Window.of(io.StringIO()).columns == 80
    ascii_only = io.TextIOWrapper(io.BytesIO(), "ascii")
    assert Window.of(ascii_only).marks == "#-"
    assert Window.of(io.TextIOWrapper(io.BytesIO(), "utf-8")).marks == "█░"
