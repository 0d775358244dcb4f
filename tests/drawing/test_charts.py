"""Charts as text: what stands where, whatever the window and the numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.drawing import charts
from tensorsh.drawing.canvas import Canvas


@pytest.fixture
def window(monkeypatch):
    """Sets the terminal's size."""

    def resize(columns, lines):
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("LINES", str(lines))

    resize(40, 12)
    return resize


def test_dots_of_a_character_are_unicodes():
    canvas = Canvas(1, 1)
    canvas.dots(np.array([0.0, 1.0]), np.array([1.0, 0.0]))  # the first dot, and the eighth
    assert canvas.lines() == ["⢁"]


def test_a_line_goes_from_corner_to_corner(window):
    x = np.array([0.0, 1.0])
    assert charts.lines_chart([(x, x)]).splitlines() == [
        "  1 │                              ⣀⠤⠒⠉",
        "    │                         ⢀⡠⠔⠒⠉",
        "    │                     ⣀⠤⠔⠊⠁",
        "    │                 ⣀⠤⠒⠉",
        "0.5 │             ⣀⠤⠒⠉⠁",
        "    │        ⢀⡠⠔⠒⠉",
        "    │    ⣀⠤⠔⠊⠁",
        "  0 │⣀⠤⠒⠉",
        "    └──────────────────────────────────",
        "     0                                1",
    ]


def test_the_frame_tells_the_ranges(window):
    lines = charts.lines_chart([(np.array([-2.0, 3.0]), np.array([10.0, 1e6]))]).splitlines()
    assert lines[0].split()[0] == "1e+06" and lines[-3].split()[0] == "10"
    assert lines[-1].split() == ["-2", "3"]


@given(
    st.lists(st.floats(), min_size=1, max_size=30),
    st.integers(1, 200),
    st.integers(1, 60),
    st.booleans(),
)
def test_any_numbers_fit_any_window(values, columns, lines, points):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        patch.setenv("LINES", str(lines))
        y = np.clip(np.array(values), -1e300, 1e300)
        text = charts.lines_chart([(np.arange(len(values), dtype=float), y)], points)
        width, height = charts.window()
    rows = text.splitlines()
    assert len(rows) == height + 2
    assert max(map(len, rows)) <= max(width, 24)


def test_nan_leaves_a_gap(window):
    y = np.array([0.0, 0.0, math.nan, 0.0, 0.0])
    (row,) = [
        line
        for line in charts.lines_chart([(np.arange(5.0), y)]).splitlines()
        if any("\u2801" <= c <= "\u28ff" for c in line)
    ]
    assert "  " in row.partition("│")[2].strip()


def test_bars_are_as_long_as_their_counts(window):
    text = charts.histogram_chart(np.array([1, 2, 0]), np.array([0.0, 1.0, 2.0, 3.0]))
    lengths = [line.count("█") for line in text.splitlines()]
    assert abs(lengths[1] - 2 * lengths[0]) <= 1 and lengths[0] > 0 and lengths[2] == 0
    assert [line.split()[-1] for line in text.splitlines()] == ["1", "2", "0"]


def test_shades_go_from_black_to_white(window):
    assert charts.image_chart(np.array([[0.0, 0.3, 0.5, 0.7, 1.0]]), color=False) == "  ░░▒▒▓▓██"


def test_colours_show_two_pixels_in_a_character(window, monkeypatch):
    monkeypatch.setenv("COLORTERM", "truecolor")
    image = np.array([[[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]]])
    assert charts.image_chart(image, color=True) == "\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m▀\x1b[0m"
    monkeypatch.delenv("COLORTERM")
    assert charts.image_chart(image, color=True) == "\x1b[38;5;196m\x1b[48;5;21m▀\x1b[0m"


def test_a_large_image_is_averaged_down(window):
    checks = np.indices((400, 400)).sum(0) % 2.0
    assert set("".join(charts.image_chart(checks, color=False).splitlines())) == {"▒"}


def test_a_sparkline_shows_the_least_count():
    assert charts.sparkline(np.array([0, 1, 100])) == " ▁█"
