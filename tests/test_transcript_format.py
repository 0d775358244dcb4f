"""How golden sessions are read, written and compared; what the oracle says where TensorFlow is missing."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests import transcripts

SESSION = """\
# A comment, and a directive below it.
# floats: rounding
x = 1; x + 1
\t2
for i in range(2):
    print(i)

    print()
else:
    print("end")
\t0
\t
\t1
\t
\tend

@decorated
def f():
    return [
1,
]
# floats: exact
# errors: class
f(
)
\terror[NameError]: name 'decorated' is not defined
"""


def test_a_statement_is_a_whole_top_level_chunk() -> None:
    sources = [statement.source for statement in transcripts.read(SESSION)]
    first_lines = [source.split("\n")[0] for source in sources]
    assert first_lines == ["x = 1; x + 1", "for i in range(2):", "@decorated", "f("]
    assert sources[1].endswith('else:\n    print("end")')
    assert sources[2].endswith("1,\n]")


def test_output_belongs_to_the_statement_above_it() -> None:
    expected = [statement.expected for statement in transcripts.read(SESSION)]
    error = "error[NameError]: name 'decorated' is not defined"
    assert expected == [["2"], ["0", "", "1", "", "end"], [], [error]]


def test_directives_hold_for_the_statements_below_them() -> None:
    statements = transcripts.read(SESSION)
    assert [statement.floats for statement in statements] == ["rounding", "rounding", "rounding", "exact"]
    assert [statement.errors for statement in statements] == ["message", "message", "message", "class"]


def test_writing_replaces_outputs_and_keeps_all_else() -> None:
    outputs = ["\n".join(statement.expected) for statement in transcripts.read(SESSION)]
    assert transcripts.write(SESSION, outputs) == SESSION
    emptied = transcripts.write(SESSION, ["", "", "", ""])
    assert emptied == "".join(line for line in SESSION.splitlines(True) if not line.startswith("\t"))
    assert transcripts.write(emptied, outputs) == SESSION


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = (1\n", "transcript:1: not valid Python"),
        ("\t1\n", "transcript:1: output without a statement above it"),
        ("# floats: roughly\n", "transcript:1: # floats: must be exact or rounding or normwise, not roughly"),
        ("x\n\t1\n\nif x:\nprint()\n", "transcript:5: not valid Python"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text: str, complaint: str) -> None:
    with pytest.raises(transcripts.TranscriptError) as caught:
        transcripts.read(text)
    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("array([0.1234567, 1.       ])", "array([0.12345674, 1.        ])"),
        ("[1.e-08 2.]", "[0. 2.]"),
        ("(1.5+2.j, -0.)", "(1.5000001+2.j, 0.)"),
        ("[nan inf 3.]", "[    nan     inf 3.0000002]"),
        ("numpy=0.3333333432674408>, dtype=float32", "numpy=0.3333333730697632>, dtype=float32"),
        ("dtype=float64, numpy=1.2345678901234567", "dtype=float64, numpy=1.2345678901234561"),
        ("dtype=float64, array([12345.67890123])", "dtype=float64, array([12345.67890124])"),
    ],
)
def test_rounding_forgives_the_last_digits(expected: str, got: str) -> None:
    assert transcripts.same_to_rounding(expected, got)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("array([0.1234567])", "array([0.1234587])"),
        ("[1.e-06]", "[0.]"),
        ("[1 2]", "[1 3]"),
        ("[1.]", "[1. 1.]"),
        ("[nan]", "[inf]"),
        ("[1.]", "[-1.]"),
        ("shape=(2,), 1.0", "shape=(3,), 1.0"),
        ("dtype=float32, 1.0", "dtype=float64, 1.0"),
        ("dtype=float64, numpy=1.2345678901234567", "dtype=float64, numpy=1.2345678902234567"),
    ],
)
def test_rounding_forgives_nothing_else(expected: str, got: str) -> None:
    assert not transcripts.same_to_rounding(expected, got)


def test_normwise_measures_by_the_largest_number() -> None:
    expected, got = "array([[0.7944887, 0.02917095]])", "array([[0.7944886, 0.02917113]])"
    assert not transcripts.same_to_rounding(expected, got)
    assert transcripts.same_to_rounding(expected, got, normwise=True)
    assert not transcripts.same_to_rounding(expected, "array([[0.7944887, 0.02917295]])", normwise=True)


def test_only_the_class_of_an_error_is_compared_where_the_file_says_so() -> None:
    statement = transcripts.Statement("f()", 1, 1, ["tried", "error[ValueError]: theirs"], errors="class")
    assert transcripts.same(statement, "tried\nerror[ValueError]: ours\n")
    assert not transcripts.same(statement, "error[ValueError]: ours\n")
    assert not transcripts.same(statement, "tried\nerror[TypeError]: theirs\n")


def test_an_error_is_shown_without_what_tensorflow_wraps_around_it() -> None:
    error = ValueError("{{function_node __wrapped__Add_device_/CPU:0}} no such thing [Op:Add] name: \nmore")
    assert transcripts.shown_error(error) == "error[ValueError]: no such thing"
    assert transcripts.shown_error(AssertionError()) == "error[AssertionError]"


@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is not None, reason="there is an oracle to ask")
def test_the_oracle_says_how_to_get_tensorflow(tmp_path: Path) -> None:
    session = tmp_path / "session.txt"
    session.write_text("1 + 1\n")
    oracle = Path(__file__).parent.parent / "scripts" / "oracle"
    asked = subprocess.run([sys.executable, oracle, session], capture_output=True, text=True)
    assert asked.returncode == 2
    assert "pip install tensorflow-cpu" in asked.stderr
    assert session.read_text() == "1 + 1\n"
