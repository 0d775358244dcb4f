"""Recording ops and walking back through them.

While at least one recorder is active, every op reports itself with `record`. A `Tape` keeps what depends
on something it watches: (primitive, outputs, inputs, attributes). `backward` walks that list from its end,
asks each primitive for the gradients of its inputs, and sums them where a tensor was used more than once.

Gradients are computed with ops, so a tape that is active meanwhile records them too: that is all there is to
second order. Broadcasting is undone here, once, for every op.
"""

from __future__ import annotations

from typing import Any, Iterable, Protocol

from .indexed_slices import IndexedSlices, concatenate
from .tensor import Tensor, resolve_op, wrap


class Recorder(Protocol):
    """What is told of every op and of every variable that is read: a tape or a forward accumulator."""

    def _record(self, primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None: ...
    def _read_variable(self, variable: Any) -> None: ...


#: The active recorders, the innermost last. Ops look at its truth value only.
recorders: list[Recorder] = []


def record(primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None:
    """Tell every active recorder of an op."""
    for recorder in recorders:
        recorder._record(primitive, outputs, inputs, attrs)


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
        self._kept: list[Any] = []  # keeps watched tensors alive, so that an id stays theirs
        self._reads: dict[int, dict[int, Tensor]] = {}  # variable -> the tensors it was read as
        self._variables: dict[int, Any] = {}

    def _watch(self, t: Tensor) -> None:
        self._watched.add(id(t))
        self._kept.append(t)

    def _watch_variable(self, variable: Any) -> None:
        self._variables[id(variable)] = variable
        self._see(variable)

    def _read_variable(self, variable: Any) -> None:
        if id(variable) in self._variables:
            self._see(variable)
        elif self._watch_accessed and variable.trainable:
            self._watch_variable(variable)

    def _see(self, variable: Any) -> None:
        value = variable._value
        self._watched.add(id(value))
        self._reads.setdefault(id(variable), {})[id(value)] = value

    def _record(self, primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None:
        watched = self._watched
        for x in inputs:
            if id(x) in watched:
                break
        else:
            return
        for y in outputs:
            if y._array.dtype.kind in "fcV":
                watched.add(id(y))
        self._entries.append((primitive, outputs, inputs, attrs))

    def _tensors_of(self, source: Any) -> Iterable[Tensor]:
        """The tensors that stand for a source: itself, or every value as which a variable was read."""
        if type(source) is Tensor:
            return (source,)
        return self._reads.get(id(source), {}).values()


def backward(tape: Tape, targets: list[Tensor], seeds: list[Any], sources: list[Any]) -> list[Any]:
    """The gradient of the seeded targets for each source (a Tensor or a Variable): Tensor, IndexedSlices or None."""
    cotangents: dict[int, Any] = {}
    for target, seed in zip(targets, seeds):
        if id(target) in tape._watched:
            accumulate(cotangents, target, seed)
    wanted = {id(t) for source in sources for t in tape._tensors_of(source)}
    watched = tape._watched
    for primitive, outputs, inputs, attrs in reversed(tape._entries):
        if len(outputs) == 1:
            key = id(outputs[0])
            upstream = cotangents.get(key) if key in wanted else cotangents.pop(key, None)
            if upstream is None:
                continue
        else:
            upstream = [cotangents.get(id(y)) for y in outputs]
            if all(g is None for g in upstream):
                continue
        for x, g in vjp(primitive, upstream, outputs, inputs, attrs, watched):
            accumulate(cotangents, x, g)
    return [_total([cotangents.get(id(t)) for t in tape._tensors_of(source)]) for source in sources]


def vjp(
    primitive: Any, upstream: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any], watched: Any
) -> Iterable[tuple[Tensor, Any]]:
    """(input, its gradient) for each input whose id is in `watched` and that has one."""
    if len(outputs) == 1:
        g: Any = dense(upstream)
        y: Any = outputs[0]
    else:
        g = [zeros_like(o) if u is None else dense(u) for u, o in zip(upstream, outputs)]
        y = outputs
    for x, gx in zip(inputs, primitive.gradients(g, y, inputs, attrs, watched)):
        if gx is not None:
            if type(gx) is Tensor and gx._array.shape != x._array.shape:
                gx = resolve_op("sum_to_shape")(gx, x._array.shape)
            yield x, gx


def accumulate(cotangents: dict[int, Any], x: Tensor, g: Any) -> None:
    """Add `g` to what has reached `x` so far."""
    before = cotangents.get(id(x))
    cotangents[id(x)] = g if before is None else _total([before, g])


def dense(g: Any) -> Tensor:
    """A gradient as a tensor: IndexedSlices are summed into place."""
    return g._read() if type(g) is IndexedSlices else g


def zeros_like(t: Tensor) -> Tensor:
    array = t._array
    return wrap(resolve_op("zeros_array")(array, array.shape, array.dtype))


def _total(gradients: list[Any]) -> Any:
    present = [g for g in gradients if g is not None]
    if len(present) < 2:
        return present[0] if present else None
    if all(type(g) is IndexedSlices for g in present):
        return concatenate(present)
    add = resolve_op("add")
    total = dense(present[0])
    for g in present[1:]:
        total = add(total, dense(g))
    return total
