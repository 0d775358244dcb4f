"""Python's special methods that a class of the language may define, and those that may be named.

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

#: Those that a program may name, on values of the library's classes that `surface` lists: `x.__add__(y)`.
READABLE = _dunder("""
    abs add and array array_priority bool call complex concat copy deepcopy dlpack dlpack_device enter eq exit float
    floordiv format ge getitem gt hash iadd imul index int invert ipow isub iter itruediv le len lt matmul mod mul ne
    neg or pow radd rand repr rfloordiv rmatmul rmod rmul ror round rpow rsub rtruediv rxor str sub truediv xor
""")

SPECIAL_METHODS = RECEIVING | _dunder(_RECEIVING_NOTHING) | {"__init__", "__call__"}
