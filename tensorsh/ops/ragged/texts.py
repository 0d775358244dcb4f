"""What is done to each row by itself: n-grams, counts."""

from __future__ import annotations

from typing import Any

from ...runtime.ragged import count, is_ragged, ragged, rows_of
from ..registry import ops


def ragged_ngrams(data: Any, *args: Any, **kwargs: Any) -> Any:
    """The n-grams of each row."""
    if is_ragged(data._values):
        return rows_of(ragged_ngrams(data._values, *args, **kwargs), data._partition)
    found = [ops.ngrams(row, *args, **kwargs).numpy().tolist() for row in data]
    return ragged(found, "string")


def ragged_bincount(arr: Any, *args: Any, **kwargs: Any) -> Any:
    """How often each number is among the values; axis=-1: in each row."""
    if kwargs.get("axis") != -1:
        return ops.bincount(arr.flat_values, *args, **kwargs)
    kwargs.pop("axis")
    rows = list(arr)
    least = int(ops.reduce_max(arr.flat_values)) + 1 if count(arr.flat_values) else 0
    least = max(least, int(kwargs.get("minlength") or 0))
    if kwargs.get("maxlength") is not None:
        least = min(least, int(kwargs["maxlength"]))
    return ops.stack([ops.bincount(row, *args, **kwargs | {"minlength": least}) for row in rows])
