"""Norms, and the small algebra of matrices: transposes, cross products, traces."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..runtime.dtypes import ORDERED
from ..runtime.errors import FailedPreconditionError, bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from .arguments import pair_of
from .dispatch import is_operator
from .registry import op, ops, primitive
from .rules import reduction_axes

_MATRIX_NORMS = "['euclidean', 'fro', 1, 2, inf]"


def _norm_samples(s: Any) -> Any:
    yield s.call(s(2, 3))
    yield s.call(s(2, 3), axis=-1, keepdims=True)
    yield s.call(s(2, 3, 2), ord="fro", axis=[0, 2])
    yield s.call(s.distinct(2, 3), ord=1)
    yield s.call(s.distinct(2, 3), ord=math.inf, axis=1)
    yield s.call(s.distinct(2, 3), ord=2.5, axis=1)
    yield s.call(s.distinct(2, 3), ord=1, axis=[0, 1])
    yield s.call(s(2, 3), ord=2, axis=[0, 1])


@op("norm linalg.norm", samples=_norm_samples)
def norm(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = None, name: str | None = None
) -> Tensor:
    """The norm of a tensor, or of the vectors or matrices along `axis`.

    ord: "euclidean" (the default), 1, 2, inf or any positive number; for matrices "fro", "euclidean", 1, 2 or inf.
    axis: None takes the whole tensor as one vector, an int has vectors along it, a pair of ints has matrices.
    Raises ValueError for a norm or an axis that is none of these.

    >>> norm([3., 4.])
    <tf.Tensor: shape=(), dtype=float32, numpy=5.0>
    >>> norm([[1., 2.], [3., 4.]], ord=1, axis=[0, 1])
    <tf.Tensor: shape=(), dtype=float32, numpy=6.0>
    """
    matrix = isinstance(axis, (list, tuple))
    if matrix:
        axis = tuple(axis)
        if len(axis) != 2 or not all(isinstance(a, int) for a in axis) or axis[0] == axis[1]:
            shown = list(axis) if len(axis) != 2 else axis
            raise ValueError(f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {shown}")
        if ord not in ("euclidean", "fro", 1, 2, math.inf):
            raise ValueError(f"'ord' must be a supported matrix norm in {_MATRIX_NORMS}, got {ord}")
    elif ord != "euclidean" and (isinstance(ord, str) or ord <= 0):
        raise explain(
            ValueError(f"'ord' must be a supported vector norm, got {ord}"),
            hint='give axis=[-2, -1] to take the norms of matrices: norm(x, "fro", [-2, -1])' if ord == "fro" else None,
        )
    x, keep = as_tensor(tensor), bool(keepdims)
    if ord in ("fro", "euclidean") or ord == 2 and not matrix:
        return ops.sqrt(ops.reduce_sum(ops.multiply(x, ops.conj(x)), axis, keep))
    if matrix:
        return _matrix_norm(x, ord, axis, keep)
    size = abs(x)
    if ord == 1:
        return ops.reduce_sum(size, axis, keep)
    if ord == math.inf:
        return ops.reduce_max(size, axis, keep)
    return ops.reduce_sum(size**ord, axis, keep) ** (1.0 / ord)


def _matrix_norm(x: Tensor, ord: Any, axis: tuple[int, int], keep: bool) -> Tensor:
    rank = x._array.ndim
    if not all(-rank <= a < rank for a in axis):
        reduction_axes("Max" if rank else "Sum", axis, x)
    rows, columns = (a % rank for a in axis)
    if ord == 2:
        rest = [i for i in range(rank) if i not in (rows, columns)]
        x = x if [*rest, rows, columns] == list(range(rank)) else ops.transpose(x, [*rest, rows, columns])
        largest = ops.reduce_max(ops.svd(x, compute_uv=False), -1)
        if not keep:
            return largest
        return ops.reshape(
            largest, [1 if i in (rows, columns) else n for i, n in enumerate(_untransposed(x, rest, rank))]
        )
    summed, compared = (rows, columns) if ord == 1 else (columns, rows)
    longest = ops.reduce_max(ops.reduce_sum(abs(x), summed, True), compared, True)
    return longest if keep else ops.squeeze(longest, list(axis))


def _untransposed(x: Tensor, rest: list[int], rank: int) -> list[int]:
    """The sizes of x before its matrices' axes were moved to the end."""
    sizes = [1] * rank
    for i, n in zip(rest, x._array.shape):
        sizes[i] = n
    return sizes


@op("linalg.normalize", short=False, samples=lambda s: [s.call(s(2, 3)), s.call(s(2, 3), axis=-1)])
def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None) -> tuple[Tensor, Tensor]:
    """(the tensor divided by its norm, the norm); `ord` and `axis` as for `norm`, the norm keeps its axes.

    ord: the norm's order, as for `norm`.

    >>> tf.linalg.normalize([3., 4.])[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.6, 0.8], dtype=float32)>
    """
    x = as_tensor(tensor)
    size = ops.cast(norm(x, ord, axis, True), x.dtype)
    return ops.truediv(x, size), size


@op(
    "linalg.l2_normalize math.l2_normalize nn.l2_normalize",
    samples=lambda s: [s.call(s(2, 3)), s.call(s(2, 3), axis=-1), s.call(s.complex(3))],
)
def l2_normalize(x: Any, axis: Any = None, epsilon: Any = 1e-12, name: str | None = None, dim: Any = None) -> Tensor:
    """x divided by its Euclidean norm along `axis` (all axes if None), or by sqrt(epsilon) if that is greater.

    >>> l2_normalize([3., 4.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.6, 0.8], dtype=float32)>
    """
    x, axis = as_tensor(x), dim if axis is None else axis
    if x.dtype.is_complex:
        real, imag = ops.real(x), ops.imag(x)
        total = ops.reduce_sum(ops.square(real) + ops.square(imag), axis, True)
        inverse = ops.rsqrt(ops.maximum(total, epsilon))
        return ops.multiply(x, ops.cast(inverse, x.dtype))
    total = ops.reduce_sum(ops.square(x), axis, True)
    return ops.multiply(x, ops.rsqrt(ops.maximum(total, epsilon)))


@op("linalg.global_norm", samples=lambda s: [s.call([s(2, 3), s(2)])])
def global_norm(t_list: Any, name: str | None = None) -> Any:
    """The Euclidean norm of all entries of a list of tensors together; a None among them is passed over.

    t_list: a list of tensors.
    Raises TypeError for what is no list.

    >>> global_norm([constant([3.]), constant([4.])])
    <tf.Tensor: shape=(), dtype=float32, numpy=5.0>
    """
    if not isinstance(t_list, (list, tuple)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    halves = [ops.l2_loss(getattr(t, "values", t)) for t in t_list if t is not None]
    return ops.sqrt(ops.multiply(ops.reduce_sum(ops.stack(halves)), 2.0))


# ---------------------------------------------------------------- small algebra


@op("linalg.matrix_transpose", samples=lambda s: [s.call(s(2, 3)), s.call(s.complex(2, 1, 3), conjugate=True)])
def matrix_transpose(a: Any, name: str = "matrix_transpose", conjugate: bool = False) -> Tensor:
    """The last two axes exchanged. Raises ValueError for a tensor of rank less than 2.

    a: (..., m, n).

    >>> matrix_transpose([[1, 2]])
    <tf.Tensor: shape=(2, 1), dtype=int32, numpy=
    array([[1],
           [2]], dtype=int32)>
    """
    a = as_tensor(a)
    rank = a._array.ndim
    if rank < 2:
        raise explain(
            ValueError(
                f"Argument `a` should be a (batch) matrix with rank >= 2.  Received `a` = {np.asarray(a)} with shape: "
                f"{a._array.shape}"
            ),
            operands=[("a", a)],
        )
    return ops.transpose(a, [*range(rank - 2), rank - 1, rank - 2], conjugate=conjugate)


@op("linalg.adjoint", samples=lambda s: [s.call(s.complex(2, 3))])
def adjoint(matrix: Any, name: str | None = None) -> Tensor:
    """The conjugate transpose of a matrix, or of each of a batch of them.

    >>> adjoint([[1j, 2.+0j]])
    <tf.Tensor: shape=(2, 1), dtype=complex128, numpy=
    array([[0.-1.j],
           [2.-0.j]])>
    """
    return matrix.adjoint() if is_operator(matrix) else matrix_transpose(matrix, conjugate=True)


@op("linalg.trace", samples=lambda s: [s.call(s(3, 3)), s.call(s(2, 2, 3))])
def trace(x: Any, name: str | None = None) -> Tensor:
    """The sum of the main diagonal of each matrix.

    x: (..., m, n).

    >>> trace([[1, 2], [3, 4]])
    <tf.Tensor: shape=(), dtype=int32, numpy=5>
    """
    return x.trace() if is_operator(x) else ops.reduce_sum(ops.diag_part(x), -1)


@primitive(lambda g, y, a, b: _cross(b, g), lambda g, y, a, b: _cross(g, a))
def _cross(xp, a, b):
    return xp.stack([a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in ((1, 2), (2, 0), (0, 1))], -1)


@op("linalg.cross", samples=lambda s: [s.call(s(3), s(3)), s.call(s(2, 3), s(2, 3))])
def cross(a: Any, b: Any, name: str | None = None) -> Tensor:
    """The cross products of the 3-vectors along the last axis of two tensors of the same shape.

    a: (..., 3). b: of the shape and dtype of a.
    Raises InvalidArgumentError for scalars or shapes that differ, FailedPreconditionError for vectors of another
    length.

    >>> cross([1., 0., 0.], [0., 1., 0.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0., 0., 1.], dtype=float32)>
    """
    a, b = pair_of("Cross", a, b, ORDERED, "a")
    p, q = a._array.shape, b._array.shape
    if p != q:
        raise invalid(
            "Cross",
            f"Both inputs must be of same shape: {bracketed(p)} vs. {bracketed(q)}",
            operands=[("a", a), ("b", b)],
            name=None,
        )
    if not p:
        raise invalid("Cross", "Input must be at least 1D[]", operands=[("a", a)], name=None)
    if p[-1] != 3:
        raise explain(
            FailedPreconditionError("Cross-products are only defined for 3-element vectors. [Op:Cross]"),
            f"cross: the last axis has {p[-1]} entries; cross products are those of 3-vectors",
            [("a", a), ("b", b)],
        )
    return _cross(a, b)
