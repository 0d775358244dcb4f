"""Counting: how many are not zero, how often each value occurs, which classes are taken for which."""

from __future__ import annotations

from typing import Any

from ..runtime.dtypes import int32, int64, listed
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from .registry import no_gradient, op, ops, primitive
from .rules import check_dtype


@primitive()
def _nonzero(xp, x):
    return x != (b"" if x.dtype == object else 0)


@op("math.count_nonzero")
def count_nonzero(
    input: Any, axis: Any = None, keepdims: Any = None, dtype: Any = "int64", name: str | None = None
) -> Tensor:
    """How many elements over `axis` are not 0 (False, the empty string).

    >>> count_nonzero([[1, 0], [2, 3]], 0)
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([2, 1])>
    """
    nonzero = ops.cast(_nonzero(as_tensor(input)), "int64")
    return ops.cast(ops.reduce_sum(nonzero, axis, bool(keepdims)), dtype)


_COUNTED_AS = listed("int32 int64 float32 float64")


@primitive(joint=no_gradient("DenseBincount"))
def _bincount(xp, x, weights, size, dtype, binary):
    rows = x.reshape(-1, x.shape[-1])
    kept = rows < size
    # One bin too many in each row takes what is beyond the last.
    bins = xp.where(kept, rows, size) + (size + 1) * xp.arange(rows.shape[0], dtype=rows.dtype)[:, None]
    total = rows.shape[0] * (size + 1)
    if weights.size:
        counts = xp.bincount(bins.reshape(-1), weights.reshape(-1), total)
    else:
        counts = xp.bincount(bins.reshape(-1), None, total)
    counts = counts[:total].reshape(rows.shape[0], size + 1)[:, :size]
    return (xp.minimum(counts, 1) if binary else counts).astype(dtype).reshape(*x.shape[:-1], size)


@op("math.bincount")
def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
    axis: Any = None,
    binary_output: bool = False,
) -> Tensor:
    """How often each of 0, 1, 2 ... occurs in `arr`, as many as its largest value needs.

    weights: counted instead of 1, in their dtype. minlength, maxlength: bounds of the result's length; what
    is beyond is not counted. axis: -1 counts every row of a matrix by itself. binary_output: 1 for what occurs
    at all.
    Raises InvalidArgumentError for a negative value.

    arr: integers, not negative.

    >>> bincount([1, 1, 2, 5])
    <tf.Tensor: shape=(6,), dtype=int32, numpy=array([0, 2, 1, 0, 0, 1], dtype=int32)>
    """
    if weights is not None and binary_output:
        raise ValueError("Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one.")
    if axis not in (None, 0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")
    x = as_tensor(arr)
    if not x.dtype.is_integer:
        x = ops.cast(x, int32)
    check_dtype("DenseBincount", x, (int32, int64), (int32, int64), "arr", attr="Tidx")
    w = ops.zeros([0], dtype=dtype) if weights is None else as_tensor(weights)
    check_dtype("DenseBincount", w, _COUNTED_AS, _COUNTED_AS, "weights")
    shape = x._array.shape
    if w._array.size and w._array.shape != shape:
        raise invalid(
            "DenseBincount",
            "`weights` must be the same shape as `arr` or a length-0 `Tensor`, in which case it acts as all "
            f"weights equal to 1. Received {bracketed(w._array.shape)}",
            summary=f"bincount: arr has shape {shape}, weights {w._array.shape}",
        )
    if axis == -1 and len(shape) > 2:
        raise invalid("DenseBincount", f"Shape must be at most rank 2 but is rank {len(shape)}")
    if axis != -1:
        x, w = ops.reshape(x, [-1]), ops.reshape(w, [-1])
    # The values decide the result's shape, so they have to come to the host.
    low, high = (int(x._array.min()), int(x._array.max())) if x._array.size else (0, -1)
    if low < 0:
        raise invalid("DenseBincount", "Input arr must be non-negative!", summary=f"bincount: {low} in arr is negative")
    size = high + 1
    if minlength is not None:
        size = max(size, int(as_tensor(minlength)))
    if maxlength is not None:
        size = min(size, int(as_tensor(maxlength)))
    if not x._array.size:
        return ops.zeros([*x._array.shape[:-1], size], dtype=w.dtype)
    return _bincount(x, w, size=size, dtype=w.dtype._numpy, binary=bool(binary_output))


@op("math.confusion_matrix")
def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    weights: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
) -> Tensor:
    """A matrix whose entry [i, j] says how often class i was predicted as class j.

    num_classes: one more than the largest class if None. weights: counted instead of 1, cast to `dtype`.
    Raises InvalidArgumentError for a class that is negative or not below `num_classes`.
    labels, predictions: class numbers, (n,); other dtypes are cast to int64.

    >>> confusion_matrix([0, 1, 1], [0, 1, 0])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 0],
           [1, 1]], dtype=int32)>
    """
    wanted, guessed = _squeezed(as_tensor(labels), as_tensor(predictions))
    wanted, guessed = ops.cast(wanted, int64), ops.cast(guessed, int64)
    for what, classes in (("labels", wanted), ("predictions", guessed)):
        ops.assert_non_negative(classes, message=f"`{what}` contains negative values")
    if num_classes is None:
        count = ops.maximum(ops.reduce_max(guessed), ops.reduce_max(wanted)) + 1
    else:
        count = ops.cast(num_classes, int64)
        for what, classes in (("labels", wanted), ("predictions", guessed)):
            ops.assert_less(classes, count, message=f"`{what}` out of bound")
    if weights is None:
        values = ops.ones(list(guessed._array.shape), dtype=dtype)
    else:
        values = as_tensor(weights)
        if not guessed.shape.is_compatible_with(values.shape):
            raise explain(
                ValueError(f"Shapes {guessed.shape} and {values.shape} are incompatible"),
                summary=f"confusion_matrix: predictions have shape {guessed.shape}, weights {values.shape}",
            )
        values = ops.cast(values, dtype)
    return ops.scatter_nd(ops.stack([wanted, guessed], axis=1), values, ops.stack([count, count]))


def _squeezed(labels: Tensor, predictions: Tensor) -> tuple[Tensor, Tensor]:
    """A last axis of size 1 that only one of the two has is taken away."""
    more = labels._array.ndim - predictions._array.ndim
    if more == 1 and labels._array.shape[-1] == 1:
        return ops.squeeze(labels, [-1]), predictions
    if more == -1 and predictions._array.shape[-1] == 1:
        return labels, ops.squeeze(predictions, [-1])
    return labels, predictions
