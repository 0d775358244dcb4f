"""Long lists of literals: read at once, they give what the grammar gives."""

from __future__ import annotations

from types import CodeType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorsh.language import literals
from tensorsh.language.chunks import Chunk
from tensorsh.language.compiler import compile_chunk
from tensorsh.language.source import Source, TensorshSyntaxError

LEAVES = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(
        ["0", "-0", "-0.0", "+1", "1.", ".5", "1e5", "-1E-05", "1e999", "00", "007", "1_000", "0x1f", "2j"]
    ),
    st.sampled_from(
        ["True", "False", "None", "'a'", '"b, ]["', "''", "'''c'''", "b'x'", "'\\n'", "x", "1 + 1", "- 1", ""]
    ),
    st.text("ab'\"\\[]#,0", max_size=3).map(repr),
)
BLANKS = st.sampled_from(["", "", " ", "\n", "\t", " # so\n"])


def lists(item: st.SearchStrategy[str], least: int) -> st.SearchStrategy[str]:
    pieces = st.lists(st.tuples(BLANKS, item, BLANKS).map("".join), min_size=least, max_size=least + 3)
    return st.tuples(pieces.map(",".join), st.sampled_from(["", "", ",", ", ,"])).map(lambda t: f"[{t[0]}{t[1]}]")


PLAIN = st.one_of(st.integers(-9, 9).map(str), st.floats(-9, 9).map(repr), st.sampled_from(["'s'", "True", "None"]))
NESTED = st.one_of(
    lists(lists(PLAIN, 1), 2), lists(lists(lists(PLAIN, 1), 1), 1), lists(st.one_of(PLAIN, lists(PLAIN, 1)), 3)
)


def outcome(text: str, monkeypatch: pytest.MonkeyPatch, at_once: bool) -> Any:
    """The code of the text, or its error, with the lists read at once or by the grammar."""
    with monkeypatch.context() as patch:
        patch.setattr(literals, "SHORTEST", 0 if at_once else 10**9)
        try:
            return compile_chunk(Source("s", text), Chunk(text, 1), frozenset()).code
        except TensorshSyntaxError as error:
            return error.message, error.span, error.hint


def as_data(code: CodeType) -> tuple[Any, ...]:
    """All that makes a code object what it is; 0.0 and -0.0 are told apart."""
    constants = [as_data(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return code.co_code, constants, code.co_names, list(code.co_positions()), code.co_stacksize


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(lists(LEAVES, 3), lists(PLAIN, 3)).map("x = {}\n".format))
def test_a_flat_list_has_the_code_that_the_grammar_gives(text: str) -> None:
    patch = pytest.MonkeyPatch()
    plain, quick = (outcome(text, patch, at_once) for at_once in (False, True))
    if isinstance(plain, CodeType):
        assert as_data(quick) == as_data(plain)
    else:
        assert quick == plain


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(NESTED, lists(LEAVES, 1)).map("x = {}\n".format))
def test_nested_lists_have_the_same_value(text: str) -> None:
    patch = pytest.MonkeyPatch()
    plain, quick = (outcome(text, patch, at_once) for at_once in (False, True))
    if not isinstance(plain, CodeType):
        assert quick == plain
        return
    names: list[dict[str, Any]] = [{"x": None}, {"x": None}]
    for code, bound in zip((plain, quick), names):
        exec(code, bound)
    assert repr(names[0]["x"]) == repr(names[1]["x"])


def test_every_run_makes_new_lists(shown: Any) -> None:
    row = "[" + ", ".join(map(str, range(200))) + "]"
    text = f"def f():\n    return [{row}, {row}]\n\na = f(); b = f(); a[0][0] = 7; a[0][0], a[1][0], b[0][0]\n"
    assert shown(text) == "(7, 0, 0)\n"


WHERE_A_BRACKET_IS_A_SUBSCRIPT = ["x{}", "x(){}", "x[0]{}", "'s'{}", "1{}", "None{}", "...{}", "{{}}{}"]


@pytest.mark.parametrize("form", WHERE_A_BRACKET_IS_A_SUBSCRIPT)
def test_a_subscript_is_no_list(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "y = " + form.format("[1, 2, 3]") + "\n"
    plain, quick = (outcome(text, monkeypatch, at_once) for at_once in (False, True))
    assert as_data(quick) == as_data(plain)


@pytest.mark.parametrize(
    "form",
    ["f({}, k={})", "{} + {}", "[*{}, 1]", "{{1: {}}}", "{}[0]", "{}.append", "x = y = {}", "lambda: {}", "not {}"],
)
def test_a_list_stands_wherever_a_value_may(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = form.replace("{}", "[1, 2.5, 'a']").replace("{{", "{").replace("}}", "}") + "\n"
    plain, quick = (outcome(text, monkeypatch, at_once) for at_once in (False, True))
    assert as_data(quick) == as_data(plain)


def test_the_place_of_what_follows_a_list_of_several_lines() -> None:
    rows = ",\n".join(["[1, 2, 3]"] * 40)
    text = f"x = [{rows}] + = 1\n"
    with pytest.raises(TensorshSyntaxError) as caught:
        compile_chunk(Source("s", text), Chunk(text, 1), frozenset())
    assert caught.value.span[:2] == (40, 13)


def test_a_long_list_is_one_token() -> None:
    """Else all of this file compares the grammar with itself."""
    from tensorsh.language import parser

    text = "x = [" + "[1, 2.5], " * 100 + "]\n"
    tokenizer, _ = parser._parser()
    kinds = [token.type for token in tokenizer.tokens(text, 0, len(text), 1, 0, True)]
    assert kinds == ["NAME", "EQUAL", "LITERAL_LIST", "_NEWLINE", "$END"]
