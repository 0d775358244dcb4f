"""`tf.experimental.numpy`: arrays made of values, filled, in steps, and at random."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...runtime.dtypes import as_dtype
from ...runtime.tensor import Tensor, as_tensor
from ..registry import export, ops
from ..rules import ints
from .types import asarray, result_type, tnp

_MOST_AXES = 32


@tnp
def array(val: Any, dtype: Any = None, copy: bool = True, ndmin: int = 0) -> Tensor:
    """val as a tensor; integers by themselves are int64, floats float64. ndmin: axes of size 1 go in front up to that.

    copy: taken as NumPy takes it; a tensor never changes, so that it makes no difference.
    """
    if ndmin > _MOST_AXES:
        raise ValueError(f"ndmin bigger than allowable number of dimensions: {_MOST_AXES}.")
    made = asarray(val, dtype)
    return ops.reshape(made, [1] * max(0, ndmin - made.ndim) + made.shape.as_list())


@tnp
def asanyarray(a: Any, dtype: Any = None) -> Tensor:
    """a as a tensor, as `asarray`."""
    return asarray(a, dtype)


@tnp
def ascontiguousarray(a: Any, dtype: Any = None) -> Tensor:
    """a as a tensor of at least one axis."""
    return array(a, dtype, ndmin=1)


@tnp
def zeros(shape: Any, dtype: Any = float) -> Tensor:
    """Zeros, float64 unless `dtype` says otherwise."""
    return ops.zeros(ints(shape), result_type(dtype or float))


@tnp
def ones(shape: Any, dtype: Any = float) -> Tensor:
    """Ones, float64 unless `dtype` says otherwise."""
    return ops.ones(ints(shape), result_type(dtype) if dtype else "float32")


@tnp
def empty(shape: Any, dtype: Any = float) -> Tensor:
    """An array to be filled: of zeros."""
    return zeros(shape, dtype)


@tnp
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """An array of one value, which broadcasts to its shape."""
    return ops.broadcast_to(asarray(fill_value, dtype), ints(shape))


@tnp
def zeros_like(a: Any, dtype: Any = None) -> Tensor:
    """Zeros in the shape of a."""
    return ops.zeros_like(asarray(a), result_type(dtype) if dtype else None)


@tnp
def ones_like(a: Any, dtype: Any = None) -> Tensor:
    """Ones in the shape of a."""
    return ops.ones_like(asarray(a), result_type(dtype) if dtype else None)


@tnp
def empty_like(a: Any, dtype: Any = None) -> Tensor:
    """An array in the shape of a, to be filled: of zeros."""
    return zeros_like(a, dtype)


@tnp
def full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
) -> Tensor:
    """An array of one value in the shape of a. Only the defaults of `order`, `subok` and `shape` are supported."""
    if order != "K":
        raise ValueError("Non-standard orders are not supported.")
    if not subok:
        raise ValueError("subok being False is not supported.")
    if shape:
        raise ValueError("Overriding the shape is not supported.")
    a = asarray(a)
    return ops.broadcast_to(asarray(fill_value, dtype or a.dtype), a.shape)


@tnp
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = float) -> Tensor:
    """An N x M matrix with ones on the k-th diagonal."""
    return ops.keras_ops_eye(int(N), int(M or N), int(k), result_type(dtype or float).name)


@tnp
def identity(n: int, dtype: Any = float) -> Tensor:
    """The n x n matrix with ones on the diagonal."""
    return eye(n, n, dtype=dtype)


@tnp
def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:
    """An N x M matrix with ones on the k-th diagonal and below it."""
    wanted = result_type(float if dtype is None else dtype)
    rows, columns = np.ogrid[:N, : N if M is None else M]
    return as_tensor((columns - rows <= k).astype(wanted._numpy))


@tnp
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Tensor:
    """Numbers from start (0, if only one bound is given) up to stop, which is left out, in steps."""
    if not step:
        raise ValueError("step must be non-zero.")
    wanted = result_type(dtype) if dtype else result_type(*(each for each in (start, step, stop) if each is not None))
    low, high = (0, start) if stop is None else (start, stop)
    if (high - low) * step < 0:
        return asarray([], wanted)
    return ops.cast(ops.arange(low, high, step), wanted)


@tnp
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = float,
    axis: int = 0,
) -> Any:
    """num numbers from start to stop, evenly apart. endpoint: whether stop is one; retstep: give the step too."""
    if num < 0:
        raise ValueError(f"Argument `num` (number of samples) must be a non-negative integer. Received: num={num}")
    wanted = result_type([start * 1.0, stop * 1.0]) if dtype else None
    start, stop = asarray(start, wanted), asarray(stop, wanted)
    gaps = num - 1 if endpoint else num
    step = as_tensor(math.nan) if gaps < 1 else (stop - start) / gaps
    last = stop if endpoint or num < 2 else stop - step
    made = ops.linspace(start, last, num, axis=axis)
    return (made, step) if retstep else made


@tnp
def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: float = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Tensor:
    """num powers of base, whose exponents are evenly apart from start to stop."""
    exponents = linspace(start, stop, num, endpoint, axis=axis)
    return ops.pow(as_tensor(base, exponents.dtype), exponents)


@tnp
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Tensor:
    """num numbers from start to stop with one ratio between neighbours."""
    wanted = as_dtype(dtype) if dtype else result_type(start, stop, 1.0)
    working = result_type(wanted, np.float32)
    low, high = asarray(start, working), asarray(stop, working)
    sign = -1.0 if bool(low < 0) and bool(high < 0) else 1.0
    ten = as_tensor(math.log(10), working)
    exponents = [ops.log(bound * as_tensor(sign, working)) / ten for bound in (low, high)]
    made = logspace(*exponents, num, endpoint, axis=axis)
    return ops.cast(made * as_tensor(sign, made.dtype), wanted)


@tnp
def diag_indices(n: int, ndim: int = 2) -> tuple[Tensor, ...]:
    """The indices of the main diagonal of an array of that many axes of size n."""
    for name, value in (("n", n), ("ndim", ndim)):
        if value < 0:
            raise ValueError(f"{name} argument to diag_indices must be nonnegative, got {value}")
    return (ops.arange(n),) * ndim


@tnp
def meshgrid(*xi: Any, sparse: bool = False, copy: bool = True, indexing: str = "xy") -> list[Tensor]:
    """The grids that vectors span. Only the defaults of `sparse` and `copy` are supported."""
    if sparse:
        raise ValueError(f"Function `meshgrid` does not support returning sparse arrays yet. Received: sparse={sparse}")
    if not copy:
        raise ValueError(f"Function `meshgrid` only supports copy=True. Received: copy={copy}")
    vectors = [ops.reshape(asarray(x), [-1]) for x in xi]
    sizes = [v.shape[0] for v in vectors]
    order = list(range(len(vectors)))
    if indexing == "xy":
        order[:2] = order[1::-1]
    elif indexing != "ij":
        raise ValueError("Argument `indexing` parameter must be either 'xy' or 'ij'")
    whole = [sizes[i] for i in order]
    return [
        ops.broadcast_to(ops.reshape(v, [-1 if j == i else 1 for j in order]), whole) for i, v in enumerate(vectors)
    ]


# ---------------------------------------------------------------- random numbers


def _sizes(size: Any) -> list[int]:
    return [] if size is None else ints(size)


def seed(s: Any) -> None:
    """Set the global seed, as `tf.random.set_seed`."""
    try:
        ops.set_seed(int(s))
    except TypeError:
        raise ValueError(f"Argument `s` got an invalid value {s}. Only integers are supported.") from None


def uniform(low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Tensor:
    """Numbers between low and high, all equally likely."""
    low, high = asarray(low, float), asarray(high, float)
    sizes = np.broadcast_shapes(low._array.shape, high._array.shape) if size is None else ints(size)
    return ops.uniform(list(sizes), minval=low, maxval=high, dtype="float64")


def random(size: Any = None) -> Tensor:
    """Numbers between 0 and 1, all equally likely."""
    return uniform(0.0, 1.0, _sizes(size))


def rand(*size: int) -> Tensor:
    """Numbers between 0 and 1, all equally likely."""
    return uniform(0.0, 1.0, list(size))


def standard_normal(size: Any = None) -> Tensor:
    """Numbers from the normal distribution of mean 0 and standard deviation 1."""
    return ops.normal(_sizes(size), dtype="float64")


def randn(*args: int) -> Tensor:
    """Numbers from the normal distribution of mean 0 and standard deviation 1."""
    return standard_normal(list(args))


def randint(low: int, high: int | None = None, size: Any = None, dtype: Any = np.int64) -> Tensor:
    """Whole numbers from low up to high, which is left out; from 0 up to low if there is no high."""
    wanted = result_type(dtype)
    if wanted.name not in ("int32", "int64"):
        raise ValueError(
            f"Argument `dtype` got an invalid value {dtype}. Only those convertible to "
            f"{(np.int32, np.int64)} are supported."
        )
    low, high = (0, int(low)) if high is None else (int(low), int(high))
    return ops.uniform(_sizes(size), minval=low, maxval=high, dtype=wanted)


def poisson(lam: Any = 1.0, size: Any = None) -> Tensor:
    """Whole numbers from the Poisson distribution with that mean."""
    return ops.poisson(_sizes(size), lam=lam, dtype="int64")


for _function in (seed, uniform, random, rand, standard_normal, randn, randint, poisson):
    export(f"tf.experimental.numpy.random.{_function.__name__}", _function, None, "experimental_numpy.creation")
