"""Colours: from one space to another, and images adjusted.

Colours are the last axis. Floats are from 0 to 1, whole numbers from 0 to the largest of their dtype; ops that compute
take images to float32 (float16 stays) and back, by `convert_image_dtype`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...runtime.dtypes import F32, HALF_FIRST, DType, as_dtype, float16, float32
from ...runtime.errors import FailedPreconditionError, bracketed, explain, invalid
from ...runtime.tensor import Tensor, as_tensor
from ..kernels import no_kernel
from ..registry import no_gradient, op, ops, primitive
from ..rules import check_dtype

# The matrices take a row [r, g, b] to a row [y, i, q] or [y, u, v], and back.
_RGB_TO_YIQ = [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617], [0.114, -0.32134392, 0.31119955]]
_YIQ_TO_RGB = [[1.0, 1.0, 1.0], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049]]
_RGB_TO_YUV = [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], [0.114, 0.43601035, -0.10001026]]
_YUV_TO_RGB = [[1.0, 1.0, 1.0], [0.0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0.0]]

# ---------------------------------------------------------------- dtypes


def _conversion_samples(s: Any) -> Any:
    return [s.call(s(2, 3), "float64")]


@op("image.convert_image_dtype", short=False, samples=_conversion_samples)
def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: str | None = None) -> Tensor:
    """An image in another dtype, scaled: whole numbers from 0 to their largest are floats from 0 to 1.

    saturate: whether what is out of range becomes the nearest bound rather than wrap. Raises AttributeError for a dtype
    that is not of numbers.

    >>> tf.image.convert_image_dtype(constant([0, 51, 255], uint8), float32)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.2, 1. ], dtype=float32)>
    """
    x, target = as_tensor(image), as_dtype(dtype)
    for what, kind in (("dtype", target), ("image dtype", x.dtype)):
        if not (kind.is_floating or kind.is_integer):
            raise AttributeError(f"{what} must be either floating point or integer")
    if target is x.dtype:
        return ops.identity(x)
    cast = ops.saturate_cast if saturate else ops.cast
    if x.dtype.is_floating:
        return ops.cast(x, target) if target.is_floating else cast(x * (_largest(target) + 0.5), target)
    if target.is_floating:
        return ops.cast(x, target) * (1.0 / _largest(x.dtype))
    # From the larger range first the scale, which takes its largest number to a bit above the smaller one's.
    if _largest(x.dtype) > _largest(target):
        return cast(x // ((_largest(x.dtype) + 1) // (_largest(target) + 1)), target)
    return cast(x, target) * ((_largest(target) + 1) // (_largest(x.dtype) + 1))


def _largest(dtype: DType) -> int:
    return int(np.iinfo(dtype._numpy).max)


def _through_float(image: Any, function: Callable[[Tensor], Tensor], saturate: bool = False) -> Tensor:
    """`function` of the image as float32 (or float16), in the image's own dtype again."""
    x = as_tensor(image)
    wide = x if x.dtype in (float16, float32) else convert_image_dtype(x, float32)
    return convert_image_dtype(function(wide), x.dtype, saturate)


# ---------------------------------------------------------------- spaces


def _hsv_gradient(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
    """The derivative, piece by piece; of equal colours red counts as the largest, then green."""
    r, green, b = ops.unstack(x, axis=-1)
    hue, saturation, value = ops.unstack(g, axis=-1)

    def where(condition: Any) -> Tensor:
        return ops.cast(condition, x.dtype)

    top = [where((r >= b) & (r >= green)), where((green > r) & (green >= b)), where((b > r) & (b > green))]
    low = [where((r < b) & (r < green)), where((green <= r) & (green < b)), where((b <= r) & (b <= green))]
    colours = (r, green, b)
    most, least = (sum((m * c for m, c in zip(masks, colours)), 0.0) for masks in (top, low))
    spread = most - least
    turn = top[0] * (green - b) + top[1] * (b - r) + top[2] * (r - green)
    direct = hue * ops.divide_no_nan(ops.ones_like(spread), 6.0 * spread)
    around = hue * ops.divide_no_nan(turn, 6.0 * ops.square(spread))
    signs = (top[2] - top[1], top[0] - top[2], top[1] - top[0])
    parts = []
    for colour, sign, is_top, is_low in zip(colours, signs, top, low):
        by_hue = direct * sign + around * (is_low - is_top)
        by_saturation = ops.divide_no_nan(is_top * least, ops.square(most)) - ops.divide_no_nan(is_low, most)
        parts.append(by_hue + saturation * by_saturation * where(colour > 0) + value * is_top)
    return ops.stack(parts, -1)


@primitive(_hsv_gradient)
def _to_hsv(xp, x):
    r, g, b = (x[..., i] for i in range(3))
    value = xp.maximum(xp.maximum(r, g), b)
    spread = value - xp.minimum(xp.minimum(r, g), b)
    saturation = xp.where(value > 0, spread / xp.where(value > 0, value, 1), 0)
    scale = 1 / (6 * xp.where(spread > 0, spread, 1))
    third = x.dtype.type(2 / 6)
    hue = xp.where(
        r == value, scale * (g - b), xp.where(g == value, scale * (b - r) + third, scale * (r - g) + 2 * third)
    )
    hue = xp.where(spread > 0, hue, 0)
    hue = xp.where(hue < 0, hue + 1, hue)
    return xp.stack([hue, saturation, value], axis=-1).astype(x.dtype)


@primitive()
def _to_rgb(xp, x):
    hue, saturation, value = (x[..., i] for i in range(3))
    turned = hue * 6
    parts = (xp.abs(turned - 3) - 1, 2 - xp.abs(turned - 2), 2 - xp.abs(turned - 4))
    rgb = [((1 - saturation) + saturation * xp.minimum(xp.maximum(part, 0), 1)) * value for part in parts]
    return xp.stack(rgb, axis=-1).astype(x.dtype)


def _colours(kernel: str, images: Any) -> Tensor:
    x = as_tensor(images, hint=float32)
    check_dtype(kernel, x, HALF_FIRST, HALF_FIRST, "images")
    if not x._array.ndim:
        raise invalid(kernel, f"input must be at least 1D{bracketed(())}", operands=[("images", x)])
    channels = x._array.shape[-1]
    if channels != 3:
        raise explain(
            FailedPreconditionError(
                f"input must have 3 channels but input only has {channels} channels. [Op:{kernel}]"
            ),
            f"the last axis holds three colours, and has {channels} entries",
            [("images", x)],
        )
    return x


@op("image.rgb_to_hsv", short=False, samples=lambda s: [s.call(s(2, 4, 3, within=(0.1, 1.0)))])
def rgb_to_hsv(images: Any, name: str | None = None) -> Tensor:
    """Red, green and blue as hue, saturation and value, all from 0 to 1.

    By Smith, "Color gamut transform pairs" (1978).

    >>> tf.image.rgb_to_hsv([[0., 1., 0.], [1., .5, .5]])
    <tf.Tensor: shape=(2, 3), dtype=float32, numpy=
    array([[0.33333334, 1.        , 1.        ],
           [0.        , 0.5       , 1.        ]], dtype=float32)>
    """
    return _to_hsv(_colours("RGBToHSV", images))


@op("image.hsv_to_rgb", short=False)
def hsv_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """The inverse of `rgb_to_hsv`. No gradient, as in TensorFlow.

    >>> tf.image.hsv_to_rgb([[0.5, 1., 1.], [0., .5, 1.]])
    <tf.Tensor: shape=(2, 3), dtype=float32, numpy=
    array([[0. , 1. , 1. ],
           [1. , 0.5, 0.5]], dtype=float32)>
    """
    return _to_rgb(_colours("HSVToRGB", images))


def _mixed(images: Any, matrix: list[list[float]]) -> Tensor:
    x = as_tensor(images)
    return ops.tensordot(x, ops.constant(matrix, x.dtype), [[x._array.ndim - 1], [0]])


@op("image.rgb_to_yiq", short=False, samples=lambda s: [s.call(s(2, 3))])
def rgb_to_yiq(images: Any) -> Tensor:
    """Red, green and blue as luma and chrominance of the NTSC system.

    >>> tf.image.rgb_to_yiq([[1., 0., 0.]])
    <tf.Tensor: shape=(1, 3), dtype=float32, numpy=array([[0.299    , 0.5959006, 0.2115   ]], dtype=float32)>
    """
    return _mixed(images, _RGB_TO_YIQ)


@op("image.yiq_to_rgb", short=False, samples=lambda s: [s.call(s(2, 3))])
def yiq_to_rgb(images: Any) -> Tensor:
    """The inverse of `rgb_to_yiq`.

    >>> tf.image.yiq_to_rgb([[.5, 0., 0.]])
    <tf.Tensor: shape=(1, 3), dtype=float32, numpy=array([[0.5, 0.5, 0.5]], dtype=float32)>
    """
    return _mixed(images, _YIQ_TO_RGB)


@op("image.rgb_to_yuv", short=False, samples=lambda s: [s.call(s(2, 3))])
def rgb_to_yuv(images: Any) -> Tensor:
    """Red, green and blue as luma and chrominance of the PAL system.

    >>> tf.image.rgb_to_yuv([[1., 0., 0.]])
    <tf.Tensor: shape=(1, 3), dtype=float32, numpy=array([[ 0.299     , -0.14714119,  0.6149754 ]], dtype=float32)>
    """
    return _mixed(images, _RGB_TO_YUV)


@op("image.yuv_to_rgb", short=False, samples=lambda s: [s.call(s(2, 3))])
def yuv_to_rgb(images: Any) -> Tensor:
    """The inverse of `rgb_to_yuv`.

    >>> tf.image.yuv_to_rgb([[.5, 0., 0.]])
    <tf.Tensor: shape=(1, 3), dtype=float32, numpy=array([[0.5, 0.5, 0.5]], dtype=float32)>
    """
    return _mixed(images, _YUV_TO_RGB)


@op("image.rgb_to_grayscale", short=False)
def rgb_to_grayscale(images: Any, name: str | None = None) -> Tensor:
    """The brightness of colours, 0.2989 r + 0.587 g + 0.114 b: (..., 3) becomes (..., 1).

    The weights are those of ITU-R BT.601.

    Raises IndexError for a scalar.

    >>> tf.image.rgb_to_grayscale([[1., 1., 0.]])
    <tf.Tensor: shape=(1, 1), dtype=float32, numpy=array([[0.8859]], dtype=float32)>
    """
    x = as_tensor(images)
    if not x._array.ndim:
        raise explain(IndexError("list index out of range"), "rgb_to_grayscale: a scalar has no colours")
    wide = convert_image_dtype(x, float32)
    grey = ops.tensordot(wide, ops.constant([0.2989, 0.5870, 0.1140]), [-1, -1])
    return convert_image_dtype(ops.expand_dims(grey, -1), x.dtype)


@op("image.grayscale_to_rgb", short=False, samples=lambda s: [s.call(s(2, 2, 1))])
def grayscale_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """Three equal colours: (..., 1) becomes (..., 3). Raises ValueError for more channels.

    >>> tf.image.grayscale_to_rgb([[.5]])
    <tf.Tensor: shape=(1, 3), dtype=float32, numpy=array([[0.5, 0.5, 0.5]], dtype=float32)>
    """
    x = as_tensor(images)
    if x._array.shape[-1:] != (1,):
        raise explain(
            ValueError("Last dimension of a grayscale image should be size 1."),
            operands=[("images", x)],
            hint="add the axis: expand_dims(x, -1)",
        )
    return ops.tile(x, [1] * (x._array.ndim - 1) + [3])


# ---------------------------------------------------------------- adjustments


@op("image.adjust_brightness", short=False)
def adjust_brightness(image: Any, delta: Any) -> Tensor:
    """An image with `delta` added, in the scale from 0 to 1; whole numbers saturate.

    delta: a number, of shape ().

    >>> tf.image.adjust_brightness([.25, .5], .25)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5 , 0.75], dtype=float32)>
    """
    return _through_float(image, lambda x: x + ops.cast(delta, x.dtype), saturate=True)


@op("image.adjust_gamma", short=False)
def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Tensor:
    """gain * image ** gamma, in the scale from 0 to 1; whole numbers saturate. Raises ValueError for gamma below 0.

    gain: a number that the result is multiplied by.
    gamma: a number, not negative.

    >>> tf.image.adjust_gamma([.25, .5], 2.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.0625, 0.25  ], dtype=float32)>
    """
    if gamma < 0:
        raise ValueError("Gamma should be a non-negative real number.")
    return _through_float(image, lambda x: gain * x**gamma, saturate=True)


@primitive(joint=no_gradient("AdjustContrastv2"))
def _contrast(xp, x, factor):
    mean = xp.mean(x, axis=(-3, -2), keepdims=True, dtype=x.dtype)
    return (x - mean) * x.dtype.type(factor) + mean


@primitive(joint=no_gradient("AdjustHue"))
def _turned(xp, x, delta):
    hsv = _to_hsv._kernel(xp, x)
    hue = hsv[..., 0] * 6 + F32.type(delta * 6)
    hue = hue - 6 * xp.floor(hue / 6)
    top, low = hsv[..., 2], xp.minimum(xp.minimum(x[..., 0], x[..., 1]), x[..., 2])
    parts = (xp.abs(hue - 3) - 1, 2 - xp.abs(hue - 2), 2 - xp.abs(hue - 4))
    rgb = [low + (top - low) * xp.minimum(xp.maximum(part, 0), 1) for part in parts]
    return xp.stack(rgb, axis=-1).astype(x.dtype)


@primitive(joint=no_gradient("AdjustSaturation"))
def _saturated(xp, x, factor):
    hsv = _to_hsv._kernel(xp, x)
    hsv[..., 1] = xp.minimum(xp.maximum(hsv[..., 1] * F32.type(factor), 0), 1)
    return _to_rgb._kernel(xp, hsv)


def _adjusted(kernel: str, core: Any, image: Any, arg: str, factor: Any, coloured: bool = True, **names: str) -> Tensor:
    """An image through a kernel of float32."""
    x = as_tensor(image)
    number = as_tensor(factor, float32)

    def compute(wide: Tensor) -> Tensor:
        if wide.dtype is float16:
            raise no_kernel(kernel, kernel, {"T": float16}, [("image", wide)])
        if wide._array.ndim < 3:
            raise invalid(
                kernel,
                f"input must be at least 3-D, got shape{bracketed(wide._array.shape)}",
                f"{kernel}: the image's rank is {wide._array.ndim}",
                [("image", wide)],
            )
        if number._array.ndim:
            raise invalid(kernel, f"{names['scalar']} must be scalar: {bracketed(number._array.shape)}", name=None)
        channels = wide._array.shape[-1]
        if coloured and channels != 3:
            raise invalid(
                kernel,
                f"input must have 3 channels but instead has {channels} channels.",
                operands=[("image", wide)],
            )
        return core(wide, **{arg: float(number)})

    return _through_float(x, compute, saturate=not coloured)


@op("image.adjust_contrast", short=False)
def adjust_contrast(images: Any, contrast_factor: Any) -> Tensor:
    """(x - mean) * contrast_factor + mean, with the mean of each channel of each image; whole numbers saturate.

    No gradient (LookupError).

    contrast_factor: a float, of shape ().

    >>> tf.image.adjust_contrast([[[1.], [3.]]], 2.)[..., 0]
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0., 4.]], dtype=float32)>
    """
    return _adjusted("AdjustContrastv2", _contrast, images, "factor", contrast_factor, False, scalar="contrast_factor")


@op("image.adjust_hue", short=False)
def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Tensor:
    """An image whose hue is turned by `delta`, from -1 to 1, where 1 is once around. No gradient (LookupError).

    delta: a float from -1 to 1, of shape (): a part of the whole circle.
    Raises ValueError for a delta outside of [-1, 1].

    >>> tf.image.adjust_hue([[[1., 0., 0.]]], .5)
    <tf.Tensor: shape=(1, 1, 3), dtype=float32, numpy=array([[[0., 1., 1.]]], dtype=float32)>
    """
    if delta < -1 or delta > 1:
        raise ValueError("delta must be in the interval [-1, 1]")
    return _adjusted("AdjustHue", _turned, image, "delta", delta, scalar="delta")


@op("image.adjust_saturation", short=False)
def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Tensor:
    """An image whose saturation is multiplied by `saturation_factor`. No gradient (LookupError).

    saturation_factor: a float, of shape ().

    >>> tf.image.adjust_saturation([[[1., 0., 0.]]], .5)
    <tf.Tensor: shape=(1, 1, 3), dtype=float32, numpy=array([[[1. , 0.5, 0.5]]], dtype=float32)>
    """
    return _adjusted("AdjustSaturation", _saturated, image, "factor", saturation_factor, scalar="scale")
