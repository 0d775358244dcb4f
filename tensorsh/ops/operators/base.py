"""tf.linalg.LinearOperator: a matrix, or a batch of them, known by what it does to vectors; the base of all kinds.

What callers may ask for is here: products, solutions, determinants, hints and assertions, each checked once. What a
kind knows better than a dense matrix would, it says in the method of the same name with an underscore. Those get
converted and checked tensors, and write everything in ops, so that gradients flow.

Conventions: shapes are tuples of ints; a hint is True, False or None for "not known"; `x` has shape (..., n, k); a
variable among a kind's arguments is kept and read anew at each use.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...runtime.dtypes import DType
from ...runtime.errors import explain
from ...runtime.shape import Dimension, TensorShape
from ...runtime.tensor import Tensor, as_tensor
from ...runtime.variable import Variable
from ..registry import at_path, export, ops, own_constructor
from .support import HINTS, hints_of, implied, same_size, sliced, spread


class LinearOperator:
    """A matrix of shape (..., m, n) that is known by its products; this is the base of the kinds of it.

    Hints: is_non_singular, is_self_adjoint, is_positive_definite, is_square say what the caller knows of the matrix.
    They are not verified, and choose how it is solved (`assert_non_singular` and its kin do verify).
    """

    __module__ = "tensorflow.python.ops.linalg.linear_operator"
    _is_linear_operator = True  # to `dispatch`

    _ranks: dict[str, int] = {}  # the tensors among the constructor's arguments: how many axes are no batch axes
    _holds: tuple[str, ...] = ()  # the attributes that may hold variables or operators, in TensorFlow's order

    def __new__(cls, *args: Any, **options: Any) -> LinearOperator:
        if cls is LinearOperator:
            raise explain(
                TypeError("Can't instantiate abstract class LinearOperator with abstract methods _matmul, _shape"),
                hint="use one of its kinds, such as tf.linalg.LinearOperatorFullMatrix(matrix)",
            )
        return object.__new__(cls)

    def __init__(self, dtype: DType, parameters: dict[str, Any], **known: Any) -> None:
        given = {hint: parameters[hint] for hint in HINTS} | {"name": parameters["name"]} | known
        non_singular, self_adjoint, positive, square = (given[hint] for hint in HINTS)
        if positive:
            non_singular = implied(non_singular, "A positive definite matrix is always non-singular.")
        if non_singular:
            square = implied(square, "A non-singular matrix is always square.")
        if self_adjoint:
            square = implied(square, "A self-adjoint matrix is always square.")
        self._dtype, self._name, self._parameters = dtype, given["name"] or type(self).__name__, parameters
        self._hints = (non_singular, self_adjoint, positive, square)

    # What is known of it

    dtype = property(lambda self: self._dtype)
    name = property(lambda self: self._name)
    parameters = property(lambda self: dict(self._parameters), doc="The constructor's arguments, as they were given.")
    is_non_singular = property(lambda self: self._hints[0])
    is_self_adjoint = property(lambda self: self._hints[1])
    is_positive_definite = property(lambda self: self._hints[2])
    shape = property(lambda self: TensorShape(self._shape()))
    batch_shape = property(lambda self: TensorShape(self._shape()[:-2]))
    tensor_rank = property(lambda self: len(self._shape()))
    domain_dimension = property(lambda self: Dimension(self._shape()[-1]))
    range_dimension = property(lambda self: Dimension(self._shape()[-2]))

    @property
    def is_square(self) -> bool:
        """The hint; without one, whether the shape is square. Raises ValueError if the two contradict each other."""
        *_, rows, columns = self._shape()
        hint = self._hints[3]
        if hint is False and rows == columns:
            raise ValueError("User set is_square hint to False, but the operator was square.")
        return rows == columns if hint is None else hint

    def shape_tensor(self, name: str = "shape_tensor") -> Tensor:
        return _ints(self._shape())

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Tensor:
        return _ints(self._shape()[:-2])

    def tensor_rank_tensor(self, name: str = "tensor_rank_tensor") -> Tensor:
        return _ints(len(self._shape()))

    def domain_dimension_tensor(self, name: str = "domain_dimension_tensor") -> Tensor:
        return _ints(self._shape()[-1])

    def range_dimension_tensor(self, name: str = "range_dimension_tensor") -> Tensor:
        return _ints(self._shape()[-2])

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables that it was made from, and those of the operators in it."""
        return tuple({id(v): v for v in self._walk() if isinstance(v, Variable)}.values())

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        return tuple(v for v in self.variables if v.trainable)

    @property
    def non_trainable_variables(self) -> tuple[Variable, ...]:
        return tuple(v for v in self.variables if not v.trainable)

    @property
    def submodules(self) -> tuple[LinearOperator, ...]:
        """The operators that it is made of, and those in them."""
        return tuple({id(o): o for o in self._walk() if isinstance(o, LinearOperator)}.values())

    def _walk(self) -> Iterator[Any]:
        for attribute in self._holds:
            held = getattr(self, attribute)
            for item in held if isinstance(held, list) else [held]:
                yield item
                if isinstance(item, LinearOperator):
                    yield from item._walk()

    # Products and solutions

    def matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "matmul") -> Any:
        """The product with x: a tensor (..., n, k) or another operator, of which the product is an operator again.

        adjoint, adjoint_arg: take the conjugate transpose of this operator, of x. Raises ValueError unless the sizes
        fit, TypeError unless the dtypes are the same.
        """
        if isinstance(x, LinearOperator):
            left, right = self._paired(x, adjoint, adjoint_arg, "x")
            return _algebra().product(left, right)
        x = self._argument(x, adjoint, adjoint_arg)
        return self._matmul(ops.adjoint(x) if adjoint_arg else x, bool(adjoint))

    def matvec(self, x: Any, adjoint: bool = False, name: str = "matvec") -> Any:
        """The product with vectors (..., n)."""
        x = self._vectors(x, adjoint)
        return ops.squeeze(self._matmul(x, bool(adjoint)), [-1])

    def solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "solve") -> Any:
        """x such that this operator times x is `rhs`: a tensor (..., n, k) or another operator.

        Raises NotImplementedError if the hints say that it is singular or not square.
        """
        self._must_be_solvable()
        if isinstance(rhs, LinearOperator):
            left, right = self._paired(rhs, adjoint, adjoint_arg, "rhs")
            return _algebra().quotient(left, right)
        rhs = self._argument(rhs, not adjoint, adjoint_arg)
        return self._solve(ops.adjoint(rhs) if adjoint_arg else rhs, bool(adjoint))

    def solvevec(self, rhs: Any, adjoint: bool = False, name: str = "solve") -> Any:
        """x such that this operator times x is `rhs`, for vectors (..., n)."""
        self._must_be_solvable()
        rhs = self._vectors(rhs, not adjoint)
        return ops.squeeze(self._solve(rhs, bool(adjoint)), [-1])

    def __matmul__(self, other: Any) -> Any:
        return self.matmul(other)

    def _must_be_solvable(self) -> None:
        if self.is_non_singular is False:
            raise NotImplementedError("Exact solve not implemented for an operator that is expected to be singular.")
        if self.is_square is False:
            raise NotImplementedError("Exact solve not implemented for an operator that is expected to not be square.")

    def _paired(self, other: Any, adjoint: bool, adjoint_arg: bool, arg: str) -> tuple[Any, Any]:
        """The two operands of a product of operators, whose sizes fit."""
        left = self.adjoint() if adjoint else self
        right = other.adjoint() if adjoint_arg else other
        wanted, found = left._shape()[-1], right._shape()[-2]
        if wanted != found:
            message = f"Operators are incompatible. Expected `{arg}` to have dimension {wanted} but got {found}."
            raise explain(ValueError(message), operands=[("operator", self), (arg, other)])
        return left, right

    def _argument(self, x: Any, adjoint: bool, adjoint_arg: bool) -> Tensor:
        """x as a tensor that this operator can be multiplied with."""
        x = self._of_dtype(x)
        if x._array.ndim < 2:
            summary = f"{self.name}: the argument must have rank 2 or more, and has {x._array.ndim}"
            hint = "for a vector: matvec, solvevec"
            raise explain(IndexError("tuple index out of range"), summary, [("x", x)], hint)
        self._must_fit(x, adjoint, -1 if adjoint_arg else -2)
        return x

    def _vectors(self, x: Any, adjoint: bool) -> Tensor:
        """Vectors as a tensor of columns that this operator can be multiplied with."""
        x = self._of_dtype(x)
        if x._array.ndim < 1:
            summary = f"{self.name}: the argument must be a vector, and is a scalar"
            raise explain(IndexError("tuple index out of range"), summary, [("x", x)])
        self._must_fit(x, adjoint, -1)
        return ops.expand_dims(x, -1)

    def _of_dtype(self, x: Any) -> Tensor:
        x = as_tensor(x)
        if x.dtype is not self._dtype:
            raise explain(
                TypeError(f"Expected argument to have dtype {self._dtype}.  Found: {x.dtype} in tensor {x!s}"),
                f"{self.name}: the operator is {self._dtype.name}, the argument {x.dtype.name}",
                [("x", x)],
                f"cast it: cast(x, {self._dtype.name})",
            )
        return x

    def _must_fit(self, x: Tensor, adjoint: bool, axis: int) -> None:
        same_size(self._shape()[-2 if adjoint else -1], x._array.shape[axis], [("operator", self), ("x", x)])

    # Other operators made from it

    H = property(lambda self: self.adjoint(), doc="The conjugate transpose.")

    def adjoint(self, name: str = "adjoint") -> LinearOperator:
        """The conjugate transpose; the operator itself if it is self-adjoint."""
        return self if self.is_self_adjoint else self._adjoint()

    def inverse(self, name: str = "inverse") -> LinearOperator:
        """The inverse. Raises ValueError if the hints say that there is none."""
        if self.is_square is False:
            raise ValueError("Cannot take the Inverse: This operator represents a non square matrix.")
        if self.is_non_singular is False:
            raise ValueError("Cannot take the Inverse: This operator represents a singular matrix.")
        return self._inverse()

    def cholesky(self, name: str = "cholesky") -> LinearOperator:
        """The lower triangular L with L @ L.H equal to this. Raises ValueError unless hinted positive definite."""
        if not (self.is_positive_definite and self.is_self_adjoint):
            raise explain(
                ValueError("Cannot take the Cholesky decomposition: Not a positive definite self adjoint matrix."),
                hint="say so when making it: is_self_adjoint=True, is_positive_definite=True",
            )
        return self._cholesky()

    def __getitem__(self, key: Any) -> LinearOperator:
        """The operator of some of the batch's matrices."""
        return self._sliced(key if isinstance(key, tuple) else (key,), self._shape()[:-2])

    # What it is, as a dense matrix and in numbers

    def to_dense(self, name: str = "to_dense") -> Tensor:
        """The matrix as a tensor."""
        return self._to_dense()

    def diag_part(self, name: str = "diag_part") -> Tensor:
        """The main diagonal."""
        return self._diag_part()

    def trace(self, name: str = "trace") -> Tensor:
        """The sum of the main diagonal."""
        return self._trace()

    def add_to_tensor(self, x: Any, name: str = "add_to_tensor") -> Tensor:
        """The matrix plus the tensor x."""
        return self._add_to_tensor(self._of_dtype(x))

    def determinant(self, name: str = "det") -> Tensor:
        """The determinant. Raises NotImplementedError for an operator that is not square."""
        self._must_be_square()
        return self._determinant()

    def log_abs_determinant(self, name: str = "log_abs_det") -> Tensor:
        """The logarithm of the determinant's absolute value."""
        self._must_be_square()
        return self._log_abs_determinant()

    def eigvals(self, name: str = "eigvals") -> Tensor:
        """The eigenvalues of a self-adjoint operator. Raises NotImplementedError for any other."""
        if not self.is_self_adjoint:
            raise explain(
                NotImplementedError("Only self-adjoint matrices are supported."),
                hint="say so when making it: is_self_adjoint=True; or eigvals(operator.to_dense())",
            )
        return self._eigvals()

    def cond(self, name: str = "cond") -> Tensor:
        """The condition number: the largest singular value over the smallest."""
        return self._cond()

    def _must_be_square(self) -> None:
        if self.is_square is False:
            raise NotImplementedError("Determinant not implemented for an operator that is expected to not be square.")

    # Assertions, each InvalidArgumentError if it does not hold

    def assert_non_singular(self, name: str = "assert_non_singular") -> None:
        self._assert_non_singular()

    def assert_positive_definite(self, name: str = "assert_positive_definite") -> None:
        self._assert_positive_definite()

    def assert_self_adjoint(self, name: str = "assert_self_adjoint") -> None:
        self._assert_self_adjoint()

    # How it is done where a kind knows no better way; a kind defines _shape() and _matmul() at the least

    def _shape(self) -> tuple[int, ...]:
        raise NotImplementedError

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        raise NotImplementedError

    def _has_cholesky(self) -> bool:
        return bool(self.is_self_adjoint and self.is_positive_definite)

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        matrix = self._to_dense()
        if self._has_cholesky():
            return ops.cholesky_solve(*spread(ops.cholesky(matrix), rhs))
        matrix, rhs = spread(matrix, rhs)
        return ops.solve(matrix, rhs, adjoint=adjoint)

    def _to_dense(self) -> Tensor:
        shape = self._shape()
        return self._matmul(ops.eye(shape[-1], batch_shape=list(shape[:-2]), dtype=self._dtype), False)

    def _diag_part(self) -> Tensor:
        return ops.diag_part(self._to_dense())

    def _trace(self) -> Tensor:
        return ops.reduce_sum(self._diag_part(), -1)

    def _add_to_tensor(self, x: Tensor) -> Tensor:
        return self._to_dense() + x

    def _determinant(self) -> Tensor:
        return ops.exp(self._log_abs_determinant()) if self._has_cholesky() else ops.det(self._to_dense())

    def _log_abs_determinant(self) -> Tensor:
        if not self._has_cholesky():
            return ops.slogdet(self._to_dense()).log_abs_determinant
        return 2 * ops.reduce_sum(ops.log(ops.diag_part(ops.cholesky(self._to_dense()))), -1)

    def _eigvals(self) -> Tensor:
        return ops.eigvalsh(self._to_dense())

    def _cond(self) -> Tensor:
        if self.is_self_adjoint:
            sizes = abs(self._eigvals())
            return ops.reduce_max(sizes, -1) / ops.reduce_min(sizes, -1)
        values = ops.svd(self._to_dense(), compute_uv=False)
        return values[..., 0] / values[..., -1]

    def _adjoint(self) -> LinearOperator:
        return kind("Adjoint")(self, **hints_of(self))

    def _inverse(self) -> LinearOperator:
        return kind("Inversion")(self, **hints_of(self))

    def _cholesky(self) -> LinearOperator:
        lower = ops.cholesky(self._to_dense())
        return kind("LowerTriangular")(lower, is_non_singular=True, is_self_adjoint=False, is_square=True)

    def _assert_non_singular(self) -> None:
        worst = 1 / (100 * float(np.finfo(self._dtype.real_dtype.as_numpy_dtype).eps))
        ops.assert_less(self._cond(), worst, message="Singular matrix up to precision epsilon.")

    def _assert_positive_definite(self) -> None:
        if not self.is_self_adjoint:
            raise NotImplementedError("assert_positive_definite is not implemented.")
        pivots = ops.diag_part(ops.cholesky(self._to_dense()))
        ops.assert_positive(ops.real(pivots), message="Matrix was not positive definite.")

    def _assert_self_adjoint(self) -> None:
        dense = self._to_dense()
        ops.assert_equal(dense, ops.adjoint(dense), message="Matrix was not equal to its adjoint.")

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> LinearOperator:
        """The same kind made from the same arguments, whose batch axes were broadcast to `batch` and indexed."""
        options = self.parameters
        for argument, rank in self._ranks.items():
            if options[argument] is not None:
                options[argument] = sliced(as_tensor(options[argument]), rank, key, batch)
        return type(self)(**options)


def kind(name: str) -> Any:
    """The class LinearOperator... of that name."""
    return at_path(f"tf.linalg.LinearOperator{name}")


def define(cls: type, file: str, family: str) -> None:
    """Make a kind known under tf.linalg; its module is TensorFlow's, since `repr` shows it."""
    cls.__module__ = f"tensorflow.python.ops.linalg.{file}"
    own_constructor(cls)
    export(f"tf.linalg.{cls.__name__}", cls, None, family)


def _ints(value: Any) -> Tensor:
    return ops.constant(list(value) if isinstance(value, tuple) else value, "int32")


def _algebra() -> Any:
    from . import algebra as operator_algebra

    return operator_algebra


export("tf.linalg.LinearOperator", LinearOperator, None, "operators.base")
