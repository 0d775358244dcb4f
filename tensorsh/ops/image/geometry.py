"""Images mirrored, turned and transposed; their gradients along rows and columns."""

from __future__ import annotations

from typing import Any

from ...runtime.dtypes import HALF_FIRST
from ...runtime.errors import InvalidArgumentError, explain
from ...runtime.tensor import Tensor, as_tensor
from ..registry import op, ops
from ..rules import check_dtype
from ..signal import scalar
from .rules import as_batch, at_least_3d


def flipped(image: Any, axis: int) -> Tensor:
    """Images mirrored along `axis` of (height, width, channels)."""
    x = at_least_3d(image)
    as_batch(x, "'image' must have either 3 or 4 dimensions.")
    return ops.reverse(x, [axis - 3])


@op("image.flip_left_right", short=False, samples=lambda s: [s.call(s(2, 3, 2)), s.call(s(1, 2, 2, 1))])
def flip_left_right(image: Any) -> Tensor:
    """Images mirrored, so that left becomes right. Raises ValueError below rank 3.

    >>> tf.image.flip_left_right([[[1], [2]], [[3], [4]]])[..., 0]
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[2, 1],
           [4, 3]], dtype=int32)>
    """
    return flipped(image, 1)


@op("image.flip_up_down", short=False, samples=lambda s: [s.call(s(2, 3, 2)), s.call(s(1, 2, 2, 1))])
def flip_up_down(image: Any) -> Tensor:
    """Images upside down. Raises ValueError below rank 3.

    >>> tf.image.flip_up_down([[[1], [2]], [[3], [4]]])[..., 0]
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[3, 4],
           [1, 2]], dtype=int32)>
    """
    return flipped(image, 0)


@op("image.transpose", short=False, samples=lambda s: [s.call(s(2, 3, 2)), s.call(s(1, 2, 3, 1))])
def transpose_image(image: Any, name: str | None = None) -> Tensor:
    """Images with rows and columns exchanged.

    >>> tf.image.transpose([[[1], [2]], [[3], [4]]])[..., 0]
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 3],
           [2, 4]], dtype=int32)>
    """
    x = at_least_3d(image)
    as_batch(x, "'image' must have either 3 or 4 dimensions.")
    return ops.transpose(x, [1, 0, 2] if x._array.ndim == 3 else [0, 2, 1, 3])


@op("image.rot90", short=False, samples=lambda s: [s.call(s(2, 3, 2)), s.call(s(1, 2, 3, 1), 3)])
def rot90(image: Any, k: Any = 1, name: str | None = None) -> Tensor:
    """Images turned counter-clockwise by `k` right angles.

    >>> tf.image.rot90([[[1], [2]], [[3], [4]]])[..., 0]
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[2, 4],
           [1, 3]], dtype=int32)>
    """
    x = at_least_3d(image)
    turns = int(scalar(k)) % 4
    as_batch(x, "'image' must have either 3 or 4 dimensions.")
    if turns == 1:
        return transpose_image(flip_left_right(x))
    if turns == 2:
        return flip_up_down(flip_left_right(x))
    return flip_left_right(transpose_image(x)) if turns == 3 else x


@op("image.image_gradients", short=False, samples=lambda s: [s.call(s(1, 3, 3, 2))])
def image_gradients(image: Any) -> tuple[Tensor, Tensor]:
    """(dy, dx): by how much the next row, and the next column, differ from each; 0 for the last.

    image: (batch, height, width, channels); ValueError for another rank.

    >>> dy, dx = tf.image.image_gradients(reshape([1., 2., 4., 8.], 1, 2, 2, 1))
    >>> dy[0, ..., 0]
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[3., 6.],
           [0., 0.]], dtype=float32)>
    """
    x = as_tensor(image)
    if x._array.ndim != 4:
        raise explain(
            ValueError(f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {x.shape}."),
            operands=[("image", x)],
            hint="add a batch axis: expand_dims(x, 0)" if x._array.ndim == 3 else None,
        )
    dy = ops.pad(x[:, 1:] - x[:, :-1], [[0, 0], [0, 1], [0, 0], [0, 0]])
    dx = ops.pad(x[:, :, 1:] - x[:, :, :-1], [[0, 0], [0, 0], [0, 1], [0, 0]])
    return dy, dx


@op("image.sobel_edges", short=False, samples=lambda s: [s.call(s(1, 3, 4, 2))])
def sobel_edges(image: Any) -> Tensor:
    """Sobel's slopes: (batch, height, width, channels, 2), of which the last axis is [dy, dx]. Borders are mirrored.

    image: (batch, height, width, channels).

    >>> tf.image.sobel_edges(reshape([1., 2., 4., 1., 2., 4.], 1, 2, 3, 1))[0, ..., 0, 1]
    <tf.Tensor: shape=(2, 3), dtype=float32, numpy=
    array([[ 0., 12.,  0.],
           [ 0., 12.,  0.]], dtype=float32)>
    """
    x = as_tensor(image)
    check_dtype("DepthwiseConv2dNative", x, HALF_FIRST, HALF_FIRST, "image")
    shape = x._array.shape
    if len(shape) != 4:
        raise explain(
            InvalidArgumentError(
                "The first dimension of paddings must be the rank of inputs[4,2], "
                f"[{','.join(map(str, shape))}] [Op:MirrorPad]"
            ),
            f"sobel_edges: the image must have rank 4, and has {len(shape)}",
            [("image", x)],
        )
    wide = ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
    columns = wide[:, :, :-2] + 2 * wide[:, :, 1:-1] + wide[:, :, 2:]
    rows = wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]
    return ops.stack([columns[:, 2:] - columns[:, :-2], rows[:, :, 2:] - rows[:, :, :-2]], -1)
