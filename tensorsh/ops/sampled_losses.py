"""Losses over many classes, of which only the true ones and a few drawn ones are looked at."""

from __future__ import annotations

from typing import Any

from ..runtime.dtypes import int64
from ..runtime.tensor import Tensor, as_tensor
from .candidates import all_candidate_sampler, compute_accidental_hits, log_uniform_candidate_sampler
from .registry import op, ops


def _loss_samples(s: Any) -> Any:
    chosen = all_candidate_sampler([[1], [2]], 1, 3, True)
    yield s.call(s(3, 2), s(3), [[1], [2]], s(2, 2), 3, 3, sampled_values=chosen)


@op("nn.nce_loss", samples=_loss_samples)
def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    name: str | None = "nce_loss",
) -> Tensor:
    """Noise-contrastive estimation: sigmoid cross entropies of the true classes and of drawn ones, (batch,).

    weights: (classes, dim); biases: (classes,); labels: (batch, num_true) int64; inputs: (batch, dim).
    sampled_values: what a candidate sampler gave; by default `log_uniform_candidate_sampler`. After Gutmann and
    Hyvarinen (2010).

    >>> drawn = all_candidate_sampler([[1]], 1, 2, True)
    >>> nce_loss(constant([[0.], [1.]]), constant([0., 0.]), [[1]], [[2.]], 2, 2, sampled_values=drawn)
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.9470034], dtype=float32)>
    """
    logits, targets = _sampled_logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, remove_accidental_hits
    )
    return ops.reduce_sum(ops.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits), 1)


@op("nn.sampled_softmax_loss", samples=_loss_samples)
def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    seed: Any = None,
    name: str | None = "sampled_softmax_loss",
) -> Tensor:
    """The softmax cross entropy among the true classes and drawn ones, (batch,); arguments as for `nce_loss`.

    After Jean et al. (2014).

    biases: float (classes,). sampled_values: what a candidate sampler gave. remove_accidental_hits: whether drawn
    classes that are right are left out.
    weights: (classes, dim). labels: (batch, num_true) int64. inputs: (batch, dim).

    >>> drawn = all_candidate_sampler([[1]], 1, 2, True)
    >>> sampled_softmax_loss(constant([[0.], [1.]]), constant([0., 0.]), [[1]], [[2.]], 2, 2, sampled_values=drawn)
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.12692805], dtype=float32)>
    """
    logits, targets = _sampled_logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        seed,
    )
    return ops.softmax_cross_entropy_with_logits(labels=ops.stop_gradient(targets), logits=logits)


def _sampled_logits(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int,
    sampled_values: Any,
    without_hits: bool,
    seed: Any = None,
) -> tuple[Tensor, Tensor]:
    """(logits, targets) of the true classes and of the drawn ones, less the logarithms of their expected counts."""
    inputs, labels = as_tensor(inputs), ops.cast(as_tensor(labels), int64)
    labels = ops.reshape(labels, [-1, num_true])
    if sampled_values is None:
        sampled_values = log_uniform_candidate_sampler(labels, num_true, num_sampled, True, num_classes, seed)
    sampled, true_count, sampled_count = map(ops.stop_gradient, sampled_values)
    sampled = ops.cast(sampled, int64)
    ids = ops.concat([ops.reshape(labels, [-1]), sampled], 0)
    true = labels._array.size
    rows, offsets = (ops.cast(ops.embedding_lookup(part, ids), inputs.dtype) for part in (weights, biases))
    dim = rows._array.shape[1]
    dots = ops.expand_dims(inputs, 1) * ops.reshape(rows[:true], [-1, num_true, dim])
    true_logits = ops.reduce_sum(dots, 2) + ops.reshape(offsets[:true], [-1, num_true])
    logits = ops.matmul(inputs, rows[true:], transpose_b=True) + offsets[true:]
    if without_hits:
        hits = compute_accidental_hits(labels, sampled, num_true)
        places = ops.stack([ops.cast(hits.indices, int64), hits.ids], 1)
        logits = ops.tensor_scatter_nd_add(logits, places, ops.cast(hits.weights, logits.dtype))
    true_logits -= ops.log(ops.cast(true_count, logits.dtype))
    logits -= ops.log(ops.cast(sampled_count, logits.dtype))
    targets = ops.concat([ops.ones_like(true_logits) / num_true, ops.zeros_like(logits)], 1)
    return ops.concat([true_logits, logits], 1), targets
