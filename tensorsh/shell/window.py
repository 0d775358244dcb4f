"""What fits the window: long results, cut, and tables, whose columns go below each other where it is narrow."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from itertools import zip_longest

_NARROWEST = 24  # columns in which words can still be wrapped
_BELOW = 4  # by how much the columns are indented that go below the first


def cut(text: str, columns: int, rows: int) -> str:
    """The text, if a window of that size holds it; else its beginning and end, and how to see it all."""
    if fits(text, columns, rows):
        return text
    lines, room = text.split("\n"), _room(rows)
    head = _fitting(lines, columns, room * 2 // 3)
    if not head:  # the first line alone is longer than that
        kept = columns * room
        return f"{text[:kept]}...\n({len(text) - kept:,} characters more; :full _ shows all)"
    tail = _fitting(reversed(lines[len(head) :]), columns, room // 3)[::-1]
    return "\n".join([*head, f"... {len(lines) - len(head) - len(tail):,} lines more; :full _ shows all ...", *tail])


def fits(text: str, columns: int, rows: int) -> bool:
    """Whether a window of that size holds the text."""
    return sum(_height(line, columns) for line in text.split("\n")) <= _room(rows)


def _room(rows: int) -> int:
    return max(rows - 3, 6)  # the entry, a note and the next prompt stand beside it


def _height(line: str, columns: int) -> int:
    """How many rows of the window the line takes."""
    return max(1, -(-len(line) // columns))


def _fitting(lines: Iterable[str], columns: int, rows: int) -> list[str]:
    """As many of the lines as fit into that many rows."""
    kept: list[str] = []
    for line in lines:
        rows -= _height(line, columns)
        if rows < 0:
            break
        kept.append(line)
    return kept


def columns() -> int:
    """How wide lines on standard output may be: as the window, if it is one."""
    from ..manual.page import window_width  # here, for the prompt does not wait for it

    return window_width(sys.maxsize)


def filled(text: str) -> str:
    """A sentence as lines that fit the window."""
    width = columns()
    return text if len(text) <= width else textwrap.fill(text, width)


def table(rows: Iterable[tuple[str, ...]], width: int | None = None) -> str:
    """Rows as lines, their columns aligned. The last cell of a row with fewer cells goes on under the other columns.

    Where a row is wider than `width` (the window's), its last words are wrapped, or columns stand below each other.
    """
    rows = list(rows)
    count = max(map(len, rows), default=0)
    aligned = [row if len(row) == count else row[:-1] for row in rows]
    widths = [max(map(len, column)) for column in zip_longest(*aligned, fillvalue="")]
    most = columns() if width is None else width
    groups = _groups(widths, most)
    lines: list[str] = []
    for row in rows:
        for group in groups:
            cells = [(row[i], widths[i]) for i in group if i < len(row)]
            if cells:
                lines += _wrapped(cells, 0 if group is groups[0] else _BELOW, most)
    return "\n".join(lines)


def _groups(widths: list[int], most: int) -> list[list[int]]:
    """The columns that stand on one line each. The last one may be wrapped, if there is some room for it."""
    groups: list[list[int]] = [[]]
    used = 0
    for i, width in enumerate(widths):
        wanted = min(width, _NARROWEST) if i == len(widths) - 1 else width
        if groups[-1] and used + wanted > most:
            groups.append([])
            used = _BELOW
        groups[-1].append(i)
        used += width + 2
    return groups


def _wrapped(cells: list[tuple[str, int]], indent: int, most: int) -> list[str]:
    """A line of cells, with more lines below the last cell if it is too long."""
    *padded, (last, _) = cells
    before = " " * indent + "".join(cell.ljust(width) + "  " for cell, width in padded)
    room = most - len(before)
    parts = [last] if len(last) <= room else textwrap.wrap(last, max(room, 1)) or [last]
    return [((before if i == 0 else " " * len(before)) + part).rstrip() for i, part in enumerate(parts)]
