"""Brackets and quotes that come in pairs. A `|` is the cursor."""

from __future__ import annotations

import pytest

from tensorsh.shell.pairs import closed_by, is_empty_pair, types_over


def around(text: str) -> tuple[str, str]:
    before, _, after = text.partition("|")
    return before, after


@pytest.mark.parametrize(
    ("text", "typed", "closing"),
    [
        ("zeros|", "(", ")"),
        ("f(|)", "[", "]"),
        ("f(|, x)", "{", "}"),
        ("|x", "(", ""),
        ("| )", "(", ""),  # it closes what is open already
        ("'a|", "(", ""),
        ("# a|", "(", ""),
        ("x = |", "'", "'"),
        ("f|", '"', '"'),
        ("it|", "'", ""),
        ("2|", "'", ""),
        ("''|", "'", "'''"),
        ("'it|'", '"', ""),
    ],
)
def test_what_is_opened_is_closed(text: str, typed: str, closing: str) -> None:
    assert closed_by(*around(text), typed) == closing


@pytest.mark.parametrize(
    ("text", "typed", "over"),
    [
        ("f(x|)", ")", True),
        ("f(g(x|)", ")", False),  # the one that is there closes f
        ("'a|'", "'", True),
        ("'(|)'", ")", False),
        ("'''a|'''", "'", True),
        ("x|", ")", False),
        ("|'a'", "'", False),
    ],
)
def test_a_closing_key_moves_over_what_closes_already(text: str, typed: str, over: bool) -> None:
    assert types_over(*around(text), typed) is over


@pytest.mark.parametrize(
    ("text", "empty"), [("f(|)", True), ("'|'", True), ("f(x|)", False), ("((|)", False), ("''|'", False), ("|", False)]
)
def test_an_empty_pair_is_erased_as_one(text: str, empty: bool) -> None:
    assert is_empty_pair(*around(text)) is empty
