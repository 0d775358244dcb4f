"""Functions of matrices: the exponential, the square root, the logarithm."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ..runtime.backend import to_host
from ..runtime.dtypes import COMPLEX, complex64, float16, float32, float64
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor
from .arguments import tail
from .factorizations import schur
from .inverses import DOUBLE_FIRST, square_matrices
from .kernels import check_square
from .linalg import adjoint
from .registry import no_gradient, op, ops, primitive
from .rules import check_dtype
from .solving import solve

# ---------------------------------------------------------------- exponential

# The Pade approximants of exp of degrees [n/n]: the coefficients of their numerators, and the 1-norm below which one
# is exact to single or double precision (Higham, "The scaling and squaring method for the matrix exponential
# revisited", 2005, tables 2.1 and 2.3). The last of each list is reached by scaling.
_PADE = {
    3: (120.0, 60.0, 12.0, 1.0),
    5: (30240.0, 15120.0, 3360.0, 420.0, 30.0, 1.0),
    7: (17297280.0, 8648640.0, 1995840.0, 277200.0, 25200.0, 1512.0, 56.0, 1.0),
    9: (17643225600.0, 8821612800.0, 2075673600.0, 302702400.0, 30270240.0, 2162160.0, 110880.0, 3960.0, 90.0, 1.0),
    13: (
        *(64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0),
        *(10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0),
    ),
}
_SINGLE = ((3, 4.258730016922831e-1), (5, 1.880152677804762), (7, 3.925724783138660))
_DOUBLE = (
    (3, 1.495585217958292e-2),
    (5, 2.539398330063230e-1),
    (7, 9.504178996162932e-1),
    (9, 2.097847961257068),
    (13, 5.371920351148152),
)


def _expm_samples(s: Any) -> Any:
    yield s.call(s(2, 2, within=(-0.004, 0.004)))
    yield s.call(s(2, 2))
    yield s.call(ops.multiply(s(2, 3, 3), 4.0))


@op("linalg.expm", samples=_expm_samples)
def expm(input: Any, name: str | None = None) -> Tensor:
    """The matrix exponential, I + x + x @ x / 2 + ..., of each square matrix.

    By a Pade approximant of a matrix scaled down by a power of 2, squared as often (Higham, 2005).

    input: (..., n, n).
    Raises ValueError for integers.

    >>> expm([[0., 1.], [0., 0.]])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 1.],
           [0., 1.]], dtype=float32)>
    """
    x = as_tensor(input)
    if x.dtype not in (float16, float32, float64, *COMPLEX):
        raise explain(
            ValueError(f"tf.linalg.expm does not support matrices of type {x.dtype}"), operands=[("input", x)]
        )
    shape = x._array.shape
    size = shape[-2:] if len(shape) > 1 else (1, shape[0] if shape else 1)
    if size == (0, 0) or not x._array.size:
        return x
    x = ops.reshape(x, [-1, *size])
    norms = _norms(x)
    if not np.isfinite(norms).all():
        return ops.reshape(x * np.nan, [*shape[:-2], *size])
    steps = _SINGLE if x.dtype in (float16, float32, complex64) else _DOUBLE
    degrees = np.array([next((d for d, limit in steps if norm < limit), steps[-1][0]) for norm in norms])
    squarings = np.zeros(len(norms))
    scaled = (degrees == steps[-1][0]) & (norms > 0)
    squarings[scaled] = np.maximum(np.floor(np.log(norms[scaled] / steps[-1][1]) / np.log(2.0)), 0)
    small = x * ops.cast(0.5 ** squarings.reshape(-1, 1, 1), x.dtype)
    over, under = _by_matrix(degrees, lambda degree: _pade(small, degree))
    result = solve(over, under)
    for i in range(int(squarings.max())):
        result = _chosen(squarings > i, ops.matmul(result, result), result)
    return ops.reshape(result, [*shape[:-2], *result._array.shape[-2:]])


def _norms(x: Tensor) -> np.ndarray:
    """The 1-norms, on the host: they decide the course of the computation, not its value."""
    return np.abs(to_host(x._array)).sum(axis=-2).max(axis=-1).astype(np.float64)


def _pade(x: Tensor, degree: int) -> tuple[Tensor, Tensor]:
    """(v - u, v + u): the denominator and the numerator of the approximant of exp(x) of that degree."""
    b = _PADE[degree]
    eye = ops.eye(x._array.shape[-1], dtype=x.dtype)
    x2 = ops.matmul(x, x)
    powers = [eye, x2]
    while 2 * len(powers) <= min(degree, 9) or degree == 13 and len(powers) < 4:
        powers.append(ops.matmul(powers[-1], x2))

    def combined(coefficients: Any) -> Tensor:
        """The sum of even powers with these coefficients, the highest first."""
        terms = [power if c == 1 else c * power for c, power in reversed(list(zip(coefficients, powers)))]
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return total

    if degree < 13:
        odd, v = combined(b[1::2]), combined(b[0::2])
    else:
        x6 = powers[3]
        odd = ops.matmul(x6, combined((0.0, *b[9::2]))) + combined(b[1:9:2])
        v = ops.matmul(x6, combined((0.0, *b[8::2]))) + combined(b[0:8:2])
    u = ops.matmul(x, odd)
    return v - u, v + u


def _by_matrix(degrees: np.ndarray, compute: Callable[[int], tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """Each matrix's pair, computed with its own degree."""
    over = under = None
    for degree in sorted(set(degrees.tolist())):
        p, q = compute(degree)
        over = p if over is None else _chosen(degrees == degree, p, over)
        under = q if under is None else _chosen(degrees == degree, q, under)
    assert over is not None and under is not None
    return over, under


def _chosen(mask: np.ndarray, x: Tensor, y: Tensor) -> Tensor:
    """x for the matrices where `mask` is true, y for the others."""
    return x if mask.all() else ops.where(as_tensor(mask.reshape(-1, 1, 1)), x, y)


# ---------------------------------------------------------------- square root


def _root_gradient(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
    """From y @ y = x follows dy @ y + y @ dy = dx: a Sylvester equation, solved as one linear system."""
    n = y._array.shape[-1]
    eye = ops.eye(n, dtype=y.dtype)
    yh = adjoint(y)
    batch = list(y._array.shape[:-2])
    left = ops.einsum("...ij,kl->...ikjl", yh, eye)
    right = ops.einsum("ij,...lk->...ikjl", eye, yh)
    system = ops.reshape(left + right, [*batch, n * n, n * n])
    return ops.reshape(solve(system, ops.reshape(g, [*batch, n * n, 1])), y._array.shape)


@primitive(_root_gradient)
def _square_root(xp, x):
    return _on_host(xp, x, _root_of)


def _root_of(m: np.ndarray) -> np.ndarray:
    t, q = schur(m)
    values = np.diagonal(t)
    real = not np.iscomplexobj(m)
    scale = max(np.abs(values).max(initial=0), 1e-300)
    if real and ((values.real < 0) & (np.abs(values.imag) <= 1e-8 * scale)).any():
        return np.full(m.shape, np.nan)  # a real matrix with such eigenvalues has no real root
    with np.errstate(all="ignore"):
        r = _triangular_root(t)
        y = q @ r @ q.conj().T
    return y.real if real else y


def _triangular_root(t: np.ndarray) -> np.ndarray:
    """The square root of an upper triangular matrix, diagonal by diagonal (Bjorck & Hammarling, 1983)."""
    n = len(t)
    r = np.zeros_like(t)
    for j in range(n):
        r[j, j] = np.sqrt(t[j, j])
        for i in range(j - 1, -1, -1):
            r[i, j] = (t[i, j] - r[i, i + 1 : j] @ r[i + 1 : j, j]) / (r[i, i] + r[j, j])
    return r


def _on_host(xp: Any, x: Any, function: Callable[[np.ndarray], np.ndarray]) -> Any:
    """A function of one matrix for a batch of them, computed in double precision on the host."""
    batch = x.shape[:-2]
    host = to_host(x)
    results = [function(m) for m in host.reshape(prod(batch), *x.shape[-2:])]
    return xp.asarray(np.array(results).reshape(x.shape).astype(x.dtype))


def _root_samples(s: Any) -> Any:
    return [s.call(ops.add(s(2, 2, within=(-0.5, 0.5)), 2.0 * np.eye(2))), s.call(s.spd(2, 2, 2))]


@op("linalg.sqrtm matrix_square_root", samples=_root_samples)
def sqrtm(input: Any, name: str | None = None) -> Tensor:
    """The matrix y with y @ y = x whose eigenvalues have positive real parts; nan if there is none of x's dtype.

    input: (..., n, n).

    >>> sqrtm([[4., 0.], [0., 9.]])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[2., 0.],
           [0., 3.]], dtype=float32)>
    """
    return _square_root(square_matrices("MatrixSquareRoot", input, DOUBLE_FIRST))


# ---------------------------------------------------------------- logarithm


@primitive(joint=no_gradient("MatrixLogarithm"))
def _logarithm(xp, x):
    return _on_host(xp, x, _logarithm_of)


def _logarithm_of(m: np.ndarray) -> np.ndarray:
    """By inverse scaling and squaring of the Schur form (Higham, "Functions of Matrices", algorithm 11.9)."""
    t, q = schur(m)
    n, roots = len(t), 0
    eye = np.eye(n)
    with np.errstate(all="ignore"):
        logs = np.log(np.diagonal(t))
        while roots < 60 and np.linalg.norm(t - eye, 1) > 0.25:
            t, roots = _triangular_root(t), roots + 1
        nodes, weights = np.polynomial.legendre.leggauss(9)
        rest = t - eye
        parts = [w / 2 * np.linalg.solve(eye + (z + 1) / 2 * rest, rest) for z, w in zip(nodes, weights)]
        y = np.sum(parts, axis=0) * 2.0**roots
        y[np.arange(n), np.arange(n)] = logs
        return q @ y @ q.conj().T


@op("linalg.logm")
def logm(input: Any, name: str | None = None) -> Tensor:
    """The principal logarithm of each complex matrix: y with expm(y) = x. Has no gradient, as in TensorFlow.

    By Higham, "Functions of Matrices" (2008), algorithm 11.9.

    input: complex (..., n, n).

    >>> logm(constant([[1., 0.], [0., 1.]], complex64))
    <tf.Tensor: shape=(2, 2), dtype=complex64, numpy=
    array([[0.+0.j, 0.+0.j],
           [0.+0.j, 0.+0.j]], dtype=complex64)>
    """
    x = as_tensor(input)
    check_dtype("MatrixLogarithm", x, COMPLEX, COMPLEX, "input")
    check_square("MatrixLogarithm", x, tail(input))
    return _logarithm(x)
