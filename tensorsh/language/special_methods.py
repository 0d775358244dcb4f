"""Python's special methods that a class of the language may define. None of them can be named otherwise.

Those left out are what Python looks up to make classes and objects (`__new__`, `__init_subclass__`, `__slots__` ...),
to find attributes (`__getattr__`, `__getattribute__`, `__get__` ...), to copy and to destroy.
"""

from __future__ import annotations

_ARITHMETIC = "add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift".split()

#: Those that are handed one value or more by whoever uses the operator.
RECEIVING = frozenset(
    [f"__{way}{name}__" for name in _ARITHMETIC for way in ("", "r", "i")]
    + "__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __contains__".split()
    + "__getitem__ __setitem__ __delitem__ __round__ __format__".split()
) - {"__idivmod__"}

SPECIAL_METHODS = RECEIVING | frozenset(
    """__init__ __call__ __enter__ __exit__ __repr__ __str__ __len__ __iter__ __next__ __reversed__ __hash__
    __bool__ __int__ __float__ __complex__ __index__ __neg__ __pos__ __invert__ __abs__""".split()
)
