"""Functions with a gradient of their own: custom_gradient, grad_pass_through, recompute_grad."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from ..runtime import nest
from ..runtime import tape as tapes
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from ..runtime.variable import Variable
from .registry import op, ops


@op("custom_gradient")
def custom_gradient(f: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Decorate a function that returns (result, gradient function), its derivative from then on.

    The gradient function takes a cotangent for each tensor of the result and returns a gradient for each
    argument. If f reads variables that are not arguments, it must also take `variables=` and return a pair
    (gradients of arguments, list of gradients of the variables).

    >>> cube = custom_gradient(lambda x: (x ** 3, lambda upstream: upstream * 100.))
    >>> grad(cube)(2.)
    <tf.Tensor: shape=(), dtype=float32, numpy=100.0>
    """
    if f is None:
        return custom_gradient

    @functools.wraps(f)
    def decorated(*args: Any, **options: Any) -> Any:
        reads = _Reads()
        with tapes.also(reads):
            result, gradient = f(*args, **options)
        inputs = nest.flatten(args)
        given = {id(x) for x in (*inputs, *nest.flatten(options))}
        variables = [v for v in reads.variables() if id(v) not in given]
        if variables and not _takes_variables(gradient):
            raise explain(
                TypeError(
                    "@tf.custom_gradient grad_fn must accept keyword argument 'variables', since function "
                    f"uses variables: {variables}"
                ),
                hint="write `def grad(upstream, variables=None)`, and return (gradients, variables')",
            )
        results = [as_tensor(y) for y in nest.flatten(result)]
        outputs = tuple(wrap(y._array) for y in results)
        if tapes.recorders:
            tensors = tuple(as_tensor(x) for x in [*inputs, *variables])
            tapes.record(_OwnGradient(gradient, results, len(inputs), variables), outputs, tensors, {})
        return nest.pack_as(result, outputs)

    return decorated


class _OwnGradient:
    """What a tape is told of a call of a `custom_gradient` function, in place of a primitive."""

    grads = None  # there is no rule for each input: `gradients` tells all
    refuses = False

    def __init__(
        self, gradient: Callable[..., Any], results: list[Tensor], arguments: int, variables: list[Variable]
    ) -> None:
        self._gradient = gradient
        self.computed = results
        self._arguments = arguments
        self._variables = variables

    def gradients(self, g: Any, y: Any, inputs: tuple, attrs: dict[str, Any], watched: Any) -> list[Any]:
        upstream = g if isinstance(g, list) else [g]
        of_variables: list[Any] = []
        if self._variables:
            of_arguments, given = self._gradient(*upstream, variables=self._variables)
            of_variables = list(given)
            if len(of_variables) != len(self._variables):
                raise ValueError("Must return gradient for each variable from @custom_gradient grad_fn.")
        else:
            of_arguments = self._gradient(*upstream)
        grads = nest.flatten(of_arguments)
        if len(grads) != self._arguments:
            raise explain(
                ValueError(
                    f"custom_gradient function expected to return {self._arguments} gradients, but returned "
                    f"{len(grads)} instead."
                ),
                hint="return one gradient for each argument, in a tuple",
            )
        return [None if grad is None else as_tensor(grad) for grad in (*grads, *of_variables)]


class _Reads:
    """A recorder that only notes which trainable variables are read."""

    def __init__(self) -> None:
        self._seen: dict[int, Variable] = {}

    def _record(self, primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None:
        pass

    def _read_variable(self, variable: Variable) -> None:
        if variable.trainable:
            self._seen[id(variable)] = variable

    def variables(self) -> list[Variable]:
        return sorted(self._seen.values(), key=lambda v: v._serial)


def _takes_variables(gradient: Callable[..., Any]) -> bool:
    spec = inspect.getfullargspec(gradient)
    return "variables" in spec.args or "variables" in spec.kwonlyargs or bool(spec.varkw)


@op("grad_pass_through")
def grad_pass_through(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function that computes f but whose gradient is that of the identity.

    >>> grad(grad_pass_through(round))(2.7)
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """

    @custom_gradient
    @functools.wraps(f)
    def passing(*args: Any, **options: Any) -> Any:
        def gradient(*upstream: Any, variables: Any = None) -> Any:
            return upstream if variables is None else (upstream, [None] * len(variables))

        return f(*args, **options), gradient

    return passing


@op("recompute_grad")
def recompute_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function that computes f, keeps nothing for the gradient, and computes f again when one is asked for.

    >>> grad(recompute_grad(lambda x: x ** 2))(3.)
    <tf.Tensor: shape=(), dtype=float32, numpy=6.0>
    """

    @custom_gradient
    @functools.wraps(f)
    def inner(*args: Any, **options: Any) -> Any:
        outer = [r for r in tapes.recorders if isinstance(r, _Reads)]
        with tapes.only(*outer):
            result = f(*args, **options)

        def gradient(*upstream: Any, variables: Any = None) -> Any:
            record = tapes.Tape()
            own = nest.map_leaves(lambda x: ops.identity(x) if is_tensor(x) else as_tensor(x), args)
            sources = [*nest.flatten(own), *(variables or ())]
            for x in sources:
                record._watch_variable(x) if isinstance(x, Variable) else record._watch(x)
            with tapes.also(record):
                again = [as_tensor(y) for y in nest.flatten(f(*own, **options))]
            grads = tapes.backward(record, again, list(upstream), sources)
            full = [tapes.zeros_like(as_tensor(x)) if g is None else g for x, g in zip(sources, grads)]
            count = len(sources) - len(variables or ())
            return full if variables is None else (full[:count], full[count:])

        return result, gradient

    return inner
