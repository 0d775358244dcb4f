"""What `tf.experimental.numpy` shares: how its functions are registered, and NumPy's promotion of dtypes.

These functions take what NumPy's take and give tensors. Operands of two dtypes meet as NumPy lets them: int32 and
float32 give float64; a Python number takes the dtype of what it meets where that can hold its kind. By itself a
Python integer is int64 and a float is float64 (or float32: see `experimental_enable_numpy_behavior`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...runtime import dtypes, local
from ...runtime.dtypes import DType
from ...runtime.open_classes import open_class
from ...runtime.tensor import Tensor, as_tensor, is_tensor
from ..registry import export, family_of, op, ops

_TYPES = (
    "bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128 inexact iinfo"
)


def tnp(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register a function as `tf.experimental.numpy.NAME`, where NAME is its own without a trailing underscore."""
    name = function.__name__ = function.__qualname__ = function.__name__.rstrip("_")
    export(f"tf.experimental.numpy.{name}", function, None, family_of(function))
    return function


def result_type(*operands: Any) -> DType:
    """The dtype in which operands meet: tensors, arrays, numbers, nested lists of them, and dtypes."""
    kinds = {(type(kind), kind): kind for operand in operands for kind in _kinds(operand)}  # 0 and 0. are two
    return dtypes.as_dtype(np.result_type(*kinds.values()) if kinds else np.float64)


def _kinds(operand: Any) -> Iterator[Any]:
    """What NumPy is to promote for an operand; of Python numbers one of each class, as their values do not matter."""
    if isinstance(operand, (list, tuple)):
        for item in operand:
            yield from _kinds(item)
    elif type(operand) in (bool, int, float, complex):
        yield _number(operand)
    elif isinstance(operand, DType):
        yield operand._numpy
    elif is_tensor(operand) or isinstance(operand, (np.ndarray, np.generic)):
        yield as_tensor(operand).dtype._numpy
    elif isinstance(operand, dict):
        yield from _kinds(list(operand.values()))
    else:
        yield np.dtype(operand)


def _number(value: Any) -> Any:
    if type(value) is bool:
        return np.bool_
    if type(value) is int:
        return value if not -(2**63) <= value < 2**63 else 0
    if prefers_float32():
        return np.float32 if type(value) is float else np.complex64
    return 0.0 if type(value) is float else 0j


def prefers_float32() -> bool:
    """Whether a Python float by itself is float32."""
    return bool(local.current.get(local.NUMPY_BEHAVIOR, {}).get("prefer_float32"))


def asarray(a: Any, dtype: Any = None) -> Tensor:
    """a as a tensor, of that dtype if one is given."""
    wanted = None if dtype is None else result_type(dtype)
    if not is_tensor(a):
        if isinstance(a, (str, bytes)):
            return as_tensor(a)
        wanted = wanted or result_type(a)
        a = as_tensor(a, hint=wanted)
    else:
        a = as_tensor(a)
    return a if wanted is None or a.dtype is wanted else ops.cast(a, wanted)


def met(*operands: Any) -> list[Tensor]:
    """Operands as tensors of the dtype in which they meet."""
    dtype = result_type(*operands)
    return [asarray(operand, dtype) for operand in operands]


def real(x: Any) -> Tensor:
    """x as a tensor; integers and bools as floats."""
    x = asarray(x)
    return x if x.dtype.is_floating or x.dtype.is_complex else ops.cast(x, dtypes.float64)


@op(short=False)
def numpy_meet(x: Any, y: Any) -> list[Any]:
    """Two operands of an operator as tensors of the dtype in which NumPy lets them meet; as they are if they are text.

    >>> tf.experimental.numpy.add(constant(1), 2.5)
    <tf.Tensor: shape=(), dtype=float64, numpy=3.5>
    """
    return met(x, y) if _is_numeric(x) and _is_numeric(y) else [x, y]


def _is_numeric(value: Any) -> bool:
    if is_tensor(value) or isinstance(value, (np.ndarray, np.generic)):
        return as_tensor(value).dtype.name != "string"
    return isinstance(value, (int, float, complex, list, tuple))


@tnp
def promote_types(type1: Any, type2: Any) -> np.dtype:
    """The dtype in which two dtypes meet, as one of NumPy's. Raises TypeError where that is one of Python objects."""
    met_in = result_type(_as_dtype(type1), _as_dtype(type2))
    if met_in is dtypes.string:
        raise TypeError(f"promote_types: {type1!r} and {type2!r} do not meet in a dtype of numbers")
    return met_in._numpy


@tnp
def issubdtype(arg1: Any, arg2: Any) -> bool:
    """Whether one of NumPy's dtypes is a kind of another."""
    return bool(np.issubdtype(arg1, arg2))


@tnp
def finfo(dtype: Any) -> np.finfo:
    """What a dtype of floats can hold: its `eps`, `max`, `tiny` ..."""
    return np.finfo(result_type(dtype)._numpy)


def _as_dtype(kind: Any) -> Any:
    return kind if isinstance(kind, DType) else np.dtype(kind)


@tnp
def experimental_enable_numpy_behavior(prefer_float32: bool = False, dtype_conversion_mode: str = "legacy") -> None:
    """Let tensors behave as NumPy's arrays do: operators promote dtypes, and there are more indices and methods.

    From here on, in this session: operands of two dtypes meet as in NumPy; `x[...]` takes lists, arrays and masks on
    single axes; tensors have `T`, `reshape`, `ravel`, `flatten`, `transpose`, `astype`, `clip`, `max`, `min`, `mean`,
    `size`, `tolist` and `data`.
    prefer_float32: whether Python floats by themselves become float32 instead of float64.
    dtype_conversion_mode: "legacy", or "off" to leave the operators as they are. Raises NotImplementedError for the
    modes "safe" and "all", whose weak tensors tensorsh does not have.
    """
    if dtype_conversion_mode in ("safe", "all"):
        raise NotImplementedError(f"the dtype conversion mode {dtype_conversion_mode!r} is not supported")
    if dtype_conversion_mode not in ("legacy", "off"):
        raise ValueError(
            f"The provided promotion mode {dtype_conversion_mode} does not exist. Make sure the provided dtype "
            "conversion mode is one of the followings: 'off', 'legacy', 'safe' or 'all'."
        )
    local.current[local.NUMPY_BEHAVIOR] = {
        "promotes": dtype_conversion_mode == "legacy",
        "prefer_float32": prefer_float32,
    }


tnp(result_type)
tnp(asarray)
for _name in _TYPES.split():
    export(f"tf.experimental.numpy.{_name}", getattr(np, _name), None, "experimental_numpy.types")
for _name, _value in {
    "float_": np.float64,
    "complex_": np.complex128,
    "int_": np.int_,
    "pi": np.pi,
    "e": np.e,
    "inf": np.inf,
    "newaxis": None,
    "ndarray": open_class(Tensor),
}.items():
    export(f"tf.experimental.numpy.{_name}", _value, None, "experimental_numpy.types")
