"""Scores of a whole classification or regression: F scores and R2."""

from __future__ import annotations

from typing import Any

from ...runtime.notices import note
from ...runtime.tensor import Tensor
from ..registry import ops
from .config import epsilon
from .losses import same_rank
from .metrics import Metric, metric
from .variable import KerasVariable, converted


def _two_axes(name: str, y_true: Tensor, y_pred: Tensor) -> int:
    """The number of columns. Raises ValueError unless both are matrices."""
    if y_pred._array.ndim != 2 or y_true._array.ndim != 2:
        raise ValueError(
            f"{name} expects 2D inputs with shape (batch_size, output_dim). Received input shapes: "
            f"y_pred.shape={y_pred._array.shape} and y_true.shape={y_true._array.shape}."
        )
    return y_pred._array.shape[-1]


@metric("f_score_metrics")
class FBetaScore(Metric):
    """(1 + beta^2) precision * recall / (beta^2 precision + recall), for the classes in the columns of y_true, y_pred.

    average: None for the score of each class, "macro" or "weighted" (by how often it occurs) for their mean, "micro"
    for the score of all together. threshold: above it a prediction is positive; if None, only a sample's largest is.
    beta: a positive float: how many times as much recall weighs as precision.

    >>> m = tf.keras.metrics.FBetaScore(beta=2.0, threshold=0.5)
    >>> m([[1, 0], [1, 1]], [[0.2, 0.6], [0.6, 0.8]])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5555556, 0.8333332], dtype=float32)>
    """

    true_positives: KerasVariable
    false_positives: KerasVariable
    false_negatives: KerasVariable
    intermediate_weights: KerasVariable

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if average not in (None, "micro", "macro", "weighted"):
            raise ValueError(
                "Invalid `average` argument value. Expected one of: {None, 'micro', 'macro', 'weighted'}. "
                f"Received: average={average}"
            )
        if not isinstance(beta, float):
            raise ValueError(
                "Invalid `beta` argument value. It should be a Python float. "
                f"Received: beta={beta} of type '{type(beta)}'"
            )
        if beta <= 0.0:
            raise ValueError(f"Invalid `beta` argument value. It should be > 0. Received: beta={beta}")
        if threshold is not None and not isinstance(threshold, float):
            raise ValueError(
                "Invalid `threshold` argument value. It should be a Python float. "
                f"Received: threshold={threshold} of type '{type(threshold)}'"
            )
        if threshold is not None and not 0.0 < threshold <= 1.0:
            raise ValueError(
                "Invalid `threshold` argument value. It should verify 0 < threshold <= 1. "
                f"Received: threshold={threshold}"
            )
        self.average, self.beta, self.threshold = average, beta, threshold
        self.axis = None if average == "micro" else 0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = converted(y_true, self.dtype), converted(y_pred, self.dtype)
        if not self._variables:
            classes = _two_axes("FBetaScore", y_true, y_pred)
            for name in ("true_positives", "false_positives", "false_negatives", "intermediate_weights"):
                setattr(self, name, self._add_zeros(name, () if self.axis is None else (classes,), self.dtype))
        if self.threshold is None:
            largest = y_pred >= ops.reduce_max(y_pred, -1, True)
            y_pred = ops.logical_and(largest, abs(y_pred) > 1e-9)  # nothing is positive where all are 0
        else:
            y_pred = y_pred > self.threshold
        y_pred = ops.cast(y_pred, self.dtype)
        counted = (y_pred * y_true, y_pred * (1.0 - y_true), (1.0 - y_pred) * y_true, y_true)
        if sample_weight is not None:
            weight = ops.expand_dims(converted(sample_weight, self.dtype), 1)
            counted = tuple(part * weight for part in counted)
        for variable, part in zip(self._variables, counted):
            variable.assign_add(ops.reduce_sum(part, self.axis))

    def result(self) -> Tensor:
        tp, fp, fn = (v._value for v in (self.true_positives, self.false_positives, self.false_negatives))
        precision, recall = tp / (tp + fp + epsilon()), tp / (tp + fn + epsilon())
        square = self.beta**2
        score = precision * recall / (square * precision + recall + epsilon()) * (1 + square)
        if self.average == "weighted":
            weights = self.intermediate_weights._value
            return ops.reduce_sum(score * (weights / (ops.reduce_sum(weights) + epsilon())))
        return score if self.average is None else ops.reduce_mean(score)

    def get_config(self) -> dict[str, Any]:
        options = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **options}


@metric("f_score_metrics")
class F1Score(FBetaScore):
    """2 precision * recall / (precision + recall); arguments as for `FBetaScore`.

    average: None, "macro", "weighted" or "micro". threshold: a float, or None.

    >>> m = tf.keras.metrics.F1Score(average="micro", threshold=0.5)
    >>> m([[1, 0], [1, 1]], [[0.2, 0.6], [0.6, 0.8]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.6666666269302368>
    """

    def __init__(
        self, average: str | None = None, threshold: float | None = None, name: str = "f1_score", dtype: Any = None
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["beta"]
        return config


@metric("regression_metrics")
class R2Score(Metric):
    """1 - (the squared error) / (the squared distance of y_true from its mean): 1 is perfect, 0 as good as the mean.

    class_aggregation: "uniform_average" or "variance_weighted_average" of the columns' scores, or None for each.
    num_regressors: if not 0, adjust the score for that many predictors.

    >>> tf.keras.metrics.R2Score()([[1.], [4.], [3.]], [[2.], [4.], [4.]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5714285373687744>
    """

    squared_sum: KerasVariable
    sum: KerasVariable
    total_mse: KerasVariable
    count: KerasVariable

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        known = (None, "uniform_average", "variance_weighted_average")
        if class_aggregation not in known:
            raise ValueError(
                f"Invalid value for argument `class_aggregation`. Expected one of {known}. "
                f"Received: class_aggregation={class_aggregation}"
            )
        if num_regressors < 0:
            raise ValueError(
                "Invalid value for argument `num_regressors`. Expected a value >= 0. "
                f"Received: num_regressors={num_regressors}"
            )
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        self.num_samples = self._add_zeros("num_samples")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = same_rank(converted(y_true, self.dtype), converted(y_pred, self.dtype))
        if len(self._variables) == 1:
            columns = (_two_axes("R2Score", y_true, y_pred),)
            self.squared_sum = self._add_zeros("squared_sum", columns)
            self.sum = self._add_zeros("sum", columns)
            self.total_mse = self._add_zeros("residual", columns)
            self.count = self._add_zeros("count", columns)
        weight = converted(1.0 if sample_weight is None else sample_weight, self.dtype)
        if weight._array.ndim == 1:
            weight = ops.expand_dims(weight, 1)
        weight = ops.broadcast_to(weight, list(y_true._array.shape))
        weighted = y_true * weight
        self.sum.assign_add(ops.reduce_sum(weighted, 0))
        self.squared_sum.assign_add(ops.reduce_sum(y_true * weighted, 0))
        self.total_mse.assign_add(ops.reduce_sum(ops.square(y_true - y_pred) * weight, 0))
        self.count.assign_add(ops.reduce_sum(weight, 0))
        self.num_samples.assign_add(y_true._array.size)

    def result(self) -> Tensor:
        total = self.squared_sum._value - self.sum._value * (self.sum._value / self.count._value)
        scores = 1.0 - self.total_mse._value / total
        scores = ops.where(ops.is_inf(scores), ops.zeros_like(scores), scores)
        if self.class_aggregation == "uniform_average":
            score = ops.reduce_mean(scores)
        elif self.class_aggregation == "variance_weighted_average":
            score = ops.reduce_sum(total * scores) / ops.reduce_sum(total)
        else:
            score = scores
        return self._adjusted(score) if self.num_regressors else score

    def _adjusted(self, score: Tensor) -> Tensor:
        samples, regressors = float(self.num_samples), float(self.num_regressors)
        if regressors > samples - 1:
            note("More independent predictors than datapoints in adjusted R2 score. Falling back to standard R2 score.")
            return score
        if regressors == samples - 1:
            note("Division by zero in Adjusted R2 score. Falling back to standard R2 score.")
            return score
        return 1.0 - (1.0 - score) * (samples - 1.0) / (samples - regressors - 1.0)

    def get_config(self) -> dict[str, Any]:
        options = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **options}
