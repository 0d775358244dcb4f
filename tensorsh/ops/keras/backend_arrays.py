"""`tf.keras.backend`: what takes tensors and gives tensors, where Keras 2 differs from TensorFlow in some detail."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import op, ops
from .config import standard_dtype

#: Registers a function as tf.keras.backend's; its name in the registry begins with `keras_backend_`.
legacy_op = partial(op, "keras.backend.", short=False, prefix="keras_backend_")


def _number(x: Any) -> Tensor:
    x = as_tensor(x)
    return ops.cast(x, standard_dtype(None)) if x.dtype.is_bool else x


@legacy_op(samples=lambda s: [s.call(s(2, 3))])
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean along `axis`, or of all; booleans as floats.

    >>> tf.keras.backend.mean(tf.constant([1., 3.]))
    <tf.Tensor: shape=(), dtype=float32, numpy=2.0>
    """
    return ops.reduce_mean(_number(x), axis, keepdims)


@legacy_op(samples=lambda s: [s.call(s(2, 3))])
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The standard deviation along `axis`, or of all; booleans as floats.

    >>> tf.keras.backend.std(tf.constant([1., 3.]))
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    return ops.reduce_std(_number(x), axis, keepdims)


@legacy_op(samples=lambda s: [s.call(s(2, 3))])
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The variance along `axis`, or of all; booleans as floats.

    >>> tf.keras.backend.var(tf.constant([1., 3.]))
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    return ops.reduce_variance(_number(x), axis, keepdims)


@legacy_op()
def argmax(x: Any, axis: int = -1) -> Tensor:
    """Where the greatest is along `axis`, as int64.

    >>> tf.keras.backend.argmax([1., 3.])
    <tf.Tensor: shape=(), dtype=int64, numpy=1>
    """
    return ops.argmax(x, axis)


@legacy_op()
def argmin(x: Any, axis: int = -1) -> Tensor:
    """Where the smallest is along `axis`, as int64.

    >>> tf.keras.backend.argmin([1., 3.])
    <tf.Tensor: shape=(), dtype=int64, numpy=0>
    """
    return ops.argmin(x, axis)


@legacy_op(samples=lambda s: [s.call(s.distinct(2, 3), -0.9, 0.8)])
def clip(x: Any, min_value: Any, max_value: Any) -> Tensor:
    """x, no less than `min_value` and no more than `max_value`; None for no limit.

    min_value, max_value: numbers, or tensors that broadcast with x; of two numbers, the upper is taken to be no less
    than the lower.

    >>> tf.keras.backend.clip([-2., 0.5, 2.], 0., 1.)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 1. ], dtype=float32)>
    """
    low = -math.inf if min_value is None else min_value
    high = math.inf if max_value is None else max_value
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        high = max(low, high)
    return ops.clip_by_value(x, low, high)


@legacy_op(samples=lambda s: [s.call([s(2), s(3)])])
def concatenate(tensors: Any, axis: int = -1) -> Tensor:
    """Tensors one after the other along an axis.

    >>> tf.keras.backend.concatenate([tf.constant([1]), tf.constant([2])])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return ops.concat(tensors, axis if as_tensor(tensors[0])._array.ndim else 0)


@legacy_op(samples=lambda s: [s.call(s(2, 3), s(3, 2))])
def dot(x: Any, y: Any) -> Tensor:
    """The matrix product; of tensors of more axes the sums of products along x's last and y's last axis but one.

    y: (..., n, k). x: (..., m, n).

    >>> tf.keras.backend.dot(tf.constant([[1., 2.]]), tf.constant([[3.], [4.]]))
    <tf.Tensor: shape=(1, 1), dtype=float32, numpy=array([[11.]], dtype=float32)>
    """
    x, y = as_tensor(x), as_tensor(y)
    if max(x._array.ndim, y._array.ndim) > 2:
        return ops.tensordot(x, y, [[-1], [-2]])
    return ops.matmul(x, y)


@legacy_op(samples=lambda s: [s.call(s.distinct(2, 3), 0.5)])
def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """x where it is positive, else alpha * (exp(x) - 1) (Clevert et al., 2015).

    >>> tf.keras.backend.elu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>
    """
    y = ops.elu(x)
    return y if alpha == 1 else ops.where(as_tensor(x) > 0, y, alpha * y)


@legacy_op(samples=lambda s: [s.call(s(2, 3))])
def expand_dims(x: Any, axis: int = -1) -> Tensor:
    """A new axis of size 1.

    >>> tf.keras.backend.expand_dims([1, 2])
    <tf.Tensor: shape=(2, 1), dtype=int32, numpy=
    array([[1],
           [2]], dtype=int32)>
    """
    return ops.expand_dims(x, axis)


@legacy_op(samples=lambda s: [s.call(s(2, 3))])
def flatten(x: Any) -> Tensor:
    """All elements in one row.

    >>> tf.keras.backend.flatten([[1, 2], [3, 4]])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 3, 4], dtype=int32)>
    """
    return ops.reshape(x, [-1])


@legacy_op(samples=lambda s: [s.call(s(2, 3, 1))])
def batch_flatten(x: Any) -> Tensor:
    """Each sample's elements in one row.

    x: (batch, ...).

    >>> tf.keras.backend.batch_flatten([[[1, 2], [3, 4]]])
    <tf.Tensor: shape=(1, 4), dtype=int32, numpy=array([[1, 2, 3, 4]], dtype=int32)>
    """
    x = as_tensor(x)
    return ops.reshape(x, [-1, math.prod(x._array.shape[1:])])


@legacy_op(samples=lambda s: [s.call(s(2, 3))])
def hard_sigmoid(x: Any) -> Tensor:
    """0.2 x + 0.5, between 0 and 1.

    >>> tf.keras.backend.hard_sigmoid(tf.constant([-3., 0., 1.]))
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 0.7], dtype=float32)>
    """
    x = as_tensor(x)
    half, slope = as_tensor(0.5, x.dtype), as_tensor(0.2, x.dtype)
    return ops.clip_by_value(x * slope + half, 0.0, 1.0)


@legacy_op(samples=lambda s: [s.call(s.distinct(2, 3), 0.1)])
def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Tensor:
    """x from `threshold` to `max_value`, and alpha * (x - threshold) below.

    max_value: a float; None: no limit.

    >>> tf.keras.backend.relu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    return ops.keras_relu(x, alpha, max_value, threshold)


@legacy_op(samples=lambda s: [s.call(s(2, 2), 2, 0)])
def repeat_elements(x: Any, rep: int, axis: int) -> Tensor:
    """Each slice along an axis, `rep` times.

    x: a tensor of rank 1 or more. rep: an int.

    >>> tf.keras.backend.repeat_elements(tf.constant([1, 2]), 2, 0)
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 1, 2, 2], dtype=int32)>
    """
    return ops.repeat(x, rep, axis=axis)


@legacy_op(samples=lambda s: [s.call(s(2, 3))])
def softmax(x: Any, axis: Any = -1) -> Tensor:
    """exp(x), divided by its sum along `axis`. Raises ValueError for a vector.

    x: a tensor of rank 2 or more.

    >>> tf.keras.backend.softmax(tf.constant([[0., 0.]]))
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0.5, 0.5]], dtype=float32)>
    """
    x = as_tensor(x)
    if x._array.ndim <= 1:
        raise ValueError(f"Cannot apply softmax to a tensor that is 1D. Received input: {x}")
    return ops.keras_softmax(x, axis)


@legacy_op(samples=lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def sqrt(x: Any) -> Tensor:
    """The square root of what is not negative, and 0 of the rest.

    >>> tf.keras.backend.sqrt(tf.constant([4., -1.]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 0.], dtype=float32)>
    """
    x = as_tensor(x)
    return ops.sqrt(ops.maximum(x, ops.zeros_like(x)))


@legacy_op(samples=lambda s: [s.call(s(2, 1), 1)])
def squeeze(x: Any, axis: int) -> Tensor:
    """x without an axis of size 1.

    >>> tf.keras.backend.squeeze([[1, 2]], 0)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return ops.squeeze(x, [axis])


@legacy_op()
def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """The first or the second value, by a condition; functions are called, and elements chosen by a condition for each.

    then_expression, else_expression: tensors, or functions without arguments.

    >>> tf.keras.backend.switch(tf.constant(True), tf.constant(1), tf.constant(2))
    <tf.Tensor: shape=(), dtype=int32, numpy=1>
    """
    condition = ops.cast(condition, "bool")
    if not condition._array.ndim:
        chosen = then_expression if bool(condition) else else_expression
        return chosen() if callable(chosen) else ops.identity(chosen)
    first, second = (v() if callable(v) else v for v in (then_expression, else_expression))
    return ops.where(condition, first, second)


@legacy_op(samples=lambda s: [s.call(s(3), 2)])
def tile(x: Any, n: Any) -> Tensor:
    """x repeated as a whole, n times along each axis.

    n: an int, or an int for each axis.

    >>> tf.keras.backend.tile([1, 2], 2)
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 1, 2], dtype=int32)>
    """
    return ops.tile(x, [n] if isinstance(n, int) else n)
