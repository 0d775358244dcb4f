"""What Enter does, and how far a line is indented: functions of the text that is edited. Knows no terminal."""

from __future__ import annotations

import re

from ..language.parser import completeness

STEP = 4


def is_entry(text: str) -> bool:
    """Whether the text can be run as it is, or is so wrong that more of it would not help."""
    return text.lstrip().startswith(":") or completeness(text) != "incomplete"


def submits(text: str, cursor: int) -> bool:
    """Whether Enter runs the text; else it begins a new line, as it does inside a text of many lines."""
    if "\n" in text and text[cursor:].strip():
        return False
    return is_entry(text)


def indentation(text: str) -> str:
    """The blanks with which the line after `text` begins.

    Inside brackets it stands under the first thing in them, or a step in where nothing follows the bracket; after
    a colon a step in; after what leaves a block a step out; inside a string it begins at the margin.
    """
    brackets: list[re.Match[str]] = []
    code_end = 0  # where the last thing that is neither blank nor comment ends
    for token in _TOKENS.finditer(text):
        kind = token.lastgroup
        if kind == "unclosed":
            return ""
        if kind == "opening":
            brackets.append(token)
        elif kind == "closing" and brackets:
            brackets.pop()
        if kind != "comment":
            code_end = token.end()
    if brackets:
        bracket = brackets[-1]
        line_start = text.rfind("\n", 0, bracket.start()) + 1
        if bracket.end() == code_end:
            return _margin(text[line_start:]) + " " * STEP
        return re.sub(r"\S", " ", text[line_start : bracket.end()])
    line = text[text.rfind("\n") + 1 :]
    margin = _margin(line)
    if text[:code_end].endswith(":") and text.rfind("\n") < code_end:
        return margin + " " * STEP
    if _LEAVES.match(line):
        return margin[:-STEP]
    return margin


def erased_by_backspace(line: str) -> int:
    """How many characters Backspace takes before the cursor: a step of the line's indentation, or one."""
    if line and not line.strip(" "):
        return (len(line) - 1) % STEP + 1
    return 1


def inserted_by_tab(line: str) -> str | None:
    """The blanks that Tab adds to the line before the cursor; None where it does not indent."""
    return " " * (STEP - len(line) % STEP) if not line.strip() else None


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


_LEAVES = re.compile(r"[ \t]*(return|pass|break|continue|raise)\b")

_TOKENS = re.compile(
    r"""
    (?P<string> '''(?:[^\\]|\\.)*?''' | \"\"\"(?:[^\\]|\\.)*?\"\"\"
              | '(?!'')(?:[^'\\\n]|\\.)*' | "(?!"")(?:[^"\\\n]|\\.)*" )
    | (?P<unclosed> '''.* | \"\"\".* )
    | (?P<comment> \#[^\n]* )
    | (?P<opening> [(\[{] )
    | (?P<closing> [)\]}] )
    | (?P<other> \S )
    """,
    re.VERBOSE | re.DOTALL,
)
