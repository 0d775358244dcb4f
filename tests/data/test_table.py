"""Tables: columns, rows, matrices, and how they look."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tensorsh.data.table import Table, matrix_of, table_of
from tensorsh.runtime.tensor import as_tensor
from tensorsh.session import Session
from tensorsh.surface import public_names

Shown = Callable[[str], str]
DATA = "d = table(n=[1, 2, 3], price=[2.5, 4., 1.25], name=['nut', 'bolt', 'cog'])\n"


def test_columns_and_rows(shown: Shown) -> None:
    assert (
        shown(DATA + "d.n.numpy().tolist(), d['name'].numpy().tolist()") == "([1, 2, 3], [b'nut', b'bolt', b'cog'])\n"
    )
    assert shown("d[1]") == "<Row: n=2, price=4.0, name='bolt'>\n"
    assert shown("d[-1].price.numpy()") == "np.float32(1.25)\n"
    assert shown("d[:2].n.numpy().tolist()") == "[1, 2]\n"
    assert shown("d[d.price > 2.].n.numpy().tolist(), d[[2, 0]].n.numpy().tolist()") == "([1, 2], [3, 1])\n"
    assert shown("d[['price', 'n']].columns, len(d), len(d[0]), 'n' in d, list(d)") == (
        "(['price', 'n'], 3, 3, True, ['n', 'price', 'name'])\n"
    )
    assert shown("d.dtypes['price'], d.shape, d[0].shape") == "(tf.float32, (3, 3), (3,))\n"


def test_a_table_is_a_matrix_where_one_is_wanted(shown: Shown) -> None:
    assert shown(DATA + "reduce_sum(d[['n', 'price']], axis=0).numpy().tolist()") == "[6.0, 7.75]\n"
    assert shown("matrix(d, 'n').numpy().tolist()") == "[[1], [2], [3]]\n"
    assert shown("matrix(d[0][['n', 'price']]).numpy().tolist()") == "[1.0, 2.5]\n"
    assert shown("matrix(d, 'price', dtype='float64').dtype") == "tf.float64\n"


def test_gradients_go_through_columns(shown: Shown) -> None:
    text = "w = Variable([1., 2.])\nwith tape: y = reduce_sum(square(matrix(table(a=w, b=w * 3.))))\ngrad(y, w).numpy()"
    assert shown(text) == "array([20., 40.], dtype=float32)\n"


def test_tables_grow(shown: Shown) -> None:
    assert shown(DATA + "table(d, twice=d.n * 2)[['n', 'twice']][0]") == "<Row: n=1, twice=2>\n"
    assert shown("table(loss=0.5, step=3)") == "<Row: loss=0.5, step=3>\n"
    assert shown("table([[1, 2], [3, 4]]).columns") == "['c0', 'c1']\n"


@pytest.mark.parametrize(
    ("kinds", "common"),
    [
        ("int32 float32", "float32"),
        ("bool int32", "int32"),
        ("uint8 int8", "int16"),
        ("float32 float64 int64", "float64"),
        ("bfloat16 int8", "bfloat16"),
        ("complex64 float64", "complex64"),
        ("bool bool", "bool"),
    ],
)
def test_columns_of_several_dtypes_meet(kinds: str, common: str) -> None:
    cells = {"bool": [True, False], "complex64": [1, 2]}
    columns = {f"c{i}": as_tensor(cells.get(kind, [1, 2]), kind) for i, kind in enumerate(kinds.split())}
    assert matrix_of(table_of(columns)).dtype.name == common


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("d.pric", "the table has no column 'pric'", "did you mean 'price'?"),
        ("d['zzz']", "the table has no column 'zzz'", "the columns are n, price, name"),
        (
            "matrix(d)",
            "column 'name' is text, and cannot stand in a matrix",
            "name the columns: matrix(data, 'n', 'price')",
        ),
        ("table(a=[1], b=[1, 2])", "the columns are not of one length: a 1, b 2", None),
        ("table(a=[[1]])", "column 'a' has shape (1, 1), and a column is of rank 1", None),
        ("matrix(ones(2, 2, 2))", "matrix: (2, 2, 2) has more than two axes", None),
        ("d[0][0]", "a row's entries have names", None),
        ("d[None]", "rows are picked by a number, a slice, a list or a mask, not by NoneType", None),
        ("d[:, 0]", "rows are picked by a number, a slice, a list or a mask, not by tuple", None),
    ],
)
def test_mistakes(session: Session, text: str, message: str, hint: str | None) -> None:
    session.run(DATA, "a")
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)) as caught:
        session.run(text, "b")
    assert message in str(caught.value)
    if hint is not None:
        assert caught.value.hint == hint  # type: ignore[attr-defined]


def test_columns_are_among_the_names_that_a_program_may_use() -> None:
    table = table_of({"price": as_tensor([1.0]), "a b": as_tensor([1]), "_x": as_tensor([1])})
    assert public_names(table) == ["columns", "dtypes", "price", "shape"]


def test_a_column_called_as_a_method_of_pythons_is_a_column(shown: Shown) -> None:
    names = "mean sum f_code gi_frame tb_frame items values keys"
    columns = ", ".join(f"{name!r}: [1, 2]" for name in names.split())
    assert shown(f"d = table({{{columns}}})\n") == ""
    for name in names.split():
        assert shown(f"d.{name}.numpy().tolist()") == "[1, 2]\n"


@pytest.mark.parametrize("text", ["d._columns", "d.__class__", "'{0._columns}'.format(d)", "getattr(d, '_notes')"])
def test_what_is_inside_stays_there(session: Session, text: str) -> None:
    session.run(DATA, "a")
    with pytest.raises(Exception, match="_columns|__class__|_notes|begin"):
        session.run(text, "b")


def test_a_long_table_is_cut() -> None:
    table = table_of({"n": as_tensor(list(range(1000))), "text": as_tensor(["x" * 99] * 1000)})
    lines = repr(table).splitlines()
    assert lines[0] == "<Table: 1000 rows, 2 columns>"
    assert lines[8:10] == ["...", "995    995  'xxxxxxxxxxxxxxxxxxxx..."]
    assert len(lines) == 14


def test_a_wide_table_is_cut() -> None:
    table = Table({f"column{i}": as_tensor([i]) for i in range(200)})
    lines = repr(table).splitlines()
    assert max(map(len, lines[:-1])) <= 100
    assert lines[-1].startswith("and 190 more columns: column10, column11")


def test_a_table_of_nothing() -> None:
    assert repr(table_of({"a": as_tensor(np.zeros(0, np.float32))})).startswith("<Table: 0 rows, 1 column>")
    with pytest.raises(ValueError, match="without columns"):
        matrix_of(Table({}))
