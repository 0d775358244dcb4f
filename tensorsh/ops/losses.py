"""Losses: cross entropies by logits, l2, Poisson.

A cross entropy and the softmax or sigmoid inside it are one primitive, so that neither overflows and the gradient is
the short difference that it is on paper: `softmax(logits) - labels`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ..runtime.backend import to_host
from ..runtime.dtypes import COMPLEX, F32, HALF_FIRST, INEXACT, ORDERED, SIGNED_REAL, float32, int32, int64
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.tape import recorders
from ..runtime.tensor import Tensor, as_tensor
from .activations import exponentials, log_softmax, softmax
from .registry import op, ops, primitive
from .rounding import exponential, rounded
from .rowwise import by_rows, like_rows
from .rules import check_dtype, mismatch, unary

# ---------------------------------------------------------------- softmax


# A kernel of TensorFlow's gives two results, the losses and what the gradient is for a cotangent of 1. Here a tape's
# op keeps the second in a list, `kept`, so that exponentials are not computed twice; without one they are.


def _kept() -> list[Any] | None:
    """A place for what the gradient will want, if a tape is to be asked for one. A trace runs more often than once."""
    return [] if recorders and not any(getattr(recorder, "is_log", False) for recorder in recorders) else None


def _labels_gradient(g: Tensor, y: Tensor, logits: Tensor, labels: Tensor, kept: Any) -> Tensor:
    return ops.expand_dims(g, -1) * -log_softmax(logits)


def _mixed(v: Tensor, g: Tensor, logits: Tensor) -> Tensor:
    """The cotangent v of g * (softmax(logits) - labels), passed back to the logits."""
    p, weighted = softmax(logits), v * ops.expand_dims(g, -1)
    return p * (weighted - ops.reduce_sum(weighted * p, -1, True))


@primitive(
    lambda v, y, g, logits, labels, kept: ops.reduce_sum(v * (softmax(logits) - labels), -1),
    lambda v, y, g, logits, labels, kept: _mixed(v, g, logits),
    lambda v, y, g, logits, labels, kept: -v * ops.expand_dims(g, -1),
)
def _logits_gradient(xp, g, logits, labels, kept):
    """g * (softmax(logits) - labels)."""
    return _scaled(xp, g, kept, _less_labels, logits, labels)


@primitive(
    lambda g, y, logits, labels, kept: _logits_gradient(g, logits, labels, kept=kept),
    _labels_gradient,
)
def _cross_entropy(xp, logits, labels, kept):
    def rows(logits: Any, labels: Any, *slopes: Any) -> Any:
        below, powers, total = exponentials(xp, logits)
        for out in slopes:
            _less_labels(xp, powers, total, labels, out)
        loss = xp.sum(labels * (rounded(xp.log, total) - below), axis=-1, keepdims=True)
        return loss.astype(logits.dtype)

    return _losses(xp, rows, kept, logits, labels)


def _less_labels(xp: Any, powers: Any, total: Any, labels: Any, out: Any) -> None:
    """softmax(logits) - labels."""
    xp.multiply(powers, 1 / total, out=out)
    out -= labels


def _losses(xp: Any, rows: Callable[..., Any], kept: list[Any] | None, *arrays: Any) -> Any:
    """A loss for each row of classes, and in `kept`, if there is one, what `rows` writes into a further array."""
    shape = arrays[0].shape
    if kept is not None:
        kept[:] = [xp.empty(shape, arrays[0].dtype)]
    return by_rows(rows, *_matrices(*arrays, *(kept or ()))).reshape(shape[:-1])


def _scaled(xp: Any, g: Any, kept: list[Any] | None, slope: Callable[..., None], logits: Any, labels: Any) -> Any:
    """The slope of the losses, as it is kept or else from the logits, times g."""

    def rows(logits: Any, labels: Any, g: Any, out: Any) -> Any:
        _, powers, total = exponentials(xp, logits)
        p = xp.empty(logits.shape, logits.dtype) if out is None else out
        slope(xp, powers, total, labels, p)
        return xp.multiply(p, g, out=out)

    if kept:
        y = like_rows(xp.multiply, *_matrices(*kept, g[..., None]))
    else:
        y = like_rows(rows, *_matrices(logits, labels, g[..., None]))
    return y.reshape(logits.shape)


def _matrices(*arrays: Any) -> list[Any]:
    """Raw arrays (..., n) as matrices."""
    return [array.reshape(prod(array.shape[:-1]), array.shape[-1]) for array in arrays]


def _cross_entropy_samples(s: Any) -> Any:
    yield s.call([[0.2, 0.8, 0.0], [0.5, 0.25, 0.25]], s(2, 3))
    yield s.call([[0.2, 0.8, 0.0], [0.8, 0.2, 1.0]], s(2, 3), axis=0)


@op("nn.softmax_cross_entropy_with_logits", samples=_cross_entropy_samples)
def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1, name: str | None = None) -> Tensor:
    """-sum(labels * log(softmax(logits))) along `axis`: how far predicted probabilities are from `labels`.

    labels, logits: (..., classes), or with the classes on another axis; labels are probabilities, 1 in total. Gradients
    flow to both. Raises InvalidArgumentError if the two do not broadcast.

    >>> softmax_cross_entropy_with_logits(labels=[[0., 1.]], logits=[[1., 2.]])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.31326166], dtype=float32)>
    """
    logits = as_tensor(logits)
    labels = ops.cast(as_tensor(labels, hint=logits.dtype), logits.dtype)
    check_dtype("SoftmaxCrossEntropyWithLogits", logits, HALF_FIRST, HALF_FIRST, "logits")
    rank = logits._array.ndim
    if axis not in (-1, rank - 1):
        order = _axis_last(logits, axis)
        logits, labels = ops.transpose(logits, order), ops.transpose(labels, order)
    if logits._array.shape == labels._array.shape != ():
        return _cross_entropy(logits, labels, kept=_kept())
    given, lead = [("logits", logits), ("labels", labels)], logits._array.shape[:-1]
    logits, labels = _rows(logits), _rows(labels)  # TensorFlow's kernel knows matrices, and broadcasts these
    p, q = logits._array.shape, labels._array.shape
    if not p or not q or not all(m == n or 1 in (m, n) for m, n in zip(p, q)):
        raise invalid(
            "SoftmaxCrossEntropyWithLogits",
            f"logits and labels must be broadcastable: logits_size={bracketed(p)} labels_size={bracketed(q)}",
            "softmax cross entropy: the logits' and labels' shapes do not broadcast",
            given,
        )
    shape = [n if m == 1 else m for m, n in zip(p, q)]
    logits, labels = ops.broadcast_to(logits, shape), ops.broadcast_to(labels, shape)
    return ops.reshape(_cross_entropy(logits, labels, kept=_kept()), lead)


def _rows(x: Tensor) -> Tensor:
    shape = x._array.shape
    return ops.reshape(x, [prod(shape[:-1]), shape[-1]]) if shape else x


def _axis_last(x: Tensor, axis: int) -> list[int]:
    rank = x._array.ndim
    if not -rank <= axis < rank:
        raise invalid(
            "Range",
            f"Requires start <= limit when delta > 0: {axis + 1}/{rank}",
            f"softmax cross entropy: axis {axis} is out of range for logits of rank {rank}",
            [("logits", x)],
        )
    return [*(i for i in range(rank) if i != axis % rank), axis % rank]


@primitive(
    lambda v, y, g, logits, labels, kept: ops.reduce_sum(v * (softmax(logits) - _one_hot(labels, logits)), -1),
    lambda v, y, g, logits, labels, kept: _mixed(v, g, logits),
    None,
)
def _sparse_gradient(xp, g, logits, labels, kept):
    """g * (softmax(logits) - one_hot(labels))."""
    return _scaled(xp, g, kept, _less_one_hot, logits, labels[..., None])


def _one_hot(labels: Tensor, logits: Tensor) -> Tensor:
    return ops.one_hot(labels, logits._array.shape[-1], dtype=logits.dtype)


@primitive(lambda g, y, logits, labels, kept: _sparse_gradient(g, logits, labels, kept=kept), None)
def _sparse_cross_entropy(xp, logits, labels, kept):
    def rows(logits: Any, labels: Any, *slopes: Any) -> Any:
        below, powers, total = exponentials(xp, logits)
        for out in slopes:
            _less_one_hot(xp, powers, total, labels, out)
        right = below[xp.arange(len(labels)), labels[:, 0]]
        return (rounded(xp.log, total)[:, 0] - right).astype(logits.dtype)

    return _losses(xp, rows, kept, logits, labels[..., None])


def _less_one_hot(xp: Any, powers: Any, total: Any, labels: Any, out: Any) -> None:
    """softmax(logits) - one_hot(labels)."""
    xp.multiply(powers, 1 / total, out=out)
    out[xp.arange(len(labels)), labels[:, 0]] -= 1


@op(
    "nn.sparse_softmax_cross_entropy_with_logits",
    samples=lambda s: [s.call([2, 0], s(2, 3)), s.call([[1], [0]], s(2, 1, 3))],
)
def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: str | None = None) -> Tensor:
    """The softmax cross entropy with labels that are class numbers: -log(softmax(logits)[label]).

    labels: int32 or int64 (...), logits: (..., classes). Raises InvalidArgumentError for a label that is no class,
    ValueError if the shapes do not fit.

    >>> sparse_softmax_cross_entropy_with_logits(labels=[1], logits=[[1., 2.]])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.31326166], dtype=float32)>
    """
    _both_given("sparse_softmax_cross_entropy_with_logits", labels, logits)
    kernel = "SparseSoftmaxCrossEntropyWithLogits"
    labels, logits = as_tensor(labels), as_tensor(logits)
    operands = [("labels", labels), ("logits", logits)]
    p, q = labels._array.shape, logits._array.shape
    if not q:
        raise explain(ValueError(f"`logits` cannot be a scalar. Received logits={np.asarray(logits)}`"), None, operands)
    if len(p) != len(q) - 1:
        raise explain(
            ValueError(
                f"`labels.shape.rank` must equal `logits.shape.rank - 1`. Received: labels.shape={p} of rank {len(p)} "
                f"and logits.shape={q} of rank {len(q)}"
            ),
            f"sparse softmax cross entropy: labels must have one axis less than logits, and have {len(p)} to {len(q)}",
            operands,
            "labels are class numbers here; for probabilities there is softmax_cross_entropy_with_logits",
        )
    if p != q[:-1]:
        raise explain(
            ValueError(
                "`labels.shape` must equal `logits.shape` except for the last dimension. Received: "
                f"labels.shape={p} and logits.shape={q}"
            ),
            operands=operands,
        )
    check_dtype(kernel, logits, HALF_FIRST, HALF_FIRST, "logits")
    check_dtype(kernel, labels, (int32, int64), (int32, int64), "labels", "Tlabels")
    _check_labels(kernel, labels, q[-1])
    return _sparse_cross_entropy(logits, labels, kept=_kept())


def _check_labels(kernel: str, labels: Tensor, classes: int) -> None:
    """Raise InvalidArgumentError unless every label is a class number. Waits for the device, as indices would wrap."""
    array = labels._array
    if not array.size or bool((array.min() >= 0) & (array.max() < classes)):
        return
    values = to_host(array).reshape(-1).tolist()
    wrong = next(v for v in values if not 0 <= v < classes)
    raise invalid(
        kernel,
        f"Received a label value of {wrong} which is outside the valid range of [0, {classes}).  Label values: "
        + " ".join(map(str, values)),
        f"sparse softmax cross entropy: there is no class {wrong} among {classes}",
        [("labels", labels)],
        "classes count from 0",
    )


# ---------------------------------------------------------------- sigmoid


@primitive(lambda g, y, logits, labels: g * (ops.sigmoid(logits) - labels), lambda g, y, logits, labels: g * -logits)
def _sigmoid_cross_entropy(xp, logits, labels):
    wide = logits.astype(F32) if logits.dtype == np.float16 else logits
    loss = xp.maximum(wide, 0) - wide * labels + rounded(xp.log1p, exponential(xp, -xp.abs(wide)))
    return loss.astype(logits.dtype)


@op("nn.sigmoid_cross_entropy_with_logits", samples=lambda s: [s.call(s(2, 3, within=(0.0, 1.0)), s(2, 3))])
def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Tensor:
    """-z log(sigmoid(x)) - (1 - z) log(1 - sigmoid(x)) for labels z and logits x, entry by entry, with no overflow.

    Raises ValueError if the shapes differ.

    >>> sigmoid_cross_entropy_with_logits(labels=[1., 0.], logits=[0., -3.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.6931472 , 0.04858735], dtype=float32)>
    """
    _both_given("sigmoid_cross_entropy_with_logits", labels, logits)
    labels, logits = _same_shape("logits", logits, "labels", labels)
    for kernel, allowed in (("GreaterEqual", ORDERED), ("Neg", SIGNED_REAL + COMPLEX), ("Exp", INEXACT)):
        check_dtype(kernel, logits, allowed, allowed, "logits")
    if labels._array.dtype != logits._array.dtype:
        raise mismatch("Mul", 1, logits, labels, ("logits", "labels"))
    return _sigmoid_cross_entropy(logits, labels)


def _weighted_samples(s: Any) -> Any:
    return [s.call(s(2, 3, within=(0.0, 1.0)), s.distinct(2, 3), 2.0), s.call(s(3), s.distinct(3), s(3))]


@op("nn.weighted_cross_entropy_with_logits", samples=_weighted_samples)
def weighted_cross_entropy_with_logits(labels: Any, logits: Any, pos_weight: Any, name: str | None = None) -> Tensor:
    """The sigmoid cross entropy with its positive part, z log(sigmoid(x)), multiplied by `pos_weight`.

    pos_weight: the weight of what is true, of a shape that broadcasts with the logits.
    Raises ValueError for labels and logits of different shapes.

    >>> weighted_cross_entropy_with_logits([1., 0.], [2., -3.], 2.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.253856  , 0.04858732], dtype=float32)>
    """
    labels, logits = _same_shape("logits", logits, "labels", labels)
    weight = 1 + (pos_weight - 1) * labels
    rest = ops.log1p(ops.exp(-abs(logits))) + ops.relu(-logits)
    return ops.add(ops.multiply(1 - labels, logits), weight * rest)


def _both_given(function: str, labels: Any, logits: Any) -> None:
    if labels is None or logits is None:
        raise ValueError(
            f"Both `labels` and `logits` must be provided for {function}Received: labels={labels} and logits={logits}"
        )


def _same_shape(name_a: str, a: Any, name_b: str, b: Any) -> tuple[Tensor, Tensor]:
    """(b, a) as tensors. Raises TensorFlow's ValueError unless they have one shape."""
    a, b = as_tensor(a), as_tensor(b)
    if a._array.shape != b._array.shape:
        raise explain(
            ValueError(
                f"`{name_a}` and `{name_b}` must have the same shape, received ({a._array.shape} vs {b._array.shape})."
            ),
            f"{name_a} and {name_b} must have one shape, not {a._array.shape} and {b._array.shape}",
            [(name_a, a), (name_b, b)],
        )
    return b, a


# ---------------------------------------------------------------- others


@unary("nn.l2_loss", lambda g, y, x: g * x, dtypes=HALF_FIRST, arg="t")
def l2_loss(xp, x):
    """Half the sum of the squares of all entries.

    >>> l2_loss([1., 2.])
    <tf.Tensor: shape=(), dtype=float32, numpy=2.5>
    """
    wide = x.astype(F32) if x.dtype == np.float16 else x
    return (xp.sum(wide * wide) / 2).astype(x.dtype)


def _poisson_samples(s: Any) -> Any:
    return [s.call(s(3), s(3)), s.call(s(3, within=(1.2, 3.0)), s(3), compute_full_loss=True)]


@op("nn.log_poisson_loss", samples=_poisson_samples)
def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None) -> Tensor:
    """exp(x) - z x: the Poisson loss of counts z by the logarithm x of their expectation.

    compute_full_loss: add Stirling's z log(z) - z + log(2 pi z) / 2 where z is greater than 1.

    targets: the counts, of the shape of log_input. log_input: the logarithms of the predicted rates.
    Raises ValueError if the shapes differ.

    >>> log_poisson_loss([1., 2.], [0.5, 0.1])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.1487212, 0.905171 ], dtype=float32)>
    """
    targets, log_input = _same_shape("log_input", log_input, "targets", targets)
    loss = ops.exp(log_input) - log_input * targets
    if not compute_full_loss:
        return loss
    stirling = targets * ops.log(targets) - targets + 0.5 * ops.log(6.283185307179586 * targets)
    small = ops.logical_and(targets >= 0.0, targets <= 1.0)
    return loss + ops.where(small, ops.zeros_like(targets), stirling)


@op("nn.compute_average_loss", samples=lambda s: [s.call(s(3)), s.call(s(3), None, 2)])
def compute_average_loss(per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None) -> Tensor:
    """The sum of the (weighted) losses of a batch, divided by `global_batch_size` (the number of losses if None).

    per_example_loss: float (batch, ...). global_batch_size: the number to divide by; None: the batch's.

    >>> compute_average_loss([1., 2., 3.])
    <tf.Tensor: shape=(), dtype=float32, numpy=2.0>
    """
    losses = as_tensor(per_example_loss)
    dtype, rank = losses.dtype, losses._array.ndim
    if not rank:
        raise ValueError(
            "Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1. "
            f"Received per_example_loss={losses} with rank 0"
        )
    if sample_weight is not None:
        weight = ops.cast(sample_weight, float32)
        if weight._array.ndim == rank + 1:
            weight = ops.squeeze(weight, [-1])
        elif weight._array.ndim == rank - 1 > 0:
            weight = ops.expand_dims(weight, -1)
        losses = ops.cast(ops.cast(losses, float32) * weight, dtype)
    size = losses._array.shape[0] if global_batch_size is None else global_batch_size
    ops.assert_scalar(size, "global_batch_size must be scalar.")
    ops.assert_integer(size, "global_batch_size must be an integer.")
    ops.assert_non_negative(size, "global_batch_size must be non-negative.")
    return ops.divide_no_nan(ops.reduce_sum(losses), ops.cast(size, dtype))


@op("nn.scale_regularization_loss", samples=lambda s: [s.call(s(3))])
def scale_regularization_loss(regularization_loss: Any) -> Tensor:
    """The sum of a regularization loss, divided by the number of devices that compute it, which here is 1.

    regularization_loss: float of any shape.

    >>> scale_regularization_loss([1., 2.])
    <tf.Tensor: shape=(), dtype=float32, numpy=3.0>
    """
    return ops.reduce_sum(regularization_loss) / 1
