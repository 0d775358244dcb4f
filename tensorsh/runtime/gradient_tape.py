"""GradientTape: TensorFlow's interface to a `Tape`, over structures of sources and targets."""

from __future__ import annotations

import enum
from typing import Any, Iterator

from . import nest, tape
from .errors import explain
from .indexed_slices import IndexedSlices
from .notices import warn
from .tensor import Tensor, resolve_op, as_tensor, wrap
from .variable import Variable


class UnconnectedGradients(enum.Enum):
    """What stands for the gradient of a source that a target does not depend on."""

    NONE = "none"
    ZERO = "zero"


class GradientTape(tape.Tape):
    """Records ops for automatic differentiation inside its `with` block.

    persistent: whether it may be asked more than once.
    watch_accessed_variables: whether trainable variables are watched when they are read.
    """

    __module__ = "tensorflow.python.eager.backprop"

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        super().__init__(watch_accessed_variables)
        self._persistent = persistent
        self._recording = False
        self._used = True  # until it is entered there is nothing to ask for

    def __enter__(self) -> GradientTape:
        if self._recording:
            raise ValueError(
                "Tape is still recording, This can happen if you try to re-enter an already-active tape."
            )
        self._start()
        return self

    def __exit__(self, *exc: Any) -> None:
        if self._recording:
            self._stop()

    def _start(self) -> None:
        self._recording, self._used = True, False
        tape.recorders.append(self)
        opened(self)

    def _stop(self) -> None:
        self._recording = False
        tape.recorders[:] = [r for r in tape.recorders if r is not self]

    def watch(self, tensor: Any) -> None:
        """Record what is computed from `tensor` (a tensor, a variable or a structure of them)."""
        for t in nest.flatten(tensor):
            if isinstance(t, Variable):
                self._watch_variable(t)
            elif isinstance(t, IndexedSlices):
                self._watch(t.values)
            elif not isinstance(t, Tensor):
                raise explain(
                    ValueError(
                        f"Passed in object {t} of type {type(t).__name__!r}, not tf.Tensor or tf.Variable or "
                        "ExtensionType."
                    ),
                    hint="make it a tensor first: x = constant(...), then watch x",
                )
            elif t._array.dtype.kind not in "fcV":
                warn(f"The dtype of the watched tensor must be floating (e.g. tf.float32), got {t.dtype!r}")
            else:
                self._watch(t)

    def stop_recording(self) -> Pause:
        """A context in which nothing is recorded."""
        if not self._recording:
            raise ValueError("Tape is not recording.")
        return Pause(self)

    def reset(self) -> None:
        """Forget everything recorded and watched so far."""
        if not self._recording:
            raise ValueError("Tape is not recording.")
        self._clear()

    def watched_variables(self) -> tuple[Variable, ...]:
        """The variables watched, in the order in which they were first read."""
        return tuple(self._variables.values())

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
    ) -> Any:
        """The gradients of the sum of `target` with regard to each of `sources`, in the structure of `sources`.

        output_gradients: the weight of each entry of each target, of the target's shape; ones if None.
        Raises RuntimeError if a tape that is not persistent is asked twice.
        """
        self._check_open()
        zero = _zero_wanted(unconnected_gradients)
        if target is None:
            raise TypeError(
                "Argument `target` should be a list or nested structure of Tensors, Variables or CompositeTensors to "
                "be differentiated, but received None."
            )
        if self._recording:
            if not self._persistent:
                self._stop()
            else:
                warn(_PERSISTENT_INSIDE)
        targets = [self._target(t) for t in nest.flatten(target)]
        flat = [_source(s) for s in nest.flatten(sources)]
        if output_gradients is None:
            seeds: list[Any] = [_ones_like(t) for t in targets]
        else:
            given = [None if g is None else as_tensor(g) for g in nest.flatten(output_gradients)]
            seeds = [_ones_like(t) if g is None else g for g, t in zip(given, targets)]
        grads = tape.backward(self, targets, seeds, flat)
        if zero:
            grads = [tape.zeros_like(_tensor_of(s)) if g is None else g for g, s in zip(grads, flat)]
        self._finish()
        return nest.pack_as(sources, grads)

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: Any = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """d target / d source for each source, of shape `target.shape + source.shape`."""
        self._check_open()
        zero = _zero_wanted(unconnected_gradients)
        if self._recording and not self._persistent:
            self._stop()
        y, flat = self._target(target), [_source(s) for s in nest.flatten(sources)]
        rows = [tape.backward(self, [y], [seed], flat) for seed in _one_hots(y)]
        stack, reshape = resolve_op("stack"), resolve_op("reshape")
        result: list[Any] = []
        for i, source in enumerate(flat):
            x = _tensor_of(source)
            column = [row[i] for row in rows]
            if all(g is None for g in column):
                empty = resolve_op("zeros")([*y.shape, *x.shape], x.dtype)
                result.append(empty if zero else None)
            else:
                full = [tape.zeros_like(x) if g is None else tape.dense(g) for g in column]
                result.append(reshape(stack(full), [*y.shape, *x.shape]))
        self._finish()
        return nest.pack_as(sources, result)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: Any = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """d target[b] / d source[b] for each b, of shape `target.shape + source.shape[1:]`.

        target: (batch, ...), source: (batch, ...); row b of the target must depend on row b of the source only.
        """
        self._check_open()
        y, x = self._target(target), _tensor_of(source)
        for shape in (y.shape, x.shape):
            if len(shape) < 2:
                raise ValueError(f"Shape {shape} must have rank at least 2")
        if y.shape[0] != x.shape[0]:
            raise ValueError(
                f"Need first dimension of target shape ({y.shape}) and source shape ({x.shape}) to match."
            )
        zero = _zero_wanted(unconnected_gradients)
        if self._recording and not self._persistent:
            self._stop()
        flat = [_source(source)]
        columns = [tape.backward(self, [y], [seed], flat)[0] for seed in _batch_one_hots(y)]
        self._finish()
        if not columns or all(g is None for g in columns):
            return resolve_op("zeros")([*y.shape, *x.shape[1:]], x.dtype) if zero or not columns else None
        full = [tape.zeros_like(x) if g is None else tape.dense(g) for g in columns]
        return resolve_op("reshape")(resolve_op("stack")(full, 1), [*y.shape, *x.shape[1:]])

    def _check_open(self) -> None:
        if self._used:
            raise explain(
                RuntimeError(
                    "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"
                ),
                hint="open it with GradientTape(persistent=True), or use `with tape:`, which may be asked again",
            )

    def _target(self, value: Any) -> Tensor:
        if isinstance(value, Variable):
            self._read_variable(value)  # a variable may be a target itself: its gradient is one
        return _tensor_of(value)

    def _finish(self) -> None:
        if not self._persistent:
            self._used = True
            self._clear()


class Pause:
    """The block in which a tape does not record."""

    __slots__ = ("_tape",)

    def __init__(self, paused: GradientTape) -> None:
        self._tape = paused

    def __enter__(self) -> None:
        self._tape._stop()

    def __exit__(self, *exc: Any) -> None:
        self._tape._recording = True
        tape.recorders.append(self._tape)


#: Called with every tape that is opened; the session remembers the last one for `grad`.
opened: Any = lambda tape: None  # noqa: E731


def set_opened(callback: Any) -> None:
    """Have `callback` told of every tape that is opened."""
    global opened
    opened = callback


def _zero_wanted(value: Any) -> bool:
    try:
        return UnconnectedGradients(value) is UnconnectedGradients.ZERO
    except ValueError:
        raise ValueError(f"Unknown value for unconnected_gradients: {value!r}") from None


def _tensor_of(value: Any) -> Tensor:
    read = getattr(value, "_read", None)
    if read is None:
        raise explain(
            AttributeError(f"{type(value).__name__!r} object has no attribute 'dtype'"),
            summary=f"a gradient is taken of a tensor, not of the {type(value).__name__} {value!r}",
            hint="compute the target from tensors inside the tape's block",
        )
    return value._value if isinstance(value, Variable) else read()


def _source(value: Any) -> Any:
    if isinstance(value, Variable):
        return getattr(value, "_cell", value)
    if isinstance(value, Tensor):
        return value
    if isinstance(value, IndexedSlices):
        return value.values
    raise explain(
        AttributeError(f"{type(value).__name__!r} object has no attribute '_id'"),
        summary=f"a gradient is taken with regard to tensors and variables, not the {type(value).__name__} {value!r}",
        hint="make it a tensor and watch it: x = constant(...); with tape(x): ...",
    )


def _ones_like(t: Tensor) -> Tensor:
    array = t._array
    return wrap(resolve_op("ones_array")(array, array.shape, array.dtype))


def _one_hots(y: Tensor) -> Iterator[Tensor]:
    """A seed for each entry of y: one there, zero elsewhere."""
    for i in range(y._array.size):
        yield wrap(resolve_op("one_hot_array")(y._array, i))


def _batch_one_hots(y: Tensor) -> Iterator[Tensor]:
    """A seed for each entry of a row of y: one there in every row."""
    batch, shape = y._array.shape[0], y._array.shape
    row = wrap(y._array[0])
    expand = resolve_op("broadcast_to")
    if batch:
        for seed in _one_hots(row):
            yield wrap(expand(seed, shape)._array)


_PERSISTENT_INSIDE = (
    "Calling GradientTape.gradient on a persistent tape inside its context is significantly less efficient than "
    "calling it outside the context (it causes the gradient ops to be recorded on the tape, leading to increased CPU "
    "and memory usage). Only call GradientTape.gradient inside the context if you actually want to trace the "
    "gradient in order to compute higher order derivatives."
)
