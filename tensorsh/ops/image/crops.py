"""Parts of images: crops, borders, patches and glimpses.

Images are (batch, height, width, channels), or (height, width, channels) for one.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...runtime.dtypes import COMPLEX, F32, FLOATS, INTEGERS, bool_, float32, int32
from ...runtime.errors import InvalidArgumentError, OutOfRangeError, UnimplementedError, bracketed, explain, invalid
from ...runtime.tensor import Tensor, as_tensor
from ..registry import no_gradient, op, ops, primitive
from ..rules import check_dtype, ints
from ..windows import Window, borders, check_window_lengths, cropped, padded, patches, places, slide
from .rules import as_batch, at_least_3d, check_positive, from_batch

_PATCHED = (*FLOATS, *INTEGERS, *COMPLEX, bool_)

# ---------------------------------------------------------------- crops and borders


@op("image.central_crop", short=False, samples=lambda s: [s.call(s(4, 4, 2), 0.5)])
def central_crop(image: Any, central_fraction: Any) -> Tensor:
    """The middle of images: `central_fraction`, in (0, 1], of their height and width. Raises ValueError for another.

    central_fraction: a float above 0 and at most 1: how much of each side stays.

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

    offset_height: an int: rows above the box. offset_width: an int: columns before the box.

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

    offset_height: an int: rows above the image. offset_width: an int: columns before the image.

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
    images: (batch, height, width, channels).
    Raises InvalidArgumentError for another rank or padding, UnimplementedError for patches across the batch or
    channels.

    >>> x = reshape(arange(9), 1, 3, 3, 1)
    >>> tf.image.extract_patches(x, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")[0, 0]
    <tf.Tensor: shape=(2, 4), dtype=int32, numpy=
    array([[0, 1, 3, 4],
           [1, 2, 4, 5]], dtype=int32)>
    """
    kernel = "ExtractImagePatches"
    x = as_tensor(images)
    given = {"ksizes": ints(sizes), "strides": ints(strides), "rates": ints(rates)}
    check_window_lengths(given, 4, "write [1, rows, columns, 1]")
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
    window: Window = slide(kernel, x, shape, steps, apart, padding)
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

    offsets: float (batch, 2): the centre, or the corner, of each glimpse.
    input: float32 (batch, height, width, channels). Raises InvalidArgumentError for another rank, size, number of
    offsets or noise.

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
