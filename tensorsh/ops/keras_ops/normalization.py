"""`keras.ops`: moments and normalizations, attention, cross entropies and other losses."""

from __future__ import annotations

from math import prod
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..keras.config import epsilon as default_epsilon
from ..layer_norm import composed, normalized
from ..registry import at_path, ops
from .dtypes import floats, keras_op, result_type, tensor
from .linalg import norm


def _wide(x: Any) -> Tensor:
    """x in float32 at least."""
    x = as_tensor(x)
    return tensor(x, result_type(x.dtype.name, "float32"))


@keras_op("nn.moments", lambda s: [s.call(s(2, 3), [0])])
def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> tuple[Tensor, Tensor]:
    """The mean and the variance along axes; float16 and bfloat16 are computed in float32.

    synchronized: taken as Keras takes it; there is one replica here.

    >>> tf.keras.ops.moments(tf.constant([1., 3.]), [0])
    (<tf.Tensor: shape=(), dtype=float32, numpy=2.0>, <tf.Tensor: shape=(), dtype=float32, numpy=1.0>)
    """
    x = as_tensor(x)
    if x.dtype.name not in ("float16", "bfloat16"):
        mean, variance = ops.moments(x, axes, keepdims=keepdims)
        return mean, variance
    limits = at_path("tf.float16").min, at_path("tf.float16").max
    parts = ops.moments(ops.cast(x, "float32"), axes, keepdims=keepdims)
    mean, variance = (ops.cast(ops.clip_by_value(part, *limits), x.dtype) for part in parts)
    return mean, variance


@keras_op("nn.normalize", lambda s: [s.call(s(2, 3, within=(0.5, 1.5))), s.call(s(2, 3, within=(0.5, 1.5)), 0, 3)])
def normalize(x: Any, axis: Any = -1, order: Any = 2, epsilon: float | None = None) -> Tensor:
    """x divided by its norm along `axis`, which is taken to be `epsilon` at least.

    order: an int: 1 for the sum of absolute values, 2 for the Euclidean length, and so on. epsilon: None: Keras's
    `epsilon`. Raises ValueError for an order that is no integer from 1 on.

    >>> tf.keras.ops.normalize([[3., 4.]])
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0.6, 0.8]], dtype=float32)>
    """
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"Argument `order` must be an int >= 1. Received: order={order}")
    x = as_tensor(x)
    x = x if x._array.ndim else ops.expand_dims(x, 0)
    least = default_epsilon() if epsilon is None else epsilon
    if order == 2:
        return x * ops.minimum(ops.rsqrt(ops.reduce_sum(ops.square(x), axis, True)), 1.0 / least)
    return ops.keras_ops_divide(x, ops.keras_ops_maximum(norm(x, order, axis, True), least))


@keras_op("nn.batch_normalization", lambda s: [s.call(s(2, 3), s(3), s(3, within=(0.5, 1.5)), -1, s(3), s(3))])
def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 1e-3
) -> Tensor:
    """scale * (x - mean) / sqrt(variance + epsilon) + offset; vectors of the sizes of x along `axis`.

    mean, variance, offset, scale: (size of x along axis,) (Ioffe & Szegedy, 2015).

    >>> mean, variance = tf.constant([0., 1.]), tf.constant([1., 4.])
    >>> tf.keras.ops.batch_normalization(tf.constant([[1., 5.]]), mean, variance, -1, epsilon=0.)
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[1., 2.]], dtype=float32)>
    """
    x = as_tensor(x)
    parts = [None if part is None else as_tensor(part) for part in (mean, variance, offset, scale)]
    if axis != -1:
        shape = [1] * x._array.ndim
        shape[axis] = -1
        parts = [None if part is None else ops.reshape(part, shape) for part in parts]
    return ops.batch_normalization(x, *parts, epsilon)


@keras_op("nn.layer_normalization", lambda s: [s.call(s(2, 3), s(3), s(3)), s.call(s(2, 3), axis=[0, 1])])
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None, **kwargs: Any
) -> Tensor:
    """gamma * (x - mean) / sqrt(variance + epsilon) + beta, with the moments of x along `axis`, in float32 at least.

    gamma, beta: of x's sizes along `axis`; None: 1 and 0. epsilon: None: Keras's `epsilon`. kwargs: `rms_scaling`, to
    leave the mean alone (Ba et al., 2016).

    >>> tf.keras.ops.layer_normalization(tf.constant([[1., 3.]]))
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[-0.99999994,  0.99999994]], dtype=float32)>
    """
    given = as_tensor(x)
    x = _wide(given)
    axes = sorted([axis] if isinstance(axis, int) else axis)
    sizes = x._array.shape
    shape = [1] * len(sizes)
    for a in axes:
        shape[a] = sizes[a]

    def beside(v: Any) -> Any:
        v = tensor(as_tensor(v), x.dtype.name)
        return ops.reshape(v, shape) if v._array.ndim != len(shape) and axes != [len(shape) - 1] else v

    least = default_epsilon() if epsilon is None else epsilon
    if kwargs.pop("rms_scaling", False):
        y = x * ops.rsqrt(ops.reduce_variance(x, axes, True) + least)
        return tensor(y if gamma is None else y * beside(gamma), given.dtype.name)
    scale, offset = (None if part is None else beside(part) for part in (gamma, beta))
    rank, count = len(sizes), prod(shape)
    last = sorted(a % rank for a in axes) == [*range(rank - len(axes), rank)]
    if last and count and all(part is None or part._array.size == count for part in (scale, offset)):
        scale = ops.ones([count], x.dtype) if scale is None else ops.reshape(scale, [count])
        offset = ops.zeros([count], x.dtype) if offset is None else ops.reshape(offset, [count])
        y = ops.reshape(normalized(ops.reshape(x, [-1, count]), scale, offset, epsilon=least), sizes)
    else:
        y = composed(x, scale, offset, axes, least)
    return tensor(y, given.dtype.name)


@keras_op("nn.rms_normalization", lambda s: [s.call(s(2, 3), s(3))])
def rms_normalization(x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None) -> Tensor:
    """scale * x / sqrt(the mean of x ** 2 along `axis` + epsilon), in float32 at least.

    scale: of x's sizes along `axis`; None: 1. epsilon: None: Keras's `epsilon` (Zhang & Sennrich, 2019).

    >>> tf.keras.ops.rms_normalization(tf.constant([[3., 3.]]))
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[1., 1.]], dtype=float32)>
    """
    given = as_tensor(x)
    x = _wide(given)
    x = x if x._array.ndim else ops.expand_dims(x, 0)
    least = default_epsilon() if epsilon is None else epsilon
    y = x * ops.rsqrt(ops.reduce_mean(ops.square(x), axis, True) + least)
    return tensor(y if scale is None else y * tensor(as_tensor(scale), x.dtype.name), given.dtype.name)


@keras_op("nn.dot_product_attention", lambda s: [s.call(s(1, 2, 2, 3), s(1, 3, 1, 3), s(1, 3, 1, 3), is_causal=True)])
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: Any = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Tensor:
    """softmax(query @ key * scale + bias) @ value, for each head (Vaswani et al., 2017).

    query: (batch, queries, heads, size). key, value: (batch, keys, heads, size), with fewer heads if several of the
    query's share one. bias: added to the logits, of a shape that broadcasts with (batch, heads, queries, keys). mask:
    bools (batch, heads, queries, keys). scale: 1 / sqrt(size) by default. is_causal: no query sees later keys.
    flash_attention: None or False. attn_logits_soft_cap: None. Raises ValueError for other ranks, and for what only
    other hardware has.

    >>> q = tf.ones((1, 1, 1, 2))
    >>> tf.keras.ops.dot_product_attention(q, tf.ones((1, 2, 1, 2)), tf.constant([[[[1., 2.]], [[3., 4.]]]]))
    <tf.Tensor: shape=(1, 1, 1, 2), dtype=float32, numpy=array([[[[2., 3.]]]], dtype=float32)>
    """
    if attn_logits_soft_cap is not None:
        raise ValueError(
            "attn_logits_soft_cap is only supported for JAX on TPU. Set attn_logits_soft_cap=None when not using JAX "
            "on TPU."
        )
    if flash_attention:
        raise ValueError("Flash attention is not supported in tensorflow backend.")
    parts = [as_tensor(part) for part in (query, key, value)]
    if parts[0]._array.ndim != 4:
        shapes = ", ".join(f"{name}.shape={part.shape}" for name, part in zip(("query", "key", "value"), parts))
        raise ValueError(f"`dot_product_attention` only supports 4D inputs. Received: {shapes}.")
    kind = result_type(*(part.dtype.name for part in parts))
    query, key, value = (tensor(part, kind) for part in parts)
    heads, shared = query._array.shape[2], key._array.shape[2]
    if heads > shared > 1:
        key, value = (ops.repeat(part, heads // shared, axis=2) for part in (key, value))
    if scale is None:
        scale = 1.0 / ops.sqrt(ops.cast(key._array.shape[-1], "float32"))
    logits = _wide(ops.einsum("BTNH,BSNH->BNTS", *_same_heads(query, key)))
    logits = logits * ops.cast(scale, logits.dtype)
    if bias is not None:
        logits = logits + ops.cast(tensor(as_tensor(bias), kind), logits.dtype)
    logits = _masked(logits, mask, is_causal)
    weights = ops.cast(ops.softmax(logits, -1), key.dtype)
    return ops.einsum("BNTS,BSNH->BTNH", *_same_heads(weights, value, 1))


def _same_heads(x: Tensor, y: Tensor, axis: int = 2) -> tuple[Tensor, Tensor]:
    """y (..., heads, size) with its only head repeated, if x has more along `axis`."""
    heads = x._array.shape[axis]
    return x, ops.repeat(y, heads, axis=2) if y._array.shape[2] == 1 != heads else y


def _masked(logits: Tensor, mask: Any, is_causal: bool) -> Tensor:
    seen = None if mask is None else tensor(mask, "bool")
    if is_causal:
        below = ops.band_part(ops.ones(logits._array.shape[2:], "bool"), -1, 0)
        seen = below if seen is None else ops.logical_and(seen, below)
    if seen is None:
        return logits
    return ops.where(seen, logits, as_tensor(3.38953e38 * -0.7, logits.dtype))


@keras_op("nn.binary_crossentropy", lambda s: [s.call(s(3, within=(0.1, 0.9)), s(3, within=(0.1, 0.9)))])
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """-(target * log(output) + (1 - target) * log(1 - output)), for each element; of logits if told so.

    target: float, from 0 to 1. output: float, of the target's shape. Raises ValueError for other shapes.

    >>> tf.keras.ops.binary_crossentropy([0., 1.], [0.5, 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.6931472, 0.6931472], dtype=float32)>
    """
    target, output = as_tensor(target), as_tensor(output)
    _check_shapes(target, output)
    if from_logits:
        return ops.sigmoid_cross_entropy_with_logits(labels=target, logits=output)
    output = _clipped(output)
    return -(target * ops.log(output) + (1 - target) * ops.log(1 - output))


@keras_op("nn.categorical_crossentropy", lambda s: [s.call(s(2, 3, within=(0.1, 0.9)), s(2, 3, within=(0.1, 0.9)))])
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """-sum(target * log(output)) along `axis`, of outputs scaled to the sum 1; of logits if told so.

    target: float (..., classes). output: float, of the target's shape. Raises ValueError for other shapes.

    >>> tf.keras.ops.categorical_crossentropy([0., 1.], [0.5, 0.5])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.6931471824645996>
    """
    target, output = as_tensor(target), as_tensor(output)
    if not target._array.ndim:
        raise ValueError(
            "Arguments `target` and `output` must be at least rank 1. "
            f"Received: target.shape={target.shape}, output.shape={output.shape}"
        )
    _check_shapes(target, output)
    if from_logits:
        return ops.softmax_cross_entropy_with_logits(labels=target, logits=output, axis=axis)
    output = _clipped(output / ops.reduce_sum(output, axis, True))
    return -ops.reduce_sum(target * ops.log(output), axis)


@keras_op("nn.sparse_categorical_crossentropy", lambda s: [s.call([0, 2], s(2, 3, within=(0.1, 0.9)))])
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """-log(output of the target's class) along the last axis, of outputs scaled to the sum 1; of logits if told so.

    target: integers (...) or (..., 1). output: float (..., classes). axis: the last one. Raises ValueError for another
    axis, or for other shapes.

    >>> tf.keras.ops.sparse_categorical_crossentropy([1], tf.constant([[0.5, 0.5]]))
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.6931472], dtype=float32)>
    """
    target, output = tensor(as_tensor(target), "int64"), as_tensor(output)
    rank = output._array.ndim
    if axis not in (-1, rank - 1):
        raise ValueError(f"Only axis=-1 is currently supported. Received: axis={axis}")
    shapes = f"target.shape={target.shape}, output.shape={output.shape}"
    if target._array.ndim == rank and target._array.shape[-1] == 1:
        target = ops.squeeze(target, [-1])
    if rank < 1:
        raise ValueError(f"Argument `output` must be at least rank 1. Received: output.shape={output.shape}")
    if target._array.ndim != rank - 1:
        raise ValueError(f"Argument `output` must have rank (ndim) `target.ndim - 1`. Received: {shapes}")
    if target._array.shape != output._array.shape[:-1]:
        raise ValueError(
            f"Arguments `target` and `output` must have the same shape up until the last dimension: {shapes}"
        )
    logits = output if from_logits else ops.log(_clipped(output))
    return ops.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits)


def _clipped(x: Tensor) -> Tensor:
    return ops.clip_by_value(x, default_epsilon(), 1.0 - default_epsilon())


def _check_shapes(target: Tensor, output: Tensor) -> None:
    received = f"Received: target.shape={target.shape}, output.shape={output.shape}"
    if target._array.ndim != output._array.ndim:
        raise ValueError(f"Arguments `target` and `output` must have the same rank (ndim). {received}")
    if target._array.shape != output._array.shape:
        raise ValueError(f"Arguments `target` and `output` must have the same shape. {received}")


@keras_op("nn.psnr", lambda s: [s.call(s(3), s(3), 1.0)])
def psnr(x1: Any, x2: Any, max_val: Any) -> Tensor:
    """The peak signal-to-noise ratio of all elements in decibels: 20 log10(max_val) - 10 log10(mean squared error).

    x1, x2: of one shape. Raises ValueError for different ones.

    >>> tf.keras.ops.psnr(tf.constant([1., 0.]), tf.constant([1., 1.]), 1.)
    <tf.Tensor: shape=(), dtype=float32, numpy=3.010300397872925>
    """
    x1, x2 = as_tensor(x1), as_tensor(x2)
    if x1._array.shape != x2._array.shape:
        raise ValueError(f"Input shapes {x1.shape} and {x2.shape} must match for PSNR calculation. ")
    error = ops.reduce_mean(ops.square(x1 - x2))
    return 20 * ops.keras_ops_log10(tensor(max_val, x2.dtype.name)) - 10 * ops.keras_ops_log10(error)


@keras_op("nn.polar", lambda s: [s.call(s(2), s(2))])
def polar(abs_: Any, angle: Any) -> Tensor:
    """The complex numbers with these absolute values and angles in radians.

    abs_, angle: float, of shapes that broadcast.

    >>> tf.keras.ops.polar(tf.constant([2.]), tf.constant([0.]))
    <tf.Tensor: shape=(1,), dtype=complex64, numpy=array([2.+0.j], dtype=complex64)>
    """
    abs_, angle = as_tensor(abs_), floats(angle)
    return at_path("tf.complex")(abs_ * ops.cos(angle), abs_ * ops.sin(angle))
