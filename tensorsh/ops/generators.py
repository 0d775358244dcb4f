"""tf.random.Generator: a random stream whose place is a variable, and the one that all programs share."""

from __future__ import annotations

import functools
import math
from typing import Any

from ..runtime import backend, distributions, effects, philox, random, streams
from ..runtime.dtypes import HALF_FIRST, as_dtype, float32, int32, int64, uint64
from ..runtime.errors import InvalidArgumentError, UnimplementedError, explain, invalid
from ..runtime.philox import Stream
from ..runtime.tensor import Tensor, as_tensor, wrap
from ..runtime.variable import Variable
from .random_rules import (
    INTEGERS,
    Algorithm,
    algorithm_number,
    argument,
    attr_name,
    check_attr,
    draw_counts,
    draw_floats,
    draw_full_range,
    draw_integers,
    float_dtype,
    integer_bounds,
    no_kernel,
    scaled,
    sizes_of,
    spreads,
)
from .registry import export, op, ops
from .stateless import FLOAT_COUNTS, binomial_parameters, binomial_sizes

_spreads = functools.partial(spreads, at=1)


class Generator:
    """A stream of random numbers. Its state, a variable of three int64 [counter, counter's high half, key],
    tells where it is; every draw moves it on.

    >>> g = Generator.from_seed(42); g.normal([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([-0.7565803 , -0.06854702], dtype=float32)>
    >>> g.state
    <tf.Variable 'StateVar:0' shape=(3,) dtype=int64, numpy=array([554,   0,   0])>
    """

    __module__ = "tensorflow.python.ops.stateful_random_ops"

    def __init__(self, copy_from: Any = None, state: Any = None, alg: Any = None) -> None:
        if copy_from is not None:
            assert (alg or state) is None
            self._alg, given = copy_from.algorithm, copy_from.state
        else:
            assert alg is not None and state is not None
            self._alg, given = algorithm_number(alg), state
            if isinstance(state, Variable):
                state.shape.assert_is_compatible_with([_state_size(self._alg)])
                self._state_var = state
                return
            given = _state_tensor(state)
            given.shape.assert_is_compatible_with([_state_size(self._alg)])
        self._state_var = Variable(given, trainable=False, name="StateVar", dtype=int64)

    @classmethod
    def from_state(cls, state: Any, alg: Any) -> Generator:
        """The generator with a given state; a variable is used itself."""
        return cls(alg=alg, state=state)

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> Generator:
        """The generator of an integer seed, or of up to three integers."""
        number = Algorithm.PHILOX.value if alg is None else algorithm_number(alg)
        return cls(state=create_rng_state(seed, number), alg=number)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """A generator that nobody can repeat."""
        number = Algorithm.PHILOX.value if alg is None else algorithm_number(alg)
        return cls(state=random.nondeterministic_integers(_state_size(number)), alg=number)

    @classmethod
    def from_key_counter(cls, key: Any, counter: Any, alg: Any) -> Generator:
        """The generator with a given key (a scalar) and counter (two integers)."""
        number = algorithm_number(alg)
        return cls(state=_joined(key, counter, number), alg=number)

    def reset(self, state: Any) -> None:
        """Take a new state."""
        new = _state_tensor(state)
        new.shape.assert_is_compatible_with([_state_size(self._alg)])
        self._state_var.assign(new)

    def reset_from_seed(self, seed: Any) -> None:
        """Begin anew, as `from_seed` does."""
        self._state_var.assign(create_rng_state(seed, self._alg))

    def reset_from_key_counter(self, key: Any, counter: Any) -> None:
        """Begin anew, as `from_key_counter` does."""
        self._state_var.assign(_joined(key, counter, self._alg))

    @property
    def state(self) -> Variable:
        """The variable that holds the state."""
        return self._state_var

    @property
    def algorithm(self) -> int:
        """The algorithm's number: 1 for Philox."""
        return self._alg

    @property
    def key(self) -> Tensor:
        """The key, a scalar int64."""
        return self._state_var.value()[-1]

    def skip(self, delta: Any) -> Tensor:
        """Move on by `delta` numbers without drawing them; the state before."""
        count = as_tensor(delta)
        if count._array.ndim:
            message = f"input 2 (0-based) must have shape [], not {list(count._array.shape)}"
            raise invalid("RngReadAndSkip", message, summary="skip: delta is one number", operands=[("delta", count)])
        before = self._state_var.value()
        self._move("RngReadAndSkip", int(count) * random.BLOCKS_PER_OUTPUT)
        return before

    @_spreads
    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = float32, name: str | None = None
    ) -> Tensor:
        """Normally distributed numbers."""
        return self._bell("StatelessRandomNormalV2", philox.normal, shape, mean, stddev, dtype)

    @_spreads
    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = float32, name: str | None = None
    ) -> Tensor:
        """Normally distributed numbers within two standard deviations of the mean."""
        return self._bell("StatelessTruncatedNormalV2", philox.truncated_normal, shape, mean, stddev, dtype)

    @_spreads
    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = float32, name: str | None = None
    ) -> Tensor:
        """Numbers evenly distributed in [minval, maxval); any integers if both bounds are None."""
        dtype = as_dtype(dtype)
        if dtype.is_integer:
            if (minval is None) != (maxval is None):
                raise explain(
                    ValueError(
                        f"For integer dtype {dtype}, minval and maxval must be both `None` or both "
                        f"non-`None`; got minval={minval} and maxval={maxval}"
                    ),
                    hint="give both bounds, or minval=None, maxval=None for integers of any value",
                )
        elif maxval is None:
            maxval = 1
        shape = _shape_tensor(shape)
        if dtype.is_integer and minval is None:
            return self._full_range(shape, dtype)
        low, high = argument("min", minval, dtype), argument("max", maxval, dtype)
        stream = self._stream_for(shape)
        if dtype.is_integer:
            kernel = "StatelessRandomUniformIntV2"
            check_attr(kernel, "dtype", dtype, INTEGERS)
            if dtype not in (int32, int64):
                attrs = f"Tshape={attr_name(shape.dtype)}, dtype={attr_name(dtype)}"
                raise no_kernel(kernel, attrs, "draw int64, or integers of any value: minval=None, maxval=None")
            integer_bounds(kernel, low, high)
            return draw_integers(kernel, stream, sizes_of(kernel, shape), low, high)
        kernel = "StatelessRandomUniformV2"
        check_attr(kernel, "dtype", dtype, HALF_FIRST)
        drawn = draw_floats(philox.uniform, stream, sizes_of(kernel, shape), dtype)
        return scaled(drawn, ops.subtract(high, low), low)

    def uniform_full_int(self, shape: Any, dtype: Any = uint64, name: str | None = None) -> Tensor:
        """Integers of any value that the dtype (int32, int64, uint32 or uint64) holds."""
        return self._full_range(_shape_tensor(shape), as_dtype(dtype))

    def binomial(self, shape: Any, counts: Any, probs: Any, dtype: Any = int32, name: str | None = None) -> Tensor:
        """Draws from binomial distributions; `shape` ends with the shape of counts and probs, broadcast."""
        kernel, dtype = "StatefulRandomBinomial", as_dtype(dtype)
        shape = _shape_tensor(shape)

        def refusal(counts_dtype: str) -> BaseException:
            attrs = f"[T={counts_dtype}, S={attr_name(shape.dtype)}, dtype={attr_name(dtype)}]"
            return explain(
                InvalidArgumentError(
                    f"No OpKernel was registered to support Op '{kernel}' used by {{{{node {kernel}}}}} with "
                    f"these attrs: {attrs} [Op:{kernel}]"
                ),
                summary="binomial: the counts are integers",
                hint=FLOAT_COUNTS,
            )

        counts, probs = binomial_parameters(kernel, as_tensor(counts), as_tensor(probs), dtype, refusal, "")
        sizes = binomial_sizes(kernel, shape, counts)
        batches = counts._array.size
        samples = math.prod(sizes) // batches if batches else 0
        stream = self._move(kernel, random.reserve_for_generator_binomial(batches, samples))
        return wrap(draw_counts(distributions.binomial, stream, [counts._array, probs._array], sizes, dtype))

    def make_seeds(self, count: Any = 1) -> Tensor:
        """`count` seeds for the stateless ops, as the columns of an int64 tensor of shape (2, count)."""
        keys = self._keys(count)
        return ops.stack([keys, ops.zeros_like(keys)])

    def split(self, count: Any = 1) -> list[Generator]:
        """`count` generators with keys of their own."""
        lead = [0] * (_state_size(self._alg) - 1)
        keys = backend.to_host(self._keys(count)._array).tolist()
        return [Generator(state=[*lead, key], alg=self._alg) for key in keys]

    def _keys(self, count: Any) -> Tensor:
        return self.uniform_full_int([count], int64)

    def _bell(self, kernel: str, draw: Any, shape: Any, mean: Any, stddev: Any, dtype: Any) -> Tensor:
        dtype, shape = float_dtype(dtype), _shape_tensor(shape)
        shift, factor = argument("mean", mean, dtype), argument("stddev", stddev, dtype)
        stream = self._stream_for(shape)
        check_attr(kernel, "dtype", dtype, HALF_FIRST)
        return scaled(draw_floats(draw, stream, sizes_of(kernel, shape), dtype), factor, shift)

    def _full_range(self, shape: Tensor, dtype: Any) -> Tensor:
        kernel, stream = "StatelessRandomUniformFullIntV2", self._stream_for(shape)
        check_attr(kernel, "dtype", dtype, INTEGERS)
        return draw_full_range(kernel, stream, sizes_of(kernel, shape), dtype)

    def _stream_for(self, shape: Tensor) -> Stream:
        """The stream from here on; step over as many numbers as the shape holds, be it a good one or not."""
        count = math.prod(backend.to_host(shape._array).reshape(-1).tolist())
        return self._move("RngReadAndSkip", int(count) * random.BLOCKS_PER_OUTPUT)

    def _move(self, kernel: str, blocks: int) -> Stream:
        """The stream from here on, and step over `blocks` blocks."""
        if self._alg == Algorithm.THREEFRY.value:
            raise explain(
                UnimplementedError(f"Non-XLA devices don't support the ThreeFry algorithm. [Op:{kernel}] name: "),
                summary="there is no ThreeFry generator here",
                hint="leave alg out, or write alg='philox'",
            )
        if self._state_var.dtype is not int64:
            raise invalid(kernel, f"dtype of RNG state variable must be int64, not {self._state_var.dtype.name}")
        effects.impure("a generator moves")
        state = self._state_var.numpy().tolist()
        self._state_var.assign(streams.advance(state, blocks))
        return streams.generator_stream(state)


@op("random.create_rng_state random.experimental.create_rng_state")
def create_rng_state(seed: Any, alg: Any) -> Tensor:
    """A generator's state from a seed, an integer or up to three integers: int64, of three numbers for
    "philox".

    >>> create_rng_state(7, "philox")
    <tf.Tensor: shape=(3,), dtype=int64, numpy=array([7, 0, 0])>
    """
    size = _state_size(algorithm_number(alg))
    whole = int(seed) if isinstance(seed, int) else _state_tensor(seed).numpy().reshape(-1).tolist()
    return as_tensor(streams.generator_state(whole, size), int64)


@op("random.get_global_generator random.experimental.get_global_generator")
def get_global_generator() -> Any:
    """The generator that all programs of a session share: one that nobody can repeat, until another is set.

    >>> set_global_generator(Generator.from_seed(42)); get_global_generator().uniform([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.7493447 , 0.73561966], dtype=float32)>
    """
    if random.state.generator is None:
        random.state.generator = Generator.from_non_deterministic_state()
    return random.state.generator


@op("random.set_global_generator random.experimental.set_global_generator")
def set_global_generator(generator: Any) -> None:
    """Make a generator the one that `get_global_generator` gives.

    generator: a `Generator`.

    >>> set_global_generator(Generator.from_seed(42))
    """
    random.state.generator = generator


for _path in ("tf.random.Generator", "tf.random.experimental.Generator"):
    export(_path, Generator, "Generator", "generators")
for _path in ("tf.random.Algorithm", "tf.random.experimental.Algorithm"):
    export(_path, Algorithm, None, "generators")


def _state_size(alg: int) -> int:
    return 2 if alg == Algorithm.THREEFRY.value else streams.GENERATOR_STATE_SIZE


def _shape_tensor(shape: Any) -> Tensor:
    """A shape argument as a tensor: int64 if it is empty, unlike the other random ops'."""
    return as_tensor(shape, int64) if isinstance(shape, (list, tuple)) and not shape else as_tensor(shape)


def _state_tensor(value: Any) -> Tensor:
    """Integers, wrapped to 64 bits, as int64."""
    return ops.cast(as_tensor(_wrapped(value)), int64)


def _wrapped(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_wrapped(part) for part in value]
    return streams.signed(value) if type(value) is int and value >= 2**63 else value


def _joined(key: Any, counter: Any, alg: int) -> Tensor:
    """The state with this counter and key."""
    counter, key = _state_tensor(counter), _state_tensor(key)
    counter.shape.assert_is_compatible_with([_state_size(alg) - 1])
    key.shape.assert_is_compatible_with([])
    return as_tensor([*counter.numpy().tolist(), int(key)], int64)
