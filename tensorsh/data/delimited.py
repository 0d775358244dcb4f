"""Rows of cells as text: CSV, TSV, and plain numbers between white space.

A file with a header is a `Table`. One without is a tensor if its columns are all numbers (of rank 1 if there is one
column), else a table whose columns are called c0, c1 ... The first row is a header if none of its cells is a number
and another row tells it from the data: by a number below, or by there being several columns.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, BinaryIO

import numpy as np

from ..runtime import dtypes
from ..runtime.errors import explain
from ..runtime.work import over, reading
from .columns import MISSING, BadCell, Column
from .rows import Rows, is_number
from .table import Table, as_table
from .values import malformed, number_texts, to_array, to_tensor

_CELLS = 1 << 16  # about as many cells are converted at a time
_NOTES = 10  # columns of which it is told why they are text; each costs a look at the file


def read_csv(
    file: BinaryIO,
    name: str,
    *,
    delimiter: str | None = None,
    header: Any = None,
    columns: Any = None,
    dtype: Any = None,
    missing: Any = None,
    skip: int = 0,
    encoding: str = "utf-8",
) -> Any:
    """A table, or a tensor where there is no header and all is numbers.

    delimiter: one character; told from the first rows if None. header: whether the first row holds names, or the names,
    of a file without; told by its look if None. columns: those to keep, by name, or by number from 0. dtype: of all
    columns, or a dict of some by name. missing: texts that stand for a missing number, beside an empty cell. skip:
    lines to leave out first.
    """
    words = MISSING if missing is None else {"", *([missing] if isinstance(missing, str) else missing)}
    rows = Rows(file, name, delimiter, skip, encoding)
    is_named = isinstance(header, (list, tuple))
    names = [str(label) for label in header] if is_named else _header(rows, header)
    width = len(names) if names is not None else len(rows.sample[0]) if rows.sample else 0
    if is_named and rows.sample and len(rows.sample[0]) != width:
        raise malformed(name, f"{len(rows.sample[0])} cells, for which {width} names are given", rows.place(0)[0])
    labels = names if names is not None else [f"c{i}" for i in range(width)]
    keep = _kept(labels, columns, name)
    made = [Column(i, words, _asked(dtype, labels[i])) for i in keep]
    first = 0 if names is None or is_named else 1
    try:
        with reading(file):
            if not _fill_with_numbers(rows, made, width, first):
                _fill(rows, made, width, first)
            late = [column for column in made if column.needs_text]
            for column in late:
                column.become_text()
            if late:
                _fill(rows, late, width, first)
    except BadCell as bad:
        line, place = rows.place(bad.row + first, bad.column)
        message = f"{bad.cell!r} is no {bad.wanted} (column {labels[bad.column]!r})"
        raise malformed(name, message, line, place) from None
    arrays = {labels[i]: column.array() for i, column in zip(keep, made)}
    if not arrays:
        return to_tensor(np.empty(0, np.float32))
    if names is None and all(array.dtype.kind != "O" for array in arrays.values()):
        parts = list(arrays.values())
        return to_tensor(parts[0] if len(parts) == 1 else joined(parts))
    if names is None and len(arrays) == 1:
        return to_tensor(next(iter(arrays.values())))
    notes = {labels[c.index]: _note(rows, c, first) for c in [c for c in made if c.stray is not None][:_NOTES]}
    return Table({label: to_tensor(array) for label, array in arrays.items()}, notes)


def read_tsv(file: BinaryIO, name: str, *, header: Any = None, columns: Any = None, dtype: Any = None,
             missing: Any = None, skip: int = 0, encoding: str = "utf-8") -> Any:  # fmt: skip
    """As `read_csv`, with a tab between cells."""
    return read_csv(file, name, delimiter="\t", header=header, columns=columns, dtype=dtype, missing=missing,
                    skip=skip, encoding=encoding)  # fmt: skip


def read_plain(file: BinaryIO, name: str, *, header: Any = None, columns: Any = None, dtype: Any = None,
               missing: Any = None, skip: int = 0, encoding: str = "utf-8") -> Any:  # fmt: skip
    """As `read_csv`, with any white space between cells; lines that begin with # are left out."""
    return read_csv(file, name, delimiter=" ", header=header, columns=columns, dtype=dtype, missing=missing,
                    skip=skip, encoding=encoding)  # fmt: skip


def write_csv(
    file: BinaryIO, value: Any, *, delimiter: str = ",", header: Any = None, precision: int | None = None
) -> None:
    """A table with a header, a matrix as its rows, a vector as one column.

    header: whether there is one, or the names in it.
    """
    text = io.StringIO(newline="")
    write_rows(text, value, delimiter, header, precision)
    file.write(text.getvalue().encode("utf-8", "surrogateescape"))


def write_tsv(file: BinaryIO, value: Any, *, header: Any = None, precision: int | None = None) -> None:
    write_csv(file, value, delimiter="\t", header=header, precision=precision)


def write_plain(file: BinaryIO, value: Any, *, precision: int | None = None) -> None:
    """A row on each line, cells between spaces, nothing quoted; of more than two axes, matrices with a line between.

    What is no array is written as `print` does.
    """
    file.write("".join(plain_lines(value, precision)).encode("utf-8", "surrogateescape"))


def plain_lines(value: Any, precision: int | None = None) -> Iterator[str]:
    """The lines that `write_plain` writes."""
    if isinstance(value, Table):
        cells = [number_texts(to_array(column), precision) for column in value._columns.values()]
        yield from (" ".join(row) + "\n" for row in zip(*cells))
        return
    try:
        array = to_array(value)
    except (TypeError, ValueError):
        yield f"{value}\n"
        return
    if array.ndim > 2:
        for i, part in enumerate(array):
            yield from "\n" if i else ""
            yield from plain_lines(part, precision)
        return
    width = array.shape[1] if array.ndim == 2 else 1
    for piece in over(_pieces(array)):
        yield from (" ".join(row) + "\n" for row in zip(*[iter(number_texts(piece, precision))] * width))


def write_rows(text: Any, value: Any, delimiter: str, header: Any, precision: int | None) -> None:
    """Write a value's rows to a file of text. Raises ValueError for more than two axes."""
    is_table = isinstance(value, (Table, dict))
    writer = csv.writer(_UnixLines(text), delimiter=delimiter, lineterminator="\r\n")
    if is_table:
        table = as_table(value)
        columns = [number_texts(to_array(column), precision) for column in table._columns.values()]
        if header is None or header:
            writer.writerow(_labels(header, table.columns))
        writer.writerows(zip(*columns) if len(table.shape) == 2 else [list(chain.from_iterable(columns))])
        return
    array = to_array(value)
    if array.ndim > 2:
        raise explain(
            ValueError(f"rows of cells have two axes, not the {array.ndim} of shape {array.shape}"),
            hint="reshape it: reshape(x, (shape(x)[0], -1))",
        )
    width = array.shape[1] if array.ndim == 2 else 1
    if header:
        writer.writerow(_labels(header, [f"c{i}" for i in range(width)]))
    for part in over(_pieces(array)):
        writer.writerows(zip(*[iter(number_texts(part, precision))] * width))


def _pieces(array: np.ndarray) -> list[np.ndarray]:
    """An array of up to two axes in pieces of some of its rows each."""
    step = max(1, _CELLS * len(array) // max(array.size, 1)) if array.ndim else 1
    return [array[i : i + step] for i in range(0, len(array), step)] if array.ndim else [array]


def _labels(header: Any, otherwise: list[str]) -> list[str]:
    """The names in a header: those given, or the columns' own."""
    if not isinstance(header, (list, tuple)):
        return otherwise
    if len(header) != len(otherwise):
        raise ValueError(f"the header has {len(header)} names for {len(otherwise)} columns")
    return [str(name) for name in header]


class _UnixLines:
    """Where csv.writer writes to. To quote every cell with a line's end in it, it has to believe in both characters."""

    def __init__(self, text: Any) -> None:
        self._write = text.write

    def write(self, row: str) -> None:
        self._write(row[:-2] + "\n")


def _fill(rows: Rows, columns: list[Column], width: int, first: int) -> None:
    """Give the columns their cells, some rows at a time. Raises ValueError for a row that is longer or shorter."""
    step = max(50, _CELLS // max(width, 1))
    done = first
    with rows.readable() as lines:
        data = islice(rows.among(lines), first, None)
        while piece := list(islice(data, step)):
            if set(map(len, piece)) != {width}:
                row, count = next((i, len(cells)) for i, cells in enumerate(piece) if len(cells) != width)
                break
            across = list(zip(*piece))
            for column in columns:
                column.add(across[column.index])
            done += len(piece)
        else:
            return
    line, _ = rows.place(done + row)
    raise malformed(rows.name, f"{count} cell{'s' * (count != 1)}, where the first row has {width}", line)


def _fill_with_numbers(rows: Rows, columns: list[Column], width: int, first: int) -> bool:
    """The same by NumPy's own reader, some three times as fast, where all cells are numbers. False if they are not."""
    sample = list(zip(*(row for row in rows.sample[first:] if len(row) == width)))
    if len(columns) != width or not sample:
        return False
    kinds = [column.likely(sample[column.index]) for column in columns]
    if None in kinds:
        return False
    fields: Any = kinds[0] if len(set(kinds)) == 1 else [(f"c{i}", kind) for i, kind in enumerate(kinds)]
    step = max(1000, _CELLS // width)
    options: Any = {"delimiter": rows.delimiter.strip(" ") or None, "quotechar": '"', "dtype": fields, "ndmin": 2}
    options["comments"] = None if rows.delimiter != " " else "#"
    try:
        with rows.readable() as lines, warnings.catch_warnings():
            warnings.simplefilter("error")  # a decimal where a whole number is expected is a warning only
            next(islice(rows.among(lines), first, first), None)
            while piece := list(filter(str.strip, islice(lines, step))):
                found = np.loadtxt(piece, **options)
                if found.dtype.names is None and found.shape[1] != width:
                    raise ValueError  # told better where rows are looked at one by one
                for i, column in enumerate(columns):
                    column.take(found[:, i] if found.dtype.names is None else found[f"c{i}"].reshape(-1))
    except (ValueError, Warning):
        for column in columns:
            column.begin_again()
        return False
    return True


def _header(rows: Rows, header: Any) -> list[str] | None:
    """The names in the first row, if it holds names."""
    if not rows.sample or header is False:
        return None
    first, *below = rows.sample
    if header is None:
        if any(map(is_number, first)) or not below:
            return None
        if not any(is_number(cell) for row in below for cell in row) and len(first) == 1:
            return None
    names: list[str] = []
    for i, cell in enumerate(first):
        name = cell.strip() or f"c{i}"
        while name in names:
            name += "_"
        names.append(name)
    return names


def _kept(labels: list[str], columns: Any, file: str) -> list[int]:
    if columns is None:
        return list(range(len(labels)))
    kept = []
    for column in [columns] if isinstance(columns, (str, int)) else columns:
        if isinstance(column, int) and -len(labels) <= column < len(labels):
            kept.append(column % len(labels))
        elif column in labels:
            kept.append(labels.index(column))
        else:
            shown = ", ".join(labels[:8]) + (", ..." if len(labels) > 8 else "")
            message = f"{file} has no column {column!r}"
            raise explain(KeyError(message), summary=message, hint=f"its columns are {shown}")
    return kept


def _asked(dtype: Any, label: str) -> dtypes.DType | None:
    if isinstance(dtype, Mapping):
        dtype = dtype.get(label)
    return None if dtype is None else dtypes.as_dtype(dtype)


def _note(rows: Rows, column: Column, first: int) -> str:
    assert column.stray is not None
    row, cell = column.stray
    return f"line {rows.place(row + first, column.index)[0]} holds {cell!r}"


def joined(parts: list[np.ndarray]) -> np.ndarray:
    """Columns of several dtypes side by side: decimals where one has decimals."""
    floats = [part.dtype for part in parts if part.dtype.kind in "fc"]
    return np.stack(parts, -1).astype(max(floats)) if floats else np.stack(parts, -1)
