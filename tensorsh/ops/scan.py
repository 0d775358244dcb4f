"""Running sums, products and log-sums along an axis, forwards or backwards, with the element itself or not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.dtypes import F32, FLOATS, SUMMABLE
from ..runtime.errors import invalid
from ..runtime.tensor import Tensor, as_tensor
from .registry import Primitive, op, ops, primitive
from .rules import check_dtype


def _samples(s: Any) -> Any:
    for exclusive in (False, True):
        for reverse in (False, True):
            yield s.call(s(3, 2), axis=0, exclusive=exclusive, reverse=reverse)
    yield s.call(s(2, 3), axis=-1)


@primitive(lambda g, y, x, axis, exclusive, reverse: cumsum(g, axis, exclusive, not reverse))
def _cumsum(xp, x, axis, exclusive, reverse):
    wide = F32 if x.dtype.char == "e" else x.dtype
    return _scanned(xp, x, axis, exclusive, reverse, lambda v: xp.cumsum(v, axis=axis, dtype=wide), 0)


@op("cumsum math.cumsum", samples=_samples)
def cumsum(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Tensor:
    """The running sum along `axis`; exclusive: without the element itself; reverse: from the end.

    x: a tensor of rank 1 or more.

    >>> cumsum([1, 2, 3])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 3, 6], dtype=int32)>
    """
    return _scan("Cumsum", _cumsum, SUMMABLE, x, axis, exclusive, reverse)


@primitive(
    # As in TensorFlow, the gradient of an element that is 0 is 0: it divides by the element.
    lambda g, y, x, axis, exclusive, reverse: ops.divide_no_nan(
        cumsum(ops.conj(y) * g, axis, exclusive, not reverse), ops.conj(x)
    )
)
def _cumprod(xp, x, axis, exclusive, reverse):
    return _scanned(xp, x, axis, exclusive, reverse, lambda v: xp.cumprod(v, axis=axis, dtype=x.dtype), 1)


@op("math.cumprod", samples=_samples)
def cumprod(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Tensor:
    """The running product along `axis`; exclusive: without the element itself; reverse: from the end.

    x: a tensor of rank 1 or more.

    >>> cumprod([2., 3., 4.], exclusive=True)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 6.], dtype=float32)>
    """
    return _scan("Cumprod", _cumprod, SUMMABLE, x, axis, exclusive, reverse)


def _logsumexp_gradient(g: Tensor, y: Tensor, x: Tensor, axis: int, exclusive: bool, reverse: bool) -> Tensor:
    """exp(x) times the running sum, the other way, of g * exp(-y): in logarithms, g's two signs apart."""

    def part(positive: Any, size: Any) -> Tensor:
        logarithm = ops.where(positive, ops.log(ops.where(positive, size, 1.0)), size.dtype.min)
        return ops.exp(cumulative_logsumexp(logarithm - y, axis, exclusive, not reverse) + x)

    return part(ops.greater(g, 0.0), g) - part(ops.less(g, 0.0), -g)


@primitive(_logsumexp_gradient)
def _cumulative_logsumexp(xp, x, axis, exclusive, reverse):
    def scan(v: Any) -> Any:
        if xp is np:
            return np.logaddexp.accumulate(v, axis)
        # CuPy's has no accumulate: each round doubles how far back an element has seen.
        length, step = v.shape[axis], 1
        while step < length:
            before, later = _cut(axis, None, -step), _cut(axis, step, None)
            head = v[_cut(axis, None, step)]
            v = xp.concatenate([head, xp.logaddexp(v[later], v[before])], axis)
            step *= 2
        return v

    return _scanned(xp, x, axis, exclusive, reverse, scan, -np.inf)


@op("math.cumulative_logsumexp", samples=_samples)
def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """The running log(sum(exp(x))) along `axis`, with no overflow; the empty one is -inf.

    x: a tensor of rank 1 or more.

    >>> cumulative_logsumexp([0., 0., 0.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.       , 0.6931472, 1.0986123], dtype=float32)>
    """
    return _scan("CumulativeLogsumexp", _cumulative_logsumexp, FLOATS, x, axis, exclusive, reverse)


def _scan(kernel: str, core: Primitive, dtypes: Any, x: Any, axis: Any, exclusive: bool, reverse: bool) -> Tensor:
    """Check the operands of a scan and run it."""
    x = as_tensor(x)
    check_dtype(kernel, x, dtypes, dtypes, "x")
    where = as_tensor(axis) if hasattr(axis, "_read") else as_tensor(axis, "int32")
    if where._array.ndim:
        sizes = ",".join(map(str, where._array.shape))
        raise invalid(kernel, f"ScanOp: axis must be a scalar, not [{sizes}]", summary=f"{kernel}: one axis, please")
    along, rank = int(where._array), x._array.ndim
    if not -rank <= along < rank:
        shown = along + rank if along < 0 else along
        raise invalid(
            kernel,
            f"ScanOp: Expected scan axis in the range [{-rank}, {rank}), but got {shown}",
            summary=f"{kernel}: axis {along} is out of range for a tensor of rank {rank}",
            operands=[("x", x)],
        )
    return core(x, axis=along % rank, exclusive=bool(exclusive), reverse=bool(reverse))


def _scanned(xp: Any, x: Any, axis: int, exclusive: bool, reverse: bool, scan: Any, empty: float) -> Any:
    """`scan` of the raw array, turned round where wanted; `empty` is what precedes the first element."""
    v = xp.flip(x, axis) if reverse else x
    if exclusive and x.shape[axis]:
        first = xp.full_like(v[_cut(axis, None, 1)], empty)
        v = xp.concatenate([first, scan(v[_cut(axis, None, -1)])], axis)
    else:
        v = scan(v)
    return (xp.flip(v, axis) if reverse else v).astype(x.dtype)


def _cut(axis: int, start: int | None, stop: int | None) -> tuple[slice, ...]:
    return (*[slice(None)] * axis, slice(start, stop))
