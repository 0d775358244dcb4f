"""Ragged tensors joined along an axis, or along a new one; crosses of features."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from ...runtime.dtypes import int64, string
from ...runtime.errors import InvalidArgumentError
from ...runtime.ragged import RaggedTensor, as_values, count, is_ragged, ragged, rows_of, take
from ...runtime.row_partition import partition_of, uniform
from ...runtime.tensor import as_tensor
from ..fingerprints import concatenated, fingerprint
from ..registry import op, ops
from .making import with_rows


def ragged_concat(values: Any, axis: Any, name: str = "concat") -> Any:
    """The rows of all, one after the other (axis 0), or joined to longer rows."""
    return _joined(_like_first(values), int(axis), is_stack=False)


def ragged_stack(values: Any, axis: Any = 0, name: str | None = "stack") -> Any:
    """Ragged tensors along a new axis."""
    return _joined(_like_first(values), int(axis), is_stack=True)


@op("ragged.stack", short=False)
def stack_ragged(values: Any, axis: int = 0, name: str | None = None) -> RaggedTensor:
    """Tensors of one rank, whatever their shapes, along a new axis. One whose rows differ in length.

    values: a list of tensors or ragged tensors. axis: an int: where the new axis stands.

    >>> tf.ragged.stack([constant([1, 2]), constant([3])])
    <tf.RaggedTensor [[1, 2], [3]]>
    """
    if not isinstance(values, (list, tuple)):
        values = [values]
    return _joined(_like_first(values), int(axis), is_stack=True)


def _like_first(values: Any) -> list[Any]:
    """All as values of the dtype of the first that is ragged or a tensor. Raises ValueError if there are none."""
    if not values:
        raise ValueError("rt_inputs may not be empty.")
    dtype = next((x.dtype for x in values if hasattr(x, "dtype")), None)
    found = [x if is_ragged(x) else as_tensor(x, None if hasattr(x, "_read") else dtype) for x in values]
    if len({len(x.shape) for x in found}) > 1:
        raise ValueError(f"All values must have the same rank, and these have {[len(x.shape) for x in found]}")
    return found


def _joined(values: list[Any], axis: int, is_stack: bool) -> Any:
    rank = len(values[0].shape)
    if not -(rank + is_stack) <= axis < rank + is_stack:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank - is_stack}<=axis<{rank + is_stack}")
    axis %= rank + is_stack
    if len(values) == 1 and not is_stack:
        return values[0]
    if not rank:
        return ops.stack(values)
    if not any(map(is_ragged, values)) and (rank == 1 and not (is_stack and axis == 0)):
        return ops.stack(values, axis) if is_stack else ops.concat(values, axis)
    return _along(values, axis, is_stack)


def _along(values: list[Any], axis: int, is_stack: bool) -> Any:
    ragged_rank = max([min(1, len(values[0].shape) - 1), axis - is_stack if axis < len(values[0].shape) else 1])
    ragged_rank = max([ragged_rank, *(x.ragged_rank for x in values if is_ragged(x))])
    values = [with_rows(x, min(ragged_rank, len(x.shape) - 1)) for x in values]
    if axis == 0:
        rows = _one_after_another(values)
        if not is_stack:
            return rows
        return rows_of(rows, partition_of(np.array([count(x) for x in values], np.int64)))
    size = count(values[0])
    for i, x in enumerate(values):
        if count(x) != size:
            raise InvalidArgumentError(f"Input tensors at index 0 (=x) and {i} (=y) have incompatible shapes.")
    if axis > 1:
        inner = [x._values for x in values]
        if any(map(is_ragged, inner)):
            return rows_of(_along(inner, axis - 1, is_stack), values[0]._partition)
        made = ops.stack(inner, axis - 1) if is_stack else ops.concat(inner, axis - 1)
        return rows_of(made, values[0]._partition)
    # Row i of the first, row i of the second ...: each a row of its own, or all one.
    order = np.arange(size * len(values)).reshape(len(values), size).T.reshape(-1)
    rows = take(_one_after_another(values), order)
    if is_stack:
        return rows_of(rows, uniform(size, len(values)))
    splits = rows._partition._splits[:: len(values)]
    return rows_of(rows._values, partition_of(splits[1:] - splits[:-1]))


def _one_after_another(values: list[Any]) -> Any:
    if not is_ragged(values[0]):
        return ops.concat(values, 0)
    lengths = np.concatenate([x._partition._lengths for x in values])
    known = {x._partition._length for x in values}
    inner = _one_after_another([x._values for x in values])
    if len(known) == 1 and None not in known:
        return rows_of(inner, uniform(len(lengths), known.pop(), lengths.dtype))
    return rows_of(inner, partition_of(lengths))


def _features(inputs: Any) -> list[list[list[Any]]]:
    """For each input its rows of features, as bytes or ints."""
    found = []
    for x in inputs:
        x = as_values(x)
        if x.dtype is not string and not x.dtype.is_integer:
            raise ValueError(f"Unexpected dtype for inputs: {x.dtype}")
        if len(x.shape) != 2:
            raise ValueError("tf.ragged.cross only supports inputs with rank=2.")
        x = with_rows(x, 1)
        found.append(x.to_list())
    if len({len(rows) for rows in found}) > 1:
        raise InvalidArgumentError("inputs must all have the same batch dimension size.")
    return found


@op("ragged.cross", short=False)
def ragged_cross(inputs: Any, name: str | None = None) -> RaggedTensor:
    """For each row, every combination of one feature of each input, their texts with _X_ between them.

    inputs: a list of ragged tensors or tensors (rows, features).

    >>> tf.ragged.cross([[["a"]], [["b", "c"]]])
    <tf.RaggedTensor [[b'a_X_b', b'a_X_c']]>
    """
    rows = zip(*_features(inputs))
    return ragged([[b"_X_".join(map(_text, each)) for each in product(*row)] for row in rows], string)


@op("ragged.cross_hashed", short=False)
def ragged_cross_hashed(
    inputs: Any, num_buckets: int = 0, hash_key: int | None = None, name: str | None = None
) -> RaggedTensor:
    """`cross`, and of each combination a number. hash_key: an int on which the numbers depend.

    num_buckets: the numbers are below it; 0: any int64.

    inputs: a list of ragged tensors or tensors (rows, features).

    >>> tf.ragged.cross_hashed([[["a"]], [["b"]]], num_buckets=100).shape
    TensorShape([1, None])
    """
    rows = zip(*_features(inputs))
    return ragged([[hashed(each, num_buckets, hash_key) for each in product(*row)] for row in rows], int64)


def hashed(features: Any, num_buckets: int, hash_key: int | None) -> int:
    """The bucket of a combination of features."""
    value = 0xDECAFCAFFE if hash_key is None else hash_key
    for feature in features:
        value = concatenated(value, fingerprint(feature) if isinstance(feature, bytes) else feature)
    # Without buckets the largest int64 is left free, as the number of buckets.
    return value % (num_buckets or 2**63 - 1)


def _text(feature: Any) -> bytes:
    return feature if isinstance(feature, bytes) else str(feature).encode()
