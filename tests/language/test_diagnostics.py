"""Errors as the user reads them: each test is a program and the picture that it ends in."""

from __future__ import annotations

import builtins
import re
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from tensorsh.language.diagnostics import Diagnostic, diagnose, did_you_mean, render
from tensorsh.language.excerpt import WIDTH
from tensorsh.language.program import compile_program
from tensorsh.language.source import Source
from tensorsh.language.span import Span


class InvalidArgumentError(Exception):
    """An error as the runtime raises them, with all that an error may carry."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.operands = [("a", "float32 (2, 3)"), ("b", "float32 (2, 3)")]
        self.hint = "transpose one of them"


class Tensor:
    def matmul(self, other: Any) -> Any:
        raise InvalidArgumentError("matmul: inner dimensions differ, 3 and 2")

    __matmul__ = __iadd__ = __lt__ = __radd__ = matmul


def matmul(a: Any, b: Any, transpose_b: bool = False) -> Any:
    return a @ b


def picture(text: str, name: str = "train.tsh", color: bool = False, **names: Any) -> str:
    """What is shown for the error that the program ends in."""
    source = Source(name, textwrap.dedent(text).strip("\n") + "\n")
    known = {"x": Tensor(), "w": Tensor(), "matmul": matmul, **names}
    services = {"@echo": lambda value: value, "@attr": getattr, "Exception": Exception}
    globals_ = {"__builtins__": {**vars(builtins), **services, **known}}
    try:
        for unit in compile_program(source, frozenset()):
            exec(unit.code, globals_)
    except BaseException as error:
        candidates = ["zeros", "zeros_like", "ones", "_secret", *known]
        found = diagnose(error, {name: source}, candidates, lambda function: ["axis", "keepdims", "name"])
        return render(found, color)
    raise AssertionError("the program ended well")


PICTURES: dict[str, tuple[str, str]] = {
    "an operator's operands are named as they are written": (
        """
        # a comment


        c = x @ w
        """,
        """
        error[InvalidArgumentError]: matmul: inner dimensions differ, 3 and 2
          --> train.tsh:4:5
           |
         4 | c = x @ w
           |     ^^^^^ x is float32 (2, 3), w is float32 (2, 3)
           = help: transpose one of them
        """,
    ),
    "a call's operands, by position and by keyword, over several lines": (
        """
        c = matmul(x,
                   b=w[0] if 0 else w)
        """,
        """
        error[InvalidArgumentError]: matmul: inner dimensions differ, 3 and 2
          --> train.tsh:1:5
           |
         1 | c = matmul(x,
           |     ^^^^^^^^^
         2 |            b=w[0] if 0 else w)
           |            ^^^^^^^^^^^^^^^^^^^ x is float32 (2, 3), w[0] if 0 else w is float32 (2, 3)
           = help: transpose one of them
        """,
    ),
    "a pipe's, a method's": (
        """
        x |> matmul(b=w)
        """,
        """
        error[InvalidArgumentError]: matmul: inner dimensions differ, 3 and 2
          --> train.tsh:1:1
           |
         1 | x |> matmul(b=w)
           | ^^^^^^^^^^^^^^^^ x is float32 (2, 3), w is float32 (2, 3)
           = help: transpose one of them
        """,
    ),
    "a method's first operand is what it belongs to": (
        """
        y = x.matmul(w)
        """,
        """
        error[InvalidArgumentError]: matmul: inner dimensions differ, 3 and 2
          --> train.tsh:1:5
           |
         1 | y = x.matmul(w)
           |     ^^^^^^^^^^^ x is float32 (2, 3), w is float32 (2, 3)
           = help: transpose one of them
        """,
    ),
    "an augmented assignment's": (
        """
        x = x; x += w
        """,
        """
        error[InvalidArgumentError]: matmul: inner dimensions differ, 3 and 2
          --> train.tsh:1:8
           |
         1 | x = x; x += w
           |        ^^^^^^ x is float32 (2, 3), w is float32 (2, 3)
           = help: transpose one of them
        """,
    ),
    "a long operand goes by its parameter's name": (
        """
        y = x @ [1, 2, 3, 4, 5, 6, 7, 8, 9]
        """,
        """
        error[InvalidArgumentError]: matmul: inner dimensions differ, 3 and 2
          --> train.tsh:1:5
           |
         1 | y = x @ [1, 2, 3, 4, 5, 6, 7, 8, 9]
           |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ x is float32 (2, 3), b is float32 (2, 3)
           = help: transpose one of them
        """,
    ),
    "the calls that led there, innermost first": (
        """
        def loss(v):
            return [1 / n for n in v]
        def step(v):
            return loss(v) + 1
        for i in range(3):
            step([0])
        """,
        """
        error[ZeroDivisionError]: division by zero
          --> train.tsh:2:13
           |
         2 |     return [1 / n for n in v]
           |             ^^^^^
           = in loss, called from train.tsh:4:12: return loss(v) + 1
           = in step, called from train.tsh:6:5: step([0])
        """,
    ),
    "a name that is close to one there is": (
        "y = zeross(2)",
        """
        error[NameError]: name 'zeross' is not defined
          --> train.tsh:1:5
           |
         1 | y = zeross(2)
           |     ^^^^^^
           = help: did you mean 'zeros'?
        """,
    ),
    "an attribute": (
        "y = [1].apend(2)",
        """
        error[AttributeError]: 'list' object has no attribute 'apend'
          --> train.tsh:1:5
           |
         1 | y = [1].apend(2)
           |     ^^^^^^^^^
           = help: did you mean 'append'?
        """,
    ),
    "what a loop goes through": (
        "for x in 5:\n    print(x)",
        """
        error[TypeError]: 'int' object is not iterable
          --> train.tsh:1:10
           |
         1 | for x in 5:
           |          ^
        """,
    ),
    "a keyword argument": (
        "matmul(1, 2, axes=3)",
        """
        error[TypeError]: matmul() got an unexpected keyword argument 'axes'
          --> train.tsh:1:1
           |
         1 | matmul(1, 2, axes=3)
           | ^^^^^^^^^^^^^^^^^^^^
           = help: did you mean 'axis'?
        """,
    ),
    "a cause, in a line": (
        """
        try:
            {}["key"]
        except KeyError as e:
            raise ValueError("no such key") from e
        """,
        """
        error[ValueError]: no such key
          --> train.tsh:4:5
           |
         4 |     raise ValueError("no such key") from e
           |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           = caused by KeyError: 'key' (train.tsh:2)
        """,
    ),
    "what was being handled": (
        """
        try:
            [][1]
        except:
            1 / 0
        """,
        """
        error[ZeroDivisionError]: division by zero
          --> train.tsh:4:5
           |
         4 |     1 / 0
           |     ^^^^^
           = while handling IndexError: list index out of range (train.tsh:2)
        """,
    ),
    "endless recursion": (
        """
        def f(n): return f(n + 1)
        f(0)
        """,
        """
        error[RecursionError]: calls are nested too deeply: N calls of f are open
          --> train.tsh:1:18
           |
         1 | def f(n): return f(n + 1)
           |                  ^^^^^^^^
           = in f, called from train.tsh:1:18: def f(n): return f(n + 1)
           = ... and N times more ...
           = in f, called from train.tsh:2:1: f(0)
        """,
    ),
    "wide and combining characters take the room that they take": (
        'y = "日本語", "e\u0301", 1 / 0',
        """
        error[ZeroDivisionError]: division by zero
          --> train.tsh:1:18
           |
         1 | y = "日本語", "e\u0301", 1 / 0
           |                    ^^^^^
        """,
    ),
    "tabs are drawn as blanks": (
        "if 1:\n\ty = 3\t+ 1 / 0",
        """
        error[ZeroDivisionError]: division by zero
          --> train.tsh:2:10
           |
         2 |     y = 3    + 1 / 0
           |                ^^^^^
        """,
    ),
    "a span of many lines is shortened": (
        """
        matmul(
            1,
            2,
            3,
            4,
            5, sep=1)
        """,
        """
        error[TypeError]: matmul() got an unexpected keyword argument 'sep'
          --> train.tsh:1:1
           |
         1 | matmul(
           | ^^^^^^^
         2 |     1,
           |     ^^
         3 |     2,
           |     ^^
        ...
         6 |     5, sep=1)
           |     ^^^^^^^^^
        """,
    ),
    "line numbers of several digits": (
        "\n" * 98 + "# here\n1 / 0",
        """
        error[ZeroDivisionError]: division by zero
          --> train.tsh:2:1
           |
         2 | 1 / 0
           | ^^^^^
        """,
    ),
    "an error without a message": (
        "raise ValueError",
        """
        error[ValueError]
          --> train.tsh:1:1
           |
         1 | raise ValueError
           | ^^^^^^^^^^^^^^^^
        """,
    ),
    "a message of several lines": (
        "raise ValueError('one\\n  two')",
        """
        error[ValueError]: one
          two
          --> train.tsh:1:1
           |
         1 | raise ValueError('one\\n  two')
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """,
    ),
    "a note": (
        """
        e = ValueError("v")
        e.add_note("seen twice")
        raise e
        """,
        """
        error[ValueError]: v
          --> train.tsh:3:1
           |
         3 | raise e
           | ^^^^^^^
           = note: seen twice
        """,
    ),
    "a syntax error": (
        """
        x = 1
        y = (2
        """,
        """
        error[SyntaxError]: '(' is never closed
          --> train.tsh:2:5
           |
         2 | y = (2
           |     ^
        """,
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str) -> None:
    text, expected = PICTURES[name]
    shown = re.sub(r"\b\d{3,} (calls|times|more)", r"N \1", picture(text))
    assert shown == textwrap.dedent(expected).strip("\n")


def test_a_long_chain_of_calls_is_shortened() -> None:
    lines = picture("def f(n): return g(n)\ndef g(n): return f(n)\nf(0)").split("\n")
    chain = [line for line in lines if line.startswith("   = ")]
    assert len(chain) == 9
    assert re.fullmatch(r"   = \.\.\. \d+ more calls \.\.\.", chain[4])
    assert chain[-1] == "   = in f, called from train.tsh:3:1: f(0)"


def test_the_margin_grows_with_the_line_number() -> None:
    source = Source("t", "\n" * 99 + "1 / 0\n")
    shown = render(Diagnostic("E", "m", source, Span(100, 0, 100, 5), "", "h", ()))
    assert shown.split("\n") == [
        "error[E]: m",
        "    --> t:100:1",
        "     |",
        " 100 | 1 / 0",
        "     | ^^^^^",
        "     = help: h",
    ]


@pytest.mark.parametrize("before", [0, 40, 400])
@pytest.mark.parametrize("after", [0, 400])
def test_a_long_line_is_cut_around_the_carets(before: int, after: int) -> None:
    shown = picture("y = " + "1 + " * before + "(1 / 0)" + " + 2" * after).split("\n")
    line, carets = shown[3][5:], shown[4][5:]
    assert len(line) <= WIDTH + 2
    assert line[carets.index("^") : carets.rindex("^") + 1] == "1 / 0"
    assert line.startswith("…") == (before > 20)
    assert line.endswith("…") == (after > 20)


def test_an_interrupt_is_a_word() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    assert picture("f()", f=interrupt) == "Interrupted"


def test_a_summary_stands_for_the_message() -> None:
    error: Any = ValueError("long")
    error.summary = "shorter"
    assert picture("raise e", e=error).startswith("error[ValueError]: shorter\n")


def test_an_error_whose_message_cannot_be_had_is_shown_all_the_same() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert picture("raise e", e=Broken()).startswith("error[Broken]: (its message cannot be shown)\n")


def test_an_assertion_without_a_message_says_what_it_means() -> None:
    assert picture("assert 1 == 2").startswith("error[AssertionError]: the assertion is not true\n")


def test_an_error_from_elsewhere_has_no_place() -> None:
    assert render(diagnose(ValueError("v"), {})) == "error[ValueError]: v"


def test_control_characters_of_a_source_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in picture("y = '\x1b[31m', 1 / 0")


def test_color_marks_the_parts_and_changes_no_text() -> None:
    plain, colored = picture("1 / 0"), picture("1 / 0", color=True)
    assert "\033[1;31merror[ZeroDivisionError]\033[0m" in colored
    assert re.sub(r"\033\[[\d;]*m", "", colored) == plain


def test_frames_that_are_not_the_users_are_not_shown() -> None:
    def library(function: Callable[[int], Any]) -> Any:
        return function(0)

    shown = picture("y = library(lambda n: 1 / n)", library=library)
    assert shown.split("\n")[1:] == [
        "  --> train.tsh:1:23",
        "   |",
        " 1 | y = library(lambda n: 1 / n)",
        "   |                       ^^^^^",
        "   = in a lambda, called from train.tsh:1:5: y = library(lambda n: 1 / n)",
    ]


def test_pythons_advice_on_long_numbers_is_put_into_words_of_ours() -> None:
    hint = "   = help: hex(x) writes, and int(text, 16) reads, one of any length"
    message = "error[ValueError]: a whole number of more than 4300 digits is neither read nor written"
    shown = picture("y = int('9' * 5000)").split("\n")
    assert (shown[0], shown[-1]) == (message + ", and this one has 5000", hint)
    shown = picture("y = str(int('f' * 5000, 16))").split("\n")
    assert (shown[0], shown[-1]) == (message, hint)


def test_did_you_mean() -> None:
    names = ["reduce_sum", "reduce_mean", "matmul", "Variable", "_private"]
    assert did_you_mean("reduce_sun", names) == "did you mean 'reduce_sum'?"
    assert did_you_mean("variable", names) == "did you mean 'Variable'?"
    assert did_you_mean("_privat", names) is None
    assert did_you_mean("xyz", names) is None
    assert did_you_mean("random_normal", [*names, "tf.random.normal"]) == "did you mean 'tf.random.normal'?"
