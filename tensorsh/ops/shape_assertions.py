"""tf.debugging: assertions about shapes and dtypes, with TensorFlow's error classes and messages."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.dtypes import NUMERIC, DType, as_dtype, float32, int32
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .registry import op


@op("debugging.assert_integer")
def assert_integer(x: Any, message: Any = None, name: str | None = None) -> None:
    """Raise TypeError unless the dtype is one of integers.

    >>> assert_integer([1, 2])
    """
    x = as_tensor(x)
    if not x.dtype.is_integer:
        raise TypeError(f'{prefix(message)}Expected "x" to be integer type.  Found: tensor of dtype {x.dtype}')


@op("debugging.assert_type")
def assert_type(tensor: Any, tf_type: Any, message: Any = None, name: str | None = None) -> None:
    """Raise TypeError unless the tensor has that dtype.

    tf_type: a dtype.

    >>> assert_type([1, 2], int32)
    """
    x, wanted = as_tensor(tensor), as_dtype(tf_type)
    if x.dtype != wanted:
        raise explain(
            TypeError(f"{prefix(message)}tensor must be of type {wanted!r}; got {x.dtype!r}"),
            hint=f"cast it: cast(x, {wanted.name})",
        )


@op("debugging.assert_same_float_dtype")
def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> DType:
    """The floating-point dtype that all the tensors have; raises ValueError if they differ.

    >>> assert_same_float_dtype([constant(1.), constant([2.])])
    tf.float32
    """
    found = None if dtype is None else as_dtype(dtype)
    first = None
    for t in tensors or ():
        if t is None:
            continue
        if found is None:
            found, first = t.dtype, t
        elif t.dtype != found:
            beside = "" if first is None else f" as {first!s}"
            raise ValueError(f"{t!s}, type={t.dtype}, must be of the same type ({found}){beside}.")
    if found is None:
        return float32
    if not found.is_floating:
        raise ValueError(f"Expected floating point type, got {found}.")
    return found


@op("debugging.is_numeric_tensor")
def is_numeric_tensor(tensor: Any) -> bool:
    """Whether it is a tensor of numbers.

    tensor: a value of any kind.

    >>> is_numeric_tensor(constant(1)), is_numeric_tensor(1)
    (True, False)
    """
    return isinstance(tensor, Tensor) and tensor.dtype in NUMERIC


@op("debugging.assert_proper_iterable")
def assert_proper_iterable(values: Any) -> None:
    """Raise TypeError unless `values` is an iterable other than a tensor, an array or text.

    values: a value of any kind.

    >>> assert_proper_iterable([1, 2])
    """
    if is_tensor(values) or isinstance(values, (np.ndarray, str, bytes)):
        raise TypeError(f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}')
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


@op("debugging.assert_scalar")
def assert_scalar(tensor: Any, message: Any = None, name: str | None = None) -> None:
    """Raise ValueError unless the tensor has rank 0.

    >>> assert_scalar(1.)
    """
    shape = as_tensor(tensor).shape
    if len(shape):
        raise ValueError(f"{prefix(message)}Expected scalar shape, saw shape: {shape}.")


@op("debugging.assert_rank assert_rank")
def assert_rank(x: Any, rank: Any, message: Any = None, name: str | None = None) -> None:
    """Raise ValueError unless the tensor has that rank.

    >>> assert_rank([[1, 2]], 2)
    """
    x, (wanted,) = as_tensor(x), _ranks([rank])
    if x.ndim != wanted:
        raise _wrong_rank(x, str(wanted), message, "")


@op("debugging.assert_rank_at_least")
def assert_rank_at_least(x: Any, rank: Any, message: Any = None, name: str | None = None) -> None:
    """Raise ValueError unless the tensor has that rank or a higher one.

    >>> assert_rank_at_least([[1, 2]], 1)
    """
    x, (wanted,) = as_tensor(x), _ranks([rank])
    if x.ndim < wanted:
        raise _wrong_rank(x, str(wanted), message, "at least ")


@op("debugging.assert_rank_in")
def assert_rank_in(x: Any, ranks: Any, message: Any = None, name: str | None = None) -> None:
    """Raise ValueError unless the tensor has one of those ranks.

    ranks: a list of ints.

    >>> assert_rank_in([[1, 2]], [1, 2])
    """
    x, wanted = as_tensor(x), tuple(_ranks(ranks))
    if x.ndim not in wanted:
        raise _wrong_rank(x, str(wanted), message, "in ")


def _ranks(given: Any) -> list[int]:
    found = []
    for rank in given:
        t = as_tensor(rank)
        assert_type(t, int32)
        if t.ndim:
            raise ValueError("Rank must be a scalar.")
        found.append(int(t))
    return found


def _wrong_rank(x: Tensor, wanted: str, message: Any, words: str) -> BaseException:
    return explain(
        ValueError(
            f"{prefix(message)}Tensor  must have rank {words}{wanted}.  Received rank {x.ndim}, shape {x.shape}"
        ),
        operands=[("x", x)],
    )


@op("debugging.assert_shapes")
def assert_shapes(
    shapes: Any, data: Any = None, summarize: Any = None, message: Any = None, name: str | None = None
) -> None:
    """Raise ValueError unless tensors have the shapes beside them; a name in a shape stands for one size.

    shapes: pairs (tensor, shape); a shape's entries are sizes, names of sizes, None or "." for any, and as
    its first "*" or `...` for any number of axes.
    data: taken as TensorFlow takes it; it changes nothing here.

    >>> assert_shapes([(ones(2, 3), ("n", 3)), (ones(2), ("n",))])
    """
    pairs = shapes.items() if isinstance(shapes, dict) else shapes
    wanted = [_wanted_shape(as_tensor(x), shape, message) for x, shape in pairs if shape is not None]
    for x, names, is_tail in wanted:
        rank = len(names)
        if is_tail and rank > 1:
            assert_rank_at_least(x, rank, message)
        elif not is_tail and rank < 2:
            assert_rank_in(x, [0, 1], message)
        elif not is_tail:
            assert_rank(x, rank, message)
    known: dict[Any, tuple[int | None, Tensor, int]] = {}
    for x, names, is_tail in wanted:
        sizes = x.shape.as_list() or [1]
        for i, symbol in enumerate(names):
            axis = i - len(names) if is_tail else i
            if symbol is None or symbol == ".":
                continue
            size, why = _as_size(symbol), "Specified explicitly"
            if size is None:
                if symbol not in known:
                    known[symbol] = sizes[axis], x, axis
                    continue
                size, first, at = known[symbol]
                why = f"Specified by tensor {shape_and_dtype(first)} dimension {at}"
            if sizes[axis] != size:
                raise explain(
                    ValueError(
                        f"{prefix(message)}{why}.  Tensor {shape_and_dtype(x)} dimension {axis} must have "
                        f"size {size}.  Received size {sizes[axis]}, shape {x.shape}"
                    ),
                    operands=[("x", x)],
                )


def _wanted_shape(x: Tensor, shape: Any, message: Any) -> tuple[Tensor, tuple, bool]:
    """(tensor, the entries of its shape, whether they are only its last ones)."""
    if not hasattr(shape, "__iter__"):
        raise ValueError(
            f"{prefix(message)}Tensor {shape_and_dtype(x)}.  Specified shape must be an iterable.  An "
            f"iterable has the attribute `__iter__` or `__getitem__`.  Received specified shape: {shape}"
        )
    entries = tuple(shape)
    for i, entry in enumerate(entries):
        if i and (entry is Ellipsis or entry == "*"):
            raise ValueError(
                f"{prefix(message)}Tensor {shape_and_dtype(x)} specified shape index {i}.  Symbol `...` or "
                "`*` for a variable number of unspecified dimensions is only allowed as the first entry"
            )
    is_tail = bool(entries) and (entries[0] is Ellipsis or entries[0] == "*")
    return x, (entries[1:] if is_tail else entries) or (1,), is_tail


def _as_size(symbol: Any) -> int | None:
    try:
        return int(symbol)
    except (TypeError, ValueError):
        return None


def shape_and_dtype(t: Tensor) -> str:
    return f"shape={t.shape} dtype={t.dtype.name}"


def prefix(message: Any) -> str:
    return f"{message}.  " if message else ""
