"""tf.function: a Python function that is traced once for each kind of arguments, and runs as array code from then on.

What a call runs is decided from the quickest to the most general:
- the graph that ran last looks at the arguments itself, and runs if they are of its kind;
- the signature (`function_signatures`) leads to graphs that were traced for it, one for each course that the Python code
  may take where it depends on a tensor's value;
- the function is traced (`function_graphs`): an ordinary run, which is recorded;
- where a run cannot be recorded, the Python function runs as it is, each time. Its `print`s are heard only once.

A compiled graph assigns, draws and prints only when all else is done, so that one that fails or turns out to be of
another run has done nothing, and the Python function can run in its place, with the errors that it raises.
"""

from __future__ import annotations

import functools
import types
import weakref
from collections.abc import Callable
from typing import Any

from ..runtime import backend, local, nest, random, tape, tracing
from ..runtime.emission import MISS
from ..runtime.gradient_tape import GradientTape
from ..runtime.spec import TensorSpec
from ..runtime.tensor import Tensor, as_tensor, wrap
from ..runtime.tracing import Trace, Traced, plain
from ..runtime.variable import Variable
from .function_graphs import Graph
from .function_signatures import Call, Parameters, covers, relaxed_type
from .registry import export, op

_inside = 0  # calls of Python functions under way
_eager_functions = False
_recorders = tape.recorders

_MOST_GRAPHS = 4  # of one signature, before it is not worth while
_MOST_SIGNATURES = 256  # whose graphs are kept


class Function:
    """A function whose results are tensors, traced at its first call with each kind of arguments.

    Attribute python_function: what it was made from.
    """

    __module__ = "tensorflow.python.eager.polymorphic_function.polymorphic_function"

    def __init__(self, function: Callable[..., Any], input_signature: Any = None, reduce_retracing: bool = False) -> None:
        functools.update_wrapper(self, function)
        self._python_function = function
        self._signature = None if input_signature is None else tuple(input_signature)
        self._relaxes = reduce_retracing
        self._bound_to: dict[int, tuple[Any, Function]] = {}
        self._forget()

    def _forget(self) -> None:
        self._run: Callable[..., Any] | None = None  # the graph that ran last, where a look at its arguments is enough
        self._signatures: dict[Any, _Signature] = {}
        self._traced: list[Any] = []  # the kinds of calls that TensorFlow would have traced
        self._created = False  # whether its variables have been made

    python_function = property(lambda self: self._python_function)
    input_signature = property(lambda self: self._signature)
    name = property(lambda self: self._python_function.__name__)

    def __call__(self, *args: Any, **options: Any) -> Any:
        run = self._run
        if run is not None and not options and not _recorders and not _eager_functions:
            try:
                result = run(args)
            except Exception:
                result = MISS
            if result is not MISS:
                return result
        return self._called(args, options)

    def __get__(self, obj: Any, kind: Any = None) -> Any:
        """As a method: the function with its first argument bound, the same one each time for one object."""
        if obj is None:
            return self
        known = self._bound_to.get(id(obj))
        if known is not None and known[0]() is obj:
            return known[1]
        bound = Function(types.MethodType(self._python_function, obj), self._signature, self._relaxes)
        try:
            reference = weakref.ref(obj, functools.partial(_drop, self._bound_to, id(obj)))
        except TypeError:
            return bound
        # The bound function must not keep its object alive.
        bound._python_function = _WeakMethod(self._python_function, reference)
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

        return "\n\n".join(told(s) for s in self._signatures.values() if s.shown)

    def _called(self, args: tuple, options: dict[str, Any]) -> Any:
        if _eager_functions:
            return self._python_function(*args, **options)
        call = Call(*self.parameters.bound(args, options), relaxed=self._relaxes or self._signature is not None)
        signature = self._signatures.get(call.key)
        if signature is None:
            if len(self._signatures) >= _MOST_SIGNATURES:
                self._signatures.clear()
            signature = self._signatures[call.key] = _Signature(self, call)
        return signature.run(call)

    @functools.cached_property
    def parameters(self) -> Parameters:
        """What the Python function takes."""
        return Parameters(self._python_function, self._signature)

    def _is_new(self, call: Call) -> bool:
        """Whether TensorFlow would trace for this call, which is then noted."""
        kind = call.traced_as
        if self._signature is not None:
            kind = ()
        if any(kind == known or self._relaxes and covers(known, kind) for known in self._traced):
            return False
        if self._relaxes:
            general = [r for r in (relaxed_type(known, kind) for known in self._traced) if r is not None]
            kind = general[-1] if general else kind
        self._traced.append(kind)
        return True


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
        self._printed: frozenset[Any] = frozenset()
        self._is_first = True
        self._kept = call.objects  # so that an id stays its object's
        self.shown: Any = None  # (call, results) of the first run, for descriptions

    def run(self, call: Call) -> Any:
        function = self._function
        is_new = self._is_first and function._is_new(call)
        self._is_first = False
        if tracing.current is not None:
            return self._run_python(call, None)
        tapes = list(_recorders)
        if tapes and not self._serves(tapes):
            return self._run_python(call, None)
        if not is_new:
            for graph in self._graphs:
                result = _attempt(graph, call, tapes)
                if result is not MISS:
                    if graph is not self._graphs[0]:
                        self._graphs.remove(graph)
                        self._graphs.insert(0, graph)
                    if not function._relaxes and function._signature is None:
                        function._run = graph.run
                    return result
        if self._is_plain or len(self._graphs) >= _MOST_GRAPHS:
            return self._run_python(call, None)
        if not function._created:
            result = self._trace(call, tapes, may_create=True)
            function._created = True
            if result is not MISS:
                return result
            # It made variables: TensorFlow traces it again without, and runs that.
            function._traced.append(("again", len(function._traced)))
            self._printed = frozenset()
        return self._trace(call, tapes, may_create=False)

    def _serves(self, tapes: list[Any]) -> bool:
        """Whether the graphs there are can serve a call that these recorders are told of."""
        if not self._graphs:
            return True
        return _is_simple(tapes) and all(g.is_one_op and not g.captures(tapes[0]._watched) for g in self._graphs)

    def _trace(self, call: Call, tapes: list[Any], may_create: bool) -> Any:
        """Run the Python function and record it; MISS if it made variables, with all else undone."""
        trace = Trace(may_create)
        trace.start()
        settled = [backend.settled(t._array) for t in call.tensors]
        stand_ins = [wrap(trace.place("argument", i, array)) for i, array in enumerate(settled)]
        for stand_in, name in zip(stand_ins, self._function.parameters.names_of(call)):
            trace.name(stand_in._array, name)
        undo = True
        try:
            results = self._run_python(call, trace, stand_ins)
            undo = bool(trace.created)
        except BaseException:
            undo = False
            trace.why_not = "it raised an error"
            raise
        finally:
            trace.stop(undo)
            if not undo:
                trace.run_effects()
        if undo:
            return MISS
        if self.shown is None:
            self.shown = (
                call.with_tensors([TensorSpec.from_tensor(t) for t in call.tensors]),
                nest.map_leaves(lambda t: t if t is None else TensorSpec.from_tensor(t), results),
            )
        plain_results = nest.map_leaves(lambda t: wrap(plain(t._array)) if type(t) is Tensor else t, results)
        if trace.why_not is not None:
            self._is_plain = True
            _hand_on(trace, tapes, call, stand_ins, results, plain_results)
            return plain_results
        graph = Graph(trace, call, stand_ins, results)
        self._graphs.insert(0, graph)
        if tapes:
            _hand_on(trace, tapes, call, stand_ins, results, plain_results)
        trace.clear()
        return plain_results

    def _run_python(self, call: Call, trace: Trace | None, stand_ins: list[Tensor] | None = None) -> Any:
        """What the Python function returns, as tensors. What it prints is heard where it has not been before."""
        global _inside
        given = call.given if stand_ins is None else call.with_tensors(stand_ins)
        args, options = (given[:-1], given[-1]) if call.options else (given, {})
        seeds = random.FunctionSeeds(id(self), tracing.unrecorded if trace is not None else None)
        before, random.state.function = random.state.function, seeds
        heard, local.printed = local.printed, local.Printed(self._printed)
        _inside += 1
        try:
            result = self._function._python_function(*args, **options)
            return nest.map_leaves(lambda x: x if x is None else as_tensor(x), result)
        finally:
            _inside -= 1
            self._printed = frozenset(local.printed.sites)
            random.state.function, local.printed = before, heard


def _is_simple(tapes: list[Any]) -> bool:
    """Whether a call may be one op to the recorders: to one tape that is asked once."""
    return len(tapes) == 1 and type(tapes[0]) is GradientTape and not tapes[0]._persistent


def _attempt(graph: Graph, call: Call, tapes: list[Any]) -> Any:
    """What the graph makes of the call; MISS if it is not of that run, or fails."""
    try:
        return graph.run_recorded(call, call.given, tapes[0]) if tapes else graph.run(call.given, True)
    except Exception:
        return MISS


def _hand_on(
    trace: Trace, tapes: list[Any], call: Call, stand_ins: list[Tensor], results: Any, plain_results: Any
) -> None:
    """Tell the recorders around a traced run what has been done in it, with plain tensors."""
    if not tapes:
        return
    twin: dict[int, Any] = {id(t): x for t, x in zip(stand_ins, call.tensors)}
    for v, value, stand_in in trace.held:
        twin[id(stand_in)] = value
    for t, x in zip(nest.flatten(results), nest.flatten(plain_results)):
        if type(t) is Tensor and id(t) not in twin:
            twin[id(t)] = x

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
