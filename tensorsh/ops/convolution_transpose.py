"""Transposed convolutions: what a convolution passes back to its input, as ops of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..runtime.errors import invalid
from ..runtime.tensor import Tensor
from .convolution import check_ranks, operands
from .convolution_kernels import to_input
from .registry import op, ops
from .rules import ints
from .windows import channels_come_second, channels_last, channels_second, sequence, slide, spatial

_PLANES, _VOLUMES = "Conv2DBackpropInput", "Conv3DBackpropInputV2"
_SPOKEN = {_PLANES: "Conv2DCustomBackpropInput", _VOLUMES: "Conv3DBackpropInputOp"}  # what their messages call them
_FILTERS = "the filters of a transposed convolution are (height, width, output channels, input channels)"


def _transposed(
    kernel: str,
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any,
    channels_first: bool,
    dilations: Any,
    line: bool = False,
) -> Tensor:
    """What a convolution of a tensor of `output_shape` by `filters` would pass back to it from `input`.

    line: whether they are images of one row.
    """
    name = "" if line else None
    axes = 2 if kernel == _PLANES else 3
    w, g = operands(kernel, filters, input, 2, ("filters", "input"))
    check_ranks(kernel, g, w, axes, name)
    steps = spatial(kernel, sequence(strides, axes, "strides"), axes, channels_first, name=name)
    rates = spatial(kernel, sequence(dilations, axes, "dilations"), axes, channels_first, "dilation rates", name)
    if min(steps) < 1:
        row = "Row and column strides should be larger than 0."
        message = row if axes == 2 else f"Stride must be > 0, but got {min(steps)}"
        raise invalid(kernel, message, f"{kernel}: strides must be positive, not {list(steps)}", name=name)
    if channels_first:
        g = channels_last(g)
    shape = ints(output_shape)
    if len(shape) == axes == 2:
        shape = [g._array.shape[0], *shape, w._array.shape[-2]]
    elif len(shape) != axes + 2:
        two = f"{kernel} requires input_sizes to contain 4 values or 2 values, but got: {len(shape)}"
        message = two if axes == 2 else "input tensor must have 5 dimensions"
        summary = f"{kernel}: output_shape must have {axes + 2} entries, not {len(shape)}"
        raise invalid(kernel, message, summary, name=name)
    elif channels_first:
        shape = [shape[0], *shape[2:], shape[1]]
    shown = [("input", g), ("filters", w)]
    for message, summary in _misfits(kernel, g, w, shape[0], shape[-1]):
        raise invalid(kernel, message, f"{kernel}: {summary}", shown, _FILTERS, name)
    sizes = shape[1:-1]
    window = slide(kernel, g, w._array.shape[:axes], steps, rates, padding, sizes, channels_first, not line)
    for i, (actual, wanted) in enumerate(zip(g._array.shape[1:-1], window.outputs(sizes))):
        if actual != wanted:
            raise invalid(
                kernel,
                f"{_SPOKEN[kernel]}: Size of out_backprop doesn't match computed: actual = {actual}, computed "
                f"= {wanted} spatial_dim: {i + 1} input: {sizes[i]} filter: {window.shape[i]} output: "
                f"{actual} stride: {steps[i]} dilation: {rates[i]}",
                f"{kernel}: a convolution of {sizes[i]} entries has {wanted} outputs, and the input has {actual}",
                shown,
                name=name,
            )
    if shape[-1] != w._array.shape[-2]:
        raise invalid(
            kernel,
            "Gradients for grouped convolutions are not supported on CPU. Please file a feature request if you run "
            f"into this issue. Computed input depth {shape[-1]} doesn't match filter input depth {w._array.shape[-2]}",
            f"{kernel}: output_shape asks for {shape[-1]} channels, and the filters make {w._array.shape[-2]}",
            shown,
            name=name,
        )
    y = to_input(g, w, shape=tuple(shape), window=window)
    return channels_second(y) if channels_first else y


def _misfits(kernel: str, g: Tensor, w: Tensor, batch: int, channels: int) -> Iterator[tuple[str, str]]:
    """What TensorFlow says of a batch and of channels that do not go together, each with a summary, in its order."""
    size, given = g._array.shape[0], g._array.shape[-1]
    made, taken = w._array.shape[-2:]
    asked = f"output_shape asks for {channels} channels, and the filters make {made}"
    passed = f"{given} channels and filters for {taken}"
    spoken = _SPOKEN[kernel]
    if kernel == _VOLUMES:
        same = "{0} and filter_sizes must have the same number of channels. Got {1} for {0} and {2} for filter_sizes"
        if channels != made:
            yield same.format("input", channels, made), asked
        if given != taken:
            yield same.format("out_backprop", given, taken), passed
    if batch != size:
        both = f"Input batch: {batch}, outbackprop batch: {size}, batch_dim: 0"
        message = f"{spoken}: input and out_backprop must have the same batch size. {both}"
        yield message, f"output_shape asks for a batch of {batch}, and the input has {size}"
    if not made:
        yield f"{spoken}: filter depth must be strictly greated than zero", asked
    if channels % made:
        yield f"{spoken}: input depth must be evenly divisible by filter depth", asked
    if given != taken:
        yield f"{spoken}: filter and out_backprop must have the same out_depth", passed


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
    first = channels_come_second(_PLANES, data_format, 2)
    return _transposed(_PLANES, input, filters, output_shape, strides, padding, first, dilations)


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
    first = channels_come_second(_PLANES, data_format, 1)
    along, sizes = (2 if first else 1), ints(output_shape)
    step, rate = sequence(strides, 1, "stride"), sequence(dilations, 1, "dilations")
    y = _transposed(
        _PLANES,
        ops.expand_dims(input, along),
        ops.expand_dims(filters, 0),
        [*sizes[:along], 1, *sizes[along:]],
        [1, *step],
        padding,
        first,
        [1, *rate],
        line=True,
    )
    return ops.squeeze(y, [along])


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
    first = channels_come_second(_VOLUMES, data_format, 3)
    return _transposed(_VOLUMES, input, filters, output_shape, strides, padding, first, dilations)


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
    if not hasattr(output_shape, "__len__"):
        raise ValueError(f"`output_shape` must be a tensor or sized collection. Received: output_shape={output_shape}")
    axes = len(output_shape) - 2
    if axes not in (1, 2, 3):
        raise ValueError(
            f"`output_shape` must be of length 3, 4 or 5. Received: output_shape={output_shape} of length {axes + 2}."
        )
    function = (conv1d_transpose, conv2d_transpose, conv3d_transpose)[axes - 1]
    layout = data_format or ("NWC", "NHWC", "NDHWC")[axes - 1]
    return function(input, filters, output_shape, strides, padding, layout, dilations)


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
