"""GradientTape: TensorFlow's interface to a `Tape`, over structures of sources and targets."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import backend, nest, tape
from .errors import bracketed, explain, invalid
from .indexed_slices import IndexedSlices
from .notices import warn
from .tensor import Tensor, as_tensor, resolve_op, wrap
from .variable import Variable
from .work import over

_SOURCES = frozenset({Tensor, Variable})


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
        self._empty = True  # not entered yet, or its one answer has been given

    def __enter__(self) -> GradientTape:
        self._start()
        touched(self)
        return self

    def __exit__(self, *exc: Any) -> None:
        if self._recording:
            self._stop()
        touched(self)

    def _start(self) -> None:
        if self._recording:
            raise ValueError("Tape is still recording, This can happen if you try to re-enter an already-active tape.")
        if self._empty and self._variables:
            self._clear()
        self._recording, self._empty = True, False
        tape.recorders.append(self)

    def _stop(self) -> None:
        if not self._recording:
            raise ValueError("Tape is not recording.")
        self._recording = False
        recorders = tape.recorders
        if recorders and recorders[-1] is self:
            recorders.pop()
        else:
            recorders[:] = [r for r in recorders if r is not self]

    def watch(self, tensor: Any) -> None:
        """Record what is computed from `tensor` (a tensor, a variable or a structure of them)."""
        leaves = nest.flatten(tensor)
        for t in leaves:
            if not isinstance(t, (Variable, IndexedSlices, Tensor)) and not _is_composite(t):
                raise explain(
                    ValueError(
                        f"Passed in object {t} of type {type(t).__name__!r}, not tf.Tensor or tf.Variable or "
                        "ExtensionType."
                    ),
                    summary=f"watch: {t!r} is no tensor",
                    hint="make it a tensor first: x = constant(...), then watch x",
                )
        if self._empty:
            raise explain(
                AttributeError("'NoneType' object has no attribute '_tape'"),
                summary="watch: the tape has not been opened",
                hint="call it inside the tape's `with` block",
            )
        for t in [part for leaf in leaves for part in (leaf._parts if _is_composite(leaf) else [leaf])]:
            if isinstance(t, Variable):
                self._watch_variable(getattr(t, "_cell", t))
            elif isinstance(t, IndexedSlices):
                self._watch(t.values)
            elif t._array.dtype.kind not in "fcV":
                warn(f"The dtype of the watched tensor must be floating (e.g. tf.float32), got {t.dtype!r}")
            else:
                self._watch(t)

    def stop_recording(self) -> Pause:
        """A context in which nothing is recorded."""
        if self._empty:
            raise RuntimeError("Trying to stop recording a tape which is not recording.")
        return Pause(self)

    def reset(self) -> None:
        """Forget everything recorded and watched so far."""
        if not self._recording:
            raise ValueError("Tape is not recording.")
        self._clear()

    def watched_variables(self) -> tuple[Variable, ...]:
        """The variables watched, in the order in which they were made."""
        return tuple(sorted(self._variables.values(), key=lambda v: v._serial))

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
    ) -> Any:
        """The gradients of the sum of `target` by each of `sources`, in the structure of `sources`.

        output_gradients: the weight of each entry of each target, of the target's shape; ones if None.
        unconnected_gradients: "none" or "zero": what stands where the target does not depend on the source.
        Raises RuntimeError if a tape that is not persistent is asked twice.
        """
        if self._empty:
            raise _answered("to compute")
        if self._recording:
            if not self._persistent:
                self._stop()
            else:
                warn(_PERSISTENT_INSIDE)
        if target is None:
            raise explain(
                TypeError(
                    "Argument `target` should be a list or nested structure of Tensors, Variables or "
                    "CompositeTensors to be differentiated, but received None."
                ),
                summary="gradient: there is no target: it is None",
            )
        zero = unconnected_gradients is not UnconnectedGradients.NONE and _zero_wanted(unconnected_gradients)
        flat = sources if type(sources) is list else [sources]
        is_plain = type(target) is Tensor and output_gradients is None and _SOURCES.issuperset(map(type, flat))
        if is_plain:  # the common case, without the search through structures
            targets, seeds = [target], [tape.ones_like(target)]
        else:
            targets = [self._target(t) for t in nest.flatten(target)]
            leaves = nest.flatten(sources)
            flat = [_source(s) for s in leaves]
            given = [] if output_gradients is None else [as_tensor(g) for g in nest.flatten(output_gradients)]
            seeds = [_spread(g, t) for g, t in zip(given, targets)] + [tape.ones_like(t) for t in targets[len(given) :]]
        grads = tape.backward(self, targets, seeds, flat)
        if zero:
            grads = [tape.zeros_like(_tensor_of(s)) if g is None else g for g, s in zip(grads, flat)]
        self._finish()
        if is_plain:
            return grads if type(sources) is list else grads[0]
        return nest.pack_as(sources, [_as_source(s, g) for s, g in zip(leaves, grads)])

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: Any = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """d target / d source for each source, of shape `target.shape + source.shape`."""
        if self._empty:
            raise _answered("to compute")
        zero = _zero_wanted(unconnected_gradients)
        self._check_persistent(experimental_use_pfor, "jacobian with eager execution enabled and with  ")
        if self._recording and not self._persistent:
            self._stop()
        y, flat = self._target(target), [_source(s) for s in nest.flatten(sources)]
        result = jacobians(self, y, flat, zero)
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

        target: (batch, ...), source: (batch, ...); row b of the target must depend on row b of the source
        only. Where they are not connected the answer is zero.
        """
        if self._empty:
            raise _answered("tocompute")  # TensorFlow's own spelling
        y, x = self._target(target), _tensor_of(source)
        for shape in (y.shape, x.shape):
            if len(shape) < 2:
                raise ValueError(f"Shape {shape} must have rank at least 2")
        if y.shape[0] != x.shape[0]:
            raise ValueError(f"Need first dimension of target shape ({y.shape}) and source shape ({x.shape}) to match.")
        _zero_wanted(unconnected_gradients)
        self._check_persistent(experimental_use_pfor, "batch_jacobian with eager execution enabled and  with ")
        if self._recording and not self._persistent:
            self._stop()
        flat = [_source(source)]
        full_shape = [*y.shape, *x.shape[1:]]
        seeds = _batch_eye(y)
        if seeds is not None and (rows := _walked_at_once(self, y, seeds, flat)) is not None:
            self._finish()
            found = np.zeros(full_shape, y._array.dtype) if rows[0] is None else np.moveaxis(rows[0], 0, 1)
            return wrap(found.reshape(full_shape))
        columns = [tape.backward(self, [y], [seed], flat)[0] for seed in _batch_one_hots(y)]
        self._finish()
        if all(g is None for g in columns):
            return resolve_op("zeros")(full_shape, y.dtype)
        full = [tape.zeros_like(x) if g is None else tape.dense(g) for g in columns]
        return resolve_op("reshape")(resolve_op("stack")(full, 1), full_shape)

    def _check_persistent(self, vectorized: bool, words: str) -> None:
        if not vectorized and not self._persistent:
            raise RuntimeError(
                "GradientTape must be created with persistent=True to compute the "
                f"{words}experimental_use_pfor set to False."
            )

    def _target(self, value: Any) -> Tensor:
        if isinstance(value, Variable):
            self._read_variable(getattr(value, "_cell", value))  # a variable's gradient by itself is one
        return value._flat if _is_composite(value) else _tensor_of(value)

    def _finish(self) -> None:
        if not self._persistent:
            self._empty = True
            variables = self._variables  # they may still be asked for
            self._clear()
            self._variables = variables


class Pause:
    """The block in which a tape does not record."""

    __slots__ = ("_tape",)

    def __init__(self, paused: GradientTape) -> None:
        self._tape = paused

    def __enter__(self) -> None:
        self._tape._stop()

    def __exit__(self, *exc: Any) -> None:
        self._tape._start()


#: Called with every tape whose block is entered or left; `grad` asks the last one.
touched: Any = lambda tape: None


def set_touched(callback: Any) -> None:
    """Have `callback` told of every tape whose block is entered or left."""
    global touched
    touched = callback


def jacobians(record: tape.Tape, y: Tensor, sources: list[Any], zero: bool = False) -> list[Any]:
    """d y / d source for each source (Tensor or Variable); None, or zeros, where y does not depend on it."""
    at_once = _batched_jacobians(record, y, sources, zero)
    if at_once is not None:
        return at_once
    rows = [tape.backward(record, [y], [seed], sources) for seed in _one_hots(y)]
    results: list[Any] = []
    for i, source in enumerate(sources):
        x = _tensor_of(source)
        shape = [*y.shape, *x.shape]
        column = [row[i] for row in rows]
        if all(g is None for g in column):
            results.append(resolve_op("zeros")(shape, x.dtype) if zero else None)
        else:
            full = [tape.zeros_like(x) if g is None else tape.dense(g) for g in column]
            results.append(resolve_op("reshape")(resolve_op("stack")(full), shape))
    return results


def _batched_jacobians(record: tape.Tape, y: Tensor, sources: list[Any], zero: bool) -> list[Any] | None:
    """`jacobians` by one walk back with all seeds at once; None where that is not possible."""
    size = y._array.size
    seeds = np.eye(size, dtype=y._array.dtype).reshape(size, *y._array.shape) if _is_plain(y) else None
    wholes = None if seeds is None else _walked_at_once(record, y, seeds, sources)
    if wholes is None:
        return None
    found: list[Any] = []
    for source, rows in zip(sources, wholes):
        x = _tensor_of(source)
        if rows is not None:
            found.append(wrap(rows.reshape(*y._array.shape, *x._array.shape)))
        else:
            found.append(resolve_op("zeros")([*y.shape, *x.shape], x.dtype) if zero else None)
    return found


def _is_plain(y: Tensor) -> bool:
    return backend.module_of(y._array) is np and y._array.size > 1 and y._array.dtype.kind in "fc"


def _batch_eye(y: Tensor) -> Any:
    """The seeds of `_batch_one_hots` along a first axis, None if there is no use for them."""
    shape = y._array.shape
    if not _is_plain(y):
        return None
    count = y._array.size // shape[0]
    return np.broadcast_to(np.eye(count, dtype=y._array.dtype).reshape(count, 1, *shape[1:]), (count, *shape))


def _walked_at_once(record: tape.Tape, y: Tensor, seeds: np.ndarray, sources: list[Any]) -> list[Any] | None:
    """For each source the gradients for all seeds, along a first axis; None if it takes a walk for each.

    While recorders are active, they are to see each gradient.
    """
    if tape.recorders:
        return None
    from .batched import NotBatched, batch, whole

    try:
        grads = tape.backward(record, [y], [batch(seeds)], sources)
        return [None if g is None else whole(tape.dense(g), len(seeds)) for g in grads]
    except NotBatched:
        return None


def _answered(words: str) -> Exception:
    """TensorFlow's error for a tape that has nothing to answer from."""
    return explain(
        RuntimeError(f"A non-persistent GradientTape can only be used {words} one set of gradients (or jacobians)"),
        summary="this tape is empty: it has answered once already, or was never opened",
        hint="open GradientTape(persistent=True), or use `with tape:`, which may be asked again",
    )


def _spread(seed: Tensor, target: Tensor) -> Tensor:
    """A gradient to start from in the target's shape. Raises InvalidArgumentError if it does not broadcast to that."""
    shape, wanted = seed._array.shape, target._array.shape
    if shape == wanted:
        return seed
    lead = len(wanted) - len(shape)
    if lead < 0 or any(n not in (1, m) for n, m in zip(shape, wanted[lead:])):
        raise invalid(
            "Mul",
            f"Incompatible shapes: {bracketed(shape)} vs. {bracketed(wanted)}",
            summary=f"gradient: an output gradient of shape {shape} does not fit a target of shape {wanted}",
        )
    return resolve_op("broadcast_to")(seed, wanted)


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
    if value is None:
        raise explain(
            TypeError("Cannot convert the argument `type_value`: None to a TensorFlow DType."),
            summary="a gradient is taken with regard to tensors and variables, not to None",
        )
    if isinstance(value, Variable):
        return getattr(value, "_cell", value)
    if isinstance(value, Tensor):
        return value
    if isinstance(value, IndexedSlices):
        return value.values
    if _is_composite(value):
        return value._flat
    raise explain(
        AttributeError(f"{type(value).__name__!r} object has no attribute '_id'"),
        summary=f"a source is a tensor or a variable, not the {type(value).__name__} {value!r}",
        hint="make it a tensor and watch it: x = constant(...); with tape(x): ...",
    )


def _as_source(source: Any, grad: Any) -> Any:
    """A gradient in the rows, or at the places, of a ragged or sparse tensor that it belongs to."""
    if grad is None or not _is_composite(source):
        return grad
    return source._with_flat(resolve_op("convert_to_tensor")(grad))


def _is_composite(value: Any) -> bool:
    """Whether it is a ragged or sparse tensor: derivatives are those by its values."""
    return getattr(type(value), "_is_composite", False)


def _one_hots(y: Tensor) -> Iterator[Tensor]:
    """A seed for each entry of y: one there, zero elsewhere."""
    for i in over(range(y._array.size)):
        yield wrap(resolve_op("one_hot_array")(y._array, i))


def _batch_one_hots(y: Tensor) -> Iterator[Tensor]:
    """A seed for each entry of a row of y: one there in every row."""
    shape = y._array.shape
    if not y._array.size:
        return
    row = wrap(y._array[0])
    expand = resolve_op("broadcast_to")
    for seed in _one_hots(row):
        yield wrap(expand(seed, shape)._array)


_PERSISTENT_INSIDE = (
    "Calling GradientTape.gradient on a persistent tape inside its context is significantly less efficient "
    "than calling it outside the context (it causes the gradient ops to be recorded on the tape, leading to "
    "increased CPU and memory usage). Only call GradientTape.gradient inside the context if you actually "
    "want to trace the gradient in order to compute higher order derivatives."
)
