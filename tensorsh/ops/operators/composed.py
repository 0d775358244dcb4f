"""Linear operators made of others: products, adjoints, inverses and Kronecker products."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import prod
from operator import add, mul
from typing import Any

from ...runtime.errors import explain
from ...runtime.tensor import Tensor
from ..registry import ops
from .base import LinearOperator, define
from .support import HINTS, ListWrapper, arguments, batch_of, broadcast_batch, same_size

_FAMILY = "operators.composed"


class _OfOperators(LinearOperator):
    """An operator made of a list of others, whose names its own joins."""

    _holds = ("_operators",)
    _joint = ""
    #: What is said of an empty list, and of operators of several dtypes.
    _empty = "Expected a non-empty list of operators. Found: {operators}"
    _mixed = "Expected all operators to have the same dtype.  Found {found}"

    def __init__(
        self,
        operators: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        self._combine(arguments(locals()))

    def _combine(self, given: dict[str, Any]) -> None:
        operators = given["operators"]
        if not isinstance(operators, (list, tuple)):
            raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(operators)}')
        if not operators:
            raise ValueError(self._empty.format(operators=operators))
        dtype = operators[0].dtype
        if any(o.dtype is not dtype for o in operators):
            kinds = [str((o.name, o.dtype)) for o in operators]
            message = self._mixed.format(found="   ".join(kinds), kinds=kinds)
            raise explain(TypeError(message), hint="make them all of one dtype")
        self._operators = ListWrapper(operators)
        known = {"name": given["name"] or self._joint.join(o.name for o in operators), **self._implied_hints(given)}
        super().__init__(dtype, given, **known)

    operators = property(lambda self: self._operators)

    def _implied_hints(self, given: dict[str, Any]) -> dict[str, bool]:
        """What the operators tell of the hints. Raises ValueError if the arguments say otherwise."""
        raise NotImplementedError

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> LinearOperator:
        return type(self)(**self.parameters | {"operators": [o._sliced(key, batch) for o in self._operators]})


class PartByPart(_OfOperators):
    """An operator of which each hint, the adjoint, the inverse and the Cholesky factor are those of its operators."""

    _contradiction = ""  # what is said where the arguments deny a hint of all operators

    def _implied_hints(self, given: dict[str, Any]) -> dict[str, bool]:
        known = [hint for hint in HINTS[:3] if all(getattr(o, hint) for o in self._operators)]
        for hint in known:
            if given[hint] is False:
                dashed = hint[3:].replace("_", "-")
                raise ValueError(self._contradiction.format(hint=hint, dashed=dashed, subject=_spoken(hint)))
        return dict.fromkeys(known, True)

    def _of_parts(self, parts: list[LinearOperator], **hints: Any) -> Any:
        kind: Any = type(self)
        return kind(parts, **hints)

    def _adjoint(self) -> LinearOperator:
        return self._of_parts([o.adjoint() for o in self._operators], **dict(zip(HINTS, self._hints)))

    def _inverse(self) -> LinearOperator:
        return self._of_parts([o.inverse() for o in self._operators], **dict(zip(HINTS, self._hints)))

    def _cholesky(self) -> LinearOperator:
        if not all(o._has_cholesky() for o in self._operators):
            return super()._cholesky()
        return self._of_parts([o.cholesky() for o in self._operators], is_non_singular=True, is_square=True)


class LinearOperatorComposition(_OfOperators):
    """The product of operators: the last of them acts first.

    >>> turn, scale = tf.linalg.LinearOperatorPermutation([1, 0]), tf.linalg.LinearOperatorDiag([1., 2.])
    >>> tf.linalg.LinearOperatorComposition([turn, scale]).matvec([1., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 1.], dtype=float32)>
    """

    _joint = "_o_"

    def _implied_hints(self, given: dict[str, Any]) -> dict[str, bool]:
        known: dict[str, bool] = {}
        if all(o.is_non_singular for o in self._operators):
            if given["is_non_singular"] is False:
                raise ValueError("The composition of non-singular operators is always non-singular.")
            known["is_non_singular"] = True
        if given["is_self_adjoint"] is None and self._mirrored():
            known["is_self_adjoint"] = True
            if given["is_positive_definite"] is None and len(self._operators) > 1 and "is_non_singular" in known:
                known["is_positive_definite"] = True
        return known

    def _mirrored(self) -> bool:
        """Whether it is of the form A or A @ A.H, which are self-adjoint, the first one if A is."""
        first, last = self._operators[0], self._operators[-1]
        if len(self._operators) > 2:
            return False
        if first is last:
            return bool(first.is_self_adjoint)
        pairs = ((first, last), (last, first))
        return any(isinstance(b, LinearOperatorAdjoint) and b.operator is a for a, b in pairs)

    def _shape(self) -> tuple[int, ...]:
        shapes = [o._shape() for o in self._operators]
        for left, right in zip(shapes, shapes[1:]):
            same_size(left[-1], right[-2])
        return (*batch_of(*shapes), shapes[0][-2], shapes[-1][-1])

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        for o in self._operators if adjoint else reversed(self._operators):
            x = o._matmul(x, adjoint)
        return x

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        for o in reversed(self._operators) if adjoint else self._operators:
            o._must_be_solvable()
            rhs = o._solve(rhs, adjoint)
        return rhs

    def _to_dense(self) -> Tensor:
        x = self._operators[-1]._to_dense()
        for o in reversed(self._operators[:-1]):
            x = o._matmul(x, False)
        return broadcast_batch(x, self._shape()[:-2])

    def _determinant(self) -> Tensor:
        return reduce(mul, [o.determinant() for o in self._operators])

    def _log_abs_determinant(self) -> Tensor:
        return reduce(add, [o.log_abs_determinant() for o in self._operators])


class _Wrapper(LinearOperator):
    """An operator made from one other: its adjoint, its inverse. That one's hints hold for it as well."""

    _holds = ("_operator",)
    _kind = ""  # what it is of the other
    _suffix = ""

    def __init__(
        self,
        operator: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        given = arguments(locals())
        self._check_given(operator, given)
        self._operator = operator
        known: dict[str, Any] = {"name": name or operator.name + self._suffix}
        for hint, theirs in zip(HINTS, operator._hints):
            if theirs is not None:
                if given[hint] is not None and bool(given[hint]) is not bool(theirs):
                    subject = _spoken(hint)
                    raise ValueError(f"An operator is {subject} if and only if its {self._kind} is {subject}.")
                known[hint] = theirs
        super().__init__(operator.dtype, given, **known)

    def _check_given(self, operator: Any, given: dict[str, Any]) -> None:
        """Raise ValueError for arguments that do not go together."""
        raise NotImplementedError

    operator = property(lambda self: self._operator)

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> LinearOperator:
        return type(self)(**self.parameters | {"operator": self._operator._sliced(key, batch)})


class LinearOperatorAdjoint(_Wrapper):
    """The conjugate transpose of an operator.

    >>> tf.linalg.LinearOperatorAdjoint(tf.linalg.LinearOperatorFullMatrix([[1., 2.]])).shape
    TensorShape([2, 1])
    """

    _kind, _suffix = "adjoint", "_adjoint"

    def _check_given(self, operator: Any, given: dict[str, Any]) -> None:
        _ = operator.is_square

    def _shape(self) -> tuple[int, ...]:
        *batch, rows, columns = self._operator._shape()
        return (*batch, columns, rows)

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        return self._operator._matmul(x, not adjoint)

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return self._operator._solve(rhs, not adjoint)

    def _to_dense(self) -> Tensor:
        return ops.adjoint(self._operator._to_dense())

    def _diag_part(self) -> Tensor:
        return ops.conj(self._operator._diag_part())

    def _trace(self) -> Tensor:
        return ops.conj(self._operator._trace())

    def _determinant(self) -> Tensor:
        return ops.conj(self._operator._determinant())

    def _log_abs_determinant(self) -> Tensor:
        return self._operator._log_abs_determinant()

    def _cond(self) -> Tensor:
        return self._operator._cond()

    def _adjoint(self) -> LinearOperator:
        return self._operator

    def _assert_non_singular(self) -> None:
        self._operator._assert_non_singular()

    def _assert_positive_definite(self) -> None:
        self._operator._assert_positive_definite()

    def _assert_self_adjoint(self) -> None:
        self._operator._assert_self_adjoint()


class LinearOperatorInversion(_Wrapper):
    """The inverse of an operator: its products are that one's solutions.

    >>> tf.linalg.LinearOperatorInversion(tf.linalg.LinearOperatorDiag([2., 4.])).matvec([1., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5 , 0.25], dtype=float32)>
    """

    _kind, _suffix = "inverse", "_inv"

    def _check_given(self, operator: Any, given: dict[str, Any]) -> None:
        for hint in ("is_non_singular", "is_square"):
            theirs, mine = getattr(operator, hint), given[hint]
            if theirs is False or mine is False:
                raise ValueError(
                    f"Argument `{hint}` or argument `operator` must have supplied hint `{hint}` equal to `True` or "
                    f"`None`. Found `operator.{hint}`: {theirs}, `{hint}`: {mine}."
                )

    def _shape(self) -> tuple[int, ...]:
        return self._operator._shape()

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        return self._operator._solve(x, adjoint)

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return self._operator._matmul(rhs, adjoint)

    def _determinant(self) -> Tensor:
        return 1 / self._operator._determinant()

    def _log_abs_determinant(self) -> Tensor:
        return -self._operator._log_abs_determinant()

    def _eigvals(self) -> Tensor:
        return 1 / self._operator.eigvals()

    def _cond(self) -> Tensor:
        return self._operator._cond()

    def _inverse(self) -> LinearOperator:
        return self._operator


class LinearOperatorKronecker(PartByPart):
    """The Kronecker product of operators: each entry of the first is multiplied with the whole of the rest.

    >>> a, b = tf.linalg.LinearOperatorFullMatrix([[1., 2.]]), tf.linalg.LinearOperatorDiag([3., 4.])
    >>> tf.linalg.LinearOperatorKronecker([a, b]).to_dense()
    <tf.Tensor: shape=(2, 4), dtype=float32, numpy=
    array([[3., 0., 6., 0.],
           [0., 4., 0., 8.]], dtype=float32)>
    """

    _joint = "_x_"
    _empty = "Argument `operators` must be a list of >=1 operators. Received: {operators}."
    _mixed = "Expected every operation in argument `operators` to have the same dtype. Received {kinds}."
    _contradiction = (
        "The Kronecker product of {dashed} operators is always {dashed}. Expected argument `{hint}` to be True. "
        "Received: False."
    )

    def _shape(self) -> tuple[int, ...]:
        shapes = [o._shape() for o in self._operators]
        return (*batch_of(*shapes), prod(s[-2] for s in shapes), prod(s[-1] for s in shapes))

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        return self._applied(x, lambda o, y: o._matmul(y, adjoint), axis=-2 if adjoint else -1)

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        for o in self._operators:
            o._must_be_solvable()
        return self._applied(rhs, lambda o, y: o._solve(y, adjoint), axis=-1)

    def _applied(self, x: Tensor, action: Callable[[Any, Tensor], Tensor], axis: int) -> Tensor:
        """x with each operator's action done on the part of its rows that is the operator's own.

        The rows of x stand for one axis for each operator, of the size of that operator's `axis`. Each of these is in
        front when its operator acts, and then goes to the back: after all, they are in their order again, and the
        columns of x before them.
        """
        batch = batch_of(self._shape(), x._array.shape)
        x = broadcast_batch(x, batch)
        columns = x._array.shape[-1]
        for o in self._operators:
            size = o._shape()[axis]
            others = x._array.size // max(1, prod(batch) * size)
            x = ops.matrix_transpose(action(o, ops.reshape(x, [*batch, size, others])))
        return ops.matrix_transpose(ops.reshape(x, [*batch, columns, self._shape()[-3 - axis]]))

    def _to_dense(self) -> Tensor:
        return broadcast_batch(reduce(_kronecker, [o._to_dense() for o in self._operators]), self._shape()[:-2])

    def _is_of_squares(self) -> bool:
        return all(o.is_square for o in self._operators)

    def _diag_part(self) -> Tensor:
        if not self._is_of_squares():
            return super()._diag_part()
        return self._crossed([o._diag_part() for o in self._operators])

    def _trace(self) -> Tensor:
        if not self._is_of_squares():
            return super()._trace()
        return reduce(mul, [o._trace() for o in self._operators])

    def _determinant(self) -> Tensor:
        return reduce(mul, [o.determinant() ** self._copies(o) for o in self._operators])

    def _log_abs_determinant(self) -> Tensor:
        return reduce(add, [o.log_abs_determinant() * self._copies(o) for o in self._operators])

    def _copies(self, o: LinearOperator) -> Tensor:
        """How often an operator of the product is repeated in it."""
        return ops.cast(self._shape()[-1] // max(1, o._shape()[-1]), self._dtype)

    def _eigvals(self) -> Tensor:
        return self._crossed([o.eigvals() for o in self._operators])

    def _crossed(self, vectors: list[Tensor]) -> Tensor:
        """All products of an entry of each vector, and they in order."""
        column = reduce(_kronecker, [ops.expand_dims(v, -1) for v in vectors])
        return broadcast_batch(ops.squeeze(column, [-1]), self._shape()[:-2], 1)

    def _cond(self) -> Tensor:
        return reduce(mul, [o._cond() for o in self._operators])

    def _assert_non_singular(self) -> None:
        if not self._is_of_squares():
            raise NotImplementedError("assert_non_singular is not implemented for factors that are not square.")
        for o in self._operators:
            o._assert_non_singular()


def _spoken(hint: str) -> str:
    """`self-adjoint`, `positive definite`: a hint in words."""
    return hint[3:].replace("_", " " if hint == "is_positive_definite" else "-")


def _kronecker(a: Tensor, b: Tensor) -> Tensor:
    product = a[..., :, None, :, None] * b[..., None, :, None, :]
    *batch, p, q, r, s = product._array.shape
    return ops.reshape(product, [*batch, p * q, r * s])


define(LinearOperatorComposition, "linear_operator_composition", _FAMILY)
define(LinearOperatorAdjoint, "linear_operator_adjoint", _FAMILY)
define(LinearOperatorInversion, "linear_operator_inversion", _FAMILY)
define(LinearOperatorKronecker, "linear_operator_kronecker", _FAMILY)
