"""The registry: what an op is, and how names find it.

An op is a Python function with TensorFlow's signature, decorated in its family's file with `@op` or with one of
the rules in `rules.py`. Decorating it registers its TensorFlow paths, its short name, its operator, its
gradient and the inputs with which its gradient is checked.

A `Primitive` is what a tape sees: a kernel on raw arrays with a gradient written in ops. Many ops are one primitive
behind argument checks; the rest are compositions.

Importing all families costs more than a small program does, so a family is imported when one of its names is first
asked for. Which name lives where is the `index`, made once by importing them all and kept by the session.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Callable, Iterable
from functools import cached_property
from importlib import import_module
from types import FunctionType
from typing import Any

import numpy as np

from ..runtime import backend, memory, tape
from ..runtime.backend import module_of, settled
from ..runtime.dtypes import F32
from ..runtime.tensor import Tensor, set_resolver, wrap
from ..runtime.variable import Variable
from .composites import taking_composites
from .families import FAMILIES


class Op:
    """One op, as its definition tells it.

    paths: those under tf, such as ("math.square", "square"). short: the name without tf, if it has one. samples: inputs
    for the gradient check; None: it has no gradient.
    """

    __slots__ = ("family", "function", "name", "operators", "paths", "samples", "short")

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        family: str,
        paths: tuple[str, ...],
        short: str | None,
        samples: Callable[..., Any] | None,
        operators: tuple[str, ...],
    ) -> None:
        self.name, self.function, self.family = name, function, family
        self.paths, self.short, self.samples, self.operators = paths, short, samples, operators


class Index:
    """Which family defines a name. Plain dicts of strings, so that it can be kept on disk.

    Most programs ask for short names and operators only: all else is left packed until it is asked for.
    """

    def __init__(self, *kept: Any) -> None:
        self.short: dict[str, str]
        self.operators: dict[str, str]
        self.short, self.operators, self._packed = kept or ({}, {}, None)
        self.complete = self.is_kept = bool(kept)  # is_kept: an earlier process made it

    def to_keep(self) -> tuple[Any, ...]:
        """What a later process makes the same index from."""
        return (self.short, self.operators, marshal.dumps(self._rest))

    @cached_property
    def _rest(self) -> tuple[dict[str, str], dict[str, str], list[str]]:
        return ({}, {}, []) if self._packed is None else marshal.loads(self._packed)

    @property
    def paths(self) -> dict[str, str]:
        return self._rest[0]

    @property
    def unlisted(self) -> dict[str, str]:
        """Ops without a short name, for other ops."""
        return self._rest[1]

    @property
    def attributes(self) -> list[str]:
        """Those of the classes, for the compiler."""
        return self._rest[2]


_ndarray = np.ndarray
_recorders = tape.recorders

OPS: dict[str, Op] = {}
PATHS: dict[str, Any] = {}  # "tf.math.square" -> what is there, of the families imported so far
SHORT: dict[str, Any] = {}  # "square" -> the same
_index = Index()

_METHODS = {  # operator -> (method, reflected method)
    "+": ("__add__", "__radd__"),
    "-": ("__sub__", "__rsub__"),
    "*": ("__mul__", "__rmul__"),
    "/": ("__truediv__", "__rtruediv__"),
    "//": ("__floordiv__", "__rfloordiv__"),
    "%": ("__mod__", "__rmod__"),
    "**": ("__pow__", "__rpow__"),
    "@": ("__matmul__", "__rmatmul__"),
    "&": ("__and__", "__rand__"),
    "|": ("__or__", "__ror__"),
    "^": ("__xor__", "__rxor__"),
    "==": ("__eq__", None),
    "!=": ("__ne__", None),
    "<": ("__lt__", None),
    "<=": ("__le__", None),
    ">": ("__gt__", None),
    ">=": ("__ge__", None),
    "neg": ("__neg__", None),
    "pos": ("__pos__", None),
    "~": ("__invert__", None),
    "abs": ("__abs__", None),
    "round": ("__round__", None),
    "[]": ("__getitem__", None),
}
_UNARY = frozenset({"neg", "pos", "~", "abs", "round"})


def op(
    tf: str = "",
    *,
    short: str | bool = True,
    samples: Callable[..., Any] | None = None,
    operator: str = "",
    prefix: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as an op.

    tf: its paths under `tf`, separated by spaces; the function's name completes one that ends in a dot.
    short: its name without `tf`: the function's own, another, or none.
    samples: a function of a `Samples` that yields calls for the gradient check; leave it out if it has no gradient.
    operator: the operator that it implements. prefix: what its name in the registry begins with, for an op that
    shares its name with another.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        return register(function, tf, short, samples, operator, prefix=prefix)

    return decorate


def register(
    function: Callable[..., Any],
    tf: str,
    short: str | bool = True,
    samples: Callable[..., Any] | None = None,
    operator: str = "",
    reflected: Callable[..., Any] | None = None,
    prefix: str = "",
) -> Callable[..., Any]:
    """Enter an op into the registry and install its operator. Returns the op, as it is to be called."""
    name = function.__name__ = function.__qualname__ = function.__name__.rstrip("_")
    paths = tuple(path + name if path.endswith(".") else path for path in tf.split())
    name = prefix + name
    family = family_of(function)
    function = taking_composites(name, function)
    short_name = name if short is True else short or None
    if name in OPS:
        raise ValueError(f"{name}: {OPS[name].family} has an op of that name, so this one of {family} needs a prefix")
    OPS[name] = Op(name, function, family, paths, short_name, samples, tuple(operator.split()))
    for path in paths:
        export("tf." + path, function, None, family)
    if short_name:
        SHORT[short_name] = function
    if not _index.is_kept:
        (_index.short if short_name else _index.unlisted)[short_name or name] = family
    if operator:
        install_operator(operator, function, reflected)
    return function


def family_of(definition: Any) -> str:
    """The family whose file holds a function or class: "keras.losses"."""
    family: str = definition.__module__.removeprefix(f"{__package__}.")
    return family


def export(path: str, value: Any, short: str | None, family: str) -> None:
    """Put a value (an op, a dtype, a class) of `family` at a path such as "tf.float32" and under a short name."""
    PATHS[path] = value
    if short:
        SHORT[short] = value
    if not _index.is_kept:
        _index.paths[path] = family
        if short:
            _index.short[short] = family


def own_constructor(cls: Any) -> None:
    """Give a class that inherits its constructor one that bears its name, as errors about arguments tell that."""
    made = cls.__init__
    if "__init__" not in vars(cls) and isinstance(made, FunctionType):
        own = FunctionType(made.__code__, made.__globals__, "__init__", made.__defaults__, made.__closure__)
        own.__kwdefaults__, own.__qualname__ = made.__kwdefaults__, f"{cls.__name__}.__init__"
        cls.__init__ = own


def install_operator(operator: str, function: Callable[..., Any], reflected: Callable[..., Any] | None = None) -> None:
    """Make `function` the operator's method on tensors and variables."""
    method, reflected_method = _METHODS[operator]
    _index.operators[operator] = family_of(function)
    # A variable's slice must know its variable; every other operator works on the value read.
    of_variable = function if operator == "[]" else _reading(function, operator in _UNARY)
    setattr(Tensor, method, function)
    setattr(Variable, method, of_variable)
    if reflected_method and reflected:
        setattr(Tensor, reflected_method, reflected)
        setattr(Variable, reflected_method, _reading(reflected, False))


def _reading(function: Callable[..., Any], is_unary: bool) -> Callable[..., Any]:
    """An operator's method on a variable: that of the tensor it holds."""
    if is_unary:
        return lambda self, *args: function(self._read(), *args)
    return lambda self, other: function(self._read(), other)


# ---------------------------------------------------------------- primitives


class Primitive:
    """A kernel on raw arrays and the gradient of each of its inputs.

    kernel(xp, *arrays, **attrs) returns an array, or a tuple of arrays.
    grads: for each input a function (g, y, *inputs, **attrs) -> its gradient, or None if it has none; y is the
    output (the tuple of outputs if there are several, and g the list of their gradients).
    joint: instead of grads, one function that returns the gradients of all inputs.
    elementwise: whether the kernel takes lazy arrays, as its work is elementwise or reduces what is; others get them
    computed.
    Without either, nothing is recorded and gradients come out as None, as TensorFlow does for `floor`.
    """

    __slots__ = ("_joint", "_kernel", "differentiable", "elementwise", "grads", "name", "refuses")

    def __init__(
        self,
        kernel: Callable[..., Any],
        grads: Iterable[Callable[..., Any] | None] | None = None,
        joint: Callable[..., Any] | None = None,
        name: str | None = None,
        elementwise: bool = False,
    ) -> None:
        self.elementwise = elementwise
        self.name = name or kernel.__name__.strip("_")
        self._kernel = kernel
        self.grads = None if grads is None else tuple(grads)
        self._joint = joint
        self.differentiable = grads is not None or joint is not None
        self.refuses = getattr(joint, "refuses", False)  # asking for its gradient is an error

    def __call__(self, *inputs: Tensor, **attrs: Any) -> Any:
        """Run the kernel on tensors (or Python scalars) and tell the tapes."""
        arrays, xp, is_special = [], np, False
        for x in inputs:
            if type(x) is Tensor:
                x = x._array
                if type(x) is not _ndarray:
                    if not self.elementwise:
                        x = settled(x)
                    module = module_of(x)
                    if module is not np:
                        xp, is_special = module, True
                dtype = x.dtype
                if dtype is not F32 and dtype.kind == "V":
                    is_special = True
            arrays.append(x)
        try:
            result = self.compute(xp, arrays, attrs) if is_special else self._kernel(xp, *arrays, **attrs)
        except MemoryError as error:
            raise memory.explained(error, self.name) from None
        if type(result) is tuple:
            outputs = tuple(wrap(_as_array(xp, part)) for part in result)
            if _recorders and self.differentiable:
                tape.record(self, outputs, inputs, attrs)
            return outputs
        y = wrap(result if type(result) is _ndarray else _as_array(xp, result))
        if _recorders and self.differentiable:
            tape.record(self, (y,), inputs, attrs)
        return y

    def compute(self, xp: Any, arrays: list[Any], attrs: dict[str, Any]) -> Any:
        """The kernel's result. bfloat16 is computed in float32 and rounded back, as NumPy cannot do it all.

        An array module that does more than compute has its way of running kernels: `xp.run_kernel`.
        """
        if xp is not np and (run := getattr(xp, "run_kernel", None)) is not None:
            return run(self, arrays, attrs)
        narrow = next((a.dtype for a in arrays if hasattr(a, "dtype") and a.dtype.kind == "V"), None)
        if narrow is None:
            return self._kernel(xp, *arrays, **attrs)
        wide = [a.astype(F32) if getattr(a, "dtype", None) == narrow else a for a in arrays]
        result = self._kernel(xp, *wide, **attrs)
        parts = result if type(result) is tuple else (result,)
        back = tuple(xp.asarray(p).astype(narrow) if p.dtype == F32 else p for p in parts)
        return back if type(result) is tuple else back[0]

    def gradients(self, g: Any, y: Any, inputs: tuple, attrs: dict[str, Any], watched: Any) -> Iterable[Any]:
        """The gradient of each input that is watched, None for the others."""
        if self._joint is not None:
            return self._joint(g, y, *inputs, **attrs)
        return [
            rule(g, y, *inputs, **attrs) if rule is not None and id(x) in watched else None
            for rule, x in zip(self.grads or (), inputs)
        ]


def _as_array(xp: Any, result: Any) -> Any:
    """A kernel's result as an array: NumPy gives a scalar for rank 0, and the bytes object itself for a string."""
    if type(result) is backend.Lazy:
        return result
    return np.array(result, object) if isinstance(result, bytes) else xp.asarray(result)


def primitive(
    *grads: Callable[..., Any] | None, joint: Callable[..., Any] | None = None, elementwise: bool = False
) -> Callable[[Callable[..., Any]], Primitive]:
    """Decorate a kernel: `@primitive(gradient of input 0, gradient of input 1, ...)`."""
    return lambda kernel: Primitive(kernel, grads or None, joint, elementwise=elementwise)


def no_gradient(kernel_name: str) -> Callable[..., Any]:
    """The `joint` of a kernel for which TensorFlow has no gradient function at all."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise LookupError(f"gradient registry has no entry for: {kernel_name}")

    refusal: Any = refuse
    refusal.refuses = True
    return refusal


# ---------------------------------------------------------------- finding ops by name


class _Lazy:
    """`ops.name` finds the op of that short name, importing its family the first time."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = resolve(name)
        setattr(self, name, value)
        return value


ops: Any = _Lazy()


def resolve(name: str) -> Any:
    """The op of that name, short or its function's own. Raises KeyError if there is none."""
    if name not in SHORT and name not in OPS:
        if name in _INTERNAL:
            return getattr(import_family(_INTERNAL[name]), name)
        known = index()
        import_family(known.short[name] if name in known.short else known.unlisted[name])
    return SHORT[name] if name in SHORT else OPS[name].function


# Helpers that the runtime, or the rules, ask for by name; they are not ops.
_INTERNAL = {
    "sum_to_shape": "reduction",
    "zeros_array": "creation",
    "ones_array": "creation",
    "one_hot_array": "creation",
    "assign_slice": "indexing",
    **{f"scatter_{kind}_array": "scattering" for kind in ("add", "sub", "mul", "div", "max", "min", "update")},
    "batch_scatter_update_array": "scattering",
    "scatter_nd_array": "scattering",
    **{
        f"ragged_{what}": "ragged.making"
        for what in ("from_tensor", "from_sparse", "to_tensor", "to_sparse", "merge_dims")
    },
    "ragged_elementwise": "ragged.elementwise",
    "ragged_getitem": "ragged.gathering",
    "ragged_reduce": "ragged.reducing",
    **{f"sparse_{what}": "sparse_math" for what in ("times", "over")},
}


def at_path(path: str) -> Any:
    """What is at a full path such as "tf.math.square". Raises KeyError if nothing is."""
    if path not in PATHS:
        import_family(index().paths[path])
    return PATHS[path]


def index() -> Index:
    """The index of all families: made by importing them all, unless `use_index` supplied it."""
    if not _index.complete:
        for family in FAMILIES:
            import_family(family)
        values = [value for value in PATHS.values() if isinstance(value, type)]
        classes = [cls for cls in values if not cls.__module__.startswith(("builtins", "numpy"))]
        _index.attributes[:] = sorted({n for cls in classes for n in dir(cls) if not n.startswith("_")})
        _index.complete = True
    return _index


def known_index() -> Index:
    """The index as far as it is known, complete or not."""
    return _index


def use_index(known: Index) -> None:
    """Take an index made by an earlier process of the same version, and let operators load what they need."""
    global _index
    _index = known
    for operator, family in known.operators.items():
        if f"{__package__}.{family}" in sys.modules:
            continue  # the real one is there
        for method in filter(None, _METHODS[operator]):
            stub = _stub(family, method)
            for cls in (Tensor, Variable):
                setattr(cls, method, stub)


def import_family(name: str) -> Any:
    return import_module("." + name, __package__)


def _stub(family: str, method: str) -> Callable[..., Any]:
    """An operator's method until its family is imported, which puts the real one in its place."""

    def load_and_call(self: Any, *args: Any) -> Any:
        import_family(family)
        return getattr(type(self), method)(self, *args)

    return load_and_call


set_resolver(resolve)
