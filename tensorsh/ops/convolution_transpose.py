"""Transposed convolutions: what a convolution passes back to its input, as ops of their own."""

from __future__ import annotations

from typing import Any

from ..runtime.errors import invalid
from ..runtime.tensor import Tensor, as_tensor
from .convolution import check_ranks, operands, to_input
from .registry import op
from .rules import ints
from .windows import channels_last, channels_second, sequence, slide, spatial


def _transposed(
    kernel: str,
    input: Any,
    filters: Any,
    axes: int,
    output_shape: Any,
    strides: Any,
    padding: Any,
    channels_first: bool,
    dilations: Any,
) -> Tensor:
    """What a convolution of a tensor of `output_shape` by `filters` would pass back to it from `input`."""
    g, w = operands("Conv2D" if axes < 3 else "Conv3D", input, filters)
    check_ranks(kernel, g, w, axes)
    steps = spatial(kernel, sequence(strides, axes, "strides"), axes, channels_first)
    rates = spatial(kernel, sequence(dilations, axes, "dilations"), axes, channels_first, "dilation rates")
    if channels_first:
        g = channels_last(g)
    shape = ints(output_shape)
    if len(shape) == axes + 2:
        channels = shape[1] if channels_first else shape[-1]
        sizes = shape[2:] if channels_first else shape[1:-1]
    elif len(shape) == axes:
        channels, sizes = w._array.shape[-2], shape
    else:
        raise ValueError(
            f"output_shape should be of length {axes} or {axes + 2}. Received: output_shape={output_shape} of length "
            f"{len(shape)}"
        )
    shown = [("input", g), ("filters", w)]
    if g._array.shape[-1] != w._array.shape[-1]:
        raise invalid(
            kernel,
            "Conv2DCustomBackpropInput: filter and out_backprop must have the same out_depth",
            f"{kernel}: {g._array.shape[-1]} channels and filters for {w._array.shape[-1]}",
            shown,
            "the filters of a transposed convolution are (height, width, output channels, input channels)",
        )
    if channels != w._array.shape[-2]:
        raise invalid(
            kernel,
            "Gradients for grouped convolutions are not supported on CPU. Please file a feature request if you run "
            f"into this issue. Computed input depth {channels} doesn't match filter input depth {w._array.shape[-2]}",
            f"{kernel}: output_shape asks for {channels} channels, and the filters make {w._array.shape[-2]}",
            shown,
        )
    shape = [g._array.shape[0], *sizes, channels]
    window = slide(kernel, g, w._array.shape[:axes], steps, rates, padding, sizes, channels_first, axes == 2)
    computed = window.outputs(sizes)
    for i, (actual, wanted) in enumerate(zip(g._array.shape[1:-1], computed)):
        if actual != wanted:
            raise invalid(
                kernel,
                f"Conv2DCustomBackpropInput: Size of out_backprop doesn't match computed: actual = {actual}, computed "
                f"= {wanted} spatial_dim: {i + 1} input: {sizes[i]} filter: {window.shape[i]} output: {actual} stride: "
                f"{steps[i]} dilation: {rates[i]}",
                f"{kernel}: a convolution of {sizes[i]} entries has {wanted} outputs, and the input has {actual}",
                shown,
            )
    y = to_input(g, w, shape=tuple(shape), window=window)
    return channels_second(y) if channels_first else y


def _transpose_samples(s: Any) -> Any:
    yield s.call(s(1, 2, 2, 2), s(3, 3, 1, 2), [1, 4, 4, 1], 2)
    yield s.call(s(1, 2, 2, 1), s(2, 2, 2, 1), [1, 3, 3, 2], 1, "VALID")


@op("nn.conv2d_transpose", samples=_transpose_samples)
def conv2d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of `conv2d`: spreads each entry over a window of the output.

    filters: (height, width, output channels, input channels). output_shape: of the whole result, or its (height,
    width). It is the gradient of `conv2d` with regard to its input.
    input: (batch, height, width, channels).

    >>> conv2d_transpose(ones([1, 1, 1, 1]), ones([1, 2, 1, 1]), [1, 1, 2, 1], [1, 2])
    <tf.Tensor: shape=(1, 1, 2, 1), dtype=float32, numpy=
    array([[[[1.],
             [1.]]]], dtype=float32)>
    """
    first = data_format == "NCHW"
    return _transposed("Conv2DBackpropInput", input, filters, 2, output_shape, strides, padding, first, dilations)


@op("nn.conv1d_transpose", samples=lambda s: [s.call(s(1, 3, 2), s(3, 1, 2), [1, 6, 1], 2)])
def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of `conv1d`: input (batch, width, channels), filters (width, output, input).

    input: (batch, width, channels). filters: (width, channels out, channels in).

    >>> conv1d_transpose(ones([1, 1, 1]), ones([2, 1, 1]), [1, 2, 1], 2)
    <tf.Tensor: shape=(1, 2, 1), dtype=float32, numpy=
    array([[[1.],
            [1.]]], dtype=float32)>
    """
    first = data_format == "NCW"
    return _transposed("Conv2DBackpropInput", input, filters, 1, output_shape, strides, padding, first, dilations)


@op("nn.conv3d_transpose", samples=lambda s: [s.call(s(1, 2, 1, 2, 1), s(2, 2, 2, 2, 1), [1, 4, 2, 4, 2], 2)])
def conv3d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str = "NDHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of `conv3d`: filters (depth, height, width, output, input).

    input: (batch, depth, height, width, channels). filters: (depth, height, width, channels out, channels in).

    >>> conv3d_transpose(ones([1, 1, 1, 1, 1]), ones([2, 1, 1, 1, 1]), [1, 2, 1, 1, 1], 2).shape
    TensorShape([1, 2, 1, 1, 1])
    """
    first = data_format == "NCDHW"
    return _transposed("Conv3DBackpropInputV2", input, filters, 3, output_shape, strides, padding, first, dilations)


@op("nn.conv_transpose", samples=lambda s: [s.call(s(1, 2, 2), s(2, 1, 2), [1, 4, 1], 2)])
def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transposed convolution over as many axes as `filters` has but two.

    input: (batch, *spatial, channels). filters: (*spatial, channels out, channels in).

    >>> conv_transpose(ones([1, 1, 1]), ones([2, 1, 1]), [1, 2, 1], 2).shape
    TensorShape([1, 2, 1])
    """
    w = as_tensor(filters)
    axes = w._array.ndim - 2
    kernel = "Conv3DBackpropInputV2" if axes == 3 else "Conv2DBackpropInput"
    first = data_format is not None and data_format.startswith("NC")
    return _transposed(kernel, input, w, axes, output_shape, strides, padding, first, dilations)


@op("nn.atrous_conv2d_transpose", samples=lambda s: [s.call(s(1, 3, 3, 1), s(2, 2, 1, 1), [1, 3, 3, 1], 2, "SAME")])
def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: Any, padding: Any, name: str | None = None
) -> Tensor:
    """`conv2d_transpose` with stride 1 and dilation `rate`.

    value: (batch, height, width, channels). filters: (height, width, channels out, channels in). rate: an int, at least
    1: the distance of neighbouring entries of the kernel.

    >>> atrous_conv2d_transpose(ones([1, 1, 1, 1]), ones([2, 2, 1, 1]), [1, 3, 3, 1], 2, "VALID").shape
    TensorShape([1, 3, 3, 1])
    """
    return conv2d_transpose(value, filters, output_shape, 1, padding, dilations=rate)
