"""Lazy arrays: large elementwise work that is written down first and done when its result is wanted.

A `Lazy` stands in a tensor for a NumPy array of at least `backend.large` elements (or one of CuPy's: see
`device_lazy`, which is then its `home`). Elementwise NumPy functions of it make
another one, which knows its shape and dtype and how to compute its elements; a reduction computes what it reduces
block by block and keeps none of it. Whatever else NumPy, or anyone, does with it sees the array that it stands for,
which is then computed, once. So what is said of shapes and dtypes is said by the op that is wrong, as NumPy's own
rules are asked at once; functions that may refuse values are not put off.

An expression does not grow without end, nor hold more than a few arrays that nobody else does: `passes` tells what is
kept of what is computed on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from . import backend
from .fusion import Output, at_once
from .passes import compute, ordered, reduce_in_passing

_KINDS = frozenset("fiubc")
_MOST_NODES = 64
_MOST_LEAVES = 6
_ALMOST_ALWAYS_THERE = 2**24
_BOOL = np.dtype(bool)


class Lazy(NDArrayOperatorsMixin):
    """An array that may not have been computed yet. Immutable."""

    __slots__ = (
        "__weakref__",
        "_args",
        "_computed",
        "_function",
        "_leaves",
        "_nodes",
        "_value",
        "dtype",
        "shape",
        "home",
        "size",
    )
    __array_priority__ = 50

    def __init__(
        self, function: Any, args: tuple, dtype: np.dtype, shape: tuple[int, ...], size: int, home: Any = None
    ) -> None:
        self._function, self._args, self.dtype, self.shape, self.size = function, args, dtype, shape, size
        self.home = home
        self._value: Any = None
        self._computed = 0
        nodes = 1
        leaves = 0
        for arg in args:
            if type(arg) is Lazy and arg._value is None:
                nodes += arg._nodes
                leaves += arg._leaves
            elif arg.size >= size:
                leaves += 1
        self._nodes, self._leaves = nodes, leaves

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * self.dtype.itemsize

    def get(self) -> Any:
        """The array it stands for."""
        if self._value is None:
            compute([self])
        return self._value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.get(), dtype=dtype, copy=copy)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self.get(), name)
        if self.home is None:
            return found
        return (lambda *args: self.home.outcome(found(*forced(args)))) if callable(found) else self.home.outcome(found)

    # ------------------------------------------------------------ NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(hasattr(type(x), "outranks_lazy") for x in inputs):
            return NotImplemented
        if not _in_place(kwargs.pop("out", None), kwargs) and method == "__call__":
            result = _applied(ufunc, inputs, **kwargs) if kwargs.keys() <= {"dtype"} else None
            if result is not None:
                return result
        if method == "reduce" and ufunc in _REDUCTIONS and kwargs.keys() <= _REDUCE_KEYWORDS:
            return _reduced(ufunc, *inputs, **{"axis": 0, **kwargs})
        return self._outcome(getattr(ufunc, method)(*map(forced, inputs), **forced(kwargs)))

    def __array_function__(self, function: Any, types: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        if any(hasattr(kind, "outranks_lazy") for kind in types):
            return NotImplemented
        lazily = FUNCTIONS.get(function)
        result = NotImplemented if lazily is None else lazily(*args, **kwargs)
        if result is not NotImplemented:
            return result
        return self._outcome(function(*forced(args), **forced(kwargs)))

    def _outcome(self, result: Any) -> Any:
        return result if self.home is None else self.home.outcome(result)

    # ------------------------------------------------------------ methods that kernels use

    def astype(self, dtype: Any, **options: Any) -> Any:
        dtype = np.dtype(dtype)
        if dtype is self.dtype:
            return self
        if dtype.kind not in _KINDS or self.home and not self.home.writes("cast", (self.dtype, dtype)):
            return self._outcome(self.get().astype(dtype))
        return _node("cast", [self], dtype, self.home)

    def sum(self, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
        return _reduced(np.add, self, axis, dtype, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        return _reduced(np.maximum, self, axis, None, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        return _reduced(np.minimum, self, axis, None, keepdims)

    def any(self, axis: Any = None, keepdims: bool = False) -> Any:
        return _reduced(np.logical_or, self, axis, None, keepdims)

    def all(self, axis: Any = None, keepdims: bool = False) -> Any:
        return _reduced(np.logical_and, self, axis, None, keepdims)

    # ------------------------------------------------------------ methods of any array

    def __len__(self) -> int:
        return len(self.get())

    def __iter__(self) -> Any:
        return iter(self.get())

    def __getitem__(self, key: Any) -> Any:
        return self._outcome(self.get()[forced(key)])

    def __contains__(self, item: Any) -> bool:
        return item in self.get()

    def __bool__(self) -> bool:
        return bool(self.get())

    def __int__(self) -> int:
        return int(self.get())

    def __float__(self) -> float:
        return float(self.get())

    def __complex__(self) -> complex:
        return complex(self.get())

    def __index__(self) -> int:
        return self.get().__index__()

    def __deepcopy__(self, memo: Any) -> Lazy:
        return self

    def __repr__(self) -> str:
        return repr(self.get())


backend.Lazy = Lazy
backend.register_type(Lazy, None)


def of(array: Any) -> Any:
    """A large NumPy or CuPy array as a lazy one; anything else as it is."""
    if type(array) is Lazy or array.size < backend.large:
        return array
    if type(array) is np.ndarray:
        return leaf(array) if array.dtype.kind in _KINDS else array
    home = backend.vocabulary(type(array))
    return array if home is None else home.leaf(array)


def leaf(array: Any, home: Any = None) -> Lazy:
    """An array that has been computed, as a lazy one."""
    node = Lazy(None, (), array.dtype, array.shape, array.size, home)
    node._value = array
    return node


def forced(value: Any) -> Any:
    """A value with the arrays that lazy ones in it stand for in their place."""
    kind = type(value)
    if kind is Lazy:
        return value.get()
    if kind is tuple or kind is list:
        return kind(map(forced, value))
    return {key: forced(v) for key, v in value.items()} if kind is dict else value


def _in_place(out: Any, kwargs: dict[str, Any]) -> bool:
    """Whether a result must go into an array that exists; `lazy += x` is just another lazy one."""
    if out is None or out[0] is None or type(out[0]) is Lazy:
        return False
    kwargs["out"] = out
    return True


# ---------------------------------------------------------------- writing down

_dtypes: dict[tuple, tuple[np.dtype, ...] | None] = {}  # of a ufunc's loop for operands of given types


def _applied(ufunc: np.ufunc, inputs: tuple, dtype: Any = None) -> Any:
    """The result of a ufunc, lazily; None if it must be computed at once. Raises what the ufunc raises."""
    if dtype is not None:
        inputs = tuple(_as(x, np.dtype(dtype)) for x in inputs)
    kinds: list[Any] = [ufunc]
    for x in inputs:
        kind = type(x)
        kinds.append(x.dtype if kind is Lazy or hasattr(x, "dtype") else kind)
    key = tuple(kinds)
    try:
        loop = _dtypes[key]
    except KeyError:
        loop = _dtypes[key] = _loop(ufunc, key[1:])
    if loop is None:
        return None
    home = _home(inputs)
    if home and not home.writes(ufunc, loop):
        return None
    args = []
    for x, wanted in zip(inputs, loop):
        if type(x) is not Lazy and not backend.is_array(x):
            try:
                x = np.array(x, wanted)
            except OverflowError:
                return None
        args.append(x)
    return _node(ufunc, args, loop[-1], home)


def _loop(ufunc: np.ufunc, kinds: tuple) -> tuple[np.dtype, ...] | None:
    """The dtypes of operands and result, or None for what is not to be put off."""
    if ufunc.nout != 1 or ufunc.signature is not None:
        return None
    weak = tuple(_BOOL if kind is bool else kind for kind in kinds)
    if any(kind not in (int, float, complex) and not isinstance(kind, np.dtype) for kind in weak):
        return None
    loop = ufunc.resolve_dtypes((*weak, None))
    if ufunc is np.power and loop[-1].kind in "iu":
        return None  # it refuses negative exponents
    return loop if all(d.kind in _KINDS for d in loop) else None


def _home(args: Iterable[Any]) -> Any:
    for x in args:
        if type(x) is Lazy:
            return x.home
    return None


def _as(x: Any, dtype: np.dtype) -> Any:
    return x.astype(dtype) if hasattr(x, "dtype") else dtype.type(x)


def _broadcast(args: list[Any]) -> tuple[int, ...]:
    """The shape to which the operands broadcast. Raises ValueError if they do not."""
    shapes = {x.shape for x in args if x.shape}
    if len(shapes) < 2:
        return shapes.pop() if shapes else ()
    return np.broadcast_shapes(*shapes)


def _node(function: Any, args: list[Any], dtype: np.dtype, home: Any) -> Any:
    """What `function` gives for the operands: a new lazy array, or a computed one if it is small."""
    shape = _broadcast(args)
    size = math.prod(shape)
    if size < backend.large:
        return (at_once if home is None else home.at_once)(function, forced(tuple(args)), dtype)
    if size > _ALMOST_ALWAYS_THERE and home is None:
        np.empty(shape, dtype)  # raises the MemoryError that computing it would end in; else touches nothing
    operands = tuple([_operand_of(x, size) for x in args])
    node = Lazy(function, operands, dtype, shape, size, home)
    if node._nodes > _MOST_NODES or node._leaves > _MOST_LEAVES:
        _measure(node)
        if node._nodes > _MOST_NODES or node._leaves > _MOST_LEAVES:
            compute([x for x in operands if type(x) is Lazy])
            node = Lazy(function, forced(operands), dtype, shape, size, home)
    return node


def _operand_of(x: Any, size: int) -> Any:
    """An operand as a node holds it: computed if it is smaller, as it would be again for each part of the result."""
    if type(x) is Lazy:
        if x._value is None and x.size >= size:
            return x
        x = x.get()
    is_number = x.size and not any(x.strides) and x.ndim
    return x[(slice(0, 1),) * x.ndim].reshape(()) if is_number else x


def _measure(node: Lazy) -> None:
    """Count nodes and large leaves, each once."""
    order, leaves = ordered([node])
    node._nodes, node._leaves = len(order), sum(leaf.size >= node.size for leaf in leaves)


def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        return NotImplemented
    dtype = np.result_type(*(v.dtype if hasattr(v, "dtype") else v for v in (x, y)))
    if dtype.kind not in _KINDS:
        return NotImplemented
    args = [_operand(condition, _BOOL), _operand(x, dtype), _operand(y, dtype)]
    home = _home(args)
    if home and not home.writes("where", (dtype,)):
        return NotImplemented
    return _node("where", args, dtype, home)


def _operand(x: Any, dtype: np.dtype) -> Any:
    return x.astype(dtype, copy=False) if type(x) in (Lazy, np.ndarray) else np.asarray(x, dtype)


def _clip(x: Any, low: Any = None, high: Any = None) -> Any:
    if low is not None:
        x = np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def _full_like(x: Any, value: Any, dtype: Any = None) -> Any:
    if not isinstance(value, (bool, int, float, complex, np.generic)):
        return NotImplemented
    one = np.array(value).astype(x.dtype if dtype is None else dtype)
    if x.home is None:
        return np.broadcast_to(one, x.shape)
    return x.home.outcome(x.home.base.broadcast_to(x.home.base.asarray(one), x.shape))


# ---------------------------------------------------------------- reductions and functions

_REDUCTIONS = {np.add, np.multiply, np.maximum, np.minimum, np.logical_and, np.logical_or}
_REDUCE_KEYWORDS = {"axis", "dtype", "keepdims"}


def _reduced(reduce: np.ufunc, x: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    """A reduction over `axis`, computed at once, while what is reduced is not kept."""
    if type(x) is not Lazy:
        return NotImplemented
    rank = len(x.shape)
    axes = range(rank) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(sorted({a % rank for a in axes}))
    if not axes:
        return x if dtype is None or x.dtype == dtype else x.astype(dtype)
    output = Output(0, reduce, axes, None if dtype is None else np.dtype(dtype))
    total = reduce_in_passing(x, output)
    if not keepdims:
        total = total.reshape([n for a, n in enumerate(x.shape) if a not in axes])
    return total[()] if x.home is None else x.home.outcome(total)


FUNCTIONS: dict[Any, Any] = {
    np.where: _where,
    np.clip: _clip,
    np.full_like: _full_like,
    np.zeros_like: lambda x, dtype=None: _full_like(x, 0, dtype),
    np.ones_like: lambda x, dtype=None: _full_like(x, 1, dtype),
    np.sum: lambda x, axis=None, dtype=None, keepdims=False: _reduced(np.add, x, axis, dtype, keepdims),
    np.prod: lambda x, axis=None, dtype=None, keepdims=False: _reduced(np.multiply, x, axis, dtype, keepdims),
    np.max: lambda x, axis=None, keepdims=False: _reduced(np.maximum, x, axis, None, keepdims),
    np.min: lambda x, axis=None, keepdims=False: _reduced(np.minimum, x, axis, None, keepdims),
    np.any: lambda x, axis=None, keepdims=False: _reduced(np.logical_or, x, axis, None, keepdims),
    np.all: lambda x, axis=None, keepdims=False: _reduced(np.logical_and, x, axis, None, keepdims),
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
}
