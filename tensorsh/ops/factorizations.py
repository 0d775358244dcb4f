"""Factors of matrices on raw arrays: LU, triangular substitution, Cholesky, Schur. No ops here.

For small matrices the arithmetic follows the kernels that TensorFlow runs on the CPU, step by step and in the array's
own precision, so that the last digits agree; it runs over a whole batch at once, on any array module. Large matrices
go to LAPACK (cuSOLVER) where it has what is needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Up to this size a matrix is factored here rather than by LAPACK.
SMALL = 16
_BLOCK = 64


def lu(xp: Any, a: Any) -> tuple[Any, Any, Any]:
    """Matrices (b, n, n) -> (L below and U on and above the diagonal, permutations (b, n), their signs (b,)).

    By rows with partial pivoting, in blocks of columns: row i of L @ U is row `permutation[i]` of the matrix.
    """
    a = a.copy()
    count, n = a.shape[:2]
    order = xp.broadcast_to(xp.arange(n), (count, n)).copy()
    sign = xp.ones(count, a.dtype)
    each = xp.arange(count)
    block = max(n, 1) if n <= SMALL else min(max(n // 8 // 16 * 16, 8), 256)
    for start in range(0, n, block):
        stop = min(start + block, n)
        for k in range(start, stop):
            pivot = xp.argmax(xp.abs(a[:, k:, k]), axis=1) + k
            if xp is not np or (pivot != k).any():
                sign = xp.where(pivot == k, sign, -sign)
                for table in (a, order):
                    row = table[:, k].copy()
                    table[:, k] = table[each, pivot]
                    table[each, pivot] = row
            divisor = a[:, k, k][:, None]
            a[:, k + 1 :, k] = a[:, k + 1 :, k] / xp.where(divisor == 0, 1, divisor)
            a[:, k + 1 :, k + 1 : stop] -= a[:, k + 1 :, k, None] * a[:, k, None, k + 1 : stop]
        if stop < n:
            top = substitute(xp, a[:, start:stop, start:stop], a[:, start:stop, stop:], lower=True, unit=True)
            a[:, start:stop, stop:] = top
            a[:, stop:, stop:] -= xp.matmul(a[:, stop:, start:stop], top)
    return a, order, sign


def substitute(xp: Any, t: Any, b: Any, lower: bool, unit: bool = False) -> Any:
    """x in t @ x = b for triangular t (b, n, n), reading one triangle only (without its diagonal if `unit`)."""
    n = t.shape[-1]
    x = b.copy()
    inverse = None if unit else 1 / xp.diagonal(t, 0, -2, -1)
    starts = range(0, n, _BLOCK)
    for start in starts if lower else reversed(starts):
        stop = min(start + _BLOCK, n)
        rest = slice(0, start) if lower else slice(stop, n)
        if rest.start < rest.stop:
            x[:, start:stop] -= xp.matmul(t[:, start:stop, rest], x[:, rest])
        for i in range(start, stop) if lower else range(stop - 1, start - 1, -1):
            known = slice(start, i) if lower else slice(i + 1, stop)
            row = x[:, i]
            if known.start < known.stop:
                row = row - xp.sum(t[:, i, known, None] * x[:, known], axis=1)
            x[:, i] = row if inverse is None else row * inverse[:, i, None]
    return x


def lu_solve(xp: Any, packed: Any, order: Any, b: Any) -> Any:
    """x in a @ x = b (b, n, m) by the factors of a that `lu` gives."""
    b = xp.take_along_axis(b, order[:, :, None], 1)
    return substitute(xp, packed, substitute(xp, packed, b, lower=True, unit=True), lower=False)


def is_singular(xp: Any, packed: Any) -> bool:
    """Whether a factored matrix has a pivot 0. Waits for the device."""
    return bool(xp.any(xp.diagonal(packed, 0, -2, -1) == 0))


def cholesky(xp: Any, a: Any) -> Any:
    """The lower triangular L of L @ L^H = a (b, n, n), which reads the lower triangle; nan where a is not positive."""
    n = a.shape[-1]
    if n > 2 * SMALL:
        return _large_cholesky(xp, a)
    y = xp.tril(a)
    positive = xp.ones(a.shape[0], bool)
    for k in range(n):
        row = xp.conj(y[:, k, :k])
        pivot = y[:, k, k].real - xp.sum((row * y[:, k, :k]).real, axis=1)
        positive &= ~(pivot <= 0)
        root = xp.sqrt(pivot)
        y[:, k, k] = root
        below = y[:, k + 1 :, k] - xp.sum(y[:, k + 1 :, :k] * row[:, None, :], axis=2)
        y[:, k + 1 :, k] = below / root[:, None]
    return xp.where(positive[:, None, None], y, xp.tril(xp.full_like(y, np.nan)))


def _large_cholesky(xp: Any, a: Any) -> Any:
    try:
        return xp.linalg.cholesky(a)
    except xp.linalg.LinAlgError:
        if a.shape[0] == 1:
            return xp.tril(xp.full(a.shape, np.nan, a.dtype))
        return xp.concatenate([_large_cholesky(xp, a[i : i + 1]) for i in range(a.shape[0])])


def schur(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The complex Schur form of one NumPy matrix: upper triangular t and unitary q with a = q @ t @ q^H.

    Hessenberg form by reflections, then QR steps with Wilkinson's shift (Golub & Van Loan, chapter 7).
    """
    t, q = _hessenberg(a.astype(np.complex128))
    high, steps = len(t) - 1, 0
    while high > 0:
        low = high
        while low > 0 and abs(t[low, low - 1]) > 1e-16 * (abs(t[low, low]) + abs(t[low - 1, low - 1])):
            low -= 1
        if low > 0:
            t[low, low - 1] = 0
        if low == high:
            high, steps = high - 1, 0
            continue
        steps += 1
        if steps > 300:
            return np.full_like(t, np.nan), q
        shift = _wilkinson(t, high) if steps % 10 else abs(t[high, high - 1]) + t[high, high]
        _qr_step(t, q, low, high, shift)
    return np.triu(t), q


def _hessenberg(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = len(t)
    q = np.eye(n, dtype=np.complex128)
    for k in range(n - 2):
        v = t[k + 1 :, k].copy()
        size = np.linalg.norm(v)
        if size == 0:
            continue
        v[0] += size * (v[0] / abs(v[0]) if v[0] != 0 else 1)
        v /= np.linalg.norm(v)
        t[k + 1 :] -= 2 * np.outer(v, v.conj() @ t[k + 1 :])
        t[:, k + 1 :] -= 2 * np.outer(t[:, k + 1 :] @ v, v.conj())
        q[:, k + 1 :] -= 2 * np.outer(q[:, k + 1 :] @ v, v.conj())
    return t, q


def _wilkinson(t: np.ndarray, high: int) -> complex:
    """The eigenvalue of the last 2 by 2 block that is closer to its last entry."""
    (a, b), (c, d) = t[high - 1 : high + 1, high - 1 : high + 1]
    half = (a - d) / 2
    root = np.sqrt(half * half + b * c)
    return complex(d + min(half + root, half - root, key=abs))


def _qr_step(t: np.ndarray, q: np.ndarray, low: int, high: int, shift: complex) -> None:
    """One shifted QR step on rows and columns low..high, in place."""
    diagonal = np.arange(low, high + 1)
    t[diagonal, diagonal] -= shift
    rotations = []
    for k in range(low, high):
        x, y = t[k, k], t[k + 1, k]
        size = np.hypot(abs(x), abs(y))
        g = np.array([[x.conjugate(), y.conjugate()], [-y, x]]) / size if size else np.eye(2, dtype=complex)
        t[k : k + 2, k:] = g @ t[k : k + 2, k:]
        rotations.append((k, g.conj().T))
    for k, g in rotations:
        t[: k + 2, k : k + 2] = t[: k + 2, k : k + 2] @ g
        q[:, k : k + 2] = q[:, k : k + 2] @ g
    t[diagonal, diagonal] += shift
