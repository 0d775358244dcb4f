"""Windows that slide over tensors: what convolution and pooling have in common. No ops here.

Inside, the channels are always last: x is (batch, *sizes, channels). A `Window` tells how big a window is, how far
apart its steps and its own places are, and what is padded; all of it Python ints, known before any array is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from ..runtime.errors import InvalidArgumentError, UnimplementedError, explain, invalid
from ..runtime.tensor import Tensor
from ..runtime.threads import cores, for_each, plain_products
from .registry import ops
from .rules import ints


class Window(NamedTuple):
    """A window's shape, its steps, its dilation, and the (before, after) padding of each axis."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    pads: tuple[tuple[int, int], ...]

    def outputs(self, sizes: Sequence[int]) -> tuple[int, ...]:
        """How many windows fit along each axis of a tensor of these sizes."""
        return tuple(
            max(n + sum(pad) - (k - 1) * d - 1 + s, 0) // s
            for n, k, s, d, pad in zip(sizes, self.shape, self.strides, self.dilations, self.pads)
        )

    def lines(self) -> Iterator[Window]:
        """For each axis a window along it alone: slid one after the other, they reach what this one sees."""
        for axis in range(len(self.shape)):
            neutral = (1, 1, 1, (0, 0))
            yield Window(*zip(*(each if i == axis else neutral for i, each in enumerate(zip(*self)))))


def padded(xp: Any, x: Any, window: Window, value: Any = 0) -> Any:
    """x with its borders."""
    if not any(map(any, window.pads)):
        return x
    full = xp.full((len(x), *borders(x.shape[1:-1], window), x.shape[-1]), value, x.dtype)
    cropped(full, window)[...] = x
    return full


def patches(xp: Any, x: Any, window: Window) -> Any:
    """A view of padded x as (batch, *windows, *places in a window, channels)."""
    first, *steps, last = x.strides
    sizes = Window(*window[:3], ((0, 0),) * len(steps)).outputs(x.shape[1:-1])
    return xp.lib.stride_tricks.as_strided(
        x,
        (x.shape[0], *sizes, *window.shape, x.shape[-1]),
        (
            first,
            *(step * s for step, s in zip(steps, window.strides)),
            *(step * d for step, d in zip(steps, window.dilations)),
            last,
        ),
    )


#: Bytes that are worked on at a time: about half of a core's second-level cache.
_BLOCK = 1 << 20


def over(xp: Any, parts: Sequence[Any], work: Callable[[Any], None], enough: int | None = None) -> None:
    """Do the work for each part, which multiplies matrices: on all cores; or one after the other where the arrays are
    on a device, or parts are few, as each product is then on all cores.

    enough: how many parts are not few; else that depends on the number of cores, and so do the products' last digits.
    """
    if xp is not np or len(parts) < (enough or 2 * cores()):
        for_each(work, parts, together=False)
        return
    with plain_products():
        for_each(work, parts)


def blocks(xp: Any, images: int, lines: int, line: int, block: int = _BLOCK) -> list[tuple[slice, slice]]:
    """Parts of a result, (which images, which lines), that fit the cache; one of all on a device.

    line: the bytes that the work on one line of an image takes. block: the bytes that a part may take.
    """
    line = max(line, 1)
    step, together = max(1, block // line), max(1, block // (line * max(lines, 1)))
    if xp is not np:
        step, together = max(lines, 1), max(images, 1)
    return [
        (slice(first, min(first + together, images)), slice(start, min(start + step, lines)))
        for first in range(0, images, together)
        for start in range(0, lines, step)
    ]


def strip(xp: Any, x: Any, window: Window, block: tuple[slice, slice]) -> Any:
    """The part of x, with its borders, that a block of windows sees: of some images, and of some lines of windows."""
    images, lines = block
    (above, _), *beside = window.pads
    first = lines.start * window.strides[0] - above
    stop = (lines.stop - 1) * window.strides[0] + (window.shape[0] - 1) * window.dilations[0] + 1 - above
    if not any(map(any, window.pads)):
        return x[images, first:stop]
    inside = x[images, max(first, 0) : max(stop, 0)]
    sizes = (stop - first, *(n + sum(pad) for n, pad in zip(x.shape[2:-1], beside)))
    part = xp.zeros((len(inside), *sizes, x.shape[-1]), x.dtype)
    within = (slice(before, before + n) for n, (before, _) in zip(x.shape[2:-1], beside))
    start = min(max(-first, 0), stop - first)
    part[(slice(None), slice(start, start + inside.shape[1]), *within)] = inside
    return part


def places(window: Window, outputs: Sequence[int]) -> Iterator[tuple[tuple[int, ...], tuple[Any, ...]]]:
    """(place in the window, index of all entries of padded x that are at that place of a window)."""
    for place in product(*map(range, window.shape)):
        starts = [k * d for k, d in zip(place, window.dilations)]
        yield (
            place,
            (
                slice(None),
                *(slice(a, a + (n - 1) * s + 1 if n else a, s) for a, n, s in zip(starts, outputs, window.strides)),
                slice(None),
            ),
        )


def cropped(x: Any, window: Window) -> Any:
    """Padded x without its borders."""
    return x[(slice(None), *(slice(a, n - b) for (a, b), n in zip(window.pads, x.shape[1:-1])), slice(None))]


def borders(sizes: Sequence[int], window: Window) -> tuple[int, ...]:
    """The sizes with their padding."""
    return tuple(n + sum(pad) for n, pad in zip(sizes, window.pads))


# ---------------------------------------------------------------- arguments

#: The kernels that take a pair of numbers for each axis as padding.
_EXPLICIT = ("Conv2D", "Conv2DBackpropInput", "DepthwiseConv2dNative", "MaxPool")


def sequence(value: Any, axes: int, name: str) -> tuple[int, ...]:
    """A stride, dilation or window size for each axis: from one int, one for each, or those of all axes."""
    given = [1] if value is None else ints(value)
    if len(given) == 1:
        return tuple(given) * axes
    if len(given) == axes + 2:
        return tuple(given)
    if len(given) != axes:
        raise ValueError(
            f"{name} should be of length 1, {axes} or {axes + 2}. Received: {name}={value} of length {len(given)}"
        )
    return tuple(given)


def check_window_lengths(given: dict[str, list[int]], axes: int, hint: str) -> None:
    """Raise TensorFlow's InvalidArgumentError for sizes or strides (by their attributes) with too few entries."""
    for attr, values in given.items():
        if len(values) < axes:
            message = f"Length for attr '{attr}' of {len(values)} must be at least minimum {axes}"
            raise explain(InvalidArgumentError(message), hint=hint)


def spatial(
    kernel: str,
    given: tuple[int, ...],
    axes: int,
    channels_first: bool,
    what: str = "strides",
    name: str | None = "",
) -> tuple[int, ...]:
    """The part of a sequence that is about the spatial axes. Raises unless the rest is ones."""
    if len(given) == axes:
        return given
    inner, outer = (given[2:], given[:2]) if channels_first else (given[1:-1], (given[0], given[-1]))
    if outer != (1, 1):
        unable = f"Current implementation does not yet support {what} in the batch and depth dimensions."
        kind = InvalidArgumentError if "3D" in kernel else UnimplementedError
        raise explain(
            kind(f"{unable} [Op:{kernel}]" + ("" if name is None else f" name: {name}")),
            f"{kernel}: {what} must be 1 for the batch and for the channels, not {list(outer)}",
        )
    return inner


def channels_come_second(kernel: str, data_format: str | None, axes: int) -> bool:
    """Whether a layout has the channels before the spatial axes. Raises for one that the kernel does not know."""
    last = ("NWC", "NHWC", "NDHWC")[axes - 1]
    first = f"NC{last[1:-1]}"
    if data_format in (None, last, first):
        return data_format == first
    hint = f'write data_format="{last}", or "{first}" if the channels come second'
    if axes == 1:
        unknown = f"`data_format` must be 'NWC' or 'NCW'. Received: data_format={data_format}"
        raise explain(ValueError(unknown), hint=hint)
    listed = f'"{last}", "{first}"' + (', "NCHW_VECT_C"' if kernel == "MaxPool" else "")
    message = f"Value for attr 'data_format' of \"{data_format}\" is not in the list of allowed values: {listed}"
    raise explain(InvalidArgumentError(message), hint=hint)


def slide(
    kernel: str,
    x: Tensor,
    shape: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    padding: Any,
    sizes: Sequence[int] | None = None,
    channels_first: bool = False,
    explicit: bool = True,
) -> Window:
    """The window over axes of `sizes` (those of x by default) with "SAME", "VALID" or explicit padding.

    explicit: whether the function hands pairs on to a kernel that takes them.
    """
    if sizes is None:
        sizes = x._array.shape[-len(shape) - 1 : -1]
    spans = [(k - 1) * d + 1 for k, d in zip(shape, dilations)]
    if isinstance(padding, (list, tuple)):
        if not (explicit and kernel in _EXPLICIT):
            message = f"Expected string for argument 'padding' not {padding}."
            raise explain(TypeError(message), f'{kernel}: padding is "SAME" or "VALID"')
        pads = _explicit(kernel, padding, len(shape), channels_first)
    elif padding == "VALID":
        pads = [(0, 0)] * len(shape)
    elif padding == "SAME":
        pads = []
        for n, span, s in zip(sizes, spans, strides):
            total = max((-(-n // s) - 1) * s + span - n, 0)
            pads.append((total // 2, total - total // 2))
    else:
        listed = '"SAME", "VALID", "EXPLICIT"' if kernel in _EXPLICIT else '"SAME", "VALID"'
        raise explain(
            InvalidArgumentError(
                f"Value for attr 'padding' of \"{padding}\" is not in the list of allowed values: {listed}"
            ),
            f'{kernel}: padding is "SAME", "VALID" or a list of pairs, not {padding!r}',
            hint=f'write "{padding.upper()}"' if str(padding).upper() in ("SAME", "VALID") else None,
        )
    window = Window(tuple(shape), tuple(strides), tuple(dilations), tuple(pads))
    for n, span, s, pad in zip(sizes, spans, strides, pads):
        room = n + sum(pad) - span + s
        if room <= -s:  # a count that is rounded to 0 is one
            raise invalid(
                kernel,
                f"Computed output size would be negative: {-(-room // s)} [input_size: {n}, "
                f"effective_filter_size: {span}, stride: {s}]",
                f"{kernel}: a window of {span} does not fit into {n + sum(pad)}",
                [("input", x)],
                'padding="SAME" pads the borders with zeros',
            )
    return window


def _explicit(kernel: str, padding: Any, axes: int, channels_first: bool) -> list[tuple[int, int]]:
    if len(padding) != axes + 2:
        raise ValueError(
            f"When padding is a list, it must be of size {axes + 2}. Received: padding={padding} of size {len(padding)}"
        )
    pairs = []
    for i, pair in enumerate(padding):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(
                f"When padding is a list, each element must be a list/tuple of size 2. Received: padding={padding} "
                f"with element at index {i} of type {type(pair)}"
            )
        pairs.append((int(pair[0]), int(pair[1])))
    outer, inner = (pairs[:2], pairs[2:]) if channels_first else ([pairs[0], pairs[-1]], pairs[1:-1])
    if any(map(any, outer)):
        raise invalid(kernel, "Nonzero explicit padding in the batch or depth dimensions is not supported")
    return inner


def channels_last(x: Tensor) -> Tensor:
    """(batch, channels, *sizes) -> (batch, *sizes, channels)."""
    return ops.transpose(x, [0, *range(2, x._array.ndim), 1])


def channels_second(x: Tensor) -> Tensor:
    """(batch, *sizes, channels) -> (batch, channels, *sizes)."""
    rank = x._array.ndim
    return ops.transpose(x, [0, rank - 1, *range(1, rank - 1)])
