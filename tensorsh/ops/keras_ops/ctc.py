"""`keras.ops`: connectionist temporal classification (Graves et al., 2006): its loss, and labels from predictions."""

from __future__ import annotations

from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .dtypes import keras_op, result_type, tensor


def _wide(x: Any) -> Tensor:
    x = as_tensor(x)
    return tensor(x, result_type(x.dtype.name, "float32"))


@keras_op("nn.ctc_loss")
def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> Tensor:
    """The connectionist temporal classification loss of each sequence (Graves et al., 2006).

    target: (batch, labels) integers. output: (batch, steps, classes) logits. mask_index: the class of none.
    target_length, output_length: integers (batch,): how many labels, and how many steps, count.

    >>> tf.keras.ops.ctc_loss(tf.constant([[1]]), tf.zeros((1, 1, 2)), tf.constant([1]), tf.constant([1]))
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.6931472], dtype=float32)>
    """
    target, output = tensor(as_tensor(target), "int32"), _wide(output)
    computed_as = "float32" if output.dtype.name == "float64" else output.dtype.name
    loss = ops.ctc_loss(
        target,
        tensor(output, computed_as),
        label_length=target_length,
        logit_length=output_length,
        logits_time_major=False,
        blank_index=mask_index,
    )
    return tensor(loss, output.dtype.name)


@keras_op("nn.ctc_decode")
def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int | None = 0,
) -> tuple[Tensor, Tensor]:
    """(labels, scores) of logits (batch, steps, classes): labels (paths, batch, steps) filled up with -1, as int32.

    inputs: float (batch, steps, classes). sequence_lengths: integers (batch,): how many steps count. strategy:
    "greedy", the likeliest class of each step, or "beam_search", the `top_paths` likeliest labellings. beam_width: an
    int: how many labellings the search keeps. top_paths: an int: how many it returns. merge_repeated: whether the
    greedy strategy takes equal neighbours for one. mask_index: the class that stands for none. Raises ValueError for
    another strategy.

    >>> x = tf.constant([[[0., 3., 1.], [0., 3., 1.], [4., 1., 1.], [0., 1., 2.]]])
    >>> tf.keras.ops.ctc_decode(x, [4])[0]
    <tf.Tensor: shape=(1, 1, 4), dtype=int32, numpy=array([[[ 1,  2, -1, -1]]], dtype=int32)>
    """
    x = _wide(inputs)
    batch, steps, classes = x._array.shape
    x = ops.transpose(x, [1, 0, 2])
    lengths = tensor(as_tensor(sequence_lengths), "int32")
    if strategy == "greedy":
        paths, scores = ops.ctc_greedy_decoder(x, lengths, merge_repeated, mask_index)
    elif strategy == "beam_search":
        if mask_index is not None:  # TensorFlow's search takes the last class for none
            blank = mask_index % classes
            x = ops.concat([x[..., :blank], x[..., blank + 1 :], x[..., blank : blank + 1]], -1)
        paths, scores = ops.ctc_beam_search_decoder(x, lengths, beam_width, top_paths)
    else:
        raise ValueError(f"Invalid strategy {strategy}. Supported values are 'greedy' and 'beam_search'.")
    rows = [
        ops.tensor_scatter_nd_update(ops.fill([batch, steps], as_tensor(-1, "int64")), p.indices, p.values)
        for p in paths
    ]
    labels = ops.cast(ops.stack(rows), "int32")
    if strategy == "beam_search" and mask_index is not None:
        labels = ops.where(labels >= blank, labels + 1, labels)
    return labels, scores
