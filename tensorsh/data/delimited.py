"""Rows of cells as text: CSV, TSV, and plain numbers between white space.

A file with a header is a `Table`. One without is a tensor if its columns are all numbers (of rank 1 if there is one
column), else a table whose columns are called c0, c1 ... The first row is a header if none of its cells is a number
and another row tells it from the data: by a number below, or by there being several columns.
"""

from __future__ import annotations

import csv
import io
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, BinaryIO

import numpy as np

from ..runtime import dtypes
from ..runtime.errors import explain
from .columns import MISSING, BadCell, Column
from .lines import decoded
from .table import Table, as_table
from .values import malformed, number_texts, to_array, to_tensor

_CELLS = 1 << 16  # about as many cells are converted at a time
_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16  # characters by which delimiter and header are told
_NOTES = 10  # columns of which it is told why they are text; each costs a look at the file

csv.field_size_limit(sys.maxsize)


def read_csv(
    file: BinaryIO,
    name: str,
    *,
    delimiter: str | None = None,
    header: bool | None = None,
    columns: Any = None,
    dtype: Any = None,
    missing: Any = None,
    skip: int = 0,
    encoding: str = "utf-8",
) -> Any:
    """A table, or a tensor where there is no header and all is numbers.

    delimiter: one character; told from the first rows if None. header: whether the first row holds names; told by its
    look if None. columns: those to keep, by name, or by number from 0. dtype: of all columns, or a dict of some by
    name. missing: texts that stand for a missing number, beside an empty cell. skip: lines to leave out first.
    """
    words = MISSING if missing is None else {"", *([missing] if isinstance(missing, str) else missing)}
    rows = _Rows(file, name, delimiter, skip, encoding)
    names = _header(rows, header)
    width = len(names) if names is not None else len(rows.sample[0]) if rows.sample else 0
    labels = names if names is not None else [f"c{i}" for i in range(width)]
    keep = _kept(labels, columns, name)
    made = [Column(i, words, _asked(dtype, labels[i])) for i in keep]
    first = 0 if names is None else 1
    try:
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
    file: BinaryIO, value: Any, *, delimiter: str = ",", header: bool | None = None, precision: int | None = None
) -> None:
    """A table with a header, a matrix as its rows, a vector as one column."""
    text = io.StringIO(newline="")
    write_rows(text, value, delimiter, header, precision)
    file.write(text.getvalue().encode("utf-8", "surrogateescape"))


def write_tsv(file: BinaryIO, value: Any, *, header: bool | None = None, precision: int | None = None) -> None:
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
    if not array.ndim:
        yield number_texts(array, precision)[0] + "\n"
        return
    if array.ndim > 2:
        for i, part in enumerate(array):
            yield from "\n" if i else ""
            yield from plain_lines(part, precision)
        return
    width = array.shape[1] if array.ndim == 2 else 1
    yield from (" ".join(row) + "\n" for row in zip(*[iter(number_texts(array, precision))] * width))


def write_rows(text: Any, value: Any, delimiter: str, header: bool | None, precision: int | None) -> None:
    """Write a value's rows to a file of text. Raises ValueError for more than two axes."""
    is_table = isinstance(value, (Table, dict))
    writer = csv.writer(_UnixLines(text), delimiter=delimiter, lineterminator="\r\n")
    if is_table:
        table = as_table(value)
        columns = [number_texts(to_array(column), precision) for column in table._columns.values()]
        if header is None or header:
            writer.writerow(table.columns)
        writer.writerows(zip(*columns) if len(table.shape) == 2 else [list(chain.from_iterable(columns))])
        return
    array = to_array(value)
    if array.ndim > 2:
        raise explain(
            ValueError(f"rows of cells have two axes, not the {array.ndim} of shape {array.shape}"),
            hint="reshape it: reshape(x, (shape(x)[0], -1))",
        )
    cells = number_texts(array, precision)
    width = array.shape[1] if array.ndim == 2 else 1
    if header:
        writer.writerow([f"c{i}" for i in range(width)])
    writer.writerows(zip(*[iter(cells)] * width))


class _UnixLines:
    """Where csv.writer writes to. To quote every cell with a line's end in it, it has to believe in both characters."""

    def __init__(self, text: Any) -> None:
        self._write = text.write

    def write(self, row: str) -> None:
        self._write(row[:-2] + "\n")


class _Rows:
    """The rows of a file, which can be gone through more than once."""

    def __init__(self, file: BinaryIO, name: str, delimiter: str | None, skip: int, encoding: str) -> None:
        self._file, self.name, self._skip = file, name, skip
        head = file.read(2)
        if encoding == "utf-8":
            encoding = "utf-16" if head in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        self._encoding = encoding
        if delimiter is not None and len(delimiter) != 1:
            raise ValueError(f"a delimiter is one character, not {delimiter!r}")
        with self.readable() as lines:
            text = "".join(islice(lines, 200))[:_SAMPLE]
        self.delimiter = delimiter or delimiter_of(text)
        with self.readable() as lines:
            self.sample = list(islice(self.among(lines), 100))

    @contextmanager
    def readable(self) -> Iterator[Iterator[str]]:
        """The file's lines in a block in which what is wrong with them is told with its place."""
        self._file.seek(0)
        try:
            text = io.TextIOWrapper(self._file, self._encoding, newline="")
        except LookupError:
            raise ValueError(f"unknown encoding {self._encoding!r}") from None
        try:
            yield islice(text, self._skip, None)
        except (csv.Error, UnicodeDecodeError) as error:
            raise self._unreadable(error) from None
        finally:
            text.detach()

    def among(self, lines: Iterator[str]) -> Iterator[list[str]]:
        """The rows that lines make, but for empty ones. Only C code runs between one and the next."""
        if self.delimiter != " ":
            return filter(None, csv.reader(lines, delimiter=self.delimiter, strict=True))
        return (line.split() for line in lines if line.strip() and not line.lstrip().startswith("#"))

    def place(self, row: int, column: int = 0) -> tuple[int, int]:
        """(line, column of text) where a cell begins, from 1."""
        with self.readable() as lines:
            number, text = next(islice(self._numbered(lines), row, None))
        return number, _start(text, self.delimiter, column) + 1

    def _numbered(self, lines: Iterator[str]) -> Iterator[tuple[int, str]]:
        """The first line of every row that is not empty, with its number."""
        taken: list[str] = []

        def taking() -> Iterator[str]:
            for line in lines:
                taken.append(line)
                yield line

        count = self._skip
        for _ in self.among(taking()):
            while not taken[0].strip() or self.delimiter == " " and taken[0].lstrip().startswith("#"):
                count += 1
                del taken[0]
            yield count + 1, taken[0]
            count += len(taken)
            taken.clear()

    def _unreadable(self, error: Exception) -> ValueError:
        """The same error with its line, which is the first that cannot be read."""
        self._file.seek(0)
        if isinstance(error, csv.Error):
            reader = csv.reader(
                io.TextIOWrapper(io.BytesIO(self._file.read()), self._encoding, newline=""),
                delimiter=self.delimiter,
                strict=True,
            )
            line = 1
            try:
                for _ in reader:
                    line = reader.line_num + 1
            except csv.Error:
                pass
            return malformed(self.name, str(error), line)
        wrong = malformed(self.name, f"this is no {self._encoding.removesuffix('-sig')} text")
        try:
            decoded(self._file, self.name, self._encoding)
        except ValueError as found:
            wrong = found
        return explain(wrong, hint="name its encoding: encoding='latin-1'")


def _fill(rows: _Rows, columns: list[Column], width: int, first: int) -> None:
    """Give the columns their cells, some rows at a time. Raises ValueError for a row that is longer or shorter."""
    step = max(1, _CELLS // max(width, 1))
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


def _fill_with_numbers(rows: _Rows, columns: list[Column], width: int, first: int) -> bool:
    """The same by NumPy's own reader, some three times as fast, where all cells are numbers. False if they are not."""
    kinds = [
        column.likely([row[column.index] for row in rows.sample[first:] if len(row) == width]) for column in columns
    ]
    if None in kinds or len(columns) != width or not rows.sample[first:]:
        return False
    fields: Any = kinds[0] if len(set(kinds)) == 1 else [(f"c{i}", kind) for i, kind in enumerate(kinds)]
    step = max(1, _CELLS // width)
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


def _header(rows: _Rows, header: bool | None) -> list[str] | None:
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


def _note(rows: _Rows, column: Column, first: int) -> str:
    assert column.stray is not None
    row, cell = column.stray
    return f"line {rows.place(row + first, column.index)[0]} holds {cell!r}"


def joined(parts: list[np.ndarray]) -> np.ndarray:
    """Columns of several dtypes side by side: decimals where one has decimals."""
    floats = [part.dtype for part in parts if part.dtype.kind in "fc"]
    return np.stack(parts, -1).astype(max(floats)) if floats else np.stack(parts, -1)


def delimiter_of(text: str) -> str:
    """The character that cuts every line into the same number of cells, the most of them; white space, if none does."""
    lines = [_unquoted(line) for line in text.splitlines() if line.strip()][:20]
    if len(lines) > 1 and not text.endswith("\n"):
        lines.pop()  # it may be cut short
    counts = {d: {line.count(d) for line in lines} for d in _DELIMITERS}
    even = {d: min(found) for d, found in counts.items() if len(found) == 1 and min(found)}
    if even:
        return max(even, key=lambda d: even[d])
    words = [line.split() for line in lines]
    if words and len(set(map(len, words))) == 1 and len(words[0]) > 1 and all(map(is_number, words[-1])):
        return " "
    return next((d for d in _DELIMITERS if lines and d in lines[0]), ",")


def _unquoted(line: str) -> str:
    return "".join(line.split('"')[::2])


def _start(line: str, delimiter: str, column: int) -> int:
    """Where cell number `column` of a line begins."""
    if delimiter == " ":
        words = line.split()
        position = 0
        for word in words[:column]:
            position = line.index(word, position) + len(word)
        return line.index(words[column], position) if column < len(words) else position
    position, is_quoted = 0, False
    for position, character in enumerate(line):
        if not column:
            return position
        if character == '"':
            is_quoted = not is_quoted
        elif character == delimiter and not is_quoted:
            column -= 1
    return position


def is_number(cell: str) -> bool:
    """Whether a cell is a number or a truth, or marks one that is missing: no name of a column looks like that."""
    word = cell.strip()
    try:
        complex(word)
    except ValueError:
        return word in ("True", "False", "true", "false", "TRUE", "FALSE") or word in MISSING and bool(word)
    return True
