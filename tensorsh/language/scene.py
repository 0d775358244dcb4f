"""The scene of a syntax error: the words of the text, where the parser stopped among them, and what is open there.

The known mistakes are functions of a `Scene` that give an `Answer`: the error, or None if it is not theirs.
"""

from __future__ import annotations

from .source import TensorshSyntaxError
from .span import Span
from .tokens import Stopped
from .words import Word, open_brackets

Answer = TensorshSyntaxError | None  # what a mistake's function gives

COMPOUND = frozenset({"if", "elif", "else", "for", "while", "with", "def", "class", "try", "except", "finally"})
STATEMENTS = frozenset(
    {
        "assert",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "from",
        "global",
        "import",
        "nonlocal",
        "pass",
        "raise",
        "return",
    }
    | {"try", "while", "with"}
)


class Scene:
    """Where and how the parser stopped.

    `at` is the word it stopped at, `words[index]`; `layout` is _INDENT, _DEDENT or $END if it was one of
    these; `opened` are the brackets open there; `expected` the kinds of token it would have taken.
    """

    def __init__(
        self, words: list[Word], text: str, begin: int, line: int, failure: Stopped, expected: set[str]
    ) -> None:
        self.text = text
        self.first_line = line - text.count("\n", 0, begin)
        self.is_field = begin > 0
        token = failure.token
        self.kind = token.type if token is not None else ""
        self.layout = self.kind if self.kind in ("_INDENT", "_DEDENT", "$END") else ""
        position = token.end_pos if token is not None and self.layout else failure.position
        self.words = words
        self.index = next(i for i, word in enumerate(self.words) if word.end > position or word.kind == "end")
        self.at = self.words[self.index]
        self.opened = open_brackets(self.words[: self.index])
        self.expected = expected

    def before(self, count: int = 1) -> Word:
        """The word that many places before; an empty newline where the text begins."""
        index = self.index - count
        return self.words[index] if index >= 0 else Word("newline", "", 0, 0)

    def after(self, count: int = 1) -> Word:
        return self.words[min(self.index + count, len(self.words) - 1)]

    @property
    def statement(self) -> list[Word]:
        """The statement's words up to where the parser stopped: since the line's begin or the last ';'."""
        start = self.index
        while start > 0 and self.words[start - 1].kind != "newline":
            start -= 1
        depth = 0
        for i in range(start, self.index):
            text = self.words[i].text
            depth += (text in "([{") - (text in ")]}") if len(text) == 1 else 0
            if text == ";" and depth <= 0:
                start = i + 1
        return self.words[start : self.index]

    @property
    def first(self) -> Word:
        """The first word of the statement, which may be the one where the parser stopped."""
        statement = self.statement
        return statement[0] if statement else self.at

    @property
    def clause(self) -> str:
        """The word of the compound statement whose head we are in, outside brackets; else empty."""
        return self.first.text if self.first.text in COMPOUND and not self.opened else ""

    @property
    def line_word(self) -> str:
        """The last word of a compound statement in the line before the place where the parser stopped."""
        for word in reversed(self.words[: self.index]):
            if word.kind == "newline":
                break
            if word.kind == "keyword" and word.text in COMPOUND:
                return word.text
        return ""

    @property
    def in_line(self) -> bool:
        """Did the parser stop inside a line rather than at the beginning of one?"""
        return not self.layout and self.before().kind != "newline"

    @property
    def in_parameters(self) -> bool:
        """Did it stop in the parentheses after a def's name?"""
        statement = self.statement
        return len(self.opened) == 1 and self.first.text == "def" and self.opened[0] in statement[2:3]

    def is_call(self, opener: Word) -> bool:
        """Does the bracket follow a value, so that it calls or indexes it?"""
        index = self.words.index(opener)
        return index > 0 and self.words[index - 1].ends_value

    def inside(self) -> list[Word]:
        """The words since the innermost open bracket, less what stands in brackets closed again."""
        if not self.opened:
            return []
        inside: list[Word] = []
        depth = 0
        for word in self.words[self.words.index(self.opened[-1]) + 1 : self.index]:
            depth += word.text in "([{" if word.kind == "sign" else 0
            if not depth:
                inside.append(word)
            depth -= word.text in ")]}" if word.kind == "sign" else 0
        return inside

    def adjacent(self) -> bool:
        """Does the word follow the one before without a blank?"""
        return self.before().end == self.at.start

    def line_of(self, word: Word) -> int:
        return self.first_line + self.text.count("\n", 0, word.start)

    def span(self, start: int, end: int) -> Span:
        """A stretch of the text as a span; a position at a line's end still has a column to point at."""
        text = self.text
        line = self.first_line + text.count("\n", 0, start)
        column = start - text.rfind("\n", 0, start) - 1
        end = max(end, start + 1)
        if "\n" in text[start : end - 1]:
            return Span(line, column, line + text.count("\n", start, end), end - text.rfind("\n", 0, end) - 1)
        return Span(line, column, line, column + end - start)

    def error(self, message: str, hint: str | None = None, *, at: Word | None = None, to: Word | None = None,
              incomplete: bool = False) -> TensorshSyntaxError:  # fmt: skip
        """An error at that word (else where the parser stopped), reaching to the end of another."""
        word = at or self.at
        if word.kind in ("newline", "end"):
            seen = (word for word in reversed(self.words[: self.index]) if word.kind != "newline")
            return self.error_after(next(seen, self.before()), message, hint, incomplete=incomplete)
        return TensorshSyntaxError(message, self.span(word.start, (to or word).end), hint, incomplete=incomplete)

    def error_after(
        self, word: Word, message: str, hint: str | None = None, *, incomplete: bool = False
    ) -> TensorshSyntaxError:
        """An error at the place just after a word, where something is missing."""
        return TensorshSyntaxError(message, self.span(word.end, word.end + 1), hint, incomplete=incomplete)

    @property
    def at_end(self) -> bool:
        """Has the text come to its end, so that more of it might mend it?"""
        return self.kind in ("$END", "_DEDENT") and self.at.kind == "end"
