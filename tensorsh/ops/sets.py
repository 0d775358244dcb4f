"""Sets in the rows of the last axis, and how many edits part two sequences.

The operands are dense tensors or SparseTensors, the results SparseTensors whose rows are sorted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import int8, int16, int32, int64, string, uint8, uint16
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.sparse import SparseTensor
from ..runtime.tensor import Tensor, as_tensor, wrap
from .creation import host_constant
from .registry import op
from .rules import check_dtype
from .sparse import places_of

_MEMBERS = (int8, int16, int32, int64, uint8, uint16, string)


@op("sets.size", short=False, prefix="sets_")
def size(a: Any, validate_indices: bool = True) -> Tensor:
    """How many different entries each row of a SparseTensor has.

    a: a SparseTensor of rank 2 or more.
    Raises TypeError for a dense tensor.

    >>> tf.sets.size(tf.sparse.from_dense([[1, 2, 2], [3, 0, 0]]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 1], dtype=int32)>
    """
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {as_tensor(a)!s}.")
    rows = _rows("SetSize", a)
    counts = [len(members) for members in rows.members]
    return host_constant(np.array(counts, np.int32).reshape(rows.shape), int32)


@op("sets.intersection", short=False)
def intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The entries that are in both rows.

    a, b: tensors or SparseTensors of rank 2 or more.

    >>> tf.sets.intersection([[1, 2, 3]], [[2, 3, 4]]).values
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    return _combined(a, b, lambda x, y: x & y)


@op("sets.union", short=False)
def union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """The entries that are in one of the rows, or in both.

    a, b: tensors or SparseTensors of rank 2 or more.

    >>> tf.sets.union([[1, 2, 3]], [[2, 3, 4]]).values
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 3, 4], dtype=int32)>
    """
    return _combined(a, b, lambda x, y: x | y)


@op("sets.difference", short=False)
def difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """The entries of a's rows that are not in b's; the other way round with aminusb=False.

    aminusb: whether what only a has is wanted, not what only b has.
    a, b: tensors or SparseTensors of rank 2 or more.

    >>> tf.sets.difference([[1, 2, 3]], [[2, 3, 4]]).values
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([1], dtype=int32)>
    """
    return _combined(a, b, lambda x, y: x - y if aminusb else y - x)


class _Rows:
    """The rows of an operand as sets, and the shape of its other axes."""

    def __init__(self, members: list[set[Any]], shape: list[int], values: Tensor) -> None:
        self.members, self.shape, self.values = members, shape, values


def _rows(kernel: str, x: Any) -> _Rows:
    if isinstance(x, SparseTensor):
        values, (places, shape) = x.values, places_of(x)
    else:
        values = as_tensor(x)
        shape = list(values._array.shape)
    if kernel != "SetSize" and values.dtype not in _MEMBERS:
        supported = "tf.int32, tf.uint8, tf.int16, tf.int8, tf.string, tf.int64, tf.uint16"
        message = f"'a' has invalid dtype `{values.dtype}` not in supported dtypes: `frozenset({{{supported}}})`."
        raise explain(TypeError(message), operands=[("a", values)])
    check_dtype(kernel, values, _MEMBERS, _MEMBERS, "set", "T")
    if len(shape) < 2:
        raise invalid(kernel, f"Shape {bracketed(shape)} has rank {len(shape)} < 2", name=None)
    host, count = to_host(values._array), int(np.prod(shape[:-1]))
    if not isinstance(x, SparseTensor):
        return _Rows([set(row) for row in host.reshape(count, shape[-1]).tolist()], shape[:-1], values)
    members: list[set[Any]] = [set() for _ in range(count)]
    steps = np.cumprod([1, *shape[1:-1][::-1]])[::-1]
    for row, value in zip((places[:, :-1] @ steps).tolist(), host.tolist()):
        members[row].add(value)
    return _Rows(members, shape[:-1], values)


def _combined(a: Any, b: Any, combine: Callable[[set[Any], set[Any]], set[Any]]) -> SparseTensor:
    kinds = ["Sparse" if isinstance(x, SparseTensor) else "Dense" for x in (a, b)]
    kernel = f"{kinds[0]}To{kinds[1]}SetOperation"
    first, second = _rows(kernel, a), _rows(kernel, b)
    if first.shape != second.shape:
        message = f"Mismatched shapes {bracketed(first.shape)} vs {bracketed(second.shape)}"
        raise invalid(kernel, message, operands=[("a", first.values), ("b", second.values)], name=None)
    if first.values.dtype is not second.values.dtype:
        raise TypeError(f"Types of a and b must match: {first.values.dtype!r} != {second.values.dtype!r}.")
    results = [sorted(combine(x, y)) for x, y in zip(first.members, second.members)]
    longest = max(map(len, results), default=0)
    places = [
        [*np.unravel_index(row, first.shape), column]
        for row, members in enumerate(results)
        for column in range(len(members))
    ]
    values = np.array([m for members in results for m in members], first.values.dtype._numpy)
    return SparseTensor(
        host_constant(np.array(places, np.int64).reshape(-1, len(first.shape) + 1), int64),
        wrap(from_host(values)),
        host_constant([*first.shape, longest], int64),
    )


@op("edit_distance")
def edit_distance(hypothesis: Any, truth: Any, normalize: bool = True, name: str | None = "edit_distance") -> Tensor:
    """How many entries are to be put in, taken out or replaced to make a row of truth of one of the hypothesis.

    Both are SparseTensors whose last axis holds the sequences. normalize: divide by the length of truth's row.
    By Levenshtein's recurrence.
    hypothesis: a SparseTensor. truth: a SparseTensor of the same dtype.

    >>> a, b = tf.sparse.from_dense([[1, 2, 3]]), tf.sparse.from_dense([[1, 3]])
    >>> edit_distance(a, b, normalize=False)
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    ours, theirs = _sequences("hypothesis", hypothesis), _sequences("truth", truth)
    shapes = [places_of(x)[1][:-1] for x in (hypothesis, truth)]
    shape = [max(a, b) for a, b in zip(*shapes)]
    distances = np.zeros(shape, np.float32)
    for place in np.ndindex(*shape):
        a, b = ours.get(place, []), theirs.get(place, [])
        distance = float(_distance(a, b))
        if normalize:
            distance = distance / len(b) if b else (np.inf if a else 0.0)
        distances[place] = distance
    return wrap(from_host(distances))


def _sequences(arg: str, sparse: Any) -> dict[tuple[int, ...], list[Any]]:
    if not isinstance(sparse, SparseTensor):
        raise TypeError(f"{arg.capitalize()} must be a SparseTensor.")
    found: dict[tuple[int, ...], list[Any]] = {}
    for place, entry in zip(places_of(sparse)[0].tolist(), to_host(sparse.values._array).tolist()):
        found.setdefault(tuple(place[:-1]), []).append(entry)
    return found


def _distance(a: list[Any], b: list[Any]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
    return row[-1]
