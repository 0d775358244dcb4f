"""What Enter, Tab and Backspace do, as functions of the text."""

from __future__ import annotations

import pytest

from tensorsh.shell.editing import (
    as_program,
    erased_by_backspace,
    indentation,
    is_entry,
    line_break,
    margin_by_backtab,
    margin_by_tab,
    submits,
)


@pytest.mark.parametrize(
    "text",
    [
        "1 + 1",
        "x = 1; y = 2",
        "for i in range(3):\n    print(i)\n    ",
        "1 +* 2",  # wrong: more of it would not help, so the error shows at once
        ":vars",
        ":nonsense (",
        "",
    ],
)
def test_enter_submits(text: str) -> None:
    assert submits(text, len(text))


@pytest.mark.parametrize(
    "text",
    ["for i in range(3):", "for i in range(3):\n    print(i)", "zeros(2,", "'''one", "x = 1 + \\"],
)
def test_enter_continues_what_is_incomplete(text: str) -> None:
    assert not submits(text, len(text))


def test_enter_inside_a_text_of_many_lines_begins_a_line() -> None:
    text = "x = [1,\n     2]"
    assert submits(text, len(text))
    assert not submits(text, text.index("\n"))


def test_enter_anywhere_in_a_single_line_submits() -> None:
    assert submits("1 + 1", 2)


@pytest.mark.parametrize(
    ("text", "blanks"),
    [
        ("x = 1", 0),
        ("for i in y:", 4),
        ("for i in y:  # a comment: with a colon", 4),
        ("x = 1  # not a block:", 0),
        ("x = ':'", 0),
        ("    x = 1", 4),
        ("    if x:", 8),
        ("        return x", 4),
        ("    pass", 0),
        ("    passed = 1", 4),
        ("zeros(", 4),
        ("    y = f(", 8),
        ("zeros(2,", 6),
        ("x = [[1, 2],", 5),
        ("f(a)[", 4),
        ("f('(')", 0),
        ("f(1,  # why (", 2),
        ("    '''a string", 0),
        ("  if f(x,\n       y):", 6),
        ("for i in y:\n    z = f(\n        1)", 4),
        ("    x = 1\n    ", 4),
        ("def f():\n    return [\n        1]", 0),
        ("x = {\n    'a': 1,", 4),
    ],
)
def test_the_next_line_is_indented(text: str, blanks: int) -> None:
    assert indentation(text) == " " * blanks


@pytest.mark.parametrize(("line", "count"), [("", 1), ("x", 1), ("    ", 4), ("      ", 2), ("    x", 1)])
def test_backspace_takes_a_step_of_indentation(line: str, count: int) -> None:
    assert erased_by_backspace(line) == count


def test_tab_indents_at_the_beginning_of_a_line() -> None:
    assert margin_by_tab("", "", 0) == "    "
    assert margin_by_tab("", "  x", 2) == "    "
    assert margin_by_tab("", "x", 1) is None


@pytest.mark.parametrize(
    ("above", "line", "margin"),
    [
        ("for i in y:", "x", 4),
        ("for i in y:", "    x", 8),
        ("if a:\n    if b:\n        c", "  x", 8),
        ("if a:\n    b", "    else:", 0),
        ("if a:\n    b", "else:", 4),
        ("zeros(2,", "3)", 6),
    ],
)
def test_tab_gives_a_line_the_indentation_that_belongs_there_then_a_step(above: str, line: str, margin: int) -> None:
    assert margin_by_tab(above, line, 0) == " " * margin


@pytest.mark.parametrize(("line", "margin"), [("        x", 4), ("      x", 4), ("    x", 0), ("x", 0)])
def test_shift_tab_takes_a_step_of_indentation_away(line: str, margin: int) -> None:
    assert margin_by_backtab(line) == " " * margin


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("zeros(2|)", True),  # the bracket was closed as it was opened
        ("zeros(|)", False),
        ("zeros(2,|)", False),
        ("f([1, 2|])", True),
        ("x = (a +|)", False),
        ("for i in range(3|):", False),
        ("print('(|)')", True),
        ("if a:\n    print('b|')", False),
        ("x = ['b|']", True),
    ],
)
def test_enter_before_brackets_that_are_closed_already(text: str, runs: bool) -> None:
    assert submits(text.replace("|", ""), text.index("|")) is runs


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("def f():\n    return g(x|)", "def f():\n    return g(x)\n"),
        ("def f():\n    return g([x,|])", "def f():\n    return g([x,\n])"),
        ("for i in range(3|):", "for i in range(3\n):"),
        ("x = (a +|)", "x = (a +\n)"),
        ("f(a|, b)", "f(a\n, b)"),
        ("a|", "a\n"),
        ("f(a|)\nb", "f(a)\n\nb"),
        ("if a:\n    f('b|')", "if a:\n    f('b')\n"),
    ],
)
def test_a_line_is_broken_behind_brackets_that_are_closed_already(text: str, broken: str) -> None:
    text, cursor = text.replace("|", ""), text.index("|")
    place = line_break(text, cursor)
    assert text[:place] + "\n" + text[place:] == broken


@pytest.mark.parametrize(
    ("entry", "program"),
    [
        ("matmul?", "help(matmul)"),
        ("tf.math.square ??", "help(tf.math.square)"),
        ("?x", "help(x)"),
        ("help", "help()"),
        (" x = 1", "x = 1"),
        (" for i in y:\n     i", "for i in y:\n    i"),
        ("x = '?'", "x = '?'"),
        ("a ? b", "a ? b"),
    ],
)
def test_an_entry_is_run_as_a_program(entry: str, program: str) -> None:
    assert as_program(entry) == program


def test_a_long_block_goes_on_until_a_blank_line() -> None:
    block = "def f():\n" + "    x = 1\n" * 600
    assert not is_entry(block + "    y =") and not is_entry(block + "    y = 2")
    assert is_entry(block + "\n") and is_entry("x = 1\n" * 1000 + "y = 2")
