"""Sparse tensors rearranged: other shapes, parts of them, several joined."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.backend import to_host
from ..runtime.dtypes import as_dtype, bool_, int64
from ..runtime.errors import InvalidArgumentError, bracketed
from ..runtime.indexed_slices import IndexedSlices
from ..runtime.sparse import SparseTensor
from ..runtime.tensor import Tensor, as_tensor
from .creation import host_constant
from .registry import op, ops
from .rules import ints
from .sparse import checked_sparse, places_of


def made(places: Any, values: Any, shape: Any) -> SparseTensor:
    """A SparseTensor of places and a shape on the host."""
    places = np.asarray(places, np.int64).reshape(-1, len(shape))
    return SparseTensor(host_constant(places, int64), values, host_constant(shape, int64))


def _chosen(sparse: SparseTensor, kept: Any, places: np.ndarray, shape: Any) -> SparseTensor:
    """Some of the entries, by number or mask, at these places of them all."""
    numbers = np.flatnonzero(kept) if np.asarray(kept).dtype == bool else kept
    return made(places[numbers], ops.gather(sparse.values, host_constant(numbers, int64)), shape)


def in_order(sparse: SparseTensor, places: np.ndarray, shape: Any) -> SparseTensor:
    """The entries at new places, sorted by them."""
    return _chosen(sparse, np.lexsort(places.T[::-1]), places, shape)


@op("sparse.reorder", short=False)
def sparse_reorder(sp_input: SparseTensor, name: str | None = None) -> SparseTensor:
    """The same entries in the order of their places.

    sp_input: a SparseTensor.

    >>> tf.sparse.reorder(tf.SparseTensor([[1], [0]], [5, 6], [2])).values
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([6, 5], dtype=int32)>
    """
    sparse = _converted(sp_input)
    return in_order(sparse, *places_of(sparse))


def _converted(value: Any) -> SparseTensor:
    return checked_sparse("sp_input", value)


@op("sparse.transpose", short=False)
def sparse_transpose(sp_input: SparseTensor, perm: Any = None, name: str | None = None) -> SparseTensor:
    """The axes in the order that perm tells; by default from the last to the first.

    sp_input: a SparseTensor. perm: a list of axes.

    >>> tf.sparse.to_dense(tf.sparse.transpose(tf.sparse.from_dense([[0, 5]])))
    <tf.Tensor: shape=(2, 1), dtype=int32, numpy=
    array([[0],
           [5]], dtype=int32)>
    """
    places, shape = places_of(sp_input)
    axes = list(range(len(shape)))[::-1] if perm is None else ints(perm)
    if sorted(axes) != list(range(len(shape))):
        raise InvalidArgumentError(f"{axes} is no order of the axes of a tensor of rank {len(shape)}")
    return in_order(sp_input, places[:, axes], [shape[a] for a in axes])


@op("sparse.reshape", short=False)
def sparse_reshape(sp_input: SparseTensor, shape: Any, name: str | None = None) -> SparseTensor:
    """The entries in another shape of as many elements, one size of which may be -1.

    sp_input: a SparseTensor. Raises InvalidArgumentError for a shape of another number of elements.

    >>> tf.sparse.reshape(tf.sparse.from_dense([[0, 5], [6, 0]]), [4]).indices
    <tf.Tensor: shape=(2, 1), dtype=int64, numpy=
    array([[1],
           [2]])>
    """
    sparse = _converted(sp_input)
    places, before = places_of(sparse)
    sizes, total = ints(shape), int(np.prod(before))
    known = int(np.prod([n for n in sizes if n != -1]))
    if sizes.count(-1) == 1 and known and not total % known:
        sizes = [total // known if n == -1 else n for n in sizes]
    if int(np.prod(sizes)) != total or -1 in sizes:
        raise InvalidArgumentError(
            f"Input to reshape is a tensor with {total} dense values, but the requested shape has "
            f"{int(np.prod(sizes))}. input_shape={bracketed(before)} output_shape={bracketed(sizes)}"
        )
    flat = places @ _strides(before)
    return made(np.stack(np.unravel_index(flat, sizes), 1), sparse.values, sizes)


def _strides(shape: list[int]) -> np.ndarray:
    return np.append(np.cumprod(np.array(shape[:0:-1], np.int64))[::-1], 1).astype(np.int64)


@op("sparse.expand_dims", short=False)
def sparse_expand_dims(sp_input: SparseTensor, axis: Any = None, name: str | None = None) -> SparseTensor:
    """An axis of size 1 more. axis: where; by default at the end.

    sp_input: a SparseTensor.

    >>> tf.sparse.expand_dims(tf.sparse.from_dense([0, 5]), 0).shape
    TensorShape([1, 2])
    """
    places, shape = places_of(sp_input)
    rank = len(shape)
    at = -1 if axis is None else int(axis)
    if not -rank - 1 <= at <= rank:
        raise InvalidArgumentError(f"axis {at} is not in the interval [{-rank - 1}, {rank}]")
    at %= rank + 1
    return made(np.insert(places, at, 0, 1), sp_input.values, [*shape[:at], 1, *shape[at:]])


@op("sparse.reset_shape", short=False)
def reset_shape(sp_input: SparseTensor, new_shape: Any = None) -> SparseTensor:
    """The same entries in a larger shape; by default in the smallest that holds them.

    sp_input: a SparseTensor. new_shape: sizes. Raises ValueError if one is less than before.

    >>> tf.sparse.reset_shape(tf.SparseTensor([[1]], [5], [9])).shape
    TensorShape([2])
    """
    places, shape = places_of(sp_input)
    if new_shape is None:
        return made(places, sp_input.values, (places.max(0) + 1).tolist() if len(places) else [0] * len(shape))
    sizes = ints(new_shape)
    if len(sizes) != len(shape):
        raise ValueError(f"Dimensions {len(shape)} and {len(sizes)} are not compatible")
    if any(new < old for new, old in zip(sizes, shape)):
        # TensorFlow names them the other way round.
        raise ValueError(
            "Requested new_shape should have dimension sizes >= sp_input.shape.  Found new_shape "
            f"({np.array(shape)}), sp_input.shape ({np.array(sizes)})."
        )
    return made(places, sp_input.values, sizes)


@op("sparse.retain", short=False)
def sparse_retain(sp_input: SparseTensor, to_retain: Any) -> SparseTensor:
    """The entries for which to_retain is true.

    sp_input: a SparseTensor. to_retain: a vector of bools.

    >>> tf.sparse.retain(tf.sparse.from_dense([5, 6]), [False, True]).values
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([6], dtype=int32)>
    """
    sparse = _converted(sp_input)
    kept = to_host(as_tensor(to_retain, bool_)._array)
    if len(kept) != len(sparse.values):
        raise ValueError(f"Dimensions {len(sparse.values)} and {len(kept)} are not compatible")
    return _chosen(sparse, kept, *places_of(sparse))


@op("sparse.slice", short=False)
def sparse_slice(sp_input: SparseTensor, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """The part that begins at `start` and has at most the sizes `size`.

    sp_input: a SparseTensor.

    >>> tf.sparse.to_dense(tf.sparse.slice(tf.sparse.from_dense([[1, 2, 3]]), [0, 1], [1, 2]))
    <tf.Tensor: shape=(1, 2), dtype=int32, numpy=array([[2, 3]], dtype=int32)>
    """
    sparse = _converted(sp_input)
    places, shape = places_of(sparse)
    first = np.array(ints(start))
    if len(first) != len(shape) or len(ints(size)) != len(shape):
        raise InvalidArgumentError(f"Expected start and size to be vectors of length {len(shape)}")
    sizes = np.clip(np.minimum(ints(size), np.array(shape) - first), 0, None)
    kept = ((places >= first) & (places < first + sizes)).all(1)
    return _chosen(sparse, kept, places - first, sizes.tolist())


@op("sparse.split", short=False)
def sparse_split(sp_input: Any = None, num_split: Any = None, axis: Any = None, name: str | None = None) -> Any:
    """num_split parts along an axis; the first ones are larger by one where its size does not divide.

    sp_input: a SparseTensor. num_split: an int. axis: an int.

    >>> [part.shape for part in tf.sparse.split(tf.sparse.from_dense([[1, 2, 3]]), 2, 1)]
    [TensorShape([1, 2]), TensorShape([1, 1])]
    """
    for arg, value in (("num_split", num_split), ("axis", axis), ("sp_input", sp_input)):
        if value is None:
            raise ValueError(f"sparse_split: {arg} is missing")
    places, shape = places_of(_converted(sp_input))
    at, count = int(axis) % len(shape), int(num_split)
    if not 0 < count <= shape[at]:
        raise InvalidArgumentError(
            f"Input num_split should be between 1 and the splitting dimension size ({shape[at]}), got {count}"
        )
    sizes = [shape[at] // count + (i < shape[at] % count) for i in range(count)]
    starts = np.cumsum([0, *sizes]).tolist()
    first = np.eye(len(shape), dtype=np.int64)[at]
    return [
        sparse_slice(sp_input, first * start, [*shape[:at], n, *shape[at + 1 :]]) for start, n in zip(starts, sizes)
    ]


@op("sparse.concat", short=False)
def sparse_concat(
    axis: Any, sp_inputs: Any, expand_nonconcat_dims: bool = False, name: str | None = None
) -> SparseTensor:
    """Sparse tensors joined along an axis. expand_nonconcat_dims: whether their other sizes may differ.

    sp_inputs: a list of SparseTensors. axis: an int. Raises InvalidArgumentError for sizes that differ.

    >>> tf.sparse.to_dense(tf.sparse.concat(0, [tf.sparse.from_dense([1, 0]), tf.sparse.from_dense([3])]))
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 0, 3], dtype=int32)>
    """
    parts = [_converted(x) for x in (sp_inputs if isinstance(sp_inputs, (list, tuple)) else [sp_inputs])]
    if len(parts) == 1:
        return parts[0]
    found = [places_of(x) for x in parts]
    shapes = [shape for _, shape in found]
    rank = len(shapes[0]) if shapes else 0
    if not -rank <= int(axis) < rank:
        raise InvalidArgumentError(f"Concat dimension must be in range [{-rank}, {rank}), got {int(axis)}")
    at = int(axis) % rank
    whole = [max(sizes) for sizes in zip(*shapes)]
    for i, shape in enumerate(shapes):
        for a, (n, most) in enumerate(zip(shape, shapes[0])):
            if a != at and n != most and not expand_nonconcat_dims:
                raise InvalidArgumentError(
                    f"Input shapes must match: expected {most} for dimension {a} but got {n} at position {i}"
                )
    whole[at] = sum(shape[at] for shape in shapes)
    moved, before = [], 0
    for places, shape in found:
        moved.append(places + np.eye(len(whole), dtype=np.int64)[at] * before)
        before += shape[at]
    joined = made(np.concatenate(moved), ops.concat([x.values for x in parts], 0), whole)
    return in_order(joined, *places_of(joined))


@op("sparse.fill_empty_rows", short=False)
def fill_empty_rows(sp_input: SparseTensor, default_value: Any, name: str | None = None) -> Any:
    """With an entry default_value at the start of each row that has none, and which rows these are.

    sp_input: a SparseTensor of rank 2. default_value: a scalar.

    >>> tf.sparse.fill_empty_rows(tf.sparse.from_dense([[0, 5], [0, 0]]), 9)[0].values
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([5, 9], dtype=int32)>
    """
    sparse = _converted(sp_input)
    places, shape = places_of(sparse)
    default = as_tensor(default_value, sparse.dtype)
    empty = np.setdiff1d(np.arange(shape[0]), places[:, 0])
    added = np.zeros((len(empty), len(shape)), np.int64)
    added[:, 0] = empty
    values = ops.concat([sparse.values, ops.fill([len(empty)], default)], 0)
    filled = made(np.concatenate([places, added]), values, shape)
    where, _ = places_of(filled)
    ordered = _chosen(filled, np.argsort(where[:, 0], kind="stable"), where, shape)
    return ordered, host_constant(np.isin(np.arange(shape[0]), empty), bool_)


@op("sparse.to_indicator", short=False)
def to_indicator(sp_input: SparseTensor, vocab_size: Any, name: str | None = None) -> Tensor:
    """Bools with the values for last axis, of size vocab_size: true where a value is among the entries of its row.

    sp_input: a SparseTensor of int32 or int64. vocab_size: an int.

    >>> tf.sparse.to_indicator(tf.SparseTensor([[0, 0]], [1], [1, 1]), 3)
    <tf.Tensor: shape=(1, 3), dtype=bool, numpy=array([[False,  True, False]])>
    """
    sparse = _converted(sp_input)
    places, shape = places_of(sparse)
    held = np.zeros([*shape[:-1], int(vocab_size)], bool)
    held[(*places[:, :-1].T, to_host(sparse.values._array))] = True
    return host_constant(held, bool_)


@op("sparse.eye", short=False)
def sparse_eye(
    num_rows: int, num_columns: int | None = None, dtype: Any = "float32", name: str | None = None
) -> SparseTensor:
    """The identity matrix. num_columns: as many as rows by default.

    >>> tf.sparse.eye(2).values
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 1.], dtype=float32)>
    """
    columns = num_rows if num_columns is None else num_columns
    least = min(num_rows, columns)
    return made(np.repeat(np.arange(least), 2), ops.ones([least], as_dtype(dtype)), [num_rows, columns])


@op("sparse.map_values", short=False)
def map_values(op: Any, *args: Any, **kwargs: Any) -> SparseTensor:
    """op of arguments in which sparse tensors, all of the same places, are replaced by their values.

    op: a function. args, kwargs: what it is called with. Raises ValueError if there is no sparse tensor among them.

    >>> tf.sparse.map_values(tf.square, tf.sparse.from_dense([0, 5])).values
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([25], dtype=int32)>
    """
    found = [x for x in (*args, *kwargs.values()) if isinstance(x, SparseTensor)]
    if not found:
        raise ValueError("No SparseTensor in argument list of map_values")
    first, shape = places_of(found[0])
    for other in found[1:]:
        places, sizes = places_of(other)
        if sizes != shape or not np.array_equal(places, first):
            raise InvalidArgumentError("Condition x == y did not hold.")

    def values(x: Any) -> Any:
        return x.values if isinstance(x, SparseTensor) else x

    result = as_tensor(op(*map(values, args), **{name: values(x) for name, x in kwargs.items()}))
    if not result.ndim or len(result) != len(first):
        raise ValueError(f"Dimensions {len(first)} and {bracketed(result._array.shape)} are not compatible")
    return found[0].with_values(result)


@op("sparse.mask", short=False)
def sparse_mask(a: IndexedSlices, mask_indices: Any, name: str | None = None) -> IndexedSlices:
    """IndexedSlices without the slices of these indices.

    mask_indices: a vector of ints.

    >>> a = tf.IndexedSlices(constant([[1.], [2.]]), constant([0, 3]))
    >>> tf.sparse.mask(a, [0]).indices
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([3], dtype=int32)>
    """
    indices = to_host(a.indices._array)
    kept = host_constant(np.flatnonzero(~np.isin(indices, ints(mask_indices))), int64)
    return IndexedSlices(ops.gather(a.values, kept), ops.gather(a.indices, kept), a.dense_shape)
