"""`tf.keras.backend`: the functions of Keras 2 that losses and metrics of old are written in.

Those that are TensorFlow's own are entered as they are, in `_SAME`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime.tensor import Tensor, as_tensor, is_tensor
from ..runtime.variable import Variable
from .keras_config import standard_dtype
from .registry import export, op, ops

_SAME = """
    abs bias_add cast cos cumprod cumsum equal exp foldl foldr gather greater greater_equal l2_normalize less less_equal
    log map_fn maximum minimum not_equal one_hot ones_like pow reshape round shape sigmoid sign sin softplus softsign
    square stack stop_gradient tanh transpose zeros_like
"""
_RENAMED = {
    "all": "keras_ops_all",
    "any": "keras_ops_any",
    "max": "reduce_max",
    "min": "reduce_min",
    "permute_dimensions": "transpose",
    "prod": "reduce_prod",
    "sum": "reduce_sum",
}
for _name in _SAME.split():
    export(f"tf.keras.backend.{_name}", getattr(ops, _name), None, "keras_backend")
for _name, _target in _RENAMED.items():
    export(f"tf.keras.backend.{_name}", getattr(ops, _target), None, "keras_backend")


def _legacy(samples: Callable[..., Any] | None = None) -> Callable[[Callable[..., Any]], Any]:
    """Register a function as tf.keras.backend's; its name in the registry begins with `keras_backend_`."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__
        function.__name__ = f"keras_backend_{name}"
        op(f"keras.backend.{name}", short=False, samples=samples)(function)
        function.__name__ = function.__qualname__ = name
        return function

    return decorate


def _number(x: Any) -> Tensor:
    x = as_tensor(x)
    return ops.cast(x, standard_dtype(None)) if x.dtype.is_bool else x


@_legacy()
def get_value(x: Any) -> Any:
    """A tensor's value as an array, a number for rank 0; anything else as it is.

    >>> tf.keras.backend.get_value(tf.constant([1., 2.]))
    array([1., 2.], dtype=float32)
    """
    return x.numpy() if is_tensor(x) else x


@_legacy()
def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Variable:
    """A variable of `floatx` unless a dtype is given.

    value: a tensor, or what becomes one. name: taken as Keras takes it. constraint: a function that is kept with the
    variable for optimizers to apply after a step; None: none.

    >>> tf.keras.backend.variable([1, 2])
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return Variable(value, dtype=standard_dtype(dtype), name=name, constraint=constraint)


@_legacy()
def update(x: Variable, new_x: Any) -> Any:
    """Put a value into a variable.

    x: a Variable. new_x: a value of the variable's shape and dtype, or what becomes one.

    >>> v = tf.Variable(1.); tf.keras.backend.update(v, 2.); v.numpy()
    <tf.Variable 'UnreadVariable' shape=() dtype=float32, numpy=2.0>
    np.float32(2.0)
    """
    return x.assign(new_x)


@_legacy()
def update_add(x: Variable, increment: Any) -> Any:
    """Add to a variable.

    x: a Variable. increment: a value of the variable's shape and dtype, or what becomes one.

    >>> v = tf.Variable(1.); tf.keras.backend.update_add(v, 2.); v.numpy()
    <tf.Variable 'UnreadVariable' shape=() dtype=float32, numpy=3.0>
    np.float32(3.0)
    """
    return x.assign_add(increment)


@_legacy()
def update_sub(x: Variable, decrement: Any) -> Any:
    """Subtract from a variable.

    x: a Variable. decrement: a value of the variable's shape and dtype, or what becomes one.

    >>> v = tf.Variable(1.); tf.keras.backend.update_sub(v, 2.); v.numpy()
    <tf.Variable 'UnreadVariable' shape=() dtype=float32, numpy=-1.0>
    np.float32(-1.0)
    """
    return x.assign_sub(decrement)


@_legacy()
def random_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normal numbers from TensorFlow's stream; without a seed, with one of NumPy's.

    >>> tf.keras.backend.random_normal((2,), seed=1).shape
    TensorShape([2])
    """
    return ops.normal(shape, mean, stddev, standard_dtype(dtype), _seed(seed))


@_legacy()
def random_uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers spread evenly over [minval, maxval), from TensorFlow's stream; without a seed, with one of NumPy's.

    >>> tf.keras.backend.random_uniform((2,), seed=1).shape
    TensorShape([2])
    """
    return ops.uniform(shape, minval, maxval, standard_dtype(dtype), _seed(seed))


@_legacy()
def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normal numbers, those further than two standard deviations from the mean drawn again.

    >>> tf.keras.backend.truncated_normal((2,), seed=1).shape
    TensorShape([2])
    """
    return ops.truncated_normal(shape, mean, stddev, standard_dtype(dtype), _seed(seed))


def _seed(seed: Any) -> int:
    return np.random.randint(int(10e6)) if seed is None else seed


@_legacy(lambda s: [s.call(s(2, 3))])
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean along `axis`, or of all; booleans as floats.

    >>> tf.keras.backend.mean(tf.constant([1., 3.]))
    <tf.Tensor: shape=(), dtype=float32, numpy=2.0>
    """
    return ops.reduce_mean(_number(x), axis, keepdims)


@_legacy(lambda s: [s.call(s(2, 3))])
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The standard deviation along `axis`, or of all; booleans as floats.

    >>> tf.keras.backend.std(tf.constant([1., 3.]))
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    return ops.reduce_std(_number(x), axis, keepdims)


@_legacy(lambda s: [s.call(s(2, 3))])
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The variance along `axis`, or of all; booleans as floats.

    >>> tf.keras.backend.var(tf.constant([1., 3.]))
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    return ops.reduce_variance(_number(x), axis, keepdims)


@_legacy()
def argmax(x: Any, axis: int = -1) -> Tensor:
    """Where the greatest is along `axis`, as int64.

    >>> tf.keras.backend.argmax([1., 3.])
    <tf.Tensor: shape=(), dtype=int64, numpy=1>
    """
    return ops.argmax(x, axis)


@_legacy()
def argmin(x: Any, axis: int = -1) -> Tensor:
    """Where the smallest is along `axis`, as int64.

    >>> tf.keras.backend.argmin([1., 3.])
    <tf.Tensor: shape=(), dtype=int64, numpy=0>
    """
    return ops.argmin(x, axis)


@_legacy()
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> Tensor:
    """Numbers from `start` up to, without, `stop`; from 0 up to `start` if only that is given.

    start, stop: numbers; step: a number, the distance of neighbours.

    >>> tf.keras.backend.arange(3)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([0, 1, 2], dtype=int32)>
    """
    start = 0 if stop is None and start < 0 else start
    values = ops.arange(start, stop, step)
    return values if dtype == "int32" else ops.cast(values, dtype)


@_legacy(lambda s: [s.call(s.distinct(2, 3), -0.9, 0.8)])
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


@_legacy(lambda s: [s.call([s(2), s(3)])])
def concatenate(tensors: Any, axis: int = -1) -> Tensor:
    """Tensors one after the other along an axis.

    >>> tf.keras.backend.concatenate([tf.constant([1]), tf.constant([2])])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return ops.concat(tensors, axis if as_tensor(tensors[0])._array.ndim else 0)


@_legacy()
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor of `floatx` unless a dtype is given.

    name: taken as Keras takes it.

    >>> tf.keras.backend.constant([1, 2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return ops.constant(value, standard_dtype(dtype), shape)


@_legacy()
def cast_to_floatx(x: Any) -> Any:
    """x as `floatx`: a tensor as a tensor, anything else as an array.

    >>> tf.keras.backend.cast_to_floatx(tf.constant([1, 2]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    dtype = standard_dtype(None)
    return ops.cast(x, dtype) if is_tensor(x) else np.asarray(x, dtype.name)


@_legacy()
def count_params(x: Any) -> Any:
    """The number of elements.

    >>> tf.keras.backend.count_params(tf.constant([[1., 2.]]))
    2
    """
    return as_tensor(x)._array.size


@_legacy(lambda s: [s.call(s(2, 3), s(3, 2))])
def dot(x: Any, y: Any) -> Tensor:
    """The matrix product; of tensors of more axes the sums of products along x's last and y's last axis but one.

    >>> tf.keras.backend.dot(tf.constant([[1., 2.]]), tf.constant([[3.], [4.]]))
    <tf.Tensor: shape=(1, 1), dtype=float32, numpy=array([[11.]], dtype=float32)>
    """
    x, y = as_tensor(x), as_tensor(y)
    if max(x._array.ndim, y._array.ndim) > 2:
        return ops.tensordot(x, y, [[-1], [-2]])
    return ops.matmul(x, y)


@_legacy(lambda s: [s.call(s.distinct(2, 3), 0.5)])
def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """x where it is positive, else alpha * (exp(x) - 1) (Clevert et al., 2015).

    >>> tf.keras.backend.elu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>
    """
    y = ops.elu(x)
    return y if alpha == 1 else ops.where(as_tensor(x) > 0, y, alpha * y)


@_legacy()
def eval(x: Any) -> Any:
    """The value as an array; a number for rank 0.

    >>> tf.keras.backend.eval(tf.constant([1., 2.]))
    array([1., 2.], dtype=float32)
    """
    return get_value(x)


@_legacy(lambda s: [s.call(s(2, 3))])
def expand_dims(x: Any, axis: int = -1) -> Tensor:
    """A new axis of size 1.

    >>> tf.keras.backend.expand_dims([1, 2])
    <tf.Tensor: shape=(2, 1), dtype=int32, numpy=
    array([[1],
           [2]], dtype=int32)>
    """
    return ops.expand_dims(x, axis)


@_legacy(lambda s: [s.call(s(2, 3))])
def flatten(x: Any) -> Tensor:
    """All elements in one row.

    >>> tf.keras.backend.flatten([[1, 2], [3, 4]])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 3, 4], dtype=int32)>
    """
    return ops.reshape(x, [-1])


@_legacy(lambda s: [s.call(s(2, 3, 1))])
def batch_flatten(x: Any) -> Tensor:
    """Each sample's elements in one row.

    x: (batch, ...).

    >>> tf.keras.backend.batch_flatten([[[1, 2], [3, 4]]])
    <tf.Tensor: shape=(1, 4), dtype=int32, numpy=array([[1, 2, 3, 4]], dtype=int32)>
    """
    x = as_tensor(x)
    return ops.reshape(x, [-1, math.prod(x._array.shape[1:])])


@_legacy(lambda s: [s.call(s(2, 3))])
def hard_sigmoid(x: Any) -> Tensor:
    """0.2 x + 0.5, between 0 and 1.

    >>> tf.keras.backend.hard_sigmoid(tf.constant([-3., 0., 1.]))
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 0.7], dtype=float32)>
    """
    x = as_tensor(x)
    half, slope = as_tensor(0.5, x.dtype), as_tensor(0.2, x.dtype)
    return ops.clip_by_value(x * slope + half, 0.0, 1.0)


@_legacy()
def int_shape(x: Any) -> Any:
    """The sizes as a tuple of integers.

    >>> tf.keras.backend.int_shape(tf.constant([[1, 2]]))
    (1, 2)
    """
    return tuple(as_tensor(x)._array.shape)


@_legacy()
def ndim(x: Any) -> Any:
    """The number of axes.

    >>> tf.keras.backend.ndim(tf.constant([[1, 2]]))
    2
    """
    return as_tensor(x)._array.ndim


@_legacy()
def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of ones.

    >>> tf.keras.backend.ones((2,))
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([1., 1.], dtype=float32)>
    """
    return variable(ops.ones(shape, standard_dtype(dtype)), dtype, name)


@_legacy()
def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of zeros.

    >>> tf.keras.backend.zeros((2,))
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """
    return variable(ops.zeros(shape, standard_dtype(dtype)), dtype, name)


@_legacy(lambda s: [s.call(s.distinct(2, 3), 0.1)])
def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Tensor:
    """x from `threshold` to `max_value`, and alpha * (x - threshold) below.

    max_value: a float; None: no limit.

    >>> tf.keras.backend.relu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    return ops.keras_relu(x, alpha, max_value, threshold)


@_legacy(lambda s: [s.call(s(2, 2), 2, 0)])
def repeat_elements(x: Any, rep: int, axis: int) -> Tensor:
    """Each slice along an axis, `rep` times.

    rep: an int.

    >>> tf.keras.backend.repeat_elements(tf.constant([1, 2]), 2, 0)
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 1, 2, 2], dtype=int32)>
    """
    return ops.repeat(x, rep, axis=axis)


@_legacy(lambda s: [s.call(s(2, 3))])
def softmax(x: Any, axis: Any = -1) -> Tensor:
    """exp(x), divided by its sum along `axis`. Raises ValueError for a vector.

    >>> tf.keras.backend.softmax(tf.constant([[0., 0.]]))
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0.5, 0.5]], dtype=float32)>
    """
    x = as_tensor(x)
    if x._array.ndim <= 1:
        raise ValueError(f"Cannot apply softmax to a tensor that is 1D. Received input: {x}")
    return ops.keras_softmax(x, axis)


@_legacy(lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def sqrt(x: Any) -> Tensor:
    """The square root of what is not negative, and 0 of the rest.

    >>> tf.keras.backend.sqrt(tf.constant([4., -1.]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 0.], dtype=float32)>
    """
    x = as_tensor(x)
    return ops.sqrt(ops.maximum(x, ops.zeros_like(x)))


@_legacy(lambda s: [s.call(s(2, 1), 1)])
def squeeze(x: Any, axis: int) -> Tensor:
    """x without an axis of size 1.

    >>> tf.keras.backend.squeeze([[1, 2]], 0)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return ops.squeeze(x, [axis])


@_legacy()
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


@_legacy(lambda s: [s.call(s(3), 2)])
def tile(x: Any, n: Any) -> Tensor:
    """x repeated as a whole, n times along each axis.

    n: an int, or an int for each axis.

    >>> tf.keras.backend.tile([1, 2], 2)
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 1, 2], dtype=int32)>
    """
    return ops.tile(x, [n] if isinstance(n, int) else n)
