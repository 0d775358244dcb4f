"""What is offered where the cursor stands. A `|` in a text is the cursor."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.completion import Offer, call_at, complete
from tensorsh.completion.catalog import catalog
from tensorsh.completion.matching import matching
from tensorsh.session import Session

PROGRAM = """
import tensorflow as tf, numpy as np
x = constant([[1., 2.]])
weights = Variable([1, 2], name="w")
words = ["a", x]
def fit(data, rate=0.1, *more, key=None): return data
class Line(tf.Module):
    def __init__(self): self.slope = 3.
    def at(self, where): return where
    @property
    def trap(self): raise Exception("a program's code ran")
    def __repr__(self): raise Exception("a program's code ran")
line = Line()
lines = [line]
"""


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    session = Session()
    session.run(PROGRAM, "test")
    return session.visible_names()


def offers(text: str, names: dict[str, Any]) -> dict[str, Offer]:
    cursor = text.index("|") if "|" in text else len(text)
    return {offer.text: offer for offer in complete(text.replace("|", "", 1), cursor, names)}


def first(text: str, names: dict[str, Any]) -> str:
    return next(iter(offers(text, names)))


def test_names_in_scope_show_dtype_and_shape(names: dict[str, Any]) -> None:
    found = offers("1 + ", names)
    assert found["x"].note == "float32 (1, 2)"
    assert found["weights"].note == "Variable  int32 (2,)"
    assert found["fit"].note == "fit(data, rate=0.1, *more, key=None)"
    assert found["lines"].note == "list  [<Line>]"


def test_an_op_shows_its_signature_and_what_it_does(names: dict[str, Any]) -> None:
    offer = offers("reduce_su", names)["reduce_sum"]
    assert offer.note.startswith("(input_tensor, axis, keepdims)  The sum over `axis`")
    signature, summary = offer.detail.split("\n")
    assert signature == "reduce_sum(input_tensor, axis=None, keepdims=False, name=None)"
    assert summary.startswith("The sum over `axis`")


def test_an_offer_says_what_it_replaces(names: dict[str, Any]) -> None:
    offer, *_ = complete("y = weig + 1", 8, names)
    assert (offer.text, offer.start) == ("weights", 4)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("tf.ma", "math"),
        ("tf.math.reduce_s", "reduce_sum"),
        ("y = tf.keras.lo", "losses"),
        ("np.lins", "linspace"),
        ("from tensorflow.ma", "math"),
        ("from tensorflow import ma", "math"),
        ("import tens", "tensorflow"),
        ("x.nu", "numpy"),
        ("weights.assign_a", "assign_add"),
        ("weights[0].sha", "shape"),
        ("tf.square(x).nu", "numpy"),
        ("x[0].sha", "shape"),
        ("'abc'.upp", "upper"),
        ("f'{x}'.upp", "upper"),
        ("[1, 2].app", "append"),
        ("{}.it", "items"),
        ("{1}.un", "union"),
        ("line.sl", "slope"),
        ("line.slope.is_i", "is_integer"),
        ("Line().at", "at"),
        ("wi", "with"),
    ],
)
def test_what_is_offered(text: str, wanted: str, names: dict[str, Any]) -> None:
    assert wanted in offers(text, names)


@pytest.mark.parametrize(
    "text", ["# x", "x = 3", "3.", "def f", "class L", "import tensorflow as t", "'x", "fit('x", "nothing.x", "line._"]
)
def test_where_nothing_is_offered(text: str, names: dict[str, Any]) -> None:
    assert offers(text, names) == {}


def test_keywords_come_first_in_a_call_less_those_given(names: dict[str, Any]) -> None:
    found = offers("reduce_sum(x, axis=1, ", names)
    assert list(found)[:2] == ["keepdims=", "name="]
    assert found["keepdims="].note == "default False"
    assert list(offers("fit(x, ", names))[:2] == ["rate=", "key="]
    assert "axis=" not in offers("reduce_sum(x, 1 + ", names)
    assert first("line.at(wh", names) == "where="


@pytest.mark.parametrize("text", ["zeros([2], dtype=flo", "cast(x, flo", "cast(x, 'flo", "tf.zeros([2], dtype='flo"])
def test_dtypes_come_first_where_one_is_due(text: str, names: dict[str, Any]) -> None:
    assert list(offers(text, names))[:3] == ["float16", "float32", "float64"]


def test_what_the_text_itself_binds_is_offered(names: dict[str, Any]) -> None:
    text = "def mean(values, extent=2):\n    for index_1, (valor) in values:\n        total, valley = 1\n        val"
    assert {"values", "valley", "valor"} <= set(offers(text, names))
    assert "extent" in offers("def mean(values, extent=2):\n    ext", names)


def test_files_are_offered_in_the_strings_of_what_takes_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: dict[str, Any]
) -> None:
    (tmp_path / "data").mkdir()
    for name in ("data/a.csv", "data/b.npy", "model.tsh", ".hidden"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    session = Session()
    session.run("def load(path, other=''): return path", "test")
    here = session.visible_names()
    assert list(offers("load('", here)) == ["data/", "model.tsh"]
    assert [(offer.text, offer.start) for offer in complete("load('data/a", 12, here)] == [("a.csv", 11)]
    assert list(offers(f"load(path='{tmp_path}/.h", here)) == [".hidden"]
    assert offers("load('x', 'd", here) == {}


def test_nothing_of_a_program_runs(names: dict[str, Any]) -> None:
    for text in ("line.", "lines", "line.trap.", "line.at(", "lines[0].", "1 + "):
        for offer in offers(text, names).values():
            assert isinstance(offer.note, str)


def test_names_out_of_reach_are_not_offered(names: dict[str, Any]) -> None:
    for text in ("x._", "words.__", "fit.", "''.__cl", "Line.__", "_"):
        assert not [name for name in offers(text, names) if name.startswith("_")]


def test_matching_takes_what_begins_so_then_what_holds_it() -> None:
    known = ["reduce_sum", "Reduce", "matmul", "_private"]
    assert matching("re", known) == ["reduce_sum"]
    assert matching("RE", known) == ["reduce_sum", "Reduce"]
    assert matching("rs", known) == ["reduce_sum"]
    assert matching("mm", known) == ["matmul"]
    assert matching("", known) == known[:3]
    assert matching("_p", known) == ["_private"]
    assert matching("zz", known) == []


@given(st.text(alphabet=st.sampled_from("xf.([{,= '\"tf\n:|lambda#1)]}"), max_size=25))
def test_every_text_is_answered(text: str) -> None:
    complete(text, len(text), {"x": 1})
    call_at(text, len(text), {"f": len})


def test_a_call_is_hinted_with_the_argument_being_typed(names: dict[str, Any]) -> None:
    def active(text: str) -> str:
        hint = call_at(text, len(text), names)
        return "" if hint is None else f"{hint.name}:" + ("" if hint.active is None else hint.parameters[hint.active])

    assert active("reduce_sum(") == "reduce_sum:input_tensor"
    assert active("tf.reduce_sum(x, (0, ") == "reduce_sum:axis=None"
    assert active("reduce_sum(x, keepdims=") == "reduce_sum:keepdims=False"
    assert active("fit(1, 2, 3, 4") == "fit:*more"
    assert active("fit(zeros(2), [x, ") == "fit:rate=0.1"
    assert active("line.at(") == "at:where"
    assert active("fit(rate=1, key=") == "fit:key=None"
    assert active("fit(unknown=") == "fit:"
    for text in ("reduce_sum(x)", "nothing(", "(x, ", "def fit(", ""):
        assert active(text) == ""


def test_a_hint_is_fitted_to_the_window_around_what_is_typed(names: dict[str, Any]) -> None:
    hint = call_at("reduce_sum(x, 1, ", 17, names)
    assert hint is not None
    assert hint.fitted(80) == ("reduce_sum(input_tensor, axis=None, ", "keepdims=False", ", name=None)")
    assert "".join(hint.fitted(40)) == "reduce_sum(…, keepdims=False, name=None)"
    for width in range(30, 80):
        assert len("".join(hint.fitted(width))) <= width


def test_the_catalog_tells_of_every_name_of_the_library() -> None:
    known = catalog()
    assert known["square"] == known["tf.math.square"] == known["tf.square"]
    assert known["square"].kind == "op" and known["float32"].kind == "dtype" and known["Variable"].kind == "class"
    ops = [entry for entry in known.values() if entry.kind == "op"]
    assert sum(bool(entry.summary) for entry in ops) > len(ops) * 0.9


def test_what_a_class_keeps_to_itself_is_not_offered() -> None:
    session = Session()
    session.run("class A:\n    def __init__(self): self._x = 1\n    def _f(self): pass\n    def g(self): pass", "test")
    session.run("from collections import namedtuple\np = namedtuple('P', 'x y')(1, 2)", "test")
    names = session.visible_names()
    assert [offer.text for offer in complete("A().", 4, names)] == ["g"]
    assert complete("p.x.", 4, names) == []


@pytest.mark.parametrize("text", ["(", "a[:", "f(", "[{"])
def test_many_open_brackets_take_no_long_time(names: dict[str, Any], text: str) -> None:
    began = time.monotonic()
    complete(text * 20_000, len(text) * 20_000, names)
    assert time.monotonic() - began < 4.0
