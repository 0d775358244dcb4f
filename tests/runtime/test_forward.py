"""Forward accumulators from the inside: recorders and order. What TensorFlow shows is in forward.txt."""

from __future__ import annotations

import numpy as np
import pytest

from tensorsh.ops import registry
from tensorsh.ops.registry import ops
from tensorsh.runtime import tape as tapes
from tensorsh.runtime.forward import ForwardAccumulator
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.tensor import Tensor, as_tensor

registry.index()


def test_recorders_keep_their_order_while_tangents_are_computed() -> None:
    x = as_tensor([1.0, 2.0])
    ones = as_tensor([1.0, 1.0])
    with ForwardAccumulator(x, ones) as a, GradientTape() as t, ForwardAccumulator(x, ones) as b:
        t.watch(x)
        before = tapes.recorders[:]
        y = ops.exp(x) * x
        assert tapes.recorders == before == [a, t, b]
    assert tapes.recorders == []
    assert np.allclose(a.jvp(y).numpy(), t.gradient(y, x).numpy())
    assert np.allclose(b.jvp(y).numpy(), a.jvp(y).numpy())


def test_an_error_in_the_block_restores_the_recorders() -> None:
    x = as_tensor(1.0)
    with pytest.raises(ZeroDivisionError), ForwardAccumulator(x, as_tensor(1.0)):
        _ = x * x
        1 / 0  # noqa: B018
    assert tapes.recorders == []


def jacobian_by_columns(f, x: Tensor) -> np.ndarray:
    columns = []
    for i in range(x._array.size):
        direction = np.zeros(x._array.shape)
        direction.flat[i] = 1.0
        with ForwardAccumulator(x, as_tensor(direction)) as accumulator:
            y = f(x)
        columns.append(np.asarray(accumulator.jvp(y, "zero").numpy()).reshape(-1))
    return np.stack(columns, axis=-1)


def test_forward_and_backward_give_the_same_jacobian() -> None:
    draws = np.random.default_rng(0)
    x = as_tensor(draws.uniform(0.5, 1.5, (2, 3)))
    w = as_tensor(draws.uniform(-1.0, 1.0, (3, 4)))
    for f in (
        lambda x: ops.tanh(x @ w),
        lambda x: ops.reduce_sum(x * x, 0) / ops.reduce_prod(x),
        lambda x: ops.softmax(ops.concat([x, ops.log(x)], 1)),
        lambda x: ops.transpose(x)[1:] ** 3.0,
        lambda x: ops.cumsum(ops.stack(ops.unstack(x)), 1),
        lambda x: ops.gather(x, [2, 0, 2], axis=1) * ops.reduce_max(x),
        lambda x: ops.where(x > 1.0, x, ops.exp(x)),
    ):
        with GradientTape() as t:
            t.watch(x)
            y = f(x)
        backward = t.jacobian(y, x).numpy().reshape(y._array.size, x._array.size)
        assert np.allclose(jacobian_by_columns(f, x), backward, rtol=1e-12, atol=1e-12)


def test_third_order_by_three_accumulators() -> None:
    x, one = as_tensor(2.0), as_tensor(1.0)
    with (
        ForwardAccumulator(x, one) as a,
        ForwardAccumulator(x, one) as b,
        ForwardAccumulator(x, one) as c,
    ):
        y = x * x * x * x
    assert float(a.jvp(b.jvp(c.jvp(y)))) == 48.0
