"""Python's special methods that a class of the language may define. None of them can be named otherwise.

Those left out are what Python looks up to make classes and objects (`__new__`, `__init_subclass__`, `__slots__` ...),
to find attributes (`__getattr__`, `__getattribute__`, `__get__` ...), to copy and to destroy.
"""

from __future__ import annotations

_ARITHMETIC = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift"
_OTHER_RECEIVING = """
    divmod rdivmod eq ne lt le gt ge contains getitem setitem delitem round format
"""
_RECEIVING_NOTHING = """
    enter exit repr str len iter next reversed hash bool int float complex index neg pos invert abs
"""


def _dunder(names: str) -> frozenset[str]:
    return frozenset(f"__{name}__" for name in names.split())


#: Those that are handed one value or more by whoever uses the operator.
RECEIVING = _dunder(_OTHER_RECEIVING).union(*(_dunder(f"{name} r{name} i{name}") for name in _ARITHMETIC.split()))

SPECIAL_METHODS = RECEIVING | _dunder(_RECEIVING_NOTHING) | {"__init__", "__call__"}
