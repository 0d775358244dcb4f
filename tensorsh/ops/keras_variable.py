"""Keras's own variables: those in which metrics and optimizers keep their state, known by a path such as `mean/total`.

They are read like any other variable; an assignment returns the new value, and the dtype is a name.
"""

from __future__ import annotations

import re
from typing import Any

from ..runtime import local
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from ..runtime.variable import Variable
from .registry import ops


class KerasVariable(Variable):
    """A variable that belongs to a metric or an optimizer, of which `owner` is the name."""

    __slots__ = ("_path",)
    __module__ = "keras.src.backend"
    __qualname__ = "Variable"

    def __init__(self, value: Any, dtype: Any, owner: str, name: str | None) -> None:
        super().__init__(as_tensor(value, dtype), trainable=False, name=name or auto_name("Variable"))
        self._path = f"{owner.replace('/', '>')}/{self._name}"

    name = property(lambda self: self._name)
    path = property(lambda self: self._path)
    ndim = property(lambda self: self._value._array.ndim)
    dtype: Any = property(lambda self: self._value.dtype.name)
    value: Any = property(lambda self: _Inner(self), doc="The `tf.Variable` inside, which shares its value.")

    def assign(self, value: Any, use_locking: bool = False, name: Any = None, read_value: bool = True) -> Any:
        """Put `value` into the variable and return it. Raises ValueError if its shape does not fit."""
        array = converted(value, self.dtype)._array
        if array.shape != self._value._array.shape:
            raise explain(
                ValueError(
                    "The shape of the target variable and the shape of the target value in `variable.assign(value)` "
                    f"must match. variable.shape={self._value._array.shape}, Received: value.shape={array.shape}. "
                    f"Target variable: {self!r}"
                ),
                f"{self._path} has shape {self._value._array.shape}, and the value {array.shape}",
            )
        self._value = wrap(array)
        return self._value

    def assign_add(self, delta: Any, use_locking: bool = False, name: Any = None, read_value: bool = True) -> Any:
        return self.assign(self._value + converted(delta, self.dtype))

    def assign_sub(self, delta: Any, use_locking: bool = False, name: Any = None, read_value: bool = True) -> Any:
        return self.assign(self._value - converted(delta, self.dtype))

    def __bool__(self) -> bool:
        raise TypeError("A Keras Variable cannot be used as a boolean.")

    def __repr__(self) -> str:
        return (
            f"<Variable path={self._path}, shape={self._value._array.shape}, dtype={self.dtype}, value={self.numpy()}>"
        )


KerasVariable.__name__ = "Variable"


class _Inner(Variable):
    """The same cell as TensorFlow knows it."""

    __slots__ = ("_cell",)
    __module__ = Variable.__module__
    __qualname__ = "ResourceVariable"

    def __init__(self, variable: KerasVariable) -> None:
        self._cell = variable

    _value: Any = property(lambda self: self._cell._value, lambda self, value: setattr(self._cell, "_value", value))
    _name: Any = property(lambda self: self._cell._path)
    _serial: Any = property(lambda self: self._cell._serial)
    _trainable: Any = property(lambda self: False)
    _constraint: Any = property(lambda self: None)
    _declared_shape: Any = property(lambda self: None)


_Inner.__name__ = "ResourceVariable"


def converted(value: Any, dtype: str) -> Tensor:
    """`value` as a tensor of that dtype, by Keras's rule: a tensor is cast, and so is anything to an integer."""
    if is_tensor(value) or dtype.startswith(("int", "uint", "bool")):
        return ops.cast(as_tensor(value), dtype)
    return as_tensor(value, dtype)


def auto_name(class_name: str) -> str:
    """The next name for an object of that class that was given none: "MeanIoU" -> "mean_io_u", "mean_io_u_1" ..."""
    base = snake_case(class_name)
    made = local.current.setdefault("names", {})
    count = made.get(base, 0)
    made[base] = count + 1
    return f"{base}_{count}" if count else base


def snake_case(name: str) -> str:
    """ "MeanIoU" -> "mean_io_u", as Keras splits names."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
