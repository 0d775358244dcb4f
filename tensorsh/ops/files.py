"""Files: load and save, and tables of named columns."""

from __future__ import annotations

from typing import Any

from ..data import files
from ..data import table as tables
from ..data.table import Table
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor, resolve_op
from .registry import op


@op()
def load(path: str, format: str | None = None, **options: Any) -> Any:
    """The value in a file: a tensor, a table of named columns, or a dict of tensors.

    path: "-" is standard input. What ends in .gz, .xz, .bz2 or .zst is decompressed.
    format: one of npy npz csv tsv plain json ndjson text raw idx safetensors hdf5 parquet png jpeg; if None, it is
    told by the file's suffix, else by its content. `plain` is numbers between white space, `text` lines of text,
    `raw` bare binary numbers.
    options: of csv, tsv and plain: header (True, False or names), delimiter, columns, dtype, missing, skip, encoding;
    of json, ndjson and npy: dtype; of npz, hdf5 and safetensors: member, the one to read; of parquet: columns; of raw:
    dtype, shape, offset, endian.

    Text gives int32 for whole numbers and float32 for decimals, as `constant` does; binary formats keep their dtypes.
    Nothing is unpickled. Raises OSError if the file cannot be read, ValueError with line and column for what it holds
    that cannot be, ImportError for a format whose library is not installed.

    >>> save("load-example.csv", table({"n": [1, 2, 3], "price": [2.5, 4., 1.25]}))
    >>> data = load("load-example.csv")
    >>> data.price
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([2.5 , 4.  , 1.25], dtype=float32)>
    >>> load("load-example.csv", columns=["n"]) |> matrix
    <tf.Tensor: shape=(3, 1), dtype=int32, numpy=
    array([[1],
           [2],
           [3]], dtype=int32)>
    """
    return files.load(path, format, options)


@op()
def save(path: Any, value: Any, format: str | None = None, **options: Any) -> None:
    """Write a value to a file, whole or not at all: a failure leaves what was there.

    path: its suffix tells the format (and the compression), unless `format` does. `x |> save("x.npy")` is
    `save("x.npy", x)`.
    value: a tensor or what becomes one; a table, or a dict of columns, for csv, tsv, ndjson and parquet; a dict of
    tensors for npz, hdf5 and safetensors.
    options: of csv, tsv, plain, json and ndjson: precision, the significant digits of floats (without it, as many as
    it takes to read the same number); of csv and tsv: header (True, False or names); of json and ndjson: nan, one of
    "string", "null", "error"; of npz: compress; of raw: endian; of jpeg: quality.

    Raises OSError if the file cannot be written, TypeError or ValueError for a value that the format cannot hold.

    format: a format's name, such as "npy"; None: what the suffix tells.

    >>> save("save-example.npy", [[1., 2.], [3., 4.]])
    >>> constant([1, 2]) |> save("save-example.json")
    >>> load("save-example.npy"), load("save-example.json")
    (<tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 2.],
           [3., 4.]], dtype=float32)>, <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>)
    """
    if isinstance(value, str) and not isinstance(path, str):
        path, value = value, path
    files.save(path, value, format, options)


@op()
def table(columns: Any = None, **named: Any) -> Table:
    """Columns of one length by name: `data.price`, `data["price"]`, rows `data[:5]`, `data[mask]`.

    columns: a dict of columns, or a table; or a matrix, whose columns are then called c0, c1 ...
    named: columns more, such as price=[2.5, 4.].

    Raises ValueError for columns of several lengths.

    >>> data = table(n=[1, 2, 3], price=[2.5, 4., 1.25])
    >>> data
    <Table: 3 rows, 2 columns>
           n    price
       int32  float32
    0      1      2.5
    1      2      4.0
    2      3     1.25
    >>> data["n"]
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3], dtype=int32)>
    >>> data[data.price > 2.].n
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    >>> data[0]
    <Row: n=1, price=2.5>
    """
    given = columns if isinstance(columns, dict) else {} if columns is None else tables.as_table(columns)._columns
    return tables.table_of({**given, **named})


@op(samples=lambda s: [s.call(s(3)), s.call(s(2, 3)), s.call({"a": s(3), "b": s(3)}, "b", "a")])
def matrix(data: Any, *columns: str, dtype: Any = None) -> Tensor:
    """A table's columns side by side: (rows, columns).

    data: a table, or a dict of columns; or a tensor, which stays as it is if it is a matrix, and is one column if it
    is a vector.
    columns: the names of those that are wanted; all of them if there are none.
    dtype: the result's dtype; if None, the narrowest that holds all of the columns.

    Raises TypeError for a column of text.

    >>> matrix(table(n=[1, 2], price=[2.5, 4.]), "price", "n")
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[2.5, 1. ],
           [4. , 2. ]], dtype=float32)>
    >>> matrix([1, 2])
    <tf.Tensor: shape=(2, 1), dtype=int32, numpy=
    array([[1],
           [2]], dtype=int32)>
    """
    if isinstance(data, (Table, dict)):
        return tables.matrix_of(tables.as_table(data), columns, dtype)
    if columns:
        raise explain(
            TypeError("matrix: only a table's columns have names"), hint="table(x) gives a matrix names: c0, c1"
        )
    tensor = as_tensor(data, dtype)
    if tensor.ndim > 2:
        raise ValueError(f"matrix: {tensor.shape} has more than two axes; reshape it")
    return resolve_op("reshape")(tensor, (-1, 1)) if tensor.ndim < 2 else tensor
