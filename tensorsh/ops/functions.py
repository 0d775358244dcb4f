"""tf.function: a Python function that is traced once for each kind of arguments, and runs as array code from then on.

What a call runs is decided from the quickest to the most general:
- the graph that ran last looks at the arguments itself, and runs if they are of its kind;
- the signature (`function_signatures`) leads to graphs that were traced for it, one for each course that the Python
  code may take where it depends on a tensor's value;
- the function is traced (`function_graphs`): an ordinary run, which is recorded;
- where a run cannot be recorded, the Python function runs as it is, each time. Its `print`s are heard only once.

A compiled graph assigns, draws and prints only when all else is done, so that one that fails or turns out to be of
another run has done nothing, and the Python function can run in its place, with the errors that it raises.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from ..runtime import backend, effects, local, nest, random, tape
from ..runtime.emission import MISS
from ..runtime.errors import InvalidArgumentError
from ..runtime.gradient_tape import GradientTape
from ..runtime.shape import TensorShape
from ..runtime.spec import TensorSpec
from ..runtime.tensor import Tensor, as_tensor, wrap
from ..runtime.traced import Traced, plain
from ..runtime.tracing import Trace, traceable
from .function_graphs import Graph
from .function_signatures import Call, Parameters, covers, relaxed_type, shapes_in
from .registry import export, op, ops

_inside = 0  # calls of Python functions under way
_eager_functions = False
_recorders: list[Any] = tape.recorders
_numbers = count()

_MOST_GRAPHS = 4  # of one signature, before it is not worth while
_MOST_SIGNATURES = 256  # whose graphs are kept


class Function:
    """A function whose results are tensors, traced at its first call with each kind of arguments.

    Attribute python_function: what it was made from.
    """

    __module__ = "tensorflow.python.eager.polymorphic_function.polymorphic_function"

    def __init__(
        self, function: Callable[..., Any], input_signature: Any = None, reduce_retracing: bool = False
    ) -> None:
        functools.update_wrapper(self, function)
        self._python_function = function
        self._signature = None if input_signature is None else tuple(input_signature)
        self._relaxes = reduce_retracing
        self._bound_to: dict[int, tuple[Any, Function]] = {}
        self._forget()

    def _forget(self) -> None:
        self._last: Graph | None = None  # the graph that ran last
        self._orders: dict[Any, list[tuple[str, Any]]] = {}  # of calls with keywords, by their names
        self._signatures: dict[Any, _Signature] = {}
        self._traced: list[_Traced] = []
        self._created = False  # whether its variables have been made

    python_function = property(lambda self: self._python_function)
    input_signature = property(lambda self: self._signature)
    name = property(lambda self: self._python_function.__name__)

    def __call__(self, *args: Any, **options: Any) -> Any:
        graph = self._last
        if graph is not None and not _eager_functions:
            given = self._arranged(args, options) if options or len(args) != graph.count else args
            try:
                if not _recorders:
                    result = graph.run(given)
                elif graph.is_one_op and _is_simple(_recorders) and not graph.captures(_recorders[0]._watched):
                    tensors = [a for a in given if type(a) is Tensor]
                    result = graph.run_recorded(given, tensors, _recorders[0], False)
                else:
                    result = MISS
            except Exception:
                result = MISS
            if result is not MISS:
                return result
        return self._called(args, options)

    def _arranged(self, args: tuple, options: dict[str, Any]) -> tuple:
        """The arguments in order, as far as that can be told without binding them."""
        key = (len(args), *options)
        rest = self._orders.get(key)
        if rest is None:
            rest = self._orders[key] = self._parameters.rest(key)
        return (*args, *[options.get(name, default) for name, default in rest])

    def __get__(self, obj: Any, kind: Any = None) -> Any:
        """As a method: the function with its first argument bound, the same one each time for one object."""
        if obj is None:
            return self
        known = self._bound_to.get(id(obj))
        if known is not None and known[0]() is obj:
            return known[1]
        reference = weakref.ref(obj, functools.partial(_drop, self._bound_to, id(obj)))
        # The bound function must not keep its object alive.
        bound = Function(_WeakMethod(self._python_function, reference), self._signature, self._relaxes)
        self._bound_to[id(obj)] = (reference, bound)
        return bound

    def experimental_get_tracing_count(self) -> int:
        """How many times TensorFlow would have traced the function."""
        return len(self._traced)

    def get_concrete_function(self, *args: Any, **options: Any) -> Any:
        """The function for one kind of arguments, which may be given as TensorSpecs."""
        from .concrete_functions import concrete_function

        return concrete_function(self, args, options)

    def pretty_printed_concrete_signatures(self, verbose: bool = True) -> str:
        """What each traced signature takes and returns, as TensorFlow tells it."""
        from .concrete_functions import told

        return "\n\n".join(told(s.shown, self) for s in self._signatures.values() if s.shown)

    def _called(self, args: tuple, options: dict[str, Any]) -> Any:
        if _eager_functions:
            return self._python_function(*args, **options)
        call = Call(self._parameters.bound(args, options), self._is_relaxed)
        return self._signature_of(call).run(call)

    @property
    def _is_relaxed(self) -> bool:
        """Whether calls with tensors of several shapes count as of one kind."""
        return self._relaxes or self._signature is not None

    def _signature_of(self, call: Call) -> _Signature:
        """What is known of calls of that kind."""
        signature = self._signatures.get(call.key)
        if signature is None:
            if len(self._signatures) >= _MOST_SIGNATURES:
                self._signatures.clear()
            signature = self._signatures[call.key] = _Signature(self, call)
        return signature

    @functools.cached_property
    def _parameters(self) -> Parameters:
        """What the Python function takes."""
        return Parameters(self._python_function, self._signature)

    def _traced_as(self, call: Call) -> _Traced:
        """What TensorFlow would have traced for this call, which is noted if it is new."""
        kind = call.traced_as
        if self._signature is not None:
            kind = ("specs", *self._signature)
        for known in self._traced:
            if kind == known.kind or self._relaxes and covers(known.kind, kind):
                return known
        if self._relaxes:
            general = [r for r in (relaxed_type(known.kind, kind) for known in self._traced) if r is not None]
            kind = general[-1] if general else kind
        self._traced.append(_Traced(kind))
        return self._traced[-1]


class _Traced:
    """One of the traces that TensorFlow would have made: the kind of calls it is for, and where it has printed."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.number = next(_numbers)
        self.printed: frozenset[Any] = frozenset()


class _WeakMethod:
    """A function bound to an object that it does not keep alive."""

    def __init__(self, function: Callable[..., Any], reference: Any) -> None:
        functools.update_wrapper(self, function)
        self._function, self._reference = function, reference
        self.__signature__ = _without_first(function)

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._function(self._reference(), *args, **options)


def _without_first(function: Callable[..., Any]) -> Any:
    import inspect

    signature = inspect.signature(function)
    return signature.replace(parameters=list(signature.parameters.values())[1:])


def _drop(table: dict[int, Any], key: int, _: Any) -> None:
    table.pop(key, None)


class _Signature:
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
        tapes = list(_recorders)
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
            self._traced = _Traced(self._traced.kind)
            function._traced.append(self._traced)
        return self._trace(call, tapes, False, undo)

    def _serves(self, tapes: list[Any]) -> bool:
        """Whether the graphs there are can serve a call that these recorders are told of."""
        if not self._graphs:
            return True
        return _is_simple(tapes) and all(g.is_one_op and not g.captures(tapes[0]._watched) for g in self._graphs)

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
            nest.map_leaves(lambda t: t if t is None else TensorSpec.from_tensor(t), results),
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
        global _inside
        given = call.given if stand_ins is None else call.with_leaves(stand_ins)
        args, options = (given[:-1], given[-1]) if call.options else (given, {})
        seeds = random.FunctionSeeds(self._traced.number, None if effects.current is None else effects.unrecorded)
        before, random.state.function = random.state.function, seeds
        heard, local.printed = local.printed, local.Printed(self._traced.printed)
        _inside += 1
        try:
            result = self._function._python_function(*args, **options)
            return nest.map_leaves(lambda x: x if x is None else as_tensor(x), result)
        finally:
            _inside -= 1
            self._traced.printed = frozenset(local.printed.sites)
            random.state.function, local.printed = before, heard


def _is_simple(tapes: list[Any]) -> bool:
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
        return nest.map_leaves(lambda t: wrap(plain(t._array)) if type(t) is Tensor else t, results)
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
            tape.tell_read(v)
            v._value = now
        else:
            primitive, outputs, inputs, attrs = event
            tape.record(primitive, tuple(map(outside, outputs)), tuple(map(outside, inputs)), attrs)

    def returned(t: Any) -> Any:
        return ops.identity(outside(t)) if id(t) in incoming else outside(t)

    return nest.map_leaves(returned, results)


@op("function")
def function(
    func: Any = None,
    input_signature: Any = None,
    autograph: bool = True,
    jit_compile: Any = None,
    reduce_retracing: bool = False,
    experimental_implements: Any = None,
    experimental_autograph_options: Any = None,
    experimental_attributes: Any = None,
    experimental_relax_shapes: Any = None,
    experimental_compile: Any = None,
    experimental_follow_type_hints: Any = None,
) -> Any:
    """A function whose results are tensors; `@function` or `@function(input_signature=[...])` decorates one.

    Its Python code runs once for each kind of arguments (shapes and dtypes of tensors, values of what else there is),
    and what it did with tensors is repeated at each call: assignments, random draws and tf.print too, but not Python's
    own side effects. Where tensors' values decide what the code does (`if`, `while`, numbers made of tensors), each
    course of it is traced, and after a few courses it runs as it is.

    >>> f = function(lambda x: x + 1)
    >>> f(1)
    <tf.Tensor: shape=(), dtype=int32, numpy=2>
    """
    if func is None:
        return lambda f: function(f, input_signature, reduce_retracing=reduce_retracing)
    if not callable(func):
        raise TypeError(f"{func} is not a callable object")
    return Function(func, input_signature, bool(reduce_retracing or experimental_relax_shapes))


@op("executing_eagerly")
def executing_eagerly() -> bool:
    """True, save inside a `function`.

    >>> executing_eagerly()
    True
    """
    return not _inside or _eager_functions


@op("inside_function")
def inside_function() -> bool:
    """Whether a `function` is being called.

    >>> inside_function()
    False
    """
    return bool(_inside) and not _eager_functions


@op("config.run_functions_eagerly config.experimental_run_functions_eagerly", short=False)
def run_functions_eagerly(run_eagerly: bool) -> None:
    """Let `function` return what the Python function returns, instead of tensors.

    >>> tf.config.run_functions_eagerly(True)
    >>> function(lambda: 1)()
    1
    >>> tf.config.run_functions_eagerly(False)
    """
    global _eager_functions
    _eager_functions = bool(run_eagerly)


@op("config.functions_run_eagerly config.experimental_functions_run_eagerly", short=False)
def functions_run_eagerly() -> bool:
    """What `run_functions_eagerly` was last given.

    >>> tf.config.functions_run_eagerly()
    False
    """
    return _eager_functions


def _unchanged(func: Any = None) -> Any:
    """The function itself: there is nothing to convert."""
    return _unchanged if func is None else func


export("tf.autograph.experimental.do_not_convert", _unchanged, None, "functions")
