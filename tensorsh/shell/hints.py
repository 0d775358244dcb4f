"""The line or two below an entry: what is offered, the call that is being typed, or what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Fragments = list[tuple[str, str]]


def hint(text: str, cursor: int, names: Mapping[str, Any], width: int, offered: str = "") -> Fragments:
    """What stands below an entry, for a window of that width; often nothing. `offered` is told of first."""
    from ..completion import call_at
    from .looks import mistake_in

    if offered:
        return [("", "\n".join(_cut(line, width) for line in offered.split("\n")))]
    if not text.strip() or text.lstrip().startswith(":"):
        return []
    shown: Fragments = []
    call = call_at(text, cursor, names)
    if call is not None:
        before, active, after = call.fitted(width)
        shown = [("", before), ("class:bottom-toolbar.active", active), ("", after)]
        if call.summary:
            shown.append(("", "\n" + _cut(call.summary, width)))
    mistake = mistake_in(text)
    if mistake is not None:
        shown.append(("class:bottom-toolbar.mistake", ("\n" if shown else "") + _cut(mistake.message, width)))
    return shown


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
