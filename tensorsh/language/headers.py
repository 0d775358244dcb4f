"""Where in a compound statement the mistake is that Python blames on all of it: at its condition, or its values."""

from __future__ import annotations

import re
from textwrap import dedent

from .span import Span

_COMPOUND = re.compile(r"(?:el)?if\b|while\b|for\b|with\b")


def narrowed(text: str, span: Span) -> Span:
    """The span of what a compound statement tests, goes through or enters; any other statement's own.

    text: what stands in the span. A header that is not Python's (`x |> f`) keeps its span.
    """
    if not _COMPOUND.match(text):
        return span
    import ast

    cut = 2 if text.startswith("elif") else 0
    indented = " " * span.column + text[cut:]
    aligned = dedent(indented)
    try:
        statement = ast.parse(aligned).body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return span
    if isinstance(statement, (ast.If, ast.While)):
        part = last = statement.test
    elif isinstance(statement, ast.For):
        part = last = statement.iter
    elif isinstance(statement, ast.With):
        part = last = statement.items[0].context_expr
        if len(statement.items) > 1:  # Python does not tell which
            last = statement.items[-1].optional_vars or statement.items[-1].context_expr
    else:
        return span
    lines = aligned.split("\n")
    margin = indented.index(text[cut]) - aligned.index(text[cut])

    def moved(line: int, column: int) -> tuple[int, int]:
        column = len(lines[line - 1].encode()[:column].decode())  # Python counts bytes
        return span.line + line - 1, margin + column + (cut if line == 1 else 0)

    end = moved(last.end_lineno or last.lineno, last.end_col_offset or last.col_offset)
    return Span(*moved(part.lineno, part.col_offset), *end)
