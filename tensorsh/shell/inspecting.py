"""Commands that look at things: what is bound, a tensor's statistics, how long an expression takes, a tape's ops."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..drawing.charts import sparkline
from ..ops.autodiff import last_tape
from ..runtime import devices
from ..runtime.backend import settled, to_host
from ..runtime.tape import Tape
from ..runtime.tensor import Tensor, as_tensor
from ..runtime.variable import Variable
from .commands import CommandError, Desk, command, described
from .window import table

_TIMED_FOR = 0.2  # seconds that one measurement takes, at least
_REPEATS = 5
_BINS = 40


@command()
def vars_(desk: Desk, argument: str) -> None:
    """List what is bound, with shape, dtype, device and bytes.

    The last column tells whether a gradient can be had: a trainable variable is watched by tapes, a float tensor if it
    is watched, and an integer has none.
    """
    names = sorted(desk.session.visible_names().items())
    rows = [(name, *_row(value)) for name, value in names]
    head = [("name", "kind", "dtype", "shape", "device", "bytes", "gradient")] if any(len(r) > 3 for r in rows) else []
    desk.write(table([*head, *rows]) if rows else _NOTHING)


_NOTHING = "no names are bound"


def _row(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (Tensor, Variable)):
        kind, text = described(value)
        return (kind, text)
    tensor = as_tensor(value)
    size = tensor._array.nbytes
    watched = (
        "by tapes" if isinstance(value, Variable) and value.trainable else "if watched" if _is_real(tensor) else "no"
    )
    kind = "Variable" if isinstance(value, Variable) else "Tensor"
    return (kind, value.dtype.name, str(tuple(value.shape)), str(devices.of(tensor._array)), f"{size:,}", watched)


def _is_real(tensor: Tensor) -> bool:
    return tensor.dtype.is_floating or tensor.dtype.is_complex


@command("EXPR")
def stats(desk: Desk, argument: str) -> None:
    """Show min, max, mean, std, NaN and Inf counts, a histogram.

    All but the counts are of the finite entries.
    """
    tensor = _numbers(":stats", _value(desk, argument, ":stats x"))
    x = to_host(tensor._array).astype(np.float64).reshape(-1)
    finite = x[np.isfinite(x)]
    rows = [("shape", str(tuple(tensor.shape))), ("dtype", tensor.dtype.name)]
    if finite.size:
        rows += [(name, f"{f(finite):.6g}") for name, f in (("min", np.min), ("max", np.max))]
        rows += [(name, f"{f(finite):.6g}") for name, f in (("mean", np.mean), ("std", np.std))]
    rows += [("nan", str(np.count_nonzero(np.isnan(x)))), ("inf", str(np.count_nonzero(np.isinf(x))))]
    desk.write(table(rows))
    if finite.size:
        counts, edges = np.histogram(finite, _BINS)
        desk.write(f"{edges[0]:.4g} {sparkline(counts)} {edges[-1]:.4g}")


@command("EXPR")
def full(desk: Desk, argument: str) -> None:
    """Show a value whole, however large it is."""
    with np.printoptions(threshold=sys.maxsize):
        desk.write(repr(_value(desk, argument, ":full x")))


@command("EXPR")
def time_(desk: Desk, argument: str) -> None:
    """Tell how long an expression takes, the best of several times."""
    _value(desk, argument, ":time x @ x")  # a mistake is told as one in the expression, not in the lambda below
    call = desk.session.evaluate(f"lambda: ({argument}\n)", ":time")
    count, seconds = 1, _seconds(call, 1)
    while seconds < _TIMED_FOR:
        count = max(
            2 * count, int(1.2 * count * _TIMED_FOR / max(seconds, 1e-9)) if seconds > _TIMED_FOR / 50 else 10 * count
        )
        seconds = _seconds(call, count)
    best = min([seconds, *(_seconds(call, count) for _ in range(_REPEATS - 1))])
    desk.write(f"{_duration(best / count)} for each, best of {_REPEATS} times {count:,}")


def _seconds(call: Callable[[], Any], count: int) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        result = call()
        if type(result) is Tensor:
            settled(result._array)  # a large one may still have to be computed
    return time.perf_counter() - begin


def _duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


@command("EXPR")
def plot(desk: Desk, argument: str) -> None:
    """Draw a curve, or several: :plot y, or :plot x, y."""
    if not argument:
        raise CommandError("plot what? :plot x, y")
    desk.run_text(f"plot({argument})", ":plot")


@command()
def tape(desk: Desk, argument: str) -> None:
    """Show the ops on the last tape, and which names it is watching.

    Ops stand in the order in which they ran, with the shapes of what they took and gave. Of a name that is not
    connected, which is why `grad` gives None for it, the reason is told.
    """
    used = last_tape()
    if used is None:
        raise CommandError("there has been no tape; open one: with tape:")
    rows = [
        (str(i), primitive.name, ", ".join(map(_shape, inputs)), "->", ", ".join(map(_shape, outputs)))
        for i, (primitive, outputs, inputs, _) in enumerate(used._entries, 1)
    ]
    desk.write(table(rows) if rows else "nothing is recorded: no op has taken anything that is watched")
    names = list(_connections(used, desk.session.visible_names()))
    if names:
        desk.write(table(names))


def _connections(used: Tape, names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(name, how the tape sees what it holds), of variables and of tensors that could have a gradient."""
    for name, value in sorted(names.items()):
        if isinstance(value, Variable):
            if any(id(t) in used._watched for t in used._tensors_of(value)):
                yield name, "watched: a variable"
            elif value.trainable:
                yield name, "not watched: it was not read in the tape's block"
            else:
                yield name, f"not watched: it is not trainable; with tape({name}): watches it"
        elif isinstance(value, Tensor) and _is_real(value):
            if id(value) in used._watched:
                is_made = any(value is y for _, outputs, _, _ in used._entries for y in outputs)
                yield name, "connected: computed from what is watched" if is_made else "watched"
            else:
                yield name, f"not connected: a constant, or computed outside the block; with tape({name}): watches it"
        elif isinstance(value, Tensor):
            yield name, f"not connected: {value.dtype.name} has no gradient"


def _shape(x: Any) -> str:
    return str(tuple(x.shape)) if isinstance(x, (Tensor, Variable)) else repr(x)


def _value(desk: Desk, text: str, example: str) -> Any:
    """The value of the expression that a command was given."""
    if not text:
        raise CommandError(f"which value? {example}")
    return desk.session.evaluate(text, example.split()[0])


def _numbers(name: str, value: Any) -> Tensor:
    try:
        tensor = as_tensor(value)
    except (TypeError, ValueError):
        raise CommandError(f"{name} looks at tensors, not at {type(value).__name__}") from None
    if not (tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_bool):
        raise CommandError(f"{name} looks at real numbers, not at {tensor.dtype.name}")
    return tensor
