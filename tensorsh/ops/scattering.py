"""Writing entries by index: scatter_nd, tensor_scatter_nd_*, and what a variable's scatter methods do.

The last axis of `indices` is one index vector, as for `gather_nd`; `updates` holds an entry, or a slice, for
each.
One primitive combines them into a tensor; `gather_nd` of the cotangent is its gradient.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..runtime import effects
from ..runtime.backend import module_of
from ..runtime.dtypes import SUMMABLE, bool_, string
from ..runtime.errors import bracketed, invalid, subscript
from ..runtime.tensor import Tensor, as_tensor, wrap
from .arguments import INDICES, alike, renamed, tail, vector, wrong_index
from .creation import check_sizes
from .gathering import bad_vector, flattened, within
from .kernels import no_kernel
from .registry import op, ops, primitive
from .rows import beside, combine, outside, take, untake
from .rules import check_dtype


def _kept(g: Tensor, y: Tensor, x: Tensor, rows: Tensor, at: Tensor, kind: str) -> Tensor:
    """The cotangent of what is scattered into."""
    if kind in ("add", "sub"):
        return g
    if kind == "update":
        return _combine(g, ops.zeros_like(rows), at, kind="update")
    return g * _share(y, x, rows, at)[0]


def _written(g: Tensor, y: Tensor, x: Tensor, rows: Tensor, at: Tensor, kind: str) -> Tensor:
    """The cotangent of the updates."""
    picked = take(g, at, axis=0)
    if kind in ("add", "update"):
        return picked
    if kind == "sub":
        return -picked
    return picked * _share(y, x, rows, at)[1]


def _share(y: Tensor, x: Tensor, rows: Tensor, at: Tensor) -> tuple[Tensor, Tensor]:
    """Of an extreme: what part of it falls to x and to each of the rows, where several are equal."""
    won = ops.cast(x == y, y.dtype)
    rows_won = ops.cast(rows == take(y, at, axis=0), y.dtype)
    count = won + untake(rows_won, at, axis=0, size=y._array.shape[0])
    return won / count, rows_won / take(count, at, axis=0)


@primitive(_kept, _written, None)
def _combine(xp, x, rows, at, kind):
    """x (n, ...) with rows[i] (m, ...) combined into place at[i] (m,)."""
    return combine(kind, x, at, rows)


@op("scatter_nd", samples=lambda s: [s.call([[0], [2], [0]], s(3), [4]), s.call([[1]], s(1, 2), [2, 2])])
def scatter_nd(indices: Any, updates: Any, shape: Any, bad_indices_policy: str = "", name: str | None = None) -> Tensor:
    """Zeros of `shape` with `updates` added at the index vectors `indices`.

    Raises InvalidArgumentError if an index is out of range, unless bad_indices_policy is "IGNORE".

    >>> scatter_nd([[1], [1]], [5, 6], [3])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([ 0, 11,  0], dtype=int32)>
    """
    at, rows = as_tensor(indices), as_tensor(updates)
    last = tail(indices, updates, shape)
    check_dtype("ScatterNd", at, INDICES, INDICES, "indices", "Tindices")
    if isinstance(shape, Tensor):
        sizes = vector(alike("ScatterNd", [at, shape], last, first=1)[1])
    else:
        sizes = vector(as_tensor(shape, at.dtype))
    check_sizes("ScatterNd", sizes, last)
    _check_ranks("ScatterNd", at, rows, last)
    _check_empty("ScatterNd", at, rows, tuple(sizes), last)
    lead, depth = at._array.shape[:-1], at._array.shape[-1]
    shown = f"[shape={bracketed(rows._array.shape)}]"
    k = len(lead)
    if rows._array.shape[:k] != lead:
        raise invalid(
            "ScatterNd",
            f"Dimensions [0,{k}) of indices[shape={bracketed(at._array.shape)}] must match dimensions [0,{k}) of "
            f"updates{shown}",
            summary=f"scatter_nd: {lead} index vectors, but updates {rows._array.shape}",
            operands=[("indices", at), ("updates", rows)],
            name=last,
        )
    if depth > len(sizes) or list(rows._array.shape[k:]) != sizes[depth:]:
        raise invalid(
            "ScatterNd",
            f"Dimensions [{depth},{len(sizes)}) of input[shape={bracketed(sizes)}] must match dimensions "
            f"[{k},{rows._array.ndim}) of updates{shown}",
            summary=f"scatter_nd: updates {rows._array.shape} do not fit shape {tuple(sizes)}",
            operands=[("indices", at), ("updates", rows)],
            name=last,
        )
    at, rows = _good_only("ScatterNd", at, rows, tuple(sizes), bad_indices_policy, last)
    if rows.dtype in (string, bool_):
        return wrap(_joined(rows._array, at._array, tuple(sizes), depth))
    flat, flat_rows = _as_rows(at, rows, tuple(sizes))
    total = untake(flat_rows, flat, axis=0, size=prod(sizes[:depth]))
    return ops.reshape(total, sizes)


def _joined(rows: Any, at: Any, sizes: tuple[int, ...], depth: int) -> Any:
    """Texts that meet are joined, and bools are or-ed, in the order in which they come."""
    places = flattened(beside(rows, at), sizes[:depth]).reshape(-1)
    count, width = prod(sizes[:depth]), prod(sizes[depth:])
    flat = rows.reshape(places.size, width)
    if rows.dtype == bool:
        counts = combine("add", module_of(rows).zeros((count, width), np.int32), places, flat.astype(np.int32))
        return (counts != 0).reshape(sizes)
    result = np.full((count, width), b"", object)
    for place, text in zip(places, flat):
        result[place] = result[place] + text
    return result.reshape(sizes)


def _check_ranks(kernel: str, at: Tensor, rows: Tensor, last: str | None) -> None:
    for arg, t in (("Indices", at), ("Updates", rows)):
        if not t._array.ndim:
            raise invalid(kernel, f"{arg} shape must have rank at least one. Found:[]", name=last)


def _check_empty(kernel: str, at: Tensor, rows: Tensor, shape: tuple[int, ...], last: str | None) -> None:
    """Raise InvalidArgumentError for indices or updates where there is nothing to update, or nothing to do it with."""
    sizes = at._array.size, rows._array.size
    if any(sizes) and not all((*sizes, prod(shape))):
        message = "Indices and updates specified for empty output shape"
        if kernel == "ScatterNd" and all(sizes):
            message = f"Indices and updates specified for empty output.  indices shape: {bracketed(at._array.shape)}"
        summary = f"updates of shape {rows._array.shape} at {at._array.shape[:-1]} indices into shape {shape}"
        raise invalid(kernel, message, summary, [("indices", at), ("updates", rows)], name=last)


def _good_only(
    kernel: str, at: Tensor, rows: Tensor, shape: tuple[int, ...], policy: str, last: str | None
) -> tuple[Tensor, Tensor]:
    """Index vectors and updates, without those out of range if the policy is to ignore them."""
    depth = at._array.shape[-1]
    found = bad_vector(at._array, shape[:depth])
    if found is None:
        return at, rows
    if policy != "IGNORE":
        position, index = found
        raise invalid(
            kernel,
            f"indices{subscript(position)} = {index} does not index into shape {bracketed(shape)}",
            summary=f"index {index} is outside shape {shape}",
            operands=[("indices", at), ("updates", rows)],
            name=last,
        )
    good = within(at._array, shape[:depth])
    return wrap(at._array[good]), ops.boolean_mask(rows, wrap(good))


def _as_rows(at: Tensor, rows: Tensor, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Index vectors as flat positions (n,), and the updates as (n, ...)."""
    depth = at._array.shape[-1]
    flat = flattened(at._array, shape[:depth]).reshape(-1)
    return wrap(flat), ops.reshape(rows, [flat.size, *shape[depth:]])


def _scatter(kind: str, kernel: str, tensor: Any, indices: Any, updates: Any, policy: str = "") -> Tensor:
    at, last = as_tensor(indices), tail(tensor, indices, updates)
    check_dtype(kernel, at, INDICES, INDICES, "indices", "Tindices")
    x = as_tensor(tensor)
    rows = as_tensor(updates, None if isinstance(updates, Tensor) else x.dtype)
    if rows.dtype is not x.dtype:
        alike(kernel, [x, rows], last, first=1)
    if kind != "update" and x.dtype in (string, bool_) or kind in ("max", "min") and x.dtype.is_complex:
        attributes = {"T": x.dtype, "Tindices": at.dtype, "bad_indices_policy": policy}
        raise renamed(no_kernel(kernel, kernel, attributes, [("tensor", x)]), last)
    _check_ranks(kernel, at, rows, last)
    _check_empty(kernel, at, rows, x._array.shape, last)
    _check_fit(kernel, x, at, rows, last)
    shape, depth = x._array.shape, at._array.shape[-1]
    at, rows = _good_only(kernel, at, rows, shape, policy, last)
    flat, flat_rows = _as_rows(at, rows, shape)
    base = ops.reshape(x, [prod(shape[:depth]), *shape[depth:]])
    return ops.reshape(_combine(base, flat_rows, flat, kind=kind), list(shape))


def _check_fit(kernel: str, x: Tensor, at: Tensor, rows: Tensor, last: str | None) -> None:
    """Raise InvalidArgumentError unless there is one update of the right shape for every index vector."""
    shape, depth, k = x._array.shape, at._array.shape[-1], at._array.ndim - 1
    given = rows._array.shape

    def fail(message: str) -> Any:
        return invalid(
            kernel,
            message,
            summary=f"updates of shape {given} do not fit {at._array.shape[:-1]} indices into shape {shape}",
            operands=[("tensor", x), ("indices", at), ("updates", rows)],
            name=last,
        )

    if kernel.startswith("Resource"):
        outer, inner = at._array.shape[:-1], shape[depth:]
        if given[:k] != outer:
            size, found = prod(outer), prod(given[:k])
            raise fail(
                f"Dimensions [0,{k}) of indices[shape={bracketed(at._array.shape)}] = {size} must match dimensions "
                f"[0,{k}) of updates[shape={bracketed(given)}] = {found}"
            )
        if depth > len(shape) or given[k:] != inner:
            raise fail(
                f"Dimensions [{depth},{len(shape)}) of input[shape={bracketed(shape)}] must match dimensions "
                f"[{depth},{len(given)}) of updates[shape={bracketed(given)}]"
            )
        return
    if given[:k] != at._array.shape[:-1]:
        raise fail(
            f"Outer dimensions of indices and update must match. Indices shape: {bracketed(at._array.shape)}, updates "
            f"shape:{bracketed(given)}"
        )
    if depth > len(shape) or len(given) - k != len(shape) - depth:
        raise fail(
            "Inner dimensions of output shape must match inner dimensions of updates shape. Output: "
            f"{bracketed(shape)} updates: {bracketed(given)}"
        )
    if given[k:] != shape[depth:]:
        count = len(shape) - depth
        raise fail(
            f"The inner {count} dimensions of output.shape={bracketed(shape)} must match the inner {count} dimensions "
            f"of updates.shape={bracketed(given)}"
        )


def _samples(s: Any) -> Any:
    yield s.call(s.distinct(4), [[0], [2]], s.distinct(2) + 0.25)
    yield s.call(s.distinct(2, 2), [[1, 0], [0, 1]], s.distinct(2) + 0.25)
    yield s.call(s.distinct(3, 2), [[2]], s.distinct(1, 2) + 0.25)


def _twice(s: Any) -> Any:
    yield from _samples(s)
    yield s.call(s.distinct(3), [[1], [1]], s.distinct(2) + 0.25)


@op("tensor_scatter_nd_update", samples=_samples)
def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """The tensor with entries, or slices, replaced by `updates` at index vectors; of several the last one
    stays.

    tensor: a tensor of rank 1 or more.

    >>> tensor_scatter_nd_update([1, 2, 3], [[0]], [9])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([9, 2, 3], dtype=int32)>
    """
    return _scatter("update", "TensorScatterUpdate", tensor, indices, updates)


@op("tensor_scatter_nd_add", samples=_twice)
def tensor_scatter_nd_add(
    tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = "", name: str | None = None
) -> Tensor:
    """The tensor with `updates` added at index vectors.

    tensor: a tensor of rank 1 or more.

    >>> tensor_scatter_nd_add([1, 2, 3], [[0], [0]], [9, 9])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([19,  2,  3], dtype=int32)>
    """
    return _scatter("add", "TensorScatterAdd", tensor, indices, updates, bad_indices_policy)


@op("tensor_scatter_nd_sub", samples=_twice)
def tensor_scatter_nd_sub(
    tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = "", name: str | None = None
) -> Tensor:
    """The tensor with `updates` subtracted at index vectors.

    tensor: a tensor of rank 1 or more.

    >>> tensor_scatter_nd_sub([1, 2, 3], [[0]], [9])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([-8,  2,  3], dtype=int32)>
    """
    return _scatter("sub", "TensorScatterSub", tensor, indices, updates, bad_indices_policy)


@op("tensor_scatter_nd_max", samples=_twice)
def tensor_scatter_nd_max(
    tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = "", name: str | None = None
) -> Tensor:
    """The tensor with the larger of its entry and of `updates` at index vectors. Ties share the gradient.

    tensor: a tensor of rank 1 or more.

    >>> tensor_scatter_nd_max([1, 2, 3], [[0]], [9])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([9, 2, 3], dtype=int32)>
    """
    return _scatter("max", "TensorScatterMax", tensor, indices, updates, bad_indices_policy)


@op("tensor_scatter_nd_min", samples=_twice)
def tensor_scatter_nd_min(
    tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = "", name: str | None = None
) -> Tensor:
    """The tensor with the smaller of its entry and of `updates` at index vectors. Ties share the gradient.

    tensor: a tensor of rank 1 or more.

    >>> tensor_scatter_nd_min([1, 2, 3], [[0]], [-9])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([-9,  2,  3], dtype=int32)>
    """
    return _scatter("min", "TensorScatterMin", tensor, indices, updates, bad_indices_policy)


# ---------------------------------------------------------------- on the arrays of variables


def scatter_nd_array(kernel: str, kind: str, array: Any, indices: Any, updates: Any) -> Any:
    """A copy of a variable's array with updates combined by `kind` at index vectors."""
    return _scatter(kind, kernel, wrap(array), indices, updates)._array


def _into_rows(kind: str) -> Any:
    def scatter(kernel: str, array: Any, at: Any, rows: Any) -> Any:
        """A copy of `array` with rows combined at integer indices of its first axis, for
        Variable.scatter_*."""
        if kind != "update":
            check_dtype(kernel, wrap(array), SUMMABLE, SUMMABLE, "variable", "dtype")
        wanted = at.shape + array.shape[1:]
        if rows.shape != wanted:
            if rows.ndim:
                raise _wrong_updates(kernel, array, at, rows)
            rows = module_of(array).broadcast_to(rows, wanted)
        if (wrong := outside(at, array.shape[0])) is not None:
            raise wrong_index(kernel, wrong, array.shape[0], [("indices", wrap(at))])
        return effects.whole(combine, kind, array, at.reshape(-1), rows.reshape(at.size, *array.shape[1:]))

    return scatter


def _wrong_updates(kernel: str, array: Any, at: Any, rows: Any) -> Any:
    message = (
        "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got updates.shape "
        f"{bracketed(rows.shape)}, indices.shape {bracketed(at.shape)}, params.shape {bracketed(array.shape)}"
    )
    if array.ndim == 1 and at.ndim == rows.ndim and kernel != "ResourceScatterUpdate":
        message = (
            f"The shape of indices ({bracketed(at.shape)}) must be a prefix of the shape of updates "
            f"({bracketed(rows.shape)})"
        )
    summary = f"updates of shape {rows.shape} for {at.shape} rows of a variable of shape {array.shape}"
    return invalid(kernel, message, summary, name=None)


scatter_add_array = _into_rows("add")
scatter_sub_array = _into_rows("sub")
scatter_mul_array = _into_rows("mul")
scatter_div_array = _into_rows("div")
scatter_max_array = _into_rows("max")
scatter_min_array = _into_rows("min")
scatter_update_array = _into_rows("update")


def batch_scatter_update_array(kernel: str, array: Any, at: Any, rows: Any) -> Any:
    """As `scatter_update_array`, with the axes of `at` before its last shared by all three."""
    batch = at.ndim - 1
    lead, size = prod(array.shape[:batch]), array.shape[batch]
    if (wrong := outside(at, size)) is not None:
        raise wrong_index(kernel, wrong, size, [("indices", wrap(at))])
    xp = module_of(array)
    flat = at.reshape(lead, at.shape[batch]) + (xp.arange(lead) * size)[:, None]
    inner = array.shape[batch + 1 :]
    result = combine("update", array.reshape(lead * size, *inner), flat.reshape(-1), rows.reshape(at.size, *inner))
    return result.reshape(array.shape)
