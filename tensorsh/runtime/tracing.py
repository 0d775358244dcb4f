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

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from . import backend, random, tape, variable
from .dtypes import BOOL
from .errors import explain
from .shape import TensorShape
from .tensor import Tensor, wrap

#: The trace that is being recorded.
current: Trace | None = None

_LARGEST_GUARD = 64  # elements of an array whose value a graph may depend on
_LARGEST_GRAPH = 20_000
_LARGEST_KERNEL = 12  # nodes into which a kernel may fall apart
_IN_PLACE = frozenset({np.copyto, np.put, np.place, np.putmask, np.put_along_axis, np.fill_diagonal})
_METADATA = frozenset({np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj, np.can_cast})
_LIKE = frozenset({np.zeros_like, np.ones_like, np.empty_like})


class Ref(int):
    """In a node's arguments: the value of that number."""

    __slots__ = ()


class Node:
    """One step of a graph: values `outs` are function(*args, **options), in which a `Ref` stands for a value.

    kind: "argument" and "variable" for what comes in (function is the argument's position, or the variable), "apply",
    "draw" for what must be called each time, "guard" for an array that must be equal to `options`.
    """

    __slots__ = ("args", "function", "kind", "options", "outs", "several")

    def __init__(self, kind: str, function: Any, args: Any, options: Any, outs: range, several: bool = False) -> None:
        self.kind, self.function, self.args, self.options = kind, function, args, options
        self.outs, self.several = outs, several


class _Closed(BaseException):
    """A kernel looks into its arrays: it stays whole."""


class Trace:
    """A graph in the making, from `start` to `stop`; and the log of what tapes would have been told."""

    def __init__(self, may_create: bool = True) -> None:
        self.nodes: list[Node] = []
        self.values: list[Traced] = []
        self.why_not: str | None = None
        self.effects: list[tuple[Callable[..., Any], Any]] = []  # what is done last: (function, structure of refs)
        self.assigned: list[tuple[Any, Any]] = []  # (variable, argument)
        self.created: list[tuple[Any, Any]] = []  # (variable, its first value)
        self.draws = False
        self.log = Log()
        self.is_open = False
        self._may_create = may_create
        self._names: dict[int, str] = {}
        self._names_used: dict[str, int] = {}
        self._known: dict[Any, Any] = {}
        self._keys: list[Any] = []  # of _known, in order
        self._strict = 0
        self.held: list[tuple[Any, Tensor, Tensor]] = []
        self._pinned: list[Any] = []  # arrays whose ids are keys

    # ------------------------------------------------------------ beginning and end

    def start(self) -> None:
        """Put traced arrays into all variables, and this trace in the tapes' place."""
        global current
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
        current = self
        self.is_open = True

    def stop(self, undo: bool = False) -> None:
        """Let variables hold plain arrays again: what they were assigned, or with `undo` what they held before."""
        global current
        current, self.is_open, variable.on_creation = None, False, None
        tape.recorders[:] = self._outer
        for v, value, stand_in in self.held:
            now = v._value
            v._value = value
            if now is not stand_in and not undo:
                self.assigned.append((v, self.argument(now._array)))
                v._value = wrap(plain(now._array))
        for v, first in self.created:
            v._value = wrap(plain(first if undo else v._value._array))

    @contextmanager
    def resumed(self) -> Iterator[None]:
        """A block in which more is recorded, and no tape told."""
        global current
        with tape.only():
            current, self.is_open = self, True
            try:
                yield
            finally:
                current, self.is_open = None, False

    def refill(self, inputs: dict[int, Any]) -> bool:
        """Compute the values again from those that come in; False if a guard does not hold."""
        positions = random.state.positions()
        for node in self.nodes:
            if node.kind == "guard":
                if not np.array_equal(self.values[node.args]._value, node.options):
                    return False
                continue
            if node.kind == "argument":
                results: Any = inputs[node.outs[0]]
            elif node.kind == "variable":
                results = inputs.get(node.outs[0], backend.settled(node.function._value._array))
            else:
                results = node.function(*self.resolved(node.args), **self.resolved(node.options))
            for out, result in zip(node.outs, results if node.several else (results,)):
                self.values[out]._value = as_array(result)
        random.state.rewind(positions)
        return True

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
        return self._names.get(place, "Identity") + ":0"

    # ------------------------------------------------------------ recording

    def give_up(self, why: str) -> None:
        """Note that this run cannot be repeated from its graph."""
        if self._strict:
            raise _Closed
        self.why_not = self.why_not or why

    def place(self, kind: str, function: Any, array: Any) -> Traced:
        """A value that comes in."""
        return self._new(kind, function, (), {}, (array,), False)[0]

    def argument(self, value: Any) -> Any:
        """`value` as a node's argument: `Ref`s in the place of this trace's arrays."""
        if type(value) is Traced:
            return Ref(value._place) if value._trace is self else value.current_value()
        if type(value) in (tuple, list):
            return type(value)(map(self.argument, value))
        if type(value) is dict:
            return {key: self.argument(v) for key, v in value.items()}
        if type(value) is slice:
            return slice(self.argument(value.start), self.argument(value.stop), self.argument(value.step))
        return backend.settled(value)

    def apply(self, function: Callable[..., Any], args: tuple, options: dict[str, Any]) -> Any:
        """Compute function(*args, **options) of traced and other values, and record it."""
        given, named = self.argument(args), self.argument(options)
        if not _refers(given) and not _refers(named):
            return function(*given, **named)
        if function in _METADATA or function in _LIKE:
            return function(*plain(args), **plain(options))
        key = self._key(function, given, named)
        if key is not None and key in self._known:
            return self._known[key]
        return self._record("apply", function, given, named, function(*plain(args), **plain(options)), key)

    def kernel(self, primitive: Any, arrays: list[Any], attrs: dict[str, Any]) -> Any:
        """A primitive's kernel on traced arrays."""
        given, named = self.argument(arrays), self.argument(attrs)
        if not _refers(given) and not _refers(named):
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
        if not narrow and (opened := self._open(primitive._kernel, arrays, attrs, result)) is not None:
            self._know(key, opened)
            return opened
        if narrow:
            return self._record("apply", primitive.compute, (np, given, named), {}, result, key)
        return self._record("apply", primitive._kernel, (np, *given), named, result, key)

    def draw(self, function: Callable[..., Any], args: tuple, options: dict[str, Any]) -> Any:
        """What a call gives that must be made each time: function takes plain arrays and gives one or several."""
        self.draws = True
        given, named = self.argument(args), self.argument(options)
        return self._record("draw", function, given, named, function(*plain(args), **plain(options)), None)

    def effect(self, function: Callable[..., Any], args: Any) -> None:
        """Have function(*args) called when the run is over, and at the end of each run of the graph."""
        self.effects.append((function, self.argument(args)))

    def run_effects(self) -> None:
        for function, args in self.effects:
            function(*self.resolved(args))

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


def impure(why: str) -> None:
    """Note that what follows is another each time, and not recorded."""
    if current is not None:
        current.give_up(why)


def unrecorded() -> None:
    """Note that a random draw was not recorded."""
    impure("numbers are drawn")


def plain(value: Any) -> Any:
    """A structure with NumPy's arrays in the place of traced ones."""
    if type(value) is Traced:
        return value.current_value()
    if type(value) in (tuple, list):
        return type(value)(map(plain, value))
    if type(value) is dict:
        return {key: plain(v) for key, v in value.items()}
    if type(value) is slice:
        return slice(plain(value.start), plain(value.stop), plain(value.step))
    return backend.settled(value)


def _replaced(args: Any, values: list[Traced]) -> Any:
    if type(args) is Ref:
        return values[args]
    if type(args) in (tuple, list):
        return type(args)(_replaced(a, values) for a in args)
    if type(args) is dict:
        return {key: _replaced(a, values) for key, a in args.items()}
    return args


def _refers(args: Any) -> bool:
    if type(args) in (tuple, list):
        return any(map(_refers, args))
    if type(args) is dict:
        return any(map(_refers, args.values()))
    if type(args) is slice:
        return _refers(args.start) or _refers(args.stop) or _refers(args.step)
    return type(args) is Ref


def as_array(result: Any) -> Any:
    """What a kernel made as an array: NumPy gives scalars of rank 0, and bytes for a string."""
    return np.array(result, object) if isinstance(result, bytes) else np.asarray(result)


def _same(a: Any, b: Any) -> bool:
    if type(b) is tuple:
        return type(a) is tuple and len(a) == len(b) and all(map(_same, a, b))
    a, b = as_array(a), as_array(b)
    return a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


class Traced:
    """A NumPy array and its number in a trace. What is done with it is recorded while the trace is open."""

    __slots__ = ("_place", "_trace", "_value", "dtype", "shape")
    __array_priority__ = 1000
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, trace: Trace, place: int, value: Any) -> None:
        self._trace, self._place, self._value = trace, place, value
        self.shape, self.dtype = value.shape, value.dtype

    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: self.current_value().size)
    nbytes = property(lambda self: self.current_value().nbytes)
    itemsize = property(lambda self: self.dtype.itemsize)
    strides = property(lambda self: self.current_value().strides)
    flags = property(lambda self: self.current_value().flags)
    T = property(lambda self: _apply(np.transpose, (self,), {}))
    real = property(lambda self: _apply(np.real, (self,), {}))
    imag = property(lambda self: _apply(np.imag, (self,), {}))

    def current_value(self) -> Any:
        """The value, without a word to the trace. Raises TypeError if the trace is over and done with."""
        value = self._value
        if value is None:
            text = f"<tf.Tensor shape={TensorShape(self.shape)} dtype={self.dtype.name}>"
            raise explain(
                TypeError(
                    f"{text} is out of scope and cannot be used here. Use return values, explicit Python locals or "
                    "TensorFlow collections to access it.\nPlease see "
                    "https://www.tensorflow.org/guide/function#all_outputs_of_a_tffunction_must_be_return_values "
                    "for more information."
                ),
                summary="a tensor of a `function`'s inside was kept, and is used outside of it",
                hint="return it from the function, or assign it to a variable",
            )
        return value

    @property
    def symbol(self) -> str | None:
        """The tensor's name in the graph, such as "x:0"; None where a value may be shown."""
        trace = self._trace
        return None if trace.why_not is not None and not trace.is_open else trace.name_of(self._place)

    def get(self) -> Any:
        """The value, for whoever depends on it."""
        trace = self._trace
        return trace.leak(self) if trace.is_open else self.current_value()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.get(), dtype=dtype)

    def __bool__(self) -> bool:
        truth = self if self.dtype == BOOL else self != 0
        return bool(truth.get() if type(truth) is Traced else truth)

    def __int__(self) -> int:
        return int(self.get())

    def __index__(self) -> int:
        return operator.index(self.get())

    def __float__(self) -> float:
        return float(self.get())

    def __complex__(self) -> complex:
        return complex(self.get())

    def __len__(self) -> int:
        return len(self.current_value())

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        return _apply(operator.getitem, (self, key), {})

    def __setitem__(self, key: Any, value: Any) -> None:
        self._trace.give_up("an array is written into")
        self.current_value()[plain(key)] = plain(value)

    def __contains__(self, item: Any) -> bool:
        return item in self.get()

    def __repr__(self) -> str:
        return repr(self.current_value())

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        return _apply(function, inputs, options, in_place=method == "at")

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return _apply(function, args, options, in_place=function in _IN_PLACE)

    def __getattr__(self, name: str) -> Any:
        if name in _METHODS:
            return partial(_method, self, getattr(np.ndarray, name))
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.get(), name)


_METHODS = frozenset(
    "all any argmax argmin argpartition argsort astype choose clip compress conj conjugate copy cumprod cumsum diagonal "
    "dot flatten max mean min nonzero prod ravel repeat reshape round searchsorted squeeze std sum swapaxes take trace "
    "transpose var view".split()
)


def _method(self: Traced, function: Any, *args: Any, **options: Any) -> Any:
    return _apply(function, (self, *args), options)


def _apply(function: Any, args: tuple, options: dict[str, Any], in_place: bool = False) -> Any:
    trace = current
    if trace is None:
        return function(*plain(args), **plain(options))
    if in_place or options.get("out") is not None:
        trace.give_up("an array is written into")
        return function(*plain(args), **plain(options))
    return trace.apply(function, args, options)


def _install(name: str, function: Any) -> None:
    setattr(Traced, f"__{name}__", lambda self, other: _apply(function, (self, other), {}))
    setattr(Traced, f"__r{name}__", lambda self, other: _apply(function, (other, self), {}))


for _name, _function in {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.true_divide,
    "floordiv": np.floor_divide,
    "mod": np.remainder,
    "pow": operator.pow,
    "matmul": np.matmul,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "lshift": np.left_shift,
    "rshift": np.right_shift,
    "divmod": divmod,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}.items():
    _install(_name, _function)
for _name, _function in {"neg": np.negative, "pos": np.positive, "abs": np.absolute, "invert": np.invert}.items():
    setattr(Traced, f"__{_name}__", lambda self, function=_function: _apply(function, (self,), {}))


class _Module:
    """NumPy for traced arrays: its functions hand them on by NumPy's own protocols, save those that convert."""

    __name__ = "numpy"
    ndarray = Traced

    def asarray(self, value: Any, dtype: Any = None, **options: Any) -> Any:
        if type(value) is not Traced:
            return np.asarray(value, dtype, **options)
        return value if dtype is None or np.dtype(dtype) == value.dtype else value.astype(dtype)

    asanyarray = ascontiguousarray = asarray

    def array(self, value: Any, dtype: Any = None, **options: Any) -> Any:
        return self.asarray(value, dtype) if type(value) is Traced else np.array(value, dtype, **options)

    def run_kernel(self, primitive: Any, arrays: list[Any], attrs: dict[str, Any]) -> Any:
        """What `Primitive.compute` asks for in the place of the kernel."""
        trace = current
        if trace is None:
            return primitive.compute(np, plain(arrays), plain(attrs))
        return trace.kernel(primitive, arrays, attrs)

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name)
        setattr(self, name, found)
        return found


xp: Any = _Module()
