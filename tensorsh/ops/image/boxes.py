"""Boxes in images: which of those that overlap to keep, and boxes drawn.

A box is [y1, x1, y2, x2], by any two opposite corners. How much two boxes overlap is the area of what they share over
that of what they cover together. Which boxes are kept is decided one after the other, on the host.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from math import exp
from typing import Any, NamedTuple

import numpy as np

from ...runtime import backend
from ...runtime.dtypes import F32, float16, float32, int32
from ...runtime.errors import bracketed, explain, invalid
from ...runtime.tensor import Tensor, as_tensor, wrap
from ..registry import no_gradient, op, primitive
from ..rules import check_dtype

_FLOATS = (float16, float32)
_COLOURS = (  # TensorFlow's, for boxes without their own
    (1, 1, 0, 1),
    (0, 0, 1, 1),
    (1, 0, 0, 1),
    (0, 1, 0, 1),
    (0.5, 0, 0.5, 1),
    (0.5, 0.5, 0, 1),
    (0.5, 0, 0, 1),
    (0, 0, 0.5, 1),
    (0, 1, 1, 1),
    (1, 0, 1, 1),
)


class CombinedNonMaxSuppression(NamedTuple):
    nmsed_boxes: Tensor
    nmsed_scores: Tensor
    nmsed_classes: Tensor
    valid_detections: Tensor


# ---------------------------------------------------------------- which boxes to keep


def _keep(
    scores: np.ndarray, overlap: Callable[[int, int], float], most: int, limit: float, least: float, sigma: float = 0.0
) -> list[tuple[int, float]]:
    """(index, score) of the boxes kept, best first: none overlaps one before it by more than `limit`.

    With sigma > 0 an overlap lowers a box's score by exp(-overlap ** 2 / (2 * sigma)) instead: Bodla, Singh, Chellappa
    & Davis, "Soft-NMS: improving object detection with one line of code" (2017).
    """
    queue = [(-float(score), i, 0) for i, score in enumerate(scores.tolist()) if score > least]
    heapq.heapify(queue)
    kept: list[tuple[int, float]] = []
    while queue and len(kept) < most:
        negative, i, compared = heapq.heappop(queue)
        score = -negative
        dropped = False
        for j, _ in reversed(kept[compared:]):
            shared = overlap(i, j)
            if sigma > 0:
                score = float(F32.type(score) * F32.type(exp(-0.5 / sigma * shared * shared)))
            elif shared > limit:
                dropped = True
            if dropped or score <= least:
                dropped = True
                break
        if dropped:
            continue
        if score == -negative:
            kept.append((i, score))
        else:
            heapq.heappush(queue, (-score, i, len(kept)))
    return kept


def _overlaps(boxes: np.ndarray) -> Callable[[int, int], float]:
    """How much two of the boxes overlap, in float32."""
    low = np.minimum(boxes[:, :2], boxes[:, 2:])
    high = np.maximum(boxes[:, :2], boxes[:, 2:])
    areas = np.prod(high - low, axis=1)

    def overlap(i: int, j: int) -> float:
        if areas[i] <= 0 or areas[j] <= 0:
            return 0.0
        sides = np.maximum(np.minimum(high[i], high[j]) - np.maximum(low[i], low[j]), 0)
        shared = sides[0] * sides[1]
        return float(shared / (areas[i] + areas[j] - shared))

    return overlap


def _on_host(x: Tensor) -> np.ndarray:
    return backend.to_host(x._array).astype(F32)


def _tensor(values: Any, dtype: Any) -> Tensor:
    return wrap(backend.from_host(np.asarray(values, dtype)))


def _arguments(kernel: str, boxes: Any, scores: Any, most: Any, limits: dict[str, float]) -> tuple[Tensor, Tensor, int]:
    """Boxes, scores and their number, as TensorFlow's kernels check them."""
    box, score = as_tensor(boxes, hint=float32), as_tensor(scores, hint=float32)
    check_dtype(kernel, box, _FLOATS, _FLOATS, "boxes")
    count = as_tensor(most, int32)

    def refuse(message: str, summary: str | None = None) -> Any:
        return invalid(kernel, message, summary, [("boxes", box), ("scores", score)], name=None)

    for name, t, rank in (("boxes", box, 2), ("scores", score, 1), ("max_output_size", count, 0)):
        if t._array.ndim != rank:
            shape = bracketed(t._array.shape)
            got = f"{shape} (" if rank else f", got shape {shape} ("
            raise refuse(f"{name} must be {rank}-D{got}Shape must be rank {rank} but is rank {t._array.ndim})")
        if name == "boxes" and t._array.shape[1] != 4:
            raise refuse(f"boxes must have 4 columns (Dimension must be 4 but is {t._array.shape[1]})")
    a, b = box._array.shape[0], score._array.shape[0]
    if a != b:
        raise refuse(f"scores has incompatible shape (Dimensions must be equal, but are {a} and {b})")
    if int(count) < 0:
        raise refuse("output size must be non-negative")
    for name, value in limits.items():
        if name.startswith("soft") and value < 0:
            raise refuse("soft_nms_sigma_val must be >= 0")
        if not name.startswith("soft") and not 0 <= value <= 1:
            raise refuse(f"{name} must be in [0, 1]")
    return box, score, int(count)


@op("image.non_max_suppression", short=False)
def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Tensor:
    """The indices of at most `max_output_size` boxes, best first, that overlap by no more than `iou_threshold`.

    boxes: (n, 4). scores: (n,); boxes at `score_threshold` or below are left out. The indices are int32.

    >>> tf.image.non_max_suppression([[0., 0., 1., 1.], [0., 0., 1., .9], [2., 2., 3., 3.]], [.9, .8, .7], 3)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([0, 2], dtype=int32)>
    """
    limit = float(iou_threshold)
    box, score, most = _arguments("NonMaxSuppressionV3", boxes, scores, max_output_size, {"iou_threshold": limit})
    kept = _keep(_on_host(score), _overlaps(_on_host(box)), most, limit, float(score_threshold))
    return _tensor([i for i, _ in kept], np.int32)


@op("image.non_max_suppression_with_scores", short=False)
def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    soft_nms_sigma: Any = 0.0,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """`non_max_suppression` with the scores; with `soft_nms_sigma` above 0 an overlap lowers a score instead.

    After Bodla, Singh, Chellappa and Davis (2017).

    soft_nms_sigma: a float: how gently overlaps lower scores; 0: overlapping boxes are left out.
    Raises InvalidArgumentError for an iou_threshold outside of [0, 1].

    >>> boxes = [[0., 0., 1., 1.], [0., 0., 1., .5]]
    >>> tf.image.non_max_suppression_with_scores(boxes, [.9, .8], 2, soft_nms_sigma=.5)[0]
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([0, 1], dtype=int32)>
    """
    limit, sigma = float(iou_threshold), float(soft_nms_sigma)
    limits = {"iou_threshold": limit, "soft_nms_sigma": sigma}
    box, score, most = _arguments("NonMaxSuppressionV5", boxes, scores, max_output_size, limits)
    kept = _keep(_on_host(score), _overlaps(_on_host(box)), most, limit, float(score_threshold), sigma)
    return _tensor([i for i, _ in kept], np.int32), _tensor([s for _, s in kept], score._array.dtype)


@op("image.non_max_suppression_overlaps", short=False)
def non_max_suppression_overlaps(
    overlaps: Any,
    scores: Any,
    max_output_size: Any,
    overlap_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Tensor:
    """`non_max_suppression` by a matrix (n, n) that tells how much any two overlap.

    overlaps: float (boxes, boxes): how much each two overlap. overlap_threshold: a float: boxes that overlap by
    more are one.
    Raises InvalidArgumentError for a matrix that is not square.

    >>> tf.image.non_max_suppression_overlaps([[1., .6], [.6, 1.]], [.9, .8], 2)
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([0], dtype=int32)>
    """
    kernel = "NonMaxSuppressionWithOverlaps"
    matrix, score = as_tensor(overlaps, float32), as_tensor(scores, float32)
    shape = matrix._array.shape
    if len(shape) != 2 or shape[0] != shape[1]:
        message = "overlaps must be square" if len(shape) == 2 else "overlaps must be 2-D"
        raise invalid(kernel, message + bracketed(shape), operands=[("overlaps", matrix)], name=None)
    if score._array.shape != shape[:1]:
        raise invalid(kernel, "scores has incompatible shape", operands=[("scores", score)], name=None)
    table = _on_host(matrix)
    most, limit = int(as_tensor(max_output_size, int32)), float(overlap_threshold)
    kept = _keep(_on_host(score), lambda i, j: float(table[i, j]), most, limit, float(score_threshold))
    return _tensor([i for i, _ in kept], np.int32)


@op("image.non_max_suppression_padded", short=False)
def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_to_max_output_size: bool = False,
    name: str | None = None,
    sorted_input: bool = False,
    canonicalized_coordinates: bool = False,
    tile_size: int = 512,
) -> tuple[Tensor, Tensor]:
    """(indices, how many are valid) of `non_max_suppression`, also for batches: boxes (..., n, 4), scores (..., n).

    pad_to_max_output_size: fill the indices up with 0; ValueError for a batch without. sorted_input: take the boxes in
    the order in which they come. canonicalized_coordinates, tile_size: taken as TensorFlow takes them.

    >>> boxes = [[0., 0., 1., 1.], [0., 0., 1., .9]]
    >>> tf.image.non_max_suppression_padded(boxes, [.9, .8], 2, pad_to_max_output_size=True)[0]
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([0, 0], dtype=int32)>
    """
    box, score = as_tensor(boxes, float32), as_tensor(scores, float32)
    *lead, n, _ = box._array.shape
    if lead and not pad_to_max_output_size:
        raise explain(
            ValueError(f"'pad_to_max_output_size' (value {pad_to_max_output_size}) must be True for batched input"),
            hint="write pad_to_max_output_size=True",
        )
    most, limit, least = int(as_tensor(max_output_size, int32)), float(iou_threshold), float(score_threshold)
    indices, counts = [], []
    for one, marks in zip(_on_host(box).reshape(-1, n, 4), _on_host(score).reshape(-1, n)):
        if sorted_input:
            marks, given = -np.arange(n, dtype=F32), marks
            marks[given <= least] = -np.inf
        kept = [i for i, _ in _keep(marks, _overlaps(one), most, limit, -np.inf if sorted_input else least)]
        counts.append(len(kept))
        indices.append(kept + [0] * (most - len(kept)) if pad_to_max_output_size else kept)
    shape = [*lead, most] if pad_to_max_output_size else [-1]
    found = np.asarray(indices, np.int32).reshape(shape)
    return _tensor(found, np.int32), _tensor(np.reshape(counts, lead), np.int32)


@op("image.combined_non_max_suppression", short=False)
def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> CombinedNonMaxSuppression:
    """`non_max_suppression` of each class by itself, for a batch, and of all that is kept the best.

    boxes: (batch, n, classes or 1, 4). scores: (batch, n, classes). pad_per_class: whether the result has no more rows
    than all classes together may give. clip_boxes: to [0, 1]. What is not filled is 0.
    max_output_size_per_class: an int: the most boxes that are kept of a class. max_total_size: an int: the most boxes
    that are kept of an image. Raises InvalidArgumentError for boxes that are not of rank 4, scores not of rank 3, or an
    iou_threshold outside of [0, 1].

    >>> found = tf.image.combined_non_max_suppression([[[[0., 0., 1., 2.]]]], [[[.5, .7]]], 1, 2)
    >>> found.nmsed_classes
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[1., 0.]], dtype=float32)>
    """
    kernel = "CombinedNonMaxSuppression"
    box, score = as_tensor(boxes, float32), as_tensor(scores, float32)
    each, total = int(as_tensor(max_output_size_per_class, int32)), int(as_tensor(max_total_size, int32))
    limit, least = float(iou_threshold), float(score_threshold)
    for arg, t, rank in (("boxes", box, 4), ("scores", score, 3)):
        if t._array.ndim != rank:
            raise invalid(kernel, f"{arg} must be {rank}-D{bracketed(t._array.shape)}", operands=[(arg, t)], name=None)
    if not 0 <= limit <= 1:
        raise invalid(kernel, "iou_threshold must be in [0, 1]", f"iou_threshold is {limit}")
    classes = score._array.shape[2]
    rows = min(total, each * classes) if pad_per_class else total
    batch = score._array.shape[0]
    boxes_out = np.zeros((batch, rows, 4), F32)
    scores_out, classes_out = np.zeros((2, batch, rows), F32)
    counts = np.zeros(batch, np.int32)
    for b, (places, marks) in enumerate(zip(_on_host(box), _on_host(score))):
        found = []
        for c in range(classes):
            own = places[:, c if places.shape[1] > 1 else 0]
            kept = _keep(marks[:, c], _overlaps(own), each, limit, least)
            found += [(mark, c, own[i]) for i, mark in kept]
        found.sort(key=lambda entry: -entry[0])
        counts[b] = min(len(found), rows)
        for row, (mark, c, corners) in enumerate(found[:rows]):
            boxes_out[b, row] = np.clip(corners, 0, 1) if clip_boxes else corners
            scores_out[b, row], classes_out[b, row] = mark, c
    return CombinedNonMaxSuppression(
        _tensor(boxes_out, F32), _tensor(scores_out, F32), _tensor(classes_out, F32), _tensor(counts, np.int32)
    )


# ---------------------------------------------------------------- boxes drawn


@primitive(joint=no_gradient("DrawBoundingBoxesV2"))
def _drawn(xp, images, edges):
    """edges: (image, rows, columns, colour) of each line to draw, in order."""
    y = images.copy()
    for image, rows, columns, colour in edges:
        y[image, slice(*rows), slice(*columns), :] = xp.asarray(colour, dtype=y.dtype)
    return y


@op("image.draw_bounding_boxes", short=False)
def draw_bounding_boxes(images: Any, boxes: Any, colors: Any, name: str | None = None) -> Tensor:
    """Images with the edges of boxes drawn upon them, one pixel wide. No gradient (LookupError).

    images: float32 or float16 (batch, height, width, 1, 3 or 4). boxes: (batch, n, 4), from 0 to 1. colors: (m,
    channels), taken in turn; None for ten colours of TensorFlow's.

    >>> tf.image.draw_bounding_boxes(zeros([1, 3, 3, 1]), [[[0., 0., 1., 1.]]], [[2.]])[0, ..., 0]
    <tf.Tensor: shape=(3, 3), dtype=float32, numpy=
    array([[2., 2., 2.],
           [2., 0., 2.],
           [2., 2., 2.]], dtype=float32)>
    """
    kernel = "DrawBoundingBoxesV2"
    x, box = as_tensor(images, hint=float32), as_tensor(boxes, float32)
    check_dtype(kernel, x, (float32, float16), (float32, float16), "images")
    shape = x._array.shape

    def refuse(message: str) -> Any:
        return invalid(kernel, message, operands=[("images", x), ("boxes", box)], name=None)

    if len(shape) != 4:
        raise refuse("The rank of the images should be 4")
    height, width, depth = shape[1:]
    if depth not in (1, 3, 4):
        raise refuse("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)")
    if box._array.ndim != 3:
        raise refuse("The rank of the boxes tensor should be 3")
    if box._array.shape[2] != 4:
        raise refuse(f"The size of the third dimension of the box must be 4. Received: {box._array.shape[2]}")
    table = [list(colour) for colour in _COLOURS]
    if depth == 1:
        table = [[1.0]] * len(table)
    if colors is not None and (given := as_tensor(colors, float32))._array.size:
        if given._array.ndim != 2 or given._array.shape[1] < depth:
            raise refuse(
                f"colors must have equal or more channels than the image provided: {bracketed(given._array.shape)}"
            )
        table = _on_host(given).tolist()
    edges: list[tuple[Any, ...]] = []
    for image, rows in enumerate(_on_host(box)):
        for i, corners in enumerate(rows):
            top, left, bottom, right = (
                int(c * F32.type(n - 1)) for c, n in zip(corners, (height, width, height, width))
            )
            if top > bottom or left > right or top >= height or bottom < 0 or left >= width or right < 0:
                continue
            colour = tuple(table[i % len(table)][:depth])
            down = (max(top, 0), min(bottom, height - 1) + 1)
            across = (max(left, 0), min(right, width - 1) + 1)
            lines = [((r, r + 1), across) for r in (top, bottom) if 0 <= r < height]
            lines += [(down, (c, c + 1)) for c in (left, right) if 0 <= c < width]
            edges += [(image, *line, colour) for line in lines]
    return _drawn(x, edges=tuple(edges))
