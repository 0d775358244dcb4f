"""Ops that give a tensor another shape, or tell its shape: reshape, transpose, expand_dims, squeeze, size."""

from __future__ import annotations

from math import prod
from typing import Any

from ..runtime.dtypes import DType, as_dtype, int32
from ..runtime.errors import InvalidArgumentError, bracketed, explain, invalid
from ..runtime.shape import TensorShape
from ..runtime.tensor import Tensor, as_tensor
from .arguments import SIZES, alike, integers, tail, vector
from .creation import host_constant
from .registry import no_gradient, op, primitive
from .rules import conj


@primitive(lambda g, y, x: g, elementwise=True)
def _identity(xp, x):
    return x


@op("identity", samples=lambda s: [s.call(s(2, 3))])
def identity(input: Any, name: str | None = None) -> Tensor:
    """The same values as a new tensor, through which gradients pass.

    >>> identity([1, 2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    return _identity(as_tensor(input))


@op("identity_n", samples=lambda s: [s.call([s(2), s(3)])])
def identity_n(input: Any, name: str | None = None) -> list[Tensor]:
    """`identity` of each tensor of a list.

    input: a list of tensors.

    >>> identity_n([1, 2.])
    [<tf.Tensor: shape=(), dtype=int32, numpy=1>, <tf.Tensor: shape=(), dtype=float32, numpy=2.0>]
    """
    return [identity(x) for x in input]


@primitive(joint=no_gradient("GuaranteeConst"))
def _guarantee(xp, x):
    return x


@op("guarantee_const")
def guarantee_const(input: Any, name: str | None = None) -> Tensor:
    """The tensor itself: nothing to promise in eager execution.

    >>> guarantee_const([1])
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([1], dtype=int32)>
    """
    return _guarantee(as_tensor(input))


@primitive(lambda g, y, x, shape: _reshape(g, shape=x._array.shape))
def _reshape(xp, x, shape):
    return xp.reshape(x, shape)


@op("reshape", samples=lambda s: [s.call(s(2, 3), [3, -1]), s.call(s(4), [2, 2, 1])])
def reshape(tensor: Any, *shape: Any, name: str | None = None, **tf: Any) -> Tensor:
    """The same entries, in the same order, in another shape; one size may be -1 and is worked out.

    `reshape(x, [2, 3])` or, spread, `reshape(x, 2, 3)`. Raises InvalidArgumentError if the sizes do not fit.

    >>> reshape([1, 2, 3, 4], [2, -1])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 2],
           [3, 4]], dtype=int32)>
    """
    if not shape and "shape" not in tf:
        raise TypeError("Missing required positional argument")
    x = as_tensor(tensor)
    if "shape" in tf:
        wanted: Any = tf.pop("shape")
    else:
        # As in TensorFlow, what follows the shape is the op's name.
        spread = len(shape) > 1 and not isinstance(shape[1], str)
        wanted = list(shape) if spread else shape[0]
    if tf:
        raise TypeError(f"Got an unexpected keyword argument {next(iter(tf))!r}")
    last = tail(tensor, wanted)
    return _reshape(x, shape=_sizes_for(x, _shape_argument(wanted), last))


def _shape_argument(shape: Any) -> list[int]:
    if type(shape) is list and all(type(n) is int for n in shape):
        return shape
    t = integers("Reshape", shape, "shape", "Tshape")
    if t._array.ndim > 1:
        raise invalid("Reshape", f"sizes input must be 1-D, not {bracketed(t._array.shape)}", name=None)
    return vector(t)


def _sizes_for(x: Tensor, wanted: list[int], last: str | None) -> tuple[int, ...]:
    count = x._array.size
    open_axes = [i for i, n in enumerate(wanted) if n == -1]
    if len(open_axes) > 1:
        raise invalid(
            "Reshape",
            f"Only one input size may be -1, not both {open_axes[0]} and {open_axes[1]}",
            summary=f"reshape: only one size of {bracketed(wanted)} may be -1",
            name=last,
        )
    for i, n in enumerate(wanted):
        if n < -1:
            raise invalid("Reshape", f"Size {i} must be non-negative, not {n}", name=last)
    known = prod(n for n in wanted if n != -1)
    if open_axes:
        if known and count % known or not known and count:
            raise invalid(
                "Reshape",
                f"Input to reshape is a tensor with {count} values, but the requested shape requires a multiple of "
                f"{known}",
                summary=f"reshape: {count} values do not fill {bracketed(wanted)}: no multiple of {known}",
                operands=[("tensor", x)],
                name=last,
            )
        missing = count // known if known else _open_size(x, wanted)
        return tuple(missing if n == -1 else n for n in wanted)
    if known >= 2**63:
        raise invalid("Reshape", f"Shape [{', '.join(map(str, wanted))}] has too many elements", name=last)
    if known != count:
        raise invalid(
            "Reshape",
            f"Input to reshape is a tensor with {count} values, but the requested shape has {known}",
            summary=f"reshape: {count} values do not fit {bracketed(wanted)}, which holds {known}",
            operands=[("tensor", x)],
            hint="give one size as -1 to have it worked out",
            name=last,
        )
    return tuple(wanted)


def _open_size(x: Tensor, wanted: list[int]) -> int:
    """The size for -1 beside a size of 0: TensorFlow divides the products of the sizes that are not 0."""
    filled = prod(n for n in x._array.shape if n)
    rest = prod(n for n in wanted if n > 0)
    return filled // rest if rest and filled % rest == 0 else 0


@op("expand_dims", samples=lambda s: [s.call(s(2, 3), 1), s.call(s(2), -1)])
def expand_dims(input: Any, axis: Any, name: str | None = None) -> Tensor:
    """The tensor with a new axis of size 1 at position `axis`.

    Raises InvalidArgumentError if there is no such position.

    >>> expand_dims([1, 2], 0)
    <tf.Tensor: shape=(1, 2), dtype=int32, numpy=array([[1, 2]], dtype=int32)>
    """
    x = as_tensor(input)
    if type(axis) is not int:
        t = integers(
            "ExpandDims", axis, "axis", "Tdim", int32 if type(axis) is float and isinstance(input, Tensor) else None
        )
        if t._array.size != 1:
            raise invalid("ExpandDims", "'dim' must be a tensor with a single value", name=tail(input, axis))
        axis = vector(t)[0]
    shape = x._array.shape
    if not -len(shape) - 1 <= axis <= len(shape):
        raise invalid(
            "ExpandDims",
            f"Tried to expand dim index {axis} for tensor with {len(shape)} dimensions.",
            summary=f"expand_dims: no position {axis} for a new axis in a tensor of rank {len(shape)}",
            operands=[("input", x)],
            name=tail(input, axis),
        )
    axis %= len(shape) + 1
    return _reshape(x, shape=(*shape[:axis], 1, *shape[axis:]))


@op("squeeze", samples=lambda s: [s.call(s(2, 1, 3, 1)), s.call(s(1, 2, 1), [0])])
def squeeze(input: Any, axis: Any = None, name: str | None = None) -> Tensor:
    """The tensor without its axes of size 1, or without those that `axis` (an int or a list of ints) names.

    Raises InvalidArgumentError if one of them has another size.

    >>> squeeze([[[1], [2]]])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    x = as_tensor(input)
    shape, rank = x._array.shape, x._array.ndim
    if isinstance(axis, Tensor):
        raise TypeError(f"Expected list for 'axis' argument to 'squeeze' Op, not {axis!r}.")
    if isinstance(axis, (str, bytes)):
        raise TypeError(f"Expected int for argument 'axis' not {axis!r}.")
    named = [] if axis is None else [int(a) for a in (axis if isinstance(axis, (list, tuple)) else [axis])]
    for a in named:
        if not -rank <= a < rank:
            raise invalid(
                "Squeeze",
                f"Tried to squeeze dim index {a} for tensor with {rank} dimensions.",
                summary=f"squeeze: axis {a} is out of range for a tensor of rank {rank}",
                operands=[("input", x)],
                name=tail(input),
            )
        if shape[a] != 1:
            raise invalid(
                "Squeeze",
                f"Can not squeeze dim[{a % rank}], expected a dimension of 1, got {shape[a]}",
                summary=f"squeeze: axis {a} has size {shape[a]}, not 1",
                operands=[("input", x)],
                name=tail(input),
            )
    gone = {a % rank for a in named}
    kept = tuple(n for a, n in enumerate(shape) if (a not in gone if named else n != 1))
    return _reshape(x, shape=kept)


@primitive(lambda g, y, x, perm: _transpose(g, perm=_inverse(perm)))
def _transpose(xp, x, perm):
    return xp.transpose(x, perm)


def _inverse(perm: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(perm)), key=perm.__getitem__))


@op("transpose", samples=lambda s: [s.call(s(2, 3)), s.call(s(2, 3, 2), [1, 2, 0])])
def transpose(a: Any, perm: Any = None, conjugate: bool = False, name: str = "transpose") -> Tensor:
    """The tensor with its axes in another order: reversed, or axis `perm[i]` as axis i.

    conjugate: whether complex entries are conjugated too. Raises InvalidArgumentError unless perm is a
    permutation.

    >>> transpose([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 3],
           [2, 4]], dtype=int32)>
    """
    x = as_tensor(a)
    rank = x._array.ndim
    axes = tuple(range(rank))[::-1] if perm is None else _permutation(x, perm)
    y = _transpose(x, perm=axes)
    return conj(y) if conjugate else y


def _permutation(x: Tensor, perm: Any) -> tuple[int, ...]:
    t = integers("Transpose", perm, "perm", "Tperm")
    rank, last = x._array.ndim, tail(perm)
    if t._array.ndim != 1:
        message = f"perm must be rank 1, got shape {bracketed(t._array.shape)}"
        raise invalid("Transpose", message, operands=[("a", x)], name=last)
    given = vector(t)
    if len(given) != rank:
        raise invalid(
            "Transpose",
            f"transpose expects a vector of size {rank}. But input(1) is a vector of size {len(given)}",
            summary=f"transpose: perm has {len(given)} entries for a tensor of rank {rank}",
            operands=[("a", x)],
            name=last,
        )
    axes = [p + rank if p < 0 else p for p in given]
    for p in axes:
        if not 0 <= p < rank:
            raise invalid(
                "Transpose",
                f"{p} is out of range [0 .. {rank})",
                summary=f"transpose: there is no axis {p} in a tensor of rank {rank}",
                operands=[("a", x)],
                name=last,
            )
    missing = next((i for i in range(rank) if i not in axes), None)
    if missing is not None:
        raise invalid(
            "Transpose",
            f"{missing} is missing from {{{','.join(map(str, given))}}}.",
            summary=f"transpose: perm {given} names an axis twice and axis {missing} not at all",
            name=last,
        )
    return tuple(axes)


@op("shape")
def shape(input: Any, out_type: Any = None, name: str | None = None) -> Tensor:
    """The sizes of a tensor as a tensor of ints (int32, or `out_type`).

    >>> shape([[1, 2, 3]])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>
    """
    return host_constant(as_tensor(input)._array.shape, _size_type("Shape", out_type))


def _size_type(kernel: str, out_type: Any) -> DType:
    dtype = int32 if out_type is None else as_dtype(out_type)
    if dtype not in SIZES:
        raise explain(
            InvalidArgumentError(
                f"Value for attr 'out_type' of {dtype.kernel_name} is not in the list of allowed values: int32, int64"
            ),
            summary=f"{kernel}: out_type is {dtype.name}, and must be int32 or int64",
        )
    return dtype


@op("shape_n")
def shape_n(input: Any, out_type: Any = "int32", name: str | None = None) -> list[Tensor]:
    """`shape` of each tensor of a list; they must be of one dtype.

    input: a list of tensors of one dtype.

    >>> shape_n([[1, 2], [[3]]])
    [<tf.Tensor: shape=(1,), dtype=int32, numpy=array([2], dtype=int32)>, \
<tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 1], dtype=int32)>]
    """
    return [shape(x, out_type) for x in alike("ShapeN", list(input))]


@op("rank")
def rank(input: Any, name: str | None = None) -> Tensor:
    """The number of axes of a tensor, as an int32 scalar.

    >>> rank([[1, 2, 3]])
    <tf.Tensor: shape=(), dtype=int32, numpy=2>
    """
    return host_constant(as_tensor(input)._array.ndim, int32)


@op("size")
def size(input: Any, out_type: Any = None, name: str | None = None) -> Tensor:
    """The number of entries of a tensor, as a scalar of int32 or `out_type`.

    >>> size([[1, 2, 3]])
    <tf.Tensor: shape=(), dtype=int32, numpy=3>
    """
    return host_constant(as_tensor(input)._array.size, _size_type("Size", out_type))


@op("ensure_shape", samples=lambda s: [s.call(s(2, 3), [None, 3])])
def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """The tensor itself, once it is sure that it has the (partial) shape. Raises InvalidArgumentError.

    >>> ensure_shape([1., 2.], [None])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    t, wanted = as_tensor(x), TensorShape(shape)
    if not wanted.is_compatible_with(t._array.shape):
        sizes = ["?" if n is None else str(n) for n in wanted]
        raise invalid(
            "EnsureShape",
            f"Shape of tensor input {bracketed(t._array.shape)} is not compatible with expected shape "
            f"{bracketed(sizes)}.",
            summary=f"ensure_shape: the shape is {t._array.shape}, and should be {wanted}",
            operands=[("x", t)],
        )
    return _identity(t)
