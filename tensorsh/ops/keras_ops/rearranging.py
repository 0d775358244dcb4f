"""`keras.ops`: tensors turned, cut and joined along named axes, diagonals, and elements picked or replaced."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.tensor import Tensor, as_tensor, is_tensor
from ..registry import at_path, ops
from .dtypes import keras_op, meet, tensor
from .shape import joinable, moveaxis, ravel, split


@keras_op("numpy.fliplr", lambda s: [s.call(s(2, 3))])
def fliplr(x: Any) -> Tensor:
    """The second axis in reverse order.

    x: a tensor of rank 2 or more.

    >>> tf.keras.ops.fliplr([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[2, 1],
           [4, 3]], dtype=int32)>
    """
    return ops.reverse(x, [1])


@keras_op("numpy.flipud", lambda s: [s.call(s(2, 3))])
def flipud(x: Any) -> Tensor:
    """The first axis in reverse order.

    x: a tensor of rank 1 or more.

    >>> tf.keras.ops.flipud([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[3, 4],
           [1, 2]], dtype=int32)>
    """
    return ops.reverse(x, [0])


@keras_op("numpy.rot90", lambda s: [s.call(s(2, 3)), s.call(s(2, 3, 2), -1, (0, 2))])
def rot90(array: Any, k: int = 1, axes: Any = (0, 1)) -> Tensor:
    """Turned k times by 90 degrees in the plane of two axes, from the first towards the second.

    array: a tensor of rank 2 or more. axes: a pair of ints. Raises ValueError for less than two axes, or for axes that
    are not two different ones.

    >>> tf.keras.ops.rot90([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[2, 4],
           [1, 3]], dtype=int32)>
    """
    x = as_tensor(array)
    rank = x._array.ndim
    if rank < 2:
        raise ValueError(f"Input array must have at least 2 dimensions. Received: array.ndim={rank}")
    if len(axes) != 2 or axes[0] == axes[1]:
        raise ValueError(f"Invalid axes: {axes}. Axes must be a tuple of two different dimensions.")
    k %= 4
    if k == 0:
        return x
    x = moveaxis(x, tuple(axes), (-2, -1))
    shape = list(x._array.shape)
    turned = [*shape[:-2], shape[-1], shape[-2]]
    y = _quarter_turn(x)
    # Half a turn goes through the wrong shape in Keras, too, which shows unless the plane is square.
    y = ops.reshape(y, shape) if k == 2 else y
    for _ in range(k - 1):
        y = _quarter_turn(y)
    return moveaxis(ops.reshape(y, turned if k % 2 else shape), (-2, -1), tuple(axes))


def _quarter_turn(x: Tensor) -> Tensor:
    return ops.matrix_transpose(ops.reverse(x, [-1]))


@keras_op("numpy.dstack", lambda s: [s.call([s(3), s(3)]), s.call([s(2, 2), s(2, 2, 1)])])
def dstack(xs: Any) -> Tensor:
    """Tensors side by side along the third axis; (n,) counts as (1, n, 1), and (m, n) as (m, n, 1).

    xs: a list of tensors, of one shape but for the third axis.

    >>> tf.keras.ops.dstack([tf.constant([1, 2]), tf.constant([3, 4])])
    <tf.Tensor: shape=(1, 2, 2), dtype=int32, numpy=
    array([[[1, 3],
            [2, 4]]], dtype=int32)>
    """

    def deep(x: Tensor) -> Tensor:
        shape = x._array.shape
        if len(shape) > 2:
            return x
        return ops.reshape(x, [*shape, 1] if len(shape) == 2 else [1, *shape, 1] if shape else [1, 1, 1])

    return ops.concat([deep(x) for x in joinable(xs)], 2)


@keras_op("numpy.hsplit", lambda s: [s.call(s(2, 4), 2)])
def hsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """x cut along its second axis, or along its only one.

    x: a tensor of rank 1 or more.

    >>> len(tf.keras.ops.hsplit([[1, 2], [3, 4]], 2))
    2
    """
    x = as_tensor(x)
    return split(x, indices_or_sections, 0 if x._array.ndim == 1 else 1)


@keras_op("numpy.vsplit", lambda s: [s.call(s(4, 2), 2)])
def vsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """x cut along its first axis.

    x: a tensor of rank 2 or more.

    >>> len(tf.keras.ops.vsplit([[1, 2], [3, 4]], 2))
    2
    """
    return split(x, indices_or_sections, 0)


@keras_op("numpy.dsplit", lambda s: [s.call(s(2, 1, 4), 2)])
def dsplit(x: Any, indices_or_sections: Any) -> list[Tensor]:
    """x cut along its third axis.

    x: a tensor of rank 3 or more.

    >>> len(tf.keras.ops.dsplit([[[1, 2], [3, 4]]], 2))
    2
    """
    return split(x, indices_or_sections, 2)


@keras_op("numpy.array_split", lambda s: [s.call(s(5), 2)])
def array_split(x: Any, indices_or_sections: int, axis: int = 0) -> list[Tensor]:
    """x cut into parts of which the first may be longer by one.

    x: a tensor of rank 1 or more. indices_or_sections: an int: how many parts.

    >>> tf.keras.ops.array_split([1, 2, 3], 2)[0]
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    x = as_tensor(x)
    size, longer = divmod(x._array.shape[axis], indices_or_sections)
    return ops.split(x, [size + 1] * longer + [size] * (indices_or_sections - longer), axis)


@keras_op("numpy.diagflat", lambda s: [s.call(s(2, 2))])
def diagflat(x: Any, k: int = 0) -> Tensor:
    """A matrix with the elements of x on its k-th diagonal.

    >>> tf.keras.ops.diagflat([[1], [2]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 0],
           [0, 2]], dtype=int32)>
    """
    return ops.diag(ravel(x), k=k)


@keras_op("numpy.diagonal", lambda s: [s.call(s(3, 3)), s.call(s(2, 3, 2), 1, 0, 1)])
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonals of the matrices along two axes, in the last axis of the result.

    x: a tensor of rank 2 or more. offset: an int: 0 for the main diagonal, above it from 1 on. axis1, axis2: the axes
    of the rows and of the columns.

    >>> tf.keras.ops.diagonal(tf.constant([[1, 2], [3, 4]]))
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 4], dtype=int32)>
    """
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    *batch, rows, columns = x._array.shape
    if not -rows < offset < columns:
        return ops.zeros([*batch, 0], x.dtype)
    return ops.diag_part(x, k=offset)


@keras_op("numpy.get_item", lambda s: [s.call(s(3), 1)])
def get_item(x: Any, key: Any) -> Tensor:
    """x[key].

    key: an int, a slice, None, ..., or a tuple of them.

    >>> tf.keras.ops.get_item([1, 2, 3], slice(1, None))
    [2, 3]
    """
    return x[key]


@keras_op(".scatter", lambda s: [s.call([[0], [2], [0]], s(3), (4,))])
def scatter(indices: Any, values: Any, shape: Any) -> Tensor:
    """Zeros with the values at the indices; values of one index add up.

    indices: integers (n, axes that they name). values: (n, *rest of the shape).

    >>> tf.keras.ops.scatter([[0], [2]], [1., 2.], (4,))
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([1., 0., 2., 0.], dtype=float32)>
    """
    return ops.scatter_nd(indices, values, shape)


@keras_op(".scatter_update", lambda s: [s.call(s(4), [[1]], s(1))])
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Tensor:
    """The inputs with the updates at the indices: in place of what is there, or joined to it.

    indices: integers (n, axes that they name). reduction: add, max, min or mul. Raises ValueError for another
    reduction.

    >>> tf.keras.ops.scatter_update(tf.zeros(3), [[1]], [5.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0., 5., 0.], dtype=float32)>
    """
    inputs = as_tensor(inputs)
    updates = ops.cast(updates, inputs.dtype)
    if reduction == "mul":
        return inputs * ops.tensor_scatter_nd_update(ops.ones_like(inputs), indices, updates)
    writers = {None: "update", "add": "add", "max": "max", "min": "min"}
    if reduction not in writers:
        raise ValueError(f"Unsupported reduction: {reduction}")
    return getattr(ops, "tensor_scatter_nd_" + writers[reduction])(inputs, indices, updates)


@keras_op(".slice", lambda s: [s.call(s(3, 3), [1, 0], [2, 2])])
def slice_(inputs: Any, start_indices: Any, shape: Any) -> Tensor:
    """The block of that shape which begins there.

    start_indices: a list of ints, one for each axis. shape: a list of ints, the block's sizes.

    >>> tf.keras.ops.slice(tf.constant([1, 2, 3]), [1], [2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    return at_path("tf.slice")(inputs, start_indices, shape)


@keras_op(".slice_update", lambda s: [s.call(s(3, 3), [1, 0], s(1, 2))])
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Tensor:
    """The inputs with a block of theirs, which begins at `start_indices`, replaced by the updates.

    start_indices: a list of ints, one for each axis; a block that would not fit is moved back. updates: of the rank of
    the inputs.

    >>> tf.keras.ops.slice_update(tf.zeros(3), [1], [5.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0., 5., 0.], dtype=float32)>
    """
    inputs, updates = as_tensor(inputs), as_tensor(updates)
    # A block that does not fit is moved back until it does, as XLA's kernel has it.
    limits = [n - m for n, m in zip(inputs._array.shape, updates._array.shape)]
    starts = [max(0, min(int(i), most)) for i, most in zip(start_indices, limits)]
    indices = [ops.arange(i, i + n) for i, n in zip(starts, updates._array.shape)]
    places = ops.stack(ops.meshgrid(*indices, indexing="ij"), -1) if indices else ops.zeros([0], "int32")
    return ops.tensor_scatter_nd_update(inputs, places, ops.cast(updates, inputs.dtype))


@keras_op("numpy.select", lambda s: [s.call([[True, False], [True, True]], [s(2), s(2)], 0.0)])
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Tensor:
    """At each place the choice whose condition is the first to hold there, or the default.

    condlist: a list of bools that broadcast with the choices. choicelist: a list of as many tensors. default: a number,
    or a tensor that broadcasts with them. Raises ValueError for lists of different lengths.

    >>> tf.keras.ops.select([[True, False, False], [True, True, False]], [[1, 1, 1], [2, 2, 2]], 7)
    <tf.Tensor: shape=(3,), dtype=int64, numpy=array([1, 2, 7])>
    """
    if len(condlist) != len(choicelist):
        raise ValueError(f"condlist must have length equal to choicelist ({len(condlist)} vs {len(choicelist)})")
    # Keras calls TensorFlow's NumPy here, to which a list is of int64 or float64.
    choices = meet(*(choice if is_tensor(choice) else np.asarray(choice) for choice in choicelist), default)
    choices, chosen = choices[:-1], choices[-1]
    for condition, choice in reversed(list(zip(condlist, choices))):
        chosen = ops.where(tensor(condition, "bool"), choice, chosen)
    return chosen


@keras_op("numpy.view")
def view(x: Any, dtype: Any = None) -> Tensor:
    """The same bytes read as another dtype; the last axis grows or shrinks with the size of an element.

    Raises ValueError if the bytes are no whole number of elements.

    >>> tf.keras.ops.view(tf.constant([1.]), "int32")
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([1065353216], dtype=int32)>
    """
    from ..keras.config import standard_dtype

    x = as_tensor(x)
    new = x.dtype if dtype is None else standard_dtype(dtype)
    old_size, new_size, shape = x.dtype.size, new.size, list(x._array.shape)
    last = shape[-1] if shape else -1
    if last == -1 and old_size != new_size or last * old_size % new_size:
        raise ValueError(
            f"Cannot view array of shape {x.shape} and dtype {x.dtype!r} as dtype {new!r} because the total number of "
            "bytes is not divisible by the new itemsize."
        )
    if old_size == new_size:
        return ops.bitcast(x, new)
    if old_size > new_size:
        return ops.reshape(ops.bitcast(ravel(x), new), [*shape[:-1], last * old_size // new_size])
    ratio = new_size // old_size
    return ops.bitcast(ops.reshape(x, [*shape[:-1], last // ratio, ratio]), new)


@keras_op(".view_as_complex")
def view_as_complex(x: Any) -> Tensor:
    """Pairs in the last axis as complex64. Raises ValueError if that axis is not of size 2.

    x: float (..., 2): real and imaginary parts.

    >>> tf.keras.ops.view_as_complex([[1., 2.]])
    <tf.Tensor: shape=(1,), dtype=complex64, numpy=array([1.+2.j], dtype=complex64)>
    """
    x = as_tensor(x)
    if not x._array.ndim or x._array.shape[-1] != 2:
        raise ValueError(
            f"Last dimension of input must be size 2 (real and imaginary). Received shape: {tuple(x._array.shape)}"
        )
    return at_path("tf.complex")(*(ops.cast(part, "float32") for part in ops.unstack(x, axis=-1)))


@keras_op(".view_as_real", lambda s: [s.call(s.complex(2))])
def view_as_real(x: Any) -> Tensor:
    """Complex numbers as pairs in a new last axis.

    x: complex, of any shape.

    >>> tf.keras.ops.view_as_real([1+2j])
    <tf.Tensor: shape=(1, 2), dtype=float64, numpy=array([[1., 2.]])>
    """
    x = as_tensor(x)
    return ops.stack([ops.real(x), ops.imag(x)], -1)


@keras_op(".rearrange", lambda s: [s.call(s(2, 6), "a (b c) -> c a b", b=2)])
def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Tensor:
    """The axes in the order of a pattern of names; names in brackets are one axis together.

    pattern: a str such as "a (b c) -> c a b". axes_lengths: the sizes of names that the shape does not tell. Raises
    ValueError if the pattern does not fit the shape.

    >>> tf.keras.ops.rearrange(tf.constant([[1, 2, 3, 4]]), "a (b c) -> b (a c)", b=2)
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [3, 4]], dtype=int32)>
    """
    x = as_tensor(tensor)
    before, after = (_groups(side) for side in pattern.split("->"))
    sizes = dict(axes_lengths)
    if len(before) != x._array.ndim:
        raise ValueError(f"rearrange: the pattern has {len(before)} axes, and the tensor {x._array.ndim}")
    for group, size in zip(before, x._array.shape):
        open_names = [name for name in group if name not in sizes]
        known = 1
        for name in group:
            known *= sizes.get(name, 1)
        if len(open_names) > 1 or size % known or not open_names and known != size:
            raise ValueError(f"rearrange: an axis of size {size} cannot be ({' '.join(group)}) with {sizes}")
        sizes.update(dict.fromkeys(open_names, size // known))
    flat = [name for group in before for name in group]
    x = ops.reshape(x, [sizes[name] for name in flat])
    x = ops.transpose(x, [flat.index(name) for group in after for name in group])
    shape = []
    for group in after:
        shape.append(1)
        for name in group:
            shape[-1] *= sizes[name]
    return ops.reshape(x, shape)


def _groups(side: str) -> list[list[str]]:
    """ "a (b c)" -> [["a"], ["b", "c"]]"""
    groups: list[list[str]] = []
    inside = False
    for word in side.replace("(", " ( ").replace(")", " ) ").split():
        if word in "()":
            inside = word == "("
            groups += [[]] if inside else []
        elif inside:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups
