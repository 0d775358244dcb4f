"""Text -> tokens, with Python's layout: INDENT and DEDENT where lines are indented, no line ends inside brackets.

The grammar's terminals are joined into one regular expression, and Python's words, which are reserved wherever
they stand, are told from names by a table. A bracket that opens a long list of plain literals becomes one token,
if `literals.py` reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import literals
from .source import TensorshSyntaxError
from .span import Span


class Token(str):
    """A stretch of text and what it is: `type` is the terminal's name. Lines and columns are numbered from 1."""

    __slots__ = ("column", "end_column", "end_line", "end_pos", "line", "literal", "start_pos", "type")

    takes_space = True  # it counts for where a rule that holds it begins and ends

    type: str
    start_pos: int
    line: int
    column: int
    end_line: int
    end_column: int
    end_pos: int
    literal: literals.LiteralList  # of a list of literals


class Layout(Token):
    """A line's end, a change of indentation, or the text's end: it takes no space."""

    __slots__ = ()

    takes_space = False


class Stopped(Exception):
    """The text is no program from `position` on.

    token: the token that cannot stand there; None if no token begins there.
    states: the parser's stack of states, which tells what could stand there.
    """

    def __init__(self, position: int, token: Token | None = None, states: list[int] | None = None) -> None:
        super().__init__(position)
        self.position, self.token, self.states = position, token, states or []


class Tokenizer:
    """Cuts text into tokens.

    terminals: the regular expression of each terminal, in the order in which they are tried; the names of those to
    skip begin with `__IGNORE`. words: the terminals of the reserved words.
    """

    def __init__(self, terminals: Mapping[str, str], words: Mapping[str, str]) -> None:
        self.terminals = terminals
        self._words = words
        self._skipped = frozenset(name for name in terminals if name.startswith("__IGNORE"))
        alternatives = "|".join(f"(?P<{name}>{regexp})" for name, regexp in terminals.items())
        self._pattern = re.compile(rf"[ \t\f]*(?:{alternatives})")

    def tokens(self, text: str, begin: int, end: int, line: int, column: int, whole_lines: bool) -> Iterator[Token]:
        """The tokens of text[begin:end], which stands at that line (from 1) and column (from 0).

        A part of a line (an f-string's field) has no layout: it is as if in brackets.

        Raises:
            Stopped: where no token begins.
            TensorshSyntaxError: for an indentation that fits nowhere.
        """
        words, skipped, new = self._words, self._skipped, str.__new__
        position, line_start = begin, begin - column
        depth = 0 if whole_lines else 1
        # Each level's width with tabs of eight and with tabs of one: two lines whose order differs between the
        # two are indented alike only by an editor's grace.
        levels = [(0, 0)]
        begins = whole_lines
        kind = ""
        match = self._pattern.scanner(text, position, end).match  # type: ignore[attr-defined]
        while position < end:
            found = match()
            if found is None:
                position += len(text[position:end]) - len(text[position:end].lstrip(" \t\f"))
                if position < end:
                    raise Stopped(position)
                break
            before, kind = kind, found.lastgroup
            start, position = found.span(kind)
            literal = None
            if kind == "LSQB" and before not in _ENDS_VALUE:
                literal = literals.read(text, start, end)
                if literal is not None:
                    kind, position = "LITERAL_LIST", literal.end
                    match = self._pattern.scanner(text, position, end).match  # type: ignore[attr-defined]
            value = text[start:position]
            if kind == "NAME":
                kind = words.get(value, kind)
            token: Any = new(Layout if kind == "_NEWLINE" else Token, value)
            token.type = kind
            token.start_pos, token.end_pos = start, position
            token.line, token.column = line, start - line_start + 1
            if "\n" in value:
                line += value.count("\n")
                line_start = text.rindex("\n", start, position) + 1
            token.end_line, token.end_column = line, position - line_start + 1
            if kind == "_NEWLINE":
                begins = False
                if depth == 0:
                    yield token
                    yield from _indentation(token, levels)
                else:
                    kind = before
                continue
            if kind in skipped:
                kind = before
                continue
            if begins:
                begins = False
                if token.column > 1:
                    yield _layout("_INDENT", token, start)
            if kind in _OPENING:
                depth += 1
            elif kind in _CLOSING:
                depth -= depth > 0
            elif literal is not None:
                token.literal = literal
            yield token
        last: Any = new(Layout, "")
        last.start_pos = last.end_pos = end
        last.line = last.end_line = line
        last.column = last.end_column = end - line_start + 1
        for _ in levels[1:]:
            yield _layout("_DEDENT", last, end)
        yield _layout("$END", last, end)


_OPENING = frozenset({"LPAR", "LSQB", "LBRACE"})
_CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})
# After one of these a bracket is a subscript's.
_ENDS_VALUE = _CLOSING | {"NAME", "NUMBER", "STRING", "NONE", "TRUE", "FALSE", "ELLIPSIS", "LITERAL_LIST"}


def _layout(kind: str, beside: Token, position: int) -> Layout:
    token = str.__new__(Layout, "")
    token.type = kind
    token.line, token.column, token.start_pos = beside.line, beside.column, position
    token.end_line, token.end_column, token.end_pos = beside.end_line, beside.end_column, position
    return token


def _indentation(newline: Token, levels: list[tuple[int, int]]) -> Iterator[Token]:
    blank = newline.rpartition("\n")[2].rpartition("\f")[2]
    width = (len(blank.expandtabs(8)), len(blank))
    if width == levels[-1]:
        return
    if (width[0] - levels[-1][0]) * (width[1] - levels[-1][1]) <= 0:
        raise _mixed_tabs(newline, blank)
    if width > levels[-1]:
        levels.append(width)
        yield _layout("_INDENT", newline, newline.end_pos)
        return
    while width < levels[-1]:
        levels.pop()
        yield _layout("_DEDENT", newline, newline.end_pos)
    if width != levels[-1]:
        if width[0] == levels[-1][0] or width[1] == levels[-1][1]:
            raise _mixed_tabs(newline, blank)
        raise TensorshSyntaxError(
            "this line's indentation matches no line above it",
            Span(newline.end_line, 0, newline.end_line, max(len(blank), 1)),
            "give it the indentation of the block that it belongs to",
        )


def _mixed_tabs(newline: Token, blank: str) -> TensorshSyntaxError:
    return TensorshSyntaxError(
        "tabs and spaces are mixed, so that this line's indentation depends on the width of a tab",
        Span(newline.end_line, 0, newline.end_line, max(len(blank), 1)),
        "indent with spaces only, or with tabs only",
    )
