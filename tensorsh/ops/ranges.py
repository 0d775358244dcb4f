"""Sequences, grids and masks made from numbers: range, linspace, meshgrid, eye, one_hot, sequence_mask."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..runtime import backend
from ..runtime.convert import cannot_convert
from ..runtime.dtypes import (
    DType,
    as_dtype,
    bfloat16,
    bool_,
    float16,
    float32,
    float64,
    int8,
    int32,
    int64,
    listed,
    string,
    uint8,
)
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from .arguments import tail
from .creation import check_sizes, sizes_of
from .registry import op, ops
from .rules import check_dtype


@op("range", short="arange")
def range_(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range") -> Tensor:
    """The numbers from `start` up to, and without, `limit`, in steps of `delta`; `range(n)` starts at 0.

    dtype: the widest of the arguments' if None. Raises InvalidArgumentError if the step leads away from the
    limit.
    Its short name is `arange`; `range` is Python's.

    start: the first value, or, alone, the limit. limit: the bound, excluded. delta: the step, 1 by default.

    >>> arange(1, 10, 3)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 4, 7], dtype=int32)>
    """
    if limit is None:
        start, limit = 0, start
    if dtype is None and type(start) is type(limit) is type(delta) is int:
        narrow = min(start, limit, delta) >= -(2**31) and max(start, limit, delta) < 2**31
        if narrow:
            count = _count(np.int32(start), np.int32(limit), np.int32(delta))
            return _progression(start, delta, count, int32)
    wanted = None if dtype is None else as_dtype(dtype)
    parts = [as_tensor(v, None if is_tensor(v) else wanted) for v in (start, limit, delta)]
    if wanted is None:
        if any(part.dtype not in _WIDTHS for part in parts):
            raise explain(
                AssertionError(),
                summary="range: start, limit and delta must be numbers: "
                + ", ".join(part.dtype.name for part in parts),
            )
        wanted = max((part.dtype for part in parts), key=_WIDTHS.index)
    for part, arg in zip(parts, ("start", "limit", "delta")):
        if part._array.ndim and part._array.shape != (1,):
            message = f"{arg} must be a scalar, not shape {bracketed(part._array.shape)}"
            raise invalid("Range", message, operands=[(arg, part)])
    check_dtype("Range", ops.cast(parts[0], wanted), _RANGED, _RANGED, "start", "Tidx")
    first, end, step = (ops.cast(part, wanted).numpy().reshape(())[()] for part in parts)
    return _progression(first, step, _count(first, end, step), wanted)


_RANGED = listed("bfloat16 float16 float32 float64 int8 int16 int32 int64 uint16 uint32 uint64")
_WIDTHS = [int32, int64, float16, bfloat16, float32, float64]


def _count(first: Any, end: Any, step: Any) -> int:
    """The number of steps. Raises InvalidArgumentError as TensorFlow does."""
    if step == 0:
        raise invalid("Range", f"Requires delta != 0: {_number(step)}", summary="range: the step is 0")
    if not (first <= end if step > 0 else first >= end):
        sides = ("<=", ">") if step > 0 else (">=", "<")
        raise invalid(
            "Range",
            f"Requires start {sides[0]} limit when delta {sides[1]} 0: {_number(first)}/{_number(end)}",
            summary=f"range: steps of {_number(step)} do not lead from {_number(first)} to {_number(end)}",
        )
    if first.dtype.kind in "iu":
        return -(-abs(int(end) - int(first)) // abs(int(step)))
    # In the dtype itself, as the kernel does: 1.1 / 0.1 is 11 in float32, and more in float64.
    steps = float(abs((end - first) / step))
    if not steps < 2**63:
        raise invalid("Range", "Requires ((limit - start) / delta) <= 9223372036854775807")
    return math.ceil(steps)


def _number(value: Any) -> str:
    """A number as C++ prints it: six digits."""
    return str(int(value)) if value.dtype.kind in "iu" else f"{float(value):g}"


def _progression(first: Any, step: Any, count: int, dtype: DType) -> Tensor:
    xp, target = backend.active, dtype._numpy
    if target.kind in "iu":
        return wrap(xp.arange(int(first), int(first) + count * int(step), int(step), target))
    if dtype in (float16, bfloat16):
        exact = np.arange(count, dtype=np.float32).astype(target) * step + first
        return wrap(backend.from_host(np.asarray(exact, target)))
    return wrap(xp.arange(count).astype(target) * xp.asarray(step) + xp.asarray(first))


@op("linspace", samples=lambda s: [s.call(s(), s(), 4), s.call(s(2), s(2), 3), s.call(s(2), s(), 3, axis=-1)])
def linspace(start: Any, stop: Any, num: Any, name: str | None = None, axis: int = 0) -> Tensor:
    """`num` numbers spaced evenly from `start` to `stop`, both included; tensors give one run for each pair.

    axis: where the new axis is. Integers give floats. Raises TypeError if stop does not fit the dtype of
    start.

    stop: the last value, of the shape of start.
    start: the first value, a float or an integer of any shape.

    >>> linspace(0., 1., 5)
    <tf.Tensor: shape=(5,), dtype=float32, numpy=array([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)>
    """
    first = as_tensor(start)
    try:
        last = as_tensor(stop, first.dtype)
    except ValueError as error:
        raise ValueError(f"stop: {error}") from None
    count = _count_argument(num)
    if first.dtype is bool_ or first.dtype is string:
        first - last  # raises TensorFlow's error
    shape = ops.broadcast_dynamic_shape(ops.shape(first), ops.shape(last))
    first, last = (ops.expand_dims(ops.broadcast_to(t, shape), axis) for t in (first, last))
    axis %= first._array.ndim
    delta = (last - first) / ops.cast(max(count - 1, 1), last.dtype)
    first, last = ops.cast(first, delta.dtype), ops.cast(last, delta.dtype)
    if count < 0:
        range_(1, -1)
    steps = ops.cast(range_(1, max(count - 1, 1)), delta.dtype)
    inner = first + delta * ops.reshape(steps, [-1 if a == axis else 1 for a in range(first._array.ndim)])
    whole = ops.concat([first, inner, last], axis)
    return whole[(*(slice(None),) * axis, slice(0, count))]


def _count_argument(num: Any) -> int:
    t = as_tensor(num, hint="int32")
    if not t.dtype.is_integer:
        raise TypeError(
            f"Argument `tensor` (name: num) must be of type integer. Received `tensor` = {num} of dtype: {t.dtype!s}"
        )
    return int(ops.reshape(t, []))


@op("meshgrid", samples=lambda s: [s.call(s(2), s(3))])
def meshgrid(*args: Any, indexing: str = "xy", name: str | None = None, **unknown: Any) -> list[Tensor]:
    """For vectors of coordinates, one tensor each that holds its coordinate at every point of their grid.

    indexing: "xy" puts the first vector along axis 1 and the second along axis 0, "ij" keeps their order.

    unknown: no other keyword is taken.
    args: vectors of one dtype.
    Raises TypeError for another keyword, ValueError for another `indexing`, InvalidArgumentError for vectors of
    different dtypes.

    >>> meshgrid([1, 2], [3, 4, 5])[0]
    <tf.Tensor: shape=(3, 2), dtype=int32, numpy=
    array([[1, 2],
           [1, 2],
           [1, 2]], dtype=int32)>
    """
    if unknown:
        raise TypeError(f"'{next(iter(unknown))}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` parameter must be either 'xy' or 'ij', got '{indexing}'")
    vectors = [as_tensor(v) for v in args]
    order = list(range(len(vectors)))
    if indexing == "xy" and len(order) > 1:
        order[:2] = [1, 0]
    sizes = [vectors[i]._array.size for i in order]
    grids = []
    for i, v in enumerate(vectors):
        lain = ops.reshape(v, [n if order[a] == i else 1 for a, n in enumerate(sizes)])
        same = v.dtype is vectors[0].dtype is not string
        grids.append(ops.broadcast_to(lain, sizes) if same else lain * ops.ones(sizes, vectors[0].dtype))
    return grids


@op("eye linalg.eye")
def eye(
    num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = float32, name: str | None = None
) -> Tensor:
    """The identity matrix, or a batch of it: ones on the diagonal.

    num_columns: as many as rows if None.
    Raises InvalidArgumentError for a negative number of rows or columns.

    >>> eye(2)
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 0.],
           [0., 1.]], dtype=float32)>
    """
    if num_columns is None:
        num_columns = num_rows
    try:
        rows, columns = (_matrix_size(n) for n in (num_rows, num_columns))
    except TypeError:
        raise TypeError(
            "Arguments `num_rows` and `num_columns` must be positive integer values. "
            f"Received: num_rows={num_rows}, num_columns={num_columns}"
        ) from None
    wanted = as_dtype(dtype)
    check_sizes("Fill", [rows, columns], "")
    if wanted is string:
        raise cannot_convert(1, wanted)
    xp = backend.active
    matrix = xp.eye(rows, columns, dtype=wanted._numpy)
    if batch_shape is None:
        return wrap(matrix)
    return wrap(xp.broadcast_to(matrix, (*sizes_of(batch_shape), rows, columns)))


def _matrix_size(n: Any) -> int:
    if isinstance(n, (float, list, tuple)):
        raise TypeError
    return n.__index__()


_HOT = (uint8, int8, int32, int64)


@op("one_hot")
def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Tensor:
    """For every index a vector of length `depth` that is `on_value` (1) at that place and `off_value` (0)
    elsewhere.

    axis: where the vectors lie, last by default. An index out of range gives a vector of off_values.

    on_value: what stands at the index, 1 by default. off_value: what stands elsewhere, 0 by default.
    depth: an int: how long the vectors are. Raises InvalidArgumentError for a negative depth, or an axis out of range.

    >>> one_hot([0, 2], 3)
    <tf.Tensor: shape=(2, 3), dtype=float32, numpy=
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)>
    """
    on, off = _hot_values(on_value, off_value, None if dtype is None else as_dtype(dtype))
    at, deep = as_tensor(indices, hint="int64"), as_tensor(depth, int32)
    check_dtype("OneHot", at, _HOT, _HOT, "indices", "TI")
    last = tail(indices, depth, on_value, off_value)
    for arg, t in (("depth", deep), ("on_value", on), ("off_value", off)):
        if t._array.ndim:
            message = f"{arg} must be a scalar, but got: {bracketed(t._array.shape)}"
            raise invalid("OneHot", message, operands=[(arg, t)], name=last)
    count, rank = int(deep), at._array.ndim
    if count < 0:
        raise invalid("OneHot", f"depth must be non-negative, got: {count}", name=last)
    axis = -1 if axis is None else axis
    if not -1 <= axis <= rank:
        raise invalid(
            "OneHot",
            f"Expected axis to be -1 or between [0, {rank + 1}).  But received: {axis}",
            summary=f"one_hot: axis {axis} is out of range for indices of rank {rank}",
            operands=[("indices", at)],
            name=last,
        )
    if axis == -1:
        axis = rank
    xp = backend.module_of(at._array)
    places = xp.arange(count).reshape(count, *(1,) * (rank - axis))
    hot = xp.expand_dims(at._array, axis) == places
    if on.dtype is string:
        return wrap(np.where(backend.to_host(hot), on._array, off._array))
    return wrap(xp.where(hot, on._array, off._array))


def _hot_values(on_value: Any, off_value: Any, dtype: DType | None) -> tuple[Tensor, Tensor]:
    on, off = (None if v is None else as_tensor(v, hint=dtype) for v in (on_value, off_value))
    for arg, t in (("on_value", on), ("off_value", off)):
        if t is not None and dtype is not None and t.dtype is not dtype:
            raise TypeError(f"dtype {t.dtype!s} of {arg} does not match dtype parameter {dtype!s}")
    known = next((t.dtype for t in (on, off) if t is not None), dtype or float32)
    on = as_tensor(1, known) if on is None else on
    off = as_tensor(0, known) if off is None else off
    if on.dtype is not off.dtype:
        raise TypeError(f"dtype {on.dtype!s} of on_value does not match dtype {off.dtype!s} of off_value")
    return on, off


@op("sequence_mask")
def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = bool_, name: str | None = None) -> Tensor:
    """For every length n a row of `maxlen` entries, of which the first n are True (or 1, in another dtype).

    maxlen: the largest length if None.

    lengths: integers of any shape.
    Raises ValueError for a maxlen that is no scalar.

    >>> sequence_mask([1, 3])
    <tf.Tensor: shape=(2, 3), dtype=bool, numpy=
    array([[ True, False, False],
           [ True,  True,  True]])>
    """
    counts = as_tensor(lengths)
    if maxlen is None:
        longest = ops.maximum(ops.reduce_max(counts), 0) if counts._array.size else ops.cast(0, counts.dtype)
    else:
        longest = as_tensor(maxlen)
    if longest._array.ndim:
        raise ValueError(
            f"Argument `maxlen` must be scalar for sequence_mask, received `maxlen` = {maxlen} "
            f"with shape '{longest.shape}' instead"
        )
    places = range_(0, longest, 1, longest.dtype)
    mask = places < ops.cast(ops.expand_dims(counts, -1), longest.dtype)
    return mask if as_dtype(dtype) is bool_ else ops.cast(mask, dtype)
