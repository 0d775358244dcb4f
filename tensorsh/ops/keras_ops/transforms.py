"""`keras.ops.image`: images turned, stretched, blurred and sampled at other places."""

from __future__ import annotations

import functools
import itertools
import math
import operator
from typing import Any

import numpy as np

from ...runtime.tensor import Tensor, as_tensor
from ..keras.config import layout
from ..keras.seeds import stateless
from ..registry import ops, primitive
from .dtypes import keras_op, result_type, tensor
from .image import images_of, on_batch
from .shape import moveaxis

_METHODS = ("nearest", "bilinear")
_FILL_MODES = ("constant", "nearest", "wrap", "reflect")


def _within(mode: str, place: Any, size: int, xp: Any) -> Any:
    """Where a coordinate beyond the image is looked up, as TensorFlow's ImageProjectiveTransformV3 has it."""
    if mode == "constant":
        return place
    if size <= 1 and mode != "nearest":
        return xp.zeros_like(place)
    if mode == "reflect":
        below = xp.where(place < 2 * size, 2 * size * xp.trunc(-place / (2 * size)) + place, place)
        below = xp.where(below < -size, below + 2 * size, -below - 1)
        above = place - 2 * size * xp.trunc(place / (2 * size))
        above = xp.where(above >= size, 2 * size - above - 1, above)
        place = xp.where(place < 0, below, xp.where(place > size - 1, above, place))
    elif mode == "wrap":
        below = place + size * (xp.trunc(-place / (size - 1)) + 1)
        above = place - size * xp.trunc(place / (size - 1))
        place = xp.where(place < 0, below, xp.where(place > size - 1, above, place))
    return xp.clip(place, 0, size - 1)


@primitive(lambda g, y, x, t, **how: _projected(g, _inverse(t), **how), None)
def _projected(xp: Any, x: Any, t: Any, method: str, mode: str, fill: float) -> Any:
    """Each pixel (column c, row r) is that at (a0 c + a1 r + a2, a3 c + a4 r + a5) / (a6 c + a7 r + 1)."""
    batch, height, width, _ = x.shape
    a = [t[:, i].reshape(-1, 1, 1) for i in range(8)]
    r, c = xp.arange(height, dtype="float32").reshape(1, -1, 1), xp.arange(width, dtype="float32").reshape(1, 1, -1)
    below = a[6] * c + a[7] * r + 1
    safe = xp.where(below == 0, xp.ones_like(below), below)
    column = _within(mode, (a[0] * c + a[1] * r + a[2]) / safe, width, xp)
    row = _within(mode, (a[3] * c + a[4] * r + a[5]) / safe, height, xp)
    which = xp.arange(batch).reshape(-1, 1, 1)

    def pixel(i: Any, j: Any) -> Any:
        is_inside = (i >= 0) & (i < height) & (j >= 0) & (j < width)
        at = [xp.clip(k, 0, n - 1).astype("int64") for k, n in ((i, height), (j, width))]
        return xp.where(is_inside[..., None], x[which, at[0], at[1]], xp.asarray(fill).astype(x.dtype))

    if method == "nearest":
        rounded = [xp.trunc(v + xp.where(v < 0, xp.full_like(v, -0.5), xp.full_like(v, 0.5))) for v in (row, column)]
        y = pixel(*rounded)
    else:
        top, left = xp.floor(row), xp.floor(column)
        y = sum(
            (
                pixel(i, j) * (weight_i * weight_j)[..., None]
                for i, weight_i in ((top, top + 1 - row), (top + 1, row - top))
                for j, weight_j in ((left, left + 1 - column), (left + 1, column - left))
            ),
            start=xp.zeros(1, dtype="float32"),
        )
    return xp.where((below == 0)[..., None], xp.asarray(fill).astype(x.dtype), y.astype(x.dtype))


def _inverse(t: Tensor) -> Tensor:
    """The transforms back: TensorFlow's gradient applies them to the upstream gradient."""
    matrices = ops.reshape(ops.concat([t, ops.ones([t._array.shape[0], 1])], 1), [-1, 3, 3])
    back = ops.reshape(ops.inv(matrices), [-1, 9])
    return back[:, :8] / back[:, 8:]


def _project(images: Any, transform: Tensor, method: str, mode: str, fill: float, data_format: str | None) -> Tensor:
    if method not in _METHODS:
        raise ValueError(
            f"Invalid value for argument `interpolation`. Expected of one {_METHODS}. Received: interpolation={method}"
        )
    if mode not in _FILL_MODES:
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Expected of one {_FILL_MODES}. Received: fill_mode={mode}"
        )

    def projected(x: Tensor) -> Tensor:
        rows = transform if transform._array.ndim == 2 else ops.expand_dims(transform, 0)
        many = ops.broadcast_to(tensor(rows, "float32"), [x._array.shape[0], 8])
        return _projected(x, many, method=method, mode=mode, fill=float(fill))

    return on_batch(projected, images, data_format)


@keras_op("image.affine_transform")
def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images whose pixel (column c, row r) is that at (a0 c + a1 r + a2, a3 c + a4 r + a5) / (a6 c + a7 r + 1).

    transform: the eight numbers, or eight for each image. interpolation: bilinear or nearest. fill_mode: what is beyond
    the edge: constant (`fill_value`), nearest, wrap or reflect. fill_value: a float. Raises ValueError for what does
    not fit. Its gradient is TensorFlow's: the upstream gradient transformed back.

    >>> right = tf.constant([1., 0., -1., 0., 1., 0., 0., 0.])
    >>> tf.keras.ops.image.affine_transform(tf.constant([[[1.], [2.], [3.]]]), right)[0, :, 0]
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0., 1., 2.], dtype=float32)>
    """
    images, transform = images_of(images), as_tensor(transform)
    if transform._array.ndim not in (1, 2):
        raise ValueError(
            "Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of transforms). Received "
            f"input with shape: transform.shape={transform.shape}"
        )
    return _project(images, transform, interpolation, fill_mode, fill_value, data_format)


@keras_op("image.perspective_transform")
def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images distorted so that four points (column, row) come to lie at four others; points: (4, 2) or (n, 4, 2).

    start_points, end_points: where the points are, and where they come to lie. interpolation: bilinear or nearest.
    fill_value: a float: what is beyond the edge. Raises ValueError for points of other shapes.

    >>> x = tf.reshape(tf.range(4.), (2, 2, 1))
    >>> corners = [[0., 0.], [0., 1.], [1., 0.], [1., 1.]]
    >>> tf.keras.ops.image.perspective_transform(x, corners, corners)[:, :, 0]
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[0., 1.],
           [2., 3.]], dtype=float32)>
    """
    images = images_of(images)
    starts, ends = tensor(as_tensor(start_points), "float32"), tensor(as_tensor(end_points), "float32")
    for name, points in (("start_points", starts), ("end_points", ends)):
        if points._array.ndim not in (2, 3) or points._array.shape[-2:] != (4, 2):
            raise ValueError(
                f"Invalid {name} shape: expected (4,2) for a single image or (N,4,2) for a batch. "
                f"Received shape: {points.shape}"
            )
    if starts._array.shape != ends._array.shape:
        raise ValueError(
            "start_points and end_points must have the same shape. Received start_points.shape="
            f"{starts.shape}, end_points.shape={ends.shape}"
        )
    return _project(images, _homography(starts, ends), interpolation, "constant", fill_value, data_format)


def _homography(starts: Tensor, ends: Tensor) -> Tensor:
    """The eight numbers that take each end point to its start point, by solving for them."""
    starts, ends = ops.reshape(starts, [-1, 4, 2]), ops.reshape(ends, [-1, 4, 2])
    (x, y), zero, one = ops.unstack(ends, axis=-1), *(ops.fill(ends.shape[:-1], v) for v in (0.0, 1.0))
    rows = []
    for to, columns in zip(
        ops.unstack(starts, axis=-1), ((x, y, one, zero, zero, zero), (zero, zero, zero, x, y, one))
    ):
        rows.append(ops.stack([*columns, -to * x, -to * y], -1))
    matrix = ops.reshape(ops.stack(rows, 2), [-1, 8, 8])
    return ops.reshape(ops.solve(matrix, ops.reshape(starts, [-1, 8, 1])), [-1, 8])


@keras_op("image.map_coordinates", lambda s: [s.call(s(3, 3), s(2, 2, within=(0.1, 0.9)), 1)])
def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: float = 0
) -> Tensor:
    """The inputs at other places: coordinates (rank of the inputs, ...).

    inputs: a tensor of rank 1 or more. coordinates: float, a row of positions for each axis. order: 0 for the nearest
    element, 1 for linear between. fill_mode: what is beyond the edge: constant (`fill_value`), nearest, wrap, mirror or
    reflect. fill_value: a float. Raises ValueError for what does not fit, NotImplementedError for another order.

    >>> tf.keras.ops.image.map_coordinates(tf.constant([[1., 3.]]), [[0., 0.], [0.5, 1.]], 1)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>
    """
    x, places = as_tensor(inputs), as_tensor(coordinates)
    if places._array.shape[0] != x._array.ndim:
        raise ValueError(
            "First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs with shape: "
            f"{x.shape} and coordinate leading dim of {places._array.shape[0]}"
        )
    if places._array.ndim < 2:
        raise ValueError(
            f"Invalid coordinates rank: expected at least rank 2. Received input with shape: {places.shape}"
        )
    if order not in (0, 1):
        raise NotImplementedError("map_coordinates currently requires order<=1")
    choices = []
    for place, size in zip(ops.unstack(places), x._array.shape):
        choices.append([(*_element(index, size, fill_mode), weight) for index, weight in _neighbours(place, order)])
    total = []
    for corner in itertools.product(*choices):
        indices, valid, weights = zip(*corner)
        found = ops.cast(ops.gather_nd(x, ops.stack(indices, -1)), weights[0].dtype)
        if fill_mode == "constant":
            outside = ops.cast(ops.cast(fill_value, x.dtype), found.dtype)
            found = ops.where(functools.reduce(ops.logical_and, valid), found, outside)
        total.append(functools.reduce(operator.mul, weights) * found)
    y = functools.reduce(operator.add, total)
    return ops.cast(ops.round(y) if x.dtype.is_integer else y, x.dtype)


def _neighbours(place: Tensor, order: int) -> list[tuple[Tensor, Tensor]]:
    """The elements next to a place, with their weights."""
    if order == 0:
        whole = place if place.dtype.is_integer else ops.round(place)
        return [(ops.cast(whole, "int32"), as_tensor(1, place.dtype))]
    low = ops.floor(place)
    part = place - low
    index = ops.cast(low, "int32")
    return [(index, 1 - part), (index + 1, part)]


def _element(index: Tensor, size: int, mode: str) -> tuple[Tensor, Any]:
    """The index that is looked up, and whether it is inside."""
    if mode == "constant":
        inside = ops.logical_and(ops.greater_equal(index, 0), ops.less(index, size))
        return ops.clip_by_value(index, 0, size - 1), inside
    if mode == "nearest":
        return ops.clip_by_value(index, 0, size - 1), None
    if mode == "wrap":
        return ops.floormod(index, size), None
    if mode in ("mirror", "reflect"):
        part = ops.floormod(ops.abs(index), 2 * size)
        back = 2 * size - part
        return ops.where(ops.less(part, size), part, back - 1 if mode == "reflect" else back), None
    modes = {"constant", "nearest", "wrap", "mirror", "reflect"}
    raise ValueError(f"Invalid value for argument `fill_mode`. Expected one of {modes}. Received: fill_mode={mode}")


@keras_op("image.gaussian_blur", lambda s: [s.call(s(1, 3, 3, 1))])
def gaussian_blur(
    images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> Tensor:
    """Images blurred by a Gaussian of standard deviations `sigma` in a window `kernel_size`.

    kernel_size: two ints, rows and columns. sigma: two floats, across and down; in a window that is not square they are
    mixed up, as in Keras.

    >>> tf.keras.ops.image.gaussian_blur(tf.ones((3, 3, 1)))[1, 1]
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    images = images_of(images)

    def bell(size: Any, deviation: Any) -> Tensor:
        size, deviation = ops.cast(size, images.dtype), ops.cast(deviation, images.dtype)
        y = ops.exp(-0.5 * ((ops.arange(size) - (size - 1) / 2) / deviation) ** 2)
        return y / ops.reduce_sum(y)

    across, down = (bell(size, deviation) for size, deviation in zip(kernel_size, sigma))
    window = ops.tensordot(down, across, 0)

    def blurred(x: Tensor) -> Tensor:
        shape = [int(kernel_size[0]), int(kernel_size[1]), 1, 1]
        kernel = ops.tile(ops.reshape(window, shape), [1, 1, x._array.shape[-1], 1])
        return ops.depthwise_conv2d(x, kernel, [1, 1, 1, 1], "SAME")

    return on_batch(blurred, images, data_format or "channels_last")


@keras_op("image.elastic_transform")
def elastic_transform(
    images: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Tensor:
    """Images whose pixels are moved about at random, by some `alpha`, evenly within some `sigma` (Simard et al., 2003).

    alpha: a float: how far pixels move. sigma: a float: the standard deviation of the noise, and of the bell that
    smooths it. interpolation: bilinear or nearest. fill_mode, fill_value: as for `map_coordinates`. Raises ValueError
    for another interpolation.

    >>> tf.keras.ops.image.elastic_transform(tf.ones((1, 4, 4, 1)), seed=1).shape
    TensorShape([1, 4, 4, 1])
    """
    images = images_of(images)
    drawn, width_of_bell = stateless(seed), 6 * int(sigma) | 1
    deviation = ops.cast(sigma, images.dtype)

    def moved(x: Tensor) -> Tensor:
        batch, height, width, channels = x._array.shape
        noise = ops.stateless_normal([batch, height, width, 1], drawn, dtype=x.dtype) * deviation
        shift = gaussian_blur(noise, (width_of_bell, width_of_bell), (deviation, deviation), "channels_last")[..., 0]
        shift = ops.cast(alpha, x.dtype) * shift  # Keras draws the same numbers for both directions
        across, down = ops.meshgrid(ops.arange(ops.cast(width, x.dtype)), ops.arange(ops.cast(height, x.dtype)))
        results = []
        for b, c in itertools.product(range(batch), range(channels)):
            places = ops.stack([down + shift[b], across + shift[b]])
            order = _METHODS.index(interpolation)
            results.append(map_coordinates(x[b, ..., c], places, order, fill_mode, fill_value))
        y = ops.reshape(ops.stack(results), [batch, channels, height, width])
        return ops.transpose(y, [0, 2, 3, 1])

    if interpolation not in _METHODS:
        raise ValueError(
            f"Invalid value for argument `interpolation`. Expected of one {_METHODS}. "
            f"Received: interpolation={interpolation}"
        )
    return on_batch(moved, images, layout(data_format))


def _lanczos(x: Tensor, radius: float) -> Tensor:
    y = radius * ops.sin(math.pi * x) * ops.sin(math.pi * x / radius)
    below = ops.where(ops.not_equal(x, 0.0), math.pi**2 * ops.square(x), ops.ones_like(x))
    y = ops.where(ops.greater(x, 1e-3), y / below, ops.ones_like(x))
    return ops.where(ops.greater(x, radius), ops.zeros_like(x), y)


def _cubic(x: Tensor) -> Tensor:
    """The cubic convolution kernel of Keys (1981), for x >= 0."""
    near = ((1.5 * x - 2.5) * x) * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return ops.where(ops.greater_equal(x, 2.0), ops.zeros_like(x), ops.where(ops.greater_equal(x, 1.0), far, near))


_SCALING = {
    "linear": lambda x: ops.maximum(0.0, 1 - ops.abs(x)),
    "cubic": _cubic,
    "lanczos3": lambda x: _lanczos(x, 3.0),
    "lanczos5": lambda x: _lanczos(x, 5.0),
}
_SCALING |= dict.fromkeys(("bilinear", "trilinear"), _SCALING["linear"])
_SCALING |= dict.fromkeys(("bicubic", "tricubic"), _SCALING["cubic"])


@keras_op("image.scale_and_translate", lambda s: [s.call(s(3, 3), (4, 4), [1.2, 0.9], [0.3, 0.1], (0, 1), "cubic")])
def scale_and_translate(
    images: Any, output_shape: Any, scale: Any, translation: Any, spatial_dims: Any, method: str, antialias: bool = True
) -> Tensor:
    """Images whose axes `spatial_dims` are stretched by `scale`, moved by `translation` and cut to `output_shape`.

    output_shape: a list of ints, one for each axis. scale, translation: float (n,). spatial_dims: a list of n ints.
    method: linear, cubic, lanczos3 or lanczos5. Raises ValueError for another.

    >>> x, one = tf.constant([0., 4.]), tf.constant([2.])
    >>> tf.keras.ops.image.scale_and_translate(x, (4,), one, tf.constant([0.]), (0,), "linear")
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([0., 1., 3., 4.], dtype=float32)>
    """
    if method not in _SCALING:
        raise ValueError(
            f"Invalid value for argument `method`. Expected of one {set(_SCALING)}. Received: method={method}"
        )
    x, scale, translation = as_tensor(images), as_tensor(scale), as_tensor(translation)
    kind = result_type(scale.dtype.name, translation.dtype.name)
    scale, translation = tensor(scale, kind), tensor(translation, kind)
    y = ops.cast(x, "float32") if x.dtype.is_integer else x
    for i, axis in enumerate(spatial_dims):
        size = y._array.shape[axis]
        w = _stretching(size, output_shape[axis], scale[i], translation[i], _SCALING[method], antialias)
        y = moveaxis(ops.tensordot(y, ops.cast(w, y.dtype), [[axis], [0]]), -1, axis)
    if not x.dtype.is_integer:
        return y
    limits = (ops.cast(edge, y.dtype) for edge in (ops.reduce_min(x), ops.reduce_max(x)))
    return ops.cast(ops.clip_by_value(ops.round(y), *limits), x.dtype)


def _stretching(size: int, count: int, scale: Tensor, translation: Tensor, kernel: Any, antialias: bool) -> Tensor:
    """How much each of `size` elements weighs in each of `count`: (size, count)."""
    inverse = 1.0 / scale
    wide = ops.maximum(inverse, 1.0) if antialias else 1.0
    place = (ops.cast(ops.arange(count), scale.dtype) + 0.5) * inverse - translation * inverse - 0.5
    own = ops.cast(ops.arange(size), scale.dtype)
    weights = kernel(ops.abs(ops.expand_dims(place, 0) - ops.expand_dims(own, 1)) / wide)
    total = ops.reduce_sum(weights, 0, True)
    counts = ops.greater(ops.abs(total), 1000.0 * float(np.finfo(np.float32).eps))
    scaled = weights / ops.where(ops.not_equal(total, 0.0), total, ops.ones_like(total))
    weights = ops.where(counts, scaled, ops.zeros_like(weights))
    inside = ops.logical_and(ops.greater_equal(place, -0.5), ops.less_equal(place, size - 0.5))
    return ops.where(ops.expand_dims(inside, 0), weights, ops.zeros_like(weights))
