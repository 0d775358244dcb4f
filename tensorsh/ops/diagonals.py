"""Diagonals of matrices: taking them out, putting them in, keeping a band.

Several diagonals at once travel as rows, the uppermost first, each as long as the longest; `align` says on which side
the shorter ones are padded: "RIGHT_LEFT" pads diagonals above the main one on the left and those below on the right.
Taking out and putting in are each other's gradient.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from ..runtime.dtypes import COMPLEX, bfloat16, float16, float32, float64, int32, int64
from ..runtime.errors import InvalidArgumentError, bracketed, explain, invalid
from ..runtime.tensor import Tensor, as_tensor
from .arguments import alike
from .dispatch import is_operator
from .registry import op, ops, primitive
from .rules import check_dtype, ints

_ALIGNMENTS = ("LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT")
_DIAG = (bfloat16, float16, float32, float64, int32, int64, *COMPLEX)


# ---------------------------------------------------------------- kernels


def _rows(shape: Any, low: int, high: int, align: str) -> Iterator[tuple[int, int, int, int]]:
    """(row, its diagonal, where it begins in the row, its length) for the diagonals of matrices of that shape."""
    rows, columns = shape[-2:]
    longest = min(rows + min(high, 0), columns - max(low, 0))
    above, below = align.split("_")
    for i, k in enumerate(range(high, low - 1, -1)):
        length = min(rows + min(k, 0), columns - max(k, 0))
        right = k >= 0 and above == "RIGHT" or k <= 0 and below == "RIGHT"
        yield i, k, longest - length if right else 0, length


def _line(x: Any, k: int, length: int) -> Any:
    """A view of the k-th diagonals of contiguous matrices x."""
    rows, columns = x.shape[-2:]
    start = k if k >= 0 else -k * columns
    flat = x.reshape(*x.shape[:-2], rows * columns)
    return flat[..., start : start + (length - 1) * (columns + 1) + 1 : columns + 1]


def _taken_gradient(g: Tensor, y: Tensor, x: Tensor, low: int, high: int, align: str, padding: Any) -> Tensor:
    return _put(g, low=low, high=high, rows=x._array.shape[-2], columns=x._array.shape[-1], align=align, padding=0)


@primitive(_taken_gradient)
def _take(xp, x, low, high, align, padding):
    if low == high:
        return xp.diagonal(x, low, -2, -1)
    rows = list(_rows(x.shape, low, high, align))
    longest = max(length for *_, length in rows)
    y = xp.full((*x.shape[:-2], len(rows), longest), padding, x.dtype)
    for i, k, start, length in rows:
        y[..., i, start : start + length] = xp.diagonal(x, k, -2, -1)
    return y


@primitive(
    lambda g, y, d, low, high, rows, columns, align, padding: _take(g, low=low, high=high, align=align, padding=0)
)
def _put(xp, d, low, high, rows, columns, align, padding):
    batch = d.shape[: -1 if low == high else -2]
    y = xp.full((*batch, rows, columns), padding, d.dtype)
    _write(y, d, low, high, align)
    return y


def _write(y: Any, d: Any, low: int, high: int, align: str) -> None:
    for i, k, start, length in _rows(y.shape, low, high, align):
        if length:
            line = d if low == high else d[..., i, start : start + length]
            _line(y, k, length)[...] = line


def _replaced_gradient_x(g: Tensor, y: Tensor, x: Tensor, d: Tensor, low: int, high: int, align: str) -> Tensor:
    return _replace(g, ops.zeros_like(d), low=low, high=high, align=align)


def _replaced_gradient_d(g: Tensor, y: Tensor, x: Tensor, d: Tensor, low: int, high: int, align: str) -> Tensor:
    return _take(g, low=low, high=high, align=align, padding=0)


@primitive(_replaced_gradient_x, _replaced_gradient_d)
def _replace(xp, x, d, low, high, align):
    y = x.copy()
    _write(y, d, low, high, align)
    return y


# ---------------------------------------------------------------- arguments


def _range_of(kernel: str, k: Any, align: str) -> tuple[int, int]:
    """The lowest and the highest diagonal that `k` names."""
    if align not in _ALIGNMENTS:
        listed = ", ".join(f'"{name}"' for name in _ALIGNMENTS)
        raise explain(
            InvalidArgumentError(
                f"Value for attr 'align' of \"{align}\" is not in the list of allowed values: {listed}"
            ),
            f"{kernel}: align is one of {listed}",
        )
    given = ints(k)
    if len(given) not in (1, 2):
        raise invalid(
            kernel, f"diag_index must have only one or two elements, received {len(given)} elements.", name=None
        )
    if given[0] > given[-1]:
        raise invalid(
            kernel,
            f"lower_diag_index must not be larger than upper_diag_index: {given[0]} > {given[-1]}",
            f"{kernel}: k = (lowest, highest), and {given[0]} is above {given[-1]}",
            name=None,
        )
    return given[0], given[-1]


def _check_inside(kernel: str, x: Tensor, low: int, high: int, stop: str) -> None:
    rows, columns = x._array.shape[-2:]
    for which, k in (("lower", low), ("upper", high)):
        if not -rows < k < columns and k != 0:
            raise invalid(
                kernel,
                f"{which}_diag_index is out of bound: {k}{stop} It must be between {-rows} and {columns}",
                f"{kernel}: a {rows} by {columns} matrix has no diagonal {k}",
                [("input", x)],
                name=None,
            )


def _check_rank(kernel: str, x: Tensor, rank: int, what: str = "input") -> None:
    shape = x._array.shape
    if len(shape) < rank:
        raise invalid(
            kernel,
            f"{what} must be at least {rank}-dim, received shape: {bracketed(shape)}",
            f"{kernel}: {what} must have rank {rank} or more",
            [(what, x)],
            name=None,
        )


def _padding(value: Any, x: Tensor) -> Any:
    """A padding value as a Python number that fits x's dtype. Raises TypeError if it does not."""
    if x.dtype.is_bool:
        return bool(value)
    return as_tensor(value, x.dtype).numpy().item()


# ---------------------------------------------------------------- ops


def _diag_samples(s: Any) -> Any:
    return [s.call(s(3)), s.call(s(2, 2), k=1), s.call(s(3, 3), k=(-1, 1)), s.call(s(2), num_rows=3)]


@op("linalg.diag", samples=_diag_samples)
def diag(
    diagonal: Any,
    name: str = "diag",
    k: Any = 0,
    num_rows: Any = -1,
    num_cols: Any = -1,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Tensor:
    """Matrices with the given diagonals: (..., n) becomes (..., n, n).

    k: the diagonal, 0 being the main one and 1 that above it, or a pair (lowest, highest); then `diagonal` is
    (..., diagonals, length). num_rows, num_cols: the matrices' size, -1 for the smallest. padding_value: what stands
    off the diagonals. align: how rows of several diagonals are padded.
    Raises InvalidArgumentError unless there are as many diagonals as k tells.

    >>> diag([1, 2])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 0],
           [0, 2]], dtype=int32)>
    """
    d = as_tensor(diagonal)
    kernel = "MatrixDiagV3"
    low, high = _range_of(kernel, k, align)
    _check_rank(kernel, d, 1, "diagonal")
    shape = d._array.shape
    if low != high and (len(shape) < 2 or shape[-2] != high - low + 1):
        raise invalid(
            kernel,
            "The number of diagonals provided in the input does not match the lower_diag_index and upper_diag_index "
            "range.",
            f"diag: k = ({low}, {high}) names {high - low + 1} diagonals",
            [("diagonal", d)],
            name=None,
        )
    least = (shape[-1] - min(high, 0), shape[-1] + max(low, 0))
    rows, columns = _matrix_size(kernel, (int(num_rows), int(num_cols)), least)
    padding = _padding(padding_value, d)
    return _put(d, low=low, high=high, rows=rows, columns=columns, align=align, padding=padding)


def _matrix_size(kernel: str, given: tuple[int, int], least: tuple[int, int]) -> tuple[int, int]:
    if given == (-1, -1):
        return max(least), max(least)
    for what, size, needed in zip(("rows", "columns"), given, least):
        if size != -1 and size < needed:
            raise invalid(
                kernel,
                f"The number of {what} is too small.",
                f"diag: {size} {what} are too few, {needed} are needed",
                name=None,
            )
    rows, columns = (needed if size == -1 else size for size, needed in zip(given, least))
    if rows != least[0] and columns != least[1]:
        raise invalid(
            kernel,
            "The number of rows or columns is not consistent with the specified d_lower, d_upper, and diagonal.",
            f"diag: the diagonal is too short for {rows} by {columns}",
            name=None,
        )
    return rows, columns


def _diag_part_samples(s: Any) -> Any:
    return [s.call(s(3, 3)), s.call(s(2, 3, 2), k=-1), s.call(s(3, 4), k=(-1, 2), align="LEFT_RIGHT")]


@op("linalg.diag_part", samples=_diag_part_samples)
def diag_part(
    input: Any, name: str = "diag_part", k: Any = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT"
) -> Tensor:
    """The k-th diagonal of each matrix: (..., n, n) becomes (..., n); the inverse of `diag`, with the same arguments.

    padding_value: what fills up shorter diagonals.
    k: an int, or a pair of ints for the diagonals from the first to the second; 0 is the main one. Raises
    InvalidArgumentError for a diagonal outside of the matrix.
    input: (..., n, m).

    >>> diag_part([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 4], dtype=int32)>
    """
    if is_operator(input):
        return input.diag_part()
    x = as_tensor(input)
    kernel = "MatrixDiagPartV3"
    low, high = _range_of(kernel, k, align)
    _check_rank(kernel, x, 2)
    _check_inside(kernel, x, low, high, ".")
    return _take(x, low=low, high=high, align=align, padding=_padding(padding_value, x))


def _set_diag_samples(s: Any) -> Any:
    return [s.call(s(2, 3), s(2)), s.call(s(2, 3, 3), s(2, 2, 3), k=(-1, 0))]


@op("linalg.set_diag", samples=_set_diag_samples)
def set_diag(input: Any, diagonal: Any, name: str = "set_diag", k: Any = 0, align: str = "RIGHT_LEFT") -> Tensor:
    """The matrices with their k-th diagonal (or several, for a pair k) replaced by `diagonal`.

    input: (..., n, m). k: an int, or a pair of ints for the diagonals from the first to the second; 0 is the main one.
    Raises InvalidArgumentError for diagonals whose shape does not fit.

    >>> set_diag([[1, 2], [3, 4]], [9, 9])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[9, 2],
           [3, 9]], dtype=int32)>
    """
    kernel = "MatrixSetDiagV3"
    x, d = alike(kernel, [input, diagonal], "")
    low, high = _range_of(kernel, k, align)
    _check_rank(kernel, x, 2)
    _check_inside(kernel, x, low, high, "")
    rows, columns = x._array.shape[-2:]
    longest = min(rows + min(high, 0), columns - max(low, 0))
    wanted = (*x._array.shape[:-2], *(() if low == high else (high - low + 1,)), longest)
    if d._array.shape != wanted:
        raise invalid(
            kernel,
            "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] is not equal to "
            "the longests diagonal in range [lower_diag_index:upper_diag_index].\n"
            f"Input shape: {bracketed(x._array.shape)}\nDiagonal shape: {bracketed(d._array.shape)}\n"
            f"Expected diagonal shape: {bracketed(wanted)}",
            f"set_diag: the diagonal must have shape {wanted}, not {d._array.shape}",
            [("input", x), ("diagonal", d)],
            name=None,
        )
    return _replace(x, d, low=low, high=high, align=align)


@primitive(lambda g, y, x, lower, upper: _band(g, lower=lower, upper=upper))
def _band(xp, x, lower, upper):
    rows, columns = x.shape[-2:]
    offset = xp.arange(columns) - xp.arange(rows)[:, None]  # of a place from the main diagonal, above it positive
    keep = xp.ones((rows, columns), bool)
    if lower >= 0:
        keep &= offset >= -lower
    if upper >= 0:
        keep &= offset <= upper
    return xp.where(keep, x, xp.zeros((), x.dtype))


@op("linalg.band_part", samples=lambda s: [s.call(s(3, 3), 1, 0), s.call(s(2, 2, 3), -1, 1)])
def band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Tensor:
    """The matrices with zeros off a band: `num_lower` diagonals below the main one, `num_upper` above; -1 keeps all.

    `band_part(x, -1, 0)` is the lower triangle, `band_part(x, 0, -1)` the upper, `band_part(x, 0, 0)` the diagonal.

    num_lower: an int: subdiagonals that stay; negative: all. num_upper: an int: superdiagonals that stay; negative:
    all.
    Raises InvalidArgumentError for more diagonals than there are.
    input: (..., n, m).

    >>> band_part([[1, 2], [3, 4]], -1, 0)
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 0],
           [3, 4]], dtype=int32)>
    """
    x = as_tensor(input)
    _check_rank("MatrixBandPart", x, 2)
    (lower,), (upper,) = ints(num_lower), ints(num_upper)
    sizes = x._array.shape[-2:]
    for what, count, size, axis in (("lower", lower, sizes[0], "rows"), ("upper", upper, sizes[1], "columns")):
        if count > size:
            raise invalid(
                "MatrixBandPart",
                f"num_{what} must be negative or less or equal to number of {axis} ({size}) got: {count}",
                f"band_part: num_{what} is {count}, and there are {size} {axis}",
                [("input", x)],
                hint="-1 keeps that whole side",
                name=None,
            )
    return _band(x, lower=lower, upper=upper)


@op("linalg.tensor_diag", samples=lambda s: [s.call(s(3)), s.call(s(2, 2))])
def tensor_diag(diagonal: Any, name: str | None = None) -> Tensor:
    """A tensor of twice the rank with the given entries on its diagonal: y[i, ..., i, ...] = x[i, ...].

    diagonal: a tensor of any shape.
    Raises InvalidArgumentError for a scalar.

    >>> tensor_diag([1, 2])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 0],
           [0, 2]], dtype=int32)>
    """
    x = as_tensor(diagonal)
    check_dtype("Diag", x, _DIAG, _DIAG, "diagonal", computed=_DIAG[1:])
    shape = x._array.shape
    if not shape:
        raise invalid("Diag", "Input must be at least rank 1, got 0", "tensor_diag: the diagonal is a scalar")
    return ops.reshape(diag(ops.reshape(x, [-1])), [*shape, *shape])


@op("linalg.tensor_diag_part", samples=lambda s: [s.call(s(3, 3)), s.call(s(2, 2, 2, 2))])
def tensor_diag_part(input: Any, name: str | None = None) -> Tensor:
    """The diagonal of a tensor of even rank: y[i, ...] = x[i, ..., i, ...]; the inverse of `tensor_diag`.

    input: a tensor of even rank, of which the second half of the shape is like the first.
    Raises InvalidArgumentError for another shape.

    >>> tensor_diag_part([[1, 2], [3, 4]])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 4], dtype=int32)>
    """
    x = as_tensor(input)
    check_dtype("DiagPart", x, _DIAG, _DIAG, "input", computed=_DIAG[1:])
    shape = x._array.shape
    half = len(shape) // 2
    if not shape or len(shape) % 2:
        message = f"The rank of the tensor should be {' ' * 40} even and positive, got shape {bracketed(shape)}"
        raise invalid("DiagPart", message, "tensor_diag_part: the rank must be even", [("input", x)], name=None)
    for i in range(half):
        if shape[i] != shape[half + i]:
            raise invalid(
                "DiagPart",
                f"Invalid shape {bracketed(shape)}: dimensions {i} and {half + i} do not match.",
                f"tensor_diag_part: axes {i} and {half + i} differ, {shape[i]} and {shape[half + i]}",
                [("input", x)],
                name=None,
            )
    size = prod(shape[:half])
    return ops.reshape(diag_part(ops.reshape(x, [size, size])), list(shape[:half]))
