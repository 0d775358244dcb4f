"""`keras.ops`: sums, products and extremes of the rows that bear the same number."""

from __future__ import annotations

from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .dtypes import keras_op


def _segment(kind: str, data: Any, segment_ids: Any, count: Any, is_sorted: bool) -> Tensor:
    if is_sorted:
        if count is not None:
            raise ValueError(
                "Argument `num_segments` cannot be set when sorted is True when using the tensorflow backend."
                f"Received: num_segments={count}, sorted={is_sorted}."
            )
        return getattr(ops, f"segment_{kind}")(data, segment_ids)
    if count is None:
        ids = as_tensor(segment_ids)
        # Keras counts the numbers that occur when it adds, and takes the greatest number otherwise.
        count = ops.size(ops.unique(ids)[0]) if kind == "sum" else ops.cast(ops.reduce_max(ids) + 1, "int32")
    return getattr(ops, f"unsorted_segment_{kind}")(data, segment_ids, count)


@keras_op(".segment_sum", lambda s: [s.call(s(3), [0, 0, 1], 2)])
def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The sums of the rows that bear the same number.

    num_segments: an int: how many rows the result has; None: as many as there are different numbers. sorted: whether
    the numbers ascend. Raises ValueError for `num_segments` with `sorted`.

    >>> tf.keras.ops.segment_sum(tf.constant([1, 2, 3]), tf.constant([0, 0, 1]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 3], dtype=int32)>
    """
    return _segment("sum", data, segment_ids, num_segments, sorted)


@keras_op(".segment_max", lambda s: [s.call(s.distinct(3), [0, 0, 1], 2)])
def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The greatest of the rows that bear the same number.

    num_segments: an int: how many rows the result has; None: up to the greatest number. sorted: whether the numbers
    ascend. Raises ValueError for `num_segments` with `sorted`.

    >>> tf.keras.ops.segment_max(tf.constant([1, 2, 3]), tf.constant([0, 0, 1]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    return _segment("max", data, segment_ids, num_segments, sorted)


@keras_op(".segment_min", lambda s: [s.call(s.distinct(3), [0, 0, 1], 2)])
def segment_min(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The smallest of the rows that bear the same number.

    num_segments: an int: how many rows the result has; None: up to the greatest number. sorted: whether the numbers
    ascend. Raises ValueError for `num_segments` with `sorted`.

    >>> tf.keras.ops.segment_min(tf.constant([1, 2, 3]), tf.constant([0, 0, 1]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>
    """
    return _segment("min", data, segment_ids, num_segments, sorted)


@keras_op(".segment_prod", lambda s: [s.call(s(3, within=(0.5, 1.5)), [0, 0, 1], 2)])
def segment_prod(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Tensor:
    """The products of the rows that bear the same number.

    num_segments: an int: how many rows the result has; None: up to the greatest number. sorted: whether the numbers
    ascend. Raises ValueError for `num_segments` with `sorted`.

    >>> tf.keras.ops.segment_prod(tf.constant([1, 2, 3]), tf.constant([0, 0, 1]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    return _segment("prod", data, segment_ids, num_segments, sorted)
