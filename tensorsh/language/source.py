"""Program text: where it comes from, its lines, and what it is compiled to.

A program whose compiled form is in the cache needs no more of the language than this file. Lines are numbered from 1
(a Source may begin later).
"""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .span import Span


class Source:
    """A named program text, whose first line bears the number `first_line`. A pipe's text may grow."""

    __slots__ = ("_lines", "_split", "first_line", "name", "text")

    def __init__(self, name: str, text: str, first_line: int = 1) -> None:
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.name = name
        self.text = text.removeprefix("\ufeff")
        self.first_line = first_line
        self._split: str | None = None
        self._lines: list[str] = []

    def line(self, number: int) -> str:
        """The line of that number, without its newline; empty if there is none."""
        if self._split is not self.text:
            self._split, self._lines = self.text, self.text.split("\n")
        index = number - self.first_line
        return self._lines[index] if 0 <= index < len(self._lines) else ""

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.text)} characters)"


class Unit:
    """A compiled chunk.

    names: all global names that the code may read. touches: all that running it may bind or delete, and more; but a
    function that it calls may bind what a `global` in it `declares`. line: its first.
    """

    __slots__ = ("code", "declares", "line", "names", "touches")

    def __init__(
        self, code: CodeType, names: frozenset[str], touches: frozenset[str], declares: frozenset[str], line: int
    ) -> None:
        self.code, self.names, self.touches, self.declares, self.line = code, names, touches, declares, line

    def to_keep(self) -> tuple[Any, ...]:
        """What a later process makes the same unit from."""
        return (self.code, self.names, self.touches, self.declares, self.line)


class TensorshSyntaxError(SyntaxError):
    """The text is no program: `message` says why in words, `span` where, `hint` the way out, if one is known.

    `source` is the text's name, once known. `incomplete` says that more text might mend it.
    """

    def __init__(self, message: str, span: Span, hint: str | None = None, *, incomplete: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint
        self.incomplete = incomplete
        self.source: str | None = None

    def moved(self, lines: int, source: str | None = None) -> TensorshSyntaxError:
        """The same error, `lines` further down, in the source of that name."""
        error = TensorshSyntaxError(self.message, self.span.moved(lines), self.hint, incomplete=self.incomplete)
        error.source = source or self.source
        return error
