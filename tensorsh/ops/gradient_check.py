"""check_grad: a function's derivatives against finite differences."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime import backend, nest
from ..runtime import tape as tapes
from ..runtime.errors import OpError, explain
from ..runtime.tensor import Tensor, as_tensor, wrap
from ..runtime.variable import Variable
from ..runtime.work import over
from .registry import op, ops

#: Half the distance between the two points of a central difference: near the optimum for float64, which is
#: the cube root of its precision.
_STEP = 6e-6
_TOLERANCE = 1e-5  # of the difference, relative to the larger of 1 and the largest entry


@op("")
def check_grad(f: Callable[..., Any], *x: Any, order: int = 2, tolerance: float = _TOLERANCE) -> None:
    """Compare f's gradient, and the gradient of its gradient, with central finite differences, in float64.

    x: the arguments at which f is checked. Floats, lists with floats and real tensors among them are
    differentiated, cast to float64: constants inside f are best written as Python numbers.
    f's result may have any shape or structure; of more than a scalar, a fixed random weighting is checked.
    Prints one line, or raises AssertionError with the worst entry.

    order: an int: 1, or 2 for second derivatives too. tolerance: a float: the largest difference.

    >>> check_grad(lambda x: reduce_sum(x ** 3), [1., 2.])
    check_grad: first and second order agree with finite differences
    """
    arguments = [_wide(argument) for argument in x]
    leaves = [leaf for leaf in nest.flatten(arguments) if _is_real(leaf)]
    if not leaves:
        raise explain(
            TypeError("check_grad: there is no floating-point argument to differentiate with regard to"),
            hint="write check_grad(f, x) with x a float, a list of floats or a tensor",
        )

    def weighted(*values: Tensor) -> Tensor:
        own = iter(values)
        filled = nest.map_leaves(lambda leaf: next(own) if _is_real(leaf) else leaf, arguments)
        try:
            results = [as_tensor(y) for y in nest.flatten(f(*filled))]
        except (OpError, TypeError, ValueError) as error:
            if getattr(error, "hint", None) is None:
                raise explain(error, hint="check_grad calls the function with float64 arguments") from None
            raise
        return _weigh([y for y in results if y.dtype.is_floating or y.dtype.is_complex], seed=1)

    def sloped(*values: Tensor) -> Tensor:
        return _weigh(_gradients(weighted, values), seed=2)

    _compare("first", weighted, leaves, tolerance)
    if order > 1:
        _compare("second", sloped, leaves, tolerance)
    print("check_grad:", "first and second order agree" if order > 1 else "first order agrees",
          "with finite differences", file=sys.stdout)  # fmt: skip


def _wide(argument: Any) -> Any:
    """The argument with every real floating-point leaf as a float64 tensor of its own."""

    def wide(leaf: Any) -> Any:
        if isinstance(leaf, (Tensor, Variable)):
            t = as_tensor(leaf)
        elif isinstance(leaf, (float, list, tuple, np.ndarray, np.floating)):
            t = as_tensor(leaf, "float64") if isinstance(leaf, (float, list)) else as_tensor(leaf)
        else:
            return leaf
        return wrap(t._array.astype("float64")) if t.dtype.is_floating else leaf

    leaves = nest.flatten(argument)
    if isinstance(argument, (list, tuple)) and set(map(type, leaves)) in ({float}, {int, float}):
        return as_tensor(argument, "float64")
    return nest.map_leaves(wide, argument)


def _is_real(leaf: Any) -> bool:
    return type(leaf) is Tensor and leaf._array.dtype == np.float64


def _weigh(results: list[Tensor], seed: int) -> Tensor:
    """The sum of all entries, those of rank 1 and more weighted at random, the same way every time."""
    draws = np.random.default_rng(seed)
    total = as_tensor(0.0, "float64")
    for y in results:
        shape = y._array.shape
        weights = wrap(backend.from_host(np.asarray(draws.uniform(0.5, 1.5, shape) if shape else 1.0)))
        parts = [ops.real(y), ops.imag(y)] if y.dtype.is_complex else [y]
        for part in parts:
            total = ops.add(total, ops.reduce_sum(ops.multiply(ops.cast(part, "float64"), weights)))
    return total


def _gradients(f: Callable[..., Tensor], values: tuple) -> list[Tensor]:
    record = tapes.Tape(watch_accessed=False)
    own = [ops.identity(v) for v in values]
    for v in own:
        record._watch(v)
    with tapes.also(record):
        y = f(*own)
    grads = tapes.backward(record, [y], [ops.ones_like(y)], own)
    return [tapes.zeros_like(v) if g is None else tapes.dense(g) for g, v in zip(grads, own)]


def _compare(order: str, f: Callable[..., Tensor], leaves: list[Tensor], tolerance: float) -> None:
    """Raise AssertionError unless the tape's gradient of the scalar function f is the finite differences'."""
    worst = (0.0, "", 0.0, 0.0)
    for i, found in enumerate(_gradients(f, tuple(leaves))):
        exact = backend.to_host(found._array)
        host = backend.to_host(leaves[i]._array)
        differences = np.empty(host.shape)
        for at in over(list(np.ndindex(host.shape))):
            ends = []
            for step in (_STEP, -_STEP):
                moved = host.copy()
                moved[at] += step
                point = [*leaves[:i], wrap(backend.from_host(moved)), *leaves[i + 1 :]]
                ends.append(float(backend.to_host(f(*point)._array)))
            differences[at] = (ends[0] - ends[1]) / (2 * _STEP)
        scale = max(1.0, float(np.abs(differences).max(initial=0.0)))
        errors = np.abs(exact - differences) / scale
        errors = np.where(np.isnan(errors), np.inf, errors)
        if errors.size and errors.max() > max(tolerance, worst[0]):
            at = tuple(int(n) for n in np.unravel_index(int(errors.argmax()), errors.shape))
            where = f"argument {i}" + (f" at {list(at)}" if at else "")
            worst = (float(errors.max()), where, float(exact[at]), float(differences[at]))
    if worst[1]:
        raise explain(
            AssertionError(
                f"check_grad: {order} order, {worst[1]}: the tape says {worst[2]:.8g}, finite differences "
                f"{worst[3]:.8g}"
            ),
            hint="a kink or a jump near the point, a float32 step inside, or a wrong custom gradient",
        )


@op("test.compute_gradient", short=False)
def compute_gradient(f: Callable[..., Any], x: Any, delta: float | None = None) -> Any:
    """The Jacobians of f's result for each argument: two tuples of arrays, by tapes and by central differences.

    f: a function of tensors. x: a list of its arguments, floats. delta: half the distance of the points of a
    difference; None: 1/1024. Raises ValueError if x is no list, AssertionError for other dtypes.

    >>> tf.test.compute_gradient(lambda x: x ** 2, [[3.]])[0]
    (array([[6.]], dtype=float32),)
    """
    if not isinstance(x, (list, tuple)):
        raise ValueError(
            f"`x` must be a list or tuple of values convertible to a Tensor (arguments to `f`), not a {type(x)}"
        )
    given = [as_tensor(value) for value in x]
    for i, t in enumerate(given):
        if not (t.dtype.is_floating or t.dtype.is_complex):
            raise AssertionError(f"Cannot compute gradient for unsupported type {t.dtype.name} of argument {i}")
    step = 1.0 / 1024 if delta is None else delta
    told, found = zip(*(_jacobians(f, given, i, step) for i in range(len(given))))
    return told, found


def _jacobians(f: Callable[..., Any], x: list[Tensor], i: int, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Of f's result for argument i, by a tape, and by differences."""

    def at(value: Any) -> Tensor:
        return as_tensor(f(*x[:i], value, *x[i + 1 :]))

    with ops.GradientTape(persistent=True) as tape:
        tape.watch(x[i])
        y = ops.reshape(at(x[i]), [-1])
    size = x[i]._array.size
    slopes = tape.jacobian(y, x[i])
    here = x[i].numpy()
    told = np.zeros((len(y), size), here.dtype) if slopes is None else slopes.numpy().reshape(len(y), size)
    found = np.zeros_like(told)
    for k in range(size):
        change = np.zeros(size, here.dtype)
        change[k] = step
        change = change.reshape(here.shape)
        above, below = (at(as_tensor(here + side)).numpy().reshape(-1) for side in (change, -change))
        found[:, k] = (above - below) / (2 * step)
    return told, found
