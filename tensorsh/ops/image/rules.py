"""What the ops on images share: batches of images, ranks, and TensorFlow's words for what does not fit. No ops here."""

from __future__ import annotations

from typing import Any

from ...runtime.errors import explain
from ...runtime.shape import TensorShape
from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops


def as_batch(image: Any, message: str | None = None) -> tuple[Tensor, bool]:
    """(batch, height, width, channels) of a batch of images or of one, and whether it is one.

    Raises ValueError, with `message` or TensorFlow's usual words, for another rank.
    """
    x = as_tensor(image)
    rank = x._array.ndim
    if rank not in (3, 4):
        text = message or f"'image' (shape {TensorShape(x._array.shape)}) must have either 3 or 4 dimensions."
        raise explain(
            ValueError(text),
            f"an image has rank 3 (height, width, channels), a batch of images rank 4; this has {rank}",
            [("image", x)],
            "add an axis for the channels: expand_dims(x, -1)" if rank == 2 else None,
        )
    if message is None:
        _check_entries(x)
    return (x, False) if rank == 4 else (ops.expand_dims(x, 0), True)


def from_batch(x: Tensor, single: bool) -> Tensor:
    """The one image of a batch, if it is `single`, or the batch."""
    return ops.squeeze(x, [0]) if single else x


def at_least_3d(image: Any) -> Tensor:
    """An image, or images. Raises TensorFlow's ValueError below rank 3."""
    x = as_tensor(image)
    if x._array.ndim < 3:
        raise explain(
            ValueError(f"'image' (shape {TensorShape(x._array.shape)}) must be at least three-dimensional."),
            "an image has rank 3: (height, width, channels)",
            [("image", x)],
            "add an axis for the channels: expand_dims(x, -1)" if x._array.ndim == 2 else None,
        )
    _check_entries(x)
    return x


def _check_entries(x: Tensor) -> None:
    """Raise TensorFlow's ValueError for images without pixels, or without channels."""
    shape = TensorShape(x._array.shape)
    if 0 in x._array.shape[-3:]:
        raise explain(ValueError(f"inner 3 dims of 'image.shape' must be > 0: {shape}"), operands=[("image", x)])


def check_positive(value: Any, name: str) -> None:
    if value <= 0:
        raise explain(ValueError(f"{name} must be > 0."), f"{name} is {value}")
