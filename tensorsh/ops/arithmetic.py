"""Addition, multiplication, division, powers: the operators of Python's arithmetic, and their named kin."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..runtime import local
from ..runtime.backend import module_of
from ..runtime.dtypes import (
    BOOL,
    COMPLEX,
    FLOATS,
    INEXACT,
    INTEGERS,
    SIGNED_REAL,
    SUMMABLE,
    as_dtype,
    float32,
    float64,
    from_numpy,
    listed,
    string,
)
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.indexed_slices import IndexedSlices
from ..runtime.shape import TensorShape
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from .composites import is_ragged
from .registry import install_operator, op, ops, primitive
from .rounding import rounded_pair
from .rules import binary, check_dtype, conj, mismatch, shape_error, unary

DIVISIBLE = listed(
    "bfloat16 float16 float32 float64 uint8 int8 uint16 int16 int32 uint32 uint64 int64 complex64 complex128"
)


def _joined(x: Any, y: Any) -> Tensor | None:
    """Strings are joined, by a kernel of their own."""
    if not any(isinstance(t, (str, bytes)) or type(t) is Tensor and t._array.dtype == object for t in (x, y)):
        return None
    x = as_tensor(x, hint=string)
    y = as_tensor(y, hint=string)
    if x._array.dtype != object:
        raise mismatch("AddV2", 1, x, y)
    if y._array.dtype != object:
        raise mismatch("Add", 1, x, y)
    return wrap(np.asarray(x._array + y._array, object))


@binary(
    "add math.add",
    lambda g, z, x, y: g,
    lambda g, z, x, y: g,
    kernel="AddV2",
    hint=True,
    otherwise=_joined,
    operator="+",
)
def add(xp, x, y):
    """x + y, element by element, broadcasting; strings are joined.

    >>> add([1., 2.], 3.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([4., 5.], dtype=float32)>
    """
    return x + y


@binary(
    "subtract math.subtract",
    lambda g, z, x, y: g,
    lambda g, z, x, y: -g,
    kernel="Sub",
    dtypes=listed(
        "bfloat16 float16 float32 float64 uint8 int8 uint16 int16 int32 int64 complex64 complex128 uint32 uint64"
    ),
    operator="-",
)
def subtract(xp, x, y):
    """x - y, element by element, broadcasting.

    >>> subtract([1., 2.], 3.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-2., -1.], dtype=float32)>
    """
    return x - y


def _bool_product(x: Any, y: Any) -> Tensor | None:
    """A bool tensor times anything, as TensorFlow's `*` does it, and no op: both as int32, and back to bool."""
    if type(y) is Tensor and y._array.dtype is BOOL:
        x = as_tensor(x, None if is_tensor(x) else "bool")
    elif type(x) is not Tensor or x._array.dtype is not BOOL:
        return None
    x, y = ops.cast(x, "int32"), ops.cast(y, "int32")
    try:
        product = x._array * y._array
    except ValueError:
        raise shape_error("Mul", x, y) from None
    return wrap(module_of(x._array).asarray(product != 0))


@binary(
    "multiply math.multiply",
    lambda g, z, x, y: multiply(g, conj(y)),
    lambda g, z, x, y: multiply(g, conj(x)),
    kernel="Mul",
    dtypes=DIVISIBLE,
    operator_otherwise=_bool_product,
    operator="*",
)
def multiply(xp, x, y):
    """x * y, element by element, broadcasting.

    >>> multiply([[1., 2.]], [[3.], [4.]])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[3., 6.],
           [4., 8.]], dtype=float32)>
    """
    return x * y


@binary(
    "realdiv",
    lambda g, z, x, y: _quotient(g, conj(y)),
    lambda g, z, x, y: multiply(g, conj(_quotient(-z, y))),
    dtypes=DIVISIBLE,
    computed=INEXACT,
    kernel="RealDiv",
    short="realdiv",
    domain2=(0.5, 2.0),
)
def _quotient(xp, x, y):
    """x / y for floating-point and complex operands.

    >>> realdiv(1., 4.)
    <tf.Tensor: shape=(), dtype=float32, numpy=0.25>
    """
    return x / y


def _true_division(x: Any, y: Any, force: bool = False) -> Tensor:
    """x / y by Python 3's rule: integers become floats first, of the width that TensorFlow gives them."""
    if (
        type(x) is Tensor
        and x._array.dtype.kind == "f"
        and (type(y) is float or type(y) is Tensor and y._array.dtype is x._array.dtype)
    ):
        return _quotient(x, y)
    if not hasattr(x, "_read") and hasattr(y, "_read") and force and not local.promotes():
        x = as_tensor(x, y.dtype)
    try:
        x, y = common_float(x, y, "__truediv__")
    except (TypeError, ValueError):
        if is_ragged(x) or is_ragged(y):
            return ops.ragged_elementwise(_true_division, x, y)
        raise
    return _quotient(x, y)


def common_float(x: Any, y: Any, name: str) -> tuple[Tensor, Tensor]:
    """The operands of a true division, integers cast to floats. Raises TypeError if their dtypes differ."""
    if local.promotes():
        x, y = ops.numpy_meet(x, y)
    x = as_tensor(x)
    y = as_tensor(y, hint=x.dtype)
    if x.dtype is not y.dtype:
        raise explain(
            TypeError(f"`x` and `y` must have the same dtype, got {x.dtype!r} != {y.dtype!r}."),
            operands=[("x", x), ("y", y)],
            hint=f"cast one of them: cast(y, {x.dtype.name})",
        )
    if x.dtype in INEXACT:
        return x, y
    wide = _DIVIDED_AS.get(x.dtype.name)
    if wide is None:
        raise TypeError(
            f"Invalid dtype {x.dtype!r} in {name}. Expected one of {{tf.uint8, tf.int8, tf.uint16, tf.int16, "
            "tf.uint32, tf.int32, tf.uint64, tf.int64, tf.bfloat16, tf.float16, tf.float32, tf.float64, "
            "tf.complex64, tf.complex128}."
        )
    return ops.cast(x, wide), ops.cast(y, wide)


_DIVIDED_AS = dict.fromkeys(("int8", "uint8", "int16", "uint16"), float32) | dict.fromkeys(
    ("int32", "uint32", "int64", "uint64"), float64
)
install_operator("/", _true_division, lambda y, x: _true_division(x, y, force=True))


@op("divide math.divide", samples=lambda s: [s.call(s(2, 3), s(3, within=(0.5, 2.0)))])
def divide(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y by Python 3's rule: integers give floats (float64 for 32 and 64 bits, float32 for fewer).

    >>> divide(7, 2)
    <tf.Tensor: shape=(), dtype=float64, numpy=3.5>
    """
    if not is_tensor(x) and is_tensor(y):
        x = as_tensor(x, y.dtype)
    return _true_division(x, y)


@op("truediv math.truediv", samples=lambda s: [s.call(s(2, 3), s(3, within=(0.5, 2.0)))])
def truediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y by Python 3's rule, as `divide`.

    >>> truediv(7, 2)
    <tf.Tensor: shape=(), dtype=float64, numpy=3.5>
    """
    return _true_division(x, y)


def kind(x: Any, y: Any) -> str:
    """The kind of dtype of two raw operands, of which one may be a Python number: "f", "i", "u" or "c"."""
    return (x if hasattr(x, "dtype") else y).dtype.kind


def refuse_kinds(kernel: str, kinds: str, x: Any, y: Any = None) -> None:
    """Refuse raw operands of these kinds of dtype, for which TensorFlow names the op but has no kernel."""
    if kind(x, y) in kinds:
        from .kernels import no_kernel

        raise no_kernel(kernel, kernel.lower(), {"T": from_numpy(x.dtype)})


def _no_zero(x: Any, y: Any, kernel: str) -> None:
    """Refuse integer division by zero, as TensorFlow does; a GPU would answer 0 without a word."""
    if kind(x, y) in "iu" and bool((y == 0).any()):
        raise invalid(
            kernel,
            "Integer division by zero",
            summary=f"{kernel}: integer division by zero",
            hint="use math.divide_no_nan, or floats, where a zero may occur",
        )


@binary("math.floordiv floordiv", kernel="FloorDiv", dtypes=DIVISIBLE, operator="//")
def floordiv(xp, x, y):
    """The largest whole number not above x / y. Integer division by zero raises InvalidArgumentError.

    >>> floordiv([7, -7], 2)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 3, -4], dtype=int32)>
    """
    refuse_kinds("FloorDiv", "c", x, y)
    _no_zero(x, y, "FloorDiv")
    return xp.floor_divide(x, y) if kind(x, y) in "iu" else xp.floor(xp.divide(x, y))


@binary(
    "math.floormod math.mod floormod mod",
    lambda g, z, x, y: g,
    lambda g, z, x, y: -multiply(g, floordiv(x, y)),
    kernel="FloorMod",
    dtypes=INTEGERS + FLOATS,
    operator="%",
    domain=(0.1, 0.9),
    domain2=(1.1, 2.0),
)
def floormod(xp, x, y):
    """The remainder of `floordiv`, which has the sign of y.

    >>> floormod([7, -7], 4)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 1], dtype=int32)>
    """
    _no_zero(x, y, "FloorMod")
    if kind(x, y) in "iu":
        return xp.remainder(x, y)
    rest = xp.fmod(x, y)  # exact; xp.remainder is not on a GPU
    return xp.where((rest != 0) & ((y < 0) != (rest < 0)), rest + y, rest)


@unary(
    "math.negative negative",
    lambda g, y, x: -g,
    dtypes=SIGNED_REAL + COMPLEX,
    kernel="Neg",
    operator="neg",
)
def negative(xp, x):
    """-x.

    >>> negative([1., -2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1.,  2.], dtype=float32)>
    """
    return xp.negative(x)


@binary(
    "math.pow pow",
    lambda g, z, x, y: g * conj(y) * pow_(conj(x), conj(y) - 1),
    lambda g, z, x, y: g * conj(z) * _log_or_zero(conj(x)),
    dtypes=listed("bfloat16 float32 float16 float64 int8 int16 int32 int64 complex64 complex128"),
    operator="**",
    sees_numbers=True,
    short=False,
    domain=(0.3, 2.0),
)
def pow_(xp, x, y):
    """x to the power of y, element by element, broadcasting.

    Raises InvalidArgumentError for an integer to a negative integer power. The gradient for y is 0 where a real x
    is not above 0, since there the power has no real logarithm.

    >>> tf.pow([2., 3.], 2.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([4., 9.], dtype=float32)>
    """
    if kind(x, y) in "iu" and getattr(x, "size", True) and bool((y < 0).any()):
        raise invalid(
            "Pow",
            "Integers to negative integer powers are not allowed",
            summary="pow: an integer to a negative power is no integer",
            hint="cast the base: cast(x, float32)",
        )
    if type(y) in (int, float) and y == 2:
        return xp.multiply(x, x)
    # NumPy takes roots where one exponent is 0.5, and those of -0. and -inf are not these powers.
    if hasattr(x, "dtype") and x.dtype.kind not in "iuc":
        if type(y) is float and y == 0.5:
            x = xp.where(x == -math.inf, math.inf, x + 0.0)
        elif not getattr(y, "ndim", 1):
            x = xp.where(((x == 0) | (x == -math.inf)) & (y == 0.5), xp.abs(x), x)
    return rounded_pair(xp.power, x, y)


def _log_or_zero(x: Any) -> Any:
    """log(x), and 0 where that is nothing real."""
    if type(x) is float:
        return math.log(x) if x > 0 else 0.0
    inside = ops.not_equal(x, 0) if x.dtype.is_complex else ops.greater(x, 0)
    logarithm = ops.log(ops.where(inside, x, ops.ones_like(x)))
    return ops.where(inside, logarithm, ops.zeros_like(x))


@op("math.scalar_mul scalar_mul", samples=lambda s: [s.call(s(), s(2, 3))])
def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """A number, of rank 0, times a tensor, in the tensor's dtype; IndexedSlices stay IndexedSlices.

    scalar: a number, or a tensor of shape ().
    x: a tensor of any shape, or IndexedSlices. Raises ValueError for a scalar of another rank.

    >>> scalar_mul(2., [1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 4.], dtype=float32)>
    """
    values = as_tensor(x.values if type(x) is IndexedSlices else x)
    factor = as_tensor(scalar, values.dtype)
    if factor._array.ndim:
        raise explain(
            ValueError(f"The input scalar must be a 0-D value. Received shape {factor.shape}."),
            operands=[("scalar", factor), ("x", values)],
            hint="multiply(scalar, x) broadcasts",
        )
    product = multiply(factor, values)
    return IndexedSlices(product, x.indices, x.dense_shape) if type(x) is IndexedSlices else product


@primitive(joint=lambda g, y, *inputs: [g] * len(inputs), elementwise=True)
def _add_n(xp, *arrays):
    total = arrays[0]
    for array in arrays[1:]:
        total = xp.add(total, array)
    return total


_ADDABLE = (*SUMMABLE, *listed("variant"))


@op("math.add_n add_n", samples=lambda s: [s.call([s(2, 3), s(2, 3), s(2, 3)])])
def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """The sum of a list of tensors of one shape and dtype; nothing is broadcast.

    Raises ValueError for what is no list of one or more, InvalidArgumentError unless shapes and dtypes are the same.

    inputs: a list of tensors.

    >>> add_n([[1., 2.], [3., 4.], [5., 6.]])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 9., 12.], dtype=float32)>
    """
    tensors = [as_tensor(x) for x in inputs]
    if not tensors:
        raise ValueError(
            "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape."
        )
    first = tensors[0]
    if len(tensors) == 1:
        return first
    for i, other in enumerate(tensors):
        if other.dtype is not first.dtype:
            raise mismatch("AddN", i, first, other, ("inputs[0]", f"inputs[{i}]"))
    check_dtype("AddN", first, _ADDABLE, _ADDABLE, "inputs")
    for i, other in enumerate(tensors):
        if other._array.shape != first._array.shape:
            ours, theirs = bracketed(first._array.shape), bracketed(other._array.shape)
            raise invalid(
                "AddN",
                "Inputs to operation AddN of type AddN must have the same size and shape.  "
                f"Input 0: {ours} != input {i}: {theirs}",
                summary=f"add_n: the shapes differ, {ours} and {theirs}",
                operands=[("inputs[0]", first), (f"inputs[{i}]", other)],
                hint="`+` broadcasts",
            )
    return _add_n(*tensors)


@op("math.accumulate_n", samples=lambda s: [s.call([s(2, 3), s(2, 3)])])
def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Tensor:
    """The sum of a list of tensors of one shape and dtype: `add_n` under an older name.

    inputs: a list of tensors. shape, tensor_dtype: what they must have, if given. Raises ValueError or TypeError if
    they do not.

    >>> accumulate_n([[1., 2.], [3., 4.]])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([4., 6.], dtype=float32)>
    """
    tensors = [as_tensor(x) for x in inputs] if isinstance(inputs, (list, tuple)) else []
    if not tensors or any(t.dtype is not tensors[0].dtype for t in tensors):
        raise ValueError("inputs must be a list of at least one Tensor with the same dtype and shape")
    wanted = TensorShape(shape)
    for t in tensors:
        wanted = wanted.merge_with(t.shape)
    dtype = tensors[0].dtype
    if tensor_dtype is not None and as_dtype(tensor_dtype) is not dtype:
        raise TypeError(
            f"The `tensor_dtype` argument is {as_dtype(tensor_dtype)}, but `input` is of type {dtype}. These "
            "must be equal. Try casting the input to the desired type."
        )
    return add_n(tensors)
