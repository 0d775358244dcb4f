"""Linear operators with a structure that makes them cheap: tridiagonal, permutations, reflections, low-rank updates."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime import backend
from ...runtime.dtypes import as_dtype
from ...runtime.errors import InvalidArgumentError, explain
from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from ..rules import conj
from .base import LinearOperator, define, kind
from .identity import LinearOperatorIdentity
from .plain import LinearOperatorDiag
from .support import (
    ListWrapper,
    arguments,
    batch_of,
    broadcast_batch,
    matrix_text,
    reference,
    same_size,
    sliced,
)

_FAMILY = "operators.structured"


class LinearOperatorTridiag(LinearOperator):
    """A tridiagonal matrix.

    diagonals_format: "compact" for (..., 3, n): above, main, below, of which the last entry above and the first one
    below are not read; "sequence" for a list of the three; "matrix" for (..., n, n).

    >>> tf.linalg.LinearOperatorTridiag([[3., 9.], [1., 2.], [9., 4.]]).to_dense()
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 3.],
           [4., 2.]], dtype=float32)>
    """

    _holds = ("_diagonals",)

    def __init__(
        self,
        diagonals: Any,
        diagonals_format: str = "compact",
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorTridiag",
    ) -> None:
        given = arguments(locals())
        if diagonals_format not in ("compact", "matrix", "sequence"):
            raise ValueError(
                "Argument `diagonals_format` must be one of compact, matrix, or sequence. Received : "
                f"{diagonals_format}."
            )
        self._format = diagonals_format
        sequence = diagonals_format == "sequence"
        self._diagonals: Any = ListWrapper(map(reference, diagonals)) if sequence else reference(diagonals)
        first: Any = self._diagonals[0] if sequence else self._diagonals
        super().__init__(first.dtype, given)

    diagonals = property(lambda self: self._diagonals)
    diagonals_format = property(lambda self: self._format)

    def _shape(self) -> tuple[int, ...]:
        if self._format == "sequence":
            batch = np.broadcast_shapes(*(tuple(d.shape)[:-1] for d in self._diagonals))
            n = self._diagonals[1].shape[-1]
            return (*batch, n, n)
        shape = tuple(self._diagonals.shape)
        return shape if self._format == "matrix" else (*shape[:-2], shape[-1], shape[-1])

    def _rows(self) -> Tensor:
        """The diagonals as compact rows (..., 3, n)."""
        if self._format == "sequence":
            batch = self._shape()[:-2]
            return ops.stack([broadcast_batch(as_tensor(d), batch, 1) for d in self._diagonals], -2)
        d = as_tensor(self._diagonals)
        return d if self._format == "compact" else ops.diag_part(d, k=(-1, 1), align="LEFT_RIGHT")

    def _adjoint_rows(self) -> Tensor:
        above, main, below = (conj(self._rows()[..., i, :]) for i in range(3))
        return ops.stack([ops.roll(below, -1, -1), main, ops.roll(above, 1, -1)], -2)

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        return ops.tridiagonal_matmul(self._adjoint_rows() if adjoint else self._rows(), x)

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        rows = self._adjoint_rows() if adjoint else self._rows()
        batch = batch_of(rows._array.shape, rhs._array.shape)
        return ops.tridiagonal_solve(broadcast_batch(rows, batch), broadcast_batch(rhs, batch))

    def _to_dense(self) -> Tensor:
        return ops.diag(self._rows(), k=(-1, 1), align="LEFT_RIGHT")

    def _diag_part(self) -> Tensor:
        return self._rows()[..., 1, :]

    def _assert_self_adjoint(self) -> None:
        rows = self._rows()
        message = "This tridiagonal operator has non-conjugate subdiagonal and superdiagonal."
        ops.assert_equal(rows[..., 0, :-1], conj(rows[..., 2, 1:]), message=message)

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> LinearOperator:
        rows = sliced(self._rows(), 2, key, batch)
        return LinearOperatorTridiag(**self.parameters | {"diagonals": rows, "diagonals_format": "compact"})


class LinearOperatorPermutation(LinearOperator):
    """The operator whose product has row `perm[i]` of its argument as row i.

    >>> tf.linalg.LinearOperatorPermutation([2, 0, 1]).matvec([1., 2., 3.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([3., 1., 2.], dtype=float32)>
    """

    _ranks, _holds = {"perm": 1}, ("_perm",)

    def __init__(
        self,
        perm: Any,
        dtype: Any = "float32",
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorPermutation",
    ) -> None:
        given = arguments(locals()) | {"dtype": as_dtype(dtype)}
        for hint, value in (("is_non_singular", is_non_singular), ("is_square", is_square)):
            if value is False:
                raise ValueError(
                    f"A Permutation operator is always {hint[3:].replace('_', '-')}. Expected argument `{hint}` to be "
                    "True. Received: False."
                )
        self._perm = reference(perm)
        t = as_tensor(self._perm)
        if not t._array.ndim:
            raise ValueError(f"Argument `perm` must have at least 1 dimension. Received: {matrix_text(t)}.")
        if not t.dtype.is_integer:
            raise TypeError(f"Argument `perm` must be integer dtype. Received: {matrix_text(t)}.")
        n = t._array.shape[-1]
        if (np.sort(backend.to_host(t._array), -1) != np.arange(n)).any():
            raise explain(
                ValueError(f"Argument `perm` must be a vector of unique integers from 0 to {n - 1}."),
                operands=[("perm", t)],
            )
        super().__init__(given["dtype"], given, is_square=True)

    perm = property(lambda self: self._perm)

    def _shape(self) -> tuple[int, ...]:
        shape = tuple(self._perm.shape)
        return (*shape, shape[-1])

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        perm = as_tensor(self._perm)
        if adjoint:
            perm = ops.argsort(perm)
        if perm._array.ndim == 1:
            return ops.gather(x, perm, axis=-2)
        batch = batch_of(self._shape(), x._array.shape)
        rows, perm = broadcast_batch(x, batch), broadcast_batch(perm, batch, 1)
        return ops.gather(rows, perm, axis=-2, batch_dims=len(batch))

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return self._matmul(rhs, not adjoint)

    def _determinant(self) -> Tensor:
        perm = as_tensor(self._perm)
        swapped = ops.expand_dims(perm, -1) > ops.expand_dims(perm, -2)
        pairs = ops.band_part(ops.cast(swapped, "int32"), 0, -1)
        return ops.cast(1 - 2 * (ops.reduce_sum(pairs, [-2, -1]) % 2), self._dtype)

    def _log_abs_determinant(self) -> Tensor:
        return ops.zeros(list(self._shape()[:-2]), self._dtype)

    def _cond(self) -> Tensor:
        return ops.ones(list(self._shape()[:-2]), self._dtype.real_dtype)


class LinearOperatorHouseholder(LinearOperator):
    """The reflection at the hyperplane that is orthogonal to `reflection_axis` (..., n).

    >>> tf.linalg.LinearOperatorHouseholder([0., 2.]).matvec([1., 3.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 1., -3.], dtype=float32)>
    """

    _ranks, _holds = {"reflection_axis": 1}, ("_axis",)

    def __init__(
        self,
        reflection_axis: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorHouseholder",
    ) -> None:
        given = arguments(locals())
        self._axis = reference(reflection_axis)
        if not len(self._axis.shape):
            raise ValueError(f"Argument reflection_axis must have at least 1 dimension.  Found: {self._axis!s}")
        if is_self_adjoint is False:
            raise ValueError("A Householder operator is always self adjoint.")
        if is_positive_definite:
            raise ValueError("A Householder operator is always non-positive definite.")
        if is_square is False:
            raise ValueError("A Householder operator is always square.")
        known = {"is_self_adjoint": True, "is_positive_definite": False, "is_square": True}
        super().__init__(self._axis.dtype, given, **known)

    reflection_axis = property(lambda self: self._axis)

    def _shape(self) -> tuple[int, ...]:
        shape = tuple(self._axis.shape)
        return (*shape, shape[-1])

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        axis = ops.expand_dims(ops.l2_normalize(self._axis, axis=-1), -1)
        return x - 2 * ops.matmul(axis, ops.matmul(axis, x, adjoint_a=True))

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return self._matmul(rhs, adjoint)

    def _to_dense(self) -> Tensor:
        axis = ops.expand_dims(ops.l2_normalize(self._axis, axis=-1), -1)
        return ops.set_diag(-2 * ops.matmul(axis, axis, adjoint_b=True), self._diag_part())

    def _diag_part(self) -> Tensor:
        axis = ops.l2_normalize(self._axis, axis=-1)
        return 1 - 2 * axis * conj(axis)

    def _trace(self) -> Tensor:
        return ops.fill(list(self._shape()[:-2]), ops.cast(self._shape()[-1] - 2, self._dtype))

    def _determinant(self) -> Tensor:
        return -ops.ones(list(self._shape()[:-2]), self._dtype)

    def _log_abs_determinant(self) -> Tensor:
        return ops.zeros(list(self._shape()[:-2]), self._dtype)

    def _eigvals(self) -> Tensor:
        *batch, n = self._shape()[:-1]
        minus = -ops.ones([*batch, 1], self._dtype)
        return ops.concat([minus, ops.ones([*batch, n - 1], self._dtype)], -1)

    def _cond(self) -> Tensor:
        return ops.ones(list(self._shape()[:-2]), self._dtype.real_dtype)

    def _inverse(self) -> LinearOperator:
        return self

    def _assert_non_singular(self) -> None:
        """A reflection undoes itself."""

    _assert_self_adjoint = _assert_non_singular

    def _assert_positive_definite(self) -> None:
        raise InvalidArgumentError("Householder operators are always non-positive definite.")


class LinearOperatorLowRankUpdate(LinearOperator):
    """A base operator plus U D V^H, with U (..., m, r), V (..., n, r), U itself if None, and D diagonal, ones if None.

    Solved through the base operator and matrices of r rows (Woodbury, "Inverting modified matrices", 1950).

    >>> tf.linalg.LinearOperatorLowRankUpdate(tf.linalg.LinearOperatorIdentity(2), [[1.], [2.]]).to_dense()
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[2., 2.],
           [2., 5.]], dtype=float32)>
    """

    _ranks = {"u": 2, "diag_update": 1, "v": 2}
    _holds = ("_base", "_diag_operator", "_u", "_v")

    def __init__(
        self,
        base_operator: Any,
        u: Any,
        diag_update: Any = None,
        v: Any = None,
        is_diag_update_positive: bool | None = None,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorLowRankUpdate",
    ) -> None:
        given = arguments(locals())
        dtype = base_operator.dtype
        if diag_update is None and is_diag_update_positive is False:
            raise ValueError(
                "Default diagonal is the identity, which is positive.  However, user set 'is_diag_update_positive' "
                "to False."
            )
        positive = True if diag_update is None else is_diag_update_positive
        self._base, self._u = base_operator, reference(u)
        self._v = self._u if v is None else reference(v)
        rank = self._u.shape[-1]
        if diag_update is None:
            self._diag_operator: LinearOperator = LinearOperatorIdentity(rank, dtype=dtype)
        else:
            self._diag_operator = LinearOperatorDiag(reference(diag_update), is_positive_definite=positive)
        self._is_diag_update_positive = positive
        rows, columns = base_operator._shape()[-2:]
        same_size(rows, self._u.shape[-2], [("base_operator", base_operator), ("u", self._u)])
        same_size(columns, self._v.shape[-2], [("base_operator", base_operator), ("v", self._v)])
        same_size(rank, self._diag_operator._shape()[-1], [("u", self._u), ("diag_update", diag_update)])
        symmetric = v is None and base_operator.is_self_adjoint and self._diag_operator.is_self_adjoint
        known: dict[str, Any] = {}
        if symmetric and is_self_adjoint is False:
            raise ValueError(
                "A = L + UDU^H, with L self-adjoint and D real diagonal.  Since UDU^H is self-adjoint, this must be a "
                "self-adjoint operator."
            )
        if symmetric and base_operator.is_positive_definite and positive:
            if is_positive_definite is False or is_non_singular is False:
                raise ValueError("Arguments imply this is self-adjoint positive-definite operator.")
            known |= {"is_positive_definite": True}
        super().__init__(dtype, given, **known, **({"is_self_adjoint": True} if symmetric else {}))

    base_operator = property(lambda self: self._base)
    u = property(lambda self: self._u)
    v = property(lambda self: self._v)
    diag_operator = property(lambda self: self._diag_operator)
    is_diag_update_positive = property(lambda self: self._is_diag_update_positive)

    @property
    def diag_update(self) -> Any:
        return self._diag_operator.diag if isinstance(self._diag_operator, LinearOperatorDiag) else None

    def _shape(self) -> tuple[int, ...]:
        base, small = self._base._shape(), self._diag_operator._shape()
        return (*batch_of(base, small, tuple(self._u.shape), tuple(self._v.shape)), *base[-2:])

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        left, right = (self._v, self._u) if adjoint else (self._u, self._v)
        inner = self._diag_operator._matmul(ops.matmul(right, x, adjoint_a=True), adjoint)
        return self._base._matmul(x, adjoint) + ops.matmul(left, inner)

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        left, right = (self._v, self._u) if adjoint else (self._u, self._v)
        first = self._base._solve(rhs, adjoint)
        inner = self._capacitance()._solve(ops.matmul(right, first, adjoint_a=True), adjoint)
        return first - self._base._solve(ops.matmul(left, inner), adjoint)

    def _capacitance(self) -> LinearOperator:
        """The r by r operator D^-1 + V^H L^-1 U, to which solutions and determinants come down."""
        inner = ops.matmul(self._v, self._base._solve(as_tensor(self._u), False), adjoint_a=True)
        matrix = self._diag_operator._inverse()._to_dense() + inner
        positive = {"is_self_adjoint": True, "is_positive_definite": True} if self._has_cholesky() else {}
        return kind("FullMatrix")(matrix, **positive)

    def _diag_part(self) -> Tensor:
        weights = ops.expand_dims(self._diag_operator._diag_part(), -2)
        return self._base._diag_part() + ops.reduce_sum(as_tensor(self._u) * weights * conj(as_tensor(self._v)), -1)

    def _determinant(self) -> Tensor:
        small = self._capacitance()._determinant() * self._diag_operator._determinant()
        return small * self._base._determinant()

    def _log_abs_determinant(self) -> Tensor:
        small = self._capacitance()._log_abs_determinant() + self._diag_operator._log_abs_determinant()
        return small + self._base._log_abs_determinant()

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> LinearOperator:
        options = super()._sliced(key, batch).parameters
        return LinearOperatorLowRankUpdate(**options | {"base_operator": self._base._sliced(key, batch)})


define(LinearOperatorTridiag, "linear_operator_tridiag", _FAMILY)
define(LinearOperatorPermutation, "linear_operator_permutation", _FAMILY)
define(LinearOperatorHouseholder, "linear_operator_householder", _FAMILY)
define(LinearOperatorLowRankUpdate, "linear_operator_low_rank_update", _FAMILY)
