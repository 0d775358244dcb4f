"""Keras's own variables: programs make them, and metrics and optimizers keep their state in them, known by a path such
as `mean/total`.

They are read like any other variable; an assignment returns the new value, and the dtype is a name.
"""

from __future__ import annotations

import operator
import re
from typing import Any

from ...runtime import local
from ...runtime.errors import explain
from ...runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from ...runtime.variable import Variable
from ..registry import export, ops
from .config import standard_dtype

_AGGREGATIONS = (None, "none", "mean", "sum", "only_first_replica")
_SYNCHRONIZATIONS = (None, "none", "on_read", "on_write", "auto")


class KerasVariable(Variable):
    """A variable of Keras's: a value, a name and a path; with an initializer, a shape is given instead of the value.

    initializer: the value, or a function of (shape, dtype), or its name, that gives it. trainable: whether tapes watch
    it. aggregation, synchronization: names of Keras's that change nothing here. autocast: taken as Keras takes it; it
    changes nothing here. Raises ValueError for a name with a slash, for an initializer without a shape, or for another
    aggregation or synchronization.

    >>> tf.keras.Variable([1., 2.], name="w")
    <Variable path=w, shape=(2,), dtype=float32, value=[1. 2.]>
    """

    __slots__ = ("_path", "_told_trainable")
    __module__ = "keras.src.backend"
    __qualname__ = "Variable"
    _assignable = frozenset({"trainable"})

    def __init__(
        self,
        initializer: Any,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = "none",
        synchronization: str | None = "auto",
        name: str | None = None,
        layout: Any = None,
    ) -> None:
        name = auto_name("Variable") if name is None else name
        if not isinstance(name, str) or "/" in name:
            raise ValueError(
                f"Argument `name` must be a string and cannot contain character `/`. Received: name={name}"
            )
        for what, given, allowed in (
            ("aggregation", aggregation, _AGGREGATIONS),
            ("synchronization", synchronization, _SYNCHRONIZATIONS),
        ):
            if given not in allowed:
                listed = ", ".join(f"`{v!r}`" for v in allowed)
                raise ValueError(
                    f"Invalid value for argument `{what}`. Expected one of {listed}. Received: {what}={given}"
                )
        value = ops.get_initializer(initializer) if isinstance(initializer, str) else initializer
        if callable(value):
            if shape is None:
                raise ValueError(
                    "When creating a Variable from an initializer, the `shape` argument should be specified. "
                    f"Received: initializer={initializer} and shape={shape}"
                )
            value = value(tuple(shape), dtype=standard_dtype(dtype).name)
        value = as_tensor(value) if dtype is None else converted(value, standard_dtype(dtype).name)
        super().__init__(value, trainable=trainable, name=name)
        self._path, self._told_trainable = name, self._trainable

    @classmethod
    def _of(cls, value: Any, dtype: Any, owner: str, name: str | None, scope: str = "") -> KerasVariable:
        """A variable that belongs to a metric or an optimizer, of which `owner` is the name."""
        made = cls(as_tensor(value, dtype), trainable=False, name=name and "owned")
        made._name = name or made._name
        made._path = f"{scope}{owner.replace('/', '>')}/{made._name}"
        return made

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

    @property
    def trainable(self) -> bool:
        """Whether it is to be trained. Tapes go by what was said when the variable was made."""
        return self._told_trainable

    @trainable.setter
    def trainable(self, value: Any) -> None:
        self._told_trainable = bool(value)

    def __bool__(self) -> bool:
        raise TypeError("A Keras Variable cannot be used as a boolean.")

    def __repr__(self) -> str:
        return (
            f"<Variable path={self._path}, shape={self._value._array.shape}, dtype={self.dtype}, value={self.numpy()}>"
        )


KerasVariable.__name__ = "Variable"
for _operator in ("add", "sub", "mul", "truediv", "floordiv", "pow"):
    # `v += 1` binds the name to the sum; TensorFlow's own variables refuse it.
    _compute = getattr(operator, _operator)
    setattr(KerasVariable, f"__i{_operator}__", lambda self, other, compute=_compute: compute(self._read(), other))
export("tf.keras.Variable", KerasVariable, None, "keras.variable")


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
    _trainable: Any = property(lambda self: self._cell._trainable)
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
