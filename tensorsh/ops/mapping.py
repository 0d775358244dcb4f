"""Functions called for each row of a tensor: map_fn, vectorized_map, scan, foldl, foldr.

Rows are taken along the first axis. `elems` may be a structure of tensors with equally many rows; the
function then gets the same structure of rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime import backend, effects, nest, tape
from ..runtime.errors import OutOfRangeError, explain
from ..runtime.spec import TensorSpec
from ..runtime.tensor import Tensor, as_tensor, wrap
from ..runtime.work import over
from .composites import is_ragged
from .registry import op, ops
from .tensor_array import TensorArray


@op("map_fn")
def map_fn(
    fn: Any,
    elems: Any,
    dtype: Any = None,
    parallel_iterations: Any = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """fn of each row of `elems` (a tensor, or a structure of them), its results stacked.

    fn_output_signature: the dtype (or TensorSpec), or the structure of dtypes, that fn returns, if not that
    of elems.
    Raises ValueError for elems without a tensor.

    >>> map_fn(lambda x: x * x, constant([1, 2, 3]))
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 4, 9], dtype=int32)>
    """
    signature = dtype if fn_output_signature is None else fn_output_signature
    _check_function(fn)
    if any(map(is_ragged, [*nest.flatten(elems), *nest.flatten(signature)])):
        from .ragged.mapping import ragged_map_fn

        return ragged_map_fn(fn, elems, signature)
    if not nest.flatten(elems):
        raise ValueError(
            f"elems must be a Tensor or (possibly nested) sequence of Tensors. Got {elems}, which does not "
            "contain any Tensors."
        )
    flat, count = _rows_of(elems)
    specs = [t.dtype for t in flat] if signature is None else nest.flatten(signature)
    outputs = [
        TensorArray(spec.dtype, count, infer_shape=infer_shape, element_shape=spec.shape)
        if isinstance(spec, TensorSpec)
        else TensorArray(spec, count, infer_shape=infer_shape)
        for spec in specs
    ]
    rows = [ops.unstack(t) for t in flat]
    for i in over(range(count)):
        value = fn(nest.pack_as(elems, [row[i] for row in rows]))
        nest.assert_same(elems if signature is None else signature, value)
        for output, part in zip(outputs, nest.flatten(value)):
            output.write(i, part)
    return nest.pack_as(elems if signature is None else signature, [output.stack() for output in outputs])


@op("vectorized_map")
def vectorized_map(fn: Any, elems: Any, fallback_to_while_loop: bool = True, warn: bool = True) -> Any:
    """fn of each row of `elems` (a tensor, or a structure of them), its results, of any dtype, stacked.

    fallback_to_while_loop, warn: taken as TensorFlow takes them; what cannot be computed for all rows at once is
    computed row by row, without a warning.

    >>> vectorized_map(lambda x: reduce_sum(x), constant([[1., 2.], [3., 4.]]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 7.], dtype=float32)>
    """
    _check_function(fn)
    flat, count = _rows_of(elems)
    if (found := _at_once(fn, elems, flat, count)) is not None:
        return found
    rows = [ops.unstack(t) for t in flat]
    values = [fn(nest.pack_as(elems, [row[i] for row in rows])) for i in over(range(count))]
    if not values:  # the result of a row of zeros tells its shape
        like = fn(nest.pack_as(elems, [ops.zeros(t._array.shape[1:], t.dtype) for t in flat]))
        return nest.pack_as(like, [ops.stack([as_tensor(t)])[:0] for t in nest.flatten(like)])
    columns = zip(*map(nest.flatten, values))
    return nest.pack_as(values[0], [ops.stack(list(column)) for column in columns])


def _at_once(fn: Any, elems: Any, flat: list[Tensor], count: int) -> Any:
    """What fn makes of all rows as one batch; None if it must see each, or tapes look on."""
    if count < 2 or tape.recorders or effects.current is not None:
        return None
    if any(backend.module_of(t._array) is not np or t._array.dtype.kind not in "fiubc" for t in flat):
        return None
    from ..runtime import batched

    try:
        with batched.pure():
            result = fn(nest.pack_as(elems, [batched.batch(backend.settled(t._array)) for t in flat]))
            return nest.map_leaves(lambda t: wrap(batched.whole(as_tensor(t), count)), result)
    except batched.NotBatched:
        return None


@op("scan")
def scan(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """All intermediate values of `a = fn(a, row)` over the rows of `elems`, stacked.

    initializer: the first a; without it, the first row (which is then the first result too).

    >>> scan(lambda a, x: a + x, constant([1, 2, 3]))
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 3, 6], dtype=int32)>
    """
    _check_function(fn)
    flat, count = _rows_of(elems, scalar=IndexError("tuple index out of range"))
    rows = [ops.unstack(t) for t in flat]
    order = list(range(count))[:: -1 if reverse else 1]
    structure = elems if initializer is None else initializer
    if initializer is None:
        if not order:
            raise _no_first_row()
        values: list[Any] = [row[order[0]] for row in rows]
    else:
        values = [as_tensor(value) for value in nest.flatten(initializer)]
    outputs = [
        TensorArray(a.dtype, count, infer_shape=infer_shape, element_shape=a.shape if infer_shape else None)
        for a in values
    ]
    if initializer is None:
        first = order.pop(0)
        for output, a in zip(outputs, values):
            output.write(first, a)
    for i in over(order):
        result = fn(nest.pack_as(structure, values), nest.pack_as(elems, [row[i] for row in rows]))
        nest.assert_same(structure, result)
        values = nest.flatten(result)
        for output, a in zip(outputs, values):
            output.write(i, a)
    return nest.pack_as(structure, [output.stack() for output in outputs])


@op("foldl")
def foldl(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The last value of `a = fn(a, row)` over the rows of `elems`, from the first to the last.

    >>> foldl(lambda a, x: a - x, constant([1, 2, 3]))
    <tf.Tensor: shape=(), dtype=int32, numpy=-4>
    """
    return _fold(fn, elems, initializer, 1)


@op("foldr")
def foldr(
    fn: Any,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The last value of `a = fn(a, row)` over the rows of `elems`, from the last to the first.

    >>> foldr(lambda a, x: a - x, constant([1, 2, 3]))
    <tf.Tensor: shape=(), dtype=int32, numpy=0>
    """
    return _fold(fn, elems, initializer, -1)


def _fold(fn: Any, elems: Any, initializer: Any, step: int) -> Any:
    _check_function(fn)
    flat, count = _rows_of(elems, scalar=IndexError("tuple index out of range"))
    rows = list(zip(*(ops.unstack(t) for t in flat)))[::step]
    if initializer is None:
        if not rows:
            raise _no_first_row()
        value = nest.pack_as(elems, rows.pop(0))
    else:
        value = initializer
    structure = nest.map_leaves(spec_of, value)
    for row in over(rows):
        value = fn(value, nest.pack_as(elems, row))
        nest.assert_same(structure, value)
    return nest.map_leaves(as_tensor, value)


def _no_first_row() -> BaseException:
    return explain(
        OutOfRangeError("Tried to read from index 0 but array size is: 0 "),
        summary="there are no rows to start from",
        hint="give initializer=...",
    )


def _rows_of(elems: Any, scalar: Exception | None = None) -> tuple[list[Tensor], int]:
    """The tensors of a structure, and their common number of rows."""
    flat = [as_tensor(t) for t in nest.flatten(elems)]
    if not flat[0].ndim:
        raise explain(
            scalar or ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars"),
            summary="the elements to go over are a tensor's rows, and a scalar has none",
            hint="give one tensor, constant([1, 2, 3]): a Python list is a structure of several",
        )
    count = int(flat[0].shape[0])
    for t in flat[1:]:
        if not t.ndim or int(t.shape[0]) != count:
            raise ValueError(f"Dimensions {count} and {t.shape[0] if t.ndim else None} are not compatible")
    return flat, count


def _check_function(fn: Any) -> None:
    if not callable(fn):
        raise explain(
            AttributeError(f"'{type(fn).__name__}' object has no attribute '__name__'"),
            summary=f"a function is wanted, not the {type(fn).__name__} {fn!r}",
        )


def spec_of(value: Any) -> TensorSpec:
    """The spec of anything that converts to a tensor. Raises TypeError if it does not."""
    try:
        return TensorSpec.from_tensor(as_tensor(value))
    except (TypeError, ValueError):
        raise TypeError(f"Could not build a TypeSpec for {value!r} of unsupported type {type(value)}.") from None
