"""Python's built-in functions as the language offers them.

A builtin that no tensor concerns is Python's own object. The others keep Python's meaning for Python's
values, and of a tensor `sum max min all any` take all entries, as a tensor's reader expects, where Python
would walk its rows. What could reach outside a program's own values (`open`, `eval`, `vars`, `type` with
three arguments ...) is not here.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable
from typing import Any

from ..runtime import local
from ..runtime.errors import explain
from ..runtime.open_classes import open_class
from ..runtime.tensor import is_tensor
from . import bounded
from .registry import export, ops

_AS_THEY_ARE = """
    abs divmod map zip enumerate sorted reversed range len next repr ascii str int float
    bool complex list tuple dict set frozenset bytes slice ord chr hex oct bin hash id callable isinstance
    issubclass format property staticmethod classmethod NotImplemented Ellipsis KeyboardInterrupt
"""

_ABSENT = object()


def sum(iterable: Iterable[Any], /, start: Any = 0) -> Any:
    """The sum of an iterable's items, or of all entries of a tensor.

    >>> sum([1, 2, 3])
    6
    >>> sum(constant([[1., 2.], [3., 4.]]))
    <tf.Tensor: shape=(), dtype=float32, numpy=10.0>
    """
    if not is_tensor(iterable):
        return builtins.sum(bounded.breathing(iterable), start)
    total = ops.reduce_sum(iterable)
    return total if type(start) is int and start == 0 else total + start


def max(*values: Any, key: Any = None, default: Any = _ABSENT) -> Any:
    """The largest of the arguments, or of one iterable's items, or of all entries of a tensor.

    >>> max(1, 3, 2)
    3
    >>> max(constant([[1., 4.], [3., 2.]]))
    <tf.Tensor: shape=(), dtype=float32, numpy=4.0>
    """
    return _extreme(builtins.max, "reduce_max", "maximum", values, key, default)


def min(*values: Any, key: Any = None, default: Any = _ABSENT) -> Any:
    """The smallest of the arguments, or of one iterable's items, or of all entries of a tensor.

    >>> min(3, 1, 2)
    1
    >>> min(constant([[1., 4.], [3., 2.]]))
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    return _extreme(builtins.min, "reduce_min", "minimum", values, key, default)


def all(iterable: Iterable[Any], /) -> bool:
    """Whether every item of an iterable, or every entry of a tensor, is true.

    >>> all(constant([[1., 2.], [3., 4.]]) > 0.)
    True
    """
    return bool(ops.reduce_all(_truth(iterable))) if is_tensor(iterable) else builtins.all(bounded.breathing(iterable))


def any(iterable: Iterable[Any], /) -> bool:
    """Whether some item of an iterable, or some entry of a tensor, is true.

    >>> any(constant([[1., 2.], [3., 4.]]) > 5.)
    False
    """
    return bool(ops.reduce_any(_truth(iterable))) if is_tensor(iterable) else builtins.any(bounded.breathing(iterable))


def type(value: Any, /) -> Any:
    """The class of a value.

    >>> type(1.5)
    <class 'float'>
    """
    return open_class(builtins.type(value))


def print(*values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None, flush: bool = False) -> None:
    """Write the values' text to standard output, separated by `sep`, then `end`; or to `file`, a stream of `sys`.

    >>> print(1, [2], constant(3.))
    1 [2] tf.Tensor(3.0, shape=(), dtype=float32)
    """
    name = getattr(file, "name", None)
    if file is not None and name not in ("stdout", "stderr"):
        raise explain(
            TypeError("print: a program writes to standard output and standard error only"),
            hint="file is sys.stdout or sys.stderr",
        )
    if local.printed is not None:
        caller = sys._getframe(1)
        if not local.printed.is_new((caller.f_code, caller.f_lineno)):
            return
    builtins.print(*values, sep=sep, end=end, file=name and getattr(sys, name), flush=flush)


def _extreme(builtin: Any, reduction: str, elementwise: str, values: tuple, key: Any, default: Any) -> Any:
    if len(values) == 1 and key is None and is_tensor(values[0]):
        t = values[0]
        if builtins.all(t.shape):
            return getattr(ops, reduction)(t)
        values = ([],)  # Python's own answer for something empty
    if len(values) == 1:
        values = (bounded.breathing(values[0]),)
    options = {} if default is _ABSENT else {"default": default}
    try:
        return builtin(*values, key=key, **options)
    except ValueError as error:
        if builtins.any(map(is_tensor, values)):
            raise explain(error, hint=f"{elementwise}(a, b) compares entry by entry") from None
        raise


def _truth(t: Any) -> Any:
    return ops.cast(t, "bool")


def _harmless(value: Any) -> bool:
    return isinstance(value, builtins.type) and issubclass(value, Exception) and not value.__name__.startswith("_")


for _name in (*_AS_THEY_ARE.split(), *(name for name, value in vars(builtins).items() if _harmless(value))):
    export("python." + _name, getattr(builtins, _name), _name, "python")
for _function in (sum, max, min, all, any, type, print, bounded.pow, bounded.round, bounded.iter, bounded.filter):
    export("python." + _function.__name__, _function, _function.__name__, "python")
