"""`keras.ops`: two tensors met, element by element.

Operands of any two dtypes meet, as `keras_ops_dtypes` says; most take a Python number in the dtype of the tensor.
"""

from __future__ import annotations

from typing import Any

from ..runtime.tensor import Tensor
from .keras_ops_dtypes import keras_op, meet, reals, tensor, two
from .registry import ops


@keras_op("numpy.add", two)
def add(x1: Any, x2: Any) -> Tensor:
    """x1 + x2, in the dtype in which they meet.

    >>> tf.keras.ops.add([1, 2], 0.5)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.5, 2.5], dtype=float32)>
    """
    return ops.add(*meet(x1, x2))


@keras_op("numpy.subtract", two)
def subtract(x1: Any, x2: Any) -> Tensor:
    """x1 - x2, in the dtype in which they meet.

    >>> tf.keras.ops.subtract([1, 2], 0.5)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 1.5], dtype=float32)>
    """
    return ops.subtract(*meet(x1, x2))


@keras_op("numpy.multiply", two)
def multiply(x1: Any, x2: Any) -> Tensor:
    """x1 * x2, in the dtype in which they meet.

    >>> tf.keras.ops.multiply([1, 2], 0.5)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 1. ], dtype=float32)>
    """
    return ops.multiply(*meet(x1, x2))


@keras_op("numpy.divide numpy.true_divide", two)
def divide(x1: Any, x2: Any) -> Tensor:
    """x1 / x2; integers as floats.

    >>> tf.keras.ops.divide([1, 2], 4)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.25, 0.5 ], dtype=float32)>
    """
    return ops.divide(*meet(x1, x2, real=True))


@keras_op("numpy.divide_no_nan", two)
def divide_no_nan(x1: Any, x2: Any) -> Tensor:
    """x1 / x2, and 0 where x2 is 0; integers as floats.

    >>> tf.keras.ops.divide_no_nan([1., 2.], [0., 4.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0. , 0.5], dtype=float32)>
    """
    return ops.divide_no_nan(*meet(x1, x2, real=True))


@keras_op("numpy.floor_divide")
def floor_divide(x1: Any, x2: Any) -> Tensor:
    """The greatest whole number not above x1 / x2.

    >>> tf.keras.ops.floor_divide([7, -7], 2)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 3, -4], dtype=int32)>
    """
    return ops.floordiv(*meet(x1, x2))


@keras_op("numpy.mod")
def mod(x1: Any, x2: Any) -> Tensor:
    """What floor_divide leaves; its sign is that of x2.

    >>> tf.keras.ops.mod([7, -7], 3)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return ops.floormod(*meet(x1, x2, weak=False))


@keras_op("numpy.power", two)
def power(x1: Any, x2: Any) -> Tensor:
    """x1 ** x2.

    >>> tf.keras.ops.power([2, 3], 2)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([4, 9], dtype=int32)>
    """
    x1, x2 = meet(x1, x2)
    kind = x1.dtype.name
    return tensor(ops.pow(tensor(x1, "int32"), tensor(x2, "int32")), kind) if "uint" in kind else ops.pow(x1, x2)


@keras_op("numpy.maximum", two)
def maximum(x1: Any, x2: Any) -> Tensor:
    """The greater of x1 and x2.

    >>> tf.keras.ops.maximum([1, 5], [2., 3.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 5.], dtype=float32)>
    """
    return ops.maximum(*meet(x1, x2))


@keras_op("numpy.minimum", two)
def minimum(x1: Any, x2: Any) -> Tensor:
    """The smaller of x1 and x2.

    >>> tf.keras.ops.minimum([1, 5], [2., 3.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 3.], dtype=float32)>
    """
    return ops.minimum(*meet(x1, x2))


@keras_op("numpy.arctan2", two)
def arctan2(x1: Any, x2: Any) -> Tensor:
    """The angle of the point (x2, x1); integers as floats.

    >>> tf.keras.ops.arctan2([1.], [1.])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.7853982], dtype=float32)>
    """
    return ops.atan2(*meet(x1, x2, weak=False, real=True))


@keras_op("numpy.equal")
def equal(x1: Any, x2: Any) -> Tensor:
    """Whether x1 equals x2.

    >>> tf.keras.ops.equal([1, 2], 2.)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return ops.equal(*meet(x1, x2))


@keras_op("numpy.not_equal")
def not_equal(x1: Any, x2: Any) -> Tensor:
    """Whether x1 differs from x2.

    >>> tf.keras.ops.not_equal([1, 2], 2.)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return ops.not_equal(*meet(x1, x2))


@keras_op("numpy.greater")
def greater(x1: Any, x2: Any) -> Tensor:
    """Whether x1 is greater than x2.

    >>> tf.keras.ops.greater([1, 2], 2.)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False, False])>
    """
    return ops.greater(*meet(x1, x2))


@keras_op("numpy.greater_equal")
def greater_equal(x1: Any, x2: Any) -> Tensor:
    """Whether x1 is not less than x2.

    >>> tf.keras.ops.greater_equal([1, 2], 2.)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return ops.greater_equal(*meet(x1, x2))


@keras_op("numpy.less")
def less(x1: Any, x2: Any) -> Tensor:
    """Whether x1 is less than x2.

    >>> tf.keras.ops.less([1, 2], 2.)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return ops.less(*meet(x1, x2))


@keras_op("numpy.less_equal")
def less_equal(x1: Any, x2: Any) -> Tensor:
    """Whether x1 is not greater than x2.

    >>> tf.keras.ops.less_equal([1, 2], 2.)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True,  True])>
    """
    return ops.less_equal(*meet(x1, x2))


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


@keras_op("numpy.bitwise_and")
def bitwise_and(x1: Any, x2: Any) -> Tensor:
    """The and of each pair of bits.

    >>> tf.keras.ops.bitwise_and([6, 5], 3)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 1], dtype=int32)>
    """
    return ops.bitwise_and(*meet(x1, x2, weak=False))


@keras_op("numpy.bitwise_or")
def bitwise_or(x1: Any, x2: Any) -> Tensor:
    """The or of each pair of bits.

    >>> tf.keras.ops.bitwise_or([6, 5], 3)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([7, 7], dtype=int32)>
    """
    return ops.bitwise_or(*meet(x1, x2, weak=False))


@keras_op("numpy.bitwise_xor")
def bitwise_xor(x1: Any, x2: Any) -> Tensor:
    """The exclusive or of each pair of bits.

    >>> tf.keras.ops.bitwise_xor([6, 5], 3)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([5, 6], dtype=int32)>
    """
    return ops.bitwise_xor(*meet(x1, x2, weak=False))


@keras_op("numpy.left_shift numpy.bitwise_left_shift")
def left_shift(x1: Any, x2: Any) -> Tensor:
    """The bits of x1, moved up by x2.

    >>> tf.keras.ops.left_shift([1, 3], 2)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 4, 12], dtype=int32)>
    """
    return ops.left_shift(*meet(x1, x2))


@keras_op("numpy.right_shift numpy.bitwise_right_shift")
def right_shift(x1: Any, x2: Any) -> Tensor:
    """The bits of x1, moved down by x2.

    >>> tf.keras.ops.right_shift([8, 13], 2)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    return ops.right_shift(*meet(x1, x2))


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
