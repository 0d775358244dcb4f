"""tf.print, and the clock."""

from __future__ import annotations

import pprint
import sys
import time
from typing import Any

from ..runtime import effects, nest, printing
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .composites import is_composite
from .registry import op

_STREAMS = ("stdout", "stderr")


@op("print", short=False)
def print_(*inputs: Any, **kwargs: Any) -> None:
    """Write values to standard error as TensorFlow's kernels format them, which is not NumPy's way.

    output_stream: "stderr" or "stdout", or those of `sys`.
    summarize: how many entries are shown at each end of an axis, all if -1.
    sep, end: what stands between the values, and after the last.

    inputs: values of any kind.
    Raises ValueError for another keyword or output stream.

    >>> tf.print(tf.range(10), constant([[1., 2.], [3., 4.]]), "text", output_stream="stdout")
    [0 1 2 ... 7 8 9] [[1 2]
     [3 4]] text
    """
    stream = kwargs.pop("output_stream", "stderr")
    kwargs.pop("name", None)
    summarize = kwargs.pop("summarize", 3)
    sep, end = kwargs.pop("sep", " "), kwargs.pop("end", "\n")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    stream = getattr(stream, "name", stream)
    if stream not in _STREAMS:
        raise explain(
            ValueError(
                f"Unsupported output stream, logging level, or file.{stream}. Supported streams are "
                "sys.stdout, sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error. File needs "
                "to be in the form of 'file://<filepath>'."
            ),
            summary=f"tf.print: {stream!r} is no stream; a program writes no files",
            hint='output_stream is "stderr" or "stdout"',
        )
    effects.effect(_write, (inputs, sep, summarize, end, stream))


def _write(inputs: tuple, sep: str, summarize: int, end: str, stream: str) -> None:
    print(_formatted(inputs, sep, summarize), end=end, file=sys.stdout if stream == "stdout" else sys.stderr)


def _formatted(inputs: tuple, sep: str, summarize: int) -> str:
    """The values' texts: Python's own, in which each tensor's stands in its place."""
    if len(inputs) == 1 and is_tensor(inputs[0]):
        alone = as_tensor(inputs[0])
        if alone.dtype.name == "string" and not alone.ndim:
            return alone.numpy().decode("utf-8", "replace")  # a lone string is printed as it is
    # Python lays a structure out (and breaks its lines) with a short place for each tensor, whatever its
    # text.
    place = "{}"
    while place in "".join(map(str, inputs)):
        place += "0"
    tensors: list[str] = []

    def take(leaf: Any) -> Any:
        if not is_tensor(leaf) and not is_composite(leaf):
            return leaf
        tensors.append(printing.of_kernel(leaf, summarize))
        return place

    shown = [x if isinstance(x, str) else pprint.pformat(nest.map_leaves(take, x)) for x in inputs]
    parts = sep.join(shown).replace(f"'{place}'", place).split(place)
    return "".join(part + text for part, text in zip(parts, [*tensors, ""]))


@op("timestamp")
def timestamp(name: str | None = None) -> Tensor:
    """The time in seconds since 1970, a float64 scalar.

    >>> timestamp() > 1.7e9
    <tf.Tensor: shape=(), dtype=bool, numpy=True>
    """
    effects.impure("the time is asked for")
    return as_tensor(time.time(), "float64")
