"""Many arrays of one shape computed with as one: a batch, under ops that know nothing of it.

A `Batched` array has the shape and dtype of one of the batch, and holds all of them along a leading axis. Kernels run
on it as on any array, since what NumPy's functions do to one of them has a form that does it to all: elementwise work
broadcasts, axes count one further. A kernel that does something else is run for one after the other.

What has no form for a batch (a bool of an array, a write into one) raises `NotBatched`, and whoever began falls back to
a loop.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from . import backend, effects, random, tape
from .tensor import Tensor, wrap
from .variable import living


class NotBatched(Exception):
    """Something must be known of each array of a batch."""


class Batched(NDArrayOperatorsMixin):
    """An array of `shape`, `count` times over: `whole` has them along its first axis."""

    __slots__ = ("dtype", "shape", "whole")
    __array_priority__ = 2000
    outranks_lazy = True

    def __init__(self, whole: Any) -> None:
        self.whole, self.shape, self.dtype = whole, whole.shape[1:], whole.dtype

    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: int(np.prod(self.shape)))
    nbytes = property(lambda self: self.size * self.dtype.itemsize)
    itemsize = property(lambda self: self.dtype.itemsize)
    T = property(lambda self: _transpose(self))
    real = property(lambda self: Batched(self.whole.real))
    imag = property(lambda self: Batched(self.whole.imag))

    def get(self) -> Any:
        """There is no single array to look at."""
        raise NotBatched

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise NotBatched

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    __bool__ = __int__ = __float__ = __complex__ = __index__ = get

    def __setitem__(self, key: Any, value: Any) -> None:
        raise NotBatched

    def __getitem__(self, key: Any) -> Any:
        parts = key if type(key) is tuple else (key,)
        if not all(part is None or part is ... or isinstance(part, (int, slice)) for part in parts):
            raise NotBatched
        return Batched(self.whole[(slice(None), *parts)])

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if options.get("out") is not None or ufunc.signature is not None and ufunc is not np.matmul:
            raise NotBatched
        if method == "reduce":
            return _reduced(ufunc.reduce, *inputs, **options)
        if method != "__call__":
            raise NotBatched
        return _matmul(*inputs) if ufunc is np.matmul else _aligned(ufunc, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        rule = _RULES.get(function)
        if rule is None:
            raise NotBatched
        return rule(*args, **options)

    def __getattr__(self, name: str) -> Any:
        rule = _RULES.get(getattr(np.ndarray, name, None))
        if rule is None:
            raise NotBatched if hasattr(np.ndarray, name) else AttributeError(name)
        return partial(rule, self)


def _aligned(function: Callable[..., Any], inputs: tuple, options: dict[str, Any]) -> Any:
    """An elementwise function: axes of size 1 go between the batch's and those of an array of lesser rank."""
    rank = max(getattr(x, "ndim", 0) for x in inputs)
    results = function(*(_raised(x, rank) for x in inputs), **options)
    return tuple(map(Batched, results)) if type(results) is tuple else Batched(results)


def _raised(x: Any, rank: int) -> Any:
    if type(x) is not Batched:
        return x
    lead = rank - len(x.shape)
    return x.whole.reshape(x.whole.shape[0], *(1,) * lead, *x.shape) if lead else x.whole


def _axes(x: Batched, axis: Any) -> Any:
    """The axes of all that are `axis` of one."""
    rank = len(x.shape)
    if axis is None:
        return tuple(range(1, rank + 1))
    one = [axis] if isinstance(axis, int) else axis
    found = tuple(a % rank + 1 for a in one)
    return found[0] if isinstance(axis, int) else found


def _reduced(function: Callable[..., Any], x: Any, axis: Any = None, dtype: Any = None, **options: Any) -> Any:
    if type(x) is not Batched or options.keys() - {"keepdims"}:
        raise NotBatched
    if dtype is not None:
        options["dtype"] = dtype
    return Batched(function(x.whole, axis=_axes(x, axis), **options))


def _reshape(x: Batched, *shape: Any, **options: Any) -> Batched:
    sizes = shape[0] if len(shape) == 1 else shape
    sizes = (sizes,) if isinstance(sizes, int) else tuple(sizes)
    if options or type(x) is not Batched:
        raise NotBatched
    if -1 in sizes:
        known = -int(np.prod(sizes))
        sizes = tuple((x.size // known if known else 0) if n == -1 else n for n in sizes)
    return Batched(x.whole.reshape(x.whole.shape[0], *sizes))


def _transpose(x: Batched, *axes: Any) -> Batched:
    order = axes[0] if len(axes) == 1 else axes or None
    rank = len(x.shape)
    order = range(rank)[::-1] if order is None else order
    return Batched(x.whole.transpose(0, *(a % rank + 1 for a in order)))


def _broadcast_to(x: Batched, shape: Any, **options: Any) -> Batched:
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    return Batched(np.broadcast_to(_raised(x, len(sizes)), (x.whole.shape[0], *sizes), **options))


def _matmul(x: Any, y: Any) -> Batched:
    """Batched matrices, whose other batch axes broadcast; a vector is a matrix of one row or column for the while."""
    row, column = x.ndim == 1, y.ndim == 1
    x = x[None, :] if row else x
    y = y[:, None] if column else y
    rank = max(x.ndim, y.ndim)
    product = np.matmul(_raised(x, rank), _raised(y, rank))
    if row:
        product = product[..., 0, :]
    return Batched(product[..., 0] if column else product)


def _where(condition: Any, x: Any = None, y: Any = None) -> Batched:
    if x is None or y is None:
        raise NotBatched
    return _aligned(np.where, (condition, x, y), {})


def _astype(x: Batched, dtype: Any, **options: Any) -> Batched:
    return Batched(x.whole.astype(dtype, **options))


def _like(function: Any) -> Callable[..., Any]:
    return lambda x, *args, **options: function(np.empty(x.shape, x.dtype), *args, **options)


def _expand_dims(x: Batched, axis: Any) -> Batched:
    rank = len(x.shape) + (1 if isinstance(axis, int) else len(axis))
    axes = (axis,) if isinstance(axis, int) else axis
    return Batched(np.expand_dims(x.whole, tuple(a % rank + 1 for a in axes)))


def _squeeze(x: Batched, axis: Any = None) -> Batched:
    if axis is None:
        axis = tuple(i for i, n in enumerate(x.shape) if n == 1)
    return Batched(np.squeeze(x.whole, _axes(x, axis)))


def _swapaxes(x: Batched, a: int, b: int) -> Batched:
    return Batched(np.swapaxes(x.whole, _axes(x, a), _axes(x, b)))


def _along(function: Any) -> Callable[..., Any]:
    """A function that works along one axis of all."""

    def rule(x: Batched, axis: Any = None, **options: Any) -> Batched:
        if axis is None:
            x, axis = _reshape(x, -1), 0
        return Batched(function(x.whole, axis=_axes(x, axis), **options))

    return rule


def _joined(function: Any) -> Callable[..., Any]:
    def rule(parts: Any, axis: int = 0, **options: Any) -> Batched:
        count = next(x.whole.shape[0] for x in parts if type(x) is Batched)
        wholes = [x.whole if type(x) is Batched else np.broadcast_to(x, (count, *x.shape)) for x in parts]
        rank = wholes[0].ndim - (function is not np.stack)
        return Batched(function(wholes, axis=axis % rank + 1, **options))

    return rule


_RULES: dict[Any, Callable[..., Any]] = {
    **{getattr(np, n): partial(_reduced, getattr(np, n)) for n in "sum prod max min mean any all std var".split()},
    **{
        getattr(np.ndarray, n): partial(_reduced, getattr(np, n))
        for n in "sum prod max min mean any all std var".split()
    },
    **{getattr(np, n): _along(getattr(np, n)) for n in "cumsum cumprod flip argmax argmin sort argsort".split()},
    **{getattr(np.ndarray, n): _along(getattr(np, n)) for n in "cumsum cumprod argmax argmin".split()},
    **{getattr(np, n): _like(getattr(np, n)) for n in "zeros_like ones_like empty_like full_like".split()},
    **{function: _joined(function) for function in (np.concatenate, np.stack)},
    np.reshape: _reshape,
    np.ndarray.reshape: _reshape,
    np.transpose: _transpose,
    np.ndarray.transpose: _transpose,
    np.broadcast_to: _broadcast_to,
    np.where: _where,
    np.ndarray.astype: _astype,
    np.ndarray.copy: lambda x: x,
    np.ndarray.conj: lambda x: Batched(x.whole.conj()),
    np.real: lambda x: x.real,
    np.imag: lambda x: x.imag,
    np.expand_dims: _expand_dims,
    np.squeeze: _squeeze,
    np.ndarray.squeeze: _squeeze,
    np.swapaxes: _swapaxes,
    np.ndarray.swapaxes: _swapaxes,
    np.shape: operator.attrgetter("shape"),
    np.ndim: operator.attrgetter("ndim"),
    np.size: operator.attrgetter("size"),
}


class _Module:
    """NumPy for batched arrays: its functions hand them on by NumPy's own protocols, save those that convert."""

    __name__ = "numpy"
    ndarray = Batched

    def asarray(self, value: Any, dtype: Any = None, **options: Any) -> Any:
        if type(value) is not Batched:
            return np.asarray(value, dtype, **options)
        return value if dtype is None or np.dtype(dtype) == value.dtype else _astype(value, dtype)

    asanyarray = ascontiguousarray = array = asarray

    def run_kernel(self, primitive: Any, arrays: list[Any], attrs: dict[str, Any]) -> Any:
        """The kernel on the batch; if it cannot, on each of its arrays."""
        try:
            return primitive._kernel(self, *arrays, **attrs)
        except (NotBatched, TypeError, AttributeError):
            return _one_by_one(primitive, arrays, attrs)

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name)
        setattr(self, name, found)
        return found


xp: Any = _Module()
backend.register(xp)


def _one_by_one(primitive: Any, arrays: list[Any], attrs: dict[str, Any]) -> Any:
    wholes = [x.whole for x in arrays if type(x) is Batched]
    inner = backend.module_of(wholes[0])

    def at(i: int) -> Any:
        return primitive.compute(inner, [x.whole[i] if type(x) is Batched else x for x in arrays], attrs)

    results = [at(i) for i in range(wholes[0].shape[0])]
    if type(results[0]) is tuple:
        return tuple(Batched(inner.stack([inner.asarray(x) for x in column])) for column in zip(*results))
    return Batched(inner.stack([inner.asarray(x) for x in results]))


class _NoEffects:
    """What ops that do more than compute find in the place of a trace: for a batch they would do it once for all."""

    def give_up(self, why: Any, *_: Any) -> Any:
        raise NotBatched

    argument = apply = draw = give_up
    effects: tuple = ()

    def stop(self) -> None:
        pass


class _Bystander:
    """A recorder that keeps `function`s from taking the batch for one of its arrays."""

    is_log = True

    def _record(self, *_: Any) -> None:
        pass

    def _read_variable(self, variable: Any) -> None:
        pass


@contextmanager
def pure() -> Iterator[None]:
    """A block in which what is random, printed or assigned raises NotBatched."""
    before = effects.current, random.state.function
    held = [(v, v._value) for v in living()]
    effects.current, random.state.function = _NoEffects(), random.FunctionSeeds(None, effects.unrecorded)
    try:
        with tape.also(_Bystander()):
            yield
    finally:
        effects.current, random.state.function = before
        assigned = [(v, value) for v, value in held if v._value is not value]
        for v, value in assigned:
            v._value = value
    if assigned:
        raise NotBatched


def batch(whole: Any) -> Tensor:
    """The tensor that is each of the arrays along the first axis at once."""
    return wrap(Batched(whole))


def whole(t: Tensor, count: int) -> Any:
    """All arrays of a batch, along a first axis; an array that is the same for all, so many times."""
    array = t._array
    return array.whole if type(array) is Batched else np.broadcast_to(backend.settled(array), (count, *array.shape))
