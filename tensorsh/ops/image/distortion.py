"""A part of an image drawn at random that still shows some of what boxes in it mark."""

from __future__ import annotations

from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from ...runtime import random
from ...runtime.backend import to_host
from ...runtime.dtypes import float32, int8, int16, int32, int64, uint8
from ...runtime.errors import InvalidArgumentError, bracketed, explain, invalid
from ...runtime.single_draws import Draws
from ...runtime.tensor import Tensor, as_tensor
from ..creation import host_constant
from ..random_rules import stateless_seed
from ..registry import op
from ..rules import check_dtype

_SIZES = (uint8, int8, int16, int32, int64)
_Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels


class SampleDistortedBoundingBoxV2(NamedTuple):
    begin: Tensor
    size: Tensor
    bboxes: Tensor


class StatelessSampleDistortedBoundingBox(NamedTuple):
    begin: Tensor
    size: Tensor
    bboxes: Tensor


@op("image.sample_distorted_bounding_box")
def sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: int = 0,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> SampleDistortedBoundingBoxV2:
    """(begin, size, box) of a part of an image: what `slice` takes, and the part as a box (1, 1, 4).

    image_size: [height, width, channels]; bounding_boxes: (1, n, 4), parts of the image as [top, left, bottom, right].
    The part's width over its height is drawn from aspect_ratio_range ([0.75, 1.33]), its area from area_range, in parts
    of the image's ([0.05, 1]); it shows at least min_object_covered of one box. After max_attempts (100) that do not,
    it is the whole image.

    >>> begin, size, box = tf.image.sample_distorted_bounding_box([4, 4, 3], [[[0., 0., 1., 1.]]], area_range=[1., 1.],
    ...                                                           aspect_ratio_range=[1., 1.])
    >>> size
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([ 4,  4, -1], dtype=int32)>
    """
    kernel = "SampleDistortedBoundingBoxV2"
    limits = _Limits(kernel, aspect_ratio_range, area_range, max_attempts, use_image_if_no_bounding_boxes)
    seeds = random.state.op_seeds(seed) if seed else None
    attrs = (kernel, tuple(limits.aspects), tuple(limits.areas), limits.attempts)
    stream = random.state.stream(attrs, seeds, limits.attempts)
    return SampleDistortedBoundingBoxV2(
        *_distorted(kernel, image_size, bounding_boxes, min_object_covered, limits, Draws(stream))
    )


@op("image.stateless_sample_distorted_bounding_box")
def stateless_sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: Any,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> StatelessSampleDistortedBoundingBox:
    """`sample_distorted_bounding_box` as a function of a seed of two integers.

    image_size: [height, width, channels]. bounding_boxes: (1, n, 4), parts of the image as [top, left, bottom, right].
    seed: a pair of ints. Raises InvalidArgumentError without boxes, unless told to take the whole image.

    >>> tf.image.stateless_sample_distorted_bounding_box([100, 200, 3], [[[.1, .2, .5, .9]]], seed=[1, 2]).begin
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([ 1, 32,  0], dtype=int32)>
    """
    kernel = "StatelessSampleDistortedBoundingBox"
    limits = _Limits(kernel, aspect_ratio_range, area_range, max_attempts, use_image_if_no_bounding_boxes)
    draws = Draws(stateless_seed(kernel, seed))
    return StatelessSampleDistortedBoundingBox(
        *_distorted(kernel, image_size, bounding_boxes, min_object_covered, limits, draws)
    )


def _range(ends: list[float]) -> str:
    return f"[{ends[0]:g}, {ends[1]:g}]"


class _Limits:
    """What a part may look like, and how often one is tried."""

    def __init__(self, kernel: str, aspects: Any, areas: Any, attempts: int | None, whole: bool | None) -> None:
        self.aspects = [float(np.float32(a)) for a in (aspects if aspects is not None else (0.75, 1.33))]
        self.areas = [float(np.float32(a)) for a in (areas if areas is not None else (0.05, 1.0))]
        self.attempts = 100 if attempts is None else int(attempts)
        self.whole_if_none = bool(whole)
        if len(self.aspects) != 2:
            raise explain(InvalidArgumentError("Aspect ratio range field must specify 2 dimensions"))
        if len(self.areas) != 2:
            raise explain(InvalidArgumentError("Area range field must specify 2 dimensions"))
        if min(self.aspects) <= 0:
            raise invalid(kernel, f"Aspect ratio range must be non-negative: {_range(self.aspects)}")
        if min(self.areas) <= 0 or max(self.areas) > 1:
            raise invalid(kernel, f"Area range must be non-negative: {_range(self.areas)}")
        if self.attempts < 1:
            raise invalid(kernel, f"Max attempts must be non-negative: {self.attempts}")


def _distorted(kernel: str, image_size: Any, boxes: Any, covered: Any, limits: _Limits, draws: Draws) -> Any:
    size, marked = as_tensor(image_size), as_tensor(boxes, float32)
    check_dtype(kernel, size, _SIZES, _SIZES, "image_size")
    if size._array.shape != (3,):
        message = f"image_size must contain 3 elements{bracketed(size._array.shape)}"
        raise invalid(kernel, message, operands=[("image_size", size)], name=None)
    if marked._array.ndim != 3 or marked._array.shape[2] != 4:
        message = f"input boxes must be 3-dimensional [batch, num_boxes, coords]: {bracketed(marked._array.shape)}"
        raise invalid(kernel, message, operands=[("bounding_boxes", marked)], name=None)
    height, width = to_host(size._array).tolist()[:2]
    objects = [_in_pixels(kernel, box, width, height) for box in to_host(marked._array).reshape(-1, 4).tolist()]
    if not objects:
        if not limits.whole_if_none:
            raise invalid(
                kernel,
                "No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you wish to "
                "not provide any bounding boxes.",
                name=None,
            )
        objects = [(0, 0, width, height)]
    least = float(as_tensor(covered, float32).numpy())
    left, top, right, bottom = _drawn(width, height, objects, least, limits, draws)
    box = [[[top / height, left / width, bottom / height, right / width]]]
    return (
        host_constant([top, left, 0], size.dtype),
        host_constant([bottom - top, right - left, -1], size.dtype),
        host_constant(box, float32),
    )


def _in_pixels(kernel: str, box: list[float], width: int, height: int) -> _Box:
    top, left, bottom, right = box
    for value in box:
        if not 0 <= value <= 1:
            raise invalid(kernel, f"All bounding box coordinates must be in [0.0, 1.0]: {value:g}", name=None)
    return int(left * width), int(top * height), int(right * width), int(bottom * height)


def _drawn(width: int, height: int, objects: list[_Box], least: float, limits: _Limits, draws: Draws) -> _Box:
    low, high = limits.aspects
    for _ in range(limits.attempts):
        aspect = float(np.float32(np.float32(draws.single()) * np.float32(high - low) + np.float32(low)))
        crop = _crop(width, height, aspect, limits.areas, draws)
        if crop is not None and any(_covers(crop, box, least) for box in objects):
            return crop
    return 0, 0, width, height


def _covers(crop: _Box, box: _Box, least: float) -> bool:
    area = (box[2] - box[0]) * (box[3] - box[1])
    shared = [min(crop[i + 2], box[i + 2]) - max(crop[i], box[i]) for i in (0, 1)]
    return area >= 1 and bool(np.float32(max(shared[0], 0) * max(shared[1], 0) / area) >= np.float32(least))


def _crop(width: int, height: int, aspect: float, areas: list[float], draws: Draws) -> _Box | None:
    """A rectangle of that aspect, of an area within bounds as far as whole pixels allow it; None if there is none."""
    smallest, largest = (area * width * height for area in areas)
    rows, most = (round(sqrt(area / aspect)) for area in (smallest, largest))
    if round(most * aspect) > width:
        most = int((width + 0.5 - 1e-7) / aspect)
        most -= round(most * aspect) > width
    most = min(most, height)
    rows = min(rows, most)
    if rows < most:
        rows += draws.below(most - rows + 1)
    for change, wrong in ((1, lambda area: area < smallest), (-1, lambda area: area > largest)):
        if wrong(rows * round(rows * aspect)):
            rows += change
    columns = round(rows * aspect)
    if not (smallest <= rows * columns <= largest and 0 < columns <= width and 0 < rows <= height):
        return None
    top = draws.below(height - rows) if rows < height else 0
    left = draws.below(width - columns) if columns < width else 0
    return left, top, left + columns, top + rows
