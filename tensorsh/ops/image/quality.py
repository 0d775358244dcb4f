"""How alike images are, and how rough: psnr, ssim, total variation; images standardized.

ssim: Wang, Bovik, Sheikh & Simoncelli, "Image quality assessment: from error visibility to structural similarity"
(2004); Wang, Simoncelli & Bovik, "Multiscale structural similarity for image quality assessment" (2003).
"""

from __future__ import annotations

from math import log
from typing import Any

from ...runtime.dtypes import float32
from ...runtime.errors import InvalidArgumentError, explain
from ...runtime.shape import TensorShape
from ...runtime.tensor import Tensor, as_tensor
from ..arguments import alike
from ..fourier import at_least
from ..registry import op, ops
from .color import convert_image_dtype
from .rules import at_least_3d


@op("image.per_image_standardization", short=False)
def per_image_standardization(image: Any) -> Tensor:
    """Images, each shifted and scaled to mean 0 and standard deviation 1: float32 (float16 if they are).

    The deviation counts as at least 1 / sqrt(number of entries), so that an even image becomes 0.

    >>> tf.image.per_image_standardization([[[1.], [3.]]])[..., 0]
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[-1.,  1.]], dtype=float32)>
    """
    x = ops.cast(at_least_3d(image), float32)
    axes = [-3, -2, -1]
    count = 1
    for n in x._array.shape[-3:]:
        count *= n
    mean = ops.reduce_mean(x, axes, True)
    deviation = ops.reduce_std(x, axes, True)
    least = ops.rsqrt(ops.cast(count, float32))
    return (x - mean) / ops.maximum(deviation, least)


@op(
    "image.total_variation",
    short=False,
    samples=lambda s: [s.call(s.distinct(2, 3, 2)), s.call(s.distinct(1, 2, 2, 2))],
)
def total_variation(images: Any, name: str | None = None) -> Tensor:
    """The sum of the differences, without sign, between neighbours: one number for each image.

    By Rudin, Osher and Fatemi (1992), with each axis by itself.

    Raises ValueError for another rank than 3 or 4.

    >>> tf.image.total_variation([[[1.], [2.]], [[4.], [8.]]])
    <tf.Tensor: shape=(), dtype=float32, numpy=14.0>
    """
    x = as_tensor(images)
    rank = x._array.ndim
    if rank not in (3, 4):
        raise explain(ValueError("'images' must be either 3 or 4-dimensional."), operands=[("images", x)])
    rows = x[..., 1:, :, :] - x[..., :-1, :, :]
    columns = x[..., :, 1:, :] - x[..., :, :-1, :]
    axes = [-3, -2, -1]
    return ops.reduce_sum(ops.abs(rows), axes) + ops.reduce_sum(ops.abs(columns), axes)


def _pair(a: Any, b: Any, max_val: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Two images and the largest value that they may have, as float32 from 0 to 1 if they were whole numbers."""
    x, y = as_tensor(a), as_tensor(b)
    limit = convert_image_dtype(ops.cast(max_val, x.dtype), float32)
    return convert_image_dtype(x, float32), convert_image_dtype(y, float32), limit


def _check_alike(x: Tensor, y: Tensor) -> None:
    """Raise TensorFlow's ValueError unless both are images of the same size."""
    for t in (x, y):
        at_least(t, 3)
    one, other = x._array.shape[-3:], y._array.shape[-3:]
    if one != other:
        raise explain(
            ValueError(f"Shapes {TensorShape(one)} and {TensorShape(other)} are incompatible"),
            "the images must have the same size",
            [("img1", x), ("img2", y)],
        )


@op("image.psnr", short=False)
def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Tensor:
    """The peak signal-to-noise ratio of images in decibels: 10 * log10(max_val ** 2 / mean squared difference).

    max_val: the largest value that a pixel may have. One number for each pair of images; inf if they are equal.
    a: (..., height, width, channels). b: of the shape of a.

    >>> tf.image.psnr([[[0.], [0.]]], [[[0.], [.1]]], 1.)
    <tf.Tensor: shape=(), dtype=float32, numpy=23.010300>
    """
    x, y, limit = _pair(a, b, max_val)
    error = ops.reduce_mean(ops.squared_difference(x, y), [-3, -2, -1])
    ratio = 20 * ops.log(limit) / ops.log(ops.constant(10.0)) - (10 / log(10)) * ops.log(error)
    _check_alike(x, y)
    return ratio


# ---------------------------------------------------------------- structure


def _blur(x: Tensor, size: int, sigma: Any) -> Tensor:
    """(batch, height, width, channels) seen through a Gaussian window of `size` by `size`."""
    place = ops.cast(ops.arange(size), x.dtype) - ops.cast(size - 1, x.dtype) / 2.0
    line = ops.square(place) * (-0.5 / ops.square(ops.cast(sigma, x.dtype)))
    window = ops.softmax(ops.reshape(ops.reshape(line, [1, -1]) + ops.reshape(line, [-1, 1]), [1, -1]))
    channels = x._array.shape[-1]
    window = ops.tile(ops.reshape(window, [size, size, 1, 1]), [1, 1, channels, 1])
    lead = x._array.shape[:-3]
    y = ops.depthwise_conv2d(ops.reshape(x, [-1, *x._array.shape[-3:]]), window, [1, 1, 1, 1], "VALID")
    return ops.reshape(y, [*lead, *y._array.shape[1:]])


def _similarity(
    x: Tensor, y: Tensor, limit: Tensor, size: int, sigma: Any, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    """(ssim, its part of contrast and structure), for each window and channel."""
    for t in (x, y):
        shape = t._array.shape[-3:]
        if shape[0] < size or shape[1] < size:
            listed = ", ".join(map(str, t._array.shape))
            raise explain(
                InvalidArgumentError(
                    f"Expected 'tf.Tensor(False, shape=(), dtype=bool)' to be true. Summarized data: {listed}\n{size}"
                ),
                f"ssim: a window of {size} by {size} does not fit into an image of {shape[0]} by {shape[1]}",
                [("img1", x), ("img2", y)],
                "give a smaller filter_size",
            )
    c1, c2 = (k1 * limit) ** 2, (k2 * limit) ** 2

    def blurred(t: Tensor) -> Tensor:
        return _blur(t, size, sigma)

    mean_x, mean_y = blurred(x), blurred(y)
    product = mean_x * mean_y * 2.0
    squares = ops.square(mean_x) + ops.square(mean_y)
    luminance = (product + c1) / (squares + c1)
    covariance = blurred(x * y) * 2.0
    variances = blurred(ops.square(x) + ops.square(y))
    structure = (covariance - product + c2) / (variances - squares + c2)
    return luminance * structure, structure


@op("image.ssim", short=False)
def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    return_index_map: bool = False,
) -> Tensor:
    """The structural similarity of images, 1 if they are equal: the mean over windows and channels.

    By Wang, Bovik, Sheikh and Simoncelli (2004).

    max_val: the largest value that a pixel may have. filter_size, filter_sigma: the Gaussian window. return_index_map:
    give the index of each window, (batch, height', width'). Raises InvalidArgumentError for an image smaller than the
    window.

    >>> x = reshape(arange(144.), 12, 12, 1) / 144.
    >>> tf.image.ssim(x, x, 1.)
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    one, other = alike("ShapeN", [img1, img2], "")
    x, y, limit = _pair(one, other, max_val)
    _check_alike(x, y)
    whole, _ = _similarity(x, y, limit, filter_size, filter_sigma, k1, k2)
    if not return_index_map:
        whole = ops.reduce_mean(whole, [-3, -2])
    return ops.reduce_mean(whole, [-1])


@op("image.ssim_multiscale", short=False)
def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Any = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """`ssim` over several scales, each half as large as the one before it, and weighted by `power_factors`.

    After Wang, Simoncelli and Bovik (2003).

    power_factors: a float for each scale: the weight of its contrast.

    >>> x = reshape(arange(576.), 24, 24, 1) / 576.
    >>> tf.image.ssim_multiscale(x, x, 1., power_factors=(.5, .5))
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    one, other = alike("ShapeN", [img1, img2], "")
    x, y, limit = _pair(one, other, max_val)
    _check_alike(x, y)
    shape = x._array.shape
    x, y = (ops.reshape(t, [-1, *t._array.shape[-3:]]) for t in (x, y))
    parts: list[Tensor] = []
    whole: Any = None
    for k in range(len(power_factors)):
        if k:
            x, y = (_halved(t) for t in (x, y))
        windows, structure = _similarity(x, y, limit, filter_size, filter_sigma, k1, k2)
        whole = ops.relu(ops.reduce_mean(windows, [-3, -2]))
        parts.append(ops.relu(ops.reduce_mean(structure, [-3, -2])))
    stacked = ops.stack([*parts[:-1], whole], -1)
    scales = ops.reduce_prod(ops.pow(stacked, ops.constant(list(power_factors), float32)), [-1])
    return ops.reshape(ops.reduce_mean(scales, [-1]), list(shape[:-3]))


def _halved(x: Tensor) -> Tensor:
    """Images averaged over two by two pixels; an odd row or column is mirrored first."""
    odd = [n % 2 for n in x._array.shape[1:3]]
    if any(odd):
        x = ops.pad(x, [[0, 0], [0, odd[0]], [0, odd[1]], [0, 0]], "SYMMETRIC")
    return ops.avg_pool2d(x, 2, 2, "VALID")
