"""Random tensors from seeds: the global seed, each op's own, and the ops that draw by them.

The numbers are TensorFlow's, bit for bit. Without `set_seed` and without a seed of its own an op draws
numbers that nobody can repeat. With `set_seed(s)`, each call without a seed of its own draws the next one
from s; calls with the same `seed=` continue one stream.

Shapes may be spread: `normal(2, 1)` is `normal([2, 1])`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..runtime import backend, distributions, effects, philox, random
from ..runtime.dtypes import FLOATS, HALF_FIRST, DType, as_dtype, bfloat16, float16, float32, float64, int32, int64
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.gamma_gradient import sample_derivative
from ..runtime.philox import Stream
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from .random_rules import (
    COUNTS,
    argument,
    attr_name,
    check_attr,
    check_dtype_argument,
    check_logits,
    draw_categories,
    draw_counts,
    draw_floats,
    draw_integers,
    float_dtype,
    integer_bounds,
    plain_seed,
    scaled,
    shape_tensor,
    sizes_of,
    spreads,
)
from .registry import no_gradient, op, ops, primitive
from .rules import mismatch


@op("random.set_seed")
def set_seed(seed: Any) -> None:
    """Set the global seed, from which every op without a seed of its own draws one; all streams begin anew.

    >>> set_seed(42); normal([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.3274685, -0.8426258], dtype=float32)>
    """
    random.state.set_seed(plain_seed(seed))


@op("random.normal")
@spreads
def normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = float32, seed: Any = None, name: str | None = None
) -> Tensor:
    """Normally distributed numbers of the given shape, mean and standard deviation (which broadcast).

    dtype: float16, bfloat16, float32 or float64. seed: see `set_seed`.

    >>> set_seed(42); normal(2, 2, mean=10., stddev=2.)
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[10.654937 ,  8.314749 ],
           [10.638867 ,  7.1848965]], dtype=float32)>
    """
    return _bell("RandomStandardNormal", philox.normal, shape, mean, stddev, dtype, seed)


@op("random.truncated_normal")
@spreads
def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = float32, seed: Any = None, name: str | None = None
) -> Tensor:
    """Normally distributed numbers within two standard deviations of the mean; others are drawn again.

    >>> set_seed(42); truncated_normal([3])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([ 0.3274685, -0.8426258,  0.3194337], dtype=float32)>
    """
    return _bell("TruncatedNormal", philox.truncated_normal, shape, mean, stddev, dtype, seed)


def _bell(kernel: str, draw: Any, shape: Any, mean: Any, stddev: Any, dtype: Any, seed: Any) -> Tensor:
    dtype, shape = float_dtype(dtype), shape_tensor(shape)
    shift, factor = argument("mean", mean, dtype), argument("stddev", stddev, dtype)
    seeds = random.state.op_seeds(plain_seed(seed))
    drawn = _floats(kernel, draw, seeds, shape, dtype)
    if type(mean) is float and type(stddev) is float and (mean, stddev) == (0.0, 1.0) and dtype in (float32, float64):
        return drawn  # the arithmetic would change nothing: these two dtypes hold no -0. here
    return scaled(drawn, factor, shift)


@op("random.uniform")
@spreads
def uniform(
    shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = float32, seed: Any = None, name: str | None = None
) -> Tensor:
    """Numbers evenly distributed in [minval, maxval): floats in [0, 1) by default, or int32 or int64.

    For floats the bounds broadcast; for integers they are scalars, and maxval must be given (ValueError).
    Raises InvalidArgumentError for an empty range of integers.

    >>> set_seed(42); uniform([3])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.6645621 , 0.44100678, 0.3528825 ], dtype=float32)>
    >>> set_seed(42); uniform([5], 0, 10, dtype=int32)
    <tf.Tensor: shape=(5,), dtype=int32, numpy=array([7, 9, 1, 6, 2], dtype=int32)>
    """
    dtype = as_dtype(dtype)
    check_dtype_argument(dtype, (float16, bfloat16, float32, float64, int32, int64))
    if maxval is None:
        if dtype.is_integer:
            raise explain(
                ValueError(f"Must specify maxval for integer dtype {dtype!r}"),
                hint=f"write uniform(shape, maxval=10, dtype={dtype.name}) for integers from 0 to 9",
            )
        maxval = 1
    shape = shape_tensor(shape)
    from_zero = isinstance(minval, int) and minval == 0
    to_one = isinstance(maxval, int) and maxval == 1
    if not (from_zero and to_one) or dtype.is_integer:
        minval, maxval = argument("min", minval, dtype), argument("max", maxval, dtype)
    seeds = random.state.op_seeds(plain_seed(seed))
    if dtype.is_integer:
        kernel = "RandomUniformInt"
        integer_bounds(kernel, minval, maxval)
        return _integers(kernel, seeds, shape, minval, maxval)
    drawn = _floats("RandomUniform", philox.uniform, seeds, shape, dtype)
    if from_zero:
        return drawn if to_one else ops.multiply(drawn, maxval)
    return scaled(drawn, ops.subtract(maxval, minval), minval)


@op("random.shuffle")
def shuffle(value: Any, seed: Any = None, name: str | None = None) -> Tensor:
    """The rows of a tensor (its entries along the first axis) in random order.

    >>> set_seed(42); shuffle([1, 2, 3, 4, 5, 6])
    <tf.Tensor: shape=(6,), dtype=int32, numpy=array([2, 6, 4, 3, 5, 1], dtype=int32)>
    """
    seeds = random.state.op_seeds(plain_seed(seed))
    x = as_tensor(value)
    array = x._array
    if array.size <= 1 or len(array) <= 1:
        return x
    return _shuffled(x, seeds)


@effects.drawn
def _shuffled(x: Tensor, seeds: tuple[int, int] | None) -> Tensor:
    array = x._array
    reserve = random.reserve_for_shuffle(len(array))
    stream = random.state.stream(("RandomShuffle", x.dtype.name), seeds, reserve)
    xp = backend.module_of(array)
    return wrap(xp.take(array, distributions.permutation(xp, stream, len(array)), axis=0))


@op("random.categorical")
def categorical(logits: Any, num_samples: Any, dtype: Any = None, seed: Any = None, name: str | None = None) -> Tensor:
    """Classes drawn by the probabilities softmax(row), for every row of `logits`: shape (rows, num_samples).

    dtype: int64 (default) or int32. Raises InvalidArgumentError unless logits are a matrix.
    logits: float (rows, classes).

    >>> set_seed(42); categorical(log([[.2, .3, .5]]), 8)
    <tf.Tensor: shape=(1, 8), dtype=int64, numpy=array([[1, 2, 1, 2, 2, 1, 0, 2]])>
    """
    kernel = "Multinomial"
    logits = as_tensor(logits)
    dtype = as_dtype(dtype) if dtype else int64
    check_dtype_argument(dtype, (int32, int64))
    seeds = random.state.op_seeds(plain_seed(seed))
    samples = as_tensor(num_samples) if is_tensor(num_samples) else as_tensor(num_samples, int32)
    if samples.dtype is not int32:
        raise mismatch(kernel, 1, as_tensor(0), samples, ("logits", "num_samples"))
    seed1, seed2 = seeds or (0, 0)
    attrs = f"output_dtype={attr_name(dtype)}, seed={seed1}, seed2={seed2}"
    count = check_logits(kernel, logits, samples, attrs)
    reserve = random.reserve_for_categorical(logits._array.shape[0], count)
    stream = random.state.stream((kernel, logits.dtype.name, dtype.name), seeds, reserve)
    return draw_categories(stream, logits, count, dtype)


@op("random.gamma")
def gamma(
    shape: Any, alpha: Any, beta: Any = None, dtype: Any = float32, seed: Any = None, name: str | None = None
) -> Tensor:
    """Draws from the Gamma distributions with shape parameters `alpha` and rates `beta` (1 if None).

    The result has the shape `shape` + that of alpha and beta broadcast: `shape` draws of each distribution.
    It is differentiable with regard to both (Figurnov et al., "Implicit reparameterization gradients", 2018).

    alpha: float of any shape. beta: of a shape that broadcasts with alpha; None: 1.

    >>> set_seed(42); gamma([3], 2.)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([2.6936672, 2.0940087, 0.9814205], dtype=float32)>
    """
    kernel = "RandomGamma"
    shape = argument("shape", shape, int32)
    alpha, rate = gamma_parameters(alpha, beta, dtype)
    seeds = random.state.op_seeds(plain_seed(seed))
    sizes = _lead(kernel, shape)
    reserve = random.reserve_for_outputs(math.prod(sizes) * alpha._array.size)
    stream = random.state.stream((kernel, alpha.dtype.name), seeds, reserve)
    return gamma_draws(stream, sizes + alpha._array.shape, alpha, rate)


@op("random.poisson")
@spreads
def poisson(shape: Any, lam: Any, dtype: Any = float32, seed: Any = None, name: str | None = None) -> Tensor:
    """Draws from the Poisson distributions with rates `lam`, of shape `shape` + that of lam.

    dtype: float16, float32, float64, int32 or int64.

    >>> set_seed(42); poisson([5], 3.)
    <tf.Tensor: shape=(5,), dtype=float32, numpy=array([4., 3., 5., 1., 2.], dtype=float32)>
    """
    kernel = "RandomPoissonV2"
    shape = argument("shape", shape, int32)
    seeds = random.state.op_seeds(plain_seed(seed))
    rate, dtype = as_tensor(float(lam) if isinstance(lam, bool) else lam), as_dtype(dtype)
    check_attr(kernel, "R", rate.dtype, COUNTS)
    check_attr(kernel, "dtype", dtype, COUNTS)
    sizes = sizes_of(kernel, shape) + rate._array.shape
    reserve = random.reserve_for_outputs(math.prod(sizes))
    stream = random.state.stream((kernel, rate.dtype.name, dtype.name), seeds, reserve)
    return _poisson(rate, stream=stream, sizes=sizes, dtype=dtype)


@primitive(joint=no_gradient("RandomPoissonV2"))
def _poisson(xp, rate, stream, sizes, dtype):
    return draw_counts(distributions.poisson, stream, [rate], sizes, dtype)


def _lead(kernel: str, shape: Tensor) -> tuple[int, ...]:
    """The sizes of gamma's `shape`, about which TensorFlow complains in its own words."""
    array = shape._array
    if array.ndim != 1:
        content = str(backend.to_host(array).tolist())
        content = content[1:-1] if array.ndim else content
        raise invalid(
            kernel,
            f"shape must be a vector of {{int32,int64}}, got shape: Tensor<type: int32 "
            f"shape: {bracketed(array.shape)} values: {content}>",
            summary=f"the shape must be a list of sizes, and is of rank {array.ndim}",
            hint="write it as a list, as in [2, 3]",
        )
    return sizes_of(kernel, shape)


def _stream(
    kernel: str, seeds: tuple[int, int] | None, sizes: tuple[int, ...], dtype: DType, shape_dtype: DType
) -> Stream:
    """The stream of an op that makes a tensor of these sizes."""
    reserve = random.reserve_for_outputs(math.prod(sizes))
    return random.state.stream((kernel, dtype.name, shape_dtype.name), seeds, reserve)


@effects.drawn
def _integers(kernel: str, seeds: tuple[int, int] | None, shape: Tensor, low: Tensor, high: Tensor) -> Tensor:
    sizes = sizes_of(kernel, shape, "T")
    return draw_integers(kernel, _stream(kernel, seeds, sizes, low.dtype, shape.dtype), sizes, low, high)


@effects.drawn
def _floats(kernel: str, draw: Any, seeds: tuple[int, int] | None, shape: Tensor, dtype: DType) -> Tensor:
    check_attr(kernel, "dtype", dtype, HALF_FIRST)
    sizes = sizes_of(kernel, shape, "T")
    return draw_floats(draw, _stream(kernel, seeds, sizes, dtype, shape.dtype), sizes, dtype)


# ---------------------------------------------------------------- gamma, for the stateless op too


def gamma_parameters(alpha: Any, beta: Any, dtype: Any) -> tuple[Tensor, Tensor]:
    """alpha, broadcast to the shape of alpha and beta, and beta."""
    dtype = as_dtype(dtype)
    if dtype is bfloat16:
        raise explain(
            ValueError("data type <class 'ml_dtypes.bfloat16'> not inexact"),
            summary="gamma: there is no bfloat16 gamma",
            hint="draw float32 and cast: cast(gamma(shape, alpha), bfloat16)",
        )
    alpha = argument("alpha", alpha, dtype)
    rate = argument("beta", 1 if beta is None else beta, dtype)
    try:
        both = np.broadcast_shapes(alpha._array.shape, rate._array.shape)
    except ValueError:
        shapes = f"{bracketed(alpha._array.shape)} vs. {bracketed(rate._array.shape)}"
        raise invalid(
            "BroadcastArgs",
            f"Incompatible shapes: {shapes}",
            summary="gamma: alpha and beta do not broadcast",
            operands=[("alpha", alpha), ("beta", rate)],
        ) from None
    check_attr("RandomGamma", "T", dtype, FLOATS[1:])
    return ops.broadcast_to(alpha, both), rate


def gamma_draws(stream: Stream, sizes: tuple[int, ...], alpha: Tensor, rate: Tensor) -> Tensor:
    """Draws of shape `sizes`, which ends with alpha's shape; never 0, but the smallest normal number."""
    smallest = np.finfo(alpha._array.dtype).tiny
    return ops.maximum(as_tensor(smallest), _gamma(alpha, stream=stream, sizes=sizes) / rate)


@primitive(joint=no_gradient("RandomGammaGrad"))
def _gamma_derivative(xp, alpha, sample):
    return sample_derivative(xp, *xp.broadcast_arrays(alpha, sample)).astype(alpha.dtype)


@primitive(lambda g, y, alpha, stream, sizes: g * _gamma_derivative(alpha, y))
def _gamma(xp, alpha, stream, sizes):
    samples = math.prod(sizes) // alpha.size if alpha.size else 0
    drawn = distributions.gamma(xp, stream, alpha.reshape(-1), samples).reshape(sizes)
    return (drawn.astype(xp.float32) if alpha.dtype == xp.float16 else drawn).astype(alpha.dtype)
