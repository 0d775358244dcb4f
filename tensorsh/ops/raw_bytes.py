"""Numbers read from byte strings."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.backend import from_host, to_host
from ..runtime.dtypes import BOOL, as_dtype
from ..runtime.errors import explain, invalid
from ..runtime.tensor import Tensor, wrap
from .registry import op
from .strings import texts


@op("io.decode_raw", short=False)
def decode_raw(
    input_bytes: Any,
    out_type: Any,
    little_endian: bool = True,
    fixed_length: int | None = None,
    name: str | None = None,
) -> Tensor:
    """The bytes of each string as numbers of a dtype, along a new last axis.

    input_bytes: strings of one length in bytes. out_type: a dtype of numbers or bool. little_endian: whether a number's
    lowest byte comes first. fixed_length: the bytes to take of each string; shorter ones get zeros at their end. Raises
    InvalidArgumentError for lengths that differ, or that are no multiple of a number's.

    >>> tf.io.decode_raw("AB", tf.uint8)
    <tf.Tensor: shape=(2,), dtype=uint8, numpy=array([65, 66], dtype=uint8)>
    """
    kernel = "DecodeRaw" if fixed_length is None else "DecodePaddedRaw"
    given, dtype = texts(kernel, input_bytes), as_dtype(out_type)
    kind = dtype._numpy
    if kind.kind not in "biufcV":
        raise explain(TypeError(f"decode_raw: {dtype!r} is no dtype of numbers"))
    host = to_host(given._array)
    rows = host.reshape(-1).tolist()
    length = len(rows[0]) if rows and fixed_length is None else fixed_length or 0
    if length % kind.itemsize:
        raise invalid(
            kernel,
            f"Input to DecodeRaw has length {length} that is not a multiple of {kind.itemsize}, the size of "
            f"{dtype.name}",
            operands=[("input_bytes", given)],
        )
    if fixed_length is None:
        for i, row in enumerate(rows):
            if len(row) != length:
                raise invalid(
                    kernel,
                    "DecodeRaw requires input strings to all be the same size, but element "
                    f"{i} has size {length} != {len(row)}",
                    operands=[("input_bytes", given)],
                    hint="fixed_length pads and cuts them",
                )
    joined = b"".join(row[:length].ljust(length, b"\0") for row in rows)
    numbers = np.frombuffer(joined, np.uint8 if kind == BOOL else kind if little_endian else kind.newbyteorder())
    return wrap(from_host(numbers.astype(kind).reshape(*host.shape, -1 if rows else 0)))
