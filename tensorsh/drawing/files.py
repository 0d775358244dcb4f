"""The same charts in a file, PNG, SVG or PDF, by matplotlib."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data.values import need

KINDS = ("png", "svg", "pdf")


def lines_file(path: str, series: list[tuple[np.ndarray, np.ndarray]], points: bool) -> bytes:
    """Curves, or points, as a picture in the format that the path's suffix names."""
    figure, axes = _axes()
    for x, y in series:
        axes.plot(x, y, "." if points else "-")
    return _bytes(figure, path)


def histogram_file(path: str, counts: np.ndarray, edges: np.ndarray) -> bytes:
    """A histogram, its bars between their edges."""
    figure, axes = _axes()
    axes.stairs(counts, edges, fill=True)
    return _bytes(figure, path)


def image_file(path: str, image: np.ndarray) -> bytes:
    """An image, (height, width) or (height, width, 3), from 0 to 1."""
    figure, axes = _axes()
    axes.imshow(image, cmap="gray", vmin=0, vmax=1)
    return _bytes(figure, path)


def _axes() -> tuple[Any, Any]:
    figure = need("matplotlib.figure", "plot").Figure(layout="tight")  # not pyplot, which looks for a screen
    return figure, figure.subplots()


def _bytes(figure: Any, path: str) -> bytes:
    from io import BytesIO

    kind = path.rpartition(".")[2].lower()
    if kind not in KINDS:
        raise ValueError(f"a picture is written as {', '.join(KINDS)}, told by the suffix: {path!r} has none of them")
    buffer = BytesIO()
    figure.savefig(buffer, format=kind)
    return buffer.getvalue()
