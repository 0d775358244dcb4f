"""A pasted text as its author typed it: without prompts and output of the shell it was copied from."""

from __future__ import annotations

import re
from textwrap import dedent

# Python's, IPython's and our own. A blank follows, or nothing where the terminal cut the blank off.
_PROMPT = re.compile(r"[ \t]*(?:>>>|tsh>|In \[\d+\]:)(?: |$)")
_CONTINUATION = re.compile(r"[ \t]*\.\.\.:?(?: |$)")


def cleaned(text: str) -> str:
    """The text less the indentation that all lines share; if it begins with a prompt, only what was typed."""
    text = dedent(text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4))
    lines = text.strip("\n").split("\n")
    if _PROMPT.match(lines[0]):
        lines = [line[match.end() :] for line in lines if (match := _prompt(line))]
    # A block that was pasted whole, with the end of its last line, is not asked for another empty line.
    end = "\n" if text.endswith("\n") and len(lines) > 1 else ""
    return "\n".join(lines).rstrip() + end


def _prompt(line: str) -> re.Match[str] | None:
    return _PROMPT.match(line) or _CONTINUATION.match(line)
