"""A program's text and its lines."""

from __future__ import annotations

from tensorsh.language.source import Source


def test_carriage_returns_and_byte_order_marks_are_no_part_of_a_program() -> None:
    assert Source("s", "\ufeffx = 1\r\ny = '''a\r\nb'''\r\n").text == "x = 1\ny = '''a\nb'''\n"


def test_lines_of_a_source() -> None:
    source = Source("s", "a\nb\n", first_line=5)
    assert [source.line(number) for number in (4, 5, 6, 7, 8)] == ["", "a", "b", "", ""]
    source.text += "c\n"
    assert source.line(7) == "c"
