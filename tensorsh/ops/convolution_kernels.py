"""The primitives of convolutions, on arrays whose channels are last.

A matrix product does each: the patches that a window sees, laid out as rows, times the filters, as many at a time as
fit into a processor's cache. The three primitives (a convolution, what it passes back to its input, and to its filters)
are each linear in both arguments, and the gradient of each is made of the other two, so that any order works.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import gcd, prod
from typing import Any

from . import depthwise_kernels
from .contraction import contract
from .registry import primitive
from .windows import Window, blocks, borders, cropped, over, patches, places, strip

#: Partial sums of a gradient for filters: at most, at least if there is work for them, and the bytes of all of them.
_SUMS, _FEW_SUMS, _SUMS_BYTES = 32, 8, 1 << 24
#: How many filters there are for each channel where what passes back to an input is spread from the windows.
_MANY = 4


@primitive(
    lambda g, y, x, w, window: to_input(g, w, shape=x._array.shape, window=window),
    lambda g, y, x, w, window: _to_filters(x, g, shape=w._array.shape, window=window),
)
def convolve(xp, x, w, window):
    """x (b, *sizes, c) and w (*window, c / groups, m) -> (b, *outputs, m)."""
    y = xp.empty((x.shape[0], *window.outputs(x.shape[1:-1]), w.shape[-1]), x.dtype)
    if y.size:
        convolve_into(xp, y, x, w, window)
    return y


def convolve_into(xp: Any, y: Any, x: Any, w: Any, window: Window) -> None:
    groups = x.shape[-1] // w.shape[-2]
    if w.shape[-2] == 1 < groups:
        depthwise_kernels.convolve_into(xp, y, x, w, window)
        return
    filters = _grouped(xp, w, prod(w.shape[:-1]), groups)

    def work(block: tuple[slice, slice]) -> None:
        rows, part = _rows(xp, x, window, block, groups), y[block]
        if groups == 1 and part.flags.c_contiguous:
            contract(xp, rows[0], filters[0], out=part.reshape(rows.shape[1], -1))
        else:
            part[...] = xp.swapaxes(contract(xp, rows, filters), 0, 1).reshape(part.shape)

    over(xp, _blocks(xp, y, x, window), work)


@primitive(
    lambda h, x, g, w, shape, window: convolve(h, w, window=window),
    lambda h, x, g, w, shape, window: _to_filters(h, g, shape=w._array.shape, window=window),
)
def to_input(xp, g, w, shape, window):
    """The cotangent g (b, *outputs, m) of a convolution, passed back to its input of that shape.

    Windows that are some steps apart see every so many entries at the same places: what reaches those is a convolution
    too, of g by these places' filters turned round.
    """
    groups = shape[-1] // w.shape[-2]
    is_few = groups == 1 and shape[-1] * _MANY <= w.shape[-1] and prod(window.shape) > 1
    if is_few and g.dtype.itemsize > 2:  # two bytes would be rounded at each place
        return _spread_to_input(xp, g, w, shape, window)
    each = w.shape[-1] // groups if w.shape[-2] == 1 < groups else 1  # filters of a channel that has its own
    x = xp.zeros((*shape[:-1], shape[-1] * each), g.dtype)
    for axes in product(*map(_phases, shape[1:-1], g.shape[1:-1], *window)):
        reached, taps, seen, dilations, pads = zip(*axes)
        turned = xp.flip(w[taps], tuple(range(len(axes))))
        back = Window(turned.shape[:-2], (1,) * len(axes), dilations, pads)
        filters = turned if each > 1 else _exchanged(xp, turned, groups)
        convolve_into(xp, x[(slice(None), *reached)], g[(slice(None), *seen)], filters, back)
    return x if each == 1 else xp.sum(x.reshape(*shape, each), axis=-1, dtype=x.dtype)


def _spread_to_input(xp: Any, g: Any, w: Any, shape: tuple[int, ...], window: Window) -> Any:
    """`to_input` for few channels: the products of each window with all places first, then these where they belong.

    Products for so few channels make poor use of a processor, and their patches would be many times larger than g.
    """
    x, (*sizes, channels), spots = xp.empty(shape, g.dtype), shape[1:], prod(window.shape)
    taps = w.reshape(spots * channels, -1)

    def work(block: tuple[slice, slice]) -> None:
        upstream = g[block[0]]
        products = contract(xp, taps, xp.swapaxes(upstream.reshape(-1, upstream.shape[-1]), 0, 1))
        planes = xp.zeros((channels, len(upstream), *borders(sizes, window), 1), g.dtype)
        seen = products.reshape(spots, *planes.shape[:2], *upstream.shape[1:-1], 1)
        for part, (_, index) in zip(seen, places(window, upstream.shape[1:-1])):
            planes[(slice(None), *index)] += part
        x[block[0]] = xp.stack([cropped(plane, window)[..., 0] for plane in planes], axis=-1)

    over(xp, blocks(xp, len(x), 1, spots * channels * prod(g.shape[1:-1]) * g.itemsize), work)
    return x


def _phases(n: int, count: int, k: int, step: int, dilation: int, pad: tuple[int, int]) -> Iterator[tuple[Any, ...]]:
    """Along one axis of `n` entries and `count` windows: what is alike for the entries that the same places see.

    Yields which entries these are, which places, which windows, and how the windows are seen from the entries: the
    dilation and the padding.
    """
    apart = step // gcd(step, dilation)
    for place in range(min(apart, k)):
        shift, offset = divmod(place * dilation, step)
        entry = (offset - pad[0]) % step
        first = (entry + pad[0] - offset) // step  # the window that begins at the first of them, less the shift
        entries, spread = len(range(entry, n, step)), dilation * apart // step
        before = shift + (len(range(place, k, apart)) - 1) * spread - first
        after = first + entries - count - shift
        seen = slice(max(-before, 0), count - max(-after, 0))
        if entries and seen.start < seen.stop:
            yield slice(entry, None, step), slice(place, None, apart), seen, spread, (max(before, 0), max(after, 0))


@primitive(
    lambda v, w, x, g, shape, window: to_input(g, v, shape=x._array.shape, window=window),
    lambda v, w, x, g, shape, window: convolve(x, v, window=window),
)
def _to_filters(xp, x, g, shape, window):
    """The cotangent g of a convolution of x, passed back to its filters of that shape."""
    groups = x.shape[-1] // shape[-2]
    if shape[-2] == 1 < groups:
        return depthwise_kernels.to_filters(xp, x, g, shape, window)
    # Sums of sums, each of which is one thread's, as its products are: the result does not depend on the number of
    # threads.
    parts = _blocks(xp, g, x, window)
    room = _SUMS_BYTES // max(prod(shape) * x.itemsize, 1)
    sums: list[Any] = [None] * max(min(len(parts), _SUMS, max(room, _FEW_SUMS)), 1)

    def work(number: int) -> None:
        total = xp.zeros((groups, prod(shape[:-1]), shape[-1] // groups), x.dtype)
        for block in parts[number :: len(sums)]:
            rows, upstream = xp.swapaxes(_rows(xp, x, window, block, groups), -1, -2), g[block]
            total += contract(xp, rows, _grouped(xp, upstream, prod(upstream.shape[:-1]), groups))
        sums[number] = total

    over(xp, range(len(sums)), work, enough=2)
    return xp.swapaxes(sum(sums[1:], sums[0]), 0, 1).reshape(shape)


def _exchanged(xp: Any, w: Any, groups: int) -> Any:
    """Filters (*window, c / groups, m), their inputs and outputs exchanged: (*window, m / groups, c)."""
    depth, m = w.shape[-2:]
    split = xp.swapaxes(w.reshape(*w.shape[:-1], groups, m // groups), -1, -3)
    return split.reshape(*w.shape[:-2], m // groups, groups * depth)


def _blocks(xp: Any, y: Any, x: Any, window: Window) -> list[tuple[slice, slice]]:
    """Blocks of y (b, *outputs, m), each as large as the patches of x that make it are to fit the cache."""
    return blocks(xp, len(y), y.shape[1], prod(y.shape[2:-1]) * prod(window.shape) * x.shape[-1] * x.itemsize)


def _rows(xp: Any, x: Any, window: Window, block: tuple[slice, slice], groups: int) -> Any:
    """What the windows of a block see of x, as rows, for each group: (groups, windows, places * channels / groups)."""
    part, axes = strip(xp, x, window, block), len(window.shape)
    depth = part.shape[-1] // groups
    # What is copied is copied in runs of neighbours: hence the groups first, and a lone channel's windows.
    split = xp.moveaxis(part.reshape(*part.shape[:-1], groups, depth), -2, 0)
    seen = patches(xp, xp.ascontiguousarray(split).reshape(-1, *part.shape[1:-1], depth), window)
    spots, count = prod(window.shape), len(part) * prod(seen.shape[1 : axes + 1])
    if depth == 1 == groups:
        by_place = xp.transpose(seen, (*range(axes + 1, 2 * axes + 1), *range(axes + 1), -1))
        return xp.swapaxes(by_place.reshape(1, spots, count), -1, -2)
    return seen.reshape(groups, count, spots * depth)


def _grouped(xp: Any, x: Any, rows: int, groups: int) -> Any:
    """(..., m), whose leading axes have `rows` entries, as (groups, rows, m / groups)."""
    return xp.swapaxes(x.reshape(rows, groups, x.shape[-1] // groups), 0, 1)
