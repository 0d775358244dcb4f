"""Table: named columns of one length, each a tensor of its own dtype."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..runtime import backend, dtypes
from ..runtime.dtypes import DType
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor, resolve_op
from .values import cast, number_texts

_WIDTH = 100  # columns of text that a repr takes up
_ENDS = 5  # rows that it shows at either end


class Table:
    """Columns by name: `data.price`, `data["price"]`, `data[["price", "n"]]`; rows: `data[:5]`, `data[data.n > 2]`.

    A row, `data[0]`, is a table whose columns are scalars. Where a tensor is wanted, a table of numbers is the matrix
    of its columns.
    """

    __slots__ = ("_columns", "_notes")

    def __init__(self, columns: Mapping[str, Tensor], notes: Mapping[str, str] | None = None) -> None:
        self._columns = dict(columns)
        self._notes = notes or {}  # why a column that may have been meant for numbers is text

    @property
    def columns(self) -> list[str]:
        """The names."""
        return list(self._columns)

    @property
    def dtypes(self) -> dict[str, DType]:
        """Each column's dtype."""
        return {name: column.dtype for name, column in self._columns.items()}

    @property
    def shape(self) -> tuple[int, ...]:
        """(rows, columns); of a row, (columns,)."""
        first = next(iter(self._columns.values()), None)
        return (*(() if first is None else first._array.shape[:1]), len(self._columns))

    def __getattr__(self, name: str) -> Tensor:
        if name.startswith("__") or name not in self._columns:
            raise self._missing(AttributeError, name)
        return self._columns[name]

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            if key not in self._columns:
                raise self._missing(KeyError, key)
            return self._columns[key]
        if isinstance(key, (list, tuple)) and key and all(isinstance(name, str) for name in key):
            return Table({name: self[name] for name in key}, self._notes)
        if len(self.shape) == 1:
            raise TypeError("a row's entries have names: row['price']")
        if isinstance(key, (list, np.ndarray)) or is_tensor(key):
            rows = as_tensor(key)
            pick = "boolean_mask" if rows.dtype.is_bool else "gather"
            return self._with(lambda column: resolve_op(pick)(column, rows))
        if not isinstance(key, (int, np.integer, slice)):
            raise TypeError(f"rows are picked by a number, a slice, a list or a mask, not by {type(key).__name__}")
        return self._with(lambda column: column[key])

    def __len__(self) -> int:
        """The number of rows; of a row, that of its entries."""
        return self.shape[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __dir__(self) -> list[str]:
        return ["columns", "dtypes", "shape", *self._columns]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(backend.to_host(matrix_of(self)._array), dtype=dtype)

    def __repr__(self) -> str:
        return _row_text(self) if len(self.shape) == 1 else _table_text(self)

    def _with(self, change: Any) -> Table:
        return Table({name: change(column) for name, column in self._columns.items()}, self._notes)

    def _missing(self, kind: type[Exception], name: str) -> Exception:
        from difflib import get_close_matches

        close = get_close_matches(name, self._columns, n=1)
        names = ", ".join(list(self._columns)[:8]) + (", ..." if len(self._columns) > 8 else "")
        hint = f"did you mean {close[0]!r}?" if close else f"the columns are {names}"
        return explain(
            kind(f"the table has no column {name!r}"), summary=f"the table has no column {name!r}", hint=hint
        )


def table_of(columns: Mapping[str, Any]) -> Table:
    """A table of columns of one length, or a row of scalars. Raises ValueError where they differ."""
    made = {name: as_tensor(column) for name, column in columns.items()}
    lengths = {name: tuple(column.shape) for name, column in made.items()}
    if not any(lengths.values()):
        return Table(made)
    for name, shape in lengths.items():
        if len(shape) != 1:
            raise ValueError(f"column {name!r} has shape {shape}, and a column is of rank 1")
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} {shape[0]}" for name, shape in list(lengths.items())[:6])
        raise ValueError(f"the columns are not of one length: {shown}")
    return Table(made)


def as_table(value: Any) -> Table:
    """A value as a table: a dict of columns, or a matrix, whose columns are then called c0, c1 ..."""
    if isinstance(value, Table):
        return value
    if isinstance(value, dict):
        return table_of({str(name): column for name, column in value.items()})
    tensor = as_tensor(value)
    if tensor.ndim > 2:
        raise ValueError(f"a table has rows and columns, not {tensor.ndim} axes; reshape it")
    matrix = resolve_op("reshape")(tensor, (-1, 1)) if tensor.ndim < 2 else tensor
    return Table({f"c{i}": column for i, column in enumerate(resolve_op("unstack")(matrix, axis=1))})


def matrix_of(table: Table, names: Any = None, dtype: Any = None) -> Tensor:
    """The columns side by side, (rows, columns), in the narrowest dtype that holds them all, or in `dtype`.

    Raises TypeError for a column of text.
    """
    chosen = [table[name] for name in (names or table.columns)]
    if not chosen:
        raise ValueError("a table without columns is no matrix")
    for name, column in zip(names or table.columns, chosen):
        if column.dtype is dtypes.string:
            numbers = [n for n, kind in table.dtypes.items() if kind is not dtypes.string]
            why = f" ({table._notes[name]})" if name in table._notes else ""
            hint = f"name the columns: matrix(data, {', '.join(map(repr, numbers[:3]))})" if numbers else None
            raise explain(
                TypeError(f"column {name!r} is text{why}, and cannot stand in a matrix of numbers"), hint=hint
            )
    wanted = dtypes.as_dtype(dtype) if dtype is not None else _common(table, [column.dtype for column in chosen])
    return resolve_op("stack")([c if c.dtype is wanted else cast(c, wanted) for c in chosen], axis=-1)


def _common(table: Table, kinds: list[DType]) -> DType:
    """The widest dtype of the most general kind among those given."""
    for group in (dtypes.COMPLEX, (dtypes.float64, dtypes.float32, dtypes.bfloat16, dtypes.float16)):
        found = [kind for kind in kinds if kind in group]
        if found:
            return max(found, key=lambda kind: kind.size)
    return dtypes.from_numpy(np.result_type(*[kind._numpy for kind in kinds]))


def _row_text(row: Table) -> str:
    return f"<Row: {', '.join(f'{name}={_cells(column)[0]}' for name, column in row._columns.items())}>"


def _table_text(table: Table) -> str:
    """A head, and the first and last rows of as many columns as fit."""
    rows, count = table.shape[0] if len(table.shape) == 2 else 0, len(table.columns)
    head = f"<Table: {_counted(rows, 'row')}, {_counted(count, 'column')}>"
    is_cut = rows > 2 * _ENDS
    numbers = [*range(_ENDS), *range(rows - _ENDS, rows)] if is_cut else list(range(rows))
    blocks = [["", "", *map(str, numbers)]]
    width = max(map(len, blocks[0]))
    shown = 0
    for name, column in table._columns.items():
        ends = column if not is_cut else resolve_op("gather")(column, numbers)
        block = [_cut(name), column.dtype.name, *_cells(ends)]
        width += 2 + max(map(len, block))
        if width > _WIDTH and shown:
            break
        blocks.append(block)
        shown += 1
    sizes = [max(map(len, block)) for block in blocks]
    lines = ["  ".join(cell.rjust(size) for cell, size in zip(line, sizes)).rstrip() for line in zip(*blocks)]
    if is_cut:
        lines.insert(2 + _ENDS, "...")
    if shown < count:
        lines.append(f"and {_counted(count - shown, 'more column')}: {_cut(', '.join(table.columns[shown:]), _WIDTH)}")
    return "\n".join([head, *lines])


def _cells(column: Tensor) -> list[str]:
    array = backend.to_host(column._array)
    if array.dtype.kind == "O":
        return [_cut(repr(text.decode("utf-8", "replace"))) for text in array.reshape(-1).tolist()]
    return [_cut(text) for text in number_texts(array)]


def _cut(text: str, size: int = 24) -> str:
    return text if len(text) <= size else text[: size - 3] + "..."


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
