"""Parts of ragged tensors: subscripts, rows by number, rows by a mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.backend import to_host
from ...runtime.dtypes import bool_
from ...runtime.errors import InvalidArgumentError
from ...runtime.ragged import RaggedTensor, as_values, count, is_ragged, rows_of, take
from ...runtime.row_partition import partition_of, uniform
from ...runtime.tensor import as_tensor, is_tensor
from ..registry import op, ops
from ..rules import ints
from .making import with_rows


def ragged_getitem(x: RaggedTensor, key: Any) -> Any:
    """`x[key]`: ints, slices, `...`, newaxis; an int takes a row, and none of a ragged axis within rows."""
    if is_ragged(key) or is_tensor(key) and key.dtype is bool_:
        return ragged_boolean_mask(x, key)
    parts = list(key) if isinstance(key, tuple) else [key]
    if any(part is Ellipsis for part in parts):
        at = next(i for i, part in enumerate(parts) if part is Ellipsis)
        missing = len(x.shape) - sum(part is not None for part in parts) + 1
        parts[at : at + 1] = [slice(None)] * missing
    return _subscript(x, [_checked(part) for part in parts])


def _checked(part: Any) -> Any:
    """A part of a key, with ints for tensors."""
    if part is None or isinstance(part, slice):
        if isinstance(part, slice):
            return slice(*(None if n is None else _int(n) for n in (part.start, part.stop, part.step)))
        return part
    return _int(part)


def _int(part: Any) -> int:
    if isinstance(part, (int, np.integer)) and not isinstance(part, bool):
        return int(part)
    if is_tensor(part) and part.dtype.name in ("int32", "int64") and not len(part.shape):
        return int(part)
    raise TypeError(
        "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are "
        f"valid indices, got {part!r}"
    )


def _subscript(x: Any, parts: list[Any]) -> Any:
    if not parts:
        return x
    if not is_ragged(x):
        return x[tuple(parts)]
    first, *rest = parts
    if first is None:
        return rows_of(_subscript(x, rest), uniform(1, count(x)))
    if isinstance(first, slice):
        places = np.arange(count(x))[first]
        return _within(x if first == slice(None) else take(x, places), rest)
    rows = count(x)
    if not -rows <= first < rows:
        raise IndexError(f"Row key {first} out of bounds")
    start, end = x._partition._splits[first % rows : first % rows + 2].tolist()
    values = x._values
    row = take(values, np.arange(start, end)) if is_ragged(values) else values[start:end]
    return _subscript(row, rest)


def _within(x: RaggedTensor, parts: list[Any]) -> Any:
    """Parts of every row."""
    if not parts:
        return x
    first, *rest = parts
    if first is None:
        return rows_of(_within(x, rest), uniform(count(x), 1))
    p = x._partition
    if isinstance(first, int):
        if p._length is None:
            raise ValueError("Cannot index into an inner ragged dimension.")
        if not -p._length <= first < p._length:
            raise IndexError(f"Row key {first} out of bounds")
        chosen = take(x._values, p._splits[:-1] + first % p._length)
        return _subscript(chosen, [slice(None), *rest]) if rest else chosen
    if first != slice(None):
        rows = [range(*first.indices(n)) for n in p._lengths.tolist()]
        lengths = np.array([len(row) for row in rows], p._splits.dtype)
        places = [start + np.array(row, p._splits.dtype) for start, row in zip(p._splits.tolist(), rows)]
        values = take(x._values, np.concatenate([np.zeros(0, p._splits.dtype), *places]))
        known = None if p._length is None else len(range(*first.indices(p._length)))
        x = rows_of(values, partition_of(lengths) if known is None else uniform(len(rows), known, p._splits.dtype))
    if not rest:
        return x
    return rows_of(_subscript(x._values, [slice(None), *rest]), x._partition)


def ragged_gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Any = None,
    batch_dims: int = 0,
    name: str | None = None,
) -> Any:
    """Rows by number, of a ragged tensor or by a ragged tensor of numbers."""
    params, indices = as_values(params), as_values(indices)
    axis = batch_dims if axis is None else int(axis)
    if batch_dims:
        return _gather_batch(params, with_rows(indices, batch_dims), batch_dims)
    if axis:
        inner = axis % len(params.shape) - 1
        if not inner:
            raise ValueError("gather: of the rows' own axis it wants batch_dims=1")
        return params.with_values(ops.gather(params._values, indices, axis=inner))
    if is_ragged(indices):
        return indices.with_values(ragged_gather(params, indices._values))
    if not is_ragged(params):
        return ops.gather(params, indices)
    if not indices.dtype.is_integer:
        kind = indices.dtype.kernel_name
        raise InvalidArgumentError(
            f"Value for attr 'Tindices' of {kind} is not in the list of allowed values: int32, int64"
        )
    if not indices.ndim:
        return params[int(indices)]
    places = to_host(indices._array)
    _check(places, count(params))
    rows = take(params, places.reshape(-1))
    return _as_shaped(rows, places.shape)


def _as_shaped(rows: Any, shape: tuple[int, ...]) -> Any:
    for size in reversed(shape[1:]):
        rows = rows_of(rows, uniform(count(rows) // (size or 1), size))
    return rows


def _gather_batch(params: Any, indices: RaggedTensor, batch_dims: int) -> Any:
    params = with_rows(params, batch_dims)
    if count(params) != count(indices):
        raise InvalidArgumentError("batch shape from indices does not match params shape")
    if batch_dims > 1:
        return indices.with_values(_gather_batch(params._values, indices._values, batch_dims - 1))
    p = params._partition
    flat = indices._values
    rows = indices._partition._rowids
    places = to_host((flat.flat_values if is_ragged(flat) else flat)._array)
    for part in flat._partitions if is_ragged(flat) else []:
        rows = rows[part._rowids]
    if (places < 0).any() or (places >= p._lengths[rows]).any():
        raise InvalidArgumentError("indices are out of range for their rows")
    found = take(params._values, p._splits[rows] + places)
    return indices.with_flat_values(found)


def _check(places: np.ndarray, size: int) -> None:
    outside = (places < 0) | (places >= size)
    if outside.any():
        at = np.argwhere(outside)[0].tolist()
        raise InvalidArgumentError(f"indices{at} = {places[tuple(at)]} is not in [0, {size})")


def ragged_gather_nd(params: Any, indices: Any, batch_dims: int = 0, name: str | None = None, **_: Any) -> Any:
    """What is at places, each a row of `indices`."""
    indices = as_values(indices)
    if is_ragged(indices):
        return indices.with_values(ragged_gather_nd(params, indices._values))
    if not is_ragged(params):
        return ops.gather_nd(params, indices)
    places = to_host(indices._array)
    if places.ndim == 1:
        return ragged_gather_nd(params, ops.expand_dims(indices, 0))[0]
    shape, flat = places.shape[:-1], places.reshape(-1, places.shape[-1])
    at, values = flat[:, 0], params
    _check(at, count(params))
    for column in range(1, flat.shape[1]):
        if not is_ragged(values):
            rest = np.concatenate([at[:, None], flat[:, column:]], 1)
            return ops.reshape(ops.gather_nd(values, rest), [*shape, *values.shape[rest.shape[1] :]])
        p = values._partition
        if ((flat[:, column] < 0) | (flat[:, column] >= p._lengths[at])).any():
            raise InvalidArgumentError("indices are out of range for their rows")
        at, values = p._splits[at] + flat[:, column], values._values
    found = take(values, at)
    return _as_shaped(found, shape) if is_ragged(found) else ops.reshape(found, [*shape, *found.shape[1:]])


def ragged_split(value: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, name: str = "split") -> Any:
    """The rows in so many equal parts, or in parts of these sizes."""
    if int(axis) % len(value.shape):
        raise ValueError("split: a ragged tensor is split along its first axis")
    rows = count(value)
    sizes = num_or_size_splits
    if isinstance(sizes, int):
        if sizes < 1 or rows % sizes:
            raise InvalidArgumentError(f"Cannot exactly split axis {axis} into {sizes} parts")
        sizes = [rows // sizes] * sizes
    ends = np.cumsum(ints(sizes)).tolist()
    if ends[-1] != rows:
        raise InvalidArgumentError(f"The sizes {sizes} do not add up to {rows} rows")
    return [take(value, np.arange(start, end)) for start, end in zip([0, *ends], ends)]


def ragged_embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: str | None = None) -> Any:
    """The embeddings of ragged ids."""
    return ids.with_flat_values(ops.embedding_lookup(params, ids.flat_values, max_norm))


@op("ragged.boolean_mask", short=False)
def ragged_boolean_mask(data: Any, mask: Any, name: str | None = None) -> Any:
    """What of data is where mask holds; the rows of a mask of rank 2 and more may be ragged, as the result's are.

    data: a tensor or ragged tensor. mask: bools, with the shape of data's first axes.

    >>> tf.ragged.boolean_mask([[1, 2], [3, 4]], [[True, False], [True, True]])
    <tf.RaggedTensor [[1], [3, 4]]>
    """
    data, mask = as_values(data), mask if is_ragged(mask) else as_tensor(mask, bool_)
    if mask.dtype is not bool_:
        raise ValueError(f"Tensor conversion requested dtype bool for Tensor with dtype {mask.dtype.name}: {mask!r}")
    rank = len(mask.shape)
    if not rank:
        raise ValueError("mask cannot be scalar.")
    return _masked(with_rows(data, rank - 1), with_rows(mask, rank - 1))


def _masked(data: Any, mask: Any) -> Any:
    if not is_ragged(mask):
        held = to_host(mask._array)
        if len(held) != count(data):
            raise ValueError(f"Shapes ({count(data)},) and ({len(held)},) are incompatible")
        return take(data, np.flatnonzero(held))
    if not np.array_equal(data._partition._splits, mask._partition._splits):
        raise InvalidArgumentError("Inputs must have identical ragged splits")
    if is_ragged(mask._values):
        return rows_of(_masked(data._values, mask._values), data._partition)
    held = to_host(mask._values._array)
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(held)])
    ends = before[data._partition._splits].astype(data._partition._splits.dtype)
    return rows_of(take(data._values, np.flatnonzero(held)), partition_of(ends[1:] - ends[:-1]))


def rows_as_tensors(x: Any) -> list[Any]:
    """The rows of a tensor or ragged tensor."""
    return list(x) if is_ragged(x) else ops.unstack(x)
