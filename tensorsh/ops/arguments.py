"""Arguments of the array ops: lists of tensors of one dtype, integer arguments, how errors name an op.

No op is registered here. What is checked is what TensorFlow's kernels check, in their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..runtime.dtypes import DType, int16, int32, int64
from ..runtime.errors import invalid, subscript
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .rules import check_dtype, mismatch, pair

INDICES = (int16, int32, int64)
SIZES = (int32, int64)


def tail(*given: Any, name: str | None = None) -> str | None:
    """What follows ` name: ` in a kernel's message, for `errors.invalid`.

    TensorFlow appends it only where no argument had to be converted from a list.
    """
    return None if any(isinstance(value, (list, tuple)) for value in given) else name or ""


def alike(kernel: str, values: Sequence[Any], name: str | None = None, first: int = 0) -> list[Tensor]:
    """Values as tensors of one dtype: that of the first tensor among them, else of the first value.

    first: the place of the first of them among the kernel's inputs. Raises InvalidArgumentError if two
    tensors differ, TypeError if a Python value does not fit.
    """
    if type(values[0]) is Tensor:
        kind = values[0]._array.dtype
        if all(type(value) is Tensor and value._array.dtype is kind for value in values):
            return list(values)
    dtype = next((value.dtype for value in values if is_tensor(value)), None)
    parts: list[Tensor] = []
    for i, value in enumerate(values):
        t = value if type(value) is Tensor else as_tensor(value, None if is_tensor(value) else dtype)
        dtype = dtype or t.dtype
        if t._array.dtype != dtype._numpy:
            raise renamed(mismatch(kernel, first + i, parts[0], t), name)
        parts.append(t)
    return parts


def renamed(error: Any, name: str | None) -> Any:
    """A kernel's error with another tail (see `tail`)."""
    error._message = error._message.removesuffix(" name: ") + ("" if name is None else f" name: {name}")
    return error


def integers(
    kernel: str, value: Any, arg: str, attr: str, dtype: DType | None = None, allowed: Sequence[DType] = SIZES
) -> Tensor:
    """An argument of integers as a tensor. Raises InvalidArgumentError, as kernels do, for another dtype."""
    t = as_tensor(value, dtype, hint=None if dtype else int32)
    check_dtype(kernel, t, allowed, allowed, arg, attr)
    return t


def sizes(kernel: str, value: Any, arg: str, attr: str) -> tuple[list[int], int]:
    """An argument of integers as Python ints, with its rank."""
    if type(value) is int:
        return [value], 0
    if type(value) in (list, tuple) and all(type(n) is int for n in value) and value:
        return list(value), 1
    t = integers(kernel, value, arg, attr)
    return vector(t), t._array.ndim


def vector(t: Tensor) -> list[int]:
    """The entries of an integer tensor, as Python ints."""
    return [int(n) for n in t.numpy().reshape(-1).tolist()]


def wrong_index(
    kernel: str, found: tuple[tuple[int, ...], int], size: int, operands: Any = (), name: str | None = None
) -> Any:
    """The error for the index that `rows.outside` found."""
    position, value = found
    return invalid(
        kernel,
        f"indices{subscript(position)} = {value} is not in [0, {size})",
        summary=f"{kernel}: index {value} is out of range for {size} entries",
        operands=operands,
        name=name,
    )


def pair_of(
    kernel: str, x: Any, y: Any, dtypes: Sequence[DType], arg: str, computed: Sequence[DType] | None = None
) -> tuple[Tensor, Tensor]:
    """Two operands of one of these dtypes; the first one's is looked at before whether the second's is the same."""
    return pair(kernel, x, y, check=lambda t: check_dtype(kernel, t, dtypes, dtypes, arg, computed=computed))


def or_default(value: Any, default: DType, allowed: Any) -> Tensor:
    """A value as a tensor for a kernel whose dtype has a default: NumPy's values take it, others if they must."""
    if not isinstance(value, (np.ndarray, np.generic)):
        x = as_tensor(value)
        if x.dtype in allowed or is_tensor(value):
            return x
    return as_tensor(value, hint=default)
