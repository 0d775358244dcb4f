"""Order: sort, argsort, the largest entries of a row.

Sorting is stable: of equal entries the first comes first. nan comes last, whichever the direction, save in rows of
up to 16 entries: there the order around a nan is TensorFlow's, whose kernels compare with `<` alone.
"""

from __future__ import annotations

from collections import namedtuple
from math import prod
from typing import Any

import numpy as np

from ..runtime import tape
from ..runtime.backend import module_of, to_host
from ..runtime.dtypes import COMPLEX, HALF_FIRST, ORDERED, SIGNED_REAL, as_dtype, float32, int32
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor, wrap
from .arguments import INDICES, integers, tail
from .registry import op, ops
from .rows import take
from .rules import check_dtype

_NEGATED = SIGNED_REAL + COMPLEX

TopKV2 = namedtuple("TopKV2", ["values", "indices"])
ApproxTopK = namedtuple("ApproxTopK", ["values", "indices"])


def _key(xp: Any, array: Any, descending: bool) -> Any:
    """An array whose ascending order is the one wanted. Bits are flipped where a minus sign would
    overflow."""
    if array.dtype.kind == "V":
        array = array.astype(np.float32)
    if not descending:
        return array
    return ~array if array.dtype.kind in "iu" else -array


def _pick(x: Tensor, order: Any) -> Tensor:
    """The entries of each row of x (..., n) in an order (..., k)."""
    shape = x._array.shape
    xp = module_of(order)
    rows = prod(shape[:-1])
    flat = order.reshape(rows, order.shape[-1]) + (xp.arange(rows) * shape[-1])[:, None]
    return take(ops.reshape(x, [-1]), wrap(flat.reshape(order.shape)), axis=0)


@op("sort", samples=lambda s: [s.call(s.distinct(5)), s.call(s.distinct(3, 2), axis=0, direction="DESCENDING")])
def sort(values: Any, axis: Any = -1, direction: str = "ASCENDING", name: str | None = None) -> Tensor:
    """The entries in order along an axis; direction: "ASCENDING" or "DESCENDING".

    values: a tensor of rank 1 or more.

    >>> sort([3, 1, 2])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3], dtype=int32)>
    """
    x, axis, descending = _sortable(values, axis, direction)
    array, xp = x._array, module_of(x._array)
    if not tape.recorders and not descending and array.dtype.kind != "V":
        found = xp.sort(array, axis)
        if array.dtype.kind != "f" or array.shape[axis] > _SHORT or not _ends_in_nan(xp, found, axis):
            return wrap(found)
    last = x if axis == x._array.ndim - 1 else _swapped(x, axis)
    y = _pick(last, _order(last._array, descending))
    return y if last is x else _swapped(y, axis)


@op("argsort")
def argsort(
    values: Any, axis: Any = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> Tensor:
    """Where in order the entries come from along an axis, as int32; always stable.

    values: a tensor of rank 1 or more.

    >>> argsort([3, 1, 2])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 0], dtype=int32)>
    """
    x, axis, descending = _sortable(values, axis, direction)
    last = axis == x._array.ndim - 1
    order = wrap(_order((x if last else _swapped(x, axis))._array, descending).astype(np.int32))
    return order if last else _swapped(order, axis)


#: The length of the rows that C++'s `std::sort` sorts by insertion.
_SHORT = 16


def _order(array: Any, descending: bool) -> Any:
    """Where the entries of each row come from in order."""
    xp = module_of(array)
    key = _key(xp, array, descending)
    order = xp.argsort(key, -1, kind="stable")
    if key.dtype.kind == "f" and key.shape[-1] <= _SHORT and key.size:
        ordered = xp.take_along_axis(key, order, -1)
        if _ends_in_nan(xp, ordered, -1):
            host = to_host(key)
            return xp.asarray(np.apply_along_axis(_inserted, -1, host))
    return order


def _ends_in_nan(xp: Any, ordered: Any, axis: int) -> bool:
    last = xp.take(ordered, -1, axis=axis) if ordered.shape[axis] else ordered
    return bool((last != last).any())


def _inserted(row: np.ndarray) -> np.ndarray:
    """The order to which sorting by insertion brings a row; a nan is smaller than nothing, and nothing than it."""
    key = row.tolist()
    order: list[int] = []
    for i, entry in enumerate(key):
        place = 0 if order and entry < key[order[0]] else len(order)
        while place and entry < key[order[place - 1]]:
            place -= 1
        order.insert(place, i)
    return np.array(order)


def _swapped(x: Tensor, axis: int) -> Tensor:
    """x with `axis` and the last axis exchanged."""
    perm = list(range(x._array.ndim))
    perm[axis], perm[-1] = perm[-1], perm[axis]
    return ops.transpose(x, perm)


def _sortable(values: Any, axis: Any, direction: str) -> tuple[Tensor, int, bool]:
    if direction not in ("ASCENDING", "DESCENDING"):
        raise explain(
            ValueError(f"Argument `direction` should be one of ASCENDING, DESCENDING. Received: direction={direction}"),
            hint='write "ASCENDING" or "DESCENDING", in capitals',
        )
    x, axis = as_tensor(values), int(axis)
    rank = x._array.ndim
    if not -rank <= axis < rank:
        raise invalid(
            "StridedSlice",
            f"slice index {axis + rank if axis < 0 else axis} of dimension 0 out of bounds.",
            summary=f"sort: axis {axis} is out of range for a tensor of rank {rank}",
            operands=[("values", x)],
            name="strided_slice/",
        )
    descending = direction == "DESCENDING"
    if not descending and not x.dtype.is_unsigned:
        check_dtype("Neg", x, _NEGATED, _NEGATED, "values")
    check_dtype("TopKV2", x, ORDERED, ORDERED, "values")
    return x, axis % rank, descending


@op("math.top_k nn.top_k", samples=lambda s: [s.call(s.distinct(5), 2), s.call(s.distinct(2, 3), 3)])
def top_k(input: Any, k: Any = 1, sorted: bool = True, index_type: Any = int32, name: str | None = None) -> Any:
    """The k largest entries of each row, from the largest down, and their places: TopKV2(values, indices).

    sorted: if False, TensorFlow gives them in no particular order. Raises InvalidArgumentError if a row is
    too short.

    index_type: the indices' dtype, int16, int32 or int64.
    input: a tensor of rank 1 or more. k: an int, or an integer scalar.

    >>> top_k([1, 5, 3], 2).indices
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    x, count, last = as_tensor(input), integers("TopKV2", k, "k", "Tk", allowed=INDICES), tail(input, k)
    check_dtype("TopKV2", x, ORDERED, ORDERED, "input")

    def fail(message: str) -> BaseException:
        return invalid("TopKV2", message, operands=[("input", x)], name=last)

    if count._array.ndim:
        raise fail(f"k must be scalar, got shape {bracketed(count._array.shape)}")
    n = int(count)
    if n < 0:
        raise fail(f"Need k >= 0, got {n}")
    if not x._array.ndim:
        raise fail(f"input must be >= 1-D, got shape {bracketed(x._array.shape)}")
    if x._array.shape[-1] < n:
        raise fail(f"input must have at least k columns. Had {x._array.shape[-1]}, needed {n}")
    order = _largest(x._array, n)
    return TopKV2(_pick(x, order), wrap(order.astype(as_dtype(index_type)._numpy)))


def _largest(array: Any, k: int) -> Any:
    """The places (..., k) of the k largest of each row, the first of equals first."""
    size = array.shape[-1]
    if type(array) is not np.ndarray or size < 2048 or k == 0 or 8 * k > size:
        return _order(array, True)[..., :k]
    # A few of many: sort only those that are not below the k-th.
    key = _key(np, array, True).reshape(-1, size)
    limits = np.partition(key, k - 1, -1)[:, k - 1]
    if limits.dtype.kind == "f" and np.isnan(limits).any():
        return _order(array, True)[..., :k]
    places = [np.flatnonzero(row <= limit) for row, limit in zip(key, limits)]
    chosen = [at[np.argsort(row[at], kind="stable")[:k]] for row, at in zip(key, places)]
    return np.stack(chosen).reshape(*array.shape[:-1], k)


@op("math.in_top_k nn.in_top_k")
def in_top_k(targets: Any, predictions: Any, k: Any, name: str | None = None) -> Tensor:
    """For each row of predictions whether the entry at `targets[i]` is among its k largest; ties count.

    targets: (n,) ints; predictions: float32 (n, classes). False where a prediction is not finite.
    Raises InvalidArgumentError for other ranks, or unless there are as many targets as rows.

    >>> in_top_k([1], [[0.1, 0.9]], 1)
    <tf.Tensor: shape=(1,), dtype=bool, numpy=array([ True])>
    """
    at, p = integers("InTopKV2", targets, "targets", "T"), as_tensor(predictions, float32)
    last = tail(targets, predictions, k)

    def fail(message: str) -> BaseException:
        return invalid("InTopKV2", message, operands=[("targets", at), ("predictions", p)], name=last)

    if p._array.ndim != 2:
        raise fail("predictions must be 2-dimensional")
    if at._array.ndim != 1:
        raise fail("targets must be 1-dimensional")
    (rows, classes), (count,) = p._array.shape, at._array.shape
    if rows != count:
        raise fail(f"First dimension of predictions {rows} must match length of targets {count}")
    xp = module_of(p._array)
    valid = (at._array >= 0) & (at._array < classes)
    chosen = p._array[xp.arange(rows), xp.where(valid, at._array, 0)] if classes else xp.zeros(rows, p._array.dtype)
    above = (p._array > chosen[:, None]).sum(axis=1)
    return wrap(valid & xp.isfinite(p._array).all(axis=1) & (above < int(as_tensor(k, at.dtype))))


def _approximate(operand: Any, k: int, reduction_dimension: int, is_max: bool) -> Any:
    x = as_tensor(operand)
    allowed = HALF_FIRST[:3]
    check_dtype("ApproxTopK", x, allowed, allowed, "input")
    axis, rank = reduction_dimension, x._array.ndim
    if not -rank <= axis < rank:
        raise invalid("ApproxTopK", f"reduction_dimension must be in [{-rank}, {rank}), but got {axis}", name=None)
    if x._array.shape[axis] < k:
        raise invalid(
            "ApproxTopK",
            f"input must have at least k columns. Had {x._array.shape[axis]}, needed {k}",
            operands=[("operand", x)],
            name=None,
        )
    axis %= rank
    last = axis == rank - 1
    rows = x if last else _swapped(x, axis)
    order = _order(rows._array, is_max)[..., :k]
    found = [_pick(rows, order), wrap(order.astype(np.int32))]
    return ApproxTopK(*(found if last else (_swapped(t, axis) for t in found)))


@op("math.approx_max_k nn.approx_max_k")
def approx_max_k(
    operand: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> Any:
    """The k largest entries along an axis and their places. They are exact here; on a TPU they are
    approximate.

    operand: float16, bfloat16 or float32 of rank 1 or more.

    >>> approx_max_k([1., 5., 3.], 2).values
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([5., 3.], dtype=float32)>
    """
    return _approximate(operand, k, reduction_dimension, True)


@op("math.approx_min_k nn.approx_min_k")
def approx_min_k(
    operand: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> Any:
    """The k smallest entries along an axis and their places.

    operand: float16, bfloat16 or float32 of rank 1 or more.

    >>> approx_min_k([1., 5., 3.], 2).values
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 3.], dtype=float32)>
    """
    return _approximate(operand, k, reduction_dimension, False)


@op("approx_top_k")
def approx_top_k(
    input: Any,
    k: int,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    is_max_k: bool = True,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> Any:
    """As `approx_max_k`, or as `approx_min_k` if `is_max_k` is False.

    is_max_k: whether the largest are wanted, not the smallest.
    input: float16, bfloat16 or float32 of rank 1 or more.

    >>> approx_top_k([1., 5., 3.], 1).indices
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([1], dtype=int32)>
    """
    return _approximate(input, k, reduction_dimension, is_max_k)
