"""`keras.ops`: windows, frames and Fourier transforms of rows.

A complex tensor is a pair of real ones: (real parts, imaginary parts).
"""

from __future__ import annotations

import math
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..keras.config import setting
from ..registry import at_path, ops
from .dtypes import keras_op, tensor


@keras_op("numpy.bartlett")
def bartlett(x: Any) -> Tensor:
    """The triangular window of x points, from 0 up to 1 and down to 0 (Harris, 1978).

    x: an int.

    >>> tf.keras.ops.bartlett(5)
    <tf.Tensor: shape=(5,), dtype=float32, numpy=array([0. , 0.5, 1. , 0.5, 0. ], dtype=float32)>
    """
    x = tensor(x, setting("floatx"))
    if float(x) in (0.0, 1.0):
        return ops.ones([int(x)])
    n, last = ops.arange(x), x - 1
    return ops.where(ops.less_equal(n, last / 2), 2.0 * n / last, 2.0 - 2.0 * n / last)


@keras_op("numpy.blackman")
def blackman(x: Any) -> Tensor:
    """The Blackman window of x points: 0.42 - 0.5 cos(t) + 0.08 cos(2 t) for t from 0 to 2 pi (Harris, 1978).

    x: an int.

    >>> tf.keras.ops.blackman(1)
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    x = tensor(x, setting("floatx"))
    n, last = ops.arange(x), x - 1
    if float(last) == 0:
        return ops.ones_like(n)
    return 0.42 - 0.5 * ops.cos(2 * math.pi * n / last) + 0.08 * ops.cos(4 * math.pi * n / last)


@keras_op("numpy.hamming")
def hamming(x: Any) -> Tensor:
    """The Hamming window of x points: 0.54 - 0.46 cos(t) for t from 0 to 2 pi (Harris, 1978).

    x: an int.

    >>> tf.keras.ops.hamming(3)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.08000001, 1.        , 0.08000001], dtype=float32)>
    """
    return ops.hamming_window(tensor(x, "int32"), periodic=False)


@keras_op("numpy.hanning")
def hanning(x: Any) -> Tensor:
    """The Hann window of x points: 0.5 - 0.5 cos(t) for t from 0 to 2 pi (Harris, 1978).

    x: an int.

    >>> tf.keras.ops.hanning(3)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0., 1., 0.], dtype=float32)>
    """
    return ops.hann_window(tensor(x, "int32"), periodic=False)


@keras_op("numpy.kaiser")
def kaiser(x: Any, beta: Any) -> Tensor:
    """The Kaiser window of x points with shape `beta`.

    x: an int. beta: a float: the greater, the narrower (Kaiser & Schafer, 1980).

    >>> tf.keras.ops.kaiser(3, 0.)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 1., 1.], dtype=float32)>
    """
    return ops.kaiser_window(tensor(x, "int32"), beta)


@keras_op(".extract_sequences", lambda s: [s.call(s(5), 2, 1)])
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Tensor:
    """The pieces of that length along the last axis, one every `sequence_stride` elements.

    x: (..., n). The result is (..., pieces, sequence_length). sequence_length, sequence_stride: ints.

    >>> tf.keras.ops.extract_sequences(tf.constant([1, 2, 3]), 2, 1)
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [2, 3]], dtype=int32)>
    """
    return ops.frame(x, sequence_length, sequence_stride)


@keras_op(".rfft", lambda s: [s.call(s(4))])
def rfft(x: Any, fft_length: int | None = None) -> tuple[Tensor, Tensor]:
    """The Fourier transform of real rows, for frequencies not below zero.

    x: float (..., n). The result is a pair, the real and the imaginary parts (..., n // 2 + 1).

    >>> tf.keras.ops.rfft(tf.constant([1., 2., 3., 4.]))[0]
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([10., -2., -2.], dtype=float32)>
    """
    return _parts(ops.rfft(x, None if fft_length is None else [fft_length]))


@keras_op(".irfft", lambda s: [s.call((s(3), s(3)))])
def irfft(x: Any, fft_length: int | None = None) -> Tensor:
    """The real rows that have this transform.

    x: a pair, the real and the imaginary parts, float (..., n). Raises ValueError for what is no such pair.

    >>> tf.keras.ops.irfft((tf.constant([1., 2., 3.]), tf.constant([0., 0., 0.])))
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([ 2. , -0.5,  0. , -0.5], dtype=float32)>
    """
    return ops.irfft(_whole(x), None if fft_length is None else [fft_length])


@keras_op(".fft", lambda s: [s.call((s(4), s(4)))])
def fft(x: Any) -> tuple[Tensor, Tensor]:
    """The Fourier transform of rows.

    x: a pair, the real and the imaginary parts, float (..., n). Raises ValueError for what is no such pair.

    >>> tf.keras.ops.fft((tf.constant([1., 2.]), tf.constant([0., 0.])))[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 3., -1.], dtype=float32)>
    """
    return _parts(ops.fft(_whole(x)))


@keras_op(".fft2", lambda s: [s.call((s(2, 3), s(2, 3)))])
def fft2(x: Any) -> tuple[Tensor, Tensor]:
    """The Fourier transform along the last two axes.

    x: a pair, the real and the imaginary parts, float (..., m, n). Raises ValueError for what is no such pair.

    >>> tf.keras.ops.fft2((tf.ones((1, 2)), tf.zeros((1, 2))))[0]
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[2., 0.]], dtype=float32)>
    """
    return _parts(ops.fft2d(_whole(x)))


@keras_op(".ifft2", lambda s: [s.call((s(2, 3), s(2, 3)))])
def ifft2(x: Any) -> tuple[Tensor, Tensor]:
    """The tensor that has this transform along the last two axes.

    x: a pair, the real and the imaginary parts, float (..., m, n). Raises ValueError for what is no such pair.

    >>> tf.keras.ops.ifft2((tf.constant([[2., 0.]]), tf.zeros((1, 2))))[0]
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[1., 1.]], dtype=float32)>
    """
    real, imag = (as_tensor(part) for part in x)
    count = ops.cast(real._array.shape[-2], real.dtype) * ops.cast(real._array.shape[-1], real.dtype)
    real, imag = fft2((real, -imag))
    return real / count, -imag / count


def _parts(x: Tensor) -> tuple[Tensor, Tensor]:
    return ops.real(x), ops.imag(x)


def _whole(x: Any) -> Tensor:
    """A pair of float tensors as a complex one. Raises ValueError for what is no such pair."""
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(f"Input `x` should be a tuple of two tensors - real and imaginary.Received: x={x}")
    real, imag = (as_tensor(part) for part in x)
    if real._array.shape != imag._array.shape:
        raise ValueError(
            "Input `x` should be a tuple of two tensors - real and imaginary.Both the real and imaginary parts should "
            f"have the same shape. Received: x[0].shape = {real.shape}, x[1].shape = {imag.shape}"
        )
    if not real.dtype.is_floating or not imag.dtype.is_floating:
        raise ValueError(f"At least one tensor in input `x` is not of type float.Received: x={x}.")
    return at_path("tf.complex")(real, imag)


@keras_op(".stft", lambda s: [s.call(s(6), 4, 2, 4)])
def stft(
    x: Any, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann", center: bool = True
) -> tuple[Tensor, Tensor]:
    """The Fourier transforms of windowed pieces of the last axis: (..., pieces, fft_length // 2 + 1).

    x: float (..., samples). sequence_length: an int, the elements of a piece. sequence_stride: an int, from one piece's
    start to the next. fft_length: an int, no less than sequence_length. window: "hann", "hamming", a tensor
    (sequence_length,), or None. center: mirror the ends first, so that a piece's middle stands where it was taken.
    Raises TypeError unless x is float32 or float64, ValueError for what does not fit.

    >>> tf.keras.ops.stft(tf.ones(4), 2, 2, 2, window=None, center=False)[0]
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[2., 0.],
           [2., 0.]], dtype=float32)>
    """
    x = as_tensor(x)
    if x.dtype.name not in ("float32", "float64"):
        raise TypeError(f"Invalid input type. Expected `float32` or `float64`. Received: input type={x.dtype.name}")
    if fft_length < sequence_length:
        raise ValueError(
            "`fft_length` must equal or larger than `sequence_length`. "
            f"Received: sequence_length={sequence_length}, fft_length={fft_length}"
        )
    if center:
        widths = [[0, 0]] * (x._array.ndim - 1) + [[fft_length // 2, fft_length // 2]]
        x = ops.pad(x, widths, mode="reflect")
    shape = _window(window, sequence_length, fft_length, x.dtype)
    return _parts(ops.stft(x, fft_length, sequence_stride, fft_length, shape and (lambda length, dtype: shape())))


def _window(window: Any, sequence_length: int, fft_length: int, dtype: Any) -> Any:
    """A function that gives the window, zeros on either side up to `fft_length`; None for no window."""
    if window is None:
        return None
    if isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise ValueError(
                f'If a string is passed to `window`, it must be one of `"hann"`, `"hamming"`. Received: window={window}'
            )
        made = (ops.hann_window if window == "hann" else ops.hamming_window)(sequence_length, True, dtype)
    else:
        made = tensor(as_tensor(window), dtype.name)
    if made._array.shape != (sequence_length,):
        raise ValueError(
            f"The shape of `window` must be equal to [sequence_length].Received: window shape={made.shape}"
        )
    left = (fft_length - sequence_length) // 2
    padded = ops.pad(made, [[left, fft_length - sequence_length - left]])
    return lambda: padded


@keras_op(".istft", lambda s: [s.call((s(3, 3), s(3, 3)), 4, 2, 4)])
def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Tensor:
    """The rows that have these transforms, as `stft` makes them; `length`: so many elements of them.

    x: a pair, the real and the imaginary parts, float (..., pieces, fft_length // 2 + 1). sequence_length,
    sequence_stride: ints, as they were for `stft`. fft_length: an int, as it was for `stft`. length: an int; None: all
    that there are. window: as it was for `stft`. center: as it was for `stft`. Raises ValueError for what is no such
    pair.

    >>> y = tf.keras.ops.stft(tf.constant([1., 2., 3., 4.]), 2, 1, 2)
    >>> tf.keras.ops.istft(y, 2, 1, 2)
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([1., 2., 3., 4.], dtype=float32)>
    """
    whole = _whole(x)
    shape = _window(window, sequence_length, fft_length, ops.real(whole).dtype)
    inverse = shape and ops.inverse_stft_window_fn(sequence_stride, lambda length, dtype: shape())
    y = ops.inverse_stft(whole, fft_length, sequence_stride, fft_length, inverse)
    start = fft_length // 2 if center else 0
    if length is not None:
        return y[..., start : start + length]
    return y[..., start : -(fft_length // 2)] if center else y
