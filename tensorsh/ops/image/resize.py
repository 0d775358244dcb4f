"""Images in another size, by every method of `tf.image.resize`.

Images are (batch, height, width, channels), or (height, width, channels) for one. A method is, for each axis, a table
of which entries a new entry is made of, and with which weights; pixels are squares, whose centres are at halves. The
tables are TensorFlow's, in its precision, so that float32 is what they hold, and what all methods but "nearest" return.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import pi
from typing import Any

import numpy as np

from ...runtime.dtypes import F32, FLOATS, bfloat16, float32, int32, listed
from ...runtime.errors import explain, invalid
from ...runtime.tensor import Tensor, as_tensor
from ..registry import Primitive, export, no_gradient, op, ops
from ..rules import check_dtype, ints
from .rules import as_batch, check_positive, from_batch

_WHOLE = listed("int8 uint8 int16 uint16 int32 int64")
_HALF_LATE = (*_WHOLE, *listed("float16 float32 float64 bfloat16"))
_BFLOAT_FIRST = (*_WHOLE, *FLOATS)
_half = F32.type(0.5)

Table = tuple[np.ndarray, np.ndarray]  # (new entries, taps): which old entries, and their weights


class ResizeMethod:
    """The methods of `tf.image.resize`."""

    __module__ = "tensorflow.python.ops.image_ops_impl"

    AREA = "area"
    BICUBIC = "bicubic"
    BILINEAR = "bilinear"
    GAUSSIAN = "gaussian"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    MITCHELLCUBIC = "mitchellcubic"
    NEAREST_NEIGHBOR = "nearest"


export("tf.image.ResizeMethod", ResizeMethod, None, "image.resize")


# ---------------------------------------------------------------- tables


@lru_cache(256)
def _table(n: int, m: int, method: str, antialias: bool) -> Table:
    """How m entries are made of n."""
    if method in _FILTERS:
        return _filtered(n, m, *_FILTERS[method], antialias)
    scale = F32.type(n) / F32.type(m)
    return _DIRECT[method](n, np.arange(m, dtype=F32), scale)


def _nearest(n: int, i: np.ndarray, scale: np.floating) -> Table:
    at = np.minimum(np.floor((i + _half) * scale), n - 1)
    return at[:, None].astype(np.int64), np.ones((len(i), 1), F32)


def _linear(n: int, i: np.ndarray, scale: np.floating) -> Table:
    """The second weight is how far the place is from the first entry to the second."""
    place = (i + _half) * scale - _half
    low = np.floor(place)
    part = place - low
    at = np.stack([np.maximum(low, 0), np.minimum(np.ceil(place), n - 1)], 1)
    return at.astype(np.int64), np.stack([1 - part, part], 1)


def _cubic(n: int, i: np.ndarray, scale: np.floating) -> Table:
    """Keys' cubic with a = -0.5, in steps of 1/1024 of a pixel; of what is outside, nothing."""
    place = (i + _half) * scale - _half
    low = np.floor(place)
    part = np.rint((place - low) * F32.type(1024)) / F32.type(1024)
    at = (low[:, None] + np.arange(-1, 3, dtype=F32)).astype(np.int64)
    weights = _keys(np.stack([part + 1, part, 1 - part, 2 - part], 1))
    return np.clip(at, 0, n - 1), _normal(np.where((at >= 0) & (at < n), weights, F32.type(0)))


def _mean(n: int, i: np.ndarray, scale: np.floating) -> Table:
    """The part of each old entry that the new one covers; the sums are divided by the area later."""
    start, end = i * scale, (i + 1) * scale
    first = np.floor(start)
    taps = int((np.ceil(end) - first).max())
    at = first[:, None] + np.arange(taps, dtype=F32)
    covered = np.minimum(at + 1, end[:, None]) - np.maximum(at, start[:, None])
    return np.clip(at, 0, n - 1).astype(np.int64), np.maximum(covered, F32.type(0))


_DIRECT: dict[str, Callable[..., Table]] = {
    "nearest": _nearest,
    "bilinear": _linear,
    "bicubic": _cubic,
    "area": _mean,
}


def _filtered(n: int, m: int, radius: float, kernel: Callable[..., Any], antialias: bool) -> Table:
    """A filter, made wider where several old entries make one new one if `antialias`."""
    step = 1 / (F32.type(m) / F32.type(n))
    place = (np.arange(m, dtype=F32) + _half) * step
    width = max(step, F32.type(1)) if antialias else F32.type(1)
    reach = F32.type(radius) * width
    first = np.maximum(np.ceil(place - reach - _half), 0)
    last = np.minimum(np.floor(place + reach - _half), n - 1)
    at = first[:, None] + np.arange(int((last - first).max()) + 1, dtype=F32)
    weights = kernel(np.abs((at + _half - place[:, None]) / width)).astype(F32)
    inside = at <= last[:, None]
    return np.clip(at, 0, n - 1).astype(np.int64), _normal(np.where(inside, weights, F32.type(0)))


def _normal(weights: np.ndarray) -> np.ndarray:
    total = weights.sum(1, keepdims=True, dtype=F32)
    fit = np.abs(total) >= 1000 * np.finfo(F32).tiny
    return np.where(fit, weights * (1 / np.where(fit, total, F32.type(1))), weights)


def _keys(x: np.ndarray) -> np.ndarray:
    near = (F32.type(1.5) * x - F32.type(2.5)) * x * x + 1
    far = ((F32.type(-0.5) * x + F32.type(2.5)) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, F32.type(0)))


def _mitchell(x: np.ndarray) -> np.ndarray:
    """Mitchell & Netravali, "Reconstruction filters in computer graphics" (1988), with B = C = 1/3."""
    near = (F32.type(7 / 6) * x - 2) * x * x + F32.type(8 / 9)
    far = ((F32.type(-7 / 18) * x + 2) * x - F32.type(10 / 3)) * x + F32.type(16 / 9)
    return np.where(x < 1, near, np.where(x < 2, far, F32.type(0)))


def _lanczos(radius: float) -> Callable[[np.ndarray], np.ndarray]:
    def kernel(x: np.ndarray) -> np.ndarray:
        near = x <= F32.type(1e-3)
        safe = np.where(near, F32.type(1), x)
        waves = F32.type(radius) * np.sin(F32.type(pi) * safe) * np.sin(F32.type(pi) * safe / F32.type(radius))
        y = waves / (F32.type(pi) * F32.type(pi) * safe * safe)
        return np.where(near, F32.type(1), np.where(x > radius, F32.type(0), y))

    return kernel


def _bell(x: np.ndarray) -> np.ndarray:
    return np.where(x < F32.type(1.5), np.exp(-x * x / F32.type(0.5)), F32.type(0))


_FILTERS: dict[str, tuple[float, Callable[[np.ndarray], np.ndarray]]] = {
    "triangle": (1.0, lambda x: np.maximum(F32.type(0), 1 - x)),
    "keyscubic": (2.0, _keys),
    "mitchellcubic": (2.0, _mitchell),
    "lanczos3": (3.0, _lanczos(3.0)),
    "lanczos5": (5.0, _lanczos(5.0)),
    "gaussian": (1.5, _bell),
}


# ---------------------------------------------------------------- kernels


def _resized(xp: Any, x: Any, sizes: tuple[int, int], method: str, antialias: bool) -> Any:
    # TensorFlow interpolates the rows first where it does so in two steps.
    for axis in (2, 1) if method == "bilinear" else (1, 2):
        x = _along(xp, x, axis, sizes[axis - 1], method, antialias)
    return x


def _along(xp: Any, x: Any, axis: int, size: int, method: str, antialias: bool) -> Any:
    at, weights = _table(x.shape[axis], size, method, antialias)
    taps = [xp.take(x, xp.asarray(column), axis=axis) for column in at.T]
    if method == "nearest":
        return taps[0]
    shape = tuple(-1 if a == axis else 1 for a in range(4))
    parts = [xp.asarray(column).reshape(shape) for column in weights.T]
    if method == "bilinear":
        return taps[0] + (taps[1] - taps[0]) * parts[1]
    total = taps[0] * parts[0]
    for tap, part in zip(taps[1:], parts[1:]):
        total = total + tap * part
    if method == "area":
        total = total * (F32.type(size) / F32.type(x.shape[axis]))
    return total


def _spread(xp: Any, g: Any, sizes: tuple[int, int], method: str, antialias: bool) -> Any:
    """The adjoint of `_resized` for images of `sizes`."""
    for axis in (1, 2):
        n, m = sizes[axis - 1], g.shape[axis]
        at, weights = _table(n, m, method, antialias)
        matrix = np.zeros((m, n), weights.dtype)
        np.add.at(matrix, (np.arange(m)[:, None], at), weights)
        rows = xp.tensordot(g, xp.asarray(matrix.astype(g.dtype)), axes=([axis], [0]))
        g = xp.moveaxis(rows, -1, axis)
    return g


def _resizer(kernel: str, gradient: Callable[..., Any] | None) -> Primitive:
    """The primitive of one of TensorFlow's kernels. `gradient`: what its gradient's gradient is."""
    back = Primitive(_spread, joint=gradient, name=kernel + "Grad")
    return Primitive(
        _resized,
        [
            lambda g, y, x, sizes, method, antialias: back(
                g, sizes=x._array.shape[1:3], method=method, antialias=antialias
            )
        ],
        name=kernel,
    )


_KERNELS = {
    "bilinear": (_resizer("ResizeBilinear", None), (*_BFLOAT_FIRST, bfloat16)),
    "nearest": (_resizer("ResizeNearestNeighbor", no_gradient("ResizeNearestNeighborGrad")), _HALF_LATE),
    "bicubic": (_resizer("ResizeBicubic", no_gradient("ResizeBicubicGrad")), _HALF_LATE),
    "area": (Primitive(_resized, joint=no_gradient("ResizeArea"), name="ResizeArea"), _HALF_LATE),
}
_SCALED = (_resizer("ScaleAndTranslate", no_gradient("ScaleAndTranslateGrad")), _BFLOAT_FIRST)
_WITH_ANTIALIAS = {"bilinear": "triangle", "bicubic": "keyscubic"}


# ---------------------------------------------------------------- ops


def _resize_samples(s: Any) -> Any:
    # The other methods give float32, too narrow for finite differences: tests/ops/test_image.py checks their adjoints.
    yield s.call(s(3, 4, 2), [2, 5], "nearest")
    yield s.call(s(1, 2, 3, 1), [4, 3], "nearest")


@op("image.resize", short=False, samples=_resize_samples)
def resize(
    images: Any,
    size: Any,
    method: str = "bilinear",
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
    name: str | None = None,
) -> Tensor:
    """Images with `size` = [height, width]: float32, or the images' own dtype for "nearest".

    method: "bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian" or "mitchellcubic".
    preserve_aspect_ratio: the largest size within `size` that has the images' proportions. antialias: whether a filter
    is widened where an image shrinks. Raises ValueError for another method or rank, InvalidArgumentError if nothing is
    left.
    size: two ints, the height and the width.

    >>> tf.image.resize([[[1.], [2.]], [[3.], [4.]]], [1, 4])
    <tf.Tensor: shape=(1, 4, 1), dtype=float32, numpy=
    array([[[2.  ],
            [2.25],
            [2.75],
            [3.  ]]], dtype=float32)>
    """
    x, single = as_batch(images, "'images' must have either 3 or 4 dimensions.")
    height, width = _sizes(size)
    if preserve_aspect_ratio:
        height, width = _within(height, width, *x._array.shape[1:3])
    y = _resize(x, height, width, method, antialias)
    return from_batch(y, single)


def _sizes(size: Any) -> list[int]:
    try:
        t = as_tensor(size, int32)
    except (TypeError, ValueError):
        raise explain(ValueError("'size' must be a 1-D int32 Tensor"), hint="write size=[height, width]") from None
    if t._array.shape != (2,):
        raise explain(
            ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width"),
            hint="write size=[height, width]",
        )
    return ints(t)


def _within(height: int, width: int, old_height: int, old_width: int) -> tuple[int, int]:
    old = F32.type(old_height), F32.type(old_width)
    scale = min(F32.type(height) / old[0], F32.type(width) / old[1])
    return int(np.rint(scale * old[0])), int(np.rint(scale * old[1]))


def _resize(x: Tensor, height: int, width: int, method: str, antialias: bool) -> Tensor:
    known = isinstance(method, str) and (method in _KERNELS or method in _FILTERS)
    if not known or method in _WITH_ANTIALIAS.values():
        raise explain(
            ValueError(f"Resize method is not implemented: {method}"),
            hint="one of bilinear, nearest, bicubic, area, lanczos3, lanczos5, gaussian, mitchellcubic",
        )
    if antialias:
        method = _WITH_ANTIALIAS.get(method, method)
    core, allowed = _KERNELS.get(method, _SCALED)
    check_dtype(core.name, x, allowed, allowed, "images")
    if height < 1 or width < 1:
        raise invalid(
            core.name, "output dimensions must be positive", f"resize: no image of {height} by {width}", [("images", x)]
        )
    if not x._array.shape[1] or not x._array.shape[2]:
        raise invalid(core.name, "input image must be of non-zero size", "resize: an empty image", [("images", x)])
    if method != "nearest":
        x = ops.cast(x, float32)
    return core(x, sizes=(height, width), method=method, antialias=bool(antialias))


@op("image.resize_with_pad", short=False, samples=lambda s: [s.call(s(3, 4, 1), 5, 4, "nearest")])
def resize_with_pad(
    image: Any, target_height: int, target_width: int, method: str = "bilinear", antialias: bool = False
) -> Tensor:
    """Images resized with their proportions to fit into the target, and zeros around them.

    Otherwise as `tf.image.resize`. Raises ValueError for a target that is not positive.

    >>> tf.image.resize_with_pad([[[1.], [2.]]], 2, 4)[..., 0]
    <tf.Tensor: shape=(2, 4), dtype=float32, numpy=
    array([[1.  , 1.25, 1.75, 2.  ],
           [1.  , 1.25, 1.75, 2.  ]], dtype=float32)>
    """
    x, single = as_batch(image)
    check_positive(target_width, "target_width")
    check_positive(target_height, "target_height")
    old = [F32.type(n) for n in x._array.shape[1:3]]
    target = [F32.type(n) for n in (target_height, target_width)]
    ratio = max(old[1] / target[1], old[0] / target[0])
    fitted = [n / ratio for n in old]
    y = _resize(x, int(fitted[0]), int(fitted[1]), method, antialias)
    top, left = (max(0, int((t - f) // 2)) for t, f in zip(target, fitted))
    below, right = target_height - top - int(fitted[0]), target_width - left - int(fitted[1])
    return from_batch(ops.pad(y, [[0, 0], [top, below], [left, right], [0, 0]]), single)
