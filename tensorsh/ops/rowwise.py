"""Kernels whose rows are independent, run on blocks of rows that fit the processor's cache, on all cores.

No op is registered here. A row is all that has one index on the first axis: of a matrix for a softmax, which would else
read and write all of it half a dozen times; an image of a batch for pooling.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..runtime.threads import for_each

#: Elements of a block, and from how many on it is worth while.
_BLOCK, _LARGE = 2**16, 2**17


def by_rows(kernel: Callable[..., Any], *arrays: Any, block: int = _BLOCK) -> Any:
    """`kernel(*arrays)`, an array with a row for each row of the arrays.

    block: the elements that are worked on at a time; more for a kernel that is quick beside what starts it.
    """
    x = arrays[0]
    if not _many(x):
        return kernel(*arrays)
    first = kernel(*(array[:1] for array in arrays))
    result = np.empty((len(x), *first.shape[1:]), first.dtype)
    result[:1] = first

    def place(result: Any, *parts: Any) -> None:
        result[...] = kernel(*parts)

    _over_rows(place, 1, _step(x, block), result, *arrays)
    return result


def by_elements(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel of arrays whose elements are independent, which gets them flat and as many as each other, by blocks."""

    @wraps(kernel)
    def blocked(xp: Any, *arrays: Any) -> Any:
        alike = xp.broadcast_arrays(*arrays)
        y = by_rows(lambda *flat: kernel(xp, *flat), *(array.reshape(-1) for array in alike))
        return y.reshape(alike[0].shape)

    return blocked


def like_rows(kernel: Callable[..., Any], x: Any, *others: Any) -> Any:
    """`kernel(x, *others, out=None)`, an array like x, each block of it written where it belongs."""
    if not _many(x):
        return kernel(x, *others, out=None)
    result = np.empty(x.shape, x.dtype)
    _over_rows(lambda out, *parts: kernel(*parts, out=out), 0, _step(x), result, x, *others)
    return result


def row_blocks(x: Any) -> list[slice]:
    """The blocks of rows of x: one of all where that is not worth while."""
    step = _step(x) if _many(x) else max(len(x), 1)
    return [slice(start, start + step) for start in range(0, len(x), step)]


def _many(x: Any) -> bool:
    return type(x) is np.ndarray and x.size >= _LARGE


def _step(x: Any, block: int = _BLOCK) -> int:
    return max(1, block * len(x) // x.size)


def _over_rows(kernel: Callable[..., None], first: int, step: int, *arrays: Any) -> None:
    """Call the kernel for each block of rows of the arrays, `step` of them, from the `first` row on."""
    starts = range(first, len(arrays[0]), step)
    for_each(lambda start: kernel(*(array[start : start + step] for array in arrays)), starts)
