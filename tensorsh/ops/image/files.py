"""Images as the bytes of PNG and JPEG files, and back, through Pillow."""

from __future__ import annotations

import io
import warnings
import zlib
from typing import Any

import numpy as np

from ...data.values import need
from ...runtime.backend import from_host, to_host
from ...runtime.dtypes import as_dtype, bool_, listed, uint8, uint16
from ...runtime.errors import InvalidArgumentError, bracketed, explain
from ...runtime.tensor import Tensor, as_tensor, wrap
from ..creation import host_constant
from ..registry import op, ops
from ..rules import check_dtype
from ..strings import texts

_KINDS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"GIF8": "GIF", b"BM": "BMP"}


@op("io.encode_png image.encode_png", short=False)
def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Tensor:
    """The bytes of a PNG file of an image.

    image: uint8 or uint16, (height, width, channels) with 1 to 4 channels. compression: an int from 0 to 9; -1: the
    usual one.

    >>> tf.io.decode_png(tf.io.encode_png(zeros([2, 1, 1], uint8))).shape
    TensorShape([2, 1, 1])
    """
    x = as_tensor(image, None if isinstance(image, Tensor) else uint8)
    check_dtype("EncodePng", x, (uint8, uint16), listed("uint8 uint16"), "image")
    array = to_host(x._array)
    if array.ndim != 3 or not 1 <= array.shape[2] <= 4:
        raise InvalidArgumentError(f"image must have 1, 2, 3, or 4 channels and rank 3, got shape {array.shape}")
    height, width, channels = array.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    head = b"".join(n.to_bytes(4, "big") for n in (width, height)) + bytes([8 * array.itemsize, kind, 0, 0, 0])
    lines = array.astype(array.dtype.newbyteorder(">")).tobytes()
    size = len(lines) // height if height else 0
    rows = b"".join(b"\0" + lines[i * size : (i + 1) * size] for i in range(height))
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows, compression)), (b"IEND", b"")]
    return ops.constant(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


@op("io.encode_jpeg image.encode_jpeg", short=False)
def encode_jpeg(
    image: Any,
    format: str = "",
    quality: int = 95,
    progressive: bool = False,
    optimize_size: bool = False,
    chroma_downsampling: bool = True,
    density_unit: str = "in",
    x_density: int = 300,
    y_density: int = 300,
    xmp_metadata: str = "",
    name: str | None = None,
) -> Tensor:
    """The bytes of a JPEG file of an image. Needs Pillow: pip install tensorsh[images].

    image: uint8 (height, width, 1 or 3). format: "grayscale", "rgb" or "" for what the channels say.
    quality: an int from 0 to 100. progressive, optimize_size: as in libjpeg. chroma_downsampling: whether colours are
    kept at half the resolution. density_unit, x_density, y_density, xmp_metadata: change nothing here.

    >>> tf.io.is_jpeg(tf.io.encode_jpeg(zeros([2, 1, 1], uint8)))
    <tf.Tensor: shape=(), dtype=bool, numpy=True>
    """
    array = to_host(as_tensor(image, None if isinstance(image, Tensor) else uint8)._array)
    if array.ndim != 3 or array.shape[2] not in (1, 3):
        raise InvalidArgumentError(f"image must have 1 or 3 channels, got {bracketed(array.shape)}")
    picture = need("PIL.Image", "images").fromarray(array[:, :, 0] if array.shape[2] == 1 else array)
    file = io.BytesIO()
    sampling = "4:2:0" if chroma_downsampling else "4:4:4"
    picture.save(file, "JPEG", quality=quality, subsampling=sampling, progressive=progressive, optimize=optimize_size)
    return ops.constant(file.getvalue())


@op("io.decode_png image.decode_png", short=False)
def decode_png(contents: Any, channels: int = 0, dtype: Any = "uint8", name: str | None = None) -> Tensor:
    """The image in the bytes of a file: PNG, or another kind. Needs Pillow: pip install tensorsh[images].

    contents: a text. channels: 1 for grey, 3 for colours, 4 with their opacity; 0: those of the file.
    dtype: uint8 or uint16. Raises InvalidArgumentError for what is no image.

    >>> tf.io.decode_png(tf.io.encode_png(zeros([2, 1, 3], uint8)), channels=1).shape
    TensorShape([2, 1, 1])
    """
    return _decoded("DecodePng", contents, channels, dtype)


@op("io.decode_jpeg image.decode_jpeg", short=False)
def decode_jpeg(
    contents: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Tensor:
    """The image in the bytes of a file: JPEG, or another kind. Needs Pillow: pip install tensorsh[images].

    contents: a text. channels: 1 for grey, 3 for colours; 0: those of the file.
    ratio, fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method: change nothing here.

    >>> tf.io.decode_jpeg(tf.io.encode_jpeg(zeros([2, 1, 3], uint8))).shape
    TensorShape([2, 1, 3])
    """
    return _decoded("DecodeJpeg", contents, channels, uint8)


@op("io.decode_bmp image.decode_bmp", short=False)
def decode_bmp(contents: Any, channels: int = 0, name: str | None = None) -> Tensor:
    """The image in the bytes of a file: BMP, or another kind. Needs Pillow: pip install tensorsh[images].

    contents: a text. channels: 1, 3 or 4; 0: those of the file. Raises InvalidArgumentError for what is no image.

    >>> tf.io.decode_bmp(tf.io.encode_png(zeros([2, 1, 3], uint8))).shape
    TensorShape([2, 1, 3])
    """
    return _decoded("DecodeBmp", contents, channels, uint8)


@op("io.decode_image image.decode_image", short=False)
def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = "uint8",
    name: str | None = None,
    expand_animations: bool = True,
) -> Tensor:
    """The image in the bytes of a file of any kind. Needs Pillow: pip install tensorsh[images].

    contents: a text. channels: 1, 3 or 4; 0 or None: those of the file. dtype: floats are from 0 to 1.
    expand_animations: changes nothing here.

    >>> tf.io.decode_image(tf.io.encode_png(zeros([2, 1, 1], uint8)), dtype=float32).dtype
    tf.float32
    """
    wanted = as_dtype(dtype)
    own = wanted if wanted in (uint8, uint16) else uint8
    pixels = _decoded("DecodeImage", contents, channels or 0, own)
    # The kernel divides, where convert_image_dtype multiplies by a reciprocal.
    return ops.cast(pixels, wanted) / own.max if wanted.is_floating else pixels


@op("io.is_jpeg image.is_jpeg", short=False)
def is_jpeg(contents: Any, name: str | None = None) -> Tensor:
    """Whether bytes are those of a JPEG file.

    contents: a text.

    >>> tf.io.is_jpeg("text")
    <tf.Tensor: shape=(), dtype=bool, numpy=False>
    """
    return host_constant(_bytes("IsJpeg", contents)[:3] == b"\xff\xd8\xff", bool_)


@op("io.extract_jpeg_shape image.extract_jpeg_shape", short=False)
def extract_jpeg_shape(contents: Any, output_type: Any = "int32", name: str | None = None) -> Tensor:
    """The height, width and channels of a JPEG file. Needs Pillow: pip install tensorsh[images].

    contents: a text. output_type: int32 or int64.

    >>> tf.io.extract_jpeg_shape(tf.io.encode_jpeg(zeros([2, 5, 1], uint8)))
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([2, 5, 1], dtype=int32)>
    """
    return host_constant(_decoded("ExtractJpegShape", contents, 0, uint8)._array.shape, as_dtype(output_type))


def _bytes(kernel: str, contents: Any) -> bytes:
    given = texts(kernel, contents, "contents")
    if given.ndim:
        raise InvalidArgumentError(f"`contents` must be scalar, but got shape{bracketed(given._array.shape)}")
    found: bytes = to_host(given._array).item()
    return found


def _decoded(kernel: str, contents: Any, channels: int, dtype: Any) -> Tensor:
    data, wanted = _bytes(kernel, contents), as_dtype(dtype)
    if next((kind for start, kind in _KINDS.items() if data.startswith(start)), None) is None:
        raise InvalidArgumentError("Unknown image file format. One of JPEG, JPEG XL, PNG, GIF, BMP, WebP required.")
    if channels not in (0, 1, 3, 4):
        raise InvalidArgumentError(f"`channels` must be 0, 1, 3 or 4 but got {channels}")
    pillow = need("PIL.Image", "images")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pillow.DecompressionBombWarning)
            picture = pillow.open(io.BytesIO(data), formats=list(_KINDS.values()))
            picture.load()
    except (OSError, SyntaxError, ValueError, pillow.DecompressionBombWarning, pillow.DecompressionBombError) as error:
        raise explain(InvalidArgumentError("Invalid image data"), summary=f"{kernel}: {error}") from None
    if picture.mode not in ("L", "LA", "RGB", "RGBA", "I;16"):
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    array = np.array(picture)
    array = array.reshape(*array.shape[:2], -1)
    if array.dtype != wanted._numpy:
        array = (array.astype(np.uint16) * 257) if wanted is uint16 else (array >> 8).astype(np.uint8)
    return wrap(from_host(_with_channels(array, channels)))


def _with_channels(array: np.ndarray, channels: int) -> np.ndarray:
    """The image in grey, in colours, or in these with their opacity. Grey is libpng's: a sum of the colours."""
    have = array.shape[2]
    if channels in (0, have):
        return array
    opaque = np.full(array.shape[:2] + (1,), np.iinfo(array.dtype).max, array.dtype)
    opacity = array[:, :, have - 1 :] if have in (2, 4) else opaque
    colours = array[:, :, : 3 if have > 2 else 1]
    if channels == 1:
        if have < 3:
            return colours
        return (colours.astype(np.int64) @ np.array([6968, 23434, 2366]) >> 15).astype(array.dtype)[:, :, None]
    colours = np.broadcast_to(colours, (*array.shape[:2], 3))
    return colours.copy() if channels == 3 else np.concatenate([colours, opacity], 2)
