"""Linear equations by conjugate gradients: only products with the operator are needed."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor
from .registry import op, ops


class CGState(NamedTuple):
    i: Tensor
    x: Tensor
    r: Tensor
    p: Tensor
    gamma: Tensor


@op("linalg.experimental.conjugate_gradient")
def conjugate_gradient(
    operator: Any,
    rhs: Any,
    preconditioner: Any = None,
    x: Any = None,
    tol: Any = 1e-5,
    max_iter: int = 20,
    name: str | None = "conjugate_gradient",
) -> CGState:
    """Solve operator x = rhs for a self-adjoint, positive definite operator: (steps, x, residual, direction, gamma).

    rhs: (..., n); preconditioner: a linear operator near the inverse; x: where to begin, zeros by default. It ends when
    the residuals are below tol times the right-hand side's length, or after max_iter steps. By Hestenes and Stiefel
    (1952). Raises ValueError for an operator that is not known to be self-adjoint and positive definite.

    operator: a LinearOperator, self-adjoint and positive definite. max_iter: an int: the most steps.
    tol: a float: the relative tolerance.

    >>> a = tf.linalg.LinearOperatorFullMatrix([[4., 0.], [0., 2.]], is_self_adjoint=True, is_positive_definite=True)
    >>> tf.linalg.experimental.conjugate_gradient(a, constant([4., 0.])).x
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 0.], dtype=float32)>
    """
    if not (operator.is_self_adjoint and operator.is_positive_definite):
        raise explain(
            ValueError("Expected a self-adjoint, positive definite operator."),
            hint="make the operator with is_self_adjoint=True, is_positive_definite=True",
        )
    b = ops.expand_dims(as_tensor(rhs), -1)
    if x is None:
        solution, residual = ops.zeros_like(b), b
    else:
        solution = ops.expand_dims(as_tensor(x), -1)
        residual = b - operator.matmul(solution)
    limit = as_tensor(tol, b.dtype) * _length(b)
    direction = residual if preconditioner is None else preconditioner.matmul(residual)
    gamma = _dot(residual, direction)
    i = 0
    while i < max_iter and bool(ops.reduce_any(_length(residual) > limit)):
        image = operator.matmul(direction)
        alpha = gamma / _dot(direction, image)
        solution = solution + alpha[..., None, None] * direction
        residual = residual - alpha[..., None, None] * image
        ahead = residual if preconditioner is None else preconditioner.matmul(residual)
        after = _dot(residual, ahead)
        direction = ahead + (after / gamma)[..., None, None] * direction
        gamma, i = after, i + 1
    solution, residual, direction = (ops.squeeze(t, -1) for t in (solution, residual, direction))
    return CGState(as_tensor(i), solution, residual, direction, gamma)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return ops.reduce_sum(ops.conj(a) * b, [-2, -1])


def _length(a: Tensor) -> Tensor:
    return ops.norm(a, axis=-2)[..., 0]
