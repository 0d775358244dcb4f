"""Cells of text -> columns of one dtype each.

As in TensorFlow's own CSV reader, whole numbers are int32 (int64 where one does not fit) and decimals float32 (float64
where one is too large for it), unless a dtype is asked for. A column with missing cells is of decimals, NaN where
they are; a column that holds anything but numbers is text, and its cells stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from ..runtime.convert import cast
from ..runtime.dtypes import DType

MISSING = frozenset(("", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None", "-nan"))
_TRUTH = {"True": True, "true": True, "TRUE": True, "False": False, "false": False, "FALSE": False}
_MAX_F32 = float(np.finfo(np.float32).max)


class BadCell(Exception):
    """A cell that is not of its column's dtype: row and column count from 0."""

    def __init__(self, row: int, column: int, cell: str, wanted: str) -> None:
        self.row, self.column, self.cell, self.wanted = row, column, cell, wanted


class Column:
    """One column, given to it piece by piece."""

    def __init__(self, index: int, missing: Collection[str], dtype: DType | None = None) -> None:
        self.index, self.missing, self.dtype = index, missing, dtype
        self.stray: tuple[int, str] | None = (
            None  # (row, cell) of the first that is no number, where numbers came before
        )
        self.needs_text = False  # pieces were converted to numbers, and then came text
        # Numbers that mean none, such as -99.
        self._codes = set() if missing is MISSING else {word for word in missing if word and _is_finite(word)}
        self._pieces: list[np.ndarray] = []
        self._rows = 0
        self._as_text = dtype is not None and dtype.name == "string"

    def begin_again(self) -> None:
        self._pieces, self._rows, self.needs_text = [], 0, False

    def become_text(self) -> None:
        """Begin again, and take every cell as text."""
        self.begin_again()
        self._as_text = True

    def likely(self, cells: Sequence[str]) -> type | None:
        """int64 or float64, as which all cells may well be read; None if these are no numbers, or not all there."""
        found = None if self._as_text or self._codes else _numbers(cells, ())
        if self.dtype is not None and found is not None:
            return {"f": np.float64, "i": np.int64}.get(self.dtype._numpy.kind)
        return None if found is None or found.dtype.kind == "b" else found.dtype.type

    def take(self, numbers: np.ndarray) -> None:
        """The next cells, ready made. Raises ValueError if they go beyond the dtype that was asked for."""
        self._pieces.append(numbers if self.dtype is None else self._narrowed(numbers))

    def add(self, cells: Sequence[str]) -> None:
        """Take the next cells. Raises BadCell where a dtype was asked for and one is not of it."""
        if self._as_text:
            self._pieces.append(_texts(cells))
        elif self.dtype is not None:
            self._pieces.append(self._asked(self._decoded(cells)))
        elif not self.needs_text:
            piece = _numbers(self._decoded(cells), self.missing)
            if piece is None or self._pieces and (piece.dtype.kind == "b") != (self._pieces[0].dtype.kind == "b"):
                self._go_over_to_text(cells, piece)
            else:
                self._pieces.append(piece)
        self._rows += len(cells)

    def array(self) -> np.ndarray:
        """All cells, in the dtype that they turned out to have."""
        if self._as_text:
            return np.concatenate(self._pieces) if self._pieces else np.empty(0, object)
        if not self._pieces:
            return np.empty(0, self.dtype._numpy if self.dtype else np.float32)
        found = np.concatenate(self._pieces)
        if self.dtype is not None:
            return found
        if found.dtype.kind == "i":
            return found.astype(np.int32) if found.min() >= -(2**31) and found.max() < 2**31 else found
        if found.dtype.kind == "f":
            return found if (np.abs(found[np.isfinite(found)]) > _MAX_F32).any() else cast(found, np.dtype(np.float32))
        return found

    def _decoded(self, cells: Sequence[str]) -> Sequence[str]:
        return ["" if cell.strip() in self._codes else cell for cell in cells] if self._codes else cells

    def _go_over_to_text(self, cells: Sequence[str], piece: np.ndarray | None) -> None:
        if piece is None:
            first = next((i for i, cell in enumerate(cells) if _numbers([cell], self.missing) is None), 0)
            if first or self._pieces:
                self.stray = self._rows + first, cells[first]
        if self._pieces:
            self.needs_text = True
        else:
            self._as_text = True
            self._pieces.append(_texts(cells))

    def _asked(self, cells: Sequence[str]) -> np.ndarray:
        assert self.dtype is not None
        target = self.dtype._numpy
        convert: Callable[[str], Any]
        if target.kind == "b":
            convert = _truth
        elif target.kind in "iu":
            convert = _whole
        elif target.kind == "c":
            convert = complex
        else:
            convert = float
        try:
            if "_" in "".join(cells):
                raise ValueError
            values: list[Any] = list(map(convert, cells))
        except ValueError:
            values = [self._one(row, cell, convert) for row, cell in enumerate(cells, self._rows)]
        wide = {"i": np.int64, "u": np.uint64, "c": np.complex128, "b": np.bool_}.get(target.kind, np.float64)
        try:
            return self._narrowed(np.array(values, wide))
        except (OverflowError, ValueError):
            limits = np.iinfo(target)
            row = next(i for i, value in enumerate(values) if not int(limits.min) <= value <= int(limits.max))
            raise BadCell(self._rows + row, self.index, cells[row], self.dtype.name) from None

    def _narrowed(self, wide: np.ndarray) -> np.ndarray:
        """The cells in the dtype that was asked for. Raises ValueError for a whole number beyond it."""
        assert self.dtype is not None
        narrow = cast(wide, self.dtype._numpy)
        if wide.dtype.kind in "iu" and (narrow != wide).any():
            raise ValueError
        return narrow

    def _one(self, row: int, cell: str, convert: Callable[[str], Any]) -> Any:
        assert self.dtype is not None
        word = cell.strip()
        if word in self.missing and (self.dtype.is_floating or self.dtype.is_complex):
            return float("nan")
        try:
            if "_" in word:
                raise ValueError
            return convert(word)
        except ValueError:
            raise BadCell(row, self.index, cell, self.dtype.name) from None


def _numbers(cells: Sequence[str], missing: Collection[str]) -> np.ndarray | None:
    """Cells as bool, int64 or float64; None if they are none of these."""
    for convert in (_ints, _floats, _truths):
        try:
            found = convert(cells, missing)
        except (ValueError, KeyError, OverflowError):
            continue
        # Python reads 1_000 as a number; no file means that.
        return None if "_" in "".join(cells) else found
    return None


def _ints(cells: Sequence[str], missing: Collection[str]) -> np.ndarray:
    return np.array(list(map(int, cells)), np.int64)


def _floats(cells: Sequence[str], missing: Collection[str]) -> np.ndarray:
    try:
        return np.array(list(map(float, cells)), np.float64)
    except ValueError:
        return np.array([np.nan if cell.strip() in missing else float(cell) for cell in cells], np.float64)


def _truths(cells: Sequence[str], missing: Collection[str]) -> np.ndarray:
    found = [None if cell in missing else _TRUTH[cell.strip()] for cell in cells]
    return np.array(found, np.float64 if None in found else np.bool_)


def _is_finite(word: str) -> bool:
    try:
        return float(word) - float(word) == 0
    except ValueError:
        return False


def _truth(cell: str) -> bool:
    try:
        return _TRUTH[cell.strip()]
    except KeyError:
        raise ValueError from None


def _whole(cell: str) -> int:
    """An integer, also one written as a decimal: 3.0."""
    try:
        return int(cell)
    except ValueError:
        value = float(cell)
        if not value.is_integer():
            raise ValueError from None
        return int(value)


def _texts(cells: Sequence[str]) -> np.ndarray:
    array = np.empty(len(cells), object)
    array[:] = [cell.encode("utf-8", "surrogateescape") for cell in cells]
    return array
