"""Dropout: entries set to zero at random, the others scaled up so that the mean stays."""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable
from typing import Any

from ..runtime import random
from ..runtime.errors import explain
from ..runtime.tensor import Tensor, as_tensor, is_tensor
from .random_rules import plain_seed
from .registry import op, ops


@op("nn.dropout")
def dropout(x: Any, rate: Any, noise_shape: Any = None, seed: Any = None, name: str | None = None) -> Tensor:
    """x with each entry 0 with probability `rate`, else divided by 1 - rate. x must be of floats
    (ValueError).

    rate: a number in [0, 1), or a scalar tensor of x's dtype. noise_shape: a shape that broadcasts to x's,
    along whose sizes of 1 entries are kept or dropped together; None in it stands for x's own size.

    >>> set_seed(42); dropout(ones([6]), .5)
    <tf.Tensor: shape=(6,), dtype=float32, numpy=array([2., 0., 0., 0., 0., 2.], dtype=float32)>
    """
    sampler = functools.partial(ops.uniform, seed=seed)
    return _dropped(x, rate, noise_shape, sampler, lambda: random.state.op_seeds(plain_seed(seed)))


@op("nn.experimental.stateless_dropout", samples=lambda s: [s.call(s(2, 3), 0.5, [1, 2])])
def stateless_dropout(
    x: Any, rate: Any, seed: Any, rng_alg: Any = None, noise_shape: Any = None, name: str | None = None
) -> Tensor:
    """As `dropout`, a function of `seed` (two integers).

    rng_alg: the generator, as for the stateless draws.

    >>> stateless_dropout(ones([6]), .5, seed=[1, 0])
    <tf.Tensor: shape=(6,), dtype=float32, numpy=array([2., 0., 2., 0., 0., 0.], dtype=float32)>
    """
    sampler = functools.partial(ops.stateless_uniform, seed=seed, alg=rng_alg)
    return _dropped(x, rate, noise_shape, sampler)


@op("nn.experimental.general_dropout")
def general_dropout(
    x: Any, rate: Any, uniform_sampler: Callable[..., Any], noise_shape: Any = None, name: str | None = None
) -> Tensor:
    """As `dropout`, with numbers in [0, 1) from `uniform_sampler(shape=, dtype=)`.

    uniform_sampler: a function of shape and dtype that draws from 0 to 1.

    >>> general_dropout(ones([4]), .5, Generator.from_seed(42).uniform)
    <tf.Tensor: shape=(4,), dtype=float32, numpy=array([2., 2., 0., 0.], dtype=float32)>
    """
    return _dropped(x, rate, noise_shape, uniform_sampler)


def _dropped(
    x: Any, rate: Any, noise_shape: Any, sampler: Callable[..., Any], skip: Callable[[], Any] = lambda: None
) -> Tensor:
    """`skip` draws the seed that is drawn even when nothing is dropped, so that later ops do not depend on
    the rate.
    """
    is_number = isinstance(rate, numbers.Real)
    if is_number and not 0 <= rate < 1:
        raise ValueError(f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}")
    x = as_tensor(x)
    dtype = x.dtype
    if not dtype.is_floating:
        raise explain(
            ValueError(f"`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype={dtype}"),
            hint="cast it: cast(x, float32)",
        )
    if is_number and rate == 0:
        skip()
        return x
    if is_number:
        rate = float(rate) if not isinstance(rate, int) else rate
        kept = ops.multiply(x, as_tensor(1 / (1 - rate), dtype))
        rate = as_tensor(rate, dtype)
    elif is_tensor(rate):
        rate = as_tensor(rate)
        rate.shape.assert_has_rank(0)
        if rate.dtype is not dtype:
            raise explain(
                ValueError(
                    f"`x.dtype` must be compatible with `rate.dtype`. Received: x.dtype={dtype} and "
                    f"rate.dtype={rate.dtype}"
                ),
                hint=f"write the rate as a number, or cast it: cast(rate, {dtype.name})",
            )
        kept = ops.realdiv(x, ops.subtract(as_tensor(1, dtype), rate))
    else:
        raise ValueError(f"`rate` must be a scalar or scalar tensor. Received: rate={rate}")
    noise = sampler(shape=_noise_shape(x, noise_shape), dtype=dtype)
    return ops.where(noise >= rate, kept, as_tensor(0, dtype))


def _noise_shape(x: Tensor, given: Any) -> Any:
    """The shape of the numbers to draw: x's own, or the one given with its open sizes filled in from x's."""
    own = x._array.shape
    if given is None:
        return list(own)
    if isinstance(given, (list, tuple)) and len(given) == len(own):
        return [size if wanted is None else wanted for wanted, size in zip(given, own)]
    return given
