"""tf.Module: an object that finds the variables and modules among its attributes."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

from ..runtime import nest, variable
from ..runtime.variable import Variable
from ..runtime.wrappers import wrapped
from .control import name_scope
from .registry import export


class _AnyName:
    def __contains__(self, name: object) -> bool:
        return True


class Module:
    """The base of a program's own layers and models: whatever variables and modules its attributes hold, it finds.

    name: a Python identifier; by default the class's name in small letters, `MyLayer` becoming "my_layer".

    >>> m = Module("layer")
    >>> m.w = Variable(2.)
    >>> m.variables
    (<tf.Variable 'Variable:0' shape=() dtype=float32, numpy=2.0>,)
    """

    __module__ = "tensorflow.python.module.module"
    __slots__ = ("__dict__", "__weakref__", "_name", "_name_scope")
    _may_be_base = True
    _is_trackable = True
    _assignable = _AnyName()

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = _snake_case(type(self).__name__)
        elif not re.match(r"[a-zA-Z_][a-zA-Z0-9_]*\Z", name):
            raise ValueError(
                f"{name!r} is not a valid module name. Module names must be valid Python identifiers (e.g. a valid "
                "class name)."
            )
        self._name = name
        self._name_scope = name_scope(f"{variable.prefix}{name}/")

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, wrapped(value))

    @property
    def name(self) -> str:
        """The module's name, as it was given or made from its class's."""
        return self._name

    @property
    def name_scope(self) -> name_scope:
        """A context in which variables are named "<the module's name>/..."."""
        return self._name_scope

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of this module and of those in it: by attribute, in the order of the names."""
        return tuple(_found(self, lambda value: isinstance(value, Variable)))

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """Those of the variables that are trainable."""
        return tuple(_found(self, lambda value: isinstance(value, Variable) and value.trainable))

    @property
    def non_trainable_variables(self) -> tuple[Variable, ...]:
        """Those of the variables that are not."""
        return tuple(_found(self, lambda value: isinstance(value, Variable) and not value.trainable))

    @property
    def submodules(self) -> tuple[Module, ...]:
        """The modules that are attributes of this module, or of one of them, or in a list, tuple or dict there."""
        return tuple(_found(self, lambda value: isinstance(value, Module)))

    @classmethod
    def with_name_scope(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a method: the variables that it makes are named in the module's name scope."""

        @functools.wraps(method)
        def method_with_name_scope(self: Any, *args: Any, **options: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **options)

        return method_with_name_scope


def _found(module: Module, wanted: Callable[[Any], bool]) -> Iterator[Any]:
    """What is wanted among the module's attributes, then in each of its submodules; each once."""
    seen = {id(module)}
    waiting = [module]
    while waiting:
        current = waiting.pop(0)
        inner: list[Module] = []
        attributes = vars(current)
        # The program's private names are kept with a sign before them that their order does not know.
        for key in sorted(attributes, key=lambda key: key.lstrip("@")):
            try:
                leaves = nest.flatten(attributes[key])
            except TypeError as error:
                raise ValueError(f"Error processing property {key.lstrip('@')!r} of {attributes[key]!r}") from error
            for leaf in leaves:
                if id(leaf) in seen:
                    continue
                seen.add(id(leaf))
                if wanted(leaf):
                    yield leaf
                if isinstance(leaf, Module):
                    inner.append(leaf)
        waiting = inner + waiting


def _snake_case(name: str) -> str:
    return re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", name).lower()


export("tf.Module", Module, "Module", "modules")
