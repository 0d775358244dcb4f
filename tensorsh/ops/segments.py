"""Sums, means, products and extremes over segments of the first axes, and what deals rows out and puts them
back.

`segment_*` wants sorted ids and has as many rows as the largest id asks for; empty segments are 0 (a product
1). `unsorted_segment_*` takes ids in any order and the number of segments; rows with a negative id are
dropped, and an empty segment holds the identity of the operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime.backend import module_of, to_host
from ..runtime.dtypes import COMPARABLE, ORDERED, REAL, SUMMABLE, DType
from ..runtime.errors import bracketed, invalid, subscript
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from .arguments import INDICES, SIZES, integers, tail
from .registry import op, ops, primitive
from .rows import combine, outside, take, untake
from .rules import check_dtype


@primitive(lambda g, y, x, at, size, kind, empty: _gradient(g, y, x, at, kind), None)
def _reduce(xp, x, at, size, kind, empty):
    """x (n, ...) combined by `kind` into `size` rows at `at` (n,); rows that get nothing are `empty`."""
    rest = x.shape[1:]
    if kind in ("add", "mul"):
        return combine(kind, xp.full((size, *rest), 0 if kind == "add" else 1, x.dtype), at, x)
    # A segment starts from what an empty one is, unless that is 0, as it is where ids are sorted.
    start = empty or _unbounded(x.dtype, kind)
    result = combine(kind, xp.full((size, *rest), start, x.dtype), at, x)
    used = combine("add", xp.zeros(size, np.int32), at, xp.ones(at.shape, np.int32)) > 0
    return xp.where(used.reshape(-1, *(1,) * len(rest)), result, xp.asarray(empty, x.dtype))


def _gradient(g: Tensor, y: Tensor, x: Tensor, at: Tensor, kind: str) -> Tensor:
    size = y._array.shape[0]
    if kind == "mul":
        return take(g, at, axis=0) * _rest_of_product(x, y, at)
    won = ops.cast(x == take(y, at, axis=0), x.dtype)
    count = untake(won, at, axis=0, size=size)
    return won * take(ops.divide_no_nan(g, count), at, axis=0)


def _rest_of_product(x: Tensor, y: Tensor, at: Tensor) -> Tensor:
    """For each row the product of the others in its segment, also where one of them is zero."""
    size, zero = y._array.shape[0], x == 0
    count = untake(ops.cast(zero, "int32"), at, axis=0, size=size)
    filled = ops.where(zero, ops.ones_like(x), x)
    without_zeros = take(_reduce(filled, at, size=size, kind="mul", empty=1), at, axis=0)
    rest = ops.where(zero, without_zeros, take(y, at, axis=0) / filled)
    return ops.where(take(count, at, axis=0) > 1, ops.zeros_like(x), rest)


def _unbounded(dtype: np.dtype, kind: str) -> Any:
    """A start that any value, an infinity too, replaces."""
    if dtype.kind in "iu":
        return np.iinfo(dtype).min if kind == "max" else np.iinfo(dtype).max
    return -np.inf if kind == "max" else np.inf


# ---------------------------------------------------------------- sorted segments


def _sorted(kernel: str, dtypes: tuple[DType, ...], data: Any, segment_ids: Any) -> tuple[Tensor, Tensor, int]:
    """The data, the ids, and the number of segments, once TensorFlow's kernel would take them."""
    x, ids = as_tensor(data), integers(kernel, segment_ids, "segment_ids", "Tindices")
    check_dtype(kernel, x, dtypes, dtypes, "data")
    last = tail(data, segment_ids)

    def fail(message: str, hint: str | None = None) -> BaseException:
        return invalid(kernel, message, operands=[("data", x), ("segment_ids", ids)], hint=hint, name=last)

    if not x._array.ndim:
        raise fail("input must be at least rank 1")
    if ids._array.ndim != 1:
        raise fail("segment_ids should be a vector.")
    if ids._array.shape[0] != x._array.shape[0]:
        raise fail("segment_ids should be the same size as dimension 0 of input.")
    host = to_host(ids._array)
    if not host.size:
        return x, ids, 0
    size = int(host[-1]) + 1
    if size <= 0:
        raise fail("segment ids must be >= 0")
    if host[0] < 0:
        raise fail(
            f"Segment id {host[0]} out of range [0, {size}), possibly because 'segment_ids' input is not sorted."
        )
    if (host[1:] < host[:-1]).any():
        raise fail("segment ids are not increasing", f"use unsorted_{kernel[:7].lower()}_{kernel[7:].lower()}")
    return x, ids, size


def _sorted_samples(s: Any) -> Any:
    yield s.call(s.distinct(4), [0, 0, 1, 3])
    yield s.call(s.distinct(3, 2), [0, 1, 1])


@op("math.segment_sum", samples=_sorted_samples)
def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """The sums of the rows that have the same id; ids are sorted.

    >>> segment_sum([1, 2, 3], [0, 0, 2])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([3, 0, 3], dtype=int32)>
    """
    x, ids, size = _sorted("SegmentSum", SUMMABLE, data, segment_ids)
    return untake(x, ids, axis=0, size=size)


@op("math.segment_mean", samples=_sorted_samples)
def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """The means of the rows that have the same id; ids are sorted. Integer means are rounded towards zero.

    >>> segment_mean([1., 2., 4.], [0, 0, 2])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1.5, 0. , 4. ], dtype=float32)>
    """
    x, ids, size = _sorted("SegmentMean", SUMMABLE, data, segment_ids)
    total = untake(x, ids, axis=0, size=size)
    counts = _counts(ids, size, x)
    return ops.truncatediv(total, counts) if x.dtype.is_integer else total / counts


def _counts(ids: Tensor, size: int, x: Tensor, least: int = 1) -> Tensor:
    """The number of rows of each segment, at least 1, in the dtype of x and ready to broadcast."""
    xp = module_of(ids._array)
    flat = ids._array.reshape(-1)
    counts = combine("add", xp.zeros(size, np.int64), flat, xp.ones(flat.shape, np.int64))
    shape = (size, *(1,) * (x._array.ndim - ids._array.ndim))
    return ops.cast(wrap(xp.maximum(counts, least).reshape(shape)), x.dtype)


@op("math.segment_prod", samples=_sorted_samples)
def segment_prod(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """The products of the rows that have the same id; ids are sorted.

    >>> segment_prod([1, 2, 4], [0, 0, 2])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([2, 1, 4], dtype=int32)>
    """
    x, ids, size = _sorted("SegmentProd", SUMMABLE, data, segment_ids)
    return _reduce(x, ids, size=size, kind="mul", empty=1)


@op("math.segment_max", samples=_sorted_samples)
def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """The largest of the rows that have the same id; ids are sorted. Ties share the gradient.

    >>> segment_max([1, 3, 2], [0, 0, 2])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([3, 0, 2], dtype=int32)>
    """
    x, ids, size = _sorted("SegmentMax", ORDERED, data, segment_ids)
    return _reduce(x, ids, size=size, kind="max", empty=0)


@op("math.segment_min", samples=_sorted_samples)
def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """The smallest of the rows that have the same id; ids are sorted. Ties share the gradient.

    >>> segment_min([1, 3, 2], [0, 0, 2])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 0, 2], dtype=int32)>
    """
    x, ids, size = _sorted("SegmentMin", ORDERED, data, segment_ids)
    return _reduce(x, ids, size=size, kind="min", empty=0)


# ---------------------------------------------------------------- unsorted segments


def _unsorted(
    kernel: str, dtypes: tuple[DType, ...], data: Any, segment_ids: Any, num_segments: Any
) -> tuple[Tensor, Tensor, int]:
    """Rows (n, ...), their ids (n,) and the number of segments; rows with a negative id are left out."""
    x, ids = (
        as_tensor(data),
        integers(
            kernel, segment_ids, "segment_ids", "Tindices", allowed=INDICES if kernel == "UnsortedSegmentSum" else SIZES
        ),
    )
    check_dtype(kernel, x, dtypes, dtypes, "data")
    count = integers(kernel, num_segments, "num_segments", "Tnumsegments")
    last = tail(data, segment_ids, num_segments)

    def fail(message: str, summary: str | None = None) -> BaseException:
        return invalid(kernel, message, summary, [("data", x), ("segment_ids", ids)], name=last)

    if count._array.ndim:
        raise fail(f"num_segments should be a scalar, not shape {bracketed(count._array.shape)}")
    shape, lead = x._array.shape, ids._array.shape
    if shape[: len(lead)] != lead:
        raise fail(
            f"data.shape = {bracketed(shape)} does not start with segment_ids.shape = {bracketed(lead)}",
            f"ids of shape {lead} for data of shape {shape}",
        )
    size = int(count)
    if size < 0:
        raise fail(f"Input num_segments == {size} must not be negative.")
    at = ids._array.reshape(-1)
    rows = ops.reshape(x, [at.size, *shape[len(lead) :]])
    if outside(at, size) is None:
        return rows, wrap(at), size
    host = to_host(ids._array)
    if (host >= size).any():
        position = tuple(np.argwhere(host >= size)[0].tolist())
        raise fail(
            f"segment_ids{subscript(position)} = {host[position]} is out of range [0, {size})",
            f"segment id {host[position]} is out of range for {size} segments",
        )
    kept = module_of(at).flatnonzero(at >= 0)
    return take(rows, wrap(kept), axis=0), wrap(at[kept]), size


def _unsorted_samples(s: Any) -> Any:
    yield s.call(s.distinct(4), [2, 0, 2, 0], 3)
    yield s.call(s.distinct(3, 2), [1, -1, 1], 2)
    yield s.call(s.distinct(2, 2), [[1, 0], [0, 0]], 2)


@op("math.unsorted_segment_sum", samples=_unsorted_samples)
def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """The sums of the rows that have the same id.

    >>> unsorted_segment_sum([1, 2, 3], [2, 0, 2], 3)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([2, 0, 4], dtype=int32)>
    """
    x, ids, size = _unsorted("UnsortedSegmentSum", SUMMABLE, data, segment_ids, num_segments)
    return untake(x, ids, axis=0, size=size)


@op("math.unsorted_segment_mean", samples=_unsorted_samples)
def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """The means of the rows that have the same id, 0 where there are none. Integers give floats.

    >>> unsorted_segment_mean([1., 2., 3.], [0, 0, 1], 3)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1.5, 3. , 0. ], dtype=float32)>
    """
    return _per_count(data, segment_ids, num_segments, lambda counts: counts)


@op("math.unsorted_segment_sqrt_n", samples=_unsorted_samples)
def unsorted_segment_sqrt_n(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """The sums of the rows that have the same id, divided by the square root of their number.

    >>> unsorted_segment_sqrt_n([1., 1., 3.], [0, 0, 1], 3)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1.4142135, 3.       , 0.       ], dtype=float32)>
    """
    return _per_count(data, segment_ids, num_segments, ops.sqrt)


def _per_count(data: Any, ids: Any, num_segments: Any, of_count: Callable[[Tensor], Tensor]) -> Tensor:
    ids = ids if is_tensor(ids) else as_tensor(ids)
    x, at, size = _unsorted("UnsortedSegmentSum", SUMMABLE, as_tensor(data), ids, num_segments)
    check_dtype("Maximum", x, REAL, COMPARABLE, "data")
    return untake(x, at, axis=0, size=size) / of_count(_counts(at, size, x))


@op("math.unsorted_segment_prod", samples=_unsorted_samples)
def unsorted_segment_prod(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """The products of the rows that have the same id, 1 where there are none.

    >>> unsorted_segment_prod([1, 2, 3], [0, 0, 1], 3)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([2, 3, 1], dtype=int32)>
    """
    x, ids, size = _unsorted("UnsortedSegmentProd", SUMMABLE, data, segment_ids, num_segments)
    return _reduce(x, ids, size=size, kind="mul", empty=1)


@op("math.unsorted_segment_max", samples=_unsorted_samples)
def unsorted_segment_max(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """The largest of the rows that have the same id; the lowest finite number where there are none.

    >>> unsorted_segment_max([1, 3, 2], [0, 0, 1], 2)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 2], dtype=int32)>
    """
    x, ids, size = _unsorted("UnsortedSegmentMax", ORDERED, data, segment_ids, num_segments)
    return _reduce(x, ids, size=size, kind="max", empty=x.dtype.min)


@op("math.unsorted_segment_min", samples=_unsorted_samples)
def unsorted_segment_min(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Tensor:
    """The smallest of the rows that have the same id; the highest finite number where there are none.

    >>> unsorted_segment_min([1, 3, 2], [0, 0, 1], 2)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    x, ids, size = _unsorted("UnsortedSegmentMin", ORDERED, data, segment_ids, num_segments)
    return _reduce(x, ids, size=size, kind="min", empty=x.dtype.max)
