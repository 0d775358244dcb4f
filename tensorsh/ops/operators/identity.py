"""Linear operators that know nothing but their size: the identity, a multiple of it, and zero."""

from __future__ import annotations

from typing import Any

from ...runtime.dtypes import as_dtype, float32
from ...runtime.errors import InvalidArgumentError
from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from ..rules import conj
from .base import LinearOperator, define
from .support import (
    arguments,
    assert_no_imaginary_part,
    batch_argument,
    broadcast_batch,
    hints_of,
    must_be,
    real_is_self_adjoint,
    reference,
    size_argument,
)

_FAMILY = "operators.identity"


class LinearOperatorIdentity(LinearOperator):
    """The identity on vectors of `num_rows` entries, `batch_shape` times.

    >>> tf.linalg.LinearOperatorIdentity(2).to_dense()
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 0.],
           [0., 1.]], dtype=float32)>
    """

    def __init__(
        self,
        num_rows: Any,
        batch_shape: Any = None,
        dtype: Any = None,
        is_non_singular: bool | None = True,
        is_self_adjoint: bool | None = True,
        is_positive_definite: bool | None = True,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorIdentity",
    ) -> None:
        given = arguments(locals())
        for hint, always in (
            (is_self_adjoint, "self adjoint"),
            (is_non_singular, "non-singular"),
            (is_positive_definite, "positive-definite"),
            (is_square, "square"),
        ):
            must_be(hint, True, f"An identity operator is always {always}.")
        self._rows, self._batch = size_argument(num_rows, "num_rows"), batch_argument(batch_shape)
        super().__init__(float32 if dtype is None else as_dtype(dtype), given)

    def _shape(self) -> tuple[int, ...]:
        return (*self._batch, self._rows, self._rows)

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        return _with_batch(x, self._batch)

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return _with_batch(rhs, self._batch)

    def _diag_part(self) -> Tensor:
        return ops.ones(list(self._shape()[:-1]), self._dtype)

    def _trace(self) -> Tensor:
        return ops.fill(list(self._batch), ops.cast(self._rows, self._dtype))

    def _determinant(self) -> Tensor:
        return ops.ones(list(self._batch), self._dtype)

    def _log_abs_determinant(self) -> Tensor:
        return ops.zeros(list(self._batch), self._dtype)

    _eigvals, _cond = _diag_part, _determinant

    def add_to_tensor(self, mat: Any, name: str = "add_to_tensor") -> Tensor:
        """The identity plus the matrix `mat`."""
        return _plus_diagonal(self._of_dtype(mat), 1)

    def _adjoint(self) -> LinearOperator:
        return self

    _inverse = _adjoint

    def _cholesky(self) -> LinearOperator:
        return LinearOperatorIdentity(self._rows, list(self._batch), self._dtype)

    def _assert_nothing(self) -> None:
        """The identity is all that can be asserted."""

    _assert_non_singular = _assert_positive_definite = _assert_self_adjoint = _assert_nothing

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> LinearOperator:
        return type(self)(**self.parameters | {"batch_shape": _sliced_batch(key, batch)})


class LinearOperatorScaledIdentity(LinearOperator):
    """`multiplier` (of the batch's shape) times the identity on vectors of `num_rows` entries.

    >>> tf.linalg.LinearOperatorScaledIdentity(3, 2.).determinant()
    <tf.Tensor: shape=(), dtype=float32, numpy=8.0>
    """

    _ranks, _holds = {"multiplier": 0}, ("_multiplier",)

    def __init__(
        self,
        num_rows: Any,
        multiplier: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorScaledIdentity",
    ) -> None:
        given = arguments(locals())
        self._multiplier = reference(multiplier)
        dtype = self._multiplier.dtype
        real = real_is_self_adjoint(dtype, is_self_adjoint, "A real diagonal operator is always self adjoint.")
        must_be(is_square, True, "A ScaledIdentity operator is always square.")
        self._rows = size_argument(num_rows, "num_rows")
        super().__init__(dtype, given, is_self_adjoint=real)

    multiplier = property(lambda self: self._multiplier)

    def _shape(self) -> tuple[int, ...]:
        return (*self._multiplier.shape, self._rows, self._rows)

    def _factor(self, adjoint: bool = False) -> Tensor:
        """The multiplier with two axes more, as it meets matrices."""
        m = as_tensor(self._multiplier)[..., None, None]
        return conj(m) if adjoint else m

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        return x * self._factor(adjoint)

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return rhs / self._factor(adjoint)

    def _to_dense(self) -> Tensor:
        return ops.diag(self._diag_part())

    def _diag_part(self) -> Tensor:
        return self._factor()[..., 0] * ops.ones([self._rows], self._dtype)

    def _trace(self) -> Tensor:
        return as_tensor(self._multiplier) * ops.cast(self._rows, self._dtype)

    def _determinant(self) -> Tensor:
        return as_tensor(self._multiplier) ** ops.cast(self._rows, self._dtype)

    def _log_abs_determinant(self) -> Tensor:
        size = abs(as_tensor(self._multiplier))
        return ops.cast(ops.cast(self._rows, size.dtype) * ops.log(size), self._dtype)

    def _eigvals(self) -> Tensor:
        return self._diag_part()

    def _cond(self) -> Tensor:
        return ops.ones(list(self._multiplier.shape), self._dtype.real_dtype)

    def add_to_tensor(self, mat: Any, name: str = "add_to_tensor") -> Tensor:
        """The scaled identity plus the matrix `mat`."""
        return _plus_diagonal(self._of_dtype(mat), self._factor()[..., 0])

    def _adjoint(self) -> LinearOperator:
        return self._scaled(conj(as_tensor(self._multiplier)), hints_of(self))

    def _inverse(self) -> LinearOperator:
        return self._scaled(1 / as_tensor(self._multiplier), hints_of(self))

    def _cholesky(self) -> LinearOperator:
        return self._scaled(ops.sqrt(self._multiplier), dict.fromkeys(hints_of(self), True))

    def _scaled(self, multiplier: Tensor, hints: dict[str, Any]) -> LinearOperator:
        return LinearOperatorScaledIdentity(self._rows, multiplier, **hints)

    def _assert_non_singular(self) -> None:
        ops.assert_positive(abs(as_tensor(self._multiplier)), message="LinearOperator was singular")

    def _assert_positive_definite(self) -> None:
        ops.assert_positive(ops.real(self._multiplier), message="LinearOperator was not positive definite.")

    def _assert_self_adjoint(self) -> None:
        assert_no_imaginary_part(self._multiplier, "LinearOperator was not self-adjoint")


class LinearOperatorZeros(LinearOperator):
    """The zero operator of `num_rows` rows and `num_columns` columns (as many as rows, if None).

    >>> tf.linalg.LinearOperatorZeros(2).matvec([1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """

    def __init__(
        self,
        num_rows: Any,
        num_columns: Any = None,
        batch_shape: Any = None,
        dtype: Any = None,
        is_non_singular: bool | None = False,
        is_self_adjoint: bool | None = True,
        is_positive_definite: bool | None = False,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorZeros",
    ) -> None:
        given = arguments(locals())
        if is_self_adjoint is False and is_square:
            raise ValueError("A zero operator is always self adjoint.")
        must_be(is_non_singular, False, "A zero operator is always singular.")
        must_be(is_positive_definite, False, "A zero operator is always not positive-definite.")
        self._rows = size_argument(num_rows, "num_rows")
        self._columns = self._rows if num_columns is None else size_argument(num_columns, "num_columns")
        if is_square and self._rows != self._columns:
            raise ValueError(
                f"LinearOperatorZeros initialized as is_square=True, but got num_rows({self._rows}) != "
                f"num_columns({self._columns})"
            )
        self._batch = batch_argument(batch_shape)
        super().__init__(float32 if dtype is None else as_dtype(dtype), given)

    def _shape(self) -> tuple[int, ...]:
        return (*self._batch, self._rows, self._columns)

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        batch = _with_batch(x, self._batch)._array.shape[:-2]
        rows = self._columns if adjoint else self._rows
        return ops.zeros([*batch, rows, x._array.shape[-1]], self._dtype)

    def _to_dense(self) -> Tensor:
        return ops.zeros(list(self._shape()), self._dtype)

    def _determinant(self) -> Tensor:
        return ops.zeros(list(self._batch), self._dtype)

    def _eigvals(self) -> Tensor:
        return self._diag_part()

    def add_to_tensor(self, mat: Any, name: str = "add_to_tensor") -> Tensor:
        """The matrix `mat`."""
        return _with_batch(self._of_dtype(mat), self._batch)

    def _assert_non_singular(self) -> None:
        raise InvalidArgumentError("Zero operators are always non-invertible.")

    def _assert_positive_definite(self) -> None:
        raise InvalidArgumentError("Zero operators are always non-positive definite.")

    def _assert_self_adjoint(self) -> None:
        """It is."""

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> LinearOperator:
        return type(self)(**self.parameters | {"batch_shape": _sliced_batch(key, batch)})


def _with_batch(x: Tensor, batch: tuple[int, ...]) -> Tensor:
    """x with its batch axes broadcast with `batch`. Raises ValueError if they do not fit."""
    if not batch:
        return x
    whole = ops.broadcast_static_shape(x.shape, ops.TensorShape([*batch, 1, 1]))
    return broadcast_batch(x, tuple(whole)[:-2])


def _plus_diagonal(x: Tensor, entries: Any) -> Tensor:
    return ops.set_diag(x, ops.diag_part(x) + entries)


def _sliced_batch(key: tuple[Any, ...], batch: tuple[int, ...]) -> list[int]:
    return list(ops.zeros(list(batch))[key].shape)


define(LinearOperatorIdentity, "linear_operator_identity", _FAMILY)
define(LinearOperatorScaledIdentity, "linear_operator_identity", _FAMILY)
define(LinearOperatorZeros, "linear_operator_zeros", _FAMILY)
