"""Sine and its kin, their inverses, and the hyperbolic functions, of real and complex numbers, in radians."""

from __future__ import annotations

from ..runtime.dtypes import FLOATS
from .registry import ops
from .rounding import rounded, rounded_pair
from .rules import binary, conj, unary

INSIDE = (-0.9, 0.9)  # where the gradient check draws the arguments of asin, acos and atanh


@unary("math.sin sin", lambda g, y, x: g * cos(conj(x)))
def sin(xp, x):
    """The sine.

    >>> sin([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.84147096], dtype=float32)>
    """
    return rounded(xp.sin, x)


@unary("math.cos cos", lambda g, y, x: -g * sin(conj(x)))
def cos(xp, x):
    """The cosine.

    >>> cos([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 0.5403023], dtype=float32)>
    """
    return rounded(xp.cos, x)


@unary("math.tan tan", lambda g, y, x: ops.square(ops.reciprocal(cos(conj(x)))) * g, domain=(-1.2, 1.2))
def tan(xp, x):
    """The tangent.

    >>> tan([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.5574077], dtype=float32)>
    """
    return rounded(xp.tan, x)


@unary("math.asin asin", lambda g, y, x: g * ops.reciprocal(ops.sqrt(1.0 - ops.square(conj(x)))), domain=INSIDE)
def asin(xp, x):
    """The angle from -pi/2 to pi/2 whose sine is x; nan for a real x outside [-1, 1].

    >>> asin([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.5707964], dtype=float32)>
    """
    return rounded(xp.arcsin, x)


@unary("math.acos acos", lambda g, y, x: -g * ops.reciprocal(ops.sqrt(1.0 - ops.square(conj(x)))), domain=INSIDE)
def acos(xp, x):
    """The angle from 0 to pi whose cosine is x; nan for a real x outside [-1, 1].

    >>> acos([1., 0.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.5707964], dtype=float32)>
    """
    return rounded(xp.arccos, x)


@unary("math.atan atan", lambda g, y, x: g * ops.reciprocal(1.0 + ops.square(conj(x))))
def atan(xp, x):
    """The angle from -pi/2 to pi/2 whose tangent is x.

    >>> atan([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.7853982], dtype=float32)>
    """
    return rounded(xp.arctan, x)


@unary("math.sinh sinh", lambda g, y, x: g * cosh(conj(x)))
def sinh(xp, x):
    """The hyperbolic sine.

    >>> sinh([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 1.1752012], dtype=float32)>
    """
    return xp.sinh(x)


@unary("math.cosh cosh", lambda g, y, x: g * sinh(conj(x)))
def cosh(xp, x):
    """The hyperbolic cosine.

    >>> cosh([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.       , 1.5430807], dtype=float32)>
    """
    return rounded(xp.cosh, x)


@unary("math.asinh asinh", lambda g, y, x: g / cosh(conj(y)))
def asinh(xp, x):
    """The number whose hyperbolic sine is x.

    >>> asinh([0., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.       , 0.8813736], dtype=float32)>
    """
    return xp.arcsinh(x)


@unary("math.acosh acosh", lambda g, y, x: g / sinh(conj(y)), domain=(1.2, 3.0))
def acosh(xp, x):
    """The number not below 0 whose hyperbolic cosine is x; nan for a real x below 1.

    >>> acosh([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.      , 1.316958], dtype=float32)>
    """
    return xp.arccosh(x)


@unary("math.atanh atanh", lambda g, y, x: g * ops.reciprocal(1.0 - ops.square(conj(x))), domain=INSIDE)
def atanh(xp, x):
    """The number whose hyperbolic tangent is x; nan for a real x outside [-1, 1].

    >>> atanh([0., 0.5])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.        , 0.54930615], dtype=float32)>
    """
    return xp.arctanh(x)


@binary(
    "math.atan2 atan2",
    lambda g, z, y, x: x * (g / (y * y + x * x)),
    lambda g, z, y, x: -y * (g / (y * y + x * x)),
    dtypes=FLOATS,
    args=("y", "x"),
    domain=(0.5, 2.0),
)
def atan2(xp, y, x):
    """The angle from -pi to pi of the point (x, y), in its right quadrant.

    >>> atan2([1., -1.], [-1., -1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 2.3561945, -2.3561945], dtype=float32)>
    """
    return rounded_pair(xp.arctan2, y, x)
