"""`tf.keras.activations`: those that are not under `tf.nn`, and those whose signatures are Keras's own.

Keras's `relu` is not `tf.nn.relu`; `named` gives a function the name that Keras prints once it stands in the registry
under one of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...runtime.errors import explain
from ...runtime.tensor import Tensor, as_tensor
from .. import activations, elementwise
from ..registry import PATHS, export, op, ops


def floats(x: Any) -> Tensor:
    """x as a tensor; integers as float32."""
    x = as_tensor(x)
    return ops.cast(x, "float32") if x.dtype.is_integer or x.dtype.is_bool else x


def _samples(s: Any) -> Any:
    return [s.call(s.distinct(2, 3))]


@op(
    "keras.activations.relu",
    short=False,
    samples=lambda s: [s.call(s.distinct(6)), s.call(s.distinct(6), 0.3, 1.9), s.call(s.distinct(6), 0.3, None, 0.2)],
    prefix="keras_",
)
def relu(x: Any, negative_slope: Any = 0.0, max_value: Any = None, threshold: Any = 0.0) -> Tensor:
    """max(x, 0); or `negative_slope` * (x - threshold) up to `threshold`, x above it, and at most `max_value`.

    max_value: a float, the most that the result is; None: no limit. threshold: a float, below which x counts as
    negative.

    >>> tf.keras.activations.relu([-2., 1., 8.], negative_slope=0.5, max_value=6.)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-1.,  1.,  6.], dtype=float32)>
    """
    x = as_tensor(x)
    if negative_slope != 0 and max_value is None and threshold == 0:
        return activations.leaky_relu(x, negative_slope)
    below = activations.relu(threshold - x if threshold != 0 else -x) if negative_slope != 0 else None
    if threshold != 0:
        y = ops.where(ops.greater(x, threshold), x, ops.zeros_like(x))
    else:
        y = activations.relu(x)
    if max_value is not None:
        y = ops.clip_by_value(y, ops.cast(0, x.dtype), ops.cast(max_value, x.dtype))
    return y if below is None else y - negative_slope * below


@op("keras.activations.leaky_relu", short=False, samples=_samples, prefix="keras_")
def leaky_relu(x: Any, negative_slope: Any = 0.2) -> Tensor:
    """x where it is positive, else negative_slope * x (Maas et al., 2013).

    >>> tf.keras.activations.leaky_relu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.2,  2. ], dtype=float32)>
    """
    return activations.leaky_relu(x, negative_slope)


@op("keras.activations.elu", short=False, samples=lambda s: [s.call(s.distinct(2, 3), alpha=0.5)], prefix="keras_")
def elu(x: Any, alpha: Any = 1.0) -> Tensor:
    """x where it is positive, else alpha * (exp(x) - 1) (Clevert et al., 2015).

    >>> tf.keras.activations.elu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>
    """
    x = as_tensor(x)
    y = activations.elu(x)
    return y if alpha == 1 else ops.where(ops.greater(x, 0), y, alpha * y)


@op("keras.activations.softmax", short=False, samples=_samples, prefix="keras_")
def softmax(x: Any, axis: Any = -1) -> Tensor:
    """exp(x), divided by its sum along `axis`, or along several.

    >>> tf.keras.activations.softmax([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.26894143, 0.7310586 ], dtype=float32)>
    """
    if not isinstance(axis, (tuple, list)):
        return activations.softmax(x, axis)
    x = as_tensor(x)
    shape = x._array.shape
    together = [a % len(shape) for a in axis]
    order = [*(a for a in range(len(shape)) if a not in together), *together]
    moved = ops.transpose(x, order)
    sizes = list(moved._array.shape)
    flat = activations.softmax(ops.reshape(moved, [*sizes[: -len(together)], -1]), -1)
    return ops.transpose(ops.reshape(flat, sizes), [order.index(a) for a in range(len(shape))])


@op("keras.activations.log_softmax", short=False, samples=_samples, prefix="keras_")
def log_softmax(x: Any, axis: int = -1) -> Tensor:
    """log(softmax(x)).

    >>> tf.keras.activations.log_softmax([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1.3132616 , -0.31326166], dtype=float32)>
    """
    return activations.log_softmax(x, axis)


@op("keras.activations.tanh", short=False, samples=_samples, prefix="keras_")
def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent; integers as float32.

    >>> tf.keras.activations.tanh([0, 1])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.7615942], dtype=float32)>
    """
    return ops.tanh(floats(x))


@op("keras.activations.exponential", short=False, samples=_samples)
def exponential(x: Any) -> Tensor:
    """exp(x); integers as float32.

    >>> tf.keras.activations.exponential([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 2.7182817], dtype=float32)>
    """
    return ops.exp(floats(x))


@op("keras.activations.linear", short=False)
def linear(x: Any) -> Any:
    """x itself.

    >>> tf.keras.activations.linear(constant(2.))
    <tf.Tensor: shape=(), dtype=float32, numpy=2.0>
    """
    return x


@op("keras.activations.celu", samples=_samples)
def celu(x: Any, alpha: Any = 1.0) -> Tensor:
    """max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0) (Barron, 2017).

    >>> celu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>
    """
    x = as_tensor(x)
    return ops.maximum(x, 0.0) + alpha * ops.expm1(ops.minimum(x, 0.0) / alpha)


@op("keras.activations.gelu", short=False, samples=lambda s: [s.call(s(3)), s.call(s(3), True)], prefix="keras_")
def gelu(x: Any, approximate: bool = False) -> Tensor:
    """x times the probability that a standard normal draw is below x; by tanh if `approximate`.

    approximate: whether by tanh (Hendrycks & Gimpel, 2016).

    >>> tf.keras.activations.gelu([-1., 0., 2.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-0.15865526,  0.        ,  1.9544997 ], dtype=float32)>
    """
    return activations.gelu(x, approximate)


@op("keras.activations.glu", samples=lambda s: [s.call(s(2, 4))])
def glu(x: Any, axis: int = -1) -> Tensor:
    """The first half along `axis` times the sigmoid of the second (Dauphin et al., 2017).

    x: a tensor of even size along `axis`. Raises ValueError for an axis of odd size.

    >>> glu([1., 2., 0., 0.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 1. ], dtype=float32)>
    """
    x = as_tensor(x)
    if x._array.shape[axis] % 2:
        raise explain(
            ValueError(f"axis size must be divisible by 2. Received: x.shape={x._array.shape} with axis={axis}"),
            operands=[("x", x)],
        )
    value, gate = ops.split(x, 2, axis)
    return value * ops.sigmoid(gate)


@op("keras.activations.hard_sigmoid keras.ops.hard_sigmoid keras.ops.nn.hard_sigmoid", samples=_samples)
def hard_sigmoid(x: Any) -> Tensor:
    """0 up to -3, 1 from 3 on, and x / 6 + 0.5 between (Howard et al., 2019).

    >>> hard_sigmoid([-4., 0., 4.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 1. ], dtype=float32)>
    """
    x = as_tensor(x)
    three, six = as_tensor(3.0, x.dtype), as_tensor(6.0, x.dtype)
    return activations.relu6(x + three) / six


@op(
    "keras.activations.hard_silu keras.activations.hard_swish keras.ops.hard_silu keras.ops.hard_swish "
    "keras.ops.nn.hard_silu keras.ops.nn.hard_swish",
    samples=_samples,
)
def hard_silu(x: Any) -> Tensor:
    """x * hard_sigmoid(x) (Howard et al., 2019).

    >>> hard_silu([-4., 0., 4.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-0.,  0.,  4.], dtype=float32)>
    """
    x = as_tensor(x)
    return x * hard_sigmoid(x)


@op("keras.activations.hard_tanh keras.ops.hard_tanh keras.ops.nn.hard_tanh", samples=_samples)
def hard_tanh(x: Any) -> Tensor:
    """x, but -1 below and 1 above.

    >>> hard_tanh([-4., 0.5, 4.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-1. ,  0.5,  1. ], dtype=float32)>
    """
    return ops.clip_by_value(as_tensor(x), -1.0, 1.0)


@op("keras.activations.hard_shrink keras.ops.hard_shrink keras.ops.nn.hard_shrink", samples=_samples)
def hard_shrink(x: Any, threshold: Any = 0.5) -> Tensor:
    """x, but 0 from -threshold to threshold (Donoho & Johnstone, 1994).

    >>> hard_shrink([-1., 0.2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1.,  0.], dtype=float32)>
    """
    x = as_tensor(x)
    return ops.where(abs(x) > threshold, x, ops.zeros_like(x))


@op("keras.activations.soft_shrink keras.ops.soft_shrink keras.ops.nn.soft_shrink", samples=_samples)
def soft_shrink(x: Any, threshold: Any = 0.5) -> Tensor:
    """x brought closer to 0 by `threshold` (Donoho & Johnstone, 1994).

    >>> soft_shrink([-1., 0.2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.5,  0. ], dtype=float32)>
    """
    x = as_tensor(x)
    low = ops.where(x < -threshold, x + threshold, ops.zeros_like(x))
    return ops.where(x > threshold, x - threshold, low)


@op("keras.activations.tanh_shrink keras.ops.tanh_shrink keras.ops.nn.tanh_shrink", samples=_samples)
def tanh_shrink(x: Any) -> Tensor:
    """x - tanh(x).

    >>> tanh_shrink([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.23840582], dtype=float32)>
    """
    x = as_tensor(x)
    return x - ops.tanh(x)


@op(
    "keras.activations.threshold keras.ops.threshold keras.ops.nn.threshold",
    short=False,
    samples=lambda s: [s.call(s.distinct(4), 0.1, 5.0)],
)
def threshold(x: Any, threshold: Any, default_value: Any) -> Tensor:
    """x where it is above `threshold`, else `default_value`.

    default_value: a number, or a tensor that broadcasts with x, which becomes x's dtype.

    >>> tf.keras.activations.threshold([1., 3.], 2., 0.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 3.], dtype=float32)>
    """
    x = as_tensor(x)
    return ops.where(x > threshold, x, as_tensor(default_value, x.dtype))


@op("keras.activations.mish", samples=_samples)
def mish(x: Any) -> Tensor:
    """x * tanh(softplus(x)) (Misra, 2019).

    >>> mish([-1., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.3034015,  0.8650984], dtype=float32)>
    """
    x = as_tensor(x)
    return x * ops.tanh(ops.softplus(x))


@op("keras.activations.squareplus keras.ops.squareplus keras.ops.nn.squareplus", samples=_samples)
def squareplus(x: Any, b: Any = 4) -> Tensor:
    """(x + sqrt(x^2 + b)) / 2 (Barron, 2021).

    b: a number, the width of the bend at 0.

    >>> squareplus([0., 1.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    x = as_tensor(x)
    return (x + ops.sqrt(ops.square(x) + ops.cast(b, x.dtype))) / 2.0


@op("keras.activations.sparse_plus keras.ops.sparse_plus keras.ops.nn.sparse_plus", samples=_samples)
def sparse_plus(x: Any) -> Tensor:
    """0 up to -1, x from 1 on, and (x + 1)^2 / 4 between.

    >>> sparse_plus([-2., 0., 2.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.  , 0.25, 2.  ], dtype=float32)>
    """
    x = as_tensor(x)
    between = ops.where(x < 1.0, 0.25 * ops.square(x + 1.0), x)
    return ops.where(x <= -1.0, ops.zeros_like(x), between)


@op("keras.activations.sparse_sigmoid keras.ops.sparse_sigmoid keras.ops.nn.sparse_sigmoid", samples=_samples)
def sparse_sigmoid(x: Any) -> Tensor:
    """0 up to -1, 1 from 1 on, and (x + 1) / 2 between.

    >>> sparse_sigmoid([-2., 0., 2.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 1. ], dtype=float32)>
    """
    x = as_tensor(x)
    between = ops.where(x >= 1.0, ops.ones_like(x), 0.5 * (x + 1.0))
    return ops.where(x <= -1.0, ops.zeros_like(x), between)


@op(
    "keras.activations.sparsemax keras.ops.sparsemax keras.ops.nn.sparsemax",
    samples=lambda s: [s.call(s.distinct(2, 4))],
)
def sparsemax(x: Any, axis: int = -1) -> Tensor:
    """A softmax most of whose entries are 0, after Martins & Astudillo, 2016; where several are not, they are smaller.

    >>> sparsemax([2., 0.5, -1.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 0., 0.], dtype=float32)>
    """
    x = as_tensor(x)
    rank = x._array.ndim
    axis = range(rank)[axis]
    descending = ops.sort(x, axis, "DESCENDING")
    total = ops.cumsum(descending, axis)
    places = ops.reshape(ops.cast(ops.range(1, x._array.shape[axis] + 1), x.dtype), [-1] + [1] * (rank - 1 - axis))
    kept = descending - (total - 1.0) / places > 0.0
    count = ops.reduce_sum(ops.cast(kept, x.dtype), axis, True)
    # The paper takes the last of the running totals kept here; Keras 3.15 adds all of them up.
    excess = (ops.reduce_sum(ops.where(kept, total, ops.zeros_like(total)), axis, True) - 1.0) / count
    return ops.maximum(x - excess, 0.0)


# ---------------------------------------------------------------- those of tf.nn, and finding one by name

_PREFIX = "tf.keras.activations."


def _of_keras(function: Callable[..., Any]) -> Callable[..., Any]:
    """An activation of tf.nn as Keras has it: its argument is `x`."""

    def activation(x: Any) -> Tensor:
        return function(x)

    activation.__name__ = activation.__qualname__ = function.__name__
    activation.__doc__ = function.__doc__
    return activation


for _function in (
    activations.relu6,
    activations.selu,
    elementwise.sigmoid,
    elementwise.softplus,
    elementwise.softsign,
    elementwise.log_sigmoid,
):
    export(_PREFIX + _function.__name__, _of_keras(_function), None, "keras.activations")
_silu = _of_keras(activations.silu)
export(_PREFIX + "silu", _silu, None, "keras.activations")
export(_PREFIX + "swish", _silu, None, "keras.activations")


def _known(name: str) -> Any:
    path = _PREFIX + name
    return PATHS.get(path) if name not in ("get", "serialize", "deserialize") else None


@op("keras.activations.get", short=False)
def get_activation(identifier: Any) -> Any:
    """The activation of that name; a function itself; `linear` for None. Raises ValueError for an unknown name.

    >>> tf.keras.activations.get("relu")([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    if identifier is None:
        return linear
    found = identifier if callable(identifier) else _known(str(identifier))
    if found is None:
        raise ValueError(f"Could not interpret activation function identifier: {identifier}")
    return found


@op("keras.activations.serialize", short=False)
def serialize_activation(activation: Any) -> str:
    """The name of an activation.

    activation: a function of `tf.keras.activations`.

    >>> tf.keras.activations.serialize(tf.keras.activations.relu)
    'relu'
    """
    return activation.__name__


@op("keras.activations.deserialize", short=False)
def deserialize_activation(config: Any, custom_objects: Any = None) -> Any:
    """The activation of that name; what names none is returned as it is, as in Keras.

    >>> tf.keras.activations.deserialize("relu")([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    found = _known(str(config)) if config is not None else linear
    return config if found is None else found
