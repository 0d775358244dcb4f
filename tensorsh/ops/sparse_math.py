"""Arithmetic of sparse tensors: sums, products with dense matrices, reductions, counts and crosses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from ..runtime.backend import to_host
from ..runtime.dtypes import int64, string
from ..runtime.errors import InvalidArgumentError, bracketed
from ..runtime.sparse import SparseTensor
from ..runtime.tensor import Tensor, as_tensor
from .creation import host_constant
from .registry import op, ops
from .rules import mismatch, reduction_axes
from .sparse import checked_sparse, places_of
from .sparse_tensors import made, sparse_retain


@op("sparse.add", short=False)
def sparse_add(a: Any, b: Any, threshold: Any = 0) -> Any:
    """The sum of two sparse tensors of one shape, or of a sparse and a dense one, which is dense.

    threshold: sums that are less in absolute value are no entries. Raises TypeError for two dense tensors.
    a, b: tensors, at least one of them a SparseTensor.

    >>> tf.sparse.to_dense(tf.sparse.add(tf.sparse.from_dense([0, 5]), tf.sparse.from_dense([1, 1])))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 6], dtype=int32)>
    """
    if not isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if not (isinstance(a, SparseTensor) and isinstance(b, SparseTensor)):
        a, b = (b, a) if isinstance(b, SparseTensor) else (a, b)
        dense = as_tensor(b, a.dtype)
        if len(a.shape) != dense.ndim:
            raise InvalidArgumentError(f"Two operands have different ranks; received: {len(a.shape)} and {dense.ndim}")
        return ops.tensor_scatter_nd_add(dense, a.indices, a.values)
    if a.dtype is not b.dtype:
        raise mismatch("SparseAdd", 4, a.values, b.values)
    whole = _combined(a, b, lambda values, ids, size: ops.unsorted_segment_sum(values, ids, size))
    if float(as_tensor(threshold)) <= 0:
        return whole
    kept = np.abs(to_host(whole.values._array)) >= to_host(as_tensor(threshold)._array)
    return sparse_retain(whole, kept)


def _combined(a: SparseTensor, b: SparseTensor, by: Callable[..., Tensor]) -> SparseTensor:
    """The entries of both, those at the same place combined by an op of segments."""
    (first, shape), (second, other) = places_of(a), places_of(b)
    if shape != other:
        at = next(i for i, (m, n) in enumerate(zip(shape, other)) if m != n)
        raise InvalidArgumentError(f"Operands' shapes do not match: got {shape[at]} and {other[at]} for dimension {at}")
    places, ids = np.unique(np.concatenate([first, second]), axis=0, return_inverse=True)
    values = ops.concat([a.values, b.values], 0)
    return made(places, by(values, host_constant(ids.reshape(-1), int64), len(places)), shape)


def _extreme(name: str, a: Any, b: Any) -> SparseTensor:
    a, b = checked_sparse("sp_a", a), checked_sparse("sp_b", b)
    (first, shape), (second, _) = places_of(a), places_of(b)
    places = np.concatenate([first, second])
    zeros = SparseTensor(places, ops.zeros([len(places)], a.dtype), host_constant(shape, int64))
    # Where only one has an entry, it is compared with nothing, which is 0.
    both = [_combined(x, zeros, ops.unsorted_segment_sum) for x in (a, b)]
    return both[0].with_values(getattr(ops, name)(both[0].values, both[1].values))


@op("sparse.maximum", short=False)
def sparse_maximum(sp_a: SparseTensor, sp_b: SparseTensor, name: str | None = None) -> SparseTensor:
    """The larger of two sparse tensors of one shape wherever one of them has an entry.

    sp_a, sp_b: SparseTensors.

    >>> tf.sparse.maximum(tf.sparse.from_dense([0, 5]), tf.sparse.from_dense([1, 6])).values
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 6], dtype=int32)>
    """
    return _extreme("maximum", sp_a, sp_b)


@op("sparse.minimum", short=False)
def sparse_minimum(sp_a: SparseTensor, sp_b: SparseTensor, name: str | None = None) -> SparseTensor:
    """The smaller of two sparse tensors of one shape wherever one of them has an entry.

    sp_a, sp_b: SparseTensors.

    >>> tf.sparse.minimum(tf.sparse.from_dense([0, 5]), tf.sparse.from_dense([1, 6])).values
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([0, 5], dtype=int32)>
    """
    return _extreme("minimum", sp_a, sp_b)


def _product_samples(s: Any) -> Any:
    sparse = SparseTensor([[0, 1], [2, 0], [2, 1]], ops.constant([2.0, -1.0, 3.0], "float64"), [3, 2])
    yield s.call(sparse, s(2, 2))
    yield s.call(sparse, s(2, 3), adjoint_a=True, adjoint_b=True)
    yield s.call(s(2, 3), sparse)


@op("sparse.sparse_dense_matmul", short=False, samples=_product_samples)
def sparse_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Tensor:
    """The product of a sparse and a dense matrix, in either order.

    adjoint_a, adjoint_b: whether to take the conjugate transpose of a factor first.
    sp_a, b: matrices, one of them a SparseTensor.

    >>> tf.sparse.sparse_dense_matmul(tf.sparse.from_dense([[0., 2.]]), [[1.], [3.]])
    <tf.Tensor: shape=(1, 1), dtype=float32, numpy=array([[6.]], dtype=float32)>
    """
    if isinstance(b, SparseTensor) and not isinstance(sp_a, SparseTensor):
        # a b is the adjoint of b^H a^H.
        turned = sparse_dense_matmul(b, sp_a, not adjoint_b, not adjoint_a)
        return ops.adjoint(turned)
    sparse = checked_sparse("sp_a", sp_a)
    dense = as_tensor(b, None if isinstance(b, Tensor) else sparse.dtype)
    if dense.dtype is not sparse.dtype:
        raise mismatch("SparseTensorDenseMatMul", 3, sparse.values, dense)
    if adjoint_b:
        dense = ops.adjoint(dense)
    places, shape = places_of(sparse)
    if dense.ndim != 2 or len(shape) != 2:
        raise InvalidArgumentError("Tensor 'b' is not a matrix" if dense.ndim != 2 else "Tensor 'a' is not a matrix")
    rows, columns = (places[:, 1], places[:, 0]) if adjoint_a else (places[:, 0], places[:, 1])
    height, inner = shape[::-1] if adjoint_a else shape
    if dense._array.shape[0] != inner:
        raise InvalidArgumentError(
            f"Cannot multiply A and B because inner dimension does not match: {inner} vs. {dense._array.shape[0]}.  "
            "Did you forget a transpose?  Dimensions of A: "
            f"[{shape[0]}, {shape[1]}).  Dimensions of B: {bracketed(dense._array.shape)}"
        )
    values = ops.conj(sparse.values) if adjoint_a else sparse.values
    dense = ops.reshape(dense, dense.shape)  # whose gradient is dense, as TensorFlow's is
    parts = ops.expand_dims(values, 1) * ops.gather(dense, host_constant(columns, int64))
    return ops.unsorted_segment_sum(parts, host_constant(rows, int64), height)


def _reduced(kind: str, sp_input: Any, axis: Any, keepdims: Any, output_is_sparse: bool) -> Any:
    sparse = checked_sparse("sp_input", sp_input)
    places, shape = places_of(sparse)
    rank = len(shape)
    axes = list(range(rank)) if axis is None else reduction_axes("SparseReduce", axis, ops.zeros([1] * rank))
    left = [a for a in range(rank) if a not in axes]
    kept, ids = np.unique(places[:, left], axis=0, return_inverse=True)
    segments = host_constant(ids.reshape(-1), int64)
    values = getattr(ops, f"unsorted_segment_{kind}")(sparse.values, segments, len(kept))
    sizes = [1 if a in axes else shape[a] for a in range(rank)] if keepdims else [shape[a] for a in left]
    if keepdims:
        spread = np.zeros((len(kept), rank), np.int64)
        spread[:, left] = kept
        kept = spread
    if output_is_sparse:
        return made(kept, values, sizes)
    if not sizes:
        return ops.reshape(values, []) if len(kept) else ops.zeros([], sparse.dtype)
    return ops.scatter_nd(host_constant(kept, int64), values, host_constant(sizes, int64))


@op("sparse.reduce_sum", short=False)
def sparse_reduce_sum(
    sp_input: SparseTensor,
    axis: Any = None,
    keepdims: Any = None,
    output_is_sparse: bool = False,
    name: str | None = None,
) -> Any:
    """The sum of the entries along axes; dense unless output_is_sparse.

    sp_input: a SparseTensor. axis: an int, a list of them, or None for all.
    output_is_sparse: whether the result is a SparseTensor.

    >>> tf.sparse.reduce_sum(tf.sparse.from_dense([[1, 0], [2, 3]]), 1)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 5], dtype=int32)>
    """
    return _reduced("sum", sp_input, axis, keepdims, output_is_sparse)


@op("sparse.reduce_max", short=False)
def sparse_reduce_max(
    sp_input: SparseTensor,
    axis: Any = None,
    keepdims: Any = None,
    output_is_sparse: bool = False,
    name: str | None = None,
) -> Any:
    """The largest of the entries along axes, 0 where there is none; dense unless output_is_sparse.

    sp_input: a SparseTensor. axis: an int, a list of them, or None for all.
    output_is_sparse: whether the result is a SparseTensor.

    >>> tf.sparse.reduce_max(tf.sparse.from_dense([[1, 0], [2, 3]]), 1)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>
    """
    return _reduced("max", sp_input, axis, keepdims, output_is_sparse)


@op("sparse.softmax", short=False)
def sparse_softmax(sp_input: SparseTensor, name: str | None = None) -> SparseTensor:
    """The softmax of the entries of each row, along the last axis.

    sp_input: a SparseTensor of floats, of rank 2 or more.

    >>> tf.sparse.softmax(tf.sparse.from_dense([[0., 5., 5.]])).values
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 0.5], dtype=float32)>
    """
    sparse = checked_sparse("sp_input", sp_input)
    places, _ = places_of(sparse)
    kept, ids = np.unique(places[:, :-1], axis=0, return_inverse=True)
    rows = host_constant(ids.reshape(-1), int64)
    largest = ops.stop_gradient(ops.unsorted_segment_max(sparse.values, rows, len(kept)))
    parts = ops.exp(sparse.values - ops.gather(largest, rows))
    total = ops.unsorted_segment_sum(parts, rows, len(kept))
    return sparse.with_values(parts / ops.gather(total, rows))


def _by_segments(kind: str, data: Any, indices: Any, segment_ids: Any, num_segments: Any) -> Tensor:
    data = as_tensor(data)
    rows = ops.gather(ops.reshape(data, data.shape), indices)  # so that the gradient is dense
    ids = as_tensor(segment_ids)
    held = to_host(ids._array)
    if len(held) and (held[1:] < held[:-1]).any():
        raise InvalidArgumentError("segment ids are not increasing")
    size = int(num_segments) if num_segments is not None else int(held[-1]) + 1 if len(held) else 0
    return getattr(ops, f"unsorted_segment_{kind}")(rows, ids, size)


def _segment_op(name: str, kind: str, tells: str) -> None:
    def segment(
        data: Any,
        indices: Any,
        segment_ids: Any,
        num_segments: Any = None,
        name: str | None = None,
        sparse_gradient: bool = False,
    ) -> Tensor:
        return _by_segments(kind, data, indices, segment_ids, num_segments)

    segment.__name__ = f"sparse_{name}"
    segment.__doc__ = f"""{tells} of rows `indices` of data, for each segment.

        segment_ids: the segment of each of these rows, not decreasing. num_segments: how many there are, beyond the
        last one named too. data: a tensor. indices: a vector of ints. sparse_gradient: changes nothing here.

        >>> tf.sparse.{name}([[1.], [2.], [3.]], [0, 2], [0, 1])
        <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
        array([[1.],
               [3.]], dtype=float32)>
        """
    op(f"sparse.{name}", short=False, samples=lambda s: [s.call(s(3, 2), [2, 0, 2], [0, 0, 2])])(segment)


_segment_op("segment_sum", "sum", "The sum")
_segment_op("segment_mean", "mean", "The mean")
_segment_op("segment_sqrt_n", "sqrt_n", "The sum, divided by the root of their number,")


@op("sparse.bincount", short=False)
def sparse_bincount(
    values: Any,
    weights: Any = None,
    axis: Any = 0,
    minlength: Any = None,
    maxlength: Any = None,
    binary_output: bool = False,
    name: str | None = None,
) -> SparseTensor:
    """How often each number occurs, as a SparseTensor: among all (axis=0), or in each row (axis=-1).

    values: ints, dense, sparse or ragged. weights: summed up in the place of ones. minlength: the least size of the
    last axis. maxlength: numbers from there on are not counted. binary_output: whether to tell only which occur.

    >>> tf.sparse.bincount([1, 1, 3]).values
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 1], dtype=int32)>
    """
    rows, numbers, count, heights = _numbers(values)
    if axis not in (0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")
    if numbers.dtype.kind not in "iu":
        raise InvalidArgumentError("values must be of integers")
    if (numbers < 0).any():
        raise InvalidArgumentError("Input must be non-negative")
    size = int(numbers.max()) + 1 if numbers.size else 0
    size = max(size, 0 if minlength is None else int(as_tensor(minlength)))
    kept = np.ones(len(numbers), bool)
    if maxlength is not None:
        most = int(as_tensor(maxlength))
        kept, size = numbers < most, most
    is_flat = axis == 0 or heights is None
    where = numbers[kept, None] if is_flat else np.stack([rows[kept], numbers[kept]], 1)
    places, ids = np.unique(where, axis=0, return_inverse=True)
    if weights is not None:
        given = weights.values if isinstance(weights, SparseTensor) else ops.reshape(_flat(weights), [-1])
        each = ops.boolean_mask(as_tensor(given), kept)
    else:
        each = ops.ones([int(kept.sum())], "int32")
    found = ops.unsorted_segment_sum(each, host_constant(ids.reshape(-1), int64), len(places))
    if binary_output:
        found = ops.ones_like(found)
    return made(places, found, [size] if is_flat else [count, size])


def _flat(x: Any) -> Any:
    return x.flat_values if hasattr(x, "flat_values") else as_tensor(x)


def _numbers(values: Any) -> tuple[np.ndarray, np.ndarray, int, Any]:
    """The row of each number, the numbers, how many rows there are; None last if there are no rows."""
    if isinstance(values, SparseTensor):
        places, shape = places_of(values)
        return places[:, 0], to_host(values.values._array), shape[0], shape if len(shape) > 1 else None
    if hasattr(values, "flat_values"):
        return values._partition._rowids, to_host(values.flat_values._array), values._partition._rows, True
    host = to_host(as_tensor(values)._array)
    if host.ndim < 2:
        return np.zeros(host.size, np.int64), host.reshape(-1), 1, None
    return np.repeat(np.arange(len(host)), host[0].size), host.reshape(-1), len(host), host.shape


def _crossed(inputs: Any, combined: Callable[[tuple], Any], dtype: Any) -> SparseTensor:
    rows: list[list[list[Any]]] = []
    if any(len(x.shape if isinstance(x, SparseTensor) else as_tensor(x).shape) != 2 for x in inputs):
        raise InvalidArgumentError("Inputs should be matrices")
    for x in sorted(inputs, key=lambda x: not isinstance(x, SparseTensor)):  # TensorFlow takes sparse ones first
        if isinstance(x, SparseTensor):
            places, shape = places_of(x)
            found: list[list[Any]] = [[] for _ in range(shape[0])]
            for (row, *_), value in zip(places.tolist(), x.values.numpy().tolist()):
                found[row].append(value)
        else:
            found = x.to_list() if hasattr(x, "to_list") else as_tensor(x).numpy().tolist()
        rows.append(found)
    if len({len(found) for found in rows}) > 1:
        raise InvalidArgumentError("Expected batch sizes of all inputs to be equal")
    crossed = [[combined(each) for each in product(*row)] for row in zip(*rows)]
    places_all = [(i, j) for i, row in enumerate(crossed) for j in range(len(row))]
    flat = [value for row in crossed for value in row]
    width = max(map(len, crossed), default=0)
    return made(np.array(places_all, np.int64), ops.constant(flat, dtype, shape=[len(flat)]), [len(crossed), width])


@op("sparse.cross", short=False)
def sparse_cross(inputs: Any, name: str | None = None, separator: Any = None) -> SparseTensor:
    """For each row, every combination of one feature of each input, their texts with a separator (_X_) between.

    inputs: a list of tensors, sparse or dense, (rows, features).

    >>> tf.sparse.cross([[["a"]], [["b"]]]).values
    <tf.Tensor: shape=(1,), dtype=string, numpy=array([b'a_X_b'], dtype=object)>
    """
    between = "_X_" if separator is None else separator
    between = between.encode() if isinstance(between, str) else as_tensor(between).numpy()

    def joined(each: tuple) -> bytes:
        return between.join(x if isinstance(x, bytes) else str(x).encode() for x in each)

    return _crossed(inputs, joined, string)


@op("sparse.cross_hashed", short=False)
def sparse_cross_hashed(
    inputs: Any, num_buckets: int = 0, hash_key: int | None = None, name: str | None = None
) -> SparseTensor:
    """`cross`, and of each combination a number. hash_key: an int on which the numbers depend.

    num_buckets: the numbers are below it; 0: any int64.

    inputs: a list of tensors, sparse or dense, (rows, features).

    >>> tf.sparse.cross_hashed([[["a"]], [["b"]]], num_buckets=100).shape
    TensorShape([1, 1])
    """
    from .ragged.joining import hashed

    return _crossed(inputs, lambda each: hashed(each, num_buckets, hash_key), int64)


def sparse_times(sparse: SparseTensor, dense: Any) -> SparseTensor:
    """A sparse tensor times a dense one, which is broadcast."""
    return _scaled(sparse, dense, ops.multiply)


def sparse_over(sparse: SparseTensor, dense: Any) -> SparseTensor:
    """A sparse tensor divided by a dense one, which is broadcast."""
    return _scaled(sparse, dense, ops.truediv)


def _scaled(sparse: SparseTensor, dense: Any, by: Callable[..., Any]) -> SparseTensor:
    """The sparse tensor with each entry multiplied or divided by the dense tensor's there, which is broadcast."""
    other = as_tensor(dense, sparse.dtype)
    places, shape = places_of(sparse)
    if other.ndim > len(shape):
        raise InvalidArgumentError("SparseDenseBinaryOpShared broadcasts dense to sparse only")
    whole = ops.broadcast_to(other, shape)
    return sparse.with_values(by(sparse.values, ops.gather_nd(whole, places)))
