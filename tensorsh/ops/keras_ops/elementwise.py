"""`keras.ops`: signs, rounding, tests and parts of each element.

Registered through `keras_op`; none has a short name. Integers become floats where Keras makes them so.
"""

from __future__ import annotations

import math
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..keras.config import standard_dtype
from ..registry import ops
from .dtypes import floats, keras_op, narrow, real_or_complex, smooth, tensor


@keras_op("numpy.absolute numpy.abs", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def absolute(x: Any) -> Tensor:
    """|x|, element by element.

    >>> tf.keras.ops.absolute([-1, 2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    x = as_tensor(x)
    return x if x.dtype.is_bool or x.dtype.is_unsigned else ops.abs(x)


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


@keras_op("numpy.trunc", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def trunc(x: Any) -> Tensor:
    """x without its fraction.

    >>> tf.keras.ops.trunc([1.7, -1.7])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 1., -1.], dtype=float32)>
    """
    return _truncated(as_tensor(x))


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


@keras_op(".saturate_cast")
def saturate_cast(x: Any, dtype: Any) -> Tensor:
    """x converted to `dtype`; what does not fit becomes its least or greatest number.

    >>> tf.keras.ops.saturate_cast(tf.constant([-300, 5, 300]), "int8")
    <tf.Tensor: shape=(3,), dtype=int8, numpy=array([-128,    5,  127], dtype=int8)>
    """
    dtype = standard_dtype(dtype)
    return ops.cast(x, dtype) if as_tensor(x).dtype.is_bool else ops.saturate_cast(as_tensor(x), dtype)


@keras_op("numpy.cbrt", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def cbrt(x: Any) -> Tensor:
    """The cube root; integers as floats.

    >>> tf.keras.ops.cbrt([8., -27.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 2., -3.], dtype=float32)>
    """
    return _cube_root(floats(x, wide=True))


@keras_op("numpy.exp2", smooth)
def exp2(x: Any) -> Tensor:
    """2 ** x; integers as floats.

    >>> tf.keras.ops.exp2([0, 3])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 8.], dtype=float32)>
    """
    return ops.pow(as_tensor(2.0, floats(x).dtype), floats(x))


@keras_op("numpy.log2", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def log2(x: Any) -> Tensor:
    """The logarithm to base 2; integers as floats.

    >>> tf.keras.ops.log2([1., 8.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 3.], dtype=float32)>
    """
    return _logarithm(narrow(x), 2)


@keras_op("numpy.log10", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def log10(x: Any) -> Tensor:
    """The logarithm to base 10; integers as floats.

    >>> tf.keras.ops.log10([1., 100.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    return _logarithm(narrow(x), 10)


@keras_op("numpy.deg2rad", smooth)
def deg2rad(x: Any) -> Tensor:
    """Degrees as radians.

    >>> tf.keras.ops.deg2rad([180., 90.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3.1415927, 1.5707964], dtype=float32)>
    """
    return _scaled(floats(x, wide=True), math.pi / 180)


@keras_op("numpy.rad2deg", smooth)
def rad2deg(x: Any) -> Tensor:
    """Radians as degrees.

    >>> tf.keras.ops.rad2deg([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 57.295776, 114.59155 ], dtype=float32)>
    """
    return _degrees(floats(x, wide=True))


@keras_op("erfinv", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def erfinv(x: Any) -> Tensor:
    """The inverse of the error function.

    >>> tf.keras.ops.erfinv([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.4769363], dtype=float32)>
    """
    x = as_tensor(x)
    narrow = x.dtype.name in ("float16", "bfloat16")
    return ops.cast(ops.erfinv(ops.cast(x, "float32")), x.dtype) if narrow else ops.erfinv(x)


def _logarithm(x: Tensor, base: int) -> Tensor:
    return ops.log(x) / ops.log(as_tensor(float(base), x.dtype))


def _cube_root(x: Tensor) -> Tensor:
    return ops.sign(x) * ops.pow(ops.abs(x), as_tensor(1 / 3, x.dtype))


def _scaled(x: Tensor, factor: float) -> Tensor:
    return x * as_tensor(factor, x.dtype)


def _degrees(x: Tensor) -> Tensor:
    return x * (as_tensor(180.0, x.dtype) / as_tensor(math.pi, x.dtype))


def _truncated(x: Tensor) -> Tensor:
    if not x.dtype.is_floating:
        return x
    return ops.where(ops.less(x, ops.zeros_like(x)), ops.ceil(x), ops.floor(x))
