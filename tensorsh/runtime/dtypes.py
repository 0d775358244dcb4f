"""TensorFlow's dtypes over NumPy's.

A `DType` is one of a fixed set of objects. Three spellings name it: TensorFlow's (`float32`), the one
that kernels write in messages (`float`, `half`, `double`), and NumPy's dtype, which is how arrays hold it.
bfloat16 lives in the package ml_dtypes, imported when the first bfloat16 is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .errors import explain
from .open_classes import open_class
from .trace_types import UniqueType


class DType(UniqueType):
    """A tensor's element type."""

    __slots__ = ("_kind", "_np", "_size", "kernel_name", "name")
    __module__ = "tensorflow.python.framework.dtypes"

    def __init__(self, name: str, kernel_name: str, kind: str, size: int) -> None:
        self.name, self.kernel_name, self._kind, self._size = name, kernel_name, kind, size
        self._np: np.dtype | None = None

    @property
    def _numpy(self) -> np.dtype:
        """The NumPy dtype of an array that holds it."""
        if self._np is None:
            self._np = _numpy_dtype(self.name)
            _BY_NUMPY[self._np] = self
        return self._np

    @property
    def as_numpy_dtype(self) -> Any:
        return open_class(object if self.name == "string" else self._numpy.type)

    @property
    def as_datatype_enum(self) -> int:
        return _ENUM[self.name]

    @property
    def base_dtype(self) -> DType:
        return self

    @property
    def real_dtype(self) -> DType:
        return {"complex64": float32, "complex128": float64}.get(self.name, self)

    @property
    def size(self) -> int:
        """Bytes of one element."""
        return self._size

    @property
    def is_floating(self) -> bool:
        return self._kind == "f"

    @property
    def is_integer(self) -> bool:
        return self._kind in "iu"

    @property
    def is_complex(self) -> bool:
        return self._kind == "c"

    @property
    def is_bool(self) -> bool:
        return self._kind == "b"

    @property
    def is_unsigned(self) -> bool:
        return self._kind == "u"

    @property
    def is_numeric(self) -> bool:
        return self._kind in "fiuc"

    @property
    def is_quantized(self) -> bool:
        return self._kind == "q"

    @property
    def is_numpy_compatible(self) -> bool:
        return self._kind != "r"

    @property
    def min(self) -> Any:
        """The smallest finite value. Raises TypeError for a dtype that is not of real numbers."""
        return self._limit("min")

    @property
    def max(self) -> Any:
        """The largest finite value. Raises TypeError for a dtype that is not of real numbers."""
        return self._limit("max")

    @property
    def limits(self) -> tuple[Any, Any]:
        """The range that images of this dtype use: (0, 1) for floats, from 0 to the largest value for integers."""
        if self.name not in ("float32", "float64", "bool") and self._kind not in "iu":
            raise ValueError(f"{self} does not have defined limits.")
        return (0, 1) if self._kind == "f" else (0, True if self._kind == "b" else self.max)

    def _limit(self, which: str) -> Any:
        if self._kind in "iu":
            return int(getattr(np.iinfo(self._numpy), which))
        if self.name == "bfloat16":
            import ml_dtypes

            return getattr(ml_dtypes.finfo(self._numpy), which)
        if self._kind == "f":
            return getattr(np.finfo(self._numpy), which)
        raise TypeError(f"Cannot find {which}imum value of {self} with type {self}.")

    def experimental_as_proto(self) -> Any:
        """The message that TensorFlow writes dtypes as."""
        from .protos import SerializedDType, data_type

        return SerializedDType(datatype=data_type(self.as_datatype_enum, self.kernel_name))

    @classmethod
    def experimental_type_proto(cls) -> type:
        from .protos import SerializedDType

        return SerializedDType

    @classmethod
    def experimental_from_proto(cls, proto: Any) -> DType:
        """The dtype that a message holds."""
        return as_dtype(int(proto.datatype))

    def is_compatible_with(self, other: Any) -> bool:
        return self == other

    def __eq__(self, other: object) -> bool:
        if other is self:
            return True
        if other is None or isinstance(other, DType):
            return False
        try:
            return as_dtype(other) is self
        except TypeError:
            return False

    def __hash__(self) -> int:
        return hash(self.name)

    def __int__(self) -> int:
        return self.as_datatype_enum

    def __repr__(self) -> str:
        return "tf." + self.name

    def __str__(self) -> str:
        return f"<dtype: '{self.name}'>"


_TABLE = [  # name, the kernels' name, kind, bytes, TensorFlow's number
    ("float16", "half", "f", 2, 19),
    ("bfloat16", "bfloat16", "f", 2, 14),
    ("float32", "float", "f", 4, 1),
    ("float64", "double", "f", 8, 2),
    ("int8", "int8", "i", 1, 6),
    ("int16", "int16", "i", 2, 5),
    ("int32", "int32", "i", 4, 3),
    ("int64", "int64", "i", 8, 9),
    ("uint8", "uint8", "u", 1, 4),
    ("uint16", "uint16", "u", 2, 17),
    ("uint32", "uint32", "u", 4, 22),
    ("uint64", "uint64", "u", 8, 23),
    ("bool", "bool", "b", 1, 10),
    ("complex64", "complex64", "c", 8, 8),
    ("complex128", "complex128", "c", 16, 18),
    ("string", "string", "s", 0, 7),
    ("resource", "resource", "r", 1, 20),
    ("variant", "variant", "r", 1, 21),
    ("qint8", "qint8", "q", 1, 11),
    ("quint8", "quint8", "q", 1, 12),
    ("qint32", "qint32", "q", 4, 13),
    ("qint16", "qint16", "q", 2, 15),
    ("quint16", "quint16", "q", 2, 16),
]
DTYPES: dict[str, DType] = {row[0]: DType(*row[:4]) for row in _TABLE}
_ENUM = {row[0]: row[4] for row in _TABLE}
ALIASES = {"half": "float16", "double": "float64", "bfloat": "bfloat16"}
_BY_ENUM = {row[4]: DTYPES[row[0]] for row in _TABLE}
_BY_NUMPY: dict[np.dtype, DType] = {}
_BY_KERNEL_NAME = {d.kernel_name: d for d in DTYPES.values()}


def _numpy_dtype(name: str) -> np.dtype:
    if name == "bfloat16":
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    if name == "string":
        return np.dtype(object)
    return np.dtype(name)


float16, bfloat16, float32, float64 = (DTYPES[n] for n in ("float16", "bfloat16", "float32", "float64"))
int8, int16, int32, int64 = (DTYPES[n] for n in ("int8", "int16", "int32", "int64"))
uint8, uint16, uint32, uint64 = (DTYPES[n] for n in ("uint8", "uint16", "uint32", "uint64"))
bool_, string = DTYPES["bool"], DTYPES["string"]
complex64, complex128 = DTYPES["complex64"], DTYPES["complex128"]

for _d in DTYPES.values():
    if _d._kind in "fiubc" and _d is not bfloat16:
        _d._numpy  # noqa: B018  (fills the reverse table; bfloat16 waits for ml_dtypes)
F32, F64, I32, I64, BOOL = (d._numpy for d in (float32, float64, int32, int64, bool_))


def listed(names: str) -> tuple[DType, ...]:
    """Dtypes by their names, in the order in which the messages of a TensorFlow kernel list them."""
    return tuple(DTYPES[name] for name in names.split())


# Groups that ops name in their definitions, each in the order in which TensorFlow's messages list them.
FLOATS = (bfloat16, float16, float32, float64)  # what not all kernels have comes first: FLOATS[1:], FLOATS[2:]
COMPLEX = (complex64, complex128)
INEXACT = FLOATS + COMPLEX
SIGNED = (int8, int16, int32, int64)
UNSIGNED = (uint8, uint16, uint32, uint64)
INTEGERS = SIGNED + UNSIGNED
REAL = FLOATS + UNSIGNED + SIGNED
NUMERIC = REAL + COMPLEX
SIGNED_REAL = FLOATS + SIGNED
ANY = NUMERIC + (bool_, string)
HALF_FIRST = (float16, bfloat16, float32, float64)  # the other order in which kernels list the floats
ORDERED = listed("float32 float64 int32 uint8 int16 int8 int64 bfloat16 uint16 float16 uint32 uint64")
COMPARABLE = listed("bfloat16 float16 float32 float64 int8 uint8 int16 uint16 int32 uint32 int64 uint64")
SUMMABLE = listed(
    "float32 float64 int32 uint8 int16 int8 complex64 int64 qint8 quint8 qint32 bfloat16 qint16 quint16 uint16 "
    "complex128 float16 uint32 uint64"
)


def as_dtype(type_value: Any) -> DType:
    """The DType that `type_value` names: a DType, TensorFlow's or NumPy's name, a NumPy dtype, `float` or `bool`.

    Raises TypeError for anything else, Python's `int` included: TensorFlow leaves its width open.
    """
    if type(type_value) is DType:
        return type_value
    if isinstance(type_value, str):
        name = ALIASES.get(type_value, type_value)
        found = DTYPES.get(name) or _BY_KERNEL_NAME.get(name)
        if found is not None:
            return found
        raise explain(
            TypeError(f"Cannot convert the argument `type_value`: {type_value!r} to a TensorFlow DType."),
            hint=_closest(type_value),
        )
    if type_value is float:
        return float32
    if type(type_value) is int and type_value in _BY_ENUM:
        return _BY_ENUM[type_value]
    if type_value is bool:
        return bool_
    if isinstance(type_value, np.dtype) or (isinstance(type_value, type) and issubclass(type_value, np.generic)):
        return from_numpy(np.dtype(type_value))
    hint = "write int32 or int64: Python's int has no width" if type_value is int else None
    raise explain(
        TypeError(f"Cannot convert the argument `type_value`: {type_value!r} to a TensorFlow DType."), hint=hint
    )


def from_numpy(dtype: np.dtype) -> DType:
    """The DType of an array of NumPy dtype `dtype`."""
    found = _BY_NUMPY.get(dtype)
    if found is None:
        if dtype.kind in "SUO":
            return string
        name = dtype.name
        if name not in DTYPES:
            raise TypeError(f"Cannot convert the argument `type_value`: {dtype!r} to a TensorFlow DType.")
        found = DTYPES[name]
        found._numpy  # noqa: B018
        _BY_NUMPY[dtype] = found
    return found


def names(group: Iterable[DType]) -> str:
    """`half, float, double`: a group as TensorFlow's kernels list it."""
    return ", ".join(d.kernel_name for d in group)


def _closest(text: str) -> str | None:
    import difflib

    close = difflib.get_close_matches(text, [*DTYPES, *ALIASES], n=1)
    return f"did you mean {close[0]!r}?" if close else None
