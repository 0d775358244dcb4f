"""Eigenvalues and eigenvectors of small real matrices that need not be symmetric.

The order of the eigenvalues and the signs of the eigenvectors are those that TensorFlow's CPU kernel arrives at:
Hessenberg form by reflections, then Francis's implicit double steps to the real Schur form, in the array's own
precision, one NumPy matrix at a time. See Golub & Van Loan, "Matrix Computations", section 7.5. Large matrices go to
LAPACK, which orders them otherwise.
"""

from __future__ import annotations

import numpy as np

from .rotations import givens, reflect, reflection, rotate

_MAX_STEPS = 40  # for each eigenvalue


def eig(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(eigenvalues, eigenvectors of length 1 as columns), complex; nan if they are not found."""
    n = len(a)
    t, q = _real_schur(a)
    values = _eigenvalues(t)
    vectors = np.zeros((n, n), values.dtype)
    i = 0
    while i < n:
        pair = values[i].imag != 0
        v = q @ _schur_vector(t, values[i], i, pair)
        v = v / np.sqrt(np.sum(np.abs(v) ** 2))
        vectors[:, i] = v
        if pair:
            vectors[:, i + 1] = v.conj()
        i += 2 if pair else 1
    return values, vectors


def _eigenvalues(t: np.ndarray) -> np.ndarray:
    n = len(t)
    values = np.zeros(n, np.result_type(t.dtype, np.complex64))
    i = 0
    while i < n:
        if i == n - 1 or t[i + 1, i] == 0:
            values[i] = t[i, i]
            i += 1
            continue
        half = t.dtype.type(0.5) * (t[i, i] - t[i + 1, i + 1])
        size = np.sqrt(abs(half * half + t[i + 1, i] * t[i, i + 1]))
        values[i] = complex(t[i + 1, i + 1] + half, size)
        values[i + 1] = values[i].conjugate()
        i += 2
    return values


def _schur_vector(t: np.ndarray, value: complex, i: int, pair: bool) -> np.ndarray:
    """The eigenvector of the Schur form for its i-th eigenvalue; of a pair, that with the positive imaginary part."""
    n = len(t)
    x = np.zeros(n, np.complex128 if pair else t.dtype)
    if pair:
        (a, b), (c, d) = t[i : i + 2, i : i + 2]
        x[i + 1] = 1j
        x[i] = -1j * ((d - value) / c if abs(c) > abs(b) else b / (a - value))
        top, known = t[:i, :i] - value * np.eye(i), t[:i, i : i + 2] @ x[i : i + 2]
    else:
        x[i] = 1
        top, known = t[:i, :i] - value.real * np.eye(i, dtype=t.dtype), t[:i, i]
    # An eigenvalue that occurs twice leaves a pivot 0; a tiny one in its place gives a vector all the same.
    tiny = max(np.finfo(t.dtype).eps * np.abs(t).max(), np.finfo(t.dtype).tiny)
    place = np.arange(i)
    top[place, place] = np.where(top[place, place] == 0, tiny, top[place, place])
    if i:
        x[:i] = np.linalg.solve(top, -known)
    return x


# ---------------------------------------------------------------- the real Schur form


def _real_schur(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(t, q) with q @ t @ q^T = a, q orthogonal, t upper triangular but for 2 by 2 blocks."""
    n, info = len(a), np.finfo(a.dtype)
    scale = np.abs(a).max(initial=0)
    if scale < info.tiny:
        return np.zeros_like(a), np.eye(n, dtype=a.dtype)
    t, q = _hessenberg(a / scale)
    norm = sum(np.abs(t[: min(n, j + 2), j]).sum() for j in range(n))
    negligible = max(norm * info.eps * info.eps, info.tiny)
    high, steps, total, shifted = n - 1, 0, 0, a.dtype.type(0)
    while high >= 0:
        low = _unreduced_from(t, high, negligible)
        if low == high:
            t[high, high] += shifted
            if high > 0:
                t[high, high - 1] = 0
            high, steps = high - 1, 0
        elif low == high - 1:
            _split(t, q, high, shifted)
            high, steps = high - 2, 0
        else:
            first, shift, shifted = _shift(t, high, steps, shifted)
            steps, total = steps + 1, total + 1
            if total > _MAX_STEPS * n:
                t[:] = np.nan
                break
            start, vector = _first_vector(t, low, high, first, shift)
            _francis_step(t, q, low, start, high, vector)
    return t * scale, q


def _hessenberg(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = len(t)
    reflections = []
    for k in range(n - 1):
        v, tau, beta = reflection(t[k + 1 :, k])
        t[k + 1, k], t[k + 2 :, k] = beta, 0
        reflect(t[k + 1 :, k + 1 :], v, tau)
        reflect(t[:, k + 1 :].T, v, tau)
        reflections.append((k + 1, v, tau))
    q = np.eye(n, dtype=t.dtype)
    for k, v, tau in reversed(reflections):
        reflect(q[k:, k:], v, tau)
    return t, q


def _unreduced_from(t: np.ndarray, high: int, negligible: np.floating) -> int:
    """Where the block that ends at `high` begins: after the first subdiagonal entry that is as good as 0."""
    low = high
    while low > 0:
        size = abs(t[low - 1, low - 1]) + abs(t[low, low])
        if abs(t[low, low - 1]) <= max(size * np.finfo(t.dtype).eps, negligible):
            break
        low -= 1
    return low


def _split(t: np.ndarray, q: np.ndarray, high: int, shifted: np.floating) -> None:
    """Make the last 2 by 2 block triangular, if its eigenvalues are real."""
    k = high - 1
    p = t.dtype.type(0.5) * (t[k, k] - t[high, high])
    discriminant = p * p + t[high, k] * t[k, high]
    t[high, high] += shifted
    t[k, k] += shifted
    if discriminant >= 0:
        z = np.sqrt(abs(discriminant))
        c, s = givens(p + z if p >= 0 else p - z, t[high, k])
        rotate(t[:, k:], k, high, c, -s)
        rotate(t[: high + 1].T, k, high, c, -s)
        t[high, k] = 0
        rotate(q.T, k, high, c, -s)
    if high > 1:
        t[k, k - 1] = 0


def _shift(t: np.ndarray, high: int, steps: int, shifted: np.floating) -> tuple:
    """The shifts of a double step, as (the last two diagonal entries), their product off the diagonal; now and then
    an arbitrary shift, which breaks cycles."""
    x, y = t[high, high], t[high - 1, high - 1]
    w = t[high, high - 1] * t[high - 1, high]
    if steps and steps % 16 == 0:
        each = np.arange(high + 1)
        if steps % 32:
            shifted = shifted + x
            t[each, each] -= x
            s = abs(t[high, high - 1]) + abs(t[high - 1, high - 2])
            x = y = t.dtype.type(0.75) * s
            w = t.dtype.type(-0.4375) * s * s
        else:
            s = (y - x) / 2
            s = s * s + w
            if s > 0:
                s = -np.sqrt(s) if y < x else np.sqrt(s)
                s = x - w / (s + (y - x) / 2)
                shifted = shifted + s
                t[each, each] -= s
                x = y = w = t.dtype.type(0.964)
    return (x, y), w, shifted


def _first_vector(t: np.ndarray, low: int, high: int, first: tuple, shift: np.floating) -> tuple[int, np.ndarray]:
    """Where a double step may start, and the first column of its (shifted) square there."""
    m = high - 2
    while True:
        corner = t[m, m]
        r, s = first[0] - corner, first[1] - corner
        v = np.array(
            [
                (r * s - shift) / t[m + 1, m] + t[m, m + 1],
                t[m + 1, m + 1] - corner - r - s,
                t[m + 2, m + 1],
            ],
            t.dtype,
        )
        if m == low:
            return m, v
        left = t[m, m - 1] * (abs(v[1]) + abs(v[2]))
        right = v[0] * (abs(t[m - 1, m - 1]) + abs(corner) + abs(t[m + 1, m + 1]))
        if abs(left) < np.finfo(t.dtype).eps * right:
            return m, v
        m -= 1


def _francis_step(t: np.ndarray, q: np.ndarray, low: int, start: int, high: int, vector: np.ndarray) -> None:
    """One implicit double step on the block start..high, chasing the bulge down."""
    for k in range(start, high - 1):
        v, tau, beta = reflection(vector if k == start else t[k : k + 3, k - 1].copy())
        if beta == 0:
            continue
        if k == start and k > low:
            t[k, k - 1] = -t[k, k - 1]
        elif k != start:
            t[k, k - 1] = beta
        reflect(t[k : k + 3, k:], v, tau)
        reflect(t[: min(high, k + 3) + 1, k : k + 3].T, v, tau)
        reflect(q[:, k : k + 3].T, v, tau)
    v, tau, beta = reflection(t[high - 1 : high + 1, high - 2].copy())
    if beta != 0:
        t[high - 1, high - 2] = beta
        reflect(t[high - 1 : high + 1, high - 1 :], v, tau)
        reflect(t[: high + 1, high - 1 : high + 1].T, v, tau)
        reflect(q[:, high - 1 : high + 1].T, v, tau)
    for i in range(start + 2, high + 1):
        t[i, i - 2] = 0
        if i > start + 2:
            t[i, i - 3] = 0
