"""Ops of several ragged tensors, element by element: their rows are broadcast, then the op is one of flat values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...runtime.errors import InvalidArgumentError
from ...runtime.ragged import as_values, coordinates, count, is_ragged, rows_of, take
from ...runtime.row_partition import RowPartition, counted, partition_of, uniform
from ...runtime.tensor import as_tensor, is_tensor
from ..registry import ops
from .making import with_rows


def ragged_elementwise(function: Callable[..., Any], *operands: Any) -> Any:
    """function of operands of which some are ragged, element by element; the others are broadcast to their rows."""
    dtype = next((x.dtype for x in operands if is_ragged(x) or is_tensor(x)), None)
    operands = tuple(x if is_ragged(x) or is_tensor(x) else _constant(x, dtype) for x in operands)
    ranks = [len(x.shape) for x in operands]
    ragged_rank = max(x.ragged_rank for x in operands if is_ragged(x))
    if _are_alike(operands):
        flat = [x.flat_values if is_ragged(x) else x for x in operands]
        return next(x for x in operands if is_ragged(x)).with_flat_values(function(*flat))
    aligned = [x if not n else _aligned(as_values(x), max(ranks), ragged_rank) for x, n in zip(operands, ranks)]
    partitions, places = _met([x for x, n in zip(aligned, ranks) if n], ragged_rank)
    found = iter(places)
    flat = [take(x.flat_values, next(found)) if n else x for x, n in zip(aligned, ranks)]
    return _in_rows(function(*flat), partitions)


def _constant(x: Any, dtype: Any) -> Any:
    try:
        return as_tensor(x, dtype)
    except TypeError:
        return as_tensor(x)


def _are_alike(operands: Any) -> bool:
    """Whether all are scalars or have the very same rows."""
    rows = [x for x in operands if is_ragged(x)]
    if any(not is_ragged(x) and len(x.shape) for x in operands):
        return False
    first = [p._splits for p in rows[0]._partitions]
    return all(
        x.ragged_rank == len(first) and all(map(np.array_equal, first, [p._splits for p in x._partitions]))
        for x in rows
    )


def _aligned(x: Any, rank: int, ragged_rank: int) -> Any:
    """x with axes of size 1 before its own up to that rank, and with partitions of all axes up to the ragged rank."""
    for _ in range(rank - len(x.shape)):
        x = rows_of(x, uniform(1, count(x))) if is_ragged(x) else ops.expand_dims(x, 0)
    return with_rows(x, ragged_rank)


def _met(operands: list[Any], ragged_rank: int) -> tuple[list[RowPartition], list[np.ndarray]]:
    """The partitions of the whole, and for each operand which of its flat values stands at each place."""
    rows = max(map(count, operands), key=lambda n: (n != 1, n))
    if any(count(x) not in (1, rows) for x in operands):
        raise _mismatch()
    places = [np.zeros(rows, np.int64) if count(x) == 1 else np.arange(rows) for x in operands]
    partitions = []
    for level in range(ragged_rank):
        parts = [x._partitions[level] for x in operands]
        lengths = [p._lengths[place] for p, place in zip(parts, places)]
        spread = [p._length == 1 for p in parts]  # an axis of size 1, not rows that happen to hold one value each
        whole = next((n for n, is_spread in zip(lengths, spread) if not is_spread), lengths[0])
        if any(not is_spread and not np.array_equal(n, whole) for n, is_spread in zip(lengths, spread)):
            raise _mismatch()
        offsets = counted(np.zeros_like(whole), whole)
        places = [
            np.repeat(p._splits[place], whole) + (0 if is_spread else offsets)
            for p, place, is_spread in zip(parts, places, spread)
        ]
        known = {p._length for p, is_spread in zip(parts, spread) if not is_spread} - {None}
        length = 1 if all(spread) else next(iter(known), None)
        partitions.append(partition_of(whole) if length is None else uniform(len(whole), length, whole.dtype))
    return partitions, places


def _mismatch() -> Any:
    return InvalidArgumentError("Condition x == y did not hold.")


def _in_rows(flat: Any, partitions: list[RowPartition]) -> Any:
    for p in reversed(partitions):
        flat = rows_of(flat, p)
    return flat


def ragged_where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """The places where a ragged condition holds; with x and y, of them the one or the other."""
    if x is not None and y is not None:
        return ragged_elementwise(ops.where, condition, x, y)
    inner = ops.where(condition.flat_values).numpy()
    places = np.concatenate([coordinates(condition)[inner[:, 0]], inner[:, 1:]], 1)
    return as_tensor(places)


def ragged_join(inputs: Any, separator: str = "", name: str | None = None) -> Any:
    """Texts of ragged tensors joined, element by element."""
    return ragged_elementwise(lambda *texts: ops.join(list(texts), separator), *inputs)


def ragged_add_n(inputs: Any, name: str | None = None) -> Any:
    """The sum of ragged tensors."""
    return ragged_elementwise(lambda *parts: ops.add_n(list(parts)), *inputs)
