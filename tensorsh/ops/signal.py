"""Signals in pieces: windows, frames cut from a signal, and a signal put together from frames.

A window weights the samples of a frame, so that its spectrum tells of the signal rather than of where it was cut:
Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform" (1978).
"""

from __future__ import annotations

from math import pi
from typing import Any

from ..runtime.dtypes import DType, as_dtype, bool_, float32, int32
from ..runtime.errors import explain, invalid
from ..runtime.shape import TensorShape
from ..runtime.tensor import Tensor, as_tensor
from .fourier import at_least
from .registry import op, ops, primitive
from .rules import ints, mismatch

# ---------------------------------------------------------------- windows


@op("signal.hann_window")
def hann_window(window_length: Any, periodic: Any = True, dtype: Any = float32, name: str | None = None) -> Tensor:
    """A raised cosine that is 0 at the ends: 0.5 - 0.5 * cos(2 pi k / n).

    After Harris, "On the use of windows for harmonic analysis" (1978).

    periodic: whether an even window is one period (n = window_length), rather than symmetric (n = window_length - 1).

    >>> hann_window(4)
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([0. , 0.5, 1. , 0.5], dtype=float32)>
    """
    return _raised_cosine(window_length, periodic, dtype, 0.5, 0.5)


@op("signal.hamming_window")
def hamming_window(window_length: Any, periodic: Any = True, dtype: Any = float32, name: str | None = None) -> Tensor:
    """A raised cosine on a pedestal: 0.54 - 0.46 * cos(2 pi k / n); otherwise as `hann_window`.

    After Harris, "On the use of windows for harmonic analysis" (1978).

    >>> hamming_window(4)
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([0.08000001, 0.54      , 1.        , 0.54      ], dtype=float32)>
    """
    return _raised_cosine(window_length, periodic, dtype, 0.54, 0.46)


def _raised_cosine(window_length: Any, periodic: Any, dtype: Any, base: float, height: float) -> Tensor:
    dtype = _float_dtype(dtype)
    n = _length(window_length)
    period = bool(as_tensor(periodic, bool_))
    if n == 1:
        return ops.ones([1], dtype)
    # An odd window of TensorFlow's is symmetric in any case.
    last = n if period and n % 2 == 0 else n - 1
    angle = ops.cast(_indices(n), dtype) * (2 * pi) / last
    return base - height * ops.cos(angle)


def _kaiser_samples(s: Any) -> Any:
    yield s.call(5, s(within=(1.0, 4.0)), "float64")
    yield s.call(4, s(within=(1.0, 4.0)), "float64")


@op("signal.kaiser_window", samples=_kaiser_samples)
def kaiser_window(window_length: Any, beta: Any = 12.0, dtype: Any = float32, name: str | None = None) -> Tensor:
    """Kaiser's window: I0(beta * sqrt(1 - x * x)) / I0(beta) for x from -1 to 1. The larger beta, the narrower.

    Kaiser & Schafer, "On the use of the I0-sinh window for spectrum analysis" (1980).

    Raises InvalidArgumentError for a negative length.

    >>> kaiser_window(4, beta=3.)
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([0.20488471, 0.8712419 , 0.8712419 , 0.20488471], dtype=float32)>
    """
    dtype = _float_dtype(dtype)
    n = _length(window_length)
    if n == 1:
        return ops.ones([1], dtype)
    half = (n - 1) / 2
    if n < 1:
        raise invalid(
            "Range",
            f"Requires start <= limit when delta > 0: {-half:g}/{half + 0.1:g}",
            f"kaiser_window: a window of {n} samples",
        )
    place = ops.cast(ops.cast(_indices(n), float32) - half, dtype) / half
    beta = ops.cast(beta, dtype)
    argument = beta * ops.sqrt(ops.relu(1.0 - ops.square(place)))
    return ops.exp(argument - beta) * (ops.bessel_i0e(argument) / ops.bessel_i0e(beta))


@op("signal.kaiser_bessel_derived_window", samples=lambda s: [s.call(6, s(within=(1.0, 4.0)), "float64")])
def kaiser_bessel_derived_window(
    window_length: Any, beta: Any = 12.0, dtype: Any = float32, name: str | None = None
) -> Tensor:
    """The window made of the running sum of `kaiser_window`, for `mdct`: its squares, half a window apart, sum to 1.

    >>> kaiser_bessel_derived_window(4)
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([0.00726415, 0.9999736 , 0.9999736 , 0.00726415], dtype=float32)>
    """
    dtype = _float_dtype(dtype)
    half = _length(window_length) // 2
    sums = ops.cumsum(kaiser_window(half + 1, beta, dtype))
    rising = ops.sqrt(sums[:-1] / sums[-1])
    return ops.concat([rising, rising[::-1]], 0)


@op("signal.vorbis_window")
def vorbis_window(window_length: Any, dtype: Any = float32, name: str | None = None) -> Tensor:
    """The window of the Vorbis audio format: sin(pi / 2 * sin(pi / n * (k + 0.5)) ** 2).

    >>> vorbis_window(4, float64)
    <tf.Tensor: shape=(4,), dtype=float64, numpy=array([0.22801432, 0.97365778, 0.97365778, 0.22801432])>
    """
    dtype = _float_dtype(dtype)
    n = _length(window_length)
    if not n:
        return ops.zeros([0], dtype)
    place = ops.cast(_indices(n), dtype) + 0.5
    step = ops.constant(pi, dtype) / n
    return ops.sin(pi / 2 * ops.square(ops.sin(step * place)))


def _float_dtype(dtype: Any) -> DType:
    dtype = as_dtype(dtype)
    if not dtype.is_floating:
        raise explain(
            ValueError(f"dtype must be a floating point type. Found {dtype}"),
            hint="write dtype=float32, or cast the signal",
        )
    return dtype


def _length(window_length: Any) -> int:
    t = scalar(window_length, int32)
    return int(t)


def _indices(n: int) -> Tensor:
    if n < 0:
        raise invalid("Range", f"Requires start <= limit when delta > 0: 0/{n}", f"a window of {n} samples")
    return ops.arange(n)


def scalar(value: Any, dtype: Any = None) -> Tensor:
    """A number as a tensor. Raises TensorFlow's ValueError for another rank than 0."""
    t = as_tensor(value, dtype)
    if t._array.ndim:
        raise explain(ValueError(f"Shape {TensorShape(t._array.shape)} must have rank 0"), "one number is wanted here")
    return t


# ---------------------------------------------------------------- frames


def _frame_samples(s: Any) -> Any:
    yield s.call(s(2, 5), 3, 2)
    yield s.call(s(2, 5), 3, 2, pad_end=True)
    yield s.call(s(4, 2), 2, 1, axis=0)


@op("signal.frame", samples=_frame_samples)
def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: Any = -1,
    name: str | None = None,
) -> Tensor:
    """Pieces of `frame_length` samples, one every `frame_step`: (..., samples) becomes (..., frames, frame_length).

    pad_end: whether the last frames may reach over the end, where `pad_value` fills them.
    Raises ValueError unless lengths are scalars.

    pad_value: what the end is padded with.

    >>> frame([1, 2, 3, 4, 5], 3, 2)
    <tf.Tensor: shape=(2, 3), dtype=int32, numpy=
    array([[1, 2, 3],
           [3, 4, 5]], dtype=int32)>
    """
    x = as_tensor(signal)
    length, step, at = _whole(frame_length), _whole(frame_step), int(scalar(axis))
    at_least(x, 1)
    rank = x._array.ndim
    if not -rank <= at < rank:
        raise explain(IndexError("list index out of range"), f"frame: axis {at} is out of range for rank {rank}")
    at %= rank
    samples = x._array.shape[at]
    if not step:
        raise invalid("FloorDiv", "Integer division by zero", "frame: frame_step must not be 0")
    if pad_end:
        count = -(-samples // step)
        missing = max(0, length + step * (count - 1) - samples)
        fill = scalar(pad_value, x.dtype)
        pads = [[0, 0]] * at + [[0, missing]] + [[0, 0]] * (rank - at - 1)
        x = ops.pad(x, pads, constant_values=fill)
    else:
        count = max(0, 1 + (samples - length) // step)
    if length < 0:
        raise invalid("Range", f"Requires start <= limit when delta > 0: 0/{length}", "frame: frame_length is negative")
    return _framed(x, axis=at, length=length, step=step, count=count)


@primitive(
    lambda g, y, x, axis, length, step, count: _unframed(
        g, axis=axis, length=length, step=step, size=x._array.shape[axis]
    )
)
def _framed(xp, x, axis, length, step, count):
    return xp.take(x, xp.arange(count)[:, None] * step + xp.arange(length), axis=axis)


@primitive(
    lambda h, y, g, axis, length, step, size: _framed(
        h, axis=axis, length=length, step=step, count=g._array.shape[axis]
    )
)
def _unframed(xp, g, axis, length, step, size):
    """The adjoint of `_framed` for `size` samples: frames added up."""
    lead, count = (slice(None),) * axis, g.shape[axis]
    y = xp.zeros((*g.shape[:axis], size, *g.shape[axis + 2 :]), g.dtype)
    for k in range(length if count else 0):
        y[(*lead, slice(k, k + (count - 1) * step + 1, step))] += g[(*lead, slice(None), k)]
    return y


def _whole(value: Any) -> int:
    t = scalar(value)
    if not t.dtype.is_integer:
        raise mismatch("FloorDiv", 1, t, as_tensor(1), ("frame_length", "samples"))
    return int(t)


def _overlap_samples(s: Any) -> Any:
    yield s.call(s(3, 4), 2)
    yield s.call(s(2, 3, 3), 2)
    yield s.call(s(2, 3), 3)


@op("signal.overlap_and_add", samples=_overlap_samples)
def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> Tensor:
    """Frames, each `frame_step` after the one before it, added up: (..., frames, length) becomes (..., samples).

    samples = length + frame_step * (frames - 1). Raises ValueError for a step that is no integer.

    >>> overlap_and_add([[1, 2, 3], [4, 5, 6]], 2)
    <tf.Tensor: shape=(5,), dtype=int32, numpy=array([1, 2, 7, 5, 6], dtype=int32)>
    """
    x = as_tensor(signal)
    at_least(x, 2)
    given = scalar(frame_step)
    if not given.dtype.is_integer:
        raise explain(
            ValueError(f"frame_step must be an integer. Got {given.dtype}"), hint="write a whole number of samples"
        )
    (step,) = ints(given)
    *lead, frames, length = x._array.shape
    if step < 1:
        raise invalid("Pad", f"Paddings must be non-negative: 0 {-length}", f"overlap_and_add: a step of {step}")
    samples = length + step * (frames - 1)
    # Frames are cut into pieces of one step; piece k of each lies k steps after its frame's start.
    pieces = -(-length // step)
    none = [[0, 0]] * len(lead)
    x = ops.reshape(ops.pad(x, [*none, [0, 0], [0, pieces * step - length]]), [*lead, frames, pieces, step])
    total: Any = None
    for k in range(pieces):
        part = ops.pad(x[..., k, :], [*none, [k, pieces - 1 - k], [0, 0]])
        total = part if total is None else total + part
    return ops.reshape(total, [*lead, (frames + pieces - 1) * step])[..., :samples]
