"""Convolutions by their gradients, ops under a dilation, and what windows see of volumes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..runtime.dtypes import HALF_FIRST, ORDERED
from ..runtime.errors import UnimplementedError, bracketed, explain, invalid
from ..runtime.gradient_tape import GradientTape
from ..runtime.tensor import Tensor, as_tensor
from .arguments import alike
from .depthwise import depthwise_conv2d
from .registry import op, ops
from .rules import check_dtype, ints
from .windows import check_window_lengths, places, slide

_ONES = [1, 1, 1, 1]


def _input_samples(s: Any) -> Any:
    yield s.call([1, 3, 3, 2], s(2, 2, 2, 1), s(1, 2, 2, 2), [1, 1, 1, 1], "VALID")
    yield s.call([1, 3, 3, 2], s(2, 2, 2, 1), s(1, 2, 2, 2), [1, 2, 2, 1], "SAME")


@op("nn.depthwise_conv2d_backprop_input", samples=_input_samples)
def depthwise_conv2d_backprop_input(
    input_sizes: Any,
    filter: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:
    """The gradient of `depthwise_conv2d` for its input of shape input_sizes, given that for its output.

    input_sizes: int (4,): the input's shape. filter: (height, width, channels, multiplier). out_backprop: the
    upstream cotangent.

    >>> w, g = fill([2, 2, 1, 1], 3.), ones([1, 1, 1, 1])
    >>> depthwise_conv2d_backprop_input([1, 2, 2, 1], w, g, [1, 1, 1, 1], "VALID")[0, 0, 0]
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([3.], dtype=float32)>
    """
    w = as_tensor(filter)
    x = ops.zeros(input_sizes, w.dtype)
    return _backprop("Input", x, w, x, out_backprop, (strides, padding, data_format, dilations))


def _filter_samples(s: Any) -> Any:
    yield s.call(s(1, 3, 3, 2), [2, 2, 2, 1], s(1, 2, 2, 2), [1, 1, 1, 1], "VALID")
    yield s.call(s(1, 3, 3, 2), [2, 2, 2, 1], s(1, 2, 2, 2), [1, 2, 2, 1], "SAME")


@op("nn.depthwise_conv2d_backprop_filter", samples=_filter_samples)
def depthwise_conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:
    """The gradient of `depthwise_conv2d` for its filter of shape filter_sizes, given that for its output.

    filter_sizes: int (4,): the filter's shape. out_backprop: the upstream cotangent.
    input: (batch, height, width, channels).

    >>> x, g = fill([1, 2, 2, 1], 3.), ones([1, 1, 1, 1])
    >>> depthwise_conv2d_backprop_filter(x, [2, 2, 1, 1], g, [1, 1, 1, 1], "VALID")[0, 0, 0]
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([3.], dtype=float32)>
    """
    x = as_tensor(input)
    w = ops.zeros(filter_sizes, x.dtype)
    return _backprop("Filter", x, w, w, out_backprop, (strides, padding, data_format, dilations))


def _backprop(which: str, x: Tensor, w: Tensor, of: Tensor, out_backprop: Any, how: tuple[Any, ...]) -> Tensor:
    kernel = f"DepthwiseConv2dNativeBackprop{which}"
    check_dtype(kernel, x, HALF_FIRST, HALF_FIRST, "input")
    g = alike(kernel, [x, out_backprop], "", first=1)[1]
    with GradientTape() as tape:
        tape.watch(of)
        y = depthwise_conv2d(x, w, *how)
    for what, axis in (("batch", 0), ("rows", 1), ("cols", 2), ("depth", 3)):
        given, computed = g._array.shape[axis], y._array.shape[axis]
        if given != computed:
            raise invalid(
                kernel,
                f"DepthwiseConv2DBackprop{which}: Number of {what} of out_backprop doesn't match computed: "
                f"actual = {given}, computed = {computed}",
                operands=[("out_backprop", g)],
                name=None,
            )
    return tape.gradient(y, of, output_gradients=g)


@op("nn.with_space_to_batch", samples=lambda s: [s.call(s(1, 4, 4, 1), [2, 2], "VALID", lambda a, n, p: a * 2.0)])
def with_space_to_batch(
    input: Any,
    dilation_rate: Any,
    padding: str,
    op: Callable[..., Any],
    filter_shape: Any = None,
    spatial_dims: Any = None,
    data_format: str | None = None,
) -> Tensor:
    """op(x, number of spatial axes, "VALID") of the input taken apart by `space_to_batch`, put together again.

    So an op is dilated. filter_shape: the window's, asked for with "SAME". spatial_dims: the axes, 1, 2 ... by default.
    op: a function of three arguments. Raises ValueError for "SAME" without a filter_shape.

    input: (batch, *spatial, channels).

    >>> x = reshape(arange(9.), 1, 3, 3, 1)
    >>> with_space_to_batch(x, [2, 2], "VALID", lambda a, n, p: max_pool(a, 2, 1, p))[0, 0, 0]
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([8.], dtype=float32)>
    """
    x, rates = as_tensor(input), ints(dilation_rate)
    count = len(rates)
    first = data_format is not None and data_format.startswith("NC")
    axes = list(spatial_dims) if spatial_dims is not None else [i + 1 + first for i in range(count)]
    if all(rate == 1 for rate in rates):
        return op(x, count, padding)
    if padding == "SAME":
        if filter_shape is None:
            raise ValueError(
                f"`filter_shape` must be specified for `padding='SAME'`. Received: filter_shape={filter_shape} "
                f"and padding={padding}"
            )
        spans = [(k - 1) * (rate - 1) + k - 1 for k, rate in zip(ints(filter_shape), rates)]
        pads = [(span // 2, span - span // 2) for span in spans]
    elif padding == "VALID":
        pads = [(0, 0)] * count
    else:
        raise ValueError(f"`padding` must be one of 'SAME' or 'VALID'. Received: padding={padding}")
    last = max(axes)
    block, base = [1] * last, [[0, 0] for _ in range(last)]
    for axis, rate, pad in zip(axes, rates, pads):
        block[axis - 1], base[axis - 1] = rate, list(pad)
    sizes = list(x._array.shape[1 : last + 1])
    paddings, crops = ops.required_space_to_batch_paddings(sizes, block, base_paddings=base)
    y = op(ops.space_to_batch_nd(x, block, paddings), count, "VALID")
    return ops.batch_to_space(y, block, crops)


@op("extract_volume_patches", samples=lambda s: [s.call(s(1, 2, 3, 2, 1), [1, 2, 2, 1, 1], [1, 1, 2, 1, 1], "SAME")])
def extract_volume_patches(input: Any, ksizes: Any, strides: Any, padding: str, name: str | None = None) -> Tensor:
    """What a window sees at each of its steps over volumes, side by side in the last axis.

    (batch, depth, height, width, channels) becomes (batch, depth', height', width', planes * rows * columns *
    channels). ksizes, strides: [1, planes, rows, columns, 1].
    input: (batch, depth, height, width, channels).
    Raises InvalidArgumentError for another rank, UnimplementedError for patches across the batch or channels.

    >>> x = reshape(arange(8.), 1, 2, 2, 2, 1)
    >>> extract_volume_patches(x, [1, 2, 1, 1, 1], [1, 1, 1, 1, 1], "VALID")[0, 0, 0]
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[0., 4.],
           [1., 5.]], dtype=float32)>
    """
    kernel, x = "ExtractVolumePatches", as_tensor(input)
    given = {"ksizes": ints(ksizes), "strides": ints(strides)}
    check_window_lengths(given, 5, "write [1, planes, rows, columns, 1]")
    check_dtype(kernel, x, ORDERED, ORDERED, "input")
    for what, values in given.items():
        if values[0] != 1 or values[4] != 1:
            raise explain(
                UnimplementedError(f"Only support {what} across space. [Op:{kernel}] name: "),
                hint="write [1, planes, rows, columns, 1]",
            )
    if x._array.ndim != 5:
        message = f"input must be 5-dimensional{bracketed(x._array.shape)}"
        raise invalid(kernel, message, operands=[("input", x)], name=None)
    window = slide(kernel, x, given["ksizes"][1:4], given["strides"][1:4], [1, 1, 1], padding)
    padded = ops.pad(x, [[0, 0], *map(list, window.pads), [0, 0]])
    parts = [padded[where] for _, where in places(window, window.outputs(x._array.shape[1:4]))]
    return ops.concat(parts, -1)
