"""Matrices with few diagonals: tridiagonal products, solutions and eigenvalues; banded triangular systems.

Three diagonals travel as TensorFlow's "compact" rows (..., 3, n): above, main, below, where the last entry above and
the first entry below are not used.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.dtypes import COMPLEX, INEXACT, float16, float32, float64
from ..runtime.errors import explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from .arguments import alike
from .diagonals import diag, diag_part
from .inverses import DOUBLE_FIRST
from .registry import op, ops, primitive
from .rules import check_dtype, conj
from .solving import triangular_solve

_FORMATS = ("compact", "matrix", "sequence")
_SOLVED = (float64, float32, *COMPLEX)


def _compact(diagonals: Any, form: str) -> Tensor:
    """The three diagonals as compact rows."""
    if form == "compact":
        d = as_tensor(diagonals)
        if d._array.ndim < 2 or d._array.shape[-2] != 3:
            raise explain(
                ValueError(f"Expected diagonals to have shape [..., 3, M], got {d._array.shape}"),
                operands=[("diagonals", d)],
            )
        return d
    if form == "matrix":
        m = as_tensor(diagonals)
        if m._array.ndim < 2 or m._array.shape[-1] != m._array.shape[-2]:
            raise explain(
                ValueError("Expected last two dimensions of diagonals to be equal."), operands=[("diagonals", m)]
            )
        return diag_part(m, k=(-1, 1), align="LEFT_RIGHT")
    if form != "sequence":
        raise explain(
            ValueError(f"Unrecognized diagonals_format: {form}"), hint=f"one of {', '.join(map(repr, _FORMATS))}"
        )
    above, main, below = (as_tensor(d) for d in diagonals)
    n = main._array.shape[-1]
    zeros = ops.zeros_like(main[..., :1])
    if above._array.shape[-1] < n:
        above = ops.concat([above, zeros], -1)
    if below._array.shape[-1] < n:
        below = ops.concat([zeros, below], -1)
    return ops.stack([above, main, below], -2)


def _shifted(x: Tensor, by: int) -> Tensor:
    """Rows moved by one place, up (1) or down (-1), zeros following."""
    rows = ops.zeros_like(x[..., :1, :])
    return ops.concat([x[..., 1:, :], rows] if by > 0 else [rows, x[..., :-1, :]], -2)


# ---------------------------------------------------------------- products


def _matmul_samples(s: Any) -> Any:
    return [s.call(s(3, 4), s(4, 2)), s.call(s(2, 3, 3), s(2, 3, 1))]


@op("linalg.tridiagonal_matmul", samples=_matmul_samples)
def tridiagonal_matmul(diagonals: Any, rhs: Any, diagonals_format: str = "compact", name: str | None = None) -> Tensor:
    """A tridiagonal matrix times (..., n, m).

    diagonals_format: "compact" for (..., 3, n): above, main, below; "sequence" for three tensors; "matrix" for
    (..., n, n).

    diagonals: the three diagonals, (..., 3, n) if compact.
    rhs: (..., n, m).

    >>> tridiagonal_matmul(constant([[1., 0.], [2., 2.], [0., 1.]]), constant([[1.], [2.]]))
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[4.],
           [5.]], dtype=float32)>
    """
    d = _compact(diagonals, diagonals_format)
    check_dtype("TridiagonalMatMul", d, _SOLVED, _SOLVED, "diagonals")
    x = alike("TridiagonalMatMul", [d, rhs], "", first=2)[1]
    above, main, below = (ops.expand_dims(d[..., i, :], -1) for i in range(3))
    return above * _shifted(x, 1) + main * x + below * _shifted(x, -1)


# ---------------------------------------------------------------- solutions


def _transposed(d: Tensor) -> Tensor:
    """The compact rows of the transpose: what was below row i + 1 is above row i."""
    above, main, below = (d[..., i : i + 1, :] for i in range(3))
    zero = ops.zeros_like(above[..., :1])
    above, below = ops.concat([zero, above[..., :-1]], -1), ops.concat([below[..., 1:], zero], -1)
    return ops.concat([below, main, above], -2)


def _gradient_diagonals(g: Tensor, y: Tensor, d: Tensor, b: Tensor, pivoting: bool) -> Tensor:
    h = _gradient_rhs(g, y, d, b, pivoting)
    rows = [ops.reduce_sum(h * conj(x), -1) for x in (_shifted(y, 1), y, _shifted(y, -1))]
    return -ops.stack(rows, -2)


def _gradient_rhs(g: Tensor, y: Tensor, d: Tensor, b: Tensor, pivoting: bool) -> Tensor:
    return _tridiagonal(_transposed(conj(d)), g, pivoting=pivoting)


@primitive(_gradient_diagonals, _gradient_rhs)
def _tridiagonal(xp, d, b, pivoting):
    """Gaussian elimination on the diagonals, for a whole batch at once; nan where the matrix is singular."""
    above, main, below = (d[..., i, :, None] for i in range(3))
    n = b.shape[-2]
    x = [b[..., i, :] for i in range(n)]
    first, second, third = main[..., 0, :], above[..., 0, :], xp.zeros_like(main[..., 0, :])
    rows = []  # the eliminated rows: their three entries from the diagonal on
    singular = xp.zeros(first.shape, bool)
    for i in range(n - 1):
        low, diagonal, up = below[..., i + 1, :], main[..., i + 1, :], above[..., i + 1, :]
        up = up if i < n - 2 else xp.zeros_like(up)
        swap = xp.abs(first) < xp.abs(low) if pivoting else xp.zeros(first.shape, bool)
        pivot = xp.where(swap, low, first)
        singular = singular | (pivot == 0)
        factor = xp.where(swap, first, low) / pivot
        rows.append((pivot, xp.where(swap, diagonal, second), xp.where(swap, up, third)))
        x[i], x[i + 1] = (
            xp.where(swap, x[i + 1], x[i]),
            xp.where(swap, x[i], x[i + 1]) - factor * xp.where(swap, x[i + 1], x[i]),
        )
        first = xp.where(swap, second, diagonal) - factor * xp.where(swap, diagonal, second)
        second = xp.where(swap, -factor * up, up)
    singular = singular | (first == 0)
    x[n - 1] = x[n - 1] / first
    for i in range(n - 2, -1, -1):
        pivot, next_one, next_two = rows[i]
        rest = x[i] - next_one * x[i + 1]
        x[i] = (rest - next_two * x[i + 2] if i + 2 < n else rest) / pivot
    return xp.where(singular[..., None, :], xp.asarray(np.nan, b.dtype), xp.stack(x, -2))


def _solve_samples(s: Any) -> Any:
    diagonals = ops.add(s(3, 4), [[0.0], [4.0], [0.0]])
    yield s.call(diagonals, s(4, 2))
    yield s.call(diagonals, s(4), partial_pivoting=False)


@op("linalg.tridiagonal_solve", samples=_solve_samples)
def tridiagonal_solve(
    diagonals: Any,
    rhs: Any,
    diagonals_format: str = "compact",
    transpose_rhs: bool = False,
    conjugate_rhs: bool = False,
    name: str | None = None,
    partial_pivoting: bool = True,
    perturb_singular: bool = False,
) -> Tensor:
    """x in a tridiagonal system: right-hand sides (..., n), or (..., n, m); nan for a singular matrix.

    diagonals_format: "compact" for (..., 3, n): above, main, below; "sequence" for three tensors; "matrix" for
    (..., n, n).
    transpose_rhs: the right-hand sides are rows. conjugate_rhs: conjugate them. partial_pivoting: exchange rows.

    diagonals: the three diagonals, (..., 3, n) if compact. perturb_singular: only False is taken.
    rhs: (..., n) or (..., n, m). Raises ValueError if perturb_singular is True, or if the matrices' rows are not as
    many as those of rhs.

    >>> tridiagonal_solve(constant([[1., 0.], [2., 2.], [0., 1.]]), constant([4., 5.]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    d = _compact(diagonals, diagonals_format)
    check_dtype("TridiagonalSolve", d, _SOLVED, _SOLVED, "diagonals")
    b = alike("TridiagonalSolve", [d, rhs], "")[1]
    if perturb_singular:
        raise explain(ValueError("perturb_singular is not supported on CPU."), hint="leave perturb_singular out")
    vector = b._array.ndim == d._array.ndim - 1
    if vector:
        b = ops.expand_dims(b, -1)
    elif transpose_rhs:
        b = ops.matrix_transpose(b)
    if conjugate_rhs:
        b = conj(b)
    n, given = d._array.shape[-1], b._array.shape[-2]
    if n != given:
        raise explain(
            ValueError(f"Expected number of left-hand sided and right-hand sides to be equal, got {n} and {given}"),
            f"tridiagonal_solve: the matrix has {n} rows, the right-hand side {given}",
            [("diagonals", d), ("rhs", b)],
        )
    x = _tridiagonal(d, b, pivoting=bool(partial_pivoting))
    return ops.squeeze(x, [-1]) if vector else x


def _banded_samples(s: Any) -> Any:
    yield s.call(ops.add(s(2, 3), [[3.0], [0.0]]), s(3, 1))
    yield s.call(ops.add(s(2, 3), [[0.0], [3.0]]), s(3, 1), lower=False, adjoint=True)


@op("linalg.banded_triangular_solve", samples=_banded_samples)
def banded_triangular_solve(
    bands: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """x in a triangular system with few diagonals: `bands` is (..., k, n), `rhs` (..., n, m).

    lower: rows are the main diagonal and those below it, padded on the left; else those above it, padded on the right,
    and the main diagonal last. adjoint: solve with the conjugate transpose.

    bands: (..., bands, n): the diagonals, from the outermost.
    rhs: (..., n, m). Raises InvalidArgumentError for bands of rank 1 or less.

    >>> banded_triangular_solve([[2., 2., 2.], [0., 1., 1.]], [[2.], [3.], [3.]])
    <tf.Tensor: shape=(3, 1), dtype=float32, numpy=
    array([[1.],
           [1.],
           [1.]], dtype=float32)>
    """
    b, right = alike("BandedTriangularSolve", [bands, rhs], "")
    check_dtype("BandedTriangularSolve", b, DOUBLE_FIRST, DOUBLE_FIRST, "bands")
    if b._array.ndim < 2:
        raise invalid(
            "BandedTriangularSolve",
            f"Input tensor 0 must have rank >= 2, got {b._array.ndim}",
            operands=[("bands", b)],
            name=None,
        )
    width = b._array.shape[-2]
    k = (1 - width, 0) if lower else (0, width - 1)
    matrix = diag(b if width > 1 else ops.squeeze(b, [-2]), k=k, align="LEFT_RIGHT")
    return triangular_solve(matrix, right, lower=lower, adjoint=adjoint)


# ---------------------------------------------------------------- eigenvalues


@op("linalg.eigh_tridiagonal", samples=lambda s: [s.call(s(3), s(2, within=(0.5, 1.0)))])
def eigh_tridiagonal(
    alpha: Any,
    beta: Any,
    eigvals_only: bool = True,
    select: str = "a",
    select_range: Any = None,
    tol: Any = None,
    name: str | None = None,
) -> Any:
    """The eigenvalues, ascending, of a Hermitian tridiagonal matrix with diagonal `alpha` and `beta` beside it.

    eigvals_only: if False, also the eigenvectors, as columns. select: "a" for all of them, "i" for those numbered
    select_range[0] to select_range[1], both included, "v" for those between the two.

    select_range: a pair of bounds, for select "i" or "v".
    alpha: (..., n), the diagonal. beta: (..., n - 1), what is beside it. tol: taken as TensorFlow takes it; it changes
    nothing here. Raises ValueError for another `select`.

    >>> eigh_tridiagonal([2., 3.], [0.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>
    """
    a = as_tensor(alpha)
    n = a._array.shape[-1]
    if n <= 1:
        return ops.real(a)
    b = as_tensor(beta)
    if a.dtype is not b.dtype:
        raise explain(ValueError("'alpha' and 'beta' must have the same type."), operands=[("alpha", a), ("beta", b)])
    if a.dtype not in INEXACT:
        raise ValueError(f"data type {a.dtype.as_numpy_dtype} not inexact")
    if b._array.shape[-1] != n - 1:
        raise invalid(
            "AddV2",
            f"Incompatible shapes: [{n}] vs. [{b._array.shape[-1] + 1}]",
            f"eigh_tridiagonal: {n} entries on the diagonal, and {b._array.shape[-1]} beside it",
            [("alpha", a), ("beta", b)],
        )
    if a.dtype is float16 and eigvals_only:
        wide = eigh_tridiagonal(ops.cast(a, float32), ops.cast(b, float32), True, select, select_range)
        return ops.cast(wide, float16)
    if select not in ("a", "i", "v"):
        raise ValueError("'select must have a value in {'a', 'i', 'v'}.")
    matrix = diag(a) + diag(b, k=-1) + diag(conj(b), k=1)
    e, v = ops.eigh(matrix)
    e = ops.real(e)
    if select != "a":
        e, v = _selected(e, v, select, select_range)
    return e if eigvals_only else (e, v)


def _selected(e: Tensor, v: Tensor, select: str, chosen: Any) -> tuple[Tensor, Tensor]:
    if chosen is None or len(chosen) != 2:
        raise ValueError("select_range must be a pair when select is 'i' or 'v'.")
    low, high = chosen
    if select == "i":
        ops.assert_less_equal(low, high, "Got empty index range in select_range.")
        return e[..., int(low) : int(high) + 1], v[..., int(low) : int(high) + 1]
    ops.assert_less(low, high, "Got empty interval in select_range.")
    inside = ops.where(ops.logical_and(e > low, e <= high))[:, 0]
    return ops.gather(e, inside, axis=-1), ops.gather(v, inside, axis=-1)
