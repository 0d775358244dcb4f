"""The area under a curve of the confusion matrix: ROC, precision and recall, or their gains."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .config import epsilon
from .confusion import Thresholds, confusion_counts, evenly_spread, spread_evenly
from .metrics import Metric, metric
from .variable import KerasVariable, converted

_CURVES = {"pr": "PR", "PR": "PR", "roc": "ROC", "ROC": "ROC", "prgain": "PRGAIN", "PRGAIN": "PRGAIN"}
_SUMMATIONS = {s: name for name in ("interpolation", "majoring", "minoring") for s in (name, name.capitalize())}


@metric("confusion_metrics")
class AUC(Metric):
    """The area under the ROC curve: how likely a positive sample gets a higher prediction than a negative one.

    num_thresholds: in how many points the curve is known; thresholds: these, instead of evenly spread ones. curve:
    "ROC", "PR" (precision over recall) or "PRGAIN" (their gains). summation_method: "interpolation" between the points
    (Davis & Goadrich, 2006, for "PR"), "minoring" or "majoring". multi_label: the mean of the areas of all labels, of
    which y_pred has a column each, weighted by `label_weights`. from_logits: y_pred are logits. num_labels: an int: how
    many labels there are; None: as many as the first y_pred has. label_weights: float (labels,).

    >>> tf.keras.metrics.AUC()([0, 0, 1, 1], [0., 0.5, 0.3, 0.9])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.75>
    """

    true_positives: KerasVariable
    false_positives: KerasVariable
    true_negatives: KerasVariable
    false_negatives: KerasVariable

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        self._given_thresholds = thresholds is not None
        if thresholds is not None:
            between = sorted(thresholds)
            even = evenly_spread([0.0, *between, 1.0])
        else:
            if num_thresholds <= 1:
                raise ValueError(
                    f"Argument `num_thresholds` must be an integer > 1. Received: num_thresholds={num_thresholds}"
                )
            between, even = spread_evenly(num_thresholds), True
        self._thresholds = Thresholds([0.0 - epsilon(), *between, 1.0 + epsilon()], even)
        self.num_thresholds = len(self._thresholds.values)
        if curve not in _CURVES:
            raise ValueError(f'Invalid AUC curve value: "{curve}". Expected values are ["PR", "ROC", "PRGAIN"]')
        if summation_method not in _SUMMATIONS:
            raise ValueError(
                f'Invalid AUC summation method value: "{summation_method}". '
                'Expected values are ["interpolation", "majoring", "minoring"]'
            )
        self._curve, self._summation = _CURVES[curve], _SUMMATIONS[summation_method]
        super().__init__(dtype, name)
        self.multi_label, self.num_labels = multi_label, num_labels
        self.label_weights = None if label_weights is None else converted(label_weights, self.dtype)
        self._from_logits = from_logits
        if multi_label:
            if num_labels:
                self._build(num_labels)
        elif num_labels:
            raise ValueError("`num_labels` is needed only when `multi_label` is True.")
        else:
            self._build()

    @property
    def thresholds(self) -> list[Any]:
        return list(np.array(self._thresholds.values))

    def _build(self, *labels: int) -> None:
        for name in ("true_positives", "false_positives", "true_negatives", "false_negatives"):
            setattr(self, name, self._add_zeros(name, (self.num_thresholds, *labels)))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = as_tensor(y_pred)
        if not self._variables:
            shape = y_pred._array.shape
            if len(shape) != 2:
                raise ValueError(
                    f"`y_pred` must have rank 2 when `multi_label=True`. Found rank {len(shape)}. "
                    f"Full shape received for `y_pred`: {shape}"
                )
            self._build(shape[1])
        if self._from_logits:
            y_pred = ops.sigmoid(y_pred)
        counts = confusion_counts(
            y_true,
            y_pred,
            self._thresholds,
            sample_weight,
            multi_label=self.multi_label,
            label_weights=None if self.multi_label else self.label_weights,
        )
        for variable in self._variables:
            variable.assign_add(counts[variable.name])

    def result(self) -> Tensor:
        if self._curve == "PR" and self._summation == "interpolation":
            return self._total(self._interpolated())
        x, y = self._points()
        if self._summation == "interpolation":
            heights = (y[:-1] + y[1:]) / 2.0
        else:
            heights = (ops.minimum if self._summation == "minoring" else ops.maximum)(y[:-1], y[1:])
        return self._total((x[:-1] - x[1:]) * heights)

    def _points(self) -> tuple[Tensor, Tensor]:
        """The curve's points, from the lowest threshold to the highest."""
        tp, fp, tn, fn = (v._value for v in self._variables)
        divide = ops.divide_no_nan
        if self._curve == "ROC":
            return divide(fp, fp + tn), divide(tp, tp + fn)
        if self._curve == "PR":
            return divide(tp, tp + fn), divide(tp, tp + fp)
        # Flach & Kull, 2015. Without true positives the gains are taken to be 0 and 1, and no recall gain is negative.
        scale = divide(tp + fn, tn + fp)
        none = ops.equal(tp, 0.0)
        recall_gain = ops.where(none, ops.zeros_like(tp), 1.0 - scale * divide(fn, tp))
        precision_gain = ops.where(none, ops.ones_like(tp), 1.0 - scale * divide(fp, tp))
        return ops.maximum(recall_gain, 0.0), precision_gain

    def _interpolated(self) -> Tensor:
        """The area between each two points of the precision-recall curve, between which true positives are linear."""
        tp, fp, _, fn = (v._value for v in self._variables)
        divide = ops.divide_no_nan
        p = tp + fp
        gained = tp[:-1] - tp[1:]
        slope = divide(gained, ops.maximum(p[:-1] - p[1:], 0.0))
        intercept = tp[1:] - slope * p[1:]
        both = ops.logical_and(p[:-1] > 0.0, p[1:] > 0.0)
        ratio = ops.where(both, divide(p[:-1], ops.maximum(p[1:], 0.0)), ops.ones_like(p[1:]))
        return divide(slope * (gained + intercept * ops.log(ratio)), ops.maximum(tp[1:] + fn[1:], 0.0))

    def _total(self, areas: Tensor) -> Tensor:
        if not self.multi_label:
            return ops.reduce_sum(areas)
        by_label = ops.reduce_sum(areas, 0)
        if self.label_weights is None:
            return ops.reduce_mean(by_label)
        return ops.divide_no_nan(ops.reduce_sum(by_label * self.label_weights), ops.reduce_sum(self.label_weights))

    def get_config(self) -> dict[str, Any]:
        config = {
            "num_thresholds": self.num_thresholds,
            "curve": self._curve,
            "summation_method": self._summation,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self._from_logits,
        }
        if self._given_thresholds:
            config["thresholds"] = self.thresholds[1:-1]
        return {**super().get_config(), **config}
