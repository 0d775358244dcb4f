"""Parquet: columns with names and dtypes, through pyarrow."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np

from .files import mapped
from .table import Table, as_table
from .values import malformed, need, to_array, to_tensor


def read_parquet(file: BinaryIO, name: str, *, columns: Any = None) -> Table:
    """A table of the columns, or of those named. Missing numbers are NaN, missing texts empty."""
    arrow = need("pyarrow", "parquet")
    parquet = need("pyarrow.parquet", "parquet")
    try:
        file.seek(0)
        path = mapped(file, file.seek(0, 2))
        file.seek(0)
        found = parquet.ParquetFile(path or file, memory_map=path is not None)
        known = found.schema_arrow.names
        wanted = None if columns is None else [columns] if isinstance(columns, str) else list(columns)
        for column in wanted or ():
            if column not in known:
                raise KeyError(f"{name} has no column {column!r}; it has {', '.join(known[:8])}")
        table = found.read(columns=wanted)
    except (arrow.ArrowException, OSError) as error:
        raise malformed(name, f"the Parquet file cannot be read: {error}") from None
    return Table({key: to_tensor(_array(arrow, table[key], f"{name}: {key}")) for key in wanted or table.column_names})


def write_parquet(file: BinaryIO, value: Any) -> None:
    arrow = need("pyarrow", "parquet")
    parquet = need("pyarrow.parquet", "parquet")
    columns = {}
    for key, column in as_table(value)._columns.items():
        array = to_array(column)
        if array.dtype.kind in "cV" or array.ndim != 1:
            raise TypeError(f"Parquet's columns have no {array.dtype.name} of rank {array.ndim}: {key!r}")
        columns[key] = (
            arrow.array([text.decode("utf-8", "replace") for text in array]) if array.dtype.hasobject else array
        )
    parquet.write_table(arrow.table(columns), file)


def _array(arrow: Any, column: Any, name: str) -> np.ndarray:
    """One column of numbers or text; dates and the like are told as text."""
    kinds, kind = arrow.types, column.type
    if kinds.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if kinds.is_decimal(kind):
        column = column.cast(arrow.float64())
    elif kinds.is_null(kind):
        return np.full(len(column), np.nan, np.float32)
    elif kinds.is_boolean(kind) and column.null_count:
        column = column.cast(arrow.float32())
    elif kinds.is_nested(kind):
        raise malformed(name, f"a column of type {kind} is not read")
    elif kinds.is_binary(kind) or kinds.is_large_binary(kind) or kinds.is_fixed_size_binary(kind):
        pass
    elif not (kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind)):
        column = column.cast(arrow.string())
    array = column.to_numpy()
    if array.dtype.kind != "O":
        return array
    texts = np.empty(len(array), object)
    texts[:] = [b"" if text is None else text for text in array]
    return texts
