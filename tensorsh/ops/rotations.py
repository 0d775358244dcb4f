"""Eigenvectors and singular vectors of small real matrices, by reflections and plane rotations.

A matrix determines its singular vectors and eigenvectors up to their signs only. TensorFlow's CPU kernels arrive at
certain signs by the steps that they take: Householder's tridiagonal form and implicit QR steps for symmetric
matrices, one-sided pivoted QR and two-sided Jacobi rotations for singular values. The same steps are taken here, in
the array's own precision, one NumPy matrix at a time, so that what is printed is what TensorFlow prints. It pays for
small matrices only; large ones go to LAPACK. See Golub & Van Loan, "Matrix Computations", sections 5.1 and 8.3 to 8.6.

A rotation (c, s) of the rows or columns x, y makes them c x + s y and c y - s x.
"""

from __future__ import annotations

import numpy as np

_MAX_STEPS = 30  # for each eigenvalue


# ---------------------------------------------------------------- reflections


def reflection(x: np.ndarray) -> tuple[np.ndarray, np.floating, np.floating]:
    """(v, tau, beta): the reflection I - tau [1, v] [1, v]^T takes x to [beta, 0, ...]."""
    first, tail = x[0], x[1:]
    size = tail @ tail
    if size <= np.finfo(x.dtype).tiny:
        return np.zeros_like(tail), x.dtype.type(0), first
    beta = np.sqrt(first * first + size)
    beta = -beta if first >= 0 else beta
    return tail / (first - beta), (beta - first) / beta, beta


def reflect(m: np.ndarray, v: np.ndarray, tau: np.floating) -> None:
    """Apply the reflection to the rows of m, in place."""
    if tau == 0:
        return
    if len(m) == 1:
        m *= 1 - tau
        return
    row = v @ m[1:] + m[0]
    m[0] -= tau * row
    m[1:] -= np.outer(tau * v, row)


def qr(a: np.ndarray, full: bool, pivot: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(q, r, order) with q @ r = a[:, order]; with `pivot`, the column of largest remaining norm comes first."""
    r = a.copy()
    rows, columns = r.shape
    steps = min(rows, columns)
    order = np.arange(columns)
    norms = np.sqrt(np.sum(r * r, axis=0))
    exact = norms.copy()
    reflections = []
    for k in range(steps):
        if pivot and (best := k + int(np.argmax(norms[k:]))) != k:
            for table in (r.T, order, norms, exact):
                table[[k, best]] = table[[best, k]]
        v, tau, beta = reflection(r[k:, k])
        r[k, k], r[k + 1 :, k] = beta, 0
        reflect(r[k:, k + 1 :], v, tau)
        reflections.append((k, v, tau))
        if pivot:
            _shrink_norms(r, k, norms, exact)
    q = np.eye(rows, rows if full else steps, dtype=a.dtype)
    for k, v, tau in reversed(reflections):
        reflect(q[k:, k:], v, tau)
    return q, np.triu(r if full else r[:steps]), order


def _shrink_norms(r: np.ndarray, k: int, norms: np.ndarray, exact: np.ndarray) -> None:
    """Take row k out of the norms of the columns after k, anew where too many digits have been lost."""
    for j in range(k + 1, r.shape[1]):
        if norms[j] == 0:
            continue
        ratio = abs(r[k, j]) / norms[j]
        left = max((1 + ratio) * (1 - ratio), r.dtype.type(0))
        if left * (norms[j] / exact[j]) ** 2 <= np.sqrt(np.finfo(r.dtype).eps):
            exact[j] = norms[j] = np.sqrt(np.sum(r[k + 1 :, j] ** 2))
        else:
            norms[j] *= np.sqrt(left)


# ---------------------------------------------------------------- singular values


def svd(a: np.ndarray, full: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(s, u, v) with a = u @ diag(s) @ v.T and s descending."""
    rows, columns = a.shape
    n = min(rows, columns)
    scale = np.max(np.abs(a)) if a.size else 0
    a = a / scale if scale else a
    if rows > columns:
        u, work, order = qr(a, full, pivot=True)
        work, v = work[:n].copy(), np.eye(columns, dtype=a.dtype)[:, order]
    elif columns > rows:
        v, work, order = qr(a.T, full, pivot=True)
        work, u = work[:n].T.copy(), np.eye(rows, dtype=a.dtype)[:, order]
    else:
        work, u, v = a.copy(), np.eye(n, dtype=a.dtype), np.eye(n, dtype=a.dtype)
    _jacobi(work, u, v)
    s = np.diagonal(work).copy()
    u[:, :n] = np.where(s < 0, -u[:, :n], u[:, :n])
    s = np.abs(s) * (scale or 1)
    for i in range(n):
        best = i + int(np.argmax(s[i:]))
        if s[best] == 0:
            break
        for table in (s, u.T, v.T):
            table[[i, best]] = table[[best, i]]
    return s, u, v


def _jacobi(m: np.ndarray, u: np.ndarray, v: np.ndarray) -> None:
    """Make the square m diagonal by rotations from both sides, and collect these in u and v."""
    info = np.finfo(m.dtype)
    largest = np.max(np.abs(np.diagonal(m)), initial=0)
    finished = False
    while not finished:
        finished = True
        for p in range(1, len(m)):
            for q in range(p):
                threshold = max(info.tiny, 2 * info.eps * largest)
                if abs(m[p, q]) > threshold or abs(m[q, p]) > threshold:
                    finished = False
                    left, right = _two_by_two(m[p, p], m[p, q], m[q, p], m[q, q])
                    rotate(m, p, q, *left)
                    rotate(u.T, p, q, *left)
                    rotate(m.T, p, q, right[0], -right[1])
                    rotate(v.T, p, q, right[0], -right[1])
                    largest = max(largest, abs(m[p, p]), abs(m[q, q]))


def _two_by_two(a: np.floating, b: np.floating, c: np.floating, d: np.floating) -> tuple[tuple, tuple]:
    """The rotations from the left and from the right that make [[a, b], [c, d]] diagonal."""
    one, zero = a.dtype.type(1), a.dtype.type(0)
    skew = c - b
    if abs(skew) < np.finfo(a.dtype).tiny:
        cos, sin = one, zero
    else:
        ratio = (a + d) / skew
        size = np.sqrt(1 + ratio * ratio)
        cos, sin = ratio / size, 1 / size
    # The rotated matrix is symmetric: one more rotation, from both sides, makes it diagonal.
    x, y, z = cos * a + sin * c, cos * b + sin * d, cos * d - sin * b
    twice = 2 * abs(y)
    if twice < np.finfo(a.dtype).tiny:
        c2, s2 = one, zero
    else:
        tau = (x - z) / twice
        width = np.sqrt(tau * tau + 1)
        t = 1 / (tau + width) if tau > 0 else 1 / (tau - width)
        c2 = 1 / np.sqrt(t * t + 1)
        s2 = -np.sign(t) * (y / abs(y)) * abs(t) * c2
    return (cos * c2 + sin * s2, sin * c2 - cos * s2), (c2, s2)


def rotate(m: np.ndarray, p: int, q: int, c: np.floating, s: np.floating) -> None:
    """Rotate rows p and q of m, in place."""
    x, y = m[p].copy(), m[q].copy()
    m[p], m[q] = c * x + s * y, c * y - s * x


# ---------------------------------------------------------------- symmetric matrices


def eigh(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(eigenvalues ascending, eigenvectors as columns) of a symmetric matrix, of which the lower triangle is read."""
    scale = np.max(np.abs(np.tril(a))) if a.size else 0
    m = np.tril(a) / (scale or 1)
    diagonal, below, vectors = _tridiagonal(m + np.tril(m, -1).T)
    _diagonalize(diagonal, below, vectors)
    for i in range(len(diagonal) - 1):
        least = i + int(np.argmin(diagonal[i:]))
        for table in (diagonal, vectors.T):
            table[[i, least]] = table[[least, i]]
    return diagonal * (scale or 1), vectors


def _tridiagonal(m: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(diagonal, subdiagonal, q) with q^T @ m @ q tridiagonal."""
    n = len(m)
    below = np.zeros(max(n - 1, 0), m.dtype)
    reflections = []
    for k in range(n - 1):
        tail, tau, below[k] = reflection(m[k + 1 :, k])
        v = np.concatenate([np.ones(1, m.dtype), tail])
        rest = m[k + 1 :, k + 1 :]
        w = rest @ (tau * v)
        w += (tau * m.dtype.type(-0.5) * (w @ v)) * v
        rest -= np.outer(v, w) + np.outer(w, v)
        reflections.append((k + 1, tail, tau))
    q = np.eye(n, dtype=m.dtype)
    for k, tail, tau in reversed(reflections):
        reflect(q[k:, k:], tail, tau)
    return np.diagonal(m).copy(), below, q


def _diagonalize(d: np.ndarray, e: np.ndarray, q: np.ndarray) -> None:
    """Implicit QR steps until the subdiagonal e vanishes; d becomes the eigenvalues, q the eigenvectors."""
    info = np.finfo(d.dtype)
    end, steps = len(d) - 1, 0
    while end > 0:
        for i in range(end):
            scaled = e[i] / info.eps
            if abs(e[i]) < info.tiny or scaled * scaled <= abs(d[i]) + abs(d[i + 1]):
                e[i] = 0
        while end > 0 and e[end - 1] == 0:
            end -= 1
        if end <= 0:
            return
        steps += 1
        if steps > _MAX_STEPS * len(d):
            d[:] = np.nan
            return
        start = end - 1
        while start > 0 and e[start - 1] != 0:
            start -= 1
        _implicit_step(d, e, start, end, q)


def _implicit_step(d: np.ndarray, e: np.ndarray, start: int, end: int, q: np.ndarray) -> None:
    """One QR step with Wilkinson's shift on the unreduced block start..end, chasing the bulge down."""
    half = (d[end - 1] - d[end]) * d.dtype.type(0.5)
    last, shift = e[end - 1], d[end]
    if half == 0:
        shift = shift - abs(last)
    elif last != 0:
        size = np.hypot(half, last)
        shift = shift - last * last / (half + (size if half > 0 else -size))
    x, z = d[start] - shift, e[start]
    for k in range(start, end):
        if z == 0:
            return
        c, s = givens(x, z)
        sd, dn = s * d[k] + c * e[k], s * e[k] + c * d[k + 1]
        d[k] = c * (c * d[k] - s * e[k]) - s * (c * e[k] - s * d[k + 1])
        d[k + 1] = s * sd + c * dn
        e[k] = c * sd - s * dn
        if k > start:
            e[k - 1] = c * e[k - 1] - s * z
        x = e[k]
        if k < end - 1:
            z = -s * e[k + 1]
            e[k + 1] = c * e[k + 1]
        rotate(q.T, k, k + 1, c, -s)


def givens(p: np.floating, q: np.floating) -> tuple[np.floating, np.floating]:
    """The rotation that takes (p, q) to (r, 0)."""
    if q == 0:
        return np.copysign(p.dtype.type(1), p), p.dtype.type(0)
    if p == 0:
        return p.dtype.type(0), p.dtype.type(1 if q < 0 else -1)
    if abs(p) > abs(q):
        t = q / p
        c = 1 / np.copysign(np.sqrt(1 + t * t), p)
        return c, -t * c
    t = p / q
    s = -1 / np.copysign(np.sqrt(1 + t * t), q)
    return -t * s, s
