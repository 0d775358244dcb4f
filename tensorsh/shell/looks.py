"""How an entry looks while it is typed: the colours of its words, and a line under what is wrong.

Every colour stands out from a black ground as from a white one (a contrast of 4 to 1 or more to both), and is one of
the 256 that most terminals have.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

if TYPE_CHECKING:
    from ..language.highlighting import Mistake

COLORS = {
    "keyword": "#875fd7",
    "constant": "#af5f00",
    "number": "#0087af",
    "string": "#008700",
    "comment": "#767676",
    "library": "#5f5fff",
    "wrong": "#d7005f",
    "prompt": "#008787",
}

STYLE = Style.from_dict(
    {
        **{f"role.{role}": color for role, color in COLORS.items()},
        "role.definition": "bold",
        "mistake": f"underline {COLORS['wrong']}",
        "prompt": f"bold {COLORS['prompt']}",
        "continuation": COLORS["comment"],
        "auto-suggestion": COLORS["comment"],
        "matching-bracket.cursor": "fg:default bg:default bold underline",
        "matching-bracket.other": "fg:default bg:default bold underline",
        "bottom-toolbar": f"noreverse {COLORS['comment']}",
        "bottom-toolbar.active": "bold fg:default",
        "bottom-toolbar.mistake": COLORS["wrong"],
    }
)


class Colors(Lexer):
    """The colours of an entry. `library` gives the names that the language provides; None while it is loading."""

    def __init__(self, library: Callable[[], Collection[str] | None]) -> None:
        self._library = library

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        library = self._library()
        if library is None or not document.text:
            plain = document.lines
            return lambda number: [("", plain[number])] if number < len(plain) else []
        return StyledText(document.text, library).line

    def invalidation_hash(self) -> Hashable:
        return self._library() is not None


class StyledText:
    """The lines of an entry as (style, text) pairs, each made when it is asked for: of a long entry, few are seen."""

    def __init__(self, text: str, library: Collection[str] = ()) -> None:
        from ..language.highlighting import stretches_of

        self._text, self._library = text, library
        self._is_command = text.lstrip().startswith(":")
        self._mistake = mistake_in(text)
        self._stretches = [(0, len(text))] if self._is_command else list(stretches_of(text))
        counts = (text.count("\n", start, stop) for start, stop in self._stretches)
        self._first_lines = list(accumulate(counts, initial=0))  # of each stretch, and what follows the last
        self._styled: dict[int, list[StyleAndTextTuples]] = {}

    def line(self, number: int) -> StyleAndTextTuples:
        """One line, without its end; nothing for a line that there is not."""
        i = bisect_right(self._first_lines, number, hi=len(self._stretches)) - 1
        if i < 0:
            return []
        if i not in self._styled:
            self._styled[i] = _in_lines(list(self._pieces(i)))
        lines = self._styled[i]
        at = number - self._first_lines[i]
        return lines[at] if at < len(lines) else []

    def _pieces(self, i: int) -> Iterator[tuple[str, str]]:
        from ..language.highlighting import pieces_of, word_before

        start, stop = self._stretches[i]
        stretch = self._text[start:stop].removesuffix("\n")
        if self._is_command:
            command, blank, argument = stretch.partition(" ")
            yield from [("class:role.keyword", command), ("", blank + argument)]
            return
        for role, piece in pieces_of(stretch, word_before(self._text, self._stretches[:i]), self._library):
            yield from _underlined(f"class:role.{role}", piece, start, self._mistake)
            start += len(piece)


def styled_lines(text: str, library: Collection[str] = ()) -> list[StyleAndTextTuples]:
    """All lines of an entry."""
    styled = StyledText(text, library)
    return [styled.line(number) for number in range(text.count("\n") + 1)]


def mistake_in(text: str) -> Mistake | None:
    """What is to be underlined in an entry, if anything."""
    from ..language.highlighting import first_mistake
    from .editing import question

    if text[:1].isspace() or text.startswith(":") or question(text):
        return None
    return first_mistake(text)


def _underlined(style: str, piece: str, place: int, mistake: Mistake | None) -> list[tuple[str, str]]:
    """The piece that begins at `place`, cut where the mistake begins and ends."""
    if mistake is None or mistake.end <= place or place + len(piece) <= mistake.start:
        return [(style, piece)]
    begin, end = max(mistake.start - place, 0), mistake.end - place
    parts = (style, piece[:begin]), (f"{style} class:mistake", piece[begin:end]), (style, piece[end:])
    return [part for part in parts if part[1]]


def _in_lines(styled: list[tuple[str, str]]) -> list[StyleAndTextTuples]:
    lines: list[StyleAndTextTuples] = [[]]
    for style, piece in styled:
        first, *more = piece.split("\n")
        lines[-1].append((style, first))
        lines += [[(style, part)] for part in more]
    return lines
