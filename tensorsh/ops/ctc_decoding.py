"""Labels from frame-wise predictions: the likeliest path, or a search among prefixes of labellings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import FLOATS, int32, int64
from ..runtime.errors import invalid
from ..runtime.sparse import SparseTensor
from ..runtime.tensor import Tensor, as_tensor, wrap
from .creation import host_constant
from .registry import op
from .rules import check_dtype

_NEVER = -math.inf


@op("nn.collapse_repeated")
def collapse_repeated(labels: Any, seq_length: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """(labels, lengths) with each run of the same label written once, zeros after the end of the sequences.

    labels: (batch, longest) ints. seq_length: int (batch,): how many labels of each row count.

    >>> collapse_repeated([[1, 1, 2, 2, 1]], [4])[0]
    <tf.Tensor: shape=(1, 2), dtype=int32, numpy=array([[1, 2]], dtype=int32)>
    """
    x, lengths = as_tensor(labels), as_tensor(seq_length)
    host = to_host(x._array)
    rows = []
    for row, length in zip(host, to_host(lengths._array).tolist()):
        row = row[:length]
        rows.append(row[np.append(True, row[1:] != row[:-1])] if len(row) else row)
    counts = np.array([len(row) for row in rows], lengths._array.dtype)
    result = np.zeros((len(rows), int(counts.max(initial=0))), host.dtype)
    for i, row in enumerate(rows):
        result[i, : len(row)] = row
    return wrap(from_host(result)), wrap(from_host(counts))


@op("nn.ctc_unique_labels")
def ctc_unique_labels(labels: Any, name: str | None = None) -> list[Tensor]:
    """[the different labels of each row in the order in which they come, where each label is among them].

    labels: (batch, longest) ints; both results have that shape, the first with zeros at the end of its rows.

    >>> ctc_unique_labels([[3, 4, 4]])[1]
    <tf.Tensor: shape=(1, 3), dtype=int32, numpy=array([[0, 1, 1]], dtype=int32)>
    """
    host = to_host(as_tensor(labels)._array)
    unique, places = np.zeros(host.shape, np.int64), np.zeros(host.shape, np.int32)
    for i, row in enumerate(host.tolist()):
        different = list(dict.fromkeys(row))
        unique[i, : len(different)] = different
        places[i] = [different.index(label) for label in row]
    return [host_constant(unique, int64), host_constant(places, int32)]


@op("nn.ctc_greedy_decoder")
def ctc_greedy_decoder(
    inputs: Any, sequence_length: Any, merge_repeated: bool = True, blank_index: int | None = None
) -> tuple[list[SparseTensor], Tensor]:
    """([labels], minus the sum of the largest logits): in every frame the likeliest class, without blanks.

    inputs: logits (frames, batch, classes), sequence_length: (batch,). merge_repeated: a class that the frame before
    had too is left out. blank_index: the blank class, the last by default.
    Raises InvalidArgumentError for a blank_index that is no class.

    >>> decoded, _ = ctc_greedy_decoder(constant([[[3., 1., 2.]], [[0., 1., 4.]], [[0., 5., 1.]]]), [3])
    >>> decoded[0].values
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([0, 1])>
    """
    logits, lengths = _operands("CTCGreedyDecoder", inputs, sequence_length)
    classes = logits.shape[2]
    blank = classes - 1 if blank_index is None else blank_index + classes * (blank_index < 0)
    if not 0 <= blank < classes:
        raise invalid(
            "CTCGreedyDecoder", f"blank_index expected to be between {-classes} and {classes - 1} but was {blank_index}"
        )
    labels, scores = [], np.zeros((logits.shape[1], 1), logits.dtype)
    for b, length in enumerate(lengths):
        best = logits[:length, b].argmax(-1).tolist()
        scores[b, 0] = -logits[:length, b].max(-1).sum() if length else 0
        before = [-1, *best]
        labels.append([c for c, last in zip(best, before) if c != blank and not (merge_repeated and c == last)])
    return [_sparse(labels)], wrap(from_host(scores))


@op("nn.ctc_beam_search_decoder")
def ctc_beam_search_decoder(
    inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[SparseTensor], Tensor]:
    """([labels], log probabilities): the likeliest labellings, over all the ways to spread them over the frames.

    inputs: logits (frames, batch, classes) of which the last class is the blank; sequence_length: (batch,).
    beam_width: how many prefixes are followed. By the prefix search of Graves et al. (2006).
    top_paths: an int, how many labellings are returned. Raises InvalidArgumentError for more of them than beam_width,
    or than there are.

    >>> decoded, score = ctc_beam_search_decoder([[[0., 2., 1.]], [[2., 1., 2.]], [[0., 2., 1.]]], [3])
    >>> decoded[0].values
    <tf.Tensor: shape=(1,), dtype=int64, numpy=array([1])>
    >>> score
    <tf.Tensor: shape=(1, 1), dtype=float32, numpy=array([[-1.3236696]], dtype=float32)>
    """
    logits, lengths = _operands("CTCBeamSearchDecoder", inputs, sequence_length)
    if beam_width < top_paths:
        raise invalid("CTCBeamSearchDecoder", "requested more paths than the beam width.", name=None)
    scores = np.zeros((logits.shape[1], top_paths), logits.dtype)
    paths: list[list[Any]] = [[] for _ in range(top_paths)]
    for b, length in enumerate(lengths):
        found = _search(logits[:length, b].astype(np.float64), beam_width)
        if len(found) < top_paths:
            raise invalid("CTCBeamSearchDecoder", "Less leaves in the beam search than requested.", name=None)
        for i, (labels, score) in enumerate(found[:top_paths]):
            paths[i].append(labels)
            scores[b, i] = score
    return [_sparse(path) for path in paths], wrap(from_host(scores))


class _Beam:
    """A prefix, and the logarithms of the probabilities that it is heard, with a blank at the end or without."""

    __slots__ = ("blank", "children", "label", "labels", "old_blank", "old_total", "parent", "total", "with_label")

    def __init__(self, labels: tuple[int, ...], parent: _Beam | None) -> None:
        self.labels, self.parent = labels, parent
        self.label = labels[-1] if labels else -1
        self.children: dict[int, _Beam] = {}
        self.reset()

    def reset(self) -> None:
        self.total = self.blank = self.with_label = self.old_total = self.old_blank = _NEVER


def _search(logits: np.ndarray, width: int) -> list[tuple[list[int], float]]:
    """The likeliest prefixes at the end of the frames, the best first."""
    root = _Beam((), None)
    root.total = root.blank = 0.0
    leaves = [root]
    blank = logits.shape[1] - 1
    for frame in logits:
        heard = (frame - frame.max() - math.log(np.exp(frame - frame.max()).sum())).tolist()
        branches = sorted(leaves, key=lambda beam: -beam.total)
        for beam in branches:
            beam.old_total, beam.old_blank = beam.total, beam.blank
        for beam in branches:
            if beam.parent is not None:
                if beam.parent.total != _NEVER:
                    repeated = beam.label == beam.parent.label
                    before = beam.parent.old_blank if repeated else beam.parent.old_total
                    beam.with_label = float(np.logaddexp(beam.with_label, before))
                beam.with_label += heard[beam.label]
            beam.blank = beam.old_total + heard[blank]
            beam.total = float(np.logaddexp(beam.blank, beam.with_label))
        leaves = list(branches)
        for beam in branches:
            if not _may_enter(beam.old_total, leaves, width):
                continue
            for label in range(blank):
                child = beam.children.setdefault(label, _Beam((*beam.labels, label), beam))
                if child.total != _NEVER:
                    continue
                before = beam.old_blank if label == beam.label else beam.old_total
                child.blank, child.with_label = _NEVER, heard[label] + before
                child.total = child.with_label
                if not _may_enter(child.total, leaves, width):
                    child.reset()
                    continue
                if len(leaves) == width:
                    worst = min(leaves, key=lambda leaf: leaf.total)
                    leaves.remove(worst)
                    worst.reset()
                leaves.append(child)
    return [(list(beam.labels), beam.total) for beam in sorted(leaves, key=lambda beam: -beam.total)]


def _may_enter(total: float, leaves: list[_Beam], width: int) -> bool:
    return total > _NEVER and (len(leaves) < width or total > min(leaf.total for leaf in leaves))


def _operands(kernel: str, inputs: Any, sequence_length: Any) -> tuple[np.ndarray, list[int]]:
    x, lengths = as_tensor(inputs), as_tensor(sequence_length, int32)
    check_dtype(kernel, x, FLOATS[2:], FLOATS[2:], "inputs")
    if x._array.ndim != 3:
        raise invalid(kernel, "inputs is not a 3-Tensor", operands=[("inputs", x)], name=None)
    frames, batch, _ = x._array.shape
    counts = to_host(lengths._array).reshape(-1).tolist()
    if len(counts) != batch:
        raise invalid(
            kernel,
            f"len(sequence_length) != batch_size.  len(sequence_length):  {len(counts)} batch_size: {batch}",
            operands=[("inputs", x), ("sequence_length", lengths)],
            name=None,
        )
    if any(count > frames for count in counts):
        raise invalid(kernel, f"sequence_length(b) <= {frames}", operands=[("sequence_length", lengths)], name=None)
    return to_host(x._array), counts


def _sparse(rows: list[list[int]]) -> SparseTensor:
    places = [[i, j] for i, row in enumerate(rows) for j in range(len(row))]
    longest = max(map(len, rows), default=0)
    return SparseTensor(
        host_constant(np.array(places, np.int64).reshape(-1, 2), int64),
        host_constant(np.array([label for row in rows for label in row], np.int64), int64),
        host_constant([len(rows), longest], int64),
    )
