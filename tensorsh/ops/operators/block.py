"""Linear operators made of blocks: block diagonal and block lower triangular.

Their products and solutions also take a list with one tensor for each block, and then give such a list.
"""

from __future__ import annotations

from functools import reduce
from operator import add, mul
from typing import Any

from ...runtime.errors import explain
from ...runtime.tensor import Tensor, as_tensor, is_tensor
from ..registry import ops
from .base import LinearOperator, define, kind
from .composed import PartByPart
from .support import HINTS, ListWrapper, arguments, batch_of, broadcast_batch, same_size

_FAMILY = "operators.block"


class _Blocks(LinearOperator):
    """What operators made of blocks share: `_diagonal()` lists the blocks on their diagonal."""

    _holds = ("_operators",)

    operators = property(lambda self: self._operators)

    def _diagonal(self) -> list[LinearOperator]:
        raise NotImplementedError

    def _matmul_parts(self, parts: list[Tensor], adjoint: bool) -> list[Tensor]:
        raise NotImplementedError

    def _solve_parts(self, parts: list[Tensor], adjoint: bool) -> list[Tensor]:
        raise NotImplementedError

    def matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "matmul") -> Any:
        """The product with a tensor, with a list of tensors, one for each block, or with another operator."""
        parts = self._parts(x, adjoint, -1 if adjoint_arg else -2)
        if parts is None:
            return super().matmul(x, adjoint, adjoint_arg)
        return self._matmul_parts([ops.adjoint(p) for p in parts] if adjoint_arg else parts, bool(adjoint))

    def matvec(self, x: Any, adjoint: bool = False, name: str = "matvec") -> Any:
        """The product with vectors, or with a list of vectors, one for each block."""
        parts = self._parts(x, adjoint, -1, rank=1)
        return super().matvec(x, adjoint) if parts is None else _each_vector(self._matmul_parts, parts, adjoint)

    def solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "solve") -> Any:
        """x such that this operator times x is `rhs`: a tensor, a list of them, or another operator."""
        self._must_be_solvable()
        parts = self._parts(rhs, not adjoint, -1 if adjoint_arg else -2)
        if parts is None:
            return super().solve(rhs, adjoint, adjoint_arg)
        return self._solve_parts([ops.adjoint(p) for p in parts] if adjoint_arg else parts, bool(adjoint))

    def solvevec(self, rhs: Any, adjoint: bool = False, name: str = "solve") -> Any:
        """x such that this operator times x is `rhs`, for vectors or a list of them, one for each block."""
        self._must_be_solvable()
        parts = self._parts(rhs, not adjoint, -1, rank=1)
        return super().solvevec(rhs, adjoint) if parts is None else _each_vector(self._solve_parts, parts, adjoint)

    def _sizes(self, adjoint: bool) -> list[int]:
        """The sizes of the blocks of what it is multiplied with."""
        return [o._shape()[-2 if adjoint else -1] for o in self._diagonal()]

    def _parts(self, x: Any, adjoint: bool, axis: int, rank: int = 2) -> list[Tensor] | None:
        """x as one tensor for each block, if it is given so; None if it is one tensor."""
        sizes = self._sizes(adjoint)
        if not isinstance(x, (list, tuple)) or len(x) != len(sizes):
            return None
        if not all(is_tensor(part) or isinstance(part, (list, tuple)) or hasattr(part, "shape") for part in x):
            return None
        parts = [as_tensor(part) for part in x]
        if any(p._array.ndim < rank for p in parts):
            return None
        for part, size in zip(parts, sizes):
            self._of_dtype(part)
            same_size(size, part._array.shape[axis], [("operator", self), ("x", part)])
        return parts

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        return self._joined(self._matmul_parts(ops.split(x, self._sizes(adjoint), -2), adjoint))

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        return self._joined(self._solve_parts(ops.split(rhs, self._sizes(not adjoint), -2), adjoint))

    def _joined(self, parts: list[Tensor]) -> Tensor:
        batch = batch_of(self._shape(), *(p._array.shape for p in parts))
        return ops.concat([broadcast_batch(p, batch) for p in parts], -2)

    def _rows(self) -> list[list[LinearOperator | None]]:
        """The blocks by rows; None is a zero block."""
        raise NotImplementedError

    def _to_dense(self) -> Tensor:
        batch = self._shape()[:-2]
        columns = [o._shape()[-1] for o in self._diagonal()]
        rows = []
        for blocks, on_diagonal in zip(self._rows(), self._diagonal()):
            height = on_diagonal._shape()[-2]
            row = [
                ops.zeros([*batch, height, width], self._dtype) if o is None else broadcast_batch(o._to_dense(), batch)
                for o, width in zip(blocks, columns)
            ]
            rows.append(ops.concat(row, -1))
        return ops.concat(rows, -2)

    def _of_squares(self, what: str) -> list[LinearOperator]:
        if not all(o.is_square for o in self._diagonal()):
            raise NotImplementedError(f"`{what}` not implemented for an operator whose blocks are not square.")
        return self._diagonal()

    def _diag_part(self) -> Tensor:
        return self._chained([o._diag_part() for o in self._of_squares("diag_part")])

    def _eigvals(self) -> Tensor:
        return self._chained([o.eigvals() for o in self._of_squares("eigvals")])

    def _chained(self, vectors: list[Tensor]) -> Tensor:
        batch = self._shape()[:-2]
        return ops.concat([broadcast_batch(v, batch, 1) for v in vectors], -1)

    def _trace(self) -> Tensor:
        return reduce(add, [o._trace() for o in self._of_squares("trace")])

    def _determinant(self) -> Tensor:
        return reduce(mul, [o.determinant() for o in self._diagonal()])

    def _log_abs_determinant(self) -> Tensor:
        return reduce(add, [o.log_abs_determinant() for o in self._diagonal()])

    def _assert_non_singular(self) -> None:
        for o in self._of_squares("assert_non_singular"):
            o._assert_non_singular()


class LinearOperatorBlockDiag(PartByPart, _Blocks):
    """Operators along the diagonal, zeros elsewhere.

    >>> a, b = tf.linalg.LinearOperatorIdentity(1), tf.linalg.LinearOperatorDiag([2., 3.])
    >>> tf.linalg.LinearOperatorBlockDiag([a, b]).matvec([1., 1., 1.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 3.], dtype=float32)>
    """

    _joint = "_ds_"
    _contradiction = "The direct sum of {subject} operators is always {subject}."

    def __init__(
        self,
        operators: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        name: str | None = None,
    ) -> None:
        self._combine(arguments(locals()))

    def _diagonal(self) -> list[LinearOperator]:
        return self._operators

    def _shape(self) -> tuple[int, ...]:
        shapes = [o._shape() for o in self._operators]
        return (*batch_of(*shapes), sum(s[-2] for s in shapes), sum(s[-1] for s in shapes))

    def _rows(self) -> list[list[LinearOperator | None]]:
        return [[o if i == j else None for j in range(len(self._operators))] for i, o in enumerate(self._operators)]

    def _matmul_parts(self, parts: list[Tensor], adjoint: bool) -> list[Tensor]:
        return [o._matmul(x, adjoint) for o, x in zip(self._operators, parts)]

    def _solve_parts(self, parts: list[Tensor], adjoint: bool) -> list[Tensor]:
        for o in self._operators:
            o._must_be_solvable()
        return [o._solve(x, adjoint) for o, x in zip(self._operators, parts)]


class LinearOperatorBlockLowerTriangular(_Blocks):
    """Rows of operators, the first of one, the next of two ...; those on the diagonal are square.

    >>> one, two = tf.linalg.LinearOperatorDiag([1.]), tf.linalg.LinearOperatorFullMatrix([[2.]])
    >>> tf.linalg.LinearOperatorBlockLowerTriangular([[one], [two, one]]).solvevec(constant([1., 5.]))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 3.], dtype=float32)>
    """

    def __init__(
        self,
        operators: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorBlockLowerTriangular",
    ) -> None:
        given = arguments(locals())
        for given_list in [operators, *(operators if isinstance(operators, (list, tuple)) else [])]:
            if not isinstance(given_list, (list, tuple)):
                raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(given_list)}')
        if not operators:
            raise ValueError(f"Argument `operators` must be a list of >=1 operators. Received: {operators}.")
        self._operators = ListWrapper(ListWrapper(row) for row in operators)
        _check_rows(self._operators)
        diagonal = [o.is_non_singular for o in self._diagonal()]
        if all(diagonal) and is_non_singular is False:
            raise ValueError(
                "A blockwise lower-triangular operator with non-singular operators on the main diagonal is always "
                "non-singular. Expected argument `is_non_singular` to be True. Received: False."
            )
        # As in TensorFlow, what the diagonal says goes before the hint that is given.
        non_singular = True if all(diagonal) else False if False in diagonal else None
        super().__init__(self._operators[0][0].dtype, given, is_non_singular=non_singular, is_square=True)

    def _diagonal(self) -> list[LinearOperator]:
        return [row[-1] for row in self._operators]

    def _walk(self) -> Any:
        below = [o for row in self._operators for o in row[:-1]]
        for o in self._diagonal() + below:
            yield o
            yield from o._walk()

    def _shape(self) -> tuple[int, ...]:
        n = sum(o._shape()[-1] for o in self._diagonal())
        return (*batch_of(*(o._shape() for row in self._operators for o in row)), n, n)

    def _rows(self) -> list[list[LinearOperator | None]]:
        n = len(self._operators)
        return [[*row, *[None] * (n - len(row))] for row in self._operators]

    def _matmul_parts(self, parts: list[Tensor], adjoint: bool) -> list[Tensor]:
        n = len(parts)
        if adjoint:
            return [reduce(add, [self._operators[i][j]._matmul(parts[i], True) for i in range(j, n)]) for j in range(n)]
        return [reduce(add, [o._matmul(x, False) for o, x in zip(row, parts)]) for row in self._operators]

    def _solve_parts(self, parts: list[Tensor], adjoint: bool) -> list[Tensor]:
        """Substitution, from the first block on, or from the last one back if `adjoint`."""
        n = len(parts)
        solved: dict[int, Tensor] = {}
        for i in reversed(range(n)) if adjoint else range(n):
            rest = parts[i]
            for j, x in solved.items():
                block = self._operators[j][i] if adjoint else self._operators[i][j]
                rest = rest - block._matmul(x, adjoint)
            self._operators[i][i]._must_be_solvable()
            solved[i] = self._operators[i][i]._solve(rest, adjoint)
        return [solved[i] for i in range(n)]

    def _inverse(self) -> LinearOperator:
        """Again block lower triangular: row i below the diagonal is minus the inverse of block i times its row here."""
        rows: list[list[LinearOperator]] = []
        for i, row in enumerate(self._operators):
            inverse_row = []
            for j in range(i):
                mixed = reduce(add, [row[k]._matmul(rows[k][j]._to_dense(), False) for k in range(j, i)])
                inverse_row.append(kind("FullMatrix")(-row[-1]._solve(mixed, False)))
            rows.append([*inverse_row, row[-1].inverse()])
        return LinearOperatorBlockLowerTriangular(rows, **dict(zip(HINTS, self._hints)))

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> LinearOperator:
        rows = [[o._sliced(key, batch) for o in row] for row in self._operators]
        return LinearOperatorBlockLowerTriangular(**self.parameters | {"operators": rows})


def _check_rows(rows: list[list[Any]]) -> None:
    """Raise unless the blocks are of one dtype and fit together."""
    for i, row in enumerate(rows):
        if len(row) != i + 1:
            raise ValueError(f"Argument `operators[{i}]` must contain `{i + 1}` blocks. Received: {len(row)} blocks.")
        if row[-1].is_square is False:
            raise ValueError(
                "Matrices on the diagonal (the final elements of each row-partition in the `operators` list) must be "
                f"square. Expected argument `operators[{i}][-1].is_square` to be True. Received: False."
            )
        for j, o in enumerate(row):
            if o.dtype is not rows[0][0].dtype:
                message = f"Expected all operators to have the same dtype.  Found {o.dtype} in row {i} and "
                raise explain(TypeError(message + f"{rows[0][0].dtype} in row 0."), hint="make them all of one dtype")
            for which, axis, (p, q) in (("domain", -1, (j, j)), ("range", -2, (i, i))):
                size, wanted = o._shape()[axis], rows[p][q]._shape()[axis]
                if size != wanted:
                    raise ValueError(
                        f"Argument `operators[{i}][{j}].{which}_dimension` ({size}) must be the same as "
                        f"`operators[{p}][{q}].{which}_dimension` ({wanted})."
                    )


def _each_vector(action: Any, parts: list[Tensor], adjoint: bool) -> list[Tensor]:
    return [ops.squeeze(y, [-1]) for y in action([ops.expand_dims(p, -1) for p in parts], bool(adjoint))]


define(LinearOperatorBlockDiag, "linear_operator_block_diag", _FAMILY)
define(LinearOperatorBlockLowerTriangular, "linear_operator_block_lower_triangular", _FAMILY)
