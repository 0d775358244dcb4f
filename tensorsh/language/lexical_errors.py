"""Characters that begin no token: an open string, a typographer's quote, another language's sign."""

from __future__ import annotations

import unicodedata

from .scene import Scene
from .source import TensorshSyntaxError


def unreadable(scene: Scene) -> TensorshSyntaxError:
    """What is wrong with the character that the lexer stopped at."""
    word, sign = scene.at, scene.at.text[0]
    if word.kind == "open_string":
        return open_string(scene)
    if sign == "\\":
        return scene.error(
            "a backslash joins two lines only as the last character of its line", "write nothing after it"
        )
    if sign == "!":
        return scene.error("'!' is no operator", "write 'not x', or 'x != y'")
    if sign == "?":
        return scene.error("'?' is no operator", "a choice is written: a if condition else b")
    if sign == "`":
        return scene.error("a backquote means nothing in the language", "write repr(x), or quotes for a string")
    if sign == "$":
        return scene.error("'$' means nothing in the language", "write the name without it")
    described, instead = _describe(sign)
    return scene.error(f"{described} means nothing in the language", instead)


def open_string(scene: Scene) -> TensorshSyntaxError:
    """A string that nothing closes: on its line, or, with three quotes, in the whole text."""
    word = scene.at
    text = word.text.lstrip("rRbBfFuU")
    quote = text[0]
    if text[:3] == quote * 3:
        start = scene.span(word.start, word.start + len(word.text) - len(text) + 3)
        return TensorshSyntaxError(f"this string is never closed: {quote * 3} is missing", start, None, incomplete=True)
    hint = f"end it with {quote}, or begin it with {quote * 3} if it has several lines"
    return scene.error(f"this string is not closed on its line: {quote} is missing", hint)


def _describe(sign: str) -> tuple[str, str | None]:
    number = f"U+{ord(sign):04X}"
    name = unicodedata.name(sign, "").lower()
    instead = _INSTEAD.get(sign)
    if instead is None and unicodedata.category(sign) in ("Zs", "Cf"):
        instead = "a blank" if unicodedata.category(sign) == "Zs" else ""
    if instead == "":
        return f"the invisible character {name or 'here'} ({number})", "delete it"
    shown = f"{sign!r}, {name} ({number})," if sign.isprintable() and name else f"the character {name or ''}({number})"
    if sign.isspace() or not sign.isprintable():
        shown = f"the character {name} ({number})" if name else f"the character {number}"
    return shown, f"type {instead}" if instead else None


# What to type -> the characters that it is mistaken for.
_MEANT = {
    "'": "‘’‚‛′´", '"': "“”„‟″«»", "*": "×∙·⋅∗＊", "/": "÷∕⁄／",
    "-": "−–—‐‑－", "+": "＋", "%": "％", "=": "＝",
    "<=": "≤", ">=": "≥", "!=": "≠", "==": "≡", "->": "→⇒", "...": "…", "<": "＜", ">": "＞",
    "and": "∧", "or": "∨", "not": "¬", "in": "∈", "sqrt(x)": "√", "inf": "∞", "** 2": "²", "** 3": "³",
    ",": "，、", ";": "；", ":": "：", ".": "。",
    "(": "（", ")": "）", "[": "［", "]": "］", "{": "｛", "}": "｝",
}  # fmt: skip
_INSTEAD = {character: instead for instead, characters in _MEANT.items() for character in characters}
