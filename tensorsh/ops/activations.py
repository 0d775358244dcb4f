"""Activations: relu and its kin, gelu, silu, softmax.

At a kink the gradient is TensorFlow's: that of the left, which for relu is 0. A gate multiplies the cotangent by 0 or 1
(or a slope) and is a primitive of its own, since its gradient is the same gate; for x it is 0, and not None, as in
TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..runtime.dtypes import DTYPES, F32, HALF_FIRST, ORDERED
from ..runtime.errors import InvalidArgumentError, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from .registry import op, ops, primitive
from .rounding import exponential, rounded
from .rowwise import like_rows
from .rules import check_dtype, unary

_RECTIFIED = (*ORDERED, DTYPES["qint8"])  # by relu alone
# gelu's constants are cast from float32, in float64 too.
_CUBIC = float(np.float32(0.044715))
_ROOT_OF_HALF = float(np.float32(0.5**0.5))
SELU_SCALE = 1.0507009873554805
SELU_SCALE_ALPHA = 1.7580993408473768


# ---------------------------------------------------------------- rectifiers


@primitive(
    lambda h, y, g, x, low, high: _between(h, x, low=low, high=high),
    lambda h, y, g, x, low, high: ops.zeros_like(x),
    elementwise=True,
)
def _between(xp, g, x, low, high):
    """g where low < x < high, else 0."""
    inside = x > low if high is None else xp.logical_and(x > low, x < high)
    return xp.where(inside, g, 0)


@unary(
    "nn.relu", lambda g, y, x: _between(g, x, low=0, high=None), dtypes=_RECTIFIED, arg="features", domain=(0.1, 2.0)
)
def relu(xp, x):
    """max(x, 0).

    By Nair and Hinton (2010).

    >>> relu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    return xp.maximum(x, 0)


@unary("nn.relu6", lambda g, y, x: _between(g, x, low=0, high=6), dtypes=ORDERED, arg="features", domain=(0.1, 5.9))
def relu6(xp, x):
    """min(max(x, 0), 6).

    By Krizhevsky (2010).

    >>> relu6([-1., 3., 7.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0., 3., 6.], dtype=float32)>
    """
    return xp.minimum(xp.maximum(x, 0), 6)


@primitive(
    lambda h, z, g, y, scale, rise: _slope(h, y, scale=scale, rise=rise),
    lambda h, z, g, y, scale, rise: _between(ops.multiply(h, g), -y, low=0, high=None),
    elementwise=True,
)
def _slope(xp, g, y, scale, rise):
    """The gradient of elu and selu by their result y: `scale` where it is positive, else y + rise."""
    return xp.where(y < 0, g * (y + rise), g * scale if scale != 1 else g)


@unary("nn.elu", lambda g, y, x: _slope(g, y, scale=1, rise=1.0), dtypes=HALF_FIRST, arg="features")
def elu(xp, x):
    """x where it is positive, else exp(x) - 1 (Clevert et al., 2015).

    >>> elu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.63212055,  2.        ], dtype=float32)>
    """
    return xp.where(x < 0, exponential(xp, x) - 1, x)


@unary(
    "nn.selu", lambda g, y, x: _slope(g, y, scale=SELU_SCALE, rise=SELU_SCALE_ALPHA), dtypes=HALF_FIRST, arg="features"
)
def selu(xp, x):
    """1.0507 x where x is positive, else 1.7581 (exp(x) - 1) (Klambauer et al., 2017).

    >>> selu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1.1113307,  2.101402 ], dtype=float32)>
    """
    return xp.where(x < 0, SELU_SCALE_ALPHA * (exponential(xp, x) - 1), SELU_SCALE * x)


@primitive(
    lambda h, y, g, x, alpha: _leak(h, x, alpha=alpha), lambda h, y, g, x, alpha: ops.zeros_like(x), elementwise=True
)
def _leak(xp, g, x, alpha):
    return xp.where(x > 0, g, g * alpha)


@primitive(lambda g, y, x, alpha: _leak(g, x, alpha=alpha), elementwise=True)
def _leaky_relu(xp, x, alpha):
    return xp.where(x > 0, x, x * alpha)


@op("nn.leaky_relu", samples=lambda s: [s.call(s.distinct(2, 3)), s.call(s.distinct(3), alpha=0.5)])
def leaky_relu(features: Any, alpha: Any = 0.2, name: str | None = None) -> Tensor:
    """x where it is positive, else alpha * x; integers become float32.

    By Maas, Hannun and Ng (2013).

    >>> leaky_relu([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.2,  2. ], dtype=float32)>
    """
    x = as_tensor(features)
    if x.dtype.is_integer:
        x = ops.cast(x, "float32")
    check_dtype("LeakyRelu", x, HALF_FIRST, HALF_FIRST, "features")
    return _leaky_relu(x, alpha=float(np.float32(alpha)))  # an attribute of the kernel is a float32


@op("nn.crelu", samples=lambda s: [s.call(s.distinct(2, 3))])
def crelu(features: Any, axis: int = -1, name: str | None = None) -> Tensor:
    """relu of x and of -x, side by side along `axis` (Shang et al., 2016).

    features: a tensor of rank 1 or more.

    >>> crelu([-1., 2.])
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([0., 2., 1., 0.], dtype=float32)>
    """
    x = as_tensor(features)
    return relu(ops.concat([x, -x], axis))


# ---------------------------------------------------------------- smooth gates


@op("nn.gelu", samples=lambda s: [s.call(s(2, 3)), s.call(s(3), approximate=True)])
def gelu(features: Any, approximate: bool = False, name: str | None = None) -> Tensor:
    """x times the probability that a standard normal draw is below x (Hendrycks & Gimpel, 2016).

    approximate: by tanh instead of the error function. Raises ValueError unless x is of floats.

    >>> gelu([-1., 0., 2.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-0.15865526,  0.        ,  1.9544997 ], dtype=float32)>
    """
    x = as_tensor(features)
    if not x.dtype.is_floating:
        raise explain(
            ValueError(f"`features.dtype` must be a floating point tensor.Received:features.dtype={x.dtype}"),
            operands=[("features", x)],
            hint="cast it: cast(x, float32)",
        )
    if approximate:
        return 0.5 * x * (1.0 + ops.tanh(0.7978845608028654 * (x + _CUBIC * x**3)))
    return 0.5 * x * ops.erfc(-x * _ROOT_OF_HALF)


def _silu_samples(s: Any) -> Any:
    return [s.call(s(2, 3)), s.call(s(3), 0.5), s.call(s(3), s())]


@op("nn.silu nn.swish", samples=_silu_samples)
def silu(features: Any, beta: Any = 1.0) -> Tensor:
    """x * sigmoid(beta * x), also known as swish.

    By Hendrycks and Gimpel (2016), with a beta by Ramachandran, Zoph and Le (2017).

    >>> silu([-1., 0., 2.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-0.26894143,  0.        ,  1.7615942 ], dtype=float32)>
    """
    x = as_tensor(features)
    one = type(beta) in (int, float) and beta == 1
    return ops.multiply(x, ops.sigmoid(x if one else ops.multiply(beta, x)))


# ---------------------------------------------------------------- softmax


def _softmax_gradient(g: Tensor, y: Tensor, x: Tensor, axis: int) -> Tensor:
    return (g - ops.reduce_sum(g * y, axis, True)) * y


@primitive(_softmax_gradient)
def _softmax(xp, x, axis):
    return _rows_along(xp, partial(_softmax_rows, xp), x, axis)


def _softmax_rows(xp: Any, x: Any, out: Any) -> Any:
    """The softmax of each row of a raw matrix."""
    _, powers, total = exponentials(xp, x)
    # Times the reciprocal, as TensorFlow's kernel does: the last digits are then the same.
    return xp.multiply(powers, 1 / total, out=out).astype(x.dtype, copy=False)


@primitive(lambda g, y, x, axis: g - ops.exp(y) * ops.reduce_sum(g, axis, True))
def _log_softmax(xp, x, axis):
    return _rows_along(xp, partial(_log_softmax_rows, xp), x, axis)


def _log_softmax_rows(xp: Any, x: Any, out: Any) -> Any:
    below, _, total = exponentials(xp, x)
    return xp.subtract(below, rounded(xp.log, total), out=out).astype(x.dtype, copy=False)


def exponentials(xp: Any, x: Any) -> tuple[Any, Any, Any]:
    """Rows with their greatest entry at 0, in float32 at least; their exponentials; and the sums of these."""
    wide = x.astype(F32) if x.dtype == np.float16 else x
    if not wide.size:
        return wide, wide, xp.ones((*wide.shape[:-1], 1), wide.dtype)
    below = wide - xp.max(wide, axis=-1, keepdims=True)
    powers = exponential(xp, below)
    return below, powers, xp.sum(powers, axis=-1, keepdims=True)


def _rows_along(xp: Any, kernel: Callable[..., Any], x: Any, axis: int) -> Any:
    """A kernel of rows, along any axis of a raw array."""
    if not x.size:
        return x
    last = xp.moveaxis(x, axis, -1)
    y = like_rows(kernel, last.reshape(-1, last.shape[-1])).reshape(last.shape)
    return xp.moveaxis(y, -1, axis)


@op("nn.softmax math.softmax", samples=lambda s: [s.call(s(2, 3)), s.call(s(2, 3), axis=0)])
def softmax(logits: Any, axis: Any = None, name: str | None = None) -> Tensor:
    """exp(x), divided by its sum along `axis` (the last one if None): positive, and 1 in total.

    Raises InvalidArgumentError for a scalar, for integers, and for an axis out of range.

    >>> softmax([1., 2., 3.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.09003057, 0.24472848, 0.66524094], dtype=float32)>
    """
    x, axis = _along(logits, axis, "Softmax")
    return _softmax(x, axis=axis)


@op("nn.log_softmax math.log_softmax", samples=lambda s: [s.call(s(2, 3)), s.call(s(2, 3), axis=0)])
def log_softmax(logits: Any, axis: Any = None, name: str | None = None) -> Tensor:
    """log(softmax(x)), with no overflow and no loss of digits; arguments and errors as for `softmax`.

    >>> log_softmax([1., 2., 3.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-2.407606  , -1.4076059 , -0.40760595], dtype=float32)>
    """
    x, axis = _along(logits, axis, "LogSoftmax")
    return _log_softmax(x, axis=axis)


def _along(logits: Any, axis: Any, kernel: str) -> tuple[Tensor, int]:
    """The logits as a tensor, and the axis as a non-negative int."""
    x = as_tensor(logits)
    check_dtype(kernel, x, HALF_FIRST, HALF_FIRST, "logits")
    rank = x._array.ndim
    if not rank:
        raise invalid(
            kernel, "logits must have >= 1 dimension, got []", f"{kernel}: logits is a scalar", [("logits", x)]
        )
    if axis is None:
        return x, rank - 1
    axis = int(axis)
    if not -rank <= axis < rank:
        raise explain(
            InvalidArgumentError(
                f"`dim` must be in the range [{-rank}, {rank}) where {rank} is the number of dimensions in the input. "
                f"Received: dim={axis}"
            ),
            f"{kernel}: axis {axis} is out of range for a tensor of rank {rank}",
            [("logits", x)],
        )
    return x, axis % rank
