"""The parts of a docstring: summary, prose, what is said of each argument, what is raised, examples.

The house style, which everything here relies on:

    The summary, a sentence or two.

    More, as prose. axis: what is said of an argument begins with its name and a colon, at the start of a line or
    after a full stop, and ends with the paragraph or the next argument's name. Raises ValueError for what it refuses.

    >>> example(1)
    its output
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

_RAISES = re.compile(r"(?:(?<=[.;:] )|^)(?:Raises|It raises|This raises)\b[^.]*(?:\.[^. ][^.]*)*(?:\.\s*|$)")
_RAISED = re.compile(r"[A-Z]\w*(?:Error|Iteration)\b")


class Parts(NamedTuple):
    """What a docstring says."""

    summary: str
    prose: list[str]  # a paragraph each
    arguments: dict[str, str]
    raises: list[str]  # a sentence each
    examples: list[tuple[str, str]]  # (program text, expected output)


def parts_of(value: Any, parameters: Collection[str] = ()) -> Parts:
    """The parts of a value's docstring; `parameters` are the names that may head what is said of an argument."""
    text = inspect.cleandoc(getattr(value, "__doc__", None) or "")
    paragraphs, arguments, raises = [], {}, []
    for paragraph in _prose(text).split("\n\n"):
        flat = re.sub(r"\s*\n(?!\s*[-*] )\s*", " ", paragraph).strip()
        raises += _RAISES.findall(flat)
        flat, said = _split_arguments(_RAISES.sub("", flat).strip(), parameters)
        arguments.update(said)
        if flat:
            paragraphs.append(flat)
    # An error may also be spoken of in passing: "x // 0 raises InvalidArgumentError."
    raises += [s for p in paragraphs for s in _sentences(p) if _RAISED.search(s) and " raise" in s]
    summary = paragraphs.pop(0) if paragraphs else ""
    return Parts(summary, paragraphs, arguments, [sentence.strip() for sentence in raises], list(examples_in(text)))


def examples_in(text: str) -> Iterator[tuple[str, str]]:
    """(program text, expected output) of the prompts in a docstring."""
    lines = inspect.cleandoc(text).splitlines()
    position = 0
    while position < len(lines):
        if not lines[position].startswith(">>> "):
            position += 1
            continue
        program = [lines[position][4:]]
        position += 1
        while position < len(lines) and lines[position].startswith("... "):
            program.append(lines[position][4:])
            position += 1
        output = []
        while position < len(lines) and lines[position].strip() and not lines[position].startswith(">>> "):
            output.append(lines[position])
            position += 1
        yield "\n".join(program) + "\n", "\n".join(output)


def _prose(text: str) -> str:
    """What stands outside the examples."""
    kept, inside = [], False
    for line in text.splitlines():
        inside = line.startswith(">>> ") or inside and bool(line.strip())
        if not inside:
            kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _split_arguments(paragraph: str, parameters: Collection[str]) -> tuple[str, dict[str, str]]:
    """(what is said of no argument, what is said of each)."""
    if not parameters:
        return paragraph, {}
    name = "|".join(sorted(map(re.escape, parameters), key=len, reverse=True))
    head = re.compile(rf"(?:^|(?<=[.;] ))((?:{name})(?:(?:, | and )(?:{name}))*): ")
    before, *rest = head.split(paragraph)
    said = {}
    for names, text in zip(rest[::2], rest[1::2]):
        for each in re.split(", | and ", names):
            said[each] = text.strip().rstrip(";.")
    return before.strip(), said


def _sentences(paragraph: str) -> list[str]:
    return re.split(r"(?<=\.) (?=[A-Z`])", paragraph)
