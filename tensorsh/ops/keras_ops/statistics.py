"""`keras.ops`: correlations, histograms and bins, sorted and distinct values, areas, powers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.backend import to_host
from ...runtime.dtypes import F32
from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .dtypes import floats, keras_op, meet, reals, result_type, tensor
from .reduction import diff
from .shape import swapaxes


@keras_op("numpy.corrcoef", lambda s: [s.call(s(2, 4))])
def corrcoef(x: Any) -> Tensor:
    """The correlations of the rows of x with each other, in [-1, 1].

    x: (rows, n).

    >>> tf.keras.ops.corrcoef(tf.constant([[1., 2.], [4., 2.]]))
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[ 1., -1.],
           [-1.,  1.]], dtype=float32)>
    """
    x = floats(x, wide=True)
    if not x._array.ndim:
        return as_tensor(float("nan"))
    centered = x - ops.reduce_mean(x, -1, True)
    covariance = ops.matmul(centered, centered, adjoint_b=True) / as_tensor(float(x._array.shape[-1] - 1), x.dtype)
    deviation = ops.sqrt(ops.diag_part(covariance))
    return ops.clip_by_value(covariance / ops.tensordot(deviation, deviation, 0), -1.0, 1.0)


@keras_op("numpy.correlate", lambda s: [s.call(s(4), s(2)), s.call(s(4), s(3), "full"), s.call(s(2), s(3), "same")])
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Tensor:
    """The sums of products of x1 with x2 moved along it: where they cover each other (`valid`), touch (`full`), or
    those in the middle (`same`). Raises ValueError for another mode.

    x1: (n,). x2: (m,). mode: "valid", "same" or "full".

    >>> tf.keras.ops.correlate([1., 2., 3.], [1., 10.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([21., 32.], dtype=float32)>
    """
    x1, x2 = reals(x1, x2)
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"Invalid mode: '{mode}'. Mode must be one of: 'full', 'same', 'valid'.")
    n, m = x1._array.shape[0], x2._array.shape[0]
    if mode != "valid":
        x1 = ops.pad(x1, [[m - 1, m - 1]])
    y = ops.squeeze(ops.conv1d(ops.reshape(x1, [1, -1, 1]), ops.reshape(x2, [-1, 1, 1]), 1, "VALID"), [0, 2])
    if mode != "same":
        return y
    length = max(n, m)
    start = (n + m - 1 - length) // 2
    return y[start : start + length]


@keras_op("numpy.histogram")
def histogram(x: Any, bins: int = 10, range: Any = None) -> tuple[Tensor, Tensor]:
    """How many values lie in each of `bins` equal parts of the range (least, greatest), and the parts' edges.

    bins: an int. range: a tuple of two numbers; None: the least and the greatest of x. Raises TypeError for `bins` that
    is no int, ValueError for a negative one or for a range that is not two numbers in order.

    >>> tf.keras.ops.histogram(tf.constant([1., 2., 4.]), bins=3)[0]
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 1., 1.], dtype=float32)>
    """
    if not isinstance(bins, int):
        raise TypeError(f"Argument `bins` must be of type `int`. Received: bins={bins}")
    if bins < 0:
        raise ValueError(f"Argument `bins` should be a non-negative integer. Received: bins={bins}")
    if range and (not isinstance(range, tuple) or len(range) != 2):
        raise ValueError(f"range must be a tuple of two elements. Received: range={range}")
    if range and range[1] < range[0]:
        raise ValueError(f"The second element of range must be greater than the first. Received: range={range}")
    x = as_tensor(x)
    least, most = range or (ops.reduce_min(x), ops.reduce_max(x))
    low, high = tensor(least, x.dtype.name), tensor(most, x.dtype.name)
    x = ops.boolean_mask(x, ops.logical_and(ops.greater_equal(x, low), ops.less_equal(x, high)))
    edges = tensor(
        ops.linspace(*((low, high) if not range else (as_tensor(least), as_tensor(most))), bins + 1), x.dtype.name
    )
    places = ops.searchsorted(edges[1:-1], x, side="right")
    return ops.scatter_nd(ops.expand_dims(places, -1), ops.ones_like(places, x.dtype), (bins,)), edges


@keras_op("numpy.digitize")
def digitize(x: Any, bins: Any) -> Tensor:
    """For each value the number of ascending bounds that are not above it.

    bins: a list of numbers.

    >>> tf.keras.ops.digitize([0.2, 6.4, 3.], [0., 1., 2.5, 4., 10.])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 4, 3], dtype=int32)>
    """
    x = as_tensor(x)
    flat = ops.searchsorted(
        tensor([float(b) for b in bins], "float32"), ops.reshape(tensor(x, "float32"), [-1]), "right"
    )
    return ops.reshape(flat, x.shape)


@keras_op("numpy.searchsorted")
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Tensor:
    """Where the values would go in an ascending sequence: before those equal to them, or after (side "right").

    sorted_sequence: (n,). values: numbers, of any shape. side: a str. Raises ValueError for a sequence of another rank.

    >>> tf.keras.ops.searchsorted(tf.constant([1, 3, 5]), tf.constant([3, 4]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    sequence, values = meet(sorted_sequence, values)
    if sequence._array.ndim != 1:
        raise ValueError(
            "`searchsorted` only supports 1-D sorted sequences. You can use `keras.ops.vectorized_map` to extend it to "
            f"N-D sequences. Received: sorted_sequence.shape={sequence.shape}"
        )
    return ops.reshape(ops.searchsorted(sequence, ops.reshape(values, [-1]), side=side), values.shape)


@keras_op("numpy.argpartition")
def argpartition(x: Any, kth: int, axis: int | None = -1) -> Tensor:
    """Positions in an order in which the kth smallest stands at its place, smaller ones before it; x as integers.

    kth: an int, taken to be no less than 0 and no more than the last position.

    >>> tf.keras.ops.argpartition([7, 1, 5], 1)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 0], dtype=int32)>
    """
    x = tensor(as_tensor(x), "int32")
    if axis is None:
        return argpartition(ops.reshape(x, [-1]), kth, 0)
    x = swapaxes(x, axis, -1)
    size = x._array.shape[-1]
    kth = max(0, min(int(kth), size - 1))
    low = ops.top_k(-x, kth + 1)[1]
    # Of the rest the first: what is among the lowest of any row is marked with 0, as Keras does it.
    marked = ops.where(ops.reduce_sum(ops.one_hot(low, size, dtype="int32"), 0))
    rest = ops.tensor_scatter_nd_update(x, marked, ops.zeros([marked._array.shape[0]], "int32"))
    return swapaxes(ops.concat([low, ops.top_k(rest, size - kth - 1)[1]], -1), -1, axis)


@keras_op("numpy.unique")
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """The distinct values of x, or its distinct slices along `axis`, in order; on demand where each first stands,
    which of them stands at each place, and how often.

    sorted: whether the order is ascending, rather than that of the first occurrences. return_index, return_inverse,
    return_counts: whether these are returned too, in this order, as int32. size: so many of them, the rest of it filled
    with `fill_value` (0). fill_value: a number.

    >>> tf.keras.ops.unique([3, 1, 3], return_counts=True)[1]
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    x = as_tensor(x)
    rows = ops.reshape(x, [-1]) if axis is None else x
    rank = rows._array.ndim
    along = 0 if axis is None else axis % rank
    # Keras compares slices along a third axis element by element in transposed order.
    keys = np.moveaxis(to_host(rows._array), along, 0)
    keys = keys.transpose(0, *range(rank - 1, 0, -1)) if along > 1 else keys
    keys = keys.astype(F32) if keys.dtype.kind == "V" else keys
    if rank > 1:
        keys = keys.reshape(len(keys), -1)
    _, index, inverse, counts = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True, axis=0 if rank > 1 else None
    )
    inverse = inverse.reshape(-1)
    if not sorted:
        order = np.argsort(index)
        index, counts, inverse = index[order], counts[order], np.argsort(order)[inverse]
    missing = 0 if size is None else max(0, size - len(index))
    y = ops.gather(rows, as_tensor(index[:size], "int32"), axis=along)
    if missing:
        widths = [[0, missing if a == along else 0] for a in range(rank)]
        y = ops.pad(y, widths, constant_values=tensor(0 if fill_value is None else fill_value, y.dtype.name))
    asked = (
        (return_index, index[:size].tolist() + [1] * missing),  # Keras, too, fills up with 1 here
        (return_inverse, inverse.reshape(x._array.shape) if axis is None else inverse),
        (return_counts, counts[:size].tolist() + [0] * missing),
    )
    results = [y, *(as_tensor(value, "int32") for wanted, value in asked if wanted)]
    return tuple(results) if len(results) > 1 else y


@keras_op("numpy.trapezoid", lambda s: [s.call(s(2, 3)), s.call(s(3), s(3))])
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Tensor:
    """The area below y along `axis` by the trapezoidal rule; x: where y was taken, in steps of `dx` by default.

    dx: a number.

    >>> tf.keras.ops.trapezoid([1., 2., 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=4.0>
    """
    y = as_tensor(y)
    y = tensor(y, result_type(y.dtype.name, float))
    if x is None:
        steps = tensor(dx, y.dtype.name)
    else:
        steps = diff(tensor(as_tensor(x), y.dtype.name), axis=axis)
        steps = _axis_last(steps, axis)
    y = _axis_last(y, axis)
    return ops.reduce_sum(0.5 * (y[..., 1:] + y[..., :-1]) * steps, -1)


def _axis_last(x: Tensor, axis: int) -> Tensor:
    rank = x._array.ndim
    axis %= rank
    return ops.transpose(x, [*(a for a in range(rank) if a != axis), axis])


@keras_op("numpy.vander", lambda s: [s.call(s(3))])
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:
    """The matrix whose rows are the powers N - 1, ..., 1, 0 of each element (N: as many as there are elements).

    x: (n,). N: an int. increasing: whether the powers ascend.

    >>> tf.keras.ops.vander(tf.constant([1, 2, 3]), 3)
    <tf.Tensor: shape=(3, 3), dtype=int32, numpy=
    array([[1, 1, 1],
           [4, 2, 1],
           [9, 3, 1]], dtype=int32)>
    """
    x = as_tensor(x)
    count = x._array.shape[0] if N is None else N
    powers = ops.arange(count) if increasing else ops.arange(count - 1, -1, -1)
    kind = result_type(x.dtype.name, "float32")
    y = ops.pow(tensor(ops.expand_dims(x, -1), kind), tensor(powers, kind))
    return tensor(y, x.dtype.name)
