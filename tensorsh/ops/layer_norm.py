"""Layer normalization of rows as one op, and what it passes back: blocks of rows that stay in the cache, on all cores.

The arithmetic is Keras's composition of moments, and its results are the same to the last digit. The gradient of the
gradient is the composition's own, which takes the mean in the variance for a constant.
"""

from __future__ import annotations

from typing import Any

from ..runtime.gradient_tape import GradientTape
from ..runtime.tensor import Tensor
from ..runtime.threads import for_each
from .registry import ops, primitive
from .rowwise import like_rows, row_blocks


def composed(x: Tensor, gamma: Tensor | None, beta: Tensor | None, axes: Any, epsilon: Any) -> Tensor:
    """gamma * (x - mean) / sqrt(variance + epsilon) + beta over any axes, in ops; gamma and beta broadcast to x."""
    mean, variance = ops.moments(x, axes, keepdims=True)
    return ops.batch_normalization(x, mean, variance, beta, gamma, epsilon)


@primitive(joint=lambda g, y, x, gamma, beta, epsilon: _passed_back(g, x, gamma, epsilon=epsilon))
def normalized(xp, x, gamma, beta, epsilon):
    """`composed` for the rows of x (rows, n), with gamma and beta (n,)."""

    def rows(x: Any, out: Any) -> Any:
        mean, apart, inverse = _standard(xp, x, epsilon)
        scale = xp.multiply(inverse, gamma, out=apart)
        y = xp.multiply(x, scale, out=out)
        scale *= mean
        return xp.add(y, xp.subtract(beta, scale, out=scale), out=out)

    return like_rows(rows, x)


def _standard(xp: Any, x: Any, epsilon: float) -> tuple[Any, Any, Any]:
    """Of each row the mean, the differences from it, and 1 / sqrt(variance + epsilon)."""
    mean = xp.sum(x, axis=-1, keepdims=True) / x.shape[-1]
    apart = x - mean
    variance = xp.sum(apart * apart, axis=-1, keepdims=True) / x.shape[-1]
    return mean, apart, xp.reciprocal(xp.sqrt(variance + epsilon))


def _second(v: Any, y: Any, g: Tensor, x: Tensor, gamma: Tensor, epsilon: float) -> Any:
    beta = ops.zeros_like(gamma)  # whatever it is, the slopes do not depend on it
    with GradientTape(watch_accessed_variables=False) as outer:
        outer.watch([g, x, gamma])
        with GradientTape(watch_accessed_variables=False) as inner:
            inner.watch([x, gamma, beta])
            z = composed(x, gamma, beta, [-1], epsilon)
        slopes = inner.gradient(z, [x, gamma, beta], output_gradients=g)
    return outer.gradient(slopes, [g, x, gamma], output_gradients=list(v))


@primitive(joint=_second)
def _passed_back(xp, g, x, gamma, epsilon):
    """The cotangent g of `normalized`, passed back to x, to gamma and to beta."""
    to_x, n = xp.empty(x.shape, x.dtype), x.shape[-1]
    blocks = row_blocks(x)
    sums = xp.empty((2, len(blocks), n), x.dtype)

    def work(number: int) -> None:
        upstream = g[blocks[number]]
        _, apart, inverse = _standard(xp, x[blocks[number]], epsilon)
        apart *= inverse
        weighted = upstream * apart
        sums[0, number] = xp.sum(weighted, axis=0)
        sums[1, number] = xp.sum(upstream, axis=0)
        weighted *= gamma
        apart *= xp.sum(weighted, axis=-1, keepdims=True) / n
        xp.multiply(upstream, gamma, out=weighted)
        weighted -= xp.sum(weighted, axis=-1, keepdims=True) / n
        weighted -= apart
        xp.multiply(weighted, inverse, out=to_x[blocks[number]])

    for_each(work, range(len(blocks)))
    to_gamma, to_beta = xp.sum(sums, axis=1)
    return to_x, to_gamma, to_beta
