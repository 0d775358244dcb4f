"""How much of TensorFlow's numeric API is here, and that its signatures are TensorFlow's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import api

SYMBOLS = api.symbols()


@pytest.fixture(scope="module")
def finder() -> api.Finder:
    return api.Finder()


@pytest.mark.parametrize("scope, share", [("core", 1.0), ("extended", 0.99)])
def test_the_symbols_are_there(finder: api.Finder, scope: str, share: float) -> None:
    wanted = [symbol for symbol in SYMBOLS if symbol.scope == scope]
    missing = [symbol.name for symbol in wanted if api.missing_paths(symbol, finder)]
    unexplained = [name for name in missing if name not in api.LEFT_OUT]
    assert len(unexplained) <= len(wanted) * (1 - share), unexplained


def test_what_is_left_out_is_left_out(finder: api.Finder) -> None:
    names = {symbol.name: symbol for symbol in SYMBOLS}
    assert [name for name in api.LEFT_OUT if not api.missing_paths(names[name], finder)] == []


def test_the_signatures_are_tensorflows(finder: api.Finder) -> None:
    """Keras's classes take their arguments by tables of their own, which their tests hold."""
    found = {
        symbol.name: api.difference(symbol, finder)
        for symbol in SYMBOLS
        if not symbol.family.startswith("keras.") and not api.missing_paths(symbol, finder)
    }
    differing = {name: text for name, text in found.items() if text is not None}
    assert {name: text for name, text in differing.items() if name not in api.DIFFERING} == {}
    assert [name for name in api.DIFFERING if name not in differing] == []


@pytest.mark.parametrize("call", ["tf.zeros([1], name='n')", "tf.ones([1], name='n')", "tf.reshape(1, [1], name='n')"])
def test_the_ops_whose_shape_may_be_spread_take_a_name(shown: Callable[[str], str], call: str) -> None:
    assert "shape=(1,)" in shown(call)
