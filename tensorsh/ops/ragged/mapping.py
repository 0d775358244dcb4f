"""map_fn with ragged tensors among what it goes over, or what it makes."""

from __future__ import annotations

from typing import Any

from ...runtime import nest
from ...runtime.composite_specs import RaggedTensorSpec
from ...runtime.ragged import as_values, count, is_ragged
from ...runtime.work import over
from ..registry import ops
from .gathering import rows_as_tensors
from .joining import stack_ragged


def ragged_map_fn(fn: Any, elems: Any, signature: Any) -> Any:
    """fn of each row; its results stacked, as ragged tensors where the signature, or what is gone over, is ragged."""
    flat = [as_values(x) for x in nest.flatten(elems)]
    columns = [rows_as_tensors(x) for x in flat]
    like = elems if signature is None else signature
    is_rows = [is_ragged(x) or isinstance(x, RaggedTensorSpec) for x in nest.flatten(like)]
    results = []
    for i in over(range(count(flat[0]))):
        value = fn(nest.pack_as(elems, [column[i] for column in columns]))
        nest.assert_same(like, value)
        results.append(nest.flatten(value))
    stacked = [
        stack_ragged(list(column)) if rows else ops.stack(list(column)) for column, rows in zip(zip(*results), is_rows)
    ]
    return nest.pack_as(like, stacked)
