"""`keras.ops`: activations with parameters, normalization, encodings, segments, convolutions and pools."""

from __future__ import annotations

from typing import Any

from ..runtime.tensor import Tensor, as_tensor
from .keras_ops_dtypes import distinct, keras_op, smooth, tensor
from .registry import ops


@keras_op("nn.softmax", smooth)
def softmax(x: Any, axis: Any = -1) -> Tensor:
    """exp(x), divided by its sum along `axis`, or along several.

    >>> tf.keras.ops.softmax(tf.constant([1., 2.]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.26894143, 0.7310586 ], dtype=float32)>
    """
    return ops.keras_softmax(x, axis)


@keras_op("nn.log_softmax", smooth)
def log_softmax(x: Any, axis: int = -1) -> Tensor:
    """log(softmax(x)).

    >>> tf.keras.ops.log_softmax(tf.constant([1., 2.]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1.3132616 , -0.31326166], dtype=float32)>
    """
    return ops.log_softmax(x, axis)


@keras_op("nn.gelu", smooth)
def gelu(x: Any, approximate: bool = True) -> Tensor:
    """x * P(X <= x) for a standard normal X, by its tanh approximation unless told otherwise.

    >>> tf.keras.ops.gelu([1.])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.841192], dtype=float32)>
    """
    return ops.gelu(x, approximate)


@keras_op("nn.elu", distinct)
def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """x where it is positive, else alpha * (exp(x) - 1).

    >>> tf.keras.ops.elu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>
    """
    return ops.keras_elu(x, alpha)


@keras_op("nn.celu", distinct)
def celu(x: Any, alpha: float = 1.0) -> Tensor:
    """max(x, 0) + min(0, alpha * (exp(x / alpha) - 1)).

    >>> tf.keras.ops.celu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>
    """
    return ops.celu(x, alpha)


@keras_op("nn.leaky_relu", distinct)
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """x where it is positive, else negative_slope * x.

    >>> tf.keras.ops.leaky_relu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.2,  2. ], dtype=float32)>
    """
    return ops.leaky_relu(x, negative_slope)


@keras_op("nn.glu", lambda s: [s.call(s(2, 4))])
def glu(x: Any, axis: int = -1) -> Tensor:
    """The first half along `axis`, times the sigmoid of the second.

    >>> tf.keras.ops.glu(tf.constant([1., 0.]))
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.5], dtype=float32)>
    """
    return ops.glu(x, axis)


@keras_op("nn.one_hot")
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Tensor:
    """For each class a row with a one at its place.

    >>> tf.keras.ops.one_hot([0, 2], 3)
    <tf.Tensor: shape=(2, 3), dtype=float32, numpy=
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)>
    """
    return ops.one_hot(tensor(as_tensor(x), "int64"), num_classes, axis=axis, dtype=dtype or "float32")


@keras_op(".top_k", lambda s: [s.call(s.distinct(2, 4), 2)])
def top_k(x: Any, k: int, sorted: bool = True) -> Any:
    """The k greatest along the last axis, and where they are.

    >>> tf.keras.ops.top_k([1., 3., 2.], 2)[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>
    """
    return ops.top_k(x, k, sorted)


@keras_op(".in_top_k")
def in_top_k(targets: Any, predictions: Any, k: int) -> Tensor:
    """Whether each target is among the k greatest predictions of its row.

    >>> tf.keras.ops.in_top_k([1], [[0.1, 0.9]], 1)
    <tf.Tensor: shape=(1,), dtype=bool, numpy=array([ True])>
    """
    return ops.in_top_k(targets, predictions, k)


@keras_op("nn.moments", lambda s: [s.call(s(2, 3), [0])])
def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> tuple[Tensor, Tensor]:
    """The mean and the variance along axes.

    >>> tf.keras.ops.moments(tf.constant([1., 3.]), [0])
    (<tf.Tensor: shape=(), dtype=float32, numpy=2.0>, <tf.Tensor: shape=(), dtype=float32, numpy=1.0>)
    """
    x = as_tensor(x)
    mean = ops.reduce_mean(x, axes, True)
    variance = ops.reduce_mean(ops.square(x - mean), axes, keepdims)
    return (mean if keepdims else ops.reduce_mean(x, axes)), variance


@keras_op("nn.normalize", lambda s: [s.call(s(2, 3, within=(0.5, 1.5)))])
def normalize(x: Any, axis: Any = -1, order: Any = 2, epsilon: float | None = None) -> Tensor:
    """x divided by its norm along `axis`, which is taken to be `epsilon` (1e-7) at least.

    >>> tf.keras.ops.normalize([[3., 4.]])
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0.6, 0.8]], dtype=float32)>
    """
    x = as_tensor(x)
    least = 1e-7 if epsilon is None else epsilon
    if order == 2:
        return x * ops.rsqrt(ops.maximum(ops.reduce_sum(ops.square(x), axis, True), least**2))
    return x / ops.maximum(ops.keras_ops_norm(x, order, axis, True), least)


@keras_op(".segment_sum", lambda s: [s.call(s(3), [0, 0, 1], 2)])
def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The sums of the rows that bear the same number.

    >>> tf.keras.ops.segment_sum(tf.constant([1, 2, 3]), tf.constant([0, 0, 1]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 3], dtype=int32)>
    """
    return ops.unsorted_segment_sum(data, segment_ids, _count(segment_ids, num_segments))


@keras_op(".segment_max", lambda s: [s.call(s.distinct(3), [0, 0, 1], 2)])
def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The greatest of the rows that bear the same number.

    >>> tf.keras.ops.segment_max(tf.constant([1, 2, 3]), tf.constant([0, 0, 1]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    return ops.unsorted_segment_max(data, segment_ids, _count(segment_ids, num_segments))


def _count(segment_ids: Any, given: int | None) -> Any:
    return ops.reduce_max(segment_ids) + 1 if given is None else given


@keras_op("nn.conv", lambda s: [s.call(s(1, 4, 1), s(2, 1, 1))])
def conv(
    inputs: Any,
    kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Tensor:
    """The convolution of (batch, *sizes, channels) with a kernel (*sizes, channels, outputs), in 1 to 3 dimensions.

    >>> tf.keras.ops.conv(tf.ones((1, 2, 1)), tf.ones((2, 1, 1)))
    <tf.Tensor: shape=(1, 1, 1), dtype=float32, numpy=array([[[2.]]], dtype=float32)>
    """
    inputs = as_tensor(inputs)
    rank = inputs._array.ndim - 2
    layout = {1: "W", 2: "HW", 3: "DHW"}[rank]
    layout = f"NC{layout}" if data_format == "channels_first" else f"N{layout}C"
    return ops.convolution(
        inputs, kernel, _each(strides, rank), padding.upper(), layout, dilations=_each(dilation_rate, rank)
    )


@keras_op("nn.max_pool", lambda s: [s.call(s.distinct(1, 4, 1), 2)])
def max_pool(
    inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: str | None = None
) -> Tensor:
    """The greatest of each window.

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

    >>> tf.keras.ops.average_pool(tf.constant([[[1.], [3.], [2.], [0.]]]), 2)
    <tf.Tensor: shape=(1, 2, 1), dtype=float32, numpy=
    array([[[2.],
            [1.]]], dtype=float32)>
    """
    return _pooled("AVG", inputs, pool_size, strides, padding, data_format)


def _pooled(kind: str, inputs: Any, size: Any, strides: Any, padding: str, data_format: str | None) -> Tensor:
    inputs = as_tensor(inputs)
    rank = inputs._array.ndim - 2
    layout = {1: "W", 2: "HW", 3: "DHW"}[rank]
    layout = f"NC{layout}" if data_format == "channels_first" else f"N{layout}C"
    steps = _each(size if strides is None else strides, rank)
    return ops.pool(inputs, _each(size, rank), kind, steps, padding.upper(), layout)


def _each(value: Any, rank: int) -> list[int]:
    return [value] * rank if isinstance(value, int) else list(value)
