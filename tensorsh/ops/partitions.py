"""Dealing rows out by number and putting them back by index: dynamic_partition, dynamic_stitch."""

from __future__ import annotations

from typing import Any

from ..runtime.backend import module_of
from ..runtime.dtypes import int32
from ..runtime.errors import InvalidArgumentError, bracketed, explain, invalid, subscript
from ..runtime.tensor import Tensor, as_tensor, wrap
from .arguments import alike, tail
from .registry import op, ops, primitive
from .rows import beside, combine, outside, take


@op("dynamic_partition", samples=lambda s: [s.call(s(4, 2), [0, 1, 0, 0], 2), s.call(s(2, 2), [[0, 1], [1, 0]], 2)])
def dynamic_partition(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> list[Tensor]:
    """The rows of `data` dealt out to `num_partitions` tensors by their numbers in `partitions`, in order.

    partitions: int32, its shape that of the first axes of data.
    num_partitions: an int, at least 1. Raises InvalidArgumentError for a number that is not below it.

    >>> dynamic_partition([1, 2, 3], [0, 1, 0], 2)
    [<tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>, \
<tf.Tensor: shape=(1,), dtype=int32, numpy=array([2], dtype=int32)>]
    """
    x, numbers = as_tensor(data), as_tensor(partitions, int32)
    last, shape, lead = tail(data, partitions), x._array.shape, numbers._array.shape
    if num_partitions < 1:
        raise explain(
            InvalidArgumentError(f"Value for attr 'num_partitions' of {num_partitions} must be at least minimum 1"),
            summary=f"dynamic_partition: num_partitions is {num_partitions}, and must be at least 1",
        )
    if shape[: len(lead)] != lead:
        raise invalid(
            "DynamicPartition",
            f"data.shape must start with partitions.shape, got data.shape = {bracketed(shape)}, "
            f"partitions.shape = {bracketed(lead)}",
            summary=f"dynamic_partition: {lead} numbers for data of shape {shape}",
            operands=[("data", x), ("partitions", numbers)],
            name=last,
        )
    if (wrong := outside(numbers._array, num_partitions)) is not None:
        position, value = wrong
        raise invalid(
            "DynamicPartition",
            f"partitions{subscript(position)} = {value} is not in [0, {num_partitions})",
            summary=f"dynamic_partition: there is no partition {value}: there are {num_partitions}",
            name=last,
        )
    flat = numbers._array.reshape(-1)
    rows = ops.reshape(x, [flat.size, *shape[len(lead) :]])
    xp = module_of(flat)
    return [take(rows, wrap(xp.flatnonzero(flat == i)), axis=0) for i in range(num_partitions)]


@op(
    "dynamic_stitch", samples=lambda s: [s.call([[0, 2], [1]], [s(2), s(1)]), s.call([[0, 3], [1]], [s(2, 2), s(1, 2)])]
)
def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """One tensor of the rows of several: row j of data[i] goes to place indices[i][j], and of several the
    last stays.

    indices: a list of int32 tensors. data: a list of tensors, whose shapes begin with those of the indices.
    Raises ValueError unless both lists are of one length, InvalidArgumentError if shapes do not fit.

    >>> dynamic_stitch([[0, 2], [1]], [[1, 3], [2]])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3], dtype=int32)>
    """
    indices, data = list(indices), list(data)
    if len(indices) != len(data):
        raise ValueError(
            f"List argument 'data' to 'dynamic_stitch' Op with length {len(data)} must match length "
            f"{len(indices)} of argument 'indices'."
        )
    if not data:
        raise explain(
            InvalidArgumentError(
                "OpKernel 'DynamicStitch' has constraint on attr 'T' not in NodeDef '[N=0]' [Op:DynamicStitch] name: "
            ),
            summary="dynamic_stitch: there is nothing to stitch: the lists are empty",
        )
    last = tail(*indices, *data)
    places = [as_tensor(at, int32) for at in indices]
    parts = alike("DynamicStitch", data, first=len(indices))
    _check_parts(places, parts, last)
    inner = parts[0]._array.shape[places[0]._array.ndim :]
    rows = ops.concat([ops.reshape(p, [at._array.size, *inner]) for p, at in zip(parts, places)], 0)
    flat = [beside(rows._array, at._array.reshape(-1)) for at in places]
    return _stitch(rows, wrap(module_of(flat[0]).concatenate(flat)))


# The gradient goes to all rows, also to those that did not stay: that is TensorFlow's.
@primitive(lambda g, y, rows, at: take(g, at, axis=0), None)
def _stitch(xp, rows, at):
    size = int(at.max()) + 1 if at.size else 0
    blank = xp.full((size, *rows.shape[1:]), b"" if rows.dtype.kind == "O" else 0, rows.dtype)
    return combine("update", blank, at, rows)


def _check_parts(places: list[Tensor], parts: list[Tensor], last: str | None) -> None:
    first = parts[0]._array.shape[places[0]._array.ndim :]
    for i, (at, part) in enumerate(zip(places, parts)):
        shape, lead = part._array.shape, at._array.shape
        if shape[: len(lead)] != lead:
            raise invalid(
                "DynamicStitch",
                f"data[{i}].shape = {bracketed(shape)} does not start with indices[{i}].shape = {bracketed(lead)}",
                summary=f"dynamic_stitch: {lead} places for data of shape {shape}",
                name=last,
            )
        if shape[len(lead) :] != first:
            raise invalid(
                "DynamicStitch",
                f"Need data[0].shape[{places[0]._array.ndim}:] = data[{i}].shape[{len(lead)}:], got data[0].shape = "
                f"{bracketed(parts[0]._array.shape)}, data[{i}].shape = {bracketed(shape)}, indices[0].shape = "
                f"{bracketed(places[0]._array.shape)}, indices[{i}].shape = {bracketed(lead)}",
                name=last,
            )
        if at._array.size and int(at._array.min()) < 0:
            message = f"indices[{i}] is out of range"
            raise invalid("DynamicStitch", message, summary="dynamic_stitch: a place is negative", name=last)
