"""Sums and the like of ragged tensors: along rows, across them, and by segments."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ...runtime.backend import to_host
from ...runtime.dtypes import bool_, int64
from ...runtime.ragged import RaggedTensor, as_values, count, is_ragged, rows_of
from ...runtime.row_partition import counted, partition_of
from ...runtime.tensor import as_tensor
from ..creation import host_constant
from ..registry import ops
from ..rules import ints

_BY_SEGMENTS = {
    "reduce_sum": "unsorted_segment_sum",
    "reduce_prod": "unsorted_segment_prod",
    "reduce_max": "unsorted_segment_max",
    "reduce_min": "unsorted_segment_min",
}


def ragged_reduce(name: str, x: RaggedTensor, axis: Any, keepdims: bool) -> Any:
    """The reduction of that name along axes, which may be ragged."""
    if name == "reduce_mean":
        total = ragged_reduce("reduce_sum", x, axis, keepdims)
        counts = x.with_flat_values(ops.ones_like(x.flat_values))
        return total / ragged_reduce("reduce_sum", counts, axis, keepdims)
    if axis is None:
        whole = ops_named(name)(x.flat_values)
        return ops.reshape(whole, [1] * len(x.shape)) if keepdims else whole
    rank = len(x.shape)
    axes = []
    for a in ints(axis):
        if not -rank <= a < rank:
            raise ValueError(f"axis={a} out of bounds: expected {-rank}<=axis<{rank}")
        axes.append(a % rank)
    result: Any = x
    for a in sorted(axes, reverse=True):
        if is_ragged(result):
            result = _along(name, result, a)
            if keepdims:
                result = ops.expand_dims(result, a)
        else:
            result = ops_named(name)(result, a, keepdims)
    return result


def ops_named(name: str) -> Any:
    return getattr(ops, name)


def _along(name: str, x: RaggedTensor, axis: int) -> Any:
    """The reduction along one axis."""
    if axis > 1:
        values = x._values
        inner = _along(name, values, axis - 1) if is_ragged(values) else ops_named(name)(values, axis - 1)
        return rows_of(inner, x._partition)
    p = x._partition
    ids, rows = (p._rowids, p._rows) if axis else (p._offsets, int(p._lengths.max(initial=0)))
    return segments(ops_named(_BY_SEGMENTS[name]), x._values, ids, rows)


def segments(function: Any, data: Any, ids: np.ndarray, size: int) -> Any:
    """function (an unsorted_segment one) of the rows of each segment; ragged rows are combined value by value."""
    if not is_ragged(data):
        return function(data, host_constant(ids, int64), size)
    p, kept = data._partition, ids >= 0
    longest = np.zeros(size, p._splits.dtype)
    np.maximum.at(longest, ids[kept], p._lengths[kept])
    whole = partition_of(longest)
    inner = counted(np.where(kept, whole._splits[ids], -int(p._splits[-1]) - 1), p._lengths)
    return rows_of(segments(function, data._values, inner, int(whole._splits[-1])), whole)


def ragged_reduce_any(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Whether any holds."""
    ones = ops.cast(input_tensor, "int32")
    return ops.cast(ragged_reduce("reduce_sum", ones, axis, keepdims), bool_)


def ragged_reduce_all(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Whether all hold."""
    ones = ops.cast(input_tensor, "int32")
    return ops.cast(ragged_reduce("reduce_prod", ones, axis, keepdims), bool_)


def ragged_reduce_variance(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean of the squares less the square of the mean."""
    square_of_mean = ops.square(ragged_reduce("reduce_mean", input_tensor, axis, keepdims))
    mean_of_square = ragged_reduce("reduce_mean", ops.square(input_tensor), axis, keepdims)
    # Rounding must not make it less than nothing.
    return ops.maximum(mean_of_square - square_of_mean, ops.zeros_like(square_of_mean))


def ragged_reduce_std(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The root of the variance."""
    return ops.sqrt(ragged_reduce_variance(input_tensor, axis, keepdims))


def _segment_op(name: str) -> Any:
    def of_segments(data: Any, segment_ids: Any, num_segments: Any = None, name: str | None = None) -> Any:
        data, ids = as_values(data), as_values(segment_ids)
        if is_ragged(ids):
            data, ids = data.flat_values, ids.flat_values
        ids = to_host(ids._array)
        if ids.shape != (count(data),):
            raise ValueError(f"data.shape = ({count(data)},) does not start with segment_ids.shape = {ids.shape}")
        size = int(as_tensor(num_segments)) if num_segments is not None else int(ids.max(initial=-1)) + 1
        return segments(function, data, ids, size)

    function = ops_named(name)
    return of_segments


for _kind in ("sum", "mean", "max", "min", "prod", "sqrt_n"):
    globals()[f"ragged_unsorted_segment_{_kind}"] = _segment_op(f"unsorted_segment_{_kind}")


def ragged_softmax(logits: Any, axis: Any = None, name: str | None = None) -> Any:
    """The softmax of each row."""
    largest = ops.stop_gradient(ragged_reduce("reduce_max", logits, -1, True))
    parts = ops.exp(logits - largest)
    return parts / ragged_reduce("reduce_sum", parts, -1, True)


def ragged_reduce_join(
    inputs: Any, axis: Any = None, keepdims: bool = False, separator: str = "", name: str | None = None
) -> Any:
    """The texts of each row joined."""
    if axis is None:
        return ops.reduce_join(inputs.flat_values, separator=separator)
    a = ints(axis)[0] % len(inputs.shape)
    if a > 1 and is_ragged(inputs._values):
        return rows_of(ragged_reduce_join(inputs._values, a - 1, keepdims, separator), inputs._partition)
    p = inputs._partition
    ids, rows = (p._rowids, p._rows) if a else (p._offsets, int(p._lengths.max(initial=0)))
    joined = segments(partial(ops.unsorted_segment_join, separator=separator), inputs._values, ids, rows)
    return ops.expand_dims(joined, a) if keepdims else joined
