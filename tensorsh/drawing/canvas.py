"""A canvas of dots, shown as braille characters: two dots across and four down in each."""

from __future__ import annotations

import numpy as np

#: What each dot of a character adds to U+2800, by (row, column): the Unicode Standard, "Braille Patterns".
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_BLANK = 0x2800


class Canvas:
    """`width` by `height` characters; a dot is at (x, y), both from 0 to 1, y upwards."""

    def __init__(self, width: int, height: int) -> None:
        self._dots = np.zeros((4 * height, 2 * width), bool)

    def dots(self, x: np.ndarray, y: np.ndarray) -> None:
        """Set the dots nearest to the points. What is not finite, or outside, is left out."""
        rows, columns = self._dots.shape
        inside = np.isfinite(x) & np.isfinite(y) & (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
        column = np.rint(x[inside] * (columns - 1)).astype(int)
        row = np.rint((1 - y[inside]) * (rows - 1)).astype(int)
        self._dots[row, column] = True

    def line(self, x: np.ndarray, y: np.ndarray) -> None:
        """Join the points by straight lines; what is not finite leaves a gap."""
        rows, columns = self._dots.shape
        if len(x) < 2:
            self.dots(x, y)
            return
        with np.errstate(invalid="ignore"):
            steps = np.maximum(np.abs(np.diff(x)) * columns, np.abs(np.diff(y)) * rows)
        for i in np.flatnonzero(np.isfinite(steps)):
            share = np.linspace(0, 1, int(min(np.ceil(steps[i]), rows + columns)) + 1)
            self.dots(x[i] + share * (x[i + 1] - x[i]), y[i] + share * (y[i + 1] - y[i]))
        self.dots(x, y)

    def lines(self) -> list[str]:
        """The canvas as text, from the top."""
        rows, columns = self._dots.shape
        cells = self._dots.reshape(rows // 4, 4, columns // 2, 2).transpose(0, 2, 1, 3)
        codes = _BLANK + (cells * _BITS).sum((2, 3))
        return ["".join(map(chr, row)).replace(chr(_BLANK), " ") for row in codes.tolist()]
