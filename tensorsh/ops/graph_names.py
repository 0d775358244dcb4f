"""What belongs to TensorFlow's graphs and its internals, as it answers where all is executed eagerly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime import local, variable
from ..runtime.composite_specs import RaggedTensorSpec, SparseTensorSpec, composite_spec
from ..runtime.errors import explain
from ..runtime.gradient_tape import UnconnectedGradients
from ..runtime.spec import TensorSpec
from ..runtime.tensor import Tensor, as_tensor
from ..runtime.variable_options import VariableAggregationV2, VariableSynchronization
from .functions import inside_function
from .registry import export, op

export("tf.VariableAggregation", VariableAggregationV2, None, "graph_names")
export("tf.VariableSynchronization", VariableSynchronization, None, "graph_names")


class TypeSpec:
    """TensorFlow's base class of specs such as `tf.TensorSpec`; nothing is made of it here."""

    __module__ = "tensorflow.python.framework.type_spec"

    def __new__(cls, *args: Any, **options: Any) -> Any:
        raise TypeError("Can't instantiate abstract class TypeSpec")


export("tf.TypeSpec", TypeSpec, None, "graph_names")
export("tf.RaggedTensorSpec", RaggedTensorSpec, None, "graph_names")
export("tf.SparseTensorSpec", SparseTensorSpec, None, "graph_names")


@op("type_spec_from_value", short=False)
def type_spec_from_value(value: Any) -> Any:
    """The spec of a tensor, or of what can be made one: its shape and dtype.

    value: a tensor, an array, a number, a text, or a list of them. Raises TypeError for anything else, variables
    included.

    >>> tf.type_spec_from_value(constant([1., 2.]))
    TensorSpec(shape=(2,), dtype=tf.float32, name=None)
    """
    if (found := composite_spec(value)) is not None:
        return found
    try:
        if isinstance(value, variable.Variable):
            raise TypeError
        made = as_tensor(value)
    except (TypeError, ValueError):
        message = f"Could not build a TypeSpec for {value!r} of unsupported type {type(value)}."
        raise TypeError(message) from None
    return TensorSpec(made.shape, made.dtype)


@op("is_symbolic_tensor", short=False)
def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether it stands for a tensor in a graph: False, save for a tensor while a `function` is traced.

    tensor: a value of any kind.

    >>> tf.is_symbolic_tensor(constant(1))
    False
    """
    return inside_function() and type(tensor) is Tensor


_IN_GRAPHS = "tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead."


@op("gradients", short=False)
def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = UnconnectedGradients.NONE,
) -> Any:
    """TensorFlow's function for graphs: refused with RuntimeError where all is executed eagerly.

    ys, xs, grad_ys, name, gate_gradients, aggregation_method, stop_gradients, unconnected_gradients: taken as
    TensorFlow takes them, and not looked at.

    >>> try: tf.gradients(constant(1.), constant(1.))
    ... except RuntimeError as error: print(error)
    tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead.
    """
    raise explain(RuntimeError(_IN_GRAPHS), hint="with tape: y = ...; then grad(y, x)")


@op("hessians", short=False)
def hessians(
    ys: Any, xs: Any, gate_gradients: bool = False, aggregation_method: Any = None, name: str = "hessians"
) -> Any:
    """TensorFlow's function for graphs: refused with RuntimeError where all is executed eagerly.

    ys, xs, gate_gradients, aggregation_method, name: taken as TensorFlow takes them, and not looked at.

    >>> try: tf.hessians(constant(1.), constant(1.))
    ... except RuntimeError as error: print(error)
    tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead.
    """
    raise explain(RuntimeError(_IN_GRAPHS), hint="hessian(f)(x) gives the second derivatives of a function")


class RegisterGradient:
    """Decorate the gradient of an op that graphs know by `op_type`. It is kept and never asked: there are no graphs.

    Raises TypeError if op_type is no text, KeyError if it has a gradient.

    >>> @tf.RegisterGradient("MyOp")
    ... def my_gradient(op, g): return g
    >>> my_gradient(None, 2.)
    2.0
    """

    __module__ = "tensorflow.python.framework.ops"

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f: Any) -> Any:
        _register(self._op_type)
        return f


export("tf.RegisterGradient", RegisterGradient, None, "graph_names")


@op("no_gradient", short=False)
def no_gradient(op_type: str) -> None:
    """Tell graphs that an op has no gradient. Raises TypeError if op_type is no text, KeyError if it has one.

    op_type: the name of one of TensorFlow's kernels, such as "MatMul".

    >>> tf.no_gradient("MyOp")
    """
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _register(op_type)


def _register(op_type: str) -> None:
    names = local.current.setdefault("op gradients", set())
    if op_type in names:
        raise KeyError(f"Registering two gradient with name '{op_type}'!")
    names.add(op_type)


@op("register_tensor_conversion_function", short=False)
def register_tensor_conversion_function(
    base_type: Any, conversion_func: Callable[..., Any], priority: int = 100
) -> None:
    """Have values of a class, or of a tuple of classes, converted to tensors by a function.

    conversion_func(value, dtype=None, name=None, as_ref=False) returns a tensor, or NotImplemented to decline. Of
    several, those of smaller priority are asked first. Raises TypeError for classes of numbers and arrays.

    base_type: a class, or a tuple of classes. conversion_func: a function, called as told above. priority: an int.

    >>> class Money(tf.Module): pass
    >>> tf.register_tensor_conversion_function(Money, lambda v, dtype=None, name=None, as_ref=False: constant(5))
    >>> constant(2) * Money()
    <tf.Tensor: shape=(), dtype=int32, numpy=10>
    """
    kinds = base_type if isinstance(base_type, tuple) else (base_type,)
    if not kinds or not all(isinstance(kind, type) for kind in kinds):
        raise TypeError(f"Argument `base_type` must be a class or a tuple of classes. Received: {base_type!r}")
    if any(issubclass(kind, (int, float, np.generic, np.ndarray)) for kind in kinds):
        raise TypeError("Cannot register conversions for Python numeric types and NumPy scalars and arrays.")
    if not callable(conversion_func):
        raise TypeError(f"Argument `conversion_func` must be callable. Received: {conversion_func!r}")
    known = local.current.setdefault("conversions", [])
    known.append((priority, kinds, conversion_func))
    known.sort(key=lambda entry: entry[0])


class variable_creator_scope:
    """A context in which variable_creator(next_creator, **options) makes the variables.

    options: the arguments that `Variable` was called with. next_creator(**options) makes the variable.

    >>> with tf.variable_creator_scope(lambda make, **options: make(**(options | {"trainable": False}))):
    ...     v = Variable(1.)
    >>> v.trainable
    False
    """

    def __init__(self, variable_creator: Callable[..., Any]) -> None:
        self._creator = variable_creator

    def __enter__(self) -> None:
        local.current.setdefault("variable_creators", []).append(self._creator)

    def __exit__(self, *exc: Any) -> None:
        creators = local.current["variable_creators"]
        creators.pop()
        if not creators:
            del local.current["variable_creators"]


export("tf.variable_creator_scope", variable_creator_scope, None, "graph_names")


@op("get_current_name_scope", short=False)
def get_current_name_scope() -> str:
    """The names of the scopes that are open, joined by slashes.

    >>> with tf.name_scope("a"):
    ...     print(tf.get_current_name_scope())
    a
    """
    return variable.prefix.removesuffix("/")


class _Logger:
    """A logger whose level is kept and that logs nothing."""

    __module__ = "tensorflow"

    def __init__(self) -> None:
        self._level = 30

    @property
    def level(self) -> int:
        """From which level on TensorFlow would log: 30 is WARNING."""
        return self._level

    def setLevel(self, level: Any) -> None:
        """Set the level, by its number or its name."""
        self._level = _LEVELS[level] if isinstance(level, str) else int(level)

    def __repr__(self) -> str:
        name = next((name for name, number in _LEVELS.items() if number == self._level), f"Level {self._level}")
        return f"<Logger tensorflow ({name})>"


_LEVELS = {"NOTSET": 0, "DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}


@op("get_logger", short=False)
def get_logger() -> _Logger:
    """TensorFlow's logger, whose level can be set. Nothing is logged here.

    >>> tf.get_logger().setLevel("ERROR")
    >>> tf.get_logger()
    <Logger tensorflow (ERROR)>
    """
    return local.current.setdefault("logger", _Logger())
