"""Which of many names may be meant by what is typed: those that begin so; where none does, those that hold it."""

from __future__ import annotations

import re
from collections.abc import Iterable


def matching(typed: str, candidates: Iterable[str]) -> list[str]:
    """The candidates that may be meant, in their order; of a fuzzy match, the closest first.

    Names that begin with an underscore are meant only where one is typed.
    """
    shown = [name for name in candidates if name[:1] != "_" or typed[:1] == "_"]
    if not typed:
        return shown
    lowered = typed.lower()
    return (
        [name for name in shown if name.startswith(typed)]
        or [name for name in shown if name.lower().startswith(lowered)]
        or ([] if typed[0] == "_" else _fuzzy(lowered, shown))
    )


def _fuzzy(typed: str, names: list[str]) -> list[str]:
    """The names that hold the characters in this order, those that stand close together and early first."""
    search = re.compile(".*?".join(map(re.escape, typed)), re.IGNORECASE).search
    held = [(match.end() - match.start(), match.start(), len(name), name) for name in names if (match := search(name))]
    return [name for *_, name in sorted(held)]
