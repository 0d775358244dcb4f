"""String literals: prefixes, escapes, implicit concatenation, and f-strings.

An f-string's fields are cut out here, by Python 3.11's rules, and parsed by the one grammar at the place
where they stand, so that an error inside a field points into the string. Lines and columns are those of the
token: lines as the source numbers them, columns from 0.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from .source import TensorshSyntaxError
from .span import Span
from .targets import place as place_of
from .tokens import Token

_OPENING = re.compile(r"([A-Za-z]*)('''|\"\"\"|'|\")")


class Literal(NamedTuple):
    """A string token taken apart: its prefix in lower case, and its content's place in the text."""

    token: Token
    prefix: str
    begin: int
    end: int


def take_apart(token: Any) -> Literal:
    match = _OPENING.match(token)
    assert match is not None
    prefix, quote = match.groups()
    start = token.start_pos
    return Literal(token, prefix.lower(), start + match.end(), start + len(token) - len(quote))


def text_value(literal: Literal) -> str:
    """The value of a string literal that is no f-string."""
    content = _content(literal)
    if "r" in literal.prefix or "\\" not in content:
        return content
    return _unescape(content, literal.token, _ESCAPE)


def bytes_value(literal: Literal) -> bytes:
    """The value of a bytes literal."""
    content = _content(literal)
    if not content.isascii():
        raise _error(literal.token, "bytes can hold ASCII characters only", "write the others as \\x..")
    if "r" not in literal.prefix:
        content = _unescape(content, literal.token, _BYTES_ESCAPE)
    return content.encode("latin-1")


def _content(literal: Literal) -> str:
    start = literal.token.start_pos
    return literal.token[literal.begin - start : literal.end - start]


_SIMPLE = {
    "\n": "", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r",
    "t": "\t", "v": "\v",
}  # fmt: skip
_BYTES_ESCAPE = re.compile(r"\\(?:([\n\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2})|(x))")
_ESCAPE = re.compile(
    r"\\(?:([\n\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}]*)\}|([xuUN]))"
)


def _unescape(content: str, token: Any, pattern: re.Pattern[str]) -> str:
    """Replace the escapes; one that means nothing stands for itself, as in Python."""
    is_bytes = pattern is _BYTES_ESCAPE

    def replacement(match: re.Match[str]) -> str:
        kind, text = match.lastindex, match[match.lastindex or 0]
        if kind == 1:
            return _SIMPLE[text]
        if kind == 2:
            return chr(int(text, 8) & 0xFF if is_bytes else int(text, 8))
        if kind == pattern.groups:
            digits = {"x": "two hexadecimal digits", "u": "four hexadecimal digits",
                      "U": "eight hexadecimal digits", "N": "a character's name in braces"}[text]  # fmt: skip
            raise _error(token, f"\\{text} in a string is to be followed by {digits}", "write \\\\ for a backslash")
        if kind == 6:
            import unicodedata

            try:
                return unicodedata.lookup(text)
            except KeyError:
                raise _error(token, f"no character is named {text!r}") from None
        try:
            return chr(int(text, 16))
        except ValueError:
            raise _error(token, f"no character has the number {text}, the last is 0010ffff") from None

    # A backslash pair must be eaten whole, or the second would begin an escape of its own; the pattern does.
    return pattern.sub(replacement, content)


class FString:
    """Reads one f-string literal into AST values: str pieces and ast.FormattedValue.

    `expression(begin, end, line, column)` is to parse and compile text[begin:end].
    """

    def __init__(self, text: str, literal: Literal, expression: Callable[[int, int, int, int], ast.expr]) -> None:
        self._text = text
        self._literal = literal
        self._end = literal.end
        self._raw = "r" in literal.prefix
        self._expression = expression

    def values(self) -> list[str | ast.FormattedValue]:
        values, position = self._pieces(self._literal.begin, 0)
        assert position == self._end
        return values

    def _pieces(self, position: int, depth: int) -> tuple[list[str | ast.FormattedValue], int]:
        """Read up to the string's end or, in a format spec (depth > 0), up to its closing brace."""
        text, end = self._text, self._end
        values: list[str | ast.FormattedValue] = []
        start = position
        while position < end:
            sign = text[position]
            if sign == "\\" and not self._raw:
                position += self._escape_length(position)
            elif sign == "{" and depth == 0 and text.startswith("{{", position, end):
                values.append(self._literal_part(start, position + 1))
                start = position = position + 2
            elif sign == "{":
                values.append(self._literal_part(start, position))
                position = start = self._field(position, depth, values)
            elif sign == "}":
                if depth:
                    break
                if not text.startswith("}}", position, end):
                    raise self._error(position, "a single '}' in an f-string", "write }} for a brace")
                values.append(self._literal_part(start, position + 1))
                start = position = position + 2
            else:
                position += 1
        values.append(self._literal_part(start, position))
        return values, position

    def _escape_length(self, position: int) -> int:
        if self._text.startswith("\\N{", position, self._end):
            close = self._text.find("}", position, self._end)
            return close + 1 - position if close >= 0 else 3
        return 1 if self._text[position + 1] in "{}" else 2

    def _literal_part(self, start: int, end: int) -> str:
        part = self._text[start:end]
        if self._raw or "\\" not in part:
            return part
        return _unescape(part, self._literal.token, _ESCAPE)

    def _field(self, opening: int, depth: int, values: list[str | ast.FormattedValue]) -> int:
        """Read the field whose brace is at `opening`, append what it holds, give the position after it."""
        text = self._text
        if depth == 2:
            raise self._error(opening, "an f-string's format spec is nested too deeply")
        begin = opening + 1
        end = self._expression_end(begin)
        if not text[begin:end].strip():
            raise self._error(opening, "an f-string's braces hold no expression", "write {{ and }} for braces")
        line, column = self._place(begin)
        value = self._expression(begin, end, line, column)
        position = end
        labelled = text.startswith("=", position)
        if labelled:
            position += 1
            while position < self._end and text[position] in " \t\n\f":
                position += 1
            values.append(text[begin:position])
        conversion = -1
        if text.startswith("!", position):
            letter = text[position + 1]
            if letter not in "rsa" or position + 2 >= self._end or text[position + 2] not in ":}":
                raise self._error(position, "after '!' in an f-string comes r, s or a", "write {x!r}")
            conversion = ord(letter)
            position += 2
        spec: list[str | ast.FormattedValue] | None = None
        if text.startswith(":", position) and position < self._end:
            spec, position = self._pieces(position + 1, depth + 1)
        elif labelled and conversion < 0:
            conversion = ord("r")
        if position >= self._end or text[position] != "}":
            raise self._error(opening, "this '{' of an f-string is not closed", "write {{ for a brace")
        place = place_of(self._literal.token)
        format_spec = joined(spec, place) if spec is not None else None
        values.append(ast.FormattedValue(value, conversion, format_spec, **place))
        return position + 1

    def _expression_end(self, position: int) -> int:
        """Where the field's expression ends: at '=', '!', ':' or '}', outside brackets and strings."""
        text, opening = self._text, position - 1
        brackets: list[str] = []
        while position < self._end:
            sign = text[position]
            if sign in "'\"":
                position = self._skip_string(position)
                continue
            if sign == "\\":
                raise self._error(position, "a backslash cannot stand in an f-string's braces", _NAME_IT)
            if sign == "#":
                raise self._error(position, "a comment cannot stand in an f-string's braces")
            if sign in "([{":
                brackets.append(sign)
            elif brackets and sign in ")]}":
                brackets.pop()
            elif not brackets:
                if sign in "!=<>" and text.startswith("=", position + 1):
                    position += 2
                    continue
                if sign in "!:=}":
                    return position
            position += 1
        raise self._error(opening, "this '{' of an f-string is not closed", "write {{ for a brace")

    def _skip_string(self, position: int) -> int:
        text = self._text
        quote = text[position] * 3 if text.startswith(text[position] * 3, position, self._end) else text[position]
        close = text.find(quote, position + len(quote), self._end)
        if close < 0:
            raise self._error(position, "this string inside an f-string's braces is not closed")
        if "\\" in text[position:close]:
            raise self._error(position, "a backslash cannot stand in an f-string's braces", _NAME_IT)
        return close + len(quote)

    def _place(self, position: int) -> tuple[int, int]:
        token, text = self._literal.token, self._text
        lines = text.count("\n", token.start_pos, position)
        if not lines:
            return token.line, token.column - 1 + position - token.start_pos
        return token.line + lines, position - text.rindex("\n", 0, position) - 1

    def _error(self, position: int, message: str, hint: str | None = None) -> TensorshSyntaxError:
        line, column = self._place(position)
        return TensorshSyntaxError(message, Span(line, column, line, column + 1), hint)


_NAME_IT = "give the value a name on a line before"


def joined(values: list[str | ast.FormattedValue], place: dict[str, Any]) -> ast.JoinedStr:
    """The pieces as one node, neighbouring text run together."""
    nodes: list[ast.expr] = []
    text = ""
    for value in values:
        if isinstance(value, str):
            text += value
            continue
        if text:
            nodes.append(ast.Constant(text, **place))
            text = ""
        nodes.append(value)
    if text:
        nodes.append(ast.Constant(text, **place))
    return ast.JoinedStr(nodes, **place)


def _error(token: Any, message: str, hint: str | None = None) -> TensorshSyntaxError:
    span = Span(token.line, token.column - 1, token.end_line, token.end_column - 1)
    return TensorshSyntaxError(message, span, hint)
