"""Metrics of the confusion matrix: counts, precision, recall, and one of them where another is good enough."""

from __future__ import annotations

from typing import Any

from ...runtime.tensor import Tensor
from ..registry import ops
from .confusion import LOWEST, Thresholds, confusion_counts, spread_evenly, thresholds_of
from .metrics import Metric, metric


class _Counting(Metric):
    """A metric whose variables are counts of the confusion matrix, one for each threshold."""

    _thresholds: Thresholds
    top_k: int | None = None
    class_id: int | None = None

    def _count(self, *names: str) -> None:
        for name in names:
            setattr(self, name, self._add_zeros(name, (len(self._thresholds.values),)))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        counts = confusion_counts(y_true, y_pred, self._thresholds, sample_weight, self.top_k, self.class_id)
        for variable in self.variables:
            variable.assign_add(counts[variable.name])

    def _rate(self, part: str, other: str) -> Tensor:
        a, b = getattr(self, part)._value, getattr(self, other)._value
        return ops.divide_no_nan(a, ops.add(a, b))

    def _shown(self, rates: Tensor) -> Tensor:
        return rates[0] if len(self._thresholds.values) == 1 else rates


# ---------------------------------------------------------------- counts


class _Count(Metric):
    """One of the counts."""

    _counted: str

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self._thresholds = thresholds_of(thresholds)
        self.thresholds = self._thresholds.values
        self.accumulator = self._add_zeros("accumulator", (len(self.thresholds),))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        counts = confusion_counts(y_true, y_pred, self._thresholds, sample_weight)
        self.accumulator.assign_add(counts[self._counted])

    def result(self) -> Any:
        return self.accumulator._value[0] if len(self.thresholds) == 1 else self.accumulator

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "thresholds": self.init_thresholds}


@metric("confusion_metrics")
class TruePositives(_Count):
    """How many samples are predicted positive, above the threshold (0.5), and are.

    >>> tf.keras.metrics.TruePositives()([0, 1, 1, 1], [1, 0, 1, 1])
    <tf.Tensor: shape=(), dtype=float32, numpy=2.0>
    """

    _counted = "true_positives"


@metric("confusion_metrics")
class FalsePositives(_Count):
    """How many samples are predicted positive, above the threshold (0.5), and are not.

    >>> tf.keras.metrics.FalsePositives()([0, 1, 1, 1], [1, 0, 1, 1])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """

    _counted = "false_positives"


@metric("confusion_metrics")
class TrueNegatives(_Count):
    """How many samples are predicted negative, not above the threshold (0.5), and are.

    >>> tf.keras.metrics.TrueNegatives()([0, 0, 1, 1], [1, 0, 1, 1])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """

    _counted = "true_negatives"


@metric("confusion_metrics")
class FalseNegatives(_Count):
    """How many samples are predicted negative, not above the threshold (0.5), and are not.

    >>> tf.keras.metrics.FalseNegatives()([0, 1, 1, 1], [1, 0, 1, 1])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """

    _counted = "false_negatives"


# ---------------------------------------------------------------- precision and recall


class _Share(_Counting):
    """The share of true positives in all of a kind; `_other` is what else there is of it."""

    _other: str

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        self.init_thresholds, self.top_k, self.class_id = thresholds, top_k, class_id
        self._thresholds = thresholds_of(thresholds, 0.5 if top_k is None else LOWEST)
        self.thresholds = self._thresholds.values
        self._count("true_positives", self._other)

    def result(self) -> Tensor:
        return self._shown(self._rate("true_positives", self._other))

    def get_config(self) -> dict[str, Any]:
        options = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **options}


@metric("confusion_metrics")
class Precision(_Share):
    """The share of true positives in all samples that are predicted positive, above the threshold (0.5).

    top_k: the k largest predictions of a sample are the positive ones. class_id: the one class that counts.

    >>> tf.keras.metrics.Precision()([0, 1, 1, 1], [1, 0, 1, 1], sample_weight=[2, 0, 1, 1])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """

    _other = "false_positives"


@metric("confusion_metrics")
class Recall(_Share):
    """The share of true positives in all samples that are positive; arguments as for `Precision`.

    top_k: an int, or None.

    >>> tf.keras.metrics.Recall()([0, 1, 1, 1, 1], [1, 0, 1, 1, 1])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.75>
    """

    _other = "false_negatives"


# ---------------------------------------------------------------- one rate where another is good enough


class _RateAtRate(_Counting):
    """The best `_wanted` rate at those thresholds at which the `_given` rate is at least the value given."""

    _wanted: tuple[str, str]
    _given: tuple[str, str]
    _argument: str

    def __init__(self, value: float, num_thresholds: int, class_id: Any, name: Any, dtype: Any) -> None:
        if value < 0 or value > 1:
            raise ValueError(
                f"Argument `{self._argument}` must be in the range [0, 1]. Received: {self._argument}={value}"
            )
        super().__init__(dtype, name)
        if num_thresholds <= 0:
            raise ValueError(
                f"Argument `num_thresholds` must be an integer > 0. Received: num_thresholds={num_thresholds}"
            )
        self.value, self.num_thresholds, self.class_id = value, num_thresholds, class_id
        setattr(self, self._argument, value)
        values = [0.5] if num_thresholds == 1 else [0.0, *spread_evenly(num_thresholds), 1.0]
        self._thresholds = Thresholds(values, num_thresholds != 1)
        self.thresholds = values
        self._count("true_positives", "false_positives", "true_negatives", "false_negatives")

    def result(self) -> Tensor:
        wanted, given = self._rate(*self._wanted), self._rate(*self._given)
        good = ops.greater_equal(given, self.value)
        return ops.maximum(ops.reduce_max(ops.where(good, wanted, ops.zeros_like(wanted))), 0.0)

    def get_config(self) -> dict[str, Any]:
        options = {"num_thresholds": self.num_thresholds, self._argument: self.value}
        return {**super().get_config(), "class_id": self.class_id, **options}


_SENSITIVITY = _RECALL = ("true_positives", "false_negatives")
_SPECIFICITY = ("true_negatives", "false_positives")
_PRECISION = ("true_positives", "false_positives")


@metric("confusion_metrics")
class SensitivityAtSpecificity(_RateAtRate):
    """The best sensitivity, tp / (tp + fn), at a threshold at which the specificity is at least the one given.

    specificity: a float from 0 to 1.

    >>> tf.keras.metrics.SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """

    _wanted, _given, _argument = _SENSITIVITY, _SPECIFICITY, "specificity"

    def __init__(
        self, specificity: float, num_thresholds: int = 200, class_id: Any = None, name: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)


@metric("confusion_metrics")
class SpecificityAtSensitivity(_RateAtRate):
    """The best specificity, tn / (tn + fp), at a threshold at which the sensitivity is at least the one given.

    sensitivity: a float from 0 to 1.

    >>> tf.keras.metrics.SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.6666666865348816>
    """

    _wanted, _given, _argument = _SPECIFICITY, _SENSITIVITY, "sensitivity"

    def __init__(
        self, sensitivity: float, num_thresholds: int = 200, class_id: Any = None, name: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)


@metric("confusion_metrics")
class PrecisionAtRecall(_RateAtRate):
    """The best precision, tp / (tp + fp), at a threshold at which the recall is at least the one given.

    recall: a float from 0 to 1.

    >>> tf.keras.metrics.PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """

    _wanted, _given, _argument = _PRECISION, _RECALL, "recall"

    def __init__(
        self, recall: float, num_thresholds: int = 200, class_id: Any = None, name: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)


@metric("confusion_metrics")
class RecallAtPrecision(_RateAtRate):
    """The best recall, tp / (tp + fn), at a threshold at which the precision is at least the one given.

    precision: a float from 0 to 1.

    >>> tf.keras.metrics.RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """

    _wanted, _given, _argument = _RECALL, _PRECISION, "precision"

    def __init__(
        self, precision: float, num_thresholds: int = 200, class_id: Any = None, name: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
