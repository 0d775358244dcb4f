"""The rows of a file of delimited text: its lines, its delimiter, and where a cell stands in it."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO

from ..runtime.errors import explain
from .columns import MISSING
from .lines import decoded
from .values import malformed

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16  # characters by which delimiter and header are told

csv.field_size_limit(sys.maxsize)


class Rows:
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
            rows = self.among(lines)
            self.sample = list(islice(rows, 2))
            self.sample += islice(rows, min(100, 1000 // len(self.sample[0])) if self.sample else 0)

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
