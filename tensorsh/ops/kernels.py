"""TensorFlow's errors for kernels that are registered for a few dtypes, or that want matrices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..runtime.dtypes import DType
from ..runtime.errors import NotFoundError, explain, invalid
from ..runtime.tensor import Tensor


def no_kernel(
    kernel: str, op: str, attributes: dict[str, Any], operands: Iterable[tuple[str, Any]] = ()
) -> BaseException:
    """TensorFlow's NotFoundError for a dtype that an op lists, but that no kernel of it computes.

    attributes: the kernel's, as its node lists them: dtypes, flags, numbers, text.
    """
    text = ", ".join(f"{key}={_attribute(attributes[key])}" for key in sorted(attributes))
    names = " and ".join(dict.fromkeys(value.name for value in attributes.values() if isinstance(value, DType)))
    return explain(
        NotFoundError(f"Could not find device for node: {{{{node {kernel}}}}} = {kernel}[{text}] [Op:{kernel}] name: "),
        f"{op}: not implemented for {names}",
        operands,
        "cast to float32 first: cast(x, float32)",
    )


def _attribute(value: Any) -> str:
    if isinstance(value, DType):
        name = {"float16": "half", "float32": "float", "float64": "double"}.get(value.name, value.name)
        return "DT_" + name.upper()
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def check_square(kernel: str, x: Tensor, name: str | None = None, arg: str = "input") -> None:
    """Raise TensorFlow's error unless x is a matrix, or a batch of them, with as many rows as columns.

    name: the message's tail, see `arguments.tail`.
    """
    check_matrix(kernel, x, name, arg)
    shape = x._array.shape
    if shape[-1] != shape[-2]:
        raise invalid(
            kernel,
            "Input matrix must be square.",
            f"{kernel}: {arg} must be square, not {shape[-2]} by {shape[-1]}",
            [(arg, x)],
            name=name,
        )


def check_matrix(kernel: str, x: Tensor, name: str | None = None, arg: str = "input") -> None:
    """Raise TensorFlow's error unless x has rank 2 or more."""
    rank = x._array.ndim
    if rank < 2:
        raise invalid(
            kernel,
            f"Input tensor 0 must have rank >= 2, got {rank}",
            f"{kernel}: {arg} must be a matrix, or a batch of them; its rank is {rank}",
            [(arg, x)],
            name=name,
        )
