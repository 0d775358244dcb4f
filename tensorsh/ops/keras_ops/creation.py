"""`keras.ops`: tensors made from values, sizes and ranges; a float is float32 unless a dtype is given."""

from __future__ import annotations

from typing import Any

from ...runtime.tensor import Tensor, as_tensor
from ...runtime.tensor import is_tensor as is_tensor_or_variable
from ..keras.config import standard_dtype
from ..keras.variable import converted
from ..registry import at_path, ops
from .dtypes import dtype_of, floats, keras_op, result_type, smooth, tensor


def _typed(x: Any, dtype: Any) -> Tensor:
    return as_tensor(x) if dtype is None else converted(x, standard_dtype(dtype).name)


@keras_op(".convert_to_tensor", lambda s: [s.call(s(3))])
def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Tensor:
    """x as a tensor of `dtype`: int32 for Python's ints, float32 for its floats if none is given.

    sparse, ragged: taken as Keras takes them; the result is dense.

    >>> tf.keras.ops.convert_to_tensor([1, 2], "float32")
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return _typed(x, dtype)


@keras_op("numpy.array", lambda s: [s.call(s(3))])
def array(x: Any, dtype: Any = None) -> Tensor:
    """x as a tensor.

    >>> tf.keras.ops.array([1, 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    return _typed(x, dtype)


@keras_op(".convert_to_numpy")
def convert_to_numpy(x: Any) -> Any:
    """x as a NumPy array.

    >>> tf.keras.ops.convert_to_numpy(tf.constant([1, 2]))
    array([1, 2], dtype=int32)
    """
    return as_tensor(x).numpy() if is_tensor_or_variable(x) else at_path("np.array")(x)


@keras_op(".cast", lambda s: [s.call(s(3), "float64")])
def cast(x: Any, dtype: Any) -> Tensor:
    """x converted to `dtype`.

    >>> tf.keras.ops.cast([1.7], "int32")
    <tf.Tensor: shape=(1,), dtype=int32, numpy=array([1], dtype=int32)>
    """
    return ops.cast(x, standard_dtype(dtype))


@keras_op(".stop_gradient")
def stop_gradient(variable: Any) -> Tensor:
    """The same value, through which no gradient flows.

    variable: a tensor or a variable of any shape.

    >>> tf.keras.ops.stop_gradient(3.)
    <tf.Tensor: shape=(), dtype=float32, numpy=3.0>
    """
    return ops.stop_gradient(variable)


@keras_op(".is_tensor")
def is_tensor(x: Any) -> bool:
    """Whether x is a tensor.

    >>> tf.keras.ops.is_tensor(tf.constant(1))
    True
    """
    return is_tensor_or_variable(x)


@keras_op(".shape")
def shape(x: Any) -> tuple[int, ...]:
    """The sizes of x.

    >>> tf.keras.ops.shape(tf.ones((2, 3)))
    (2, 3)
    """
    return tuple(as_tensor(x)._array.shape)


@keras_op(".dtype")
def dtype(x: Any) -> str:
    """The name of x's dtype.

    >>> tf.keras.ops.dtype(tf.ones(2))
    'float32'
    """
    return as_tensor(x).dtype.name


@keras_op("numpy.ndim")
def ndim(x: Any) -> int:
    """The number of axes.

    >>> tf.keras.ops.ndim([[1, 2]])
    2
    """
    return as_tensor(x)._array.ndim


@keras_op("numpy.size")
def size(x: Any) -> Tensor:
    """The number of elements.

    >>> tf.keras.ops.size([[1, 2]])
    <tf.Tensor: shape=(), dtype=int32, numpy=2>
    """
    return ops.size(x)


def _sizes(shape: Any) -> Any:
    return [shape] if isinstance(shape, int) else shape


@keras_op("numpy.zeros")
def zeros(shape: Any, dtype: Any = None) -> Tensor:
    """Zeros.

    >>> tf.keras.ops.zeros((2,))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """
    return ops.zeros(_sizes(shape), dtype=standard_dtype(dtype))


@keras_op("numpy.ones")
def ones(shape: Any, dtype: Any = None) -> Tensor:
    """Ones.

    >>> tf.keras.ops.ones(3, dtype="int32")
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 1, 1], dtype=int32)>
    """
    return ops.ones(_sizes(shape), dtype=standard_dtype(dtype))


@keras_op("numpy.empty")
def empty(shape: Any, dtype: Any = None) -> Tensor:
    """A tensor to be filled: zeros.

    >>> tf.keras.ops.empty((2,))
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """
    return zeros(shape, dtype)


@keras_op("numpy.full")
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """The value, over and over; float32 unless `dtype` is given.

    fill_value: a number, or a tensor that broadcasts to the shape.

    >>> tf.keras.ops.full((2,), 3)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 3.], dtype=float32)>
    """
    return ops.broadcast_to(tensor(fill_value, standard_dtype(dtype).name), _sizes(shape))


@keras_op("numpy.zeros_like")
def zeros_like(x: Any, dtype: Any = None) -> Tensor:
    """Zeros in the shape of x.

    >>> tf.keras.ops.zeros_like([1, 2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([0, 0], dtype=int32)>
    """
    return ops.zeros_like(x, dtype and standard_dtype(dtype))


@keras_op("numpy.ones_like")
def ones_like(x: Any, dtype: Any = None) -> Tensor:
    """Ones in the shape of x.

    >>> tf.keras.ops.ones_like([1, 2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 1], dtype=int32)>
    """
    return ops.ones_like(x, dtype and standard_dtype(dtype))


@keras_op("numpy.empty_like")
def empty_like(x: Any, dtype: Any = None) -> Tensor:
    """A tensor to be filled in the shape of x: zeros.

    >>> tf.keras.ops.empty_like([1, 2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([0, 0], dtype=int32)>
    """
    return ops.zeros_like(x, dtype and standard_dtype(dtype))


@keras_op("numpy.full_like")
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """The value, over and over, in the shape and dtype of x.

    fill_value: a number, or a tensor that broadcasts to x's shape. dtype: None: x's.

    >>> tf.keras.ops.full_like([1, 2], 3.)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 3], dtype=int32)>
    """
    x = as_tensor(x)
    return ops.broadcast_to(tensor(fill_value, standard_dtype(dtype or x.dtype).name), x.shape)


@keras_op("numpy.arange")
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Tensor:
    """Numbers from `start` (0 if only one is given) up to, without, `stop`.

    start, stop, step: numbers; step is 1 by default. dtype: None: the one in which the numbers meet.

    >>> tf.keras.ops.arange(1, 3, 0.5)
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([1. , 1.5, 2. , 2.5], dtype=float32)>
    """
    given = [v for v in (start, stop, step) if v is not None]
    kind = result_type(*map(dtype_of, given)) if dtype is None else standard_dtype(dtype).name
    drawn = kind if kind in ("int32", "int64", "float32", "float64") else "float32"
    start, stop = (0, start) if stop is None else (start, stop)
    return tensor(ops.arange(*(tensor(v, drawn) for v in (start, stop, 1 if step is None else step))), kind)


@keras_op("numpy.linspace", lambda s: [s.call(s(), s(), 3)])
def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
    """`num` numbers in equal steps from `start` to `stop`, which is left out without `endpoint`.

    start, stop: numbers, or tensors of one shape. retstep: whether the step is returned too. dtype: None: float32, or
    the floats in which start and stop meet. axis: where the new axis stands. Raises ValueError for a negative `num`.

    >>> tf.keras.ops.linspace(0, 1, 3)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0. , 0.5, 1. ], dtype=float32)>
    """
    if num < 0:
        raise ValueError(f"`num` must be a non-negative integer. Received: num={num}")
    kind = result_type(dtype_of(start), dtype_of(stop), float) if dtype is None else standard_dtype(dtype).name
    start, stop = tensor(start, kind), tensor(stop, kind)
    count = num - 1 if endpoint else num
    step = (stop - start) / ops.cast(count, kind) if count > 0 else as_tensor(float("nan"))
    values = ops.linspace(start, stop if endpoint or num < 2 else tensor(stop, step.dtype.name) - step, num, axis=axis)
    values = tensor(ops.floor(values) if "int" in kind else values, kind)
    return (values, step) if retstep else values


@keras_op("numpy.logspace", lambda s: [s.call(s(), s(), 3)])
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10, dtype: Any = None, axis: int = 0
) -> Tensor:
    """base to the powers of `num` numbers from `start` to `stop`.

    start, stop: numbers, or tensors of one shape. base: a number. axis: where the new axis stands.

    >>> tf.keras.ops.logspace(0, 2, 3)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([  1.,  10., 100.], dtype=float32)>
    """
    powers = linspace(start, stop, num, endpoint, dtype=dtype, axis=axis)
    return ops.pow(tensor(base, powers.dtype.name), powers)


@keras_op("numpy.geomspace")
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Tensor:
    """`num` numbers in equal ratios from `start` to `stop`.

    start, stop: numbers but 0, or tensors of one shape. axis: where the new axis stands.

    >>> tf.keras.ops.geomspace(1., 100., 3)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([  1.,  10., 100.], dtype=float32)>
    """
    start, stop = as_tensor(start), as_tensor(stop)
    kind = standard_dtype(dtype).name
    logs = [ops.log(tensor(ops.abs(end), kind)) / ops.log(as_tensor(10.0, kind)) for end in (start, stop)]
    powers = logspace(*logs, num, endpoint, dtype=dtype, axis=axis)
    return powers * tensor(ops.sign(tensor(start, kind)), powers.dtype.name)


@keras_op("numpy.eye")
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:
    """Ones on the k-th diagonal of an N x M matrix of zeros.

    N: an int: how many rows. M: an int: how many columns; None: N. k: an int: 0 for the main diagonal, above it from 1
    on.

    >>> tf.keras.ops.eye(2, 3, k=1)
    <tf.Tensor: shape=(2, 3), dtype=float32, numpy=
    array([[0., 1., 0.],
           [0., 0., 1.]], dtype=float32)>
    """
    columns = N if M is None else M
    rows, across = ops.arange(N), ops.arange(columns)
    return ops.cast(ops.equal(ops.expand_dims(rows, 1) + k, ops.expand_dims(across, 0)), standard_dtype(dtype))


@keras_op("numpy.identity")
def identity(n: int, dtype: Any = None) -> Tensor:
    """The n x n matrix with ones on its diagonal.

    >>> tf.keras.ops.identity(2, dtype="int32")
    <tf.Tensor: shape=(2, 2), dtype=int32, numpy=
    array([[1, 0],
           [0, 1]], dtype=int32)>
    """
    return eye(n, dtype=dtype)


@keras_op("numpy.tri")
def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:
    """Ones on and below the k-th diagonal.

    N: an int: how many rows. M: an int: how many columns; None: N. k: an int: 0 for the main diagonal, above it from 1
    on.

    >>> tf.keras.ops.tri(2)
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 0.],
           [1., 1.]], dtype=float32)>
    """
    rows, across = ops.arange(N), ops.arange(N if M is None else M)
    return ops.cast(ops.less_equal(ops.expand_dims(across, 0), ops.expand_dims(rows, 1) + k), standard_dtype(dtype))


@keras_op("numpy.nan_to_num", smooth)
def nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Tensor:
    """x with NaN, +infinity and -infinity replaced: by 0 and the greatest finite numbers if none are given.

    nan, posinf, neginf: numbers of x's dtype.

    >>> tf.keras.ops.nan_to_num([1., float("nan")])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 0.], dtype=float32)>
    """
    x = as_tensor(x)
    if not x.dtype.is_floating:
        return x
    highest, kind = x.dtype.max, x.dtype.name
    y = ops.where(ops.is_nan(x), tensor(nan, kind), x)
    infinite = float("inf")
    y = ops.where(ops.equal(y, infinite), tensor(highest if posinf is None else posinf, kind), y)
    return ops.where(ops.equal(y, -infinite), tensor(x.dtype.min if neginf is None else neginf, kind), y)


@keras_op("numpy.clip", lambda s: [s.call(s.distinct(2, 3), -0.9, 0.8)])
def clip(x: Any, x_min: Any, x_max: Any) -> Tensor:
    """x, and no less than `x_min`, no more than `x_max`.

    x_min, x_max: numbers, or tensors that broadcast with x.

    >>> tf.keras.ops.clip(tf.constant([1, 5, 9]), 2, 6)
    <tf.Tensor: shape=(3,), dtype=int32, numpy=array([2, 5, 6], dtype=int32)>
    """
    x = as_tensor(x)
    return ops.clip_by_value(tensor(x, "int32") if x.dtype.is_bool else x, x_min, x_max)


@keras_op("numpy.round", lambda s: [s.call(s(3, within=(0.21, 0.24)), 1)])
def round_(x: Any, decimals: int = 0) -> Tensor:
    """x rounded to so many decimals, halves to the even neighbour.

    decimals: an int; a negative one rounds to tens, hundreds and so on.

    >>> tf.keras.ops.round(tf.constant([1.25, 2.5]), 1)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.2, 2.5], dtype=float32)>
    """
    x = as_tensor(x)
    if decimals == 0:
        return ops.round(x)
    scale = 10.0**decimals
    y = ops.round(floats(x) * scale) / scale
    return tensor(y, x.dtype.name)


@keras_op("numpy.where", lambda s: [s.call([True, False], s(2), s(2))])
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """x1 where the condition holds, x2 elsewhere; without them, the positions at which it holds.

    >>> tf.keras.ops.where([True, False], [1, 2], [3., 4.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 4.], dtype=float32)>
    """
    if x1 is None and x2 is None:
        return nonzero(condition)
    kind = result_type(dtype_of(x1), dtype_of(x2))
    return ops.where(tensor(condition, "bool"), tensor(x1, kind), tensor(x2, kind))


@keras_op("numpy.nonzero")
def nonzero(x: Any) -> list[Tensor]:
    """The positions of what is not zero, one tensor for each axis.

    >>> tf.keras.ops.nonzero([1, 0, 2])
    [<tf.Tensor: shape=(2,), dtype=int32, numpy=array([0, 2], dtype=int32)>]
    """
    return ops.unstack(ops.cast(ops.where(tensor(x, "bool")), "int32"), axis=1)
