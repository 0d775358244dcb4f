"""How a call of a `function` is told from another: parameters bound, and the types that TensorFlow's tracing sees.

A tensor counts by its shape and dtype, a variable by those and by which of the arguments are the same variable, what
else Python has by its value where it is a number or text, and by its identity otherwise. Structures count by their
parts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime import nest
from ..runtime.errors import explain
from ..runtime.spec import TensorSpec
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from ..runtime.variable import Variable

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_KEYWORD = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
_LITERALS = (int, float, bool, str, bytes, complex, type(None))


class Parameters:
    """A Python function's parameters, and calls' arguments put into their order."""

    def __init__(self, function: Callable[..., Any], specs: Any = None) -> None:
        try:
            self._signature = inspect.signature(function)
        except (TypeError, ValueError):
            self._signature = inspect.signature(lambda *args, **options: None)
        parameters = self._signature.parameters.values()
        self.names = [p.name for p in parameters]
        self.positional = [p.name for p in parameters if p.kind in _POSITIONAL]
        self._has_keywords = any(p.kind in _KEYWORD for p in parameters)
        # A call with just its positional arguments needs no binding.
        self._plain_count = len(self.names) if all(p.kind in _POSITIONAL for p in parameters) else None
        self._rest = next((p.name for p in parameters if p.kind is inspect.Parameter.VAR_POSITIONAL), "args")
        self._specs = None if specs is None else tuple(specs)

    def bound(self, args: tuple, options: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """Positional and keyword-only arguments, defaults filled in, NumPy's values as tensors. Raises TypeError."""
        if self._specs is not None:
            return self._fitted(args, options), {}
        if options or len(args) != self._plain_count:
            given = self._bind(args, options)
            given.apply_defaults()
            args, options = given.args, given.kwargs
        if any(type(a) is not Tensor and not isinstance(a, Variable) for a in args):
            args = nest.map_leaves(_argument, args)
        return args, {key: nest.map_leaves(_argument, value) for key, value in options.items()}

    def rest(self, given: tuple) -> list[tuple[str, Any]]:
        """Name and default of each parameter after so many positional arguments, `given[0]`, if the names after that
        are theirs, and make a call; else nothing.
        """
        count, *names = given
        parameters = list(self._signature.parameters.values())[count:]
        whole = self._plain_count is not None and {p.name for p in parameters} >= set(names)
        if not whole or any(p.default is p.empty and p.name not in names for p in parameters):
            return []
        return [(p.name, p.default) for p in parameters]

    def name_at(self, i: int) -> str:
        """The name of positional argument i."""
        known = self.positional
        return known[i] if i < len(known) else f"{self._rest}_{i - len(known)}"

    def count_positional(self, given: tuple) -> int:
        """How many of `Call.given` are positional arguments."""
        return len(given) - (self._has_keywords and bool(given) and type(given[-1]) is dict)

    def names_of(self, call: Call) -> list[str]:
        """TensorFlow's name for each tensor of a call: its parameter's."""
        found: list[str] = []
        for i, value in enumerate(call.args):
            found += [self.name_at(i)] * len(Call(((value,), {})).tensors)
        for key in sorted(call.options):
            found += [key] * len(Call(((call.options[key],), {})).tensors)
        return found

    def _bind(self, args: tuple, options: dict[str, Any]) -> inspect.BoundArguments:
        try:
            return self._signature.bind(*args, **options)
        except TypeError as error:
            raise self._refusal(str(error), args, options) from None

    def _refusal(self, why: str, args: tuple, options: dict[str, Any]) -> TypeError:
        if self._specs is None:
            shown = ", ".join(map(_parameter_text, self._signature.parameters.values()))
        else:
            shown = ", ".join(f"{name}: {spec!r}" for name, spec in zip(self.names, self._specs))
        return TypeError(
            f"Binding inputs to tf.function failed due to `{why}`. Received args: {args} and kwargs: {options} for "
            f"signature: ({shown})."
        )

    def _fitted(self, args: tuple, options: dict[str, Any]) -> tuple:
        """The arguments as tensors of the input signature."""
        specs = self._specs or ()
        names = self.names[: len(specs)]
        given = (*args, *(options[name] for name in names[len(args) :] if name in options))
        if len(given) > len(specs):
            raise self._refusal("too many positional arguments", args, options)
        if len(given) < len(specs):
            missing = next((n for n in names[len(args) :] if n not in options), names[-1] if names else "")
            raise self._refusal(f"missing a required argument: {missing!r}", args, options)

        def fit(value: Any, spec: Any) -> Any:
            if not isinstance(spec, TensorSpec):  # of a sparse or ragged tensor
                if not spec.is_compatible_with(value):
                    raise self._refusal(f"Can not cast {value!r} to {spec!r}", args, options)
                return value
            t = as_tensor(value) if is_tensor(value) else as_tensor(value, spec.dtype)
            if not spec.is_compatible_with(t):
                why = f"Can not cast {TensorSpec.from_tensor(t)} to {spec}"
                raise explain(
                    self._refusal(why, args, options),
                    summary=f"the input signature wants {spec.dtype.name} {spec.shape}",
                    operands=[("given", t)],
                )
            return t

        return tuple(_fit(fit, value, spec) for value, spec in zip(given, specs))


def _fit(fit: Callable[[Any, Any], Any], value: Any, spec: Any) -> Any:
    """`fit` done for each spec of a structure, which may stand beside a list that is to be one tensor."""
    if isinstance(spec, dict):
        return {key: _fit(fit, value[key], part) for key, part in spec.items()}
    if isinstance(spec, (list, tuple)):
        return type(spec)(_fit(fit, v, part) for v, part in zip(value, spec))
    return fit(value, spec)


def _argument(value: Any) -> Any:
    """NumPy's values become tensors, Python's stay as they are."""
    return as_tensor(value) if isinstance(value, (np.ndarray, np.generic)) else value


def _parameter_text(parameter: inspect.Parameter) -> str:
    """A parameter as TensorFlow writes it in messages."""
    if parameter.default is not inspect.Parameter.empty:
        return f"{parameter.name}=<captured_default_value>"
    stars: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return stars.get(parameter.kind, "") + parameter.name


class Call:
    """A call's arguments as a key, with the tensors and variables among them.

    key: equal for calls that the same graphs may serve. traced_as: equal for calls that TensorFlow traces once.
    """

    __slots__ = ("_composites", "args", "key", "objects", "options", "tensors", "traced_as", "variables")

    def __init__(self, arguments: tuple[tuple, dict[str, Any]], relaxed: bool = False) -> None:
        self.args, self.options = arguments
        self.tensors: list[Tensor] = []
        self.variables: list[Variable] = []
        self.objects: list[Any] = []  # whose identities are in the key
        self._composites: list[Any] = []  # sparse and ragged tensors, whose structure a graph relies on
        self.traced_as = self._type(arguments)
        self.key = (
            self.traced_as,
            *((t._array.shape, t._array.dtype.num) for t in (self.tensors if relaxed else ())),
            *map(id, self.variables),
            *map(id, self._composites),
        )

    @property
    def given(self) -> tuple:
        """What a compiled graph is called with: the arguments, and the keyword-only ones as a dict after them."""
        return (*self.args, self.options) if self.options else self.args

    def with_leaves(self, leaves: list[Any]) -> tuple:
        """`given` with other leaves in the places of its tensors."""
        rest = iter(leaves)

        def swapped(value: Any) -> Any:
            if type(value) is Tensor:
                return next(rest)
            if type(value) is dict:
                done = {key: swapped(value[key]) for key in _sorted(value)}
                return {key: done[key] for key in value}
            if isinstance(value, tuple) and hasattr(value, "_fields"):
                return type(value)(*map(swapped, value))
            if type(value) in (tuple, list):
                return type(value)(map(swapped, value))
            return value

        return swapped(self.given)

    def _type(self, value: Any) -> Any:
        kind = type(value)
        if kind is Tensor:
            self.tensors.append(value)
            return ("T", value._array.shape, value._array.dtype.num)
        if kind in _LITERALS:
            return ("L", value)
        if kind is tuple or kind is list:
            return (kind, *map(self._type, value))
        if kind is dict:
            return ("D", *((key, self._type(value[key])) for key in _sorted(value)))
        if isinstance(value, Variable):
            cell: Any = getattr(value, "_cell", value)
            same = next((i for i, v in enumerate(self.variables) if v is cell), len(self.variables))
            self.variables.append(cell)
            return ("V", cell._value._array.shape, cell._value._array.dtype.num, cell.trainable, same)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return (kind, *map(self._type, value))
        self.objects.append(value)
        if getattr(value, "_is_composite", False):
            self._composites.append(value)
            return ("C", kind, tuple(value.shape), value.dtype.name)
        return ("O", id(value))


def _sorted(d: dict[Any, Any]) -> list[Any]:
    try:
        return sorted(d)
    except TypeError:
        return list(d)


def relaxed_type(old: Any, new: Any) -> Any:
    """The traced type that covers both, sizes that differ left open as None; None if there is none."""
    if old == new:
        return old
    if type(old) is not tuple or type(new) is not tuple or len(old) != len(new) or old[:1] != new[:1]:
        return None
    if old[0] == "T":
        if old[2] != new[2]:
            return None
        a, b = old[1], new[1]
        same_rank = a is not None and b is not None and len(a) == len(b)
        return ("T", tuple(m if m == n else None for m, n in zip(a, b)) if same_rank else None, old[2])
    if old[0] in ("L", "V", "O", "C"):
        return None
    parts = [relaxed_type(a, b) for a, b in zip(old[1:], new[1:])]
    return None if None in parts else (old[0], *parts)


def shapes_in(kind: Any) -> list[Any]:
    """The shapes of the tensors of a traced type, in order."""
    if type(kind) is not tuple:
        return []
    if kind and kind[0] == "T":
        return [kind[1]]
    return [] if kind and kind[0] in ("L", "V", "O", "C") else [shape for part in kind for shape in shapes_in(part)]


def covers(general: Any, special: Any) -> bool:
    """Whether a type with open sizes takes a call of another."""
    return relaxed_type(general, special) == general
