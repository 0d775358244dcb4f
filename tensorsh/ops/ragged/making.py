"""Ragged tensors from other things, and other things from them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.backend import to_host
from ...runtime.dtypes import as_dtype, int64
from ...runtime.errors import InvalidArgumentError, bracketed
from ...runtime.ragged import RaggedTensor, as_values, coordinates, count, is_ragged, rows_of, take, wrapped
from ...runtime.row_partition import RowPartition, counted, partition_of
from ...runtime.sparse import SparseTensor
from ...runtime.tensor import Tensor, as_tensor, is_tensor
from ..creation import host_constant
from ..registry import export, op, ops

export("tf.RaggedTensor", RaggedTensor, None, "ragged.making")
export("tf.experimental.RowPartition", RowPartition, None, "ragged.making")


@op("ragged.constant", short=False)
def ragged_constant(
    pylist: Any,
    dtype: Any = None,
    ragged_rank: int | None = None,
    inner_shape: Any = None,
    name: str | None = None,
    row_splits_dtype: Any = "int64",
) -> Any:
    """A RaggedTensor of nested lists that may differ in length; a tensor where there is no list in a list.

    pylist: nested lists of values of one depth. ragged_rank: how many axes are ragged: all but the first, or but those
    of the inner shape. inner_shape: the shape of the values within. row_splits_dtype: int32 or int64.
    Raises ValueError for lists that are not all of one depth.

    >>> tf.ragged.constant([[1, 2], [3]])
    <tf.RaggedTensor [[1, 2], [3]]>
    """
    if not _is_list(pylist):
        if ragged_rank or inner_shape:
            raise ValueError(f"Invalid pylist={pylist}: incompatible with ragged_rank={ragged_rank}")
        return as_tensor(pylist, dtype)
    if ragged_rank is not None and ragged_rank < 0:
        raise ValueError(f"Invalid ragged_rank={ragged_rank}: must be nonnegative")
    values, depth = _unboxed(pylist), 0
    scalars, known = _depths(values)
    if scalars is not None and known > scalars:
        raise ValueError(f"Invalid pylist={pylist}: empty list nesting is greater than scalar value nesting")
    if ragged_rank is not None and known < ragged_rank:
        raise ValueError(f"Invalid pylist={pylist}, max depth smaller than ragged_rank={ragged_rank}")
    if inner_shape is None:
        inner_shape = () if ragged_rank is None else _common_shape(values, ragged_rank)
    inner_shape = (inner_shape,) if isinstance(inner_shape, int) else tuple(inner_shape)
    if ragged_rank is None:
        ragged_rank = max(0, known - 1 - len(inner_shape))
    splits, wanted = [], as_dtype(row_splits_dtype)._numpy
    while depth < ragged_rank:
        splits.append(partition_of(np.array([len(row) for row in values], wanted)))
        values, depth = [value for row in values for value in row], depth + 1
    shape = (len(values), *inner_shape)
    found: Any = ops.constant(values, dtype, shape=shape) if values or dtype else ops.zeros(shape)
    for p in reversed(splits):
        found = rows_of(found, p)
    return found


def _is_list(x: Any) -> bool:
    return isinstance(x, (list, tuple)) or isinstance(x, np.ndarray) and x.ndim > 0 or is_ragged(x)


def _unboxed(x: Any) -> Any:
    """Nested lists without arrays in them."""
    if isinstance(x, np.ndarray):
        x = x.tolist()
    if is_ragged(x):
        x = x.to_list()
    return [_unboxed(value) for value in x] if isinstance(x, (list, tuple)) else x


def _depths(x: Any) -> tuple[int | None, int]:
    """How deep scalars stand in nested lists (None: there are none), and how deep lists go."""
    if not isinstance(x, list):
        return 0, 0
    scalars, known = None, 1
    for value in x:
        inner, depth = _depths(value)
        known = max(known, depth + 1)
        if inner is not None:
            if scalars is not None and scalars != inner + 1:
                raise ValueError("all scalar values must have the same nesting depth")
            scalars = inner + 1
    return scalars, known


def _common_shape(values: Any, ragged_rank: int) -> tuple[int, ...]:
    """The shape that all lists below that depth have."""
    for _ in range(ragged_rank):
        values = [value for row in values for value in row]
    shape: list[int] = []
    while values and isinstance(values[0], list):
        shape.append(len(values[0]))
        if any(not isinstance(value, list) or len(value) != shape[-1] for value in values):
            raise ValueError("inner values have inconsistent shape")
        values = [value for row in values for value in row]
    return tuple(shape)


def with_rows(x: Any, ragged_rank: int) -> Any:
    """x with partitions of all axes up to that rank: where it has none, those of its shape."""
    if not ragged_rank:
        return x
    if is_ragged(x):
        return rows_of(with_rows(x._values, ragged_rank - 1), x._partition)
    sizes = x._array.shape[: ragged_rank + 1]
    return wrapped(ops.reshape(x, [int(np.prod(sizes)), *x._array.shape[ragged_rank + 1 :]]), list(sizes))


def ragged_from_tensor(tensor: Any, lengths: Any, padding: Any, ragged_rank: int, row_splits_dtype: Any) -> Any:
    """The rows of a dense tensor, cut to lengths, or without the padding that ends them."""
    if lengths is not None and padding is not None:
        raise ValueError("Specify argument `lengths` or `padding`, but not both.")
    if not isinstance(ragged_rank, int):
        raise TypeError(f"Argument `ragged_rank` must be an int. Received {ragged_rank}.")
    if ragged_rank <= 0:
        raise ValueError(f"Argument `ragged_rank` must be greater than 0. Received {ragged_rank}.")
    x = as_tensor(tensor)
    if x.ndim <= ragged_rank:
        if x.ndim < 2:
            raise ValueError(
                "The rank of a RaggedTensor must be greater than 1, i.e., a list of scalars won't have ragged "
                f"dimensions. Received argument `tensor` with rank {x.ndim}."
            )
        raise ValueError(f"Shape {x.shape} must have rank at least {ragged_rank + 1}")
    dtype = as_dtype(row_splits_dtype)._numpy
    if isinstance(lengths, (list, tuple)) and lengths and (_is_list(lengths[0]) or is_tensor(lengths[0])):
        return _cut(x, [to_host(as_tensor(each, hint=int64)._array).astype(dtype) for each in lengths])
    outer = list(x._array.shape[:ragged_rank])
    flat = ops.reshape(x, [int(np.prod(outer)), *x._array.shape[ragged_rank:]])
    rows, width = flat._array.shape[:2]
    values = ops.reshape(flat, [rows * width, *flat._array.shape[2:]])
    if lengths is None and padding is None:
        return wrapped(values, [*outer, width]).with_row_splits_dtype(row_splits_dtype)
    if lengths is not None:
        found = np.clip(to_host(as_tensor(lengths, hint=int64)._array).astype(dtype).reshape(-1), 0, width)
    else:
        ends = to_host(ops.equal(flat, as_tensor(padding, flat.dtype))._array).reshape(rows, width, -1)
        padded = np.asarray(ends.all(-1))
        found = (width - np.cumprod(padded[:, ::-1], 1).sum(1)).astype(dtype)
    kept = take(values, counted(np.arange(rows, dtype=dtype) * width, found))
    return wrapped(rows_of(kept, partition_of(found)), outer).with_row_splits_dtype(row_splits_dtype)


def _cut(x: Any, nested: list[np.ndarray]) -> Any:
    """The rows of a dense tensor cut to the first lengths, the rows within them to the next ..."""
    for lengths in nested:
        rows, width = x._array.shape[:2]
        x = ops.reshape(x, [rows * width, *x._array.shape[2:]])
        x = take(x, counted(np.arange(rows, dtype=lengths.dtype) * width, lengths))
    for lengths in reversed(nested):
        x = rows_of(x, partition_of(lengths))
    return x


def ragged_from_sparse(st_input: Any, row_splits_dtype: Any) -> RaggedTensor:
    """The rows of a SparseTensor of rank 2."""
    if not isinstance(st_input, SparseTensor):
        raise TypeError(f"Argument `st_input` must be of type SparseTensor, but is of type {type(st_input).__name__}.")
    if len(st_input.shape) != 2:
        raise ValueError("rank(st_input) must be 2.")
    places = st_input.indices.numpy()
    lengths = np.bincount(places[:, 0], minlength=st_input.shape[0]).astype(as_dtype(row_splits_dtype)._numpy)
    partition = partition_of(lengths)
    if not np.array_equal(places[:, 1], partition._offsets):
        raise InvalidArgumentError("SparseTensor is not right-ragged")
    return rows_of(st_input.values, partition)


def ragged_to_tensor(x: RaggedTensor, default_value: Any, shape: Any) -> Tensor:
    """The dense tensor of a ragged one."""
    flat, places = x.flat_values, coordinates(x)
    sizes = [count(x), *(int(p._lengths.max(initial=0)) for p in x._partitions), *flat._array.shape[1:]]
    if shape is not None:
        asked = list(shape) if not isinstance(shape, Tensor) else shape.numpy().tolist()
        if len(asked) != len(sizes):
            raise ValueError(f"rt_input.shape and shape={shape} are incompatible: they have different ranks")
        sizes = [n if a is None or a == -1 else int(a) for n, a in zip(sizes, asked)]
        kept = (places < np.array(sizes[: places.shape[1]])).all(1)
        if not kept.all():
            flat, places = take(flat, np.flatnonzero(kept)), places[kept]
    if default_value is None:
        default_value = b"" if x.dtype.name == "string" else np.zeros((), x.dtype.as_numpy_dtype)
    default = as_tensor(default_value, x.dtype)
    if default.ndim >= flat.ndim:
        shapes = [bracketed(t._array.shape) for t in (default, x.flat_values)]
        raise InvalidArgumentError(
            f"default_value.shape={shapes[0]} and rt_input.flat_values.shape={shapes[1]} are incompatible: "
            f"default_value.rank = {default.ndim}  must be less than rt_input.flat_values.rank = {flat.ndim}"
        )
    filled = ops.broadcast_to(default, sizes)
    return ops.tensor_scatter_nd_update(filled, places, flat)


def ragged_to_sparse(x: RaggedTensor) -> SparseTensor:
    """The entries of a ragged tensor, as a SparseTensor."""
    inner = x.flat_values._array.shape[1:]
    places = coordinates(x)
    if inner:
        within = np.argwhere(np.ones(inner, bool))
        places = np.concatenate([np.repeat(places, len(within), 0), np.tile(within, (len(places), 1))], 1)
    values = ops.reshape(x.flat_values, [-1])
    return SparseTensor(host_constant(places, int64), values, x.bounding_shape(out_type=int64))


def ragged_merge_dims(x: RaggedTensor, outer_axis: int, inner_axis: int) -> Any:
    """The axes from outer_axis to inner_axis made one."""
    rank = len(x.shape)
    outer, inner = (axis + rank if axis < 0 else axis for axis in (outer_axis, inner_axis))
    if not outer <= inner:
        raise ValueError(f"Expected outer_axis ({outer_axis}) to be less than or equal to inner_axis ({inner_axis})")
    return _merged(x, outer, inner)


def _merged(x: Any, outer: int, inner: int) -> Any:
    if outer == inner:
        return x
    if not is_ragged(x):
        shape = x._array.shape
        return ops.reshape(x, [*shape[:outer], int(np.prod(shape[outer : inner + 1])), *shape[inner + 1 :]])
    if outer == 0:
        return _merged(x._values, 0, inner - 1)
    if outer == 1:
        values = x._values
        if is_ragged(values):  # the rows of a row's rows, one after the other
            ends = values._partition._splits[x._partition._splits]
            return _merged(rows_of(values._values, partition_of(ends[1:] - ends[:-1])), 1, inner - 1)
        width = values._array.shape[1]
        flat = ops.reshape(values, [-1, *values._array.shape[2:]])
        return _merged(rows_of(flat, partition_of(x._partition._lengths * width)), 1, inner - 1)
    return rows_of(_merged(x._values, outer - 1, inner - 1), x._partition)


@op("ragged.map_flat_values", short=False)
def map_flat_values(op: Any, *args: Any, **kwargs: Any) -> Any:
    """op of arguments in which ragged tensors are replaced by their flat values; its result in their rows.

    op: a function. args, kwargs: what it is called with. Raises ValueError if its result has another number of values.

    >>> tf.ragged.map_flat_values(tf.square, tf.ragged.constant([[1, 2], [3]]))
    <tf.RaggedTensor [[1, 4], [9]]>
    """
    found: list[RaggedTensor] = []

    def flat(x: Any) -> Any:
        if is_ragged(x):
            found.append(x)
            return x.flat_values
        if isinstance(x, (list, tuple)):
            return type(x)(map(flat, x))
        return {key: flat(value) for key, value in x.items()} if isinstance(x, dict) else x

    args, kwargs = flat(args), flat(kwargs)
    if not found:
        return op(*args, **kwargs)
    sizes = {count(x.flat_values) for x in found}
    if len(sizes) > 1:
        raise ValueError(
            f"Input RaggedTensors' flat_values must all have the same outer-dimension size.  Got sizes: {sizes}"
        )
    splits = [[p._splits for p in x._partitions] for x in found]
    if any(len(s) != len(splits[0]) or not all(map(np.array_equal, s, splits[0])) for s in splits):
        raise ValueError("All ragged inputs must have the same row_splits")
    result = as_values(op(*args, **kwargs))
    wanted = count(found[0].flat_values)
    if not len(result.shape) or count(result) != wanted:
        raise ValueError(
            "tf.ragged.map_flat_values requires that the output of `op` have the same outer-dimension size as "
            f"flat_values of any ragged inputs. (output shape: {result.shape}; expected outer dimension size: {wanted})"
        )
    return found[0].with_flat_values(result)


@op("ragged.range", short=False)
def ragged_range(
    starts: Any,
    limits: Any = None,
    deltas: Any = 1,
    dtype: Any = None,
    name: str | None = None,
    row_splits_dtype: Any = "int64",
) -> RaggedTensor:
    """A row for each start, limit and delta: the numbers from start to below limit, in steps of delta.

    starts, limits, deltas: scalars or vectors; without limits, the starts are the limits. dtype: of the numbers.
    row_splits_dtype: int32 or int64.

    >>> tf.ragged.range([2, 0, 3])
    <tf.RaggedTensor [[0, 1], [], [0, 1, 2]]>
    """
    if limits is None:
        starts, limits = 0, starts
    given = [as_tensor(x, dtype) if dtype is not None else as_tensor(x) for x in (starts, limits, deltas)]
    if dtype is None:
        order = ("int32", "int64", "float32", "float64")
        names = [x.dtype.name for x in given]
        if not set(names) <= set(order):
            raise ValueError(f"ragged.range: of {', '.join(names)}; it takes {', '.join(order)}")
        dtype = max(names, key=order.index)
    hosts = np.broadcast_arrays(*(np.atleast_1d(to_host(ops.cast(x, dtype)._array)) for x in given))
    if not hosts[2].all():
        raise InvalidArgumentError("Requires delta != 0")
    rows = [np.arange(*numbers) for numbers in zip(*hosts)]
    lengths = np.array([len(row) for row in rows], as_dtype(row_splits_dtype)._numpy)
    flat = np.concatenate(rows) if rows else np.zeros(0)
    return rows_of(as_tensor(flat.astype(as_dtype(dtype)._numpy)), partition_of(lengths))


@op("ragged.row_splits_to_segment_ids", short=False)
def row_splits_to_segment_ids(splits: Any, name: str | None = None, out_type: Any = None) -> Tensor:
    """The row of each value, of row splits. out_type: int32 or int64; None: that of the splits.

    splits: a vector of ints.

    >>> tf.ragged.row_splits_to_segment_ids([0, 2, 3])
    <tf.Tensor: shape=(3,), dtype=int64, numpy=array([0, 0, 1])>
    """
    found = RowPartition.from_row_splits(splits, validate=False).value_rowids()
    return found if out_type is None else ops.cast(found, out_type)


@op("ragged.segment_ids_to_row_splits", short=False)
def segment_ids_to_row_splits(
    segment_ids: Any, num_segments: Any = None, out_type: Any = None, name: str | None = None
) -> Tensor:
    """The row splits of values whose rows are told. num_segments: how many rows there are, beyond the last value's too.

    out_type: int32 or int64; None: that of the ids.

    >>> tf.ragged.segment_ids_to_row_splits([0, 0, 2])
    <tf.Tensor: shape=(4,), dtype=int64, numpy=array([0, 2, 2, 3])>
    """
    found = RowPartition.from_value_rowids(segment_ids, num_segments).row_splits()
    return found if out_type is None else ops.cast(found, out_type)


@op("ragged.stack_dynamic_partitions", short=False)
def stack_dynamic_partitions(data: Any, partitions: Any, num_partitions: Any, name: str | None = None) -> RaggedTensor:
    """A row for each partition, of the values of data that are in it, in order.

    data: a tensor or ragged tensor. partitions: the number of each value's partition. num_partitions: how many.

    >>> tf.ragged.stack_dynamic_partitions([1, 2, 3], [0, 1, 0], 2)
    <tf.RaggedTensor [[1, 3], [2]]>
    """
    data, parts = as_values(data), to_host(as_tensor(partitions, hint=int64)._array)
    if parts.ndim > 1:
        data = ops.reshape(data, [-1, *data.shape[parts.ndim :]])
        parts = parts.reshape(-1)
    size = int(as_tensor(num_partitions))
    if parts.size and not 0 <= parts.min() <= parts.max() < size:
        raise InvalidArgumentError("partitions must be less than num_partitions")
    lengths = np.bincount(parts, minlength=size).astype(np.int64)
    return rows_of(take(data, np.argsort(parts, kind="stable")), partition_of(lengths))
