"""`keras.ops`: sums, means, extremes and orders along axes.

A sum of booleans or small integers is int32 (uint32 of unsigned ones); a mean of integers is float32; positions are
int32.
"""

from __future__ import annotations

import math
from typing import Any

from ...runtime.errors import InvalidArgumentError
from ...runtime.tensor import Tensor, as_tensor
from ..keras.config import setting
from ..registry import ops
from .dtypes import distinct, floats, keras_op, meet, result_type, smooth, tensor

_SUMS = {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}


def summable(x: Any) -> Tensor:
    x = as_tensor(x)
    return tensor(x, _SUMS.get(x.dtype.name, x.dtype.name))


@keras_op("numpy.sum", lambda s: [s.call(s(2, 3)), s.call(s(2, 3), 0, True)])
def sum_(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum along `axis`, or of all.

    >>> tf.keras.ops.sum([[1, 2], [3, 4]], axis=0)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([4, 6], dtype=int32)>
    """
    return ops.reduce_sum(summable(x), axis, keepdims)


@keras_op("numpy.prod", smooth)
def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Tensor:
    """The product along `axis`, or of all; with a `dtype`, of the numbers as they are, as in Keras.

    >>> tf.keras.ops.prod([[1, 2], [3, 4]], axis=1)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 2, 12], dtype=int32)>
    """
    return ops.reduce_prod(summable(x) if dtype is None else x, axis, keepdims)


@keras_op("numpy.mean", lambda s: [s.call(s(2, 3)), s.call(s(2, 3), -1, True)])
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean along `axis`, or of all; integers as float32.

    >>> tf.keras.ops.mean([[1, 2], [3, 4]], axis=0)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>
    """
    x = as_tensor(x)
    return ops.reduce_mean(x if x.dtype.is_floating or x.dtype.is_complex else ops.cast(x, "float32"), axis, keepdims)


@keras_op("numpy.var", smooth)
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean squared distance from the mean, along `axis` or of all.

    >>> tf.keras.ops.var([1., 2., 3., 4.])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.25>
    """
    return ops.reduce_variance(floats(x), axis, keepdims)


@keras_op("numpy.std", smooth)
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The square root of the variance.

    >>> tf.keras.ops.std([1., 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    return ops.sqrt(var(x, axis, keepdims))


@keras_op("numpy.max", distinct)
def max_(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The greatest along `axis`, or of all, and not less than `initial`.

    initial: a number; None: no limit. Raises InvalidArgumentError for a tensor of no elements without `initial`.

    >>> tf.keras.ops.max([[1, 5], [3, 4]], axis=0)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 5], dtype=int32)>
    """
    return _extreme("max", x, axis, keepdims, initial)


@keras_op("numpy.min", distinct)
def min_(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The smallest along `axis`, or of all, and not greater than `initial`.

    initial: a number; None: no limit. Raises InvalidArgumentError for a tensor of no elements without `initial`.

    >>> tf.keras.ops.min([[1, 5], [3, 4]], axis=0)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 4], dtype=int32)>
    """
    return _extreme("min", x, axis, keepdims, initial)


@keras_op("numpy.amax", distinct)
def amax(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The greatest along `axis`, or of all.

    >>> tf.keras.ops.amax([[1, 5], [3, 4]], axis=1)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([5, 4], dtype=int32)>
    """
    return _extreme("max", x, axis, keepdims)


@keras_op("numpy.amin", distinct)
def amin(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The smallest along `axis`, or of all.

    >>> tf.keras.ops.amin([[1, 5], [3, 4]], axis=1)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>
    """
    return _extreme("min", x, axis, keepdims)


def _extreme(which: str, x: Any, axis: Any, keepdims: bool, initial: Any = None) -> Tensor:
    x = as_tensor(x)
    if x.dtype.is_bool:
        return (ops.reduce_any if which == "max" else ops.reduce_all)(x, axis, keepdims)
    if not x._array.size and initial is None:
        raise InvalidArgumentError(f"Cannot compute the {which} of an empty tensor.")
    y = (ops.reduce_max if which == "max" else ops.reduce_min)(x, axis, keepdims)
    if initial is None:
        return y
    return (ops.maximum if which == "max" else ops.minimum)(y, tensor(initial, x.dtype.name))


@keras_op("numpy.ptp", distinct)
def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The greatest less the smallest.

    >>> tf.keras.ops.ptp([3, 8, 5])
    <tf.Tensor: shape=(), dtype=int32, numpy=5>
    """
    return ops.reduce_max(x, axis, keepdims) - ops.reduce_min(x, axis, keepdims)


@keras_op("numpy.all")
def all_(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether all are true, or not zero.

    >>> tf.keras.ops.all([[1, 0], [3, 4]], axis=0)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return ops.reduce_all(tensor(x, "bool"), axis, keepdims)


@keras_op("numpy.any")
def any_(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Whether one is true, or not zero.

    >>> tf.keras.ops.any([[1, 0], [3, 0]], axis=0)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return ops.reduce_any(tensor(x, "bool"), axis, keepdims)


@keras_op("numpy.count_nonzero")
def count_nonzero(x: Any, axis: Any = None) -> Tensor:
    """How many are not zero.

    >>> tf.keras.ops.count_nonzero([[1, 0], [3, 4]], axis=0)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 1], dtype=int32)>
    """
    return ops.count_nonzero(x, axis, dtype="int32")


@keras_op("numpy.argmax")
def argmax(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Where the greatest is, along `axis` or in the flattened tensor.

    >>> tf.keras.ops.argmax([[1, 3], [4, 2]], axis=1)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 0], dtype=int32)>
    """
    return position("argmax", x, axis, keepdims)


@keras_op("numpy.argmin")
def argmin(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """Where the smallest is, along `axis` or in the flattened tensor.

    >>> tf.keras.ops.argmin([[1, 3], [4, 2]], axis=1)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([0, 1], dtype=int32)>
    """
    return position("argmin", x, axis, keepdims)


def position(which: str, x: Any, axis: Any, keepdims: bool) -> Tensor:
    x = as_tensor(x)
    rank = x._array.ndim
    find = ops.argmax if which == "argmax" else ops.argmin
    if axis is None:
        y = find(ops.reshape(x, [-1]), 0, "int32")
        return ops.reshape(y, [1] * rank) if keepdims else y
    y = find(x, axis, "int32")
    return ops.expand_dims(y, axis) if keepdims else y


@keras_op("numpy.sort", distinct)
def sort(x: Any, axis: int | None = -1) -> Tensor:
    """The values in ascending order along `axis`; None: of the flattened tensor.

    >>> tf.keras.ops.sort([3., 1., 2.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 3.], dtype=float32)>
    """
    x = as_tensor(x)
    x, axis = (ops.reshape(x, [-1]), 0) if axis is None else (x, axis)
    return ops.cast(ops.sort(ops.cast(x, "int8"), axis), "bool") if x.dtype.is_bool else ops.sort(x, axis)


@keras_op("numpy.argsort")
def argsort(x: Any, axis: int | None = -1) -> Tensor:
    """The positions that sort x along `axis`; None: of the flattened tensor.

    >>> tf.keras.ops.argsort([[1, 3], [4, 2]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[0, 1],
           [1, 0]], dtype=int32)>
    """
    x = as_tensor(x)
    x = tensor(x, "uint8") if x.dtype.is_bool else x
    x, axis = (ops.reshape(x, [-1]), 0) if axis is None or not x.ndim else (x, axis)
    return ops.argsort(x, axis)


@keras_op("numpy.cumsum", lambda s: [s.call(s(2, 3)), s.call(s(2, 3), 1)])
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The sums so far along `axis`, or of the flattened tensor.

    >>> tf.keras.ops.cumsum([[1, 2], [3, 4]], axis=0)
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [4, 6]], dtype=int32)>
    """
    return _running(ops.cumsum, x, axis, dtype)


@keras_op("numpy.cumprod", lambda s: [s.call(s(2, 3)), s.call(s(2, 3), 1)])
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The products so far along `axis`, or of the flattened tensor.

    >>> tf.keras.ops.cumprod([1, 2, 3, 4])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([ 1,  2,  6, 24], dtype=int32)>
    """
    return _running(ops.cumprod, x, axis, dtype)


def _running(scan: Any, x: Any, axis: int | None, dtype: Any) -> Tensor:
    x = as_tensor(x)
    x = tensor(x, dtype or ("int32" if x.dtype.is_bool else x.dtype.name))
    return scan(ops.reshape(x, [-1]), 0) if axis is None else scan(x, axis)


@keras_op("numpy.average", lambda s: [s.call(s(2, 3)), s.call(s(2, 3), 1, s(3, within=(0.5, 1.5)))])
def average(x: Any, axis: Any = None, weights: Any = None) -> Tensor:
    """The mean along `axis`, in which each counts by its weight.

    weights: of x's shape, or of its size along `axis`; None: the same for all.

    >>> tf.keras.ops.average([1, 2, 3], weights=[1, 1, 2])
    <tf.Tensor: shape=(), dtype=float32, numpy=2.25>
    """
    if weights is None:
        return mean(x, axis)
    x, weights = meet(x, weights, weak=False, real=True)
    rank = x._array.ndim
    if axis is not None and weights._array.ndim == 1 and rank > 1:
        shape = [1] * rank
        shape[axis] = -1
        weights = ops.reshape(weights, shape)
    weights = ops.broadcast_to(weights, x.shape)
    return ops.divide_no_nan(ops.reduce_sum(x * weights, axis), ops.reduce_sum(weights, axis))


@keras_op("numpy.median", distinct)
def median(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The middle value along `axis`, or the mean of the two in the middle.

    >>> tf.keras.ops.median([4, 1, 3, 2])
    <tf.Tensor: shape=(), dtype=float32, numpy=2.5>
    """
    return quantile(x, 0.5, axis, keepdims=keepdims)


@keras_op("numpy.quantile", lambda s: [s.call(s.distinct(5), 0.3), s.call(s.distinct(3, 4), [0.2, 0.7], 1)])
def quantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """The value below which lies the part q (0 to 1) of the values along `axis`.

    q: a float or a tensor, whose axes come first in the result. method: linear, lower, higher, nearest or midpoint:
    what to take between two values.

    >>> tf.keras.ops.quantile([1., 2., 3., 4.], [0.1, 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.3, 2.5], dtype=float32)>
    """
    x = floats(x)
    q = tensor(q, "float64")
    rank, many, shape = x._array.ndim, q._array.ndim, x._array.shape
    axes = (
        list(range(rank)) if axis is None else [a % rank for a in (axis if isinstance(axis, (list, tuple)) else [axis])]
    )
    kept = [a for a in range(rank) if a not in axes]
    rows = ops.reshape(ops.transpose(x, [*kept, *axes]), [*(shape[a] for a in kept), math.prod(shape[a] for a in axes)])
    ordered = ops.sort(rows, -1)
    y = _between(ordered, q, method)
    missing = ops.reduce_any(ops.is_nan(rows), -1)
    missing = ops.reshape(missing, [*missing._array.shape, *[1] * many])
    y = ops.where(missing, as_tensor(float("nan"), x.dtype), y)
    y = ops.transpose(y, [*range(len(kept), len(kept) + many), *range(len(kept))])
    if not keepdims:
        return y
    return ops.reshape(y, [*q._array.shape, *(1 if a in axes else shape[a] for a in range(rank))])


def _between(ordered: Tensor, q: Tensor, method: str) -> Tensor:
    """The values at the parts q of sorted rows, in Keras's order of operations."""
    last = ordered._array.shape[-1] - 1
    place = q * float(last)

    def at(rounded: Any) -> Tensor:
        return ops.gather(ordered, ops.clip_by_value(ops.cast(rounded(place), "int32"), 0, last), axis=-1)

    rounding = {"lower": ops.floor, "higher": ops.ceil, "nearest": ops.round}
    if method in rounding:
        return at(rounding[method])
    if method == "midpoint":
        return 0.5 * (at(ops.floor) + at(ops.ceil))
    low = ops.maximum(ops.cast(ops.ceil(place), "int32") - 1, 0)
    high = ops.minimum(low + 1, last)
    part = ops.cast(ops.cast(high, "float64") - place, ordered.dtype)
    return ops.gather(ordered, high, axis=-1) * (1 - part) + ops.gather(ordered, low, axis=-1) * part


@keras_op("numpy.percentile", lambda s: [s.call(s.distinct(5), 30.0), s.call(s.distinct(3, 4), [20.0, 70.0], 1)])
def percentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """The value below which lie q percent of the values along `axis`; `method` as for `quantile`.

    q: a float from 0 to 100 or a tensor, whose axes come first in the result. method: as for `quantile`.

    >>> tf.keras.ops.percentile([1., 2., 3., 4.], 50)
    <tf.Tensor: shape=(), dtype=float32, numpy=2.5>
    """
    return quantile(x, tensor(q, setting("floatx")) / 100.0, axis, method, keepdims)


@keras_op("logsumexp", lambda s: [s.call(s(2, 3)), s.call(s(2, 3), 1, True)])
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """log(sum(exp(x))) along `axis`, without overflow.

    >>> tf.keras.ops.logsumexp([1., 2., 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=3.4076058864593506>
    """
    return ops.reduce_logsumexp(x, axis, keepdims)


@keras_op("numpy.trace", lambda s: [s.call(s(3, 3))])
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sum of a diagonal.

    x: a tensor of rank 2 or more. offset: an int: 0 for the main diagonal, above it from 1 on. axis1, axis2: the axes
    of the rows and of the columns.

    >>> tf.keras.ops.trace([[1, 2], [3, 4]])
    <tf.Tensor: shape=(), dtype=int32, numpy=5>
    """
    x = summable(x)
    rank = x._array.ndim
    last = [axis1 % rank, axis2 % rank]
    x = ops.transpose(x, [*(a for a in range(rank) if a not in last), *last])
    return ops.reduce_sum(ops.diag_part(x, k=offset, padding_value=0), -1)


@keras_op("numpy.bincount")
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Tensor:
    """How often each whole number occurs, or the sum of its weights.

    x: integers, not negative, of rank 1 or 2. weights: of x's shape. minlength: an int: how many numbers are counted at
    least.

    >>> tf.keras.ops.bincount([1, 2, 2])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([0, 1, 2], dtype=int32)>
    """
    x = tensor(as_tensor(x), "int32")
    if weights is None:
        return ops.cast(ops.bincount(x, minlength=minlength, axis=-1), "int32")
    weights = as_tensor(weights)
    weights = tensor(weights, result_type(x.dtype.name, weights.dtype.name))
    return ops.bincount(x, weights=weights, minlength=minlength, axis=-1)


@keras_op("numpy.diff", lambda s: [s.call(s(2, 4)), s.call(s(3, 4), 2, 0)])
def diff(a: Any, n: int = 1, axis: int = -1) -> Tensor:
    """The differences between neighbours along `axis`, n times over.

    a: a tensor of rank 1 or more. n: an int, 0 or more.

    >>> tf.keras.ops.diff([1, 4, 9])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 5], dtype=int32)>
    """
    a = as_tensor(a)
    for _ in range(n):
        lead = (slice(None),) * (axis % a._array.ndim)
        after, before = a[(*lead, slice(1, None))], a[(*lead, slice(None, -1))]
        a = ops.not_equal(after, before) if a.dtype.is_bool else after - before
    return a
