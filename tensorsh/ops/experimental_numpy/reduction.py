"""`tf.experimental.numpy`: sums, extremes, statistics, sorting, and products of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.tensor import Tensor, as_tensor
from ..registry import op, ops
from ..rules import ints
from .types import asarray, met, real, result_type, tnp


def _refuse_out(out: Any) -> None:
    if out is not None:
        raise ValueError("Setting out is not supported.")


def _axis(axis: Any) -> Any:
    return None if axis is None else ints(axis)


def _wide(a: Tensor) -> Tensor:
    """Integers narrower than 64 bits, and bools, in 64 bits, as NumPy sums them."""
    kind = a.dtype
    if kind.is_bool or kind.is_integer and kind.size < 8:
        return ops.cast(a, "uint64" if kind.is_unsigned else "int64")
    return a


def _total(kernel: str, of_bools: str, a: Any, axis: Any, dtype: Any, keepdims: Any) -> Tensor:
    wanted = None if dtype is None else result_type(dtype)
    a = asarray(a, wanted)
    if wanted is not None and wanted.is_bool:
        kernel = of_bools
    elif wanted is None:
        a = _wide(a)
    return getattr(ops, kernel)(a, _axis(axis), bool(keepdims))


@tnp
def sum_(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Tensor:
    """The sum over axes (all: None); integers are summed in 64 bits unless `dtype` says otherwise."""
    return _total("reduce_sum", "reduce_any", a, axis, dtype, keepdims)


@tnp
def prod(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Tensor:
    """The product over axes (all: None); integers are multiplied in 64 bits unless `dtype` says otherwise."""
    return _total("reduce_prod", "reduce_all", a, axis, dtype, keepdims)


@tnp
def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = None) -> Tensor:
    """The mean over axes (all: None), a float unless `dtype` says otherwise."""
    _refuse_out(out)
    a = real(a) if dtype is None else asarray(a, dtype)
    return ops.reduce_mean(a, _axis(axis), bool(keepdims))


def _extreme(kernel: str, of_bools: str, a: Any, axis: Any, keepdims: Any) -> Tensor:
    a = asarray(a)
    return getattr(ops, of_bools if a.dtype.is_bool else kernel)(a, _axis(axis), bool(keepdims))


@tnp
def amax(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None) -> Tensor:
    """The largest entry over axes (all: None)."""
    _refuse_out(out)
    return _extreme("reduce_max", "reduce_any", a, axis, keepdims)


@tnp
def amin(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None) -> Tensor:
    """The smallest entry over axes (all: None)."""
    _refuse_out(out)
    return _extreme("reduce_min", "reduce_all", a, axis, keepdims)


@tnp
def max_(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """The largest entry over axes (all: None)."""
    return amax(a, axis, keepdims=keepdims)


@tnp
def min_(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """The smallest entry over axes (all: None)."""
    return amin(a, axis, keepdims=keepdims)


@tnp
def ptp(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """The largest entry less the smallest."""
    return amax(a, axis, keepdims=keepdims) - amin(a, axis, keepdims=keepdims)


@tnp
def var(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0, keepdims: Any = None) -> Tensor:
    """The variance over axes (all: None): the mean squared distance from the mean, over n - ddof entries."""
    _refuse_out(out)
    a = real(a) if dtype is None else asarray(a, result_type(a, dtype))
    found = ops.reduce_variance(real(a), _axis(axis), bool(keepdims))
    if ddof:
        sizes = a.shape.as_list()
        count = 1
        for i in range(a.ndim) if axis is None else ints(axis):
            count *= sizes[i]
        found = found * as_tensor(count / (count - ddof), found.dtype)
    return found if dtype is None else ops.cast(found, result_type(dtype))


@tnp
def std(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """The standard deviation over axes (all: None)."""
    return ops.reduce_std(real(a), _axis(axis), bool(keepdims))


@tnp
def average(a: Any, axis: int | None = None, weights: Any = None, returned: bool = False) -> Any:
    """The weighted mean along an axis (all: None). returned: give the sum of the weights too."""
    if axis is not None and not isinstance(axis, int):
        raise ValueError(f"Argument `axis` must be an integer. Received axis={axis} (of type {type(axis)})")
    a = real(a)
    if weights is None:
        weights = ops.ones_like(a)
    a, weights = met(a, weights)
    if axis is None or a.ndim == weights.ndim:
        total = ops.reduce_sum(weights, axis)
        found = ops.reduce_sum(a * weights, axis) / total
    else:
        total = ops.reduce_sum(weights)
        found = ops.tensordot(a, weights, [[axis], [0]]) / total
    return (found, ops.broadcast_to(total, found.shape)) if returned else found


@tnp
def all_(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """Whether every entry is true, over axes (all: None)."""
    return ops.reduce_all(asarray(a, bool), _axis(axis), bool(keepdims))


@tnp
def any_(a: Any, axis: Any = None, keepdims: Any = None) -> Tensor:
    """Whether some entry is true, over axes (all: None)."""
    return ops.reduce_any(asarray(a, bool), _axis(axis), bool(keepdims))


@tnp
def count_nonzero(a: Any, axis: Any = None) -> Tensor:
    """How many entries are not 0, over axes (all: None), int64."""
    return ops.count_nonzero(asarray(a), axis=_axis(axis))


def _without_nan(a: Any, instead: float) -> Tensor:
    a = asarray(a)
    return ops.where(ops.is_nan(a), as_tensor(instead, a.dtype), a) if a.dtype.is_floating else a


@tnp
def nansum(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Tensor:
    """The sum over axes of what is not NaN."""
    return sum_(_without_nan(a, 0.0), axis, dtype, keepdims)


@tnp
def nanprod(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Tensor:
    """The product over axes of what is not NaN."""
    return prod(_without_nan(a, 1.0), axis, dtype, keepdims)


@tnp
def nanmean(a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = None) -> Tensor:
    """The mean over axes of what is not NaN."""
    a = asarray(a)
    if not a.dtype.is_floating:
        return mean(a, axis, dtype, keepdims=keepdims)
    dtype = dtype or a.dtype
    counts = sum_(ops.logical_not(ops.is_nan(a)), axis, dtype, keepdims)
    return nansum(a, axis, dtype, keepdims) / counts


def _running(kernel: str, a: Any, axis: int | None, dtype: Any) -> Tensor:
    a = _wide(asarray(a)) if dtype is None and not asarray(a).dtype.is_bool else asarray(a, dtype)
    return getattr(ops, kernel)(ops.reshape(a, [-1]) if axis is None else a, axis or 0)


@tnp
def cumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The running sum along an axis; of the flattened array if it is None."""
    return _running("cumsum", a, axis, dtype)


@tnp
def cumprod(a: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The running product along an axis; of the flattened array if it is None."""
    return _running("cumprod", a, axis, dtype)


@tnp
def argmax(a: Any, axis: int | None = None) -> Tensor:
    """Where the largest entry is along an axis; in the flattened array if it is None. int64."""
    a = asarray(a)
    return ops.argmax(ops.reshape(a, [-1]) if axis is None or not a.ndim else a, axis or 0)


@tnp
def argmin(a: Any, axis: int | None = None) -> Tensor:
    """Where the smallest entry is along an axis; in the flattened array if it is None. int64."""
    a = asarray(a)
    return ops.argmin(ops.reshape(a, [-1]) if axis is None or not a.ndim else a, axis or 0)


def _check_sorting(kind: str, kinds: tuple[str, ...], order: Any) -> None:
    if kind not in kinds:
        listed = " and ".join(f'kind="{each}"' for each in kinds)
        verb = "is" if len(kinds) == 1 else "are"
        raise ValueError(f"Invalid value for argument `kind`. Only {listed} {verb} supported. Received: kind={kind}")
    if order is not None:
        raise ValueError("The `order` argument is not supported. Pass order=None")


@tnp
def sort(a: Any, axis: int | None = -1, kind: str = "quicksort", order: Any = None) -> Tensor:
    """The entries along an axis in ascending order; the flattened array's if it is None."""
    _check_sorting(kind, ("quicksort",), order)
    a = asarray(a)
    return ops.sort(ops.reshape(a, [-1]), 0) if axis is None else ops.sort(a, axis)


@tnp
def argsort(a: Any, axis: int | None = -1, kind: str = "quicksort", order: Any = None) -> Tensor:
    """The order in which the entries along an axis ascend, int64; the flattened array's if it is None."""
    _check_sorting(kind, ("quicksort", "stable"), order)
    a = asarray(a)
    if axis is None or not a.ndim:
        a, axis = ops.reshape(a, [-1]), 0
    return ops.cast(ops.argsort(a, axis, stable=True), "int64")


@tnp
def dot(a: Any, b: Any) -> Tensor:
    """The product of vectors or matrices: over the last axis of a and the last but one of b."""
    a, b = met(a, b)
    if not a.ndim or not b.ndim:
        return a * b
    return ops.tensordot(a, b, [[-1], [-1 if b.ndim == 1 else -2]])


@tnp
def matmul(x1: Any, x2: Any) -> Tensor:
    """The product of matrices, or batches of them; a vector stands for a row or a column."""
    return numpy_product(x1, x2)


@op(short=False, samples=lambda s: [s.call(s(2, 3), s(3, 2)), s.call(s(3), s(3, 2)), s.call(s(2, 3), s(3))])
def numpy_product(x1: Any, x2: Any) -> Tensor:
    """`x1 @ x2` after `experimental_enable_numpy_behavior`: dtypes meet, and a vector stands for a row or a column.

    >>> tf.experimental.numpy.matmul([[1, 2], [3, 4]], [1., 1.])
    <tf.Tensor: shape=(2,), dtype=float64, numpy=array([3., 7.])>
    """
    x1, x2 = met(x1, x2)
    if x2.ndim == 1:
        return ops.tensordot(x1, x2, 1)
    return ops.tensordot(x1, x2, [[0], [-2]]) if x1.ndim == 1 else ops.matmul(x1, x2)


@tnp
def tensordot(a: Any, b: Any, axes: Any = 2) -> Tensor:
    """The sum of products over pairs of axes."""
    return ops.tensordot(*met(a, b), axes)


@tnp
def inner(a: Any, b: Any) -> Tensor:
    """The sum of products over both last axes."""
    a, b = met(a, b)
    return ops.tensordot(a, b, [[-1], [-1]]) if a.ndim and b.ndim else a * b


@tnp
def outer(a: Any, b: Any) -> Tensor:
    """Every entry of a times every entry of b."""
    a, b = met(a, b)
    return ops.reshape(a, [-1, 1]) * ops.reshape(b, [-1])


@tnp
def vdot(a: Any, b: Any) -> Tensor:
    """The sum of the products of all entries, those of a conjugated."""
    a, b = (ops.reshape(x, [-1]) for x in met(a, b))
    return dot(ops.conj(a) if a.dtype.is_complex else a, b)


@tnp
def kron(a: Any, b: Any) -> Tensor:
    """The Kronecker product."""
    return ops.keras_ops_kron(*met(a, b))


@tnp
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Tensor:
    """The vector product of vectors of 2 or 3 entries along an axis."""
    return ops.keras_ops_cross(*met(a, b), axisa=axisa, axisb=axisb, axisc=axisc, axis=axis)


@tnp
def einsum(subscripts: str, *operands: Any, casting: str = "safe", optimize: Any = False) -> Tensor:
    """Sums of products, as the subscripts say. casting: "safe", or "no" to promote nothing."""
    if casting not in ("safe", "no"):
        raise ValueError(
            "Invalid value for argument `casting`. "
            f'Expected casting="safe" or casting="no". Received: casting={casting}'
        )
    given = met(*operands) if casting == "safe" else [asarray(x) for x in operands]
    return ops.einsum(subscripts, *given)


@tnp
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Tensor:
    """The sum along a diagonal."""
    a = asarray(a, dtype)
    if not offset and axis1 % a.ndim == a.ndim - 2 and axis2 % a.ndim == a.ndim - 1:
        return ops.trace(a)
    return sum_(ops.keras_ops_diagonal(a, offset, axis1, axis2), -1, dtype)


@tnp
def polyval(p: Any, x: Any) -> Tensor:
    """The polynomial with the coefficients p, the highest power's first, at x."""
    p, x = met(p, x)
    found = ops.zeros_like(x)
    for coefficient in ops.unstack(ops.reshape(p, [-1])):
        found = found * x + coefficient
    return found


@tnp
def diff(a: Any, n: int = 1, axis: int = -1) -> Tensor:
    """The differences of neighbours along an axis, n times over; of bools, whether they differ."""
    a = asarray(a)
    if n < 0:
        raise ValueError(f"Argument `order` must be a non-negative integer. Received: axis={n}")
    if not -a.ndim <= axis < a.ndim:
        raise ValueError(f"Argument `axis` (received axis={axis}) is out of bounds for input {a} of rank {a.ndim}.")
    step = ops.not_equal if a.dtype.is_bool else ops.subtract
    for _ in range(n):
        before, after = [slice(None)] * a.ndim, [slice(None)] * a.ndim
        before[axis], after[axis] = slice(None, -1), slice(1, None)
        a = step(a[tuple(after)], a[tuple(before)])
    return a


@tnp
def size(x: Any, axis: Any = None) -> Any:
    """The number of entries."""
    if axis is not None:
        raise NotImplementedError("axis argument is not supported in the current `np.size` implementation")
    return 1 if isinstance(x, (int, float)) else np.prod(asarray(x)._array.shape, dtype=int)
