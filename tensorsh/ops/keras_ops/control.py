"""`keras.ops`: branches, loops and maps over rows, and functions made of functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime import nest
from ...runtime.tensor import Tensor, as_tensor
from ...runtime.work import over
from ..registry import ops
from .dtypes import keras_op


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

    index: an int, or an integer tensor of shape (). branches: a list of functions. operands: the arguments of each.

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
    return _stacked([f(row) for row in over(_rows(xs))])


@keras_op(".vectorized_map")
def vectorized_map(function: Any, elements: Any) -> Any:
    """The function of each row, the results stacked.

    elements: a tensor, or a structure of tensors, of the same first dimension.

    >>> tf.keras.ops.vectorized_map(lambda x: x * 2, tf.range(3))
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([0, 2, 4], dtype=int32)>
    """
    return ops.vectorized_map(function, elements)


@keras_op(".scan")
def scan(f: Any, init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: Any = 1) -> Any:
    """(carry, results stacked): f(carry, row) gives the next carry and a result, row after row.

    init: the first carry, a tensor or a structure of them. xs: tensors of the same first dimension; None: f is given
    None for a row. length: an int, the number of rows if there are no xs. unroll: taken as Keras takes it; it changes
    nothing here. Raises TypeError if f cannot be called, ValueError without xs and length.

    >>> tf.keras.ops.scan(lambda c, x: (c + x, c * x), tf.constant(0), tf.range(4))[0]
    <tf.Tensor: shape=(), dtype=int32, numpy=6>
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    if xs is None and length is None:
        raise ValueError("Got no `xs` to scan over and `length` not provided.")
    rows = [None] * (length or 0) if xs is None else _rows(xs)
    carry, results = nest.map_leaves(as_tensor, init), []
    for row in over(rows[:: -1 if reverse else 1]):
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

    lower, upper: ints. body_fun: a function of (int32 of shape (), value). init_val: the first value, a tensor or a
    structure of them.

    >>> tf.keras.ops.fori_loop(0, 3, lambda i, v: v + i, 10)
    <tf.Tensor: shape=(), dtype=int32, numpy=13>
    """
    value = nest.map_leaves(as_tensor, init_val)
    for i in over(range(int(lower), int(upper))):
        value = body_fun(as_tensor(i), value)
    return value


@keras_op(".associative_scan")
def associative_scan(f: Any, elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """f(f(x0, x1), x2) ... for each row along `axis` and all before it, for an associative f of stacked rows.

    elems: a tensor or a structure of them. reverse: from the end. Raises TypeError if f cannot be called.

    >>> tf.keras.ops.associative_scan(lambda a, b: a + b, tf.constant([1, 2, 3, 4]))
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([ 1,  3,  6, 10], dtype=int32)>
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    flat = [as_tensor(leaf) for leaf in nest.flatten(elems)]
    sizes = [leaf._array.shape[axis] for leaf in flat]
    if len(set(sizes)) > 1:
        shapes = [as_tensor(list(leaf._array.shape), "int32") for leaf in flat]
        raise ValueError(f"Array inputs to associative_scan must have the same first dimension. (saw: {shapes})")
    turned = [ops.reverse(leaf, [axis]) for leaf in flat] if reverse else flat

    def joined(a: list[Tensor], b: list[Tensor]) -> list[Tensor]:
        return nest.flatten(f(nest.pack_as(elems, a), nest.pack_as(elems, b)))

    done = _prefixes(joined, turned, axis)
    return nest.pack_as(elems, [ops.reverse(leaf, [axis]) for leaf in done] if reverse else done)


def _prefixes(joined: Any, xs: list[Tensor], axis: int) -> list[Tensor]:
    """The rows joined with all before them: pairs first, then the odd ones by recursion, then those between."""
    size = xs[0]._array.shape[axis]
    if size < 2:
        return xs

    def some(parts: list[Tensor], start: int, stop: int | None, step: int = 2) -> list[Tensor]:
        return [x[(slice(None),) * (axis % x._array.ndim) + (slice(start, stop, step),)] for x in parts]

    odd = _prefixes(joined, joined(some(xs, 0, size - size % 2), some(xs, 1, None)), axis)
    even = some(xs, 0, 1)
    if size > 2:
        between = joined(some(odd, 0, (size - 1) // 2, 1), some(xs, 2, None))
        even = [ops.concat([first, rest], axis) for first, rest in zip(even, between)]
    evens = (size + 1) // 2
    order = [i // 2 + (evens if i % 2 else 0) for i in range(size)]
    return [ops.gather(ops.concat(pair, axis), order, axis=axis) for pair in zip(even, odd)]


@keras_op("numpy.vectorize")
def vectorize(pyfunc: Any, *, excluded: Any = None, signature: Any = None) -> Any:
    """A function that calls `pyfunc` for each element of its arguments, which broadcast, and puts the results together.

    pyfunc: a function of tensors of shape (). excluded, signature: taken as Keras takes them; they change nothing here.
    Raises TypeError if pyfunc cannot be called.

    >>> tf.keras.ops.vectorize(lambda x: x + 1)(tf.constant([1, 2]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    if not callable(pyfunc):
        raise TypeError(f"Expected argument `pyfunc` to be a callable. Received: pyfunc={pyfunc}")

    def vectorized(*args: Any) -> Any:
        tensors = [as_tensor(x) for x in args]
        shape = np.broadcast_shapes(*(x._array.shape for x in tensors))
        columns = [ops.unstack(ops.reshape(ops.broadcast_to(x, shape), [-1])) for x in tensors]
        y = _stacked([pyfunc(*row) for row in zip(*columns)])
        return nest.map_leaves(lambda leaf: ops.reshape(leaf, [*shape, *leaf._array.shape[1:]]), y)

    return vectorized


@keras_op(".custom_gradient")
def custom_gradient(f: Any) -> Any:
    """Decorate a function that returns its value and a function of the upstream gradient, which gives its gradient.

    >>> double = tf.keras.ops.custom_gradient(lambda x: (x, lambda upstream: upstream * 2.))
    >>> double(tf.constant(3.))
    <tf.Tensor: shape=(), dtype=float32, numpy=3.0>
    """
    return ops.custom_gradient(f)


def _rows(xs: Any) -> list[Any]:
    columns = [ops.unstack(leaf) for leaf in nest.flatten(xs)]
    return [nest.pack_as(xs, list(row)) for row in zip(*columns)]


def _stacked(results: list[Any]) -> Any:
    if not results or results[0] is None:
        return None
    leaves = zip(*(nest.flatten(result) for result in results))
    return nest.pack_as(results[0], [ops.stack(list(column)) for column in leaves])
