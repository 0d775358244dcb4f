"""Random tensors that are functions of their seed: the stateless ops, and how one seed becomes several.

A seed is two integers (int32 or int64), a list or a tensor; the same seed gives the same numbers at every
call, TensorFlow's to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..runtime import backend, distributions, philox
from ..runtime.dtypes import FLOATS, HALF_FIRST, DType, as_dtype, bfloat16, float32, int32, int64, uint32, uint64
from ..runtime.errors import bracketed, explain, invalid
from ..runtime.philox import M32
from ..runtime.streams import stateless_stream
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from .random_rules import (
    COUNTS,
    INTEGERS,
    argument,
    attr_name,
    check_attr,
    check_dtype_argument,
    check_ends_with,
    check_logits,
    draw_categories,
    draw_counts,
    draw_floats,
    draw_full_range,
    draw_integers,
    float_dtype,
    integer_bounds,
    no_kernel,
    scaled,
    shape_tensor,
    sizes_of,
    stateless_seed,
    two_integers,
)
from .registry import no_gradient, op, ops, primitive
from .rules import check_dtype, mismatch

_SHUFFLE_KEY = 498247692  # what TensorFlow puts before the two words of a seed
FLOAT_COUNTS = "write the counts as floats, of the dtype of the probabilities"


@op("random.stateless_uniform")
def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Numbers evenly distributed in [minval, maxval), a function of `seed`; or integers of any value if both
    bounds are None and dtype is int32, int64, uint32 or uint64.

    Raises ValueError for integers with only one bound, or unsigned ones with bounds.

    >>> stateless_uniform([3], seed=[1, 2])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.8440604 , 0.19204533, 0.9962232 ], dtype=float32)>
    >>> stateless_uniform([2], seed=[1, 2], minval=None, maxval=None, dtype=uint32)
    <tf.Tensor: shape=(2,), dtype=uint32, numpy=array([1105988140, 1738052849], dtype=uint32)>
    """
    dtype = as_dtype(dtype)
    check_dtype_argument(dtype, (*HALF_FIRST, *INTEGERS))
    if dtype.is_integer:
        if (minval is None) != (maxval is None):
            raise explain(
                ValueError(
                    f"For integer `dtype` argument {dtype}, argument `minval` and `maxval` must be both None "
                    f"or not None. Got `minval`={minval} and `maxval`={maxval}."
                ),
                hint="give both bounds, or minval=None, maxval=None for integers of any value",
            )
        if minval is not None and dtype in (uint32, uint64):
            raise ValueError(
                f"Argument `dtype` got invalid value {dtype} when argument `minval` is not None. Please "
                "don't use unsigned integers in this case."
            )
    elif maxval is None:
        maxval = 1
    shape = shape_tensor(shape)
    if dtype.is_integer and minval is None:
        kernel = "StatelessRandomUniformFullIntV2"
        stream = stateless_seed(kernel, seed, alg)
        return draw_full_range(kernel, stream, sizes_of(kernel, shape), dtype)
    low, high = argument("min", minval, dtype), argument("max", maxval, dtype)
    if dtype.is_integer:
        kernel = "StatelessRandomUniformIntV2"
        stream = stateless_seed(kernel, seed, alg)
        integer_bounds(kernel, low, high)
        return draw_integers(kernel, stream, sizes_of(kernel, shape), low, high)
    kernel = "StatelessRandomUniformV2"
    stream = stateless_seed(kernel, seed, alg)
    drawn = draw_floats(philox.uniform, stream, sizes_of(kernel, shape), dtype)
    return scaled(drawn, ops.subtract(high, low), low)


@op("random.stateless_normal")
def stateless_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Normally distributed numbers, a function of `seed`.

    >>> stateless_normal([3], seed=[1, 2])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([0.5441101 , 0.20738031, 0.07356432], dtype=float32)>
    """
    return _bell("StatelessRandomNormalV2", philox.normal, shape, seed, mean, stddev, dtype, alg)


@op("random.stateless_truncated_normal")
def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Normally distributed numbers within two standard deviations of the mean, a function of `seed`.

    >>> stateless_truncated_normal([2], seed=[1, 2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5441101 , 0.20738031], dtype=float32)>
    """
    return _bell("StatelessTruncatedNormalV2", philox.truncated_normal, shape, seed, mean, stddev, dtype, alg)


def _bell(kernel: str, draw: Any, shape: Any, seed: Any, mean: Any, stddev: Any, dtype: Any, alg: Any) -> Tensor:
    dtype, shape = float_dtype(dtype), shape_tensor(shape)
    shift, factor = argument("mean", mean, dtype), argument("stddev", stddev, dtype)
    stream = stateless_seed(kernel, seed, alg)
    check_attr(kernel, "dtype", dtype, HALF_FIRST)
    return scaled(draw_floats(draw, stream, sizes_of(kernel, shape), dtype), factor, shift)


@op("random.stateless_categorical")
def stateless_categorical(
    logits: Any, num_samples: Any, seed: Any, dtype: Any = int64, name: str | None = None
) -> Tensor:
    """Classes drawn by the probabilities softmax(row) for every row of `logits`, a function of `seed`.

    logits: float (rows, classes).

    >>> stateless_categorical([[.1, .2]], 5, seed=[1, 2])
    <tf.Tensor: shape=(1, 5), dtype=int64, numpy=array([[1, 1, 0, 1, 1]])>
    """
    kernel = "StatelessMultinomial"
    logits = as_tensor(logits)
    dtype = as_dtype(dtype) if dtype else int64
    check_dtype_argument(dtype, (int32, int64))
    stream = _scrambled(kernel, seed)
    attrs = f"Tseed={attr_name(as_tensor(seed).dtype)}, output_dtype={attr_name(dtype)}"
    count = check_logits(kernel, logits, as_tensor(num_samples, int32), attrs, None)
    return draw_categories(stream, logits, count, dtype)


@op("random.stateless_gamma")
def stateless_gamma(
    shape: Any, seed: Any, alpha: Any, beta: Any = None, dtype: Any = float32, name: str | None = None
) -> Tensor:
    """Draws from Gamma distributions, a function of `seed`. Unlike for `gamma`, `shape` is the whole
    result's: it ends with the shape of alpha and beta, broadcast (else InvalidArgumentError). Differentiable
    as `gamma` is.

    By the method of Marsaglia and Tsang (2000).

    alpha: float of any shape. beta: of a shape that broadcasts with alpha; None: 1.

    >>> stateless_gamma([3], seed=[1, 2], alpha=2.)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([2.8172736, 1.9241365, 3.3360066], dtype=float32)>
    """
    from .sampling import gamma_draws, gamma_parameters

    kernel = "StatelessRandomGammaV3"
    shape = shape_tensor(shape)
    if as_dtype(dtype) is bfloat16:
        check_dtype(kernel, as_tensor(alpha, dtype), FLOATS[1:], FLOATS[1:], "alpha", "dtype")
    alpha, rate = gamma_parameters(alpha, beta, dtype)
    stream = stateless_seed(kernel, seed)
    sizes = sizes_of(kernel, shape)
    check_ends_with(kernel, sizes, alpha._array.shape)
    return gamma_draws(stream, sizes, alpha, rate)


@op("random.stateless_poisson")
def stateless_poisson(shape: Any, seed: Any, lam: Any, dtype: Any = int32, name: str | None = None) -> Tensor:
    """Draws from Poisson distributions, a function of `seed`; `shape` ends with the shape of `lam`.

    >>> stateless_poisson([3, 2], seed=[1, 2], lam=[2., 30.])
    <tf.Tensor: shape=(3, 2), dtype=int32, numpy=
    array([[ 3, 45],
           [ 4, 25],
           [ 3, 35]], dtype=int32)>
    """
    kernel = "StatelessRandomPoisson"
    shape, rate, dtype = shape_tensor(shape), as_tensor(lam), as_dtype(dtype)
    check_attr(kernel, "Rtype", rate.dtype, COUNTS, None)
    check_attr(kernel, "dtype", dtype, COUNTS, None)
    stream = _scrambled(kernel, seed)
    sizes = sizes_of(kernel, shape, "T", None)
    check_ends_with(kernel, sizes, rate._array.shape, None)
    return wrap(draw_counts(distributions.poisson, stream, [rate._array], sizes, dtype))


@op("random.stateless_binomial")
def stateless_binomial(
    shape: Any, seed: Any, counts: Any, probs: Any, output_dtype: Any = int32, name: str | None = None
) -> Tensor:
    """Draws from binomial distributions of `counts` trials with success probability `probs`, a function of
    `seed`; `shape` ends with the shape of the two, broadcast.

    probs: the probabilities of success, of a shape that broadcasts with counts.

    >>> stateless_binomial([3, 2], seed=[1, 2], counts=[10., 100.], probs=.5)
    <tf.Tensor: shape=(3, 2), dtype=int32, numpy=
    array([[ 6, 63],
           [ 6, 45],
           [ 7, 54]], dtype=int32)>
    """
    kernel = "StatelessRandomBinomial"
    shape = shape_tensor(shape)
    probs = as_tensor(probs, hint=float32)
    counts = as_tensor(counts, hint=probs.dtype)
    dtype = as_dtype(output_dtype)

    def refusal(counts_dtype: str) -> BaseException:
        seed_dtype, shape_dtype = attr_name(as_tensor(seed).dtype), attr_name(shape.dtype)
        attrs = f"S={shape_dtype}, T={counts_dtype}, Tseed={seed_dtype}, dtype={attr_name(dtype)}"
        return no_kernel(kernel, attrs, FLOAT_COUNTS)

    counts, probs = binomial_parameters(kernel, counts, probs, dtype, refusal, None)
    stream = _scrambled(kernel, seed)
    sizes = binomial_sizes(kernel, shape, counts, None)
    return wrap(draw_counts(distributions.binomial, stream, [counts._array, probs._array], sizes, dtype))


def binomial_parameters(
    kernel: str, counts: Tensor, probs: Tensor, dtype: DType, refusal: Callable[[str], BaseException], name: Any
) -> tuple[Tensor, Tensor]:
    """Counts and probabilities, broadcast. Raises unless they are floats of one dtype that broadcast.

    refusal: makes the error for counts that are integers, of the kernel's attributes.
    """
    check_attr(kernel, "T", counts.dtype, COUNTS, name)
    check_attr(kernel, "dtype", dtype, COUNTS, name)
    if counts.dtype.is_integer:
        raise refusal(attr_name(counts.dtype))
    if counts.dtype is not probs.dtype:
        raise mismatch(kernel, 3, counts, probs, ("counts", "probs"))
    xp = backend.module_of(counts._array)
    try:
        both = xp.broadcast_arrays(counts._array, probs._array)
    except ValueError:
        shapes = f"{bracketed(counts._array.shape)} vs. {bracketed(probs._array.shape)}"
        raise invalid(
            kernel,
            f"counts and probs must have compatible batch dimensions: {shapes}",
            summary="binomial: counts and probs do not broadcast",
            operands=[("counts", counts), ("probs", probs)],
            name=name,
        ) from None
    return wrap(both[0]), wrap(both[1])


def binomial_sizes(kernel: str, shape: Tensor, counts: Tensor, name: str | None = "") -> tuple[int, ...]:
    if shape._array.ndim != 1:
        message = f"Input shape should be a vector, got shape: {bracketed(shape._array.shape)}"
        raise invalid(kernel, message, hint="write the shape as a list, as in [2, 3]", name=name)
    sizes = sizes_of(kernel, shape, "S", name)
    check_ends_with(kernel, sizes, counts._array.shape, name)
    return sizes


def _scrambled(kernel: str, seed: Any) -> Any:
    """The stream of a stateless op that scrambles its seed itself."""
    return stateless_stream(*two_integers(kernel, seed, as_tensor(seed, hint=int64)))


# ---------------------------------------------------------------- seeds from seeds


@op("random.split random.experimental.stateless_split", short=False)
def stateless_split(seed: Any, num: Any = 2, alg: Any = "auto_select") -> Tensor:
    """`num` new seeds from one, as the rows of a tensor of shape (num, 2) and the seed's dtype.

    >>> tf.random.split([1, 2], 3)
    <tf.Tensor: shape=(3, 2), dtype=int32, numpy=
    array([[1105988140, 1738052849],
           [-335576002,  370444179],
           [  10670227, -246211131]], dtype=int32)>
    """
    seed = as_tensor(seed)
    return stateless_uniform([num, 2], seed, None, None, seed.dtype, alg=alg)


@op("random.fold_in random.experimental.stateless_fold_in")
def fold_in(seed: Any, data: Any, alg: Any = "auto_select") -> Tensor:
    """A new seed, of the dtype of `data`, from a seed and an integer (a step number, say).

    data: an integer of shape ().

    >>> fold_in([1, 2], 3)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1105988140,          3], dtype=int32)>
    """
    data = as_tensor(data)
    return ops.stack([stateless_uniform([], seed, None, None, data.dtype, alg=alg), data])


@primitive(joint=no_gradient("StatelessShuffle"))
def _stateless_shuffle(xp, x, stream):
    return xp.take(x, distributions.permutation(xp, stream, x.shape[0]), axis=0)


@op("random.experimental.stateless_shuffle")
def stateless_shuffle(value: Any, seed: Any, alg: Any = "auto_select", name: str | None = None) -> Tensor:
    """The rows of a tensor (its entries along the first axis) in an order that is a function of `seed`.

    >>> stateless_shuffle([1, 2, 3, 4], seed=[1, 2])
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([1, 4, 3, 2], dtype=int32)>
    """
    stream = stateless_seed("StatelessShuffle", seed, alg)
    x = as_tensor(value)
    return _stateless_shuffle(x, stream=stream) if x._array.ndim else x


@op("random.experimental.index_shuffle")
def index_shuffle(index: Any, seed: Any, max_index: Any) -> Tensor:
    """Where `index` (a scalar or a vector of them) lies in a permutation of 0 ... max_index, which `seed`
    chooses; the permutation itself is never made.

    By rounds of the block cipher Simon (Beaulieu et al., 2013).

    index: integers. max_index: the largest index, included.
    Raises InvalidArgumentError unless the index is a scalar or a vector, and the seed two integers.

    >>> index_shuffle(range(4), seed=[5, 9], max_index=3)
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([2, 0, 1, 3], dtype=int32)>
    """
    kernel = "RandomIndexShuffle"
    seed, listed = as_tensor(seed), not is_tensor(index) and not isinstance(index, int)
    index = as_tensor(index)
    limit = as_tensor(max_index, index.dtype)
    name = None if listed else ""
    check_attr(kernel, "dtype", index.dtype, (int32, uint32, int64, uint64), name)
    check_attr(kernel, "Tseed", seed.dtype, (int32, uint32, int64, uint64), name)
    shapes = {t._array.shape for t in (index, limit)} - {()}
    if len(shapes) > 1 or any(len(shape) > 1 for shape in shapes):
        raise invalid(
            kernel,
            "Index bust be a scalar or vector.",
            summary="index_shuffle: index and max_index must be scalars, or vectors of one length",
            operands=[("index", index), ("max_index", limit)],
            name=name,
        )
    shape = shapes.pop() if shapes else ()
    if seed._array.shape != (2,):
        count, padded = (shape[0] if shape else 1), [n + (not i) for i, n in enumerate(seed._array.shape)]
        raise invalid(
            kernel,
            f"Seed must be a vector of size [3] or a matrix of size [{count}, 3] but got {bracketed(padded)}.",
            summary="index_shuffle: the seed is two integers",
            operands=[("seed", seed)],
            name=name,
        )
    words = tuple(part & M32 for part in backend.to_host(seed._array).tolist())
    indices, limits = (_listed(t, shape) for t in (index, limit))
    for i, last in zip(indices, limits):
        _check_index(kernel, i, last, name)
    xp = backend.module_of(index._array)
    found = xp.zeros((len(indices),), dtype=xp.uint64)
    for last in set(limits):
        which = xp.array([n for n, other in enumerate(limits) if other == last], dtype=xp.int64)
        chosen = xp.array([i for i, other in zip(indices, limits) if other == last], dtype=xp.uint64)
        found[which] = distributions.index_shuffle(xp, chosen, (_SHUFFLE_KEY, *words), last)
    return wrap(found.astype(index._array.dtype).reshape(shape))


def _listed(t: Tensor, shape: tuple[int, ...]) -> list[int]:
    """The integers of a scalar or vector, as many as the other argument has."""
    values = backend.to_host(t._array).reshape(-1).tolist()
    return values if t._array.ndim or not shape else values * shape[0]


def _check_index(kernel: str, index: int, last: int, name: str | None) -> None:
    if index < 0:
        message = f"index must be >= 0 but was {index}"
    elif last < 0:
        message = f"max_index must be >= 0 but was {last}"
    elif index > last:
        message = f"max_index must be >= index, but {last} < {index}"
    else:
        return
    raise invalid(kernel, message, summary=f"index_shuffle: {message}", name=name)
