"""`tf.experimental.numpy`: arrays rearranged, joined, split, indexed; and tensors' methods in NumPy's manner."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ...runtime.errors import explain
from ...runtime.tensor import Tensor, as_tensor, is_tensor
from ..registry import export, op, ops
from ..rules import ints
from .creation import tri
from .elementwise import clip
from .reduction import amax, amin, mean
from .types import asarray, met, tnp


@tnp
def shape(a: Any) -> Any:
    """The sizes, as a TensorShape."""
    return asarray(a).shape


@tnp
def ndim(a: Any) -> int:
    """The number of axes."""
    return asarray(a).ndim


@tnp
def reshape(a: Any, newshape: Any, order: str = "C") -> Tensor:
    """a's entries in another shape, taken by rows ("C") or by columns ("F")."""
    if order not in ("C", "F"):
        raise ValueError(f"Unsupported order argument {order}")
    a, sizes = asarray(a), ints(newshape)
    if order == "C":
        return ops.reshape(a, sizes)
    return ops.transpose(ops.reshape(ops.transpose(a), sizes[::-1]))


@tnp
def ravel(a: Any) -> Tensor:
    """a's entries along one axis."""
    return ops.reshape(asarray(a), [-1])


@tnp
def flatten(a: Any, order: str = "C") -> Tensor:
    """a's entries along one axis, by rows ("C", "A", "K") or by columns ("F")."""
    if order not in ("C", "A", "K", "F"):
        raise ValueError("order can only be C, A, K (all row major) or F (column major).")
    return reshape(a, [-1], "F" if order == "F" else "C")


@tnp
def transpose(a: Any, axes: Any = None) -> Tensor:
    """a with its axes in another order; reversed if none is given."""
    return ops.transpose(asarray(a), axes if axes is None else ints(axes))


@tnp
def expand_dims(a: Any, axis: int) -> Tensor:
    """a with an axis of size 1 more."""
    return ops.expand_dims(asarray(a), axis)


@tnp
def squeeze(a: Any, axis: Any = None) -> Tensor:
    """a without its axes of size 1, or without those that are named."""
    return ops.squeeze(asarray(a), axis)


@tnp
def swapaxes(a: Any, axis1: int, axis2: int) -> Tensor:
    """a with two axes exchanged."""
    return ops.keras_ops_swapaxes(asarray(a), axis1, axis2)


@tnp
def moveaxis(a: Any, source: Any, destination: Any) -> Tensor:
    """a with axes moved to other places."""
    return ops.keras_ops_moveaxis(asarray(a), source, destination)


@tnp
def broadcast_to(array: Any, shape: Any) -> Tensor:
    """An array broadcast to a shape."""
    return ops.broadcast_to(asarray(array), ints(shape))


@tnp
def broadcast_arrays(*args: Any) -> list[Tensor]:
    """Arrays broadcast to the shape that they have together."""
    arrays = [asarray(each) for each in args]
    together = list(np.broadcast_shapes(*(each._array.shape for each in arrays)))
    return [ops.broadcast_to(each, together) for each in arrays]


@tnp
def concatenate(arys: Any, axis: int = 0) -> Tensor:
    """Arrays joined along an axis they have, in the dtype in which they meet."""
    arrays = met(*arys) if isinstance(arys, (list, tuple)) else [asarray(arys)]
    if not arrays:
        raise ValueError(f"Need at least one array to concatenate. Received empty input: arys={arys}")
    return ops.concat(arrays, axis)


@tnp
def stack(arrays: Any, axis: int = 0) -> Tensor:
    """Arrays joined along a new axis, in the dtype in which they meet."""
    if is_tensor(arrays):
        return swapaxes(arrays, 0, axis) if axis else asarray(arrays)
    return ops.stack(met(*arrays), axis)


@tnp
def append(arr: Any, values: Any, axis: int | None = None) -> Tensor:
    """values after those of arr along an axis; both flattened if it is None."""
    return concatenate([ravel(arr), ravel(values)] if axis is None else [arr, values], axis or 0)


def _at_least(rank: int) -> Callable[..., Any]:
    behind = rank // 3  # of the axes that are missing, in three dimensions one comes last

    def one(a: Any) -> Tensor:
        a = asarray(a)
        missing = rank - a.ndim
        if missing <= 0:
            return a
        return ops.reshape(a, [1] * (missing - behind) + a.shape.as_list() + [1] * behind)

    def function(*arys: Any) -> Any:
        arrays = [one(each) for each in arys]
        return arrays[0] if len(arrays) == 1 else arrays

    function.__name__ = f"atleast_{rank}d"
    function.__doc__ = f"Each array with axes of size 1 more, up to {rank} axes."
    return tnp(function)


_atleast_1d, _atleast_2d, _atleast_3d = _at_least(1), _at_least(2), _at_least(3)


@tnp
def hstack(tup: Any) -> Tensor:
    """Arrays beside each other: joined along the second axis, vectors along the only one."""
    arrays = met(*(_atleast_1d(each) for each in tup))
    return ops.concat(arrays, 0 if arrays[0].ndim == 1 else 1)


@tnp
def vstack(tup: Any) -> Tensor:
    """Arrays below each other: joined along the first axis, vectors as rows."""
    return ops.concat(met(*(_atleast_2d(each) for each in tup)), 0)


@tnp
def dstack(tup: Any) -> Tensor:
    """Arrays behind each other: joined along the third axis."""
    return ops.concat(met(*(_atleast_3d(each) for each in tup)), 2)


@tnp
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """Equal parts along an axis, or the parts between the indices."""
    ary = asarray(ary)
    if isinstance(indices_or_sections, int):
        return ops.split(ary, indices_or_sections, axis)
    return ops.keras_ops_split(ary, ints(indices_or_sections), axis)


def _split_on(name: str, axis: int) -> None:
    def function(ary: Any, indices_or_sections: Any) -> list[Tensor]:
        ary = asarray(ary)
        along = 0 if axis == 1 and ary.ndim == 1 else axis
        if isinstance(indices_or_sections, int) and ary.shape[along] % indices_or_sections:
            raise ValueError("array split does not result in an equal division")
        return split(ary, indices_or_sections, along)

    function.__name__, function.__doc__ = name, f"Parts along axis {axis}, as `split` makes them."
    tnp(function)


for _name, _axis in (("vsplit", 0), ("hsplit", 1), ("dsplit", 2)):
    _split_on(_name, _axis)


@tnp
def tile(a: Any, reps: Any) -> Tensor:
    """a repeated as a whole along each axis; missing axes go in front."""
    return ops.keras_ops_tile(asarray(a), ints(reps))


@tnp
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Tensor:
    """Every entry of a repeated along an axis; of the flattened array if it is None."""
    return ops.repeat(asarray(a), ints(repeats) if isinstance(repeats, (list, tuple)) else repeats, axis)


@tnp
def flip(m: Any, axis: int | None = None) -> Tensor:
    """m with the order along an axis, or all, turned round."""
    m = asarray(m)
    return ops.reverse(m, list(range(m.ndim)) if axis is None else [axis])


@tnp
def flipud(m: Any) -> Tensor:
    """m with its rows in the other order."""
    return flip(m, 0)


@tnp
def fliplr(m: Any) -> Tensor:
    """m with its columns in the other order."""
    return flip(m, 1)


@tnp
def roll(a: Any, shift: Any, axis: Any = None) -> Tensor:
    """a's entries moved along axes, those that fall off put in at the other end; None: of the flattened array."""
    a = asarray(a)
    if axis is None:
        return ops.reshape(ops.roll(ops.reshape(a, [-1]), shift, 0), a.shape)
    return ops.roll(a, shift, axis)


@tnp
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Tensor:
    """m turned by k quarters of a circle in the plane of two axes."""
    m, k = asarray(m), k % 4
    first, second = axes
    if k == 2:
        return flip(flip(m, first), second)
    if k == 0:
        return m
    return swapaxes(flip(m, second), first, second) if k == 1 else flip(swapaxes(m, first, second), second)


@tnp
def pad(array: Any, pad_width: Any, mode: str, *, constant_values: Any = 0) -> Tensor:
    """array with entries more at its ends: "constant", "reflect" or "symmetric"."""
    if mode not in ("constant", "reflect", "symmetric"):
        raise ValueError("Unsupported padding mode: " + mode)
    return ops.pad(asarray(array), asarray(pad_width, "int32"), mode.upper(), constant_values)


@tnp
def take(a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "clip") -> Tensor:
    """The entries of a at indices along an axis; what is out of range is brought into it ("clip" or "wrap")."""
    if out is not None:
        raise ValueError("out argument is not supported in take.")
    if mode not in ("raise", "clip", "wrap"):
        raise ValueError(f"Invalid mode '{mode}' for take")
    if mode == "raise":
        raise ValueError("The 'raise' mode to take is not supported.")
    a, indices = asarray(a), asarray(indices)
    if axis is None:
        a, axis = ops.reshape(a, [-1]), 0
    count = as_tensor(a.shape.as_list()[axis], indices.dtype)
    if mode == "clip":
        inside = ops.maximum(ops.minimum(indices, count - 1), as_tensor(0, indices.dtype))
    else:
        inside = ops.floormod(indices, count)
    return ops.gather(a, inside, axis=axis)


@tnp
def take_along_axis(arr: Any, indices: Any, axis: int | None) -> Tensor:
    """For each place of indices, the entry of arr that it points at along an axis."""
    return ops.keras_ops_take_along_axis(asarray(arr), asarray(indices), axis)


@tnp
def compress(condition: Any, a: Any, axis: int | None = None) -> Tensor:
    """The parts of a along an axis where the condition is true; of the flattened array if it is None."""
    chosen, a = asarray(condition, bool), asarray(a)
    if chosen.ndim != 1:
        raise ValueError("condition must be a 1-d array.")
    if axis is None or not a.ndim:
        a, axis = ops.reshape(a, [-1]), 0
    missing = a.shape.as_list()[axis] - chosen.shape.as_list()[0]
    chosen = ops.pad(chosen, [[0, max(0, missing)]])
    return ops.boolean_mask(a, chosen, axis % a.ndim)


@tnp
def nonzero(a: Any) -> list[Tensor]:
    """The indices of the entries that are not 0, a tensor for each axis."""
    return ops.unstack(ops.where(ops.cast(_atleast_1d(a), "bool")), axis=1)


@tnp
def diag(v: Any, k: int = 0) -> Tensor:
    """The matrix with a vector on its k-th diagonal; of a matrix, that diagonal."""
    return ops.keras_ops_diag(asarray(v), k)


@tnp
def diagflat(v: Any, k: int = 0) -> Tensor:
    """The matrix with all entries of v on its k-th diagonal."""
    return diag(ravel(v), k)


@tnp
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """A diagonal of the matrices that two axes make."""
    return ops.keras_ops_diagonal(asarray(a), offset, axis1, axis2)


def _triangle(m: Any, k: int, lower: bool) -> Tensor:
    m = asarray(m)
    if m.ndim < 2:
        raise ValueError(f"Argument to {'tril' if lower else 'triu'} must have rank at least 2")
    below = tri(*m.shape.as_list()[-2:], k=k if lower else k - 1, dtype=bool)
    zero = ops.zeros_like(m)
    return ops.where(below, m, zero) if lower else ops.where(below, zero, m)


@tnp
def tril(m: Any, k: int = 0) -> Tensor:
    """m with zeros above its k-th diagonal."""
    return _triangle(m, k, True)


@tnp
def triu(m: Any, k: int = 0) -> Tensor:
    """m with zeros below its k-th diagonal."""
    return _triangle(m, k, False)


@tnp
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each entry of x in a row, N of them."""
    return ops.keras_ops_vander(asarray(x), N, increasing)


def ix_(*args: Any) -> list[Tensor]:
    """Vectors as the indices of the block that they span."""
    made = []
    for i, given in enumerate(args):
        vector = asarray(given)
        if vector.ndim != 1:
            raise ValueError(f"Arguments must be 1-d, got arg {given} of rank {vector.ndim}")
        if vector.dtype.is_bool:
            vector = ops.reshape(ops.where(vector), [-1])
        made.append(ops.reshape(vector, [1] * i + [-1] + [1] * (len(args) - i - 1)))
    return made


export("tf.experimental.numpy.ix_", ix_, None, "experimental_numpy.shape")


# ---------------------------------------------------------------- tensors in NumPy's manner


@op(short=False)
def numpy_getitem(x: Any, key: Any) -> Tensor:
    """`x[key]` with lists, arrays and masks on single axes, after `experimental_enable_numpy_behavior`.

    key: what stands between the brackets. Raises IndexError for an index that is out of range.

    >>> tf.experimental.numpy.experimental_enable_numpy_behavior()
    >>> constant([10, 20, 30])[[2, 0]]
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([30, 10], dtype=int32)>
    """
    together = isinstance(key, list) and any(part is None or hasattr(part, "__getitem__") for part in key)
    parts = tuple(_host(part) for part in (key if isinstance(key, tuple) or together else (key,)))
    places = np.arange(x.shape.num_elements()).reshape(x.shape.as_list())
    try:
        chosen = places[parts]
    except IndexError as error:
        raise explain(IndexError(str(error)), operands=[("x", x)]) from None
    return ops.gather(ops.reshape(x, [-1]), as_tensor(np.asarray(chosen)))


def _host(part: Any) -> Any:
    """A part of a key as NumPy reads it."""
    if part is None or part is ... or isinstance(part, int):
        return part
    if isinstance(part, slice):
        return slice(*(None if each is None else int(each) for each in (part.start, part.stop, part.step)))
    array = np.asarray(asarray(part).numpy())
    if array.dtype.kind not in "iub":
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are "
            f"valid indices, got {part!r}"
        )
    return array


def _reshape_method(a: Tensor, *newshape: Any, order: str = "C") -> Tensor:
    return reshape(a, newshape[0] if len(newshape) == 1 else newshape, order)


_METHODS: dict[str, Callable[..., Any]] = {
    "astype": ops.cast,
    "clip": clip,
    "flatten": flatten,
    "max": amax,
    "mean": mean,
    "min": amin,
    "ravel": ravel,
    "reshape": _reshape_method,
    "tolist": lambda a: a.numpy().tolist(),
    "transpose": transpose,
}
_PROPERTIES: dict[str, Callable[[Tensor], Any]] = {
    "T": transpose,
    "data": lambda a: a,
    "size": lambda a: np.prod(a._array.shape),
}


@op(short=False)
def numpy_attribute(x: Any, name: str) -> Any:
    """What a tensor has in NumPy's manner: a property, or a method that is bound to it.

    >>> tf.experimental.numpy.experimental_enable_numpy_behavior()
    >>> constant([[1, 2], [3, 4]]).T
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 3],
           [2, 4]], dtype=int32)>
    """
    if name in _PROPERTIES:
        return _PROPERTIES[name](x)
    return partial(_METHODS[name], x)
