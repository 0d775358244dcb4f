"""How an entry looks while it is typed: the colours of its words, and a line under what is wrong.

Every colour stands out from a black ground as from a white one (a contrast of 4 to 1 or more to both), and is one of
the 256 that most terminals have.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
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
        lines = styled_lines(document.text, library)
        return lambda number: lines[number] if number < len(lines) else []

    def invalidation_hash(self) -> Hashable:
        return self._library() is not None


def styled_lines(text: str, library: Collection[str] = ()) -> list[StyleAndTextTuples]:
    """Each line of an entry as (style, text) pairs."""
    from ..language.highlighting import pieces

    if text.lstrip().startswith(":"):
        command, blank, argument = text.partition(" ")
        return _in_lines([("class:role.keyword", command), ("", blank + argument)])
    mistake = mistake_in(text)
    styled: list[tuple[str, str]] = []
    place = 0
    for role, piece in pieces(text, library):
        styled += _underlined(f"class:role.{role}", piece, place, mistake)
        place += len(piece)
    return _in_lines(styled)


def mistake_in(text: str) -> Mistake | None:
    """What is to be underlined in an entry, if anything."""
    from ..language.highlighting import first_mistake
    from .editing import as_program

    if text.lstrip().startswith(":") or as_program(text) != text:
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
