"""Linear operators of plain matrices: dense, diagonal, (scaled) identity, zero, lower triangular."""

from __future__ import annotations

from typing import Any

from ..runtime.dtypes import COMPLEX, as_dtype, float16, float32, float64
from ..runtime.errors import InvalidArgumentError, explain
from ..runtime.tensor import Tensor, as_tensor
from .linear_operators import (
    LinearOperator,
    arguments,
    broadcast_batch,
    define,
    hints_of,
    real_is_self_adjoint,
    reference,
)
from .registry import ops
from .rules import conj

_FAMILY = "plain_operators"
_DENSE = [float16, float32, float64, *COMPLEX]


class LinearOperatorFullMatrix(LinearOperator):
    """The operator of a dense matrix (..., m, n).

    >>> linalg.LinearOperatorFullMatrix([[1., 2.], [3., 4.]]).matvec([1., 1.])
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
            raise ValueError(f"Argument `matrix` must have at least 2 dimensions. Received: {matrix_text(self._matrix)}.")
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

    >>> linalg.LinearOperatorDiag([1., 2.]).solvevec([3., 4.])
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
        hints = dict.fromkeys(hints_of(self), True)
        return LinearOperatorDiag(ops.sqrt(self._diag), **hints)

    def _assert_non_singular(self) -> None:
        assert_no_zeros(self._diag, "Singular operator:  Diagonal contained zero values.")

    def _assert_positive_definite(self) -> None:
        entries = "diagonal entries with non-positive real part" if self._dtype.is_complex else "non-positive diagonal entries"
        subject = "Diagonal operator" if self._dtype.is_complex else "Real diagonal operator"
        message = f"{subject} had {entries}, thus was not positive definite."
        ops.assert_positive(ops.real(self._diag), message=message)

    def _assert_self_adjoint(self) -> None:
        message = "This diagonal operator contained non-zero imaginary values.   Thus it was not self-adjoint."
        assert_no_imaginary_part(self._diag, message)

    def _entries(self, adjoint: bool) -> Tensor:
        d = as_tensor(self._diag)
        return conj(d) if adjoint else d


class LinearOperatorIdentity(LinearOperator):
    """The identity on vectors of `num_rows` entries, `batch_shape` times.

    >>> linalg.LinearOperatorIdentity(2).to_dense()
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
            _must_be(hint, True, f"An identity operator is always {always}.")
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

    >>> linalg.LinearOperatorScaledIdentity(3, 2.).determinant()
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
        _must_be(is_square, True, "A ScaledIdentity operator is always square.")
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

    >>> linalg.LinearOperatorZeros(2).matvec([1., 2.])
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
        _must_be(is_non_singular, False, "A zero operator is always singular.")
        _must_be(is_positive_definite, False, "A zero operator is always not positive-definite.")
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


class LinearOperatorLowerTriangular(LinearOperator):
    """The operator of a lower triangular matrix (..., n, n); what `tril` holds above its diagonal is not read.

    >>> linalg.LinearOperatorLowerTriangular([[1., 9.], [2., 4.]]).solvevec([1., 6.])
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
        return ops.cast(ops.reduce_sum(ops.log(abs(self._diag_part())), [-1]), self._dtype)

    def _assert_non_singular(self) -> None:
        assert_no_zeros(self._diag_part(), "Singular operator:  Diagonal contained zero values.")


# ---------------------------------------------------------------- arguments and assertions


def matrix_text(t: Any) -> str:
    """A tensor's values, as TensorFlow's f-strings show them."""
    return f"{as_tensor(t)}"


def size_argument(value: Any, arg: str) -> int:
    """A number of rows or columns as an int."""
    t = as_tensor(value)
    if not t.dtype.is_integer:
        raise TypeError(f"Argument {arg} must be integer type.  Found: {t!s}")
    if t._array.ndim:
        raise ValueError(f"Argument {arg} must be a 0-D Tensor.  Found: {matrix_text(t)}")
    if int(t) < 0:
        raise ValueError(f"Argument {arg} must be non-negative.  Found: {int(t)}")
    return int(t)


def batch_argument(value: Any) -> tuple[int, ...]:
    """A batch shape as a tuple of ints."""
    if value is None:
        return ()
    t = as_tensor(value, hint="int32")
    if t._array.ndim != 1:
        raise ValueError(f"Argument batch_shape must be a 1-D Tensor.  Found: {matrix_text(t)}")
    if t._array.size and not t.dtype.is_integer:
        raise TypeError(f"Argument batch_shape must be integer type.  Found: {t!s}")
    sizes = tuple(int(n) for n in t)
    if any(n < 0 for n in sizes):
        raise ValueError(f"Argument batch_shape must be non-negative.  Found:{matrix_text(t)}")
    return sizes


def assert_no_zeros(t: Any, message: str) -> None:
    sizes = abs(as_tensor(t))
    ops.assert_less(ops.zeros([], sizes.dtype), sizes, message=message)


def assert_no_imaginary_part(t: Any, message: str) -> None:
    if t.dtype.is_complex:
        part = ops.imag(t)
        ops.assert_equal(ops.zeros([], part.dtype), part, message=message)


def _must_be(given: bool | None, value: bool, message: str) -> None:
    if given is not None and bool(given) is not value:
        raise ValueError(message)


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


define(LinearOperatorFullMatrix, "linear_operator_full_matrix", _FAMILY)
define(LinearOperatorDiag, "linear_operator_diag", _FAMILY)
define(LinearOperatorIdentity, "linear_operator_identity", _FAMILY)
define(LinearOperatorScaledIdentity, "linear_operator_identity", _FAMILY)
define(LinearOperatorZeros, "linear_operator_zeros", _FAMILY)
define(LinearOperatorLowerTriangular, "linear_operator_lower_triangular", _FAMILY)
