"""Comparing tensors, truth, and bits: `== < & | ~`, their named forms, and the tests for nan and infinity.

None of these has a gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime.convert import cannot_convert
from ..runtime.dtypes import ANY, BOOL, FLOATS, INTEGERS, ORDERED, bool_
from ..runtime.errors import InvalidArgumentError, invalid
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from .registry import Primitive, install_operator, op, primitive
from .rules import binary, check_dtype, shape_error, unary


@binary("equal math.equal", dtypes=ANY)
def equal(xp, x, y):
    """Whether x == y, element by element, broadcasting; nan equals nothing.

    >>> equal([1, 2, 3], 2)
    <tf.Tensor: shape=(3,), dtype=bool, numpy=array([False,  True, False])>
    """
    return xp.equal(x, y)


@binary("not_equal math.not_equal", dtypes=ANY)
def not_equal(xp, x, y):
    """Whether x != y, element by element, broadcasting.

    >>> not_equal([1, 2, 3], 2)
    <tf.Tensor: shape=(3,), dtype=bool, numpy=array([ True, False,  True])>
    """
    return xp.not_equal(x, y)


def _forgiving(compare: Callable[..., Tensor], differing: bool) -> Callable[[Any, Any], Any]:
    """`==` or `!=`: None and a shape that does not broadcast are simply not equal, as in TensorFlow."""

    def operator(x: Any, y: Any) -> Any:
        if y is None:
            return differing
        try:
            return compare(x, y)
        except InvalidArgumentError as error:
            if not error._message.startswith("Incompatible shapes"):
                raise
            return wrap(np.asarray(differing))

    return operator


install_operator("==", _forgiving(equal, False))
install_operator("!=", _forgiving(not_equal, True))


@binary("less math.less", dtypes=ORDERED, operator="<")
def less(xp, x, y):
    """Whether x < y, element by element, broadcasting.

    >>> less([1, 2, 3], 2)
    <tf.Tensor: shape=(3,), dtype=bool, numpy=array([ True, False, False])>
    """
    return xp.less(x, y)


@binary("less_equal math.less_equal", dtypes=ORDERED, operator="<=")
def less_equal(xp, x, y):
    """Whether x <= y, element by element, broadcasting.

    >>> less_equal([1, 2, 3], 2)
    <tf.Tensor: shape=(3,), dtype=bool, numpy=array([ True,  True, False])>
    """
    return xp.less_equal(x, y)


@binary("greater math.greater", dtypes=ORDERED, operator=">")
def greater(xp, x, y):
    """Whether x > y, element by element, broadcasting.

    >>> greater([1, 2, 3], 2)
    <tf.Tensor: shape=(3,), dtype=bool, numpy=array([False, False,  True])>
    """
    return xp.greater(x, y)


@binary("greater_equal math.greater_equal", dtypes=ORDERED, operator=">=")
def greater_equal(xp, x, y):
    """Whether x >= y, element by element, broadcasting.

    >>> greater_equal([1, 2, 3], 2)
    <tf.Tensor: shape=(3,), dtype=bool, numpy=array([False,  True,  True])>
    """
    return xp.greater_equal(x, y)


# ---------------------------------------------------------------- truth


def bool_operand(kernel: str, i: int, x: Any) -> Tensor:
    """x as a bool tensor. Raises TensorFlow's errors unless it is one: there is no truth in numbers here."""
    read = getattr(x, "_read", None)
    x = read() if read is not None else as_tensor(x, "bool")
    if x._array.dtype != BOOL:
        raise invalid(
            kernel,
            f"cannot compute {kernel} as input #{i}(zero-based) was expected to be a bool tensor but is a "
            f"{x.dtype.kernel_name} tensor",
            summary=f"{kernel}: operand {i} is {x.dtype.name}, and must be bool",
            operands=[("xy"[i], x)],
            hint="compare it, x != 0, or cast it: cast(x, bool)",
        )
    return x


def _refuse_conversion(x: Any, y: Any) -> None:
    """What TensorFlow says where a tensor that is no bool meets a Python value, which it converts to bool first."""
    for value, other in ((x, y), (y, x)):
        if is_tensor(value) or not is_tensor(other):
            continue
        if type(value) in (int, float, complex):
            raise cannot_convert(value, bool_)
        try:
            as_tensor(value, bool_)
        except (TypeError, ValueError):
            as_tensor(other, bool_)  # the tensor is what it complains of


def _logical(kernel: str, core: Primitive, x: Any, y: Any) -> Tensor:
    if not all(is_tensor(value) or isinstance(value, (np.ndarray, np.float64)) for value in (x, y)):
        _refuse_conversion(x, y)
    x, y = bool_operand(kernel, 0, x), bool_operand(kernel, 1, y)
    try:
        return core(x, y)
    except ValueError:
        raise shape_error(kernel, x, y) from None


@primitive(elementwise=True)
def _and(xp, x, y):
    return xp.logical_and(x, y)


@primitive(elementwise=True)
def _or(xp, x, y):
    return xp.logical_or(x, y)


@primitive(elementwise=True)
def _xor(xp, x, y):
    return xp.logical_xor(x, y)


@primitive(elementwise=True)
def _not(xp, x):
    return xp.logical_not(x)


@op("math.logical_and logical_and")
def logical_and(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x and y both hold, element by element; both must be bool.

    >>> logical_and([True, False], True)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return _logical("LogicalAnd", _and, x, y)


@op("math.logical_or logical_or")
def logical_or(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x or y holds, or both, element by element; both must be bool.

    >>> logical_or([True, False], False)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([ True, False])>
    """
    return _logical("LogicalOr", _or, x, y)


@op("math.logical_xor")
def logical_xor(x: Any, y: Any, name: str | None = "LogicalXor") -> Tensor:
    """Whether exactly one of x and y holds, element by element; both must be bool.

    >>> logical_xor([True, False], True)
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return _logical("LogicalOr", _xor, x, y)  # TensorFlow makes it of LogicalOr, whose name its errors bear


@op("math.logical_not logical_not")
def logical_not(x: Any, name: str | None = None) -> Tensor:
    """Whether x does not hold, element by element; x must be bool.

    >>> logical_not([True, False])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return _not(bool_operand("LogicalNot", 0, x))


# ---------------------------------------------------------------- bits


@binary("bitwise.bitwise_and", dtypes=INTEGERS)
def bitwise_and(xp, x, y):
    """The bits that x and y share.

    >>> bitwise_and(6, 3)
    <tf.Tensor: shape=(), dtype=int32, numpy=2>
    """
    return xp.bitwise_and(x, y)


@binary("bitwise.bitwise_or", dtypes=INTEGERS)
def bitwise_or(xp, x, y):
    """The bits that x or y has.

    >>> bitwise_or(6, 3)
    <tf.Tensor: shape=(), dtype=int32, numpy=7>
    """
    return xp.bitwise_or(x, y)


@binary("bitwise.bitwise_xor", dtypes=INTEGERS)
def bitwise_xor(xp, x, y):
    """The bits that only one of x and y has.

    >>> bitwise_xor(6, 3)
    <tf.Tensor: shape=(), dtype=int32, numpy=5>
    """
    return xp.bitwise_xor(x, y)


@unary("bitwise.invert", dtypes=INTEGERS)
def invert(xp, x):
    """Every bit flipped.

    >>> invert(6)
    <tf.Tensor: shape=(), dtype=int32, numpy=-7>
    """
    return xp.invert(x)


def _shift(xp: Any, x: Any, y: Any) -> Any:
    """y within what x has bits for; the processor's own answer beyond that is anything."""
    return xp.clip(y, 0, 8 * x.dtype.itemsize - 1).astype(x.dtype)


@binary("bitwise.left_shift", dtypes=INTEGERS)
def left_shift(xp, x, y):
    """The bits of x moved up by y; a y beyond the width counts as the width less one, a negative one as 0.

    >>> left_shift([1, 3], 2)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 4, 12], dtype=int32)>
    """
    return xp.left_shift(x, _shift(xp, x, y))


@binary("bitwise.right_shift", dtypes=INTEGERS)
def right_shift(xp, x, y):
    """The bits of x moved down by y; a negative number stays negative.

    >>> right_shift([12, -8], 1)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 6, -4], dtype=int32)>
    """
    return xp.right_shift(x, _shift(xp, x, y))


def _truth_or_bits(truth: Callable[..., Tensor], bits: Callable[..., Tensor]) -> tuple[Any, Any]:
    """An operator and its reflection: `truth` for bool tensors, `bits` for all others."""

    def operator(x: Any, y: Any) -> Tensor:
        return (truth if x.dtype == "bool" else bits)(x, y)

    def reflected(y: Any, x: Any) -> Tensor:
        return operator(as_tensor(x, y.dtype), y)

    return operator, reflected


install_operator("&", *_truth_or_bits(logical_and, bitwise_and))
install_operator("|", *_truth_or_bits(logical_or, bitwise_or))
install_operator("^", *_truth_or_bits(logical_xor, bitwise_xor))
install_operator("~", lambda x: logical_not(x) if x.dtype == "bool" else invert(x))


# ---------------------------------------------------------------- what floats can be


@unary("math.is_nan", dtypes=FLOATS)
def is_nan(xp, x):
    """Whether each element is nan.

    >>> is_nan([1., nan])
    <tf.Tensor: shape=(2,), dtype=bool, numpy=array([False,  True])>
    """
    return xp.isnan(x)


@unary("math.is_inf", dtypes=FLOATS)
def is_inf(xp, x):
    """Whether each element is infinite.

    >>> is_inf([1., inf, -inf])
    <tf.Tensor: shape=(3,), dtype=bool, numpy=array([False,  True,  True])>
    """
    return xp.isinf(x)


@unary("math.is_finite", dtypes=FLOATS)
def is_finite(xp, x):
    """Whether each element is neither infinite nor nan.

    >>> is_finite([1., inf, nan])
    <tf.Tensor: shape=(3,), dtype=bool, numpy=array([ True, False, False])>
    """
    return xp.isfinite(x)


def _ascending(x: Any, kernel: Primitive) -> Tensor:
    x = as_tensor(x)
    if not x.dtype.is_numeric:
        raise TypeError(f"Expected x to be numeric, instead found: {x!s}")
    compared = "LessEqual" if kernel is _non_decreasing else "Less"
    check_dtype(compared, x, ORDERED, ORDERED, "x")
    return kernel(x)


@primitive()
def _non_decreasing(xp, x):
    x = x.reshape(-1)
    return xp.all(x[1:] >= x[:-1])


@op("math.is_non_decreasing")
def is_non_decreasing(x: Any, name: str | None = None) -> Tensor:
    """Whether no element of x, read row by row, is smaller than the one before.

    >>> is_non_decreasing([1, 1, 2])
    <tf.Tensor: shape=(), dtype=bool, numpy=True>
    """
    return _ascending(x, _non_decreasing)


@primitive()
def _strictly_increasing(xp, x):
    x = x.reshape(-1)
    return xp.all(x[1:] > x[:-1])


@op("math.is_strictly_increasing")
def is_strictly_increasing(x: Any, name: str | None = None) -> Tensor:
    """Whether every element of x, read row by row, is larger than the one before.

    >>> is_strictly_increasing([1, 1, 2])
    <tf.Tensor: shape=(), dtype=bool, numpy=False>
    """
    return _ascending(x, _strictly_increasing)
