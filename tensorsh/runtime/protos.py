"""TensorFlow's messages for shapes, specs, dtypes and tensors: their fields, and the text that shows them."""

from __future__ import annotations

from typing import Any


class Message:
    """Named fields in order. A field that was not given is its default: 0, empty, false."""

    __slots__ = ("_fields",)
    _defaults: dict[str, Any] = {}

    def __init__(self, **fields: Any) -> None:
        self._fields = fields

    def __getattr__(self, name: str) -> Any:
        if name in self._defaults:
            return self._fields.get(name, self._defaults[name])
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and str(other) == str(self)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return "".join(
            _shown(name, value)
            for name, given in self._fields.items()
            for value in (given if isinstance(given, list) else [given])
            if isinstance(given, list) or value != self._defaults[name] or isinstance(value, Message)
        )

    __repr__ = __str__


def _shown(name: str, value: Any) -> str:
    if isinstance(value, Message):
        inner = "".join(f"  {line}\n" for line in str(value).splitlines())
        return f"{name} {{\n{inner}}}\n"
    if isinstance(value, (bytes, str)):
        data = value.encode() if isinstance(value, str) else value
        text = '"' + "".join(map(_escaped, data)) + '"'
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, float):
        digits = (15, 17) if name in ("double_val", "dcomplex_val") else (6, 9)
        text = next((t for n in digits if float(t := f"{value:.{n}g}") == value), repr(value))
    else:
        text = str(value)
    return f"{name}: {text}\n"


def _escaped(byte: int) -> str:
    special = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 39: "\\'", 92: "\\\\"}
    if byte in special:
        return special[byte]
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"


class Dim(Message):
    """One size of a TensorShapeProto; -1 for one that is not known."""

    __slots__ = ()
    _defaults = {"size": 0, "name": ""}


class TensorShapeProto(Message):
    """A shape."""

    __slots__ = ()
    _defaults = {"dim": [], "unknown_rank": False}


class TensorSpecProto(Message):
    """A TensorSpec; its dtype is shown by name."""

    __slots__ = ()
    _defaults = {"name": "", "shape": None, "dtype": 0}


class SerializedDType(Message):
    """A dtype."""

    __slots__ = ()
    _defaults = {"datatype": 0}


class TensorProto(Message):
    """A tensor: its values as bytes, or in the field of their dtype."""

    __slots__ = ()
    _defaults: dict[str, Any] = {
        "dtype": 0, "tensor_shape": None, "tensor_content": b"", "half_val": [], "float_val": [], "double_val": [],
        "int_val": [], "string_val": [], "scomplex_val": [], "int64_val": [], "bool_val": [], "dcomplex_val": [],
        "uint32_val": [], "uint64_val": [],
    }  # fmt: skip


class DataType(int):
    """A dtype's number, which messages show by its name."""

    _name: str

    def __str__(self) -> str:
        return self._name


def data_type(number: int, kernel_name: str) -> DataType:
    """The number of a dtype that TensorFlow's kernels call by that name."""
    made = DataType(number)
    made._name = "DT_" + kernel_name.upper()
    return made


def shape_proto(sizes: list[int | None] | None) -> TensorShapeProto:
    """The message for sizes, None where they are not known."""
    if sizes is None:
        return TensorShapeProto(unknown_rank=True)
    return TensorShapeProto(dim=[Dim(size=-1 if n is None else n) for n in sizes])


def sizes_of(proto: Any) -> list[int | None] | None:
    """The sizes that a TensorShapeProto holds."""
    if proto.unknown_rank:
        return None
    return [None if dim.size == -1 else dim.size for dim in proto.dim]


for _message in (Dim, TensorShapeProto, TensorSpecProto, SerializedDType, TensorProto):
    _message.__module__ = "tensorflow.core"
