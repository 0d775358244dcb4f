"""`x[...]` in every form, slices, masks, and what is assigned to slices of variables.

A key is read once into NumPy's own basic indexing: a tuple of ints, slices of ints, None and `...`. That is
also what the primitive keeps, and its gradient writes the cotangent into zeros under the same key.
"""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np

from ..runtime import effects, local, tape
from ..runtime.backend import from_host, module_of, to_host
from ..runtime.dtypes import BOOL, from_numpy
from ..runtime.errors import InvalidArgumentError, bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from ..runtime.variable import Variable
from .arguments import INDICES, integers, tail, vector
from .registry import op, ops, primitive
from .rows import take

_new = object.__new__
_recorders = tape.recorders
_NAME = "strided_slice/"  # what TensorFlow calls the op behind x[...]


@primitive(lambda g, y, x, key: _put(g, key=key, shape=x._array.shape))
def _get(xp, x, key):
    return x[key]


@primitive(lambda g, y, x, key, shape: _get(g, key=key))
def _put(xp, x, key, shape):
    """Zeros of `shape` with x written under the key."""
    result = xp.zeros(shape, x.dtype)
    result[key] = x
    return result


@op(
    operator="[]",
    short=False,
    samples=lambda s: [
        s.call(s(3, 2), 1),
        s.call(s(3, 2), (slice(None), -1)),
        s.call(s(5), slice(4, 0, -2)),
        s.call(s(2, 3), (None, ..., slice(0, 2))),
        s.call(s(3), constant_mask(True, False, True)),
    ],
)
def getitem(tensor: Any, slice_spec: Any, var: Any = None) -> Tensor:
    """`tensor[key]`: ints, slices, `...`, newaxis, tuples of them, or a mask of bools.

    Raises TypeError for anything else and InvalidArgumentError for an int out of range. A slice of a variable
    can be assigned to: `v[0].assign(1.)`.
    slice_spec: the key. var: taken as TensorFlow takes it; it changes nothing here.

    >>> constant([[1, 2, 3], [4, 5, 6]])[:, 1]
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 5], dtype=int32)>
    """
    x = tensor if type(tensor) is Tensor else as_tensor(tensor)
    kind = type(slice_spec)
    if kind is int:
        key: Any = (slice_spec, ...)
    elif kind is slice and _plain(slice_spec):
        key = slice_spec
    elif _is_mask(slice_spec):
        return boolean_mask(x, slice_spec)
    elif local.NUMPY_BEHAVIOR in local.current and _takes_arrays(slice_spec):
        return ops.numpy_getitem(x, slice_spec)
    else:
        key = read_key(slice_spec)
    try:
        result = x._array[key]
    except (IndexError, ValueError):
        raise _refused(x, key) from None
    y: Tensor = _new(Tensor)
    y._array = result
    if _recorders:
        tape.record(_get, (y,), (x,), {"key": key})
    if x is not tensor and isinstance(tensor, Variable):
        y._origin = (tensor, slice_spec)
    return y


def constant_mask(*bits: bool) -> Tensor:
    return wrap(from_host(np.array(bits)))


def _takes_arrays(key: Any) -> bool:
    """Whether a key holds lists, masks or tensors of indices, as NumPy's arrays take them."""
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(part, (list, tuple)) or getattr(part, "shape", ()) != () for part in parts)


def _plain(part: slice) -> bool:
    """Whether a slice's parts are Python ints or None."""
    return (
        (part.start is None or type(part.start) is int)
        and (part.stop is None or type(part.stop) is int)
        and (part.step is None or type(part.step) is int)
    )


def _is_mask(key: Any) -> bool:
    if isinstance(key, bool):
        return True
    return isinstance(key, (Tensor, Variable, np.ndarray)) and key.dtype == BOOL


def read_key(key: Any) -> tuple[Any, ...]:
    """What was written between the brackets, as a tuple of ints, slices, None and `...`."""
    parts = key if isinstance(key, (tuple, list)) else (key,)
    if parts and isinstance(parts[0], bool):
        raise _bool_first(parts)
    read = tuple(_read_part(part) for part in parts)
    return read if any(part is ... for part in read) else (*read, ...)


def _read_part(part: Any) -> Any:
    if part is None or part is ...:
        return part
    if isinstance(part, slice):
        return slice(*(None if p is None else _index(p) for p in (part.start, part.stop, part.step)))
    return _index(part)


def _index(value: Any) -> int:
    """One index as a Python int. Raises TypeError, in TensorFlow's words, for what cannot be one."""
    if isinstance(value, Integral):
        return int(value)
    dtype = getattr(value, "dtype", None)
    shape = getattr(value, "shape", None)
    if dtype is not None and shape is not None and dtype in INDICES and len(shape) != 1:
        if not len(shape):
            return int(value)
        inner = bracketed([1, *shape])
        raise invalid(
            "StridedSlice",
            f"Expected begin, end, and strides to be 1D equal size tensors, but got shapes {inner}, {inner}, and [1] "
            "instead.",
            summary=f"an index must be a scalar, not of shape {tuple(shape)}",
            hint="write gather(x, indices)",
            name=_NAME,
        )
    hint = None
    if shape is not None and len(shape) or isinstance(value, (list, tuple)):
        hint = "to pick several entries write gather(x, indices), or a mask of bools"
    elif isinstance(value, float) and value.is_integer():
        hint = f"write {int(value)}"
    raise explain(
        TypeError(
            "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors "
            f"are valid indices, got {value!r}"
        ),
        hint=hint,
    )


def _bool_first(parts: Any) -> BaseException:
    """TensorFlow packs the parts into one tensor, so that a bool that comes first decides its dtype."""
    for part in parts:
        if not isinstance(part, bool):
            start = part.start or 0 if isinstance(part, slice) else part if isinstance(part, int) else 0
            return TypeError(f"Cannot convert {start!r} to EagerTensor of dtype bool")
    return explain(
        InvalidArgumentError(
            "Value for attr 'Index' of bool is not in the list of allowed values: int16, int32, int64"
        ),
        summary="a list of bools is read as a list of indices",
        hint="make it a tensor to use it as a mask: x[constant([True, False])]",
    )


def _refused(x: Tensor, key: Any) -> BaseException:
    """Why NumPy refused the key, in the words of TensorFlow's kernel."""
    return strided_slice_error(x, key if isinstance(key, tuple) else (key,), _NAME)


def strided_slice_error(x: Tensor, key: tuple[Any, ...], name: str | None) -> BaseException:
    shape = x._array.shape
    rank = len(shape)

    def fail(message: str, summary: str, hint: str | None = None) -> BaseException:
        return invalid("StridedSlice", message, summary, [("x", x)], hint, name)

    if sum(part is ... for part in key) > 1:
        return fail("Multiple ellipses in slice spec not allowed", "only one `...` may stand between the brackets")
    if not rank:
        return fail("Attempting to slice scalar input.", "a scalar cannot be indexed")
    axes = [part for part in key if part is not None and part is not ...]
    for i, part in enumerate(axes):
        if isinstance(part, slice) and part.step == 0:
            return fail(f"strides[{i}] must be non-zero", "a slice's step cannot be 0")
    if len(axes) > rank:
        return fail(
            f"Index out of range using input dim {rank}; input has only {rank} dims",
            f"{len(axes)} indices for a tensor of rank {rank}",
        )
    axis = 0
    for part in key:
        if part is ...:
            axis += rank - len(axes)
        elif part is not None:
            if not isinstance(part, slice) and not -shape[axis] <= part < shape[axis]:
                return fail(
                    f"slice index {part + shape[axis] if part < 0 else part} of dimension {axis} out of bounds.",
                    f"index {part} is out of range for axis {axis} of size {shape[axis]}",
                )
            axis += 1
    raise AssertionError(f"a good key was refused: {key} of shape {shape}")


@op(
    "strided_slice",
    samples=lambda s: [
        s.call(s(3, 2), [0, 1], [3, 2]),
        s.call(s(4, 2), [3], [0], [-2], shrink_axis_mask=0, end_mask=1),
    ],
)
def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Tensor:
    """`input_[begin:end:strides]` with one entry for each axis.

    Bit i of a mask says for entry i: begin_mask, end_mask: leave that end open; ellipsis_mask: it stands for
    `...`; new_axis_mask: for a new axis; shrink_axis_mask: for the single index `begin[i]`.

    input_: a tensor. begin: int (n,): where each axis begins. end: int (n,): where it ends, excluded. begin_mask:
    an int whose set bits name axes that begin at their start. end_mask: an int whose set bits name axes that go to
    their end. var: taken as TensorFlow takes it.
    strides: int (n,): the steps; None: ones. Raises InvalidArgumentError if they differ in length.

    >>> strided_slice([1, 2, 3, 4], [0], [4], [2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>
    """
    x, last = as_tensor(input_), tail(input_, begin, end, strides)
    starts = integers("StridedSlice", begin, "begin", "Index", allowed=INDICES)
    stops = integers("StridedSlice", end, "end", "Index", allowed=INDICES)
    steps = integers(
        "StridedSlice",
        [1] * starts._array.size if strides is None else strides,
        "strides",
        "Index",
        allowed=INDICES,
    )
    shapes = [t._array.shape for t in (starts, stops, steps)]
    if len(shapes[0]) != 1 or len(set(shapes)) > 1:
        a, b, c = map(bracketed, shapes)
        raise invalid(
            "StridedSlice",
            f"Expected begin, end, and strides to be 1D equal size tensors, but got shapes {a}, {b}, and {c} instead.",
            summary=f"strided_slice: begin, end and strides have shapes {a}, {b} and {c}",
            name=last,
        )
    parts: list[Any] = []
    for i, (start, stop, step) in enumerate(zip(vector(starts), vector(stops), vector(steps))):
        bit = 1 << i
        if ellipsis_mask & bit:
            parts.append(...)
        elif new_axis_mask & bit:
            parts.append(None)
        elif shrink_axis_mask & bit:
            if step != 1:
                raise invalid("StridedSlice", "only stride 1 allowed on non-range indexing.", name=last)
            parts.append(start)
        else:
            parts.append(slice(None if begin_mask & bit else start, None if end_mask & bit else stop, step))
    key = tuple(parts) if any(part is ... for part in parts) else (*parts, ...)
    try:
        return _get(x, key=key)
    except (IndexError, ValueError):
        raise strided_slice_error(x, key, last) from None


@op("slice", short=False, samples=lambda s: [s.call(s(3, 2), [1, 0], [2, 1]), s.call(s(4), [1], [-1])])
def slice_(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """`size[i]` entries from `begin[i]` on, for each axis; a size of -1 takes all that are left.

    Raises InvalidArgumentError unless that lies within the tensor.

    input_: a tensor. begin: int (rank,): where each axis begins.
    size: int32 or int64 of shape (rank,).

    >>> tf.slice([[1, 2, 3], [4, 5, 6]], [0, 1], [2, -1])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[2, 3],
           [5, 6]], dtype=int32)>
    """
    x, last = as_tensor(input_), tail(input_, begin, size)
    starts, counts = (integers("Slice", v, arg, "Index") for v, arg in ((begin, "begin"), (size, "size")))
    shape = x._array.shape
    if not starts._array.shape == counts._array.shape == (len(shape),):
        raise invalid(
            "Slice",
            f"Expected begin and size arguments to be 1-D tensors of size {len(shape)}, but got shapes "
            f"{bracketed(starts._array.shape)} and {bracketed(counts._array.shape)} instead.",
            summary=f"slice: begin and size need one entry for each of the {len(shape)} axes",
            operands=[("input_", x)],
            name=last,
        )
    key = []
    for axis, (start, count, n) in enumerate(zip(vector(starts), vector(counts), shape)):
        if count == -1:
            count = n - start
        for arg, value, limit in (("begin", start, n), ("size", count, n - start)):
            if not 0 <= value <= limit:
                raise invalid(
                    "Slice",
                    f"Expected {arg}[{axis}] in [0, {limit}], but got {value}",
                    summary=f"slice: {arg} {value} is out of range for axis {axis} of size {n}",
                    operands=[("input_", x)],
                    name=last,
                )
        key.append(slice(start, start + count))
    return _get(x, key=(*key, ...))


@op(
    "boolean_mask",
    samples=lambda s: [
        s.call(s(3, 2), [True, False, True]),
        s.call(s(2, 2), [[True, False], [True, True]]),
        s.call(s(2, 3), [True, False, True], axis=1),
    ],
)
def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: str = "boolean_mask") -> Tensor:
    """The entries, or slices, of a tensor where `mask` is True, in order.

    tensor: a tensor of rank 1 or more. mask: its shape is that of the tensor's axes from `axis` (0) on. Raises
    ValueError if it is not.

    >>> boolean_mask([1, 2, 3], [True, False, True])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>
    """
    x, m = as_tensor(tensor), as_tensor(mask)
    depth = m._array.ndim
    if depth == 0:
        raise ValueError("mask cannot be scalar.")
    axis = 0 if axis is None else int(axis)
    shape = x._array.shape
    masked = shape[axis : axis + depth]
    if masked != m._array.shape:
        raise explain(
            ValueError(f"Shapes {_shown(masked)} and {_shown(m._array.shape)} are incompatible"),
            summary=f"boolean_mask: a mask of shape {m._array.shape} for axes of shape {masked}",
            operands=[("tensor", x), ("mask", m)],
        )
    xp = module_of(m._array)
    at = wrap(xp.flatnonzero(m._array.reshape(-1)))
    axis %= len(shape)
    return take(ops.reshape(x, [*shape[:axis], m._array.size, *shape[axis + depth :]]), at, axis=axis)


def _shown(shape: tuple[int, ...]) -> str:
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def assign_slice(array: Any, key: Any, value: Any) -> Any:
    """A copy of a variable's array with `value`, broadcast, written under a key (or where a mask is True)."""
    new = as_tensor(value, from_numpy(array.dtype))._array
    if _is_mask(key):
        place: Any = np.asarray(key, BOOL) if module_of(array) is np else module_of(array).asarray(to_host(_raw(key)))
    else:
        place = read_key(key)
    try:
        wanted = array[place].shape
    except (IndexError, ValueError):
        raise _refused(wrap(array), place) from None
    try:
        rows = module_of(new).broadcast_to(_without_lead(new, len(wanted)), wanted)
    except ValueError:
        raise invalid(
            "ResourceStridedSliceAssign",
            f"Cannot broadcast input shape {bracketed(new.shape)} into final shape {bracketed(wanted)}",
            summary=f"a value of shape {new.shape} does not fit into a slice of shape {wanted}",
            operands=[("value", wrap(new))],
            name=f"{_NAME}_assign",
        ) from None
    return effects.whole(_with_written, array, place, rows)


def _with_written(array: Any, place: Any, rows: Any) -> Any:
    result = array.copy()
    result[place] = rows
    return result


def _raw(key: Any) -> Any:
    return key._read()._array if is_tensor(key) else np.asarray(key)


def _without_lead(array: Any, rank: int) -> Any:
    """Leading axes of size 1 that the slice does not have are dropped, as TensorFlow does."""
    while array.ndim > rank and array.shape[0] == 1:
        array = array[0, ...]
    return array
