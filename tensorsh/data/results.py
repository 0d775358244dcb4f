"""A program's results as a stream of bytes, in the format that was asked for.

Most formats go on for as long as results come: a line, some rows or an array for each. The others are one document: it
holds the last result, or all of them where the format has names for them, and is written when the program ends.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime import backend
from ..runtime.tensor import as_tensor, is_tensor
from . import formats
from .files import check_options
from .formats import Format
from .table import Table, as_table

STREAMED = ("plain", "csv", "tsv", "text", "json", "ndjson", "npy", "raw")
_NAMED = ("npz", "hdf5", "safetensors")


class Results:
    """Where results go.

    write: takes bytes. is_record: each result belongs to one record, so that a vector is one row. common: options that
    are left out where a format has none of that name.
    """

    def __init__(
        self,
        write: Callable[[bytes], Any],
        format: str,
        options: dict[str, Any] | None = None,
        is_record: bool = False,
        **common: Any,
    ) -> None:
        self._write, self._is_record = write, is_record
        self._format: Format = formats.by_name(format)
        self._options = options or {}
        check_options(self._format, "write", self._options)
        self._into = self._format.write
        known = self._format.options("write")
        self._options = {key: value for key, value in common.items() if key in known} | self._options
        self._names: list[str] | None = None  # of the table that was written last
        self._kept: list[Any] = []

    def show(self, value: Any) -> None:
        """Take one result. Raises TypeError or ValueError if the format cannot hold it."""
        if self._format.name not in STREAMED:
            self._kept.append(value)
            return
        options = self._options
        if isinstance(value, (Table, dict)) and self._format.name in ("csv", "tsv"):
            table = as_table(value) if isinstance(value, dict) else value
            options = {**options, "header": options.get("header", True) and table.columns != self._names}
            self._names = table.columns
        elif self._is_record:
            value = self._as_row(value)
        self._write(self._bytes(value, options))

    def close(self) -> None:
        """Write what had to wait for the end."""
        if self._kept:
            is_several = len(self._kept) > 1 and self._format.name in _NAMED
            self._write(self._bytes(tuple(self._kept) if is_several else self._kept[-1], self._options))

    def _as_row(self, value: Any) -> Any:
        """A record's result such that it is written as one line."""
        if self._format.name == "ndjson":
            return [value]
        if self._format.name in ("csv", "tsv", "plain") and not isinstance(value, (str, Table, dict)):
            tensor = as_tensor(value)
            return np.asarray(backend.to_host(tensor._array)).reshape(1, -1) if tensor.ndim == 1 else tensor
        return value

    def _bytes(self, value: Any, options: dict[str, Any]) -> bytes:
        file = io.BytesIO()
        self._into(file, value, **options)
        return file.getvalue()


def is_true(value: Any) -> bool:
    """Whether a result counts as true: every entry of a tensor or a table does, and there is one."""
    if isinstance(value, Table):
        return all(map(is_true, value._columns.values()))
    if is_tensor(value):
        return bool(np.all(backend.to_host(as_tensor(value)._array)))
    if isinstance(value, (np.ndarray, np.generic)):
        return bool(np.all(value))
    return bool(value)
