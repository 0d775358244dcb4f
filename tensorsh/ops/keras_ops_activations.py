"""`keras.ops`: the activations that take a tensor only.

Registered through `keras_op`; none has a short name.
"""

from __future__ import annotations

from typing import Any

from ..runtime.tensor import Tensor, as_tensor
from .keras_ops_dtypes import keras_op
from .registry import ops


@keras_op("nn.sigmoid", lambda s: [s.call(s.distinct(2, 3))])
def sigmoid(x: Any) -> Tensor:
    """1 / (1 + exp(-x)).

    >>> tf.keras.ops.sigmoid([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.26894143, 0.62245935], dtype=float32)>
    """
    return ops.sigmoid(as_tensor(x))


@keras_op("nn.softplus", lambda s: [s.call(s.distinct(2, 3))])
def softplus(x: Any) -> Tensor:
    """log(1 + exp(x)).

    >>> tf.keras.ops.softplus([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.3132617, 0.974077 ], dtype=float32)>
    """
    return ops.softplus(as_tensor(x))


@keras_op("nn.softsign", lambda s: [s.call(s.distinct(2, 3))])
def softsign(x: Any) -> Tensor:
    """x / (1 + |x|).

    >>> tf.keras.ops.softsign([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.5       ,  0.33333334], dtype=float32)>
    """
    return ops.softsign(as_tensor(x))


@keras_op("nn.relu", lambda s: [s.call(s.distinct(2, 3))])
def relu(x: Any) -> Tensor:
    """max(x, 0).

    >>> tf.keras.ops.relu([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0. , 0.5], dtype=float32)>
    """
    return ops.relu(as_tensor(x))


@keras_op("nn.relu6", lambda s: [s.call(s.distinct(2, 3))])
def relu6(x: Any) -> Tensor:
    """min(max(x, 0), 6).

    >>> tf.keras.ops.relu6([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0. , 0.5], dtype=float32)>
    """
    return ops.relu6(as_tensor(x))


@keras_op("nn.selu", lambda s: [s.call(s.distinct(2, 3))])
def selu(x: Any) -> Tensor:
    """The scaled exponential linear unit.

    >>> tf.keras.ops.selu([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1.1113307,  0.5253505], dtype=float32)>
    """
    return ops.selu(as_tensor(x))


@keras_op("nn.silu nn.swish", lambda s: [s.call(s.distinct(2, 3))])
def silu(x: Any) -> Tensor:
    """x * sigmoid(x).

    >>> tf.keras.ops.silu([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.26894143,  0.31122968], dtype=float32)>
    """
    return ops.silu(as_tensor(x))


@keras_op("nn.log_sigmoid", lambda s: [s.call(s.distinct(2, 3))])
def log_sigmoid(x: Any) -> Tensor:
    """log(sigmoid(x)).

    >>> tf.keras.ops.log_sigmoid([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1.3132616, -0.474077 ], dtype=float32)>
    """
    return ops.log_sigmoid(as_tensor(x))


@keras_op("nn.hard_sigmoid", lambda s: [s.call(s.distinct(2, 3))])
def hard_sigmoid(x: Any) -> Tensor:
    """x / 6 + 1 / 2, between 0 and 1.

    >>> tf.keras.ops.hard_sigmoid([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.33333334, 0.5833333 ], dtype=float32)>
    """
    return ops.hard_sigmoid(as_tensor(x))


@keras_op("nn.hard_tanh", lambda s: [s.call(s.distinct(2, 3))])
def hard_tanh(x: Any) -> Tensor:
    """x, between -1 and 1.

    >>> tf.keras.ops.hard_tanh([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1. ,  0.5], dtype=float32)>
    """
    return ops.hard_tanh(as_tensor(x))


@keras_op("nn.tanh_shrink", lambda s: [s.call(s.distinct(2, 3))])
def tanh_shrink(x: Any) -> Tensor:
    """x - tanh(x).

    >>> tf.keras.ops.tanh_shrink([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.23840582,  0.03788286], dtype=float32)>
    """
    return ops.tanh_shrink(as_tensor(x))


@keras_op("nn.sparse_plus", lambda s: [s.call(s.distinct(2, 3))])
def sparse_plus(x: Any) -> Tensor:
    """0 up to -1, x from 1, and (x + 1) ** 2 / 4 between.

    >>> tf.keras.ops.sparse_plus(tf.constant([-1., 0.5]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.    , 0.5625], dtype=float32)>
    """
    return ops.sparse_plus(as_tensor(x))


@keras_op("nn.sparse_sigmoid", lambda s: [s.call(s.distinct(2, 3))])
def sparse_sigmoid(x: Any) -> Tensor:
    """(x + 1) / 2, between 0 and 1.

    >>> tf.keras.ops.sparse_sigmoid([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.  , 0.75], dtype=float32)>
    """
    return ops.sparse_sigmoid(as_tensor(x))


@keras_op("nn.hard_silu nn.hard_swish", lambda s: [s.call(s.distinct(2, 3))])
def hard_silu(x: Any) -> Tensor:
    """x * hard_sigmoid(x).

    >>> tf.keras.ops.hard_silu([-1., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.33333334,  0.29166666], dtype=float32)>
    """
    return ops.hard_silu(as_tensor(x))
