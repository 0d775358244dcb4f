"""Finding: where, unique, searchsorted, histograms, the inverse of a permutation."""

from __future__ import annotations

from collections import namedtuple
from math import prod
from typing import Any

import numpy as np

from ..runtime.backend import module_of, to_host
from ..runtime.dtypes import SUMMABLE, as_dtype, bool_, float32, float64, int32, int64, string
from ..runtime.errors import InvalidArgumentError, bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from .arguments import SIZES, alike, integers, renamed, tail
from .kernels import no_kernel
from .registry import no_gradient, op, ops, primitive
from .rules import check_dtype, mismatch

Unique = namedtuple("Unique", ["y", "idx"])
UniqueWithCounts = namedtuple("UniqueWithCounts", ["y", "idx", "count"])


@primitive(
    None,
    lambda g, z, c, x, y: _select(c, g, ops.zeros_like(g)),
    lambda g, z, c, x, y: _select(c, ops.zeros_like(g), g),
    elementwise=True,
)
def _select(xp, condition, x, y):
    return xp.where(condition, x, y)


@op("where", samples=lambda s: [s.call([True, False], s(2), s(2)), s.call([[True], [False]], s(2), s())])
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """`where(condition, x, y)`: x where the condition is True and y elsewhere; all three broadcast.

    `where(condition)`: the index vectors, int64 (n, rank), of the entries that are not 0 or False.

    Raises ValueError if only one of x and y is given, InvalidArgumentError unless they are of one dtype and all shapes
    broadcast.

    >>> where([True, False], [1., 2.], 0.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 0.], dtype=float32)>
    >>> where([1, 0, 2])
    <tf.Tensor: shape=(2, 1), dtype=int64, numpy=
    array([[0],
           [2]])>
    """
    if x is None and y is None:
        return _places(as_tensor(condition))
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    if is_tensor(condition) and not isinstance(x, (list, tuple)) and not isinstance(y, (list, tuple)):
        c = as_tensor(condition)
        if c.dtype is not bool_:
            raise renamed(mismatch("SelectV2", 0, wrap(np.array(True)), c), tail(condition, x, y))
    c = as_tensor(condition, bool_)
    known = next((v.dtype for v in (x, y) if is_tensor(v)), None)
    a = as_tensor(x, None if is_tensor(x) else known)
    b = as_tensor(y, None if is_tensor(y) else a.dtype)
    if a.dtype is not b.dtype:
        raise renamed(mismatch("SelectV2", 2, a, b), tail(condition, x, y))
    if a.dtype is string:
        c = wrap(to_host(c._array))
    try:
        return _select(c, a, b)
    except ValueError:
        shapes = [bracketed(t._array.shape) for t in (c, a, b)]
        raise invalid(
            "SelectV2",
            f"condition {shapes[0]}, then {shapes[1]}, and else {shapes[2]} must be broadcastable",
            summary="where: the shapes do not broadcast",
            operands=[("condition", c), ("x", a), ("y", b)],
            name=tail(condition, x, y),
        ) from None


def _places(c: Tensor) -> Tensor:
    if not c._array.ndim:
        raise invalid(
            "Where",
            "WhereOp : Unhandled input dimensions: 0",
            summary="where: a scalar has no places",
            operands=[("condition", c)],
        )
    check_dtype("Where", c, _HELD, _HELD, "condition")
    xp = module_of(c._array)
    return wrap(xp.stack(xp.nonzero(c._array), 1).astype(np.int64))


_HELD = (*SUMMABLE, bool_)


@primitive(joint=no_gradient("Unique"))
def _unique(xp, x):
    return _distinct(xp, x)


@primitive(joint=no_gradient("UniqueWithCounts"))
def _unique_with_counts(xp, x):
    return _distinct(xp, x)


def _distinct(xp: Any, x: Any) -> tuple[Any, Any, Any]:
    """(values in the order in which they first come, the place of every entry's value there, counts)."""
    _, first, place, count = xp.unique(x, return_index=True, return_inverse=True, return_counts=True, equal_nan=False)
    order = xp.argsort(first)
    return x[first[order]], xp.argsort(order)[place], count[order]


def _vector_of(kernel: str, x: Any, out_idx: Any) -> tuple[Tensor, np.dtype]:
    t, dtype = as_tensor(x), as_dtype(out_idx)
    if dtype not in SIZES:
        raise InvalidArgumentError(
            f"Value for attr 'out_idx' of {dtype.kernel_name} is not in the list of allowed values: int32, int64"
        )
    if t._array.ndim != 1:
        raise invalid(
            kernel,
            "unique expects a 1D vector.",
            summary=f"{kernel}: x must be a vector, not of shape {t._array.shape}",
            operands=[("x", t)],
            hint="flatten it: reshape(x, -1)",
            name=tail(x),
        )
    if t.dtype.is_complex:
        raise renamed(no_kernel(kernel, kernel, {"T": t.dtype, "out_idx": dtype}, [("x", t)]), tail(x))
    return t, dtype._numpy


@op("unique")
def unique(x: Any, out_idx: Any = int32, name: str | None = None) -> Any:
    """The distinct entries of a vector, in the order in which they first come, and where each entry is among
    them.

    Returns Unique(y, idx) such that `gather(y, idx)` is x.

    x: (n,).

    >>> unique([1, 1, 2, 3, 1]).y
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3], dtype=int32)>
    """
    t, dtype = _vector_of("Unique", x, out_idx)
    y, place, _ = _unique(t)
    return Unique(y, wrap(place._array.astype(dtype)))


@op("unique_with_counts")
def unique_with_counts(x: Any, out_idx: Any = int32, name: str | None = None) -> Any:
    """As `unique`, with how often each entry comes: UniqueWithCounts(y, idx, count).

    x: (n,).

    >>> unique_with_counts([1, 1, 2]).count
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 1], dtype=int32)>
    """
    t, dtype = _vector_of("UniqueWithCounts", x, out_idx)
    y, place, count = _unique_with_counts(t)
    return UniqueWithCounts(y, wrap(place._array.astype(dtype)), wrap(count._array.astype(dtype)))


@op("searchsorted")
def searchsorted(
    sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = int32, name: str | None = None
) -> Tensor:
    """Where in each sorted row the values of the same row would have to be put in to keep it sorted.

    side: "left" of equal entries or "right" of them.

    sorted_sequence: (..., n), ascending.
    values: (..., m), of the dtype of sorted_sequence. Raises InvalidArgumentError for scalars or different dtypes.

    >>> searchsorted([1, 3, 5], [3, 4])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    if side not in ("left", "right"):
        raise ValueError(f"Argument `side` must be either 'right' or 'left'. Received: `side` = '{side}'.")
    kernel = "LowerBound" if side == "left" else "UpperBound"
    rows, v = as_tensor(sorted_sequence), as_tensor(values)
    for t in (rows, v):
        if not t._array.ndim:
            raise invalid(
                "StridedSlice",
                "slice index -1 of dimension 0 out of bounds.",
                summary="searchsorted: it takes vectors, not scalars",
                name="strided_slice/",
            )
    if rows.dtype is not v.dtype:
        raise mismatch(kernel, 1, rows, v, ("sorted_sequence", "values"))
    dtype = as_dtype(out_type)
    if dtype not in SIZES:
        raise InvalidArgumentError(
            f"Value for attr 'out_type' of {dtype.kernel_name} is not in the list of allowed values: int32, int64"
        )
    lead = prod(rows._array.shape[:-1])
    if prod(v._array.shape[:-1]) != lead:
        raise invalid(
            kernel,
            "Leading dim_size of both tensors must match.",
            summary=f"searchsorted: {lead} sorted rows, but {prod(v._array.shape[:-1])} rows of values",
            operands=[("sorted_sequence", rows), ("values", v)],
        )
    found = _bounds(
        rows._array.reshape(lead, rows._array.shape[-1]),
        v._array.reshape(lead, v._array.shape[-1]),
        side == "left",
    )
    return wrap(found.reshape(v._array.shape).astype(dtype._numpy))


def _bounds(rows: Any, values: Any, left: bool) -> Any:
    """C++'s lower_bound and upper_bound for all values at once, also where the row is not sorted."""
    xp, size = module_of(rows), rows.shape[1]
    if len(rows) == 1 and bool((rows[:, 1:] >= rows[:, :-1]).all() & (values == values).all()):
        return xp.searchsorted(rows[0], values, "left" if left else "right")
    start = xp.zeros(values.shape, np.int64)
    count = xp.full(values.shape, size, np.int64)
    lead = xp.arange(rows.shape[0])[:, None]
    for _ in range(size.bit_length()):
        step = count // 2
        entry = rows[lead, xp.minimum(start + step, size - 1)]
        beyond = (entry < values) if left else ~(values < entry)
        beyond = beyond & (count > 0)
        start = xp.where(beyond, start + step + 1, start)
        count = xp.where(beyond, count - step - 1, step)
    return start


@op("histogram_fixed_width")
def histogram_fixed_width(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = int32, name: str | None = None
) -> Tensor:
    """How many values fall into each of `nbins` bins of equal width between the two ends of `value_range`.

    Values beyond an end count in its bin.

    values: numbers of any shape.
    Raises InvalidArgumentError for a value_range that is no ascending pair, nbins below 1, or values that are nan.

    >>> histogram_fixed_width([0., 1., 5.], [0., 5.], nbins=5)
    <tf.Tensor: shape=(5,), dtype=int32, numpy=array([1, 1, 0, 0, 1], dtype=int32)>
    """
    last = tail(values, value_range, nbins)
    x, ends = alike("HistogramFixedWidth", [values, value_range])
    count = as_tensor(nbins, int32)

    allowed = (int32, int64, float32, float64)
    check_dtype("HistogramFixedWidth", x, allowed, allowed, "values")

    def fail(message: str) -> Any:
        return invalid("HistogramFixedWidth", message, operands=[("values", x)], name=last)

    if ends._array.shape != (2,):
        raise fail("value_range should be a vector of 2 elements.")
    low, high = (end.item() for end in to_host(ends._array).astype(np.float64))
    n = int(count)
    if not low < high:
        raise fail(f"value_range should satisfy value_range[0] < value_range[1], but got '[{low:g}, {high:g}]'")
    if n <= 0:
        raise fail(f"nbins should be a positive number, but got '{n}'")
    xp = module_of(x._array)
    exact = x._array.reshape(-1).astype(np.float64)
    if bool(xp.isnan(exact).any()):
        raise fail("Histogram values must not contain NaN")
    bins = xp.minimum((xp.maximum(exact, low) - low) / ((high - low) / n), n - 1).astype(np.int64)
    return wrap(xp.bincount(bins, None, n)[:n].astype(as_dtype(dtype)._numpy))


@op("histogram_fixed_width_bins")
def histogram_fixed_width_bins(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = int32, name: str | None = None
) -> Tensor:
    """For each value the bin of `histogram_fixed_width` that it falls into, as int32.

    values: numbers of any shape.
    Raises InvalidArgumentError for nbins below 1.

    >>> histogram_fixed_width_bins([-1., 0., 1.5, 5.], [0., 5.], nbins=5)
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([0, 0, 1, 4], dtype=int32)>
    """
    x, ends, count = as_tensor(values), as_tensor(value_range), as_tensor(nbins, int32)
    if int(count) <= 0:
        raise explain(
            InvalidArgumentError(
                "Expected 'tf.Tensor(False, shape=(), dtype=bool)' to be true. Summarized data: "
                f"b'nbins tf.Tensor({count}, shape=(), dtype=int32) must > 0'"
            ),
            summary=f"histogram_fixed_width_bins: nbins is {int(count)}, and must be positive",
        )
    bins = ops.cast(count, x.dtype)
    scaled = ops.truediv(x - ends[0], ends[1] - ends[0])
    at = ops.floor(bins * scaled)
    return ops.cast(ops.clip_by_value(at, 0, bins - 1), int32)


@op("math.invert_permutation")
def invert_permutation(x: Any, name: str | None = None) -> Tensor:
    """The permutation that undoes x: a vector y such that `y[x[i]]` is i. Raises unless x is a permutation.

    x: int32 or int64 (n,).

    >>> invert_permutation([2, 0, 1])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 0], dtype=int32)>
    """
    t, last = integers("InvertPermutation", x, "x", "T"), tail(x)
    check_dtype("InvertPermutation", t, SIZES, SIZES, "x")
    if t._array.ndim != 1:
        raise invalid("InvertPermutation", "invert_permutation expects a 1D vector.", operands=[("x", t)], name=last)
    host = to_host(t._array)
    for n in host.tolist():
        if not 0 <= n < host.size:
            raise invalid("InvertPermutation", f"{n} is not between 0 and {host.size}", name=last)
    counts = np.bincount(host, minlength=host.size)
    if (counts > 1).any():
        order = host.tolist()
        twice = next(n for i, n in enumerate(order) if n in order[:i])
        raise invalid("InvertPermutation", f"{twice} is duplicated in the input.", name=last)
    xp = module_of(t._array)
    return wrap(xp.argsort(t._array).astype(t._array.dtype))
