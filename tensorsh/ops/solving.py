"""Linear systems: solutions, and the triangular factors behind them.

All take matrices (..., n, n) and treat leading axes as a batch. A matrix that has no inverse raises
InvalidArgumentError; one that is not positive definite has a Cholesky factor of nan, as in TensorFlow.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..runtime.dtypes import COMPLEX, as_dtype, bfloat16, float16, float32, float64, int32
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from . import factorizations
from .arguments import pair_of, tail
from .contraction import adjoint as _adjoint
from .diagonals import band_part, diag_part, set_diag
from .dispatch import is_operator
from .inverses import DOUBLE_FIRST, flat, no_half, regular, singular, solved, square_matrices
from .kernels import check_matrix
from .linalg import adjoint
from .registry import no_gradient, op, ops, primitive
from .rules import check_dtype, pair

_TRIANGULAR = (bfloat16, float64, float32, float16, *COMPLEX)


class Lu(NamedTuple):
    lu: Tensor
    p: Tensor


# ---------------------------------------------------------------- solve


def _solve_gradient_a(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return -ops.matmul(_solve_gradient_b(g, y, a, b), y, adjoint_b=True)


def _solve_gradient_b(g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return _solve(adjoint(a), g)


@primitive(_solve_gradient_a, _solve_gradient_b)
def _solve(xp, a, b):
    message = "Input matrix is not invertible."
    if a.shape[-1] > factorizations.SMALL:
        return solved(xp, lambda: xp.linalg.solve(a, b), a, "MatrixSolve", message)
    packed, order, _ = factorizations.lu(xp, flat(a))
    if factorizations.is_singular(xp, packed):
        raise singular("MatrixSolve", message)
    return factorizations.lu_solve(xp, packed, order, flat(b)).reshape(b.shape)


def _solve_samples(s: Any) -> Any:
    yield s.call(regular(s, 2, 2), s(2, 1))
    yield s.call(regular(s, 2, 3, 3), s(2, 3, 2), adjoint=True)


@op("linalg.solve", samples=_solve_samples)
def solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """x in matrix @ x = rhs, or in matrix^H @ x = rhs if `adjoint`: (..., n, n) and (..., n, m) give (..., n, m).

    Raises InvalidArgumentError unless the shapes fit and the matrix has an inverse.

    matrix: (..., n, n). rhs: (..., n, m).

    >>> solve([[3., 1.], [1., 2.]], [[9.], [8.]])
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[2.],
           [3.]], dtype=float32)>
    """
    if is_operator(matrix):
        return matrix.solve(rhs, adjoint=adjoint)
    if is_operator(rhs):
        raise ValueError("Passing in `matrix` as a Tensor and `rhs` as a LinearOperator is not supported.")
    a, b = pair_of("MatrixSolve", matrix, rhs, DOUBLE_FIRST, "matrix")
    no_half("MatrixSolve", a, adjoint=bool(adjoint))
    p, q = a._array.shape, b._array.shape
    hint = None
    if len(p) < 2:
        message = f"Input tensor 0 must have rank >= 2, got {len(p)}"
    elif len(p) != len(q):
        message = "All input tensors must have the same rank."
        if len(q) == len(p) - 1:
            hint = "make the right-hand side a column: solve(matrix, rhs[:, newaxis])"
    elif p[:-2] != q[:-2]:
        message = "All input tensors must have the same outer dimensions."
    elif p[-1] != p[-2]:
        message = "First input (lhs) must be a square matrix."
    elif p[-1] != q[-2]:
        message = "Input matrix and rhs are incompatible."
    else:
        return _solve(ops.adjoint(a) if adjoint else a, b)
    summary = f"solve: a matrix of shape {p} and a right-hand side of shape {q} do not fit"
    raise invalid("MatrixSolve", message, summary, [("matrix", a), ("rhs", b)], hint, tail(matrix, rhs))


# ---------------------------------------------------------------- triangular systems


def _triangular_gradient_a(g: Tensor, y: Tensor, a: Tensor, b: Tensor, lower: bool, adjoint: bool) -> Tensor:
    h = _triangular_gradient_b(g, y, a, b, lower, adjoint)
    full = -(ops.matmul(y, h, adjoint_b=True) if adjoint else ops.matmul(h, y, adjoint_b=True))
    return band_part(full, -1, 0) if lower else band_part(full, 0, -1)


def _triangular_gradient_b(g: Tensor, y: Tensor, a: Tensor, b: Tensor, lower: bool, adjoint: bool) -> Tensor:
    return _triangular(a, g, lower=lower, adjoint=not adjoint)


@primitive(_triangular_gradient_a, _triangular_gradient_b)
def _triangular(xp, a, b, lower, adjoint):
    if adjoint:
        a, lower = _adjoint(xp, a), not lower
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a = xp.broadcast_to(a, (*batch, *a.shape[-2:]))
    b = xp.broadcast_to(b, (*batch, *b.shape[-2:]))
    return factorizations.substitute(xp, flat(a), flat(b), lower).reshape(b.shape)


def _triangular_samples(s: Any) -> Any:
    yield s.call(regular(s, 3, 3), s(3, 2))
    yield s.call(regular(s, 2, 2, 2), s(2, 2, 1), lower=False, adjoint=True)
    yield s.call(regular(s, 2, 2), s(3, 2, 1))


@op("linalg.triangular_solve", samples=_triangular_samples)
def triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """x in matrix @ x = rhs for a triangular matrix, of which only that triangle is read; batch axes broadcast.

    lower: which triangle. adjoint: solve with the conjugate transpose of that triangle.
    matrix: (..., n, n). rhs: (..., n, m).
    Raises InvalidArgumentError unless the matrix is square and as large as rhs is high.

    >>> triangular_solve([[2., 0.], [1., 4.]], [[2.], [5.]])
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[1.],
           [1.]], dtype=float32)>
    """
    kernel = "MatrixTriangularSolve"
    a, b = pair_of(kernel, matrix, rhs, _TRIANGULAR, "matrix")
    no_half(kernel, a, adjoint=bool(adjoint), lower=bool(lower))
    p, q = a._array.shape, b._array.shape
    if len(p) < 2 or len(q) < 2:
        i = 0 if len(p) < 2 else 1
        message = f"In[{i}] ndims must be >= 2: {len((p, q)[i])}"
    elif p[-1] != p[-2]:
        message = f"In[0] matrices in the last dimensions must be square ({p[-1]} =/= {p[-2]})"
    elif not all(m == n or 1 in (m, n) for m, n in zip(p[-3::-1], q[-3::-1])):
        message = f"In[0] and In[1] must have compatible batch dimensions: {bracketed(p)} vs. {bracketed(q)}"
    elif p[-1] != q[-2]:
        flags = f"{int(bool(lower))} {int(bool(adjoint))}"
        message = f"In[0] mismatch In[1] shape: {p[-1]} vs. {q[-2]}: {bracketed(p)} {bracketed(q)} {flags}"
    else:
        return _triangular(a, b, lower=bool(lower), adjoint=bool(adjoint))
    summary = f"triangular_solve: a matrix of shape {p} and a right-hand side of shape {q} do not fit"
    raise invalid(kernel, message, summary, [("matrix", a), ("rhs", b)], name=tail(matrix, rhs))


# ---------------------------------------------------------------- Cholesky


def _cholesky_gradient(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
    """Murray, "Differentiation of the Cholesky decomposition" (2016), made symmetric."""
    inverse = triangular_solve(y, ops.eye(y._array.shape[-1], dtype=y.dtype))
    middle = ops.matmul(y, g, adjoint_a=True)
    middle = band_part(set_diag(middle, 0.5 * diag_part(middle)), -1, 0)
    full = ops.matmul(ops.matmul(inverse, middle, adjoint_a=True), inverse)
    return 0.5 * (full + adjoint(full))


@primitive(_cholesky_gradient)
def _cholesky(xp, x):
    return factorizations.cholesky(xp, flat(x)).reshape(x.shape)


@op("linalg.cholesky")
def cholesky(input: Any, name: str | None = None) -> Tensor:
    """The lower triangular L with L @ L^H = x, for each positive definite matrix x; nan for one that is not.

    Only the lower triangle of x is read; the gradient is that of a symmetric x.

    input: (..., n, n), float or complex.

    >>> cholesky([[4., 2.], [2., 2.]])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[2., 0.],
           [1., 1.]], dtype=float32)>
    """
    if is_operator(input):
        return input.cholesky()
    return _cholesky(square_matrices("Cholesky", input, DOUBLE_FIRST))


@op("linalg.logdet")
def logdet(matrix: Any, name: str | None = None) -> Tensor:
    """The logarithm of the determinant of each positive definite matrix; nan for one that is not.

    matrix: (..., n, n).

    >>> logdet([[4., 2.], [2., 3.]])
    <tf.Tensor: shape=(), dtype=float32, numpy=2.079441547393799>
    """
    if is_operator(matrix):
        return matrix.log_abs_determinant()
    pivots = diag_part(cholesky(matrix))
    if pivots.dtype.is_complex:
        pivots = ops.real(pivots)
    return 2.0 * ops.reduce_sum(ops.log(pivots), -1)


@op("linalg.cholesky_solve", samples=lambda s: [s.call(regular(s, 2, 2), s(2, 1))])
def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """x in L @ L^H @ x = rhs, for the lower triangular L that `cholesky` gives.

    chol: the Cholesky factor, (..., n, n).
    rhs: (..., n, k).

    >>> cholesky_solve([[2., 0.], [1., 1.]], [[8.], [6.]])
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[1.],
           [2.]], dtype=float32)>
    """
    return triangular_solve(chol, triangular_solve(chol, rhs), adjoint=True)


def _lstsq_samples(s: Any) -> Any:
    tall = ops.add(s(3, 2), 2.0 * np.eye(3, 2))
    yield s.call(tall, s(3, 1))
    yield s.call(ops.add(s(2, 3), 2.0 * np.eye(2, 3)), s(2, 2), l2_regularizer=0.5)


@op("linalg.lstsq", samples=_lstsq_samples)
def lstsq(matrix: Any, rhs: Any, l2_regularizer: float = 0.0, fast: bool = True, name: str | None = None) -> Tensor:
    """The x that makes |matrix @ x - rhs|^2 + l2_regularizer |x|^2 least; of several, the one of least norm.

    matrix: (..., n, k); rhs: (..., n, m), which makes x (..., k, m). fast: by Cholesky factors, for matrices of full
    rank; else by singular values, for any rank, with no regularizer.

    l2_regularizer: a float: the weight of the solution's own square.

    >>> lstsq([[1., 0.], [0., 1.], [0., 0.]], [[1.], [2.], [5.]])
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[1.],
           [2.]], dtype=float32)>
    """
    a, b = pair("MatMul" if fast else "MatrixSolveLs", matrix, rhs, check=_least_squares)
    check_matrix("MatrixSolveLs", a, arg="matrix")
    if not fast:
        wide = "complex128" if a.dtype.is_complex else "float64"
        return ops.cast(ops.matmul(ops.pinv(ops.cast(a, wide)), ops.cast(b, wide)), a.dtype)
    tall = a._array.shape[-2] >= a._array.shape[-1]
    gram = ops.matmul(a, a, adjoint_a=tall, adjoint_b=not tall)
    if l2_regularizer:
        gram = set_diag(gram, diag_part(gram) + ops.cast(l2_regularizer, a.dtype))
    factor = cholesky(gram)
    if tall:
        return cholesky_solve(factor, ops.matmul(a, b, adjoint_a=True))
    return ops.matmul(a, cholesky_solve(factor, b), adjoint_a=True)


def _least_squares(a: Tensor) -> None:
    check_dtype("MatrixSolveLs", a, DOUBLE_FIRST, DOUBLE_FIRST, "matrix")


# ---------------------------------------------------------------- LU


@primitive(joint=no_gradient("Lu"))
def _lu(xp, x, index):
    packed, order, _ = factorizations.lu(xp, flat(x))
    if factorizations.is_singular(xp, packed):
        raise singular("Lu", "Input is not invertible.")
    return packed.reshape(x.shape), order.astype(index).reshape(x.shape[:-1])


@op("linalg.lu")
def lu(input: Any, output_idx_type: Any = "int32", name: str | None = None) -> Lu:
    """The factors of each matrix with its rows permuted by p: U on and above the diagonal of `lu`, L below it.

    Row i of L @ U is row p[i] of the matrix. Has no gradient, as in TensorFlow.

    output_idx_type: the permutation's dtype, int32 or int64.
    input: (..., n, n), float or complex.

    >>> lu([[1., 2.], [2., 2.]]).lu
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[2. , 2. ],
           [0.5, 1. ]], dtype=float32)>
    """
    return Lu(*_lu(square_matrices("Lu", input, DOUBLE_FIRST), index=as_dtype(output_idx_type)._numpy))


@op("linalg.lu_solve", samples=lambda s: [s.call(regular(s, 3, 3), [2, 0, 1], s(3, 2))])
def lu_solve(lower_upper: Any, perm: Any, rhs: Any, validate_args: bool = False, name: str | None = None) -> Tensor:
    """x in a @ x = rhs, by the factors of a that `lu` gives.

    perm: int32 or int64 (..., n), the permutation as `lu` gives it. rhs: (..., n, k). Raises ValueError if the shapes
    do not fit.

    >>> lu_solve([[2., 2.], [0.5, 1.]], [1, 0], [[3.], [4.]])
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[1.],
           [1.]], dtype=float32)>
    """
    packed, perm = _factors(lower_upper, perm)
    rhs = as_tensor(rhs, hint=packed.dtype)
    if rhs._array.ndim < 2:
        raise explain(ValueError("Input `rhs` must have at least 2 dimensions."), operands=[("rhs", rhs)])
    if packed._array.shape[-1] != rhs._array.shape[-2]:
        message = "`lower_upper.shape[-1]` must equal `rhs.shape[-1]`."  # as TensorFlow says it: it means shape[-2]
        raise explain(ValueError(message), operands=[("lower_upper", packed), ("rhs", rhs)])
    permuted = ops.gather(rhs, perm, axis=-2, batch_dims=perm._array.ndim - 1)
    lower = set_diag(band_part(packed, -1, 0), ops.ones_like(diag_part(packed)))
    return triangular_solve(packed, triangular_solve(lower, permuted), lower=False)


def _factors(lower_upper: Any, permutation: Any) -> tuple[Tensor, Tensor]:
    """The factors of square matrices, and their permutations, as tensors. Raises ValueError for what cannot be that."""
    packed, perm = as_tensor(lower_upper, hint=float32), as_tensor(permutation, hint=int32)
    shape = packed._array.shape
    if len(shape) < 2:
        message = "Input `lower_upper` must have at least 2 dimensions."
    elif len(shape) != perm._array.ndim + 1:
        message = "`rank(lower_upper)` must equal `rank(perm) + 1`"
    elif shape[-1] != shape[-2]:
        message = "`lower_upper` must be square."
    else:
        return packed, perm
    raise explain(ValueError(message), operands=[("lower_upper", packed), ("perm", perm)])


@op("linalg.lu_matrix_inverse", samples=lambda s: [s.call(regular(s, 3, 3), [2, 0, 1])])
def lu_matrix_inverse(lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None) -> Tensor:
    """The inverse of a matrix, by the factors that `lu` gives.

    perm: int32 or int64 (..., n), the permutation as `lu` gives it.

    >>> lu_matrix_inverse([[2., 2.], [0.5, 1.]], [1, 0])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[-1. ,  1. ],
           [ 1. , -0.5]], dtype=float32)>
    """
    packed, perm = _factors(lower_upper, perm)
    shape = packed._array.shape
    eye = ops.eye(shape[-1], batch_shape=list(shape[:-2]), dtype=packed.dtype)
    return lu_solve(packed, perm, eye)


@op("linalg.lu_reconstruct", samples=lambda s: [s.call(s(3, 3), [2, 0, 1])])
def lu_reconstruct(lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None) -> Tensor:
    """The matrix whose factors `lu` gave.

    perm: int32 or int64 (..., n), the permutation as `lu` gives it.

    >>> lu_reconstruct([[2., 2.], [0.5, 1.]], [1, 0])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 2.],
           [2., 2.]], dtype=float32)>
    """
    packed, perm = _factors(lower_upper, perm)
    lower = set_diag(band_part(packed, -1, 0), ops.ones_like(diag_part(packed)))
    product = ops.matmul(lower, band_part(packed, 0, -1))
    return ops.gather(product, ops.argsort(perm), axis=-2, batch_dims=perm._array.ndim - 1)
