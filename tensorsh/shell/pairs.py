"""Brackets and quotes that come in pairs: what a key does to its partner. Functions of the text around the cursor."""

from __future__ import annotations

from functools import lru_cache

from ..language.parser import terminal
from ..language.words import CLOSER, Word, stretches, words_in

OPENING, CLOSING, QUOTES = "([{", ")]}", "\"'"


def closed_by(before: str, after: str, typed: str) -> str:
    """What is put behind the cursor when an opening bracket or a quote is typed; often nothing."""
    last = _last(before)
    if last is not None and last.kind in ("open_string", "comment"):
        return ""
    if after[:1] not in ("", " ", "\n", ",", ":", ";", *CLOSING):
        return ""
    if typed in OPENING:
        return CLOSER[typed] if _surplus(before, after) <= 0 else ""
    if before.endswith(typed * 2) and last is not None and last.text == typed * 2:
        return typed * 3
    follows_word = last is not None and last.kind in ("name", "keyword", "number", "string")
    is_prefix = last is not None and last.text.lower() in _PREFIXES
    return "" if follows_word and not is_prefix else typed


def types_over(before: str, after: str, typed: str) -> bool:
    """Whether the key only moves over what stands there already."""
    if after[:1] != typed:
        return False
    last = _last(before)
    if typed in QUOTES:
        return last is not None and last.kind == "open_string" and _opening_quote(last) in (typed, typed * 3)
    in_text = last is not None and last.kind in ("open_string", "comment")
    return not in_text and _surplus(before, after) >= 0


def is_empty_pair(before: str, after: str) -> bool:
    """Whether the cursor stands between the two of a pair, so that erasing one erases both."""
    if before[-1:] in QUOTES and before[-1:] == after[:1]:
        return before[-2:-1] != before[-1:]
    return CLOSER.get(before[-1:]) == after[:1] and _surplus(before, after) >= 0


def awaits_more(before: str, after: str) -> bool:
    """Whether Enter right here is to begin a line inside a bracket that is closed already."""
    last = _last(before.rstrip(" \t"))
    return last is not None and last.text in (",", *OPENING) and after.lstrip(" \t")[:1] in tuple(CLOSING)


_PREFIXES = frozenset({"r", "b", "f", "u", "rb", "br", "rf", "fr"})


def _last(text: str) -> Word | None:
    """The word that the text ends with."""
    last = None
    for start, stop in stretches(text, 0, len(text), terminal):
        last = start, stop
    return words_in(text[slice(*last)], terminal)[-1] if last is not None else None


def _opening_quote(word: Word) -> str:
    content = word.text.lstrip("rRbBfFuU")
    return content[:3] if content[:3] in ("'''", '"""') else content[:1]


def _surplus(before: str, after: str) -> int:
    """How many closing brackets there are more than opening ones, those in strings and comments not counted."""
    text = before + after
    return sum(_surplus_in(text[start:stop]) for start, stop in stretches(text, 0, len(text), terminal))


@lru_cache(maxsize=4096)
def _surplus_in(stretch: str) -> int:
    signs = [word.text for word in words_in(stretch, terminal) if word.kind == "sign"]
    return sum((sign in CLOSING) - (sign in OPENING) for sign in signs if len(sign) == 1)
