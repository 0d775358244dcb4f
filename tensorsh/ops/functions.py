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
from collections.abc import Callable
from typing import Any

from ..runtime import effects, local, tape
from ..runtime.emission import MISS
from ..runtime.tensor import Tensor
from ..runtime.wrappers import unwrapped
from .function_graphs import Graph
from .function_runs import Signature, TracedAs, is_simple
from .function_signatures import Call, Parameters, covers, relaxed_type
from .registry import export, op

_EAGER = "functions run eagerly"  # the key under which a session keeps that choice
_recorders: list[Any] = tape.recorders

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
        self._signatures: dict[Any, Signature] = {}
        self._traced: list[TracedAs] = []
        self._created = False  # whether its variables have been made

    python_function = property(lambda self: self._python_function)
    input_signature = property(lambda self: self._signature)
    name = property(lambda self: self._python_function.__name__)

    def __call__(self, *args: Any, **options: Any) -> Any:
        graph = self._last
        if graph is not None and not local.current.get(_EAGER):
            given = self._arranged(args, options) if options or len(args) != graph.count else args
            try:
                if not _recorders:
                    result = graph.run(given)
                elif graph.is_one_op and is_simple(_recorders) and not graph.captures(_recorders[0]._watched):
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
        if local.current.get(_EAGER):
            return self._python_function(*args, **options)
        call = Call(self._parameters.bound(unwrapped(args), unwrapped(options)), self._is_relaxed)
        return self._signature_of(call).run(call)

    @property
    def _is_relaxed(self) -> bool:
        """Whether calls with tensors of several shapes count as of one kind."""
        return self._relaxes or self._signature is not None

    def _signature_of(self, call: Call) -> Signature:
        """What is known of calls of that kind."""
        signature = self._signatures.get(call.key)
        if signature is None:
            if len(self._signatures) >= _MOST_SIGNATURES:
                self._signatures.clear()
            signature = self._signatures[call.key] = Signature(self, call)
        return signature

    @functools.cached_property
    def _parameters(self) -> Parameters:
        """What the Python function takes."""
        return Parameters(self._python_function, self._signature)

    def _traced_as(self, call: Call) -> TracedAs:
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
        self._traced.append(TracedAs(kind))
        return self._traced[-1]


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
    input_signature: a list of TensorSpecs, for one trace for all arguments that fit; None: a trace for each kind of
    arguments. reduce_retracing: whether a trace is shared by shapes that differ in their sizes.
    experimental_relax_shapes: the same, by its old name. autograph, jit_compile, experimental_implements,
    experimental_autograph_options, experimental_attributes, experimental_compile, experimental_follow_type_hints: taken
    as TensorFlow takes them; they change nothing here. Raises TypeError if func is no function.

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
    return not effects.running or bool(local.current.get(_EAGER))


@op("inside_function")
def inside_function() -> bool:
    """Whether a `function` is being called.

    >>> inside_function()
    False
    """
    return bool(effects.running) and not local.current.get(_EAGER)


@op("config.run_functions_eagerly config.experimental_run_functions_eagerly", short=False)
def run_functions_eagerly(run_eagerly: bool) -> None:
    """Let `function` return what the Python function returns, instead of tensors.

    run_eagerly: a bool.

    >>> tf.config.run_functions_eagerly(True)
    >>> function(lambda: 1)()
    1
    >>> tf.config.run_functions_eagerly(False)
    """
    local.current[_EAGER] = bool(run_eagerly)


@op("config.functions_run_eagerly config.experimental_functions_run_eagerly", short=False)
def functions_run_eagerly() -> bool:
    """What `run_functions_eagerly` was last given.

    >>> tf.config.functions_run_eagerly()
    False
    """
    return bool(local.current.get(_EAGER))


def _unchanged(func: Any = None) -> Any:
    """The function itself: there is nothing to convert."""
    return _unchanged if func is None else func


export("tf.autograph.experimental.do_not_convert", _unchanged, None, "functions")


@op("autograph.experimental.set_loop_options", short=False)
def set_loop_options(
    parallel_iterations: Any = None,
    swap_memory: Any = None,
    maximum_iterations: Any = None,
    shape_invariants: Any = None,
) -> None:
    """Accepted, without effect: in a loop of a `function` every variable may change its shape here.

    parallel_iterations, swap_memory, maximum_iterations, shape_invariants: taken as TensorFlow takes them.

    >>> tf.autograph.experimental.set_loop_options(parallel_iterations=1)
    """


@op("autograph.set_verbosity", short=False)
def set_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """Accepted, without effect: nothing is converted, so that there is nothing to tell of it.

    level: an int. alsologtostdout: a bool.

    >>> tf.autograph.set_verbosity(0)
    """


@op("autograph.trace", short=False, prefix="autograph_")
def trace(*args: Any) -> None:
    """Print the values.

    args: values of any kind.

    >>> tf.autograph.trace("x is", 1)
    x is 1
    """
    print(*args)
