"""Draws from a normal distribution between two bounds, by rejection (Robert, 1995)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime import philox
from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import FLOATS
from ..runtime.errors import InvalidArgumentError, bracketed, explain, invalid
from ..runtime.philox import Stream
from ..runtime.tensor import Tensor, as_tensor
from .random_rules import shape_tensor, sizes_of, stateless_seed
from .registry import op, ops, primitive
from .rules import check_dtype, mismatch

_KERNEL = "StatelessParameterizedTruncatedNormal"
_WIDE = 1.3  # bounds beyond so many standard deviations are left to plain normal draws
_AT_ONCE = 1024  # blocks drawn together

#: Candidates, in order, and whether each is taken; from some blocks of a stream.
_Method = Callable[[Stream, int], tuple[Any, Any]]


@op("random.stateless_parameterized_truncated_normal")
def stateless_parameterized_truncated_normal(
    shape: Any,
    seed: Any,
    means: Any = 0.0,
    stddevs: Any = 1.0,
    minvals: Any = -2.0,
    maxvals: Any = 2.0,
    name: str | None = None,
) -> Tensor:
    """Normal draws between minvals and maxvals, a function of `seed`, two integers.

    shape: that of the result; it ends with the shape of the parameters, broadcast. Raises InvalidArgumentError where a
    deviation is not positive, or minvals are not below maxvals.

    means: of a shape that broadcasts with the others. stddevs: positive. minvals: the lower bounds. maxvals: the
    upper bounds.

    >>> stateless_parameterized_truncated_normal([3], [1, 2])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.5441101 , 0.20738031, 0.07356432], dtype=float32)>
    """
    sizes = sizes_of(_KERNEL, shape_tensor(shape))
    stream = stateless_seed(_KERNEL, seed)
    parts = [as_tensor(value) for value in (means, stddevs, minvals, maxvals)]
    dtype = parts[0].dtype
    check_dtype(_KERNEL, parts[0], FLOATS[1:], FLOATS[1:], "means", "dtype")
    for i, part in enumerate(parts):
        if part.dtype is not dtype:
            raise mismatch(_KERNEL, i + 2, parts[0], part)
    try:
        arrays = np.broadcast_arrays(*(to_host(part._array) for part in parts))
    except ValueError:
        shapes = " vs. ".join(bracketed(part._array.shape) for part in parts)
        message = f"means, stddevs, minvals, maxvals must have compatible batch dimensions: {shapes}"
        raise invalid(_KERNEL, message, "the parameters' shapes do not broadcast", name=None) from None
    ends = arrays[0].shape
    if len(ends) > len(sizes) or sizes[len(sizes) - len(ends) :] != ends:
        raise explain(
            InvalidArgumentError(f"Shape passed in must end with broadcasted shape. [Op:{_KERNEL}] name: "),
            f"{_KERNEL}: shape {sizes} does not end with the parameters' shape, {ends}",
        )
    batches = int(np.prod(ends))
    samples = int(np.prod(sizes)) // batches if batches else 0
    result = np.empty((samples, batches), dtype._numpy)
    for batch, values in enumerate(zip(*(array.reshape(-1) for array in arrays))):
        if not (values[1] > 0 and values[2] < values[3] and (np.isfinite(values[2]) or np.isfinite(values[3]))):
            raise invalid(_KERNEL, "Invalid parameters", name=None)
        if samples:
            result[:, batch], stream = _draw(stream, samples, *values)
    return _drawn(*parts, draws=from_host(result.reshape(sizes)))


def _by_bound(g: Tensor, y: Tensor, mean: Tensor, deviation: Tensor, low: Tensor, high: Tensor, upper: bool) -> Tensor:
    """How the draws move with a bound, by implicit differentiation (Figurnov et al., 2018)."""
    draw, first, last = ((value - mean) / deviation for value in (y, low, high))
    below_first = _below(first)
    part = (_below(draw) - below_first) / (_below(last) - below_first)
    limits = np.finfo(y.dtype._numpy)
    part = ops.clip_by_value(part, float(limits.tiny), 1.0 - float(limits.eps))
    bound, logarithm = (last, ops.log(part)) if upper else (first, ops.log1p(-part))
    return g * ops.exp(0.5 * (ops.square(draw) - ops.square(bound)) + logarithm)


def _below(x: Tensor) -> Tensor:
    """The probability that a standard normal draw is below x."""
    return 0.5 * ops.erfc(x * -(0.5**0.5))


@primitive(
    lambda g, y, mean, deviation, low, high, draws: g,
    lambda g, y, mean, deviation, low, high, draws: g * (y - mean) / deviation,
    lambda g, y, mean, deviation, low, high, draws: _by_bound(g, y, mean, deviation, low, high, upper=False),
    lambda g, y, mean, deviation, low, high, draws: _by_bound(g, y, mean, deviation, low, high, upper=True),
)
def _drawn(xp, mean, deviation, low, high, draws):
    """The draws, as a function of what they were drawn with."""
    return draws


def _draw(stream: Stream, count: int, mean: Any, deviation: Any, low: Any, high: Any) -> tuple[Any, Stream]:
    """`count` draws, and the stream behind them."""
    if np.isneginf(low) or high < mean:  # mirrored, so that the bound that is near is the lower one
        low, high, deviation = high, low, -deviation
    kind = type(mean)
    first, last = (low - mean) / deviation, (high - mean) / deviation
    method, blocks = _method(kind, first, last)
    found: list[Any] = []
    while (missing := count - sum(map(len, found))) > 0:
        groups = min(missing, _AT_ONCE)
        values, taken = method(stream, groups)
        places = np.flatnonzero(taken)[:missing]
        found.append(values[places])
        enough = len(places) == missing
        per_group = len(values) // groups
        stream = stream.skip(blocks * (int(places[-1]) // per_group + 1 if enough else groups))
    return np.concatenate(found) * deviation + mean, stream


def _method(kind: Any, first: Any, last: Any) -> tuple[_Method, int]:
    """How to draw between two normalized bounds, and how many blocks of the stream each step takes."""
    dtype = np.dtype(kind).name
    size = philox.group_size(dtype)
    root = np.sqrt(first * first + kind(4))
    if first < -_WIDE and last >= 0 or last > _WIDE and first <= 0:

        def plain(stream: Stream, groups: int) -> tuple[Any, Any]:
            values = philox.normal(np, stream, groups * size, dtype)
            return values, (values >= first) & (values <= last)

        return plain, 1
    with np.errstate(over="ignore"):
        cutoff = kind(2) * np.exp(kind(0.5) + first * (first - root) / kind(4)) / (first + root)
    if last - first < cutoff:

        def even(stream: Stream, groups: int) -> tuple[Any, Any]:
            drawn = philox.uniform(np, stream, groups * 2 * size, dtype).reshape(groups, 2, size)
            values = drawn[:, 0].reshape(-1) * (last - first) + first
            above = kind(0) if first < 0 else first * first
            return values, drawn[:, 1].reshape(-1) <= np.exp((above - values * values) / kind(2))

        return even, 2
    rate = (first + root) / kind(2)

    def exponential(stream: Stream, groups: int) -> tuple[Any, Any]:
        drawn = philox.uniform(np, stream, groups * size, dtype).reshape(-1, 2)
        with np.errstate(divide="ignore"):
            values = -np.log(drawn[:, 0]) / rate + first
        off = rate - values if first < rate else first - rate
        return values, (drawn[:, 1] <= np.exp(-off * off / kind(2))) & (values < last)

    return exponential, 1
