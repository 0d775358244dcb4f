"""`keras.ops`: functions of two tensors that are no single op of TensorFlow's; `table.py` has those that are."""

from __future__ import annotations

from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .dtypes import keras_op, meet, reals, tensor, two


@keras_op("numpy.fmax", two)
def fmax(x1: Any, x2: Any) -> Tensor:
    """The greater of x1 and x2; where one of them is NaN, the other.

    >>> tf.keras.ops.fmax([1., nan], [3., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>
    """
    return _unless_nan(ops.maximum, *meet(x1, x2))


@keras_op("numpy.fmin", two)
def fmin(x1: Any, x2: Any) -> Tensor:
    """The smaller of x1 and x2; where one of them is NaN, the other.

    >>> tf.keras.ops.fmin([1., nan], [3., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return _unless_nan(ops.minimum, *meet(x1, x2))


def _unless_nan(choose: Any, x1: Tensor, x2: Tensor) -> Tensor:
    y = choose(x1, x2)
    if not x1.dtype.is_floating:
        return y
    missing1, missing2 = ops.is_nan(x1), ops.is_nan(x2)
    y = ops.where(ops.logical_and(missing1, ops.logical_not(missing2)), x2, y)
    return ops.where(ops.logical_and(missing2, ops.logical_not(missing1)), x1, y)


@keras_op("numpy.fmod", lambda s: [s.call(s(2, 3, within=(2.2, 2.9)), s(3, within=(1.2, 2.0)))])
def fmod(x1: Any, x2: Any) -> Tensor:
    """What x1 / x2, rounded towards zero, leaves: its sign is that of x1.

    >>> tf.keras.ops.fmod([7, -7], 3)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 1, -1], dtype=int32)>
    """
    x1, x2 = meet(x1, x2, weak=False)
    kind = "int32" if x1.dtype.is_bool else x1.dtype.name
    x1, x2 = (tensor(x, "int32" if kind.startswith("uint") and kind != "uint64" else kind) for x in (x1, x2))
    return tensor(ops.sign(x1) * ops.floormod(ops.abs(x1), ops.abs(x2)), kind)


@keras_op("numpy.heaviside", two)
def heaviside(x1: Any, x2: Any) -> Tensor:
    """0 where x1 is below zero, 1 where it is above, x2 where it is zero; integers as floats.

    >>> tf.keras.ops.heaviside([-1., 0., 2.], 0.5)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 1. ], dtype=float32)>
    """
    x1, x2 = reals(x1, x2)
    zero, one = ops.zeros_like(x1), ops.ones_like(x1)
    return ops.where(ops.less(x1, zero), zero, ops.where(ops.greater(x1, zero), one, x2))


@keras_op("numpy.gcd")
def gcd(x1: Any, x2: Any) -> Tensor:
    """The greatest common divisor, by Euclid's algorithm. Raises TypeError for what is not whole numbers.

    >>> tf.keras.ops.gcd([12, 7], 8)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([4, 1], dtype=int32)>
    """
    a, b = meet(x1, x2, weak=False)
    if not a.dtype.is_integer:
        raise TypeError("Arguments to gcd must be integers.")
    return _divisor(*_magnitudes(a, b))


def _magnitudes(a: Tensor, b: Tensor) -> list[Tensor]:
    shape = ops.broadcast_static_shape(a.shape, b.shape)
    return [ops.broadcast_to(x if x.dtype.is_unsigned else ops.abs(x), shape) for x in (a, b)]


def _divisor(a: Tensor, b: Tensor) -> Tensor:
    zero, one = ops.zeros_like(b), ops.ones_like(b)
    while bool(ops.reduce_any(going := ops.not_equal(b, zero))):
        a, b = (
            ops.where(going, b, a),
            ops.where(going, ops.floormod(a, ops.where(going, b, one)), zero),
        )
    return a


@keras_op("numpy.lcm")
def lcm(x1: Any, x2: Any) -> Tensor:
    """The least common multiple. Raises TypeError for what is not whole numbers.

    >>> tf.keras.ops.lcm([12, 7], 8)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([24, 56], dtype=int32)>
    """
    x1, x2 = as_tensor(x1), as_tensor(x2)
    if not (x1.dtype.is_integer and x2.dtype.is_integer):
        raise TypeError(
            f"Arguments to lcm must be integers. Received: x1.dtype={x1.dtype.name}, x2.dtype={x2.dtype.name}"
        )
    a, b = _magnitudes(*meet(x1, x2))
    divisor = _divisor(a, b)
    none = ops.equal(divisor, ops.zeros_like(divisor))
    return ops.where(none, ops.zeros_like(a), a * ops.floordiv(b, ops.where(none, ops.ones_like(b), divisor)))


@keras_op("numpy.ldexp", lambda s: [s.call(s(3), [1, 2, -3])])
def ldexp(x1: Any, x2: Any) -> Tensor:
    """x1 * 2 ** x2 for whole x2. Raises TypeError for other x2.

    >>> tf.keras.ops.ldexp([0.75, -1.5], [2, 3])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([  3., -12.], dtype=float32)>
    """
    x2 = as_tensor(x2)
    if not x2.dtype.is_integer:
        raise TypeError(f"ldexp exponent must be an integer type. Received: x2 dtype={x2.dtype!r}")
    x1, x2 = meet(x1, x2, weak=False, real=True)
    result = x1 * ops.pow(as_tensor(2.0, x1.dtype), x2)
    as_it_is = ops.logical_or(ops.is_inf(x1), ops.equal(x1, ops.zeros_like(x1)))
    return ops.where(as_it_is, x1, result)


@keras_op("numpy.logaddexp2", two)
def logaddexp2(x1: Any, x2: Any) -> Tensor:
    """log2(2 ** x1 + 2 ** x2); integers as floats.

    >>> tf.keras.ops.logaddexp2([1.], [1.])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.], dtype=float32)>
    """
    x1, x2 = meet(x1, x2, weak=False, real=True)
    delta = x1 - x2
    log2 = tensor(ops.log(2.0), x1.dtype.name)
    y = ops.maximum(x1, x2) + ops.log1p(ops.exp(-ops.abs(delta) * log2)) / log2
    return ops.where(ops.is_nan(delta), x1 + x2, y)


@keras_op("numpy.nextafter")
def nextafter(x1: Any, x2: Any) -> Tensor:
    """The float64 next to x1 in the direction of x2, in the dtype in which they meet.

    >>> tf.keras.ops.nextafter(tf.constant(1., "float64"), 2.)
    <tf.Tensor: shape=(), dtype=float64, numpy=1.0000000000000002>
    """
    kind = meet(x1, x2, weak=False, real=True)[0].dtype.name
    return tensor(ops.nextafter(tensor(as_tensor(x1), "float64"), tensor(as_tensor(x2), "float64")), kind)


@keras_op("numpy.kron", lambda s: [s.call(s(2, 2), s(1, 3)), s.call(s(2), s(2, 2))])
def kron(x1: Any, x2: Any) -> Tensor:
    """The Kronecker product: x1 with each element replaced by its product with x2.

    x1, x2: of any shapes.

    >>> tf.keras.ops.kron([1, 10], [1, 2])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([ 1,  2, 10, 20], dtype=int32)>
    """
    x1, x2 = meet(x1, x2, weak=False)
    rank = max(x1._array.ndim, x2._array.ndim)
    shapes = [[1] * (rank - x._array.ndim) + list(x._array.shape) for x in (x1, x2)]
    wide = ops.reshape(x1, [n for size in shapes[0] for n in (size, 1)])
    y = wide * ops.reshape(x2, [n for size in shapes[1] for n in (1, size)])
    return ops.reshape(y, [m * n for m, n in zip(*shapes)])


@keras_op("numpy.isin")
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each element of x1 is one of x2; with `invert`, whether it is none.

    assume_unique: taken as Keras takes it; it changes nothing here. invert: a bool.

    >>> tf.keras.ops.isin([1, 2, 3], [2, 5])
    <tf.Tensor: shape=(3,), dtype=bool, numpy=array([False,  True, False])>
    """
    x1, x2 = meet(x1, x2, weak=False)
    if not x1._array.size or not x2._array.size:
        return ops.zeros(x1.shape, "bool")
    same = ops.equal(ops.reshape(x1, [-1, 1]), ops.reshape(x2, [1, -1]))
    found = ops.reshape(ops.reduce_any(same, 1), x1.shape)
    return ops.logical_not(found) if invert else found


@keras_op(".cdist", lambda s: [s.call(s(2, 3), s(4, 3))])
def cdist(x: Any, y: Any) -> Tensor:
    """The Euclidean distances between the rows of x (..., m, k) and those of y (..., n, k): (..., m, n).

    Raises ValueError for ranks below 2, or rows of different lengths.

    >>> tf.keras.ops.cdist([[0., 0.]], [[3., 4.], [0., 1.]])
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[5., 1.]], dtype=float32)>
    """
    x, y = as_tensor(x), as_tensor(y)
    if x._array.ndim < 2 or y._array.ndim < 2:
        raise ValueError("`cdist` inputs must have rank >= 2")
    if x._array.shape[-1] != y._array.shape[-1]:
        raise ValueError("Last dimension of inputs to `cdist` must match")
    difference = ops.expand_dims(x, -2) - ops.expand_dims(y, -3)
    return ops.sqrt(ops.reduce_sum(ops.square(difference), -1))


@keras_op("numpy.power", two)
def power(x1: Any, x2: Any) -> Tensor:
    """x1 ** x2.

    >>> tf.keras.ops.power([2, 3], 2)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([4, 9], dtype=int32)>
    """
    x1, x2 = meet(x1, x2)
    kind = x1.dtype.name
    return tensor(ops.pow(tensor(x1, "int32"), tensor(x2, "int32")), kind) if "uint" in kind else ops.pow(x1, x2)


@keras_op("numpy.logical_and")
def logical_and(x1: Any, x2: Any) -> Tensor:
    """Whether both are true, or not zero.

    >>> tf.keras.ops.logical_and([True, False], [True, True])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return ops.logical_and(tensor(x1, "bool"), tensor(x2, "bool"))


@keras_op("numpy.logical_or")
def logical_or(x1: Any, x2: Any) -> Tensor:
    """Whether one or both are true, or not zero.

    >>> tf.keras.ops.logical_or([True, False], [True, True])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True,  True])>
    """
    return ops.logical_or(tensor(x1, "bool"), tensor(x2, "bool"))


@keras_op("numpy.logical_xor")
def logical_xor(x1: Any, x2: Any) -> Tensor:
    """Whether just one is true, or not zero.

    >>> tf.keras.ops.logical_xor([True, False], [True, True])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return ops.logical_xor(tensor(x1, "bool"), tensor(x2, "bool"))


@keras_op("numpy.hypot", two)
def hypot(x1: Any, x2: Any) -> Tensor:
    """sqrt(x1 ** 2 + x2 ** 2), without overflow; integers as floats.

    >>> tf.keras.ops.hypot([3.], [4.])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([5.], dtype=float32)>
    """
    return _length(*reals(x1, x2))


@keras_op("numpy.logaddexp", two)
def logaddexp(x1: Any, x2: Any) -> Tensor:
    """log(exp(x1) + exp(x2)); integers as floats.

    >>> tf.keras.ops.logaddexp([1.], [2.])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.3132617], dtype=float32)>
    """
    return _log_sum(*meet(x1, x2, weak=False, real=True))


@keras_op("numpy.isclose", two)
def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether |x1 - x2| is at most atol + rtol * |x2|.

    >>> tf.keras.ops.isclose([1., 2.], [1., 2.1])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return _close(meet(x1, x2, weak=False, real=True), rtol, atol, equal_nan)


@keras_op("numpy.allclose", two)
def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Whether every |x1 - x2| is at most atol + rtol * |x2|.

    >>> tf.keras.ops.allclose([1., 2.], [1., 2.1])
    <tf.Tensor: shape=(), dtype=bool, numpy=False>
    """
    return ops.reduce_all(isclose(x1, x2, rtol, atol, equal_nan))


def _length(x: Tensor, y: Tensor) -> Tensor:
    x, y = ops.abs(x), ops.abs(y)
    long, short = ops.maximum(x, y), ops.minimum(x, y)
    ratio = ops.divide_no_nan(short, long)
    return long * ops.sqrt(1 + ratio * ratio)


def _log_sum(x: Tensor, y: Tensor) -> Tensor:
    difference = x - y
    return ops.where(ops.is_nan(difference), x + y, ops.maximum(x, y) + ops.log1p(ops.exp(-ops.abs(difference))))


def _close(pair: list[Tensor], rtol: float, atol: float, equal_nan: bool) -> Tensor:
    x, y = pair
    both = ops.logical_or(ops.equal(x, y), ops.less_equal(ops.abs(x - y), atol + rtol * ops.abs(y)))
    finite = ops.logical_and(ops.is_finite(x), ops.is_finite(y))
    close = ops.where(finite, both, ops.equal(x, y))
    return ops.logical_or(close, ops.logical_and(ops.is_nan(x), ops.is_nan(y))) if equal_nan else close
