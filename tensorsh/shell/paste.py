"""A pasted text as its author typed it: without prompts and output of the shell it was copied from."""

from __future__ import annotations

import re
from textwrap import dedent

from ..language.parser import completeness

# Python's, IPython's and our own. A blank follows, or nothing where the terminal cut the blank off.
_PROMPT = re.compile(r"[ \t]*(?:>>>|tsh>|In \[\d+\]:)(?: |$)")
_CONTINUATION = re.compile(r"[ \t]*\.\.\.:?(?: |$)")


def cleaned(text: str) -> str:
    """The text less the indentation that all lines share; of a transcript, only what was typed.

    A transcript begins with a prompt, or has one in a later line and is no program as it is: the end of an output
    may have been copied with it.
    """
    text = dedent(text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4))
    lines = text.strip("\n").split("\n")
    if _PROMPT.match(lines[0]) or any(map(_PROMPT.match, lines)) and completeness(text) == "wrong":
        lines = _typed(lines)
    # A block that was pasted whole, with the end of its last line, is not asked for another empty line.
    end = "\n" if text.endswith("\n") and len(lines) > 1 else ""
    return "\n".join(lines).rstrip() + end


def _typed(lines: list[str]) -> list[str]:
    """The lines that stand behind a prompt, or behind a continuation right below such a line."""
    typed: list[str] = []
    goes_on = False
    for line in lines:
        prompt = _PROMPT.match(line) or goes_on and _CONTINUATION.match(line)
        if prompt:
            typed.append(line[prompt.end() :])
        goes_on = bool(prompt)
    return typed
