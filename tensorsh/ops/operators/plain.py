"""Linear operators of plain matrices: dense, diagonal, lower triangular."""

from __future__ import annotations

from typing import Any

from ...runtime.dtypes import COMPLEX, float16, float32, float64
from ...runtime.errors import explain
from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from ..rules import conj
from .base import LinearOperator, define
from .support import (
    arguments,
    assert_no_imaginary_part,
    assert_no_zeros,
    hints_of,
    matrix_text,
    real_is_self_adjoint,
    reference,
)

_FAMILY = "operators.plain"
_DENSE = [float16, float32, float64, *COMPLEX]


class LinearOperatorFullMatrix(LinearOperator):
    """The operator of a dense matrix (..., m, n).

    >>> tf.linalg.LinearOperatorFullMatrix([[1., 2.], [3., 4.]]).matvec([1., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 7.], dtype=float32)>
    """

    _ranks, _holds = {"matrix": 2}, ("_matrix",)

    def __init__(
        self,
        matrix: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorFullMatrix",
    ) -> None:
        given = arguments(locals())
        self._matrix = reference(matrix)
        if self._matrix.dtype not in _DENSE:
            message = f"Argument `matrix` must have dtype in {_DENSE}. Received: {self._matrix.dtype}."
            raise explain(TypeError(message), hint="write floats, or cast it: cast(matrix, float32)")
        if len(self._matrix.shape) < 2:
            raise ValueError(
                f"Argument `matrix` must have at least 2 dimensions. Received: {matrix_text(self._matrix)}."
            )
        super().__init__(self._matrix.dtype, given)

    matrix = property(lambda self: self._matrix)

    def _shape(self) -> tuple[int, ...]:
        return tuple(self._matrix.shape)

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        return ops.matmul(self._matrix, x, adjoint_a=adjoint)

    def _to_dense(self) -> Tensor:
        return as_tensor(self._matrix)


class LinearOperatorDiag(LinearOperator):
    """The operator of a diagonal matrix: `diag` (..., n) is its diagonal.

    >>> tf.linalg.LinearOperatorDiag([1., 2.]).solvevec([3., 4.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>
    """

    _ranks, _holds = {"diag": 1}, ("_diag",)

    def __init__(
        self,
        diag: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorDiag",
    ) -> None:
        given = arguments(locals())
        self._diag = reference(diag)
        if not len(self._diag.shape):
            raise ValueError(f"Argument diag must have at least 1 dimension.  Found: {self._diag!s}")
        dtype = self._diag.dtype
        real = real_is_self_adjoint(dtype, is_self_adjoint, "A real diagonal operator is always self adjoint.")
        if is_square is False:
            raise ValueError("Only square diagonal operators currently supported.")
        super().__init__(dtype, given, is_self_adjoint=real, is_square=True)

    diag = property(lambda self: self._diag)

    def _shape(self) -> tuple[int, ...]:
        shape = tuple(self._diag.shape)
        return (*shape, shape[-1])

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        return ops.expand_dims(self._entries(adjoint), -1) * x

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return rhs * ops.expand_dims(1 / self._entries(adjoint), -1)

    def _to_dense(self) -> Tensor:
        return ops.diag(self._diag)

    def _diag_part(self) -> Tensor:
        return as_tensor(self._diag)

    def _add_to_tensor(self, x: Tensor) -> Tensor:
        return ops.set_diag(x, ops.diag_part(x) + self._diag)

    def _determinant(self) -> Tensor:
        return ops.reduce_prod(self._diag, [-1])

    def _log_abs_determinant(self) -> Tensor:
        return ops.cast(ops.reduce_sum(ops.log(abs(as_tensor(self._diag))), [-1]), self._dtype)

    def _eigvals(self) -> Tensor:
        return self._diag_part()

    def _cond(self) -> Tensor:
        sizes = abs(as_tensor(self._diag))
        return ops.reduce_max(sizes, -1) / ops.reduce_min(sizes, -1)

    def _adjoint(self) -> LinearOperator:
        return LinearOperatorDiag(self._entries(True), **hints_of(self))

    def _inverse(self) -> LinearOperator:
        return LinearOperatorDiag(1 / as_tensor(self._diag), **hints_of(self))

    def _cholesky(self) -> LinearOperator:
        hints: dict[str, Any] = dict.fromkeys(hints_of(self), True)
        return LinearOperatorDiag(ops.sqrt(self._diag), **hints)

    def _assert_non_singular(self) -> None:
        assert_no_zeros(self._diag, "Singular operator:  Diagonal contained zero values.")

    def _assert_positive_definite(self) -> None:
        subject, entries = "Real diagonal operator", "non-positive diagonal entries"
        if self._dtype.is_complex:
            subject, entries = "Diagonal operator", "diagonal entries with non-positive real part"
        message = f"{subject} had {entries}, thus was not positive definite."
        ops.assert_positive(ops.real(self._diag), message=message)

    def _assert_self_adjoint(self) -> None:
        message = "This diagonal operator contained non-zero imaginary values.   Thus it was not self-adjoint."
        assert_no_imaginary_part(self._diag, message)

    def _entries(self, adjoint: bool) -> Tensor:
        d = as_tensor(self._diag)
        return conj(d) if adjoint else d


class LinearOperatorLowerTriangular(LinearOperator):
    """The operator of a lower triangular matrix (..., n, n); what `tril` holds above its diagonal is not read.

    >>> tf.linalg.LinearOperatorLowerTriangular([[1., 9.], [2., 4.]]).solvevec([1., 6.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 1.], dtype=float32)>
    """

    _ranks, _holds = {"tril": 2}, ("_tril",)

    def __init__(
        self,
        tril: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorLowerTriangular",
    ) -> None:
        given = arguments(locals())
        if is_square is False:
            raise ValueError("Only square lower triangular operators supported at this time.")
        self._tril = reference(tril)
        if len(self._tril.shape) < 2:
            raise ValueError(f"Argument tril must have at least 2 dimensions.  Found: {self._tril!s}")
        super().__init__(self._tril.dtype, given, is_square=True)

    tril = property(lambda self: self._tril)

    def _shape(self) -> tuple[int, ...]:
        return tuple(self._tril.shape)

    def _to_dense(self) -> Tensor:
        return ops.band_part(self._tril, -1, 0)

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        return ops.matmul(self._to_dense(), x, adjoint_a=adjoint)

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return ops.triangular_solve(self._tril, rhs, lower=True, adjoint=adjoint)

    def _diag_part(self) -> Tensor:
        return ops.diag_part(self._tril)

    def _determinant(self) -> Tensor:
        return ops.reduce_prod(self._diag_part(), [-1])

    def _log_abs_determinant(self) -> Tensor:
        return ops.reduce_sum(ops.log(abs(self._diag_part())), [-1])

    def _assert_non_singular(self) -> None:
        assert_no_zeros(self._diag_part(), "Singular operator:  Diagonal contained zero values.")


define(LinearOperatorFullMatrix, "linear_operator_full_matrix", _FAMILY)
define(LinearOperatorDiag, "linear_operator_diag", _FAMILY)
define(LinearOperatorLowerTriangular, "linear_operator_lower_triangular", _FAMILY)
