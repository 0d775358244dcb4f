"""`tf.keras.losses` as functions of (y_true, y_pred): one loss for each row, the mean over the last axis.

`y_true` takes the dtype of `y_pred`; if one of them has a last axis of size 1 that the other lacks, it is dropped or
added. Probabilities are kept 1e-7 away from 0 and 1.
"""

from __future__ import annotations

from typing import Any

from ...runtime.errors import explain
from ...runtime.tensor import Tensor, as_tensor
from .. import losses
from ..registry import op, ops
from .activations import floats
from .config import epsilon
from .variable import converted

_LOG_2 = 0.6931471805599453  # kept in float32, as in Keras


_LONG = (
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "log_cosh",
    "kl_divergence",
)


def loss_paths(*names: str, metrics: bool = True) -> str:
    """A loss's paths under tf, for each of its names; those of which TensorFlow has only the initials are Keras's."""
    homes = ("keras.losses", "losses", "keras.metrics", "metrics")[: 4 if metrics else 2]
    ours = [(home, name) for home in homes for name in names]
    return " ".join(f"{home}.{name}" for home, name in ours if home.startswith("keras") or name not in _LONG)


def pair(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Both as tensors of y_pred's dtype and of one rank."""
    return same_rank(*alike(y_true, y_pred))


def alike(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Both as tensors of y_pred's dtype, which may be an integer's; Keras, too, computes what it can with these."""
    y_pred = as_tensor(y_pred)
    return converted(y_true, y_pred.dtype.name), y_pred


def as_predicted(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Both as tensors of y_pred's dtype, whatever kind of numbers y_true holds."""
    y_pred = as_tensor(y_pred)
    return ops.cast(as_tensor(y_true), y_pred.dtype), y_pred


def same_rank(a: Tensor, b: Tensor, expand: bool = True) -> tuple[Tensor, Tensor]:
    """a and b, a last axis of size 1 that one alone has dropped; given to the other instead, if that is a vector."""
    p, q = a._array.shape, b._array.shape
    if len(q) == len(p) + 1 and q[-1] == 1:
        return (ops.expand_dims(a, -1), b) if len(p) == 1 and expand else (a, ops.squeeze(b, [-1]))
    if len(p) == len(q) + 1 and p[-1] == 1:
        return (a, ops.expand_dims(b, -1)) if len(q) == 1 and expand else (ops.squeeze(a, [-1]), b)
    return a, b


def _mean(x: Tensor, axis: int = -1) -> Tensor:
    return ops.reduce_mean(floats(x), axis)


def _clipped(x: Tensor) -> Tensor:
    return ops.clip_by_value(x, epsilon(), 1.0 - epsilon())


def _samples(s: Any) -> Any:
    return [s.call(s(2, 3), s(2, 3))]


def probabilities(s: Any) -> Any:
    return [s.call(s(2, 3, within=(0.1, 0.9)), s(2, 3, within=(0.1, 0.9)))]


# ---------------------------------------------------------------- regression


@op(loss_paths("MSE", "mse", "mean_squared_error"), short="mse", samples=_samples)
def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of (y_true - y_pred)^2.

    >>> mse([0., 1.], [1., 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=2.5>
    """
    y_true, y_pred = pair(y_true, y_pred)
    return _mean(ops.square(y_true - y_pred))


@op(
    loss_paths("MAE", "mae", "mean_absolute_error"),
    short="mae",
    samples=lambda s: [s.call(s.distinct(2, 3), s(2, 3, within=(-0.1, 0.1)))],
)
def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of |y_true - y_pred|.

    >>> mae([0., 1.], [1., 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.5>
    """
    y_true, y_pred = pair(y_true, y_pred)
    return _mean(_size(y_true - y_pred))


@op(
    loss_paths("MAPE", "mape", "mean_absolute_percentage_error"),
    short="mape",
    samples=lambda s: [s.call(s(3, within=(1.0, 2.0)), s(3, within=(0.1, 0.9)))],
)
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """100 times the mean of |y_true - y_pred| / |y_true|.

    >>> mape([1., 2.], [2., 2.])
    <tf.Tensor: shape=(), dtype=float32, numpy=50.0>
    """
    y_true, y_pred = pair(y_true, y_pred)
    least = converted(epsilon(), y_pred.dtype.name)
    return 100.0 * _mean(_size((y_true - y_pred) / ops.maximum(_size(y_true), least)))


@op(loss_paths("MSLE", "msle", "mean_squared_logarithmic_error"), short="msle", samples=probabilities)
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of (log(y_true + 1) - log(y_pred + 1))^2.

    >>> msle([0.], [1.])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.48045286536216736>
    """
    y_true, y_pred = pair(y_true, y_pred)
    least = as_tensor(epsilon())  # float32, which float16 and integers become as they meet it
    logs = [ops.log(ops.keras_ops_maximum(y, least) + 1.0) for y in (y_pred, y_true)]
    return _mean(ops.square(logs[0] - logs[1]))


@op(loss_paths("huber"), samples=lambda s: [s.call(s.distinct(2, 3), s(2, 3, within=(-0.1, 0.1)), 0.8)])
def huber(y_true: Any, y_pred: Any, delta: Any = 1.0) -> Tensor:
    """The mean of error^2 / 2 for errors up to `delta`, and of delta * (|error| - delta / 2) for greater ones.

    delta: a positive float (Huber, 1964).

    >>> huber([0., 0.], [1., 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.5>
    """
    y_true, y_pred = pair(y_true, y_pred)
    error = y_pred - y_true
    size = _size(error)
    delta, half = (converted(v, y_pred.dtype.name) for v in (delta, 0.5))
    return _mean(ops.where(size <= delta, half * ops.square(error), delta * size - half * ops.square(delta)))


@op(loss_paths("logcosh", "log_cosh"), short="logcosh", samples=_samples)
def log_cosh(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of log(cosh(y_pred - y_true)).

    >>> logcosh([0., 0.], [1., 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.3715546131134033>
    """
    y_true, y_pred = pair(y_true, y_pred)
    error = y_pred - y_true
    return _mean(error + ops.softplus(error * -2.0) - ops.cast(as_tensor(_LOG_2, "float32"), error.dtype))


@op(loss_paths("poisson"), short=False, samples=probabilities, prefix="keras_")
def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of y_pred - y_true log(y_pred).

    >>> tf.keras.losses.poisson([1., 0.], [1., 1.])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.9999999403953552>
    """
    y_true, y_pred = alike(y_true, y_pred)
    return _mean(y_pred - y_true * ops.log(y_pred + epsilon()))


@op(loss_paths("cosine_similarity", metrics=False), samples=_samples)
def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Minus the cosine of the angle between y_true and y_pred: -1 for the same direction.

    >>> cosine_similarity([0., 1.], [0., 5.])
    <tf.Tensor: shape=(), dtype=float32, numpy=-1.0>
    """
    y_true, y_pred = pair(y_true, y_pred)
    return -ops.reduce_sum(_unit(y_true, axis) * _unit(y_pred, axis), axis)


def _unit(x: Tensor, axis: int) -> Tensor:
    # Kept from 0 before the root and not after it, so that the gradient at 0 is none and not nan.
    return x * ops.rsqrt(
        ops.maximum(ops.reduce_sum(ops.square(x), axis, True), converted(epsilon() ** 2, x.dtype.name))
    )


# ---------------------------------------------------------------- margins


@op(loss_paths("hinge"), samples=lambda s: [s.call([[1.0, -1.0, 1.0]], s(1, 3, within=(-0.9, 0.9)))])
def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of max(1 - y_true * y_pred, 0) for labels -1 and 1; 0 and 1 are taken for these.

    >>> hinge([1., -1.], [0.5, 0.5])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    y_true, y_pred = alike(y_true, y_pred)
    return _mean(ops.maximum(1.0 - _signed(y_true) * y_pred, 0.0))


@op(loss_paths("squared_hinge"), samples=lambda s: [s.call([[1.0, -1.0, 1.0]], s(1, 3, within=(-0.9, 0.9)))])
def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of max(1 - y_true * y_pred, 0)^2, with labels as for `hinge`.

    >>> squared_hinge([1., -1.], [0.5, 0.5])
    <tf.Tensor: shape=(), dtype=float32, numpy=1.25>
    """
    y_true, y_pred = alike(y_true, y_pred)
    return _mean(ops.square(ops.maximum(1.0 - _signed(y_true) * y_pred, 0.0)))


def _signed(y: Tensor) -> Tensor:
    """Labels 0 and 1 as -1 and 1; other labels as they are."""
    binary = bool(ops.reduce_all(ops.logical_or(ops.equal(y, 0.0), ops.equal(y, 1.0))))
    return 2.0 * y - 1.0 if binary else y


@op(loss_paths("categorical_hinge"), samples=lambda s: [s.call([[0.0, 1.0, 0.0]], s.distinct(1, 3))])
def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """max(0, 1 + the highest score of a wrong class - the score of the right one) (Crammer & Singer, 2001).

    y_true: float, of y_pred's shape, mostly one-hot. y_pred: float (batch, classes).

    >>> categorical_hinge([[0., 1.]], [[0.5, 0.25]])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.25], dtype=float32)>
    """
    y_true, y_pred = as_predicted(y_true, y_pred)
    right = ops.reduce_sum(y_true * y_pred, -1)
    wrong = ops.reduce_max((1.0 - y_true) * y_pred, -1)
    return ops.maximum(wrong - right + 1.0, 0.0)


# ---------------------------------------------------------------- probabilities


@op(loss_paths("KLD", "kld", "kullback_leibler_divergence", "kl_divergence"), short="kld", samples=probabilities)
def kl_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """The sum of y_true * log(y_true / y_pred) (Kullback & Leibler, 1951).

    y_true: float, of y_pred's shape: probabilities.

    >>> kld([0.5, 0.5], [0.5, 0.5])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.0>
    """
    y_true, y_pred = (ops.clip_by_value(y, epsilon(), 1.0) for y in as_predicted(y_true, y_pred))
    return ops.reduce_sum(y_true * ops.log(y_true / y_pred), -1)


@op(loss_paths("binary_crossentropy"), samples=probabilities)
def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """The mean of -y_true log(y_pred) - (1 - y_true) log(1 - y_pred).

    from_logits: y_pred are logits, not probabilities. label_smoothing: labels 0 and 1 are moved that far to 0.5.

    >>> binary_crossentropy([0., 1.], [0.5, 0.5])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.6931471824645996>
    """
    y_true, y_pred = _smoothed(y_true, y_pred, label_smoothing, 2)
    return _mean(_binary(y_true, y_pred, from_logits), axis)


def _binary(y_true: Tensor, y_pred: Tensor, from_logits: bool) -> Tensor:
    _must_match(y_true, y_pred)
    if from_logits:
        return losses.sigmoid_cross_entropy_with_logits(y_true, y_pred)
    p = _clipped(y_pred)
    return -(y_true * ops.log(p) + (1.0 - y_true) * ops.log(1.0 - p))


@op(loss_paths("binary_focal_crossentropy"), samples=probabilities)
def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """`binary_crossentropy` with each term weighted by (1 - the probability of the truth)^gamma (Lin et al., 2018).

    apply_class_balancing: weight by alpha for label 1 and 1 - alpha for label 0 as well. alpha: a float from 0 to 1.
    gamma: a float: the greater, the less an easy sample counts.

    >>> binary_focal_crossentropy([0., 1.], [0.5, 0.5])
    <tf.Tensor: shape=(), dtype=float32, numpy=0.1732867956161499>
    """
    y_true, y_pred = _smoothed(y_true, y_pred, label_smoothing, 2)
    if from_logits:
        y_pred = ops.sigmoid(y_pred)
    truth = y_true * y_pred + (1.0 - y_true) * (1.0 - y_pred)
    loss = (1.0 - truth) ** gamma * _binary(y_true, y_pred, False)
    if apply_class_balancing:
        loss = (y_true * alpha + (1.0 - y_true) * (1.0 - alpha)) * loss
    return _mean(loss, axis)


def _size(x: Tensor) -> Tensor:
    """|x|; what has no sign as it is."""
    return x if x.dtype.is_unsigned else abs(x)


def _must_match(y_true: Tensor, y_pred: Tensor) -> None:
    """Raise Keras's ValueError unless both have one shape."""
    p, q = y_true._array.shape, y_pred._array.shape
    if p != q:
        same = "shape" if len(p) == len(q) else "rank (ndim)"
        raise explain(
            ValueError(
                f"Arguments `target` and `output` must have the same {same}. Received: "
                f"target.shape={p}, output.shape={q}"
            ),
            f"y_true and y_pred must have one shape, not {p} and {q}",
            [("y_true", y_true), ("y_pred", y_pred)],
        )


def _smoothed(y_true: Any, y_pred: Any, share: float, classes: int | None = None) -> tuple[Tensor, Tensor]:
    """Both as tensors, a share of each label spread over all classes: as many as the last axis has, if not told."""
    y_true, y_pred = as_predicted(y_true, y_pred)
    if share:
        y_true = y_true * (1.0 - share) + share / (classes or y_true._array.shape[-1])
    return y_true, y_pred


@op(loss_paths("categorical_crossentropy"), samples=probabilities)
def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Tensor:
    """-sum(y_true * log(y_pred)) over the classes, y_pred first made 1 in total.

    y_true: float, of y_pred's shape, mostly one-hot. y_pred: float (batch, classes). from_logits: y_pred are logits.
    label_smoothing: that share of each label is spread over all classes.

    >>> categorical_crossentropy([[0., 1.]], [[0.5, 0.5]])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.6931472], dtype=float32)>
    """
    y_true, y_pred = _smoothed(y_true, y_pred, label_smoothing)
    _must_match(y_true, y_pred)
    if from_logits:
        return losses.softmax_cross_entropy_with_logits(y_true, y_pred, axis)
    p = _clipped(y_pred / ops.reduce_sum(y_pred, axis, True))
    return -ops.reduce_sum(y_true * ops.log(p), axis)


@op(loss_paths("categorical_focal_crossentropy"), samples=probabilities)
def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """`categorical_crossentropy` with each term weighted by alpha (1 - y_pred)^gamma.

    y_true: float, of y_pred's shape, mostly one-hot. y_pred: float (batch, classes). alpha: a float, or one for each
    class. gamma: a float: the greater, the less an easy sample counts (Lin et al., 2018).

    >>> categorical_focal_crossentropy([[0., 1.]], [[0.5, 0.5]])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.0433217], dtype=float32)>
    """
    y_true, y_pred = _smoothed(y_true, y_pred, label_smoothing)
    if from_logits:
        y_pred = ops.softmax(y_pred, axis)
    p = _clipped(y_pred / ops.reduce_sum(y_pred, axis, True))
    return ops.reduce_sum((1.0 - p) ** gamma * alpha * -y_true * ops.log(p), axis)


@op(
    loss_paths("sparse_categorical_crossentropy"),
    samples=lambda s: [s.call([1, 0], s(2, 3, within=(0.1, 0.9))), s.call([1, 0], s(2, 3), from_logits=True)],
)
def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Tensor:
    """-log(y_pred[y_true]): the crossentropy of labels that are class numbers.

    y_true: integers of y_pred's shape without its classes, or with 1 in their place. y_pred: float (..., classes).
    ignore_class: labels of that class count for nothing. axis: the last one. Raises ValueError for another axis, or for
    other shapes.

    >>> sparse_categorical_crossentropy([1], [[0.5, 0.5]])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.6931472], dtype=float32)>
    """
    y_pred = as_tensor(y_pred)
    labels = as_tensor(y_true)
    p, q = labels._array.shape, y_pred._array.shape
    if len(p) == len(q) and p[-1] == 1:
        labels = ops.squeeze(labels, [-1])
    valid = None
    if ignore_class is not None:
        valid = ops.not_equal(labels, ops.cast(ignore_class, labels.dtype))
        labels = labels * ops.cast(valid, labels.dtype)
    if axis not in (-1, len(q) - 1):
        raise ValueError(f"Only axis=-1 is currently supported. Received: axis={axis}")
    if labels._array.shape != q[:-1] or not q:
        shapes = f"target.shape={labels._array.shape}, output.shape={q}"
        message = f"Arguments `target` and `output` must have the same shape up until the last dimension: {shapes}"
        if not q:
            message = f"Argument `output` must be at least rank 1. Received: output.shape={q}"
        elif labels._array.ndim != len(q) - 1:
            message = f"Argument `output` must have rank (ndim) `target.ndim - 1`. Received: {shapes}"
        raise explain(
            ValueError(message),
            f"y_pred must have y_true's shape {labels._array.shape} and the classes after it, not {q}",
            [("y_true", labels), ("y_pred", y_pred)],
        )
    logits = y_pred if from_logits else ops.log(_clipped(y_pred))
    loss = losses.sparse_softmax_cross_entropy_with_logits(ops.cast(labels, "int64"), logits)
    return loss if valid is None else ops.where(valid, loss, ops.zeros_like(loss))
