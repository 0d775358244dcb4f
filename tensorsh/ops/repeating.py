"""Larger tensors out of one: tile, repeat, pad."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.backend import module_of
from ..runtime.dtypes import string, uint16
from ..runtime.errors import UnimplementedError, bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor, wrap
from .arguments import SIZES, integers, sizes, tail, vector
from .registry import op, ops, primitive
from .rows import take
from .rules import check_dtype


@primitive(lambda g, y, x, multiples: _untile(g, x._array.shape, multiples))
def _tile(xp, x, multiples):
    return xp.tile(x, multiples)


def _untile(g: Tensor, shape: tuple[int, ...], multiples: tuple[int, ...]) -> Tensor:
    cut = [size for pair in zip(multiples, shape) for size in pair]
    return ops.reduce_sum(ops.reshape(g, cut), list(range(0, len(cut), 2)))


@op("tile", samples=lambda s: [s.call(s(2), [3]), s.call(s(2, 1), [2, 3])])
def tile(input: Any, multiples: Any, name: str | None = None) -> Tensor:
    """The tensor repeated as a whole, `multiples[i]` times along axis i.

    multiples: int (rank,): how many times along each axis.
    Raises InvalidArgumentError for a negative multiple, or another number of them than of axes.

    >>> tile([1, 2], [2])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 1, 2], dtype=int32)>
    """
    x, last = as_tensor(input), tail(input, multiples)
    counts, depth = sizes("Tile", multiples, "multiples", "Tmultiples")
    if depth != 1:
        shape = bracketed(as_tensor(multiples)._array.shape)
        raise invalid("Tile", f"Expected multiples to be 1-D, but got shape {shape}", name=None)
    rank = x._array.ndim
    _refuse_uint16(x, rank)
    if len(counts) != rank:
        raise invalid(
            "Tile",
            f"Expected multiples argument to be a vector of length {rank} but got length {len(counts)}",
            summary=f"tile: {len(counts)} multiples for a tensor of rank {rank}",
            operands=[("input", x)],
            name=last,
        )
    for i, count in enumerate(counts):
        if count < 0:
            raise invalid("Tile", f"Expected multiples[{i}] >= 0, but got {count}", name=last)
    return _tile(x, multiples=tuple(counts)) if rank else ops.identity(x)


@op("repeat", samples=lambda s: [s.call(s(2), 3), s.call(s(2, 2), [1, 2], axis=0), s.call(s(2, 2), [2, 0], axis=-1)])
def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """Every entry, or slice along `axis`, repeated: each as often, or as often as `repeats` lists.

    Without an axis the tensor is flattened first.

    repeats: an int, or int32 or int64 (n,), n the size of the axis. Raises TypeError for floats, ValueError for an axis
    out of range.

    >>> repeat([1, 2], [1, 2])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 2], dtype=int32)>
    """
    x, times = as_tensor(input), as_tensor(repeats, hint="int32")
    if not times.dtype.is_integer:
        raise TypeError(
            "Argument `tensor` (name: repeats) must be of type integer. "
            f"Received `tensor` = {repeats} of dtype: {times.dtype!s}"
        )
    if times._array.ndim > 1:
        raise ValueError(f"Shape {times.shape} must have rank at most 1")
    if axis is None:
        x, axis = ops.reshape(x, [-1]), 0
    if not x._array.ndim:
        x = ops.reshape(x, [-1])
    rank = x._array.ndim
    _refuse_uint16(x, rank + 1)
    if not -rank <= axis < rank:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
    axis %= rank
    counts, size = vector(times), x._array.shape[axis]
    if len(counts) == 1:
        if counts[0] < 0:
            raise invalid(
                "Tile",
                f"Expected multiples[{axis + 1}] >= 0, but got {counts[0]}",
                summary=f"repeat: a negative count, {counts[0]}",
                name=None,
            )
        counts *= size
    if len(counts) != size:
        raise ValueError(f"Dimensions {size} and {len(counts)} are not compatible")
    at = np.repeat(np.arange(size), np.maximum(np.array(counts, np.int64), 0))
    return take(x, wrap(module_of(x._array).asarray(at)), axis=axis)


def _refuse_uint16(x: Tensor, rank: int) -> None:
    """The one dtype that TensorFlow's kernel does not repeat."""
    if x.dtype is uint16:
        raise explain(
            UnimplementedError(
                f"TileOp : The input data type is not supported, DataType : uint16, Dimension : {rank} [Op:Tile]"
            ),
            operands=[("input", x)],
            hint="cast it first: cast(x, int32)",
        )


@primitive(lambda g, y, x, pads, value: g[_inside(pads, x._array.shape)])
def _pad(xp, x, pads, value):
    shape = tuple(n + before + after for n, (before, after) in zip(x.shape, pads))
    result = xp.full(shape, value, x.dtype)
    result[_inside(pads, x.shape)] = x
    return result


def _inside(pads: tuple[tuple[int, int], ...], shape: tuple[int, ...]) -> tuple[Any, ...]:
    return (*(slice(before, before + n) for (before, _), n in zip(pads, shape)), ...)


@op(
    "pad",
    samples=lambda s: [
        s.call(s(2, 3), [[1, 0], [0, 2]]),
        s.call(s(2), [[1, 1]], constant_values=2.0),
        s.call(s(3, 2), [[2, 1], [0, 1]], "REFLECT"),
        s.call(s(3), [[2, 3]], "SYMMETRIC"),
    ],
)
def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0, name: str | None = None
) -> Tensor:
    """The tensor with `paddings[i] = [before, after]` entries more on axis i.

    mode: "CONSTANT" fills with `constant_values`, "REFLECT" mirrors without the border entry, and "SYMMETRIC"
    with it.

    constant_values: a number: what "CONSTANT" pads with.
    Raises ValueError for another mode.

    >>> pad([1, 2, 3], [[2, 2]], "REFLECT")
    <tf.Tensor: shape=(7,), dtype=int32, numpy=array([3, 2, 1, 2, 3, 2, 1], dtype=int32)>
    """
    kind = mode.upper()
    if kind not in ("CONSTANT", "REFLECT", "SYMMETRIC"):
        raise ValueError(
            'Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". '
            f"Received `mode` = {mode}"
        )
    x, widths = as_tensor(tensor), as_tensor(paddings)
    if not widths.dtype.is_integer:  # of an empty list, say; a list of large ints stays int64
        widths = integers("Pad", paddings, "paddings", "Tpaddings")
    check_dtype("Pad", widths, SIZES, SIZES, "paddings", "Tpaddings")
    last = tail(tensor, paddings)
    if kind == "CONSTANT":
        value = as_tensor(constant_values, x.dtype) if constant_values else None
        pads = _read_pads("PadV2" if constant_values else "Pad", x, widths, last)
        plain = b"" if x.dtype is string else 0
        return _pad(x, pads=pads, value=plain if value is None else value.numpy())
    pads = _read_pads("MirrorPad", x, widths, last)
    for axis, (before, after) in enumerate(pads):
        _check_mirror(x, axis, before, after, kind == "REFLECT", last)
        if before or after:
            size = x._array.shape[axis]
            numpy_mode: Any = kind.lower()
            at = np.pad(np.arange(size), (before, after), numpy_mode)
            x = take(x, wrap(module_of(x._array).asarray(at)), axis=axis)
    return x


def _read_pads(kernel: str, x: Tensor, widths: Tensor, last: str | None) -> tuple[tuple[int, int], ...]:
    shape, rank = widths._array.shape, x._array.ndim
    if len(shape) != 2 or shape[1] != 2:
        raise invalid(
            kernel,
            f"paddings must be a matrix with 2 columns: {bracketed(shape)}",
            summary=f"pad: paddings has shape {shape}: write a pair [before, after] for each axis",
            name=last,
        )
    if shape[0] != rank:
        separator = ", " if kernel == "MirrorPad" else " "
        raise invalid(
            kernel,
            f"The first dimension of paddings must be the rank of inputs{bracketed(shape)}{separator}"
            f"{bracketed(x._array.shape)}",
            summary=f"pad: {shape[0]} pairs of paddings for a tensor of rank {rank}",
            operands=[("tensor", x)],
            name=last,
        )
    pads = tuple((int(before), int(after)) for before, after in widths.numpy())
    for before, after in pads:
        if before < 0 or after < 0:
            start = "paddings" if kernel == "MirrorPad" else "Paddings"
            raise invalid(kernel, f"{start} must be non-negative: {before} {after}", name=last)
    return pads


def _check_mirror(x: Tensor, axis: int, before: int, after: int, reflect: bool, last: str | None) -> None:
    size = x._array.shape[axis]
    if max(before, after) > size - reflect:
        rule = f"less than the dimension size: {before}, {after} not less than {size}"
        if not reflect:
            rule = f"no greater than the dimension size: {before}, {after} greater than {size}"
        raise invalid(
            "MirrorPad",
            f"paddings must be {rule}",
            summary=f"pad: axis {axis} of size {size} is too short to be mirrored by {max(before, after)}",
            operands=[("tensor", x)],
            name=last,
        )
