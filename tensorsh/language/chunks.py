"""How program text is cut into its top-level statements, all at once or as it arrives.

Everything here is lexical and quick, and imports neither the parser nor the compiler.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Chunk(NamedTuple):
    """A top-level statement's text, notebook lines made comments, and the number of its first line."""

    text: str
    line: int


def split(text: str, first_line: int = 1) -> Iterator[Chunk]:
    """Cut a whole text into its top-level chunks."""
    chunker = Chunker(first_line)
    feed = chunker.feed
    start, length = 0, len(text)
    while start < length:
        end = text.find("\n", start) + 1 or length
        yield from feed(text[start:end])
        start = end
    yield from chunker.finish()


# What may continue a compound statement at its own indentation, by the word of the clause before.
_FOLLOWERS: dict[str, frozenset[str]] = {
    "if": frozenset({"elif", "else"}),
    "elif": frozenset({"elif", "else"}),
    "for": frozenset({"else"}),
    "while": frozenset({"else"}),
    "try": frozenset({"except", "finally"}),
    "except": frozenset({"except", "else", "finally"}),
}
_NOTHING: frozenset[str] = frozenset()
_COMPOUND = frozenset({"if", "for", "while", "with", "def", "try", "class", "async"})


class Chunker:
    """Cuts a text that arrives line by line into top-level chunks, giving each as soon as it is complete."""

    _patterns: tuple | None = None

    def __init__(self, first_line: int = 1) -> None:
        if Chunker._patterns is None:
            Chunker._patterns = _compile_patterns()
        self._search, self._tokens, self._word, self._closing = Chunker._patterns
        self._number = first_line - 1
        self._lines: list[str] = []
        self._first = first_line
        self._depth = 0  # open brackets
        self._quote = ""  # the quote that is to close the string we are in
        self._joined = False  # the last line ended in a backslash
        self._notebook = False  # ... and was a notebook's
        self._head = ""  # the word that made the chunk a compound statement
        self._followers = _NOTHING
        self._indented = False  # the logical line we are in belongs to a block
        self._decorated = False
        self._last = ""  # the logical line's last character that is neither blank nor comment

    def feed(self, line: str) -> list[Chunk]:
        """Take one line, with its newline; give the chunks that are complete now."""
        if line.endswith("\r\n"):
            line = line[:-2] + "\n"
        self._number += 1
        complete: list[Chunk] = []
        if not (self._depth or self._quote or self._joined):
            text = line.lstrip(" \t\f")
            if self._number == 1 and text.startswith("\ufeff"):
                line = text = text[1:]
            first = text[:1]
            if self._notebook or first in ("!", "%"):
                line = _as_comment(line)
                self._notebook = line.endswith("\\\n")
                first = "#"
            if first in ("", "\n", "#"):
                if self._lines:
                    self._lines.append(line)
                return complete
            self._begin(line, text, complete)
        self._lines.append(line)
        if self._search(line):
            self._scan(line)
        else:
            self._joined = False
            if not self._quote:
                self._last = line.rstrip()[-1:] or self._last
        if not (self._depth or self._quote or self._joined) and self._line_ends_chunk():
            complete.append(self._take())
        return complete

    def finish(self) -> list[Chunk]:
        """The text has ended: give what is left."""
        chunks = [self._take()] if self._lines else []
        self._depth, self._quote, self._joined, self._notebook = 0, "", False, False
        return chunks

    def _begin(self, line: str, text: str, complete: list[Chunk]) -> None:
        """A logical line begins: it continues the chunk, or the chunk ended before it."""
        self._indented = line[0] != text[0]
        self._last = ""
        if self._lines and self._indented:
            return
        word = self._word(text).group()
        if self._lines and not self._decorated:
            if word in self._followers:
                self._enter_clause(word)
                return
            complete.append(self._take())
        if not self._lines:
            self._first = self._number
        self._decorated = text[0] == "@"
        self._enter_statement(word)

    def _enter_statement(self, word: str) -> None:
        self._head = word if word in _COMPOUND else ""
        self._followers = _FOLLOWERS.get(word, _NOTHING)

    def _enter_clause(self, word: str) -> None:
        if word == "else":
            self._followers = frozenset({"finally"}) if self._head == "try" else _NOTHING
        else:
            self._followers = _FOLLOWERS.get(word, _NOTHING)

    def _line_ends_chunk(self) -> bool:
        if self._indented or self._decorated:
            return False
        return self._last != ":" and not self._followers

    def _take(self) -> Chunk:
        chunk = Chunk("".join(self._lines), self._first)
        self._lines = []
        self._head, self._followers, self._decorated = "", _NOTHING, False
        return chunk

    def _scan(self, line: str) -> None:
        """Follow strings, brackets, comments and joined lines through one line."""
        position, end = 0, len(line)
        self._joined = False
        if self._quote:
            position = self._close_string(line, 0)
        while position < end:
            match = self._tokens(line, position)
            if match is None:
                self._last = line[position:].rstrip()[-1:] or self._last
                return
            token, start = match.group(), match.start()
            self._last = line[position:start].rstrip()[-1:] or self._last
            position = match.end()
            sign = token[0]
            if sign == "#":
                return
            if sign == "\\":
                self._joined = True
                return
            self._last = token[-1]
            if sign in "([{":
                self._depth += 1
            elif sign in ")]}":
                self._depth = max(self._depth - 1, 0)
            elif sign == ";":
                if not (self._depth or self._head or self._indented):
                    self._enter_statement(self._word(line, match.end() + _blank(line, position)).group())
            elif len(token) == 3 and token[1] == sign and token[2] == sign:
                self._quote = token
                position = self._close_string(line, position)
            elif len(token) == 1:
                # A quote without its partner on this line: the string goes on if the line ends in a
                # backslash, else the parser will say that it was never closed.
                if line.endswith("\\\n"):
                    self._quote = token
                return

    def _close_string(self, line: str, position: int) -> int:
        """The position after the open string's end, or the line's end if the string goes on."""
        match = self._closing[self._quote](line, position)
        if match is None:
            if len(self._quote) == 1 and not line.endswith("\\\n"):
                self._quote = ""
            return len(line)
        self._last, self._quote = self._quote[0], ""
        return match.end()


def _blank(line: str, position: int) -> int:
    rest = line[position:]
    return len(rest) - len(rest.lstrip(" \t\f"))


def _as_comment(line: str) -> str:
    """A notebook's `!command` or `%magic` line as a comment of the same length."""
    text = line.lstrip(" \t\f")
    return line[: len(line) - len(text)] + "#" + text[1:] if text.strip() else line


def _compile_patterns() -> tuple:
    import re

    single = r"""'(?!'')(?:[^'\\\n]|\\.)*'|"(?!"")(?:[^"\\\n]|\\.)*\""""
    tokens = re.compile(rf"""'''|\"\"\"|{single}|#|[()\[\]{{}};]|\\\n|['"]""")
    closing = {quote: re.compile(rf"(?:[^\\]|\\[\s\S])*?{quote}").match for quote in ("'''", '"""', "'", '"')}
    return re.compile(r"""["'#()\[\]{}\\;]""").search, tokens.search, re.compile(r"\w*").match, closing
