"""Convolutions over one, two or three axes, plain, dilated and grouped; `depthwise` and `convolution_transpose` rest on
them.

TensorFlow's CPU kernels lack some gradients (dilated, grouped) and formats (NCHW); here they work.
"""

from __future__ import annotations

from math import prod
from typing import Any

from ..runtime.dtypes import HALF_FIRST, bfloat16, float16, float32, float64, int32
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .convolution_kernels import convolve
from .registry import op, ops
from .rules import check_dtype, mismatch
from .windows import channels_come_second, channels_last, channels_second, sequence, slide, spatial

_CONV2D = (float16, bfloat16, float32, float64, int32)


def _samples2d(s: Any) -> Any:
    yield s.call(s(1, 3, 4, 2), s(2, 2, 2, 2), 1, "SAME")
    yield s.call(s(2, 5, 4, 1), s(2, 3, 1, 2), [2, 1], "VALID")
    yield s.call(s(1, 5, 5, 4), s(2, 2, 2, 2), 2, [[0, 0], [1, 0], [0, 1], [0, 0]])
    yield s.call(s(1, 5, 5, 1), s(2, 2, 1, 1), 1, "SAME", dilations=2)


@op("nn.conv2d", samples=_samples2d)
def conv2d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Filters slid over images: (batch, height, width, channels) becomes (batch, height', width', filters).

    filters: (height, width, channels / groups, filters). strides, dilations: an int, or one for each axis. padding:
    "VALID" for none, "SAME" for as many zeros as keep the size (for stride 1), or pairs for each axis of the input.
    data_format: "NCHW" has the channels second. Raises InvalidArgumentError if the shapes do not fit.
    input: (batch, height, width, channels).

    >>> conv2d(ones([1, 2, 2, 1]), ones([2, 2, 1, 1]), 1, "VALID")
    <tf.Tensor: shape=(1, 1, 1, 1), dtype=float32, numpy=array([[[[4.]]]], dtype=float32)>
    """
    first = channels_come_second("Conv2D", data_format, 2)
    return _convolution("Conv2D", input, filters, 2, strides, padding, first, dilations)


@op(
    "nn.conv1d",
    samples=lambda s: [s.call(s(2, 5, 2), s(3, 2, 2), 1, "SAME"), s.call(s(1, 5, 2), s(2, 2, 1), 2, "VALID")],
)
def conv1d(
    input: Any,
    filters: Any,
    stride: Any,
    padding: Any,
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Filters slid along sequences: (batch, width, channels) and (width, channels, filters); otherwise as `conv2d`.

    input: (batch, width, channels). filters: (width, channels in, channels out). padding: "VALID" or "SAME".

    >>> conv1d([[[1.], [2.], [3.]]], [[[1.]], [[1.]]], 1, "VALID")
    <tf.Tensor: shape=(1, 2, 1), dtype=float32, numpy=
    array([[[3.],
            [5.]]], dtype=float32)>
    """
    first = channels_come_second("Conv2D", data_format, 1)
    x, w = operands("Conv2D", input, filters)
    step = sequence(stride, 1, "stride")
    rate = sequence(dilations, 1, "dilations")
    x = ops.expand_dims(x, -2 if first else -3)
    y = _convolution("Conv2D", x, ops.expand_dims(w, 0), 2, [1, *step], padding, first, [1, *rate], explicit=False)
    return ops.squeeze(y, [-2 if first else -3])


@op("nn.conv3d", samples=lambda s: [s.call(s(1, 2, 3, 2, 1), s(2, 2, 2, 1, 2), [1, 1, 2, 1, 1], "SAME")])
def conv3d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NDHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Filters slid over volumes: (batch, depth, height, width, channels); `strides` is a list of 5.

    input: (batch, depth, height, width, channels). filters: (depth, height, width, channels in, channels out).

    >>> conv3d(ones([1, 2, 2, 2, 1]), ones([2, 2, 2, 1, 1]), [1, 1, 1, 1, 1], "VALID")
    <tf.Tensor: shape=(1, 1, 1, 1, 1), dtype=float32, numpy=array([[[[[8.]]]]], dtype=float32)>
    """
    check_list("conv3d", "strides", strides)
    first = channels_come_second("Conv3D", data_format, 3)
    return _convolution("Conv3D", input, filters, 3, strides, padding, first, dilations)


@op(
    "nn.convolution",
    samples=lambda s: [s.call(s(1, 4, 2), s(2, 2, 2)), s.call(s(1, 4, 4, 1), s(2, 2, 1, 1), 2, "SAME")],
)
def convolution(
    input: Any,
    filters: Any,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """A convolution over as many axes as `filters` has but two: `conv1d`, `conv2d` or `conv3d`.

    input: (batch, *spatial, channels).
    Raises ValueError for more than 3 spatial axes.

    >>> convolution(ones([1, 4, 1]), ones([2, 1, 1])).shape
    TensorShape([1, 3, 1])
    """
    x, w = as_tensor(input), as_tensor(filters, hint=as_tensor(input).dtype)
    axes = w._array.ndim - 2
    if axes not in (1, 2, 3):
        raise explain(
            ValueError(f"`num_spatial_dims` must be 1, 2, or 3. Received: num_spatial_dims={axes}."),
            f"convolution: filters must have rank 3, 4 or 5, not {axes + 2}",
            [("filters", w)],
        )
    if axes == 1:
        return conv1d(x, w, strides or 1, padding, data_format or "NWC", dilations)
    kernel = "Conv2D" if axes == 2 else "Conv3D"
    first = channels_come_second(kernel, data_format, axes)
    return _convolution(kernel, x, w, axes, strides, padding, first, dilations, explicit=False)


@op("nn.atrous_conv2d", samples=lambda s: [s.call(s(1, 5, 5, 1), s(2, 2, 1, 2), 2, "SAME")])
def atrous_conv2d(value: Any, filters: Any, rate: Any, padding: Any, name: str | None = None) -> Tensor:
    """`conv2d` with stride 1 and dilation `rate`.

    value: (batch, height, width, channels). rate: an int, at least 1: the distance of neighbouring entries of the
    kernel.

    >>> atrous_conv2d(ones([1, 3, 3, 1]), ones([2, 2, 1, 1]), 2, "VALID")
    <tf.Tensor: shape=(1, 1, 1, 1), dtype=float32, numpy=array([[[[4.]]]], dtype=float32)>
    """
    return conv2d(value, filters, 1, padding, dilations=rate)


def _convolution(
    kernel: str,
    input: Any,
    filters: Any,
    axes: int,
    strides: Any,
    padding: Any,
    channels_first: bool,
    dilations: Any,
    explicit: bool = True,
) -> Tensor:
    """A convolution over `axes` axes; further leading axes of the input are batch axes."""
    steps, rates = sequence(strides, axes, "strides"), sequence(dilations, axes, "dilations")
    x, w = operands(kernel, input, filters)
    check_ranks(kernel, x, w, axes)
    steps = spatial(kernel, steps, axes, channels_first)
    rates = spatial(kernel, rates, axes, channels_first, "dilation rates")
    for what, given in (("strides", steps), ("dilated rates", rates)):
        if min(given) < 1:
            raise invalid(
                kernel,
                f"Row and column {what} should be larger than 0.",
                f"{kernel}: {what} must be positive, not {list(given)}",
            )
    batch = x._array.shape[: -axes - 1]
    if len(batch) != 1:
        x = ops.reshape(x, [prod(batch), *x._array.shape[-axes - 1 :]])
    if channels_first:
        x = channels_last(x)
    _check_depths(kernel, x, w)
    window = slide(kernel, x, w._array.shape[:axes], steps, rates, padding, None, channels_first, explicit)
    y = convolve(x, w, window=window)
    if channels_first:
        y = channels_second(y)
    return y if len(batch) == 1 else ops.reshape(y, [*batch, *y._array.shape[1:]])


def operands(
    kernel: str, first: Any, second: Any, i: int = 1, names: tuple[str, str] = ("input", "filters")
) -> tuple[Tensor, Tensor]:
    """Input and filters as tensors of one dtype that convolutions take; `i` is the position of the second."""
    if is_tensor(second) and not is_tensor(first):
        first = as_tensor(first, as_tensor(second).dtype)
    a = as_tensor(first)
    b = as_tensor(second) if is_tensor(second) else as_tensor(second, a.dtype)
    listed = _CONV2D if kernel.startswith("Conv2D") else HALF_FIRST
    check_dtype(kernel, a, listed, listed, names[0])
    if a._array.dtype != b._array.dtype:
        raise mismatch(kernel, i, a, b, names)
    return a, b


def check_ranks(kernel: str, x: Tensor, w: Tensor, axes: int, name: str | None = "") -> None:
    """Raise the kernel's error unless both have two axes more than the window; plain convolutions take more batches."""
    rank = axes + 2
    for i, (what, t) in enumerate((("input", x), ("filters", w))):
        found = t._array.ndim
        if found != rank and not (found > rank and t is x and kernel in ("Conv2D", "Conv3D")):
            raise invalid(
                kernel,
                _RANKS[kernel][i].format(shape=bracketed(t._array.shape), rank=found),
                f"{kernel}: {what} must have rank {rank}, and has {found}",
                [("input", x), ("filters", w)],
                "add a batch axis: expand_dims(x, 0)" if t is x and found == rank - 1 else None,
                name,
            )


#: How kernels say that the input or the filters have another rank.
_RANKS = {
    "Conv2D": (
        "convolution input must be 4-dimensional: {shape}",
        "convolution filter must be 4-dimensional: {shape}",
    ),
    "Conv2DBackpropInput": (
        "input_sizes must be 4-dimensional, got: {rank}",
        "Conv2DCustomBackpropInput: filter must be 4-dimensional",
    ),
    "Conv3D": ("input must be 5-dimensional", "filter must be 5-dimensional"),
    "Conv3DBackpropInputV2": (
        "out_backprop tensor must have 5 dimensions",
        "filter_sizes tensor must have 5 dimensions",
    ),
    "DepthwiseConv2dNative": ("input must be 4-dimensional{shape}", "filter must be 4-dimensional: {shape}"),
}


def _check_depths(kernel: str, x: Tensor, w: Tensor) -> None:
    channels, depth, filters = x._array.shape[-1], w._array.shape[-2], w._array.shape[-1]
    summary = f"{kernel}: {channels} channels do not fit filters of {depth}"
    if not depth:
        message = (
            "filter depth must be stricly positive, got 0" if kernel == "Conv2D" else "filter_depth must be non-zero"
        )
    elif channels % depth:
        word = "input" if kernel == "Conv2D" else "Input"
        message = f"{word} depth must be evenly divisible by filter depth: {channels} vs {depth}"
    elif filters % (channels // depth or 1):
        message = f"output depth must be evenly divisible by number of groups: {filters} vs {channels // depth}"
        summary = f"{kernel}: {filters} filters cannot be shared among {channels // depth} groups of channels"
    elif 0 in w._array.shape[: -1 if kernel == "Conv2D" else None]:
        message = "filter must not have zero elements (i.e. all dimensions must be non-zero)"
        summary = f"{kernel}: filters of shape {w._array.shape} are empty"
    else:
        return
    raise invalid(kernel, message, summary, [("input", x), ("filters", w)])


def check_list(function: str, name: str, value: Any) -> None:
    if not isinstance(value, (list, tuple)):
        raise explain(
            TypeError(f"Expected list for '{name}' argument to '{function}' Op, not {value}."),
            hint=f"write a list with one entry for each axis of the input: {name}=[1, ..., 1]",
        )
