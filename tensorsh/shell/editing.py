"""What Enter does, and how far a line is indented: functions of the text being edited. Knows no terminal."""

from __future__ import annotations

import re
from textwrap import dedent

from ..language.parser import completeness
from . import pairs

STEP = 4
_PARTNERS = pairs.CLOSING + pairs.QUOTES  # what is put behind the cursor as its partner is typed


def is_entry(text: str) -> bool:
    """Whether the text can be run as it is, or is so wrong that more of it would not help."""
    if text.lstrip().startswith(":"):
        return True
    last = text.rpartition("\n")[2]
    if len(text) > _LONG and last.strip() and last != last.lstrip():
        return False  # a block of that length is not read whole at each of its lines
    return completeness(text) != "incomplete"


_LONG = 5000  # characters


def line_break(text: str, cursor: int) -> int:
    """Where Enter and Alt-Enter break the line: at the cursor, or behind what only closes what stands there."""
    before, after = text[:cursor], text[cursor:]
    rest = after.partition("\n")[0]
    if not rest.strip() or rest.strip(" " + _PARTNERS) or pairs.awaits_more(before, rest):
        return cursor
    return cursor if completeness(before + rest) == "wrong" else cursor + len(rest)


def as_program(text: str) -> str:
    """The entry as it is run: without the blank that kept it out of the history; `name?` and `help` ask for help."""
    return question(text) or dedent(text)


def question(text: str) -> str:
    """What `name?` and `help` stand for; nothing for a text that is no such question."""
    if text.strip() == "help":
        return "help()"
    asked = _QUESTION.fullmatch(text.strip())
    return f"help({asked[1] or asked[2]})" if asked else ""


def submits(text: str, cursor: int) -> bool:
    """Whether Enter runs the text; else it begins a new line, as it does inside a text of many lines.

    Brackets that were closed as they were opened do not make an entry complete that is not so without them.
    """
    before, after = text[:cursor], text[cursor:]
    if pairs.awaits_more(before, after):
        return False
    if after.strip() and not after.strip(" \n" + _PARTNERS):
        state = completeness(text)
        return state == "complete" or state == "wrong" and completeness(before) != "incomplete"
    return not ("\n" in text and after.strip()) and is_entry(text)


def indentation(text: str) -> str:
    """The blanks with which the line after `text` begins.

    After a colon a step in, after what leaves a block a step out. Inside brackets it stands under what is in
    them already, or a step in where nothing is. Inside a string it begins at the margin.
    """
    brackets: list[int] = []  # where the open ones stand
    statement = 0  # where the last line begins that is not inside brackets
    code_end = 0  # where the last thing ends that is neither blank nor comment
    for token in _TOKENS.finditer(text):
        kind = token.lastgroup
        if kind == "unclosed":
            return ""
        if kind == "comment":
            continue
        if not brackets and "\n" in text[code_end : token.start()]:
            statement = text.rfind("\n", 0, token.start()) + 1
        if kind == "opening":
            brackets.append(token.start())
        elif kind == "closing" and brackets:
            brackets.pop()
        code_end = token.end()
    line = text[text.rfind("\n") + 1 :]
    if brackets:
        return _indentation_in_bracket(text, brackets[-1], code_end)
    margin = _margin(text[statement:]) if line.strip() else line
    if line.strip() and text[:code_end].endswith(":"):
        return margin + " " * STEP
    return margin[:-STEP] if _LEAVES.match(text, statement) else margin


def _indentation_in_bracket(text: str, bracket: int, code_end: int) -> str:
    begin = text.rfind("\n", 0, bracket) + 1
    if bracket + 1 == code_end:
        return _margin(text[begin:]) + " " * STEP
    if "\n" in text[bracket:]:
        return _margin(text[text.rfind("\n") + 1 :])
    return " " * (bracket + 1 - begin)


def erased_by_backspace(line: str) -> int:
    """How many characters Backspace takes before the cursor: a step of the line's indentation, or one."""
    if line and not line.strip(" "):
        return (len(line) - 1) % STEP + 1
    return 1


def margin_by_tab(above: str, line: str, column: int) -> str | None:
    """The blanks with which Tab lets the line begin that stands below the text `above`; None where it does not indent.

    At a line's start, Tab gives the line the indentation that belongs there; if it has that, one step more.
    """
    margin = _margin(line)
    if column > len(margin):
        return None
    wanted = indentation(above)
    if _CLAUSE.match(line, len(margin)):
        wanted = wanted[:-STEP]
        if wanted != margin:
            return wanted
    return wanted if len(margin) < len(wanted) else " " * (len(margin) // STEP + 1) * STEP


def margin_by_backtab(line: str) -> str:
    """The line's blanks after Shift-Tab: one step less."""
    return " " * ((len(_margin(line)) - 1) // STEP * STEP)


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


_QUESTION = re.compile(r"(?:\?\s*([\w.]+)|([\w.]+)\s*\?{1,2})")
_CLAUSE = re.compile(r"(else|elif|except|finally)\b")
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
