"""From a recorded graph to one Python function of straight-line array calls.

`build` keeps the nodes that results, assignments, guards and draws need, and writes a line for each. Values
that nothing outside may keep go into buffers: small ones live as long as the function and are shared by values whose
lives do not overlap; a large one is written over the array of a dead one.

The text holds names and numbers that are made here, and nothing else: constants, functions and buffers are bound to
names c0, c1 ... in an enclosing function.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from math import prod
from typing import Any

import numpy as np

from . import backend
from .tensor import Tensor, wrap
from .traced import Ref, as_array, places
from .tracing import Node

#: What a compiled function returns when the run would not be the one that was traced.
MISS = object()

SMALL = 1 << 15  # bytes of an array whose buffer may stay

_REDUCTIONS = {
    np.sum: np.add.reduce,
    np.prod: np.multiply.reduce,
    np.max: np.maximum.reduce,
    np.min: np.minimum.reduce,
    np.ndarray.sum: np.add.reduce,
    np.ndarray.prod: np.multiply.reduce,
    np.ndarray.max: np.maximum.reduce,
    np.ndarray.min: np.minimum.reduce,
}
_REDUCERS = frozenset(_REDUCTIONS.values())
_METHODS = {np.reshape: "reshape", np.transpose: "transpose", np.squeeze: "squeeze", np.swapaxes: "swapaxes"}
# Functions whose results' shapes follow from their arguments' shapes. Other results are compared with the trace's.
_STATIC = frozenset(
    {
        *_REDUCTIONS,
        *_METHODS,
        *_REDUCTIONS.values(),
        *(
            getattr(np.ndarray, name)
            for name in "astype reshape mean any all argmax argmin transpose ravel cumsum".split()
        ),
        *(getattr(np.ndarray, name) for name in "copy clip conj squeeze swapaxes view round std var".split()),
        *(
            np.real,
            np.imag,
            np.mean,
            np.any,
            np.all,
            np.argmax,
            np.argmin,
            np.where,
            np.broadcast_to,
            np.clip,
            np.stack,
        ),
        *(
            np.concatenate,
            np.expand_dims,
            np.take,
            np.take_along_axis,
            np.moveaxis,
            np.flip,
            np.cumsum,
            np.cumprod,
            np.tile,
        ),
        *(np.einsum, np.dot, np.tensordot, np.outer, np.round, np.sort, np.argsort, np.roll, np.pad, np.triu, np.tril),
        *(np.diagonal, np.trace, np.linalg.inv, np.linalg.det, np.linalg.cholesky, np.linalg.solve, np.nan_to_num),
    }
)
_WEAK = frozenset({np.add, np.subtract, np.multiply, np.true_divide, np.maximum, np.minimum})


Kinds = list[tuple[tuple[int, ...], np.dtype]]  # of each value of a graph: shape and dtype


def build(
    nodes: list[Node],
    kinds: Kinds,
    prologue: Callable[[_Writer], list[str]],
    results: Any = None,
    assigned: Iterable[tuple[Any, Any]] = (),
    effects: Iterable[tuple[Callable[..., Any], Any]] = (),
    extra: Iterable[Any] | None = None,
    known: Iterable[int] = (),
) -> Callable[..., Any]:
    """A function run(args, checked=False) that computes what the nodes say; MISS is returned where a guard fails.

    prologue: writes the lines that bind what comes in, from `args`, as r0, r1 ... and are followed by the nodes'.
    results: a structure of values, returned as tensors. extra: values returned beside it, as arrays.
    known: values that the prologue binds although nodes make them.
    """
    writer = _Writer(kinds)
    assigned, effects = list(assigned), list(effects)
    roots = places([results, [a for _, a in assigned], [a for _, a in effects], list(extra or ())])
    live = _live(nodes, roots, set(known))
    writer.plan(live, roots)
    lines = prologue(writer)
    for i, node in enumerate(live):
        lines.extend(writer.node(i, node))
    lines += [f"{writer.constant(v)}._value = wrap({writer.value(argument)})" for v, argument in assigned]
    lines += [f"{writer.constant(function)}(*{writer.value(args, tensors=True)})" for function, args in effects]
    shown = writer.value(results, tensors=True)
    lines.append(f"return {shown}" if extra is None else f"return {shown}, {writer.value(tuple(extra))}")
    return writer.compile(lines)


def needed_from_before(nodes: list[Node], roots: Iterable[Any], first: int) -> list[Ref]:
    """The values below `first` that the later `nodes` need for the roots."""
    live = _live(nodes, places(list(roots)), set())
    refs = {*places(list(roots)), *(ref for node in live for ref in node.inputs)}
    return sorted(ref for ref in refs if ref < first)


def _live(nodes: list[Node], roots: list[Ref], known: set[int]) -> list[Node]:
    """The nodes that the roots need, and those that are done in any case."""
    needed: set[int] = set(roots)
    live = []
    for node in reversed(nodes):
        if known.intersection(node.outs):
            continue
        if node.kind in ("guard", "draw") or needed.intersection(node.outs):
            live.append(node)
            needed.update(node.inputs)
    return live[::-1]


class _Writer:
    """Lines of one function, with its constants and buffers."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._bound: dict[str, Any] = {
            "MISS": MISS,
            "Tensor": Tensor,
            "asarray": np.asarray,
            "ndarray": np.ndarray,
            "lazily": backend.lazily,
            "settled": backend.settled,
            "wrap": wrap,
        }
        self._names: dict[int, str] = {}
        self._scalars: dict[tuple[Any, ...], str] = {}
        self._free: dict[tuple[Any, ...], list[str]] = {}
        self._buffer_of: dict[int, tuple[tuple[Any, ...], str]] = {}
        self._last: dict[int, int] = {}
        self._dying: dict[int, list[int]] = {}
        self._kept: set[int] = set()

    # ------------------------------------------------------------ lives of values

    def plan(self, nodes: list[Node], roots: list[Ref]) -> None:
        """Find out how long each value is needed, and which ones are kept by whoever gets the results."""
        last = self._last
        for i, node in enumerate(nodes):
            for ref in node.inputs:
                last[ref] = i
        kept = self._kept = set(map(int, roots))
        for node in nodes:
            if any(map(self._is_large, (*node.outs, *node.inputs))):
                kept.update(node.inputs)  # a lazy array may hold on to them
        for node in reversed(nodes):
            if node.kind not in ("apply", "draw") or _is_fresh(node):
                continue
            shared = node.inputs
            if kept.intersection(node.outs):
                kept.update(shared)
            end = max((last.get(out, 0) for out in node.outs), default=0)
            for value in shared:
                last[value] = max(last.get(value, 0), end)
        for place, i in last.items():
            self._dying.setdefault(i, []).append(place)

    def _target(self, out: int) -> str | None:
        """Where a ufunc puts value `out`: an array's text, or None for a new one."""
        shape, dtype = self._kinds[out]
        if out in self._kept:  # a new one each time, of rank 0 where NumPy would give a scalar
            return None if shape else f"{self.constant(np.empty((), dtype))}.copy()"
        kind = (shape, dtype.str)
        free = self._free.get(kind)
        if free:
            name = free.pop()
        elif self._bytes(out) <= SMALL:
            name = f"b{len(self._bound)}"
            self._bound[name] = np.empty(shape, dtype)
        else:
            self._buffer_of[out] = (kind, f"r{out}")  # the new array, which may be written over later
            return None
        self._buffer_of[out] = (kind, name)
        return name

    def _reduction(self, out: int, value: Ref, options: dict[str, Any]) -> str:
        """The arguments of a ufunc's `reduce`."""
        shape, dtype = self._kinds[value]
        axis, wanted = options["axis"], options.get("dtype")
        if axis is not None and not isinstance(axis, int):
            axis = None if len(axis) == len(shape) else axis[0] if len(axis) == 1 else axis
        if wanted is not None and np.dtype(wanted) == dtype and dtype.kind in "fc":
            wanted = None
        parts = [self.value(a) for a in (value, axis, wanted)] + [self._target(out) or "None"]
        return ", ".join([*parts, "True"] if options.get("keepdims") else parts)

    def _bytes(self, value: int) -> int:
        shape, dtype = self._kinds[value]
        return dtype.itemsize * prod(shape)

    def _release(self, i: int) -> list[str]:
        dropped = []
        for ref in self._dying.pop(i, ()):
            if ref in self._buffer_of:
                kind, name = self._buffer_of.pop(ref)
                self._free.setdefault(kind, []).append(name)
            elif ref not in self._kept and self._bytes(ref) > SMALL:
                dropped.append(f"r{ref} = None")
        return dropped

    # ------------------------------------------------------------ lines

    def node(self, i: int, node: Node) -> list[str]:
        """The lines that compute a node."""
        if node.kind == "argument":
            return []  # the prologue's
        if node.kind == "variable":
            return self._variable(node)
        if node.kind == "guard":
            return [*self._guard(node), *self._release(i)]
        if node.several:
            names = "".join(f"r{out}, " for out in node.outs)
            lines = [f"{names}= {self._call(node)}"]
            lines += [f"r{out} = asarray(r{out})" for out in node.outs if not self._kinds[out][0]]
        else:
            (out,) = node.outs
            function, args = _simplified(node)
            large = any(map(self._is_large, (out, *places(args))))
            if isinstance(function, np.ufunc) and function.nout == 1 and not node.options and not large:
                before = self._release(i) if function.signature is None else []
                into = self._target(out)
                shown = [*(self.operand(function, a, args, out) for a in args), *([into] if into else [])]
                lines = [f"r{out} = {self.constant(function)}({', '.join(shown)})", *before]
                return [*lines, *self._release(i)]
            if function in _REDUCERS and not large:
                lines = [f"r{out} = {self.constant(function)}({self._reduction(out, args[0], node.options)})"]
                return [*lines, *self._release(i)]
            call = self._call(node)
            if self._kinds[out][1].hasobject:
                call = f"{self.constant(as_array)}({call})"
            lines = [f"r{out} = {call}" if self._kinds[out][0] else f"r{out} = asarray({call})"]
        if not _is_static(node):
            for out in node.outs:
                shape, dtype = self._kinds[out]
                lines.append(f"if r{out}.shape != {shape!r} or r{out}.dtype != {self.constant(dtype)}: return MISS")
        return [*lines, *self._release(i)]

    def _variable(self, node: Node) -> list[str]:
        (out,) = node.outs
        v = node.function
        lines = [f"r{out} = {self.constant(v)}._value._array"]
        if v._declared_shape is not None:
            lines.append(f"if r{out}.shape != {self._kinds[out][0]!r}: return MISS")
        return [*lines, *self.received(out)]

    def received(self, value: int) -> list[str]:
        """The line that makes a large array lazy when it comes in."""
        return [f"r{value} = lazily(r{value})"] if self._is_large(value) else []

    def _is_large(self, value: int) -> bool:
        return prod(self._kinds[value][0]) >= backend.large

    def _guard(self, node: Node) -> list[str]:
        expected = node.options
        name = f"r{node.args}"
        if expected.dtype == bool and not expected.ndim:
            return [f"if {'not ' if expected else ''}{name}: return MISS"]
        if not expected.ndim:
            return [f"if {name} != {int(expected)}: return MISS"]
        return [f"if {name}.tobytes() != {self.constant(expected.tobytes())}: return MISS"]

    def _call(self, node: Node) -> str:
        """The text of a node's call."""
        function, args = node.function, node.args
        options = [f"{key}={self.whole(v)}" for key, v in node.options.items()]
        if function is operator.getitem:
            return f"{self.value(args[0])}[{self.value(args[1])}]"
        if function is operator.pow:
            return f"{self.value(args[0])} ** {self.value(args[1])}"
        if type(function) is _METHOD_DESCRIPTOR or function in _METHODS and type(args[0]) is Ref:
            name = _METHODS.get(function) or function.__name__
            return f"{self.value(args[0])}.{name}({', '.join([*map(self.value, args[1:]), *options])})"
        if isinstance(function, np.ufunc) and not options:
            shown = [self.operand(function, a, args, node.outs[0]) for a in args]
            return f"{self.constant(function)}({', '.join(shown)})"
        takes_lazy = function in _ELEMENTWISE or getattr(function, "takes_lazy", False)
        shown = [*map(self.value if takes_lazy else self.whole, args), *options]
        return f"{self.constant(function)}({', '.join(shown)})"

    def operand(self, function: np.ufunc, value: Any, args: Any, out: int) -> str:
        """A ufunc's argument. What would be converted or broadcast each time is made ready here, once."""
        shape, dtype = self._kinds[out]
        others = [a for a in args if a is not value]
        if len(others) == 1 and function.signature is None:
            other, other_shape = self._dtype_of(others[0]), self._shape_of(others[0])
            if function in _WEAK and type(value) in (int, float) and other == dtype and dtype.kind in "fiu":
                return self._scalar(np.asarray(value, dtype))
            if isinstance(value, np.ndarray) and value.ndim and other_shape == shape and _is_uniform(value):
                return self._scalar(value.reshape(-1)[:1].reshape(()))
        return self.value(value)

    def _dtype_of(self, argument: Any) -> Any:
        return self._kinds[argument][1] if type(argument) is Ref else getattr(argument, "dtype", None)

    def _shape_of(self, argument: Any) -> Any:
        return self._kinds[argument][0] if type(argument) is Ref else getattr(argument, "shape", None)

    def _scalar(self, number: np.ndarray) -> str:
        key = (number.dtype.str, number.tobytes())
        if key not in self._scalars:
            self._scalars[key] = self.constant(number)
        return self._scalars[key]

    def whole(self, value: Any) -> str:
        """The text of an argument of a function that does not take lazy arrays."""
        if type(value) is Ref and self._is_large(value):
            return f"settled(r{value})"
        if type(value) in (tuple, list) and places(value):
            inside = "".join(self.whole(v) + ", " for v in value)
            return f"({inside})" if type(value) is tuple else f"[{inside}]"
        return self.value(value)

    def value(self, value: Any, tensors: bool = False) -> str:
        """An argument's text: numbers as they are, structures of them, and names for all else."""
        kind = type(value)
        if kind is Ref:
            return f"wrap(r{value})" if tensors else f"r{value}"
        if kind is tuple:
            if hasattr(value, "_fields"):
                return f"{self.constant(kind)}({', '.join(self.value(v, tensors) for v in value)})"
            return "(" + "".join(self.value(v, tensors) + ", " for v in value) + ")"
        if kind is list:
            return "[" + ", ".join(self.value(v, tensors) for v in value) + "]"
        if kind is dict:
            return "{" + ", ".join(f"{self.value(k)}: {self.value(v, tensors)}" for k, v in value.items()) + "}"
        if kind is slice:
            return f"slice({self.value(value.start)}, {self.value(value.stop)}, {self.value(value.step)})"
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return f"{self.constant(kind)}({', '.join(self.value(v, tensors) for v in value)})"
        if value is None or value is ... or kind in (int, bool):
            return "..." if value is ... else repr(value)
        if tensors and isinstance(value, np.ndarray):
            return f"wrap({self.constant(value)})"
        return self.constant(value)

    def constant(self, value: Any) -> str:
        """The name to which an object is bound."""
        name = self._names.get(id(value))
        if name is None:
            name = self._names[id(value)] = f"c{len(self._bound)}"
            self._bound[name] = value
        return name

    def compile(self, lines: list[str]) -> Callable[..., Any]:
        """The function of these lines."""
        body = "".join(f"\n        {line}" for line in lines)
        text = f"def bind({', '.join(self._bound)}):\n    def run(args, checked=False):{body}\n    return run"
        names: dict[str, Any] = {"__builtins__": {"type": type, "slice": slice}}
        exec(compile(text, "<traced>", "exec"), names)
        return names["bind"](*self._bound.values())


_METHOD_DESCRIPTOR = type(np.ndarray.sum)


# What lazy arrays take as it is.
_ELEMENTWISE = frozenset({*_REDUCTIONS, *_REDUCERS, np.where, np.clip, np.any, np.all})


def _simplified(node: Node) -> tuple[Any, Any]:
    """The node's function and arguments, or others that do the same for less."""
    function, args = node.function, node.args
    cheaper = _REDUCTIONS.get(function)
    if cheaper is not None and not set(node.options) - {"axis", "dtype", "keepdims"} and len(args) == 1:
        return (cheaper, args) if "axis" in node.options else (function, args)
    return function, args


def _is_fresh(node: Node) -> bool:
    """Whether what a node makes shares no memory with its arguments."""
    function = node.function
    return isinstance(function, np.ufunc) or function in _FRESH


_FRESH = frozenset({*_REDUCTIONS, *_REDUCTIONS.values(), np.where, np.stack, np.concatenate, operator.pow})


def _is_static(node: Node) -> bool:
    function = node.function
    if node.kind == "draw":
        return True
    if function is operator.getitem:
        # A mask picks as many as there are in it.
        return not any(hasattr(part, "dtype") for part in _parts(node.args[1])) and not places(node.args[1])
    if function is np.where:
        return len(node.args) == 3
    return isinstance(function, np.ufunc) or function is operator.pow or function in _STATIC


def _is_uniform(array: np.ndarray) -> bool:
    """Whether all entries are one number, to the bit."""
    if not array.size or array.dtype.hasobject:
        return False
    if not any(array.strides):
        return True
    first = array.reshape(-1)[:1]
    return bool((array == first).all()) and bool(first[0] != 0 or array.dtype.kind != "f")


def _parts(key: Any) -> tuple[Any, ...]:
    return key if type(key) is tuple else (key,)
