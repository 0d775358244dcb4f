"""Ops that move entries about: reverse, roll, reverse_sequence, and blocks of space into depth or batch and
back."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..runtime.backend import module_of
from ..runtime.dtypes import int32
from ..runtime.errors import InvalidArgumentError, bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor, wrap
from .arguments import integers, tail, vector
from .creation import host_constant
from .kernels import no_kernel
from .registry import op, ops, primitive
from .rows import take


@primitive(lambda g, y, x, key: _reverse(g, key=key))
def _reverse(xp, x, key):
    return x[key]


@op("reverse", samples=lambda s: [s.call(s(2, 3), [0, 1]), s.call(s(2, 3), [-1])])
def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """The tensor with the order of its entries reversed along each axis that the list `axis` names.

    Raises InvalidArgumentError for an axis that is out of range or named twice.

    >>> reverse([[1, 2], [3, 4]], [0])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[3, 4],
           [1, 2]], dtype=int32)>
    """
    x, axes = as_tensor(tensor), integers("ReverseV2", axis, "axis", "Tidx")
    rank, last = x._array.ndim, tail(tensor, axis)
    if not rank:
        return x  # whatever the axes are
    if axes._array.ndim != 1:
        message = f"'dims' must be 1-dimension, not {axes._array.ndim}"
        raise invalid("ReverseV2", message, hint="write the axes as a list", name=last)
    key = [slice(None)] * rank
    for i, a in enumerate(vector(axes)):
        if not -rank <= a < rank:
            raise invalid(
                "ReverseV2",
                f"'axis'[{i}] = {a} is out of valid range [0, {rank - 1}",
                summary=f"reverse: axis {a} is out of range for a tensor of rank {rank}",
                operands=[("tensor", x)],
                name=last,
            )
        if key[a].step == -1:
            raise invalid("ReverseV2", f"axis {a % rank} specified more than once.", name=last)
        key[a] = slice(None, None, -1)
    return _reverse(x, key=(*key, ...))


@primitive(lambda g, y, x, shift, axis: _roll(g, shift=tuple(-n for n in shift), axis=axis))
def _roll(xp, x, shift, axis):
    return xp.roll(x, shift, axis)


@op("roll", samples=lambda s: [s.call(s(3), 1, 0), s.call(s(2, 3), [1, -1], [0, 1])])
def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Tensor:
    """The tensor with its entries moved on by `shift` places along `axis`; what leaves comes back at the
    start.

    input: a tensor of rank 1 or more. shift, axis: an int each, or lists of the same length. Raises
    InvalidArgumentError for a scalar, an axis out of range, or unless there are as many shifts as axes.

    >>> roll([1, 2, 3], 1, 0)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([3, 1, 2], dtype=int32)>
    """
    x, last = as_tensor(input), tail(input, shift, axis)
    by, along = integers("Roll", shift, "shift", "Tshift"), integers("Roll", axis, "axis", "Taxis")
    rank = x._array.ndim
    if not rank:
        raise invalid("Roll", "input must be 1-D or higher", operands=[("input", x)], name=last)
    if by._array.shape != along._array.shape:
        raise invalid(
            "Roll",
            "shift and axis must have the same size",
            summary=f"roll: shift has shape {by._array.shape}, but axis {along._array.shape}",
            name=last,
        )
    axes = [a + rank if a < 0 else a for a in vector(along)]
    for a in axes:
        if not 0 <= a < rank:
            raise invalid(
                "Roll",
                f"axis {a} is out of range",
                summary=f"roll: there is no axis {a} in a tensor of rank {rank}",
                operands=[("input", x)],
                name=last,
            )
    return _roll(x, shift=tuple(vector(by)), axis=tuple(axes))


@op("reverse_sequence", samples=lambda s: [s.call(s(2, 3), [2, 3], seq_axis=1)])
def reverse_sequence(
    input: Any, seq_lengths: Any, seq_axis: int | None = None, batch_axis: int | None = None, name: Any = None
) -> Tensor:
    """For entry i of the batch axis, the first `seq_lengths[i]` entries of the sequence axis in reverse
    order.

    batch_axis: 0 if None.

    input: a tensor of rank 2 or more. seq_lengths: int32 or int64 (batch,): how many entries of each row are reversed.
    seq_axis: the axis that they lie on. Raises InvalidArgumentError for a length that is negative or greater than the
    axis, or lengths that are not as many as the batch.

    >>> reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3], seq_axis=1)
    <tf.Tensor: shape=(2, 3), dtype=int32, numpy=
    array([[2, 1, 3],
           [6, 5, 4]], dtype=int32)>
    """
    if seq_axis is None:
        raise TypeError("Expected int for argument 'seq_dim' not None.")
    batch_axis = batch_axis or 0
    x, lengths = as_tensor(input), integers("ReverseSequence", seq_lengths, "seq_lengths", "Tlen")
    shape = x._array.shape
    counts = _sequence_lengths(shape, lengths, seq_axis, batch_axis, tail(input, seq_lengths))
    lead = [batch_axis, seq_axis]
    perm = lead + [a for a in range(len(shape)) if a not in lead]
    moved = ops.transpose(x, perm)
    batch, steps = moved._array.shape[:2]
    place = np.arange(steps)
    at = np.stack([i * steps + np.where(place < n, n - 1 - place, place) for i, n in enumerate(counts)])
    rows = ops.reshape(moved, [batch * steps, *moved._array.shape[2:]])
    back = sorted(range(len(perm)), key=perm.__getitem__)
    return ops.transpose(take(rows, wrap(module_of(x._array).asarray(at)), axis=0), back)


def _sequence_lengths(
    shape: tuple[int, ...], lengths: Tensor, seq_axis: int, batch_axis: int, last: str | None
) -> list[int]:
    def fail(message: str) -> BaseException:
        return invalid("ReverseSequence", message, name=last)

    if lengths._array.ndim != 1:
        raise fail(f"seq_lengths must be 1-dim, not {lengths._array.ndim}")
    if batch_axis == seq_axis:
        raise fail(f"batch_dim == seq_dim == {seq_axis}")
    for arg, axis in (("seq_dim", seq_axis), ("batch_dim", batch_axis)):
        if axis < 0:
            raise fail(f"Invalid {arg} {axis}")
        if axis >= len(shape):
            raise fail(f"{arg} must be < input rank ( {axis} vs. {len(shape)})")
    counts = vector(lengths)
    if len(counts) != shape[batch_axis]:
        raise fail(f"Length of seq_lengths != input.dims({batch_axis}), ({len(counts)} vs. {shape[batch_axis]})")
    for i, n in enumerate(counts):
        if n < 0:
            raise fail(f"seq_lens({i}) < 0")
        if n > shape[seq_axis]:
            raise fail(f"seq_lens({i}) > input.dims({seq_axis})")
    return counts


@op("nn.space_to_depth", samples=lambda s: [s.call(s(1, 2, 4, 2), 2)])
def space_to_depth(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Tensor:
    """Blocks of `block_size` x `block_size` pixels as the channels of one pixel.

    input: (batch, height, width, channels); the result is (batch, height / b, width / b, channels * b * b).
    Raises InvalidArgumentError unless height and width are multiples of block_size.

    >>> space_to_depth(reshape(arange(4), [1, 2, 2, 1]), 2)
    <tf.Tensor: shape=(1, 1, 1, 4), dtype=int32, numpy=array([[[[0, 1, 2, 3]]]], dtype=int32)>
    """
    x, b = as_tensor(input), block_size
    _check_image("SpaceToDepth", x, b, data_format)
    n, h, w, c = x._array.shape
    if h % b or w % b:
        raise invalid(
            "SpaceToDepth",
            f"Image width {w} and height {h} should be divisible by block_size: {b}",
            summary=f"space_to_depth: {h} x {w} pixels do not divide into blocks of {b}",
            operands=[("input", x)],
        )
    cut = ops.transpose(ops.reshape(x, [n, h // b, b, w // b, b, c]), [0, 1, 3, 2, 4, 5])
    return ops.reshape(cut, [n, h // b, w // b, b * b * c])


@op("nn.depth_to_space", samples=lambda s: [s.call(s(1, 1, 2, 8), 2)])
def depth_to_space(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Tensor:
    """The channels of each pixel as a block of `block_size` x `block_size` pixels: undoes `space_to_depth`.

    input: (batch, height, width, channels).
    Raises InvalidArgumentError unless the channels are a multiple of block_size ** 2.

    >>> depth_to_space(reshape(arange(4), [1, 1, 1, 4]), 2)[0, :, :, 0]
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[0, 1],
           [2, 3]], dtype=int32)>
    """
    x, b = as_tensor(input), block_size
    _check_image("DepthToSpace", x, b, data_format)
    n, h, w, c = x._array.shape
    if c % (b * b):
        raise invalid(
            "DepthToSpace",
            f"Input depth dimension {c} should be divisible by: {b * b}",
            summary=f"depth_to_space: {c} channels do not fill blocks of {b} x {b} pixels",
            operands=[("input", x)],
        )
    cut = ops.transpose(ops.reshape(x, [n, h, w, b, b, c // (b * b)]), [0, 1, 3, 2, 4, 5])
    return ops.reshape(cut, [n, h * b, w * b, c // (b * b)])


_FORMATS = ("NHWC", "NCHW", "NCHW_VECT_C")


def _check_image(kernel: str, x: Tensor, block_size: int, data_format: str) -> None:
    if data_format not in _FORMATS:
        listed = ", ".join(f'"{f}"' for f in _FORMATS)
        raise InvalidArgumentError(
            f"Value for attr 'data_format' of \"{data_format}\" is not in the list of allowed values: {listed}"
        )
    if block_size < 2:
        raise InvalidArgumentError(f"Value for attr 'block_size' of {block_size} must be at least minimum 2")
    if data_format != "NHWC":
        attributes = {"T": x.dtype, "block_size": block_size, "data_format": data_format}
        raise explain(
            no_kernel(kernel, kernel, attributes, [("input", x)]),
            hint="transpose it to NHWC: on a CPU only that is there",
        )
    if x._array.ndim != 4:
        colon = ":" if kernel == "DepthToSpace" else ""
        message = f"Input rank should be{colon} 4 instead of{colon} {x._array.ndim}"
        raise invalid(kernel, message, operands=[("input", x)])


@op("space_to_batch_nd", samples=lambda s: [s.call(s(1, 4, 2), [2], [[1, 1]])])
def space_to_batch_nd(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Tensor:
    """Blocks of space as entries of the batch: the spatial axes are padded, cut into blocks, and dealt to
    the batch.

    input: (batch, *spatial, ...); block_shape: a size for each spatial axis; paddings: a pair for each.
    Raises InvalidArgumentError unless the padded sizes are multiples of the block's.

    >>> space_to_batch_nd(reshape(arange(4), [1, 4, 1]), [2], [[0, 0]])[..., 0]
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[0, 2],
           [1, 3]], dtype=int32)>
    """
    last = tail(input, block_shape, paddings)
    x, blocks, pads = _blocks("SpaceToBatchND", input, block_shape, paddings, "paddings", "Paddings", last)
    padded = ops.pad(x, [[0, 0], *pads, *([0, 0] for _ in range(x._array.ndim - 1 - len(blocks)))])
    batch, *sizes = padded._array.shape
    m = len(blocks)
    for i, (n, b) in enumerate(zip(sizes, blocks)):
        if n % b:
            raise invalid(
                "SpaceToBatchND",
                f"padded_shape[{i}]={n} is not divisible by block_shape[{i}]={b}",
                summary=f"space_to_batch_nd: {n} entries do not divide into blocks of {b}",
                name=last,
            )
    cut = [part for n, b in zip(sizes, blocks) for part in (n // b, b)]
    order = [2 * i + 2 for i in range(m)] + [0] + [2 * i + 1 for i in range(m)]
    rest = list(range(2 * m + 1, 2 * m + 1 + len(sizes) - m))
    moved = ops.transpose(ops.reshape(padded, [batch, *cut, *sizes[m:]]), order + rest)
    shape = [batch * prod(blocks), *(n // b for n, b in zip(sizes, blocks)), *sizes[m:]]
    return ops.reshape(moved, shape)


@op("space_to_batch nn.space_to_batch", samples=lambda s: [s.call(s(1, 2, 2, 1), [2, 2], [[0, 0], [0, 0]])])
def space_to_batch(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Tensor:
    """As `space_to_batch_nd`.

    input: (batch, *spatial, ...).

    >>> space_to_batch(reshape(arange(4), [1, 2, 2, 1]), [2, 1], [[0, 0], [0, 0]])[:, 0, :, 0]
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[0, 1],
           [2, 3]], dtype=int32)>
    """
    return space_to_batch_nd(input, block_shape, paddings)


@op("batch_to_space", samples=lambda s: [s.call(s(4, 1, 2, 1), [2, 2], [[0, 0], [1, 0]])])
def batch_to_space(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Tensor:
    """Entries of the batch as blocks of space, cropped by `crops`: undoes `space_to_batch_nd`.

    crops: int (spatial axes, 2): how much is cut off before and after.
    input: (batch, *spatial, ...).
    Raises InvalidArgumentError unless the batch is a multiple of the block's size, or for crops that leave less than
    nothing.

    >>> batch_to_space(reshape(arange(4), [2, 2, 1]), [2], [[0, 0]])[..., 0]
    <tf.Tensor: shape=(1, 4), dtype=int32, numpy=array([[0, 2, 1, 3]], dtype=int32)>
    """
    last = tail(input, block_shape, crops)
    if isinstance(block_shape, int):
        block_shape = np.array([block_shape, block_shape], np.int64)
    x, blocks, cropped = _blocks("BatchToSpaceND", input, block_shape, crops, "crops", "Crops", last)
    batch, *sizes = x._array.shape
    m, count = len(blocks), prod(blocks)
    if batch % count:
        raise invalid(
            "BatchToSpaceND",
            f"Input batch dimension ({batch}) is not divisible by product of block sizes ({count})",
            summary=f"batch_to_space: {batch} entries do not divide into blocks of {count}",
            operands=[("input", x)],
            name=last,
        )
    order = [m] + [part for i in range(m) for part in (m + 1 + i, i)]
    rest = list(range(2 * m + 1, 2 * m + 1 + len(sizes) - m))
    moved = ops.transpose(ops.reshape(x, [*blocks, batch // count, *sizes]), order + rest)
    whole = [n * b for n, b in zip(sizes, blocks)]
    spread = ops.reshape(moved, [batch // count, *whole, *sizes[m:]])
    key: list[slice] = [slice(None)]
    for i, (n, (before, after)) in enumerate(zip(whole, cropped)):
        if n - before - after < 0:
            raise invalid("BatchToSpaceND", f"cropped_shape[{i}]={n - before - after} must be non-negative", name=last)
        key.append(slice(before, n - after))
    return spread[tuple(key)]


def _blocks(
    kernel: str, input: Any, block_shape: Any, pads: Any, arg: str, start: str, last: str | None
) -> tuple[Tensor, list[int], list[list[int]]]:
    """The input, its block sizes and its paddings or crops, once they fit together."""
    x, blocks = as_tensor(input), integers(kernel, block_shape, "block_shape", "Tblock_shape")
    pairs = integers(kernel, pads, arg, "T" + arg)
    count = blocks._array.size
    if x._array.ndim < 1 + count:
        raise invalid(kernel, f"input rank should be >= {1 + count} instead of {x._array.ndim}", name=last)
    if pairs._array.shape != (count, 2):
        raise invalid(
            kernel,
            f"{arg} should have shape [{count}, 2] instead of {bracketed(pairs._array.shape)}",
            name=last,
        )
    sizes = vector(blocks)
    for i, b in enumerate(sizes):
        if b < 1:
            raise invalid(
                kernel, f"All values in block_shape must be positive, got value, {b} at index {i}.", name=last
            )
    given = pairs.numpy().tolist()
    if any(n < 0 for pair in given for n in pair):
        raise invalid(kernel, f"{start} must be non-negative", name=last)
    return x, sizes, given


@op("required_space_to_batch_paddings")
def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """(paddings, crops) with which `space_to_batch` and `batch_to_space` take spatial axes of `input_shape`.

    base_paddings: the least paddings, a pair for each axis.
    input_shape: ints, a size for each axis.

    >>> required_space_to_batch_paddings([11], [3])
    (<tf.Tensor: shape=(1, 2), dtype=int32, numpy=array([[0, 1]], dtype=int32)>, \
<tf.Tensor: shape=(1, 2), dtype=int32, numpy=array([[0, 1]], dtype=int32)>)
    """
    sizes, blocks = (vector(as_tensor(v, int32)) for v in (input_shape, block_shape))
    base = [[0, 0]] * len(blocks) if base_paddings is None else as_tensor(base_paddings, int32).numpy().tolist()
    extra = [-(n + before + after) % b for n, b, (before, after) in zip(sizes, blocks, base)]
    paddings: Sequence[Any] = [[before, after + e] for (before, after), e in zip(base, extra)]
    return host_constant(paddings, int32), host_constant([[0, e] for e in extra], int32)


@op("unravel_index")
def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Tensor:
    """Positions in a flattened tensor of shape `dims` as index vectors, one in each column.

    Raises InvalidArgumentError if a position is too large.

    dims: int (rank,): the shape that the indices are of.

    >>> unravel_index([3, 5], [2, 3])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 1],
           [0, 2]], dtype=int32)>
    """
    at = integers("UnravelIndex", indices, "indices", "Tidx")
    sizes, last = vector(as_tensor(dims, at.dtype)), tail(indices, dims)
    if 0 in sizes:
        raise invalid(
            "UnravelIndex",
            f"Input dims cannot contain a dim of zero, but dims contains zero at index {sizes.index(0)}",
            name=last,
        )
    xp = module_of(at._array)
    rest = at._array
    if bool((rest >= prod(sizes)).any()):
        raise invalid(
            "UnravelIndex",
            "index is out of bound as with dims",
            summary=f"unravel_index: a position is out of range for shape {tuple(sizes)}",
            operands=[("indices", at)],
            name=last,
        )
    columns = []
    for i, n in enumerate(sizes):
        inner = prod(sizes[i + 1 :])
        # Rounded towards zero as in C, so that a negative position stays negative.
        quotient = xp.sign(rest) * (xp.absolute(rest) // inner)
        columns.append((xp.sign(quotient) * (xp.absolute(quotient) % n)).astype(rest.dtype) if i else quotient)
    return wrap(xp.stack([xp.asarray(column).astype(rest.dtype) for column in columns]))
