"""tf.function, which here calls the function it was made from, and what programs ask about execution."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime import nest
from ..runtime.errors import explain
from ..runtime.spec import TensorSpec
from ..runtime.tensor import as_tensor, is_tensor
from .registry import export, op

_inside = 0  # calls of functions under way
_eager_functions = False


class Function:
    """A function whose results are tensors, called as it is: nothing is traced.

    Attribute python_function: what it was made from.
    """

    __module__ = "tensorflow.python.eager.polymorphic_function.polymorphic_function"

    def __init__(self, function: Callable[..., Any], input_signature: Any = None) -> None:
        functools.update_wrapper(self, function)
        self._python_function = function
        self._signature = None if input_signature is None else tuple(input_signature)

    python_function = property(lambda self: self._python_function)
    input_signature = property(lambda self: self._signature)
    name = property(lambda self: self._python_function.__name__)

    def __call__(self, *args: Any, **options: Any) -> Any:
        global _inside
        if _eager_functions:
            return self._python_function(*args, **options)
        if self._signature is not None:
            args = self._bound(args, options)
            options = {}
        args = nest.map_leaves(_argument, args)
        options = {key: nest.map_leaves(_argument, value) for key, value in options.items()}
        _inside += 1
        try:
            result = self._python_function(*args, **options)
        finally:
            _inside -= 1
        return nest.map_leaves(lambda x: x if x is None else as_tensor(x), result)

    def __get__(self, obj: Any, kind: Any = None) -> Any:
        """As a method: the function with its first argument bound."""
        if obj is None:
            return self
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__, _python_function=types.MethodType(self._python_function, obj))
        return bound

    def _bound(self, args: tuple, options: dict[str, Any]) -> tuple:
        """The arguments as tensors of the input signature. Raises TypeError where they do not fit it."""
        names = list(inspect.signature(self._python_function).parameters)
        given = (*args, *(options[name] for name in names[len(args) :] if name in options))
        wanted = self._signature or ()
        if len(given) != len(wanted):
            raise TypeError(f"{self.name}() takes {len(wanted)} arguments by its input_signature, got {len(given)}")

        def fit(value: Any, spec: Any) -> Any:
            t = as_tensor(value) if is_tensor(value) else as_tensor(value, spec.dtype)
            if not spec.is_compatible_with(t):
                told = ", ".join(f"{name}: {s!r}" for name, s in zip(names, wanted))
                raise explain(
                    TypeError(
                        "Binding inputs to tf.function failed due to `Can not cast "
                        f"{TensorSpec.from_tensor(t)} to {spec}`. Received args: {args} and kwargs: "
                        f"{options} for signature: ({told})."
                    ),
                    summary=f"{self.name}: the input signature wants {spec.dtype.name} {spec.shape}",
                    operands=[("given", t)],
                )
            return t

        return tuple(_fitted(fit, value, spec) for value, spec in zip(given, wanted))


def _fitted(fit: Callable[[Any, Any], Any], value: Any, spec: Any) -> Any:
    """`fit` done for each spec of a structure, which may stand beside a list that is to be one tensor."""
    if isinstance(spec, dict):
        return {key: _fitted(fit, value[key], part) for key, part in spec.items()}
    if isinstance(spec, (list, tuple)):
        return type(spec)(_fitted(fit, v, part) for v, part in zip(value, spec))
    return fit(value, spec)


def _argument(value: Any) -> Any:
    """NumPy's values become tensors, Python's stay as they are."""
    return as_tensor(value) if isinstance(value, (np.ndarray, np.generic)) else value


@op("function")
def function(
    func: Any = None,
    input_signature: Any = None,
    autograph: bool = True,
    jit_compile: Any = None,
    reduce_retracing: bool = False,
    experimental_implements: Any = None,
    experimental_autograph_options: Any = None,
    experimental_attributes: Any = None,
    experimental_relax_shapes: Any = None,
    experimental_compile: Any = None,
    experimental_follow_type_hints: Any = None,
) -> Any:
    """A function whose results are tensors; `@function` or `@function(input_signature=[...])` decorates one.

    It is executed eagerly every time, so Python code inside it runs at each call, not only at the first.

    >>> f = function(lambda x: x + 1)
    >>> f(1)
    <tf.Tensor: shape=(), dtype=int32, numpy=2>
    """
    if func is None:
        return lambda f: function(f, input_signature)
    if not callable(func):
        raise TypeError(f"{func} is not a callable object")
    return Function(func, input_signature)


@op("executing_eagerly")
def executing_eagerly() -> bool:
    """True, save inside a `function`.

    >>> executing_eagerly()
    True
    """
    return not _inside or _eager_functions


@op("inside_function")
def inside_function() -> bool:
    """Whether a `function` is being called.

    >>> inside_function()
    False
    """
    return bool(_inside) and not _eager_functions


@op("config.run_functions_eagerly config.experimental_run_functions_eagerly", short=False)
def run_functions_eagerly(run_eagerly: bool) -> None:
    """Let `function` return what the Python function returns, instead of tensors.

    >>> tf.config.run_functions_eagerly(True)
    >>> function(lambda: 1)()
    1
    >>> tf.config.run_functions_eagerly(False)
    """
    global _eager_functions
    _eager_functions = bool(run_eagerly)


@op("config.functions_run_eagerly config.experimental_functions_run_eagerly", short=False)
def functions_run_eagerly() -> bool:
    """What `run_functions_eagerly` was last given.

    >>> tf.config.functions_run_eagerly()
    False
    """
    return _eager_functions


def _unchanged(func: Any = None) -> Any:
    """The function itself: there is nothing to convert."""
    return _unchanged if func is None else func


export("tf.autograph.experimental.do_not_convert", _unchanged, None, "functions")
