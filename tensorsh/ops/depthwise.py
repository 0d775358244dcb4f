"""Convolutions of each channel with filters of its own, and what mixes the channels afterwards."""

from __future__ import annotations

from typing import Any

from ..runtime.errors import explain, invalid
from ..runtime.tensor import Tensor
from .convolution import check_list, check_ranks, conv2d, operands
from .convolution_kernels import convolve
from .registry import op, ops
from .windows import channels_come_second, channels_last, channels_second, sequence, slide, spatial


def _depthwise_samples(s: Any) -> Any:
    yield s.call(s(1, 3, 3, 2), s(2, 2, 2, 2), [1, 1, 1, 1], "SAME")
    yield s.call(s(1, 4, 4, 2), s(2, 2, 2, 1), [1, 2, 2, 1], "VALID")


@op("nn.depthwise_conv2d", samples=_depthwise_samples)
def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Each channel convolved with filters of its own: filters (height, width, channels, multiplier).

    (batch, height, width, channels) becomes (batch, height', width', channels * multiplier). strides: a list of 4.

    filter: (height, width, channels, multiplier).
    input: (batch, height, width, channels).
    Raises InvalidArgumentError for strides that differ, or channels that are not the filter's.

    >>> depthwise_conv2d(ones([1, 2, 2, 1]), ones([2, 2, 1, 2]), [1, 1, 1, 1], "VALID")
    <tf.Tensor: shape=(1, 1, 1, 2), dtype=float32, numpy=array([[[[4., 4.]]]], dtype=float32)>
    """
    kernel = "DepthwiseConv2dNative"
    check_list("depthwise_conv2d_native", "strides", strides)
    first = channels_come_second(kernel, data_format, 2)
    x, w = operands(kernel, input, filter)
    if x._array.ndim < 3:
        message = f"`input.shape.rank` must be at least 3. Received: input.shape={x.shape} with rank {x._array.ndim}"
        raise explain(ValueError(message), operands=[("input", x), ("filter", w)])
    check_ranks(kernel, x, w, 2)
    steps = spatial(kernel, sequence(strides, 2, "strides"), 2, first)
    rates = spatial(kernel, sequence(dilations, 2, "dilations"), 2, first, "dilation rates")
    if steps[0] != steps[1]:
        raise invalid(
            kernel,
            "Current implementation only supports equal length strides in the row and column dimensions.",
            f"depthwise_conv2d: strides must be equal, not {list(steps)}",
        )
    if first:
        x = channels_last(x)
    height, width, channels, multiplier = w._array.shape
    if x._array.shape[-1] != channels:
        raise invalid(
            kernel,
            f"input and filter must have the same depth: {x._array.shape[-1]} vs {channels}",
            f"depthwise_conv2d: {x._array.shape[-1]} channels and filters for {channels}",
            [("input", x), ("filter", w)],
        )
    window = slide(kernel, x, (height, width), steps, rates, padding, channels_first=first)
    y = convolve(x, ops.reshape(w, [height, width, 1, channels * multiplier]), window=window)
    return channels_second(y) if first else y


def _separable_samples(s: Any) -> Any:
    return [s.call(s(1, 3, 3, 2), s(2, 2, 2, 1), s(1, 1, 2, 3), [1, 1, 1, 1], "SAME")]


@op("nn.separable_conv2d", samples=_separable_samples)
def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """`depthwise_conv2d` and then a mix of the channels by `pointwise_filter` (1, 1, channels * multiplier, filters).

    depthwise_filter: (height, width, channels, multiplier). pointwise_filter: (1, 1, channels * multiplier,
    outputs).
    input: (batch, height, width, channels).

    >>> separable_conv2d(ones([1, 2, 2, 1]), ones([2, 2, 1, 2]), ones([1, 1, 2, 1]), [1, 1, 1, 1], "VALID")
    <tf.Tensor: shape=(1, 1, 1, 1), dtype=float32, numpy=array([[[[8.]]]], dtype=float32)>
    """
    y = depthwise_conv2d(input, depthwise_filter, strides, padding, data_format, dilations)
    return conv2d(y, pointwise_filter, 1, "VALID", data_format or "NHWC")
