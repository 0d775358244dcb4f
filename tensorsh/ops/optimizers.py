"""`tf.keras.optimizers`, by name: the classes, and how one is found, written down and made again."""

from __future__ import annotations

from typing import Any

from .keras.objects import serialize
from .optimizer_base import Optimizer
from .optimizer_wrappers import LossScaleOptimizer, MultiOptimizer, OptimizerMap
from .registry import export, op
from .update_rules import RULES
from .update_rules_factored import Adafactor, Muon, ScheduleFreeAdamW

_OPTIMIZERS = (*RULES, Adafactor, Muon, ScheduleFreeAdamW, LossScaleOptimizer, MultiOptimizer)
for _rule in _OPTIMIZERS:
    export(f"tf.keras.optimizers.{_rule.__name__}", _rule, _rule.__name__, "optimizers")
    export(f"tf.optimizers.{_rule.__name__}", _rule, None, "optimizers")
export("tf.keras.optimizers.OptimizerMap", OptimizerMap, None, "optimizers")
export("tf.optimizers.OptimizerMap", OptimizerMap, None, "optimizers")
export("tf.keras.mixed_precision.LossScaleOptimizer", LossScaleOptimizer, None, "optimizers")


class _Legacy:
    """An optimizer of Keras 2, which Keras 3 does not have: making one raises ImportError."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise ImportError(
            "`keras.optimizers.legacy` is not supported in Keras 3. When using `tf.keras`, to continue using a "
            "`tf.keras.optimizers.legacy` optimizer, you can install the `tf_keras` package (Keras 2) and set the "
            "environment variable `TF_USE_LEGACY_KERAS=True` to configure TensorFlow to use `tf_keras` when accessing "
            "`tf.keras`."
        )


for _name in ("Adagrad", "Adam", "Ftrl", "Optimizer", "RMSprop", "SGD"):
    export(f"tf.keras.optimizers.legacy.{_name}", _Legacy, None, "optimizers")
    export(f"tf.optimizers.legacy.{_name}", _Legacy, None, "optimizers")
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

    optimizer: an object of `tf.keras.optimizers`.

    >>> tf.keras.optimizers.serialize(SGD(0.5))["class_name"]
    'SGD'
    """
    return serialize(optimizer)


@op("keras.optimizers.deserialize optimizers.deserialize", short=False)
def deserialize_optimizer(config: Any, custom_objects: Any = None) -> Any:
    """The optimizer of a dictionary, as `serialize` gives it; the name itself if there is no such optimizer.

    >>> tf.keras.optimizers.deserialize({"class_name": "sgd", "config": {"momentum": 0.5}}).momentum
    0.5
    """
    name, options = (config.get("class_name"), config.get("config", {})) if isinstance(config, dict) else (config, {})
    rule = next((rule for rule in _OPTIMIZERS if rule.__name__.lower() == str(name).lower()), None)
    return name if rule is None else rule.from_config(options)
