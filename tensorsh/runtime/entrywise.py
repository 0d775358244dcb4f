"""NumPy's functions that go entry by entry, as `np` offers them: what `where` leaves out is zero.

NumPy leaves there whatever the memory held before, which is nobody's business: another session's data perhaps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .errors import explain


class Entrywise:
    """A function of arrays that goes entry by entry, and broadcasts: NumPy's `ufunc`."""

    def __init__(self, ufunc: np.ufunc) -> None:
        self.__wrapped__, self.__name__, self.__doc__ = ufunc, ufunc.__name__, ufunc.__doc__
        self.nin, self.nout = ufunc.nin, ufunc.nout
        self.accumulate, self.at, self.reduce, self.reduceat = ufunc.accumulate, ufunc.at, ufunc.reduce, ufunc.reduceat

    def __call__(self, *args: Any, **options: Any) -> Any:
        if "where" in options:
            return self._where(self.__wrapped__, args, **options)
        return self.__wrapped__(*args, **options)

    def outer(self, *args: Any, **options: Any) -> Any:
        """The function of each entry of the first with each entry of the second."""
        if "where" in options:
            return self._where(self.__wrapped__.outer, args, **options)
        return self.__wrapped__.outer(*args, **options)

    def _where(self, function: Callable[..., Any], args: tuple, *, where: Any, out: Any = None, **options: Any) -> Any:
        given = out if isinstance(out, tuple) else args[self.nin :] if out is None else (out,)
        arrays = [isinstance(array, np.ndarray) for array in given]
        if all(arrays) and len(arrays) == self.nout:
            return function(*args[: self.nin], where=where, out=tuple(given), **options)
        if any(arrays):
            raise TypeError(f"np.{self.__name__}: with `where`, `out` is to have an array for each result")
        mask, results = np.asarray(where, bool), function(*args[: self.nin], **options)
        filled = [np.where(mask, r, np.zeros((), r.dtype))[()] for r in (results if self.nout > 1 else [results])]
        return tuple(filled) if self.nout > 1 else filled[0]

    def __repr__(self) -> str:
        return repr(self.__wrapped__)


def clip(array: Any, *bounds: Any, **options: Any) -> Any:
    """`np.clip`: the entries, and the bounds in the place of those beyond them."""
    if "where" in options:
        raise explain(TypeError("clip: `where` is left out"), hint="np.where(mask, np.clip(x, low, high), x)")
    return np.clip(array, *bounds, **options)


def pad(array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """`np.pad`: the array with a border around it. "empty" makes it one of zeros."""
    if not callable(mode):
        if not isinstance(mode, str):
            raise TypeError(f"np.pad: mode is a text or a function, not a {type(mode).__name__!r} object")
        mode = "constant" if mode == "empty" else str(mode)
    return np.pad(array, pad_width, mode, **options)
