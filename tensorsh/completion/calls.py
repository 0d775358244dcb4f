"""The call that the cursor is inside of: what it takes, and which of it is being typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .place import argument_at
from .signatures import parameters, summary
from .values import Known, found


class Hint(NamedTuple):
    """A call's signature."""

    name: str
    parameters: tuple[str, ...]  # as they are written in a `def`: "axis=None"
    active: int | None  # which of them is being typed
    summary: str  # what the function is for, in a line

    def fitted(self, width: int) -> tuple[str, str, str]:
        """The signature in three parts, the middle one the active parameter, cut so that the whole fits the width."""
        before = f"{self.name}({''.join(f'{each}, ' for each in self.parameters[: self.active])}"
        if self.active is None:
            return _cut(before.removesuffix(", ") + ")", width), "", ""
        middle = self.parameters[self.active]
        after = "".join(f", {each}" for each in self.parameters[self.active + 1 :]) + ")"
        if len(before) + len(middle) + len(after) > width:
            begin = f"{self.name}("
            before = begin if len(before) + len(middle) >= width else before
            before = f"{begin}…, " if before == begin and self.active else before
            after = _cut(after, max(1, width - len(before) - len(middle)))
        return before, middle, after


def call_at(text: str, cursor: int, names: Mapping[str, Any]) -> Hint | None:
    """The innermost call that the cursor is inside of, if it is known what it calls."""
    argument = argument_at(text, cursor)
    if argument is None:
        return None
    callee = found(argument.callee, names)
    if not isinstance(callee, Known) or not callable(callee.value):
        return None
    known = parameters(callee.value)
    name = getattr(callee.value, "__name__", "")
    if known is None or not name:
        return None
    active = _active(known, argument.position, argument.keyword)
    return Hint(name, known, active, summary(callee.value))


def _active(known: tuple[str, ...], position: int, keyword: str) -> int | None:
    """Which parameter takes the argument."""
    bare = [each.partition("=")[0] for each in known]
    if keyword:
        if keyword in bare:
            return bare.index(keyword)
        return next((i for i, each in enumerate(bare) if each.startswith("**")), None)
    for index, name in enumerate(bare):
        if name == "*" or name.startswith("**"):
            return None
        if index == position or name.startswith("*"):
            return index
    return None


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
