"""Looking at numbers: plot, hist and imshow, in the terminal or into a file.

They print, and return nothing; in the terminal the picture fits its window.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ..color import wants_color
from ..runtime.backend import to_host
from ..runtime.errors import explain
from ..runtime.tensor import as_tensor
from .registry import op


@op()
def plot(x: Any, y: Any = None, points: bool = False, file: str | None = None) -> None:
    """Draw y over x as a curve.

    x: the places, real numbers of shape (n,); alone, it is y, over 0, 1, 2 ... y: the values, (n,), or (n, curves) for
    several curves, or a function of x. points: whether points are set rather than joined. file: a path that ends in
    .png, .svg or .pdf, to draw into that file with matplotlib instead. Raises ValueError if the shapes do not fit.

    >>> plot([0., 1., 2., 3.], square, file="plot-example.svg")
    """
    if y is None:
        x, y = None, x
    places = None if x is None else _reals("plot", "x", x)
    values = _reals("plot", "y", y(as_tensor(x)) if callable(y) else y)
    if places is None:
        places = np.arange(len(values) if values.ndim else 0, dtype=float)
    if places.ndim != 1 or values.ndim not in (1, 2) or len(values) != len(places):
        raise explain(
            ValueError(f"plot: x of shape {places.shape} and y of shape {values.shape} do not fit"),
            hint="x is (n,), and y is (n,), or (n, curves) for several curves",
        )
    series = [(places, curve) for curve in values.reshape(len(values), -1).T]
    if file is not None:
        from ..drawing import files

        _write(file, files.lines_file(file, series, points))
        return
    from ..drawing import charts

    print(charts.lines_chart(series, points))


@op()
def hist(x: Any, bins: int = 10, file: str | None = None) -> None:
    """Draw how the entries of x, all real numbers, are distributed over `bins` equal steps; nan and inf are left out.

    x: real numbers of any shape. bins: an int. file: a path that ends in .png, .svg or .pdf, to draw into that file
    with matplotlib instead.

    >>> hist(range(100), file="hist-example.svg")
    """
    values = _reals("hist", "x", x)
    counts, edges = np.histogram(values[np.isfinite(values)], int(bins))
    if file is not None:
        from ..drawing import files

        _write(file, files.histogram_file(file, counts, edges))
        return
    from ..drawing import charts

    print(charts.histogram_chart(counts, edges))


@op()
def imshow(image: Any, file: str | None = None) -> None:
    """Draw an image in blocks of colour, or in shades where the terminal has no colours.

    image: (height, width), (height, width, 1), (height, width, 3), or one of these with a leading 1; uint8 from 0 to
    255, or floats from 0 to 1. Of other numbers the least is black and the greatest white. file: a path that ends in
    .png, .svg or .pdf, to draw into that file with matplotlib instead. Raises ValueError for another shape.

    >>> imshow([[0., 1.], [1., 0.]], file="imshow-example.png")
    """
    pixels = _reals("imshow", "image", image, scaled=True)
    while pixels.ndim > 3 and pixels.shape[0] == 1:
        pixels = pixels[0]
    if pixels.ndim == 3 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    if not pixels.size or pixels.ndim != 2 and not (pixels.ndim == 3 and pixels.shape[-1] == 3):
        raise explain(
            ValueError(f"imshow: {tuple(as_tensor(image).shape)} is not the shape of an image"),
            hint="an image is (height, width) or (height, width, 1 or 3); one of a batch is x[0]",
        )
    low, high = float(np.nanmin(pixels)), float(np.nanmax(pixels))
    if low < 0 or high > 1:
        pixels = (pixels - low) / ((high - low) or 1.0)
    if file is not None:
        from ..drawing import files

        _write(file, files.image_file(file, pixels))
        return
    from ..drawing import charts

    print(charts.image_chart(pixels, wants_color(sys.stdout)))


def _reals(name: str, argument: str, value: Any, scaled: bool = False) -> np.ndarray:
    """A value as float64 numbers on the CPU; `scaled`: uint8 from 0 to 1."""
    tensor = as_tensor(value)
    if not (tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_bool):
        raise explain(
            TypeError(f"{name}: {argument} must be real numbers, and is {tensor.dtype.name}"),
            operands=[(argument, tensor)],
        )
    numbers = to_host(tensor._array)
    return np.asarray(numbers, np.float64) / (255.0 if scaled and tensor.dtype.name == "uint8" else 1.0)


def _write(path: str, picture: bytes) -> None:
    from ..data.files import writing

    with writing(path) as file:
        file.write(picture)
