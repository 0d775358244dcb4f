"""Long results, cut to the window."""

from __future__ import annotations

from collections.abc import Iterable


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
