"""Of a compound statement that Python blames as a whole, what it tests, goes through or enters."""

from __future__ import annotations

import pytest

from tensorsh.language.headers import narrowed
from tensorsh.language.span import Span

CASES = {
    "if a + b:\n    c": "a + b",
    "    if 1:\n        c\n    elif a:\n        b\n    else:\n        d": "1",
    "for x, y in f(1): pass": "f(1)",
    "while (a\n   and b):\n    c": "a\n   and b",
    "with a as b: pass": "a",
    "with a as b, c as d: pass": "a as b, c as d",
    "if ä + b:\n    print('é')": "ä + b",
    "    elif a is b:\n        c\n    else:\n        d": "a is b",
    "forty = 2": "forty = 2",
    "for x in a |> f: x": "for x in a |> f: x",
}


@pytest.mark.parametrize(("text", "part"), CASES.items())
def test_the_header_is_what_is_blamed(text: str, part: str) -> None:
    statement = text.lstrip()
    lines = text.split("\n")
    whole = Span(1, len(text) - len(statement), len(lines), len(lines[-1]))
    span = narrowed(statement, whole)
    found = lines[span.line - 1 : span.end_line]
    found[-1] = found[-1][: span.end_column]
    found[0] = found[0][span.column :]
    assert "\n".join(found) == part
