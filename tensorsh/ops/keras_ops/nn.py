"""`keras.ops`: activations with parameters, normalization, encodings, segments, convolutions and pools."""

from __future__ import annotations

from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..keras.config import standard_dtype
from ..registry import ops
from .dtypes import distinct, keras_op, smooth, tensor


@keras_op("nn.softmax", smooth)
def softmax(x: Any, axis: Any = -1) -> Tensor:
    """exp(x), divided by its sum along `axis`, or along several.

    >>> tf.keras.ops.softmax(tf.constant([1., 2.]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.26894143, 0.7310586 ], dtype=float32)>
    """
    return ops.keras_softmax(x, axis)


@keras_op("nn.log_softmax", smooth)
def log_softmax(x: Any, axis: int | None = -1) -> Tensor:
    """log(softmax(x)).

    >>> tf.keras.ops.log_softmax(tf.constant([1., 2.]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1.3132616 , -0.31326166], dtype=float32)>
    """
    if axis is None:
        x = as_tensor(x)
        return ops.reshape(ops.log_softmax(ops.reshape(x, [-1])), x.shape)
    return ops.log_softmax(x, axis)


@keras_op("nn.gelu", smooth)
def gelu(x: Any, approximate: bool = True) -> Tensor:
    """x * P(X <= x) for a standard normal X, by its tanh approximation unless told otherwise.

    approximate: whether by tanh (Hendrycks & Gimpel, 2016).

    >>> tf.keras.ops.gelu([1.])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.841192], dtype=float32)>
    """
    return ops.gelu(x, approximate)


@keras_op("nn.elu", distinct)
def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """x where it is positive, else alpha * (exp(x) - 1) (Clevert et al., 2015).

    >>> tf.keras.ops.elu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>
    """
    return ops.keras_elu(x, alpha)


@keras_op("nn.celu", distinct)
def celu(x: Any, alpha: float = 1.0) -> Tensor:
    """max(x, 0) + min(0, alpha * (exp(x / alpha) - 1)) (Barron, 2017).

    >>> tf.keras.ops.celu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>
    """
    return ops.celu(x, alpha)


@keras_op("nn.leaky_relu", distinct)
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """x where it is positive, else negative_slope * x (Maas et al., 2013).

    >>> tf.keras.ops.leaky_relu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.2,  2. ], dtype=float32)>
    """
    return ops.leaky_relu(x, negative_slope)


@keras_op("nn.glu", lambda s: [s.call(s(2, 4))])
def glu(x: Any, axis: int = -1) -> Tensor:
    """The first half along `axis`, times the sigmoid of the second (Dauphin et al., 2017).

    x: a tensor of even size along `axis`.

    >>> tf.keras.ops.glu(tf.constant([1., 0.]))
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.5], dtype=float32)>
    """
    return ops.glu(x, axis)


@keras_op("nn.one_hot")
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Tensor:
    """For each class a row with a one at its place.

    x: integers. axis: where the new axis stands.

    >>> tf.keras.ops.one_hot([0, 2], 3)
    <tf.Tensor: shape=(2, 3), dtype=float32, numpy=
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)>
    """
    dtype = standard_dtype(dtype)
    on, off = (True, False) if dtype.is_bool else (None, None)
    return ops.one_hot(tensor(as_tensor(x), "int64"), num_classes, on, off, axis, dtype)


@keras_op(".top_k", lambda s: [s.call(s.distinct(2, 4), 2)])
def top_k(x: Any, k: int, sorted: bool = True) -> Any:
    """The k greatest along the last axis, and where they are.

    x: (..., n). k: an int, n at most.

    >>> tf.keras.ops.top_k([1., 3., 2.], 2)[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>
    """
    return ops.top_k(x, k, sorted)


@keras_op(".in_top_k")
def in_top_k(targets: Any, predictions: Any, k: int) -> Tensor:
    """Whether each target is among the k greatest predictions of its row.

    targets: integers (batch,); predictions: float (batch, classes).

    >>> tf.keras.ops.in_top_k([1], [[0.1, 0.9]], 1)
    <tf.Tensor: shape=(1,), dtype=bool, numpy=array([ True])>
    """
    return ops.in_top_k(targets, predictions, k)


@keras_op("nn.multi_hot")
def multi_hot(
    inputs: Any, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False, **kwargs: Any
) -> Tensor:
    """For each row of classes one row with a one at the place of each.

    inputs: integers (classes,) or (batch, classes). kwargs: `num_tokens`, an older name of num_classes. Raises
    ValueError without num_classes.

    >>> tf.keras.ops.multi_hot(tf.constant([[0, 2], [1, 1]]), 3)
    <tf.Tensor: shape=(2, 3), dtype=float32, numpy=
    array([[1., 0., 1.],
           [0., 1., 0.]], dtype=float32)>
    """
    num_classes = kwargs.pop("num_tokens", None) if num_classes is None else num_classes
    if num_classes is None:
        raise ValueError("Argument `num_classes` must be specified.")
    inputs = as_tensor(inputs)
    y = one_hot(inputs, num_classes, axis, dtype)
    return (ops.reduce_any if y.dtype.is_bool else ops.reduce_max)(y, 1 if inputs._array.ndim > 1 else 0)
