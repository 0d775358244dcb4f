"""Sobol's sequence, and the permutation of indices that a seed makes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime import distributions
from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import DType, as_dtype, float32, float64, int32, int64, uint32, uint64
from ..runtime.errors import InvalidArgumentError, UnimplementedError, bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor, wrap
from .registry import op
from .rules import check_dtype

# For each dimension from the second on: the degree and the inner coefficients of a primitive polynomial, and the first
# direction numbers, by S. Joe and F. Y. Kuo, "Remark on algorithm 659", ACM TOMS 29 (2003).
_DIRECTIONS = """
    1 0 1
    2 1 1 3
    3 1 1 3 1
    3 2 1 1 1
    4 1 1 1 3 3
    4 4 1 3 5 13
    5 2 1 1 5 5 17
    5 4 1 1 5 5 5
    5 7 1 1 7 11 19
    5 11 1 1 5 1 1
    5 13 1 1 1 3 11
    5 14 1 3 5 5 31
    6 1 1 3 3 9 7 49
    6 13 1 1 1 15 21 21
    6 16 1 3 1 13 27 49
    6 19 1 1 1 15 7 5
    6 22 1 3 1 15 13 25
    6 25 1 1 5 5 19 61
    7 1 1 3 7 11 23 15 103
    7 4 1 3 7 13 13 15 69
    7 7 1 1 3 13 7 35 63
    7 8 1 3 5 9 1 25 53
    7 14 1 3 1 13 9 35 107
    7 19 1 3 1 5 27 61 31
    7 21 1 1 5 11 19 41 61
    7 28 1 3 5 3 3 13 69
    7 31 1 1 7 13 1 19 1
    7 32 1 3 7 5 13 19 59
    7 37 1 1 3 9 25 29 41
    7 41 1 3 5 13 23 1 55
    7 42 1 3 7 3 13 59 17
    7 50 1 3 1 3 5 53 69
    7 55 1 1 5 5 23 33 13
    7 56 1 1 7 7 1 61 123
    7 59 1 1 7 9 13 61 49
    7 62 1 3 3 5 3 55 33
    8 14 1 3 1 15 31 13 49 245
    8 21 1 3 5 15 31 59 63 97
    8 22 1 3 1 11 11 11 77 249
"""
_BITS = 32


@op("math.sobol_sample")
def sobol_sample(dim: Any, num_results: Any, skip: Any = 0, dtype: Any = float32, name: str | None = None) -> Tensor:
    """Points of Sobol's sequence, which fill the unit cube evenly: (num_results, dim), after the first `skip`.

    By the direction numbers of Joe and Kuo (2003).

    dim: at most 40. In the order of Gray codes, without the origin. Raises InvalidArgumentError for a dim below 1.
    num_results: an int: how many points. skip: an int: how many points of the sequence are passed over.

    >>> sobol_sample(2, 3)
    <tf.Tensor: shape=(3, 2), dtype=float32, numpy=
    array([[0.5 , 0.5 ],
           [0.75, 0.25],
           [0.25, 0.75]], dtype=float32)>
    """
    kernel, kind = "SobolSample", as_dtype(dtype)
    size, count, first = (int(as_tensor(value, int32).numpy()) for value in (dim, num_results, skip))
    if kind not in (float32, float64):
        raise explain(
            InvalidArgumentError(
                f"Value for attr 'dtype' of {kind.kernel_name} is not in the list of allowed values: float, double"
            )
        )
    for wrong, message in (
        (size < 1, "dim must be at least one"),
        (count < 1, "num_results must be at least one"),
        (first < 0, "skip must be non-negative"),
    ):
        if wrong:
            raise invalid(kernel, message, name=None)
    directions = _direction_numbers(size)
    codes = np.arange(first + 1, first + count + 1, dtype=np.uint64)
    codes ^= codes >> np.uint64(1)
    points = np.zeros((count, size), np.uint64)
    for bit in range(_BITS):
        chosen = (codes >> np.uint64(bit) & np.uint64(1)).astype(bool)
        points[chosen] ^= directions[bit]
    return wrap(from_host((points * 2.0**-_BITS).astype(kind._numpy)))


def _direction_numbers(size: int) -> np.ndarray:
    """(bits, size): what a bit of the Gray code turns over in each dimension, by the polynomials' recurrence."""
    rows = [[int(word) for word in line.split()] for line in _DIRECTIONS.split("\n") if line.strip()]
    if size > len(rows) + 1:
        raise explain(
            UnimplementedError(f"sobol_sample: {size} dimensions are asked for, and {len(rows) + 1} are known")
        )
    table = np.zeros((_BITS, size), np.uint64)
    table[:, 0] = [1 << _BITS - 1 - k for k in range(_BITS)]
    for column, (degree, inner, *numbers) in enumerate(rows[: size - 1], 1):
        for k in range(degree, _BITS):
            value = numbers[k - degree] ^ numbers[k - degree] << degree
            for i in range(1, degree):
                if inner >> degree - 1 - i & 1:
                    value ^= numbers[k - i] << i
            numbers.append(value)
        table[:, column] = [m << _BITS - 1 - k for k, m in enumerate(numbers)]
    return table


_INDICES = (int32, uint32, int64, uint64)


@op("random_index_shuffle")
def random_index_shuffle(index: Any, seed: Any, max_index: Any, rounds: int = 4, name: str | None = None) -> Tensor:
    """Where each index lies in the permutation of [0, max_index] that a seed of three numbers makes.

    index: one or a vector; seed: (3,), or (n, 3) with one for each; max_index: one, or one for each. rounds: of the
    block cipher Simon (Beaulieu et al., 2013), an even number from 4 on.

    >>> [int(random_index_shuffle(i, [5, 7, 9], 4)) for i in [0, 1, 2, 3, 4]]
    [4, 1, 0, 2, 3]
    """
    kernel = "RandomIndexShuffle"
    places = _integers(kernel, "index", index, "dtype")
    seeds = _integers(kernel, "seed", seed, "Tseed")
    largest = _integers(kernel, "max_index", max_index, "dtype", places.dtype)
    if places._array.ndim > 1:
        raise invalid(kernel, "Index bust be a scalar or vector.", operands=[("index", places)], name=None)
    if rounds < 4 or rounds % 2:
        raise explain(UnimplementedError(f"{kernel}: rounds is {rounds}, and must be an even number from 4 on"))
    found = to_host(places._array).reshape(-1)
    keys, limits = to_host(seeds._array), to_host(largest._array)
    count = max(found.size if places._array.ndim else 1, keys.shape[0] if keys.ndim > 1 else 1, limits.size)
    if keys.shape not in ((3,), (count, 3)):
        raise invalid(
            kernel,
            f"Seed must be a vector of size [3] or a matrix of size [{count}, 3] but got {bracketed(keys.shape)}.",
            operands=[("seed", seeds)],
            name=None,
        )
    found, limits = np.broadcast_to(found, count), np.broadcast_to(limits.reshape(-1), count)
    keys = np.broadcast_to(keys, (count, 3)).astype(np.int64) & 0xFFFFFFFF
    result = np.empty(count, found.dtype)
    for i in range(count):
        if found[i] > limits[i]:
            raise invalid(kernel, f"max_index must be >= index, but {limits[i]} < {found[i]}", name=None)
        one = np.array([found[i]], np.uint64)
        key = tuple(keys[i].tolist())
        result[i] = distributions.index_shuffle(np, one, key, int(limits[i]), rounds)[0]
    one_only = places._array.ndim == 0 and seeds._array.ndim == 1 and largest._array.ndim == 0
    return wrap(from_host(result.reshape(()) if one_only else result))


def _integers(kernel: str, arg: str, value: Any, attr: str, dtype: DType | None = None) -> Tensor:
    t = as_tensor(value, None if isinstance(value, Tensor) else dtype)
    check_dtype(kernel, t, _INDICES, _INDICES, arg, attr)
    return t
