"""Intersection over union: of the samples that are of a class or are predicted to be, how many are both."""

from __future__ import annotations

from typing import Any

from ...runtime.notices import note
from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .config import epsilon
from .metrics import Metric, metric
from .variable import converted


@metric("iou_metrics")
class IoU(Metric):
    """The mean intersection over union, tp / (tp + fp + fn), of the classes `target_class_ids` (Jaccard, 1912).

    y_true, y_pred: class numbers, or scores with the classes along `axis` where `sparse_y_true`, `sparse_y_pred` are
    False. Samples of `ignore_class`, or of no class, do not count. The dtype is that of the counts.

    >>> tf.keras.metrics.IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.3333333134651184>
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype or "int", name)
        self.num_classes, self.ignore_class, self.axis = num_classes, ignore_class, axis
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred
        self.total_cm = self._add_zeros("total_confusion_matrix", (num_classes, num_classes), self.dtype)
        if max(target_class_ids) >= num_classes:
            raise ValueError(f"Target class id {max(target_class_ids)} is out of range, which is [{0}, {num_classes}).")
        self.target_class_ids = list(target_class_ids)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        y_true = as_tensor(y_true) if self.sparse_y_true else ops.argmax(y_true, self.axis)
        y_pred = as_tensor(y_pred) if self.sparse_y_pred else ops.argmax(y_pred, self.axis)
        labels, places = (ops.reshape(ops.cast(ops.cast(y, self.dtype), "int64"), [-1]) for y in (y_true, y_pred))
        weight = converted(1 if sample_weight is None else self._weight(sample_weight), self.dtype)
        if weight._array.ndim > 1:
            weight = ops.reshape(weight, [-1])
        weight = ops.broadcast_to(weight, list(labels._array.shape))
        size = self.num_classes
        known = (labels >= 0) & (labels < size) & (places >= 0) & (places < size)
        if self.ignore_class is not None:
            known = known & ops.not_equal(labels, int(self.ignore_class))
        cells = ops.where(known, labels * size + places, -ops.ones_like(labels))  # -1 is no cell: it does not count
        counts = ops.unsorted_segment_sum(weight, cells, size * size)
        return self.total_cm.assign_add(ops.reshape(counts, [size, size]))

    def _weight(self, sample_weight: Any) -> Any:
        if "float" in str(getattr(sample_weight, "dtype", "")) and "int" in self.dtype:
            note(
                "You are passing weight as `float`, but dtype is `int`. This may result in an incorrect weight due to "
                "type casting Consider using integer weights."
            )
        return sample_weight

    def result(self) -> Tensor:
        matrix = self.total_cm._value
        both = ops.diag_part(matrix)
        either = ops.reduce_sum(matrix, 0) + ops.reduce_sum(matrix, 1) - both
        both, either = (ops.cast(ops.gather(x, self.target_class_ids), "float32") for x in (both, either))
        present = either > 1e-9
        ratio = ops.where(present, both / (either + epsilon()), ops.zeros_like(either))
        return ops.reduce_sum(ratio, -1) / (ops.reduce_sum(ops.cast(present, "float32")) + epsilon())

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self._config(*_OPTIONS)}

    def _config(self, *names: str) -> dict[str, Any]:
        return {name: getattr(self, name) for name in names}


_OPTIONS = ("num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")


@metric("iou_metrics")
class BinaryIoU(IoU):
    """The mean intersection over union of the classes 0 and 1; y_pred is of class 1 from `threshold` on.

    >>> tf.keras.metrics.BinaryIoU(target_class_ids=[1])([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.4999999403953552>
    """

    def __init__(
        self, target_class_ids: Any = (0, 1), threshold: float = 0.5, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        return super().update_state(y_true, converted(y_pred, "float32") >= self.threshold, sample_weight)

    def get_config(self) -> dict[str, Any]:
        return self._config("target_class_ids", "threshold", "name", "dtype")


@metric("iou_metrics")
class MeanIoU(IoU):
    """The mean intersection over union of all classes; arguments as for `IoU`.

    >>> tf.keras.metrics.MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.3333333432674408>
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return self._config("num_classes", "name", "dtype", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")


@metric("iou_metrics")
class OneHotIoU(IoU):
    """The mean intersection over union of the classes `target_class_ids`; y_true is one-hot, and y_pred scores.

    >>> m = tf.keras.metrics.OneHotIoU(num_classes=2, target_class_ids=[1])
    >>> m([[1, 0], [0, 1]], [[0.3, 0.7], [0.4, 0.6]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.4999999403953552>
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return self._config("num_classes", "target_class_ids", "name", "dtype", "ignore_class", "sparse_y_pred", "axis")


@metric("iou_metrics")
class OneHotMeanIoU(MeanIoU):
    """The mean intersection over union of all classes; y_true is one-hot, and y_pred scores.

    >>> m = tf.keras.metrics.OneHotMeanIoU(num_classes=2)
    >>> m([[1, 0], [0, 1]], [[0.3, 0.7], [0.4, 0.6]])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.25>
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return self._config("num_classes", "name", "dtype", "ignore_class", "sparse_y_pred", "axis")
