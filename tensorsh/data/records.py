"""Standard input as a stream of records: each line's numbers, row of cells, JSON value or text.

What is read of a column decides what is read later: after a decimal, whole numbers are floats too, a text in a column
of numbers is an error, and a column that begins with text stays one. Memory does not grow with the stream.
"""

from __future__ import annotations

import csv
import json
import os
import select
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from ..runtime import backend
from ..runtime.dtypes import as_dtype
from ..runtime.errors import explain
from ..runtime.tensor import as_tensor, wrap
from .columns import MISSING, BadCell, Column
from .delimited import joined
from .files import way_in
from .formats import by_content
from .json_text import to_value
from .rows import delimiter_of, is_number
from .table import Table
from .values import malformed, to_tensor

NAME = "standard input"
_OPTIONS = {
    "plain": ("dtype",),
    "csv": ("delimiter", "header", "dtype"),
    "tsv": ("header", "dtype"),
    "json": ("dtype",),
    "ndjson": ("dtype",),
    "text": (),
    "npy": ("dtype",),
}
_RANKS = "biufcO"  # from the narrowest kind of number to text


def records_of(
    descriptor: int,
    before_waiting: Callable[[], None],
    format: str | None,
    options: dict[str, Any] | None,
    batch: int | None,
) -> Any:
    """The records that come from a descriptor: iterated over, what makes one value each, of which `value` makes it.

    Raises ValueError for a format that has no records, TypeError for an option that they do not take.
    """
    if format != "npy":
        return Records(lines_of(descriptor, before_waiting), format, options, batch)
    from .array_rows import ArrayRows

    check_options(format, options)
    file = os.fdopen(descriptor, "rb", closefd=False)
    return ArrayRows(file, before_waiting, batch, (options or {}).get("dtype"))


def check_options(format: str, options: dict[str, Any] | None) -> None:
    if format not in _OPTIONS:
        raise explain(
            ValueError(f"{format} is read whole, and not record by record"),
            hint=f"-p reads {', '.join(_OPTIONS)}; -d x=-:{format} reads all of it",
        )
    for option in options or {}:
        if option not in _OPTIONS[format]:
            raise TypeError(f"records of {format} have no option {option!r}")


def lines_of(descriptor: int, before_waiting: Callable[[], None]) -> Iterator[str]:
    """The lines of UTF-8 text as they come, without their ends. `before_waiting` is called when none is there yet."""
    number = 0

    def text(line: bytes) -> str:
        try:
            return line.removesuffix(b"\r").decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            failure = malformed(NAME, "this is no utf-8 text", number, error.start + 1)
            raise explain(failure, hint=way_in(line) if number == 1 else None) from None

    parts: list[bytes] = []  # of a line whose end has not come yet
    while True:
        if not select.select([descriptor], [], [], 0)[0]:
            before_waiting()
        data = os.read(descriptor, 1 << 16)
        if data and b"\n" not in data:
            parts.append(data)
            continue
        *lines, rest = b"".join([*parts, data]).split(b"\n")
        parts = [rest]
        for line in lines if data or not rest else [rest]:
            number += 1
            yield text(line)
        if not data:
            return


class Records:
    """The records among lines.

    format: plain, csv, tsv, json, ndjson or text; told by the first line if None. batch: how many make one value, with
    an axis in front; if None each is a value of its own.
    """

    def __init__(
        self, lines: Iterable[str], format: str | None, options: dict[str, Any] | None = None, batch: int | None = None
    ) -> None:
        self._lines, self._batch, self._options = iter(lines), batch, options or {}
        self._number = 0
        if format is None:
            first = next(self._lines, "")
            self._lines = chain([first], self._lines)
            format = by_content(first.encode()[:4096]).name
        check_options(format, self._options)
        self._format = format
        dtype = self._options.get("dtype")
        self._dtype = None if dtype is None else as_dtype(dtype)
        self._names: list[str] | None = None
        self._width: int | None = None  # of the first record
        self._kinds: dict[int, str] = {}  # of the columns so far, as NumPy's letters
        self._usual = ""  # of those that are not in there
        self._is_simple = batch is None and self._dtype is None  # all so far were small numbers without names

    def __iter__(self) -> Iterator[list[tuple[int, Any]]]:
        """What makes one value each: (line, cells or text) of its records. `value` makes it."""
        taken: list[tuple[int, Any]] = []
        for record in self._raw():
            taken.append(record)
            if len(taken) == (self._batch or 1):
                yield taken
                taken = []
        if taken:
            yield taken

    def value(self, records: list[tuple[int, Any]]) -> Any:
        """The value of some records. Raises ValueError for one that is malformed."""
        if self._format == "text":
            texts = [text for _, text in records]
            return as_tensor(texts) if self._batch else texts[0]
        if self._format in ("json", "ndjson"):
            values = [_parsed(line, text) for line, text in records]
            return to_value(values if self._batch else values[0], self._dtype)
        return self._rows(records)

    def _raw(self) -> Iterator[tuple[int, Any]]:
        lines = self._counted()
        if self._format == "plain":
            yield from ((self._number, cells) for line in lines if (cells := line.split()))
        elif self._format not in ("csv", "tsv"):
            skips = self._format != "text"
            yield from ((self._number, line) for line in lines if line.strip() or not skips)
        else:
            first = next(lines, None)
            if first is None:
                return
            delimiter = "\t" if self._format == "tsv" else self._options.get("delimiter") or delimiter_of(first)
            rows = csv.reader((line + "\n" for line in chain([first], lines)), delimiter=delimiter, strict=True)
            for row in self._without_header(self._checked(rows)):
                if row:
                    yield self._number, row

    def _checked(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        try:
            yield from rows
        except csv.Error as error:
            raise malformed(NAME, str(error), self._number) from None

    def _without_header(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        first = next(rows, [])
        wanted = self._options.get("header")
        if wanted or wanted is None and first and not any(map(is_number, first)) and len(first) > 1:
            self._names = [cell.strip() or f"c{i}" for i, cell in enumerate(first)]
            self._is_simple = False
            return rows
        return chain([first], rows)

    def _counted(self) -> Iterator[str]:
        for line in self._lines:
            self._number += 1
            yield line

    def _rows(self, records: list[tuple[int, list[str]]]) -> Any:
        if self._width is None:
            self._width = len(self._names or records[0][1])
        for line, cells in records:
            if len(cells) != self._width and (self._batch or self._format != "plain"):
                message = f"{len(cells)} cell{'s' * (len(cells) != 1)}, where the first record has {self._width}"
                raise malformed(NAME, message, line)
        if self._is_simple:
            numbers = self._small_numbers(records[0][1])
            if numbers is not None:
                return numbers
        try:
            arrays = [self._column(i, cells) for i, cells in enumerate(zip(*(cells for _, cells in records)))]
        except BadCell as bad:
            raise malformed(NAME, f"{bad.cell!r} is no {bad.wanted}", records[bad.row][0]) from None
        self._is_simple = False
        if not self._batch:
            arrays = [array[0:1].reshape(()) for array in arrays]
        if self._names is None and all(array.dtype.kind != "O" for array in arrays):
            return to_tensor(arrays[0] if len(arrays) == 1 else joined(arrays))
        if self._names is None and len(arrays) == 1:
            return to_tensor(arrays[0])
        names = self._names or [f"c{i}" for i in range(len(arrays))]
        return Table({name: to_tensor(array) for name, array in zip(names, arrays)})

    def _small_numbers(self, cells: list[str]) -> Any:
        """What the rest of this class would make of one record, at a tenth of the cost, or None."""
        if any("_" in cell for cell in cells):
            return None
        is_float = self._usual == "f"
        values: list[Any] = []
        try:
            values = [] if is_float else list(map(int, cells))
        except ValueError:
            is_float = True
        try:
            values = list(map(float, cells)) if is_float else values
        except ValueError:
            return None
        limit = 2**127 if is_float else 2**31
        if not all(-limit < value < limit for value in values):
            return None
        self._usual = "f" if is_float else "i"
        array = np.array(values if len(values) > 1 else values[0], np.float32 if is_float else np.int32)
        return wrap(backend.from_host(array))

    def _column(self, index: int, cells: tuple[str, ...]) -> np.ndarray:
        """Cells in the widest kind that the column has had so far. Raises BadCell for text in a column of numbers."""
        column = Column(index, MISSING, self._dtype)
        before = self._kinds.get(index, self._usual)
        if before == "O":
            column.become_text()
        column.add(cells)
        array = column.array()
        now = array.dtype.kind
        if now == "O" != before and (before or self._format == "plain"):
            row = column.stray[0] if column.stray else 0
            raise BadCell(row, index, cells[row], "number")
        if _RANKS.index(now) > _RANKS.index(before or "b"):
            self._kinds[index] = now
        elif before == "f" and now in "iu":
            return array.astype(np.float32)
        return array


def _parsed(line: int, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise malformed(NAME, error.msg, line, error.colno) from None
    except RecursionError:
        raise malformed(NAME, "the JSON is nested too deeply", line) from None
