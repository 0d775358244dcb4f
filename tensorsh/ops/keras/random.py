"""`tf.keras.random`: numbers drawn from TensorFlow's stateless streams.

seed: an integer (the same numbers at each call), a `SeedGenerator`, or None (the session's own generator, which
`tf.keras.utils.set_random_seed` sets). dtype: `floatx` by default.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import op, ops
from .config import standard_dtype
from .seeds import stateless

random_op = partial(op, "keras.random.", short=False, prefix="keras_random_")


@random_op()
def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normal numbers.

    mean, stddev: floats, or tensors of shapes that broadcast with `shape`.

    >>> tf.keras.random.normal((2,), seed=1)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.1266503 , -0.49301657], dtype=float32)>
    """
    return ops.stateless_normal(shape, stateless(seed), mean, stddev, standard_dtype(dtype))


@random_op()
def truncated_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normal numbers, those further than two standard deviations from the mean drawn again.

    mean, stddev: floats, or tensors of shapes that broadcast with `shape`.

    >>> tf.keras.random.truncated_normal((2,), seed=1)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.1266503 , -0.49301657], dtype=float32)>
    """
    return ops.stateless_truncated_normal(shape, stateless(seed), mean, stddev, standard_dtype(dtype))


@random_op()
def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Numbers spread evenly over [minval, maxval). Raises ValueError unless `dtype` is a float's.

    >>> tf.keras.random.uniform((2,), seed=1)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.8784882 , 0.45998025], dtype=float32)>
    """
    dtype = standard_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"`keras.random.uniform` requires a floating point `dtype`. Received: dtype={dtype.name} ")
    low, high = ops.cast(minval, dtype), ops.cast(maxval, dtype)
    return ops.stateless_uniform(shape, stateless(seed), low, high, dtype)


@random_op()
def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Integers from `minval` up to, without, `maxval`. Raises ValueError unless `dtype` is an integer's.

    >>> tf.keras.random.randint((3,), 0, 10, seed=1)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([9, 4, 0], dtype=int32)>
    """
    dtype = standard_dtype(dtype)
    if not dtype.is_integer:
        raise ValueError(f"`keras.random.randint` requires an integer `dtype`. Received: dtype={dtype.name} ")
    drawn_as = dtype if dtype.name in ("int32", "int64") else standard_dtype("int64")
    return ops.cast(ops.stateless_uniform(shape, stateless(seed), minval, maxval, drawn_as), dtype)


@random_op()
def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """For each row of logits (batch, classes) so many classes, drawn with the probabilities softmax(logits).

    Raises ValueError for logits of another rank than 2.

    >>> tf.keras.random.categorical([[0., 100.]], 3, seed=1)
    <tf.Tensor: shape=(1, 3), dtype=int32, numpy=array([[1, 1, 1]], dtype=int32)>
    """
    logits = as_tensor(logits)
    if logits._array.ndim != 2:
        raise ValueError(
            f"`logits` should be a 2-D tensor with shape [batch_size, num_classes]. Received: logits={logits}"
        )
    return ops.cast(ops.stateless_categorical(logits, num_samples, stateless(seed)), standard_dtype(dtype))


@random_op(samples=lambda s: [s.call(s(2, 3), 0.5, seed=1)])
def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Tensor:
    """The inputs, each set to 0 with probability `rate`, the others divided by 1 - rate.

    rate: a float from 0 to 1 (excluded) (Srivastava et al., 2014). noise_shape: the shape in which is drawn, broadcast
    to that of the inputs, whose sizes None stands for.

    >>> tf.keras.random.dropout(tf.ones(4), 0.5, seed=1)
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([2., 0., 2., 0.], dtype=float32)>
    """
    inputs = as_tensor(inputs)
    if rate == 1.0:
        return ops.zeros_like(inputs)
    if rate == 0.0:
        return inputs
    shape = inputs._array.shape
    noise_shape = shape if noise_shape is None else [n if n is not None else m for n, m in zip(noise_shape, shape)]
    return ops.stateless_dropout(inputs, rate, stateless(seed), noise_shape=noise_shape)


@random_op(samples=lambda s: [s.call(s(3), seed=1)])
def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Tensor:
    """x with its slices along `axis` in random order.

    >>> tf.keras.random.shuffle(tf.range(4), seed=1)
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([3, 1, 2, 0], dtype=int32)>
    """
    x = as_tensor(x)
    order = ops.argsort(ops.stateless_uniform([x._array.shape[axis]], stateless(seed)))
    return ops.gather(x, order, axis=axis)


@random_op()
def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Gamma-distributed numbers with shape `alpha` and scale 1.

    alpha: a positive float, or a tensor of a shape that broadcasts with `shape`.

    >>> tf.keras.random.gamma((2,), 2., seed=1)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3.0492713, 1.9660243], dtype=float32)>
    """
    return _gamma(shape, alpha, standard_dtype(dtype), stateless(seed))


def _gamma(shape: Any, alpha: Any, dtype: Any, seed: Tensor) -> Tensor:
    return ops.cast(ops.stateless_gamma(shape, seed, alpha, dtype=_drawn_as(dtype)), dtype)


def _drawn_as(dtype: Any) -> Any:
    """TensorFlow draws no bfloat16 from these streams."""
    return standard_dtype("float32") if dtype.name == "bfloat16" else dtype


@random_op()
def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Beta-distributed numbers: x / (x + y) for gamma-distributed x and y with shapes `alpha` and `beta`.

    alpha, beta: positive floats, or tensors of shapes that broadcast with `shape`.

    >>> tf.keras.random.beta((2,), 2., 3., seed=1)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.42414436, 0.46459267], dtype=float32)>
    """
    dtype, first = standard_dtype(dtype), stateless(seed)
    shapes = (ops.broadcast_to(ops.cast(as_tensor(a), _drawn_as(dtype)), shape) for a in (alpha, beta))
    x, y = (_gamma(shape, a, dtype, part) for a, part in zip(shapes, (first, first + 12)))
    return x / (x + y)


@random_op()
def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """How many of `counts` trials succeed, each with probability `probabilities`.

    counts, probabilities: floats, of shapes that broadcast with `shape`.

    >>> tf.keras.random.binomial((3,), 10., 0.5, seed=1)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([3., 4., 4.], dtype=float32)>
    """
    dtype = standard_dtype(dtype)
    drawn = ops.stateless_binomial(shape, stateless(seed), counts, probabilities, _drawn_as(dtype))
    return ops.cast(drawn, dtype)
