"""Products and quotients of linear operators that are simpler than a composition.

`product(a, b)` is the operator of a @ b, `quotient(a, b)` that of a^-1 @ b; sizes are checked by their callers. What
no rule here covers becomes a LinearOperatorComposition.
"""

from __future__ import annotations

from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .base import LinearOperator
from .block import LinearOperatorBlockDiag
from .circulant import _Circulant
from .composed import LinearOperatorComposition, LinearOperatorInversion
from .identity import LinearOperatorIdentity, LinearOperatorScaledIdentity, LinearOperatorZeros
from .plain import LinearOperatorDiag, LinearOperatorLowerTriangular
from .support import hints_of

_DIAGONALS = (LinearOperatorDiag, LinearOperatorScaledIdentity)


def product(a: Any, b: Any) -> LinearOperator:
    """The operator of a @ b."""
    for zero in (a, b):
        if isinstance(zero, LinearOperatorZeros):
            if not (a.is_square and b.is_square):
                raise ValueError(
                    "Matmul with non-square `LinearOperator`s or non-square `LinearOperatorZeros` not supported at "
                    "this time."
                )
            return zero
    if isinstance(a, LinearOperatorIdentity):
        return b
    if isinstance(b, LinearOperatorIdentity):
        return a
    if isinstance(a, _DIAGONALS) and isinstance(b, _DIAGONALS):
        return _scaled(a, b, lambda x, y: x * y)
    if isinstance(a, LinearOperatorDiag) and isinstance(b, LinearOperatorLowerTriangular):
        return _triangular(a, b, ops.expand_dims(a.diag, -1) * b.to_dense())
    if isinstance(a, LinearOperatorLowerTriangular) and isinstance(b, LinearOperatorDiag):
        return _triangular(a, b, a.to_dense() * ops.expand_dims(b.diag, -2))
    if isinstance(a, _Circulant) and type(a) is type(b):
        return a._with_spectrum(as_tensor(a.spectrum) * b.spectrum, _commuting_hints(a, b))
    if isinstance(a, LinearOperatorBlockDiag) and _same_blocks(a, b):
        return LinearOperatorBlockDiag([x.matmul(y) for x, y in zip(a.operators, b.operators)])
    return LinearOperatorComposition([a, b], **_hints(a, b))


def quotient(a: Any, b: Any) -> LinearOperator:
    """The operator of a^-1 @ b."""
    if isinstance(a, LinearOperatorIdentity):
        return b
    if isinstance(b, LinearOperatorIdentity):
        return a.inverse()
    if isinstance(a, LinearOperatorInversion):
        return product(a.operator, b)
    if isinstance(a, _DIAGONALS) and isinstance(b, _DIAGONALS):
        return _scaled(a, b, lambda x, y: y / x)
    if isinstance(a, LinearOperatorDiag) and isinstance(b, LinearOperatorLowerTriangular):
        return _triangular(a, b, b.to_dense() / ops.expand_dims(a.diag, -1))
    if isinstance(a, _Circulant) and type(a) is type(b):
        return a._with_spectrum(as_tensor(b.spectrum) / a.spectrum, _commuting_hints(a, b))
    if isinstance(a, LinearOperatorBlockDiag) and _same_blocks(a, b):
        return LinearOperatorBlockDiag([x.solve(y) for x, y in zip(a.operators, b.operators)])
    return LinearOperatorComposition([LinearOperatorInversion(a), b], **_hints(a, b))


def _scaled(a: Any, b: Any, combine: Any) -> LinearOperator:
    """Of two diagonals or scaled identities: one of the latter only if both are."""
    hints = _commuting_hints(a, b)
    if isinstance(a, LinearOperatorScaledIdentity) and isinstance(b, LinearOperatorScaledIdentity):
        return LinearOperatorScaledIdentity(a._rows, combine(as_tensor(a.multiplier), b.multiplier), **hints)
    return LinearOperatorDiag(combine(_entries(a), _entries(b)), **hints)


def _entries(a: Any) -> Tensor:
    return as_tensor(a.diag) if isinstance(a, LinearOperatorDiag) else ops.expand_dims(a.multiplier, -1)


def _triangular(a: Any, b: Any, matrix: Tensor) -> LinearOperator:
    known = _commuting_hints(a, b) | {"is_positive_definite": None}
    return LinearOperatorLowerTriangular(matrix, **known)


def _same_blocks(a: Any, b: Any) -> bool:
    """Whether b is block diagonal as a is. Raises ValueError if it has as many blocks, but of other sizes."""
    if not isinstance(b, LinearOperatorBlockDiag) or len(a.operators) != len(b.operators):
        return False
    for x, y in zip(a.operators, b.operators):
        wanted, found = x._shape()[-1], y._shape()[-2]
        if wanted != found:
            raise ValueError(f"Blocks are incompatible. Expected `x` to have dimension {wanted} but got {found}.")
    return True


# ---------------------------------------------------------------- hints


def _hints(a: Any, b: Any) -> dict[str, Any]:
    """What the hints of two operators say of their product."""
    if a._shape()[-2] != b._shape()[-1]:
        return dict.fromkeys(hints_of(a), False)
    return {"is_non_singular": _both(a.is_non_singular, b.is_non_singular, either=True), "is_square": True}


def _commuting_hints(a: Any, b: Any) -> dict[str, Any]:
    """The same for two operators whose order does not matter."""
    self_adjoint = _both(a.is_self_adjoint, b.is_self_adjoint, either=False)
    positive = True if self_adjoint and a.is_positive_definite and b.is_positive_definite else None
    return _hints(a, b) | {"is_self_adjoint": self_adjoint, "is_positive_definite": positive}


def _both(x: bool | None, y: bool | None, either: bool) -> bool | None:
    """True if both hold; False if one does not (and the other does, unless `either`); else not known."""
    if x and y:
        return True
    if either:
        return False if x is False or y is False else None
    return False if {x, y} == {True, False} else None
