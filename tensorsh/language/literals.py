"""Long lists of plain literals, read at once: a table pasted into a program is data, and wants no tree.

`[1., 2., ...]` of numbers, strings, True, False and None, or a list of such lists, or a list of those, all leaves
at one depth. Anything else (a name, an f-string, an escape, a comment, a row of another depth) is left to the
grammar, which gives the same value: this file only recognises what the grammar would have taken.
"""

from __future__ import annotations

import ast
import re
from typing import Any, NamedTuple

from .targets import LOAD, STORE

#: A shorter list is as quick by the grammar.
SHORTEST = 256

_BLANK = r"[ \t\f\n]*+"
# A whole number does not begin with 0, and no digits are grouped by '_': the grammar has more forms, all rare.
_NUMBER = r"[-+]?+(?:(?:[1-9][0-9]*+|0)(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?+[0-9]++)?+"
_LEAF = rf"""(?:{_NUMBER}|'[^'\\\n]*+'|"[^"\\\n]*+"|True|False|None)"""
_WORDS = {"True": True, "False": False, "None": None}


def _list_of(item: str) -> str:
    return rf"\[{_BLANK}{item}{_BLANK}(?:,{_BLANK}{item}{_BLANK})*+,?+{_BLANK}\]"


# Nothing in them can be read in two ways, so that each passes over the text once.
_ROW = _list_of(_LEAF)
_DEPTHS = tuple(re.compile(pattern) for pattern in (_ROW, _list_of(_ROW), _list_of(_list_of(_ROW))))
_leaves = re.compile(_LEAF).findall


class LiteralList(NamedTuple):
    """A list's value with tuples for lists, how deep its leaves lie, and where its text ends."""

    value: tuple[Any, ...]
    depth: int
    end: int


def read(text: str, start: int, limit: int) -> LiteralList | None:
    """The long list of literals that begins at text[start], or None."""
    if limit - start < SHORTEST:
        return None
    for depth, pattern in enumerate(_DEPTHS):
        found = pattern.match(text, start, limit)
        if found is None:
            continue
        end = found.end()
        if end - start < SHORTEST:
            return None
        try:
            return LiteralList(_values(text, start + 1, end - 1, depth), depth + 1, end)
        except ValueError:  # an integer of more digits than Python reads
            return None
    return None


def build(found: LiteralList, where: dict[str, Any]) -> ast.expr:
    """An expression for a fresh list: `[*constant]`, or `[[*row] for row in constant]`."""
    constant: Any = found.value  # typeshed knows no tuples among constants
    source: ast.expr = ast.Constant(constant, **where)
    names = [f"@{depth}" for depth in range(found.depth - 1)]
    if not names:
        return _spread(source, where)
    element = _spread(ast.Name(names[0], LOAD, **where), where)
    for name, outer in zip(names, [*names[1:], None]):
        rows = ast.Name(outer, LOAD, **where) if outer else source
        loop = ast.comprehension(ast.Name(name, STORE, **where), rows, [], 0)
        element = ast.ListComp(element, [loop], **where)
    return element


def _spread(value: ast.expr, where: dict[str, Any]) -> ast.expr:
    return ast.List([ast.Starred(value, LOAD, **where)], LOAD, **where)


def _values(text: str, start: int, end: int, depth: int) -> tuple[Any, ...]:
    if not depth:
        return tuple([_value(leaf) for leaf in _leaves(text, start, end)])
    found = _DEPTHS[depth - 1].finditer(text, start, end)
    return tuple([_values(text, row.start() + 1, row.end() - 1, depth - 1) for row in found])


def _value(leaf: str) -> Any:
    if leaf[0] in "'\"":
        return leaf[1:-1]
    if leaf[-1] == "e":  # no number ends in one
        return _WORDS[leaf]
    return float(leaf) if "." in leaf or "e" in leaf or "E" in leaf else int(leaf)
