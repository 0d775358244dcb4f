"""PNG and JPEG images, as TensorFlow decodes them: uint8 (height, width, channels), through Pillow."""

from __future__ import annotations

import warnings
from typing import Any, BinaryIO

import numpy as np

from .values import malformed, need, to_array, to_tensor

# Pillow's modes that are read as they are; others are converted first.
_CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "I;16": 1}


def read_png(file: BinaryIO, name: str) -> Any:
    """The pixels, in 1 to 4 channels; those of 16 bits as uint16."""
    return _read(file, name)


def read_jpeg(file: BinaryIO, name: str) -> Any:
    """The pixels, in 1 or 3 channels."""
    return _read(file, name)


def write_png(file: BinaryIO, value: Any) -> None:
    """uint8 (height, width) or (height, width, 1 to 4); uint16 with one channel."""
    _image(value, "PNG").save(file, "PNG")


def write_jpeg(file: BinaryIO, value: Any, *, quality: int = 95) -> None:
    """uint8 (height, width) or (height, width, 1 or 3)."""
    image = _image(value, "JPEG")
    if image.mode not in ("L", "RGB"):
        raise ValueError("a JPEG image has 1 or 3 channels")
    image.save(file, "JPEG", quality=quality)


def _read(file: BinaryIO, name: str) -> Any:
    pillow = need("PIL.Image", "images")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pillow.DecompressionBombWarning)
            with pillow.open(file, formats=("PNG", "JPEG")) as image:
                if image.mode not in _CHANNELS:
                    image = image.convert(
                        "RGBA" if "transparency" in image.info else "L" if image.mode == "1" else "RGB"
                    )
                array = np.array(image)
    except (OSError, SyntaxError, pillow.DecompressionBombWarning, pillow.DecompressionBombError) as error:
        raise malformed(name, f"the image cannot be read: {error}") from None
    return to_tensor(array.reshape(*array.shape[:2], -1))


def _image(value: Any, kind: str) -> Any:
    pillow = need("PIL.Image", "images")
    array = to_array(value)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    is_colour = array.ndim == 3 and array.shape[2] in (2, 3, 4)
    if array.dtype == np.uint16 and array.ndim == 2 and kind == "PNG":
        return pillow.fromarray(array)
    if array.dtype != np.uint8 or not (array.ndim == 2 or is_colour) or not array.size:
        raise ValueError(
            f"{kind} holds uint8 of shape (height, width) or (height, width, channels), not "
            f"{array.dtype.name} {array.shape}"
        )
    return pillow.fromarray(array)
