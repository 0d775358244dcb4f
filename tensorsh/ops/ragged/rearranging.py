"""Ragged tensors repeated, turned round, with axes more or fewer; their sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.ragged import count, is_ragged, rows_of, take
from ...runtime.row_partition import partition_of, uniform
from ..registry import ops
from ..rules import ints


def ragged_tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    """A ragged tensor repeated along its axes."""
    first, *rest = ints(multiples)
    if len(rest) != len(input.shape) - 1:
        raise ValueError(f"Shape ({len(rest) + 1},) must have {len(input.shape)} entries, one for each axis")
    return _tiled(input, first, rest)


def _tiled(x: Any, first: int, rest: list[int]) -> Any:
    if not is_ragged(x):
        return ops.tile(x, [first, *rest])
    p, times = x._partition, rest[0]
    inner = _tiled(x._values, 1, rest[1:])
    rows = [np.tile(np.arange(a, b), times) for a, b in zip(p._splits, p._splits[1:])]
    inner = take(inner, np.concatenate([p._splits[:0], *rows]))
    whole = partition_of(p._lengths * times) if p._length is None else uniform(p._rows, p._length * times)
    tiled = rows_of(inner, whole)
    return tiled if first == 1 else take(tiled, np.tile(np.arange(p._rows), first))


def ragged_expand_dims(input: Any, axis: Any, name: str | None = None) -> Any:
    """A ragged tensor with an axis of size 1 more."""
    rank = len(input.shape)
    axis = int(axis)
    if not -rank - 1 <= axis <= rank:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank - 1}<=axis<{rank + 1}")
    return _expanded(input, axis % (rank + 1))


def _expanded(x: Any, axis: int) -> Any:
    if not is_ragged(x):
        return ops.expand_dims(x, axis)
    if axis < 2:
        return rows_of(x, uniform(1, count(x)) if axis == 0 else uniform(count(x), 1))
    return rows_of(_expanded(x._values, axis - 1), x._partition)


def ragged_squeeze(input: Any, axis: Any = None, name: str | None = None) -> Any:
    """A ragged tensor without these axes, which are of size 1."""
    if axis is None:
        raise ValueError("Ragged.squeeze must have an axis argument.")
    rank = len(input.shape)
    result: Any = input
    for a in sorted((a % rank for a in ints(axis)), reverse=True):
        result = _squeezed(result, a)
    return result


def _squeezed(x: Any, axis: int) -> Any:
    if not is_ragged(x):
        return ops.squeeze(x, axis)
    if axis > 1:
        return rows_of(_squeezed(x._values, axis - 1), x._partition)
    if axis == 1 and x._partition._length == 1 or axis == 0 and count(x) == 1:
        return x._values
    raise ValueError(f"Can not squeeze dim[{axis}], expected a dimension of 1")


def ragged_reverse(tensor: Any, axis: Any, name: str | None = None) -> Any:
    """A ragged tensor turned round along these axes."""
    rank = len(tensor.shape)
    axes = {a % rank for a in ints(axis)}
    return _reversed(tensor, axes)


def _reversed(x: Any, axes: set[int]) -> Any:
    if not axes:
        return x
    if not is_ragged(x):
        return ops.reverse(x, sorted(axes))
    inner = _reversed(x._values, {a - 1 for a in axes if a > 1})
    p = x._partition
    if 1 in axes:
        rows = [np.arange(b - 1, a - 1, -1) for a, b in zip(p._splits, p._splits[1:])]
        inner = take(inner, np.concatenate([p._splits[:0], *rows]))
    turned = rows_of(inner, p)
    return take(turned, np.arange(p._rows)[::-1]) if 0 in axes else turned
