"""Cutting a text into top-level chunks, as a whole and line by line."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.language.chunks import Chunker, split

# Each text as its chunks: a chunk's later lines are indented by "| ".
CUTS = {
    "a line each": ["x = 1\n", "y\n"],
    "parts of a line stay together": ["x = 1; y = 2;\n", "z\n"],
    "brackets": ["x = [1,\n\n  2]  # two\n", "y = {\n'a': (\n) }\n"],
    "brackets in strings and comments": ["x = '(['  # {\n", 'y = "]" ; z = 2\n'],
    "joined lines": ["x = 1 + \\\n2\n", "y\n"],
    "long strings": ["x = \"\"\"a\nif b:\n  '''\n\"\"\" + f'''\n\"\"\"\n'''\n", "y\n"],
    "a string joined over lines": ["x = 'a\\\nb'\n", "y\n"],
    "raw strings and escapes": ["x = r'\\\\' '(' \n", "y = '\\'('\n", "z\n"],
    "a block": ["if x:\n    y\n    z\n", "w\n"],
    "a block with its clauses": ["if x:\n    y\nelif z:\n  a\nelse:\n    b\n", "c\n"],
    "try": ["try:\n    x\nexcept E:\n    y\nelse:\n    z\nfinally:\n    w\n", "v\n"],
    "loops": ["for x in y:\n    z\nelse:\n    w\n", "while x: y\nelse: z\n", "w\n"],
    "one line of a block that may go on": ["if x: y\n", "z\n"],
    "one line that cannot go on": ["with tape: y = x\n", "else\n"],
    "a function in a line": ["def f(x): return x\n", "f(1)\n"],
    "a compound statement after a semicolon": ["x = 1; with tape: y = x ** 2\n", "z\n"],
    "a block after a semicolon": ["x = 1; if x:\n    y\nelse: z\n", "w\n"],
    "decorators": ["@a\n@b(\n1)\n\n# why\ndef f():\n    pass\n", "x\n"],
    "blank lines and comments in a block": [
        "def f():\n\n# left\n    x\n\n        # right\n    y\n\n# left\n",
        "z\n",
    ],
    "comments between": ["x\n", "y\n"],
    "names that begin like words": ["iffy = 1\n", "for_x = 2\n", "classes = 3\n"],
    "words in the middle": ["x = [i for i in y if i else z]\n", "y\n"],
    "a colon at the end of any line": ["match x:\n    case 1: y\n", "z\n"],
    "a slice is no block": ["x[1:\n]\n", "y\n"],
    "indented lines hang together": ["x\n", "    y\n    z\n", "w\n"],
    "too many closing brackets": ["x = )\n", "y\n"],
    "an unclosed bracket takes the rest": ["x = (1\ny = 2\nz\n"],
    "an unclosed quote takes its line": ["x = 'abc\n", "y\n"],
    "no newline at the end": ["x\n", "y"],
}


@pytest.mark.parametrize("name", CUTS)
def test_cuts(name: str) -> None:
    chunks = CUTS[name]
    found = list(split("".join(chunks)))
    assert [chunk.text for chunk in found] == chunks
    before = "".join(chunks)
    assert [chunk.line for chunk in found] == [
        before[: sum(len(c) for c in chunks[:i])].count("\n") + 1 for i in range(len(chunks))
    ]


def test_comments_and_blank_lines_between_chunks_are_in_none() -> None:
    text = "\n# a\nx\n\n\n  # b\ny\n# c\n"
    assert [tuple(chunk) for chunk in split(text)] == [("x\n", 3), ("y\n", 7)]


def test_first_line_may_bear_another_number() -> None:
    assert [chunk.line for chunk in split("x\n\ny\n", first_line=10)] == [10, 12]


def test_notebook_lines_are_comments_of_the_same_length() -> None:
    text = "!pip install x\n%%time\nx = 1\nif x:\n    !ls \\\n  -l\n    y = (3\n% 2)\n"
    assert [chunk.text for chunk in split(text)] == ["x = 1\n", "if x:\n    #ls \\\n  #l\n    y = (3\n% 2)\n"]


def test_a_chunk_is_given_as_soon_as_it_is_complete() -> None:
    chunker = Chunker()
    lines = ["x = 1", "with t: y = 2", "if x:", "    y", "", "z", "if a: b", "else: c", "w = (", ")"]
    given = {f"{line}\n": [chunk.text for chunk in chunker.feed(f"{line}\n")] for line in lines}
    assert given == {
        "x = 1\n": ["x = 1\n"],
        "with t: y = 2\n": ["with t: y = 2\n"],
        "if x:\n": [],
        "    y\n": [],
        "\n": [],
        "z\n": ["if x:\n    y\n\n", "z\n"],
        "if a: b\n": [],
        "else: c\n": ["if a: b\nelse: c\n"],
        "w = (\n": [],
        ")\n": ["w = (\n)\n"],
    }
    assert chunker.finish() == []


@given(st.lists(st.sampled_from(["x = 1", "if a:", "  b", "else:", "(", ")", "'''", '"', "#c", "", "y; z", "\\"])))
def test_nothing_of_a_text_is_lost(lines: list[str]) -> None:
    """Every line that holds more than a comment is in one chunk, in order."""
    text = "\n".join(lines)
    chunked = "".join(chunk.text for chunk in split(text))
    kept = [line.strip() for line in chunked.split("\n") if line.strip() and not line.strip().startswith("#")]
    assert kept == [line.strip() for line in lines if line.strip() and line != "#c"]


def test_carriage_returns_are_no_part_of_a_program() -> None:
    assert [chunk.text for chunk in Chunker().feed("x = 1\r\n")] == ["x = 1\n"]


def test_a_long_text_is_cut_quickly() -> None:
    text = (
        textwrap.dedent("""\
        x = matmul(a, b) + c[1:, 0]  # a comment
        for i in range(10):
            print(f"step {i}: {loss:.3f}", {'a': 1})

        y = 2
        """)
        * 20_000
    )
    start = time.perf_counter()
    assert sum(1 for _ in split(text)) == 60_000
    assert time.perf_counter() - start < 4  # some 0.4 s; a quadratic one takes minutes
