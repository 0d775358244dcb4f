"""Linear operators that the Fourier transform makes diagonal: circulant ones in one to three dimensions, and Toeplitz.

Transforms are computed in complex128 and the result is cast to the operator's dtype, so that products of small
matrices come out exact where TensorFlow's are off in the last digit.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...runtime.dtypes import as_dtype, complex128
from ...runtime.errors import explain
from ...runtime.shape import TensorShape
from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops, primitive
from ..rules import conj
from .base import LinearOperator, define
from .support import (
    arguments,
    assert_no_imaginary_part,
    assert_no_zeros,
    broadcast_batch,
    hints_of,
    matrix_text,
    real_is_self_adjoint,
    reference,
)

_FAMILY = "operators.circulant"
_REAL_SPECTRUM = (
    "A real spectrum always corresponds to a self-adjoint operator. Expected argument `is_self_adjoint` to be True "
    "when `spectrum.dtype.is_complex` = True. Received: False."
)


class _Circulant(LinearOperator):
    """What circulant operators of every depth share: the spectrum is their eigenvalues.

    spectrum: (..., *block), the Fourier transform of the first column. input_output_dtype: that of the vectors.
    """

    _depth = 1
    _holds = ("_spectrum",)

    def __init__(
        self,
        spectrum: Any,
        input_output_dtype: Any = "complex64",
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        name: str | None = None,
    ) -> None:
        dtype = as_dtype(input_output_dtype)
        given = arguments(locals()) | {"input_output_dtype": dtype, "name": name or type(self).__name__}
        del given["dtype"]
        self._spectrum = reference(spectrum)
        if len(self._spectrum.shape) < self._depth:
            raise ValueError(
                f"Argument `spectrum` must have at least {self._depth} dimensions. Received: "
                f"{matrix_text(self._spectrum)}."
            )
        real = real_is_self_adjoint(self._spectrum.dtype, is_self_adjoint, _REAL_SPECTRUM)
        if is_square is False:
            raise ValueError(
                "A [[nested] block] circulant operator is always square. Expected argument `is_square` to be True. "
                "Received: False."
            )
        super().__init__(dtype, given, is_self_adjoint=real, is_square=True)

    spectrum = property(lambda self: self._spectrum)
    block_depth = property(lambda self: self._depth, doc="1, 2 or 3: how often circulant blocks are nested.")
    block_shape = property(lambda self: TensorShape(self._block()))

    def block_shape_tensor(self) -> Tensor:
        return ops.constant(list(self._block()), "int32")

    def convolution_kernel(self, name: str = "convolution_kernel") -> Tensor:
        """What the operator convolves with: the inverse transform of the spectrum."""
        return ops.cast(_inverse_fft(self._eigenvalues(), depth=self._depth), self._dtype)

    def assert_hermitian_spectrum(self, name: str = "assert_hermitian_spectrum") -> None:
        """Raise InvalidArgumentError unless the convolution kernel is real."""
        kernel = _inverse_fft(self._eigenvalues(), depth=self._depth)
        allowed = 5 * float(np.finfo(self._dtype.real_dtype.as_numpy_dtype).eps) * ops.reduce_max(abs(kernel))
        ops.assert_less_equal(abs(ops.imag(kernel)), allowed, message="Spectrum was not Hermitian")

    def _block(self) -> tuple[int, ...]:
        return tuple(self._spectrum.shape)[-self._depth :]

    def _shape(self) -> tuple[int, ...]:
        n = prod(self._block())
        return (*tuple(self._spectrum.shape)[: -self._depth], n, n)

    def _eigenvalues(self) -> Tensor:
        return ops.cast(self._spectrum, complex128)

    def _flat_spectrum(self) -> Tensor:
        return ops.reshape(self._spectrum, list(self._shape()[:-1]))

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        values = self._eigenvalues()
        return self._filtered(x, conj(values) if adjoint else values)

    def _solve(self, rhs: Tensor, adjoint: bool) -> Tensor:
        values = self._eigenvalues()
        return self._filtered(rhs, 1 / (conj(values) if adjoint else values))

    def _filtered(self, x: Tensor, factors: Tensor) -> Tensor:
        """The columns of x with their transforms multiplied by `factors` (..., *block)."""
        y = _filter(ops.matrix_transpose(x), factors, self._block())
        return ops.cast(ops.matrix_transpose(y), self._dtype)

    def _diag_part(self) -> Tensor:
        *batch, n = self._shape()[:-1]
        return broadcast_batch(ops.expand_dims(self._trace() / ops.cast(n, self._dtype), -1), (*batch, n), 0)

    def _trace(self) -> Tensor:
        return ops.cast(ops.reduce_sum(self._flat_spectrum(), [-1]), self._dtype)

    def _determinant(self) -> Tensor:
        return ops.cast(ops.reduce_prod(self._flat_spectrum(), [-1]), self._dtype)

    def _log_abs_determinant(self) -> Tensor:
        return ops.cast(ops.reduce_sum(ops.log(abs(self._flat_spectrum())), [-1]), self._dtype)

    def _eigvals(self) -> Tensor:
        return self._flat_spectrum()

    def _cond(self) -> Tensor:
        sizes = abs(self._flat_spectrum())
        return ops.reduce_max(sizes, -1) / ops.reduce_min(sizes, -1)

    def _adjoint(self) -> LinearOperator:
        return self._with_spectrum(conj(as_tensor(self._spectrum)), hints_of(self))

    def _inverse(self) -> LinearOperator:
        return self._with_spectrum(1 / as_tensor(self._spectrum), hints_of(self))

    def _with_spectrum(self, spectrum: Tensor, hints: dict[str, Any]) -> LinearOperator:
        return type(self)(spectrum, self._dtype, **hints)

    def _assert_non_singular(self) -> None:
        assert_no_zeros(self._spectrum, "Singular operator:  Spectrum contained zero values.")

    def _assert_positive_definite(self) -> None:
        message = "Not positive definite:  Real part of spectrum was not all positive."
        ops.assert_positive(ops.real(self._spectrum), message=message)

    def _assert_self_adjoint(self) -> None:
        message = "Not self-adjoint:  The spectrum contained non-zero imaginary part."
        assert_no_imaginary_part(self._spectrum, message)


class LinearOperatorCirculant(_Circulant):
    """A circulant matrix, whose columns are the first one turned; `spectrum` (..., n) is that column's transform.

    input_output_dtype: the dtype of the vectors, complex64 unless told otherwise.

    >>> tf.linalg.LinearOperatorCirculant([4., 2.], input_output_dtype=float32).to_dense()
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[3., 1.],
           [1., 3.]], dtype=float32)>
    """

    _ranks = {"spectrum": 1}


class LinearOperatorCirculant2D(_Circulant):
    """A circulant matrix of circulant blocks; `spectrum` (..., n0, n1) is the 2-D transform of its kernel.

    >>> tf.linalg.LinearOperatorCirculant2D([[1., 2.], [3., 4.]]).shape
    TensorShape([4, 4])
    """

    _depth, _ranks = 2, {"spectrum": 2}


class LinearOperatorCirculant3D(_Circulant):
    """Circulant blocks nested three deep; `spectrum` (..., n0, n1, n2) is the 3-D transform of the kernel.

    >>> tf.linalg.LinearOperatorCirculant3D([[[1., 2.], [3., 4.]]]).block_shape
    TensorShape([1, 2, 2])
    """

    _depth, _ranks = 3, {"spectrum": 3}


class LinearOperatorToeplitz(LinearOperator):
    """A matrix that is constant along its diagonals, from its first column and its first row (whose first is not read).

    >>> tf.linalg.LinearOperatorToeplitz([1., 2.], [1., 3.]).to_dense()
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 3.],
           [2., 1.]], dtype=float32)>
    """

    _ranks, _holds = {"col": 1, "row": 1}, ("_col", "_row")

    def __init__(
        self,
        col: Any,
        row: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorToeplitz",
    ) -> None:
        given = arguments(locals())
        self._row, self._col = reference(row), reference(col)
        for arg, t in (("row", self._row), ("col", self._col)):
            if not len(t.shape):
                raise ValueError(f"Argument {arg} must have at least 1 dimension.  Found: {matrix_text(t)}")
        if self._row.shape[-1] != self._col.shape[-1]:
            message = "Expected square matrix, got row and col with mismatched dimensions."
            raise explain(ValueError(message), operands=[("col", self._col), ("row", self._row)])
        if is_square is False:
            raise ValueError("Only square Toeplitz operators currently supported.")
        super().__init__(self._row.dtype, given, is_square=True)

    col = property(lambda self: self._col)
    row = property(lambda self: self._row)

    def _shape(self) -> tuple[int, ...]:
        shape = np.broadcast_shapes(tuple(self._col.shape), tuple(self._row.shape))
        return (*shape, shape[-1])

    def _lines(self, adjoint: bool = False) -> tuple[Tensor, Tensor]:
        """The first column, and the first row after its first entry."""
        *batch, n = self._shape()[:-1]
        col, row = (broadcast_batch(as_tensor(t), tuple(batch), 1) for t in (self._col, self._row))
        if adjoint:
            return ops.concat([conj(col[..., :1]), conj(row[..., 1:])], -1), conj(col[..., 1:])
        return col, row[..., 1:]

    def _matmul(self, x: Tensor, adjoint: bool) -> Tensor:
        # The matrix is the corner of a circulant one of 2n - 1 rows, which x meets with zeros after it.
        col, rest = self._lines(adjoint)
        first = ops.cast(ops.concat([col, ops.reverse(rest, [-1])], -1), complex128)
        n, rows = col._array.shape[-1], ops.matrix_transpose(x)
        padded = ops.concat([rows, ops.zeros_like(rows[..., 1:])], -1)
        y = _filter(padded, _fft(first, depth=1), (2 * n - 1,))
        return ops.cast(ops.matrix_transpose(y[..., :n]), self._dtype)

    def _to_dense(self) -> Tensor:
        col, rest = self._lines()
        n = col._array.shape[-1]
        diagonals = ops.concat([ops.reverse(rest, [-1]), col], -1)
        index = [[n - 1 + i - j for j in range(n)] for i in range(n)]
        return ops.gather(diagonals, ops.reshape(ops.constant(index, "int32"), [n, n]), axis=-1)

    def _diag_part(self) -> Tensor:
        return broadcast_batch(as_tensor(self._col)[..., :1], self._shape()[:-1], 0)

    def _trace(self) -> Tensor:
        return self._lines()[0][..., 0] * ops.cast(self._shape()[-1], self._dtype)

    def _assert_self_adjoint(self) -> None:
        message = "row and col are not the same, and so this operator is not self-adjoint."
        ops.assert_equal(self._row, conj(as_tensor(self._col)), message=message)


# ---------------------------------------------------------------- transforms


def _filter(x: Tensor, factors: Tensor, block: tuple[int, ...]) -> Tensor:
    """Rows (..., k, n) filtered: their transforms over `block`, of n entries, multiplied by factors (..., *block)."""
    *batch, k, n = x._array.shape
    depth = len(block)
    waves = _fft(ops.reshape(ops.cast(x, complex128), [*batch, k, *block]), depth=depth)
    y = _inverse_fft(waves * ops.expand_dims(factors, -depth - 1), depth=depth)
    return ops.reshape(y, [*y._array.shape[:-depth], n])


def _size(g: Tensor, depth: int) -> int:
    return prod(g._array.shape[-depth:])


@primitive(lambda g, y, x, depth: _inverse_fft(g, depth=depth) * ops.cast(_size(g, depth), g.dtype))
def _fft(xp, x, depth):
    return xp.fft.fftn(x, axes=tuple(range(-depth, 0)))


@primitive(lambda g, y, x, depth: _fft(g, depth=depth) / ops.cast(_size(g, depth), g.dtype))
def _inverse_fft(xp, x, depth):
    return xp.fft.ifftn(x, axes=tuple(range(-depth, 0)))


for _cls in (LinearOperatorCirculant, LinearOperatorCirculant2D, LinearOperatorCirculant3D):
    define(_cls, "linear_operator_circulant", _FAMILY)
define(LinearOperatorToeplitz, "linear_operator_toeplitz", _FAMILY)
