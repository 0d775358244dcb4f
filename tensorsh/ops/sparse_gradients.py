"""Arithmetic of optimizers with gradients that may be `IndexedSlices`, as Keras does it.

Functions of single entries are applied to the slices as they stand, even where several of them belong to one row: the
square of a row's gradient is then the sum of the squares. Where a dense tensor joins in they are summed into place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..runtime.indexed_slices import IndexedSlices
from ..runtime.tensor import Tensor
from ..runtime.variable import Variable
from .registry import ops

Gradient = Tensor | IndexedSlices


def entrywise(f: Callable[..., Tensor], gradient: Any, *others: Tensor) -> Any:
    """f(gradient, *others); of slices, slices: `others`, of the variable's shape, give the rows beside them."""
    if type(gradient) is not IndexedSlices:
        return f(gradient, *others)
    rows = [ops.gather(other, gradient.indices) for other in others]
    return IndexedSlices(f(gradient.values, *rows), gradient.indices, gradient.dense_shape)


def dense(gradient: Any) -> Tensor:
    """The gradient as a tensor: slices of one row are summed."""
    return gradient._read()


def entries(gradient: Any) -> Tensor:
    """What a gradient's norm is taken of: the slices as they stand."""
    return gradient.values if type(gradient) is IndexedSlices else gradient


def add(variable: Variable, change: Any) -> None:
    """Add a change to a variable, slices one after the other."""
    if type(change) is IndexedSlices:
        variable.scatter_add(change)
    else:
        variable.assign_add(change, read_value=False)


def subtract(variable: Variable, change: Any) -> None:
    """Subtract a change from a variable, slices one after the other."""
    if type(change) is IndexedSlices:
        variable.scatter_sub(change)
    else:
        variable.assign_sub(change, read_value=False)
