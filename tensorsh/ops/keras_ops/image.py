"""`keras.ops.image`: colours, borders, sizes and windows of images.

Images are (height, width, channels), or (channels, height, width) if `data_format` is "channels_first", or batches of
them; the layout is the session's `image_data_format` by default.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..keras.config import layout
from ..registry import ops
from ..windows import channels_last, channels_second
from .convolution import conv
from .dtypes import keras_op, result_type, tensor


def images_of(images: Any) -> Tensor:
    """Images, or an image, as a tensor. Raises ValueError for another rank."""
    images = as_tensor(images)
    if images._array.ndim not in (3, 4):
        raise ValueError(
            "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received input with "
            f"shape: images.shape={images.shape}"
        )
    return images


def on_batch(function: Callable[[Tensor], Tensor], images: Any, data_format: str | None) -> Tensor:
    """A function of a batch of images with channels last, on an image or images of either layout."""
    x = images_of(images)
    is_single, is_first = x._array.ndim == 3, layout(data_format) == "channels_first"
    x = ops.expand_dims(x, 0) if is_single else x
    y = function(channels_last(x) if is_first else x)
    y = channels_second(y) if is_first else y
    return ops.squeeze(y, [0]) if is_single else y


@keras_op("image.rgb_to_grayscale", lambda s: [s.call(s(2, 2, 3))])
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Tensor:
    """Red, green and blue as their brightness: 0.2989, 0.587 and 0.114 of them (ITU-R BT.601).

    images: (height, width, 3) or (batch, height, width, 3). Raises ValueError unless there are three channels, or one.

    >>> tf.keras.ops.image.rgb_to_grayscale(tf.constant([[[1., 0., 1.]]]))
    <tf.Tensor: shape=(1, 1, 1), dtype=float32, numpy=array([[[0.4129]]], dtype=float32)>
    """
    x = images_of(images)
    axis = -1 if layout(data_format) == "channels_last" else -3
    if x._array.shape[axis] not in (1, 3):
        raise ValueError(
            "Invalid channel size: expected 3 (RGB) or 1 (Grayscale). "
            f"Received input with shape: images.shape={x.shape}"
        )
    if x._array.shape[axis] == 1:
        return ops.identity(x)
    wide = tensor(x, result_type(x.dtype.name, float))
    y = ops.tensordot(wide, as_tensor([0.2989, 0.5870, 0.1140], wide.dtype), [[axis], [-1]])
    return ops.cast(ops.expand_dims(y, axis), x.dtype)


@keras_op("image.rgb_to_hsv", lambda s: [s.call(s(1, 1, 3, within=(0.1, 0.9)))])
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Tensor:
    """Red, green and blue (0 to 1) as hue, saturation and value (Smith, 1978).

    images: (height, width, 3) or (batch, height, width, 3).

    >>> tf.keras.ops.image.rgb_to_hsv(tf.constant([[[1., 0.5, 0.]]]))
    <tf.Tensor: shape=(1, 1, 3), dtype=float32, numpy=array([[[0.08333334, 1.        , 1.        ]]], dtype=float32)>
    """
    return on_batch(ops.rgb_to_hsv, _floats(images), data_format)


@keras_op("image.hsv_to_rgb")
def hsv_to_rgb(images: Any, data_format: str | None = None) -> Tensor:
    """Hue, saturation and value as red, green and blue (0 to 1) (Smith, 1978).

    images: (height, width, 3) or (batch, height, width, 3).

    >>> tf.keras.ops.image.hsv_to_rgb(tf.constant([[[0., 1., 1.]]]))
    <tf.Tensor: shape=(1, 1, 3), dtype=float32, numpy=array([[[1., 0., 0.]]], dtype=float32)>
    """
    return on_batch(ops.hsv_to_rgb, _floats(images), data_format)


def _floats(images: Any) -> Tensor:
    x = images_of(images)
    if not x.dtype.is_floating:
        raise ValueError(f"Invalid images dtype: expected float dtype. Received: images.dtype={x.dtype.name}")
    return x


@keras_op("image.sobel_edges", lambda s: [s.call(s(1, 3, 3, 1))])
def sobel_edges(images: Any, data_format: str | None = None) -> Tensor:
    """How fast images (batch, height, width, channels) change downwards and to the right, in a new last axis.

    images: (batch, height, width, channels); the result is (batch, height, width, channels, 2).

    >>> tf.keras.ops.image.sobel_edges(tf.reshape(tf.range(9.), (1, 3, 3, 1)))[0, 1, 1]
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[24.,  8.]], dtype=float32)>
    """
    images = as_tensor(images)
    if layout(data_format) == "channels_last":
        return ops.sobel_edges(images)
    return ops.transpose(ops.sobel_edges(channels_last(images)), [0, 3, 1, 2, 4])


@keras_op("image.ssim")
def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Tensor:
    """The structural similarity of images (Wang et al., 2004), as `tf.image.ssim` has it.

    image1, image2: (..., height, width, channels), of one shape.

    >>> tf.keras.ops.image.ssim(tf.ones((1, 11, 11, 1)), tf.ones((1, 11, 11, 1)))
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    pair = [as_tensor(image) for image in (image1, image2)]
    if layout(data_format) == "channels_first":
        pair = [channels_last(image) for image in pair]
    return ops.ssim(*pair, max_val, filter_size, filter_sigma, k1, k2)


@keras_op("image.resize")
def resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Images of another size (height, width); if it has other proportions, cut or padded before if told so.

    size: two ints. interpolation: bilinear, nearest, bicubic, lanczos3, lanczos5 or area. crop_to_aspect_ratio: whether
    what does not fit the new proportions is cut off. pad_to_aspect_ratio: whether it is filled up with `fill_value`
    instead. fill_mode: "constant". fill_value: a float. Raises ValueError for what does not fit.

    >>> tf.keras.ops.image.resize(tf.constant([[[0.], [1.]]]), (1, 4))[0, :, 0]
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([0.  , 0.25, 0.75, 1.  ], dtype=float32)>
    """
    if len(size) != 2:
        raise ValueError(f"Expected `size` to be a tuple of 2 integers. Received: size={size}")
    if size[0] <= 0 or size[1] <= 0:
        raise ValueError(f"`size` must have positive height and width. Received: size={size}")
    images = images_of(images)
    if pad_to_aspect_ratio and crop_to_aspect_ratio:
        raise ValueError("Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.")
    methods = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area")
    if interpolation not in methods:
        raise ValueError(
            f"Invalid value for argument `interpolation`. Expected of one {methods}. "
            f"Received: interpolation={interpolation}"
        )
    if fill_mode != "constant":
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Only `'constant'` is supported. Received: fill_mode={fill_mode}"
        )

    def resized(x: Tensor) -> Tensor:
        if crop_to_aspect_ratio or pad_to_aspect_ratio:
            x = _of_aspect(x, size, crop_to_aspect_ratio, fill_value)
        y = ops.resize(x, tuple(size), interpolation, antialias=antialias)
        if y.dtype is x.dtype:
            return y
        return ops.saturate_cast(ops.round(y) if x.dtype.is_integer else y, x.dtype)

    return on_batch(resized, images, data_format)


def _of_aspect(x: Tensor, size: Any, is_cut: bool, fill_value: float) -> Tensor:
    """Images cut, or padded, on both sides until their proportions are those of `size`."""
    height, width = x._array.shape[1:3]
    wanted = int(width * size[0] / size[1]), int(height * size[1] / size[0])
    if is_cut:
        rows, columns = (max(min(n, m), 1) for n, m in zip((height, width), wanted))
        top, left = (height - rows) // 2, (width - columns) // 2
        return x[:, top : top + rows, left : left + columns, :]
    above, before = (max(m - n, 0) // 2 for n, m in zip((height, width), wanted))
    return ops.pad(x, [[0, 0], [above, above], [before, before], [0, 0]], constant_values=ops.cast(fill_value, x.dtype))


@keras_op("image.pad_images", lambda s: [s.call(s(2, 2, 1), 1, 0, 0, 1)])
def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Images with borders of zeros; two of top, bottom and target height are given, and so for the width.

    top_padding, left_padding, bottom_padding, right_padding: ints, the borders' widths. Raises ValueError unless two of
    three are given, or if a border comes out negative.

    >>> tf.keras.ops.image.pad_images(tf.ones((1, 1, 1)), 0, 1, 0, target_width=3)[0, :, 0]
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0., 1., 0.], dtype=float32)>
    """
    x = images_of(images)
    height, width = _height_and_width(x, data_format)
    top, bottom = _borders("padding", "top bottom height", (top_padding, bottom_padding, target_height), -height)
    left, right = _borders("padding", "left right width", (left_padding, right_padding, target_width), -width)
    widths = [[top, bottom], [left, right]]
    widths = [*widths, [0, 0]] if layout(data_format) == "channels_last" else [[0, 0], *widths]
    return ops.pad(x, widths if x._array.ndim == 3 else [[0, 0], *widths])


@keras_op("image.crop_images", lambda s: [s.call(s(3, 3, 1), 1, 0, 0, 1)])
def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Images without their borders; two of top, bottom and target height are given, and so for the width.

    top_cropping, left_cropping, bottom_cropping, right_cropping: ints, the borders' widths. Raises ValueError unless
    two of three are given, or if a border comes out negative.

    >>> tf.keras.ops.image.crop_images(tf.reshape(tf.range(3.), (1, 3, 1)), 0, 1, 0, target_width=1)[0, :, 0]
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    x = images_of(images)
    height, width = _height_and_width(x, data_format)
    top, bottom = _borders("cropping", "top bottom height", (top_cropping, bottom_cropping, target_height), height)
    left, right = _borders("cropping", "left right width", (left_cropping, right_cropping, target_width), width)
    rows, columns = slice(top, height - bottom), slice(left, width - right)
    return x[..., rows, columns, :] if layout(data_format) == "channels_last" else x[..., rows, columns]


def _height_and_width(x: Tensor, data_format: str | None) -> tuple[int, int]:
    shape = x._array.shape
    height, width = shape[-3:-1] if layout(data_format) == "channels_last" else shape[-2:]
    return height, width


def _borders(what: str, sides: str, given: tuple[int | None, int | None, int | None], size: int) -> tuple[int, int]:
    """Both borders of an axis of that size, to be taken away; to be added if it is given as a negative number.

    Raises ValueError unless just two of the borders and the target size are given, or if one comes out negative.
    """
    first, last, side = sides.split()
    names = f"{first}_{what}", f"{last}_{what}", f"target_{side}"
    received = ", ".join(f"{name}={value}" for name, value in zip(names, given))
    if given.count(None) != 1:
        raise ValueError(f"Must specify exactly two of {', '.join(names)}. Received: {received}")
    before, after, target = given
    both = 0 if target is None else target + size if size < 0 else size - target
    first_border = both - (after or 0) if before is None else before
    last_border = both - first_border if after is None else after
    for name, value in zip(names, (first_border, last_border)):
        if value < 0:
            raise ValueError(f"{name} must be >= 0. Received: {name}={value}")
    return first_border, last_border


@keras_op("image.extract_patches", lambda s: [s.call(s(1, 4, 4, 1), (2, 2))])
def extract_patches(
    images: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The windows of images (of volumes, if `size` has three numbers), each flattened into the channels' axis.

    size: an int, or two or three ints. strides: an int, or an int for each spatial axis; None: size. padding: "valid"
    or "same". Raises TypeError for another size.

    >>> tf.keras.ops.image.extract_patches(tf.reshape(tf.range(4.), (1, 2, 2, 1)), (2, 1))
    <tf.Tensor: shape=(1, 1, 2, 2), dtype=float32, numpy=
    array([[[[0., 2.],
             [1., 3.]]]], dtype=float32)>
    """
    if not isinstance(size, (int, tuple, list)):
        raise TypeError(
            f"Invalid `size` argument. Expected an int or a tuple. Received: size={size} of type {type(size).__name__}"
        )
    if not isinstance(size, int) and len(size) not in (2, 3):
        raise ValueError(
            f"Invalid `size` argument. Expected a tuple of length 2 or 3. Received: size={size} with length {len(size)}"
        )
    sizes = (size, size) if isinstance(size, int) else tuple(size)
    return _patches(images, sizes, strides, dilation_rate, padding, data_format)


@keras_op("image.extract_patches_3d", lambda s: [s.call(s(1, 2, 2, 2, 1), (2, 1, 2))])
def extract_patches_3d(
    volumes: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The windows of volumes (depth, height, width, channels), each flattened into the channels' axis.

    volumes: 4 axes, or 5 with a batch. size: an int, or three. strides: an int, or an int for each spatial axis; None:
    size. padding: "valid" or "same". Raises TypeError for another size.

    >>> tf.keras.ops.image.extract_patches_3d(tf.ones((1, 2, 2, 2, 1)), 2).shape
    TensorShape([1, 1, 1, 1, 8])
    """
    sizes = (size, size, size) if isinstance(size, int) else tuple(size)
    if len(sizes) != 3:
        raise TypeError(f"Invalid `size` argument. Expected an int or a tuple of length 3. Received: size={size}")
    return _patches(volumes, sizes, strides, dilation_rate, padding, data_format)


def _patches(
    images: Any, sizes: tuple[int, ...], strides: Any, dilation_rate: Any, padding: str, data_format: str | None
) -> Tensor:
    """A convolution with kernels that each pick one place of the window, as Keras does it."""
    x = as_tensor(images)
    channels = x._array.shape[-1 if layout(data_format) == "channels_last" else -1 - len(sizes)]
    count = math.prod(sizes) * channels
    kernel = ops.reshape(ops.eye(count, dtype=x.dtype), [*sizes, channels, count])
    is_single = x._array.ndim == len(sizes) + 1
    y = conv(ops.expand_dims(x, 0) if is_single else x, kernel, strides or sizes, padding, data_format, dilation_rate)
    return ops.squeeze(y, [0]) if is_single else y
