"""Python's arithmetic and loops where a short program could keep the interpreter busy for ever inside one call.

Such a call cannot be interrupted, as Python looks for interrupts between its own instructions only. The compiler
has `power` and `shift` called for `**` and `<<`; the functions of `python.py` walk what they are given by `breathing`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from typing import Any

from ..runtime.errors import explain

#: The most bits of a power or of a shifted number: some five million digits, and half a second.
MOST_BITS = 2**24
_SHORT = 2**16


def power(x: Any, y: Any) -> Any:
    """x ** y. Raises OverflowError for integers whose power is too long to be computed."""
    if type(y) is int and type(x) is int and y > 64 and not -2 < x < 2:
        _check(x.bit_length() * y, f"{_short(x)} ** {_short(y)}")
    return x**y


def shift(x: Any, y: Any) -> Any:
    """x << y. Raises OverflowError for integers, likewise."""
    if type(y) is int and type(x) is int and y > 64 and x:
        _check(x.bit_length() + y, f"{_short(x)} << {_short(y)}")
    return x << y


def pow(base: Any, exp: Any, mod: Any = None) -> Any:
    """Python's pow: base ** exp, or that modulo `mod`."""
    return power(base, exp) if mod is None else builtins.pow(base, exp, mod)


def round(number: Any, ndigits: Any = None) -> Any:
    """Python's round: to the nearest whole number, or to so many digits after the point."""
    if type(number) is int and type(ndigits) is int and -ndigits > number.bit_length():
        return 0  # Python would compute that power of ten first
    return builtins.round(number) if ndigits is None else builtins.round(number, ndigits)


def iter(*given: Any) -> Any:
    """Python's iter: an iterator over a value's items, or over a function's results up to a sentinel."""
    return _calls(*given) if len(given) == 2 and callable(given[0]) else builtins.iter(*given)


def _calls(function: Any, sentinel: Any) -> Iterator[Any]:
    while (value := function()) != sentinel:
        yield value


def filter(function: Any, iterable: Iterable[Any], /) -> Any:
    """Python's filter: an iterator over the items of which the function, or without one the item itself, is true."""
    return builtins.filter(function, breathing(iterable))


def breathing(items: Iterable[Any]) -> Iterable[Any]:
    """The same items; if they may be very many that cost nothing, by steps between which Python can be interrupted."""
    kind = type(items)
    if kind in _ENDLESS or kind is range and len_of(items) > _SHORT:
        return (item for item in items)
    return items


_ENDLESS = (builtins.map, builtins.filter, builtins.zip, builtins.enumerate, type(builtins.iter(range(0))),
            type(builtins.iter(range(2**70))), type(builtins.reversed(range(0))))  # fmt: skip


def len_of(items: Any) -> int:
    """A range's length, of any size."""
    return max(0, -((items.start - items.stop) // items.step))


def _check(bits: int, what: str) -> None:
    if bits > MOST_BITS:
        raise explain(
            OverflowError(f"{what} has up to {bits} bits, and a whole number has at most {MOST_BITS} here"),
            hint="with floats: 2. ** 1000",
        )


def _short(number: int) -> str:
    return str(number) if number.bit_length() < 64 else f"({number.bit_length()} bits)"
