"""Discrete Fourier transforms of the last one, two or three axes, and the shifts that put frequency 0 in the middle.

A transform is linear, so its gradient is its adjoint, which is again made of transforms. What a real transform of N
entries gives is the first N // 2 + 1 of the N frequencies, as the others are their conjugates: of the cotangent, the
missing ones count as 0; going back, each entry that stands for two counts twice.

TensorFlow computes no gradient of the real transforms over three axes.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..runtime.dtypes import COMPLEX, FLOATS, complex64, float32, int32
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.shape import TensorShape
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .arguments import or_default
from .registry import no_gradient, op, ops, primitive
from .rules import check_dtype, ints

_NUMBERS = {1: "", 2: "2D", 3: "3D"}  # what follows a kernel's name, by how many axes it transforms

# ---------------------------------------------------------------- transforms of arrays


@primitive(lambda g, y, x, rank: _scaled(_backward(g, rank=rank), _count(g, rank)))
def _forward(xp, x, rank):
    return xp.fft.fftn(x, axes=_last(rank)) if x.size else x


@primitive(lambda g, y, x, rank: _scaled(_forward(g, rank=rank), 1 / _count(g, rank)))
def _backward(xp, x, rank):
    return xp.fft.ifftn(x, axes=_last(rank)) if x.size else x


@primitive(lambda g, y, x, rank: _real_adjoint(g, x._array.shape, rank))
def _real_forward(xp, x, rank):
    return _half(xp, x, rank)


@primitive(joint=no_gradient("RFFT3D"))
def _real_forward_3d(xp, x, rank):
    return _half(xp, x, rank)


@primitive(lambda g, y, x, length, rank: _inverse_adjoint(g, length, rank))
def _real_backward(xp, x, length, rank):
    return _whole(xp, x, length, rank)


@primitive(joint=no_gradient("IRFFT3D"))
def _real_backward_3d(xp, x, length, rank):
    return _whole(xp, x, length, rank)


@primitive(lambda g, y, x, sizes: _fitted(g, sizes=x._array.shape[-len(sizes) :]))
def _fitted(xp, x, sizes):
    """x with its last axes cut, or filled up with zeros, to `sizes`."""
    lead = x.shape[: x.ndim - len(sizes)]
    inside = x[(..., *(slice(n) for n in sizes))]
    if inside.shape[len(lead) :] == sizes:
        return inside
    y = xp.zeros((*lead, *sizes), x.dtype)
    y[(..., *(slice(n) for n in inside.shape[len(lead) :]))] = inside
    return y


def _half(xp: Any, x: Any, rank: int) -> Any:
    if x.size:
        return xp.fft.rfftn(x, axes=_last(rank))
    half = x.shape[-1] // 2 + 1 if x.shape[-1] else 0
    return xp.zeros((*x.shape[:-1], half), np.result_type(x.dtype, np.complex64))


def _whole(xp: Any, x: Any, length: int, rank: int) -> Any:
    if not x.size or not length:
        return xp.zeros((*x.shape[:-1], length), np.float32 if x.dtype == np.complex64 else np.float64)
    return xp.fft.irfftn(x, s=(*x.shape[x.ndim - rank : -1], length), axes=_last(rank))


def _last(rank: int) -> tuple[int, ...]:
    return tuple(range(-rank, 0))


def _count(x: Tensor, rank: int) -> int:
    return prod(x._array.shape[-rank:])


def _scaled(x: Tensor, factor: float) -> Tensor:
    return ops.multiply(x, as_tensor(complex(factor), x.dtype))


def _real_adjoint(g: Tensor, shape: tuple[int, ...], rank: int) -> Tensor:
    """The adjoint of a real transform whose input has that shape."""
    full = _fitted(g, sizes=shape[-rank:])
    return ops.real(_scaled(_backward(full, rank=rank), prod(shape[-rank:])))


def _inverse_adjoint(g: Tensor, length: int, rank: int) -> Tensor:
    """The adjoint of an inverse real transform to `length` entries."""
    spectrum = _real_forward(g, rank=rank)
    count, half = _count(g, rank), length // 2 + 1
    single = (0, length // 2) if length % 2 == 0 else (0,)
    weights = [(1 if k in single else 2) / count for k in range(half)]
    return ops.multiply(spectrum, ops.cast(ops.constant(weights, g.dtype), spectrum.dtype))


# ---------------------------------------------------------------- complex transforms


def _complex(kernel: str, rank: int, value: Any) -> Tensor:
    kernel += _NUMBERS[rank]
    x = or_default(value, complex64, COMPLEX)
    check_dtype(kernel, x, COMPLEX, COMPLEX, "input", "Tcomplex")
    if x._array.ndim < rank:
        raise invalid(
            kernel,
            f"Input must have rank of at least {rank} but got: {bracketed(x._array.shape)}",
            f"{kernel}: the input must have at least {rank} axes, and has {x._array.ndim}",
            [("input", x)],
            name="" if is_tensor(value) else None,
        )
    return x


@op("signal.fft", samples=lambda s: [s.call(s.complex(2, 3))])
def fft(input: Any, name: str | None = None) -> Tensor:
    """The discrete Fourier transform along the last axis: entry k is the sum of x[n] * exp(-2 pi i k n / N).

    input: complex64 or complex128 (..., N); a list of numbers becomes complex64.

    >>> fft([1., 2., 3., 4.])
    <tf.Tensor: shape=(4,), dtype=complex64, numpy=array([10.+0.j, -2.+2.j, -2.+0.j, -2.-2.j], dtype=complex64)>
    """
    return _forward(_complex("FFT", 1, input), rank=1)


@op("signal.ifft", samples=lambda s: [s.call(s.complex(4))])
def ifft(input: Any, name: str | None = None) -> Tensor:
    """The inverse of `fft`.

    input: complex (..., samples).

    >>> ifft(fft([1., 2., 3., 4.]))
    <tf.Tensor: shape=(4,), dtype=complex64, numpy=array([1.+0.j, 2.+0.j, 3.+0.j, 4.+0.j], dtype=complex64)>
    """
    return _backward(_complex("IFFT", 1, input), rank=1)


@op("signal.fft2d", samples=lambda s: [s.call(s.complex(2, 3))])
def fft2d(input: Any, name: str | None = None) -> Tensor:
    """`fft` along the last two axes.

    input: complex (..., rows, columns).

    >>> fft2d([[1., 2.], [3., 4.]])
    <tf.Tensor: shape=(2, 2), dtype=complex64, numpy=
    array([[10.+0.j, -2.+0.j],
           [-4.+0.j,  0.+0.j]], dtype=complex64)>
    """
    return _forward(_complex("FFT", 2, input), rank=2)


@op("signal.ifft2d", samples=lambda s: [s.call(s.complex(2, 3))])
def ifft2d(input: Any, name: str | None = None) -> Tensor:
    """The inverse of `fft2d`.

    input: complex (..., rows, columns).

    >>> ifft2d([[10., -2.], [-4., 0.]])
    <tf.Tensor: shape=(2, 2), dtype=complex64, numpy=
    array([[1.+0.j, 2.+0.j],
           [3.+0.j, 4.+0.j]], dtype=complex64)>
    """
    return _backward(_complex("IFFT", 2, input), rank=2)


@op("signal.fft3d", samples=lambda s: [s.call(s.complex(2, 2, 3))])
def fft3d(input: Any, name: str | None = None) -> Tensor:
    """`fft` along the last three axes.

    input: complex (..., planes, rows, columns).

    >>> fft3d([[[1., 2.]]])
    <tf.Tensor: shape=(1, 1, 2), dtype=complex64, numpy=array([[[ 3.+0.j, -1.+0.j]]], dtype=complex64)>
    """
    return _forward(_complex("FFT", 3, input), rank=3)


@op("signal.ifft3d", samples=lambda s: [s.call(s.complex(2, 2, 2))])
def ifft3d(input: Any, name: str | None = None) -> Tensor:
    """The inverse of `fft3d`.

    input: complex (..., planes, rows, columns).

    >>> ifft3d([[[3., -1.]]])
    <tf.Tensor: shape=(1, 1, 2), dtype=complex64, numpy=array([[[1.+0.j, 2.+0.j]]], dtype=complex64)>
    """
    return _backward(_complex("IFFT", 3, input), rank=3)


# ---------------------------------------------------------------- real transforms


def _real(value: Any, fft_length: Any, rank: int) -> Tensor:
    x = as_tensor(value, hint=float32)
    _check_real("RFFT", "tf.float32 or tf.float64", x, FLOATS[2:])
    at_least(x, rank)
    if fft_length is not None and x._array.size:
        x = _fitted(x, sizes=_lengths("RFFT", fft_length, rank))
    return (_real_forward_3d if rank == 3 else _real_forward)(x, rank=rank)


def _from_half(value: Any, fft_length: Any, rank: int) -> Tensor:
    x = as_tensor(value, hint=complex64)
    at_least(x, rank)
    _check_real("IRFFT", "tf.complex64 or tf.complex128", x, COMPLEX)
    if fft_length is None:
        sizes = (*x._array.shape[-rank:-1], max(0, 2 * (x._array.shape[-1] - 1)))
    else:
        sizes = _lengths("IRFFT", fft_length, rank)
    if x._array.size:
        x = _fitted(x, sizes=(*sizes[:-1], sizes[-1] // 2 + 1))
    return (_real_backward_3d if rank == 3 else _real_backward)(x, length=sizes[-1], rank=rank)


def _check_real(kernel: str, wanted: str, x: Tensor, allowed: Any) -> None:
    if x.dtype not in allowed:
        raise explain(
            ValueError(f"{kernel} requires {wanted} inputs, got: {x!s}"),
            f"{kernel.lower()}: the input is {x.dtype.name}",
            [("input_tensor", x)],
            f"cast it: cast(x, {allowed[0].name})",
        )


def at_least(x: Tensor, rank: int) -> None:
    """Raise TensorFlow's error unless x has so many axes."""
    if x._array.ndim < rank:
        shape = TensorShape(x._array.shape)
        raise explain(ValueError(f"Shape {shape} must have rank at least {rank}"), operands=[("input", x)])


def _lengths(kernel: str, fft_length: Any, rank: int) -> tuple[int, ...]:
    t = as_tensor(fft_length, int32)
    if not t._array.ndim:
        raise explain(
            TypeError("'numpy.int32' object is not iterable"),
            "fft_length is a list with one length for each axis",
            hint="write fft_length=[n]",
        )
    sizes = tuple(ints(t))
    kernel += _NUMBERS[rank]
    if len(sizes) != rank:
        raise invalid(
            kernel,
            f"fft_length must have shape [{rank}]",
            f"{kernel}: fft_length wants {rank} lengths, and has {len(sizes)}",
        )
    for i, n in enumerate(sizes):
        if n < 0:
            raise invalid(kernel, f"fft_length[{i}] must >= 0, but got: {n}")
    return sizes


def _real_samples(s: Any) -> Any:
    yield s.call(s(2, 4))
    yield s.call(s(3), [5])
    yield s.call(s(4), [3])


@op("signal.rfft", samples=_real_samples)
def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The Fourier transform of real numbers along the last axis: (..., N) becomes complex (..., N // 2 + 1).

    input_tensor: float (..., samples). fft_length: a list of one length, to which the input is cut or filled up with
    zeros.

    >>> rfft([1., 2., 3., 4.])
    <tf.Tensor: shape=(3,), dtype=complex64, numpy=array([10.+0.j, -2.+2.j, -2.+0.j], dtype=complex64)>
    """
    return _real(input_tensor, fft_length, 1)


def _half_samples(s: Any) -> Any:
    yield s.call(s.complex(2, 3))
    yield s.call(s.complex(3), [5])
    yield s.call(s.complex(3), [3])
    yield s.call(s.complex(2), [6])


@op("signal.irfft", samples=_half_samples)
def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `rfft`: complex (..., K) becomes real (..., N), with N = 2 * (K - 1) unless `fft_length` tells.

    input_tensor: complex (..., fft_length // 2 + 1).

    >>> irfft(rfft([1., 2., 3., 4.]))
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([1., 2., 3., 4.], dtype=float32)>
    """
    return _from_half(input_tensor, fft_length, 1)


@op("signal.rfft2d", samples=lambda s: [s.call(s(2, 4)), s.call(s(2, 3), [3, 2])])
def rfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """`rfft` along the last axis, and `fft` along the one before it.

    input_tensor: float (..., rows, columns).

    >>> rfft2d([[1., 2.], [3., 4.]])
    <tf.Tensor: shape=(2, 2), dtype=complex64, numpy=
    array([[10.+0.j, -2.+0.j],
           [-4.+0.j,  0.+0.j]], dtype=complex64)>
    """
    return _real(input_tensor, fft_length, 2)


@op("signal.irfft2d", samples=lambda s: [s.call(s.complex(2, 3)), s.call(s.complex(3, 2), [2, 3])])
def irfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `rfft2d`.

    input_tensor: complex (..., rows, columns // 2 + 1).

    >>> irfft2d([[10., -2.], [-4., 0.]])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 2.],
           [3., 4.]], dtype=float32)>
    """
    return _from_half(input_tensor, fft_length, 2)


@op("signal.rfft3d")
def rfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """`rfft` along the last axis, and `fft` along the two before it. No gradient (LookupError).

    input_tensor: float (..., planes, rows, columns).

    >>> rfft3d([[[1., 2.]]])
    <tf.Tensor: shape=(1, 1, 2), dtype=complex64, numpy=array([[[ 3.+0.j, -1.+0.j]]], dtype=complex64)>
    """
    return _real(input_tensor, fft_length, 3)


@op("signal.irfft3d")
def irfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `rfft3d`. No gradient (LookupError).

    input_tensor: complex (..., planes, rows, columns // 2 + 1).

    >>> irfft3d([[[3., -1.]]])
    <tf.Tensor: shape=(1, 1, 2), dtype=float32, numpy=array([[[1., 2.]]], dtype=float32)>
    """
    return _from_half(input_tensor, fft_length, 3)


# ---------------------------------------------------------------- shifts


def _shifted(value: Any, axes: Any, forward: bool) -> Tensor:
    x = as_tensor(value)
    shape = x._array.shape
    along = list(range(len(shape))) if axes is None else ints(axes)
    if not along:
        return x
    for axis in along:
        if not -len(shape) <= axis < len(shape):
            raise invalid(
                "StridedSlice",
                f"slice index {axis} of dimension 0 out of bounds.",
                f"axis {axis} is out of range for a tensor of rank {len(shape)}",
                [("x", x)],
                name="strided_slice/",
            )
    by = [shape[a] // 2 if forward else -(shape[a] // 2) for a in along]
    return ops.roll(x, by, along)


@op("signal.fftshift", samples=lambda s: [s.call(s(3, 4)), s.call(s(5), axes=0)])
def fftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """What a transform gives, rolled so that frequency 0 stands in the middle of each of `axes` (all by default).

    >>> fftshift([0, 1, 2, -2, -1])
    <tf.Tensor: shape=(5,), dtype=int32, numpy=array([-2, -1,  0,  1,  2], dtype=int32)>
    """
    return _shifted(x, axes, True)


@op("signal.ifftshift", samples=lambda s: [s.call(s(3, 4)), s.call(s(5), axes=[0])])
def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """The inverse of `fftshift`.

    >>> ifftshift([-2, -1, 0, 1, 2])
    <tf.Tensor: shape=(5,), dtype=int32, numpy=array([ 0,  1,  2, -2, -1], dtype=int32)>
    """
    return _shifted(x, axes, False)
