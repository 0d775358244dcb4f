"""`keras.ops`: elements moved, picked, joined and repeated; joined tensors take the dtype in which they meet."""

from __future__ import annotations

from typing import Any

from ...runtime.errors import explain
from ...runtime.tensor import Tensor, as_tensor, is_tensor
from ..registry import ops
from .dtypes import keras_op, meet, smooth, tensor


def _rank(x: Tensor) -> int:
    return x._array.ndim


@keras_op("numpy.reshape", lambda s: [s.call(s(2, 3), (3, 2))])
def reshape(x: Any, newshape: Any) -> Tensor:
    """The elements in another shape; one size may be -1.

    newshape: a list of ints.

    >>> tf.keras.ops.reshape([1, 2, 3, 4], (2, -1))
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [3, 4]], dtype=int32)>
    """
    return ops.reshape(x, newshape)


@keras_op("numpy.ravel", smooth)
def ravel(x: Any) -> Tensor:
    """The elements in one row.

    >>> tf.keras.ops.ravel([[1, 2], [3, 4]])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 3, 4], dtype=int32)>
    """
    return ops.reshape(x, [-1])


@keras_op("numpy.transpose", smooth)
def transpose(x: Any, axes: Any = None) -> Tensor:
    """The axes in another order, reversed if none is given.

    axes: a list of ints: which axis of x each axis of the result is.

    >>> tf.keras.ops.transpose([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 3],
           [2, 4]], dtype=int32)>
    """
    return ops.transpose(x, axes)


@keras_op("numpy.swapaxes", lambda s: [s.call(s(2, 3), 0, 1)])
def swapaxes(x: Any, axis1: int, axis2: int) -> Tensor:
    """Two axes exchanged.

    axis1, axis2: ints.

    >>> tf.keras.ops.swapaxes([[1, 2, 3]], 0, 1)
    <tf.Tensor: shape=(3, 1), dtype=int32, numpy=
    array([[1],
           [2],
           [3]], dtype=int32)>
    """
    x = as_tensor(x)
    rank = _rank(x)
    for axis in (axis1, axis2):
        if not -rank <= axis < rank:
            raise explain(
                ValueError(f"axis {axis} is out of bounds for an array with dimension {rank}."), operands=[("x", x)]
            )
    order = list(range(rank))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return ops.transpose(x, order)


@keras_op("numpy.moveaxis", lambda s: [s.call(s(2, 3, 1), 0, -1)])
def moveaxis(x: Any, source: Any, destination: Any) -> Tensor:
    """Axes moved to other places; the rest keep their order.

    source, destination: ints, or lists of as many ints: where axes stand, and where they go.

    >>> tf.keras.ops.moveaxis([[1, 2, 3]], 0, 1)
    <tf.Tensor: shape=(3, 1), dtype=int32, numpy=
    array([[1],
           [2],
           [3]], dtype=int32)>
    """
    x = as_tensor(x)
    rank = _rank(x)
    sources = [a % rank for a in ([source] if isinstance(source, int) else source)]
    targets = [a % rank for a in ([destination] if isinstance(destination, int) else destination)]
    order = [a for a in range(rank) if a not in sources]
    for target, moved in sorted(zip(targets, sources)):
        order.insert(target, moved)
    return ops.transpose(x, order)


@keras_op("numpy.expand_dims", lambda s: [s.call(s(2, 3), 1)])
def expand_dims(x: Any, axis: Any) -> Tensor:
    """New axes of size 1.

    >>> tf.keras.ops.expand_dims([1, 2], 0)
    <tf.Tensor: shape=(1, 2), dtype=int32, numpy=array([[1, 2]], dtype=int32)>
    """
    x = as_tensor(x)
    axes = [axis] if isinstance(axis, int) else axis
    rank = _rank(x) + len(axes)
    for a in sorted(a % rank if -rank <= a < rank else a for a in axes):
        x = ops.expand_dims(x, a)
    return x


@keras_op("numpy.squeeze", lambda s: [s.call(s(2, 1))])
def squeeze(x: Any, axis: Any = None) -> Tensor:
    """Without its axes of size 1, or without those given.

    Raises ValueError for an axis that is not of size 1.

    >>> tf.keras.ops.squeeze([[1, 2]])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    x = as_tensor(x)
    for a in () if axis is None else [axis] if isinstance(axis, int) else axis:
        if x._array.shape[a] != 1:
            raise ValueError(f"Cannot squeeze axis={a}, because the dimension is not 1.")
    return ops.squeeze(x, axis)


@keras_op("numpy.broadcast_to", lambda s: [s.call(s(3), (2, 3))])
def broadcast_to(x: Any, shape: Any) -> Tensor:
    """x repeated to fill a shape.

    >>> tf.keras.ops.broadcast_to([1, 2], (2, 2))
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [1, 2]], dtype=int32)>
    """
    return ops.broadcast_to(x, shape)


def joinable(xs: Any) -> list[Tensor]:
    """Tensors in the dtype in which they meet, if they differ."""
    parts = [as_tensor(x) for x in (xs if isinstance(xs, (list, tuple)) else ops.unstack(xs))]
    return parts if len({part.dtype for part in parts}) == 1 else meet(*parts, weak=False)


@keras_op("numpy.concatenate", lambda s: [s.call([s(2, 3), s(1, 3)])])
def concatenate(xs: Any, axis: int = 0) -> Tensor:
    """Tensors one after the other along an axis.

    xs: a list of tensors, of one shape but for that axis.

    >>> tf.keras.ops.concatenate([tf.constant([1, 2]), tf.constant([3.])])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([1., 2., 3.], dtype=float32)>
    """
    return ops.concat(joinable(xs), axis)


@keras_op("numpy.stack", lambda s: [s.call([s(3), s(3)])])
def stack(x: Any, axis: int = 0) -> Tensor:
    """Tensors side by side along a new axis.

    x: a list of tensors of one shape.

    >>> tf.keras.ops.stack([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [3, 4]], dtype=int32)>
    """
    return ops.stack(joinable(x), axis)


@keras_op("numpy.vstack", lambda s: [s.call([s(1, 3), s(2, 3)])])
def vstack(xs: Any) -> Tensor:
    """Tensors one after the other along the first axis, vectors too.

    xs: a list of tensors, of one shape but for that axis.

    >>> tf.keras.ops.vstack([tf.constant([1, 2]), tf.constant([3, 4])])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 3, 4], dtype=int32)>
    """
    return as_tensor(xs) if is_tensor(xs) else ops.concat(joinable(xs), 0)


@keras_op("numpy.hstack", lambda s: [s.call([s(3), s(3)]), s.call([s(2, 1), s(2, 2)])])
def hstack(xs: Any) -> Tensor:
    """Columns side by side.

    xs: a list of tensors, of one shape but for that axis.

    >>> tf.keras.ops.hstack([tf.constant([1, 2]), tf.constant([3, 4])])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 3, 4], dtype=int32)>
    """
    if is_tensor(xs):
        return as_tensor(xs)
    parts = joinable(xs)
    return ops.concat(parts, 0 if _rank(parts[0]) == 1 else 1)


@keras_op("numpy.append", lambda s: [s.call(s(2, 2), s(3))])
def append(x1: Any, x2: Any, axis: int | None = None) -> Tensor:
    """x2 after x1 along an axis, or after both are made rows.

    x1, x2: of one shape but for that axis. axis: None: both are made rows.

    >>> tf.keras.ops.append([1, 2], [3, 4])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 2, 3, 4], dtype=int32)>
    """
    parts = joinable([x1, x2])
    return ops.concat([ravel(x) for x in parts], 0) if axis is None else ops.concat(parts, axis)


@keras_op("numpy.split", lambda s: [s.call(s(4), 2), s.call(s(4), [1, 3])])
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """x cut into equal parts, or at the positions given.

    x: a tensor of rank 1 or more.

    >>> len(tf.keras.ops.split(tf.range(4), [1, 3]))
    3
    """
    x = as_tensor(x)
    if isinstance(indices_or_sections, int):
        return list(ops.split(x, indices_or_sections, axis))
    ends = [*indices_or_sections, x._array.shape[axis]]
    return list(ops.split(x, [b - a for a, b in zip([0, *ends], ends)], axis))


@keras_op(".unstack", lambda s: [s.call(s(2, 3))])
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The slices along an axis, as a list.

    x: a tensor of rank 1 or more. num: an int: the size of the axis, which is known here.

    >>> tf.keras.ops.unstack([[1, 2], [3, 4]])[1]
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 4], dtype=int32)>
    """
    return ops.unstack(x, num, axis)


@keras_op("numpy.tile", lambda s: [s.call(s(2), (2, 2))])
def tile(x: Any, repeats: Any) -> Tensor:
    """x repeated as a whole.

    repeats: an int, or an int for each axis.

    >>> tf.keras.ops.tile([1, 2], (2, 2))
    <tf.Tensor: shape=(2, 4), dtype=int32, numpy=
    array([[1, 2, 1, 2],
           [1, 2, 1, 2]], dtype=int32)>
    """
    x = as_tensor(x)
    times = [repeats] if isinstance(repeats, int) else list(repeats)
    rank = max(_rank(x), len(times))
    shape = [1] * (rank - _rank(x)) + list(x._array.shape)
    return ops.tile(ops.reshape(x, shape), [1] * (rank - len(times)) + times)


@keras_op("numpy.repeat", lambda s: [s.call(s(2, 2), 2), s.call(s(2, 2), [1, 2], 0)])
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Tensor:
    """Each element, or each slice along an axis, repeated.

    repeats: an int, or an int for each that is repeated. axis: None: x is flattened.

    >>> tf.keras.ops.repeat([1, 2], 2)
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 1, 2, 2], dtype=int32)>
    """
    return ops.repeat(x, repeats, axis)


@keras_op("numpy.roll", lambda s: [s.call(s(2, 3), 1), s.call(s(2, 3), 1, 0)])
def roll(x: Any, shift: Any, axis: Any = None) -> Tensor:
    """Elements moved on; those that leave at the end come in at the start.

    shift: an int, or an int for each axis. axis: None: x as one row.

    >>> tf.keras.ops.roll([1, 2, 3], 1)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([3, 1, 2], dtype=int32)>
    """
    x = as_tensor(x)
    return ops.reshape(ops.roll(ravel(x), shift, 0), x.shape) if axis is None else ops.roll(x, shift, axis)


@keras_op("numpy.flip", smooth)
def flip(x: Any, axis: Any = None) -> Tensor:
    """The order reversed along an axis, or along all.

    >>> tf.keras.ops.flip([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[4, 3],
           [2, 1]], dtype=int32)>
    """
    x = as_tensor(x)
    axes = range(_rank(x)) if axis is None else [axis] if isinstance(axis, int) else axis
    return ops.reverse(x, list(axes))


@keras_op("numpy.pad", lambda s: [s.call(s(2, 2), ((0, 1), (1, 0)), "reflect")])
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    """x with a border: of `constant_values`, or its own elements mirrored (`reflect`, `symmetric`).

    pad_width: for each axis how much before and after; of a vector a pair or a number will do. mode: "constant",
    "reflect" or "symmetric". constant_values: a number; None: 0. Raises ValueError for values with another mode than
    "constant".

    >>> tf.keras.ops.pad([1, 2], [[1, 1]])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([0, 1, 2, 0], dtype=int32)>
    """
    x = as_tensor(x)
    pair = [pad_width, pad_width] if isinstance(pad_width, int) else pad_width
    widths = [pair] if isinstance(pair[0], int) else pair
    if len(widths) not in (1, _rank(x)):
        raise ValueError(
            f"`pad_width` must have the same length as `x.shape`. Received: pad_width={pad_width} (of length "
            f"{len(widths)}) and x.shape={x.shape} (of length {_rank(x)})"
        )
    if constant_values is None:
        return ops.pad(x, widths, mode.upper())
    if mode != "constant":
        raise ValueError(
            f"Argument `constant_values` can only be provided when `mode == 'constant'`. Received: mode={mode}"
        )
    return ops.pad(x, widths, mode.upper(), constant_values)


@keras_op("numpy.take", lambda s: [s.call(s(3), [0, 2, 0]), s.call(s(2, 3), [-1], 1)])
def take(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """The elements, or the slices along an axis, at these positions; negative ones count from the end.

    >>> tf.keras.ops.take([[1, 2], [3, 4]], [-1], axis=1)
    <tf.Tensor: shape=(2, 1), dtype=int32, numpy=
    array([[2],
           [4]], dtype=int32)>
    """
    x = as_tensor(x)
    x, axis = (ravel(x), 0) if axis is None else (x, axis)
    return ops.gather(x, _from_start(indices, x._array.shape[axis]), axis=axis)


@keras_op("numpy.take_along_axis", lambda s: [s.call(s(2, 3), [[1], [0]], 1)])
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """At each place, the element whose position along the axis stands there in `indices`.

    >>> tf.keras.ops.take_along_axis([[3, 1], [2, 4]], [[1], [0]], axis=1)
    <tf.Tensor: shape=(2, 1), dtype=int32, numpy=
    array([[1],
           [2]], dtype=int32)>
    """
    x, indices = as_tensor(x), as_tensor(indices)
    if axis is None and _rank(indices) != 1:
        raise ValueError(f"`indices` must be 1D if axis=None. Received: indices.shape={tuple(indices.shape)}")
    if axis is not None and _rank(indices) != _rank(x):
        raise explain(
            ValueError(
                "`x` and `indices` must have the same number of dimensions, but receive shape "
                f"{list(x.shape)} and {list(indices.shape)}."
            ),
            operands=[("x", x), ("indices", indices)],
        )
    if axis is None:
        return ops.gather(ravel(x), _from_start(ravel(indices), x._array.size))
    last = _rank(x) - 1
    axis %= last + 1
    size = x._array.shape[axis]
    x, indices = swapaxes(x, axis, last), swapaxes(_from_start(indices, size), axis, last)
    rows = [max(a, b) for a, b in zip(x._array.shape[:-1], indices._array.shape[:-1])]
    x, indices = ops.broadcast_to(x, [*rows, size]), ops.broadcast_to(indices, [*rows, indices._array.shape[-1]])
    return swapaxes(ops.gather(x, indices, axis=-1, batch_dims=last), axis, last)


def _from_start(indices: Any, size: int) -> Tensor:
    indices = as_tensor(indices)
    indices = indices if indices.dtype.is_integer else ops.cast(indices, "int32")
    return ops.where(ops.less(indices, ops.zeros_like(indices)), indices + size, indices)


@keras_op("numpy.meshgrid", lambda s: [s.call(s(2), s(3))])
def meshgrid(*x: Any, indexing: str = "xy") -> list[Tensor]:
    """The coordinates of each point of a grid.

    x: tensors of rank 1.

    >>> tf.keras.ops.meshgrid([1, 2], [3, 4])
    [<tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [1, 2]], dtype=int32)>, <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[3, 3],
           [4, 4]], dtype=int32)>]
    """
    return list(ops.meshgrid(*(as_tensor(v) for v in x), indexing=indexing))


@keras_op("numpy.unravel_index")
def unravel_index(indices: Any, shape: Any) -> tuple[Tensor, ...]:
    """The position along each axis of elements numbered in one row.

    >>> tf.keras.ops.unravel_index([3, 5], (2, 3))[0]
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 1], dtype=int32)>
    """
    return tuple(ops.unstack(ops.unravel_index(indices, tensor(list(shape), as_tensor(indices).dtype.name))))
