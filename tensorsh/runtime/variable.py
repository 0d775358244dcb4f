"""Variable: a mutable cell that holds a tensor.

Assigning puts a new tensor into the cell and never writes into the old one, which tapes and programs may
still hold. The tensor object in the cell belongs to the variable alone, so that a tape can watch it without
watching the value that it was made from.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from . import backend, devices, dtypes, local, printing, tape
from .dtypes import DType
from .errors import InvalidArgumentError, OutOfRangeError, bracketed, explain, invalid
from .shape import TensorShape
from .tensor import Reference, Tensor, as_tensor, resolve_op, wrap
from .unlisted import of_graphs

#: What goes before the names of new variables: the name scopes that are open.
prefix = ""

#: Told of each new variable, while something listens.
on_creation: Callable[[Any], None] | None = None

_ndarray = np.ndarray
_recorders = tape.recorders
_serials = count()  # the order in which variables are made, in which a tape lists them
_living: WeakValueDictionary[int, Variable] = WeakValueDictionary()


def living() -> list[Variable]:
    """All variables that there are."""
    return list(_living.values())


class Variable:
    """A mutable tensor: read like a tensor, changed by `assign`, watched by tapes while it is trainable.

    initial_value: anything that converts to a tensor, or a function that returns it.
    shape: a TensorShape that may leave sizes open, for values of changing shape.
    """

    __slots__ = (
        "_constraint",
        "_declared_shape",
        "_name",
        "_options",
        "_serial",
        "_trainable",
        "_value",
        "__weakref__",
    )
    __module__ = "tensorflow.python.ops.resource_variable_ops"
    __qualname__ = "ResourceVariable"
    __array_priority__ = 100

    def __new__(cls, *args: Any, **options: Any) -> Any:
        if cls is Variable and "variable_creators" in local.current:
            return _created(args, options)
        return object.__new__(cls)

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        import_scope: str | None = None,
        constraint: Any = None,
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
        experimental_enable_variable_lifting: bool = True,
    ) -> None:
        if hasattr(self, "_value"):
            return  # a creator (see `tf.variable_creator_scope`) has made it
        if callable(initial_value):
            initial_value = initial_value()
        if initial_value is None:
            raise ValueError(
                "The `initial_value` arg to `tf.Variable` must be specified except when you are not providing a "
                "`variable_def`. You provided neither."
            )
        try:
            value = as_tensor(initial_value, dtype)
        except ValueError as error:
            if isinstance(initial_value, Tensor):
                raise ValueError(f"initial_value: {error}") from None
            raise
        self._value = wrap(backend.settled(value._array))
        self._serial = next(_serials)
        declared = self._declared_shape = None if shape is None else TensorShape(shape)
        if declared is not None and not declared.is_compatible_with(value.shape):
            raise ValueError(
                f"In this `tf.Variable` creation, the initial value's shape ({value.shape}) is not compatible with the "
                f"explicitly supplied `shape` argument ({shape})."
            )
        self._name = prefix + ("Variable" if name is None else name)
        self._trainable = True if trainable is None else bool(trainable)
        self._constraint = constraint
        self._options = (aggregation, synchronization)
        _living[self._serial] = self
        if on_creation is not None:
            on_creation(self)

    name = property(lambda self: f"{self._name}:0")
    trainable = property(lambda self: self._trainable)
    constraint = property(lambda self: self._constraint)
    device = property(lambda self: devices.full_name(devices.of(self._value._array)))
    handle = property(lambda self: self._value)

    initializer = property(lambda self: None)  # a graph's op, so there is none

    @property
    def aggregation(self) -> Any:
        from .variable_options import VariableAggregation

        return self._options[0] or VariableAggregation.NONE

    @property
    def synchronization(self) -> Any:
        from .variable_options import VariableSynchronization

        return self._options[1] or VariableSynchronization.AUTO

    @property
    def op(self) -> Any:
        raise of_graphs("op")

    @property
    def graph(self) -> Any:
        raise of_graphs("graph")

    @property
    def dtype(self) -> DType:
        return dtypes.from_numpy(self._value._array.dtype)

    @property
    def shape(self) -> TensorShape:
        declared = self._declared_shape
        return TensorShape(self._value._array.shape) if declared is None else declared

    @property
    def initial_value(self) -> Tensor:
        raise RuntimeError("This property is not supported when eager execution is enabled.")

    def get_shape(self) -> TensorShape:
        return self.shape

    def set_shape(self, shape: Any) -> None:
        self._declared_shape = TensorShape(shape).merge_with(self.shape)

    def numpy(self) -> Any:
        """The value as a NumPy array; a NumPy scalar for rank 0."""
        return self._value.numpy()

    def value(self) -> Tensor:
        """The value as a tensor, connected to the variable on every tape."""
        return resolve_op("identity")(self._read())

    def read_value(self) -> Tensor:
        return self.value()

    def read_value_no_copy(self) -> Tensor:
        return self.value()

    def is_initialized(self, name: str | None = None) -> Tensor:
        return as_tensor(True)

    def initialized_value(self) -> Any:
        """Refused, as in TensorFlow: a variable is initialized when it is made."""
        raise NotImplementedError

    def ref(self) -> Reference:
        """A hashable stand-in, for dictionary keys."""
        return Reference(self)

    def experimental_ref(self) -> Reference:
        return Reference(self)

    def assign(self, value: Any, use_locking: Any = None, name: Any = None, read_value: bool = True) -> Any:
        """Put `value` into the variable. Raises ValueError if its shape or dtype does not fit."""
        array = backend.settled(as_tensor(value, self.dtype)._array)  # it will be read more than once
        if array.shape != self._value._array.shape and not self._accepts(array.shape):
            raise ValueError(
                f"Cannot assign value to variable ' {self.name}': Shape mismatch.The variable shape {self.shape}, "
                f"and the assigned value shape {TensorShape(array.shape)} are incompatible."
            )
        self._value = wrap(array)
        return _Unread(self) if read_value else None

    def assign_add(self, delta: Any, use_locking: Any = None, name: Any = None, read_value: bool = True) -> Any:
        """Add `delta`, of the variable's own shape, to the variable."""
        return self._update("AssignAddVariableOp", "add", delta, read_value)

    def assign_sub(self, delta: Any, use_locking: Any = None, name: Any = None, read_value: bool = True) -> Any:
        """Subtract `delta`, of the variable's own shape, from the variable."""
        return self._update("AssignSubVariableOp", "subtract", delta, read_value)

    def gather_nd(self, indices: Any, name: str | None = None) -> Tensor:
        return resolve_op("gather_nd")(self, indices)

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        return resolve_op("gather")(self, indices)

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        return self._scatter("ResourceScatterAdd", "scatter_add_array", sparse_delta)

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        return self._scatter("ResourceScatterSub", "scatter_sub_array", sparse_delta)

    def scatter_mul(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        return self._scatter("ResourceScatterMul", "scatter_mul_array", sparse_delta)

    def scatter_div(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        return self._scatter("ResourceScatterDiv", "scatter_div_array", sparse_delta)

    def scatter_max(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        return self._scatter("ResourceScatterMax", "scatter_max_array", sparse_delta)

    def scatter_min(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        return self._scatter("ResourceScatterMin", "scatter_min_array", sparse_delta)

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        return self._scatter("ResourceScatterUpdate", "scatter_update_array", sparse_delta)

    def batch_scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: Any = None) -> Any:
        return self._scatter("ResourceScatterUpdate", "batch_scatter_update_array", sparse_delta)

    def scatter_nd_add(self, indices: Any, updates: Any, name: Any = None) -> Any:
        return self._scatter_nd("ResourceScatterNdAdd", "add", indices, updates)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: Any = None) -> Any:
        return self._scatter_nd("ResourceScatterNdSub", "sub", indices, updates)

    def scatter_nd_max(self, indices: Any, updates: Any, name: Any = None) -> Any:
        return self._scatter_nd("ResourceScatterNdMax", "max", indices, updates)

    def scatter_nd_min(self, indices: Any, updates: Any, name: Any = None) -> Any:
        return self._scatter_nd("ResourceScatterNdMin", "min", indices, updates)

    def scatter_nd_update(self, indices: Any, updates: Any, name: Any = None) -> Any:
        return self._scatter_nd("ResourceScatterNdUpdate", "update", indices, updates)

    def count_up_to(self, limit: int) -> Tensor:
        """Add one and return the value before. Raises OutOfRangeError at `limit`."""
        before = self._value
        if self.dtype not in (dtypes.int32, dtypes.int64):
            raise InvalidArgumentError(
                f"Value for attr 'T' of {self.dtype.kernel_name} is not in the list of allowed values: int32, int64"
            )
        if int(before) >= limit:
            raise OutOfRangeError(f"Reached limit of {limit}")
        self.assign_add(np.ones((), before._array.dtype))
        return before

    def _read(self) -> Tensor:
        for recorder in _recorders:
            recorder._read_variable(self)
        return self._value

    def _accepts(self, shape: tuple[int, ...]) -> bool:
        return self._declared_shape is not None and self._declared_shape.is_compatible_with(shape)

    def _update(self, kernel: str, ufunc: str, delta: Any, read_value: bool) -> Any:
        array = self._value._array
        change = delta._array if type(delta) is Tensor else None
        if change is None or change.dtype is not array.dtype:
            change = as_tensor(delta, self.dtype)._array
        if change.shape != array.shape:
            raise invalid(
                kernel,
                f"Cannot update variable with shape {bracketed(array.shape)} using a Tensor with shape "
                f"{bracketed(change.shape)}, shapes must be equal.",
            )
        if array.dtype.kind in "bO":
            attrs = f"[dtype=DT_{self.dtype.kernel_name.upper()}]"
            used = f"No OpKernel was registered to support Op '{kernel}' used by {{{{node {kernel}}}}} with these attrs"
            raise explain(InvalidArgumentError(f"{used}: {attrs} [Op:{kernel}] name: "))
        xp = backend.module_of(array)
        result = getattr(xp, ufunc)(array, change)
        self._value = wrap(result if type(result) is _ndarray else backend.settled(xp.asarray(result)))
        return _Unread(self) if read_value else None

    def _scatter(self, kernel: str, op: str, delta: Any) -> Any:
        if not hasattr(delta, "indices"):
            raise TypeError(f"Argument `sparse_delta` must be a `tf.IndexedSlices`. Received arg: {delta}")
        values, indices = as_tensor(delta.values, self.dtype), as_tensor(delta.indices)
        self._value = wrap(resolve_op(op)(kernel, self._value._array, indices._array, values._array))
        return _Unread(self)

    def _scatter_nd(self, kernel: str, kind: str, indices: Any, updates: Any) -> Any:
        self._value = wrap(resolve_op("scatter_nd_array")(kernel, kind, self._value._array, indices, updates))
        return _Unread(self)

    def _assign_slice(self, key: Any, value: Any, name: str | None = None) -> Any:
        self._value = wrap(resolve_op("assign_slice")(self._value._array, key, value))
        return _Unread(self)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._assign_slice(key, value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._value.__array__(dtype)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __float__(self) -> float:
        return float(self._value)

    def __int__(self) -> int:
        return int(self._value)

    def __complex__(self) -> complex:
        return complex(self._value)

    def __iter__(self) -> Any:
        return iter(self._read())

    def __hash__(self) -> int:
        raise TypeError(f"Variable is unhashable. Instead, use variable.ref() as the key. (Variable: {self!r})")

    def __copy__(self) -> Variable:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: Any) -> Variable:
        return Variable(wrap(self._value._array), self._trainable, name=self._name, constraint=self._constraint)

    def __format__(self, spec: str) -> str:
        if spec:
            raise explain(
                TypeError(f"unsupported format string passed to {type(self).__name__}.__format__"),
                hint="format its value: f'{v.numpy():.2f}'",
            )
        return repr(self)

    def __repr__(self) -> str:
        return printing.variable_repr(self, self.name)

    def __iadd__(self, other: Any) -> Any:
        raise _in_place("variable", "+", "assign_add(value)", "+")

    def __isub__(self, other: Any) -> Any:
        raise _in_place("variable", "-", "assign_sub(value)", "*")  # the `*` is TensorFlow's

    def __imul__(self, other: Any) -> Any:
        raise _in_place("var", "*", "assign(var * value)", "*")

    def __itruediv__(self, other: Any) -> Any:
        raise _in_place("var", "/", "assign(var / value)", "/")

    def __ifloordiv__(self, other: Any) -> Any:
        raise _in_place("var", "/", "assign(var / value)", "/")

    def __ipow__(self, other: Any) -> Any:
        raise _in_place("var", "**", "assign(var ** value)", "**")


Variable.__name__ = "ResourceVariable"


def _created(args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What the program's variable creators make of a call, the last opened first and Variable itself at the end."""
    names = Variable.__init__.__code__.co_varnames[1:]
    options = dict(zip(names, args)) | options
    creators = local.current.pop("variable_creators")

    def next_of(rest: list[Any]) -> Any:
        return partial(rest[-1], next_of(rest[:-1])) if rest else Variable

    try:
        return next_of(creators)(**options)
    finally:
        local.current["variable_creators"] = creators


class _Unread(Variable):
    """What an assignment returns: the same cell under TensorFlow's name `UnreadVariable`."""

    __slots__ = ("_cell",)
    __module__ = "tensorflow.python.ops.resource_variable_ops"
    __qualname__ = "_UnreadVariable"

    def __init__(self, variable: Variable) -> None:
        self._cell = variable

    _value = property(lambda self: self._cell._value, lambda self, value: setattr(self._cell, "_value", value))
    _declared_shape = property(lambda self: self._cell._declared_shape)
    _trainable = property(lambda self: self._cell._trainable)
    _constraint = property(lambda self: self._cell._constraint)
    _name = property(lambda self: self._cell._name)
    _options = property(lambda self: self._cell._options)

    def _read(self) -> Tensor:
        return self._cell._read()

    def __repr__(self) -> str:
        return printing.variable_repr(self, "UnreadVariable")


_Unread.__name__ = "_UnreadVariable"


def _in_place(noun: str, operator: str, instead: str, shown: str) -> RuntimeError:
    """TensorFlow's refusal of `v += 1`, in its own words."""
    return RuntimeError(
        f"`{noun} {operator}= value` with `tf.Variable`s is not supported. Use `{noun}.{instead}` to modify the "
        f"variable, or `out = {noun} {shown} value` if you need to get a new output Tensor."
    )
