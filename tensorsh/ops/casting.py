"""Changing a tensor's dtype: casts, bit patterns, and complex numbers put together and taken apart.

Casts from floats to integers give on every device what an x86 processor gives TensorFlow: what is out of
range becomes the smallest integer of 32 or 64 bits, and narrower integers are cut from that.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ..runtime.dtypes import COMPLEX, F32, I32, I64, DType, as_dtype, float32, float64, listed, names
from ..runtime.errors import InvalidArgumentError, UnimplementedError, explain, invalid
from ..runtime.indexed_slices import IndexedSlices
from ..runtime.notices import warn
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .registry import Primitive, no_gradient, op, ops, primitive
from .rules import check_dtype, shape_error


class _Exact(Primitive):
    """A primitive for which bfloat16 is not to be widened behind its back: its kernel looks at the dtype."""

    __slots__ = ()

    def compute(self, xp: Any, arrays: list[Any], attrs: dict[str, Any]) -> Any:
        return self._kernel(xp, *arrays, **attrs)


@op("cast dtypes.cast", samples=lambda s: [s.call(s(2, 3), "complex128"), s.call(s.complex(3), "float64")])
def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """The values of x in another dtype: floats are truncated to integers, complex numbers lose the imaginary part.

    Gradients pass between floating-point and complex dtypes only. Raises UnimplementedError for strings.

    >>> cast([1.7, -1.7], int32)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 1, -1], dtype=int32)>
    """
    target = as_dtype(dtype)
    if is_tensor(x) and x.dtype is target:
        return x
    if type(x) is IndexedSlices:
        return IndexedSlices(cast(x.values, target), x.indices, x.dense_shape)
    x = as_tensor(x)
    source = x.dtype
    if source is target:
        return x
    if "string" in (source.name, target.name):
        raise explain(
            UnimplementedError(f"Cast {source.kernel_name} to {target.kernel_name} is not supported [Op:Cast] name: "),
            summary=f"cast: {source.name} cannot be cast to {target.name}",
            operands=[("x", x)],
        )
    if source.is_complex and target.is_floating:
        warn(
            f"You are casting an input of type {source.name} to an incompatible dtype {target.name}.  This "
            "will discard the imaginary part and may not be what you intended."
        )
    return _cast(x, dtype=target._numpy)


def cast_array(xp: Any, x: Any, dtype: np.dtype) -> Any:
    """The raw array x as `dtype`."""
    if x.dtype.kind == "V":
        x = x.astype(F32)
    if x.dtype.kind == "c" and dtype.kind != "c":
        x = x.real
    if x.dtype.kind == "f" and dtype.kind in "iu":
        return _truncated(xp, x, dtype)
    return x.astype(dtype)


_cast = _Exact(cast_array, [lambda g, y, x, dtype: cast(g, x.dtype)], name="cast", elementwise=True)


def _truncated(xp: Any, x: Any, dtype: np.dtype) -> Any:
    """Floats to integers as x86 does it: through 32 bits, or 64 where 32 cannot hold the target."""
    via = I64 if dtype.itemsize == 8 or dtype.name == "uint32" else I32
    if _truncates_like_x86(xp):
        return x.astype(via).astype(dtype)
    limit = 2.0 ** (8 * via.itemsize - 1)
    fits = (x >= -limit) & (x < limit)
    whole = xp.where(fits, x, xp.zeros_like(x)).astype(via)
    return xp.where(fits, whole, xp.full_like(whole, -int(limit))).astype(dtype)


@cache
def _truncates_like_x86(xp: Any) -> bool:
    """Whether this array module on this processor does so by itself."""
    odd = xp.asarray([np.nan, np.inf, -np.inf, 3e9, 1e20, -1e20] * 8, dtype=F32)
    return bool((odd.astype(I32) == -(2**31)).all()) and bool((odd[:3].astype(I64) == -(2**63)).all())


@op("saturate_cast dtypes.saturate_cast", samples=lambda s: [s.call(s(3), "complex128")])
def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """As `cast`, but what is out of the new dtype's range becomes its nearest bound instead of wrapping.

    >>> saturate_cast([300, -5], uint8)
    <tf.Tensor: shape=(2,), dtype=uint8, numpy=array([255,   0], dtype=uint8)>
    """
    x, target = as_tensor(value), as_dtype(dtype)
    if x.dtype.is_complex and target.is_complex:
        part = target.real_dtype
        return complex_(cast(_saturated(real(x), part), part), cast(_saturated(imag(x), part), part))
    if x.dtype.is_complex:
        x = real(x)
    return cast(_saturated(x, target.real_dtype), target)


def _saturated(x: Tensor, target: DType) -> Tensor:
    """x clipped to what its dtype and the target can both hold."""
    low, high = _shared_limits(x.dtype, target)
    return ops.clip_by_value(x, low, high)


@cache
def _shared_limits(source: DType, target: DType) -> tuple[Any, Any]:
    """The range that two dtypes share, as numbers of the first that do not round to beyond the second's."""
    for dtype in (source, target):
        if not dtype.is_floating and not dtype.is_integer:
            raise TypeError(f"Cannot find minimum value of {dtype} with type {dtype}.")
    held = source._numpy.type
    try:
        common = np.promote_types(source._numpy, target._numpy)
    except TypeError:  # bfloat16, which NumPy does not promote
        common = np.dtype(float)
    limits = []
    for bound, inner, beyond in ((min, max, np.less), (max, min, np.greater)):
        theirs = [target.min, target.max][bound is max]
        ours = [source.min, source.max][bound is max]
        limit = held(inner(ours, theirs))
        if beyond(*np.array([limit, theirs], dtype=common)):
            limit = np.nextafter(limit, held(0))
        limits.append(limit)
    return limits[0], limits[1]


_BIT_DTYPES = listed(
    "bfloat16 float16 float32 float64 int64 int32 uint8 uint16 uint32 uint64 int8 int16 complex64 complex128 "
    "qint8 quint8 qint16 quint16 qint32"
)


@op("bitcast")
def bitcast(input: Any, type: Any, name: str | None = None) -> Tensor:
    """The same bits read as another dtype.

    A narrower dtype adds a last axis, a wider one takes it away. Raises InvalidArgumentError if sizes do not fit.

    type: the dtype that the bits are read as.

    >>> bitcast(1., int32)
    <tf.Tensor: shape=(), dtype=int32, numpy=1065353216>
    """
    x, target = as_tensor(input), as_dtype(type)
    check_dtype("Bitcast", x, _BIT_DTYPES, _BIT_DTYPES, "input")
    if target not in _BIT_DTYPES:
        raise explain(
            InvalidArgumentError(
                f"Value for attr 'type' of {target.kernel_name} is not in the list of allowed values: "
                f"{names(_BIT_DTYPES)}"
            ),
            summary=f"bitcast: a bit pattern cannot be read as {target.name}",
        )
    source, shape = x.dtype, x._array.shape
    if target.size > source.size and (not shape or shape[-1] != target.size // source.size):
        raise invalid(
            "Bitcast",
            f"Cannot bitcast from {source.as_datatype_enum} to {target.as_datatype_enum}",
            summary=f"bitcast: {target.name} is {target.size // source.size} times as wide as {source.name}, and "
            f"the last axis of shape {shape} is not that long",
            operands=[("input", x)],
        )
    return _bitcast(x, dtype=target._numpy)


def _bit_pattern(xp: Any, x: Any, dtype: np.dtype) -> Any:
    ours, theirs = x.dtype.itemsize, dtype.itemsize
    if ours == theirs:
        return xp.ascontiguousarray(x).view(dtype).reshape(x.shape)
    if ours > theirs:
        return xp.ascontiguousarray(x.reshape(*x.shape, 1)).view(dtype)
    return xp.ascontiguousarray(x).view(dtype).reshape(x.shape[:-1])


_bitcast = _Exact(_bit_pattern, joint=no_gradient("Bitcast"), name="bitcast")


# ---------------------------------------------------------------- complex numbers


@primitive(lambda g, z, x, y: real(g), lambda g, z, x, y: imag(g))
def _complex(xp, x, y):
    parts = xp.empty((*np.broadcast_shapes(x.shape, y.shape), 2), dtype=x.dtype)
    parts[..., 0], parts[..., 1] = x, y
    return parts.view("complex64" if x.dtype == F32 else "complex128")[..., 0]


@op("complex dtypes.complex", short=False, samples=lambda s: [s.call(s(2, 3), s(3))])
def complex_(real: Any, imag: Any, name: str | None = None) -> Tensor:
    """A complex tensor from its real and imaginary parts, both float32 or both float64.

    real: float32 or float64. imag: of the dtype of real, of a shape that broadcasts with it.
    Raises TypeError unless both are float32, or both float64.

    >>> tf.complex([1., 2.], [3., 4.])
    <tf.Tensor: shape=(2,), dtype=complex64, numpy=array([1.+3.j, 2.+4.j], dtype=complex64)>
    """
    x, y = as_tensor(real), as_tensor(imag)
    if x.dtype is not y.dtype or x.dtype not in (float32, float64):
        raise explain(
            TypeError(
                f"The `real` and `imag` components have incorrect types: {x.dtype.name} {y.dtype.name}. They must "
                "be consistent, and one of [tf.float32, tf.float64]"
            ),
            operands=[("real", x), ("imag", y)],
            hint="cast both to float32 or float64",
        )
    try:
        return _complex(x, y)
    except ValueError:
        raise shape_error("Complex", x, y, ("real", "imag")) from None


@primitive(lambda g, y, x: complex_(g, ops.zeros_like(g)))
def _real(xp, x):
    return x.real.copy()


@op("math.real", samples=lambda s: [s.call(s.complex(3))])
def real(input: Any, name: str | None = None) -> Tensor:
    """The real part of a complex tensor; a real tensor as it is.

    Raises TypeError for what is no number.

    >>> real([1+2j, 3.5])
    <tf.Tensor: shape=(2,), dtype=float64, numpy=array([1. , 3.5])>
    """
    x = as_tensor(input)
    if x.dtype.is_complex:
        return _real(x)
    if not x.dtype.is_numeric:
        raise TypeError(f"input must be a numeric tensor, but got tensor with dtype {x.dtype}")
    return x


@primitive(lambda g, y, x: complex_(ops.zeros_like(g), g))
def _imag(xp, x):
    return x.imag.copy()


@op("math.imag", samples=lambda s: [s.call(s.complex(3))])
def imag(input: Any, name: str | None = None) -> Tensor:
    """The imaginary part of a complex tensor; zeros for a real one.

    >>> imag([1+2j, 3.5])
    <tf.Tensor: shape=(2,), dtype=float64, numpy=array([2., 0.])>
    """
    x = as_tensor(input)
    return _imag(x) if x.dtype.is_complex else ops.zeros_like(x)


@primitive(lambda g, y, x: conj(g), elementwise=True)
def _conj(xp, x):
    return xp.conj(x)


@op("math.conj", samples=lambda s: [s.call(s.complex(3))])
def conj(x: Any, name: str | None = None) -> Tensor:
    """The complex conjugate; a real tensor as it is.

    Raises TypeError for what is no number.

    >>> conj(1+2j)
    <tf.Tensor: shape=(), dtype=complex128, numpy=(1-2j)>
    """
    x = as_tensor(x)
    if x.dtype in COMPLEX:
        return _conj(x)
    if not x.dtype.is_numeric:
        raise TypeError(f"Expected numeric or variant tensor, got dtype {x.dtype!r}.")
    return x


@primitive(lambda g, y, x: -ops.cast(g, x.dtype) * ops.reciprocal(complex_(imag(x), real(x))))
def _angle(xp, x):
    return xp.arctan2(x.imag, x.real)


@op("math.angle", samples=lambda s: [s.call(s.complex(3))])
def angle(input: Any, name: str | None = None) -> Tensor:
    """The argument of a complex number, from -pi to pi; of a real one, 0 or pi.

    >>> angle([1j, -1.])
    <tf.Tensor: shape=(2,), dtype=float64, numpy=array([1.57079633, 3.14159265])>
    """
    x = as_tensor(input)
    if x.dtype.is_complex:
        return _angle(x)
    return ops.where(ops.less(x, 0), np.pi * ops.ones_like(x), ops.zeros_like(x))
