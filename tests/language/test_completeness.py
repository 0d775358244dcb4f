"""Complete, incomplete or wrong: what the shell does with what was typed. `|` is the end of a line."""

from __future__ import annotations

import pytest

from tensorsh.language.parser import completeness

COMPLETE = [
    "",
    "x",
    "# only a comment",
    "x = 1; y = 2",
    "x = [1,|     2]",
    "x = 1 + \\|    2",
    'x = """a|b"""',
    "with tape: y = x ** 2",
    "x = Variable(3.); with tape: y = x ** 2",
    "if x: y = 1",
    "if x:|    y = 1|",
    "if x:|    y = 1|    |",
    "if x:|    y = 1||z = 2",
    "def f(x): return x",
    "def f(x):|    return x|",
    "for i in x:|    # nothing|    pass|",
    "try: x|except E: y|",
    "!pip install x",
    "%matplotlib inline|x = 1",
    "f(x)[0] = 1",
]
INCOMPLETE = [
    "if x:",
    "if x:|",
    "if x:|    y = 1",
    "if x:|    y = 1|else:",
    "if x:|    y = [1,|",
    "def f(x):",
    "def f(x):|    # a comment",
    "@g",
    "@g|def f(x):",
    "x = (",
    "x = [1,|     2,",
    "f(x,|  y=3",
    'x = """a',
    "x = f'''a|{b}",
    "x = 1 + \\",
    "try:|    x",
    "try:|    x|",
    "try: x",
    "with a:|    with b:",
    "class C:",
    "class C(B):|    x = 1",
    "class C:|    def f(self):",
    "@f|class C:",
    "x = 1;  with tape:",
    "x = {|    'a': [1, 2|",
]
WRONG = [
    "x = ",
    "x y",
    "if x",
    "x = )",
    "x = (1]",
    "f(a b",
    "  x",
    "'abc",
    "if x:|y",
    "else:",
    "x = $",
    "def f:",
    "if x: y|z = = 1",
]


@pytest.mark.parametrize("text", COMPLETE)
def test_complete(text: str) -> None:
    assert completeness(text.replace("|", "\n")) == "complete"


@pytest.mark.parametrize("text", INCOMPLETE)
def test_incomplete(text: str) -> None:
    assert completeness(text.replace("|", "\n")) == "incomplete"


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    assert completeness(text.replace("|", "\n")) == "wrong"
