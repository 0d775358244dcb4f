"""Broadcasting: a tensor spread over a larger shape, and the shape to which two shapes broadcast."""

from __future__ import annotations

from typing import Any

from ..runtime.errors import bracketed, explain, invalid
from ..runtime.shape import TensorShape
from ..runtime.tensor import Tensor, as_tensor
from .arguments import integers, sizes, tail, vector
from .creation import host_constant
from .registry import op, primitive


@primitive(lambda g, y, x, shape: g)  # the tape sums what broadcasting spread
def _broadcast_to(xp, x, shape):
    return xp.broadcast_to(x, shape)


@op("broadcast_to", samples=lambda s: [s.call(s(3), [2, 3]), s.call(s(2, 1), [2, 3])])
def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """The tensor repeated along axes of size 1, and along new leading axes, to fill `shape`.

    Raises InvalidArgumentError if the shapes do not fit.

    >>> broadcast_to([1, 2], [2, 2])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [1, 2]], dtype=int32)>
    """
    x = as_tensor(input)
    wanted, rank = sizes("BroadcastTo", shape, "shape", "Tidx") if type(shape) is not tuple else (shape, 1)
    if rank != 1:
        given = as_tensor(shape)._array.shape
        message = f"shape must be a vector of {{int32,int64}}, got shape {bracketed(given)}"
        raise invalid("BroadcastTo", message, name=None)
    try:
        return _broadcast_to(x, shape=tuple(wanted))
    except ValueError:
        raise invalid(
            "BroadcastTo",
            _why_not(x._array.shape, tuple(wanted)),
            summary=f"broadcast_to: shape {x._array.shape} does not broadcast to {tuple(wanted)}",
            operands=[("input", x)],
            name=tail(input, shape),
        ) from None


def _why_not(shape: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    for n in wanted:
        if n < 0:
            return f"Dimension {n} must be >= 0"
    if len(shape) > len(wanted):
        return f"Rank of input ({len(shape)}) must be no greater than rank of output shape ({len(wanted)})."
    if all(n == m or 1 in (n, m) for n, m in zip(shape, wanted[len(wanted) - len(shape) :])):
        return f"Unable to broadcast tensor of shape {bracketed(shape)} to tensor of shape {bracketed(wanted)}"
    return f"Incompatible shapes: {bracketed(shape)} vs. {bracketed(wanted)}"


@op("broadcast_static_shape")
def broadcast_static_shape(shape_x: TensorShape, shape_y: TensorShape) -> TensorShape:
    """The shape to which two TensorShapes broadcast. Raises ValueError if they do not.

    shape_x: a TensorShape. shape_y: a TensorShape.

    >>> broadcast_static_shape(TensorShape([1, 3]), TensorShape([2, 1]))
    TensorShape([2, 3])
    """
    for shape in (shape_x, shape_y):
        if not isinstance(shape, TensorShape):
            raise explain(
                AttributeError(f"{type(shape).__name__!r} object has no attribute 'ndims'"),
                summary=f"broadcast_static_shape: {shape!r} is no TensorShape",
                hint="write TensorShape([...])",
            )
    if shape_x.ndims is None or shape_y.ndims is None:
        return TensorShape(None)
    longest = max(len(shape_x), len(shape_y))
    found: list[int | None] = []
    padded = [[*(1,) * (longest - len(s)), *s.as_list()] for s in (shape_x, shape_y)]
    for n, m in zip(*padded):
        if n is None or m is None:
            # An unknown size gives way to a known one above 1, for it must be that or 1.
            known = n if m is None else m
            found.append(known if known is not None and known > 1 else None)
        elif n == m or 1 in (n, m):
            found.append(m if n == 1 else n)
        else:
            raise ValueError(
                "Incompatible shapes for broadcasting. Two shapes are compatible if for each dimension pair they are "
                f"either equal or one of them is 1. Received: {shape_x} and {shape_y}."
            )
    return TensorShape(found)


@op("broadcast_dynamic_shape")
def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """The shape to which two shapes, given as tensors of ints, broadcast. Raises InvalidArgumentError if they do not.

    shape_x: int (rank,). shape_y: int (rank,).

    >>> broadcast_dynamic_shape([1, 3], [2, 1])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    known = next((s.dtype for s in (shape_x, shape_y) if isinstance(s, Tensor)), None)
    a, b = (
        integers("BroadcastArgs", s, arg, "T", None if isinstance(s, Tensor) else known)
        for s, arg in ((shape_x, "shape_x"), (shape_y, "shape_y"))
    )
    last = tail(shape_x, shape_y)
    for i, s in enumerate((a, b)):
        if s._array.ndim != 1:
            message = f"In[{i}] must be a vector.{bracketed(s._array.shape)}"
            raise invalid("BroadcastArgs", message, name=last)
    x, y = vector(a), vector(b)
    longest = max(len(x), len(y))
    pairs = list(zip([1] * (longest - len(x)) + x, [1] * (longest - len(y)) + y))
    if any(n != m and 1 not in (n, m) for n, m in pairs):
        raise invalid(
            "BroadcastArgs",
            f"Incompatible shapes: {bracketed(x)} vs. {bracketed(y)}",
            summary=f"broadcast_dynamic_shape: {x} and {y} do not broadcast",
            name=last,
        )
    return host_constant([m if n == 1 else n for n, m in pairs], a.dtype)
