"""A convolution of each channel with filters of its own, on raw arrays whose channels are last: its kernels.

There is no product of matrices in it, but a sum over the places of a window, and what limits it is how often each
number goes through the processor. On the host `einsum` multiplies and adds in one go, a run of neighbouring windows
with all their channels at a time, so that a place's filters are laid out once for each window of a run. A device, and
floats of two bytes, which are rounded after each step as TensorFlow rounds them, go place by place.
"""

from __future__ import annotations

from math import log, prod
from typing import Any

import numpy as np

from ..runtime.dtypes import F32
from ..runtime.threads import for_each
from .windows import Window, blocks, patches, places, strip

#: Elements of a run: few enough that the filters of all places stay in the second-level cache.
_RUN = 2048
#: Parts of the work, if their bytes allow. `einsum` goes through one line by line, so that it need not fit the cache,
#: and a call on it is to be long beside what starts it.
_PARTS, _PART_BYTES = 16, (1 << 19, 1 << 22)


def convolve_into(xp: Any, y: Any, x: Any, w: Any, window: Window) -> None:
    """x (b, *sizes, c) and w (*window, 1, c * m) make y (b, *outputs, c * m)."""
    w = w[..., 0, :]
    axes, spots = _letters(window)

    def work(block: tuple[slice, slice]) -> None:
        seen, total = _repeated(xp, strip(xp, x, window, block), w), y[block]
        if xp is np and x.dtype.itemsize > 2:
            run = _run(total.shape, window)
            subscripts = f"{axes}{spots}n,{spots}n->{axes}n"
            made = total if total.flags.c_contiguous else np.empty(total.shape, total.dtype)
            np.einsum(subscripts, _seen_by_runs(seen, window, run), _lines(w, run), out=_runs(made, run))
            if made is not total:
                total[...] = made
            return
        total[...] = 0
        for place, index in places(window, total.shape[1:-1]):
            total += seen[index] * w[place]

    for_each(work, _parts(xp, y))


def to_filters(xp: Any, x: Any, g: Any, shape: tuple[int, ...], window: Window) -> Any:
    """The cotangent g (b, *outputs, c * m) passed back to the filters, of that shape; summed in float32 at least."""
    wide = F32 if g.dtype.itemsize == 2 else g.dtype
    parts = _parts(xp, g)
    sums = xp.zeros((len(parts), *window.shape, shape[-1]), wide)
    axes, spots = _letters(window)

    def work(number: int) -> None:
        upstream, total = xp.ascontiguousarray(g[parts[number]], dtype=wide), sums[number]
        seen = _repeated(xp, strip(xp, x, window, parts[number]), total).astype(wide, copy=False)
        if xp is np:
            run = upstream.shape[-2] if window.strides[-1] == 1 else 1
            subscripts = f"{axes}{spots}n,{axes}n->{spots}n"
            lines = np.einsum(subscripts, _seen_by_runs(seen, window, run), _runs(upstream, run))
            np.add.reduce(lines.reshape(*window.shape, run, -1), -2, out=total)
            return
        for place, index in places(window, upstream.shape[1:-1]):
            total[place] = xp.sum(seen[index] * upstream, axis=tuple(range(upstream.ndim - 1)))

    for_each(work, range(len(parts)))
    return xp.sum(sums, axis=0, dtype=wide).astype(g.dtype).reshape(shape)


def _repeated(xp: Any, x: Any, w: Any) -> Any:
    """x with each channel as often as it has filters."""
    each = w.shape[-1] // x.shape[-1]
    return xp.repeat(x, each, -1) if each > 1 else x


def _parts(xp: Any, y: Any) -> list[tuple[slice, slice]]:
    """Parts of the results, with what they are made of; the same on any number of cores, as sums go by them."""
    least, most = _PART_BYTES
    part = min(max(2 * y.nbytes // _PARTS, least), most)
    return blocks(xp, len(y), y.shape[1], 2 * prod(y.shape[2:]) * y.itemsize, part)


def _letters(window: Window) -> tuple[str, str]:
    """Subscripts of the axes of windows, the batch and the runs among them, and of the places in a window."""
    return "ihjk"[: len(window.shape) + 1], "xyz"[: len(window.shape)]


def _run(shape: tuple[int, ...], window: Window) -> int:
    """How many windows of (b, *outputs, c) make a run: they fill a line of it, and are neighbours in memory."""
    count, channels = shape[-2:]
    if window.strides[-1] > 1 or not count or not channels:
        return 1
    divisors = (k for k in range(1, count + 1) if count % k == 0)
    return min(divisors, key=lambda k: abs(log(k * channels / _RUN)))


def _runs(x: Any, run: int) -> Any:
    """(b, *outputs, c) as (b, *outputs / run, run * c)."""
    return x.reshape(*x.shape[:-2], x.shape[-2] // run, run * x.shape[-1])


def _seen_by_runs(x: Any, window: Window, run: int) -> Any:
    """What each run of windows sees of padded x at each place: a view (b, *outputs / run, *window, run * c)."""
    seen = patches(np, np.ascontiguousarray(x), window)
    first = seen[(slice(None),) * len(window.shape) + (slice(None, None, run),)]
    return np.lib.stride_tricks.as_strided(first, (*first.shape[:-1], run * x.shape[-1]), first.strides)


def _lines(w: Any, run: int) -> Any:
    """Filters (*window, c) of each window of a run: (*window, run * c)."""
    return np.broadcast_to(w[..., None, :], (*w.shape[:-1], run, w.shape[-1])).reshape(*w.shape[:-1], -1)
