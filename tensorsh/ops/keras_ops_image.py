"""`keras.ops.image`: images (height, width, channels), or batches of them; and Fourier transforms of rows."""

from __future__ import annotations

from typing import Any

from ..runtime.tensor import Tensor, as_tensor
from .keras_ops_dtypes import keras_op
from .registry import at_path, ops


@keras_op("image.extract_patches", lambda s: [s.call(s(1, 4, 4, 1), (2, 2))])
def extract_patches(
    images: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The windows of images, each flattened into the last axis.

    >>> tf.keras.ops.image.extract_patches(tf.reshape(tf.range(4.), (1, 2, 2, 1)), (2, 1))
    <tf.Tensor: shape=(1, 1, 2, 2), dtype=float32, numpy=
    array([[[[0., 2.],
             [1., 3.]]]], dtype=float32)>
    """
    images = as_tensor(images)
    single = images._array.ndim == 3
    height, width = (size, size) if isinstance(size, int) else size
    steps = (height, width) if strides is None else (strides, strides) if isinstance(strides, int) else strides
    rate = (dilation_rate, dilation_rate) if isinstance(dilation_rate, int) else dilation_rate
    y = ops.extract_patches(
        ops.expand_dims(images, 0) if single else images,
        [1, height, width, 1],
        [1, *steps, 1],
        [1, *rate, 1],
        padding.upper(),
    )
    return ops.squeeze(y, [0]) if single else y


@keras_op("image.rgb_to_hsv", lambda s: [s.call(s(1, 1, 3, within=(0.1, 0.9)))])
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Tensor:
    """Red, green and blue (0 to 1) as hue, saturation and value.

    >>> tf.keras.ops.image.rgb_to_hsv(tf.constant([[[1., 0.5, 0.]]]))
    <tf.Tensor: shape=(1, 1, 3), dtype=float32, numpy=array([[[0.08333334, 1.        , 1.        ]]], dtype=float32)>
    """
    return ops.rgb_to_hsv(images)


@keras_op("rfft", lambda s: [s.call(s(4))])
def rfft(x: Any, fft_length: int | None = None) -> tuple[Tensor, Tensor]:
    """The Fourier transform of real rows: its real and its imaginary parts, for frequencies not below zero.

    >>> tf.keras.ops.rfft(tf.constant([1., 2., 3., 4.]))[0]
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([10., -2., -2.], dtype=float32)>
    """
    y = ops.rfft(x, None if fft_length is None else [fft_length])
    return ops.real(y), ops.imag(y)


@keras_op("irfft", lambda s: [s.call((s(3), s(3)))])
def irfft(x: Any, fft_length: int | None = None) -> Tensor:
    """The real rows that have this transform, given as (real parts, imaginary parts).

    >>> tf.keras.ops.irfft((tf.constant([1., 2., 3.]), tf.constant([0., 0., 0.])))
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([ 2. , -0.5,  0. , -0.5], dtype=float32)>
    """
    return ops.irfft(
        at_path("tf.complex")(*(as_tensor(part) for part in x)), None if fft_length is None else [fft_length]
    )


@keras_op("fft", lambda s: [s.call((s(4), s(4)))])
def fft(x: Any) -> tuple[Tensor, Tensor]:
    """The Fourier transform of complex rows, given and returned as (real parts, imaginary parts).

    >>> tf.keras.ops.fft((tf.constant([1., 2.]), tf.constant([0., 0.])))[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 3., -1.], dtype=float32)>
    """
    y = ops.fft(at_path("tf.complex")(*(as_tensor(part) for part in x)))
    return ops.real(y), ops.imag(y)
