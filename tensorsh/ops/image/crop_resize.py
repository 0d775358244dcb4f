"""Boxes of images resized to one size, with TensorFlow's gradients for the images and for the boxes.

A box is [y1, x1, y2, x2] of numbers: 0 is the middle of the first row or column, 1 that of the last.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime import backend
from ...runtime.dtypes import F32, float32, int32, listed
from ...runtime.errors import InvalidArgumentError, OutOfRangeError, bracketed, explain, invalid
from ...runtime.tensor import Tensor, as_tensor
from ..registry import no_gradient, op, primitive
from ..rules import check_dtype, ints

_CROPPED = listed("uint8 uint16 int8 int16 int32 int64 float16 float32 float64")


@primitive(
    lambda g, y, image, boxes, at, sizes, method, outside: _crop_spread(
        g, boxes, at, shape=image._array.shape, method=method, dtype=image._array.dtype
    ),
    lambda g, y, image, boxes, at, sizes, method, outside: _crop_slopes(g, image, boxes, at),
    None,
)
def _crops(xp, image, boxes, at, sizes, method, outside):
    rows, columns = _places(xp, boxes, image.shape[1:3], sizes, method)
    image = image.astype(F32)
    inside = (rows[3][:, :, None] & columns[3][:, None, :])[..., None]
    (top, bottom, down), (left, right, across) = rows[:3], columns[:3]
    if method == "nearest":
        return xp.where(inside, _pixels(image, at, top, left), F32.type(outside))
    across, down = across[:, None, :, None], down[:, :, None, None]
    upper, lower = (
        a + (b - a) * across
        for a, b in ((_pixels(image, at, r, left), _pixels(image, at, r, right)) for r in (top, bottom))
    )
    return xp.where(inside, upper + (lower - upper) * down, F32.type(outside))


@primitive(joint=no_gradient("CropAndResizeGradImage"))
def _crop_spread(xp, g, boxes, at, shape, method, dtype):
    """The adjoint of `_crops` for the image. One box after the other, as the sum of overlapping boxes wants."""
    rows, columns = _places(xp, boxes, shape[1:3], g.shape[1:3], method)
    g = g.astype(dtype)
    vertical, horizontal = (
        _weights(xp, places, n, method).astype(g.dtype) for places, n in zip((rows, columns), shape[1:3])
    )
    y = xp.zeros(shape, g.dtype)
    for i, image in enumerate(backend.to_host(at).tolist()):
        over_rows = xp.tensordot(vertical[i], g[i], axes=([0], [0]))
        y[image] += xp.moveaxis(xp.tensordot(over_rows, horizontal[i], axes=([1], [0])), -1, 1)
    return y


@primitive(joint=no_gradient("CropAndResizeGradBoxes"))
def _crop_slopes(xp, g, image, boxes, at):
    """The gradient for the boxes; TensorFlow's is that of "bilinear" for both methods."""
    rows, columns = _places(xp, boxes, image.shape[1:3], g.shape[1:3], "bilinear")
    image = image.astype(F32)
    corners = [[_pixels(image, at, r, c) for c in columns[:2]] for r in rows[:2]]
    down, across = rows[2][:, :, None, None], columns[2][:, None, :, None]
    slope_y = (1 - across) * (corners[1][0] - corners[0][0]) + across * (corners[1][1] - corners[0][1])
    slope_x = (1 - down) * (corners[0][1] - corners[0][0]) + down * (corners[1][1] - corners[1][0])
    inside = rows[3][:, :, None] & columns[3][:, None, :]
    parts = []
    for slope, axis in ((slope_y, 1), (slope_x, 2)):
        by_place = xp.where(inside, (g * slope).sum(-1), F32.type(0)).sum(3 - axis)
        n, size = image.shape[axis], g.shape[axis]
        if size > 1:
            end = xp.arange(size, dtype=F32) * F32.type((n - 1) / (size - 1))
            parts.append(((by_place * ((n - 1) - end)).sum(1), (by_place * end).sum(1)))
        else:
            half = by_place.sum(1) * F32.type(0.5 * (n - 1))
            parts.append((half, half))
    (y1, y2), (x1, x2) = parts
    return xp.stack([y1, x1, y2, x2], axis=1)


def _places(xp: Any, boxes: Any, image: tuple[int, ...], sizes: tuple[int, ...], method: str) -> list[Any]:
    """For rows and columns: (entry before, entry after, how far between, inside?), each (boxes, size)."""
    found = []
    for axis, (n, size) in enumerate(zip(image, sizes)):
        start, end = boxes[:, axis, None], boxes[:, axis + 2, None]
        if size > 1:
            step = (end - start) * F32.type(n - 1) / F32.type(size - 1)
            place = start * F32.type(n - 1) + xp.arange(size, dtype=F32)[None, :] * step
        else:
            place = F32.type(0.5) * (start + end) * F32.type(n - 1)
        inside = (place >= 0) & (place <= n - 1)
        place = xp.where(inside, place, F32.type(0))
        low = xp.floor(place)
        if method == "nearest":
            at = xp.floor(place + F32.type(0.5)).astype(np.int64)
            found.append((at, at, place - low, inside))
        else:
            found.append((low.astype(np.int64), xp.ceil(place).astype(np.int64), place - low, inside))
    return found


def _pixels(image: Any, at: Any, rows: Any, columns: Any) -> Any:
    return image[at[:, None, None], rows[:, :, None], columns[:, None, :]]


def _weights(xp: Any, found: Any, n: int, method: str) -> Any:
    """What each entry of an axis adds to each place: (boxes, size, n)."""
    low, high, part, inside = (a[..., None] for a in found)
    every = xp.arange(n)
    first = F32.type(1) if method == "nearest" else 1 - part
    weights = xp.where(low == every, first, F32.type(0))
    if method == "bilinear":
        weights = weights + xp.where(high == every, part, F32.type(0))
    return xp.where(inside, weights, F32.type(0))


@op("image.crop_and_resize", short=False)
def crop_and_resize(
    image: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
    name: str | None = None,
) -> Tensor:
    """Boxes of images, each resized to `crop_size` = [height, width]: float32 (boxes, height, width, channels).

    boxes: float32 (boxes, 4); y2 < y1 turns a crop upside down. box_indices: the image of each. method: "bilinear" or
    "nearest". extrapolation_value: for what lies outside of an image. Differentiable with regard to image and boxes.

    crop_size: two ints: the result's rows and columns.
    image: (batch, height, width, channels). Raises InvalidArgumentError for an image of another rank, boxes and
    box_indices that differ in number, or a crop_size that is not positive.

    >>> tf.image.crop_and_resize([[[[1.], [2.]], [[3.], [5.]]]], [[0., 0., 1., .5]], [0], [2, 2])[..., 0]
    <tf.Tensor: shape=(1, 2, 2), dtype=float32, numpy=
    array([[[1. , 1.5],
            [3. , 4. ]]], dtype=float32)>
    """
    kernel = "CropAndResize"
    x, box = as_tensor(image), as_tensor(boxes, float32)
    at, size = as_tensor(box_indices, int32), as_tensor(crop_size, int32)
    check_dtype(kernel, x, _CROPPED, _CROPPED, "image")
    if method not in ("bilinear", "nearest"):
        raise explain(
            InvalidArgumentError(
                f'Value for attr \'method\' of "{method}" is not in the list of allowed values: "bilinear", "nearest"'
            ),
            f'crop_and_resize: method is "bilinear" or "nearest", not {method!r}',
        )

    def refuse(message: str) -> Any:
        return invalid(kernel, message, operands=[("image", x), ("boxes", box), ("box_indices", at)], name=None)

    if x._array.ndim != 4:
        raise refuse(f"input image must be 4-D{bracketed(x._array.shape)}")
    if not x._array.shape[1] or not x._array.shape[2]:
        raise refuse("image dimensions must be positive")
    if size._array.ndim != 1:
        raise refuse(f"crop_size must be 1-D{bracketed(size._array.shape)}")
    if size._array.shape != (2,):
        raise refuse(f"crop_size must have two elements{bracketed(size._array.shape)}")
    if box._array.ndim != 2:
        raise refuse(f"boxes must be 2-D, got: {bracketed(box._array.shape)}")
    if box._array.shape[1] != 4:
        raise refuse("boxes must have 4 columns")
    if at._array.shape != box._array.shape[:1]:
        raise refuse("box_index has incompatible shape")
    sizes = tuple(ints(size))
    if min(sizes) < 1:
        raise refuse("crop dimensions must be positive")
    if at._array.size and not 0 <= int(at._array.min()) <= int(at._array.max()) < x._array.shape[0]:
        raise explain(
            OutOfRangeError(f"box_index has values outside [0, batch_size) [Op:{kernel}]"),
            f"crop_and_resize: there are {x._array.shape[0]} images",
            [("box_indices", at)],
        )
    return _crops(x, box, at, sizes=sizes, method=method, outside=float(extrapolation_value))
