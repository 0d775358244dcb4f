"""Conditions and loops as functions, and the contexts of TensorFlow that mean little when all is executed
eagerly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import count
from typing import Any

import numpy as np

from ..runtime import effects, nest, variable
from ..runtime.dtypes import bool_
from ..runtime.errors import InvalidArgumentError, explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from ..runtime.work import over
from .mapping import spec_of
from .registry import export, op
from .tensor_array import TensorArray


@op("cond")
def cond(pred: Any, true_fn: Any = None, false_fn: Any = None, name: str | None = None) -> Any:
    """What true_fn() returns if `pred` is true, else what false_fn() returns; the other is not called.

    Raises TypeError unless true_fn and false_fn are functions.

    >>> cond(constant(2.) > 1., lambda: "more", lambda: "less")
    'more'
    """
    for given, argument in ((true_fn, "true_fn"), (false_fn, "false_fn")):
        if given is None:
            raise TypeError(f"cond(): '{argument}' argument required")
    for given, argument in ((true_fn, "true_fn"), (false_fn, "false_fn")):
        if not callable(given):
            raise explain(
                TypeError(f"'{argument}' must be callable."),
                hint=f"give a function: {argument}=lambda: ...",
            )
    condition = as_tensor(pred)
    if not condition._array.size:
        message = (
            "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty."
        )
        raise explain(ValueError(message), operands=[("pred", condition)])
    return true_fn() if condition else false_fn()


@op("case")
def case(
    pred_fn_pairs: Any,
    default: Any = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str | None = "case",
) -> Any:
    """What the function beside the first true condition returns, else what default() returns.

    pred_fn_pairs: pairs (bool tensor, function). Raises InvalidArgumentError if no condition holds and there
    is no default.

    default: a function for when nothing is true; None: there is none. strict: taken as TensorFlow
    takes it.
    exclusive: whether pred_fn_pairs may be a dictionary, of which at most one condition is true.

    >>> x = constant(3)
    >>> case([(x < 2, lambda: "small"), (x < 5, lambda: "medium")], default=lambda: "large")
    'medium'
    """
    pairs = _checked_pairs(pred_fn_pairs, exclusive)
    for pred, function in pairs:
        if pred:
            return function()
    if default is None:
        raise explain(
            InvalidArgumentError(
                f"Expected '{pairs[-1][0]!s}' to be true. Summarized data: b'Input error: None of conditions "
                "evaluated as "
                f"True:'\n{', '.join('False' for _ in pairs)}"
            ),
            summary="case: no condition is true, and there is no default",
            hint="give one: default=lambda: ...",
        )
    return default()


def _checked_pairs(pairs: Any, exclusive: bool) -> list[tuple[Any, Callable[[], Any]]]:
    if not isinstance(pairs, (list, tuple, dict)):
        raise TypeError(f"'pred_fn_pairs' must be a list, tuple, or dict. Received: {type(pairs)}")
    if isinstance(pairs, dict):
        if not exclusive:
            raise ValueError(
                "Unordered dictionaries are not supported for the 'pred_fn_pairs' argument when "
                "`exclusive=False` and eager mode is enabled."
            )
        pairs = pairs.items()
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(f"Each entry in 'pred_fn_pairs' must be a 2-tuple. Received {pair}.")
        pred, function = pair
        if not isinstance(pred, Tensor):
            raise explain(TypeError(f"pred must be a Tensor, got: {pred}"), hint="write constant(True) for True")
        if pred.dtype != bool_ or not callable(function):
            what = "a condition is a bool tensor" if callable(function) else "beside a condition stands a function"
            raise explain(
                AttributeError("Tensor.name is undefined when eager execution is enabled."),
                summary=f"case: {what}",
                operands=[("pred", pred)],
            )
    return list(pairs)


@op("switch_case")
def switch_case(branch_index: Any, branch_fns: Any, default: Any = None, name: str | None = "switch_case") -> Any:
    """What branch_fns[branch_index]() returns; out of range, what default() (or else the last one) returns.

    branch_index: an integer tensor. branch_fns: a list of functions, or a dict or list of pairs from ints to
    them.

    default: a function for an index beyond the branches; None: the last branch.
    Raises TypeError for an index that is no integer tensor.

    >>> switch_case(constant(1), [lambda: "zero", lambda: "one"])
    'one'
    """
    if not isinstance(branch_index, Tensor):
        raise explain(
            TypeError(f"'branch_index' must be a Tensor, got {type(branch_index)}"),
            hint=f"write constant({branch_index!r})",
        )
    if not branch_index.dtype.is_integer:
        raise TypeError(f"'branch_index' must be an integer Tensor, got {branch_index.dtype}")
    if not branch_fns:
        raise ValueError("Must provide at least one item in 'branch_fns'")
    if not isinstance(branch_fns, (list, tuple, dict)):
        raise TypeError("'branch_fns' must be a list, tuple, or dict")
    pairs = list(branch_fns.items() if isinstance(branch_fns, dict) else branch_fns)
    if all(map(callable, pairs)):
        pairs = list(enumerate(pairs))
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(f"Each entry in 'branch_fns' must be a 2-tuple. Received {pair}.")
        if not isinstance(pair[0], int):
            raise TypeError(f"key must be a Python `int`, got {type(pair[0])}")
        if not callable(pair[1]):
            raise TypeError(f"fn for key {pair[0]} must be callable.")
    branches = dict(pairs)
    if sorted(branches) != list(range(len(pairs))):
        keys = ",".join(str(key) for key in sorted(key for key, _ in pairs))
        raise ValueError(
            f"branch indices (keys) must form contiguous range of [0 to {len(pairs)}) but found {{{keys}}}"
        )
    chosen = branches.get(int(branch_index))
    return (chosen or default or branches[len(pairs) - 1])()


@op("while_loop")
def while_loop(
    cond: Any,
    body: Any,
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
    name: str | None = None,
) -> Any:
    """Replace loop_vars by body(*loop_vars) while cond(*loop_vars) holds; the last ones, as tensors.

    shape_invariants: taken as TensorFlow takes it; shapes may change here.
    Raises TypeError if cond or body is no function, ValueError without loop_vars.

    >>> while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2), (0, 1))
    (<tf.Tensor: shape=(), dtype=int32, numpy=3>, <tf.Tensor: shape=(), dtype=int32, numpy=8>)
    """
    for given, argument in ((cond, "cond"), (body, "body")):
        if not callable(given):
            raise TypeError(f"'{argument}' must be callable.")
    if parallel_iterations < 1:
        raise TypeError("'parallel_iterations' must be a positive integer.")
    if not loop_vars:
        raise ValueError("'loop_vars' must be provided.")
    rounds: Iterator[int] = count()
    if maximum_iterations is not None:
        limit = as_tensor(maximum_iterations)
        if limit.ndim:
            raise ValueError(f"'maximum_iterations' must be a scalar. Received shape: {limit.shape}")
        rounds = over(range(int(limit)))
    values = nest.map_leaves(lambda v: as_tensor(v) if isinstance(v, variable.Variable) else v, loop_vars)
    structure = nest.map_leaves(lambda v: v if isinstance(v, TensorArray) else spec_of(v), list(values))
    for _ in rounds:
        if not cond(*values):
            break
        values = body(*values)
        nest.assert_same(structure, list(values))
    return nest.map_leaves(lambda v: v if isinstance(v, TensorArray) else as_tensor(v), values)


# ---------------------------------------------------------------- functions called from graphs


@op("numpy_function")
def numpy_function(
    func: Any = None, inp: Any = None, Tout: Any = None, stateful: bool = True, name: str | None = None
) -> Any:
    """func of the inputs as NumPy arrays, its results as tensors. A decorator if called with Tout alone.

    inp: a list of tensors. stateful: taken as TensorFlow takes it.
    Tout: taken as TensorFlow takes it; the results keep their own dtypes.

    >>> numpy_function(lambda x: x * 2, [constant([1., 2.])], float32)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 4.], dtype=float32)>
    """
    if func is None and inp is None:
        return lambda f: lambda *args: numpy_function(f, args, Tout)
    with effects.outside("a NumPy function is called"):
        results = nest.flatten(func(*[np.array(x) for x in inp]))
    tensors = [x if x is None else as_tensor(x) for x in results]
    return tensors[0] if len(tensors) == 1 else tensors


@op("py_function")
def py_function(func: Any = None, inp: Any = None, Tout: Any = None, name: str | None = None) -> Any:
    """func of the inputs as tensors, its results as tensors of dtype Tout. A decorator if given Tout alone.

    inp: a list of tensors.
    Raises ValueError if func is no function.

    >>> py_function(lambda x: x + 1, [1.], float32)
    <tf.Tensor: shape=(), dtype=float32, numpy=2.0>
    """
    if func is None and inp is None:
        return lambda f: lambda *args: py_function(f, args, Tout)
    if not callable(func):
        raise ValueError(f"Expected func to be callable. Received func={func} of type {type(func)}.")
    with effects.outside("a Python function is called"):
        result = func(*[as_tensor(x) for x in inp])
    if isinstance(Tout, (list, tuple)):
        several = result if isinstance(result, (list, tuple)) else [result]
        return [as_tensor(x, dtype) for x, dtype in zip(several, Tout)]
    return as_tensor(result, Tout)


# ---------------------------------------------------------------- contexts and remnants of graphs


class name_scope:
    """`with name_scope("layer"):` names the variables made inside "layer/..."."""

    __module__ = "tensorflow.python.framework.ops"

    def __init__(self, name: Any) -> None:
        if not isinstance(name, str):
            raise ValueError("name for name_scope must be a string.")
        self._name = name
        self._before: list[str] = []

    @property
    def name(self) -> str:
        return self._name

    def __enter__(self) -> str:
        self._before.append(variable.prefix)
        if not self._name:
            variable.prefix = ""
        else:
            absolute = self._name.endswith("/")
            variable.prefix = self._name if absolute else f"{variable.prefix}{self._name}/"
        return variable.prefix

    def __exit__(self, *exc: Any) -> None:
        variable.prefix = self._before.pop()


export("tf.name_scope", name_scope, "name_scope", "control")


@op("control_dependencies")
def control_dependencies(control_inputs: Any) -> Any:
    """A context without effect: everything here is computed in the order in which it is written.

    >>> with control_dependencies([assert_positive(3)]): x = constant(1)
    >>> x
    <tf.Tensor: shape=(), dtype=int32, numpy=1>
    """
    if callable(control_inputs) and not is_tensor(control_inputs):
        control_inputs()
    return nullcontext()


@op("init_scope")
def init_scope() -> Any:
    """A context without effect: there is no graph to step out of.

    >>> with init_scope(): print(executing_eagerly())
    True
    """
    return nullcontext()


@op("no_op")
def no_op(name: str | None = None) -> None:
    """Nothing.

    >>> print(no_op())
    None
    """


@op("group")
def group(*inputs: Any, **kwargs: Any) -> None:
    """Nothing: the inputs have been computed.

    inputs: values of any kind.

    >>> print(group(constant(1), constant(2)))
    None
    """


@op("tuple", short=False)
def tuple_(tensors: Any, control_inputs: Any = None, name: str | None = None) -> list[Any]:
    """The tensors as a list.

    >>> tf.tuple([1, constant(2)])
    [1, <tf.Tensor: shape=(), dtype=int32, numpy=2>]
    """
    return list(tensors)
