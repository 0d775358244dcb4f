"""What is said of a text that is no program, and where.

syntax_errors.txt holds the cases, cut by `---`. A case's program is indented by four; below the line that is
at fault stands `###` with carets under the place, the message, and in parentheses the way out, if one is
known.
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import pytest

from tensorsh.language.diagnostics import diagnose, render
from tensorsh.language.parser import completeness
from tensorsh.language.program import compile_program
from tensorsh.language.source import Source, TensorshSyntaxError

CASES = (Path(__file__).parent / "syntax_errors.txt").read_text(encoding="utf-8").rstrip("\n").split("\n---\n")


def _program(case: str) -> str:
    return "\n".join(line[4:] for line in case.split("\n") if not line.startswith("###"))


def _error(text: str) -> TensorshSyntaxError:
    with pytest.raises(TensorshSyntaxError) as caught:
        compile_program(Source("case", text), frozenset())
    return caught.value


def _annotated(text: str, error: TensorshSyntaxError) -> str:
    """The case as the file has it, for the error that there was."""
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        lines.append(f"    {line}" if line.strip() else line)
        if number == error.span.line:
            end = error.span.end_column if error.span.end_line == number else len(line)
            hint = f" ({error.hint})" if error.hint else ""
            carets = "^" * max(end - error.span.column, 1)
            lines.append(f"### {' ' * error.span.column}{carets} {error.message}{hint}")
    return "\n".join(line.rstrip() for line in lines)


@pytest.mark.parametrize("case", CASES)
def test_the_error_says_what_and_where(case: str) -> None:
    text = _program(case)
    assert _annotated(text, _error(text)) == case


@pytest.mark.parametrize("case", CASES)
def test_python_refuses_it_too_unless_the_language_is_smaller(case: str) -> None:
    text = _program(case)
    smaller = r"leaves out|private|\|>|super|a class has one base|takes no keyword|in a class's body only"
    if sys.version_info >= (3, 12):
        smaller += "|the f-string is closed by a quote"  # which Python allows from then on
    if re.search(smaller, case):
        return
    with pytest.raises(SyntaxError):
        compile(text, "case", "exec", dont_inherit=True)


def test_lines_are_those_of_the_whole_program() -> None:
    error = _error("x = 1\n\n# a comment\nif x:\n    y = 2\n\nz = (3\n")
    assert (error.source, error.span) == ("case", (7, 4, 7, 5))


def test_lines_are_those_of_the_whole_program_inside_strings_and_blocks() -> None:
    error = _error('x = 1\ndef f():\n    y = """\n{"""\n    return f"""a\n  {y +}"""\n')
    assert error.span.line == 6
    assert error.message == "the expression in the f-string's braces is not complete"


def test_nothing_of_a_wrong_program_is_cached_or_given() -> None:
    for _ in range(2):
        _error("x = 1\ny = = 2\n")


DEEP = {
    "parentheses": lambda n: "(" * n + "1" + ")" * n,
    "lists": lambda n: "[" * n + "]" * n,
    "calls": lambda n: "f(" * n + ")" * n,
    "sums": lambda n: "+".join(["a"] * n),
    "powers": lambda n: "**".join(["a"] * n),
    "signs": lambda n: "-" * n + "1",
    "lambdas": lambda n: "lambda: " * n + "1",
    "choices": lambda n: "1 if a else " * n + "2",
    "attributes": lambda n: "a" + ".b" * n,
    "pipes": lambda n: " |> ".join(["a"] * n),
    "generators": lambda n: "[" * n + "1" + " for a in b]" * n,
    "comparisons": lambda n: " < ".join(["a"] * n),
    "targets": lambda n: "a = " * n + "1",
    "nested targets": lambda n: "[" * n + "a" + "]" * n + " = b",
}


@pytest.mark.parametrize("form", DEEP)
def test_what_is_nested_deeply_compiles_or_is_refused_in_words(form: str) -> None:
    source = Source("case", DEEP[form](5000))
    try:
        compile_program(source, frozenset())
    except TensorshSyntaxError as error:
        assert re.fullmatch(r"this is nested too deeply: \d+ levels", error.message)
        # The carets are at the deepest, not at all of it.
        assert (error.span.column, error.span.end_column) != (0, len(source.text))


def test_any_text_ends_in_a_program_or_in_words() -> None:
    """Programs cut, doubled and mixed up at random: never another exception, always a picture."""
    chance = random.Random(7)
    programs = [_program(case) for case in CASES]
    pieces = [piece for text in programs for piece in re.findall(r"\w+|\s+|[^\w\s]+", text)]
    pieces += ["\x00", "\u200b", "é", "'", '"""', "\\", "\t", "\n    ", "f'{"]
    for _ in range(3000):
        words = re.findall(r"\w+|\s+|[^\w\s]", chance.choice(programs))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(words))
            words[at : at + chance.randint(0, 1)] = [chance.choice(pieces)] * chance.randint(0, 2) or [""]
        text = "".join(words)
        source = Source("case", text)
        try:
            compile_program(source, frozenset())
        except TensorshSyntaxError as error:
            assert render(diagnose(error, {"case": source})).startswith("error[SyntaxError]: ")
        assert completeness(text) in ("complete", "incomplete", "wrong")
