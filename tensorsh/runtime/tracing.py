"""Recording a run: the arrays that know where they come from.

While a `Trace` is open, tensors of the run hold `Traced` arrays: a NumPy array, which every step computes as
always, and the number of the graph's node that made it. So the run that is recorded is itself an ordinary one, with
its results, its errors and its side effects, and whatever cannot be recorded only ends the recording:

- `give_up(why)`: a value left the graph (a number made of a tensor, an array written into).
- A guard: a bool or an integer left it. The graph stands for those runs in which it is the same again.

Kernels of primitives see plain arrays, and become one node each. One that is made of a few NumPy calls is then run
once more on traced arrays (`_open`), so that the graph has its parts; it stays whole if it looks into its arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from . import backend, effects, random, tape, variable
from .dtypes import BOOL
from .effects import mapped, tensors
from .errors import explain
from .shape import TensorShape
from .tensor import Tensor, wrap
from .traced import Ref, Traced, as_array, places, plain, xp

_LARGEST_GUARD = 64  # elements of an array whose value a graph may depend on
_LARGEST_GRAPH = 20_000
_LARGEST_KERNEL = 12  # nodes into which a kernel may fall apart
_METADATA = frozenset({np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj, np.can_cast})
_LIKE = frozenset({np.zeros_like, np.ones_like, np.empty_like})


class Node:
    """One step of a graph: values `outs` are function(*args, **options), in which a `Ref` stands for a value.

    kind: "argument" and "variable" for what comes in (function is the argument's position, or the variable), "apply",
    "draw" for what must be called each time, "guard" for an array that must be equal to `options`.
    """

    __slots__ = ("args", "function", "inputs", "kind", "options", "outs", "several")

    def __init__(self, kind: str, function: Any, args: Any, options: Any, outs: range, several: bool = False) -> None:
        self.kind, self.function, self.args, self.options = kind, function, args, options
        self.outs, self.several = outs, several
        #: The values that it needs.
        self.inputs = places(args if kind == "guard" else [args, options])


class _Closed(BaseException):
    """A kernel looks into its arrays: it stays whole."""


class Trace:
    """A graph in the making, from `start` to `stop`; and the log of what tapes would have been told."""

    def __init__(self, may_create: bool = True) -> None:
        self.nodes: list[Node] = []
        self.values: list[Traced] = []
        self.why_not: str | None = None
        self.effects: list[tuple[Callable[..., Any], Any]] = []  # what is done last: (function, arguments)
        self.assigned: list[tuple[Any, Any]] = []  # (variable, argument)
        self.created: list[tuple[Any, Any]] = []  # (variable, its first value)
        self.draws = False
        self.log = Log()
        self.is_open = False
        self._may_create = may_create
        self.open_shapes: dict[int, TensorShape] = {}
        self._names: dict[int, str] = {}
        self._names_used: dict[str, int] = {}
        self._known: dict[Any, Any] = {}
        self._keys: list[Any] = []  # of _known, in order
        self._whole: set[Any] = set()  # kernels that do not fall apart, with their arguments' dtypes
        self._strict = 0
        self.held: list[tuple[Any, Tensor, Tensor]] = []
        self._pinned: list[Any] = []  # arrays whose ids are keys

    # ------------------------------------------------------------ beginning and end

    def start(self) -> None:
        """Put traced arrays into all variables, and this trace in the tapes' place."""
        backend.register(xp)
        variable.on_creation = self._created
        for v in variable.living():
            value = v._value
            place = self._new("variable", v, (), {}, (backend.settled(value._array),), False)[0]
            stand_in = wrap(place)
            v._value = stand_in
            self.held.append((v, value, stand_in))
        self._outer = tape.recorders[:]
        tape.recorders[:] = [self.log]
        effects.current = self
        self.is_open = True
        self._positions = random.state.positions()

    def stop(self, undo: bool = False) -> None:
        """Let variables hold plain arrays again: what they were assigned, or with `undo` what they held before."""
        effects.current, self.is_open, variable.on_creation = None, False, None
        tape.recorders[:] = self._outer
        for v, value, stand_in in self.held:
            now = v._value
            v._value = value
            if now is not stand_in:
                self.assigned.append((v, self.argument(now._array)))
                if not undo:
                    v._value = wrap(plain(now._array))
        for v, first in self.created:
            v._value = wrap(plain(first if undo else v._value._array))
        if undo:
            random.state.rewind(self._positions)

    @contextmanager
    def resumed(self) -> Iterator[None]:
        """A block in which more is recorded, and no tape told."""
        with tape.only():
            effects.current, self.is_open = self, True
            try:
                yield
            finally:
                effects.current, self.is_open = None, False

    def refill(self, inputs: dict[int, Any]) -> bool:
        """Compute the values again from those that come in; False if a guard does not hold."""
        positions = random.state.positions()
        try:
            return all(self._refill(node, inputs) for node in self.nodes)
        finally:
            random.state.rewind(positions)

    def _refill(self, node: Node, inputs: dict[int, Any]) -> bool:
        if node.kind == "guard":
            return np.array_equal(self.values[node.args]._value, node.options)
        if node.kind == "argument":
            results: Any = inputs[node.outs[0]]
        elif node.kind == "variable":
            results = inputs.get(node.outs[0], backend.settled(node.function._value._array))
        else:
            results = node.function(*self.resolved(node.args), **self.resolved(node.options))
        for out, result in zip(node.outs, results if node.several else (results,)):
            self.values[out]._value = as_array(result)
        return True

    def forget_unused(self, results: Any, read: list[Tensor]) -> None:
        """Let go of the variables that the run did not use."""
        used = {t._array._place for t in read}
        used.update(places(results), places([a for _, a in self.assigned]), places([a for _, a in self.effects]))
        for node in self.nodes:
            used.update(node.inputs)
        self.nodes = [node for node in self.nodes if node.kind != "variable" or node.outs[0] in used]
        self.held = []

    def kinds(self) -> list[tuple[tuple[int, ...], np.dtype]]:
        """Shape and dtype of each value."""
        return [(value.shape, value.dtype) for value in self.values]

    def clear(self) -> None:
        """Forget the values, which the graph does not need; a tensor that is left of this run is out of scope."""
        for value in self.values:
            value._value = None

    def _created(self, v: Any) -> None:
        if not self._may_create:
            raise explain(
                ValueError(
                    "tf.function only supports singleton tf.Variables created on the first call. Make sure the "
                    "tf.Variable is only created once or created outside tf.function. See "
                    "https://www.tensorflow.org/guide/function#creating_tfvariables for more information."
                ),
                summary="a `function` makes its variables on its first call only",
                hint="make the variable outside, or keep it: `if self.v is None: self.v = tf.Variable(...)`",
            )
        self.created.append((v, v._value._array))

    def name(self, value: Traced, base: str) -> None:
        """Give a value a name that no other has in this graph, whatever the case."""
        key = base.lower()
        count = self._names_used.get(key, 0)
        self._names_used[key] = count + 1
        self._names.setdefault(value._place, f"{base}_{count}" if count else base)

    def name_of(self, place: int) -> str:
        """The name of a value."""
        return self._names.get(place, "Identity") + ":0"

    # ------------------------------------------------------------ recording

    def give_up(self, why: str) -> None:
        """Note that this run cannot be repeated from its graph."""
        if self._strict:
            raise _Closed
        self.why_not = self.why_not or why

    def shape_of(self, value: Traced) -> TensorShape:
        """The shape as the program is shown it: with open sizes, where the signature leaves them open."""
        return self.open_shapes.get(value._place) or TensorShape(value.shape)

    def place(self, kind: str, function: Any, array: Any) -> Traced:
        """A value that comes in."""
        return self._new(kind, function, (), {}, (array,), False)[0]

    def argument(self, value: Any) -> Any:
        """`value` as a node's argument: `Ref`s in the place of this trace's arrays."""
        if type(value) is Traced:
            return Ref(value._place) if value._trace is self else value.current_value()
        return backend.settled(mapped(self.argument, value))

    def apply(self, function: Callable[..., Any], args: tuple, options: dict[str, Any]) -> Any:
        """Compute function(*args, **options) of traced and other values, and record it."""
        given, named = self.argument(args), self.argument(options)
        if not places([given, named]):
            return function(*given, **named)
        if function in _METADATA or function in _LIKE:
            return function(*plain(args), **plain(options))
        if function is np.where and len(given) == 3 and (chosen := _chosen(*args)) is not None:
            return chosen
        key = self._key(function, given, named)
        if key is not None and key in self._known:
            return self._known[key]
        return self._record("apply", function, given, named, function(*plain(args), **plain(options)), key)

    def kernel(self, primitive: Any, arrays: list[Any], attrs: dict[str, Any]) -> Any:
        """A primitive's kernel on traced arrays."""
        given, named = self.argument(arrays), self.argument(attrs)
        if not places([given, named]):
            return primitive.compute(np, given, named)
        key = self._key(primitive, given, named)
        if key is not None and key in self._known:
            return self._known[key]
        found = self._ran(primitive, arrays, attrs, given, named, key)
        for part in found if type(found) is tuple else (found,):
            if type(part) is Traced:
                self.name(part, node_name(primitive.name))
        return found

    def _ran(self, primitive: Any, arrays: list[Any], attrs: dict[str, Any], given: Any, named: Any, key: Any) -> Any:
        values = plain(arrays)
        result = primitive.compute(np, values, plain(attrs))
        narrow = any(getattr(a, "dtype", BOOL).kind == "V" for a in values)
        kind = (primitive, *(getattr(a, "dtype", None) for a in values))
        if not narrow and kind not in self._whole:
            opened = self._open(primitive._kernel, arrays, attrs, result)
            if opened is not None:
                self._know(key, opened)
                return opened
            self._whole.add(kind)
        if narrow:
            return self._record("apply", primitive.compute, (np, given, named), {}, result, key)
        kernel = primitive._kernel
        kernel.takes_lazy = primitive.elementwise
        return self._record("apply", kernel, (np, *given), named, result, key)

    def draw(self, function: Callable[..., Any], args: tuple, options: dict[str, Any]) -> Any:
        """What a call gives that must be made each time: function takes plain arrays and gives one or several."""
        self.draws = True
        given, named = self.argument(args), self.argument(options)
        return self._record("draw", function, given, named, function(*plain(args), **plain(options)), None)

    def run_effects(self) -> None:
        """Do what the run put off to its end."""
        for function, args in self.effects:
            function(*tensors(self.resolved(args)))

    def resolved(self, args: Any) -> Any:
        """A node's argument with the run's own values in the place of `Ref`s."""
        return plain(_replaced(args, self.values))

    def leak(self, value: Traced) -> np.ndarray:
        """The plain value, on which the run depends from now on."""
        array = value._value
        if self._strict:
            raise _Closed
        if array.dtype.kind not in "biu" or array.size > _LARGEST_GUARD:
            self.give_up("the function takes numbers out of a tensor")
        else:
            key = ("guard", value._place)
            if key not in self._known:
                self._know(key, True)
                self.nodes.append(Node("guard", None, Ref(value._place), array.copy(), range(0)))
        return array

    def _open(self, kernel: Callable[..., Any], arrays: list[Any], attrs: dict[str, Any], result: Any) -> Any:
        """The kernel's result as made of NumPy's calls; None if it is better left whole."""
        marks = len(self.nodes), len(self.values), len(self._keys)
        self._strict += 1
        try:
            found = kernel(xp, *arrays, **attrs)
        except (_Closed, Exception):
            found = None
        finally:
            self._strict -= 1
        if found is not None and len(self.nodes) - marks[0] <= _LARGEST_KERNEL and _same(plain(found), result):
            return found
        del self.nodes[marks[0] :], self.values[marks[1] :]
        for key in self._keys[marks[2] :]:
            del self._known[key]
        del self._keys[marks[2] :]
        return None

    def _record(self, kind: str, function: Any, args: Any, options: Any, result: Any, key: Any) -> Any:
        result = plain(result)
        if isinstance(result, np.ndarray | np.generic | bytes):
            found: Any = self._new(kind, function, args, options, (result,), False)[0]
        elif type(result) in (tuple, list) and all(isinstance(part, np.ndarray | np.generic) for part in result):
            found = tuple(self._new(kind, function, args, options, tuple(result), True))
        elif hasattr(result, "_fields"):  # NumPy's named results, as of slogdet
            parts = self._new(kind, function, args, options, tuple(result), True)
            found = type(result)(*parts)
        else:
            self.give_up("the function takes numbers out of a tensor")
            return result
        self._know(key, found)
        return found

    def _new(self, kind: str, function: Any, args: Any, options: Any, results: tuple, several: bool) -> list[Traced]:
        if len(self.nodes) > _LARGEST_GRAPH:
            self.give_up("the graph is too large")
        first = len(self.values)
        made = [Traced(self, first + i, as_array(result)) for i, result in enumerate(results)]
        self.values.extend(made)
        self.nodes.append(Node(kind, function, args, options, range(first, first + len(made)), several))
        return made

    def _key(self, function: Any, args: Any, options: Any) -> Any:
        """What is equal for two calls with the same result; None if they cannot be compared."""
        try:
            key = (function, self._frozen(args), self._frozen(options))
            hash(key)
            return key
        except TypeError:
            return None

    def _frozen(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            self._pinned.append(value)
            return ("array", id(value))
        if type(value) in (tuple, list):
            return (type(value), *map(self._frozen, value))
        if type(value) is dict:
            return tuple((key, self._frozen(v)) for key, v in value.items())
        if type(value) is slice:
            return ("slice", self._frozen(value.start), self._frozen(value.stop), self._frozen(value.step))
        # 1, 1.0 and True are equal, and 0.0 and -0.0; none is the other.
        return (type(value), value, str(value)) if isinstance(value, float | complex) else (type(value), value)

    def _know(self, key: Any, found: Any) -> None:
        if key is not None:
            self._known[key] = found
            self._keys.append(key)


class Log:
    """A recorder that keeps all it is told, in order: (primitive, outputs, inputs, attributes), or a variable
    and the tensor that it held when it was read.
    """

    is_log = True

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    def _record(self, primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None:
        self.events.append((primitive, outputs, inputs, attrs))

    def _read_variable(self, variable: Any) -> None:
        self.events.append((variable, variable._value))


_NODE_NAMES = {
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "quotient": "truediv",
    "pow": "pow",
    "floordiv": "floordiv",
    "floormod": "mod",
    "matmul": "MatMul",
    "get": "strided_slice",
    "where": "SelectV2",
    "gather": "GatherV2",
    "take": "GatherV2",
    "take_rows": "GatherV2",
    "negative": "Neg",
    "concat": "concat",
    "stack": "stack",
    "transpose": "transpose",
    "argmax": "ArgMax",
    "argmin": "ArgMin",
    "add_n": "AddN",
}


def node_name(primitive: str) -> str:
    """TensorFlow's name for a node of that primitive, as near as the primitive's own name tells it."""
    plain_name = primitive.removeprefix("reduce_")
    return _NODE_NAMES.get(primitive) or "".join(part.capitalize() for part in plain_name.split("_"))


def _chosen(condition: Any, x: Any, y: Any) -> Any:
    """The one of x and y that `where` gives as a whole, the condition being known; None if it is not as simple."""
    if not isinstance(condition, np.ndarray) or not condition.size or condition.any() != condition.all():
        return None
    found = x if condition.any() else y
    kinds = [v if isinstance(v, int | float) else v.dtype for v in (x, y)]
    if type(found) is not Traced or found.dtype != np.result_type(*kinds):
        return None
    return found if found.shape == np.broadcast_shapes(*(np.shape(v) for v in (condition, x, y))) else None


def traceable(given: list[Tensor]) -> bool:
    """Whether a run on these tensors can be recorded: all arrays are the CPU's."""
    held = (v._value for v in variable.living())
    return backend.active is np and all(backend.module_of(t._array) is np for t in (*given, *held))


def _replaced(args: Any, values: list[Traced]) -> Any:
    return values[args] if type(args) is Ref else mapped(lambda a: _replaced(a, values), args)


def _same(a: Any, b: Any) -> bool:
    if type(b) is tuple:
        return type(a) is tuple and len(a) == len(b) and all(map(_same, a, b))
    a, b = as_array(a), as_array(b)
    return a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
