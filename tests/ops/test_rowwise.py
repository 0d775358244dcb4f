"""Kernels on blocks of rows give what the whole gives, whatever is left over for the last block."""

from __future__ import annotations

import numpy as np
import pytest

from tensorsh.ops.rowwise import by_rows
from tensorsh.session import Session


@pytest.mark.parametrize("shape", [(1, 200_000), (131_072, 1), (1000, 137), (4097, 33)])
def test_blocks_give_what_the_whole_gives(shape):
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    weights = np.arange(shape[0], dtype=np.float32)[:, None]
    assert np.array_equal(by_rows(lambda x, w: x * 2 - w, x, weights), x * 2 - weights)
    assert np.array_equal(by_rows(lambda x: x.max(-1), x), x.max(-1))


def test_an_error_in_a_block_is_raised():
    def kernel(x):
        if x[0, 0]:
            raise ValueError("a later block")
        return x

    with pytest.raises(ValueError, match="a later block"):
        by_rows(kernel, np.arange(400_000.0).reshape(-1, 4))


@pytest.mark.parametrize("rows", [3, 3000])
def test_cross_entropy_and_its_gradients_are_the_same_in_blocks(rows):
    """The fused forms agree with the definition, to second order, for matrices small and large."""
    session = Session()
    program = f"""
x = tf.random.stateless_normal([{rows}, 60], [1, 2], dtype=tf.float64)
labels = tf.range({rows}) % 60
hot = tf.one_hot(labels, 60, dtype=tf.float64)
def derivatives(loss):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = reduce_mean(square(loss(x)))
        first = inner.gradient(y, x)
        z = reduce_sum(first * first)
    return y, first, outer.gradient(z, x)
sparse = derivatives(lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels, x))
dense = derivatives(lambda x: tf.nn.softmax_cross_entropy_with_logits(hot, x))
plain = derivatives(lambda x: -reduce_sum(hot * (x - tf.reduce_logsumexp(x, -1, True)), -1))
"""
    session.run(program, "test")
    for form in ("sparse", "dense"):
        for got, expected in zip(session.names[form], session.names["plain"]):
            np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("rows", [3, 3000])
def test_layer_normalization_is_the_composition_of_its_parts(rows):
    """Fused over the last axis, and composed over an axis that is not: the same, to second order."""
    session = Session()
    program = f"""
x = tf.random.stateless_normal([{rows}, 60], [1, 2], dtype=tf.float64)
gamma, beta = tf.linspace(tf.constant(0.5, tf.float64), 2., 60), tf.linspace(tf.constant(-1., tf.float64), 1., 60)
def derivatives(axis, layout):
    with tf.GradientTape() as outer:
        outer.watch([x, gamma, beta])
        with tf.GradientTape() as inner:
            inner.watch([x, gamma, beta])
            y = layout(tf.keras.ops.layer_normalization(layout(x), gamma, beta, axis=axis))
            loss = reduce_mean(sin(y))
        first = inner.gradient(loss, [x, gamma, beta])
        z = reduce_sum([reduce_sum(g * g) for g in first])
    return y, *first, *outer.gradient(z, [x, gamma, beta])
fused = derivatives(-1, lambda x: x)
composed = derivatives(0, tf.transpose)
"""
    session.run(program, "test")
    for got, expected in zip(session.names["fused"], session.names["composed"], strict=True):
        np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-9, atol=1e-12)
