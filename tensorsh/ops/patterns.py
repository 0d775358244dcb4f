"""Regular expressions on text, in RE2's syntax and in linear time."""

from __future__ import annotations

from typing import Any

from ..runtime.dtypes import bool_
from ..runtime.errors import bracketed, invalid
from ..runtime.regex import PatternError, Regex
from ..runtime.tensor import Tensor
from .registry import op
from .strings import each, texts


@op("strings.regex_full_match")
def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Tensor:
    """Whether the pattern matches a text from end to end. Raises InvalidArgumentError for what is no pattern.

    input: texts of any shape. pattern: a text, a regular expression of RE2's syntax.

    >>> regex_full_match(["abc", "ab1"], "[a-z]+")
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    kernel = "RegexFullMatch"
    regex = _regex(kernel, pattern)
    return each(texts(kernel, input), lambda text: regex.full_match(_characters(text)), bool_)


@op("strings.regex_replace")
def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> Tensor:
    """Texts with every match of the pattern, or only the first, replaced. In `rewrite`, \\1 stands for group 1.

    input: texts of any shape. pattern: a text, a regular expression of RE2's syntax. rewrite: a text. replace_global:
    whether every match is replaced, and not only the first.

    >>> regex_replace(["hello world"], "o", "0")
    <tf.Tensor: shape=(1,), dtype=string, numpy=array([b'hell0 w0rld'], dtype=object)>
    """
    kernel = "RegexReplace"
    regex = _regex(kernel, pattern)
    parts = _rewrite(_text(kernel, rewrite, "rewrite"))
    if any(isinstance(part, int) and part > regex.groups for part in parts):
        return texts(kernel, input)  # RE2 logs that there is no such group, and replaces nothing

    def replaced(text: bytes) -> bytes:
        chars = _characters(text)
        found: list[str] = []
        end = at = 0
        while at <= len(chars) and (spans := regex.search(chars, at)) is not None:
            start, stop = spans[0] or 0, spans[1] or 0
            if start == stop == end and found:  # an empty match right after one is none
                at = stop + 1
                continue
            found.append(chars[end:start])
            found += [part if isinstance(part, str) else _group(chars, spans, part) for part in parts]
            end, at = stop, stop + (start == stop)
            if not replace_global:
                break
        found.append(chars[end:])
        return "".join(found).encode("utf-8", "surrogateescape")

    return each(texts(kernel, input), replaced)


def _group(text: str, spans: list[int | None], number: int) -> str:
    start, stop = spans[2 * number], spans[2 * number + 1]
    return "" if start is None else text[start:stop]


def _rewrite(rewrite: str) -> list[str | int]:
    """The pieces of a replacement: texts, and the numbers of groups."""
    parts: list[str | int] = []
    at = 0
    while at < len(rewrite):
        letter = rewrite[at]
        at += 1
        if letter == "\\":
            following = rewrite[at : at + 1]
            at += 1
            if following.isdigit():
                parts.append(int(following))
                continue
            letter = following
        parts.append(letter)
    return parts


def _regex(kernel: str, pattern: Any) -> Regex:
    text = _text(kernel, pattern, "pattern")
    try:
        return Regex(text)
    except PatternError as error:
        raise invalid(
            kernel, f"Invalid pattern: {text}, error: {error}", f"{kernel}: the pattern is wrong: {error}", name=None
        ) from None


def _text(kernel: str, value: Any, arg: str) -> str:
    t = texts(kernel, value, arg)
    if t._array.ndim:
        raise invalid(kernel, f"{arg.capitalize()} must be scalar, but received {bracketed(t._array.shape)}", name=None)
    return _characters(t.numpy())


def _characters(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")
