"""QR factors, singular values, eigenvalues, and what follows from them: rank and pseudoinverse.

Singular vectors and eigenvectors are determined up to a sign (a phase, for complex matrices) only; small real matrices
get TensorFlow's signs, see `rotations`. Their gradients exist where the values are distinct.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..runtime.dtypes import COMPLEX, F32, float32, float64
from ..runtime.errors import InvalidArgumentError, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from . import general_eigen, rotations
from .arguments import tail
from .contraction import adjoint as _adjoint
from .diagonals import band_part, diag, diag_part, set_diag
from .inverses import DOUBLE_FIRST, no_half, square_matrices
from .kernels import check_matrix, check_square
from .linalg import adjoint
from .registry import op, ops, primitive
from .rules import check_dtype, conj
from .solving import solve, triangular_solve

_FEW_COLUMNS = 16  # from here on TensorFlow's kernel, too, divides and conquers
_SMALL = 32


class Qr(NamedTuple):
    q: Tensor
    r: Tensor


def _each(x: np.ndarray, function: Callable[..., Any]) -> tuple[np.ndarray, ...]:
    """The results of a function of one matrix for a batch of them, stacked."""
    batch = x.shape[:-2]
    results = [function(m) for m in x.reshape(prod(batch), *x.shape[-2:])]
    return tuple(np.stack(parts).reshape(*batch, *parts[0].shape) for parts in zip(*results))


# ---------------------------------------------------------------- QR


def _qr_gradients(g: list[Tensor], y: Any, a: Tensor, full: bool) -> list[Tensor]:
    """Walter & Lehmann, "Algorithmic differentiation of linear algebra functions" (2010), equation 9."""
    q, r = y
    rows, columns = r._array.shape[-2:]
    inner = q._array.shape[-2]
    if rows > columns and inner == q._array.shape[-1]:
        raise NotImplementedError(
            "QrGrad not implemented when nrows > ncols and full_matrices is true. Received "
            f"r.shape={r._array.shape} with nrows={rows}and ncols={columns}."
        )
    gq, gr = g
    if inner >= columns:
        return [_qr_gradient(q, r, gq, gr)]
    # A wide matrix is [x, y] with x square: q and the first columns of r are those of x alone.
    left, right = (..., slice(None, inner)), (..., slice(inner, None))
    g_right = ops.matmul(q, gr[right])
    gq = gq + ops.matmul(a[right], gr[right], adjoint_b=True)
    return [ops.concat([_qr_gradient(q, r[left], gq, gr[left]), g_right], -1)]


def _qr_gradient(q: Tensor, r: Tensor, gq: Tensor, gr: Tensor) -> Tensor:
    def over_r(x: Tensor) -> Tensor:
        return adjoint(triangular_solve(r, adjoint(x), lower=False))

    qg, rg = ops.matmul(q, gq, adjoint_a=True), ops.matmul(r, gr, adjoint_b=True)
    lower = band_part(qg - adjoint(qg) + rg - adjoint(rg), -1, 0)
    result = ops.matmul(q, gr + over_r(lower)) + over_r(gq - ops.matmul(q, qg))
    if q.dtype.is_complex:
        middle = diag_part(rg - adjoint(qg))
        turn = diag(middle - ops.cast(ops.real(middle), q.dtype))
        result = result + over_r(ops.matmul(q, turn, adjoint_b=True))
    return result


@primitive(joint=_qr_gradients)
def _qr(xp, x, full):
    if x.dtype == np.float16:
        q, r = _qr._kernel(xp, x.astype(F32), full)
        return q.astype(x.dtype), r.astype(x.dtype)
    if xp is np and x.dtype.kind == "f" and min(x.shape[-2:]) <= _SMALL and x.size:
        return _each(x, lambda m: rotations.qr(m, full)[:2])
    q, r = xp.linalg.qr(x, "complete" if full else "reduced")
    return q, r


def _qr_samples(s: Any) -> Any:
    for shape in ((3, 3), (4, 2), (2, 3), (2, 2, 2)):
        yield s.call(s(*shape))


@op("linalg.qr", samples=_qr_samples)
def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Qr:
    """q with orthonormal columns and r upper triangular with q @ r = x, for each matrix x.

    full_matrices: q square, (..., n, n), instead of (..., n, min(n, m)).
    input: (..., n, m).

    >>> qr([[3., 0.], [4., 5.]]).r
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[-5., -4.],
           [ 0.,  3.]], dtype=float32)>
    """
    x = as_tensor(input)
    check_dtype("Qr", x, DOUBLE_FIRST, DOUBLE_FIRST, "input")
    check_matrix("Qr", x, tail(input))
    return Qr(*_qr(x, full=bool(full_matrices)))


# ---------------------------------------------------------------- singular values


def _safe_reciprocal(x: Tensor) -> Tensor:
    """1 / x, and 0 at 0."""
    return x * ops.reciprocal(x * x + 1e-20)


def _differences(x: Tensor) -> Tensor:
    """The matrices 1 / (x_j - x_i), with a diagonal of zeros."""
    apart = ops.expand_dims(x, -2) - ops.expand_dims(x, -1)
    return set_diag(_safe_reciprocal(apart), ops.zeros_like(x))


def _svd_gradients(g: list[Tensor], y: Any, a: Tensor, full: bool) -> list[Tensor]:
    """Giles, "Collected matrix derivative results" (2008); Townsend, "Differentiating the SVD" (2016)."""
    (s, u, v), (gs, gu, gv) = y, g
    m, n = a._array.shape[-2:]
    flipped = m > n
    if flipped:
        m, n, u, v, gu, gv = n, m, v, u, gv, gu
    if full and abs(m - n) > 1:
        raise NotImplementedError("svd gradient is not implemented for abs(m - n) > 1 when full_matrices is True")
    s, gs = ops.cast(s, a.dtype), ops.cast(gs, a.dtype)
    f = _differences(ops.square(s))
    v1, gv1 = v[..., :m], gv[..., :m]
    fu = f * ops.matmul(u, gu, adjoint_a=True)
    vg = ops.matmul(v1, gv1, adjoint_a=True)
    fv = f * vg
    middle = diag(gs) + (fu + adjoint(fu)) * ops.expand_dims(s, -2) + ops.expand_dims(s, -1) * (fv + adjoint(fv))
    inverse = ops.expand_dims(_safe_reciprocal(s), -1)
    if a.dtype.is_complex:
        turn = diag(diag_part(vg))
        middle = middle + 0.5 * inverse * (adjoint(turn) - turn)
    result = ops.matmul(u, ops.matmul(middle, v1, adjoint_b=True))
    if m != n:
        across = adjoint(gv1) - ops.matmul(ops.matmul(gv1, v1, adjoint_a=True), v1, adjoint_b=True)
        if full:
            v2, gv2 = v[..., m:n], gv[..., m:n]
            across = across - ops.matmul(ops.matmul(v1, gv2, adjoint_a=True), v2, adjoint_b=True)
        result = result + ops.matmul(u, inverse * across)
    return [adjoint(result) if flipped else result]


@primitive(joint=_svd_gradients)
def _svd(xp, x, full):
    if xp is np and x.dtype.kind == "f" and x.shape[-1] < _FEW_COLUMNS and prod(x.shape[:-2]):
        return _each(x, lambda m: _svd_of(m, full))
    u, s, vh = xp.linalg.svd(x, full_matrices=full)
    return s, u, _adjoint(xp, vh)


def _svd_of(m: np.ndarray, full: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if np.isfinite(m).all():
        return rotations.svd(m, full)
    rows, columns = m.shape
    n = min(rows, columns)
    shapes = ((n,), (rows, rows if full else n), (columns, columns if full else n))
    s, u, v = (np.full(shape, np.nan, m.dtype) for shape in shapes)
    return s, u, v


def _singular_gradient(g: Tensor, y: Tensor, a: Tensor) -> Tensor:
    _, u, v = _svd(a, full=False)
    return ops.matmul(u * ops.expand_dims(ops.cast(g, a.dtype), -2), v, adjoint_b=True)


@primitive(_singular_gradient)
def _singular_values(xp, x):
    if xp is np and x.dtype.kind == "f" and x.shape[-1] < _FEW_COLUMNS and prod(x.shape[:-2]):
        return _each(x, lambda m: _svd_of(m, False))[0]
    return xp.linalg.svd(x, compute_uv=False)


def _svd_samples(s: Any) -> Any:
    yield s.call(s(3, 2))
    yield s.call(s(2, 2, 3), compute_uv=False)
    yield s.call(s(2, 3), full_matrices=True)


@op("linalg.svd", samples=_svd_samples)
def svd(
    tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None
) -> tuple[Tensor, Tensor, Tensor] | Tensor:
    """(s, u, v): singular values, descending, and vectors as columns, with x = u @ diag(s) @ v^H.

    full_matrices: u and v square. compute_uv: if False, the singular values alone. Matrices that hold nan give nan.
    tensor: (..., n, m).

    >>> svd([[0., 2.], [3., 0.]], compute_uv=False)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>
    """
    x = as_tensor(tensor)
    check_dtype("Svd", x, DOUBLE_FIRST, DOUBLE_FIRST, "tensor")
    no_half("Svd", x, compute_uv=bool(compute_uv), full_matrices=bool(full_matrices))
    check_matrix("Svd", x, tail(tensor), "tensor")
    if not compute_uv:
        return _singular_values(x)
    return _svd(x, full=bool(full_matrices))


@op("linalg.matrix_rank")
def matrix_rank(a: Any, tol: Any = None, validate_args: bool = False, name: str | None = None) -> Tensor:
    """The number of singular values above `tol` (by default: the largest, times the larger side, times epsilon).

    a: (..., n, m).
    Raises TypeError for integers.

    >>> matrix_rank([[1., 2.], [2., 4.]])
    <tf.Tensor: shape=(), dtype=int32, numpy=1>
    """
    x = as_tensor(a, hint="float32")
    if not x.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {x.dtype.name}).")
    _check_two_axes(x)
    s = svd(x, compute_uv=False)
    if tol is None:
        epsilon = float(np.finfo(s._array.dtype).eps)
        tol = epsilon * max(x._array.shape[-2:]) * ops.reduce_max(s, -1, True)
    return ops.reduce_sum(ops.cast(ops.greater(s, tol), "int32"), -1)


@op("linalg.pinv", samples=lambda s: [s.call(s(3, 2)), s.call(s(2, 3, 3))])
def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Tensor:
    """The Moore-Penrose pseudoinverse of each matrix: (..., n, m) becomes (..., m, n).

    rcond: singular values up to this share of the largest count as 0 (by default 10 max(n, m) epsilon).
    a: (..., n, m).
    Raises TypeError for integers.

    >>> pinv([[2., 0.], [0., 4.], [0., 0.]])
    <tf.Tensor: shape=(2, 3), dtype=float32, numpy=
    array([[0.5 , 0.  , 0.  ],
           [0.  , 0.25, 0.  ]], dtype=float32)>
    """
    x = as_tensor(a)
    if not x.dtype.is_floating:
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {x.dtype.name}).")
    _check_two_axes(x)
    if rcond is None:
        rcond = 10.0 * max(x._array.shape[-2:]) * float(np.finfo(x._array.dtype).eps)
    s, u, v = svd(x)
    cutoff = ops.expand_dims(as_tensor(rcond, x.dtype) * ops.reduce_max(s, -1), -1)
    s = ops.where(s > cutoff, s, ops.cast(np.inf, x.dtype))
    return ops.matmul(v / ops.expand_dims(s, -2), u, adjoint_b=True)


def _check_two_axes(x: Tensor) -> None:
    if x._array.ndim < 2:
        raise explain(
            ValueError(f"Input `a` must have at least 2 dimensions (saw: {x._array.ndim})."), operands=[("a", x)]
        )


# ---------------------------------------------------------------- eigenvalues


def _eigh_gradients(g: list[Tensor], y: Any, a: Tensor) -> list[Tensor]:
    (e, v), (ge, gv) = y, g
    f = _differences(ops.cast(e, a.dtype))
    middle = diag(ops.cast(ge, a.dtype)) + f * ops.matmul(v, gv, adjoint_a=True)
    return [_lower_part(ops.matmul(v, ops.matmul(middle, v, adjoint_b=True)))]


def _lower_part(x: Tensor) -> Tensor:
    """The gradient of a function of a symmetric matrix that reads its lower triangle only."""
    folded = band_part(x + adjoint(x), -1, 0)
    return set_diag(folded, 0.5 * diag_part(folded))


@primitive(joint=_eigh_gradients)
def _eigh(xp, x):
    if xp is np and x.dtype.kind == "f" and x.shape[-1] <= _SMALL and prod(x.shape[:-2]):
        e, v = _each(x, rotations.eigh)
    else:
        e, v = _checked(xp, lambda: xp.linalg.eigh(x))
    if not bool(xp.isfinite(e).all()):  # a GPU raises nothing of its own accord
        raise _not_successful()
    return e.astype(x.dtype), v


def _eigvalsh_gradient(g: Tensor, y: Tensor, a: Tensor) -> Tensor:
    _, v = _eigh(a)
    return _lower_part(ops.matmul(v * ops.expand_dims(g, -2), v, adjoint_b=True))


@primitive(_eigvalsh_gradient)
def _eigvalsh(xp, x):
    return _eigh._kernel(xp, x)[0]


def _checked(xp: Any, solve: Callable[[], Any]) -> Any:
    try:
        return solve()
    except xp.linalg.LinAlgError:
        raise _not_successful() from None


def _not_successful() -> BaseException:
    return invalid(
        "SelfAdjointEigV2",
        "Self-adjoint eigen decomposition was not successful. The input might not be valid.",
        "eigh: the matrix has no eigenvalues: it may hold nan",
        name=None,
    )


def _self_adjoint(tensor: Any, vectors: bool) -> Tensor:
    return square_matrices("SelfAdjointEigV2", tensor, DOUBLE_FIRST, "tensor", compute_v=vectors)


@op("linalg.eigh", samples=lambda s: [s.call(s(2, 2)), s.call(s(2, 3, 3))])
def eigh(tensor: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """(eigenvalues ascending, eigenvectors as columns) of each symmetric or Hermitian matrix.

    Only the lower triangle is read. Raises InvalidArgumentError for a matrix that holds nan.

    tensor: (..., n, n), of which the lower triangle is read.

    >>> eigh([[2., 0.], [0., 1.]])[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    e, v = _eigh(_self_adjoint(tensor, True))
    return e, v


@op("linalg.eigvalsh", samples=lambda s: [s.call(s(3, 3))])
def eigvalsh(tensor: Any, name: str | None = None) -> Tensor:
    """The eigenvalues, ascending, of each symmetric or Hermitian matrix; the lower triangle is read.

    tensor: (..., n, n).

    >>> eigvalsh([[2., 0.], [0., 1.]])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return _eigvalsh(_self_adjoint(tensor, False))


def _eig_gradients(g: list[Tensor], y: Any, a: Tensor) -> list[Tensor]:
    (e, v), (ge, gv) = y, g
    vh = adjoint(v)
    vg = ops.matmul(vh, gv)
    kept = ops.matmul(vh, v) * ops.expand_dims(ops.cast(ops.real(diag_part(vg)), vg.dtype), -2)
    middle = diag(ge) + conj(_differences(e)) * (vg - kept)
    return [ops.cast(solve(vh, ops.matmul(middle, vh)), a.dtype)]


@primitive(joint=_eig_gradients)
def _eig(xp, x):
    if xp is np and x.dtype.kind == "f" and x.shape[-1] <= _SMALL and prod(x.shape[:-2]) and np.isfinite(x).all():
        return _each(x, general_eigen.eig)
    e, v = xp.linalg.eig(x)
    if x.dtype.kind == "c":
        # TensorFlow orders the eigenvalues of complex matrices by size.
        order = xp.argsort(xp.abs(e), axis=-1)
        e, v = xp.take_along_axis(e, order, -1), xp.take_along_axis(v, order[..., None, :], -1)
    wide = np.complex64 if x.dtype.itemsize == (4 if x.dtype.kind == "f" else 8) else np.complex128
    return e.astype(wide), v.astype(wide)


def _eigvals_gradient(g: Tensor, y: Tensor, a: Tensor) -> Tensor:
    vh = adjoint(_eig(a)[1])
    return ops.cast(solve(vh, ops.expand_dims(g, -1) * vh), a.dtype)


@primitive(_eigvals_gradient)
def _eigvals(xp, x):
    return _eig._kernel(xp, x)[0]


def _general(tensor: Any) -> Tensor:
    x = as_tensor(tensor)
    if x.dtype not in (float32, float64, *COMPLEX):
        if not (x.dtype.is_complex or x.dtype is float64 or x.dtype is float32):
            raise UnboundLocalError("cannot access local variable 'out_dtype' where it is not associated with a value")
        raise explain(
            InvalidArgumentError(
                f"Value for attr 'T' of {x.dtype.kernel_name} is not in the list of allowed values: float, double, "
                "complex64, complex128"
            ),
            f"eig: tensor is {x.dtype.name}, and must be of floats or complex numbers",
            [("tensor", x)],
            "cast it: cast(x, float32)",
        )
    check_square("Eig", x, tail(tensor), "tensor")
    return x


@op("linalg.eig eig")
def eig(tensor: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """(eigenvalues, eigenvectors of length 1 as columns) of each square matrix, complex, in no particular order.

    tensor: (..., n, n).

    >>> eig(constant([[2., 0.], [0., 1.]]))[0]
    <tf.Tensor: shape=(2,), dtype=complex64, numpy=array([2.+0.j, 1.+0.j], dtype=complex64)>
    """
    e, v = _eig(_general(tensor))
    return e, v


@op("linalg.eigvals eigvals", samples=lambda s: [s.call(s.spd(3, 3)), s.call(s.complex(2, 2))])
def eigvals(tensor: Any, name: str | None = None) -> Tensor:
    """The eigenvalues of each square matrix, complex, in no particular order.

    tensor: (..., n, n).

    >>> eigvals(constant([[0., -1.], [1., 0.]]))
    <tf.Tensor: shape=(2,), dtype=complex64, numpy=array([0.+1.j, 0.-1.j], dtype=complex64)>
    """
    return _eigvals(_general(tensor))
