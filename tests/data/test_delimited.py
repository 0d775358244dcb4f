"""CSV and its kin: what is told from a file, and what is said of one that is wrong."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from tensorsh.data.delimited import read_csv, read_plain, read_tsv, write_csv, write_plain
from tensorsh.data.table import Table, table_of
from tensorsh.runtime.tensor import Tensor, as_tensor


def csv(text: str | bytes, **options: Any) -> Any:
    return read_csv(io.BytesIO(text.encode() if isinstance(text, str) else text), "f.csv", **options)


def dtypes(table: Table) -> dict[str, str]:
    return {name: dtype.name for name, dtype in table.dtypes.items()}


def written(write: Any, value: Any, **options: Any) -> str:
    file = io.BytesIO()
    write(file, value, **options)
    return file.getvalue().decode()


def test_a_header_makes_a_table_with_a_dtype_for_each_column() -> None:
    table = csv("n,price,name,sold\n1,2.5,nut,true\n-2,3,bolt,false\n")
    assert dtypes(table) == {"n": "int32", "price": "float32", "name": "string", "sold": "bool"}
    assert table.shape == (2, 4) and len(table) == 2 and list(table) == ["n", "price", "name", "sold"]
    assert table.price.numpy().tolist() == [2.5, 3.0]
    assert table["name"].numpy().tolist() == [b"nut", b"bolt"]


def test_numbers_without_a_header_are_a_tensor() -> None:
    assert csv("1,2\n3,4\n").numpy().tolist() == [[1, 2], [3, 4]]
    assert csv("1\n2\n3\n").shape == (3,)
    mixed = csv("1,2.5\n3,4\n")
    assert mixed.dtype.name == "float32" and mixed.numpy().tolist() == [[1, 2.5], [3, 4]]


def test_text_without_a_header() -> None:
    table = csv("1,a\n2,b\n")
    assert dtypes(table) == {"c0": "int32", "c1": "string"}
    assert isinstance(csv("a\nb\n"), Tensor)


def test_whether_there_is_a_header_can_be_said() -> None:
    assert csv("2019,2020\n1,2\n", header=True).columns == ["2019", "2020"]
    assert csv("a,b\nc,d\n", header=False).columns == ["c0", "c1"]
    assert csv("a,a,\n1,2,3\n").columns == ["a", "a_", "c2"]
    assert csv("1,2\n3,4\n", header=["x", "y"]).y.numpy().tolist() == [2, 4]
    with pytest.raises(ValueError, match="f.csv:1: 2 cells, for which 1 names are given"):
        csv("1,2\n", header=["x"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told(delimiter: str) -> None:
    assert csv("a,b\n1,2\n3,4\n".replace(",", delimiter)).b.numpy().tolist() == [2, 4]


def test_white_space_between_numbers_is_told_too() -> None:
    assert csv("Chins Situps\n  5     162\n  2     110\n").Situps.numpy().tolist() == [162, 110]
    assert csv("some words\nmore words\n").shape == (2,)


def test_a_delimiter_inside_quotes_does_not_count() -> None:
    table = csv('a;b\n"x, y, z";1\n"u, v, w";2\n')
    assert table.columns == ["a", "b"] and table.a.numpy().tolist() == [b"x, y, z", b"u, v, w"]


def test_quoted_cells() -> None:
    table = csv('a,b\n"say ""hi""\nthere",1\n"",2\n')
    assert table.a.numpy().tolist() == [b'say "hi"\nthere', b""]


@pytest.mark.parametrize("text", [b"\xef\xbb\xbfa,b\r\n1,2\r\n\r\n3,4\r\n", "a,b\n1,2\n3,4".encode("utf-16")])
def test_byte_order_marks_and_line_ends(text: bytes) -> None:
    table = csv(text)
    assert table.columns == ["a", "b"] and table.b.numpy().tolist() == [2, 4]


def test_missing_values() -> None:
    table = csv("a,b,c\n1,x,true\n,,NA\n3,NA,false\n")
    assert dtypes(table) == {"a": "float32", "b": "string", "c": "float32"}
    assert np.isnan(table.a.numpy()).tolist() == [False, True, False]
    assert table.b.numpy().tolist() == [b"x", b"", b"NA"]
    assert dtypes(csv("a,b\n-99,1\n2,?\n", missing=["-99", "?"])) == {"a": "float32", "b": "float32"}


def test_the_width_of_numbers_follows_their_values() -> None:
    table = csv("a,b,c\n3000000000,1e300,99999999999999999999\n1,1,1\n")
    assert dtypes(table) == {"a": "int64", "b": "float64", "c": "float32"}


def test_a_dtype_can_be_asked_for() -> None:
    assert csv("0.1\n", dtype="float64").numpy().tolist() == [0.1]
    assert dtypes(csv("a,b\n1,2\n", dtype={"b": "float64"})) == {"a": "int32", "b": "float64"}
    assert csv("007\n", dtype="string").numpy().tolist() == [b"007"]


def test_some_columns_can_be_asked_for() -> None:
    assert csv("a,b,c\n1,2,x\n", columns=["c", "a"]).columns == ["c", "a"]
    assert csv("1,2,3\n", columns=[-1]).numpy().tolist() == [3]
    with pytest.raises(KeyError, match="no column 'z'"):
        csv("a,b\n1,2\n", columns="z")


def test_lines_can_be_skipped() -> None:
    assert csv("made by a machine\na,b\n1,2\n", skip=1).columns == ["a", "b"]


def test_what_python_takes_for_a_number_and_nobody_else_is_text() -> None:
    assert dtypes(csv("a,b\n1_000,x\n")) == {"a": "string", "b": "string"}


def test_a_number_of_columns_beyond_counting() -> None:
    names = [f"v{i}" for i in range(5000)]
    table = csv(",".join(names) + "\n" + ",".join(map(str, range(5000))) + "\n")
    assert table.shape == (1, 5000) and table.v4999.numpy().tolist() == [4999]


def test_text_that_comes_late_is_found() -> None:
    """Numbers are read piece by piece; what turns out to be text is kept as it stood."""
    rows = "".join(f"{i:05d},{i}\n" for i in range(40000))
    table = csv("id,n\n" + rows + "n/a?,5\n")
    assert table.id.numpy()[[0, -1]].tolist() == [b"00000", b"n/a?"]
    assert table.n.numpy()[-1] == 5
    with pytest.raises(TypeError, match=r"column 'id' is text \(line 40002 holds 'n/a\?'\)"):
        np.asarray(table)


def test_rows_beyond_one_piece() -> None:
    values = np.arange(100_000).reshape(-1, 2)
    found = csv("".join(f"{a},{b}\n" for a, b in values.tolist()))
    np.testing.assert_array_equal(found._array, values)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a,b\n1,2\n3\n", {}, "f.csv:3: 1 cell, where the first row has 2"),
        ('a,b\n"x\ny",2\n\n3,4,5\n', {}, "f.csv:5: 3 cells, where the first row has 2"),
        ("a,b\n1,2\n3,x\n", {"dtype": "float32"}, "f.csv:3:3: 'x' is no float32 (column 'b')"),
        ('a,b\n"1,0",2\n', {"dtype": {"a": "int32"}}, "f.csv:2:1: '1,0' is no int32 (column 'a')"),
        ('a,b\n"1,0",y\n', {"dtype": {"b": "int32"}}, "f.csv:2:7: 'y' is no int32 (column 'b')"),
        ("1\n300\n", {"dtype": "uint8"}, "f.csv:2:1: '300' is no uint8 (column 'c0')"),
        ("1\n2.5\n", {"dtype": "int32"}, "f.csv:2:1: '2.5' is no int32 (column 'c0')"),
        ('a,b\n1,"2\n', {}, "f.csv:2: unexpected end of data"),
        ('a,b\n1,2\n"3"4,5\n', {}, "f.csv:3: ',' expected after '\"'"),
        (b"a,b\n1,\xff\n", {}, "f.csv:2:3: this is no utf-8 text"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: Any, options: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        csv(text, **options)
    assert str(caught.value) == message


def test_another_encoding() -> None:
    assert csv("a,b\né,1\n".encode("latin-1"), encoding="latin-1").a.numpy().tolist() == ["é".encode()]
    with pytest.raises(ValueError, match="unknown encoding"):
        csv("a\n", encoding="latin-11")


def test_tabs() -> None:
    assert read_tsv(io.BytesIO(b"a b\tc,d\n1\t2\n"), "f").columns == ["a b", "c,d"]


def test_numbers_between_white_space() -> None:
    assert read_plain(io.BytesIO(b"# by a program\n 1   2\n\n3\t4\n"), "f").numpy().tolist() == [[1, 2], [3, 4]]
    with pytest.raises(ValueError, match="^f:3:4: 'x' is no float32"):
        read_plain(io.BytesIO(b"# no\n1 2\n3  x\n"), "f", dtype="float32")


def test_nothing() -> None:
    assert csv("").shape == csv("\n\n").shape == (0,)
    assert csv("a,b\n", header=True).shape == (0, 2)


def test_what_is_written() -> None:
    table = table_of({"n": as_tensor([1, 2]), "x": as_tensor([0.1, float("nan")]), "t": as_tensor(['a,"b"', "c\rd"])})
    assert written(write_csv, table) == 'n,x,t\n1,0.1,"a,""b"""\n2,nan,"c\rd"\n'
    assert written(write_csv, [[1, 2], [3, 4]]) == "1,2\n3,4\n"
    assert written(write_csv, [1.5, 2], header=True) == "c0\n1.5\n2.0\n"
    assert written(write_csv, [[1, 2]], header=["a", "b"]) == "a,b\n1,2\n"
    with pytest.raises(ValueError, match="the header has 1 names for 2 columns"):
        written(write_csv, [[1, 2]], header=["a"])
    assert written(write_csv, [[1, 2]], delimiter=";") == "1;2\n"
    assert written(write_plain, [[True, False]]) == "True False\n"
    assert written(write_plain, ["a b", "c"]) == "a b\nc\n"
    assert written(write_plain, 1e-8) == "1e-08\n"
    assert written(write_plain, [[[1], [2]], [[3], [4]]]) == "1\n2\n\n3\n4\n"
    with pytest.raises(ValueError, match="two axes"):
        written(write_csv, [[[1]]])
