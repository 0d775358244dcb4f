"""The syntax of regular expressions, RE2's: from a pattern to a tree whose leaves are tests of one character."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_MOST_REPEATS = 1000
_MOST_NESTING = 100

Test = Callable[[str], bool]


class PatternError(ValueError):
    """A pattern that is none; the message is RE2's."""


class Parser:
    """A pattern as a tree: ("char", test), ("assert", what), ("cat" or "or", parts), ("group", number, tree) and
    ("repeat", tree, least, most, lazy).
    """

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at, self.groups, self.depth = pattern, 0, 0, 0
        self.fold = self.dot_all = self.multiline = self.swap = False

    def parse(self) -> Any:
        tree = self.alternatives()
        if self.at < len(self.pattern):
            raise PatternError(f"unexpected ): {self.pattern}")
        return tree

    def more(self) -> bool:
        return self.at < len(self.pattern)

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1]

    def alternatives(self) -> Any:
        flags = self.fold, self.dot_all, self.multiline, self.swap
        parts = [self.sequence()]
        while self.peek() == "|":
            self.take()
            parts.append(self.sequence())
        self.fold, self.dot_all, self.multiline, self.swap = flags
        return parts[0] if len(parts) == 1 else ("or", parts)

    def sequence(self) -> Any:
        parts: list[Any] = []
        while self.more() and self.peek() not in "|)":
            atom = self.atom()
            if atom is not None:
                parts.append(self.repeated(atom))
        return ("cat", parts)

    def repeated(self, atom: Any) -> Any:
        start = self.at
        bounds = self.bounds()
        if bounds is None:
            return atom
        lazy = self.peek() == "?"
        self.at += lazy
        again = self.at
        if self.bounds() is not None:
            raise PatternError(f"bad repetition operator: {self.pattern[start : self.at]}")
        self.at = again
        return ("repeat", atom, *bounds, lazy != self.swap)

    def bounds(self) -> tuple[int, int | None] | None:
        """(least, most) of a repetition that stands here."""
        letter = self.peek()
        if letter and letter in "*+?":
            self.take()
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[letter]
        if letter == "{":
            end = self.pattern.find("}", self.at)
            low, comma, high = self.pattern[self.at + 1 : max(end, 0)].partition(",")
            if end > 0 and low.isdigit() and (not high or high.isdigit()):
                least = int(low)
                most = (int(high) if high else None) if comma else least
                if least > _MOST_REPEATS or most is not None and (most > _MOST_REPEATS or most < least):
                    raise PatternError(f"invalid repetition size: {self.pattern[self.at : end + 1]}")
                self.at = end + 1
                return least, most
        return None

    def atom(self) -> Any:
        letter = self.take()
        if letter == "(":
            return self.group()
        if letter == "[":
            return ("char", self.char_class())
        if letter == ".":
            dot_all = self.dot_all
            return ("char", lambda c: dot_all or c != "\n")
        if letter == "^":
            return ("assert", "line start" if self.multiline else "start")
        if letter == "$":
            return ("assert", "line end" if self.multiline else "end")
        if letter in "*+?":
            raise PatternError(f"no argument for repetition operator: {letter}")
        if letter == "\\":
            return self.escape()
        return ("char", self.literal(letter))

    def literal(self, letter: str) -> Test:
        if self.fold:
            folded = letter.casefold()
            return lambda c: c.casefold() == folded
        return lambda c: c == letter

    def group(self) -> Any:
        number = None
        if self.pattern.startswith("?", self.at):
            self.take()
            if self.pattern.startswith(("P<", "<"), self.at):
                end = self.pattern.find(">", self.at)
                name = self.pattern[self.at : end].lstrip("P").lstrip("<")
                if end < 0 or not name.isidentifier():
                    raise PatternError(f"invalid named capture group: (?{self.pattern[self.at :]}")
                self.at = end + 1
                self.groups += 1
                number = self.groups
            elif self.flags():
                return None  # flags for the rest of this group
        else:
            self.groups += 1
            number = self.groups
        self.depth += 1
        if self.depth > _MOST_NESTING:
            raise PatternError(f"expression nests too deeply: {self.pattern}")
        tree = self.alternatives()
        self.depth -= 1
        if self.peek() != ")":
            raise PatternError(f"missing ): {self.pattern}")
        self.take()
        return tree if number is None else ("group", number, tree)

    def flags(self) -> bool:
        """Read `i`, `s`, `m`, `U` up to `:` or `)`; whether it was `)`."""
        value = True
        if self.peek() in tuple("=!<>"):
            raise PatternError(f"invalid perl operator: (?{self.peek()}")
        while self.more():
            letter = self.take()
            if letter in ":)":
                return letter == ")"
            if letter == "-":
                value = False
            elif letter in "ismU":
                setattr(self, {"i": "fold", "s": "dot_all", "m": "multiline", "U": "swap"}[letter], value)
            else:
                break
        raise PatternError(f"invalid or unsupported Perl syntax: (?{self.pattern[self.at - 1 :]}")

    def escape(self) -> Any:
        if not self.more():
            raise PatternError("trailing \\")
        letter = self.peek()
        if letter in "bBAz":
            self.take()
            return ("assert", {"b": "word edge", "B": "no word edge", "A": "start", "z": "end"}[letter])
        if letter == "Q":
            self.take()
            end = self.pattern.find("\\E", self.at)
            text = self.pattern[self.at : end if end >= 0 else None]
            self.at = len(self.pattern) if end < 0 else end + 2
            return ("cat", [("char", self.literal(c)) for c in text])
        known = self.known_class()
        return ("char", known if known is not None else self.literal(self.escaped_letter()))

    def known_class(self) -> Test | None:
        letter = self.peek()
        if letter and letter in "dDwWsS":
            self.take()
            members = _CLASSES[letter.lower()]
            return (lambda c: c in members) if letter.islower() else (lambda c: c not in members)
        return None

    def escaped_letter(self) -> str:
        letter = self.take()
        if letter == "x":
            braced = self.peek() == "{"
            end = self.pattern.find("}", self.at) if braced else self.at + 2
            digits = self.pattern[self.at + braced : end]
            try:
                found = chr(int(digits, 16))
            except (ValueError, OverflowError):
                raise PatternError(f"invalid escape sequence: \\x{digits}") from None
            self.at = end + braced
            return found
        if letter in _LETTERS:
            return _LETTERS[letter]
        if letter.isalnum():
            raise PatternError(f"invalid escape sequence: \\{letter}")
        return letter

    def char_class(self) -> Test:
        start = self.at - 1
        negated = self.peek() == "^"
        self.at += negated
        tests: list[Test] = []
        first = True
        while first or self.peek() != "]":
            if not self.more():
                raise PatternError(f"missing ]: {self.pattern[start:]}")
            first = False
            tests.append(self.class_item())
        self.take()
        return lambda c: any(test(c) for test in tests) != negated

    def class_item(self) -> Test:
        if self.pattern.startswith("[:", self.at):
            end = self.pattern.find(":]", self.at)
            name = self.pattern[self.at + 2 : max(end, 0)]
            inverse, plain = name.startswith("^"), name.lstrip("^")
            if plain in _POSIX:
                self.at = end + 2
                members = _POSIX[plain]
                return lambda c: (c in members) != inverse
        if self.peek() == "\\":
            self.take()
            known = self.known_class()
            if known is not None:
                return known
            low = self.escaped_letter()
        else:
            low = self.take()
        high = low
        if self.peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("]", ""):
            self.take()
            high = self.take()
            if high == "\\":
                high = self.escaped_letter()
            if high < low:
                raise PatternError(f"invalid character class range: {low}-{high}")
        if self.fold:
            return lambda c: low <= c <= high or low <= c.lower() <= high or low <= c.upper() <= high
        return lambda c: low <= c <= high


_DIGITS = frozenset("0123456789")
_LOWER, _UPPER = frozenset("abcdefghijklmnopqrstuvwxyz"), frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
WORD = _DIGITS | _LOWER | _UPPER | {"_"}
_CLASSES = {"d": _DIGITS, "w": WORD, "s": frozenset("\t\n\f\r ")}
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_POSIX = {
    "digit": _DIGITS, "lower": _LOWER, "upper": _UPPER, "alpha": _LOWER | _UPPER, "word": WORD,
    "alnum": _DIGITS | _LOWER | _UPPER, "space": frozenset("\t\n\v\f\r "), "blank": frozenset("\t "),
    "punct": _PUNCTUATION, "xdigit": _DIGITS | frozenset("abcdefABCDEF"),
    "graph": _PUNCTUATION | _DIGITS | _LOWER | _UPPER, "print": _PUNCTUATION | _DIGITS | _LOWER | _UPPER | {" "},
}  # fmt: skip
