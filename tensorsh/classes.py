"""The classes that programs make, and setting attributes: what Python does there, in a checked form.

What `class` compiles to calls `build_class`, which Python finds among the builtins; `x.name = value` compiles to
`@attributes[x, "name"] = value`, and `super(A, self)` to `@super(A, self)`. The compiler lets a program write no
other name with two underscores than those of the special methods that it defines; all is checked again here.

A class is made from `tf.Module`, from a base class of Keras's (`Loss`, `Metric` ...: those with `_may_be_base`), from
another of the program's classes, from an exception or from nothing. Operators hand their methods whatever they are used
on, also by code of ours and NumPy's: a special method gets only what a program may have (`admitted`).
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from . import surface
from .language.special_methods import RECEIVING, SPECIAL_METHODS
from .ops import registry
from .runtime.errors import explain
from .runtime.open_classes import open_class
from .runtime.session_classes import CLOSED_NAMES, is_session_class, is_session_function, private_key


def build_class(body: Any, name: str, /, *bases: Any, **keywords: Any) -> type:
    """What Python's `class` statement calls."""
    if keywords or len(bases) > 1:
        raise TypeError(f"class {name}: one base, and no keyword arguments")
    for base in bases:
        if not (isinstance(base, type) and _may_be_base(base)):
            raise explain(
                TypeError(f"class {name}: {_described(base)} cannot be a base"),
                hint="a class is made from tf.Module, a base of Keras's, a class of yours, an exception or nothing",
            )
    return builtins.__build_class__(body, name, *bases, metaclass=_make)


class Attributes:
    """All attributes that a program may set, by object and name."""

    __slots__ = ()

    def __getitem__(self, where: tuple[Any, str]) -> Any:
        """For `x.name += 1`."""
        return surface.lookup(*where)

    def __setitem__(self, where: tuple[Any, str], value: Any) -> None:
        obj, name = where
        key = _key_to_set(obj, name, "set")
        try:
            setattr(obj, key, value)
        except AttributeError as error:
            raise _in_the_programs_names(error, key, name) from None

    def __delitem__(self, where: tuple[Any, str]) -> None:
        obj, name = where
        key = _key_to_set(obj, name, "delete")
        try:
            delattr(obj, key)
        except AttributeError as error:
            raise _in_the_programs_names(error, key, name) from None


def parent(cls: Any, obj: Any) -> super:
    """`super(A, self)`."""
    if is_session_class(cls) and (isinstance(obj, cls) or (is_session_class(obj) and issubclass(obj, cls))):
        return super(cls, obj)
    raise TypeError("super(A, x): A is to be a class of yours, and x an object of it")


def admitted(value: Any) -> Any:
    """The value, if a program may have it; else what stands for it, or None."""
    kind = type(value)
    if kind in _PLAIN or CLOSED_NAMES in kind.__dict__:
        return value
    if kind is tuple:
        return tuple(map(admitted, value))
    if isinstance(value, type):
        return open_class(value)
    if kind is types.MethodType:
        return value if admitted(value.__func__) is not None else None
    if kind in (types.FunctionType, types.BuiltinFunctionType):
        return value if is_session_function(value) or _is_library(value) else None
    return value if surface.is_own(kind) or _has_a_surface(kind) else None


_PLAIN = frozenset({int, float, complex, bool, str, bytes, list, dict, set, types.NoneType})

# What Python itself puts into a class's names.
_PYTHONS = frozenset(
    {"__module__", "__qualname__", "__doc__", "__classcell__", "__firstlineno__", "__static_attributes__"}
)


def _make(name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> type:
    """The class of that name, from what its body bound."""
    closed = surface.closed_names(bases[0] if bases else object)
    made: dict[str, Any] = {}
    for key, value in namespace.items():
        if key.startswith("__"):
            made[key] = value if key in _PYTHONS else _special(name, key, value)
        elif key in closed:
            raise TypeError(f"class {name}: {key!r} is Python's own in {_described(bases[0])}; give it another name")
        else:
            made[private_key(key) or key] = value
    made["__module__"] = "__main__"
    made[CLOSED_NAMES] = closed
    return type(name, bases, made)


def _special(name: str, key: str, value: Any) -> Any:
    """A special method as Python is to see it."""
    if key not in SPECIAL_METHODS:
        raise TypeError(f"class {name}: {key} cannot be defined")
    if key in ("__init__", "__call__"):
        return value
    if type(value) is not types.FunctionType:
        raise TypeError(f"class {name}: {key} is to be a method without decorators")
    if key == "__exit__":
        return _leaving(value)
    return _receiving(value) if key in RECEIVING else value


def _receiving(method: types.FunctionType) -> Callable[..., Any]:
    if method.__code__.co_argcount == 2 and not method.__defaults__:

        @wraps(method)
        def receive(self: Any, other: Any) -> Any:
            return method(self, admitted(other))

        return receive

    @wraps(method)
    def receive_all(self: Any, *given: Any) -> Any:
        return method(self, *map(admitted, given))

    return receive_all


def _leaving(method: types.FunctionType) -> Callable[..., Any]:
    """An `__exit__` that is given no traceback, and cannot hold back an interrupt."""

    @wraps(method)
    def leave(self: Any, kind: Any, error: Any, traceback: Any) -> Any:
        if kind is None or issubclass(kind, Exception):
            return method(self, kind, error, None)
        with suppress(Exception):  # else raising another error would hold the interrupt back
            method(self, kind, error, None)
        return False

    return leave


def _may_be_base(base: type) -> bool:
    if is_session_class(base) or issubclass(base, Exception):
        return True
    return surface.is_own(base) and bool(base.__dict__.get("_may_be_base"))


def _key_to_set(obj: Any, name: str, action: str) -> str:
    """Under what the attribute is kept. Raises AttributeError if it is not the program's to set."""
    kind = type(obj)
    owner = obj if kind is type else kind
    closed = owner.__dict__.get(CLOSED_NAMES)
    if closed is not None and name not in closed and not name.startswith("__"):
        return private_key(name) or name
    if closed is None and kind is not type and surface.is_own(kind) and not name.startswith("_"):
        assignable = getattr(kind, "_assignable", None)
        if assignable is not None and name in assignable:
            return name
    error = AttributeError(f"cannot {action} attribute {name!r} of {_described(obj)}")
    hint = "a variable's value is set by assign(...)" if hasattr(kind, "assign") else None
    raise explain(error, hint=hint or "attributes are set on objects of your own classes")


def _in_the_programs_names(error: AttributeError, key: str, name: str) -> AttributeError:
    return AttributeError(str(error).replace(repr(key), repr(name)))


def _described(value: Any) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__!r}"
    return f"{type(value).__name__!r} object"


def _has_a_surface(kind: type) -> bool:
    """Whether `surface` speaks of such values, and not to say that they are inside."""
    if issubclass(kind, _INSIDE):
        return False
    return kind in surface.CLOSED or any(base in surface.ALLOWED for base in kind.__mro__) or surface.is_random(kind)


_INSIDE = (types.ModuleType, types.CodeType, types.FrameType, types.TracebackType, types.MappingProxyType)


def _is_library(function: Any) -> bool:
    name = function.__name__
    entry = registry.OPS.get(name.rstrip("_"))
    return registry.SHORT.get(name) is function or (entry is not None and entry.function is function)
