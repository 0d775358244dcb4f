"""Inverses and determinants of square matrices (..., n, n); leading axes are a batch.

A matrix that has no inverse raises InvalidArgumentError, as in TensorFlow; its determinant is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..runtime.dtypes import COMPLEX, F32, DType, bfloat16, float16, float32, float64
from ..runtime.errors import invalid
from ..runtime.tensor import Tensor, as_tensor
from . import factorizations
from .arguments import tail
from .dispatch import is_operator
from .kernels import check_square, no_kernel
from .registry import op, ops, primitive
from .rounding import rounded
from .rules import check_dtype

DOUBLE_FIRST = (float64, float32, float16, *COMPLEX)
_HALF_FIRST = (float16, float32, float64, *COMPLEX)


class LogMatrixDeterminant(NamedTuple):
    sign: Tensor
    log_abs_determinant: Tensor


def square_matrices(kernel: str, given: Any, listed: Sequence[DType], arg: str = "input", **attributes: Any) -> Tensor:
    """An argument (..., n, n) as a tensor. Raises TensorFlow's errors for another shape or dtype."""
    x = as_tensor(given)
    check_dtype(kernel, x, listed, listed, arg)
    no_half(kernel, x, **attributes)
    check_square(kernel, x, tail(given), arg)
    return x


def no_half(kernel: str, x: Tensor, **attributes: Any) -> None:
    """Raise TensorFlow's error for float16 and bfloat16, which these kernels list but do not compute."""
    if x.dtype in (float16, bfloat16):
        name = {"MatrixDeterminant": "det", "LogMatrixDeterminant": "slogdet"}.get(kernel, kernel)
        raise no_kernel(kernel, name, {"T": x.dtype, **attributes}, [("input", x)])


def flat(x: Any) -> Any:
    """Matrices as one batch: (..., n, m) -> (b, n, m)."""
    return x.reshape(-1, *x.shape[-2:]) if x.size else x.reshape(int(np.prod(x.shape[:-2])), *x.shape[-2:])


# ---------------------------------------------------------------- inverse


def _inverse_gradient(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
    return -ops.matmul(y, ops.matmul(g, y, adjoint_b=True), adjoint_a=True)


@primitive(_inverse_gradient)
def _inverse(xp, x):
    if x.dtype == np.float16:
        return _inverse._kernel(xp, x.astype(F32)).astype(x.dtype)
    n = x.shape[-1]
    if n > factorizations.SMALL:
        return solved(xp, lambda: xp.linalg.inv(x), x, "MatrixInverse", "Input is not invertible.")
    batch = flat(x)
    packed, order, _ = factorizations.lu(xp, batch)
    if factorizations.is_singular(xp, packed):
        raise singular("MatrixInverse", "Input is not invertible.")
    eye = xp.broadcast_to(xp.eye(n, dtype=x.dtype), batch.shape)
    return factorizations.lu_solve(xp, packed, order, eye).reshape(x.shape)


def solved(xp: Any, solve: Callable[[], Any], x: Any, kernel: str, message: str) -> Any:
    """LAPACK's answer. A GPU gives nan for a singular matrix where the CPU raises."""
    try:
        y = solve()
    except xp.linalg.LinAlgError:
        raise singular(kernel, message) from None
    if xp is not np and bool(xp.isnan(y).any()) and not bool(xp.isnan(x).any()):
        raise singular(kernel, message)
    return y


def singular(kernel: str, message: str) -> BaseException:
    return invalid(
        kernel,
        message,
        "the matrix has no inverse: it is singular",
        hint="for a least squares answer: pinv(a), or lstsq(a, b, l2_regularizer=1e-6)",
        name=None,
    )


def regular(s: Any, *shape: int) -> Tensor:
    """Matrices that are far from singular."""
    return ops.add(s(*shape), 3.0 * np.eye(shape[-1]))


@op("linalg.inv", samples=lambda s: [s.call(regular(s, 2, 2)), s.call(regular(s, 2, 3, 3), adjoint=True)])
def inv(input: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """The inverse of each matrix; of its conjugate transpose, if `adjoint`.

    Raises InvalidArgumentError for a matrix that is not square or has no inverse.

    input: (..., n, n).

    >>> inv([[4., 2.], [2., 3.]])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[ 0.375, -0.25 ],
           [-0.25 ,  0.5  ]], dtype=float32)>
    """
    if is_operator(input):
        inverse = input.inverse()
        return inverse.adjoint() if adjoint else inverse
    x = as_tensor(input)
    check_dtype("MatrixInverse", x, DOUBLE_FIRST, DOUBLE_FIRST, "input")
    check_square("MatrixInverse", x, tail(input))
    return _inverse(ops.adjoint(x) if adjoint else x)


# ---------------------------------------------------------------- determinants


def _determinant_gradient(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
    # TensorFlow does not conjugate y, which would be right for complex matrices; its gradient is what is wanted.
    return ops.reshape(ops.multiply(g, y), [*y._array.shape, 1, 1]) * inv(x, adjoint=True)


@primitive(_determinant_gradient)
def _determinant(xp, x):
    sign, size = _sign_and_log(xp, x)
    return sign * rounded(xp.exp, size)


def _sign_and_log(xp: Any, x: Any) -> tuple[Any, Any]:
    """The sign (for complex numbers the phase) of each determinant and the logarithm of its size."""
    packed, _, sign = factorizations.lu(xp, flat(x))
    pivots = xp.diagonal(packed, 0, -2, -1)
    sizes = xp.abs(pivots)
    size = xp.sum(rounded(xp.log, sizes), axis=-1)
    sign = sign * xp.prod(pivots / xp.where(sizes == 0, 1, sizes), axis=-1)
    sign = xp.where((sizes == 0).any(-1), 0 * xp.where(sign == 0, -1, sign), sign)
    batch = x.shape[:-2]
    return sign.reshape(batch), size.reshape(batch)


def _det_samples(s: Any) -> Any:
    return [s.call(regular(s, 2, 2)), s.call(regular(s, 2, 3, 3))]


@op("linalg.det", samples=_det_samples)
def det(input: Any, name: str | None = None) -> Tensor:
    """The determinant of each square matrix.

    input: (..., n, n).

    >>> det([[1., 2.], [3., 4.]])
    <tf.Tensor: shape=(), dtype=float32, numpy=-2.0>
    """
    if is_operator(input):
        return input.determinant()
    return _determinant(square_matrices("MatrixDeterminant", input, _HALF_FIRST))


def _log_determinant_gradients(g: list[Tensor], y: Any, x: Tensor) -> list[Tensor]:
    return [ops.reshape(g[1], [*y[1]._array.shape, 1, 1]) * inv(x, adjoint=True)]


@primitive(joint=_log_determinant_gradients)
def _log_determinant(xp, x):
    sign, size = _sign_and_log(xp, x)
    return sign, size.astype(x.dtype)


@op("linalg.slogdet", samples=_det_samples)
def slogdet(input: Any, name: str | None = None) -> LogMatrixDeterminant:
    """The sign of each determinant and the logarithm of its absolute value; (0, -inf) for a singular matrix.

    input: (..., n, n).

    >>> slogdet([[1., 2.], [3., 4.]]).sign
    <tf.Tensor: shape=(), dtype=float32, numpy=-1.0>
    """
    return LogMatrixDeterminant(*_log_determinant(square_matrices("LogMatrixDeterminant", input, _HALF_FIRST)))
