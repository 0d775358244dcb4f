"""Accuracies: how often predictions are right. Functions give 0 or 1 for each sample, metrics the mean of these.

In the functions' shapes, a last axis of size 1 that only one of y_true and y_pred has is dropped.
"""

from __future__ import annotations

from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import op, ops
from .losses import floats, same_rank
from .metrics import NamedMean, metric
from .variable import converted


def _paths(name: str) -> str:
    return f"keras.metrics.{name} metrics.{name}"


def _matches(a: Tensor, b: Tensor) -> Tensor:
    return ops.cast(ops.equal(a, b), "float32")


def accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """Whether both are equal, entry by entry."""
    y_pred = as_tensor(y_pred)
    return _matches(*same_rank(converted(y_true, y_pred.dtype.name), y_pred))


@op(_paths("binary_accuracy"), short=False)
def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """Whether y_pred is above `threshold` where y_true is 1, and not above it where it is 0.

    >>> tf.keras.metrics.binary_accuracy([1, 0, 1], [0.7, 0.6, 0.9])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 0., 1.], dtype=float32)>
    """
    y_true, y_pred = same_rank(as_tensor(y_true), floats(y_pred))
    limit = as_tensor(threshold, hint="float32")
    wide = "float64" if "float64" in (y_pred.dtype.name, limit.dtype.name) else "float32"
    positive = ops.greater(ops.cast(y_pred, wide), ops.cast(limit, wide))
    return _matches(y_true, ops.cast(positive, y_true.dtype))


@op(_paths("categorical_accuracy"), short=False)
def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """Whether the largest entries of y_true and of y_pred, along the last axis, are in one place.

    y_true: (batch, classes), mostly one-hot. y_pred: float (batch, classes).

    >>> tf.keras.metrics.categorical_accuracy([[0., 1.], [1., 0.]], [[0.3, 0.7], [0.2, 0.8]])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 0.], dtype=float32)>
    """
    labels, y_pred = ops.argmax(as_tensor(y_true), -1), as_tensor(y_pred)
    shape = labels._array.shape
    if len(shape) != y_pred._array.ndim:
        return _matches(labels, ops.argmax(y_pred, -1))
    return ops.reshape(_matches(ops.squeeze(labels, [-1]), ops.argmax(y_pred, -1)), shape)


@op(_paths("sparse_categorical_accuracy"), short=False)
def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """Whether the largest entry of y_pred, along the last axis, is in place y_true, a class number.

    y_true: integers (batch,). y_pred: float (batch, classes).

    >>> tf.keras.metrics.sparse_categorical_accuracy([1, 0], [[0.3, 0.7], [0.2, 0.8]])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 0.], dtype=float32)>
    """
    y_pred = as_tensor(y_pred)
    labels = converted(y_true, y_pred.dtype.name)
    shape = labels._array.shape
    if len(shape) == y_pred._array.ndim and shape[-1] == 1:
        labels = ops.squeeze(labels, [-1])
    matches = _matches(labels, ops.cast(ops.argmax(y_pred, -1), labels.dtype))
    if len(shape) > 2 and labels._array.ndim < len(shape):
        matches = ops.reshape(matches, shape)
    if matches._array.ndim > 1 and matches._array.shape[-1] == 1:
        matches = ops.squeeze(matches, [-1])
    return matches


@op(_paths("top_k_categorical_accuracy"), short=False)
def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """Whether the place of y_true's largest entry is among those of the k largest of y_pred, which is float32.

    y_true: (batch, classes), mostly one-hot. y_pred: float (batch, classes).

    >>> tf.keras.metrics.top_k_categorical_accuracy([[0., 0., 1.]], [[0.5, 0.1, 0.4]], k=2)
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    return _among_first(ops.argmax(as_tensor(y_true), -1), as_tensor(y_pred), k)


@op(_paths("sparse_top_k_categorical_accuracy"), short=False)
def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Tensor:
    """Whether y_true, a class number, is among the places of the k largest entries of y_pred, which is float32.

    y_true: integers (batch,). y_pred: float (batch, classes). from_sorted_ids: y_pred holds class numbers, the
    likeliest first, instead of scores.

    >>> tf.keras.metrics.sparse_top_k_categorical_accuracy([2], [[0.5, 0.1, 0.4]], k=2)
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    y_pred = as_tensor(y_pred)
    labels = converted(y_true, y_pred.dtype.name if from_sorted_ids else "int32")
    return _among_first(labels, y_pred, k, from_sorted_ids)


def _among_first(labels: Tensor, y_pred: Tensor, k: int, sorted_ids: bool = False) -> Tensor:
    shape = labels._array.shape
    if y_pred._array.ndim > 2:
        y_pred = ops.reshape(y_pred, [-1, y_pred._array.shape[-1]])
    if len(shape) > 1:
        labels = ops.reshape(labels, [-1])
    if sorted_ids:
        found = ops.reduce_any(ops.equal(ops.expand_dims(labels, 1), y_pred[:, :k]), 1)
    else:
        found = ops.in_top_k(ops.cast(labels, "int32"), y_pred, k)
    matches = ops.cast(found, "float32")
    return ops.reshape(matches, shape) if len(shape) > 1 else matches


# ---------------------------------------------------------------- metrics


@metric("accuracy_metrics")
class Accuracy(NamedMean):
    """How often y_pred equals y_true.

    >>> tf.keras.metrics.Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.75>
    """

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


@metric("accuracy_metrics")
class BinaryAccuracy(NamedMean):
    """How often y_pred is above `threshold` where y_true is 1, and not above it where it is 0.

    >>> tf.keras.metrics.BinaryAccuracy()([1., 0.], [0.6, 0.7])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """

    def __init__(self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold


@metric("accuracy_metrics")
class CategoricalAccuracy(NamedMean):
    """How often the largest entry of y_pred is in the place of that of y_true.

    >>> tf.keras.metrics.CategoricalAccuracy()([[0., 1.], [1., 0.]], [[0.3, 0.7], [0.2, 0.8]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


@metric("accuracy_metrics")
class SparseCategoricalAccuracy(NamedMean):
    """How often the largest entry of y_pred is in place y_true, a class number.

    >>> tf.keras.metrics.SparseCategoricalAccuracy()([1, 0], [[0.3, 0.7], [0.2, 0.8]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


@metric("accuracy_metrics")
class TopKCategoricalAccuracy(NamedMean):
    """How often the place of y_true's largest entry is among those of the k largest of y_pred.

    >>> tf.keras.metrics.TopKCategoricalAccuracy(k=2)([[0., 0., 1.]], [[0.5, 0.1, 0.4]])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
        self.k = k


@metric("accuracy_metrics")
class SparseTopKCategoricalAccuracy(NamedMean):
    """How often y_true, a class number, is among the places of the k largest entries of y_pred.

    from_sorted_ids: y_pred holds class numbers, the likeliest first, instead of scores.

    >>> tf.keras.metrics.SparseTopKCategoricalAccuracy(k=1)([2], [[0.5, 0.1, 0.4]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.0>
    """

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids)
        self.k, self.from_sorted_ids = k, from_sorted_ids

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if not self.from_sorted_ids:
            del config["from_sorted_ids"]
        return config
