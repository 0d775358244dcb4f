"""Regular expressions agree with Python's where the two mean the same, and no pattern takes long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.runtime.regex import PatternError, Regex

PIECES = ["a", "b", "ab", ".", "[ab]", "[^a]", "a*", "b+?", "(a|ab)", "(?:b|)c?", "a{1,2}", r"\b", "^", "$", "(b)*"]


@given(st.lists(st.sampled_from(PIECES), max_size=4), st.text("abc\n", max_size=8))
def test_the_leftmost_match_is_pythons(pieces: list[str], text: str) -> None:
    pattern = "".join(pieces)
    ours, theirs = Regex(pattern).search(text), re.search(pattern.replace("$", r"\Z"), text)
    assert (ours and tuple(ours[:2])) == (theirs and theirs.span())


@given(st.lists(st.sampled_from(PIECES), max_size=4), st.text("abc", max_size=8))
def test_a_full_match_is_pythons(pieces: list[str], text: str) -> None:
    pattern = "".join(pieces)
    assert Regex(pattern).full_match(text) == (re.fullmatch(pattern, text) is not None)


def test_a_pattern_that_lets_others_backtrack_is_done_at_once() -> None:
    assert not Regex("(a*)*b").full_match("a" * 2000)
    assert not Regex("(a|aa)+$").full_match("a" * 2000 + "b")


@pytest.mark.parametrize(
    "pattern", ["(", "a**", "[b-a]", "a{1001}", "((a{99}){99}){99}", "(?=a)", "\\", "(?P<1>a)", "(" * 999]
)
def test_what_is_no_pattern_or_too_large_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        Regex(pattern)
