"""`tf.keras.optimizers`, by name: the classes, and how one is found, written down and made again."""

from __future__ import annotations

from typing import Any

from .optimizer_base import Optimizer
from .registry import export, op
from .update_rules import OPTIMIZERS

for _name, _rule in OPTIMIZERS.items():
    export("tf.keras.optimizers." + _name, _rule, _name, "optimizers")
    export("tf.optimizers." + _name, _rule, None, "optimizers")
for _path in ("tf.keras.optimizers.Optimizer", "tf.optimizers.Optimizer", "tf.keras.Optimizer"):
    export(_path, Optimizer, None, "optimizers")


@op("keras.optimizers.get optimizers.get", short=False)
def get_optimizer(identifier: Any) -> Any:
    """The optimizer of that name, in any case, with its default arguments; an optimizer itself.

    Also takes {"class_name": ..., "config": {...}}. Raises ValueError for an unknown name.

    >>> tf.keras.optimizers.get("sgd").momentum
    0.0
    """
    found = deserialize_optimizer(identifier) if isinstance(identifier, (str, dict)) else identifier
    if identifier is None or isinstance(found, Optimizer):
        return found
    raise ValueError(f"Could not interpret optimizer identifier: {identifier}")


@op("keras.optimizers.serialize optimizers.serialize", short=False)
def serialize_optimizer(optimizer: Any) -> Any:
    """An optimizer as a dictionary; its state is not in it.

    >>> tf.keras.optimizers.serialize(SGD(0.5))["class_name"]
    'SGD'
    """
    return {
        "module": "keras.optimizers",
        "class_name": type(optimizer).__name__,
        "config": optimizer.get_config(),
        "registered_name": None,
    }


@op("keras.optimizers.deserialize optimizers.deserialize", short=False)
def deserialize_optimizer(config: Any, custom_objects: Any = None) -> Any:
    """The optimizer of a dictionary, as `serialize` gives it; the name itself if there is no such optimizer.

    >>> tf.keras.optimizers.deserialize({"class_name": "sgd", "config": {"momentum": 0.5}}).momentum
    0.5
    """
    name, options = (config.get("class_name"), config.get("config", {})) if isinstance(config, dict) else (config, {})
    rule = next((rule for key, rule in OPTIMIZERS.items() if key.lower() == str(name).lower()), None)
    return name if rule is None else rule.from_config(options)
