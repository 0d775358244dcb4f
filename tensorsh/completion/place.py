"""Where the cursor stands in a text, by its words alone: what is being typed, of what, and inside which call.

Knows no tensors and no names. An expression in front of a dot or a parenthesis is kept as far as it can be
followed without running anything:

    Name("x")  Attribute(owner, "shape")  Call(callee)  Item(owner)  Literal(str)
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..language.parser import terminal
from ..language.words import Word, every_word, open_brackets


class Name(NamedTuple):
    """A name that stands by itself."""

    name: str


class Attribute(NamedTuple):
    """`owner.name`."""

    owner: Expression
    name: str


class Call(NamedTuple):
    """What `callee(...)` gives."""

    callee: Expression


class Item(NamedTuple):
    """What `owner[...]` gives."""

    owner: Expression


class Literal(NamedTuple):
    """A value that is written out."""

    kind: type


Expression = Name | Attribute | Call | Item | Literal | None


class Argument(NamedTuple):
    """The argument that is being typed: of which call, which one, and what the call has been given so far."""

    callee: Expression
    position: int
    keyword: str  # empty for a positional one
    given: frozenset[str]  # keywords of the arguments before
    begins: bool  # nothing of it stands before the word that is being typed


class Place(NamedTuple):
    """What is being typed.

    kind: "name", "attribute" (of `owner`), "string", "module" (after import: `path` is the part before the last
    dot), "imported" (after `from path import`), or "" where nothing can be offered.
    """

    kind: str
    typed: str  # the part of it that is there
    owner: Expression = None
    argument: Argument | None = None
    path: str = ""
    bound: frozenset[str] = frozenset()  # names that the text itself binds


NOWHERE = Place("", "")


def place_at(text: str, cursor: int) -> Place:
    """What is being typed at the cursor. What stands behind it counts for nothing."""
    every = _words(text, cursor)
    last = every[-1] if every else None
    if last is not None and last.kind in ("comment", "number"):
        return NOWHERE
    words = [word for word in every if word.kind not in ("blank", "comment")]
    if last is not None and last.kind == "open_string":
        content = last.text.lstrip("rRbBfFuU")
        quotes = 3 if content[:3] in ("'''", '"""') else 1
        return Place("string", content[quotes:], argument=_argument(words[:-1]))
    typed = words.pop().text if last is not None and last.kind in ("name", "keyword") else ""
    before = words[-1].text if words else "\n"
    module = _module(words)
    if module is not None:
        return Place(*module[:1], typed, path=module[1])
    if before == ".":
        return Place("attribute", typed, owner=expression(words[:-1]))
    if before in ("def", "class", "as", "global", "nonlocal") or (words and words[-1].kind == "string"):
        return NOWHERE
    return Place("name", typed, argument=_argument(words), bound=_bound(words))


def argument_at(text: str, cursor: int) -> Argument | None:
    """The innermost call that the cursor is inside of, and where in it. It is not looked for very far away."""
    words = _words(text, cursor, cursor - _LONG)
    return _argument([word for word in words if word.kind not in ("blank", "comment")])


def _words(text: str, cursor: int, at_least: int = 0) -> list[Word]:
    """The words up to the cursor. Of a very long text, those since the last line that begins at the margin.

    Where that is far away, those from the line at the place `at_least` on.
    """
    start = 0
    if cursor > _LONG:
        lines = list(_AT_MARGIN.finditer(text, cursor - _LONG, cursor))
        start = lines[-1].end() - 1 if lines else text.rfind("\n", 0, max(at_least, 0)) + 1
    return list(every_word(text, start, cursor, terminal))


_LONG = 5000
_AT_MARGIN = re.compile(r"\n[^\s)\]}]")


def expression(words: list[Word]) -> Expression:
    """The expression that the words end with."""
    if not words:
        return None
    last = words[-1]
    if last.kind == "name":
        if len(words) > 1 and words[-2].text == ".":
            return Attribute(expression(words[:-2]), last.text)
        return Name(last.text)
    if last.kind == "string":
        return Literal(bytes if "b" in last.text.partition(last.text[-1])[0].lower() else str)
    if last.text not in (")", "]", "}"):
        return None
    start = _opener(words)
    before = words[:start]
    applied = bool(before) and before[-1].ends_value
    if last.text == ")":
        return Call(expression(before)) if applied else expression(words[start + 1 : -1])
    if last.text == "]":
        return Item(expression(before)) if applied else Literal(list)
    pairs = any(word.text == ":" for word in words[start:]) or start == len(words) - 2
    return Literal(dict if pairs else set)


def _opener(words: list[Word]) -> int:
    """Where the bracket stands that the last word closes."""
    depth = 0
    for index in range(len(words) - 1, -1, -1):
        if words[index].kind == "sign":
            depth += words[index].text in ")]}"
            depth -= words[index].text in "([{"
            if depth == 0:
                return index
    return 0


def _argument(words: list[Word]) -> Argument | None:
    index = len(words)
    for bracket in reversed(open_brackets(words)):
        index = next(i for i in range(index - 1, -1, -1) if words[i] is bracket)
        if index > 1 and words[index - 2].text in ("def", "class"):
            return None  # parameters and bases are no arguments
        if bracket.text == "(" and index and words[index - 1].ends_value:
            return _argument_of(expression(words[:index]), words[index + 1 :])
    return None


def _argument_of(callee: Expression, inside: list[Word]) -> Argument:
    position, depth = 0, 0
    given: set[str] = set()
    current: list[Word] = []
    for word in inside:
        if word.kind == "sign":
            depth += (word.text in "([{") - (word.text in ")]}")
        if word.text == "," and depth <= 0:
            if _keyword(current):
                given.add(_keyword(current))
            else:
                position += 1
            current = []
        else:
            current.append(word)
    return Argument(callee, position, _keyword(current), frozenset(given), not current)


def _keyword(argument: list[Word]) -> str:
    """The keyword that an argument begins with."""
    if len(argument) > 1 and argument[0].kind == "name" and argument[1].text == "=":
        return argument[0].text
    return ""


def _module(words: list[Word]) -> tuple[str, str] | None:
    """(kind, path) inside an import statement, where a module or one of its names is to follow."""
    start = len(words)
    while start and words[start - 1].kind != "newline" and words[start - 1].text != ";":
        start -= 1
    statement = [word.text for word in words[start:]]
    if not statement or statement[0] not in ("import", "from"):
        return None
    if "import" in statement[1:]:
        at = statement.index("import", 1)
        after = statement[at + 1 :]
        return ("imported", "".join(statement[1:at])) if not after or after[-1] in (",", "(") else ("", "")
    part = statement[1:]
    while "," in part:
        part = part[part.index(",") + 1 :]
    if not part or part[-1] == ".":
        return "module", "".join(part[:-1])
    return "", ""


def _bound(words: list[Word]) -> frozenset[str]:
    """The names that the text binds, as its words tell: targets, parameters, loop variables."""
    found: set[str] = set()
    targets: list[str] = []  # the names of this statement that stand in no brackets
    listing = ""  # the word that begins a list of names to be bound
    depth = 0
    for before, word in zip([Word("newline", "", 0, 0), *words], words):
        if word.kind == "newline" or word.text == ";":
            targets, listing = [], ""
        elif word.text in ("for", "lambda", "def"):
            listing = word.text
        elif word.text in ("in", ":"):
            listing = ""
        elif word.kind == "sign":
            depth += (word.text in "([{") - (word.text in ")]}")
            if word.text == "=" and depth == 0:
                found.update(targets)
        elif word.kind == "name" and before.text not in (".", "="):
            if listing or before.text in ("as", "class", "import"):
                found.add(word.text)
            elif depth == 0:
                targets.append(word.text)
    return frozenset(found)
