"""A program's values in a few words, and what stands behind a dot: without running any code of a program's."""

from __future__ import annotations

import reprlib
import types
from collections.abc import Mapping
from typing import Any, NamedTuple

from .. import surface
from ..ops import registry
from ..ops.namespace import MODULES, Namespace
from ..runtime.dtypes import DType
from ..runtime.session_classes import is_session_class
from ..runtime.shape import TensorShape
from ..runtime.tensor import Tensor
from ..runtime.variable import Variable
from .place import Attribute, Call, Expression, Item, Literal, Name
from .signatures import parameters, returned_class


class Known(NamedTuple):
    """An expression's value."""

    value: Any


class Some(NamedTuple):
    """Some value of that class."""

    kind: type


Found = Known | Some | None


def described(value: Any) -> tuple[str, str]:
    """A value in two words: what kind it is, and its dtype and shape, or the value itself, cut short."""
    if isinstance(value, (Tensor, Variable)):
        return "Tensor" if isinstance(value, Tensor) else "Variable", _BRIEF.repr(value)
    if isinstance(value, type):
        return "class", signature(value)
    if isinstance(value, Namespace):
        return "module", repr(value).strip("<>").removeprefix("module ").strip("'")
    if not is_session_class(type(value)) and callable(value) and hasattr(value, "__name__"):
        return "function", signature(value)
    return type(value).__name__, _BRIEF.repr(value)


def signature(function: Any) -> str:
    """`name(parameters)`."""
    known = parameters(function)
    return f"{function.__name__}({'...' if known is None else ', '.join(known)})"


class _Brief(reprlib.Repr):
    """A value cut short. Of a value that a program made the class, only the class is shown."""

    def repr1(self, x: Any, level: int) -> str:
        kind = type(x)
        if kind in (str, int, list, tuple, dict, set, frozenset):
            return super().repr1(x, level)
        if kind in (bool, float, complex, bytes, type(None), range, DType, TensorShape):
            return repr(x)[: self.maxother]
        if isinstance(x, (Tensor, Variable)):
            return f"{x.dtype.name} {tuple(x.shape)}"
        return f"<{kind.__name__}>"


_BRIEF = _Brief()


def found(expression: Expression, names: Mapping[str, Any]) -> Found:
    """What the expression is, as far as that is known without running it."""
    match expression:
        case Name(name):
            return _named(name, names)
        case Attribute(owner, name):
            return attribute(found(owner, names), name)
        case Call(callee):
            return _called(found(callee, names))
        case Item(owner):
            kind = kind_of(found(owner, names))
            return Some(Tensor) if kind is Tensor or kind is Variable else None
        case Literal(kind):
            return Some(kind)
    return None


def attributes(of: Found) -> list[str]:
    """The names that a program may write behind the dot."""
    if isinstance(of, Known):
        return dir(of.value) if isinstance(of.value, Namespace) else surface.public_names(of.value)
    return surface.public_names_of_kind(of.kind) if of is not None else []


def attribute(of: Found, name: str) -> Found:
    """What stands behind the dot."""
    if of is None:
        return None
    if isinstance(of, Some):
        member = getattr(of.kind, name, None) if name in attributes(of) else None
        return Known(types.MethodType(member, of.kind)) if isinstance(member, types.FunctionType) else None
    if is_session_class(type(of.value)):
        return _of_object(of.value, name)
    if name not in attributes(of):
        return None
    try:
        return Known(getattr(of.value, name))
    except Exception:  # a property that says no
        return None


def _named(name: str, names: Mapping[str, Any]) -> Found:
    if name in names:
        return Known(names[name])
    if name in MODULES.values():
        return Known(Namespace(name))
    return Known(registry.resolve(name)) if name in registry.index().short else None


def _of_object(value: Any, name: str) -> Found:
    """An attribute of an object whose class a program made: its own, or a method."""
    own = getattr(value, "__dict__", {})  # a named tuple has none
    if name in own:
        return Known(own[name])
    member = next((vars(kind)[name] for kind in type(value).__mro__ if name in vars(kind)), None)
    return Known(types.MethodType(member, value)) if isinstance(member, types.FunctionType) else None


def _called(callee: Found) -> Found:
    if not isinstance(callee, Known):
        return None
    if isinstance(callee.value, type):
        return Some(callee.value)
    kind = returned_class(callee.value, {"Tensor": Tensor, "Variable": Variable}.get)
    return None if kind is None else Some(kind)


def kind_of(of: Found) -> type | None:
    """The class, as far as it is known."""
    if isinstance(of, Known):
        return type(of.value)
    return of.kind if of is not None else None
