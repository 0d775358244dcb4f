"""Counting true and false positives and negatives at several thresholds at once, for the metrics made of them.

A prediction is positive where it is greater than the threshold. The counts of a batch are a dict with the keys
"true_positives", "false_positives", "true_negatives" and "false_negatives", each of shape (thresholds,), or
(thresholds, labels) if labels are counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .config import epsilon
from .losses import same_rank

LOWEST = -1e10  # what a prediction that is not among the first k becomes


class Thresholds(NamedTuple):
    """Thresholds in rising order, and whether they divide 0 to 1 evenly, so that a sort into bins will do."""

    values: Sequence[float]
    even: bool


def thresholds_of(given: Any, default: float = 0.5) -> Thresholds:
    """The thresholds that a metric was given: a number, a list, or None. Raises ValueError outside of 0 to 1."""
    if given is None:
        return Thresholds([default], False)
    values = list(given) if isinstance(given, (list, tuple)) else [given]
    wrong = [t for t in values if t is None or t < 0 or t > 1]
    if wrong:
        raise ValueError(f"Threshold values must be in [0, 1]. Received: {wrong}")
    return Thresholds(values, evenly_spread(values))


def spread_evenly(count: int) -> list[float]:
    """The `count` - 2 thresholds between 0 and 1."""
    return [(i + 1) * 1.0 / (count - 1) for i in range(count - 2)]


def evenly_spread(values: Sequence[float]) -> bool:
    count = len(values)
    if count < 3:
        return False
    return bool(np.allclose(values, np.arange(count, dtype=np.float32) / (count - 1), atol=epsilon()))


def confusion_counts(
    y_true: Any,
    y_pred: Any,
    thresholds: Thresholds,
    sample_weight: Any = None,
    top_k: int | None = None,
    class_id: int | None = None,
    multi_label: bool = False,
    label_weights: Tensor | None = None,
) -> dict[str, Tensor]:
    """The counts of a batch, weighted by sample and by label, in float32.

    top_k: only the k largest predictions of a sample may be positive. class_id: count that class only. multi_label:
    count the labels (samples, labels) apart.
    """
    y_true, y_pred = (ops.cast(as_tensor(y), "float32") for y in (y_true, y_pred))
    y_pred, y_true = same_rank(y_pred, y_true)
    weight = None
    if sample_weight is not None:
        weight = ops.expand_dims(ops.cast(as_tensor(sample_weight), "float32"), -1)
        _, weight = same_rank(y_true, weight, expand=False)
    if top_k is not None:
        y_pred = _first(y_pred, top_k)
    if class_id is not None:
        if y_pred._array.ndim == 1:
            raise ValueError(
                "When class_id is provided, y_pred must be a 2D array with shape (num_samples, num_classes), "
                f"found shape: {y_pred._array.shape}"
            )
        y_true, y_pred = y_true[..., class_id, None], y_pred[..., class_id, None]
    shape = list(y_pred._array.shape)
    total = None
    for part in (weight, None if label_weights is None else ops.expand_dims(label_weights, 0)):
        if part is not None:
            part = ops.broadcast_to(part, shape)
            total = part if total is None else total * part
    if not multi_label:
        y_true, y_pred = ops.reshape(y_true, [-1]), ops.reshape(y_pred, [-1])
        total = None if total is None else ops.reshape(total, [-1])
    truth = ops.cast(ops.cast(y_true, "bool"), "float32")
    true, false = (truth, 1.0 - truth) if total is None else (truth * total, (1.0 - truth) * total)
    count = _in_bins if thresholds.even else _compared
    return count(true, false, y_pred, thresholds.values)


def _first(y_pred: Tensor, k: int) -> Tensor:
    _, places = ops.top_k(y_pred, k)
    kept = ops.reduce_sum(ops.one_hot(places, y_pred._array.shape[-1]), -2)
    return y_pred * kept + LOWEST * (1.0 - kept)


def _compared(true: Tensor, false: Tensor, y_pred: Tensor, thresholds: Sequence[float]) -> dict[str, Tensor]:
    """Each prediction is compared with each threshold."""
    limits = ops.reshape(ops.constant(list(thresholds), "float32"), [-1] + [1] * y_pred._array.ndim)
    positive = ops.cast(ops.expand_dims(y_pred, 0) > limits, "float32")
    negative = 1.0 - positive
    return {
        "true_positives": ops.reduce_sum(positive * true, 1),
        "false_positives": ops.reduce_sum(positive * false, 1),
        "true_negatives": ops.reduce_sum(negative * false, 1),
        "false_negatives": ops.reduce_sum(negative * true, 1),
    }


def _in_bins(true: Tensor, false: Tensor, y_pred: Tensor, thresholds: Sequence[float]) -> dict[str, Tensor]:
    """Each prediction goes into the bin below it; what is above a threshold is then a sum over bins."""
    count = len(thresholds)
    bins = ops.ceil(ops.clip_by_value(y_pred, 0.0, 1.0) * (count - 1.0)) - 1.0
    if thresholds[0] < 0.0 or thresholds[-1] > 1.0:
        bins = ops.relu(bins)  # the first threshold is below 0, so that 0 is above it
    bins = ops.cast(bins, "int32")
    positives = [_above(part, bins, count) for part in (true, false)]
    return {
        "true_positives": positives[0],
        "false_positives": positives[1],
        "true_negatives": ops.reduce_sum(false, 0) - positives[1],
        "false_negatives": ops.reduce_sum(true, 0) - positives[0],
    }


def _above(weights: Tensor, bins: Tensor, count: int) -> Tensor:
    """The sum of the weights in each bin and those above it: (count,), or (count, labels)."""
    if weights._array.ndim == 1:
        return ops.cumsum(ops.unsorted_segment_sum(weights, bins, count), reverse=True)
    labels = weights._array.shape[1]
    places = ops.where(bins < 0, bins, bins * labels + ops.range(labels))
    sums = ops.unsorted_segment_sum(ops.reshape(weights, [-1]), ops.reshape(places, [-1]), count * labels)
    return ops.cumsum(ops.reshape(sums, [count, labels]), 0, reverse=True)
