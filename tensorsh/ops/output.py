"""tf.print, and the clock."""

from __future__ import annotations

import pprint
import sys
import time
from typing import Any

from ..runtime import nest, printing
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .registry import op

_STREAMS = ("stdout", "stderr")


@op("print", short=False)
def print_(*inputs: Any, **kwargs: Any) -> None:
    """Write values to standard error as TensorFlow's kernels format them, which is not NumPy's way.

    output_stream: "stderr" or "stdout". summarize: how many entries are shown at each end of an axis, all if -1.
    sep, end: what stands between the values, and after the last.

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
    if stream not in _STREAMS:
        raise explain(
            ValueError(
                f"Unsupported output stream, logging level, or file.{stream}. Supported streams are sys.stdout, "
                "sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error. File needs to be in the form of "
                "'file://<filepath>'."
            ),
            summary=f"tf.print: {stream!r} is no stream; a program writes no files",
            hint='output_stream is "stderr" or "stdout"',
        )
    text = sep.join(_told(value, summarize) for value in inputs)
    if len(inputs) == 1 and is_tensor(inputs[0]):
        one = as_tensor(inputs[0])
        if one.dtype.name == "string" and not one.ndim:
            text = one.numpy().decode("utf-8", "replace")  # a lone string is printed as it is
    print(text, end=end, file=sys.stdout if stream == "stdout" else sys.stderr)


def _told(value: Any, summarize: int) -> str:
    """A value's text; inside a structure, Python's own around the tensors'."""
    if isinstance(value, str):
        return value
    if is_tensor(value):
        return printing.kernel_text(as_tensor(value)._array, summarize)
    if not nest.is_nested(value) or isinstance(value, range):
        return pprint.pformat(value)
    marked = nest.map_leaves(
        lambda leaf: _Verbatim(printing.kernel_text(as_tensor(leaf)._array, summarize)) if is_tensor(leaf) else leaf,
        value,
    )
    return pprint.pformat(marked)


class _Verbatim:
    """Text that stands in a structure's text without quotes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


@op("timestamp")
def timestamp(name: str | None = None) -> Tensor:
    """The time in seconds since 1970, a float64 scalar."""
    return as_tensor(time.time(), "float64")
