"""Charts as text: lines and points in a frame with its numbers, bars of a histogram, shades of an image."""

from __future__ import annotations

import math
import os
import shutil

import numpy as np

from .canvas import Canvas

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SHADES = " ░▒▓█"
_SPARKS = "▁▂▃▄▅▆▇█"
_NARROWEST = 20


def window() -> tuple[int, int]:
    """(columns, lines) that a picture may take: what the terminal has, less the prompt that follows."""
    columns, lines = shutil.get_terminal_size((80, 24))
    return max(columns - 1, _NARROWEST), max(min(lines - 4, columns // 3), 4)


def lines_chart(series: list[tuple[np.ndarray, np.ndarray]], points: bool = False) -> str:
    """Curves y over x, each an array of floats, joined or as points, in one frame that fits the window."""
    columns, rows = window()
    (left, right), (low, high) = (_range([each[i] for each in series]) for i in (0, 1))
    ticks = [_number(high), _number((low + high) / 2), _number(low)]
    margin = max(map(len, ticks))
    width = max(columns - margin - 2, 8)
    canvas = Canvas(width, rows)
    for x, y in series:
        across, up = (x - left) / (right - left), (y - low) / (high - low)
        (canvas.dots if points else canvas.line)(across, up)
    labels = {0: ticks[0], rows // 2: ticks[1], rows - 1: ticks[2]}
    frame = [f"{labels.get(i, ''):>{margin}} │{line}".rstrip() for i, line in enumerate(canvas.lines())]
    ends = _number(left), _number(right)
    foot = ends[0] + ends[1].rjust(max(width - len(ends[0]), len(ends[1]) + 1))
    return "\n".join([*frame, " " * margin + " └" + "─" * width, " " * (margin + 2) + foot])


def histogram_chart(counts: np.ndarray, edges: np.ndarray) -> str:
    """A bar for each bin, its lower edge before it and its count behind."""
    columns, _ = window()
    names = [_number(edge) for edge in edges[:-1].tolist()]
    totals = [str(count) for count in counts.tolist()]
    margin, behind = max(map(len, names)), max(map(len, totals))
    width = max(columns - margin - behind - 4, 8)
    largest = max(int(counts.max(initial=0)), 1)
    bars = [_bar(count / largest * width) for count in counts.tolist()]
    return "\n".join(f"{name:>{margin}} │{bar} {total}".rstrip() for name, bar, total in zip(names, bars, totals))


def image_chart(image: np.ndarray, color: bool) -> str:
    """(height, width) or (height, width, 3) floats from 0 to 1; colours only if `color`, else shades of grey."""
    columns, rows = window()
    height, width = image.shape[:2]
    # A character is about twice as high as wide: in colour it shows two pixels, in shades a pixel takes two of them.
    down = 2 * rows if color else rows
    across = columns if color else columns // 2
    scale = min(1.0, across / width, down / height)
    image = _shrunk(image, max(1, int(height * scale)), max(1, int(width * scale)))
    if color:
        return _half_blocks(image if image.ndim == 3 else np.repeat(image[..., None], 3, -1))
    grey = image if image.ndim == 2 else image @ [0.299, 0.587, 0.114]  # luma, ITU-R BT.601
    shade = np.clip(np.nan_to_num(grey) * len(_SHADES), 0, len(_SHADES) - 1).astype(int)
    return "\n".join("".join(_SHADES[i] * 2 for i in row).rstrip() for row in shade.tolist())


def sparkline(counts: np.ndarray) -> str:
    """Counts as one line of little columns."""
    largest = max(int(counts.max(initial=0)), 1)
    return "".join(_SPARKS[math.ceil(count / largest * 8) - 1] if count else " " for count in counts.tolist())


def _bar(length: float) -> str:
    whole, part = divmod(round(length * 8), 8)
    return "█" * whole + _EIGHTHS[part].strip()


def _half_blocks(image: np.ndarray) -> str:
    """Two pixels a character: the upper one is the foreground of "▀", the lower one its background."""
    pixels = np.clip(np.nan_to_num(image) * 255, 0, 255).astype(int).tolist()
    if len(pixels) % 2:
        pixels.append([None] * len(pixels[0]))
    lines = []
    for above, below in zip(pixels[::2], pixels[1::2]):
        cells = (_code(38, a) + (_code(48, b) if b else "\x1b[49m") + "▀" for a, b in zip(above, below))
        lines.append("".join(cells) + "\x1b[0m")
    return "\n".join(lines)


def _code(ground: int, pixel: list[int]) -> str:
    red, green, blue = pixel
    if os.environ.get("COLORTERM", "") in ("truecolor", "24bit"):
        return f"\x1b[{ground};2;{red};{green};{blue}m"
    return f"\x1b[{ground};5;{16 + 36 * round(red / 51) + 6 * round(green / 51) + round(blue / 51)}m"


def _shrunk(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """An image made smaller: the mean of the pixels that fall together."""
    for axis, size in ((0, height), (1, width)):
        starts = np.arange(size) * image.shape[axis] // size
        counts = np.diff(np.append(starts, image.shape[axis]))
        image = np.add.reduceat(image, starts, axis) / np.expand_dims(counts, tuple(range(1, image.ndim - axis)))
    return image


def _range(arrays: list[np.ndarray]) -> tuple[float, float]:
    """The least and the greatest finite number, moved apart if they are the same."""
    finite = np.concatenate([array[np.isfinite(array)] for array in arrays])
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _number(value: float) -> str:
    return f"{value:.4g}"
