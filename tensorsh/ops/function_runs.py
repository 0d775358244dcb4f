"""What a call of a `function` runs: one of the graphs for its kind of arguments, a traced run, or the Python function.

A traced run is an ordinary one, which is recorded. Recorders around it are told what was done in it when it is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING, Any

from ..runtime import backend, effects, local, nest, random, tape
from ..runtime.emission import MISS
from ..runtime.errors import InvalidArgumentError
from ..runtime.gradient_tape import GradientTape
from ..runtime.ragged import RaggedTensor
from ..runtime.shape import TensorShape
from ..runtime.sparse import SparseTensor
from ..runtime.spec import TensorSpec
from ..runtime.tensor import Tensor, as_tensor, wrap
from ..runtime.traced import Traced, plain
from ..runtime.tracing import Trace, traceable
from ..runtime.wrappers import unwrapped
from .function_graphs import Graph
from .function_signatures import Call, shapes_in
from .registry import ops

if TYPE_CHECKING:
    from .functions import Function

_MOST_GRAPHS = 4  # of one signature, before it is not worth while
_numbers = count()


class TracedAs:
    """One of the traces that TensorFlow would have made: the kind of calls it is for, and where it has printed."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.number = next(_numbers)
        self.printed: frozenset[Any] = frozenset()


class Signature:
    """What is known of one kind of calls of a function: its graphs, or that it has none."""

    def __init__(self, function: Function, call: Call) -> None:
        self._function = function
        self._graphs: list[Graph] = []
        self._is_plain = False
        self._traced = function._traced_as(call)
        self._kept = call.objects  # so that an id stays its object's
        self.shown: Any = None  # (call, results) of the first run, for descriptions

    def run(self, call: Call) -> Any:
        function = self._function
        if effects.current is not None:
            return self._run_python(call)
        tapes = list(tape.recorders)
        if tapes and not self._serves(tapes):
            return self._run_python(call)
        for graph in self._graphs:
            result = _attempt(graph, call, tapes)
            if result is not MISS:
                if graph is not self._graphs[0]:
                    self._graphs.remove(graph)
                    self._graphs.insert(0, graph)
                function._last = graph
                return result
        if self._is_plain or len(self._graphs) >= _MOST_GRAPHS or not traceable(call.tensors):
            return self._run_python(call)
        return self._run_traced(call, tapes)

    def prepare(self, call: Call, is_real: bool) -> None:
        """Trace the function for such calls if that has not been done, and undo what the run did.

        is_real: whether the tensors have the values that matter; if not, an op's complaint of them means nothing.
        """
        if self._graphs or self._is_plain or not traceable(call.tensors):
            return
        try:
            self._run_traced(call, [], undo=True)
        except InvalidArgumentError:
            if is_real:
                raise

    def _run_traced(self, call: Call, tapes: list[Any], undo: bool = False) -> Any:
        function = self._function
        if not function._created:
            result = self._trace(call, tapes, True, undo)
            function._created = True
            if result is not MISS:
                return result
            # It made variables: TensorFlow traces it again without, and runs that.
            self._traced = TracedAs(self._traced.kind)
            function._traced.append(self._traced)
        return self._trace(call, tapes, False, undo)

    def _serves(self, tapes: list[Any]) -> bool:
        """Whether the graphs there are can serve a call that these recorders are told of."""
        if not self._graphs:
            return True
        return is_simple(tapes) and all(g.is_one_op and not g.captures(tapes[0]._watched) for g in self._graphs)

    def _trace(self, call: Call, tapes: list[Any], may_create: bool, undo: bool) -> Any:
        """Run the Python function and record it; MISS if it made variables, with all else undone.

        undo: whether nothing of the run is to stay in any case.
        """
        trace = Trace(may_create)
        trace.start()
        settled = [backend.settled(t._array) for t in call.tensors]
        stand_ins = [wrap(trace.place("argument", i, array)) for i, array in enumerate(settled)]
        for stand_in, name in zip(stand_ins, self._function._parameters.names_of(call)):
            trace.name(stand_in._array, name)
        for stand_in, shape in zip(stand_ins, self._open_shapes(call)):
            trace.open_shapes[stand_in._array._place] = shape
        try:
            results = self._run_python(call, stand_ins)
            undo = undo or bool(trace.created)
        except BaseException:
            trace.why_not = "it raised an error"
            raise
        finally:
            trace.stop(undo)
            if not undo:
                trace.run_effects()
        if trace.created:
            return MISS
        variables = dict.fromkeys(event[0].ref() for event in trace.log.events if len(event) == 2)
        self.shown = self.shown or (
            call.with_leaves([TensorSpec.from_tensor(t) for t in call.tensors]),
            nest.map_leaves(lambda t: TensorSpec.from_tensor(t) if type(t) is Tensor else t, results),
            [reference.deref() for reference in variables],
        )
        plain_results = _handed_on(trace, tapes, zip(stand_ins, call.tensors), results)
        if trace.why_not is not None:
            self._is_plain = True
            return plain_results
        graph = Graph(trace, call, stand_ins, results)
        self._graphs.insert(0, graph)
        if graph.is_one_op or not tapes:  # else what the tapes were told holds on to the values
            trace.clear()
        return plain_results

    def _open_shapes(self, call: Call) -> list[Any]:
        """The tensors' shapes as the input signature, or a relaxed trace, has them."""
        if self._function.input_signature is not None:
            return [spec.shape for spec in nest.flatten(self._function.input_signature)]
        return [TensorShape(shape) for shape in shapes_in(self._traced.kind)]

    def _run_python(self, call: Call, stand_ins: list[Tensor] | None = None) -> Any:
        """What the Python function returns, as tensors. What it prints is heard where it has not been before."""
        given = call.given if stand_ins is None else call.with_leaves(stand_ins)
        args, options = (given[:-1], given[-1]) if call.options else (given, {})
        seeds = random.FunctionSeeds(self._traced.number, None if effects.current is None else effects.unrecorded)
        before, random.state.function = random.state.function, seeds
        heard, local.printed = local.printed, local.Printed(self._traced.printed)
        effects.running += 1
        try:
            result = self._function._python_function(*args, **options)
            return nest.map_leaves(_result, unwrapped(result))
        finally:
            effects.running -= 1
            self._traced.printed = frozenset(local.printed.sites)
            random.state.function, local.printed = before, heard


def _result(x: Any) -> Any:
    """A result as a tensor. What is made of several tensors stays, and a run that returns it is not repeated."""
    if isinstance(x, SparseTensor | RaggedTensor):
        effects.impure("a result is no plain tensor")
        return x
    return x if x is None else as_tensor(x)


def _plain_result(x: Any) -> Any:
    if type(x) is Tensor:
        return wrap(plain(x._array))
    if not isinstance(x, SparseTensor | RaggedTensor):
        return x
    copy = object.__new__(type(x))
    for name in type(x).__slots__:
        setattr(copy, name, _plain_result(getattr(x, name)))
    return copy


def is_simple(tapes: list[Any]) -> bool:
    """Whether a call may be one op to the recorders: to one tape that is asked once."""
    return len(tapes) == 1 and type(tapes[0]) is GradientTape and not tapes[0]._persistent


def _attempt(graph: Graph, call: Call, tapes: list[Any]) -> Any:
    """What the graph makes of the call; MISS if it is not of that run, or fails."""
    try:
        if tapes:
            return graph.run_recorded(call.given, call.tensors, tapes[0], True)
        return graph.run(call.given, True)
    except Exception:
        return MISS


def _handed_on(trace: Trace, tapes: list[Any], given: Iterable[tuple[Tensor, Tensor]], results: Any) -> Any:
    """A traced run's results as plain tensors, with the recorders around it told what has been done in it.

    given: the stand-ins of the run, and the tensors for which they stood.
    """
    if not tapes:
        return nest.map_leaves(_plain_result, results)
    twin = {id(stand_in): t for stand_in, t in given}
    twin.update((id(stand_in), value) for _, value, stand_in in trace.held)
    incoming = set(twin)

    def outside(x: Any) -> Any:
        if type(x) is not Tensor or type(x._array) is not Traced:
            return x
        if id(x) not in twin:
            twin[id(x)] = wrap(plain(x._array))
        return twin[id(x)]

    for event in trace.log.events:
        if len(event) == 2:
            v, value = event
            now, v._value = v._value, outside(value)
            for recorder in tapes:
                recorder._read_variable(v)
            v._value = now
        else:
            primitive, outputs, inputs, attrs = event
            tape.record(primitive, tuple(map(outside, outputs)), tuple(map(outside, inputs)), attrs)

    def returned(t: Any) -> Any:
        if type(t) is not Tensor:
            return _plain_result(t)
        return ops.identity(outside(t)) if id(t) in incoming else outside(t)

    return nest.map_leaves(returned, results)
