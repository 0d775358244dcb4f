"""`keras.ops`: sums, means, extremes and quantiles that leave NaN out.

What has nothing but NaN gives NaN; its position is -1. Whole numbers are reduced as they are.
"""

from __future__ import annotations

import math
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..keras.config import setting
from ..registry import ops
from .dtypes import distinct, floats, keras_op, result_type, smooth, tensor
from .reduction import cumprod, cumsum, position, prod, quantile, sum_


def _without_nan(x: Tensor, instead: float) -> Tensor:
    return ops.where(ops.is_nan(x), as_tensor(instead, x.dtype), x) if x.dtype.is_floating else x


def _all_nan(x: Tensor, axis: Any, keepdims: bool) -> Tensor:
    return ops.reduce_all(ops.is_nan(x), axis, keepdims)


@keras_op("numpy.nansum", smooth)
def nansum(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum of what is not NaN, along `axis` or of all.

    >>> tf.keras.ops.nansum([1., nan, 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=4.0>
    """
    return sum_(_without_nan(as_tensor(x), 0.0), axis, keepdims)


@keras_op("numpy.nanprod", smooth)
def nanprod(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The product of what is not NaN, along `axis` or of all.

    >>> tf.keras.ops.nanprod([2., nan, 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=6.0>
    """
    return prod(_without_nan(as_tensor(x), 1.0), axis, keepdims)


@keras_op("numpy.nanmean", smooth)
def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean of what is not NaN, along `axis` or of all; integers as float32.

    >>> tf.keras.ops.nanmean([[1., nan], [3., 5.]], axis=0)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 5.], dtype=float32)>
    """
    x = as_tensor(x)
    if axis in ((), []):
        return x
    if not x.dtype.is_floating:
        return ops.reduce_mean(ops.cast(x, "float32"), axis, keepdims)
    return ops.truediv(nansum(x, axis, keepdims), _count(x, axis, keepdims))


def _count(x: Tensor, axis: Any, keepdims: bool) -> Tensor:
    return ops.reduce_sum(ops.cast(ops.logical_not(ops.is_nan(x)), x.dtype), axis, keepdims)


@keras_op("numpy.nanvar", smooth)
def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The variance of what is not NaN, along `axis` or of all; integers as float32.

    >>> tf.keras.ops.nanvar([1., nan, 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    x = as_tensor(x)
    x = tensor(x, result_type(x.dtype.name, float))
    centered = ops.where(ops.is_nan(x), ops.zeros_like(x), x - nanmean(x, axis, True))
    return ops.reduce_sum(ops.square(centered), axis, keepdims) / _count(x, axis, keepdims)


@keras_op("numpy.nanstd", smooth)
def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The standard deviation of what is not NaN, along `axis` or of all.

    >>> tf.keras.ops.nanstd([1., nan, 5.])
    <tf.Tensor: shape=(), dtype=float32, numpy=2.0>
    """
    return ops.sqrt(nanvar(x, axis, keepdims))


@keras_op("numpy.nanmax", distinct)
def nanmax(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The greatest of what is not NaN, along `axis` or of all.

    >>> tf.keras.ops.nanmax([[1., nan], [3., 2.]], axis=0)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>
    """
    return _extreme("max", x, axis, keepdims)


@keras_op("numpy.nanmin", distinct)
def nanmin(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The smallest of what is not NaN, along `axis` or of all.

    >>> tf.keras.ops.nanmin([[1., nan], [3., 2.]], axis=0)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return _extreme("min", x, axis, keepdims)


def _worst(which: str) -> float:
    return -float("inf") if which.endswith("max") else float("inf")


def _extreme(which: str, x: Any, axis: Any, keepdims: bool) -> Tensor:
    x = as_tensor(x)
    if x.dtype.is_bool:
        return (ops.reduce_any if which == "max" else ops.reduce_all)(x, axis, keepdims)
    y = (ops.reduce_max if which == "max" else ops.reduce_min)(_without_nan(x, _worst(which)), axis, keepdims)
    if not x.dtype.is_floating:
        return y
    return ops.where(_all_nan(x, axis, keepdims), as_tensor(float("nan"), x.dtype), y)


@keras_op("numpy.nanargmax")
def nanargmax(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Where the greatest of what is not NaN is, along `axis` or in the flattened tensor.

    >>> tf.keras.ops.nanargmax([[1., nan], [nan, nan]], axis=1)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 0, -1], dtype=int32)>
    """
    return _position("argmax", x, axis, keepdims)


@keras_op("numpy.nanargmin")
def nanargmin(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Where the smallest of what is not NaN is, along `axis` or in the flattened tensor.

    >>> tf.keras.ops.nanargmin([[nan, 3., 2.]], axis=1)
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([2], dtype=int32)>
    """
    return _position("argmin", x, axis, keepdims)


def _position(which: str, x: Any, axis: Any, keepdims: bool) -> Tensor:
    x = as_tensor(x)
    found = position(which, _without_nan(x, _worst(which)), axis, keepdims)
    return ops.where(_all_nan(x, axis, keepdims), as_tensor(-1), found) if x.dtype.is_floating else found


@keras_op("numpy.nancumsum", lambda s: [s.call(s(2, 3)), s.call(s(2, 3), 1)])
def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The sums so far, NaN as 0, along `axis` or of the flattened tensor.

    >>> tf.keras.ops.nancumsum([1., nan, 3.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 1., 4.], dtype=float32)>
    """
    return cumsum(ops.keras_ops_nan_to_num(x), axis, dtype)


@keras_op("numpy.nancumprod", lambda s: [s.call(s(2, 3)), s.call(s(2, 3), 1)])
def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The products so far, NaN as 1, along `axis` or of the flattened tensor.

    >>> tf.keras.ops.nancumprod([2., nan, 3.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([2., 2., 6.], dtype=float32)>
    """
    return cumprod(ops.keras_ops_nan_to_num(x, nan=1.0), axis, dtype)


@keras_op("numpy.nanmedian", distinct)
def nanmedian(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The middle one of what is not NaN, or the mean of the two in the middle.

    >>> tf.keras.ops.nanmedian([1., nan, 3., 8.])
    <tf.Tensor: shape=(), dtype=float32, numpy=3.0>
    """
    return as_tensor(x) if axis in ((), []) else nanquantile(x, 0.5, axis, keepdims=keepdims)


@keras_op("numpy.nanpercentile", lambda s: [s.call(s.distinct(5), 30.0)])
def nanpercentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """The value below which lie q percent of what is not NaN.

    q: a float from 0 to 100 or a tensor, whose axes come first in the result. method: as for `quantile`.

    >>> tf.keras.ops.nanpercentile([1., nan, 3.], 50.)
    <tf.Tensor: shape=(), dtype=float32, numpy=2.0>
    """
    return nanquantile(x, tensor(q, setting("floatx")) / 100.0, axis, method, keepdims)


@keras_op("numpy.nanquantile", lambda s: [s.call(s.distinct(5), 0.3), s.call(s.distinct(3, 4), [0.2, 0.7], 1)])
def nanquantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """The value below which lies the part q (0 to 1) of what is not NaN along `axis`; `method` as for `quantile`.

    q: a float or a tensor, whose axes come first in the result. method: as for `quantile`.

    >>> tf.keras.ops.nanquantile([[1., nan, 3.], [2., 4., 6.]], 0.5, axis=1)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 4.], dtype=float32)>
    """
    x, q = as_tensor(x), tensor(q, setting("floatx"))
    shape, rank = list(x._array.shape), x._array.ndim
    axes = list(range(rank)) if axis is None else [a % rank for a in ([axis] if isinstance(axis, int) else axis)]
    kept = [a for a in range(rank) if a not in axes]
    rows = ops.reshape(ops.transpose(x, [*kept, *axes]), [math.prod(shape[a] for a in group) for group in (kept, axes)])
    found = []
    for row in ops.unstack(rows):
        valid = ops.boolean_mask(row, ops.logical_not(ops.is_nan(floats(row))))
        size = valid._array.size
        found.append(quantile(valid, q, method=method) if size else ops.fill(q.shape, as_tensor(float("nan"), x.dtype)))
    y = ops.reshape(ops.stack(found, -1), [*q._array.shape, *(shape[a] for a in kept)])
    return ops.reshape(y, [*q._array.shape, *(1 if a in axes else n for a, n in enumerate(shape))]) if keepdims else y
