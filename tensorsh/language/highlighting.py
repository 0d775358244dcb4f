"""What a text's words are, for colours, and its first mistake, for underlining it while it is typed.

Whatever draws the colours (the shell, Pygments) gives each role its own; here nothing is known of either.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import lru_cache
from typing import NamedTuple

from .chunks import Chunk, split
from .compiler import compile_chunk
from .parser import terminal
from .source import Source, TensorshSyntaxError
from .words import CONSTANTS, Word, every_word

ROLES = ("blank", "comment", "keyword", "constant", "number", "string", "operator", "bracket", "definition", "library",
         "name", "wrong")  # fmt: skip

_WORD_OPERATORS = frozenset({"and", "or", "not", "in", "is"})


class Piece(NamedTuple):
    """A stretch of a text, and its role: one of ROLES."""

    role: str
    text: str


class Mistake(NamedTuple):
    """Why a text is no program, and the stretch of it that shows so."""

    start: int
    end: int
    message: str


def pieces(text: str, library: Container[str] = ()) -> Iterator[Piece]:
    """The whole text, piece by piece. `library` are the names that the language provides."""
    before = Word("newline", "", 0, 0)
    for word in every_word(text, 0, len(text), terminal):
        yield Piece(_role(word, before, library), word.text)
        if word.kind != "blank":
            before = word


def _role(word: Word, before: Word, library: Container[str]) -> str:
    kind, text = word.kind, word.text
    if kind == "keyword":
        if text in CONSTANTS:
            return "constant"
        return "operator" if text in _WORD_OPERATORS else "keyword"
    if kind == "sign":
        if text in "()[]{}":
            return "bracket"
        return "wrong" if len(text) == 1 and text not in _SIGNS else "operator"
    if kind == "name":
        if before.text in ("def", "class"):
            return "definition"
        return "library" if before.text != "." and text in library else "name"
    return {"newline": "blank", "open_string": "string"}.get(kind, kind)


_SIGNS = frozenset("+-*/%@&|^~<>=.,:;\\")


@lru_cache(maxsize=8)  # colours and hints ask for the same text
def first_mistake(text: str) -> Mistake | None:
    """The first mistake that more text behind it cannot mend.

    Nothing is said of the last word: it may not be finished.
    """
    chunks = list(split(text))
    for chunk in chunks:
        error = _error_in(chunk.text)
        if error is None:
            continue
        if error.incomplete and chunk is chunks[-1]:
            return None
        lines = text.split("\n")
        span = error.span.moved(chunk.line - 1)
        start, end = _offset(lines, span.line, span.column), _offset(lines, span.end_line, span.end_column)
        return Mistake(start, end, error.message) if text[end:].strip() else None
    return None


@lru_cache(maxsize=4096)  # as one types, all chunks but one stay as they were
def _error_in(chunk: str) -> TensorshSyntaxError | None:
    try:
        compile_chunk(Source("", chunk), Chunk(chunk, 1), frozenset())
    except TensorshSyntaxError as error:
        return error
    except RecursionError:
        return None  # nested too deeply to be looked at while one types; running it will tell
    return None


def _offset(lines: list[str], line: int, column: int) -> int:
    """Where a place is in the text that was split into those lines."""
    return sum(len(each) + 1 for each in lines[: line - 1]) + column
