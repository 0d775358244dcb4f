"""Recording ops and walking back through them.

While at least one recorder is active, every op reports itself with `record`. A `Tape` keeps what depends
on something it watches: (primitive, outputs, inputs, attributes). `backward` walks that list from its end,
asks each primitive for the gradients of its inputs, and sums them where a tensor was used more than once.

Gradients are computed with ops, so a tape that is active meanwhile records them too: that is all there is to
second order. Broadcasting is undone here, once, for every op.

Tensors are known by their ids. A tape keeps alive every tensor whose id it holds, so an id stays its
tensor's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np

from .indexed_slices import IndexedSlices, concatenate
from .tensor import Tensor, resolve_op, wrap


class Recorder(Protocol):
    """What is told of every op and of every variable that is read: a tape or a forward accumulator."""

    def _record(self, primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None: ...
    def _read_variable(self, variable: Any) -> None: ...


#: The active recorders, the innermost last. Ops look at its truth value only; it is changed in place.
recorders: list[Recorder] = []


def record(primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None:
    """Tell every active recorder of an op."""
    for recorder in recorders:
        recorder._record(primitive, outputs, inputs, attrs)


@contextmanager
def only(*active: Recorder) -> Iterator[None]:
    """A block in which no recorder is active but these, and whatever logs a whole run."""
    saved = recorders[:]
    recorders[:] = [*(r for r in saved if r not in active and getattr(r, "is_log", False)), *active]
    try:
        yield
    finally:
        recorders[:] = saved


@contextmanager
def also(recorder: Recorder) -> Iterator[None]:
    """A block in which `recorder` is active too."""
    recorders.append(recorder)
    try:
        yield
    finally:
        recorders[:] = [r for r in recorders if r is not recorder]


class Tape:
    """The ops that lead from what is watched, in order.

    A trainable variable is watched when it is read (unless `watch_accessed` is False), a tensor when asked.
    """

    def __init__(self, watch_accessed: bool = True) -> None:
        self._watch_accessed = watch_accessed
        self._clear()

    def _clear(self) -> None:
        self._entries: list[tuple[Any, tuple, tuple, dict[str, Any]]] = []
        self._watched: set[int] = set()
        self._kept: list[Any] = []
        self._variables: dict[int, Any] = {}
        self._reads: dict[int, list[Tensor]] = {}  # variable -> the tensors as which it was read

    def _watch(self, t: Tensor) -> None:
        self._watched.add(id(t))
        self._kept.append(t)

    def _watch_variable(self, variable: Any) -> None:
        if id(variable) not in self._variables:
            self._variables[id(variable)] = variable
            self._reads[id(variable)] = []
        self._read_variable(variable)

    def _read_variable(self, variable: Any) -> None:
        values = self._reads.get(id(variable))
        if values is None:
            if not (self._watch_accessed and variable._trainable):
                return
            self._variables[id(variable)] = variable
            values = self._reads[id(variable)] = []
        value = variable._value
        if not values or values[-1] is not value:
            values.append(value)
            if value._array.dtype.kind in "fcV":
                self._watched.add(id(value))

    def _record(self, primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None:
        watched = self._watched
        for x in inputs:
            if id(x) in watched:
                for y in outputs:
                    # An integer has no gradient, save one whose op must say so when it is asked for.
                    if y._array.dtype.kind in "fcV" or primitive.refuses:
                        watched.add(id(y))
                self._entries.append((primitive, outputs, inputs, attrs))
                return

    def _tensors_of(self, source: Any) -> Iterable[Tensor]:
        """The tensors that stand for a source: itself, or every value as which a variable was read."""
        return (source,) if type(source) is Tensor else self._reads.get(id(source), ())


def backward(tape: Tape, targets: list[Tensor], seeds: list[Any], sources: list[Any]) -> list[Any]:
    """The gradient of the seeded targets for each source (a Tensor or a Variable), or None."""
    watched = tape._watched
    wanted: set[int] = set()
    for source in sources:
        wanted.update(map(id, tape._tensors_of(source)))
    # A tensor's id -> its cotangent so far: one, or a list of parts yet to be added up.
    reached: dict[int, Any] = {}
    for target, seed in zip(targets, seeds):
        if id(target) in watched:
            _reach(reached, id(target), seed)
    for primitive, outputs, inputs, attrs in reversed(tape._entries):
        if len(outputs) == 1:
            (y,) = outputs
            key = id(y)
            g = reached.pop(key, None)
            if g is None:
                continue
            if type(g) is not Tensor:
                g = dense(_total(g))
            if key in wanted:
                reached[key] = g
        else:
            y = outputs
            if not any(id(o) in reached for o in outputs):
                continue
            g = [dense(_total(reached[id(o)])) if id(o) in reached else zeros_like(o) for o in outputs]
        rules, args = primitive.grads, (g, y, *inputs)
        given: Any = None if rules is not None else tuple(primitive.gradients(g, y, inputs, attrs, watched))
        for x, rule in zip(inputs, rules or given):
            key = id(x)
            if rule is None or key not in watched:
                continue
            if given is not None:
                gx = rule
            else:
                gx = rule(*args, **attrs) if attrs else rule(*args)
                if gx is None:
                    continue
            if type(gx) is Tensor and gx._array.shape != x._array.shape:
                gx = _op("sum_to_shape")(gx, x._array.shape)  # broadcasting undone
            if key in reached:
                _reach(reached, key, gx)
            else:
                reached[key] = gx
    return [_arrived(reached, tape._tensors_of(source)) for source in sources]


def _arrived(reached: dict[int, Any], tensors: Iterable[Tensor]) -> Any:
    """What has reached a source: the sum over the tensors that stand for it."""
    parts = [reached[id(t)] for t in tensors if id(t) in reached]
    if len(parts) == 1:
        return parts[0] if type(parts[0]) is Tensor else _total(parts[0])
    return _total([_total(part) for part in parts]) if parts else None


def _reach(reached: dict[int, Any], key: int, g: Any) -> None:
    before = reached.get(key)
    if before is None:
        reached[key] = g
    elif type(before) is list:
        before.append(g)
    else:
        reached[key] = [before, g]


def dense(g: Any) -> Tensor:
    """A gradient as a tensor: IndexedSlices are summed into place."""
    return g._read() if type(g) is IndexedSlices else g


_ndarray = np.ndarray
_one: dict[np.dtype, np.ndarray] = {}  # of rank 0, from which most gradients start


def zeros_like(t: Tensor) -> Tensor:
    array = t._array
    return wrap(_op("zeros_array")(array, array.shape, array.dtype))


def ones_like(t: Tensor) -> Tensor:
    array = t._array
    if type(array) is _ndarray and not array.ndim:
        one = _one.get(array.dtype)
        if one is None:
            one = _one[array.dtype] = np.ones((), array.dtype)
        return wrap(one)
    return wrap(_op("ones_array")(array, array.shape, array.dtype))


def _total(parts: Any) -> Any:
    """The sum of a list of gradients, in TensorFlow's order, so that the last digit is TensorFlow's too."""
    if type(parts) is not list:
        return parts
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2 and type(parts[0]) is Tensor and type(parts[1]) is Tensor:
        return _op("add")(parts[0], parts[1])
    if all(type(g) is IndexedSlices for g in parts):
        return concatenate(parts)
    return _op("add_n")([dense(g) for g in parts])


_ops: dict[str, Any] = {}


def _op(name: str) -> Any:
    """An op by name, looked up once."""
    found = _ops.get(name)
    if found is None:
        found = _ops[name] = resolve_op(name)
    return found
