"""Metrics by name, and as the dicts of plain values that they can be made from again."""

from __future__ import annotations

from typing import Any

from ..registry import op
from . import accuracies as keras_accuracies
from . import auc as keras_auc
from . import confusion_metrics as keras_confusion_metrics
from . import iou_metrics as keras_iou_metrics
from . import mean_metrics as keras_mean_metrics
from . import metrics as keras_metrics
from . import scores as keras_scores
from .metrics import Metric
from .objects import Catalogue, serialize
from .variable import snake_case

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
_CATALOGUE = Catalogue(
    "metric",
    {
        **_CLASSES,
        **{snake_case(name): cls for name, cls in _CLASSES.items()},
        **{alias: _CLASSES[name] for short, name in _ALIASES.items() for alias in (short, short.upper())},
    },
)


@op("keras.metrics.get metrics.get", short=False)
def get_metric(identifier: Any) -> Any:
    """A new metric by its class's name, such as "AUC" or "auc", or by a dict; a function or a metric itself.

    Raises ValueError for what is none.

    >>> tf.keras.metrics.get("mse")
    <MeanSquaredError name=mean_squared_error>
    """
    return _CATALOGUE.get(identifier)


@op("keras.metrics.deserialize metrics.deserialize", short=False)
def deserialize_metric(config: Any, custom_objects: Any = None) -> Any:
    """The metric that `serialize` made this dict of, or that a name names.

    >>> tf.keras.metrics.deserialize({"class_name": "Mean", "config": {"name": "loss"}})
    <Mean name=loss>
    """
    return _CATALOGUE.deserialize(config)


@op("keras.metrics.serialize metrics.serialize", short=False)
def serialize_metric(metric: Any) -> Any:
    """A metric as a dict of plain values: its class's name and its arguments.

    metric: an object of a metric's class.

    >>> tf.keras.metrics.serialize(tf.keras.metrics.Mean())["config"]
    {'name': 'mean', 'dtype': 'float32'}
    """
    return serialize(metric)
