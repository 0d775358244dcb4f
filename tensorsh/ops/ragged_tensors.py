"""Ragged tensors from nested lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.convert import infer
from ..runtime.dtypes import as_dtype, from_numpy
from ..runtime.errors import explain
from ..runtime.ragged import RaggedTensor, ragged
from .registry import export, op

export("tf.RaggedTensor", RaggedTensor, None, "ragged_tensors")


@op("ragged.constant", short=False)
def ragged_constant(
    pylist: Any,
    dtype: Any = None,
    ragged_rank: int | None = None,
    inner_shape: Any = None,
    name: str | None = None,
    row_splits_dtype: Any = "int64",
) -> RaggedTensor:
    """A RaggedTensor of a list of rows, which may differ in length. Only one axis is ragged here.

    pylist: a list of lists of values. ragged_rank: 1 or None. inner_shape, row_splits_dtype: taken as TensorFlow takes
    them; they change nothing here. Raises ValueError for lists that are nested deeper.

    >>> tf.ragged.constant([[1, 2], [3]])
    <tf.RaggedTensor [[1, 2], [3]]>
    """
    rows = [list(row) if isinstance(row, (list, tuple, np.ndarray)) else None for row in pylist]
    flat = [value for row in rows if row is not None for value in row]
    if None in rows or any(isinstance(value, (list, tuple)) for value in flat) or ragged_rank not in (None, 1):
        raise explain(
            ValueError("ragged.constant: a list of rows of values is wanted"),
            hint="tensorsh knows ragged tensors of one ragged axis, as tf.strings gives them",
        )
    kind = as_dtype(dtype) if dtype is not None else from_numpy(infer(flat).dtype)
    return ragged(rows, kind)  # type: ignore[arg-type]
