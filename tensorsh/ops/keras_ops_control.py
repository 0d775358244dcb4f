"""`keras.ops`: branches, loops and maps over rows, and elements written into a tensor."""

from __future__ import annotations

from typing import Any

from ..runtime import nest
from ..runtime.tensor import Tensor, as_tensor
from .keras_ops_dtypes import keras_op
from .registry import at_path, ops


@keras_op(".cond")
def cond(pred: Any, true_fn: Any, false_fn: Any) -> Any:
    """What true_fn() returns if `pred` holds, else what false_fn() does.

    >>> tf.keras.ops.cond(True, lambda: 1, lambda: 2)
    1
    """
    return true_fn() if bool(pred) else false_fn()


@keras_op(".switch")
def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """The branch numbered `index` (the first or last if there is none), called with the operands.

    >>> tf.keras.ops.switch(1, [lambda x: x, lambda x: x * 10], 5)
    50
    """
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


@keras_op(".map")
def map_(f: Any, xs: Any) -> Any:
    """f of each row of xs (a tensor, or a structure of them), the results stacked.

    >>> tf.keras.ops.map(lambda x: x * 2, tf.range(3))
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([0, 2, 4], dtype=int32)>
    """
    return _stacked([f(row) for row in _rows(xs)])


@keras_op(".vectorized_map")
def vectorized_map(function: Any, elements: Any) -> Any:
    """The function of each row, the results stacked.

    >>> tf.keras.ops.vectorized_map(lambda x: x * 2, tf.range(3))
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([0, 2, 4], dtype=int32)>
    """
    return ops.vectorized_map(function, elements)


@keras_op(".scan")
def scan(f: Any, init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: Any = 1) -> Any:
    """(carry, results stacked): f(carry, row) gives the next carry and a result, row after row.

    >>> tf.keras.ops.scan(lambda c, x: (c + x, c * x), tf.constant(0), tf.range(4))[0]
    <tf.Tensor: shape=(), dtype=int32, numpy=6>
    """
    rows = [None] * (length or 0) if xs is None else _rows(xs)
    carry, results = nest.map_leaves(as_tensor, init), []
    for row in reversed(rows) if reverse else rows:
        carry, result = f(carry, row)
        results.append(result)
    return carry, _stacked(results[::-1] if reverse else results)


@keras_op(".while_loop")
def while_loop(cond: Any, body: Any, loop_vars: Any, maximum_iterations: Any = None) -> Any:
    """The loop variables, after `body` has replaced them for as long as `cond` holds.

    >>> tf.keras.ops.while_loop(lambda i: i < 3, lambda i: i + 1, 0)
    <tf.Tensor: shape=(), dtype=int32, numpy=3>
    """
    is_many = isinstance(loop_vars, (tuple, list))
    state = tuple(nest.map_leaves(as_tensor, v) for v in (loop_vars if is_many else (loop_vars,)))
    count = 0
    while (maximum_iterations is None or count < int(maximum_iterations)) and bool(cond(*state)):
        result = body(*state)
        state = tuple(result) if isinstance(result, (tuple, list)) else (result,)
        count += 1
    state = tuple(nest.map_leaves(as_tensor, v) for v in state)
    return state if is_many else state[0]


@keras_op(".fori_loop")
def fori_loop(lower: Any, upper: Any, body_fun: Any, init_val: Any) -> Any:
    """The value, after body_fun(i, value) has replaced it for i from `lower` up to, without, `upper`.

    >>> tf.keras.ops.fori_loop(0, 3, lambda i, v: v + i, 10)
    <tf.Tensor: shape=(), dtype=int32, numpy=13>
    """
    value = nest.map_leaves(as_tensor, init_val)
    for i in range(int(lower), int(upper)):
        value = body_fun(as_tensor(i), value)
    return value


@keras_op(".scatter", lambda s: [s.call([[0], [2], [0]], s(3), (4,))])
def scatter(indices: Any, values: Any, shape: Any) -> Tensor:
    """Zeros with the values at the indices; values of one index add up.

    >>> tf.keras.ops.scatter([[0], [2]], [1., 2.], (4,))
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([1., 0., 2., 0.], dtype=float32)>
    """
    return ops.scatter_nd(indices, values, shape)


@keras_op(".scatter_update", lambda s: [s.call(s(4), [[1]], s(1))])
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Tensor:
    """The inputs with the updates at the indices: in place of what is there, or joined to it.

    reduction: add, max, min or mul.

    >>> tf.keras.ops.scatter_update(tf.zeros(3), [[1]], [5.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0., 5., 0.], dtype=float32)>
    """
    inputs = as_tensor(inputs)
    updates = ops.cast(updates, inputs.dtype)
    if reduction == "mul":
        return inputs * ops.tensor_scatter_nd_update(ops.ones_like(inputs), indices, updates)
    writers = {None: "update", "add": "add", "max": "max", "min": "min"}
    if reduction not in writers:
        raise ValueError(f"Unsupported reduction: {reduction}")
    return getattr(ops, "tensor_scatter_nd_" + writers[reduction])(inputs, indices, updates)


@keras_op(".slice", lambda s: [s.call(s(3, 3), [1, 0], [2, 2])])
def slice_(inputs: Any, start_indices: Any, shape: Any) -> Tensor:
    """The block of that shape which begins there.

    >>> tf.keras.ops.slice(tf.constant([1, 2, 3]), [1], [2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    return at_path("tf.slice")(inputs, start_indices, shape)


def _rows(xs: Any) -> list[Any]:
    columns = [ops.unstack(leaf) for leaf in nest.flatten(xs)]
    return [nest.pack_as(xs, list(row)) for row in zip(*columns)]


def _stacked(results: list[Any]) -> Any:
    if not results or results[0] is None:
        return None
    leaves = zip(*(nest.flatten(result) for result in results))
    return nest.pack_as(results[0], [ops.stack(list(column)) for column in leaves])
