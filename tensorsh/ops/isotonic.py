"""Isotonic regression: the closest monotone sequence."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..runtime.backend import to_host
from ..runtime.dtypes import ORDERED, float32, float64, int8, int16
from ..runtime.tensor import Tensor, as_tensor
from .registry import op, ops, primitive
from .rules import axis_of, check_dtype


class IsotonicRegression(NamedTuple):
    output: Tensor
    segments: Tensor


@op("nn.isotonic_regression", samples=lambda s: [s.call(s.distinct(5)), s.call(s.distinct(2, 4), decreasing=False)])
def isotonic_regression(inputs: Any, decreasing: bool = True, axis: int = -1) -> Any:
    """(output, segments): the monotone sequences along `axis` that are closest to the inputs, in least squares.

    Where the inputs are out of order, the output is the mean of a segment of them; `segments` numbers these. Integers
    are computed as floats. The gradient of a mean is shared by its segment. By pooling adjacent violators (Ayer et al.,
    1955).

    decreasing: whether the result falls, not rises.
    inputs: a tensor of rank 1 or more.

    >>> isotonic_regression([1., 3., 2.]).output
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([2., 2., 2.], dtype=float32)>
    """
    x = as_tensor(inputs)
    check_dtype("IsotonicRegression", x, ORDERED, ORDERED, "inputs")
    if x.dtype.is_integer:
        x = ops.cast(x, float32 if x.dtype in (int8, int16) else float64)
    rank = x._array.ndim
    along = axis_of("IsotonicRegression", axis, rank, x)
    last = along == rank - 1
    order = [*(i for i in range(rank) if i != along), along]
    x = x if last else ops.transpose(x, order)
    segments = _segments(x if decreasing else -x)
    output = _means(x, segments)
    if decreasing and last:
        return IsotonicRegression(output, segments)
    if not last:
        back = [order.index(i) for i in range(rank)]
        output, segments = ops.transpose(output, back), ops.transpose(segments, back)
    return output, segments


@primitive()
def _segments(xp, x):
    """For each row, the segments whose means make a descending sequence: pool adjacent violators, on the host."""
    host = to_host(x).astype(np.float64)
    rows = [_pooled(row) for row in host.reshape(prod(x.shape[:-1]), x.shape[-1]).tolist()]
    return xp.asarray(np.array(rows, np.int32).reshape(x.shape))


def _pooled(row: list[float]) -> list[int]:
    blocks: list[tuple[float, int]] = []  # (sum, count), their means descending
    for value in row:
        total, count = value, 1
        while blocks and blocks[-1][0] * count < total * blocks[-1][1]:
            before, size = blocks.pop()
            total, count = total + before, count + size
        blocks.append((total, count))
    return [i for i, (_, count) in enumerate(blocks) for _ in range(count)]


@primitive(lambda g, y, x, segments: _means(g, segments), None)
def _means(xp, x, segments):
    """Each entry replaced by the mean of its segment."""
    length = x.shape[-1]
    same = segments[..., :, None] == segments[..., None, :]
    share = same / xp.sum(same, axis=-1, keepdims=True)
    return xp.matmul(share, x.astype(np.float64).reshape(*x.shape, 1)).reshape(*x.shape[:-1], length).astype(x.dtype)
