"""The roles of a text's words, and the mistake that is underlined while it is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, Number, String

from tensorsh.language import words
from tensorsh.language.highlighting import ROLES, first_mistake, pieces
from tensorsh.language.parser import terminal
from tensorsh.language.pygments_lexer import _TOKENS


def roles(text: str, *library: str) -> list[tuple[str, str]]:
    return [(role, piece) for role, piece in pieces(text, library) if role != "blank"]


def test_each_word_has_its_role() -> None:
    assert roles("def f(x): # why\n    return x |> tf.tf and None", "tf") == [
        ("keyword", "def"), ("definition", "f"), ("bracket", "("), ("name", "x"), ("bracket", ")"), ("operator", ":"),
        ("comment", "# why"), ("keyword", "return"), ("name", "x"), ("operator", "|>"), ("library", "tf"),
        ("operator", "."), ("name", "tf"), ("operator", "and"), ("constant", "None"),
    ]  # fmt: skip


def test_numbers_and_strings_are_the_grammars_own() -> None:
    assert roles("1_000 0xFF 1e-3j rb'''a\nb''' 'open") == [
        ("number", "1_000"), ("number", "0xFF"), ("number", "1e-3j"), ("string", "rb'''a\nb'''"), ("string", "'open"),
    ]  # fmt: skip


def test_what_means_nothing_is_wrong() -> None:
    assert [piece for role, piece in roles("a $ b ? c ÷ d") if role == "wrong"] == ["$", "?", "÷"]


@given(st.text(alphabet=st.sampled_from("ab1.'\"#\\\n ([{}])=+:?é"), max_size=40))
def test_no_character_is_lost(text: str) -> None:
    assert "".join(piece for _, piece in pieces(text)) == text
    assert {role for role, _ in pieces(text)} <= set(ROLES)
    first_mistake(text)  # whatever is typed: a mistake or none, and never an error


@given(st.text(alphabet=st.sampled_from("ab1.'\"#\\\n ([{}])=+f"), max_size=60))
def test_read_by_parts_the_words_are_those_of_the_whole(text: str) -> None:
    whole = words.words_in(text, terminal)
    assert tuple(words.every_word(text, 0, len(text), terminal)) == whole


def test_long_texts_are_not_read_anew_at_each_key() -> None:
    assert first_mistake("1 +* 2\nx") is not None
    assert first_mistake("1 +* 2\n" + "x = 1\n" * 5000) is None
    assert first_mistake("def f():\n    1 +* 2\n" + "    x = 1\n" * 1000 + "y") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 +* 2", "*"),
        ("f() = 3\nx", "f()"),
        ("x = 1\nf(]) + y", "]"),
        ("if x:\n    return y\nz", "return y"),
        ("if x:\ny = 3\nz", ":"),
        ("x = [1, 2\ny = 3\nz", "["),
    ],
)
def test_a_mistake_is_shown_where_it_is(text: str, shown: str) -> None:
    mistake = first_mistake(text)
    assert mistake is not None and text[mistake.start : mistake.end].strip() in (shown, "")


@pytest.mark.parametrize(
    "text", ["", "x = ", "zeros(2,", "for i i", "1 +*", "'''abc", "if x:\n", "def f():\n    ", "'it"]
)
def test_nothing_is_said_of_what_is_still_being_typed(text: str) -> None:
    assert first_mistake(text) is None


def test_pygments_colours_tsh_files() -> None:
    lexer = get_lexer_for_filename("model.tsh")
    text = "with tape: y = w ** 2.5 # why\n'a' ? \n"
    tokens = [(kind, value) for kind, value in lexer.get_tokens(text)]
    assert "".join(value for _, value in tokens) == text
    expected = (
        (Keyword, "with"),
        (Name, "tape"),
        (Number, "2.5"),
        (Comment.Single, "# why"),
        (String, "'a'"),
        (Error, "?"),
    )
    assert [each for each in tokens if each in expected] == list(expected)
    assert set(_TOKENS) == set(ROLES)
