"""ForwardAccumulator: Jacobian-vector products beside the computation, from the reverse-mode rules alone.

An op's gradient is linear in the upstream cotangent u. Differentiating that linear map once more with regard
to u, and weighting it with the inputs' tangents, gives the tangent of the output: the double-backward trick.
"""

from __future__ import annotations

from typing import Any

from . import nest, tape
from .gradient_tape import UnconnectedGradients
from .tensor import Tensor, resolve_op, as_tensor
from .variable import Variable


class ForwardAccumulator:
    """Computes the derivative of what is done in its block, in the direction `tangents` at `primals`.

    primals: a tensor or variable, or a structure of them; tangents: the same structure, shapes and dtypes.
    """

    __module__ = "tensorflow.python.eager.forwardprop"

    def __init__(self, primals: Any, tangents: Any) -> None:
        self._tangents: dict[int, Any] = {}
        self._kept: list[Any] = []
        self._primal_variables: dict[int, Any] = {}
        self._recording = False
        for primal, tangent in zip(nest.flatten(primals), nest.flatten(tangents)):
            if isinstance(primal, Variable):
                self._primal_variables[id(primal)] = (primal, primal._value, as_tensor(tangent))
                self._set(primal._value, as_tensor(tangent))
            else:
                if not isinstance(primal, Tensor) or primal._array.dtype.kind not in "fcV":
                    raise ValueError("A ForwardAccumulator's primals must be floating point tensors.")
                self._set(primal, as_tensor(tangent))
            if as_tensor(tangent).shape != primal.shape:
                raise ValueError(
                    f"Tangent {tangent!r} has shape {as_tensor(tangent).shape}, but its primal has {primal.shape}"
                )

    def __enter__(self) -> ForwardAccumulator:
        if self._recording:
            raise ValueError("Accumulator is already recording.")
        self._recording = True
        tape.recorders.append(self)
        return self

    def __exit__(self, *exc: Any) -> None:
        self._recording = False
        tape.recorders[:] = [r for r in tape.recorders if r is not self]

    def jvp(self, primals: Any, unconnected_gradients: Any = UnconnectedGradients.NONE) -> Any:
        """The tangent of each of `primals`, or None where it does not depend on the accumulator's primals."""
        zero = UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO

        def tangent_of(value: Any) -> Any:
            t = value._value if isinstance(value, Variable) else as_tensor(value)
            found = self._tangents.get(id(t))
            return tape.zeros_like(t) if found is None and zero else found

        return nest.map_leaves(tangent_of, primals)

    def _set(self, t: Tensor, tangent: Any) -> None:
        self._tangents[id(t)] = tangent
        self._kept.append(t)

    def _read_variable(self, variable: Any) -> None:
        pass

    def _record(self, primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None:
        moving = [x for x in inputs if id(x) in self._tangents]
        if not moving:
            return
        self.__exit__()  # the tangent is computed by ops that are not to be differentiated here
        try:
            for i, y in enumerate(outputs):
                if y._array.dtype.kind in "fcV":
                    tangent = self._push(primitive, i, outputs, inputs, attrs, moving)
                    if tangent is not None:
                        self._set(y, tangent)
        finally:
            self.__enter__()

    def _push(
        self, primitive: Any, i: int, outputs: tuple, inputs: tuple, attrs: dict[str, Any], moving: list[Tensor]
    ) -> Any:
        u = tape.zeros_like(outputs[i])
        inner = tape.Tape(watch_accessed=False)
        inner._watch(u)
        upstream = u if len(outputs) == 1 else [u if k == i else None for k in range(len(outputs))]
        tape.recorders.append(inner)
        try:
            pairs = list(tape.vjp(primitive, upstream, outputs, inputs, attrs, {id(x) for x in moving}))
            gradients = [(tape.dense(g), self._tangents[id(x)]) for x, g in pairs]
        finally:
            tape.recorders[:] = [r for r in tape.recorders if r is not inner]
        if not gradients:
            return None
        targets, seeds = [g for g, _ in gradients], [t for _, t in gradients]
        # d<g, conj t>/du, undone for complex numbers by conjugating both ways.
        conj = resolve_op("conj")
        total = tape.backward(inner, targets, [conj(s) for s in seeds], [u])[0]
        return None if total is None else conj(total)
