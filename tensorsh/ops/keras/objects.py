"""How Keras's objects (losses, metrics, optimizers, initializers ...) are written down as dictionaries, made again from
these, and found by their names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ...runtime.tensor import as_tensor, is_tensor
from ..registry import at_path, index, op

_HOME = re.compile(r"keras\.src\.(optimizers\.schedules|\w+)")


@op("keras.saving.serialize_keras_object keras.utils.serialize_keras_object", short=False)
def serialize(obj: Any) -> Any:
    """The dictionary from which `deserialize_keras_object` makes an object of Keras's again; lists and dicts of them.

    Numbers and strings are as they are. obj: an object, or a nest of them. Raises ValueError for anything else.

    >>> tf.keras.saving.serialize_keras_object(tf.keras.regularizers.L2(0.5))["config"]
    {'l2': 0.5}
    """
    if obj is None or isinstance(obj, (str, int, float, bool, bytes)):
        return obj
    if isinstance(obj, dict):
        return {k: serialize(v) for k, v in obj.items()}
    if isinstance(obj, (list, tuple)):
        return type(obj)(map(serialize, obj))
    if is_tensor(obj):
        obj = as_tensor(obj)
        return {"class_name": "__tensor__", "config": {"value": obj.numpy().tolist(), "dtype": obj.dtype.name}}
    if isinstance(obj, (np.ndarray, np.generic)):
        return {"class_name": "__numpy__", "config": {"value": obj.tolist(), "dtype": obj.dtype.name}}
    home = _HOME.match(type(obj).__module__)
    if home is None or not hasattr(obj, "get_config"):
        raise ValueError(f"Cannot serialize object {obj} of type {type(obj)}. Serializable are objects of Keras's.")
    name = type(obj).__name__
    return {"module": f"keras.{home[1]}", "class_name": name, "config": obj.get_config(), "registered_name": None}


@op("keras.saving.deserialize_keras_object keras.utils.deserialize_keras_object", short=False)
def deserialize(config: Any, custom_objects: Any = None, safe_mode: bool = True) -> Any:
    """The object of a dictionary that `serialize_keras_object` made; lists and dicts of them (a tuple becomes a list).

    custom_objects: taken as Keras takes it; only Keras's own classes are looked for. safe_mode: taken as Keras takes
    it; no code is ever run from a dictionary. Raises TypeError if there is no such class.

    >>> x = tf.keras.saving.serialize_keras_object(tf.keras.regularizers.L2(0.5))
    >>> tf.keras.saving.deserialize_keras_object(x).l2
    0.5
    """
    if isinstance(config, (list, tuple)):
        return [deserialize(v) for v in config]
    if not isinstance(config, dict):
        return config
    name, inner = config.get("class_name"), config.get("config")
    if name is None or inner is None:
        return {k: deserialize(v) for k, v in config.items()}
    if name == "__tensor__":
        return as_tensor(inner["value"], inner["dtype"])
    if name == "__numpy__":
        return np.array(inner["value"], inner["dtype"])
    path = f"tf.{config.get('module')}.{name}"
    if path not in index().paths:
        raise TypeError(_NO_CLASS.format(name=name, config=config))
    return at_path(path).from_config(dict(inner))


_NO_CLASS = (
    "Could not locate class '{name}'. Make sure custom classes and functions are decorated with "
    "`@keras.saving.register_keras_serializable()`. If they are already decorated, make sure they are all imported so "
    "that the decorator is run before trying to load them. Full object config: {config}"
)


class LazySignature:
    """The `__signature__` of classes whose arguments are data: made when help or an editor asks for it.

    defaults_of: a function of the class that gives its arguments' defaults in order, `...` for none.
    """

    def __init__(self, defaults_of: Callable[[Any], dict[str, Any]], is_open: bool = False) -> None:
        self._defaults_of, self._is_open = defaults_of, is_open

    def __get__(self, instance: Any, owner: Any) -> Any:
        from inspect import Parameter, Signature

        kind = Parameter.POSITIONAL_OR_KEYWORD
        defaults = self._defaults_of(owner).items()
        made = [Parameter(key, kind, default=Parameter.empty if value is ... else value) for key, value in defaults]
        return Signature(made + [Parameter("kwargs", Parameter.VAR_KEYWORD)] * self._is_open)


def bound(cls: type, defaults: dict[str, Any], args: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a class whose arguments are data, and whatever else `options` hold. Raises Python's TypeError
    for too many of them, and for one given twice."""
    call = f"{cls.__name__}.__init__()"
    if len(args) > len(defaults):
        most, given = len(defaults) + 1, len(args) + 1
        raise TypeError(f"{call} takes from 1 to {most} positional arguments but {given} were given")
    placed = dict(zip(defaults, args))
    if twice := placed.keys() & options:
        raise TypeError(f"{call} got multiple values for argument {min(twice)!r}")
    return {**defaults, **placed, **options}


class Catalogue:
    """The classes of one of Keras's families, by name: `MaxNorm` and `max_norm`; noun: what messages call them."""

    def __init__(self, noun: str, classes: dict[str, Any]) -> None:
        self._noun = noun
        self._classes = {_snake_case(name): cls for name, cls in classes.items()} | classes

    def deserialize(self, config: Any) -> Any:
        """The object of a name or of a dictionary; the name itself if there is no such class, as in Keras."""
        if isinstance(config, dict):
            name, options = config.get("class_name"), dict(config.get("config", {}))
        else:
            name, options = config, {}
        cls = self._classes.get(name) if isinstance(name, str) else None
        if cls is None and isinstance(config, dict) and "module" in config:
            raise TypeError(_NO_CLASS.format(name=name, config=config))
        return name if cls is None else cls.from_config(options)

    def get(self, identifier: Any) -> Any:
        """The object that a name, a dictionary, a class or a function stands for. Raises ValueError for others."""
        found = self.deserialize(identifier) if isinstance(identifier, (str, dict)) else identifier
        if found is not None and not callable(found):
            raise ValueError(f"Could not interpret {self._noun} identifier: {identifier}")
        return found() if isinstance(found, type) else found


def _snake_case(name: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower()
