"""Grayscale dilation and erosion of images by a filter."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.dtypes import ORDERED
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from .arguments import pair_of, tail
from .registry import op, ops
from .windows import Window, borders, places, sequence, slide, spatial


def _samples(s: Any) -> Any:
    yield s.call(s.distinct(1, 3, 3, 2), s(2, 2, 2, within=(0.0, 0.1)), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1])
    yield s.call(s.distinct(1, 4, 4, 1), s(2, 2, 1, within=(0.0, 0.1)), [1, 2, 2, 1], "VALID", "NHWC", [1, 1, 1, 1])


@op("nn.dilation2d", samples=_samples)
def dilation2d(
    input: Any, filters: Any, strides: Any, padding: str, data_format: str, dilations: Any, name: str | None = None
) -> Tensor:
    """The largest input + filter over each window: max over (i, j) of x[y + i, x + j, c] + filters[i, j, c].

    input: (batch, height, width, channels), filters: (rows, columns, channels). strides, dilations: lists of 4.
    Where several places are largest, the gradient goes to the first.
    filters: (height, width, channels).
    Raises ValueError for another data_format than "NHWC", TypeError for strides or dilations that are no list,
    InvalidArgumentError for channels that are not the filters'.

    >>> dilation2d(ones([1, 1, 2, 1]), [[[0.], [5.]]], [1, 1, 1, 1], "VALID", "NHWC", [1, 1, 1, 1])
    <tf.Tensor: shape=(1, 1, 1, 1), dtype=float32, numpy=array([[[[6.]]]], dtype=float32)>
    """
    kernel = "Dilation2D"
    if data_format != "NHWC":
        raise explain(
            ValueError(
                f"`data_format` values other  than 'NHWC' are not supported. Received: data_format={data_format}"
            ),
            hint='write data_format="NHWC"',
        )
    for what, value in (("strides", strides), ("rates", dilations)):
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"Expected list for '{what}' argument to 'dilation2d' Op, not {value!r}.")
    x, f = pair_of(kernel, input, filters, ORDERED, "input")
    for what, t, rank in (("input", x, 4), ("filter", f, 3)):
        if t._array.ndim != rank:
            colon = ": " if t is f else ""
            message = f"{what} must be {rank}-dimensional{colon}{bracketed(t._array.shape)}"
            raise invalid(kernel, message, operands=[(what, t)], name=tail(input, filters))
    if x._array.shape[3] != f._array.shape[2]:
        raise invalid(
            kernel,
            f"input and filter must have the same depth: {x._array.shape[3]} vs {f._array.shape[2]}",
            operands=[("input", x), ("filters", f)],
            name=None,
        )
    steps = spatial(kernel, sequence(strides, 2, "strides"), 2, False)
    rates = spatial(kernel, sequence(dilations, 2, "dilations"), 2, False, "rates")
    window = slide(kernel, x, f._array.shape[:2], steps, rates, padding)
    sums = _window_sums(x, f, window)
    best = ops.argmax(sums, 0)
    chosen = ops.one_hot(best, sums._array.shape[0], True, False, axis=0)
    return ops.reduce_sum(ops.where(chosen, sums, ops.zeros_like(sums)), 0)


def _window_sums(x: Tensor, f: Tensor, window: Window) -> Tensor:
    """(places of the window, batch, height, width, channels): input + filter, the lowest number beyond the borders."""
    sizes = x._array.shape[1:3]
    outputs = window.outputs(sizes)
    padded = ops.pad(x, [[0, 0], *map(list, window.pads), [0, 0]])
    inside = np.pad(np.ones(sizes, bool), window.pads).reshape(1, *borders(sizes, window), 1)
    parts = []
    for (i, j), where in places(window, outputs):
        part = padded[where] + f[i, j]
        parts.append(ops.where(as_tensor(inside[where]), part, ops.zeros_like(part) + x.dtype.min))
    return ops.stack(parts)


@op("nn.erosion2d", samples=_samples)
def erosion2d(
    value: Any, filters: Any, strides: Any, padding: str, data_format: str, dilations: Any, name: str | None = None
) -> Tensor:
    """The smallest input - filter over each window, the filter reversed: the dual of `dilation2d`.

    value: (batch, height, width, channels). filters: (height, width, channels).

    >>> erosion2d(ones([1, 1, 2, 1]), [[[0.], [5.]]], [1, 1, 1, 1], "VALID", "NHWC", [1, 1, 1, 1])
    <tf.Tensor: shape=(1, 1, 1, 1), dtype=float32, numpy=array([[[[-4.]]]], dtype=float32)>
    """
    reversed_filters = ops.reverse(as_tensor(filters), [0, 1])
    return -dilation2d(-as_tensor(value), reversed_filters, strides, padding, data_format, dilations)
