"""Spectra of signals: short-time Fourier transforms, cosine transforms, and the mel scale of hearing.

All are compositions of `fourier`'s transforms and `signal`'s frames, and so are their gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log2, pi, sqrt
from typing import Any

from ..runtime.dtypes import as_dtype, float32, float64
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .casting import complex_
from .fourier import at_least, irfft, rfft
from .registry import op, ops
from .signal import frame, hann_window, overlap_and_add, scalar, vorbis_window

# ---------------------------------------------------------------- short-time Fourier transforms


def _stft_samples(s: Any) -> Any:
    yield s.call(s(8), 4, 2)
    yield s.call(s(2, 7), 3, 2, fft_length=5, pad_end=True)


@op("signal.stft", samples=_stft_samples)
def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Callable[..., Any] | None = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> Tensor:
    """The spectra of a signal's frames: (..., samples) becomes complex (..., frames, fft_length // 2 + 1).

    fft_length: by default the smallest power of two that holds a frame. window_fn: called with (frame_length, dtype);
    None for no window. Other arguments as for `frame`.

    >>> stft([0., 1., 2., 3., 4., 5.], 4, 2)
    <tf.Tensor: shape=(2, 3), dtype=complex64, numpy=
    array([[ 4.+0.j, -2.+1.j,  0.+0.j],
           [ 8.+0.j, -4.+1.j,  0.+0.j]], dtype=complex64)>
    """
    x = as_tensor(signals)
    at_least(x, 1)
    length = scalar(frame_length)
    frames = frame(x, length, frame_step, pad_end=pad_end)
    size = _enclosing_power_of_two(int(length)) if fft_length is None else int(scalar(fft_length))
    if window_fn is not None:
        frames = frames * window_fn(length, dtype=frames.dtype)
    return rfft(frames, [size])


@op("signal.inverse_stft", samples=lambda s: [s.call(s.complex(3, 3), 4, 2), s.call(s.complex(2, 3), 3, 1)])
def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Callable[..., Any] | None = hann_window,
    name: str | None = None,
) -> Tensor:
    """The signal of `stft`'s spectra, where the windows of both steps multiply to 1: see `inverse_stft_window_fn`.

    By Griffin and Lim (1984).

    stfts: complex (..., frames, fft_length / 2 + 1).
    fft_length: an int; None: the power of two that is not below frame_length.

    >>> x = [0., 1., 2., 3., 4., 5.]
    >>> inverse_stft(stft(x, 4, 2), 4, 2, window_fn=inverse_stft_window_fn(2))
    <tf.Tensor: shape=(6,), dtype=float32, numpy=array([0. , 0.5, 2. , 3. , 4. , 2.5], dtype=float32)>
    """
    x = as_tensor(stfts)
    at_least(x, 2)
    length = scalar(frame_length)
    n = int(length)
    size = _enclosing_power_of_two(n) if fft_length is None else int(scalar(fft_length))
    frames = irfft(x, [size])
    if size > n:
        frames = frames[..., :n]
    elif size < n:
        frames = ops.pad(frames, [[0, 0]] * (frames._array.ndim - 1) + [[0, n - size]])
    if window_fn is not None:
        frames = frames * window_fn(length, dtype=frames.dtype)
    return overlap_and_add(frames, frame_step)


@op("signal.inverse_stft_window_fn")
def inverse_stft_window_fn(
    frame_step: Any, forward_window_fn: Callable[..., Any] = hann_window, name: str | None = None
) -> Callable[..., Tensor]:
    """The window for `inverse_stft` that undoes `forward_window_fn`: a function of (frame_length, dtype).

    It is the forward window, divided by the sum of its squares over all frames that see a sample.

    forward_window_fn: the window that `stft` was given.

    >>> inverse_stft_window_fn(2)(4, float32)
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([0., 1., 1., 1.], dtype=float32)>
    """

    def inverse_stft_window_fn_inner(frame_length: Any, dtype: Any) -> Tensor:
        step, length = int(scalar(frame_step)), scalar(frame_length)
        n = int(length)
        window = as_tensor(forward_window_fn(length, dtype=dtype))
        overlaps = -(-n // step)
        squares = ops.pad(ops.square(window), [[0, overlaps * step - n]])
        sums = ops.reduce_sum(ops.reshape(squares, [overlaps, step]), 0)
        sums = ops.tile(sums, [overlaps])[:n]
        return ops.where(ops.equal(sums, 0.0), ops.zeros_like(window), window / sums)

    return inverse_stft_window_fn_inner


def _enclosing_power_of_two(n: int) -> int:
    return 2 ** ceil(log2(n)) if n > 0 else 0


# ---------------------------------------------------------------- cosine transforms


def _dct_samples(s: Any) -> Any:
    yield s.call(s(2, 3))
    yield s.call(s(4), 1)
    yield s.call(s(3), 3, norm="ortho")
    yield s.call(s(3), 4)
    yield s.call(s(3), 2, n=5, norm="ortho")


@op("signal.dct", samples=_dct_samples)
def dct(
    input: Any, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None, name: str | None = None
) -> Tensor:
    """The discrete cosine transform of type 1, 2, 3 or 4 along the last axis, of float32 or float64.

    n: to how many entries the input is cut, or filled up with zeros, first. norm: "ortho" makes the transform
    orthonormal. Computed by a real Fourier transform of twice the length: Makhoul, "A fast cosine transform in one and
    two dimensions" (1980). Raises ValueError for another type, norm or n, NotImplementedError for another axis.

    input: float (..., samples). type: an int from 1 to 4: which of the transforms.

    >>> dct([1., 2., 4.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([14.       , -5.196152 ,  1.0000001], dtype=float32)>
    """
    _check_cosine(input, type, n, axis, norm)
    return _cosine(as_tensor(input), type, n, norm)


@op("signal.idct", samples=lambda s: [s.call(s(3)), s.call(s(3), 4, norm="ortho")])
def idct(
    input: Any, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None, name: str | None = None
) -> Tensor:
    """The inverse of `dct`; without norm="ortho", up to the factor 2 * n (2 * (n - 1) for type 1).

    input: float (..., samples). type: an int from 1 to 4: which transform is inverted. n: an int, as for `dct`. norm:
    None or "ortho".

    >>> idct(dct([1., 2., 4.], norm="ortho"), norm="ortho")
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1.0000002, 2.       , 4.       ], dtype=float32)>
    """
    _check_cosine(input, type, n, axis, norm)
    return _cosine(as_tensor(input), {1: 1, 2: 3, 3: 2, 4: 4}[type], n, norm)


def _check_cosine(input: Any, type: Any, n: Any, axis: Any, norm: Any) -> None:
    if axis != -1:
        raise explain(NotImplementedError(f"axis must be -1. Got: {axis}"), hint="transpose the input first")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if type not in (1, 2, 3, 4):
        raise ValueError("Types I, II, III and IV (I)DCT are supported.")
    if type == 1:
        if norm == "ortho":
            raise ValueError("Normalization is not supported for the Type-I DCT.")
        size = as_tensor(input)._array.shape[-1:]
        if size and size[0] < 2:
            raise ValueError("Type-I DCT requires the dimension to be greater than one.")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")


def _cosine(x: Tensor, type: int, n: int | None, norm: str | None) -> Tensor:
    if x.dtype not in (float32, float64):
        if x.dtype.is_floating:
            raise TypeError(
                f"The `real` and `imag` components have incorrect types: {x.dtype.name} {x.dtype.name}. They must be "
                "consistent, and one of [tf.float32, tf.float64]"
            )
        as_tensor(0.0, x.dtype)  # raises TensorFlow's error
    if not x._array.ndim:
        raise explain(IndexError("tuple index out of range"), "dct: the input must have an axis to transform")
    given = x._array.shape[-1]
    if n is not None and n < given:
        x = x[..., :n]
    elif n is not None and n > given:
        x = ops.pad(x, [[0, 0]] * (x._array.ndim - 1) + [[0, n - given]])
    count = x._array.shape[-1]
    size = ops.cast(count, x.dtype)
    if type == 1:
        return ops.real(rfft(ops.concat([x, x[..., -2:0:-1]], -1)))
    if type == 2:
        y = ops.real(rfft(x, [2 * count])[..., :count] * _half_turns(size, -1.0))
        if norm == "ortho":
            first = 0.5 * ops.rsqrt(size)
            y = y * _weights(first, first * sqrt(2.0), count)
        return y
    if type == 3:
        if norm == "ortho":
            first = ops.sqrt(size)
            x = x * _weights(first, first * sqrt(0.5), count)
        else:
            x = x * size
        spectrum = _half_turns(size, 1.0) * complex_(x, ops.zeros_like(x))
        return irfft(spectrum, [2 * count])[..., :count]
    y = _cosine(x, 2, 2 * count, None)[..., 1::2]
    return y * (sqrt(0.5) * ops.rsqrt(size)) if norm == "ortho" else y


def _half_turns(size: Tensor, sign: float) -> Tensor:
    """2 * exp(sign * i * pi * k / (2 * size)) for each k below `size`."""
    angle = ops.arange(size) * sign * pi * 0.5 / size
    return 2.0 * ops.exp(complex_(ops.zeros_like(angle), angle))


def _weights(first: Tensor, others: Tensor, count: int) -> Tensor:
    return ops.concat([ops.reshape(first, [1]), ops.fill([count - 1], others)], 0)


def _mdct_samples(s: Any) -> Any:
    yield s.call(s(8), 4)
    yield s.call(s(2, 9), 4, norm="ortho", pad_end=True)


@op("signal.mdct", samples=_mdct_samples)
def mdct(
    signals: Any,
    frame_length: Any,
    window_fn: Callable[..., Any] | None = vorbis_window,
    pad_end: bool = False,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The modified cosine transform of frames that overlap by half: (..., frames, frame_length // 2).

    Princen, Johnson & Bradley, "Subband/transform coding using filter bank designs based on time domain aliasing
    cancellation" (1987). Raises ValueError unless `frame_length` is a multiple of 4.

    norm: None or "ortho".

    >>> mdct([0., 1., 2., 3., 4., 5., 6., 7.], 8, window_fn=None).shape
    TensorShape([1, 4])
    """
    x = as_tensor(signals)
    at_least(x, 1)
    length = scalar(frame_length)
    if int(length) % 4:
        raise explain(ValueError("The frame length must be a multiple of 4."), f"mdct: frames of {int(length)} samples")
    frames = frame(x, length, int(length) // 2, pad_end=pad_end)
    frames = frames * (1 / sqrt(2) if window_fn is None else window_fn(length, dtype=frames.dtype))
    a, b, c, d = ops.split(frames, 4, -1)
    folded = ops.concat([-_turned(c) - d, a - _turned(b)], -1)
    return dct(folded, 4, norm=norm)


@op("signal.inverse_mdct", samples=lambda s: [s.call(s(3, 2)), s.call(s(2, 4), norm="ortho")])
def inverse_mdct(
    mdcts: Any, window_fn: Callable[..., Any] | None = vorbis_window, norm: str | None = None, name: str | None = None
) -> Tensor:
    """The signal of `mdct`'s frames; its first and last half frame, which only one frame saw, are not restored.

    mdcts: float (..., frames, half of the frame).
    norm: None or "ortho".

    >>> inverse_mdct(mdct(ones([8]), 4))[2:6]
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([0.9999997, 0.9999997, 0.9999997, 0.9999997], dtype=float32)>
    """
    x = as_tensor(mdcts)
    at_least(x, 2)
    half = x._array.shape[-1]
    y = dct(x, 4, norm=norm) if norm == "ortho" else dct(x, 4) * (0.5 / ops.cast(half, x.dtype))
    a, b = ops.split(y, 2, -1)
    frames = ops.concat([b, -_turned(b), -_turned(a), -a], -1)
    frames = frames * (1 / sqrt(2) if window_fn is None else window_fn(2 * half, dtype=x.dtype))
    return overlap_and_add(frames, half)


def _turned(x: Tensor) -> Tensor:
    return ops.reverse(x, [-1])


# ---------------------------------------------------------------- the mel scale


@op("signal.mfccs_from_log_mel_spectrograms", samples=lambda s: [s.call(s(2, 4))])
def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Tensor:
    """The mel-frequency cepstral coefficients of spectra in logarithms: (..., bins) becomes (..., bins).

    A `dct` of type 2 with the scale of HTK, sqrt(2 / bins) / 2. Raises ValueError if there are no bins.

    log_mel_spectrograms: float (..., bins).

    >>> mfccs_from_log_mel_spectrograms([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 3.        , -0.70710677], dtype=float32)>
    """
    x = as_tensor(log_mel_spectrograms)
    if x._array.ndim and not x._array.shape[-1]:
        raise explain(ValueError(f"num_mel_bins must be positive. Got: {x!s}"), "the spectra have no bins")
    y = _cosine(x, 2, None, None)
    return y * ops.rsqrt(ops.cast(x._array.shape[-1], y.dtype) * 2.0)


def _mel_samples(s: Any) -> Any:
    yield s.call(2, 6, 8000, s(within=(100.0, 200.0)), s(within=(3000.0, 3500.0)), "float64")


@op("signal.linear_to_mel_weight_matrix", samples=_mel_samples)
def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: int = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: Any = 125.0,
    upper_edge_hertz: Any = 3800.0,
    dtype: Any = float32,
    name: str | None = None,
) -> Tensor:
    """The matrix (num_spectrogram_bins, num_mel_bins) that takes a spectrum to bands of equal width on the mel scale.

    mel(f) = 1127 * log(1 + f / 700); the bands are triangles that overlap by half. Raises ValueError for edges that are
    not ordered, or beyond half the sample rate.

    num_mel_bins: an int: columns. num_spectrogram_bins: an int: rows. sample_rate: in hertz. lower_edge_hertz:
    where the lowest band begins. upper_edge_hertz: where the highest band ends.

    >>> linear_to_mel_weight_matrix(2, 5, 8000, 0., 4000.)
    <tf.Tensor: shape=(5, 2), dtype=float32, numpy=
    array([[0.        , 0.        ],
           [0.60211265, 0.39788738],
           [0.        , 0.8732799 ],
           [0.        , 0.37689066],
           [0.        , 0.        ]], dtype=float32)>
    """
    dtype = as_dtype(dtype)
    if is_tensor(sample_rate):
        sample_rate = as_tensor(sample_rate).numpy()
    if num_mel_bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {num_mel_bins}")
    if lower_edge_hertz < 0:
        raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower_edge_hertz}")
    if lower_edge_hertz >= upper_edge_hertz:
        raise ValueError(f"lower_edge_hertz {lower_edge_hertz:.1f} >= upper_edge_hertz {upper_edge_hertz:.1f}")
    if sample_rate <= 0:
        raise ValueError(f"sample_rate must be positive. Got: {sample_rate}")
    if upper_edge_hertz > sample_rate / 2:
        raise ValueError(
            "upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). Got "
            f"{upper_edge_hertz} for sample_rate: {sample_rate}"
        )
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Got: {dtype}")
    nyquist = ops.cast(sample_rate, dtype) / 2.0
    lower, upper = (_mel(ops.cast(edge, dtype)) for edge in (lower_edge_hertz, upper_edge_hertz))
    # The constant part of a spectrum belongs to no band.
    spectrum = ops.expand_dims(_mel(ops.linspace(ops.zeros_like(nyquist), nyquist, num_spectrogram_bins)[1:]), 1)
    edges = ops.linspace(lower, upper, num_mel_bins + 2)
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising = (spectrum - left) / (centre - left)
    falling = (right - spectrum) / (right - centre)
    weights = ops.maximum(ops.zeros_like(nyquist), ops.minimum(rising, falling))
    return ops.pad(weights, [[1, 0], [0, 0]])


def _mel(hertz: Tensor) -> Tensor:
    return 1127.0 * ops.log(1.0 + hertz / 700.0)
