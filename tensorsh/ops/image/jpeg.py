"""Images as JPEG would leave them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from ...data.values import need
from ...runtime.backend import from_host, to_host
from ...runtime.dtypes import int32, uint8
from ...runtime.errors import bracketed, invalid
from ...runtime.tensor import Tensor, as_tensor, wrap
from ..registry import op, ops


@op("image.adjust_jpeg_quality")
def adjust_jpeg_quality(image: Any, jpeg_quality: Any, dct_method: str = "", name: str | None = None) -> Tensor:
    """An image (height, width, 1 or 3) after a way through JPEG of a quality from 0 to 100.

    Decoded by libjpeg's accurate integer transform, which TensorFlow takes with dct_method="INTEGER_ACCURATE"; its
    default is off by a level or two. Needs Pillow: pip install tensorsh[images].

    jpeg_quality: an int from 0 to 100. dct_method: taken as TensorFlow takes it; it changes nothing here. Raises
    InvalidArgumentError for another quality, rank or number of channels.

    >>> adjust_jpeg_quality(zeros([8, 8, 1], uint8), 50)[0, 0]
    <tf.Tensor: shape=(1,), dtype=uint8, numpy=array([0], dtype=uint8)>
    """
    given = as_tensor(image)
    pixels = ops.convert_image_dtype(given, uint8, saturate=True)
    quality = int(as_tensor(jpeg_quality, int32).numpy())
    array = to_host(pixels._array)
    kernel = "EncodeJpegVariableQuality"
    if array.ndim != 3:
        raise invalid(
            kernel, f"image must be 3-dimensional{bracketed(array.shape)}", operands=[("image", given)], name=None
        )
    if not 0 <= quality <= 100:
        raise invalid(kernel, f"quality must be in [0,100], got {quality}", name=None)
    if array.shape[2] not in (1, 3):
        message = f"image must have 1 or 3 channels, got {bracketed(array.shape)}"
        raise invalid(kernel, message, operands=[("image", given)], name=None)
    pillow = need("PIL.Image", "images")
    file = io.BytesIO()
    picture = pillow.fromarray(array[:, :, 0] if array.shape[2] == 1 else array)
    picture.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    decoded = np.array(pillow.open(file, formats=["JPEG"])).reshape(array.shape)
    return ops.convert_image_dtype(wrap(from_host(decoded)), given.dtype, saturate=True)


def _check_range(least: Any, most: Any) -> None:
    if least < 0 or most < 0 or least > 100 or most > 100:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if least >= most:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")


@op("image.random_jpeg_quality")
def random_jpeg_quality(image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: Any = None) -> Tensor:
    """`adjust_jpeg_quality` with a quality drawn from [min_jpeg_quality, max_jpeg_quality).

    image: (height, width, 1 or 3).

    >>> random_jpeg_quality(zeros([8, 8, 1], uint8), 40, 60).shape
    TensorShape([8, 8, 1])
    """
    _check_range(min_jpeg_quality, max_jpeg_quality)
    drawn = ops.uniform([], min_jpeg_quality, max_jpeg_quality, dtype=int32, seed=seed)
    return adjust_jpeg_quality(image, drawn)


@op("image.stateless_random_jpeg_quality")
def stateless_random_jpeg_quality(image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: Any) -> Tensor:
    """`random_jpeg_quality` as a function of a seed of two integers.

    image: (height, width, 1 or 3).

    >>> stateless_random_jpeg_quality(zeros([8, 8, 1], uint8), 40, 60, [1, 2]).shape
    TensorShape([8, 8, 1])
    """
    _check_range(min_jpeg_quality, max_jpeg_quality)
    drawn = ops.stateless_uniform([], seed, min_jpeg_quality, max_jpeg_quality, int32)
    return adjust_jpeg_quality(image, drawn)
