"""Connectionist temporal classification: the loss of unaligned label sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor
from .registry import op, ops

_NEVER = -1e30  # the logarithm of a probability 0 that can be added to without becoming nan


def _samples(s: Any) -> Any:
    yield s.call([[1, 2], [2, 2]], s(5, 2, 4), [2, 2], [5, 4])
    yield s.call([[1, 0]], s(1, 3, 3), [1], [3], logits_time_major=False, blank_index=-1)


@op("nn.ctc_loss", samples=_samples)
def ctc_loss(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
    name: str | None = None,
) -> Tensor:
    """-log of the probability that frame-wise predictions spell the labels, blanks and repetitions taken out.

    labels: (batch, longest) class numbers; logits: (frames, batch, classes), or (batch, frames, classes) if not
    logits_time_major; label_length, logit_length: (batch,). blank_index: the class that stands for none, 0 by default.
    By the forward recursion of Graves et al. (2006).

    unique: taken as TensorFlow takes it; it changes nothing here.
    logits_time_major: whether frames are the first axis of the logits. Raises ValueError unless the logits have rank 3.

    >>> ctc_loss(constant([[1, 2]]), zeros([3, 1, 4]), [2], [3])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.5494452], dtype=float32)>
    """
    logits = as_tensor(logits)
    if logits.dtype.name in ("float16", "bfloat16", "float32"):
        # Probabilities of long paths are small, and so are the differences of their logarithms.
        others = (label_length, logit_length, logits_time_major, unique, blank_index)
        return ops.cast(ctc_loss(labels, ops.cast(logits, "float64"), *others), logits.dtype)
    if logits._array.ndim != 3:
        raise explain(
            ValueError(f"Shape {logits._array.shape} must have rank 3"),
            "ctc_loss: logits must be (frames, batch, classes)",
            [("logits", logits)],
        )
    if not logits_time_major:
        logits = ops.transpose(logits, [1, 0, 2])
    frames, batch, classes = logits._array.shape
    blank = 0 if blank_index is None else int(blank_index) % classes
    spelled, skips = _with_blanks(np.asarray(as_tensor(labels)), blank)
    lengths = np.asarray(as_tensor(label_length)).reshape(batch)
    heard = np.asarray(as_tensor(logit_length)).reshape(batch)

    # log p(state s is heard in frame t): states are the labels with a blank before, between and after them.
    chosen = ops.one_hot(spelled, classes, dtype=logits.dtype)
    heard_as = ops.einsum("tbc,bsc->tbs", ops.log_softmax(logits), chosen)
    start = np.where(np.arange(spelled.shape[1]) < 2, 0.0, _NEVER)
    alpha = heard_as[0] + ops.cast(start, logits.dtype)
    barrier = ops.cast(np.where(skips, 0.0, _NEVER), logits.dtype)
    for t in range(1, frames):
        ways = [alpha, _moved(alpha, 1), _moved(alpha, 2) + barrier]
        after = ops.reduce_logsumexp(ops.stack(ways), 0) + heard_as[t]
        alpha = ops.where(as_tensor((heard > t)[:, None]), after, alpha)
    last = np.arange(spelled.shape[1])
    ends = (last == 2 * lengths[:, None]) | (last == 2 * lengths[:, None] - 1)
    return -ops.reduce_logsumexp(alpha + ops.cast(np.where(ends, 0.0, _NEVER), logits.dtype), 1)


def _with_blanks(labels: np.ndarray, blank: int) -> tuple[np.ndarray, np.ndarray]:
    """The states that spell each row of labels, and which of them may follow the state two before."""
    states = np.full((labels.shape[0], 2 * labels.shape[1] + 1), blank, np.int32)
    states[:, 1::2] = labels
    skips = np.zeros(states.shape, bool)
    skips[:, 2:] = (states[:, 2:] != blank) & (states[:, 2:] != states[:, :-2])
    return states, skips


def _moved(alpha: Tensor, by: int) -> Tensor:
    """Each state's probability as that of the state `by` places on."""
    never = ops.zeros_like(alpha[:, :by]) + _NEVER
    return ops.concat([never, alpha[:, : alpha._array.shape[1] - by]], 1)
