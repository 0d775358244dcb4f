"""What Enter, Tab and Backspace do, as functions of the text."""

from __future__ import annotations

import pytest

from tensorsh.shell.editing import erased_by_backspace, indentation, inserted_by_tab, submits


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
    assert inserted_by_tab("") == "    "
    assert inserted_by_tab("  ") == "  "
    assert inserted_by_tab("x") is None
