"""Arithmetic and loops that would never come back are refused, or can be interrupted; all else is Python's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.ops import bounded

SMALL = st.one_of(st.integers(-50, 50), st.floats(-9, 9), st.booleans(), st.just(1j))


@given(SMALL, st.integers(-80, 80))
def test_power_is_pythons(x: Any, y: int) -> None:
    assert outcome(lambda: bounded.power(x, y)) == outcome(lambda: x**y)
    assert outcome(lambda: bounded.pow(x, y)) == outcome(lambda: pow(x, y))


@given(st.integers(-(2**70), 2**70), st.integers(-3, 300))
def test_shift_and_round_are_pythons(x: int, y: int) -> None:
    assert outcome(lambda: bounded.shift(x, y)) == outcome(lambda: x << y)
    assert bounded.round(x, -y) == round(x, -y)


def outcome(action: Callable[[], Any]) -> Any:
    try:
        return action()
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("text", ["9**9**9", "n = 9**9; 9**n", "x = 7\nx **= 9**9", "1 << 10**10", "pow(9, 9**9)",
                                  "x = 1\nx <<= 10**10", "(lambda a, b: a ** b)(3, 10**9)"])  # fmt: skip
def test_numbers_without_end_are_refused(shown: Callable[[str], str], text: str) -> None:
    with pytest.raises(OverflowError, match="bits"):
        shown(text)


def test_short_numbers_to_any_power(shown: Callable[[str], str]) -> None:
    assert (
        shown("1 ** 10**30, 0 ** 10**30, (-1) ** (10**30 + 1), 0 << 10**10, round(7, -10**10)") == "(1, 0, -1, 0, 0)\n"
    )


def test_operators_on_tensors_are_as_they_were(shown: Callable[[str], str]) -> None:
    assert shown("x = constant([1., 2.]); n = 3\nx ** n\nx **= 2.\nx") == (
        "<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 8.], dtype=float32)>\n"
        "<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 4.], dtype=float32)>\n"
    )


def test_an_error_of_a_power_points_at_it(session: Any) -> None:
    from tensorsh.reports import report

    with pytest.raises(TypeError) as caught:
        session.run("n = 'a'\ny = 2 + 3 ** n\n", "s")
    assert "--> s:2:9\n" in report(session, caught.value)


@pytest.mark.parametrize(
    "text",
    ["sum(range(10**6))", "max(range(10**6))", "min(range(5, 10**6))", "any(range(10**6))", "all(range(1, 10**6))",
     "sum(map(abs, range(-9, 10**5)))", "max(zip('ab', range(9)))", "min(reversed(range(9)), default=3)",
     "max(range(0), default=7)", "list(iter([3, 0, 5, 7].pop, 0))", "list(iter('ab'))", "sum(range(10**6), 5)"],
)  # fmt: skip
def test_long_loops_give_what_python_gives(shown: Callable[[str], str], text: str) -> None:
    assert shown(text) == f"{eval(text)!r}\n"


@pytest.mark.parametrize(
    "make", [lambda: range(10**18), lambda: range(10**30), lambda: map(abs, [1]), lambda: iter(range(9))]
)
def test_what_may_go_on_without_end_is_walked_in_steps(make: Callable[[], Any]) -> None:
    assert type(bounded.breathing(make())).__name__ == "generator"


def test_a_list_is_walked_as_it_is() -> None:
    values = [1, 2]
    assert bounded.breathing(values) is values and bounded.breathing(range(9)) == range(9)
