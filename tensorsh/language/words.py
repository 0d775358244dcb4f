"""The words of a text, whatever it holds: a tolerant reading, for explaining errors, colours and completion.

The regular expressions are the grammar's own terminals. What the grammar could not read is a word as well: a
string that is never closed, a sign that means nothing.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator
from functools import cache as once
from functools import lru_cache
from typing import NamedTuple

KEYWORDS = frozenset(keyword.kwlist)
CONSTANTS = frozenset({"None", "True", "False"})
VALUES = frozenset({"name", "number", "string"})  # the kinds of word that are a value by themselves
CLOSER = {"(": ")", "[": "]", "{": "}"}


class Word(NamedTuple):
    """A token of the tolerant reading.

    `kind` is one of name, keyword, number, string, open_string, sign, newline, end, and where all of the text is
    wanted blank and comment.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def begins_value(self) -> bool:
        return self.kind in VALUES or self.text in CONSTANTS or self.text in ("lambda", "...")

    @property
    def ends_value(self) -> bool:
        return self.kind in VALUES or self.text in CONSTANTS or (self.kind == "sign" and self.text in ")]}")

    @property
    def shown(self) -> str:
        if self.kind in ("newline", "end"):
            return "the line's end"
        return "this string" if self.kind == "string" else f"'{self.text}'"


def read_words(text: str, begin: int, end: int, terminal: Callable[[str], str]) -> list[Word]:
    """The words of text[begin:end], without blanks and comments; `terminal` gives the grammar's regular expressions."""
    words: list[Word] = []
    depth = 1 if begin else 0  # an f-string's field is as if in brackets
    for word in every_word(text, begin, end, terminal):
        if word.kind in ("blank", "comment") or word.kind == "newline" and depth:
            continue
        if word.kind == "sign" and word.text in "([{":
            depth += 1
        elif word.kind == "sign" and word.text in ")]}":
            depth = max(depth - 1, 0)
        words.append(word)
    words.append(Word("end", "", end, end))
    return words


def every_word(text: str, begin: int, end: int, terminal: Callable[[str], str]) -> Iterator[Word]:
    """All of text[begin:end] as words, blanks and comments among them."""
    for start, stop in stretches(text, begin, end, terminal):
        for kind, value, first, last in words_in(text[start:stop], terminal):
            yield Word(kind, value, start + first, start + last)


def stretches(text: str, begin: int, end: int, terminal: Callable[[str], str]) -> Iterator[tuple[int, int]]:
    """Where the parts of text[begin:end] begin and end that are read by themselves: lines, as long as words allow it.

    As one types, all of them but one stay as they were.
    """
    while begin < end:
        stop = text.find("\n", begin, end) + 1 or end
        if text.endswith("\\\n", begin, stop) or _LONG_QUOTE.search(text, begin, stop):
            matches = _pattern(terminal).finditer(text, begin, end)
            stop = next((match.end() for match in matches if match.lastgroup == "newline"), end)
        yield begin, stop
        begin = stop


_LONG_QUOTE = re.compile(r"'''|\"\"\"")


def words_in(stretch: str, terminal: Callable[[str], str]) -> tuple[Word, ...]:
    """The words of a stretch, their places counted from its begin."""
    return _kept(stretch, terminal) if len(stretch) < _LONG else _read(stretch, terminal)


def _read(stretch: str, terminal: Callable[[str], str]) -> tuple[Word, ...]:
    words = []
    for match in _pattern(terminal).finditer(stretch):
        kind, value = match.lastgroup or "", match.group()
        if kind == "name" and value in KEYWORDS:
            kind = "keyword"
        words.append(Word(kind, value, match.start(), match.end()))
    return tuple(words)


_LONG = 1000  # characters from which on a stretch is data, and not kept
_kept = lru_cache(maxsize=1 << 13)(_read)


def open_brackets(words: list[Word]) -> list[Word]:
    """The brackets that are open after the words, outermost first."""
    opened: list[Word] = []
    for word in words:
        if word.kind == "sign" and word.text in "([{":
            opened.append(word)
        elif word.kind == "sign" and word.text in ")]}" and opened:
            opened.pop()
    return opened


@once
def _pattern(terminal: Callable[[str], str]) -> re.Pattern[str]:
    prefix = r"(?:[rR]?[bBfF]|[bBfF]?[rR]|[uU])?"
    return re.compile(
        rf"""(?P<comment>\#[^\n]*)
        |(?P<string>{terminal("STRING")})
        |(?P<open_string>{prefix}(?:(?:'''|\"\"\")[\s\S]*|['"][^\n]*))
        |(?P<number>{terminal("NUMBER")})
        |(?P<name>{terminal("NAME")})
        |(?P<newline>\n)
        |(?P<blank>[ \t\f]+|\\\n)
        |(?P<sign>\*\*=|//=|<<=|>>=|\.\.\.|\|>|->|==|!=|<=|>=|\*\*|//|<<|>>|[-+*/%@&|^]=|[\s\S])""",
        re.VERBOSE,
    )
