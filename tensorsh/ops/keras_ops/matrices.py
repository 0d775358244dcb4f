"""`keras.ops`: matrices, their diagonals and triangles; factored, solved, inverted as least squares; derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime import nest
from ...runtime.errors import InvalidArgumentError, bracketed, explain
from ...runtime.tensor import Tensor, as_tensor
from ..registry import at_path, ops
from .dtypes import floats, keras_op
from .linalg import svd


@keras_op("numpy.diag", lambda s: [s.call(s(3)), s.call(s(3, 3), 1)])
def diag(x: Any, k: int = 0) -> Tensor:
    """A matrix with x on its k-th diagonal, or that diagonal of a matrix.

    x: rank 1 or 2. k: an int: 0 for the main diagonal, above it from 1 on.

    >>> tf.keras.ops.diag([1, 2], k=1)
    <tf.Tensor: shape=(3, 3), dtype=int32, numpy=
    array([[0, 1, 0],
           [0, 0, 2],
           [0, 0, 0]], dtype=int32)>
    """
    x = as_tensor(x)
    return ops.diag(x, k=k) if x._array.ndim == 1 else ops.diag_part(x, k=k)


@keras_op("numpy.tril", lambda s: [s.call(s(3, 3)), s.call(s(3, 3), -1)])
def tril(x: Any, k: int = 0) -> Tensor:
    """x with zeros above its k-th diagonal.

    x: (..., m, n). k: an int: 0 for the main diagonal, above it from 1 on.

    >>> tf.keras.ops.tril([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 0],
           [3, 4]], dtype=int32)>
    """
    return _triangle(x, k, True)


@keras_op("numpy.triu", lambda s: [s.call(s(3, 3)), s.call(s(3, 3), 1)])
def triu(x: Any, k: int = 0) -> Tensor:
    """x with zeros below its k-th diagonal.

    x: (..., m, n). k: an int: 0 for the main diagonal, above it from 1 on.

    >>> tf.keras.ops.triu([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [0, 4]], dtype=int32)>
    """
    return _triangle(x, k, False)


def _triangle(x: Any, k: int, lower: bool) -> Tensor:
    x = as_tensor(x)
    if x._array.ndim < 2:
        shape = bracketed(x._array.shape)
        raise explain(
            InvalidArgumentError(f"input must be at least 2-dim, received shape: {shape}"), operands=[("x", x)]
        )
    rows, columns = x._array.shape[-2:]
    offset = ops.expand_dims(ops.arange(columns), 0) - ops.expand_dims(ops.arange(rows), 1)
    kept = ops.less_equal(offset, k) if lower else ops.greater_equal(offset, k)
    return ops.where(kept, x, ops.zeros_like(x))


@keras_op(".logdet")
def logdet(x: Any) -> Tensor:
    """The logarithm of the determinant of positive definite matrices.

    x: (..., n, n).

    >>> tf.keras.ops.logdet(tf.eye(2))
    <tf.Tensor: shape=(), dtype=float32, numpy=0.0>
    """
    return ops.logdet(x)


@keras_op("linalg.cholesky")
def cholesky(x: Any, upper: bool = False) -> Tensor:
    """The lower triangular l of positive definite matrices l @ l^H, or its adjoint if `upper`.

    x: (..., n, n). upper: a bool. Raises ValueError for a matrix that is not positive definite.

    >>> tf.keras.ops.cholesky([[4., 2.], [2., 5.]])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[2., 0.],
           [1., 2.]], dtype=float32)>
    """
    y = ops.cholesky(_square(x))
    if not bool(ops.reduce_all(ops.is_finite(y))):
        raise explain(
            ValueError("Cholesky decomposition failed: Cholesky : Tensor had NaN values"),
            "cholesky: a matrix is not positive definite",
            [("x", as_tensor(x))],
        )
    return ops.adjoint(y) if upper else y


@keras_op("linalg.cholesky_inverse", lambda s: [s.call(s.spd(2, 2))])
def cholesky_inverse(x: Any, upper: bool = False) -> Tensor:
    """The inverses of matrices, of which x are the Cholesky factors: lower, or upper.

    x: (..., n, n). upper: a bool.

    >>> tf.keras.ops.cholesky_inverse([[2., 0.], [0., 1.]])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[0.25, 0.  ],
           [0.  , 1.  ]], dtype=float32)>
    """
    x = _square(x)
    y = ops.triangular_solve(x, ops.eye(x._array.shape[-1], dtype=x.dtype), lower=not upper)
    return ops.matmul(y, y, transpose_b=True) if upper else ops.matmul(y, y, transpose_a=True)


@keras_op("linalg.eig")
def eig(x: Any) -> Any:
    """The eigenvalues and eigenvectors of square matrices, complex.

    x: (..., n, n).

    >>> tf.keras.ops.eig(tf.eye(2))[0]
    <tf.Tensor: shape=(2,), dtype=complex64, numpy=array([1.+0.j, 1.+0.j], dtype=complex64)>
    """
    return tuple(ops.eig(_square(x)))


@keras_op("linalg.lu_factor")
def lu_factor(x: Any) -> tuple[Tensor, Tensor]:
    """Both triangles of an LU decomposition in one matrix, and the order in which the rows were taken.

    x: (..., n, n).

    >>> tf.keras.ops.lu_factor([[1., 2.], [2., 2.]])[1]
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 0], dtype=int32)>
    """
    lu, order = ops.lu(floats(x))
    return lu, ops.invert_permutation(order)


@keras_op("linalg.solve_triangular", lambda s: [s.call(s.spd(3, 3), s(3)), s.call(s.spd(3, 3), s(3, 2), True)])
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Tensor:
    """The x for which the upper triangle of a (the lower one, if told so) times x is b, a vector or a matrix.

    a: (..., n, n). b: (..., n) or (..., n, k). lower: a bool.

    >>> tf.keras.ops.solve_triangular([[2., 1.], [0., 4.]], [2., 4.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 1. ], dtype=float32)>
    """
    a, b = as_tensor(a), as_tensor(b)
    if b._array.ndim == a._array.ndim - 1:
        return ops.squeeze(ops.triangular_solve(a, ops.expand_dims(b, -1), lower=lower), [-1])
    return ops.triangular_solve(a, b, lower=lower)


@keras_op("linalg.lstsq", lambda s: [s.call(s(4, 2), s(4)), s.call(s(3, 2), s(3, 2))])
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Tensor:
    """The x that makes the length of a @ x - b least, by way of a's singular values.

    a: (m, n). b: (m,) or (m, k). rcond: singular values below this share of the greatest count as zero; by default the
    dtype's epsilon times the longer side of a. Raises ValueError unless a and b have as many rows, TypeError for other
    ranks.

    >>> tf.keras.ops.lstsq(tf.constant([[1., 0.], [0., 2.]]), tf.constant([1., 2.]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 1.], dtype=float32)>
    """
    a, b = as_tensor(a), as_tensor(b)
    if a._array.shape[0] != b._array.shape[0]:
        raise ValueError("Leading dimensions of input arrays must match")
    is_vector = b._array.ndim == 1
    b = ops.expand_dims(b, 1) if is_vector else b
    if a._array.ndim != 2:
        raise TypeError(f"{a._array.ndim}-dimensional array given. Array must be two-dimensional")
    if b._array.ndim != 2:
        raise TypeError(f"{b._array.ndim}-dimensional array given. Array must be one or two-dimensional")
    epsilon = float(np.finfo(a._array.dtype).eps)
    share = epsilon * max(a._array.shape) if rcond is None else epsilon if rcond < 0 else rcond
    u, s, vt = svd(a, False)
    kept = ops.greater_equal(s, as_tensor(share, s.dtype) * s[0])
    inverse = ops.where(kept, 1 / ops.where(kept, s, ops.ones_like(s)), ops.zeros_like(s))
    x = ops.matmul(ops.adjoint(vt), ops.expand_dims(inverse, 1) * ops.matmul(ops.adjoint(u), b))
    return ops.reshape(x, [-1]) if is_vector else x


@keras_op("linalg.matrix_rank")
def matrix_rank(x: Any, tol: Any = None) -> Tensor:
    """How many singular values are above `tol`.

    x: (..., m, n). tol: a float; None: the dtype's epsilon times the longer side times the greatest singular value.

    >>> tf.keras.ops.linalg.matrix_rank(tf.constant([[1., 2.], [2., 4.]]))
    <tf.Tensor: shape=(), dtype=int32, numpy=1>
    """
    return ops.matrix_rank(as_tensor(x), tol)


@keras_op("linalg.pinv", lambda s: [s.call(s(3, 2))])
def pinv(x: Any, rcond: Any = None) -> Tensor:
    """The Moore-Penrose inverses of matrices.

    x: (..., m, n). rcond: a float: singular values up to this share of the greatest count as 0; None: 10 times the
    longer side times the dtype's epsilon.

    >>> tf.keras.ops.pinv([[2., 0.], [0., 4.]])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[0.5 , 0.  ],
           [0.  , 0.25]], dtype=float32)>
    """
    return ops.pinv(as_tensor(x), rcond)


@keras_op("linalg.jvp")
def jvp(fun: Any, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """fun(*primals), and how it changes as the primals do by the tangents; with has_aux, what else `fun` returns.

    fun: a function of tensors. primals: a list of tensors. tangents: a list of tensors, of the primals' shapes.
    has_aux: whether `fun` returns a pair, of which only the first is differentiated.

    >>> tf.keras.ops.linalg.jvp(lambda x: x * x, (tf.constant(3.),), (tf.constant(1.),))
    (<tf.Tensor: shape=(), dtype=float32, numpy=9.0>, <tf.Tensor: shape=(), dtype=float32, numpy=6.0>)
    """
    primals = [as_tensor(p) for p in nest.flatten(primals)]
    tangents = [ops.cast(as_tensor(t), p.dtype) for t, p in zip(nest.flatten(tangents), primals)]
    with at_path("tf.autodiff.ForwardAccumulator")(primals, tangents) as forward:
        y, extra = fun(*primals) if has_aux else (fun(*primals), None)
        slopes = nest.map_leaves(forward.jvp, y)
    return (y, slopes, extra) if has_aux else (y, slopes)


def _square(x: Any) -> Tensor:
    """x as a tensor of square matrices. Raises ValueError for other shapes."""
    x = as_tensor(x)
    shape = tuple(x._array.shape)
    if len(shape) < 2:
        raise ValueError(f"Expected input to have rank >= 2. Received input with shape {shape}.")
    if shape[-1] != shape[-2]:
        raise ValueError(f"Expected a square matrix. Received non-square input with shape {shape}")
    return x
