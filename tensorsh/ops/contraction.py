"""Products of matrices: matmul and `@`, matvec, tensordot.

One product does the work of all: `contract`, a batched matrix product on raw arrays. `matmul` is that product with
checks, and its gradients are products again; `tensordot` arranges axes around it, and so does `einsum` in its own file.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..runtime import local, tape
from ..runtime.dtypes import COMPLEX, F32, F64, FLOATS, UNSIGNED, DType, as_dtype, int8, int16, int32, int64, uint8
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from ..runtime.variable import Variable
from .dispatch import is_operator
from .dispatch import product as operator_product
from .kernels import no_kernel
from .registry import install_operator, op, ops, primitive
from .rules import check_dtype, conj, ints, mismatch, pair

_new = object.__new__
_ndarray = np.ndarray
_product = np.matmul
_recorders = tape.recorders
_NO_FLAGS: dict[str, Any] = {}

_MATMUL = (*FLOATS, int32, int64, *UNSIGNED, *COMPLEX)
_BATCHED = (*FLOATS, int16, int32, int64, *UNSIGNED, *COMPLEX)
_WITH_KERNEL = frozenset((*FLOATS, int16, int32, int64, *COMPLEX))


# ---------------------------------------------------------------- matmul


def _gradient_a(g: Tensor, y: Tensor, a: Tensor, b: Tensor, adjoint_a: bool = False, adjoint_b: bool = False) -> Any:
    if adjoint_a:
        return _matmul(b, g, adjoint_a=adjoint_b, adjoint_b=True)
    return _matmul(g, b, adjoint_b=not adjoint_b)


def _gradient_b(g: Tensor, y: Tensor, a: Tensor, b: Tensor, adjoint_a: bool = False, adjoint_b: bool = False) -> Any:
    if adjoint_b:
        return _matmul(g, a, adjoint_a=True, adjoint_b=adjoint_a)
    return _matmul(a, g, adjoint_a=not adjoint_a)


@primitive(_gradient_a, _gradient_b)
def _matmul(xp, a, b, adjoint_a=False, adjoint_b=False):
    return contract(xp, adjoint(xp, a) if adjoint_a else a, adjoint(xp, b) if adjoint_b else b)


def contract(xp: Any, a: Any, b: Any, out: Any = None) -> Any:
    """a @ b for raw arrays (..., n, k) and (..., k, m), in `out` if that is given.

    float16 is summed in float32, as TensorFlow does.
    """
    if a.dtype == np.float16:
        made = xp.matmul(a.astype(F32), b.astype(F32)).astype(a.dtype)
        if out is None:
            return made
        out[...] = made
        return out
    return xp.matmul(a, b, out=out)


def adjoint(xp: Any, a: Any) -> Any:
    """The conjugate transpose of raw matrices (..., n, m)."""
    a = xp.swapaxes(a, -1, -2)
    return xp.conj(a) if a.dtype.kind == "c" else a


def _matmul_samples(s: Any) -> Any:
    yield s.call(s(2, 3), s(3, 2))
    yield s.call(s(3, 2), s(4, 3), transpose_a=True, transpose_b=True)
    yield s.call(s(2, 1, 2, 3), s(4, 3, 2))
    yield s.call(s(2, 3, 2), s(2, 3))
    yield s.call(s.complex(2, 3), s.complex(2, 3), adjoint_b=True)
    yield s.call(s.complex(3, 2), s.complex(3, 2), transpose_a=True)


@op("matmul linalg.matmul", samples=_matmul_samples)
def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    output_type: Any = None,
    grad_a: bool = False,
    grad_b: bool = False,
    name: str | None = None,
) -> Tensor:
    """The matrix product, as `a @ b`: (..., n, k) times (..., k, m) is (..., n, m), batch axes broadcast.

    transpose_a, transpose_b: transpose the last two axes first; adjoint_a, adjoint_b: and conjugate.
    output_type: int32 for a product of int8 or uint8 matrices. a_is_sparse, b_is_sparse, grad_a, grad_b change no
    result. Raises InvalidArgumentError unless both have rank 2 or more, fit, and have one dtype.

    grad_a: taken as TensorFlow takes it; it changes nothing here. grad_b: the same.
    a: (..., n, k). b: (..., k, m), of the dtype of a.

    >>> matmul([[1., 2.], [3., 4.]], [[1.], [1.]])
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[3.],
           [7.]], dtype=float32)>
    """
    if type(a) is Variable:
        a = a._read()
    if type(b) is Variable:
        b = b._read()
    if (
        type(a) is Tensor
        and type(b) is Tensor
        and not (transpose_a or transpose_b or adjoint_a or adjoint_b or output_type)
    ):
        x, y = a._array, b._array
        dtype = x.dtype
        if (
            type(x) is _ndarray
            and type(y) is _ndarray
            and (dtype is F32 or dtype is F64)
            and y.dtype is dtype
            and x.ndim == 2 == y.ndim
            and x.shape[1] == y.shape[0]
        ):
            c = _new(Tensor)
            c._array = _product(x, y)
            if _recorders:
                tape.record(_matmul, (c,), (a, b), _NO_FLAGS)
            return c
    for side, transposed, adjointed in (("a", transpose_a, adjoint_a), ("b", transpose_b, adjoint_b)):
        if transposed and adjointed:
            raise ValueError(
                f"Only one of `transpose_{side}` and `adjoint_{side}` can be True. "
                f"Received `transpose_{side}`={transposed}, `adjoint_{side}`={adjointed}."
            )
    if is_operator(a) or is_operator(b):
        transposed, sparse = transpose_a or transpose_b, a_is_sparse or b_is_sparse
        return operator_product(a, b, transposed, adjoint_a, adjoint_b, sparse)
    if local.promotes():
        a, b = ops.numpy_meet(a, b)
        if 1 in (a.ndim, b.ndim):
            return ops.numpy_product(a, b)
    a = as_tensor(a)
    b = as_tensor(b, hint=a.dtype)
    if output_type is not None and (as_dtype(output_type) is not a.dtype or a.dtype is not b.dtype):
        a, b = _widened(a, b, as_dtype(output_type))
    flip_a, flip_b = bool(transpose_a or adjoint_a), bool(transpose_b or adjoint_b)
    a, b = _checked(a, b, flip_a, flip_b)
    if transpose_a:
        a = conj(a)
    if transpose_b:
        b = conj(b)
    rows = a._array.shape
    if len(rows) > 2 and b._array.ndim == 2 and not flip_a and a._array.size:
        # One large product is faster than many small ones, and so is its gradient.
        c = _matmul(ops.reshape(a, [-1, rows[-1]]), b, adjoint_b=flip_b)
        return ops.reshape(c, [*rows[:-1], c._array.shape[-1]])
    return _matmul(a, b, adjoint_a=flip_a, adjoint_b=flip_b)


def _reflected_matmul(b: Tensor, a: Any) -> Tensor:
    return matmul(a if local.promotes() else as_tensor(a, b.dtype), b)


install_operator("@", matmul, _reflected_matmul)


def _checked(a: Tensor, b: Tensor, flip_a: bool, flip_b: bool) -> tuple[Tensor, Tensor]:
    """The operands of a product, or TensorFlow's error that they are not."""
    p, q = a._array.shape, b._array.shape
    batched = len(p) > 2 or len(q) > 2
    kernel = "BatchMatMulV2" if batched else "MatMul"
    if a._array.dtype != b._array.dtype:
        raise mismatch(kernel, 1, a, b, ("a", "b"))
    listed = _BATCHED if batched else _MATMUL
    check_dtype(kernel, a, listed, listed, "a")
    if a.dtype not in _WITH_KERNEL:
        flips = (
            ("adj_x", "adj_y", "grad_x", "grad_y") if batched else ("transpose_a", "transpose_b", "grad_a", "grad_b")
        )
        attributes = dict(zip(flips, (flip_a, flip_b, False, False)))
        raise no_kernel(kernel, "matmul", {"T": a.dtype, **attributes}, [("a", a), ("b", b)])
    short = min(len(p), len(q)) < 2
    if not short:
        inner_a, inner_b = p[-2 if flip_a else -1], q[-1 if flip_b else -2]
        if inner_a == inner_b and (not batched or _broadcast(p[:-2], q[:-2])):
            return pair(kernel, a, b)
    raise _shape_error(kernel, a, b, flip_a, flip_b)


def _shape_error(kernel: str, a: Tensor, b: Tensor, flip_a: bool, flip_b: bool) -> BaseException:
    p, q = a._array.shape, b._array.shape
    operands = [("a", a), ("b", b)]
    low = [side for side, shape in (("a", p), ("b", q)) if len(shape) < 2]
    if low:
        if kernel == "BatchMatMulV2":
            i = 0 if len(p) < 2 else 1
            message = f"In[{i}] ndims must be >= 2: {len((p, q)[i])}"
        elif len(p) != len(q):
            message = f"In[0] and In[1] has different ndims: {bracketed(p)} vs. {bracketed(q)}"
        else:
            message = f"In[0] and In[1] ndims must be == 2: {len(p)}"
        summary = f"matmul: {' and '.join(low)} must have rank 2 or more"
        return invalid(kernel, message, summary, operands, _vector_hint(p, q))
    if kernel == "BatchMatMulV2" and not _broadcast(p[:-2], q[:-2]):
        message = f"In[0] and In[1] must have compatible batch dimensions: {bracketed(p)} vs. {bracketed(q)}"
        return invalid(kernel, message, f"matmul: batch shapes {p[:-2]} and {q[:-2]} do not broadcast", operands)
    inner_a, inner_b = p[-2 if flip_a else -1], q[-1 if flip_b else -2]
    message = f"Matrix size-incompatible: In[0]: {bracketed(p)}, In[1]: {bracketed(q)}"
    summary = f"matmul: inner dimensions differ, {inner_a} and {inner_b}"
    return invalid(kernel, message, summary, operands, _transpose_hint(p, q, flip_a, flip_b))


def _vector_hint(p: tuple[int, ...], q: tuple[int, ...]) -> str | None:
    if len(p) == 2 and len(q) == 1 and p[1] == q[0]:
        return "for a matrix times a vector: matvec(a, b)"
    if len(p) == 1 and len(q) == 1 and p == q:
        return "for the inner product of two vectors: tensordot(a, b, 1)"
    return None


def _transpose_hint(p: tuple[int, ...], q: tuple[int, ...], flip_a: bool, flip_b: bool) -> str | None:
    """How one transposition would make the inner dimensions equal."""
    inner_a, inner_b = p[-2 if flip_a else -1], q[-1 if flip_b else -2]
    for side, fits, flipped in (
        ("b", inner_a == q[-2 if flip_b else -1], flip_b),
        ("a", p[-1 if flip_a else -2] == inner_b, flip_a),
    ):
        if fits and not (flip_a or flip_b):
            return f"transpose one of them: matmul(a, b, transpose_{side}=True)"
        if fits and flipped:
            return f"leave {side} as it is: without transpose_{side}=True it fits"
    return None


def _broadcast(p: tuple[int, ...], q: tuple[int, ...]) -> bool:
    return all(m == n or m == 1 or n == 1 for m, n in zip(reversed(p), reversed(q)))


def _widened(a: Tensor, b: Tensor, wanted: DType) -> tuple[Tensor, Tensor]:
    """The operands of a product of another dtype than theirs. TensorFlow has kernels for 8-bit integers only."""
    if {a.dtype, b.dtype} <= {int8, uint8} and wanted is int32:
        return ops.cast(a, int32), ops.cast(b, int32)
    flags = dict.fromkeys(("adj_x", "adj_y", "grad_x", "grad_y"), False)
    attributes = {"Ta": a.dtype, "Tb": b.dtype, "Tout": wanted, **flags}
    raise no_kernel("BatchMatMulV3", "matmul", attributes, [("a", a), ("b", b)])


@op("linalg.matvec", samples=lambda s: [s.call(s(2, 3), s(3)), s.call(s(2, 3, 2), s(2, 3), transpose_a=True)])
def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """A matrix times a vector: (..., n, k) times (..., k) is (..., n).

    transpose_a, adjoint_a: transpose, or transpose and conjugate, the matrix first.
    a: (..., n, k). b: (..., k), of the dtype of a.

    >>> matvec([[1., 2.], [3., 4.]], [1., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 7.], dtype=float32)>
    """
    column = ops.expand_dims(as_tensor(b), -1)
    return ops.squeeze(matmul(a, column, transpose_a=transpose_a, adjoint_a=adjoint_a), [-1])


# ---------------------------------------------------------------- tensordot


def _tensordot_samples(s: Any) -> Any:
    yield s.call(s(2, 3), s(3, 2), 1)
    yield s.call(s(2, 3, 2), s(2, 3, 4), [[1, 2], [1, 0]])
    yield s.call(s(2), s(3), 0)


@op("tensordot linalg.tensordot", samples=_tensordot_samples)
def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Tensor:
    """The products of a and b summed over `axes`; what is left of a's axes comes first, then of b's.

    axes: a number n, for the last n axes of a and the first n of b (0 is the outer product); or a pair, the axes of a
    and those of b that belong together. Raises ValueError if they do not pair, InvalidArgumentError if sizes differ.

    >>> tensordot([1., 2.], [3., 4.], 0)
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[3., 4.],
           [6., 8.]], dtype=float32)>
    """
    a = as_tensor(a)
    b = as_tensor(b)
    axes_a, axes_b = _contracted_axes(a, b, axes)
    left, free_a = _as_matrix(a, axes_a, last=True)
    right, free_b = _as_matrix(b, axes_b, last=False)
    return ops.reshape(matmul(left, right), [*free_a, *free_b])


def _contracted_axes(a: Tensor, b: Tensor, axes: Any) -> tuple[list[int], list[int]]:
    if type(axes) is int:
        if axes < 0:
            raise ValueError(f"`axes` must be at least 0. Received: {axes}.")
        for x in (a, b):
            if axes > x._array.ndim:
                raise explain(
                    ValueError(
                        f"`axes` must not be larger than the number of dimensions of tensor {np.asarray(x)}.  "
                        f"Received {axes}, vs tensor dimensions {x._array.ndim}."
                    ),
                    f"tensordot: axes is {axes}, and a tensor has rank {x._array.ndim}",
                    [("a", a), ("b", b)],
                )
        return list(range(a._array.ndim - axes, a._array.ndim)), list(range(axes))
    pairs = axes if isinstance(axes, (list, tuple)) else np.asarray(as_tensor(axes)).tolist()
    if type(pairs) is int:
        return _contracted_axes(a, b, pairs)
    if len(pairs) != 2:
        raise ValueError(f"`axes` must be an integer or have length 2. Received {axes}.")
    axes_a, axes_b = ints(pairs[0]), ints(pairs[1])
    if len(axes_a) != len(axes_b):
        raise explain(
            ValueError(f"Different number of contraction axes `a` and `b`, {len(axes_a)} != {len(axes_b)}."),
            operands=[("a", a), ("b", b)],
        )
    return axes_a, axes_b


def _as_matrix(x: Tensor, axes: list[int], last: bool) -> tuple[Tensor, list[int]]:
    """x as a matrix whose columns (or rows) run over `axes`, and the sizes of its other axes."""
    shape = x._array.shape
    for axis in axes:
        if not -len(shape) <= axis < len(shape):
            raise explain(
                IndexError("list index out of range"),
                summary=f"tensordot: axis {axis} is out of range for a tensor of rank {len(shape)}",
            )
    axes = [axis % len(shape) for axis in axes]
    free = [i for i in range(len(shape)) if i not in axes]
    order = free + axes if last else axes + free
    if order != list(range(len(shape))):
        x = ops.transpose(x, order)
    rows, columns = prod(shape[i] for i in free), prod(shape[i] for i in axes)
    return ops.reshape(x, [rows, columns] if last else [columns, rows]), [shape[i] for i in free]
