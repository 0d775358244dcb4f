"""Picking entries by index: gather, gather_nd, embedding look-up.

The gradient of a gather along the first axis stays sparse (`IndexedSlices`), as TensorFlow's does; every
other gather is `rows.take`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..runtime.backend import module_of, to_host
from ..runtime.errors import bracketed, invalid, subscript
from ..runtime.indexed_slices import IndexedSlices
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from ..runtime.variable import Variable
from .arguments import INDICES, integers, tail, wrong_index
from .registry import op, ops, primitive
from .rows import beside, outside, take
from .rules import check_dtype


def _sparse(g: Tensor, y: Tensor, x: Tensor, at: Tensor) -> IndexedSlices:
    shape = x._array.shape
    rows = ops.reshape(g, [at._array.size, *shape[1:]])
    return IndexedSlices(rows, ops.reshape(at, [-1]), np.array(shape, np.int32))


@primitive(_sparse, None)
def _take_rows(xp, x, at):
    return module_of(x).take(x, beside(x, at), axis=0)  # text stays on the host


@op(
    "gather",
    samples=lambda s: [
        s.call(s(3, 2), [0, 2, 0]),
        s.call(s(3, 2), [[0, 1], [1, 1]], axis=1),
        s.call(s(2, 2, 3), [[0, 2], [1, 1]], axis=2, batch_dims=1),
    ],
)
def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Any = None,
    batch_dims: int = 0,
    name: str | None = None,
) -> Tensor:
    """Slices of `params` along `axis`, picked by the integers `indices`, whose shape takes that axis's place.

    axis: the first after the batch axes if None. batch_dims: the number of leading axes that params and
    indices share. Raises InvalidArgumentError if an index is out of range.

    >>> gather([10, 20, 30], [2, 0])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([30, 10], dtype=int32)>
    >>> gather([[1, 2], [3, 4]], [1], axis=1)
    <tf.Tensor: shape=(2, 1), dtype=int32, numpy=
    array([[2],
           [4]], dtype=int32)>
    """
    x, at = as_tensor(params), as_tensor(indices)
    check_dtype("GatherV2", at, INDICES, INDICES, "indices", "Tindices")
    shape, rank = x._array.shape, x._array.ndim
    batch = batch_dims + at._array.ndim if batch_dims < 0 else batch_dims
    axis = batch if axis is None else int(integers("GatherV2", axis, "axis", "Taxis"))
    last = tail(params, indices)
    if not rank:
        raise invalid("GatherV2", "params must be at least 1 dimensional", operands=[("params", x)], name=last)
    if not -rank <= axis < rank:
        raise invalid(
            "GatherV2",
            f"Shape must be at least rank {axis + 1 if axis >= 0 else -axis} but is rank {rank}",
            summary=f"gather: axis {axis} is out of range for a tensor of rank {rank}",
            operands=[("params", x)],
            name=last,
        )
    sparse = axis == 0 == batch
    kernel = "ResourceGather" if sparse and isinstance(params, Variable) else "GatherV2"
    axis %= rank
    if axis < batch:
        # The batch axes beyond `axis` are then picked from like any other.
        batch = axis
    _check_batch(x, at, batch, last)
    if (wrong := outside(at._array, shape[axis])) is not None:
        if shape[axis] and not x._array.size:  # slices of nothing are not looked for
            return gather(x, wrap(at._array * 0), None, axis, batch)
        raise wrong_index(kernel, wrong, shape[axis], [("params", x), ("indices", at)], last)
    if sparse:
        return _take_rows(x, at)
    return take(x, at, axis=axis) if batch == 0 else _batch_take(x, at, axis, batch)


def _check_batch(x: Tensor, at: Tensor, batch: int, last: str | None) -> None:
    for i, (n, m) in enumerate(zip(x._array.shape[:batch], at._array.shape)):
        if n != m:
            raise invalid(
                "GatherV2",
                f"params.shape[{i}]: {n} should be equal to indices.shape[{i}]: {m}",
                summary=f"gather: batch axis {i} is {n} in params and {m} in indices",
                operands=[("params", x), ("indices", at)],
                name=last,
            )


def _batch_take(x: Tensor, at: Tensor, axis: int, batch: int) -> Tensor:
    """A gather whose first `batch` axes are shared: one gather of the rows of all of them together."""
    shape, picked = x._array.shape, at._array.shape[batch:]
    lead, size = prod(shape[:batch]), shape[axis]
    between, rest = shape[batch:axis], shape[axis + 1 :]
    rows = ops.transpose(ops.reshape(x, [lead, prod(between), size, prod(rest)]), [0, 2, 1, 3])
    rows = ops.reshape(rows, [lead * size, prod(between), prod(rest)])
    xp = module_of(at._array)
    flat = at._array.reshape(lead, prod(picked)) + (xp.arange(lead) * size)[:, None]
    taken = ops.transpose(take(rows, wrap(flat), axis=0), [0, 2, 1, 3])
    return ops.reshape(taken, [*shape[:batch], *between, *picked, *rest])


@op(
    "gather_nd",
    samples=lambda s: [
        s.call(s(3, 2), [[0, 1], [2, 0], [0, 1]]),
        s.call(s(3, 2), [[1], [1]]),
        s.call(s(2, 2, 2), [[1], [0]], batch_dims=1),
    ],
)
def gather_nd(
    params: Any, indices: Any, batch_dims: int = 0, name: str | None = None, bad_indices_policy: str = ""
) -> Tensor:
    """The entries, or slices, of `params` at index vectors: the last axis of `indices` is one index.

    indices: (..., k) ints, k at most the rank of params; the result is (..., *params.shape[k:]). Raises
    InvalidArgumentError if an index is out of range, unless bad_indices_policy is "IGNORE": zeros then.

    >>> gather_nd([[1, 2], [3, 4]], [[0, 1], [1, 0]])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    x, at = as_tensor(params), as_tensor(indices)
    check_dtype("GatherNd", at, INDICES, INDICES, "indices", "Tindices")
    last = tail(params, indices)
    for name_, t in (("params", x), ("indices", at)):
        if not t._array.ndim:
            raise invalid("GatherNd", f"{name_} must be at least a vector", operands=[(name_, t)], name=last)
    if batch_dims:
        if batch_dims >= at._array.ndim:
            raise ValueError(
                f"Argument `batch_dims` = {batch_dims} must be less than rank(`indices`) = {at._array.ndim}"
            )
        at, last = _with_batch(at, batch_dims), ""
    shape, depth = x._array.shape, at._array.shape[-1]
    if depth > len(shape):
        raise invalid(
            "GatherNd",
            f"index innermost dimension length must be <= params rank; saw: {depth} vs. {len(shape)}",
            summary=f"gather_nd: an index has {depth} parts, but params only {len(shape)} axes",
            operands=[("params", x), ("indices", at)],
            name=last,
        )
    if at._array.size and not x._array.size:
        raise invalid(
            "GatherNd",
            f"Requested more than 0 entries, but params is empty.  Params shape: {bracketed(shape)}",
            summary=f"gather_nd: params of shape {shape} have no entries",
            operands=[("params", x), ("indices", at)],
            name=last,
        )
    good = None
    if (found := bad_vector(at._array, shape[:depth])) is not None:
        if bad_indices_policy != "IGNORE":
            raise _bad_vector(found, at, x, last)
        good = within(at._array, shape[:depth])
        at = wrap(at._array * good[..., None])
    if depth == 1 and at._array.ndim == 2 and good is None:
        return _take_rows(x, wrap(at._array[:, 0]))
    flat = wrap(flattened(at._array, shape[:depth]))
    rows = take(ops.reshape(x, [prod(shape[:depth]), *shape[depth:]]), flat, axis=0)
    if good is None:
        return rows
    return ops.where(wrap(good.reshape(good.shape + (1,) * (len(shape) - depth))), rows, ops.zeros_like(rows))


def _with_batch(at: Tensor, batch: int) -> Tensor:
    """Index vectors with the positions on their first `batch` axes put before them."""
    xp = module_of(at._array)
    shape = at._array.shape[:-1]
    places = [
        xp.broadcast_to(xp.arange(n, dtype=at._array.dtype).reshape(-1, *(1,) * (len(shape) - i)), (*shape, 1))
        for i, n in enumerate(shape[:batch])
    ]
    return wrap(xp.concatenate([*places, at._array], axis=-1))


def within(at: Any, shape: tuple[int, ...]) -> Any:
    """For each index vector (..., k) whether it lies in `shape`."""
    xp = module_of(at)
    good = xp.ones(at.shape[:-1], bool)
    for i, n in enumerate(shape):
        good = good & (at[..., i] >= 0) & (at[..., i] < n)
    return good


def bad_vector(at: Any, shape: tuple[int, ...]) -> tuple[tuple[int, ...], list[int]] | None:
    """(position, index vector) of the last of the index vectors (..., k) that are not within `shape`."""
    if not at.size or bool(within(at, shape).all()):
        return None
    host = to_host(at)
    position = tuple(np.argwhere(~within(host, shape))[-1].tolist())
    return position, host[position].tolist()


def flattened(at: Any, shape: tuple[int, ...]) -> Any:
    """Index vectors (..., k) as positions (...) in row-major order of `shape`."""
    flat = module_of(at).zeros(at.shape[:-1], np.int64)
    for i, n in enumerate(shape):
        flat = flat * n + at[..., i]
    return module_of(at).asarray(flat)


def _bad_vector(found: Any, at: Tensor, x: Tensor, last: str | None) -> BaseException:
    position, vector = found
    return invalid(
        "GatherNd",
        f"indices{subscript(position)} = {vector} does not index into param shape {bracketed(x._array.shape)}, node "
        "name: GatherNd",
        summary=f"gather_nd: index {vector} is outside shape {x._array.shape}",
        operands=[("params", x), ("indices", at)],
        name=last,
    )


@op("nn.embedding_lookup", samples=lambda s: [s.call(s(3, 2), [0, 2, 0]), s.call(s(3, 2), [2, 1], max_norm=0.5)])
def embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: str | None = None) -> Tensor:
    """Rows of the table `params` at the integers `ids`, each shrunk to norm `max_norm` if that is given.

    params: a tensor (n, ...), or a list of tensors that hold the rows in turn (row i is in table i modulo
    their number).

    ids: int32 or int64 of any shape. max_norm: the largest norm that a row keeps; None: rows stay as they are.
    Raises ValueError for params that are None or empty.

    >>> embedding_lookup(constant([[1., 2.], [3., 4.]]), [1, 0])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[3., 4.],
           [1., 2.]], dtype=float32)>
    """
    if params is None:
        raise ValueError("params must be specified")
    if isinstance(params, (list, tuple)) and not params:
        raise ValueError(f"params should not be empty. Received: params={params}")
    if not isinstance(params, (list, tuple)) or len(params) == 1:
        table = params[0] if isinstance(params, (list, tuple)) else params
        rows = gather(table, ids if is_tensor(ids) else as_tensor(ids))
    else:
        rows = _from_shards(list(params), as_tensor(ids))
    return rows if max_norm is None else _clipped(rows, as_tensor(ids)._array.ndim, max_norm)


def _from_shards(tables: list[Any], ids: Tensor) -> Tensor:
    """TensorFlow's "div" strategy: the ids are dealt out in consecutive runs, the first tables one longer."""
    parts = [as_tensor(table) for table in tables]
    sizes = [part._array.shape[0] if part._array.ndim else 1 for part in parts]
    each, extra = divmod(sum(sizes), len(parts))
    flat = ops.reshape(ids, [-1])
    host = to_host(flat._array).astype(np.int64)
    shard = np.maximum(host // (each + 1), (host - extra) // each) if each else host // (each + 1)
    place = np.where(shard < extra, host % (each + 1), (host - extra) % each) if each else host % (each + 1)
    if (wrong := outside(shard, len(parts))) is not None:
        raise invalid(
            "DynamicPartition",
            f"partitions[{wrong[0][0]}] = {wrong[1]} is not in [0, {len(parts)})",
            summary=f"embedding_lookup: id {host[wrong[0]]} is out of range for {sum(sizes)} rows",
        )
    found = [np.flatnonzero(shard == i) for i in range(len(parts))]
    rows = ops.dynamic_stitch(
        [at.astype(np.int32) for at in found],
        [gather(part, wrap(module_of(part._array).asarray(place[at]))) for part, at in zip(parts, found)],
    )
    return ops.reshape(rows, [*ids._array.shape, *parts[0]._array.shape[1:]])


def _clipped(rows: Tensor, lead: int, max_norm: Any) -> Tensor:
    return ops.clip_by_norm(rows, max_norm, axes=list(range(lead, rows._array.ndim)))
