"""Pooling that makes images smaller by a factor that is no whole number (Graham, 2014)."""

from __future__ import annotations

from math import ceil
from typing import Any, NamedTuple

from ..runtime import random
from ..runtime.dtypes import float32, float64, int32, int64
from ..runtime.errors import explain, invalid
from ..runtime.philox import Stream
from ..runtime.single_draws import Draws
from ..runtime.tensor import Tensor, as_tensor
from .creation import host_constant
from .registry import op, ops
from .rules import check_dtype

_TAKEN = (float32, float64, int32, int64)


class FractionalMaxPool(NamedTuple):
    output: Tensor
    row_pooling_sequence: Tensor
    col_pooling_sequence: Tensor


class FractionalAvgPool(NamedTuple):
    output: Tensor
    row_pooling_sequence: Tensor
    col_pooling_sequence: Tensor


@op("nn.fractional_max_pool", samples=lambda s: [s.call(s.distinct(1, 4, 4, 1), 2.0, seed=1)])
def fractional_max_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> FractionalMaxPool:
    """The largest entries of regions whose sides are drawn: (output, where rows begin, where columns begin).

    value: (batch, height, width, channels). pooling_ratio: by what to divide the sides: one number, one for each, or
    [1, rows, columns, 1]. pseudo_random: sides that alternate evenly. overlapping: regions share their borders.

    >>> fractional_max_pool(reshape(arange(16.), 1, 4, 4, 1), 2.).output[0, :, :, 0]
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[ 5.,  7.],
           [13., 15.]], dtype=float32)>
    """
    ratios = _ratios(pooling_ratio)
    return _pooled("FractionalMaxPool", FractionalMaxPool, value, ratios, pseudo_random, overlapping, seed)


@op("nn.fractional_avg_pool", samples=lambda s: [s.call(s(1, 4, 4, 1), [1.0, 2.0, 2.0, 1.0], seed=1)])
def fractional_avg_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> FractionalAvgPool:
    """The means of regions whose sides are drawn, as `fractional_max_pool`; pooling_ratio: [1, rows, columns, 1].

    pseudo_random: whether the sides alternate evenly. overlapping: whether regions share their borders.
    value: (batch, height, width, channels). seed: an int; 0: another draw at each call.
    Raises TypeError for a pooling_ratio that is no list, InvalidArgumentError for a ratio below 1.

    >>> fractional_avg_pool(reshape(arange(16.), 1, 4, 4, 1), [1., 2., 2., 1.]).output[0, :, :, 0]
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[ 2.5,  4.5],
           [10.5, 12.5]], dtype=float32)>
    """
    if not isinstance(pooling_ratio, (list, tuple)):
        raise TypeError(
            f"Expected list for 'pooling_ratio' argument to 'fractional_avg_pool' Op, not {pooling_ratio!r}."
        )
    ratios = list(pooling_ratio)
    return _pooled("FractionalAvgPool", FractionalAvgPool, value, ratios, pseudo_random, overlapping, seed)


def _ratios(given: Any) -> list[float]:
    if not isinstance(given, (list, tuple)):
        ratios = [1.0, float(given), float(given), 1.0]
    elif len(given) in (1, 2):
        ratios = [1.0, given[0], given[-1], 1.0]
    elif len(given) == 4:
        ratios = list(given)
    else:
        raise ValueError(f"`pooling_ratio` should be of length 1, 2 or 4. Received: pooling_ratio={given}")
    if ratios[0] != 1 or ratios[3] != 1:
        raise ValueError(
            f"`pooling_ratio` should have first and last elements with value 1.0. Received: pooling_ratio={given}"
        )
    return ratios


def _pooled(
    kernel: str, result: Any, value: Any, ratios: list[float], pseudo: bool, overlapping: bool, seed: int
) -> Any:
    x = as_tensor(value)
    check_dtype(kernel, x, _TAKEN, _TAKEN, "value")
    if x._array.ndim != 4:
        raise invalid(kernel, "tensor_in must be 4-dimensional", operands=[("value", x)], name=None)
    for ratio in ratios:
        if ratio < 1:
            raise invalid(kernel, f"pooling_ratio cannot be smaller than 1, got: {ratio:g}", name=None)
    if ratios[0] != 1 or ratios[3] != 1:
        raise invalid(kernel, "Fractional pooling is not yet supported on the batch nor channel dimension.", name=None)
    # Unlike other ops', each call's numbers are the first of their stream.
    seeds = random.state.op_seeds(seed) if seed else None
    stream = Stream.from_seeds(*(seeds or random.nondeterministic_integers(2)))
    sequences = []
    for n, ratio in zip(x._array.shape[1:3], ratios[1:3]):
        small = int(n / ratio)
        if small <= 0:
            raise explain(invalid(kernel, "Invalid pooling ratio", name=None), f"{kernel}: nothing is left of {n}")
        sequences.append(_sequence(n, small, Draws(stream), pseudo))
        stream = stream.skip(1 if pseudo else (small + 3) // 4)
    y = x
    for axis, ends in zip((1, 2), sequences):
        y = ops.stack([_region(y, axis, a, b + overlapping, result) for a, b in zip(ends, ends[1:])], axis)
    return result(y, *(host_constant(ends, int64) for ends in sequences))


def _region(x: Tensor, axis: int, start: int, stop: int, result: Any) -> Tensor:
    part = x[:, start:stop] if axis == 1 else x[:, :, start:stop]
    return ops.reduce_max(part, axis) if result is FractionalMaxPool else ops.reduce_mean(part, axis)


def _sequence(n: int, count: int, draws: Draws, pseudo: bool) -> list[int]:
    """Where `count` regions of n entries begin, and where the last ends."""
    step = n // count
    if pseudo:
        alpha = n / count
        most = min((step + 2) / alpha - 1, (n + 1 - step) / alpha - (count - 1))
        u = draws.double() * most
        return [0, *(ceil(alpha * (i + u)) - 1 for i in range(1, count)), n]
    sides = [step + (i < n % count) for i in range(count)]
    for i in range(count - 1):
        other = i + draws.word() % (count - i)
        sides[i], sides[other] = sides[other], sides[i]
    ends = [0]
    for side in sides:
        ends.append(ends[-1] + side)
    return ends
