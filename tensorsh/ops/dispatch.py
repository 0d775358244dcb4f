"""Linear operators where functions of matrices take them, as in TensorFlow. No ops here."""

from __future__ import annotations

from typing import Any

from ..runtime.errors import explain
from ..runtime.tensor import Tensor


def is_operator(x: Any) -> bool:
    """Whether x is a LinearOperator; asks nothing that imports them."""
    return type(x) is not Tensor and getattr(type(x), "_is_linear_operator", False)


def product(a: Any, b: Any, transposed: bool, adjoint_a: bool, adjoint_b: bool, sparse: bool) -> Any:
    """The matrix product where one of the two, or both, are linear operators."""
    if transposed:
        raise explain(ValueError("Transposing not supported at this time."), hint="adjoint_a, adjoint_b are")
    if sparse:
        raise ValueError("Sparse methods not supported at this time.")
    if is_operator(a):
        return a.matmul(b, adjoint=adjoint_a, adjoint_arg=adjoint_b)
    # a b is the adjoint of b^H a^H.
    from .linalg import adjoint

    return adjoint(b.matmul(a, adjoint=not adjoint_b, adjoint_arg=not adjoint_a))
