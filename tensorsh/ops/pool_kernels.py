"""The primitives of pooling, on arrays whose channels are last: the largest entry and the mean of each window.

A window's places are gone through one by one, each a strided slice of the whole tensor, so that the work is a few
elementwise operations on arrays of the output's size, an image at a time; where it does not matter which place has an
entry, the places of one axis after the other. Of equal largest entries the first takes the gradient.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from .masks import chosen, kept
from .registry import no_gradient, ops, primitive
from .rowwise import by_rows
from .windows import Window, borders, cropped, padded, places

#: Elements of the images whose windows are combined at a time.
_BLOCK = 2**19

# ---------------------------------------------------------------- the largest


@primitive(lambda g, y, x, window, ties: _spread(g, x, window=window, ties=ties))
def largest(xp, x, window, ties=False):
    """ties: whether all of several equal largest entries take the gradient, as in TensorFlow over three axes."""
    return by_rows(lambda x: _best(xp, x, window), x, block=_BLOCK)


def _best(xp: Any, x: Any, window: Window) -> Any:
    return _combined(xp, xp.fmax if x.dtype.kind == "f" else xp.maximum, x, window)


def _combined(xp: Any, ufunc: Any, x: Any, window: Window, border: Any = None) -> Any:
    """What the ufunc makes of all that each window sees: along one axis of the window, then of that along the next."""
    for line in window.lines():
        x, *others = _slices(xp, x, line, border)
        for i, part in enumerate(others):
            x = ufunc(x, part, out=x if i else None)
    return x


@primitive(
    lambda h, y, g, x, window, ties: _gathered(h, x, window=window, ties=ties),
    lambda h, y, g, x, window, ties: ops.zeros_like(x),
)
def _spread(xp, g, x, window, ties):
    """g (b, *windows, c) put where the largest entry of each window of x is; the sum where windows overlap."""

    return by_rows(lambda x, g: _put(xp, g, x, window, _won(xp, x, window, ties)), x, g)


def _put(xp: Any, g: Any, x: Any, window: Window, masks: Iterable[Any]) -> Any:
    """g (b, *windows, c) put, for each place of the window, where in x the windows of its mask see it."""
    y = xp.zeros((x.shape[0], *borders(x.shape[1:-1], window), x.shape[-1]), g.dtype)
    for (_, index), mask in zip(places(window, g.shape[1:-1]), masks):
        y[index] += kept(xp, mask, g)
    return cropped(y, window)


@primitive(
    lambda g, y, h, x, window, ties: _spread(g, x, window=window, ties=ties),
    lambda g, y, h, x, window, ties: ops.zeros_like(x),
)
def _gathered(xp, h, x, window, ties):
    """The entries of h, or their sum, that are where the largest entries of the windows of x are."""

    def gathered(h: Any, x: Any) -> Any:
        parts = zip(_slices(xp, h, window, 0), _won(xp, x, window, ties))
        return reduce(xp.add, (kept(xp, mask, part) for part, mask in parts))

    return by_rows(gathered, h, x)


def _slices(xp: Any, x: Any, window: Window, border: Any = None) -> list[Any]:
    """For each place of the window, what all windows see there."""
    outputs = window.outputs(x.shape[1:-1])
    if border is None:
        border = -np.inf if x.dtype.kind == "f" else int(np.iinfo(x.dtype).min)
    full = padded(xp, x, window, border)
    return [full[index] for _, index in places(window, outputs)]


def _won(xp: Any, x: Any, window: Window, ties: bool) -> Iterator[Any]:
    """For each place of the window, in which windows it has the largest entry: the first of them, unless `ties`."""
    best = _best(xp, x, window)
    taken = None
    for part in _slices(xp, x, window):
        won = part == best
        if taken is None:
            if not ties and x.dtype.kind == "f":
                won |= best != best  # a window of nothing but nan
            taken = won
        elif not ties:
            won &= ~taken
            taken = taken | won
        yield won


def _found(xp: Any, x: Any, window: Window) -> tuple[Any, Any]:
    """The largest entry of each window, and the number of the first place that has it.

    The first entry inside x stays until a larger one is found: where that one is nan, none is.
    """
    first, *rest = _slices(xp, x, window)
    best, winner = first, xp.zeros(first.shape, np.int8 if len(rest) < 128 else np.int32)
    entered = _entered(xp, window, first.shape[1:-1]) if any(map(any, window.pads)) else None
    for i, part in enumerate(rest, 1):
        better = part > best
        if entered is not None:
            better |= entered == i
        best = chosen(xp, better, part, best)
        winner = xp.maximum(winner, better.astype(winner.dtype) * winner.dtype.type(i))
    return best, winner


def _entered(xp: Any, window: Window, outputs: Sequence[int]) -> Any:
    """The number of each window's first place that is not in the borders: (*windows, 1)."""
    number = np.zeros((1,) * len(outputs), np.int32)
    for axis, ((before, _), step, rate, count) in enumerate(
        zip(window.pads, window.strides, window.dilations, outputs)
    ):
        first = np.maximum(-(-(before - np.arange(count) * step) // rate), 0)
        number = number * window.shape[axis] + np.expand_dims(first, [i for i in range(len(outputs)) if i != axis])
    return xp.asarray(number[..., None])


@primitive(lambda g, y, x, window: spread_found(g, x, window=window))
def largest_found(xp, x, window):
    return by_rows(lambda x: _found(xp, x, window)[0], x)


@primitive(joint=no_gradient("MaxPoolGradWithArgmax"))
def spread_found(xp, g, x, window):
    def spread(x: Any, g: Any) -> Any:
        _, winner = _found(xp, x, window)
        return _put(xp, g, x, window, (winner == i for i in range(prod(window.shape))))

    return by_rows(spread, x, g)


@primitive()
def argmax_of(xp, x, window, batches, dtype):
    batch, height, width, channels = x.shape
    _, winner = _found(xp, x, window)
    outputs = winner.shape[1:-1]

    def along(count: int, axis: int, scale: int = 1, start: int = 0) -> Any:
        shape = [1] * 4
        shape[axis] = count
        return (xp.arange(count, dtype=dtype) * scale + start).reshape(shape)

    (top, _), (left, _) = window.pads
    row = along(outputs[0], 1, window.strides[0], -top) + winner // window.shape[1]
    column = along(outputs[1], 2, window.strides[1], -left) + winner % window.shape[1]
    place = (row * width + column) * channels + along(channels, 3)
    if batches:
        place = place + along(batch, 0, height * width * channels)
    return place.astype(dtype)


# ---------------------------------------------------------------- the mean


@primitive(lambda g, y, x, window: _shared(g, shape=x._array.shape, window=window))
def mean(xp, x, window):
    wide = np.float32 if x.dtype == np.float16 else x.dtype
    counts = _counts(xp, x.shape, window, wide)

    def averaged(x: Any) -> Any:
        total = _combined(xp, xp.add, x.astype(wide, copy=False), window, 0)
        return (total / counts).astype(x.dtype, copy=False)

    return by_rows(averaged, x, block=_BLOCK)


@primitive(lambda h, y, g, shape, window: mean(h, window=window))
def _shared(xp, g, shape, window):
    """g (b, *windows, c), each entry shared equally by the entries that its window sees."""
    counts = _counts(xp, shape, window, g.dtype)

    def shared(g: Any) -> Any:
        share = g / counts
        y = xp.zeros((g.shape[0], *borders(shape[1:-1], window), shape[-1]), g.dtype)
        for _, index in places(window, g.shape[1:-1]):
            y[index] += share
        return cropped(y, window)

    return by_rows(shared, g)


def _counts(xp: Any, shape: tuple[int, ...], window: Window, dtype: Any) -> Any:
    """How many entries each window sees, the padding not counted: (*windows, 1), or (1,) if all see as many."""
    counts = np.ones((), dtype)
    for n, k, s, d, (before, _), count in zip(
        shape[1:-1], window.shape, window.strides, window.dilations, window.pads, window.outputs(shape[1:-1])
    ):
        seen = [sum(0 <= i * s + j * d - before < n for j in range(k)) for i in range(count)]
        counts = counts[..., None] * np.array(seen, dtype)
    alike = counts.size and counts.min() == counts.max()
    return xp.asarray(counts.ravel()[:1] if alike else counts[..., None])
