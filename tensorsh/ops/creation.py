"""New tensors from values and shapes: constants, zeros, ones, fills.

None of these has a gradient, save those that pass a tensor on (`fill`, `convert_to_tensor` of a list of
tensors).
Short forms take a spread shape: `zeros(2, 1)` is `zeros([2, 1])`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..runtime import backend, convert, dtypes, memory
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.shape import TensorShape
from ..runtime.spec import TensorSpec
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from ..runtime.variable import Variable
from .registry import export, op, ops, primitive
from .rules import check_dtype, ints


@op("constant")
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = "Const") -> Tensor:
    """A tensor of the given value, which may be a number, a nested list or an array.

    dtype: that of the value by TensorFlow's rules (float32, int32 ...) if None. shape: filled with the value
    if it is a scalar, else the value reshaped. Raises TypeError if the value fits neither.

    >>> constant([1, 2, 3])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3], dtype=int32)>
    >>> constant(0., shape=[1, 2])
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0., 0.]], dtype=float32)>
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if type(value) is Tensor:
        t = value
        if wanted is not None and t.dtype is not wanted:
            raise explain(
                TypeError(f"Expected tensor {t} with dtype {dtype!r}, but got dtype {t.dtype!r}."),
                hint=f"cast it: cast(x, {wanted.name})",
            )
    elif isinstance(value, Variable):
        t = value._read() if wanted in (None, value.dtype) else ops.cast(value, wanted)
    else:
        try:
            t = _converted(value, wanted)
        except (TypeError, ValueError):
            if not _holds_tensor(value):
                raise
            what = "object of type 'ResourceVariable' has no len()" if _first_is_variable(value) else _NO_LEN
            raise explain(
                ValueError(f"TypeError: {what}"),
                summary="constant takes plain values, and this list holds a tensor",
                hint="write stack([...]) or convert_to_tensor([...])",
            ) from None
    return t if shape is None else _shaped(t, value, shape)


def _converted(value: Any, dtype: dtypes.DType | None) -> Tensor:
    if isinstance(value, TensorShape) or is_tensor(value):
        return as_tensor(value, dtype)
    return wrap(backend.from_host(convert.infer(value) if dtype is None else convert.to_array(value, dtype)))


def _shaped(t: Tensor, value: Any, shape: Any) -> Tensor:
    """A constant in the shape that was asked for: spread if it is a scalar, else reshaped."""
    sizes = TensorShape(shape).as_list()
    if None in sizes:
        as_tensor(sizes)  # raises TensorFlow's error
    array, count = t._array, prod(n or 0 for n in sizes)
    if list(array.shape) == sizes:
        return t
    if array.size == count:
        return ops.reshape(t, sizes)
    if array.size == 1:
        return fill(sizes, t)
    raise explain(
        TypeError(
            f"Eager execution of tf.constant with unsupported shape. Tensor {t} (converted from {value!r}) "
            f"has {array.size} elements, but got `shape` {tuple(sizes)} with {count} elements)."
        ),
        summary=f"constant: {array.size} values do not fill shape {tuple(sizes)}, which holds {count}",
    )


def _holds_tensor(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_holds_tensor, value)) if len(value) < 64 else _holds_tensor((value[0], value[-1]))
    return is_tensor(value)


_NO_LEN = "Scalar tensor has no `len()`"


def _first_is_variable(value: Any) -> bool:
    while isinstance(value, (list, tuple)):
        value = value[0] if value else None
    return isinstance(value, Variable)


def host_constant(value: Any, dtype: dtypes.DType) -> Tensor:
    """A tensor of Python ints, such as a shape."""
    return wrap(backend.from_host(np.array(value, dtype._numpy)))


@op("convert_to_tensor", samples=lambda s: [s.call([s(2), s(2)])])
def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Tensor:
    """`value` as a tensor: a tensor stays as it is, a variable is read, a list of tensors is packed.

    dtype_hint: a dtype that is used if the value fits it, and not otherwise.

    >>> convert_to_tensor([constant(1.), 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return as_tensor(value, dtype, dtype_hint)


@op("zeros")
def zeros(*shape: Any, dtype: Any = dtypes.float32, name: str | None = None, layout: Any = None, **tf: Any) -> Tensor:
    """A tensor of zeros: `zeros(shape, dtype=float32)`, or with the sizes spread, `zeros(2, 1)`.

    >>> zeros(2, 1)
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[0.],
           [0.]], dtype=float32)>
    """
    return _filled(0, *spread(shape, dtype, tf))


@op("ones")
def ones(*shape: Any, dtype: Any = dtypes.float32, name: str | None = None, layout: Any = None, **tf: Any) -> Tensor:
    """A tensor of ones: `ones(shape, dtype=float32)`, or with the sizes spread, `ones(2, 1)`.

    >>> ones([2], int32)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 1], dtype=int32)>
    """
    return _filled(1, *spread(shape, dtype, tf))


def spread(given: tuple, dtype: Any, options: dict[str, Any]) -> tuple[list[int], dtypes.DType]:
    """The shape and the dtype of a call such as `zeros([2, 1], "int32")` or `zeros(2, 1, dtype="int32")`.

    options: TensorFlow's own keyword for what may be spread here, `shape`.
    """
    if "shape" in options:
        given = (options.pop("shape"), *given)
    if not given:
        raise explain(
            TypeError("Missing required positional argument"),
            summary="the shape is missing",
            hint="write zeros([2, 3]) or zeros(2, 3)",
        )
    if options:
        raise TypeError(f"got an unexpected keyword argument {next(iter(options))!r}")
    if isinstance(given[0], int) and len(given) > 1 and all(isinstance(n, int) for n in given):
        shape: Any = list(given)
    else:
        shape, dtype = given[0], given[1] if len(given) > 1 else dtype
    return sizes_of(shape), dtypes.as_dtype(dtypes.float32 if dtype is None else dtype)


def sizes_of(shape: Any) -> list[int]:
    """The sizes of a new tensor, from an int, a list, a TensorShape or a tensor of ints."""
    if type(shape) is int or type(shape) in (list, tuple) and all(type(n) is int for n in shape):
        return ints(shape)
    t = as_tensor(shape, hint="int32")
    if t._array.ndim > 1:
        message = f"dims must represent a vector, got shape {bracketed(t._array.shape)}"
        raise invalid("Fill", message, name="")
    return ints(t if t.dtype.is_integer else shape)


def _filled(value: Any, shape: list[int], dtype: dtypes.DType) -> Tensor:
    check_sizes("Fill", shape, "")
    if dtype is dtypes.string:
        if value:
            raise convert.cannot_convert(value, dtype)
        return wrap(np.full(shape, b"", object))
    if dtype._kind == "r":
        raise convert.cannot_convert(value, dtype)
    try:
        return wrap(backend.active.full(tuple(shape), value, dtype._numpy))
    except MemoryError as error:
        raise memory.explained(error, "Fill") from None


def check_sizes(kernel: str, shape: list[int], name: str | None = None) -> None:
    """Raise InvalidArgumentError if a size is negative."""
    for size in shape:
        if size < 0:
            raise invalid(
                kernel,
                f"Dimension {size} must be >= 0",
                summary=f"a size cannot be negative: {size} in {bracketed(shape)}",
                name=name,
            )
    if prod(shape) >= 2**63:
        raise invalid(kernel, f"Shape {bracketed(shape)} would have more than 2**63 - 1 elements", name=name)


@op("zeros_like")
def zeros_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None) -> Tensor:
    """Zeros of a tensor's shape, and of its dtype unless another is given.

    >>> zeros_like([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """
    x = as_tensor(input)
    wanted = x.dtype if dtype is None else dtypes.as_dtype(dtype)
    if wanted is dtypes.string:
        return wrap(np.full(x._array.shape, b"", object))
    return wrap(backend.module_of(x._array).zeros(x._array.shape, wanted._numpy))


@op("ones_like")
def ones_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None) -> Tensor:
    """Ones of a tensor's shape, and of its dtype unless another is given.

    >>> ones_like([5, 7])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 1], dtype=int32)>
    """
    x = as_tensor(input)
    wanted = x.dtype if dtype is None else dtypes.as_dtype(dtype)
    check_dtype("OnesLike", wrap(np.empty(0, wanted._numpy)), _ONES, _ONES, "input")
    return wrap(backend.module_of(x._array).ones(x._array.shape, wanted._numpy))


_ONES = (
    *dtypes.FLOATS,
    *(d for pair in zip(dtypes.SIGNED, dtypes.UNSIGNED) for d in pair),
    *dtypes.COMPLEX,
    dtypes.bool_,
)


@primitive(lambda g, y, x, shape: ops.reduce_sum(g))
def _fill(xp, x, shape):
    return xp.broadcast_to(x, shape).copy()  # contiguous: what follows is faster than on a broadcast view


@op("fill", samples=lambda s: [s.call([2, 2], s())])
def fill(dims: Any, value: Any, name: str | None = None, layout: Any = None) -> Tensor:
    """A tensor of shape `dims` filled with the scalar `value`, of its dtype.

    dims: the shape, integers of rank 1.
    value: a scalar. Raises InvalidArgumentError for a value of another rank, or a negative size.

    >>> fill([2], 7.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([7., 7.], dtype=float32)>
    """
    value = as_tensor(value)
    if type(dims) is list and all(type(n) is int and n >= 0 for n in dims) and not value._array.ndim:
        return _fill(value, shape=tuple(dims))
    sizes = as_tensor(dims, hint="int32")
    check_dtype("Fill", sizes, (dtypes.int32, dtypes.int64), (dtypes.int32, dtypes.int64), "dims", "index_type")
    last = None if isinstance(dims, (list, tuple)) else ""
    if sizes._array.ndim > 1:
        raise invalid("Fill", f"dims must represent a vector, got shape {bracketed(sizes._array.shape)}", name=last)
    shape = ints(sizes)
    check_sizes("Fill", shape, last)
    array = value._array
    if array.ndim > 1 or array.size != 1:
        raise invalid(
            "Fill",
            f"value must represent a scalar, got shape {bracketed(array.shape)}",
            summary=f"fill: the value must be a scalar, not of shape {array.shape}",
            name=last,
        )
    return _fill(ops.reshape(value, []) if array.ndim else value, shape=tuple(shape))


@op("is_tensor")
def is_tensor_(x: Any) -> bool:
    """Whether x is a tensor, a variable or IndexedSlices.

    >>> is_tensor(constant(1)), is_tensor([1])
    (True, False)
    """
    return is_tensor(x) or getattr(type(x), "_is_composite", False)


@op("get_static_value")
def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The value of a tensor as a NumPy array; None for a variable, which may change.

    partial: taken as TensorFlow takes it; values are always whole here.

    >>> get_static_value(constant([1, 2]))
    array([1, 2], dtype=int32)
    """
    if isinstance(tensor, Variable):
        return None
    return tensor.numpy() if isinstance(tensor, Tensor) else tensor


def zeros_array(array: Any, shape: tuple[int, ...], dtype: np.dtype) -> Any:
    """Zeros in the array module that holds `array`."""
    return _uniform(array, 0, shape, dtype)


def ones_array(array: Any, shape: tuple[int, ...], dtype: np.dtype) -> Any:
    """Ones in the array module that holds `array`."""
    return _uniform(array, 1, shape, dtype)


def _uniform(array: Any, value: int, shape: tuple[int, ...], dtype: np.dtype) -> Any:
    """An array of one number: a large one is a view of that number, which costs no memory."""
    xp = backend.module_of(array)
    is_large = prod(shape) >= backend.large
    filled = xp.empty(() if is_large else shape, dtype)
    filled.fill(value)
    return xp.broadcast_to(filled, shape) if is_large else filled


def one_hot_array(array: Any, i: int) -> Any:
    """Zeros like `array` with a one at flat position i."""
    flat = backend.module_of(array).zeros(array.size, array.dtype)
    flat[i] = 1
    return flat.reshape(array.shape)


export("tf.TensorSpec", TensorSpec, "TensorSpec", "creation")
