"""Ops that take axes away: sums, products, extremes, means, norms, logical reductions.

`axis` is an int or a list of ints, negative ones counted from the end, and every axis if it is None. A sum is
of the tensor's own dtype and wraps; float16 and bfloat16 are summed in float32. Over nothing, a sum is 0, a
product 1, a maximum the smallest number of its dtype.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..runtime.dtypes import F32, FLOATS, I64, ORDERED, SUMMABLE, as_dtype, listed
from ..runtime.errors import InvalidArgumentError, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from .comparison import bool_operand
from .registry import Primitive, op, ops, primitive
from .rounding import exponential, rounded
from .rules import axis_of, check_dtype, expand_reduced, reduction, reduction_axes

RANKED = (*ORDERED, *listed("qint8 quint8 qint32 qint16 quint16"))


def _spread(g: Tensor, x: Tensor, axis: tuple[int, ...], keepdims: bool) -> Tensor:
    """A reduction's cotangent repeated over the axes that it took away."""
    shape = x._array.shape
    if len(axis) == len(shape):
        kept = (1,) * len(shape)
    else:
        kept = tuple(1 if i in axis else n for i, n in enumerate(shape))
    return _repeat(g, kept=kept, shape=shape)


@primitive(lambda g, y, x, kept, shape: ops.reshape(sum_to_shape(g, kept), x._array.shape))
def _repeat(xp, x, kept, shape):
    if x.size == 1 and math.prod(shape) <= 1024:
        y = xp.empty(shape, x.dtype)
        y[...] = x  # small: this is quicker than the view that a large one is
        return y
    return xp.broadcast_to(x.reshape(kept), shape)


@reduction(
    "reduce_sum math.reduce_sum",
    lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims),
    dtypes=SUMMABLE,
    kernel="Sum",
)
def reduce_sum(xp, x, axis, keepdims):
    """The sum over `axis` (an int or a list of ints; every axis if None), in the tensor's own dtype.

    >>> reduce_sum([[1, 2], [3, 4]], 0)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([4, 6], dtype=int32)>
    """
    return _sum(xp, x, axis, keepdims)


def _sum(xp: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The sum of a raw array in its own dtype, float16 by way of float32."""
    if x.dtype.char == "e":
        return xp.add.reduce(x, axis, F32, None, keepdims).astype(x.dtype)
    return xp.add.reduce(x, axis, x.dtype, None, keepdims)  # what `sum` would call at length


@primitive(lambda g, y, x, shape: ops.broadcast_to(g, x._array.shape), elementwise=True)
def _sum_to_shape(xp, x, shape):
    lead = x.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(i + lead for i, n in enumerate(shape) if n == 1 and x.shape[i + lead] != 1)
    return xp.sum(x, axis=axes, dtype=x.dtype, keepdims=True).reshape(shape)


def sum_to_shape(x: Tensor, shape: Any) -> Tensor:
    """The sum of x over the axes along which `shape` was broadcast to it: broadcasting undone."""
    if len(shape) > x._array.ndim:
        return ops.broadcast_to(x, shape)
    return _sum_to_shape(x, shape=tuple(shape))


def _count(shape: tuple[int, ...], axis: tuple[int, ...]) -> int:
    """How many elements are reduced to one."""
    return math.prod([shape[a] for a in axis])


@reduction(
    "reduce_mean math.reduce_mean",
    lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims) / float(_count(x._array.shape, axis)),
    dtypes=SUMMABLE,
    kernel="Mean",
)
def reduce_mean(xp, x, axis, keepdims):
    """The mean over `axis`; of integers it is an integer, truncated.

    >>> reduce_mean([1., 2., 6.])
    <tf.Tensor: shape=(), dtype=float32, numpy=3.0>
    >>> reduce_mean([1, 2])
    <tf.Tensor: shape=(), dtype=int32, numpy=1>
    """
    count = _count(x.shape, axis)
    if x.dtype.kind not in "iu":
        divisor = max(count, 1) if x.dtype.kind == "c" else count  # no complex numbers have the mean 0
        return _sum(xp, x, axis, keepdims) / xp.asarray(divisor, dtype=x.dtype)
    wide = I64 if x.dtype.kind == "i" else np.dtype("uint64")
    total = xp.sum(x, axis=axis, dtype=wide, keepdims=keepdims)
    if count == 0:
        return total.astype(x.dtype)
    return (xp.sign(total) * (xp.abs(total) // count) if wide is I64 else total // count).astype(x.dtype)


@reduction(
    "reduce_prod math.reduce_prod",
    lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims) * _product_of_others(x, axis),
    dtypes=SUMMABLE,
    kernel="Prod",
)
def reduce_prod(xp, x, axis, keepdims):
    """The product over `axis`, in the tensor's own dtype.

    >>> reduce_prod([[1., 2.], [3., 4.]], 1)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 2., 12.], dtype=float32)>
    """
    return xp.prod(x, axis=axis, dtype=x.dtype, keepdims=keepdims)


def _product_of_others(x: Tensor, axis: tuple[int, ...]) -> Tensor:
    """For each element the product of the others reduced with it: from both ends, as dividing fails at zeros."""
    shape = x._array.shape
    order = [*axis, *(a for a in range(len(shape)) if a not in axis)]
    columns = ops.reshape(ops.transpose(x, order), [_count(shape, axis), -1 if x._array.size else 0])
    before = ops.cumprod(columns, exclusive=True)
    after = ops.cumprod(columns, exclusive=True, reverse=True)
    others = ops.reshape(ops.conj(before) * ops.conj(after), [shape[a] for a in order])
    return ops.transpose(others, [order.index(a) for a in range(len(shape))])


# ---------------------------------------------------------------- extremes


def _to_the_extremes(g: Tensor, y: Tensor, x: Tensor, axis: tuple[int, ...], keepdims: bool) -> Tensor:
    """The cotangent shared evenly by all elements that equal the maximum or minimum."""
    y, g = expand_reduced(y, axis, keepdims), expand_reduced(g, axis, keepdims)
    equal = ops.cast(ops.equal(y, x), g.dtype)
    return equal / reduce_sum(equal, list(axis), keepdims=True) * g


def _extreme(xp: Any, reduce: Any, x: Any, axis: tuple[int, ...], keepdims: bool, nothing: Any) -> Any:
    """`reduce` over the axes; where there is nothing to reduce, the dtype's bound."""
    if x.size or 0 not in [x.shape[a] for a in axis]:
        return reduce(x, axis=axis, keepdims=keepdims)
    shape = [1 if a in axis else n for a, n in enumerate(x.shape) if keepdims or a not in axis]
    return xp.full(shape, nothing(x.dtype), dtype=x.dtype)


@reduction("reduce_max math.reduce_max", _to_the_extremes, dtypes=RANKED, kernel="Max")
def reduce_max(xp, x, axis, keepdims):
    """The largest element over `axis`, nan if there is one; equal ones share the gradient evenly.

    >>> reduce_max([[1, 5], [3, 2]], 0)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 5], dtype=int32)>
    """
    return _extreme(xp, xp.max, x, axis, keepdims, lambda d: -math.inf if d.kind == "f" else np.iinfo(d).min)


@reduction("reduce_min math.reduce_min", _to_the_extremes, dtypes=RANKED, kernel="Min")
def reduce_min(xp, x, axis, keepdims):
    """The smallest element over `axis`, nan if there is one; equal ones share the gradient evenly.

    >>> reduce_min([[1, 5], [3, 2]], 0)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return _extreme(xp, xp.min, x, axis, keepdims, lambda d: math.inf if d.kind == "f" else np.iinfo(d).max)


# ---------------------------------------------------------------- truth


def _truth(kernel: str, core: Primitive, x: Any, axis: Any, keepdims: Any) -> Tensor:
    x = bool_operand(kernel, 0, x)
    axes = range(x._array.ndim) if axis is None else reduction_axes(kernel, axis, x)
    return core(x, axis=tuple(axes), keepdims=bool(keepdims))


@primitive(elementwise=True)
def _all(xp, x, axis, keepdims):
    return xp.all(x, axis=axis, keepdims=keepdims)


@primitive(elementwise=True)
def _any(xp, x, axis, keepdims):
    return xp.any(x, axis=axis, keepdims=keepdims)


@op("reduce_all math.reduce_all")
def reduce_all(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Whether all elements over `axis` are True; the tensor must be bool.

    >>> reduce_all([[True, False], [True, True]], 1)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return _truth("All", _all, input_tensor, axis, keepdims)


@op("reduce_any math.reduce_any")
def reduce_any(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """Whether any element over `axis` is True; the tensor must be bool.

    >>> reduce_any([[True, False], [False, False]], 1)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return _truth("Any", _any, input_tensor, axis, keepdims)


# ---------------------------------------------------------------- spread, norms, log of a sum


def _spread_samples(s: Any) -> Any:
    for axis, keepdims in ((None, False), (0, False), ([0, 2], True)):
        yield s.call(s(2, 3, 2), axis=axis, keepdims=keepdims)


@op("math.reduce_variance", samples=_spread_samples)
def reduce_variance(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """The mean squared distance from the mean over `axis`, of floating-point or complex numbers.

    Raises TypeError for integers.

    >>> reduce_variance([1., 2., 6.])
    <tf.Tensor: shape=(), dtype=float32, numpy=4.666666507720947>
    """
    x = as_tensor(input_tensor)
    means = reduce_mean(x, axis, True)
    if means.dtype.is_integer:
        raise explain(
            TypeError(f"Input must be either real or complex. Received integer type {means.dtype}."),
            summary=f"variance and standard deviation are of floats, not of {means.dtype.name}",
            hint="cast it: cast(x, float32)",
        )
    distance = x - means
    squared = ops.real(ops.conj(distance) * distance) if x.dtype.is_complex else ops.square(distance)
    return reduce_mean(squared, axis, keepdims)


@op("math.reduce_std", samples=_spread_samples)
def reduce_std(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """The standard deviation over `axis`: the square root of `reduce_variance`.

    >>> reduce_std([1., 2., 4.])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.247219204902649>
    """
    return ops.sqrt(reduce_variance(input_tensor, axis, keepdims))


@reduction(
    "math.reduce_euclidean_norm",
    lambda g, y, x, axis, keepdims: x / expand_reduced(y / g, axis, keepdims),
    dtypes=SUMMABLE,
    kernel="EuclideanNorm",
)
def reduce_euclidean_norm(xp, x, axis, keepdims):
    """The square root of the sum of squares over `axis`, in the tensor's own dtype.

    >>> reduce_euclidean_norm([[3., 4.], [6., 8.]], 1)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 5., 10.], dtype=float32)>
    """
    squares = x * xp.conj(x) if x.dtype.kind == "c" else x * x
    return xp.sqrt(_sum(xp, squares, axis, keepdims)).astype(x.dtype)


def _shares(g: Tensor, y: Tensor, x: Tensor, axis: tuple[int, ...], keepdims: bool) -> Tensor:
    """Each exponential's share of the sum, and not exp(x - y): where y is large it has few digits left."""
    largest = ops.stop_gradient(reduce_max(x, axis, True))
    powers = ops.exp(x - ops.where(ops.is_finite(largest), largest, ops.zeros_like(largest)))
    return expand_reduced(g, axis, keepdims) * (powers / reduce_sum(powers, axis, True))


@primitive(_shares)
def _logsumexp(xp, x, axis, keepdims):
    largest = _extreme(xp, xp.max, x, axis, True, lambda d: 0)
    largest = xp.where(xp.isfinite(largest), largest, xp.zeros_like(largest))
    y = rounded(xp.log, xp.sum(exponential(xp, x - largest), axis=axis, keepdims=True)) + largest
    return y if keepdims else y.reshape([n for a, n in enumerate(x.shape) if a not in axis])


@op("reduce_logsumexp math.reduce_logsumexp", samples=_spread_samples)
def reduce_logsumexp(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Tensor:
    """log(sum(exp(x))) over `axis`, with no overflow.

    >>> reduce_logsumexp([1000., 1000.])
    <tf.Tensor: shape=(), dtype=float32, numpy=1000.6931762695312>
    """
    x = as_tensor(input_tensor)
    check_dtype("Max", x, RANKED, RANKED, "input_tensor")
    check_dtype("IsFinite", x, FLOATS, FLOATS, "input_tensor")
    axes = range(x._array.ndim) if axis is None else reduction_axes("Max", axis, x)
    return _logsumexp(x, axis=tuple(axes), keepdims=bool(keepdims))


# ---------------------------------------------------------------- positions of extremes


@primitive()
def _argmax(xp, x, axis, dtype):
    return xp.argmax(_without_nan(xp, x, -math.inf), axis=axis).astype(dtype)


@primitive()
def _argmin(xp, x, axis, dtype):
    return xp.argmin(_without_nan(xp, x, math.inf), axis=axis).astype(dtype)


def _without_nan(xp: Any, x: Any, least: float) -> Any:
    """x with nan, which never wins, replaced by what never wins either."""
    return xp.where(xp.isnan(x), xp.full_like(x, least), x) if x.dtype.kind == "f" else x


@op("argmax math.argmax")
def argmax(input: Any, axis: Any = None, output_type: Any = "int64", name: str | None = None) -> Tensor:
    """The position of the largest element along `axis` (0 if None), the first of equal ones; nan never wins.

    input: a tensor of rank 1 or more. output_type: int16, uint16, int32 or int64. Raises InvalidArgumentError for an
    empty axis.

    >>> argmax([1, 3, 2])
    <tf.Tensor: shape=(), dtype=int64, numpy=1>
    """
    return _position("ArgMax", _argmax, input, axis, output_type, "int16 uint16 int32 int64")


@op("argmin math.argmin")
def argmin(input: Any, axis: Any = None, output_type: Any = "int64", name: str | None = None) -> Tensor:
    """The position of the smallest element along `axis` (0 if None), the first of equal ones; nan never wins.

    input: a tensor of rank 1 or more. output_type: int32 or int64. Raises InvalidArgumentError for an empty axis.

    >>> argmin([[3, 1], [2, 4]], 1)
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([1, 0])>
    """
    return _position("ArgMin", _argmin, input, axis, output_type, "int32 int64")


def _position(kernel: str, core: Primitive, x: Any, axis: Any, output_type: Any, allowed: str) -> Tensor:
    x, dtype = as_tensor(x), as_dtype(output_type)
    listed = (*RANKED, as_dtype("bool"))
    check_dtype(kernel, x, listed, listed, "input")
    if dtype.name not in allowed.split():
        raise explain(
            InvalidArgumentError(
                f"Value for attr 'output_type' of {dtype.kernel_name} is not in the list of allowed values: "
                f"{', '.join(allowed.split())}"
            ),
            summary=f"{kernel}: output_type is {dtype.name}, and must be one of {', '.join(allowed.split())}",
        )
    if isinstance(axis, (list, tuple)):
        raise TypeError("axis must be int or Tensor with integer datatype")
    shape = x._array.shape
    along = axis_of(kernel, 0 if axis is None else axis, len(shape), x)
    if not shape[along] and 0 not in shape[:along] + shape[along + 1 :]:
        raise invalid(
            kernel,
            f"Reduction axis {along} is empty in shape [{','.join(map(str, shape))}]",
            summary=f"{kernel}: axis {along} of shape {shape} is empty",
        )
    if not x._array.size:
        return ops.zeros([n for a, n in enumerate(shape) if a != along], dtype=dtype)
    return core(x, axis=along, dtype=dtype._numpy)
