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
    if not _COMPOUND.match(text) or not text.isascii():  # Python counts bytes
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
        part = statement.test
    elif isinstance(statement, ast.For):
        part = statement.iter
    elif isinstance(statement, ast.With):
        part = statement.items[0].context_expr
    else:
        return span
    margin = indented.index(text[cut]) - aligned.index(text[cut])

    def moved(line: int, column: int) -> tuple[int, int]:
        return span.line + line - 1, margin + column + (cut if line == 1 else 0)

    end = moved(part.end_lineno or part.lineno, part.end_col_offset or part.col_offset)
    return Span(*moved(part.lineno, part.col_offset), *end)
