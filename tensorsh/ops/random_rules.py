"""What random ops share: their shape argument, their parameters, seeds of the stateless ones, and the draws
themselves.

A draw (`draw_floats`, `draw_integers` ...) takes a `Stream` and gives a new tensor in the active array
module. The order of conversions, seeds and checks is TensorFlow's, since a call that fails has drawn its seed
by then.
"""

from __future__ import annotations

import enum
import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime import backend, distributions, philox
from ..runtime.dtypes import ORDERED, DType, as_dtype, float16, float32, float64, int32, int64, names, uint32, uint64
from ..runtime.errors import NotFoundError, bracketed, explain, invalid
from ..runtime.philox import Stream
from ..runtime.streams import stateless_stream
from ..runtime.tensor import Tensor, as_tensor, is_tensor, wrap
from .registry import ops

INTEGERS = (int32, int64, uint32, uint64)
COUNTS = (float16, float32, float64, int32, int64)  # what the discrete distributions take and give


class Algorithm(enum.Enum):
    """The algorithms that TensorFlow names. On a CPU or a GPU here, all numbers are Philox's."""

    PHILOX = 1
    THREEFRY = 2
    AUTO_SELECT = 3

    @enum.property
    def name(self) -> str:
        """`PHILOX`."""
        return self._name_

    @enum.property
    def value(self) -> int:
        """TensorFlow's number of the algorithm."""
        return self._value_


def algorithm_number(alg: Any) -> int:
    """`alg` (a number, a name, an Algorithm, or None for automatic) as a number. Raises ValueError,
    TypeError.
    """
    if alg is None:
        return Algorithm.AUTO_SELECT.value
    if isinstance(alg, Algorithm):
        return alg.value
    if is_tensor(alg) or type(alg) is int:
        known = [a.value for a in Algorithm]
        if int(alg) not in known:
            raise ValueError(_unsupported(int(alg), known))
        return int(alg)
    if isinstance(alg, str):
        found = _ALGORITHM_NAMES.get(alg.strip().lower().replace("-", "").replace("_", ""))
        if found is None:
            raise ValueError(_unsupported(alg, ["philox", "threefry", "auto_select"]))
        return found.value
    raise TypeError(f"Can't convert argument `alg` (of value {alg} and type {type(alg)}) to int.")


_ALGORITHM_NAMES = {a.name.lower().replace("_", ""): a for a in Algorithm}


def _unsupported(alg: Any, known: list[Any]) -> str:
    return (
        f"Argument `alg` got unsupported value {alg}. Supported values are {known[0]} for the Philox "
        f"algorithm, {known[1]} for the ThreeFry algorithm, and {known[2]} for auto-selection."
    )


def spreads(function: Callable[..., Any], at: int = 0) -> Callable[..., Any]:
    """Let an op whose argument number `at` is a shape take it spread: `normal(2, 1)` is `normal([2, 1])`."""

    @functools.wraps(function)
    def public(*args: Any, **options: Any) -> Any:
        if len(args) > at and type(args[at]) is int and all(type(a) is int for a in args[at:]):
            args = (*args[:at], list(args[at:]))
        return function(*args, **options)

    return public


# ---------------------------------------------------------------- arguments


def argument(name: str, value: Any, dtype: Any, hint: Any = None) -> Tensor:
    """A parameter as a tensor; TensorFlow's errors about a tensor of another dtype begin with its name."""
    try:
        return as_tensor(value, dtype, hint)
    except ValueError as error:
        if not is_tensor(value):
            raise
        raise explain(ValueError(f"{name}: {error}"), hint=getattr(error, "hint", None)) from None


def plain_seed(seed: Any) -> Any:
    """An op's seed, or the global one, given as a tensor or an array: the number that it holds."""
    return int(seed) if is_tensor(seed) or isinstance(seed, np.ndarray) else seed


def float_dtype(dtype: Any) -> DType:
    if dtype is None:
        raise TypeError("Expected DataType for argument 'dtype' not None.")
    return as_dtype(dtype)


def check_attr(kernel: str, attr: str, dtype: DType, allowed: tuple[DType, ...], name: str | None = "") -> None:
    """Raise TensorFlow's error unless a dtype that was asked for is one that the kernel has."""
    if dtype not in allowed:
        listed = f"is not in the list of allowed values: {names(allowed)}"
        message = f"Value for attr '{attr}' of {dtype.kernel_name} {listed}"
        choices = ", ".join(d.name for d in allowed)
        raise invalid(kernel, message, summary=f"{kernel}: {dtype.name} is none of {choices}", name=name)


def no_kernel(kernel: str, attrs: str, hint: str) -> BaseException:
    """TensorFlow's error for dtypes that an op names but that its CPU kernel lacks."""
    return explain(
        NotFoundError(
            f"Could not find device for node: {{{{node {kernel}}}}} = {kernel}[{attrs}] [Op:{kernel}] name: "
        ),
        summary=f"{kernel} has no kernel for these dtypes",
        hint=hint,
    )


def attr_name(dtype: DType) -> str:
    """`DT_FLOAT`: a dtype as TensorFlow writes it among a kernel's attributes."""
    return "DT_" + dtype.kernel_name.upper()


def shape_tensor(shape: Any) -> Tensor:
    """A shape argument as a tensor: int32, unless it is a tensor of another dtype."""
    if isinstance(shape, (list, tuple)) and not shape:
        return wrap(np.zeros((0,), np.int32))
    return as_tensor(shape)


def sizes_of(kernel: str, shape: Tensor, attr: str = "Tshape", name: str | None = "") -> tuple[int, ...]:
    """The sizes that a shape argument tells. Raises InvalidArgumentError unless it is a vector of whole
    numbers.
    """
    check_attr(kernel, attr, shape.dtype, (int32, int64), name)
    if shape._array.ndim != 1:
        raise invalid(
            kernel,
            f"shape must be a vector of {{int32,int64}}, got shape {bracketed(shape._array.shape)}",
            summary=f"the shape must be a list of sizes, and is of rank {shape._array.ndim}",
            hint="write it as a list, as in [2, 3]",
            name=name,
        )
    sizes = tuple(backend.to_host(shape._array).tolist())
    for size in sizes:
        if size < 0:
            raise invalid(
                kernel,
                f"Dimension {size} must be >= 0",
                summary=f"a size cannot be negative: {size} in {bracketed(sizes)}",
                name=name,
            )
    return sizes


def stateless_seed(kernel: str, seed: Any, alg: Any = "auto_select") -> Stream:
    """The stream of a stateless op. Raises InvalidArgumentError unless `seed` is two integers."""
    number = algorithm_number(alg)
    given = as_tensor(seed, hint=int64)
    if number == Algorithm.THREEFRY.value:
        raise invalid(
            kernel,
            "counter must be a vector with length at least 2; got shape: [1]. (Note that batched counters "
            "are not supported yet.)",
            summary="there is no ThreeFry generator here",
            hint="leave alg out, or write alg='philox'",
        )
    if number == Algorithm.AUTO_SELECT.value:
        two_integers("StatelessRandomGetKeyCounter", seed, given)
    elif given._array.shape[:1] < (2,):
        raise _seed_shape("StatelessRandomGetKeyCounter", given, None)
    first, second = (int(part) for part in backend.to_host(given._array).tolist()[:2])
    return stateless_stream(first, second)


def two_integers(kernel: str, seed: Any, given: Tensor) -> tuple[int, int]:
    """The two integers of a stateless seed, as TensorFlow's kernels check them."""
    name = "" if is_tensor(seed) or not given._array.ndim else None
    check_attr(kernel, "Tseed", given.dtype, (int32, int64), name)
    if given._array.shape != (2,):
        raise _seed_shape(kernel, given, name)
    first, second = backend.to_host(given._array).tolist()
    return first, second


def _seed_shape(kernel: str, given: Tensor, name: str | None) -> BaseException:
    return invalid(
        kernel,
        f"seed must have shape [2], not {bracketed(given._array.shape)}",
        summary="a stateless seed is two integers",
        operands=[("seed", given)],
        hint="write seed=[1, 2]",
        name=name,
    )


# ---------------------------------------------------------------- draws


def draw_floats(draw: Callable[..., Any], stream: Stream, sizes: tuple[int, ...], dtype: DType) -> Tensor:
    """Numbers that `philox.uniform`, `normal` or `truncated_normal` makes."""
    return wrap(draw(backend.active, stream, math.prod(sizes), dtype.name).reshape(sizes))


def draw_full_range(kernel: str, stream: Stream, sizes: tuple[int, ...], dtype: DType) -> Tensor:
    """Integers of any value that the dtype holds."""
    check_attr(kernel, "dtype", dtype, INTEGERS)
    count = math.prod(sizes)
    return wrap(philox.full_range_integers(backend.active, stream, count, dtype.name).reshape(sizes))


def integer_bounds(kernel: str, low: Tensor, high: Tensor) -> None:
    """Check that the bounds of a range of integers are scalars."""
    for name, bound in (("minval", low), ("maxval", high)):
        if bound._array.ndim:
            raise invalid(
                kernel,
                f"{name} must be 0-D, got shape {bracketed(bound._array.shape)}",
                summary=f"{kernel}: the bounds of integers must be scalars",
                operands=[(name, bound)],
                hint="draw floats in the ranges wanted, and cast them",
            )


def draw_integers(kernel: str, stream: Stream, sizes: tuple[int, ...], low: Tensor, high: Tensor) -> Tensor:
    """Integers in [low, high). Raises InvalidArgumentError if there are none and some are asked for."""
    count, dtype, first, last = math.prod(sizes), low.dtype, int(low), int(high)
    if count and first >= last:
        raise invalid(
            kernel,
            f"Need minval < maxval, got {first} >= {last}",
            summary=f"no integer is at least {first} and below {last}",
        )
    if not count:
        return wrap(backend.active.empty(sizes, dtype=dtype.name))
    return wrap(philox.integers(backend.active, stream, count, first, last, dtype.name).reshape(sizes))


def scaled(drawn: Tensor, factor: Tensor, shift: Tensor) -> Tensor:
    """drawn * factor + shift, in ops, so that a tape sees the parameters."""
    return ops.add(ops.multiply(drawn, factor), shift)


def check_logits(kernel: str, logits: Tensor, samples: Tensor, attrs: str, name: str | None = "") -> int:
    """Check what `categorical` is given; the number of samples. `attrs` are the kernel's but the logits'
    dtype.
    """
    check_attr(kernel, "T", logits.dtype, ORDERED, name)
    rank = logits._array.ndim
    if rank != 2:
        raise invalid(
            kernel,
            f"logits should be a matrix, got shape {bracketed(logits._array.shape)}",
            summary=f"categorical: logits have a row for each distribution; these are of rank {rank}",
            operands=[("logits", logits)],
            hint="for one distribution write categorical([logits], n)" if rank == 1 else None,
            name=name,
        )
    if samples._array.ndim:
        message = f"num_samples should be a scalar, got shape {bracketed(samples._array.shape)}"
        raise invalid(kernel, message, summary="categorical: num_samples is one number", name=None)
    count = int(samples)
    if count < 0:
        message = f"num_samples should be non-negative, got {count}"
        raise invalid(kernel, message, summary=f"categorical: cannot draw {count} samples", name=name)
    if not logits._array.shape[1]:
        message = "num_classes should be positive, got 0"
        raise invalid(kernel, message, summary="categorical: there is no class to draw", name=name)
    if not logits.dtype.is_floating:
        raise no_kernel(kernel, f"T={attr_name(logits.dtype)}, {attrs}", "cast the logits: cast(logits, float32)")
    return count


def draw_categories(stream: Stream, logits: Tensor, samples: int, dtype: DType) -> Tensor:
    """`samples` classes for each row of logits."""
    array = backend.settled(logits._array)
    drawn = distributions.categorical(backend.module_of(array), stream, array, samples)
    return wrap(drawn.astype(dtype.name))


def draw_counts(
    draw: Callable[..., Any], stream: Stream, parameters: list[Any], sizes: tuple[int, ...], dtype: DType
) -> Any:
    """The array of a discrete distribution's draws: `sizes` ends with the shape of its parameters."""
    parameters = list(map(backend.settled, parameters))
    xp = backend.module_of(parameters[0])
    count = parameters[0].size
    samples = math.prod(sizes) // count if count else 0
    drawn = draw(xp, stream, *(p.reshape(-1) for p in parameters), samples)
    if dtype.is_integer:
        drawn = xp.where(xp.isfinite(drawn), drawn, 0.0)
    return drawn.astype(dtype.name).reshape(sizes)


def check_ends_with(kernel: str, sizes: tuple[int, ...], parameters: tuple[int, ...], name: str | None = "") -> None:
    """Raise InvalidArgumentError unless a shape ends with the shape of the distribution's parameters."""
    if len(parameters) > len(sizes) or sizes[len(sizes) - len(parameters) :] != parameters:
        raise invalid(
            kernel,
            "Shape passed in must end with broadcasted shape.",
            summary=f"the shape {bracketed(sizes)} must end with the parameters' {bracketed(parameters)}",
            hint=f"write shape=[n, {', '.join(map(str, parameters))}] for n draws of each",
            name=name,
        )


def check_dtype_argument(dtype: DType, accepted: tuple[DType, ...]) -> None:
    if dtype not in accepted:
        raise ValueError(f"Argument `dtype` got invalid value {dtype}. Accepted dtypes are {accepted}.")
