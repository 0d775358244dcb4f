"""Linear operators: every kind against its matrix, worked out by NumPy; the transcript has what TensorFlow prints."""

import numpy as np
import pytest

from tensorsh.manual.docstrings import examples_in
from tensorsh.ops.registry import at_path, ops
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.variable import Variable

DRAWS = np.random.default_rng(5)


def drawn(*shape):
    return DRAWS.uniform(-1, 1, shape)


def kind(name):
    return at_path(f"tf.linalg.LinearOperator{name}")


def each(function, *arrays):
    """A function of one vector or matrix, for each of a batch."""
    return np.stack([function(*parts) for parts in zip(*arrays, strict=True)])


def tridiagonal(d):
    return np.diag(d[1]) + np.diag(d[0][:-1], 1) + np.diag(d[2][1:], -1)


def toeplitz(col, row):
    n = len(col)
    return np.array([[col[i - j] if i >= j else row[j - i] for j in range(n)] for i in range(n)])


def circulant(spectrum):
    """Column j of the matrix: the kernel, moved by j in every dimension."""
    kernel = np.fft.ifftn(spectrum)
    places = list(np.ndindex(kernel.shape))
    return np.array([np.roll(kernel, j, tuple(range(kernel.ndim))).reshape(-1) for j in places]).T


def reflection(v):
    return np.eye(len(v)) - 2 * np.outer(v, v) / (v @ v)


def blocks(rows):
    return np.stack([np.block([[part[i] for part in row] for row in rows]) for i in range(2)])


diag, col, row, axis = drawn(2, 3) + 2, drawn(2, 3), drawn(2, 3), drawn(2, 3)
dense, other = drawn(2, 3, 3) + 3 * np.eye(3), drawn(2, 3, 3) + 3 * np.eye(3)
band, u, v, weights = drawn(2, 3, 3) + [[0], [4], [0]], drawn(2, 3, 2), drawn(2, 3, 2), drawn(2, 2) + 2
col[:, 0] += 5
perm = np.array([[2, 0, 1], [1, 0, 2]])
waves = {n: DRAWS.uniform(1, 2, n) + 1j * drawn(*n) for n in ((3,), (2, 3), (2, 1, 3))}
full, second = kind("FullMatrix")(dense), kind("FullMatrix")(other)

CASES = {
    "FullMatrix": (full, dense),
    "Diag": (kind("Diag")(diag), each(np.diag, diag)),
    "Identity": (kind("Identity")(3, batch_shape=[2], dtype="float64"), np.stack([np.eye(3)] * 2)),
    "ScaledIdentity": (kind("ScaledIdentity")(3, diag[:, 0]), diag[:, 0, None, None] * np.eye(3)),
    "LowerTriangular": (kind("LowerTriangular")(dense), np.tril(dense)),
    "Tridiag": (kind("Tridiag")(band), each(tridiagonal, band)),
    "Toeplitz": (kind("Toeplitz")(col, row), each(toeplitz, col, row)),
    "Circulant": (kind("Circulant")(waves[3,], "complex128"), circulant(waves[3,])),
    "Circulant2D": (kind("Circulant2D")(waves[2, 3], "complex128"), circulant(waves[2, 3])),
    "Circulant3D": (kind("Circulant3D")(waves[2, 1, 3], "complex128"), circulant(waves[2, 1, 3])),
    "Permutation": (kind("Permutation")(perm, "float64"), np.eye(3)[perm]),
    "Householder": (kind("Householder")(axis), each(reflection, axis)),
    "LowRankUpdate": (
        kind("LowRankUpdate")(full, u, weights, v),
        dense + u @ (weights[:, :, None] * np.swapaxes(v, 1, 2)),
    ),
    "Composition": (kind("Composition")([full, second]), dense @ other),
    "Adjoint": (kind("Adjoint")(full), np.swapaxes(dense, 1, 2)),
    "Inversion": (kind("Inversion")(full), np.linalg.inv(dense)),
    "Kronecker": (kind("Kronecker")([full, second]), each(np.kron, dense, other)),
    "BlockDiag": (
        kind("BlockDiag")([full, kind("Diag")(diag)]),
        blocks([[dense, 0 * dense], [0 * dense, each(np.diag, diag)]]),
    ),
    "BlockLowerTriangular": (
        kind("BlockLowerTriangular")([[full], [second, full], [full, second, second]]),
        blocks([[dense, 0 * dense, 0 * dense], [other, dense, 0 * dense], [dense, other, other]]),
    ),
}
each_kind = pytest.mark.parametrize("name", CASES)


def close(found, expected):
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9, atol=1e-9)


def argument(matrix, axis=-1):
    """A right-hand side for a matrix."""
    return (drawn(matrix.shape[axis], 2)).astype(matrix.dtype)


@each_kind
def test_products_are_those_of_the_matrix(name):
    op, matrix = CASES[name]
    adjoint = np.conj(np.swapaxes(matrix, -1, -2))
    x = argument(matrix)
    close(op.to_dense(), matrix)
    close(op.matmul(x), matrix @ x)
    close(op.matmul(x, adjoint=True), adjoint @ x)
    close(op.matmul(x.T.conj(), adjoint_arg=True), matrix @ x)
    close(op.matvec(x[:, 0]), matrix @ x[:, 0])
    close(op.H.matmul(x), adjoint @ x)
    close(op.H.to_dense(), adjoint)
    assert op.shape == matrix.shape


@each_kind
def test_solutions_are_those_of_the_matrix(name):
    op, matrix = CASES[name]
    adjoint = np.conj(np.swapaxes(matrix, -1, -2))
    x = argument(matrix)
    close(op.solve(matrix @ x), np.broadcast_to(x, (matrix @ x).shape))
    close(op.solve(adjoint @ x, adjoint=True), np.broadcast_to(x, (matrix @ x).shape))
    close(op.solvevec(x[:, 0]), np.linalg.inv(matrix) @ x[:, 0])
    close(op.inverse().to_dense(), np.linalg.inv(matrix))
    close(op.inverse().matmul(x), np.linalg.inv(matrix) @ x)


@each_kind
def test_numbers_are_those_of_the_matrix(name):
    op, matrix = CASES[name]
    close(op.determinant(), np.linalg.det(matrix))
    close(op.log_abs_determinant(), np.log(np.abs(np.linalg.det(matrix))))
    close(op.trace(), np.trace(matrix, axis1=-2, axis2=-1))
    close(op.diag_part(), np.diagonal(matrix, axis1=-2, axis2=-1))
    close(op.cond(), np.linalg.cond(matrix))
    close(op.add_to_tensor(np.ones_like(matrix)), matrix + 1)


@each_kind
@pytest.mark.parametrize("partner", ["itself", "a diagonal"])
def test_two_operators_make_one(name, partner):
    op, matrix = CASES[name]
    entries = np.arange(1, matrix.shape[-1] + 1).astype(matrix.dtype)
    other, theirs = CASES[name] if partner == "itself" else (kind("Diag")(entries), np.diag(entries))
    made = {
        op @ other: matrix @ theirs,
        other @ op: theirs @ matrix,
        op.solve(other): np.linalg.inv(matrix) @ theirs,
        other.solve(op): np.linalg.inv(theirs) @ matrix,
    }
    for product, expected in made.items():
        # The identity gives its partner back as it is, and its own batch is lost, as in TensorFlow.
        close(ops.broadcast_to(product.to_dense(), expected.shape), expected)


@each_kind
def test_a_batch_is_indexed_like_a_tensor(name):
    op, matrix = CASES[name]
    assert op[...].shape == matrix.shape
    if matrix.ndim > 2:
        close(op[1].to_dense(), matrix[1])
        assert op[:1].shape == matrix[:1].shape
        assert op[..., None].shape == matrix[:, None].shape


@pytest.mark.parametrize("name", ["Kronecker", "BlockDiag"])
def test_eigenvalues_and_cholesky_go_by_the_parts(name):
    known = {"is_self_adjoint": True, "is_positive_definite": True}
    parts = [dense[0] @ dense[0].T, other[0] @ other[0].T]
    op = kind(name)([kind("FullMatrix")(part, **known) for part in parts])
    close(ops.sort(op.eigvals()), np.linalg.eigvalsh(op.to_dense().numpy()))
    close(op.cholesky().to_dense(), np.linalg.cholesky(op.to_dense().numpy()))
    close(op.log_abs_determinant(), np.linalg.slogdet(op.to_dense().numpy())[1])


MADE_OF_A_VECTOR = {
    "Diag": lambda x: kind("Diag")(x + 3.0),
    "ScaledIdentity": lambda x: kind("ScaledIdentity")(3, x[0] + 3.0),
    "FullMatrix": lambda x: kind("FullMatrix")(x[:, None] * x + 3 * np.eye(3)),
    "LowerTriangular": lambda x: kind("LowerTriangular")(x[:, None] * x + 3 * np.eye(3)),
    "Tridiag": lambda x: kind("Tridiag")(ops.stack([x, x + 4.0, x])),
    "Toeplitz": lambda x: kind("Toeplitz")(ops.concat([x[:1] + 5.0, x[1:]], 0), x),
    "Circulant": lambda x: kind("Circulant")(x + 3.0, "float64"),
    "Householder": lambda x: kind("Householder")(x),
    "LowRankUpdate": lambda x: kind("LowRankUpdate")(kind("Diag")(x + 3.0), x[:, None]),
    "Kronecker": lambda x: kind("Kronecker")([kind("Diag")(x + 3.0), kind("Toeplitz")(x + 3.0, x)]),
    "BlockLowerTriangular": lambda x: kind("BlockLowerTriangular")(
        [[kind("Diag")(x + 3.0)], [kind("Toeplitz")(x, x), kind("Diag")(x - 3.0)]]
    ),
}


@pytest.mark.parametrize("name", MADE_OF_A_VECTOR)
def test_gradients_flow_through_products_and_solutions(name, capsys):
    def used(x):
        op = MADE_OF_A_VECTOR[name](x)
        w = np.arange(1.0, op.shape[-1] + 1.0)
        return op.matvec(w), op.solvevec(w), op.matvec(w, adjoint=True), op.log_abs_determinant(), op.trace()

    ops.check_grad(used, ops.constant([0.3, -0.5, 0.7], "float64"))
    assert "agree" in capsys.readouterr().out


def test_a_variable_is_watched_through_the_operators_that_hold_it():
    scale = Variable([1.0, 2.0])
    op = kind("Composition")([kind("Diag")(scale), kind("Permutation")([1, 0])])
    with GradientTape() as tape:
        y = ops.reduce_sum(op.matvec([3.0, 4.0]))
    assert tape.gradient(y, scale).numpy().tolist() == [4.0, 3.0]
    assert op.trainable_variables == op.submodules[0].variables
    assert op.variables[0] is scale


def test_blocks_take_and_give_lists():
    op, matrix = CASES["BlockLowerTriangular"]
    parts = [drawn(3, 2) for _ in range(3)]
    whole = np.concatenate(parts)
    close(ops.concat(op.matmul(parts), -2), matrix @ whole)
    close(ops.concat(op.matmul(parts, adjoint=True), -2), np.swapaxes(matrix, -1, -2) @ whole)
    close(ops.concat(op.solve(parts), -2), np.linalg.solve(matrix, np.broadcast_to(whole, (2, *whole.shape))))
    assert [y.shape for y in op.solvevec([p[:, 0] for p in parts])] == [(2, 3)] * 3


def test_large_circulants_and_toeplitz_matrices_are_never_made_dense():
    n = 1 << 18
    col = np.zeros(n)
    col[1] = 1.0
    x = drawn(n)
    close(kind("Toeplitz")(col, np.zeros(n)).matvec(x), np.concatenate([[0.0], x[:-1]]))
    turned = kind("Circulant")(np.fft.fft(col), "float64")
    close(turned.matvec(x), np.roll(x, 1))
    close(turned.solvevec(x), np.roll(x, -1))


def test_an_error_says_the_way_out():
    with pytest.raises(IndexError) as caught:
        full.matmul(drawn(3))
    assert caught.value.hint == "for a vector: matvec, solvevec"
    with pytest.raises(TypeError) as caught:
        full.matvec(drawn(3).astype("float32"))
    assert caught.value.hint == "cast it: cast(x, float64)"


@each_kind
def test_the_example_holds(name, shown):
    for program, expected in examples_in(kind(name).__doc__):
        assert shown(program).split() == expected.split()


SHARED = """
    H add_to_tensor adjoint assert_non_singular assert_positive_definite assert_self_adjoint batch_shape
    batch_shape_tensor cholesky cond determinant diag_part domain_dimension domain_dimension_tensor dtype eigvals
    inverse is_non_singular is_positive_definite is_self_adjoint is_square log_abs_determinant matmul matvec name
    non_trainable_variables parameters range_dimension range_dimension_tensor shape shape_tensor solve solvevec
    submodules tensor_rank tensor_rank_tensor to_dense trace trainable_variables variables
"""
OF_CIRCULANTS = "assert_hermitian_spectrum block_depth block_shape block_shape_tensor convolution_kernel spectrum"
OWN = {
    "FullMatrix": "matrix",
    "Diag": "diag",
    "ScaledIdentity": "multiplier",
    "LowerTriangular": "tril",
    "Tridiag": "diagonals diagonals_format",
    "Toeplitz": "col row",
    "Circulant": OF_CIRCULANTS,
    "Circulant2D": OF_CIRCULANTS,
    "Circulant3D": OF_CIRCULANTS,
    "Permutation": "perm",
    "Householder": "reflection_axis",
    "LowRankUpdate": "base_operator diag_operator diag_update is_diag_update_positive u v",
    "Composition": "operators",
    "Adjoint": "operator",
    "Inversion": "operator",
    "Kronecker": "operators",
    "BlockDiag": "operators",
    "BlockLowerTriangular": "operators",
}


@each_kind
def test_the_public_surface_is_tensorflow_s(name):
    public = {n for n in dir(CASES[name][0]) if not n.startswith("_")}
    assert public == {*SHARED.split(), *OWN.get(name, "").split()}
