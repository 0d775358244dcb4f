"""Metrics that are the mean of a loss: errors, hinges, divergences, crossentropies; and correlations."""

from __future__ import annotations

from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import op, ops
from . import losses
from .config import epsilon
from .losses import same_rank
from .metrics import Mean, NamedMean, metric
from .variable import converted

# ---------------------------------------------------------------- errors


@metric("regression_metrics")
class MeanSquaredError(NamedMean):
    """The mean of (y_true - y_pred)^2.

    >>> tf.keras.metrics.MeanSquaredError()([[0., 1.]], [[2., 1.]])
    <tf.Tensor: shape=(), dtype=float32, numpy=2.0>
    """

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_error, name, dtype)


@metric("regression_metrics")
class RootMeanSquaredError(Mean):
    """The square root of the mean of (y_true - y_pred)^2.

    >>> tf.keras.metrics.RootMeanSquaredError()([0., 0.], [3., 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=3.0>
    """

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        y_true, y_pred = same_rank(converted(y_true, self.dtype), converted(y_pred, self.dtype))
        super().update_state(ops.square(y_pred - y_true), sample_weight)

    def result(self) -> Tensor:
        return ops.sqrt(super().result())


@metric("regression_metrics")
class MeanAbsoluteError(NamedMean):
    """The mean of |y_true - y_pred|.

    >>> tf.keras.metrics.MeanAbsoluteError()([0., 1.], [2., 1.])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_error, name, dtype)


@metric("regression_metrics")
class MeanAbsolutePercentageError(NamedMean):
    """100 times the mean of |y_true - y_pred| / |y_true|.

    >>> tf.keras.metrics.MeanAbsolutePercentageError()([1., 2.], [2., 2.])
    <tf.Tensor: shape=(), dtype=float32, numpy=50.0>
    """

    def __init__(self, name: str = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_absolute_percentage_error, name, dtype)


@metric("regression_metrics")
class MeanSquaredLogarithmicError(NamedMean):
    """The mean of (log(y_true + 1) - log(y_pred + 1))^2.

    >>> tf.keras.metrics.MeanSquaredLogarithmicError()([3.], [3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.0>
    """

    def __init__(self, name: str = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype)


@metric("regression_metrics")
class LogCoshError(NamedMean):
    """The mean of log(cosh(y_pred - y_true)).

    >>> tf.keras.metrics.LogCoshError()([1., 1.], [1., 1.])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.0>
    """

    def __init__(self, name: str = "logcosh", dtype: Any = None) -> None:
        super().__init__(losses.log_cosh, name, dtype)


def _cosine(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    return -losses.cosine_similarity(y_true, y_pred, axis)


@metric("regression_metrics")
class CosineSimilarity(NamedMean):
    """The mean cosine of the angle between y_true and y_pred: 1 for the same direction.

    >>> tf.keras.metrics.CosineSimilarity()([[0., 1.]], [[0., 5.]])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(_cosine, name, dtype, axis=axis)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype}


# ---------------------------------------------------------------- hinges


@metric("hinge_metrics")
class Hinge(NamedMean):
    """The mean of max(1 - y_true * y_pred, 0).

    >>> tf.keras.metrics.Hinge()([[1., -1.]], [[0.5, 0.5]])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """

    def __init__(self, name: str = "hinge", dtype: Any = None) -> None:
        super().__init__(losses.hinge, name, dtype)


@metric("hinge_metrics")
class SquaredHinge(NamedMean):
    """The mean of max(1 - y_true * y_pred, 0)^2.

    >>> tf.keras.metrics.SquaredHinge()([[1., -1.]], [[0.5, 0.5]])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.25>
    """

    def __init__(self, name: str = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(losses.squared_hinge, name, dtype)


@metric("hinge_metrics")
class CategoricalHinge(NamedMean):
    """The mean of max(0, 1 + the highest score of a wrong class - the score of the right one).

    >>> tf.keras.metrics.CategoricalHinge()([[0., 1.]], [[0.5, 0.25]])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.25>
    """

    def __init__(self, name: str = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(losses.categorical_hinge, name, dtype)


# ---------------------------------------------------------------- probabilities


@metric("probabilistic_metrics")
class KLDivergence(NamedMean):
    """The mean of sum(y_true * log(y_true / y_pred)).

    >>> tf.keras.metrics.KLDivergence()([[0.5, 0.5]], [[0.5, 0.5]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.0>
    """

    def __init__(self, name: str = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(losses.kl_divergence, name, dtype)


@metric("probabilistic_metrics")
class Poisson(NamedMean):
    """The mean of y_pred - y_true log(y_pred).

    >>> tf.keras.metrics.Poisson()([[0., 0.]], [[1., 2.]])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.5>
    """

    def __init__(self, name: str = "poisson", dtype: Any = None) -> None:
        super().__init__(losses.poisson, name, dtype)


@metric("probabilistic_metrics")
class BinaryCrossentropy(NamedMean):
    """The mean of `tf.keras.losses.binary_crossentropy`.

    >>> tf.keras.metrics.BinaryCrossentropy()([0., 1.], [0.5, 0.5])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.6931471824645996>
    """

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(
            losses.binary_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing
        )
        self.from_logits, self.label_smoothing = from_logits, label_smoothing


@metric("probabilistic_metrics")
class CategoricalCrossentropy(NamedMean):
    """The mean of `tf.keras.losses.categorical_crossentropy`.

    >>> tf.keras.metrics.CategoricalCrossentropy()([[0., 1.]], [[0.5, 0.5]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.6931471824645996>
    """

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        options = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(losses.categorical_crossentropy, name, dtype, **options)
        self.from_logits, self.label_smoothing, self.axis = from_logits, label_smoothing, axis


@metric("probabilistic_metrics")
class SparseCategoricalCrossentropy(NamedMean):
    """The mean of `tf.keras.losses.sparse_categorical_crossentropy`.

    Samples of `ignore_class` count as losses of 0; where there are sample weights, they do not count.

    >>> tf.keras.metrics.SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.6931471824645996>
    """

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        options = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
        super().__init__(losses.sparse_categorical_crossentropy, name, dtype, **options)
        self.from_logits, self.ignore_class, self.axis = from_logits, ignore_class, axis

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        if self.ignore_class is not None and sample_weight is not None:
            counted = ops.not_equal(ops.cast(as_tensor(y_true), "int64"), self.ignore_class)
            mask, weight = same_rank(ops.cast(counted, self.dtype), converted(sample_weight, self.dtype))
            sample_weight = weight * mask
        super().update_state(y_true, y_pred, sample_weight)


# ---------------------------------------------------------------- correlations


def _correlation_samples(s: Any) -> Any:
    return [s.call(s.distinct(2, 4), s.distinct(2, 4))]


def _paired(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    y_pred = as_tensor(y_pred)
    return same_rank(converted(y_true, y_pred.dtype.name), y_pred)


@op("keras.metrics.pearson_correlation metrics.pearson_correlation", short=False, samples=_correlation_samples)
def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Pearson's correlation of y_true and y_pred along `axis`: the covariance over both standard deviations.

    >>> tf.keras.metrics.pearson_correlation([[0., 1., 2.]], [[1., 3., 5.]])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.9999998], dtype=float32)>
    """
    a, b = (y - ops.reduce_mean(y, axis, True) for y in _paired(y_true, y_pred))
    return ops.reduce_mean(a / ops.reduce_std(a, axis, True) * (b / ops.reduce_std(b, axis, True)), axis)


@op("keras.metrics.concordance_correlation metrics.concordance_correlation", short=False, samples=_correlation_samples)
def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """How well y_pred agrees with y_true along `axis`: 2 cov / (var + var + (mean - mean)^2) (Lin, 1989).

    >>> tf.keras.metrics.concordance_correlation([[0., 1., 2.]], [[0., 1., 2.]])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.99999994], dtype=float32)>
    """
    y_true, y_pred = _paired(y_true, y_pred)
    mean_true, mean_pred = ops.reduce_mean(y_true, axis, True), ops.reduce_mean(y_pred, axis, True)
    spread = ops.reduce_variance(y_true - mean_true, axis, True) + ops.reduce_variance(y_pred - mean_pred, axis, True)
    covariance = (y_true - mean_pred) * (y_pred - mean_pred)  # Keras's own: the same in the mean
    norm = spread + ops.square(mean_true - mean_pred)
    return ops.reduce_mean(2.0 * covariance / (norm + epsilon()), axis)


@metric("correlation_metrics")
class PearsonCorrelation(NamedMean):
    """The mean of Pearson's correlation along `axis`.

    >>> tf.keras.metrics.PearsonCorrelation()([[0., 1.], [1., 0.]], [[0., 2.], [0., 2.]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.0>
    """

    def __init__(self, name: str = "pearson_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)
        self.axis = axis


@metric("correlation_metrics")
class ConcordanceCorrelation(NamedMean):
    """The mean of the concordance correlation along `axis`.

    >>> tf.keras.metrics.ConcordanceCorrelation()([[0., 1., 0., 1.]], [[0., 0., 1., 1.]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.0>
    """

    def __init__(self, name: str = "concordance_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
        self.axis = axis
