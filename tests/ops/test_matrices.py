"""Factors, inverses and eigenvalues: of any size, of batches, on any device; and gradients of symmetric functions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorsh.ops import factorizations, general_eigen, rotations
from tensorsh.ops.registry import ops
from tensorsh.runtime import backend
from tensorsh.runtime.errors import InvalidArgumentError
from tensorsh.runtime.gradient_tape import GradientTape
from tests import strict_xp

BOTH = pytest.mark.parametrize("module", [np, strict_xp], ids=["numpy", "strict"])


def matrix(seed, *shape):
    return np.random.default_rng(seed).uniform(-1, 1, shape)


@BOTH
@pytest.mark.parametrize("n", [1, 3, 16, 17, 70, 130])
def test_lu_gives_back_the_matrix(n, module):
    a = matrix(n, 2, n, n)
    packed, order, sign = (x if module is np else x.get() for x in factorizations.lu(module, module.asarray(a)))
    lower = np.tril(packed, -1) + np.eye(n)
    for i in range(2):
        assert np.allclose(lower[i] @ np.triu(packed[i]), a[i][order[i]])
        assert sign[i] == np.linalg.det(np.eye(n)[order[i]]).round()


@pytest.mark.parametrize("n", [2, 20, 100])
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_inverses_solutions_and_determinants_agree_with_lapack(n, dtype):
    a = (matrix(n, n, n) + 3 * np.eye(n)).astype(dtype)
    b = matrix(n + 1, n, 2).astype(dtype)
    close = {"rtol": 1e-3, "atol": 1e-4} if dtype == "float32" else {"rtol": 1e-9}
    assert np.allclose(ops.inv(a).numpy(), np.linalg.inv(a), **close)
    assert np.allclose(ops.solve(a, b).numpy(), np.linalg.solve(a, b), **close)
    assert np.allclose(ops.slogdet(a)[1].numpy(), np.linalg.slogdet(a)[1], **close)


@BOTH
@pytest.mark.parametrize("n", [2, 20])
def test_a_singular_matrix_is_refused_on_every_device(n, module):
    with backend.using(module):
        a = ops.constant(np.zeros((n, n)))
        for attempt in (lambda: ops.inv(a), lambda: ops.solve(a, ops.ones([n, 1], "float64"))):
            with pytest.raises(InvalidArgumentError, match="not invertible") as caught:
                attempt()
            assert caught.value.summary == "the matrix has no inverse: it is singular"


@BOTH
@pytest.mark.parametrize("n", [3, 40])
def test_of_a_batch_only_what_is_not_positive_definite_becomes_nan(n, module):
    good = matrix(n, n, n) @ matrix(n, n, n).T + np.eye(n)
    with backend.using(module):
        factors = ops.cholesky(ops.constant(np.stack([good, -good]))).numpy()
    if module is np or n == 3:  # a GPU's library answers for a whole batch
        assert np.allclose(factors[0] @ factors[0].T, good)
    assert np.isnan(factors[1]).any()


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("n", [5, 150])
def test_triangular_solve_reads_one_triangle_only(n, lower):
    a, b = matrix(n, n, n) + 3 * np.eye(n), matrix(1, n, 2)
    half = np.tril(a) if lower else np.triu(a)
    assert np.allclose(half @ ops.triangular_solve(a, b, lower=lower).numpy(), b)


@pytest.mark.parametrize("name", ["cholesky", "logdet"])
def test_the_gradient_of_a_symmetric_matrix_is_symmetric_and_right(name):
    a = matrix(3, 3, 3) @ matrix(3, 3, 3).T + np.eye(3)
    x = ops.constant(a)
    weights = matrix(4, 3, 3)

    def value(m):
        y = getattr(ops, name)(m)
        return ops.reduce_sum(y * weights) if name == "cholesky" else y

    with GradientTape() as t:
        t.watch(x)
        y = value(x)
    g = t.gradient(y, x).numpy()
    assert np.allclose(g, g.T)
    direction = matrix(5, 3, 3)
    direction = direction + direction.T
    slope = (float(value(a + 1e-6 * direction)) - float(value(a - 1e-6 * direction))) / 2e-6
    assert np.isclose(np.sum(g * direction), slope, rtol=1e-6)


SIDES = st.integers(1, 7)


@settings(max_examples=60, deadline=None)
@given(rows=SIDES, columns=SIDES, seed=st.integers(0, 1000), full=st.booleans())
def test_reflections_and_rotations_give_orthogonal_factors_of_any_shape(rows, columns, seed, full):
    a = matrix(seed, rows, columns)
    q, r, _ = rotations.qr(a, full)
    assert np.allclose(q @ r, a) and np.allclose(q.T @ q, np.eye(q.shape[1]))
    s, u, v = rotations.svd(a, full)
    n = len(s)
    assert np.allclose(u[:, :n] * s @ v[:, :n].T, a)
    assert np.allclose(u.T @ u, np.eye(u.shape[1])) and np.allclose(v.T @ v, np.eye(v.shape[1]))
    assert (np.diff(s) <= 0).all() and (s >= 0).all()


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 9), seed=st.integers(0, 1000))
def test_eigenvectors_are_what_the_matrix_only_stretches(n, seed):
    a = matrix(seed, n, n)
    e, v = rotations.eigh(a + a.T)
    assert np.allclose((a + a.T) @ v, v * e) and (np.diff(e) >= 0).all()
    e, v = general_eigen.eig(a)
    assert np.allclose(a @ v, v * e, atol=1e-7) and np.allclose(np.linalg.norm(v, axis=0), 1)
    t, q = factorizations.schur(a)
    assert np.allclose(q @ t @ q.conj().T, a) and np.allclose(np.tril(t, -1), 0)


@pytest.mark.parametrize("a", [np.zeros((3, 3)), np.eye(3), np.diag([2.0, 2.0, 1.0]), np.ones((3, 3))])
def test_repeated_eigenvalues_are_no_obstacle(a):
    for e, v in (rotations.eigh(a), general_eigen.eig(a)):
        assert np.allclose(a @ v, v * e, atol=1e-12)
    s, u, v = rotations.svd(a, True)
    assert np.allclose(u * s @ v.T, a)


@pytest.mark.parametrize("size", [1e-3, 0.3, 1.0, 5.0, 40.0])
def test_exponential_and_logarithm_undo_each_other(size):
    a = matrix(1, 3, 3) * size / 3 + 0j
    assert np.allclose(ops.logm(ops.expm(a)).numpy() if size < 5 else a, a, atol=1e-9)
    assert np.allclose((ops.expm(a) @ ops.expm(-a)).numpy(), np.eye(3), atol=1e-6 * np.exp(size))


def test_a_square_root_squared_is_the_matrix():
    a = matrix(2, 2, 4, 4) + 3 * np.eye(4)
    root = ops.sqrtm(a)
    assert np.allclose((root @ root).numpy(), a)
