"""`keras.ops`: signs, rounding, tests and parts of each element.

Registered through `keras_op`; none has a short name. Integers become floats where Keras makes them so.
"""

from __future__ import annotations

import math
from typing import Any

from ..runtime.tensor import Tensor, as_tensor
from .keras_config import standard_dtype
from .keras_ops_dtypes import floats, keras_op, real_or_complex, smooth, tensor
from .registry import ops


@keras_op("numpy.absolute numpy.abs", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def absolute(x: Any) -> Tensor:
    """|x|, element by element.

    >>> tf.keras.ops.absolute([-1, 2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    x = as_tensor(x)
    return x if x.dtype.is_bool or x.dtype.is_unsigned else ops.abs(x)


@keras_op("numpy.fabs", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def fabs(x: Any) -> Tensor:
    """|x|; integers as floats.

    >>> tf.keras.ops.fabs([-1, 2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return ops.abs(floats(x))


@keras_op("numpy.negative", smooth)
def negative(x: Any) -> Tensor:
    """-x.

    >>> tf.keras.ops.negative([1., -2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1.,  2.], dtype=float32)>
    """
    return ops.negative(as_tensor(x))


@keras_op("numpy.sign", smooth)
def sign(x: Any) -> Tensor:
    """-1, 0 or 1: the sign of x.

    >>> tf.keras.ops.sign([-3., 0., 2.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-1.,  0.,  1.], dtype=float32)>
    """
    x = as_tensor(x)
    kind = x.dtype.name
    return tensor(ops.sign(tensor(x, "int32")), kind) if kind in ("uint8", "uint16", "uint32") else ops.sign(x)


@keras_op("numpy.square", smooth)
def square(x: Any) -> Tensor:
    """x * x; booleans as int32.

    >>> tf.keras.ops.square([1., 3.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 9.], dtype=float32)>
    """
    return ops.square(tensor(x, "int32") if as_tensor(x).dtype.is_bool else as_tensor(x))


@keras_op("numpy.ceil")
def ceil(x: Any) -> Tensor:
    """The least whole number that is not less than x; integers as floats.

    >>> tf.keras.ops.ceil([1.2, -1.2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 2., -1.], dtype=float32)>
    """
    return ops.ceil(floats(x))


@keras_op("numpy.floor")
def floor(x: Any) -> Tensor:
    """The greatest whole number that is not greater than x; integers as floats.

    >>> tf.keras.ops.floor([1.2, -1.2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 1., -2.], dtype=float32)>
    """
    return ops.floor(floats(x))


@keras_op("numpy.trunc", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def trunc(x: Any) -> Tensor:
    """x without its fraction.

    >>> tf.keras.ops.trunc([1.7, -1.7])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 1., -1.], dtype=float32)>
    """
    return _truncated(as_tensor(x))


@keras_op("numpy.reciprocal", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def reciprocal(x: Any) -> Tensor:
    """1 / x.

    >>> tf.keras.ops.reciprocal([2., 4.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5 , 0.25], dtype=float32)>
    """
    return ops.reciprocal(as_tensor(x))


@keras_op("numpy.isnan")
def isnan(x: Any) -> Tensor:
    """Whether x is NaN.

    >>> tf.keras.ops.isnan([1., float('nan')])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return ops.is_nan(floats(x))


@keras_op("numpy.isinf")
def isinf(x: Any) -> Tensor:
    """Whether x is infinite.

    >>> tf.keras.ops.isinf([1., float('inf')])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return ops.is_inf(floats(x))


@keras_op("numpy.isfinite")
def isfinite(x: Any) -> Tensor:
    """Whether x is neither infinite nor NaN.

    >>> tf.keras.ops.isfinite([1., float('inf')])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return ops.is_finite(floats(x))


@keras_op("numpy.isposinf")
def isposinf(x: Any) -> Tensor:
    """Whether x is +infinity.

    >>> tf.keras.ops.isposinf([1., float('inf')])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return ops.equal(floats(x), as_tensor(math.inf, floats(x).dtype))


@keras_op("numpy.isneginf")
def isneginf(x: Any) -> Tensor:
    """Whether x is -infinity.

    >>> tf.keras.ops.isneginf([1., -float('inf')])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return ops.equal(floats(x), as_tensor(-math.inf, floats(x).dtype))


@keras_op("numpy.logical_not")
def logical_not(x: Any) -> Tensor:
    """Whether x is zero, or false.

    >>> tf.keras.ops.logical_not([True, False])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return ops.logical_not(tensor(x, "bool"))


@keras_op("numpy.bitwise_not numpy.bitwise_invert")
def bitwise_not(x: Any) -> Tensor:
    """Every bit of x turned over.

    >>> tf.keras.ops.bitwise_not([0, 5])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([-1, -6], dtype=int32)>
    """
    return ops.invert(as_tensor(x))


@keras_op("numpy.real", lambda s: [s.call(s.complex(3))])
def real(x: Any) -> Tensor:
    """The real part.

    >>> tf.keras.ops.real([1+2j])
    <tf.Tensor: shape=(1,), dtype=float64, numpy=array([1.])>
    """
    return ops.real(as_tensor(x))


@keras_op("numpy.imag", lambda s: [s.call(s.complex(3))])
def imag(x: Any) -> Tensor:
    """The imaginary part.

    >>> tf.keras.ops.imag([1+2j])
    <tf.Tensor: shape=(1,), dtype=float64, numpy=array([2.])>
    """
    return ops.imag(as_tensor(x))


@keras_op("numpy.conj numpy.conjugate", lambda s: [s.call(s.complex(3))])
def conj(x: Any) -> Tensor:
    """The complex conjugate.

    >>> tf.keras.ops.conj([1+2j])
    <tf.Tensor: shape=(1,), dtype=complex128, numpy=array([1.-2.j])>
    """
    return ops.conj(as_tensor(x))


@keras_op("numpy.copy", smooth)
def copy(x: Any) -> Tensor:
    """A tensor of x's values.

    >>> tf.keras.ops.copy([1, 2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return ops.identity(as_tensor(x))


@keras_op("numpy.angle")
def angle(x: Any) -> Tensor:
    """The angle of complex numbers in radians; of negative real ones pi.

    >>> tf.keras.ops.angle([1j, -2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.5707964, 3.1415927], dtype=float32)>
    """
    return ops.angle(real_or_complex(x))


@keras_op("numpy.isreal")
def isreal(x: Any) -> Tensor:
    """Whether there is no imaginary part.

    >>> tf.keras.ops.isreal([1+0j, 2j])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    x = as_tensor(x)
    if not x.dtype.is_complex:
        return ops.ones_like(x, "bool")
    part = ops.imag(x)
    return ops.equal(part, ops.zeros_like(part))


@keras_op("numpy.signbit")
def signbit(x: Any) -> Tensor:
    """Whether x is below zero, or is -0.0; of floats, after they are made float32.

    >>> tf.keras.ops.signbit([-0., 0., -2.])
    <tf.Tensor: shape=(3,), dtype=bool, numpy=array([ True, False,  True])>
    """
    x = as_tensor(x)
    if x.dtype.is_bool:
        return ops.zeros_like(x)
    if x.dtype.is_floating:
        x = ops.bitcast(ops.cast(x, "float32"), "int32")
    return ops.less(x, ops.zeros_like(x))


@keras_op("numpy.sinc", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def sinc(x: Any) -> Tensor:
    """sin(pi x) / (pi x), and 1 at 0; integers as floats.

    >>> tf.keras.ops.sinc([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 0.6366197], dtype=float32)>
    """
    x = real_or_complex(x)
    angle = x * as_tensor(math.pi, x.dtype)
    return ops.where(ops.equal(x, ops.zeros_like(x)), ops.ones_like(x), ops.sin(angle) / angle)


@keras_op("numpy.i0", lambda s: [s.call(s(2, 3))])
def i0(x: Any) -> Tensor:
    """The modified Bessel function of order 0; integers as floats.

    >>> tf.keras.ops.i0([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 1.2660658], dtype=float32)>
    """
    return ops.bessel_i0(floats(x, wide=True))


@keras_op(".saturate_cast")
def saturate_cast(x: Any, dtype: Any) -> Tensor:
    """x converted to `dtype`; what does not fit becomes its least or greatest number.

    >>> tf.keras.ops.saturate_cast(tf.constant([-300, 5, 300]), "int8")
    <tf.Tensor: shape=(3,), dtype=int8, numpy=array([-128,    5,  127], dtype=int8)>
    """
    dtype = standard_dtype(dtype)
    return ops.cast(x, dtype) if as_tensor(x).dtype.is_bool else ops.saturate_cast(as_tensor(x), dtype)


def _truncated(x: Tensor) -> Tensor:
    if not x.dtype.is_floating:
        return x
    return ops.where(ops.less(x, ops.zeros_like(x)), ops.ceil(x), ops.floor(x))
