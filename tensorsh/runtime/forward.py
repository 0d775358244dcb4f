"""ForwardAccumulator: Jacobian-vector products beside the computation, from the reverse-mode rules alone.

An op's gradient is linear in the upstream cotangent u. Differentiating that linear map once more with regard
to u, and weighting it with the inputs' tangents, gives the tangent of the output: the double-backward trick.
"""

from __future__ import annotations

from typing import Any

from . import nest, tape
from .errors import explain
from .gradient_tape import UnconnectedGradients
from .notices import warn
from .tensor import Tensor, as_tensor
from .variable import Variable


class ForwardAccumulator:
    """Computes the derivative of what is done in its block, in the direction `tangents` at `primals`.

    primals: a tensor or variable, or a structure of them; tangents: the same structure, shapes and dtypes.
    """

    __module__ = "tensorflow.python.eager.forwardprop"

    def __init__(self, primals: Any, tangents: Any) -> None:
        self._tangents: dict[int, Tensor] = {}
        self._kept: list[Any] = []  # so that an id stays its tensor's
        self._variables: dict[int, Tensor] = {}  # a variable's tangent is that of every value it is read as
        self._recording = False
        flat = nest.flatten(primals)
        if len({id(primal) for primal in flat}) < len(flat):
            raise explain(
                ValueError(
                    "Tensor {} was specified as a primal multiple times. This may indicate an error. If it "
                    "was "
                    "intended, please sum the corresponding tangents."
                ),
                summary="ForwardAccumulator: the same tensor is named twice among the primals",
            )
        nest.assert_same(primals, tangents)
        for primal, tangent in zip(flat, nest.flatten(tangents)):
            self._start_from(primal, tangent)

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
            cell = getattr(value, "_cell", value)
            found = self._variables.get(id(cell)) if isinstance(cell, Variable) else self._tangents.get(id(value))
            return tape.zeros_like(as_tensor(value)) if found is None and zero else found

        return nest.map_leaves(tangent_of, primals)

    def _start_from(self, primal: Any, tangent: Any) -> None:
        if not isinstance(primal, (Tensor, Variable)):
            raise explain(
                AttributeError(f"'{type(primal).__name__}' object has no attribute 'dtype'"),
                summary=f"ForwardAccumulator: a primal is a tensor or a variable, not the "
                f"{type(primal).__name__} {primal!r}",
                hint="make it a tensor first: x = constant(...)",
            )
        if not primal.dtype.is_floating:
            warn(f"The dtype of the watched primal must be floating (e.g. tf.float32), got {primal.dtype!r}")
        direction = as_tensor(tangent, primal.dtype)
        if direction._array.shape != primal.shape:
            raise explain(
                ValueError(f"Shapes {primal.shape} and {direction.shape} are incompatible"),
                summary="ForwardAccumulator: the tangent has another shape than its primal",
                operands=[("primal", primal), ("tangent", direction)],
            )
        if isinstance(primal, Variable):
            cell = getattr(primal, "_cell", primal)
            self._variables[id(cell)] = direction
            self._kept.append(cell)
        else:
            self._set(primal, direction)

    def _set(self, t: Tensor, tangent: Tensor) -> None:
        self._tangents[id(t)] = tangent
        self._kept.append(t)

    def _read_variable(self, variable: Any) -> None:
        tangent = self._variables.get(id(variable))
        if tangent is not None and id(variable._value) not in self._tangents:
            self._set(variable._value, tangent)

    def _record(self, primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None:
        computed = getattr(primitive, "computed", None)
        if computed is not None:
            # A function with a gradient of its own: forward, TensorFlow differentiates what it computed.
            for inner, y in zip(computed, outputs):
                if id(inner) in self._tangents:
                    self._set(y, self._tangents[id(inner)])
            return
        moving = {id(x) for x in inputs if id(x) in self._tangents}
        if not moving:
            return
        # The tangent is computed by ops, which tapes see, and the accumulators around this one, but neither
        # it nor those inside it.
        here = next(i for i, r in enumerate(tape.recorders) if r is self)
        inner_tapes = [r for r in tape.recorders[here:] if not isinstance(r, ForwardAccumulator)]
        with tape.only(*tape.recorders[:here], *inner_tapes):
            for i, y in enumerate(outputs):
                if y._array.dtype.kind in "fcV":
                    tangent = self._push(primitive, i, outputs, inputs, attrs, moving)
                    if tangent is not None:
                        self._set(y, tangent)

    def _push(
        self, primitive: Any, i: int, outputs: tuple, inputs: tuple, attrs: dict[str, Any], moving: set[int]
    ) -> Tensor | None:
        """The tangent of output i of an op whose inputs with ids in `moving` have tangents."""
        u = tape.zeros_like(outputs[i])
        op = tape.Tape(watch_accessed=False)
        op._entries, op._watched = [(primitive, outputs, inputs, attrs)], moving | {id(outputs[i])}
        sources = list({id(x): x for x in inputs if id(x) in moving}.values())
        linear = tape.Tape(watch_accessed=False)
        linear._watch(u)
        with tape.also(linear):
            cotangents = tape.backward(op, [outputs[i]], [u], sources)
            targets = [tape.dense(g) for g in cotangents if g is not None]
        # The map's adjoint's adjoint is the map itself, for complex numbers too.
        seeds = [self._tangents[id(x)] for x, g in zip(sources, cotangents) if g is not None]
        (tangent,) = tape.backward(linear, targets, seeds, [u])
        return None if tangent is None else tape.dense(tangent)
