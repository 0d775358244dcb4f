"""Long results are cut to the window."""

from __future__ import annotations

import pytest

from tensorsh.shell.window import cut, table


def test_what_fits_is_left_as_it_is() -> None:
    text = "\n".join(f"line {i}" for i in range(21))
    assert cut(text, 80, 24) == text


def test_beginning_and_end_of_what_does_not_fit_are_shown() -> None:
    lines = cut("\n".join(f"line {i}" for i in range(1000)), 80, 24).split("\n")
    assert lines[0] == "line 0" and lines[-1] == "line 999"
    assert len(lines) <= 22
    (note,) = [line for line in lines if ":full" in line]
    assert note == f"... {1000 - (len(lines) - 1):,} lines more; :full _ shows all ..."


def test_lines_that_are_longer_than_the_window_count_for_the_rows_they_take() -> None:
    shown = cut("\n".join(["x" * 100] * 30), 50, 24)
    assert sum(-(-len(line) // 50) for line in shown.split("\n")) <= 22


@pytest.mark.parametrize("length", [10_000, 100_000])
def test_one_endless_line_is_cut_too(length: int) -> None:
    shown, note = cut("x" * length, 80, 24).split("\n")
    assert len(shown) == 80 * 21 + 3
    assert note == f"({length - 80 * 21:,} characters more; :full _ shows all)"


def test_a_tiny_window_still_shows_something() -> None:
    assert cut("\n".join("abcdefghij"), 80, 3).count("\n") >= 4


VARS = [
    ("name", "kind", "dtype", "shape", "bytes"),
    ("weights", "Variable", "float32", "(2, 3)", "24"),
    ("f", "function", "f(x, y, a_long_name=None, another=1)"),
]


def test_a_table_has_its_columns_aligned() -> None:
    assert table(VARS, 80).split("\n") == [
        "name     kind      dtype    shape   bytes",
        "weights  Variable  float32  (2, 3)  24",
        "f        function  f(x, y, a_long_name=None, another=1)",
    ]


def test_in_a_narrow_window_columns_stand_below_each_other() -> None:
    assert table(VARS, 30).split("\n") == [
        "name     kind      dtype",
        "    shape   bytes",
        "weights  Variable  float32",
        "    (2, 3)  24",
        "f        function  f(x, y, a_l",
        "                   ong_name=No",
        "                   ne,",
        "                   another=1)",
    ]


def test_last_words_are_wrapped_where_there_is_room_for_them() -> None:
    rows = [("vi", "off", "the keys of vi, instead of those of Emacs"), ("hints", "on", "tell what is wrong")]
    assert table(rows, 40).split("\n") == [
        "vi     off  the keys of vi, instead of",
        "            those of Emacs",
        "hints  on   tell what is wrong",
    ]
    assert table(rows, 30).split("\n")[:3] == ["vi     off", "    the keys of vi, instead of", "    those of Emacs"]


@pytest.mark.parametrize("width", range(24, 90))
def test_no_line_is_wider_than_the_window(width: int) -> None:
    lines = table(VARS, width).split("\n")
    assert max(map(len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join("".join(map("".join, VARS)).split())
