"""The picture of a span in its source: the line, and carets under what is meant.

       |
     4 | c = a @ b
       |     ^^^^^ a is float32 (2, 3), b is float32 (2, 3)

Columns are those of the terminal: tabs are drawn as blanks, wide characters take two, combining ones none. A
line too long for the picture is cut around the carets.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from .source import Source
from .span import Span

WIDTH = 100
_TAB = 4
_MOST_LINES = 4


class Line(NamedTuple):
    """A line of the picture: one of the source (with its number), carets below one, or a gap."""

    kind: str  # "source", "carets" or "gap"
    number: int
    text: str
    label: str = ""


def draw(source: Source, span: Span, label: str = "") -> list[Line]:
    """The picture's lines. The label stands after the last carets."""
    numbers = list(range(span.line, max(span.end_line, span.line) + 1))
    shown = numbers
    if len(numbers) > _MOST_LINES:
        shown = [*numbers[: _MOST_LINES - 1], numbers[-1]]
    picture: list[Line] = []
    for previous, number in zip([None, *shown], shown, strict=False):
        if previous is not None and number != previous + 1:
            picture.append(Line("gap", 0, "..."))
        text = source.line(number)
        indent = len(text) - len(text.lstrip())
        begin = span.column if number == span.line else indent
        end = span.end_column if number == span.end_line else len(text.rstrip())
        shown_text, carets = _underline(text, begin, max(end, begin + 1))
        picture.append(Line("source", number, shown_text))
        picture.append(Line("carets", number, carets, label if number == shown[-1] else ""))
    return picture


def cells(text: str) -> list[str]:
    """Each character as it is drawn: a string that fills the character's width on the terminal."""
    drawn = []
    for character in text:
        if character == "\t":
            drawn.append(" " * _TAB)
        elif ord(character) < 32 or 127 <= ord(character) < 160:
            drawn.append("\N{REPLACEMENT CHARACTER}")
        else:
            drawn.append(character)
    return drawn


def width(character: str) -> int:
    """How many columns the character takes, drawn by itself."""
    if character.isascii():
        return len(character)
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _underline(text: str, begin: int, end: int) -> tuple[str, str]:
    """The line as drawn, and the carets below it."""
    skipped = 0
    if len(text) > 10 * WIDTH:  # a line may be megabytes long
        skipped = max(0, begin - 2 * WIDTH)
        text = text[skipped : begin + 4 * WIDTH]
        begin, end = begin - skipped, min(end - skipped, len(text) + 1)
    drawn = cells(text)
    widths = [len(cell) if cell.isspace() else width(cell) for cell in drawn]
    # A span may begin after the line's end, where something is missing.
    missing = max(0, end - len(drawn))
    widths += [1] * missing
    drawn += [""] * missing
    first, last = _window(widths, begin, end)
    left = "…" if first > 0 or skipped else ""
    right = "…" if last < len(text) else ""
    before = len(left) + sum(widths[first:begin])
    under = max(1, sum(widths[begin : min(end, last)]))
    return left + "".join(drawn[first:last]).rstrip() + right, " " * before + "^" * under


def _window(widths: list[int], begin: int, end: int) -> tuple[int, int]:
    """Which characters to show, so that the carets' beginning is among them and the whole fits."""
    if sum(widths) <= WIDTH:
        return 0, len(widths)
    first = begin
    room = WIDTH // 3 if sum(widths[begin:end]) < WIDTH // 2 else 8
    while first > 0 and room > 0:
        first -= 1
        room -= widths[first]
    last, room = first, WIDTH
    while last < len(widths) and room > 0:
        room -= widths[last]
        last += 1
    while first > 0 and room > 0:
        first -= 1
        room -= widths[first]
    return first, last
