"""Arrays that know where they come from: what tensors hold while a run is traced.

A `Traced` has a NumPy array, which every step computes as always, and the number of its value in a `Trace`, which is
told of every step. It is no NumPy array itself, so that nothing takes its numbers without asking for them: what does
is told to the trace.
"""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from . import backend, effects
from .dtypes import BOOL
from .effects import mapped
from .errors import explain
from .shape import TensorShape

if TYPE_CHECKING:
    from .tracing import Trace

_IN_PLACE = frozenset({np.copyto, np.put, np.place, np.putmask, np.put_along_axis, np.fill_diagonal})


class Ref(int):
    """In a node's arguments: the value of that number."""

    __slots__ = ()


class Traced:
    """A NumPy array and its number in a trace. What is done with it is recorded while the trace is open."""

    __slots__ = ("_place", "_trace", "_value", "dtype", "shape")
    __array_priority__ = 1000
    outranks_lazy = True
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
            text = f"<tf.Tensor '{self.symbol}' shape={TensorShape(self.shape)} dtype={self.dtype.name}>"
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
    def shown_shape(self) -> TensorShape:
        """The shape that goes with the name."""
        return self._trace.shape_of(self)

    @property
    def symbol(self) -> str | None:
        """The tensor's name in the graph, such as "x:0"; None where a value may be shown."""
        trace = self._trace
        return None if trace.why_not is not None else trace.name_of(self._place)

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
    "all any argmax argmin argpartition argsort astype choose clip compress conj conjugate copy cumprod cumsum "
    "diagonal dot flatten max mean min nonzero prod ravel repeat reshape round searchsorted squeeze std sum swapaxes "
    "take trace transpose var view".split()
)


def _method(self: Traced, function: Any, *args: Any, **options: Any) -> Any:
    return _apply(function, (self, *args), options)


def _apply(function: Any, args: tuple, options: dict[str, Any], in_place: bool = False) -> Any:
    trace = effects.current
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
        trace = effects.current
        if trace is None:
            return primitive.compute(np, plain(arrays), plain(attrs))
        return trace.kernel(primitive, arrays, attrs)

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name)
        setattr(self, name, found)
        return found


xp: Any = _Module()


def plain(value: Any) -> Any:
    """A structure with NumPy's arrays in the place of traced ones."""
    if type(value) is Traced:
        return value.current_value()
    return backend.settled(mapped(plain, value))


def places(args: Any) -> list[Ref]:
    """The values of which a node's argument, or a structure of them, speaks."""
    if type(args) is Ref:
        return [args]
    if isinstance(args, tuple | list):
        return [ref for a in args for ref in places(a)]
    if type(args) is dict:
        return places(list(args.values()))
    return places([args.start, args.stop, args.step]) if type(args) is slice else []


def as_array(result: Any) -> Any:
    """What a kernel made as an array: NumPy gives scalars of rank 0, and bytes for a string."""
    return np.array(result, object) if isinstance(result, bytes) else np.asarray(result)
