"""`tf.keras.backend`: the functions of Keras 2 that losses and metrics of old are written in.

Those that are TensorFlow's own are entered as they are, in `_SAME`; here are values, variables and random numbers, and
`backend_arrays.py` has the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.tensor import Tensor, as_tensor, is_tensor
from ...runtime.variable import Variable
from ..registry import at_path, export, ops
from .backend_arrays import legacy_op
from .config import standard_dtype

_SAME = """
    abs cast cos cumsum equal exp foldl foldr gather greater greater_equal less less_equal map_fn math.cumprod
    math.l2_normalize math.log math.softplus maximum minimum nn.bias_add nn.softsign not_equal one_hot ones_like pow
    reshape round shape sigmoid sign sin square stack stop_gradient tanh transpose zeros_like
"""
_RENAMED = {
    "all": "keras.ops.all",
    "any": "keras.ops.any",
    "max": "reduce_max",
    "min": "reduce_min",
    "permute_dimensions": "transpose",
    "prod": "reduce_prod",
    "sum": "reduce_sum",
}
for _name, _path in {**{path.rpartition(".")[2]: path for path in _SAME.split()}, **_RENAMED}.items():
    export(f"tf.keras.backend.{_name}", at_path("tf." + _path), None, "keras.backend")


@legacy_op()
def get_value(x: Any) -> Any:
    """A tensor's value as an array, a number for rank 0; anything else as it is.

    >>> tf.keras.backend.get_value(tf.constant([1., 2.]))
    array([1., 2.], dtype=float32)
    """
    return x.numpy() if is_tensor(x) else x


@legacy_op()
def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Variable:
    """A variable of `floatx` unless a dtype is given.

    value: a tensor, or what becomes one. name: taken as Keras takes it. constraint: a function that is kept with the
    variable for optimizers to apply after a step; None: none.

    >>> tf.keras.backend.variable([1, 2])
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return Variable(value, dtype=standard_dtype(dtype), name=name, constraint=constraint)


@legacy_op()
def update(x: Variable, new_x: Any) -> Any:
    """Put a value into a variable.

    x: a Variable. new_x: a value of the variable's shape and dtype, or what becomes one.

    >>> v = tf.Variable(1.); tf.keras.backend.update(v, 2.); v.numpy()
    <tf.Variable 'UnreadVariable' shape=() dtype=float32, numpy=2.0>
    np.float32(2.0)
    """
    return x.assign(new_x)


@legacy_op()
def update_add(x: Variable, increment: Any) -> Any:
    """Add to a variable.

    x: a Variable. increment: a value of the variable's shape and dtype, or what becomes one.

    >>> v = tf.Variable(1.); tf.keras.backend.update_add(v, 2.); v.numpy()
    <tf.Variable 'UnreadVariable' shape=() dtype=float32, numpy=3.0>
    np.float32(3.0)
    """
    return x.assign_add(increment)


@legacy_op()
def update_sub(x: Variable, decrement: Any) -> Any:
    """Subtract from a variable.

    x: a Variable. decrement: a value of the variable's shape and dtype, or what becomes one.

    >>> v = tf.Variable(1.); tf.keras.backend.update_sub(v, 2.); v.numpy()
    <tf.Variable 'UnreadVariable' shape=() dtype=float32, numpy=-1.0>
    np.float32(-1.0)
    """
    return x.assign_sub(decrement)


@legacy_op()
def random_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normal numbers from TensorFlow's stream; without a seed, with one of NumPy's.

    >>> tf.keras.backend.random_normal((2,), seed=1).shape
    TensorShape([2])
    """
    return ops.normal(shape, mean, stddev, standard_dtype(dtype), _seed(seed))


@legacy_op()
def random_uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers spread evenly over [minval, maxval), from TensorFlow's stream; without a seed, with one of NumPy's.

    >>> tf.keras.backend.random_uniform((2,), seed=1).shape
    TensorShape([2])
    """
    return ops.uniform(shape, minval, maxval, standard_dtype(dtype), _seed(seed))


@legacy_op()
def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normal numbers, those further than two standard deviations from the mean drawn again.

    >>> tf.keras.backend.truncated_normal((2,), seed=1).shape
    TensorShape([2])
    """
    return ops.truncated_normal(shape, mean, stddev, standard_dtype(dtype), _seed(seed))


def _seed(seed: Any) -> int:
    return at_path("np.random.randint")(int(10e6)) if seed is None else seed


@legacy_op()
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor of `floatx` unless a dtype is given.

    name: taken as Keras takes it.

    >>> tf.keras.backend.constant([1, 2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return ops.constant(value, standard_dtype(dtype), shape)


@legacy_op()
def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of ones.

    >>> tf.keras.backend.ones((2,))
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([1., 1.], dtype=float32)>
    """
    return variable(ops.ones(shape, standard_dtype(dtype)), dtype, name)


@legacy_op()
def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A variable of zeros.

    >>> tf.keras.backend.zeros((2,))
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """
    return variable(ops.zeros(shape, standard_dtype(dtype)), dtype, name)


@legacy_op()
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> Tensor:
    """Numbers from `start` up to, without, `stop`; from 0 up to `start` if only that is given.

    start, stop: numbers; step: a number, the distance of neighbours.

    >>> tf.keras.backend.arange(3)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([0, 1, 2], dtype=int32)>
    """
    start = 0 if stop is None and start < 0 else start
    values = ops.arange(start, stop, step)
    return values if dtype == "int32" else ops.cast(values, dtype)


@legacy_op()
def cast_to_floatx(x: Any) -> Any:
    """x as `floatx`: a tensor as a tensor, anything else as an array.

    >>> tf.keras.backend.cast_to_floatx(tf.constant([1, 2]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    dtype = standard_dtype(None)
    return ops.cast(x, dtype) if is_tensor(x) else np.asarray(x, dtype.name)


@legacy_op()
def count_params(x: Any) -> Any:
    """The number of elements.

    >>> tf.keras.backend.count_params(tf.constant([[1., 2.]]))
    2
    """
    return as_tensor(x)._array.size


@legacy_op()
def eval(x: Any) -> Any:
    """The value as an array; a number for rank 0.

    >>> tf.keras.backend.eval(tf.constant([1., 2.]))
    array([1., 2.], dtype=float32)
    """
    return get_value(x)


@legacy_op()
def int_shape(x: Any) -> Any:
    """The sizes as a tuple of integers.

    >>> tf.keras.backend.int_shape(tf.constant([[1, 2]]))
    (1, 2)
    """
    return tuple(as_tensor(x)._array.shape)


@legacy_op()
def ndim(x: Any) -> Any:
    """The number of axes.

    >>> tf.keras.backend.ndim(tf.constant([[1, 2]]))
    2
    """
    return as_tensor(x)._array.ndim
