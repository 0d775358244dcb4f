"""Normalization: moments and what is made of them, batch and local response normalization, clipping by norm."""

from __future__ import annotations

from typing import Any

from ..runtime.dtypes import HALF_FIRST, SUMMABLE, DType, bfloat16, float16, float32
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.indexed_slices import IndexedSlices
from ..runtime.tensor import Tensor, as_tensor
from .arguments import alike, or_default
from .kernels import no_kernel
from .registry import no_gradient, op, ops, primitive
from .rules import check_dtype, ints

# ---------------------------------------------------------------- moments


@op("nn.moments", samples=lambda s: [s.call(s(3, 2), [0]), s.call(s(3, 2), [0, 1], keepdims=True)])
def moments(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """(mean, variance) of x over `axes`; float16 is computed in float32. `shift` is ignored, as in TensorFlow.

    shift: taken as TensorFlow takes it; it changes nothing.

    >>> moments(constant([1., 2., 3.]), [0])
    (<tf.Tensor: shape=(), dtype=float32, numpy=2.0>, <tf.Tensor: shape=(), dtype=float32, numpy=0.6666666865348816>)
    """
    x = as_tensor(x)
    wide = ops.cast(x, float32) if x.dtype is float16 else x
    mean = ops.reduce_mean(wide, axes, True)
    variance = ops.reduce_mean(ops.squared_difference(wide, ops.stop_gradient(mean)), axes, True)
    if not keepdims:
        mean, variance = ops.squeeze(mean, ints(axes)), ops.squeeze(variance, ints(axes))
    return ops.cast(mean, x.dtype), ops.cast(variance, x.dtype)


def _weighted_samples(s: Any) -> Any:
    return [s.call(s(3, 2), [0], s(3, 1, within=(0.5, 2.0))), s.call(s(3, 2), [0], s(within=(0.5, 2.0)), keepdims=True)]


@op("nn.weighted_moments", samples=_weighted_samples)
def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """(mean, variance) of x over `axes`, each entry counted as often as `frequency_weights` says; they broadcast.

    frequency_weights: a weight for each entry, of a shape that broadcasts with x.

    >>> weighted_moments([[1., 2.], [3., 5.]], [0], [[1.], [2.]])[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2.3333333, 4.       ], dtype=float32)>
    """
    x, weights = as_tensor(x), as_tensor(frequency_weights)
    given = x.dtype
    if given is float16:
        x = ops.cast(x, float32)
    weights = ops.cast(weights, x.dtype)
    total = ops.reduce_sum(weights + ops.zeros_like(x), axes, True)
    mean = ops.divide_no_nan(ops.reduce_sum(weights * x, axes, True), total)
    spread = ops.reduce_sum(weights * ops.squared_difference(x, mean), axes, True)
    variance = ops.divide_no_nan(spread, total)
    if not keepdims:
        mean, variance = ops.squeeze(mean, ints(axes)), ops.squeeze(variance, ints(axes))
    return ops.cast(mean, given), ops.cast(variance, given)


@op("nn.sufficient_statistics", samples=lambda s: [s.call(s(3, 2), [0]), s.call(s(3, 2), [0, 1], s())])
def sufficient_statistics(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """(count, sum, sum of squares, shift) of x over `axes`, x being shifted by `shift` first.

    shift: a value near the mean, taken off first; None: nothing is.

    >>> sufficient_statistics([1., 2.], [0])[2]
    <tf.Tensor: shape=(), dtype=float32, numpy=5.0>
    """
    x, axes = as_tensor(x), ints(axes)
    count = 1
    for axis in axes:
        count *= x._array.shape[axis]
    if shift is None:
        moved, squares = x, ops.square(x)
    else:
        shift = as_tensor(shift)
        moved, squares = x - shift, ops.squared_difference(x, shift)
    return (
        ops.constant(count, x.dtype),
        ops.reduce_sum(moved, axes, keepdims),
        ops.reduce_sum(squares, axes, keepdims),
        shift,
    )


def _counted_samples(s: Any) -> Any:
    for shift in (None, s()):
        yield s.call(s(within=(1.0, 3.0)), s(2), s(2), shift)


@op("nn.normalize_moments", samples=_counted_samples)
def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """(mean, variance) from the results of `sufficient_statistics`.

    counts: how many entries were summed. mean_ss: their sum. variance_ss: the sum of their squares. shift: what was
    taken off them; None: nothing was.

    >>> normalize_moments(2., 4., 10., None)
    (<tf.Tensor: shape=(), dtype=float32, numpy=2.0>, <tf.Tensor: shape=(), dtype=float32, numpy=1.0>)
    """
    divisor = ops.reciprocal(counts)
    shifted = ops.multiply(mean_ss, divisor)
    mean = shifted if shift is None else ops.add(shifted, shift)
    return mean, ops.subtract(ops.multiply(variance_ss, divisor), ops.square(shifted))


# ---------------------------------------------------------------- batch and local response normalization


def _batch_samples(s: Any) -> Any:
    yield s.call(s(3, 2), s(2), s(2, within=(0.5, 2.0)), s(2), s(2), 1e-3)
    yield s.call(s(3, 2), s(2), s(2, within=(0.5, 2.0)), None, None, 1e-3)


@op("nn.batch_normalization", samples=_batch_samples)
def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any, name: str | None = None
) -> Tensor:
    """(x - mean) / sqrt(variance + variance_epsilon) * scale + offset, all of which broadcast to x.

    By Ioffe and Szegedy (2015).

    offset, scale: None leaves that step out.

    >>> batch_normalization(constant([1., 2.]), 1.5, 0.25, 0., 1., 1e-3)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.998006 ,  0.9980061], dtype=float32)>
    """
    x = as_tensor(x)
    mean, variance = as_tensor(mean, hint=x.dtype), as_tensor(variance, hint=x.dtype)
    inverse = ops.rsqrt(ops.add(variance, variance_epsilon))
    if scale is not None:
        inverse = inverse * scale
    rest = -mean * inverse if offset is None else offset - mean * inverse
    return x * ops.cast(inverse, x.dtype) + ops.cast(rest, x.dtype)


@op(
    "nn.batch_norm_with_global_normalization",
    samples=lambda s: [s.call(s(3, 2), s(2), s(2, within=(0.5, 2.0)), s(2), s(2), 1e-3, True)],
)
def batch_norm_with_global_normalization(
    input: Any,
    mean: Any,
    variance: Any,
    beta: Any,
    gamma: Any,
    variance_epsilon: Any,
    scale_after_normalization: bool,
    name: str | None = None,
) -> Tensor:
    """`batch_normalization` with offset `beta`, and with scale `gamma` if `scale_after_normalization`.

    By Ioffe and Szegedy (2015).

    input: (batch, height, width, channels). scale_after_normalization: whether gamma is applied. beta, gamma: tensors
    that broadcast with the input.

    >>> batch_norm_with_global_normalization(constant([1., 2.]), 1.5, 0.25, 0., 1., 1e-3, True)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.998006 ,  0.9980061], dtype=float32)>
    """
    scale = gamma if scale_after_normalization else None
    return batch_normalization(input, mean, variance, beta, scale, variance_epsilon)


@op("nn.local_response_normalization nn.lrn")
def local_response_normalization(
    input: Any, depth_radius: int = 5, bias: float = 1, alpha: float = 1, beta: float = 0.5, name: str | None = None
) -> Tensor:
    """x / (bias + alpha * s) ** beta, s being the sum of squares over the 2 * depth_radius + 1 channels around x's.

    input: (batch, height, width, channels) of float32 or float16 (Krizhevsky et al., 2012).

    depth_radius: an int: how many channels on either side are summed.
    bias, alpha, beta: floats. Raises InvalidArgumentError for an input that is not of rank 4.

    >>> local_response_normalization(ones([1, 1, 1, 2]))
    <tf.Tensor: shape=(1, 1, 1, 2), dtype=float32, numpy=array([[[[0.57735026, 0.57735026]]]], dtype=float32)>
    """
    x = or_default(input, float32, HALF_FIRST[:3])
    check_dtype("LRN", x, HALF_FIRST[:3], HALF_FIRST[:3], "input")
    if x._array.ndim != 4:
        raise invalid("LRN", "in must be 4-dimensional", "lrn: the input must have rank 4", [("input", x)], name=None)
    if x.dtype is bfloat16:
        numbers = {"alpha": alpha, "beta": beta, "bias": bias, "depth_radius": depth_radius}
        raise no_kernel("LRN", "lrn", {"T": x.dtype, **numbers}, [("input", x)])
    return _lrn(x, radius=depth_radius, bias=bias, alpha=alpha, beta=beta)


@primitive(lambda g, y, x, **numbers: _lrn_slope(g, x, **numbers))
def _lrn(xp, x, radius, bias, alpha, beta):
    return x * (bias + alpha * (xp.square(x) @ _window(xp, x, radius))) ** -beta


@primitive(joint=no_gradient("LRNGrad"))
def _lrn_slope(xp, g, x, radius, bias, alpha, beta):
    window = _window(xp, x, radius)
    scale = bias + alpha * (xp.square(x) @ window)
    return g * scale**-beta - 2 * alpha * beta * x * ((g * x * scale ** (-beta - 1)) @ window)


def _window(xp: Any, array: Any, radius: int) -> Any:
    """(channels, channels): 1 where two channels are at most `radius` apart."""
    channels = xp.arange(array.shape[-1])
    return (xp.abs(channels[:, None] - channels) <= radius).astype(array.dtype)


@op("nn.bias_add", samples=lambda s: [s.call(s(2, 3), s(3)), s.call(s(2, 3, 2), s(3), data_format="NC...")])
def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Tensor:
    """value + bias, with one bias for each channel: for each entry of the last axis, or of axis 1 for "NC...".

    Raises InvalidArgumentError unless the bias has an entry for each channel, ValueError for another data_format.

    value: (batch, ..., channels), or (batch, channels, ...) for "NC...".

    >>> bias_add([[1., 2.]], [1., 1.])
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[2., 3.]], dtype=float32)>
    """
    if data_format is not None and not data_format.startswith("N"):
        raise ValueError(f"`data_format` must be of the form `N...C` or `NC...`. Received: data_format={data_format}")
    first = data_format is not None and data_format.startswith("NC")
    x = as_tensor(value)
    check_dtype("BiasAdd", x, SUMMABLE, SUMMABLE, "value")
    b = alike("BiasAdd", [x, bias], "")[1]
    p, q = x._array.shape, b._array.shape
    operands = [("value", x), ("bias", b)]
    if len(p) < 2:
        message = f"Input tensor must be at least 2D: {bracketed(p)}"
    elif len(q) != 1:
        message = f"Biases must be 1D: {bracketed(q)}"
    elif q[0] != p[1 if first else -1]:
        where = "channel dimension" if first else "last dimension"
        message = f"Must provide as many biases as the {where} of the input tensor: {bracketed(q)} vs. {bracketed(p)}"
    else:
        return ops.add(x, ops.reshape(b, [-1] + [1] * (len(p) - 2)) if first else b)
    raise invalid("BiasAdd", message, f"bias_add: shapes {p} and {q} do not fit", operands, name=None)


@op("math.zero_fraction nn.zero_fraction")
def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """The share of zeros among all entries, as float32.

    >>> zero_fraction([0., 1., 0., 2.])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """
    x = as_tensor(value)
    zeros = ops.reduce_sum(ops.cast(ops.equal(x, ops.zeros_like(x)), "int64"))
    return ops.cast(zeros, float32) / float(x._array.size)


# ---------------------------------------------------------------- clipping


def _clip_samples(s: Any) -> Any:
    yield s.call(s(3, within=(1.0, 2.0)), 1.0)
    yield s.call(s(3, within=(0.1, 0.2)), 1.0)
    yield s.call(s(2, 3, within=(1.0, 2.0)), 1.0, axes=[1])


@op("clip_by_norm", samples=_clip_samples)
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """t, scaled down to norm `clip_norm` if its Euclidean norm (along `axes`, if given) is greater.

    Raises ValueError for a clip_norm that would make the shape larger.

    >>> clip_by_norm([3., 4.], 1.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.6, 0.8], dtype=float32)>
    """
    sparse = isinstance(t, IndexedSlices)
    x = t.values if sparse else as_tensor(t)
    limit = ops.maximum(as_tensor(clip_norm, x.dtype if not x.dtype.is_integer else None), 0)
    total = ops.reduce_sum(x * x, axes, True)
    some = total > 0
    # The square root's infinite slope at 0 must not reach the gradient as 0 * inf.
    size = ops.where(some, ops.sqrt(ops.where(some, total, ops.ones_like(total))), total)
    scaled = x * limit
    if scaled._array.shape != x._array.shape:
        raise explain(
            ValueError(f"Shapes {x._array.shape} and {scaled._array.shape} are incompatible"),
            f"clip_by_norm: clip_norm of shape {limit._array.shape} would change the shape of t",
            [("t", x), ("clip_norm", limit)],
        )
    clipped = scaled / ops.maximum(size, limit)
    return IndexedSlices(clipped, t.indices, t.dense_shape) if sparse else clipped


def _global_samples(s: Any) -> Any:
    yield s.call([s(3, within=(1.0, 2.0)), s(2)], 1.0)
    yield s.call([s(3, within=(0.1, 0.2))], 1.0)


@op("clip_by_global_norm", samples=_global_samples)
def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Any]:
    """(the tensors, scaled down together to norm `clip_norm` if their global norm is greater; that norm).

    A None in the list stays None; an infinite norm makes everything nan (Pascanu et al., 2012).

    t_list: a list of tensors. use_norm: the norm to go by, of shape (); None: that of t_list.
    Raises TypeError for what is no list.

    >>> clip_by_global_norm([constant([3.]), constant([4.])], 1.)[0][1]
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.8], dtype=float32)>
    """
    if not isinstance(t_list, (list, tuple)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    norm = ops.global_norm(t_list) if use_norm is None else as_tensor(use_norm)
    dtype: DType = norm.dtype
    limit = as_tensor(clip_norm, dtype)
    # inf - inf is nan, which is what an infinite norm shall give.
    scale = limit * ops.minimum(1.0 / norm + (norm - norm), 1.0 / limit)

    def clipped(t: Any) -> Any:
        if t is None:
            return None
        if isinstance(t, IndexedSlices):
            return IndexedSlices(t.values * ops.cast(scale, t.values.dtype), t.indices, t.dense_shape)
        x = as_tensor(t)
        return x * ops.cast(scale, x.dtype)

    return [clipped(t) for t in t_list], norm
