"""Putting tensors together and taking them apart: concat, stack, split, unstack.

Each of the two directions is the other's gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.errors import InvalidArgumentError, bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .arguments import alike, integers, sizes, tail, vector
from .registry import op, ops, primitive


def _along(axis: int, start: int | None, stop: int | None) -> tuple[slice, ...]:
    """The key of a run of positions on one axis."""
    return (*(slice(None),) * axis, slice(start, stop))


def _pieces(g: Tensor, y: Tensor, *parts: Tensor, axis: int) -> list[Tensor]:
    ends = np.cumsum([part._array.shape[axis] for part in parts]).tolist()
    return [g[_along(axis, start, end)] for start, end in zip([0, *ends], ends)]


@primitive(joint=_pieces)
def _concat(xp, *parts, axis):
    return xp.concatenate(parts, axis)


@op("concat", samples=lambda s: [s.call([s(2, 3), s(1, 3)], 0), s.call([s(2, 1), s(2, 2), s(2, 1)], -1)])
def concat(values: Any, axis: Any, name: str = "concat") -> Tensor:
    """Tensors joined along an axis; all other sizes must be equal.

    values: a list of tensors of one dtype and rank. Raises InvalidArgumentError if they do not fit together.

    >>> concat([[[1, 2]], [[3, 4]]], 0)
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [3, 4]], dtype=int32)>
    """
    if not isinstance(values, (list, tuple)):
        values = [values]
    along, rank = sizes("ConcatV2", axis, "axis", "Tidx")
    if len(values) == 1:
        if rank:
            raise ValueError(f"Shape ({len(along)},) must have rank 0")
        return ops.identity(values[0])
    last = tail(*values, name=name)
    if not values:
        raise explain(
            InvalidArgumentError(
                "OpKernel 'ConcatV2' has constraint on attr 'T' not in NodeDef '[N=0, Tidx=DT_INT32]' "
                f"[Op:ConcatV2] name: {name}"
            ),
            summary="concat: there is nothing to join: the list is empty",
        )
    parts = alike("ConcatV2", values, last)
    return _concat(*parts, axis=_concat_axis(parts, along[0], last))


def _concat_axis(parts: list[Tensor], axis: int, last: str | None) -> int:
    shape = parts[0]._array.shape
    rank = len(shape)

    def fail(message: str, summary: str, i: int = 1) -> BaseException:
        shown = [("values[0]", parts[0]), (f"values[{i}]", parts[i])]
        return invalid("ConcatV2", f"ConcatOp : {message}", f"concat: {summary}", shown, name=last)

    if not rank:
        raise fail("Can't concatenate scalars (use tf.stack instead)", "scalars have no axis to join: use stack")
    if not -rank <= axis < rank:
        raise fail(
            f"Expected concatenating dimensions in the range [{-rank}, {rank}), but got {axis}",
            f"axis {axis} is out of range for tensors of rank {rank}",
        )
    axis %= rank
    for i, part in enumerate(parts):
        other = part._array.shape
        both = f"shape[0] = {bracketed(shape)} vs. shape[{i}] = {bracketed(other)}"
        if len(other) != rank:
            raise fail(
                f"Ranks of all input tensors should match: {both}",
                f"ranks differ, {rank} and {len(other)}",
                i,
            )
        for a in range(rank):
            if a != axis and other[a] != shape[a]:
                raise fail(
                    f"Dimension {a} in both shapes must be equal: {both}",
                    f"sizes of axis {a} differ, {shape[a]} and {other[a]}",
                    i,
                )
    return axis


@primitive(joint=lambda g, y, *parts, axis: _rows(g, axis))
def _stack(xp, *parts, axis):
    return xp.stack(parts, axis)


@op("stack", samples=lambda s: [s.call([s(2), s(2)]), s.call([s(2, 3), s(2, 3), s(2, 3)], axis=-1)])
def stack(values: Any, axis: Any = 0, name: str | None = "stack") -> Tensor:
    """Tensors of one shape and dtype as the slices of a tensor of one rank more.

    axis: where the new axis is. Raises InvalidArgumentError if the shapes differ.

    >>> stack([[1, 2], [3, 4]], axis=1)
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 3],
           [2, 4]], dtype=int32)>
    """
    axis = int(axis)
    if not isinstance(values, (list, tuple)):
        if axis == 0:
            return as_tensor(values)
        values = list(as_tensor(values))
    if axis == 0 and not any(map(is_tensor, values)):
        try:
            return as_tensor(values)
        except (TypeError, ValueError):
            if not values:
                raise
    last = tail(*values, name=name)
    parts = alike("Pack", values, last)
    shape = parts[0]._array.shape
    if not -len(shape) - 1 <= axis <= len(shape):
        raise ValueError(f"Argument `axis` = {axis} not in range [{-len(shape) - 1}, {len(shape) + 1})")
    for i, part in enumerate(parts):
        if part._array.shape != shape:
            raise invalid(
                "Pack",
                f"Shapes of all inputs must match: values[0].shape = {bracketed(shape)} != "
                f"values[{i}].shape = {bracketed(part._array.shape)}",
                summary=f"stack: shapes differ, {shape} and {part._array.shape}",
                operands=[("values[0]", parts[0]), (f"values[{i}]", part)],
                name=last,
            )
    return _stack(*parts, axis=axis % (len(shape) + 1))


@op("parallel_stack")
def parallel_stack(values: Any, name: str = "parallel_stack") -> Tensor:
    """Not available eagerly, in TensorFlow as here: use `stack`. Raises RuntimeError.

    >>> try: parallel_stack([[1], [2]])
    ... except RuntimeError as error: print(error)
    tf.parallel_stack() is not compatible with eager execution.
    """
    raise explain(RuntimeError("tf.parallel_stack() is not compatible with eager execution."), hint="use stack")


def _as_list(g: Any) -> list[Tensor]:
    return g if isinstance(g, list) else [g]


@primitive(joint=lambda g, y, x, axis: [_stack(*_as_list(g), axis=axis)])
def _unstack(xp, x, axis):
    key = (slice(None),) * axis
    return tuple(x[(*key, i, ...)] for i in range(x.shape[axis]))


def _rows(x: Tensor, axis: int) -> list[Tensor]:
    return list(_unstack(x, axis=axis)) if x._array.shape[axis] else []


@op("unstack", samples=lambda s: [s.call(s(2, 3)), s.call(s(2, 3), axis=-1)])
def unstack(value: Any, num: int | None = None, axis: int = 0, name: str = "unstack") -> list[Tensor]:
    """The slices of a tensor along an axis, as a list.

    value: a tensor of rank 1 or more. num: how many there must be, if given. Raises ValueError if there is no such
    axis.

    >>> unstack([1., 2.])
    [<tf.Tensor: shape=(), dtype=float32, numpy=1.0>, <tf.Tensor: shape=(), dtype=float32, numpy=2.0>]
    """
    x = as_tensor(value)
    shape = x._array.shape
    rank = len(shape)
    if not -rank <= axis < rank:
        if num is None:
            raise ValueError(f"Argument `axis` = {axis} not in range [{-rank}, {rank})")
        raise invalid("Unpack", f"axis = {axis} not in [{-rank}, {rank})", name=tail(value, name=name))
    if num is not None and shape[axis] != num:
        raise invalid(
            "Unpack",
            f"Input shape axis {axis % rank} must equal {num}, got shape {bracketed(shape)}",
            summary=f"unstack: axis {axis} has size {shape[axis]}, not {num}",
            operands=[("value", x)],
            name=tail(value, name=name),
        )
    return _rows(x, axis % rank)


@primitive(joint=lambda g, y, x, ends, axis: [_concat(*_as_list(g), axis=axis)])
def _split(xp, x, ends, axis):
    return tuple(x[_along(axis, start, end)] for start, end in zip((0, *ends), ends))


@op("split", samples=lambda s: [s.call(s(4, 2), 2), s.call(s(2, 3), [1, 2], axis=1), s.call(s(2, 3), 1)])
def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: int | None = None, name: str = "split"
) -> list[Tensor]:
    """A tensor cut along an axis into equal parts, or into parts of given sizes, one of which may be -1.

    Raises InvalidArgumentError if the parts do not add up.

    value: a tensor of rank 1 or more. num_or_size_splits: an int, how many parts there are; or their sizes, int32 or
    int64 (n,). num: n, which is checked if it is given.

    >>> split([1, 2, 3, 4], [1, 3])
    [<tf.Tensor: shape=(1,), dtype=int32, numpy=array([1], dtype=int32)>, \
<tf.Tensor: shape=(3,), dtype=int32, numpy=array([2, 3, 4], dtype=int32)>]
    """
    x = as_tensor(value)
    even = isinstance(num_or_size_splits, int)
    kernel, last = ("Split", tail(value, name=name)) if even else ("SplitV", tail(value, num_or_size_splits, name=name))
    wanted = None if even else as_tensor(num_or_size_splits, hint="int32")
    if wanted is not None and not wanted._array.ndim:
        raise explain(
            ValueError(
                "Rank-0 tensors are not supported as the num_or_size_splits argument to split. Argument "
                "provided: " + str(num_or_size_splits)
            ),
            hint="write the number of parts as a Python int",
        )
    if wanted is not None:
        integers(kernel, wanted, "num_or_size_splits", "Tlen")
    shape = x._array.shape
    rank, axis = len(shape), int(axis)
    if even and num_or_size_splits < 1:
        raise InvalidArgumentError(f"Value for attr 'num_split' of {num_or_size_splits} must be at least minimum 1")
    if not -rank <= axis < rank:
        raise invalid(
            kernel,
            f"-input rank(-{rank}) <= split_dim < input rank ({rank}), but got {axis}",
            summary=f"split: axis {axis} is out of range for a tensor of rank {rank}",
            operands=[("value", x)],
            name=last,
        )
    axis %= rank
    if wanted is None:
        parts = _equal_parts(x, num_or_size_splits, axis, last)
    else:
        parts = _given_parts(x, wanted, axis, num, last)
    return list(_split(x, ends=tuple(np.cumsum(parts).tolist()), axis=axis)) if parts else []


def _equal_parts(x: Tensor, count: int, axis: int, last: str | None) -> list[int]:
    size = x._array.shape[axis]
    if size % count:
        raise invalid(
            "Split",
            "Number of ways to split should evenly divide the split dimension, but got split_dim "
            f"{axis} (size = {size}) and num_split {count}",
            summary=f"split: axis {axis} of size {size} does not divide into {count} equal parts",
            operands=[("value", x)],
            hint="give the sizes of the parts as a list",
            name=last,
        )
    return [size // count] * count


def _given_parts(x: Tensor, wanted: Tensor, axis: int, num: int | None, last: str | None) -> list[int]:
    parts, size = vector(wanted), x._array.shape[axis]
    if num is not None and num != len(parts):
        raise invalid(
            "SplitV",
            "size of the split_tensor must be 1-D and have the same elements as outputs got "
            f"{wanted._array.ndim} -D and {len(parts)} elements",
            summary=f"split: num is {num}, but there are {len(parts)} sizes",
            name=last,
        )
    if parts.count(-1) > 1:
        raise invalid("SplitV", "There can only be one -1 in the input.", name=last)
    known = sum(n for n in parts if n != -1)
    if (known > size if -1 in parts else known != size) or min(parts, default=0) < -1:
        raise invalid(
            "SplitV",
            "Determined shape must either match input shape along split_dim exactly if fully specified, or be less "
            f"than the size of the input along split_dim if not fully specified.  Got: {known}",
            summary=f"split: the parts add up to {known}, but axis {axis} has size {size}",
            operands=[("value", x)],
            name=last,
        )
    return [size - known if n == -1 else n for n in parts]
