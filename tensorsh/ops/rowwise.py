"""Kernels whose rows are independent, run on blocks of rows that fit the processor's cache, on all cores.

No op is registered here. A row is all that has one index on the first axis: of a matrix for a softmax, which would else
read and write all of it half a dozen times; an image of a batch for pooling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..runtime.threads import share

#: Elements of a block, and from how many on it is worth while.
_BLOCK, _LARGE = 2**15, 2**17


def by_rows(kernel: Callable[..., Any], *arrays: Any) -> Any:
    """`kernel(*arrays)`, an array with a row for each row of the arrays."""
    x = arrays[0]
    if type(x) is not np.ndarray or x.size < _LARGE:
        return kernel(*arrays)
    rows = len(x)
    step = max(1, _BLOCK * rows // x.size)
    first = kernel(*(array[:step] for array in arrays))
    result = np.empty((rows, *first.shape[1:]), first.dtype)
    result[:step] = first

    def work(starts: Iterator[int]) -> None:
        for start in starts:
            block = slice(start, start + step)
            result[block] = kernel(*(array[block] for array in arrays))

    share(work, range(step, rows, step), (rows - 1) // step)
    return result
