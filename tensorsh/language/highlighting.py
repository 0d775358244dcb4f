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
from .words import CONSTANTS, Word, stretches, words_in

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
    parts: list[tuple[int, int]] = []
    for part in stretches_of(text):
        yield from pieces_of(text[slice(*part)], word_before(text, parts), library)
        parts.append(part)


def stretches_of(text: str) -> Iterator[tuple[int, int]]:
    """Where the parts of a text that are read by themselves begin and end."""
    return stretches(text, 0, len(text), terminal)


def pieces_of(stretch: str, before: Word, library: Container[str]) -> Iterator[Piece]:
    """The pieces of one of these parts, before which stands the word `before`."""
    for word in words_in(stretch, terminal):
        yield Piece(_role(word, before, library), word.text)
        if word.kind != "blank":
            before = word


def word_before(text: str, parts: list[tuple[int, int]]) -> Word:
    """The last word of these parts of a text that is no blank."""
    for start, stop in reversed(parts):
        for word in reversed(words_in(text[start:stop], terminal)):
            if word.kind != "blank":
                return word
    return Word("newline", "", 0, 0)


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

    Nothing is said of the last word: it may not be finished. Nor of a statement of a hundred lines, or a text of some
    hundred, which cannot be read anew at each key.
    """
    if len(text) > _MOST:
        return None
    chunks = list(split(text))
    for chunk in chunks:
        error = _error_in(chunk.text) if len(chunk.text) < _LARGE else None
        if error is None:
            continue
        if error.incomplete and chunk is chunks[-1]:
            return None
        lines = text.split("\n")
        span = error.span.moved(chunk.line - 1)
        start, end = _offset(lines, span.line, span.column), _offset(lines, span.end_line, span.end_column)
        return Mistake(start, end, error.message) if text[end:].strip() else None
    return None


_LARGE, _MOST = 5000, 20_000  # characters of a statement, and of a text


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
