"""Losses made for one task: segmenting images, labels that may be wrong, similar items, sequences.

Functions of (y_true, y_pred) under `tf.keras.losses`, as those of `losses.py`.
"""

from __future__ import annotations

from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import op, ops
from .config import epsilon
from .losses import alike, floats, loss_paths, probabilities

# ---------------------------------------------------------------- overlap


@op(loss_paths("dice", metrics=False), samples=probabilities)
def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Tensor:
    """1 - 2 sum(y_true * y_pred) / (sum(y_true) + sum(y_pred)) (Dice, 1945).

    >>> dice([1., 0.], [1., 0.])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.0>
    """
    y_true, y_pred = alike(y_true, y_pred)
    both = ops.reduce_sum(y_true * y_pred, axis)
    total = ops.reduce_sum(y_true, axis) + ops.reduce_sum(y_pred, axis)
    return 1.0 - 2.0 * both / (total + epsilon())


@op(loss_paths("tversky", metrics=False), samples=probabilities)
def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Tensor:
    """1 - i / (i + alpha * misses + beta * false alarms), i = sum(y_true * y_pred) (Salehi et al., 2017).

    alpha, beta: floats, the weights of the two kinds of errors.

    >>> tversky([1., 0.], [1., 0.])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.1920928955078125e-07>
    """
    y_true, y_pred = alike(y_true, y_pred)
    both = ops.reduce_sum(y_true * y_pred, axis)
    missed = ops.reduce_sum((1.0 - y_pred) * y_true, axis)
    wrong = ops.reduce_sum((1.0 - y_true) * y_pred, axis)
    return 1.0 - both / (both + missed * alpha + wrong * beta + epsilon())


# ---------------------------------------------------------------- labels that may be wrong


@op(
    loss_paths("categorical_generalized_cross_entropy", metrics=False),
    short=False,
    samples=lambda s: [s.call([1, 0], s(2, 3, within=(0.1, 0.9)), 0.5)],
)
def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Tensor:
    """(1 - p^q) / q for the probability p of the label, a class number (Zhang & Sabuncu, 2018).

    y_true: integers (batch,). y_pred: probabilities, float (batch, classes). q: a float from 0 (excluded) to 1, from
    crossentropy to the absolute error.

    >>> tf.keras.losses.categorical_generalized_cross_entropy([1], [[0.75, 0.25]], 0.5)
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    y_pred = floats(y_pred)
    chosen = ops.one_hot(ops.cast(as_tensor(y_true), "int64"), y_pred._array.shape[-1], dtype=y_pred.dtype)
    return (1.0 - ops.reduce_sum(y_pred * chosen, -1) ** q) / q


# ---------------------------------------------------------------- similarity


@op(
    loss_paths("circle", metrics=False),
    short=False,
    samples=lambda s: [s.call([0, 1, 0, 1], s(4, 2, within=(0.2, 0.6)), gamma=2.0)],
)
def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Tensor:
    """How much closer samples of other classes are than those of the same class (Sun et al., 2020).

    y_true: class numbers (n,); y_pred: embeddings (n, d) of length 1; they are compared with the references, which are
    these themselves if None. ref_labels: integers (m,); ref_embeddings: float (m, d): the references.
    remove_diagonal: no sample is compared with itself. gamma: the scale; margin: the relaxation.

    >>> tf.keras.losses.circle([0, 1, 0], [[1., 0.], [0., 1.], [0., 1.]], gamma=1)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1.0898668, 0.       , 1.8509016], dtype=float32)>
    """
    y_pred = as_tensor(y_pred)
    if y_pred.dtype.is_integer:
        y_pred = ops.cast(y_pred, "float32")
    references = y_pred if ref_embeddings is None else as_tensor(ref_embeddings)
    labels = ops.cast(as_tensor(y_true), "int32")
    others = labels if ref_labels is None else ops.cast(as_tensor(ref_labels), "int32")
    distance = ops.maximum(1.0 - ops.matmul(y_pred, references, transpose_b=True), 0.0)
    same = ops.equal(ops.expand_dims(labels, 1), ops.expand_dims(others, 0))
    differ = ops.logical_not(same)
    if remove_diagonal:
        rows, columns = same._array.shape
        same = ops.logical_and(same, ops.logical_not(ops.eye(rows, columns, dtype="bool")))
    pull = ops.where(same, -gamma * ops.maximum(margin + distance, 0.0) * (margin - distance), -float("inf"))
    push = ops.where(differ, gamma * ops.maximum(1 + margin - distance, 0.0) * (1 - margin - distance), -float("inf"))
    return ops.softplus(ops.reduce_logsumexp(pull, 1) + ops.reduce_logsumexp(push, 1))


# ---------------------------------------------------------------- sequences


@op(loss_paths("ctc", metrics=False), short=False, samples=lambda s: [s.call([[1, 2], [2, 0]], s(2, 3, 3))])
def ctc(y_true: Any, y_pred: Any) -> Tensor:
    """-log of the probability that the frames y_pred spell the labels y_true, as `tf.nn.ctc_loss`.

    y_true: (batch, longest) class numbers, of which 0 is the blank and fills up shorter ones; y_pred: logits
    (batch, frames, classes). Raises ValueError for other ranks.

    >>> tf.keras.losses.ctc(constant([[1, 2]]), zeros([1, 3, 4]))
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.5494452], dtype=float32)>
    """
    labels, logits = as_tensor(y_true), as_tensor(y_pred)
    if labels._array.ndim != 2:
        raise ValueError(
            "Targets `y_true` are expected to be a tensor of shape `(batch_size, max_length)` in integer format. "
            f"Received: y_true.shape={labels._array.shape}"
        )
    if logits._array.ndim != 3:
        raise ValueError(
            "Logits `y_pred` are expected to be a tensor of shape `(batch_size, max_length, num_classes)`. "
            f"Received: y_pred.shape={logits._array.shape}"
        )
    labels = ops.cast(labels, "int32")
    lengths = ops.reduce_sum(ops.cast(ops.not_equal(labels, 0), "int32"), -1)
    batch, frames = logits._array.shape[:2]
    if logits.dtype.name != "float64":
        logits = ops.cast(logits, "float32")
    return ops.ctc_loss(labels, logits, lengths, [frames] * batch, logits_time_major=False, blank_index=0)
