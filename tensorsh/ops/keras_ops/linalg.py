"""`keras.ops`: products of vectors and matrices, and linear algebra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ..registry import ops
from .dtypes import floats, keras_op, meet, tensor


def _strong(*operands: Any) -> list[Tensor]:
    return meet(*operands, weak=False)


def _computed(product: Any, x1: Tensor, x2: Tensor) -> Tensor:
    """A product of two tensors, in int64 if they are of a kind that TensorFlow's kernels do not take."""
    kind = x1.dtype.name
    if kind in ("int32", "int64") or x1.dtype.is_floating or x1.dtype.is_complex:
        return product(x1, x2)
    return ops.cast(product(ops.cast(x1, "int64"), ops.cast(x2, "int64")), kind)


@keras_op("numpy.matmul", lambda s: [s.call(s(2, 3), s(3, 2)), s.call(s(3), s(3, 2)), s.call(s(2, 3), s(3))])
def matmul(x1: Any, x2: Any) -> Tensor:
    """The matrix product; a vector is a row on the left and a column on the right.

    x1: (n,) or (..., m, n). x2: (n,) or (..., n, k).

    >>> tf.keras.ops.matmul([[1, 2]], [[3], [4]])
    <tf.Tensor: shape=(1, 1), dtype=int32, numpy=array([[11]], dtype=int32)>
    """
    x1, x2 = _strong(x1, x2)
    kind = x1.dtype.name
    row, column = x1._array.ndim == 1, x2._array.ndim == 1
    made = "int32" if kind == "int8" and not (row or column) else kind
    if kind not in ("int32", "int64") and not (x1.dtype.is_floating or x1.dtype.is_complex):
        x1, x2 = ops.cast(x1, "int64"), ops.cast(x2, "int64")
    y = ops.matmul(ops.expand_dims(x1, 0) if row else x1, ops.expand_dims(x2, 1) if column else x2)
    y = ops.squeeze(y, [-1]) if column else y
    return tensor(ops.squeeze(y, [-1 if column else -2]) if row else y, made)


@keras_op("numpy.dot", lambda s: [s.call(s(3), s(3)), s.call(s(2, 3), s(3, 2)), s.call(s(2), 2.0)])
def dot(x1: Any, x2: Any) -> Tensor:
    """The sums of products along x1's last axis and x2's last but one (or its only one).

    >>> tf.keras.ops.dot([1, 2], [3, 4.])
    <tf.Tensor: shape=(), dtype=float32, numpy=11.0>
    """
    pair = _strong(x1, x2)
    return _summed(pair, max(pair[1]._array.ndim - 2, 0))


@keras_op("numpy.vdot", lambda s: [s.call(s(3), s(3))])
def vdot(x1: Any, x2: Any) -> Tensor:
    """The sum of products of two vectors.

    >>> tf.keras.ops.vdot([1, 2], [3, 4])
    <tf.Tensor: shape=(), dtype=int32, numpy=11>
    """
    x1, x2 = (ops.reshape(x, [-1]) for x in _strong(x1, x2))
    return _computed(lambda a, b: ops.tensordot(a, b, 1), x1, x2)


@keras_op("numpy.inner", lambda s: [s.call(s(3), s(3)), s.call(s(2, 3), s(1, 3))])
def inner(x1: Any, x2: Any) -> Tensor:
    """The sums of products along both last axes.

    >>> tf.keras.ops.inner([1, 2], [3, 4])
    <tf.Tensor: shape=(), dtype=int32, numpy=11>
    """
    return _summed(_strong(x1, x2), -1)


def _summed(pair: Sequence[Tensor], axis: int) -> Tensor:
    """The sums of products along the first's last axis and the second's `axis`; the product, if one is a number."""
    x1, x2 = pair
    if 0 in (x1._array.ndim, x2._array.ndim):
        return x1 * x2
    return _computed(lambda a, b: ops.tensordot(a, b, [[-1], [axis]]), x1, x2)


@keras_op("numpy.outer", lambda s: [s.call(s(2), s(3))])
def outer(x1: Any, x2: Any) -> Tensor:
    """The products of every element of x1 with every one of x2.

    >>> tf.keras.ops.outer([1, 2], [3, 4])
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[3, 4],
           [6, 8]], dtype=int32)>
    """
    x1, x2 = _strong(x1, x2)
    return ops.reshape(x1, [-1, 1]) * ops.reshape(x2, [1, -1])


@keras_op("numpy.tensordot", lambda s: [s.call(s(2, 3), s(3, 2), 1)])
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Tensor:
    """The sums of products along several axes.

    axes: an int, how many of the last axes of x1 and the first of x2; or a pair of lists, the axes of each.

    >>> tf.keras.ops.tensordot([[1, 2]], [[3], [4]], 1)
    <tf.Tensor: shape=(1, 1), dtype=int32, numpy=array([[11]], dtype=int32)>
    """
    return _computed(lambda a, b: ops.tensordot(a, b, axes), *_strong(x1, x2))


@keras_op("numpy.einsum", lambda s: [s.call("ij,jk->ik", s(2, 3), s(3, 2))])
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Tensor:
    """Sums of products as the subscripts say.

    subscripts: a str such as "ij,jk->ik". operands: a tensor for each term. kwargs: taken as Keras takes them; they
    change nothing here.

    >>> tf.keras.ops.einsum("ij,j->i", tf.constant([[1., 2.]]), tf.constant([3, 4]))
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([11.], dtype=float32)>
    """
    tensors = _strong(*operands)
    kind = tensors[0].dtype.name
    if not tensors[0].dtype.is_integer or kind in ("int32", "int64"):
        return ops.einsum(subscripts, *tensors)
    y = ops.einsum(subscripts, *(ops.cast(x, "int64") for x in tensors))
    return ops.cast(y, "int32" if kind == "int8" else kind)


@keras_op("numpy.cross", lambda s: [s.call(s(3), s(3))])
def cross(x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Tensor:
    """The vector product of vectors of three; of two, which lie in a plane, its third component.

    x1, x2: of shapes that broadcast, but for the vectors' axes. axisa, axisb, axisc: ints, the axis of the vectors in
    x1, in x2 and in the result. axis: an int for all three. Raises ValueError for vectors of another length.

    >>> tf.keras.ops.cross([1, 2, 3], [4, 5, 6])
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([-3,  6, -3], dtype=int32)>
    """
    x1, x2 = _strong(x1, x2)
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    a, b = ops.unstack(x1, axis=axisa), ops.unstack(x2, axis=axisb)
    if not {len(a), len(b)} <= {2, 3}:
        raise ValueError(f"`x1`'s and `x2`'s dimensions must be 2 or 3. Received: {len(a)} and {len(b)}")
    if len(a) == len(b) == 2:
        return a[0] * b[1] - a[1] * b[0]
    a, b = ([*v, ops.zeros_like(v[0])] if len(v) == 2 else v for v in (a, b))
    parts = [a[i] * b[j] - a[j] * b[i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return ops.stack(parts, axisc)


@keras_op(
    "linalg.norm",
    lambda s: [s.call(s(3)), s.call(s(2, 3), "fro"), s.call(s(2, 3), 2, 0), s.call(s.distinct(2, 3), 1, 1)],
)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The length of vectors, or a norm of matrices (`fro`, `nuc`, 1, 2, inf), along one axis or two.

    ord: a number, inf, -inf, "fro" or "nuc"; None: the Euclidean length, of matrices the Frobenius norm. axis: an int,
    or a pair of ints; None: all axes.

    >>> tf.keras.ops.norm([3., 4.])
    <tf.Tensor: shape=(), dtype=float32, numpy=5.0>
    """
    x = floats(x)
    rank = x._array.ndim
    if axis is None and ord is None:
        y = ops.sqrt(ops.reduce_sum(ops.square(x)))
        return ops.reshape(y, [1] * rank) if keepdims else y
    axes = list(range(rank)) if axis is None else [axis] if isinstance(axis, int) else list(axis)
    if len(axes) == 1:
        return _vector_norm(x, 2 if ord is None else ord, axes[0], keepdims)
    return _matrix_norm(x, "fro" if ord is None else ord, [a % rank for a in axes], keepdims)


def _vector_norm(x: Tensor, ord: Any, axis: int, keepdims: bool) -> Tensor:
    if ord == 2:
        return ops.sqrt(ops.reduce_sum(ops.square(x), axis, keepdims))
    size = ops.abs(x)
    if ord == float("inf"):
        return ops.reduce_max(size, axis, keepdims)
    if ord == float("-inf"):
        return ops.reduce_min(size, axis, keepdims)
    if ord == 0:
        return ops.reduce_sum(ops.cast(ops.not_equal(x, ops.zeros_like(x)), x.dtype), axis, keepdims)
    if ord == 1:
        return ops.reduce_sum(size, axis, keepdims)
    return ops.pow(ops.reduce_sum(ops.pow(size, float(ord)), axis, keepdims), 1.0 / ord)


def _matrix_norm(x: Tensor, ord: Any, axes: list[int], keepdims: bool) -> Tensor:
    rows, columns = axes
    if ord == "fro":
        return ops.sqrt(ops.reduce_sum(ops.square(x), axes, keepdims))
    if ord in (1, -1, float("inf"), float("-inf")):
        summed, kept = (rows, columns) if ord in (1, -1) else (columns, rows)
        sums = ops.reduce_sum(ops.abs(x), summed, True)
        y = (ops.reduce_max if ord > 0 else ops.reduce_min)(sums, kept, True)
        return y if keepdims else ops.squeeze(y, axes)
    if ord not in ("nuc", 2, -2):
        raise ValueError(f"Invalid `ord` argument for matrix norm. Received: ord={ord}")
    rank = x._array.ndim
    values = ops.svd(ops.transpose(x, [*(a for a in range(rank) if a not in axes), *axes]), compute_uv=False)
    y = {"nuc": ops.reduce_sum, 2: ops.reduce_max, -2: ops.reduce_min}[ord](values, -1)
    if not keepdims:
        return y
    return ops.reshape(y, [1 if a in axes else n for a, n in enumerate(x._array.shape)])


@keras_op("linalg.det", lambda s: [s.call(s.spd(3, 3))])
def det(x: Any) -> Tensor:
    """The determinants of square matrices.

    x: (..., n, n).

    >>> tf.keras.ops.det([[1., 2.], [3., 5.]])
    <tf.Tensor: shape=(), dtype=float32, numpy=-0.9999997615814209>
    """
    return ops.det(x)


@keras_op("linalg.inv", lambda s: [s.call(s.spd(3, 3))])
def inv(x: Any) -> Tensor:
    """The inverses of square matrices.

    x: (..., n, n).

    >>> tf.keras.ops.inv([[2., 0.], [0., 4.]])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[0.5 , 0.  ],
           [0.  , 0.25]], dtype=float32)>
    """
    return ops.inv(x)


@keras_op("linalg.solve", lambda s: [s.call(s.spd(3, 3), s(3)), s.call(s.spd(3, 3), s(3, 2))])
def solve(a: Any, b: Any) -> Tensor:
    """The x for which a @ x is b, a vector or a matrix.

    a: (..., n, n). b: (..., n) or (..., n, k).

    >>> tf.keras.ops.solve([[2., 0.], [0., 4.]], [1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 0.5], dtype=float32)>
    """
    a, b = as_tensor(a), as_tensor(b)
    if b._array.ndim == a._array.ndim - 1:
        return ops.squeeze(ops.solve(a, ops.expand_dims(b, -1)), [-1])
    return ops.solve(a, b)


@keras_op("linalg.qr", lambda s: [s.call(s.spd(3, 3))])
def qr(x: Any, mode: str = "reduced") -> Any:
    """An orthonormal q and an upper triangular r whose product is x.

    x: (..., m, n). mode: "reduced", for q (..., m, min(m, n)), or "complete", for q (..., m, m). Raises ValueError for
    another mode.

    >>> tf.keras.ops.qr([[3., 0.], [4., 5.]])[1]
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[-5., -4.],
           [ 0.,  3.]], dtype=float32)>
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(
            f"`mode` argument value not supported. Expected one of {{'reduced', 'complete'}}. Received: mode={mode}"
        )
    return ops.qr(x, full_matrices=mode == "complete")


@keras_op("linalg.svd", lambda s: [s.call(s(3, 2), False, False)])
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """(u, s, v): x is u @ diag(s) @ v; only s without `compute_uv`.

    x: (..., m, n).

    >>> tf.keras.ops.svd([[3., 0.], [0., 2.]], compute_uv=False)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 2.], dtype=float32)>
    """
    if not compute_uv:
        return ops.svd(x, full_matrices, False)
    s, u, v = ops.svd(x, full_matrices)
    return u, s, ops.adjoint(v)


@keras_op("linalg.eigh", lambda s: [s.call(s.spd(3, 3))])
def eigh(x: Any) -> Any:
    """The eigenvalues, ascending, and eigenvectors of symmetric matrices.

    x: (..., n, n).

    >>> tf.keras.ops.eigh([[2., 0.], [0., 1.]])[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return ops.eigh(x)


@keras_op("numpy.slogdet", lambda s: [s.call(s.spd(3, 3))])
def slogdet(x: Any) -> Any:
    """The sign of the determinant and the logarithm of its absolute value.

    x: (..., n, n).

    >>> tf.keras.ops.slogdet([[1., 0.], [0., 1.]])[0]
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    return tuple(ops.slogdet(x))
