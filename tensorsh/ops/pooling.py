"""Pooling: the largest entry, or the mean, of each window that slides over a tensor. The work is `pool_kernels`'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..runtime.dtypes import HALF_FIRST, ORDERED, DType, as_dtype, bfloat16, float32, listed
from ..runtime.errors import explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from .arguments import or_default
from .kernels import no_kernel
from .pool_kernels import argmax_of, largest, largest_found, mean
from .registry import op
from .rules import check_dtype, finish, ints
from .windows import Window, channels_come_second, channels_last, channels_second, sequence, slide, spatial

_MAX = (*HALF_FIRST, *listed("int32 int64 uint8 int16 int8 uint16 qint8"))


class MaxPoolWithArgmax(NamedTuple):
    output: Tensor
    argmax: Tensor


def _pooling(tf: str, axes: int, kernel: str, dtypes: Sequence[DType], samples: Any = None) -> Callable[..., Any]:
    """Decorate `core(x, window)`: pooling over 1, 2 or 3 axes, of a tensor that has its channels last.

    kernel: TensorFlow's, with the dtypes that it lists.
    """
    layout = ("NWC", "NHWC", "NDHWC")[axes - 1]

    def decorate(core: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def public(
            input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = layout, name: str | None = None
        ) -> Tensor:
            x = or_default(input, float32, dtypes) if layout == "NHWC" and dtypes is _MAX else as_tensor(input)
            check_dtype(kernel, x, dtypes, dtypes, "input")
            if axes == 3 and x.dtype not in (float32, bfloat16):
                raise _no_volume_kernel(kernel, x, ksize, strides, padding, data_format)
            if axes == 1 and data_format not in (layout, "NCW"):
                raise invalid(kernel, f"Default {kernel}ingOp only supports NHWC on device type CPU")
            first = channels_come_second(kernel, data_format, axes)
            return _pooled(kernel, core, x, axes, ksize, strides, padding, first)

        return op(tf, samples=samples)(finish(public, core))

    return decorate


# ---------------------------------------------------------------- the largest


def _max_samples(s: Any) -> Any:
    yield s.call(s.distinct(1, 4, 4, 1), 2, 2, "VALID")
    yield s.call(s.distinct(1, 3, 4, 2), [2, 3], 1, "SAME")


@_pooling("nn.max_pool2d", 2, "MaxPool", _MAX, _max_samples)
def max_pool2d(x, window):
    """The largest entry of each window: (batch, height, width, channels) becomes (batch, height', width', channels).

    nan is passed over.

    input: (batch, height, width, channels). padding: "VALID", "SAME", or pairs of ints for each axis.

    >>> max_pool2d([[[[1.], [2.]], [[3.], [4.]]]], 2, 2, "VALID")
    <tf.Tensor: shape=(1, 1, 1, 1), dtype=float32, numpy=array([[[[4.]]]], dtype=float32)>
    """
    return largest(x, window=window, ties=False)


def _line_samples(s: Any) -> Any:
    yield s.call(s.distinct(1, 5, 2), 2, 2, "SAME")
    yield s.call(s.distinct(1, 3, 1), 2, 1, [[0, 0], [1, 0], [0, 0]])


@_pooling("nn.max_pool1d", 1, "MaxPool", _MAX, _line_samples)
def max_pool1d(x, window):
    """The largest entry of each window along (batch, width, channels); otherwise as `max_pool2d`.

    input: (batch, width, channels). padding: "VALID", "SAME", or pairs of ints for each axis.

    >>> max_pool1d([[[1.], [2.], [3.]]], 2, 1, "VALID")
    <tf.Tensor: shape=(1, 2, 1), dtype=float32, numpy=
    array([[[2.],
            [3.]]], dtype=float32)>
    """
    return largest(x, window=window, ties=False)


@_pooling("nn.max_pool3d", 3, "MaxPool3D", HALF_FIRST[:3])
def max_pool3d(x, window):
    """The largest entry of each window of (batch, depth, height, width, channels), float32 or narrower.

    input: (batch, depth, height, width, channels). padding: "VALID" or "SAME".

    >>> max_pool3d(ones([1, 2, 2, 2, 1]), 2, 1, "VALID").shape
    TensorShape([1, 1, 1, 1, 1])
    """
    return largest(x, window=window, ties=True)


@op("nn.max_pool", samples=lambda s: [s.call(s.distinct(1, 3, 3, 1), 2, 1, "VALID")])
def max_pool(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """`max_pool1d`, `max_pool2d` or `max_pool3d`, by the rank of the input.

    input: (batch, *spatial, channels), with 1 to 3 spatial axes.

    >>> max_pool(ones([1, 4, 4, 1]), 2, 2, "VALID").shape
    TensorShape([1, 2, 2, 1])
    """
    return _by_rank((max_pool1d, max_pool2d, max_pool3d), input, ksize, strides, padding, data_format)


@op("nn.max_pool_with_argmax", samples=lambda s: [s.call(s.distinct(1, 3, 3, 1), 2, 1, "VALID")])
def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    output_dtype: Any = "int64",
    include_batch_in_index: bool = False,
    name: str | None = None,
) -> MaxPoolWithArgmax:
    """The largest entry of each window, and where it is: (y * width + x) * channels + c.

    input: (batch, height, width, channels). include_batch_in_index: count the batch as well.

    >>> max_pool_with_argmax([[[[1.], [2.]], [[4.], [3.]]]], 2, 2, "VALID").argmax
    <tf.Tensor: shape=(1, 1, 1, 1), dtype=int64, numpy=array([[[[2]]]])>
    """
    x = as_tensor(input)
    if data_format != "NHWC":
        unknown = f"`data_format` values other  than 'NHWC' are not supported. Received: data_format={data_format}"
        raise explain(ValueError(unknown), hint='write data_format="NHWC"')
    check_dtype("MaxPoolWithArgmax", x, ORDERED, ORDERED, "input")
    _check_rank("MaxPoolWithArgmax", x, 2)
    window = _window("MaxPoolWithArgmax", x, 2, ksize, strides, padding, False)
    index = argmax_of(x, window=window, batches=bool(include_batch_in_index), dtype=as_dtype(output_dtype)._numpy)
    return MaxPoolWithArgmax(largest_found(x, window=window), index)


# ---------------------------------------------------------------- the mean


def _mean_samples(s: Any) -> Any:
    yield s.call(s(1, 4, 4, 1), 2, 2, "VALID")
    yield s.call(s(1, 3, 4, 2), [2, 3], 1, "SAME")


@_pooling("nn.avg_pool2d", 2, "AvgPool", HALF_FIRST, _mean_samples)
def avg_pool2d(x, window):
    """The mean of each window, of what lies inside the image; arguments as for `max_pool2d`.

    input: (batch, height, width, channels). padding: "VALID" or "SAME".

    >>> avg_pool2d([[[[1.], [2.]], [[3.], [4.]]]], 2, 2, "VALID")
    <tf.Tensor: shape=(1, 1, 1, 1), dtype=float32, numpy=array([[[[2.5]]]], dtype=float32)>
    """
    return mean(x, window=window)


@_pooling("nn.avg_pool1d", 1, "AvgPool", HALF_FIRST, lambda s: [s.call(s(1, 5, 2), 2, 2, "SAME")])
def avg_pool1d(x, window):
    """The mean of each window along (batch, width, channels).

    input: (batch, width, channels). padding: "VALID" or "SAME".

    >>> avg_pool1d([[[1.], [2.], [3.]]], 2, 1, "VALID")
    <tf.Tensor: shape=(1, 2, 1), dtype=float32, numpy=
    array([[[1.5],
            [2.5]]], dtype=float32)>
    """
    return mean(x, window=window)


@_pooling("nn.avg_pool3d", 3, "AvgPool3D", HALF_FIRST)
def avg_pool3d(x, window):
    """The mean of each window of (batch, depth, height, width, channels), float32 or bfloat16.

    input: (batch, depth, height, width, channels). padding: "VALID" or "SAME".

    >>> avg_pool3d(ones([1, 2, 2, 2, 1]), 2, 1, "VALID").shape
    TensorShape([1, 1, 1, 1, 1])
    """
    return mean(x, window=window)


@op("nn.avg_pool", samples=lambda s: [s.call(s(1, 3, 3, 1), 2, 1, "VALID")])
def avg_pool(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """`avg_pool1d`, `avg_pool2d` or `avg_pool3d`, by the rank of the input.

    input: (batch, *spatial, channels), with 1 to 3 spatial axes.

    >>> avg_pool(ones([1, 4, 4, 1]), 2, 2, "VALID").shape
    TensorShape([1, 2, 2, 1])
    """
    return _by_rank((avg_pool1d, avg_pool2d, avg_pool3d), input, ksize, strides, padding, data_format)


def _no_volume_kernel(
    kernel: str, x: Tensor, ksize: Any, strides: Any, padding: Any, data_format: str
) -> BaseException:
    """The error for windows over three axes of a dtype that TensorFlow's op lists and cannot do."""
    size, step = (
        _Bare("[" + ", ".join(map(str, (1, *sequence(value, 3, "strides")[-4:], 1))) + "]")
        for value in (ksize, strides)
    )
    attributes = {"T": x.dtype, "data_format": data_format, "padding": padding, "ksize": size, "strides": step}
    return no_kernel(kernel, kernel, attributes, [("input", x)])


class _Bare:
    """Text that stands without quotes in an error message."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


def _pool_samples(s: Any) -> Any:
    yield s.call(s.distinct(1, 5, 1), [2], "MAX")
    yield s.call(s(1, 5, 5, 1), [2, 2], "AVG", dilations=[2, 2])


@op("nn.pool", samples=_pool_samples)
def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    strides: Any = None,
    padding: str = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The largest entry ("MAX") or the mean ("AVG") of windows over one, two or three axes, dilated if wanted.

    input: (batch, *spatial, channels). window_shape: an int for each spatial axis. pooling_type: "MAX" or "AVG".

    >>> pool([[[1.], [3.], [2.]]], [2], "MAX")
    <tf.Tensor: shape=(1, 2, 1), dtype=float32, numpy=
    array([[[3.],
            [3.]]], dtype=float32)>
    """
    x, shape = as_tensor(input), ints(window_shape)
    axes = len(shape)
    if x._array.ndim != axes + 2:
        raise explain(
            ValueError(f"Shape {x._array.shape} must have rank {axes + 2}"),
            f"pool: a window over {axes} axes wants rank {axes + 2}",
            [("input", x)],
        )
    if axes not in (1, 2, 3):
        raise ValueError(f"`num_spatial_dims` must be 1, 2, or 3. Received: num_spatial_dims={axes}.")
    if pooling_type not in ("MAX", "AVG"):
        raise ValueError(f"{axes}-D {pooling_type} pooling is not supported.")
    steps, rates = sequence(strides, axes, "strides"), sequence(dilations, axes, "dilations")
    if max(rates) > 1:
        if padding == "SAME":
            raise ValueError(
                "pooling with 'SAME' padding is not implemented for `dilation_rate` > 1. Received: "
                f"padding={padding} and dilation_rate=[{' '.join(map(str, rates))}]"
            )
        if max(steps) > 1:
            raise ValueError("`strides > 1` not supported in conjunction with `dilation_rate > 1`.")
    kernel = ("MaxPool" if pooling_type == "MAX" else "AvgPool") + ("3D" if axes == 3 else "")
    allowed = {"MaxPool": _MAX, "MaxPool3D": HALF_FIRST[:3]}.get(kernel, HALF_FIRST)
    check_dtype(kernel, x, allowed, allowed, "input")
    first = channels_come_second(kernel, data_format, axes)

    def core(x: Tensor, window: Window) -> Tensor:
        return largest(x, window=window, ties=axes == 3) if pooling_type == "MAX" else mean(x, window=window)

    return _pooled(kernel, core, x, axes, shape, steps, padding, first, rates)


# ---------------------------------------------------------------- what they share


def _pooled(
    kernel: str,
    core: Any,
    x: Tensor,
    axes: int,
    ksize: Any,
    strides: Any,
    padding: Any,
    channels_first: bool,
    dilations: Any = None,
) -> Tensor:
    _check_rank(kernel, x, axes)
    if channels_first:
        x = channels_last(x)
    window = _window(kernel, x, axes, ksize, strides, padding, channels_first, dilations)
    y = core(x, window)
    return channels_second(y) if channels_first else y


def _check_rank(kernel: str, x: Tensor, axes: int) -> None:
    message = "tensor_in must be 5-dimensional"
    if axes < 3:  # a line is an image of one row
        message = f"tensor_in_shape must have 2 spatial dimensions. {x._array.ndim + (axes == 1)} 0"
    if kernel == "MaxPoolWithArgmax":
        message = "tensor_in must be 4-dimensional (2)"
    if x._array.ndim != axes + 2:
        raise invalid(
            kernel,
            message,
            f"{kernel}: the input must have rank {axes + 2}, and has {x._array.ndim}",
            [("input", x)],
            "add a batch axis: expand_dims(x, 0)" if x._array.ndim == axes + 1 else None,
        )


def _window(
    kernel: str,
    x: Tensor,
    axes: int,
    ksize: Any,
    strides: Any,
    padding: Any,
    channels_first: bool,
    dilations: Any = None,
) -> Window:
    size = spatial(kernel, sequence(ksize, axes, "ksize"), axes, channels_first, "windows")
    steps = spatial(kernel, sequence(strides, axes, "strides"), axes, channels_first)
    if min(size) < 1:
        listed = ",".join(map(str, (1, *size, 1)))
        message = f"Sliding window ksize must be positive. The specified or inferred ksize is: {listed}"
        raise invalid(kernel, message, f"{kernel}: the window's sizes must be positive, not {list(size)}")
    if min(steps) < 1:
        message = f"Stride must be > 0, but got {min(steps)}"
        raise invalid(kernel, message, f"{kernel}: strides must be positive, not {list(steps)}")
    return slide(kernel, x, size, steps, dilations or (1,) * axes, padding, None, channels_first)


def _by_rank(functions: Any, input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any) -> Tensor:
    x = as_tensor(input)
    rank = x._array.ndim
    if rank not in (3, 4, 5):
        raise explain(
            ValueError(f"`input.shape.rank` must be 3, 4 or 5. Received: input.shape={x._array.shape} of rank {rank}."),
            operands=[("input", x)],
        )
    default = ("NWC", "NHWC", "NDHWC")[rank - 3]
    return functions[rank - 3](input, ksize, strides, padding, data_format or default)
