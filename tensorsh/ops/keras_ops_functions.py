"""`keras.ops`: the elementary functions of one real number.

Registered through `keras_op`; none has a short name. Integers become floats where Keras makes them so.
"""

from __future__ import annotations

import math
from typing import Any

from ..runtime.tensor import Tensor, as_tensor
from .keras_ops_dtypes import floats, keras_op, smooth
from .registry import ops


@keras_op("numpy.sqrt", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def sqrt(x: Any) -> Tensor:
    """The square root; integers as floats.

    >>> tf.keras.ops.sqrt([4, 9])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>
    """
    return ops.sqrt(floats(x))


@keras_op("numpy.cbrt", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def cbrt(x: Any) -> Tensor:
    """The cube root; integers as floats.

    >>> tf.keras.ops.cbrt([8., -27.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 2., -3.], dtype=float32)>
    """
    return _cube_root(floats(x, wide=True))


@keras_op("numpy.exp", smooth)
def exp(x: Any) -> Tensor:
    """e ** x; integers as floats.

    >>> tf.keras.ops.exp([0, 1])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 2.7182817], dtype=float32)>
    """
    return ops.exp(floats(x))


@keras_op("numpy.exp2", smooth)
def exp2(x: Any) -> Tensor:
    """2 ** x; integers as floats.

    >>> tf.keras.ops.exp2([0, 3])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 8.], dtype=float32)>
    """
    return ops.pow(as_tensor(2.0, floats(x).dtype), floats(x))


@keras_op("numpy.expm1", smooth)
def expm1(x: Any) -> Tensor:
    """e ** x - 1; integers as floats.

    >>> tf.keras.ops.expm1([0, 1])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.7182817], dtype=float32)>
    """
    return ops.expm1(floats(x))


@keras_op("numpy.log", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def log(x: Any) -> Tensor:
    """The natural logarithm; integers as floats.

    >>> tf.keras.ops.log([1., 10.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 2.3025851], dtype=float32)>
    """
    return ops.log(floats(x))


@keras_op("numpy.log1p", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def log1p(x: Any) -> Tensor:
    """log(1 + x); integers as floats.

    >>> tf.keras.ops.log1p([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.6931472], dtype=float32)>
    """
    return ops.log1p(floats(x))


@keras_op("numpy.log2", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def log2(x: Any) -> Tensor:
    """The logarithm to base 2; integers as floats.

    >>> tf.keras.ops.log2([1., 8.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 3.], dtype=float32)>
    """
    return _logarithm(floats(x), 2)


@keras_op("numpy.log10", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def log10(x: Any) -> Tensor:
    """The logarithm to base 10; integers as floats.

    >>> tf.keras.ops.log10([1., 100.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    return _logarithm(floats(x), 10)


@keras_op("numpy.sin", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def sin(x: Any) -> Tensor:
    """The sine of x in radians; integers as floats.

    >>> tf.keras.ops.sin([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.47942555], dtype=float32)>
    """
    return ops.sin(floats(x))


@keras_op("numpy.cos", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def cos(x: Any) -> Tensor:
    """The cosine of x in radians; integers as floats.

    >>> tf.keras.ops.cos([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.        , 0.87758255], dtype=float32)>
    """
    return ops.cos(floats(x))


@keras_op("numpy.tan", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def tan(x: Any) -> Tensor:
    """The tangent of x in radians; integers as floats.

    >>> tf.keras.ops.tan([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.5463025], dtype=float32)>
    """
    return ops.tan(floats(x))


@keras_op("numpy.sinh", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def sinh(x: Any) -> Tensor:
    """The hyperbolic sine; integers as floats.

    >>> tf.keras.ops.sinh([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.5210953], dtype=float32)>
    """
    return ops.sinh(floats(x))


@keras_op("numpy.cosh", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def cosh(x: Any) -> Tensor:
    """The hyperbolic cosine; integers as floats.

    >>> tf.keras.ops.cosh([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.      , 1.127626], dtype=float32)>
    """
    return ops.cosh(floats(x))


@keras_op("numpy.tanh", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent; integers as floats.

    >>> tf.keras.ops.tanh([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.46211714], dtype=float32)>
    """
    return ops.tanh(floats(x))


@keras_op("numpy.arcsin", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def arcsin(x: Any) -> Tensor:
    """The inverse sine; integers as floats.

    >>> tf.keras.ops.arcsin([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.5235988], dtype=float32)>
    """
    return ops.asin(floats(x))


@keras_op("numpy.arccos", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def arccos(x: Any) -> Tensor:
    """The inverse cosine; integers as floats.

    >>> tf.keras.ops.arccos([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.5707964, 1.0471976], dtype=float32)>
    """
    return ops.acos(floats(x))


@keras_op("numpy.arctan", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def arctan(x: Any) -> Tensor:
    """The inverse tangent; integers as floats.

    >>> tf.keras.ops.arctan([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.4636476], dtype=float32)>
    """
    return ops.atan(floats(x))


@keras_op("numpy.arcsinh", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def arcsinh(x: Any) -> Tensor:
    """The inverse hyperbolic sine; integers as floats.

    >>> tf.keras.ops.arcsinh([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.48121184], dtype=float32)>
    """
    return ops.asinh(floats(x))


@keras_op("numpy.arctanh", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def arctanh(x: Any) -> Tensor:
    """The inverse hyperbolic tangent; integers as floats.

    >>> tf.keras.ops.arctanh([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.54930615], dtype=float32)>
    """
    return ops.atanh(floats(x))


@keras_op("numpy.arccosh", lambda s: [s.call(s(2, 3, within=(1.2, 2.0)))])
def arccosh(x: Any) -> Tensor:
    """The inverse hyperbolic cosine; integers as floats.

    >>> tf.keras.ops.arccosh([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.      , 1.316958], dtype=float32)>
    """
    return ops.acosh(floats(x))


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


@keras_op("erf", smooth)
def erf(x: Any) -> Tensor:
    """The error function.

    >>> tf.keras.ops.erf([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.5204999], dtype=float32)>
    """
    return ops.erf(as_tensor(x))


@keras_op("erfc", smooth)
def erfc(x: Any) -> Tensor:
    """1 - erf(x).

    >>> tf.keras.ops.erfc([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.        , 0.47950011], dtype=float32)>
    """
    return ops.erfc(as_tensor(x))


@keras_op("erfinv", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def erfinv(x: Any) -> Tensor:
    """The inverse of the error function.

    >>> tf.keras.ops.erfinv([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.4769363], dtype=float32)>
    """
    x = as_tensor(x)
    narrow = x.dtype.name in ("float16", "bfloat16")
    return ops.cast(ops.erfinv(ops.cast(x, "float32")), x.dtype) if narrow else ops.erfinv(x)


@keras_op("rsqrt", lambda s: [s.call(s(2, 3, within=(0.2, 0.9)))])
def rsqrt(x: Any) -> Tensor:
    """1 / sqrt(x).

    >>> tf.keras.ops.rsqrt([4., 16.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5 , 0.25], dtype=float32)>
    """
    return ops.rsqrt(as_tensor(x))


def _logarithm(x: Tensor, base: int) -> Tensor:
    return ops.log(x) / ops.log(as_tensor(float(base), x.dtype))


def _cube_root(x: Tensor) -> Tensor:
    return ops.sign(x) * ops.pow(ops.abs(x), as_tensor(1 / 3, x.dtype))


def _scaled(x: Tensor, factor: float) -> Tensor:
    return x * as_tensor(factor, x.dtype)


def _degrees(x: Tensor) -> Tensor:
    return x * (as_tensor(180.0, x.dtype) / as_tensor(math.pi, x.dtype))
