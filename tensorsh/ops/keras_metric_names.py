"""Metrics by name, and as the dicts of plain values that they can be made from again."""

from __future__ import annotations

from typing import Any

from . import (
    keras_accuracies,
    keras_auc,
    keras_confusion_metrics,
    keras_iou_metrics,
    keras_mean_metrics,
    keras_metrics,
    keras_scores,
)
from .keras_metrics import Metric
from .keras_variable import snake_case
from .registry import op

_FILES = (
    keras_metrics,
    keras_mean_metrics,
    keras_accuracies,
    keras_confusion_metrics,
    keras_auc,
    keras_scores,
    keras_iou_metrics,
)
_ALIASES = {
    "bce": "BinaryCrossentropy",
    "mse": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
}
_CLASSES: dict[str, Any] = {
    name: value
    for file in _FILES
    for name, value in vars(file).items()
    if isinstance(value, type) and issubclass(value, Metric) and value.__module__.startswith("keras.")
}
_BY_NAME = {
    **_CLASSES,
    **{snake_case(name): cls for name, cls in _CLASSES.items()},
    **{alias: _CLASSES[name] for short, name in _ALIASES.items() for alias in (short, short.upper())},
}


@op("keras.metrics.get metrics.get", short=False)
def get_metric(identifier: Any) -> Any:
    """A new metric by its class's name, such as "AUC" or "auc", or by a dict; a function or a metric itself.

    Raises ValueError for what is none.

    >>> tf.keras.metrics.get("mse")
    <MeanSquaredError name=mean_squared_error>
    """
    if identifier is None:
        return None
    found = identifier
    if isinstance(identifier, dict):
        found = deserialize_metric(identifier)
    elif isinstance(identifier, str):
        found = _BY_NAME.get(identifier)
    if not callable(found):
        raise ValueError(f"Could not interpret metric identifier: {identifier}")
    return found() if isinstance(found, type) else found


@op("keras.metrics.deserialize metrics.deserialize", short=False)
def deserialize_metric(config: Any, custom_objects: Any = None) -> Any:
    """The metric that `serialize` made this dict of; the class of that name, if it is a name.

    >>> tf.keras.metrics.deserialize({"class_name": "Mean", "config": {"name": "loss"}})
    <Mean name=loss>
    """
    name = config.get("class_name") if isinstance(config, dict) else config
    found = {**_BY_NAME, **(custom_objects or {})}.get(name)
    if found is None:
        raise ValueError(f"Could not interpret metric identifier: {config}")
    return found(**config.get("config", {})) if isinstance(config, dict) else found


@op("keras.metrics.serialize metrics.serialize", short=False)
def serialize_metric(metric: Any) -> dict[str, Any]:
    """A metric as a dict of plain values: its class's name and its arguments.

    >>> tf.keras.metrics.serialize(tf.keras.metrics.Mean())["config"]
    {'name': 'mean', 'dtype': 'float32'}
    """
    return {
        "module": "keras.metrics",
        "class_name": type(metric).__name__,
        "config": metric.get_config(),
        "registered_name": None,
    }
