"""`keras.ops`: convolutions, pools, and blocks of images taken apart and put together.

Images are (batch, *sizes, channels), or (batch, channels, *sizes) if `data_format` is "channels_first"; it is the
session's `image_data_format` by default. A stride or dilation is one integer, or one for each axis.
"""

from __future__ import annotations

import math
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..keras.config import layout
from ..registry import ops
from ..windows import channels_last, channels_second
from .dtypes import keras_op


def _each(value: Any, rank: int) -> list[int]:
    return [value] * rank if isinstance(value, int) else list(value)


def _last(function: Any, x: Any, data_format: str | None) -> Tensor:
    """A function of images with channels last, on images of either layout."""
    x = as_tensor(x)
    if layout(data_format) == "channels_last":
        return function(x)
    return channels_second(function(channels_last(x)))


def _check_channels(x: Tensor, given: int, data_format: str) -> None:
    channels = x._array.shape[-1 if data_format == "channels_last" else 1]
    if channels != given:
        raise ValueError(
            "The number of input channels must match the kernel's input channels. "
            f"Received: input channels={channels}, kernel input channels={given}, data_format='{data_format}'."
        )


@keras_op("nn.conv", lambda s: [s.call(s(1, 4, 1), s(2, 1, 1))])
def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """The convolution with a kernel (*sizes, channels, outputs), in 1 to 3 dimensions.

    inputs: (batch, *sizes, channels). kernel: (*sizes, channels, outputs), of the dtype of the inputs. strides: an int,
    or an int for each spatial axis. padding: "valid" or "same". Raises InvalidArgumentError for shapes that do not fit
    each other, ValueError if no window fits into the inputs.

    >>> tf.keras.ops.conv(tf.ones((1, 2, 1)), tf.ones((2, 1, 1)))
    <tf.Tensor: shape=(1, 1, 1), dtype=float32, numpy=array([[[2.]]], dtype=float32)>
    """
    inputs, kernel = as_tensor(inputs), as_tensor(kernel)
    rank = inputs._array.ndim - 2

    def convolve(x: Tensor) -> Tensor:
        return ops.convolution(x, kernel, _each(strides, rank), padding.upper(), dilations=_each(dilation_rate, rank))

    y = _last(convolve, inputs, data_format)
    if not y._array.size and inputs._array.size:
        raise ValueError(
            f"The convolution operation resulted in an empty output. Output shape: {y.shape}. This can happen if the "
            "input is too small for the given kernel size, strides, dilation rate, and padding mode. Please check the "
            "input shape and convolution parameters."
        )
    return y


@keras_op("nn.depthwise_conv", lambda s: [s.call(s(1, 4, 2), s(2, 2, 1)), s.call(s(1, 4, 4, 1), s(2, 2, 1, 2), 2)])
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """Each channel convolved with its own kernels: (*sizes, channels, outputs for each), in 1 or 2 dimensions.

    inputs: (batch, *sizes, channels). kernel: (*sizes, channels, outputs for each), of the dtype of the inputs.
    strides: an int, or an int for each spatial axis. padding: "valid" or "same". Raises ValueError for more than 2
    spatial axes.

    >>> tf.keras.ops.depthwise_conv(tf.ones((1, 2, 2)), tf.ones((2, 2, 1)))
    <tf.Tensor: shape=(1, 1, 2), dtype=float32, numpy=array([[[2., 2.]]], dtype=float32)>
    """
    inputs, kernel = as_tensor(inputs), as_tensor(kernel)
    if inputs._array.ndim > 4:
        raise ValueError(f"`inputs` rank must be 3 (1D conv) or 4 (2D conv). Received: {inputs._array.ndim}.")
    return _depthwise(inputs, kernel, None, strides, padding, data_format, dilation_rate)


@keras_op("nn.separable_conv", lambda s: [s.call(s(1, 4, 2), s(2, 2, 1), s(1, 2, 3))])
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """`depthwise_conv`, and after it a convolution with a kernel of size 1, which mixes the channels.

    inputs: (batch, *sizes, channels). depthwise_kernel: (*sizes, channels, outputs for each). pointwise_kernel: (*ones,
    channels * outputs for each, outputs). strides: an int, or an int for each spatial axis. padding: "valid" or "same".
    Raises ValueError for more than 2 spatial axes.

    >>> tf.keras.ops.separable_conv(tf.ones((1, 2, 2)), tf.ones((2, 2, 1)), tf.ones((1, 2, 1)))
    <tf.Tensor: shape=(1, 1, 1), dtype=float32, numpy=array([[[4.]]], dtype=float32)>
    """
    inputs, depthwise, pointwise = (as_tensor(x) for x in (inputs, depthwise_kernel, pointwise_kernel))
    rank = inputs._array.ndim - 2
    if rank > 2:
        raise ValueError(f"`num_spatial_dims` must be 1 or 2. Received: num_spatial_dims={rank}.")
    return _depthwise(inputs, depthwise, pointwise, strides, padding, data_format, dilation_rate)


def _depthwise(
    inputs: Tensor,
    kernel: Tensor,
    pointwise: Tensor | None,
    strides: Any,
    padding: str,
    data_format: str | None,
    dilation_rate: Any,
) -> Tensor:
    rank = inputs._array.ndim - 2
    _check_channels(inputs, kernel._array.shape[-2], layout(data_format))
    steps, rates = _each(strides, rank), _each(dilation_rate, rank)
    if rank == 1:
        kernel, steps, rates = ops.expand_dims(kernel, 0), [1, *steps], [1, *rates]
        pointwise = pointwise if pointwise is None else ops.expand_dims(pointwise, 0)

    def convolve(x: Tensor) -> Tensor:
        x = ops.expand_dims(x, 1) if rank == 1 else x
        taken = 1, 1
        stride, pad = steps, padding.upper()
        if max(steps) > 1 and max(rates) > 1 or len(set(steps)) > 1:
            # TensorFlow's kernel cannot: every place is computed, and then some are left out.
            if pad == "SAME":
                x = ops.pad(x, [[0, 0], *_borders(x, kernel, steps, rates), [0, 0]])
            taken, stride, pad = (steps[0], steps[1]), [1, 1], "VALID"
        y = ops.depthwise_conv2d(x, kernel, [1, *stride, 1], pad, dilations=rates)
        y = y[:, :: taken[0], :: taken[1], :] if taken != (1, 1) else y
        y = y if pointwise is None else ops.conv2d(y, pointwise, 1, "VALID")
        return ops.squeeze(y, [1]) if rank == 1 else y

    return _last(convolve, inputs, data_format)


def _borders(x: Tensor, kernel: Tensor, steps: list[int], rates: list[int]) -> list[list[int]]:
    """The zeros on either side of each axis that "SAME" means."""
    borders = []
    for size, width, step, rate in zip(x._array.shape[1:], kernel._array.shape, steps, rates):
        total = max(0, (-(-size // step) - 1) * step + (width - 1) * rate + 1 - size)
        borders.append([total // 2, total - total // 2])
    return borders


@keras_op(
    "nn.conv_transpose", lambda s: [s.call(s(1, 2, 2), s(3, 1, 2), 2), s.call(s(1, 2, 2, 1), s(2, 2, 1, 1), 1, "same")]
)
def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """The transpose of a convolution, with a kernel (*sizes, outputs, channels), in 1 to 3 dimensions.

    inputs: (batch, *sizes, channels). kernel: (*sizes, outputs, channels), of the dtype of the inputs. strides: an int,
    or an int for each spatial axis. padding: "valid" or "same". output_padding: by how much the result is longer than
    it must be. Raises ValueError for channels that do not fit, or another padding.

    >>> tf.keras.ops.conv_transpose(tf.ones((1, 2, 1)), tf.ones((2, 1, 1)), 2)
    <tf.Tensor: shape=(1, 4, 1), dtype=float32, numpy=
    array([[[1.],
            [1.],
            [1.],
            [1.]]], dtype=float32)>
    """
    inputs, kernel = as_tensor(inputs), as_tensor(kernel)
    rank = inputs._array.ndim - 2
    _check_channels(inputs, kernel._array.shape[-1], layout(data_format))
    if padding.lower() not in ("valid", "same"):
        raise ValueError(f"The `padding` argument must be one of 'valid', 'same'. Received: padding={padding}")
    steps, rates = _each(strides, rank), _each(dilation_rate, rank)
    extra = [None] * rank if output_padding is None else _each(output_padding, rank)

    def transposed(x: Tensor) -> Tensor:
        sizes = []
        for size, width, step, rate, more in zip(x._array.shape[1:], kernel._array.shape, steps, rates, extra):
            covered = (width - 1) * rate + 1
            if padding.lower() == "valid":
                sizes.append((size - 1) * step + covered + (max(step - covered, 0) if more is None else more))
            else:
                sizes.append(size * step if more is None else (size - 1) * step + covered % 2 + more)
        shape = [x._array.shape[0], *sizes, kernel._array.shape[-2]]
        return ops.conv_transpose(x, kernel, shape, steps, padding.upper(), dilations=rates)

    return _last(transposed, inputs, data_format)


@keras_op("nn.max_pool", lambda s: [s.call(s.distinct(1, 4, 1), 2)])
def max_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Tensor:
    """The greatest of each window.

    inputs: (batch, *sizes, channels). strides: an int, or an int for each spatial axis; None: pool_size. padding:
    "valid" or "same".

    >>> tf.keras.ops.max_pool(tf.constant([[[1.], [3.], [2.], [0.]]]), 2)
    <tf.Tensor: shape=(1, 2, 1), dtype=float32, numpy=
    array([[[3.],
            [2.]]], dtype=float32)>
    """
    return _pooled("MAX", inputs, pool_size, strides, padding, data_format)


@keras_op("nn.average_pool", lambda s: [s.call(s(1, 4, 1), 2)])
def average_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Tensor:
    """The mean of each window.

    inputs: (batch, *sizes, channels). strides: an int, or an int for each spatial axis; None: pool_size. padding:
    "valid" or "same".

    >>> tf.keras.ops.average_pool(tf.constant([[[1.], [3.], [2.], [0.]]]), 2)
    <tf.Tensor: shape=(1, 2, 1), dtype=float32, numpy=
    array([[[2.],
            [1.]]], dtype=float32)>
    """
    return _pooled("AVG", inputs, pool_size, strides, padding, data_format)


def _pooled(kind: str, inputs: Any, size: Any, strides: Any, padding: str, data_format: str | None) -> Tensor:
    def pool(x: Tensor) -> Tensor:
        rank = x._array.ndim - 2
        return ops.pool(x, _each(size, rank), kind, _each(size if strides is None else strides, rank), padding.upper())

    return _last(pool, inputs, data_format)


@keras_op("nn.adaptive_max_pool", lambda s: [s.call(s.distinct(1, 5, 1), 2)])
def adaptive_max_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """The greatest of each of `output_size` windows that cover the images.

    inputs: (batch, *sizes, channels), with 1 to 3 sizes. output_size: an int, or an int for each spatial axis. Raises
    ValueError for other ranks.

    >>> tf.keras.ops.adaptive_max_pool(tf.constant([[[1.], [3.], [2.], [0.]]]), 2)
    <tf.Tensor: shape=(1, 2, 1), dtype=float32, numpy=
    array([[[3.],
            [2.]]], dtype=float32)>
    """
    return _adapted("adaptive_max_pool", "MAX", inputs, output_size, data_format)


@keras_op("nn.adaptive_average_pool", lambda s: [s.call(s(1, 5, 1), 2)])
def adaptive_average_pool(inputs: Any, output_size: Any, data_format: str | None = None) -> Tensor:
    """The mean of each of `output_size` windows that cover the images.

    inputs: (batch, *sizes, channels), with 1 to 3 sizes. output_size: an int, or an int for each spatial axis. Raises
    ValueError for other ranks.

    >>> tf.keras.ops.adaptive_average_pool(tf.constant([[[1.], [3.], [2.], [0.]]]), 2)
    <tf.Tensor: shape=(1, 2, 1), dtype=float32, numpy=
    array([[[2.],
            [1.]]], dtype=float32)>
    """
    return _adapted("adaptive_average_pool", "AVG", inputs, output_size, data_format)


def _adapted(name: str, kind: str, inputs: Any, output_size: Any, data_format: str | None) -> Tensor:
    inputs = as_tensor(inputs)
    rank = inputs._array.ndim - 2
    if rank not in (1, 2, 3):
        raise ValueError(f"{name} supports 1D, 2D, or 3D inputs only.")

    def pool(x: Tensor) -> Tensor:
        for axis, count in enumerate(_each(output_size, rank)):
            x = _along(x, kind, axis, count)
        return x

    return _last(pool, inputs, data_format)


def _along(x: Tensor, kind: str, axis: int, count: int) -> Tensor:
    """One axis pooled to `count`: windows start at i * size / count, and are of two widths, ceil(size / count) and
    one more, of which Keras takes the wider where the next window's end asks for it."""
    size, rank = x._array.shape[axis + 1], x._array.ndim - 2
    small = -(-size // count)
    pools = []
    for width in (small, small + 1):
        window = [width if a == axis else 1 for a in range(rank)]
        pools.append(ops.pool(x, window, kind, [1] * rank, "VALID"))
    starts = [min(i * size // count, size - 1) for i in range(count)]
    ends = [min(-(-(i + 1) * size // count), size) for i in range(count)]
    places = [a + (max(1, size - small + 1) if b - a == small + 1 else 0) for a, b in zip(starts, ends)]
    return ops.gather(ops.concat(pools, axis + 1), places, axis=axis + 1)


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


@keras_op("nn.unfold", lambda s: [s.call(s(1, 2, 3, 3), 2, padding=1)])
def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of images (batch, channels, height, width), each in a column: (batch, channels * size, windows).

    x: (batch, channels, height, width). kernel_size: an int or (rows, columns), as is all that follows. dilation: the
    distance of neighbouring elements of a window. padding: how many zeros before and after. stride: the distance of
    neighbouring windows. Raises ValueError unless x has 4 axes.

    >>> tf.keras.ops.unfold(tf.reshape(tf.range(4.), (1, 1, 2, 2)), (2, 1))
    <tf.Tensor: shape=(1, 2, 2), dtype=float32, numpy=
    array([[[0., 1.],
            [2., 3.]]], dtype=float32)>
    """
    x = as_tensor(x)
    if x._array.ndim != 4:
        raise ValueError(f"Input must be a 4D tensor. Received: input.shape={x.shape}")
    (high, wide), (down, across) = _pair(kernel_size), _pair(padding)
    batch, channels = x._array.shape[:2]
    if down or across:
        x = ops.pad(x, [[0, 0], [0, 0], [down, down], [across, across]])
    patches = ops.extract_patches(
        channels_last(x), [1, high, wide, 1], [1, *_pair(stride), 1], [1, *_pair(dilation), 1], "VALID"
    )
    rows, columns = patches._array.shape[1:3]
    patches = ops.transpose(ops.reshape(patches, [batch, rows * columns, high * wide, channels]), [0, 3, 2, 1])
    return ops.reshape(patches, [batch, channels * high * wide, rows * columns])


@keras_op("nn.fold", lambda s: [s.call(s(1, 4, 4), 3, 2)])
def fold(x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Columns of windows, as `unfold` makes them, added up to images (batch, channels, *output_size).

    x: (batch, channels * size, windows). output_size: an int or (rows, columns), as is all that follows. kernel_size:
    the window. dilation: the distance of neighbouring elements of a window. padding: how much of the border is cut off.
    stride: the distance of neighbouring windows. Raises ValueError unless x has 3 axes.

    >>> tf.keras.ops.fold(tf.constant([[[0., 1.], [2., 3.]]]), 2, (2, 1))
    <tf.Tensor: shape=(1, 1, 2, 2), dtype=float32, numpy=
    array([[[[0., 1.],
             [2., 3.]]]], dtype=float32)>
    """
    x = as_tensor(x)
    if x._array.ndim != 3:
        raise ValueError(f"Input must be a 3D tensor. Received: input.shape={x.shape}")
    size, kernel, rate, border, step = (_pair(v) for v in (output_size, kernel_size, dilation, padding, stride))
    padded = [n + 2 * p for n, p in zip(size, border)]
    counts = [(n - d * (k - 1) - 1) // s + 1 for n, d, k, s in zip(padded, rate, kernel, step)]
    batch = x._array.shape[0]
    channels = x._array.shape[1] // math.prod(kernel)
    x = ops.reshape(x, [batch, channels, *kernel, *counts])
    x = ops.transpose(x, [2, 4, 3, 5, 0, 1])  # (place in window, window) of rows, of columns, then the rest
    rows, columns = (
        [i * d + j * s for i in range(k) for j in range(n)] for d, k, s, n in zip(rate, kernel, step, counts)
    )
    x = ops.reshape(x, [len(rows), len(columns), batch, channels])
    x = ops.unsorted_segment_sum(x, rows, padded[0])
    x = ops.unsorted_segment_sum(ops.transpose(x, [1, 0, 2, 3]), columns, padded[1])
    x = ops.transpose(x, [2, 3, 1, 0])
    return x[:, :, border[0] : padded[0] - border[0], border[1] : padded[1] - border[1]]


@keras_op("nn.depth_to_space", lambda s: [s.call(s(1, 1, 1, 4), 2)])
def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Channels rearranged into blocks of pixels.

    x: 4 axes. block_size: an int: the height and width of a block.

    >>> tf.keras.ops.depth_to_space(tf.constant([[[[1., 2., 3., 4.]]]]), 2).shape
    TensorShape([1, 2, 2, 1])
    """
    return _last(lambda y: ops.depth_to_space(y, block_size), x, data_format)


@keras_op("nn.space_to_depth", lambda s: [s.call(s(1, 2, 2, 1), 2)])
def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Blocks of pixels rearranged into channels.

    x: 4 axes. block_size: an int: the height and width of a block.

    >>> tf.keras.ops.space_to_depth(tf.ones((1, 2, 2, 1)), 2).shape
    TensorShape([1, 1, 1, 4])
    """
    return _last(lambda y: ops.space_to_depth(y, block_size), x, data_format)
