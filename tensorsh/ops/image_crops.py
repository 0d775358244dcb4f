"""Parts of images: crops, borders, boxes resized to one size, patches and glimpses.

Images are (batch, height, width, channels), or (height, width, channels) for one. A box is [y1, x1, y2, x2] of numbers:
0 is the middle of the first row or column, 1 that of the last.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..runtime import backend
from ..runtime.dtypes import (
    F32,
    bfloat16,
    bool_,
    complex64,
    complex128,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from ..runtime.errors import (
    InvalidArgumentError,
    OutOfRangeError,
    UnimplementedError,
    bracketed,
    explain,
    invalid,
)
from ..runtime.tensor import Tensor, as_tensor
from .image_rules import as_batch, at_least_3d, check_positive, from_batch
from .registry import no_gradient, op, ops, primitive
from .rules import check_dtype, ints
from .windows import Window, borders, cropped, padded, patches, places, slide

_CROPPED = (uint8, uint16, int8, int16, int32, int64, float16, float32, float64)
_WHOLE = (int8, int16, int32, int64, uint8, uint16, uint32, uint64)
_PATCHED = (bfloat16, float16, float32, float64, *_WHOLE, complex64, complex128, bool_)

# ---------------------------------------------------------------- crops and borders


@op("image.central_crop", short=False, samples=lambda s: [s.call(s(4, 4, 2), 0.5)])
def central_crop(image: Any, central_fraction: Any) -> Tensor:
    """The middle of images: `central_fraction`, in (0, 1], of their height and width. Raises ValueError for another.

    >>> tf.image.central_crop(reshape(arange(16), 4, 4, 1), 0.5)[..., 0]
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[ 5,  6],
           [ 9, 10]], dtype=int32)>
    """
    x = at_least_3d(image)
    fraction = float(central_fraction)
    if not 0 < fraction <= 1:
        raise explain(ValueError("central_fraction must be within (0, 1]"), f"central_fraction is {fraction}")
    x, single = as_batch(x)
    height, width = x._array.shape[1:3]
    top, left = (int((n - n * fraction) / 2) for n in (height, width))
    return from_batch(x[:, top : height - top, left : width - left], single)


@op("image.crop_to_bounding_box", short=False, samples=lambda s: [s.call(s(3, 4, 1), 1, 0, 2, 3)])
def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """The part of images of the target's size that begins at row `offset_height` and column `offset_width`.

    Raises ValueError if it is not inside.

    >>> tf.image.crop_to_bounding_box([[[1], [2]], [[3], [4]]], 0, 1, 2, 1)[..., 0]
    <tf.Tensor: shape=(2, 1), dtype=int32, numpy=
    array([[2],
           [4]], dtype=int32)>
    """
    x, single = as_batch(image)
    top, left, high, wide = (int(n) for n in (offset_height, offset_width, target_height, target_width))
    for value, name in ((left, "offset_width"), (top, "offset_height")):
        if value < 0:
            raise explain(ValueError(f"{name} must be >= 0."), f"{name} is {value}")
    check_positive(wide, "target_width")
    check_positive(high, "target_height")
    height, width = x._array.shape[1:3]
    for name, size, end in (("width", width, left + wide), ("height", height, top + high)):
        if size < end:
            raise explain(
                ValueError(f"{name} must be >= target + offset."),
                f"crop_to_bounding_box: the crop ends at {end}, and the {name} is {size}",
                [("image", x)],
            )
    return from_batch(x[:, top : top + high, left : left + wide], single)


@op("image.pad_to_bounding_box", short=False, samples=lambda s: [s.call(s(2, 2, 1), 1, 0, 3, 4)])
def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """Images with `offset_height` rows of zeros above, `offset_width` columns before, and enough after for the target.

    Raises ValueError if they do not fit into it.

    >>> tf.image.pad_to_bounding_box([[[1], [2]]], 1, 0, 2, 3)[..., 0]
    <tf.Tensor: shape=(2, 3), dtype=int32, numpy=
    array([[0, 0, 0],
           [1, 2, 0]], dtype=int32)>
    """
    x, single = as_batch(image)
    top, left, high, wide = (int(n) for n in (offset_height, offset_width, target_height, target_width))
    height, width = x._array.shape[1:3]
    for value, name in ((top, "offset_height"), (left, "offset_width")):
        if value < 0:
            raise explain(ValueError(f"{name} must be >= 0"), f"{name} is {value}")
    below, right = high - top - height, wide - left - width
    for name, missing in (("width", right), ("height", below)):
        if missing < 0:
            raise explain(
                ValueError(f"{name} must be <= target - offset"),
                f"pad_to_bounding_box: the target lacks {-missing} of the {name}",
                [("image", x)],
            )
    return from_batch(ops.pad(x, [[0, 0], [top, below], [left, right], [0, 0]]), single)


@op("image.resize_with_crop_or_pad", short=False, samples=lambda s: [s.call(s(3, 4, 1), 2, 5)])
def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Tensor:
    """Images cut to the target's size, or filled up to it with zeros, alike on both sides.

    >>> tf.image.resize_with_crop_or_pad([[[1], [2], [3]]], 3, 1)[..., 0]
    <tf.Tensor: shape=(3, 1), dtype=int32, numpy=
    array([[0],
           [2],
           [0]], dtype=int32)>
    """
    x, single = as_batch(image)
    high, wide = int(target_height), int(target_width)
    check_positive(wide, "target_width")
    check_positive(high, "target_height")
    height, width = x._array.shape[1:3]
    top, left = max((height - high) // 2, 0), max((width - wide) // 2, 0)
    x = crop_to_bounding_box(x, top, left, min(high, height), min(wide, width))
    x = pad_to_bounding_box(x, max((high - height) // 2, 0), max((wide - width) // 2, 0), high, wide)
    return from_batch(x, single)


# ---------------------------------------------------------------- boxes resized


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
        raise refuse(f"boxes must be 2-D{bracketed(box._array.shape)}")
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


# ---------------------------------------------------------------- patches


@primitive(lambda g, y, x, window: _unpatched(g, shape=x._array.shape, window=window))
def _patched(xp, x, window):
    seen = patches(xp, padded(xp, x, window), window)
    return seen.reshape(*seen.shape[:3], prod(seen.shape[3:]))


@primitive(lambda h, y, g, shape, window: _patched(h, window=window))
def _unpatched(xp, g, shape, window):
    y = xp.zeros((shape[0], *borders(shape[1:-1], window), shape[-1]), g.dtype)
    parts = g.reshape(*g.shape[:3], *window.shape, shape[-1])
    for place, index in places(window, g.shape[1:-1]):
        y[index] += parts[:, :, :, place[0], place[1], :]
    return cropped(y, window)


def _patch_samples(s: Any) -> Any:
    yield s.call(s(1, 3, 3, 2), [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")
    yield s.call(s(1, 4, 4, 1), [1, 2, 2, 1], [1, 2, 1, 1], [1, 1, 2, 1], "SAME")


@op("image.extract_patches", short=False, samples=_patch_samples)
def extract_patches(images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None) -> Tensor:
    """What a window sees at each of its steps over images, side by side in the last axis.

    (batch, height, width, channels) becomes (batch, height', width', rows * columns * channels). sizes, strides, rates:
    [1, rows, columns, 1] for the window's size, its steps, and the distance of its places. padding: "VALID", "SAME".

    >>> x = reshape(arange(9), 1, 3, 3, 1)
    >>> tf.image.extract_patches(x, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")[0, 0]
    <tf.Tensor: shape=(2, 4), dtype=int32, numpy=
    array([[0, 1, 3, 4],
           [1, 2, 4, 5]], dtype=int32)>
    """
    kernel = "ExtractImagePatches"
    x = as_tensor(images)
    given = {"ksizes": ints(sizes), "strides": ints(strides), "rates": ints(rates)}
    for name_, values in given.items():
        if len(values) < 4:
            raise explain(
                InvalidArgumentError(f"Length for attr '{name_}' of {len(values)} must be at least minimum 4"),
                hint="write [1, rows, columns, 1]",
            )
    check_dtype(kernel, x, _PATCHED, _PATCHED, "images")
    if padding not in ("SAME", "VALID"):
        raise explain(
            InvalidArgumentError(
                f'Value for attr \'padding\' of "{padding}" is not in the list of allowed values: "SAME", "VALID"'
            ),
            hint='write padding="SAME" or padding="VALID"',
        )
    for name_, values in given.items():
        if len(values) != 4 or values[0] != 1 or values[3] != 1:
            raise explain(
                UnimplementedError(f"Only support {name_} across space. [Op:{kernel}] name: "),
                hint="write [1, rows, columns, 1]",
            )
        if min(values) < 1:
            raise explain(OutOfRangeError(f"{name_} is out of range. [Op:{kernel}] name: "), f"{name_} is {values}")
    if x._array.ndim != 4:
        raise invalid(
            kernel,
            f"input must be 4-dimensional{bracketed(x._array.shape)}",
            f"extract_patches: the images' rank is {x._array.ndim}",
            [("images", x)],
            "add a batch axis: expand_dims(x, 0)" if x._array.ndim == 3 else None,
        )
    shape, steps, apart = (tuple(values[1:3]) for values in given.values())
    window: Window = slide(kernel, x, shape, steps, apart, padding, explicit=False)
    return _patched(x, window=window)


# ---------------------------------------------------------------- glimpses


@primitive(joint=no_gradient("ExtractGlimpseV2"))
def _glimpses(xp, x, sizes, starts, noise):
    """Windows of `sizes` that begin at `starts`; what is outside of an image is filled with noise."""
    y = xp.zeros((x.shape[0], *sizes, x.shape[3]), x.dtype)
    for i, corner in enumerate(starts):
        inside = [(max(a, 0), min(a + k, n)) for a, k, n in zip(corner, sizes, x.shape[1:3])]
        if noise != "zero":
            y[i] = _noise(xp, y.shape[1:], x[i], noise)
        if all(a < b for a, b in inside):
            (top, bottom), (left, right) = inside
            at = (slice(top - corner[0], bottom - corner[0]), slice(left - corner[1], right - corner[1]))
            y[(i, *at)] = x[i, top:bottom, left:right]
    return y


def _noise(xp: Any, shape: tuple[int, ...], image: Any, kind: str) -> Any:
    """Numbers that nobody can repeat, as TensorFlow's here: as spread as the image's own."""
    draws = np.random.default_rng()
    if kind == "uniform":
        low, high = image.min(), image.max()
        return low + (high - low) * xp.asarray(draws.random(shape, F32))
    return image.mean() + image.std() * xp.asarray(draws.standard_normal(shape, F32))


@op("image.extract_glimpse", short=False)
def extract_glimpse(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    noise: str = "uniform",
    name: str | None = None,
) -> Tensor:
    """A window of `size` = [height, width] from each image, where `offsets` (batch, 2) say.

    normalized: whether 1 is the image's size rather than a pixel. centered: whether (0, 0) is the middle of the image
    and, if normalized, -1 and 1 its borders. noise: what fills a window outside of the image: "uniform", "gaussian" or
    "zero". float32 only; no gradient (LookupError).

    >>> tf.image.extract_glimpse(reshape(arange(9.), 1, 3, 3, 1), [2, 2], [[0., 1.]], noise="zero")[..., 0]
    <tf.Tensor: shape=(1, 2, 2), dtype=float32, numpy=
    array([[[2., 0.],
            [5., 0.]]], dtype=float32)>
    """
    kernel = "ExtractGlimpseV2"
    x, sizes, where = as_tensor(input, float32), as_tensor(size, int32), as_tensor(offsets, float32)

    def refuse(message: str) -> Any:
        return invalid(kernel, message, operands=[("input", x), ("offsets", where)], name=None)

    if noise not in ("uniform", "gaussian", "zero"):
        raise refuse(f"The noise could only be uniform, gaussian, or zero, got{noise}")
    if x._array.ndim != 4:
        raise refuse(f"input must be 4-dimensional (batch_size, height, width, depth){bracketed(x._array.shape)}")
    if sizes._array.shape != (2,):
        raise refuse(f"input must be a vector of size 2 (height, width){bracketed(sizes._array.shape)}")
    if where._array.shape[:1] != x._array.shape[:1]:
        raise refuse(f"first dimension should be batch{bracketed(where._array.shape)}")
    shape = tuple(ints(sizes))
    starts = []
    for corner in where.numpy().tolist():
        start = []
        for offset, n, k in zip(corner, x._array.shape[1:3], shape):
            if normalized and centered:
                offset = (offset + 1) * n / 2 - k / 2
            elif normalized:
                offset = offset * n
            elif centered:
                offset = offset + n / 2
            start.append(int(offset))
        starts.append(tuple(start))
    return _glimpses(x, sizes=shape, starts=tuple(starts), noise=noise)
