"""Sparse tensors: to and from dense ones, and the embeddings of sparse lists of ids."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.backend import to_host
from ..runtime.dtypes import FLOATS, int64
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.sparse import SparseTensor
from ..runtime.tensor import Tensor, as_tensor
from .creation import host_constant
from .registry import export, op, ops
from .rules import check_dtype

for _path in ("tf.SparseTensor", "tf.sparse.SparseTensor"):
    export(_path, SparseTensor, None, "sparse")


@op("sparse.from_dense", short=False)
def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """The entries of a dense tensor that are not 0 (for text: not empty), in order.

    >>> tf.sparse.from_dense([[0, 5]]).indices
    <tf.Tensor: shape=(1, 2), dtype=int64, numpy=array([[0, 1]])>
    """
    x = as_tensor(tensor)
    host = to_host(x._array)
    places = np.argwhere(host != (b"" if x.dtype.name == "string" else 0))
    return SparseTensor(host_constant(places, int64), ops.gather_nd(x, places), host_constant(host.shape, int64))


@op("sparse.to_dense", short=False)
def to_dense(
    sp_input: SparseTensor, default_value: Any = None, validate_indices: bool = True, name: str | None = None
) -> Tensor:
    """The dense tensor: default_value (0, or empty text) where the sparse one has no entry.

    Raises InvalidArgumentError for indices that are out of order or outside of the shape, unless told not to look.

    sp_input: a SparseTensor. default_value: what stands elsewhere; None: 0.

    >>> tf.sparse.to_dense(tf.SparseTensor([[0, 1]], [5], [1, 3]))
    <tf.Tensor: shape=(1, 3), dtype=int32, numpy=array([[0, 5, 0]], dtype=int32)>
    """
    sparse = checked_sparse("sp_input", sp_input)
    places, shape = places_of(sparse)
    if validate_indices:
        _check_order(places, shape)
    if default_value is None:
        default_value = b"" if sparse.dtype.name == "string" else np.zeros((), sparse.dtype.as_numpy_dtype)
    filled = ops.fill(shape, as_tensor(default_value, sparse.dtype))
    return ops.tensor_scatter_nd_update(filled, sparse.indices, sparse.values)


def checked_sparse(arg: str, value: Any) -> SparseTensor:
    """The value, if it is a SparseTensor; else TypeError."""
    if not isinstance(value, SparseTensor):
        raise explain(
            TypeError(f"Input must be a SparseTensor. Received: {arg}={value!r}"),
            hint="tf.sparse.from_dense(x) makes one of a dense tensor",
        )
    return value


def places_of(sparse: SparseTensor) -> tuple[np.ndarray, list[int]]:
    """The indices, on the host, and the shape."""
    return to_host(sparse.indices._array), sparse.dense_shape.numpy().tolist()


def _check_order(places: np.ndarray, shape: list[int]) -> None:
    """Raise InvalidArgumentError for the first place that is outside of the shape, or not behind the one before it."""
    if not places.size:
        return
    steps = np.diff(places, axis=0)
    decisive = np.take_along_axis(steps, (steps != 0).argmax(1)[:, None], axis=1)[:, 0]  # 0 where nothing differs
    wrong = np.any((places < 0) | (places >= shape), axis=1)
    wrong[1:] |= decisive <= 0
    if not wrong.any():
        return
    i = int(wrong.argmax())
    place = places[i].tolist()
    where = f"indices[{i}] = {bracketed(place)}"
    if any(not 0 <= a < n for a, n in zip(place, shape)):
        raise invalid("SparseToDense", f"{where} is out of bounds: need 0 <= index < {bracketed(shape)}")
    if decisive[i - 1] == 0:
        raise invalid("SparseToDense", f"{where} is repeated")
    message = f"{where} is out of order. Many sparse ops require sorted indices."
    raise explain(invalid("SparseToDense", message), hint="sort the indices")


def _lookup_samples(s: Any) -> Any:
    ids = SparseTensor([[0, 0], [0, 1], [2, 0]], host_constant([1, 0, 1], int64), [3, 2])
    for combiner in ("sum", "mean", "sqrtn"):
        yield s.call(s(3, 2), ids, None, combiner=combiner)


@op("nn.embedding_lookup_sparse", samples=_lookup_samples)
def embedding_lookup_sparse(
    params: Any,
    sp_ids: SparseTensor,
    sp_weights: SparseTensor | None,
    combiner: str | None = None,
    max_norm: Any = None,
    name: str | None = None,
    allow_fast_lookup: bool = False,
) -> Tensor:
    """For each row of ids the combination of their embeddings: (rows, ...) for params (ids, ...).

    sp_weights: a weight for each id, None for 1. combiner: "sum", "mean" (the default: the weighted mean) or "sqrtn"
    (the sum, divided by the root of the sum of the weights' squares). max_norm: longer embeddings are cut to it.
    sp_ids: a SparseTensor of int32 or int64, (rows, entries).

    >>> ids = tf.SparseTensor([[0, 0], [0, 1]], constant([0, 2], int64), [1, 2])
    >>> embedding_lookup_sparse(constant([[1.], [2.], [3.]]), ids, None, combiner="sum")
    <tf.Tensor: shape=(1, 1), dtype=float32, numpy=array([[4.]], dtype=float32)>
    """
    combiner = _checked_combiner(combiner)
    ids = checked_sparse("sp_ids", sp_ids)
    if sp_weights is not None:
        checked_sparse("sp_weights", sp_weights)
    rows = ops.gather(ids.indices, 0, axis=1)
    found = ops.embedding_lookup(params, ids.values, max_norm=max_norm)
    count = int(rows._array[-1]) + 1 if rows._array.size else 0
    if sp_weights is None:
        weights = ops.ones([found._array.shape[0]], found.dtype)
    else:
        weights = ops.cast(sp_weights.values, found.dtype)
    if sp_weights is None and combiner != "sum":
        kernel = "SparseSegmentMean" if combiner == "mean" else "SparseSegmentSqrtN"
        check_dtype(kernel, found, FLOATS, FLOATS, "params")
    weights = ops.reshape(weights, [-1, *(1,) * (found._array.ndim - 1)])
    total = ops.segment_sum(found * weights, rows)[:count]
    if combiner == "sum":
        return total
    size = weights if combiner == "mean" else ops.square(weights)
    size = ops.segment_sum(size, rows)
    return ops.cast(ops.divide_no_nan(total, size if combiner == "mean" else ops.sqrt(size)), found.dtype)


def _safe_samples(s: Any) -> Any:
    ids = SparseTensor([[0, 0], [0, 1], [2, 0]], host_constant([1, 0, -1], int64), [3, 2])
    yield s.call(s(2, 2), ids)
    yield s.call(s(2, 2), ids, combiner="sum", default_id=1)


@op("nn.safe_embedding_lookup_sparse", samples=_safe_samples)
def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: SparseTensor,
    sparse_weights: SparseTensor | None = None,
    combiner: str = "mean",
    default_id: int | None = None,
    max_norm: Any = None,
    name: str | None = None,
    allow_fast_lookup: bool = False,
) -> Tensor:
    """`embedding_lookup_sparse` of all rows: ids below 0 and weights that are not positive are left out.

    Rows without any id are zeros, or the embedding of default_id.

    embedding_weights: a tensor (ids, ...), or a list of tensors that hold the rows in turn. sparse_ids: a SparseTensor
    of int32 or int64, (..., entries). max_norm: a float: longer embeddings are cut to it; None: no limit.
    sparse_weights: a SparseTensor of the same places; None: weights of 1. combiner: "sum", "mean" or "sqrtn".
    default_id: an int; None: zeros.

    >>> ids = tf.SparseTensor([[0, 0], [2, 0]], constant([1, -1], int64), [3, 1])
    >>> safe_embedding_lookup_sparse(constant([[1.], [2.]]), ids)
    <tf.Tensor: shape=(3, 1), dtype=float32, numpy=
    array([[2.],
           [0.],
           [0.]], dtype=float32)>
    """
    combiner = _checked_combiner(combiner)
    ids = checked_sparse("sparse_ids", sparse_ids)
    places, shape = places_of(ids)
    numbers = to_host(ids.values._array)
    kept = numbers >= 0
    weights = None if sparse_weights is None else checked_sparse("sparse_weights", sparse_weights).values
    if weights is not None and combiner != "sum":
        kept &= to_host(weights._array) > 0
    rows = np.arange(int(np.prod(shape[:-1])))
    of_id = places[kept, :-1] @ np.cumprod([1, *shape[1:-1]][::-1])[::-1]
    empty = np.setdiff1d(rows, of_id)
    order = np.argsort(np.concatenate([of_id, empty]), kind="stable")
    numbers = np.concatenate([numbers[kept], np.full(len(empty), default_id or 0, numbers.dtype)])[order]
    places = np.stack([np.concatenate([of_id, empty])[order], np.zeros(len(order), np.int64)], 1)

    def sparse(values: Any) -> SparseTensor:
        return SparseTensor(host_constant(places, int64), values, host_constant([len(rows), 1], int64))

    if weights is not None:
        given = ops.boolean_mask(weights, kept)
        weights = ops.gather(ops.concat([given, ops.ones([len(empty)], given.dtype)], 0), order)
    result = embedding_lookup_sparse(
        embedding_weights,
        sparse(host_constant(numbers, ids.dtype)),
        None if weights is None else sparse(weights),
        combiner,
        max_norm,
    )
    if default_id is None and len(empty):
        without = np.isin(rows, empty).reshape(-1, *(1,) * (result._array.ndim - 1))
        result = ops.where(without, ops.zeros_like(result), result)
    return ops.reshape(result, [*shape[:-1], *result._array.shape[1:]])


def _checked_combiner(combiner: str | None) -> str:
    if combiner not in (None, "mean", "sqrtn", "sum"):
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', got {combiner}")
    return combiner or "mean"
