"""Rows picked and combined at indices: what gathering, scattering, sorting and segment ops share.

No op is registered here: there is the pair of primitives `take` and `untake`, and helpers on raw arrays.
Indices are checked by the callers, with `outside`, since a GPU would wrap them silently. Where an index
repeats, rows are combined in the order of their positions, so that results are the same from run to run on
every array module.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..runtime.backend import module_of, to_host
from ..runtime.threads import for_each
from .registry import primitive


@primitive(lambda g, y, x, at, axis: untake(g, at, axis=axis, size=x._array.shape[axis]), None)
def take(xp, x, at, axis):
    """x along `axis` at the integer array `at`, whose axes take the place of `axis`."""
    return module_of(x).take(x, beside(x, at), axis=axis)


@primitive(lambda g, y, rows, at, axis, size: take(g, at, axis=axis), None)
def untake(xp, rows, at, axis, size):
    """The transpose of `take`: zeros, `size` long on `axis`, with `rows` added at `at`."""
    before, after = rows.shape[:axis], rows.shape[axis + at.ndim :]
    flat = xp.moveaxis(rows.reshape(prod(before), at.size, prod(after)), 1, 0)
    total = add_rows(xp, size, at.reshape(-1), flat)
    return xp.moveaxis(total, 0, 1).reshape(*before, size, *after)


def beside(x: Any, at: Any) -> Any:
    """Indices where the array x is: text stays on the host, whatever device picks from it."""
    return to_host(at) if x.dtype.kind == "O" else at


def outside(at: Any, size: int) -> tuple[tuple[int, ...], int] | None:
    """(position, value) of the first index that is not in [0, size), or None if all are."""
    if not at.size:
        return None
    # Seen as unsigned, a negative index is a huge one: one look at the maximum is enough.
    if bool(at.view(_UNSIGNED[at.dtype.itemsize]).max() < size):
        return None
    host = to_host(at)
    position = tuple(np.argwhere((host < 0) | (host >= size))[0].tolist())
    return position, int(host[position])


_UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def combine(kind: str, base: Any, at: Any, rows: Any) -> Any:
    """A copy of `base` with rows[i] combined into base[at[i]].

    kind: "add", "sub", "mul", "div", "max", "min" or "update". base: (size, ...), at: (n,) ints in [0, size),
    rows: (n, ...). Of the rows that update the same place the last one stays.
    """
    xp, at = module_of(base), beside(base, at)
    result = base.copy()
    if not at.size:
        return result
    if xp is not np:
        _combine_sorted(xp, kind, result, at, rows)
    elif kind == "update":
        result[at] = rows
    elif result.ndim == 1:
        getattr(np, _UFUNCS[kind]).at(result, at, rows)
    elif result.size:
        _combine_rows(getattr(np, _UFUNCS[kind]), result, at, rows)
    return result


#: Elements of a block of places; from how many on it is worth while to share them out; and how many rows of one place
#: are many: such a place is dealt with alone.
_BLOCK, _LARGE, _MANY = 2**16, 2**17, 32


def _combine_rows(ufunc: np.ufunc, result: np.ndarray, at: np.ndarray, rows: np.ndarray) -> None:
    """Combine the first row of every place, then the second of every place that has one, and so on.

    So the rows of one place go in the order of their positions. Those places come first that have the most rows, and
    the second rows of a block of them are for the places at its beginning.
    """
    order = _stable_order(at, len(result))
    places = at[order]
    starts = np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1])))
    counts = np.diff(np.append(starts, places.size))
    most = np.argsort(-counts, kind="stable")
    starts, counts = starts[most], counts[most]
    places = places[starts]
    rows = np.ascontiguousarray(rows)  # `take` would see to that each time; `rows[...]` is four times slower

    def work(block: slice) -> None:
        here, first, count = places[block], starts[block], counts[block]
        total = result.take(here, 0)
        if len(here) == 1 and count[0] > many:
            all_rows = np.concatenate((total, rows.take(order[first[0] : first[0] + count[0]], 0)))
            total = ufunc.reduce(all_rows, axis=0, dtype=result.dtype, keepdims=True)
        else:
            for k in range(count[0]):
                part = total[: np.count_nonzero(count > k)]
                ufunc(part, rows.take(order.take(first[: len(part)] + k), 0), out=part, casting="unsafe")
        result[here] = total

    many = len(at) if ufunc is np.divide else _MANY  # integers are rounded after each division
    # A place is dealt with alone only while that saves rounds.
    alone = np.count_nonzero(counts > np.maximum(many, np.arange(len(counts))))
    step = max(1, _BLOCK // result[0].size)
    blocks = [slice(i, i + 1) for i in range(alone)]
    blocks += [slice(i, i + step) for i in range(alone, len(places), step)]
    for_each(work, blocks, together=rows.size >= _LARGE)


def _stable_order(at: np.ndarray, size: int) -> np.ndarray:
    """The positions of indices in [0, size), sorted by index: by two bytes at a time, which are sorted by counting."""
    order = np.argsort(at.astype(np.uint16), kind="stable")
    if size > 2**16:
        order = order[np.argsort((at >> 16)[order].astype(np.uint16 if size <= 2**32 else at.dtype), kind="stable")]
    return order


_UFUNCS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "max": "maximum",
    "min": "minimum",
}


def _combine_sorted(xp: Any, kind: str, result: Any, at: Any, rows: Any) -> None:
    """`combine` by sorting and then merging neighbours pairwise: a GPU's own `at` adds in no fixed order."""
    order = xp.argsort(at, kind="stable")
    at, rows = at[order], rows[order]
    if kind == "update":
        last = xp.concatenate([at[1:] != at[:-1], xp.ones(1, bool)])
        result[at[last]] = rows[last]
        return
    merge = getattr(xp, _UFUNCS[{"sub": "add", "div": "mul"}.get(kind, kind)])
    while True:
        same = at[1:] == at[:-1]
        if not bool(same.any()):
            break
        starts = xp.concatenate([xp.ones(1, bool), ~same])
        run = xp.cumsum(starts) - 1
        odd = (xp.arange(at.size) - xp.flatnonzero(starts)[run]) % 2 == 1
        second = xp.flatnonzero(odd)
        rows[second - 1] = merge(rows[second - 1], rows[second])
        at, rows = at[~odd], rows[~odd]
    result[at] = getattr(xp, _UFUNCS[kind])(result[at], rows)


def add_rows(xp: Any, size: int, at: Any, rows: Any) -> Any:
    """Zeros (size, ...) with rows[i] added at at[i]."""
    return combine("add", xp.zeros((size, *rows.shape[1:]), rows.dtype), at, rows)
