"""`tf.keras.initializers`: objects that make a new variable's value, called with its shape; here, by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.tensor import Tensor, is_tensor
from . import constant_initializers, random_initializers
from .constant_initializers import Initializer, Ones, Zeros
from .keras.config import standard_dtype
from .keras.objects import Catalogue, serialize
from .keras.variable import snake_case
from .random_initializers import RandomNormal, RandomUniform
from .registry import export, op, ops, own_constructor

_CLASSES = {
    name: value
    for file in (constant_initializers, random_initializers)
    for name, value in vars(file).items()
    if isinstance(value, type) and issubclass(value, Initializer) and not name.startswith("_")
}
_ALIASES = {"STFT": "STFTInitializer", "Identity": "IdentityInitializer", "Orthogonal": "OrthogonalInitializer"}
_catalogue = Catalogue(
    "initializer",
    {
        **_CLASSES,
        **{alias: _CLASSES[name] for name, alias in _ALIASES.items()},
        "normal": RandomNormal,
        "uniform": RandomUniform,
        "one": Ones,
        "zero": Zeros,
    },
)


@op("keras.initializers.get initializers.get", short=False)
def get_initializer(identifier: Any) -> Any:
    """The initializer of a name ("zeros", "HeNormal"), of {"class_name": ..., "config": {...}}, or one that gives a
    tensor as it is; an initializer or function itself. Raises ValueError for anything else.

    >>> tf.keras.initializers.get("ones")([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 1.], dtype=float32)>
    """
    if not is_tensor(identifier) and not isinstance(identifier, (np.ndarray, np.generic)):
        return _catalogue.get(identifier)
    wanted = tuple(identifier.shape)

    def initialize_fn(shape: Any, dtype: Any = None) -> Tensor:
        if tuple(shape) != wanted:
            raise ValueError(
                f"Expected `shape` to be {wanted} for direct tensor as initializer. Received shape={shape}"
            )
        return ops.cast(identifier, standard_dtype(dtype))

    return initialize_fn


@op("keras.initializers.serialize initializers.serialize", short=False)
def serialize_initializer(initializer: Any) -> Any:
    """An initializer as a dictionary.

    initializer: an object of `tf.keras.initializers`.

    >>> tf.keras.initializers.serialize(tf.keras.initializers.Zeros())
    {'module': 'keras.initializers', 'class_name': 'Zeros', 'config': {}, 'registered_name': None}
    """
    return serialize(initializer)


@op("keras.initializers.deserialize initializers.deserialize", short=False)
def deserialize_initializer(config: Any, custom_objects: Any = None) -> Any:
    """The initializer of a dictionary, as `serialize` gives it.

    >>> tf.keras.initializers.deserialize({"class_name": "Constant", "config": {"value": 2.}})([1])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.], dtype=float32)>
    """
    return _catalogue.deserialize(config)


def _export() -> None:
    for cls in _CLASSES.values():
        own_constructor(cls)
    for space in ("tf.keras.initializers.", "tf.initializers."):
        for name, cls in _CLASSES.items():
            lower = snake_case(name)
            names = [name] if cls is Initializer else [name, lower, *filter(None, [_ALIASES.get(name)])]
            for alias in names:
                export(space + alias, cls, None, "initializers")
    export("tf.keras.Initializer", Initializer, None, "initializers")


_export()
