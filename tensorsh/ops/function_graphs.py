"""A `function`'s graphs: one traced run compiled, and the gradient through it compiled when it is first asked
for.

A `Graph` serves the runs that agree with its guards. Its plain form takes the call's arguments and does all that the
run did. Under a tape it also keeps what the gradient needs: the tape is told of the whole call as if it were one op,
whose gradient is compiled from a walk of a tape back through the ops of the traced run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..runtime import backend, nest, random, tape
from ..runtime.emission import MISS, build, needed_from_before
from ..runtime.indexed_slices import IndexedSlices
from ..runtime.tensor import Tensor, wrap
from ..runtime.traced import Ref, Traced, plain
from ..runtime.tracing import Trace
from .function_signatures import Call
from .registry import Primitive

_FLOATING = "fcV"


class Graph:
    """One traced run of a function.

    stand_ins: the traced tensors in the arguments' place; results: a structure of those returned.
    """

    def __init__(self, trace: Trace, call: Call, stand_ins: list[Tensor], results: Any) -> None:
        self.trace, self._stand_ins = trace, stand_ins
        self._given = call.with_leaves(stand_ins)
        self.count = len(self._given)  # of arguments
        self.outputs = [t for t in nest.flatten(results) if type(t) is Tensor]
        self._results = nest.map_leaves(lambda t: trace.argument(t._array) if type(t) is Tensor else t, results)
        self._events = [event for event in trace.log.events if len(event) == 4]
        reads = [event for event in trace.log.events if len(event) == 2]
        self._variables = list({id(v): v for v, _ in reads}.values())
        held = {id(v): stand_in for v, _, stand_in in trace.held}
        self._first_reads = [held.get(id(v)) for v in self._variables]
        #: Whether a tape can be told of the call as of one op.
        self.is_one_op = (
            None not in self._first_reads
            and all(value is held[id(v)] for v, value in reads)
            and all(isinstance(p, Primitive) and not _holds_traced(attrs) for p, _, _, attrs in self._events)
        )
        trace.forget_unused(self._results, [t for t in self._first_reads if t is not None])
        inputs = (x for event in self._events for x in event[2])
        self._captured = {id(x): x for x in inputs if type(x) is Tensor and type(x._array) is not Traced}
        self.run = self._compiled()
        self._keeping: Callable[..., Any] | None = None
        self._backward: _Backward | None = None

    def _compiled(self, extra: list[Ref] | None = None) -> Callable[..., Any]:
        trace = self.trace
        given = self._given
        run = build(
            trace.nodes,
            trace.kinds(),
            lambda writer: _prologue(writer, given),
            self._results,
            trace.assigned,
            trace.effects,
            extra,
        )
        return _rewinding(run) if trace.draws else run

    def captures(self, watched: set[int]) -> bool:
        """Whether the run used, beside its arguments and variables, a tensor that is watched."""
        return not watched.isdisjoint(self._captured)

    def run_recorded(self, args: tuple, tensors: Any, recorder: tape.Tape, checked: bool) -> Any:
        """The results of a call, with `recorder` told of it; MISS if this graph is not of that run.

        tensors: those among the arguments. checked: whether the arguments are known to be of the traced kind.
        """
        for v in self._variables:
            recorder._read_variable(v)
        inputs = (*tensors, *(v._value for v in self._variables))
        watched = recorder._watched
        if not any(id(x) in watched for x in inputs):
            return self.run(args, checked)
        if self._backward is None:
            if not checked or not self._refilled(inputs):
                return MISS
            self._backward = _Backward(self)
            self.trace.clear()
            self._keeping = self._compiled(self._backward.kept)
        assert self._keeping is not None
        done = self._keeping(args, checked)
        if done is MISS:
            return MISS
        results, kept = done
        if type(results) is Tensor:
            outputs: tuple[Tensor, ...] = (results,)
        else:
            outputs = tuple(t for t in nest.flatten(results) if type(t) is Tensor)
        if outputs:
            recorder._record(_Through(self, self._backward, kept), outputs, inputs, {})
        return results

    def _refilled(self, inputs: tuple[Tensor, ...]) -> bool:
        arrays = (backend.settled(x._array) for x in inputs)
        return self.trace.refill({t._array._place: a for t, a in zip(self.sources(), arrays)})

    def sources(self) -> list[Any]:
        """The traced tensors that stand for what comes in: arguments, then variables."""
        return [*self._stand_ins, *self._first_reads]

    def record(self) -> tape.Tape:
        """A tape that watches all that came in and has seen the ops of the run."""
        seen = tape.Tape(watch_accessed=False)
        for x in self.sources():
            if x._array.dtype.kind in _FLOATING:
                seen._watch(x)
        for event in self._events:
            seen._record(*event)
        return seen

    def replay(self, inputs: tuple, upstream: list[Tensor], drawn: dict[int, Any]) -> list[Any]:
        """The gradients of the inputs by running the ops once more, so that tapes can see them."""
        twin: dict[int, Any] = {id(t): x for t, x in zip(self.sources(), inputs)}
        made = {id(y) for _, outputs, _, _ in self._events for y in outputs}
        others = [
            x
            for _, _, xs, _ in self._events
            for x in xs
            if type(x) is Tensor and type(x._array) is Traced and id(x) not in twin and id(x) not in made
        ]
        if others:
            places = [*(t._array._place for t in self.sources()), *drawn]
            compute = build(
                [n for n in self.trace.nodes if n.kind not in ("guard", "draw")],
                self.trace.kinds(),
                lambda writer: ["(" + "".join(f"r{place}, " for place in places) + ") = args"],
                extra=[Ref(x._array._place) for x in others],
                known=places,
            )
            _, arrays = compute((*(backend.settled(x._array) for x in inputs), *drawn.values()))
            twin.update((id(x), wrap(array)) for x, array in zip(others, arrays))
        seen = tape.Tape(watch_accessed=False)
        for x in inputs:
            if x._array.dtype.kind in _FLOATING:
                seen._watch(x)
        with tape.also(seen):
            for primitive, outputs, xs, attrs in self._events:
                again = primitive(*(twin.get(id(x), x) for x in xs), **attrs)
                twin.update(zip(map(id, outputs), again if type(again) is tuple else (again,)))
        pairs = [(twin.get(id(t), t), g) for t, g in zip(self.outputs, upstream)]
        return tape.backward(seen, [t for t, _ in pairs], [g for _, g in pairs], list(inputs))


class _Backward:
    """The gradient through a graph whose trace holds its values: from its outputs' cotangents to its inputs'.

    kept: the values of the graph that it needs, to which those drawn are added.
    """

    def __init__(self, graph: Graph) -> None:
        trace = graph.trace
        before, first = len(trace.nodes), len(trace.values)
        targets = graph.outputs
        with trace.resumed():
            ones = map(tape.ones_like, targets)
            seeds = [wrap(trace.place("argument", i, t._array)) for i, t in enumerate(ones)]
            grads = tape.backward(graph.record(), targets, seeds, graph.sources())
            forms = [_form(trace, g) for g in grads]
        self.failed = trace.why_not is not None
        trace.why_not = None
        nodes = trace.nodes[before:]
        del trace.nodes[before:]
        found = [part for form in forms for part in form[:2]]
        self._slices = [form[2] if len(form) == 3 else None for form in forms]
        self._has_slices = any(shape is not None for shape in self._slices)
        self.drawn = [out for node in trace.nodes if node.kind == "draw" for out in node.outs]
        self.kept = list(dict.fromkeys((*needed_from_before(nodes, found, first), *map(Ref, self.drawn))))
        names = [*self.kept, *(seed._array._place for seed in seeds)]
        self._run = build(
            nodes,
            trace.kinds(),
            lambda writer: ["(" + "".join(f"r{name}, " for name in names) + ") = args"],
            results=tuple(form[:2] if len(form) == 3 else form[0] if form else None for form in forms),
        )

    def gradients(self, kept: tuple, upstream: list[Tensor]) -> Any:
        """The gradient of each input: None, a tensor or IndexedSlices. MISS if the graph does not know."""
        found = self._run((*kept, *[g._array for g in upstream]))
        if found is MISS or not self._has_slices:
            return found
        return [g if shape is None else IndexedSlices(g[0], g[1], shape) for g, shape in zip(found, self._slices)]


class _Through:
    """What a tape is told of a call, in the place of a primitive."""

    grads = None
    refuses = False

    def __init__(self, graph: Graph, backward: _Backward, kept: tuple) -> None:
        self._graph, self._compiled, self._kept = graph, backward, kept

    def gradients(self, g: Any, y: Any, inputs: tuple, attrs: dict[str, Any], watched: Any) -> Any:
        upstream = g if isinstance(g, list) else [g]
        compiled = self._compiled
        if not tape.recorders and not compiled.failed:
            found = compiled.gradients(self._kept, upstream)
            if found is not MISS:
                return found
        kept = dict(zip(compiled.kept, self._kept))
        return self._graph.replay(inputs, upstream, {place: kept[place] for place in map(Ref, compiled.drawn)})


def _form(trace: Trace, g: Any) -> tuple[Any, ...]:
    """A gradient's values: none, a tensor's, or those of slices and their shape."""
    if g is None:
        return ()
    if type(g) is IndexedSlices:
        shape = None if g.dense_shape is None else wrap(plain(g.dense_shape._array))
        return (trace.argument(g.values._array), trace.argument(g.indices._array), shape)
    return (trace.argument(g._array),)


def _holds_traced(attrs: Any) -> bool:
    if type(attrs) in (tuple, list):
        return any(map(_holds_traced, attrs))
    if type(attrs) is dict:
        return any(map(_holds_traced, attrs.values()))
    return type(attrs) is Traced or type(attrs) is Tensor and type(attrs._array) is Traced


def _rewinding(run: Callable[..., Any]) -> Callable[..., Any]:
    """`run`, which leaves no draws behind if it does not come to its end."""

    def rewinding(args: tuple, checked: bool = False) -> Any:
        positions = random.state.positions()
        try:
            done = run(args, checked)
        except BaseException:
            random.state.rewind(positions)
            raise
        if done is MISS:
            random.state.rewind(positions)
        return done

    return rewinding


def _prologue(writer: Any, given: tuple) -> list[str]:
    """The lines that take a call's arguments apart, and look whether they are of the traced call's kind.

    given: the traced call's arguments, with traced tensors.
    """
    names = [f"a{i}" for i in range(len(given))]
    checks: list[str] = []
    bindings: list[str] = []

    def bind(path: str, value: Any) -> None:
        if type(value) is Tensor:
            place = value._array._place
            bindings.append(f"r{place} = {path}._array")
            bindings.extend(writer.received(place))
        elif isinstance(value, dict):
            for key in value:
                bind(f"{path}[{writer.value(key)}]", value[key])
        elif isinstance(value, (tuple, list)):
            for i, part in enumerate(value):
                bind(f"{path}[{i}]", part)

    for name, value in zip(names, given):
        checks += _checks(writer, name, value)
        bind(name, value)
    lines = ["(" + "".join(name + ", " for name in names) + ") = args"]
    if checks:
        lines += ["if not checked:", *(f"    {check}" for check in checks)]
    return lines + bindings


def _checks(writer: Any, name: str, value: Any) -> list[str]:
    """Lines that return MISS unless the argument of that name is of the kind of `value`."""
    kind = type(value)
    if kind is Tensor:
        dtype = writer.constant(value._array.dtype)
        return [
            f"if type({name}) is not Tensor: return MISS",
            f"if {name}._array.shape != {value._array.shape!r}: return MISS",
            f"if {name}._array.dtype is not {dtype} and {name}._array.dtype != {dtype}: return MISS",
        ]
    if isinstance(value, (tuple, list, dict)):
        return ["return MISS"]
    if kind in (int, float, bool, str):
        return [
            f"if type({name}) is not {writer.constant(kind)} or {name} != {writer.constant(value)}: return MISS",
        ]
    return [f"if {name} is not {writer.constant(value)}: return MISS"]
