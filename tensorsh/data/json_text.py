"""JSON, and JSON line by line. What is written is valid by the letter of RFC 8259, which has no NaN.

A list of numbers is a tensor, nested ones if they are rectangular; a list of objects with scalars is a `Table`; an
object is a dict. Numbers become what `constant` makes of them. Among numbers, null and the texts "NaN", "Infinity" and
"-Infinity" are floats, as they are written here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO

import numpy as np

from ..runtime import convert
from ..runtime.dtypes import as_dtype
from ..runtime.errors import explain
from ..runtime.tensor import is_tensor
from ..runtime.work import over
from .lines import decoded
from .table import Table
from .values import malformed, number_texts, to_array, to_tensor

NANS = ("string", "null", "error")
_FLOATS = {None: np.nan, "NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
_NAMES = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def read_json(file: BinaryIO, name: str, *, dtype: Any = None, encoding: str = "utf-8") -> Any:
    text = decoded(file, name, encoding)
    return to_value(_parsed(text, name, loads=_loads(len(text))), dtype)


def read_ndjson(file: BinaryIO, name: str, *, dtype: Any = None, encoding: str = "utf-8") -> Any:
    """The lines' values as one: a table of objects, a tensor of numbers."""
    text = decoded(file, name, encoding)
    values = [_parsed(line, name, n) for n, line in enumerate(over(text.split("\n")), 1) if line.strip()]
    return to_value(values, dtype)


def write_json(file: BinaryIO, value: Any, *, nan: str = "string", precision: int | None = None) -> None:
    file.write((to_json(value, nan, precision) + "\n").encode("utf-8", "surrogateescape"))


def write_ndjson(file: BinaryIO, value: Any, *, nan: str = "string", precision: int | None = None) -> None:
    """A line for each row of a table, or each entry of a tensor's first axis or of a list."""
    lines = "".join(line + "\n" for line in to_lines(value, nan, precision))
    file.write(lines.encode("utf-8", "surrogateescape"))


def to_value(parsed: Any, dtype: Any = None) -> Any:
    """What Python's parser gives, as a value of the language."""
    if isinstance(parsed, dict):
        return {key: to_value(item, dtype) for key, item in parsed.items()}
    if parsed is None or isinstance(parsed, str) and (dtype is None or parsed not in _FLOATS):
        return parsed
    if isinstance(parsed, list) and parsed and all(isinstance(item, dict) for item in parsed):
        table = _records(parsed, dtype)
        return [to_value(item, dtype) for item in parsed] if table is None else table
    array = _array(parsed, dtype)
    return [to_value(item, dtype) for item in parsed] if array is None else to_tensor(array)


def to_json(value: Any, nan: str = "string", precision: int | None = None) -> str:
    """A value as JSON, on one line. Raises TypeError for what JSON cannot hold, ValueError for NaN with nan="error"."""
    if nan not in NANS:
        raise ValueError(f"nan is one of {', '.join(NANS)}, not {nan!r}")
    if value is None or isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return _leaves(np.array(value), nan, precision)[0]
    if isinstance(value, dict):
        items = (f"{json.dumps(_key(key))}: {to_json(item, nan, precision)}" for key, item in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, Table):
        rows = list(_objects(value, nan, precision))
        return "[" + ", ".join(rows) + "]" if len(value.shape) == 2 else rows[0]
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(to_json(item, nan, precision) for item in value) + "]"
    if is_tensor(value) or isinstance(value, (bool, np.ndarray, np.generic)):
        return _nested(to_array(value), 0, nan, precision)[0]
    raise TypeError(f"JSON has no {type(value).__name__}")


def to_lines(value: Any, nan: str = "string", precision: int | None = None) -> Iterator[str]:
    """The lines that `write_ndjson` writes."""
    if isinstance(value, Table):
        yield from _objects(value, nan, precision)
    elif isinstance(value, (list, tuple)):
        yield from (to_json(item, nan, precision) for item in value)
    elif is_tensor(value) and len(value.shape):
        yield from _nested(to_array(value), 1, nan, precision)
    else:
        yield to_json(value, nan, precision)


def _parsed(text: str, name: str, line: int = 0, loads: Callable[[str], Any] = json.loads) -> Any:
    try:
        return loads(text)
    except json.JSONDecodeError as error:
        raise malformed(name, error.msg, line or error.lineno, error.colno) from None
    except RecursionError:
        raise malformed(name, "the JSON is nested too deeply", line or None) from None


def _loads(size: int) -> Callable[[str], Any]:
    """What parses a text of that size: orjson, where it is installed and worth while, else Python's own parser."""
    if size < _LARGE:
        return json.loads
    try:
        import orjson
    except ImportError:
        return json.loads

    def loads(text: str) -> Any:
        """What `json.loads` gives, and raises."""
        data = text.encode()
        outline = data.translate(_OUTLINE)
        if _LONG_INTEGER not in outline and not outline.startswith(_LONG_INTEGER[1:]):
            with suppress(ValueError):  # NaN, 1e999, nesting: Python's parser takes them, or tells what is wrong
                return orjson.loads(data)
        return json.loads(text)

    return loads


_LARGE = 1 << 20  # characters, whose parsing by Python takes longer than to load orjson
# An integer beyond 64 bits, of which orjson makes a float: so it looks where digits are zeros, and what may stand
# before a number is a comma.
_LONG_INTEGER = b"," + b"0" * 19
_OUTLINE = bytes.maketrans(b"123456789[{: \t\r\n-", b"0" * 9 + b"," * 8)


def _array(parsed: Any, dtype: Any) -> np.ndarray | None:
    """Numbers, or a rectangle of them, as an array; None if the value is no such thing."""

    def made(value: Any) -> np.ndarray:
        return convert.infer(value) if dtype is None else convert.to_array(value, as_dtype(dtype))

    try:
        return made(parsed)
    except (ValueError, TypeError):
        filled = _filled(parsed)
        if filled is None:
            return None
    try:
        return made(filled)
    except (ValueError, TypeError):
        return None


def _filled(parsed: Any) -> Any:
    """The same numbers as floats, null and the names of NaN and infinity among them; None if there is anything else."""
    if isinstance(parsed, list):
        items = [_filled(item) for item in parsed]
        return None if any(item is None for item in items) else items
    if isinstance(parsed, (int, float)) and not isinstance(parsed, bool):
        return float(parsed)
    return _FLOATS.get(parsed) if parsed is None or isinstance(parsed, str) else None


def _records(parsed: list[dict[str, Any]], dtype: Any) -> Table | None:
    """Objects of scalars as a table: their keys are its columns, in the order in which they come."""
    keys = dict.fromkeys(key for item in parsed for key in item)
    columns = {}
    for key in keys:
        cells = [item.get(key) for item in parsed]
        if any(isinstance(cell, (list, dict)) for cell in cells):
            return None
        array = _array(cells, dtype)
        if array is None and all(cell is None or isinstance(cell, str) for cell in cells):
            array = convert.infer([cell or "" for cell in cells])
        if array is None:
            return None
        columns[key] = to_tensor(array)
    return Table(columns)


def _objects(table: Table, nan: str, precision: int | None) -> Iterator[str]:
    """A table's rows as JSON objects."""
    names = [json.dumps(name) for name in table.columns]
    cells = [_leaves(to_array(column), nan, precision) for column in table._columns.values()]
    for row in zip(*cells):
        yield "{" + ", ".join(f"{name}: {cell}" for name, cell in zip(names, row)) + "}"


def _nested(array: np.ndarray, kept: int, nan: str, precision: int | None) -> list[str]:
    """The array as JSON, without the brackets of its first `kept` axes: a text for each entry of these."""
    texts = _leaves(array, nan, precision)
    for axis in reversed(range(kept, array.ndim)):
        size, count = array.shape[axis], int(np.prod(array.shape[:axis], dtype=np.int64))
        texts = ["[" + ", ".join(texts[i * size : (i + 1) * size]) + "]" for i in range(count)]
    return texts


def _leaves(array: np.ndarray, nan: str, precision: int | None) -> list[str]:
    kind = array.dtype.kind
    if kind == "c":
        raise explain(TypeError("JSON has no complex numbers"), hint="give the parts: stack([real(x), imag(x)])")
    if kind == "b":
        return ["true" if value else "false" for value in array.reshape(-1).tolist()]
    texts = number_texts(array, precision)
    if kind == "O":
        return [json.dumps(text) for text in texts]
    if kind in "iu" or np.isfinite(array.astype(np.float64)).all():
        return texts
    return [_not_finite(text, nan) if text in _NAMES else text for text in texts]


def _not_finite(text: str, nan: str) -> str:
    if nan == "error":
        raise ValueError(f"JSON has no {_NAMES[text]}")
    return "null" if nan == "null" else f'"{_NAMES[text]}"'


def _key(key: Any) -> str:
    if isinstance(key, (str, int, float)):
        return str(key)
    raise TypeError(f"a key of a JSON object is a text, not a {type(key).__name__}")
