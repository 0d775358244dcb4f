"""The workloads in JAX, every step compiled with jit."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp

from . import data


def _jitted(function, *inputs):
    """A run of jit(function) on arrays that are on the device already."""
    return partial(jax.jit(function), *map(jnp.asarray, inputs))


def _repeated(step, state):
    """A run that replaces the state by step(state)."""
    compiled, held = jax.jit(step), [state]

    def run():
        held[0] = compiled(held[0])
        return held[0]

    return run


def small_op():
    x = jnp.asarray(data.COLUMN)
    step = jax.jit(lambda y: y * x + x)

    def run():
        y = x
        for _ in range(1000):
            y = step(y)
        return y

    return run


def tape_step():
    def step(v):
        return v - 0.001 * jax.grad(lambda v: jnp.sum(jnp.square(v) * 3.0 + v))(v)

    return _repeated(step, jnp.asarray(data.WEIGHTS))


traced_step = tape_step


def perceptron():
    def loss(weights):
        w1, b1, w2, b2 = weights
        logits = jax.nn.relu(data.IMAGES @ w1 + b1) @ w2 + b2
        rows = jnp.arange(len(data.LABELS))
        return -jnp.mean(jax.nn.log_softmax(logits)[rows, data.LABELS])

    def step(weights):
        return [w - 0.01 * g for w, g in zip(weights, jax.grad(loss)(weights))]

    return _repeated(step, [jnp.asarray(data.W1), jnp.zeros(128), jnp.asarray(data.W2), jnp.zeros(10)])


def logistic():
    def loss(weights):
        z = data.POINTS @ weights[0] + weights[1]
        return jnp.mean(jnp.maximum(z, 0) - z * data.ANSWERS + jnp.log1p(jnp.exp(-jnp.abs(z))))

    step = jax.jit(lambda weights: [w - 0.1 * g for w, g in zip(weights, jax.grad(loss)(weights))])

    def run():
        weights = [jnp.zeros((2, 1)), jnp.zeros(1)]
        for _ in range(1000):
            weights = step(weights)
        return weights

    return run


def _chain(x):
    return jnp.sum(jnp.sqrt(jnp.square(x) + 1) * 0.5 - jnp.tanh(x))


def chain():
    return _jitted(_chain, data.LARGE)


def chain_gradient():
    return _jitted(jax.grad(_chain), data.LARGE)


def cross_entropy():
    def loss(x):
        return -jnp.mean(jax.nn.log_softmax(x)[jnp.arange(len(data.TARGETS)), data.TARGETS])

    return _jitted(jax.grad(loss), data.LOGITS)


def layer_norm_gradient():
    def norm(x, gamma, beta):
        mean, variance = jnp.mean(x, -1, keepdims=True), jnp.var(x, -1, keepdims=True)
        return jnp.square((x - mean) * jax.lax.rsqrt(variance + 1e-5) * gamma + beta).sum()

    return _jitted(jax.grad(norm, (0, 1, 2)), data.LOGITS, data.GAMMA, data.BETA)


def matmul_1024():
    return _jitted(jnp.matmul, data.A1024, data.B1024)


def matmul_64():
    return _jitted(jnp.matmul, data.A64, data.B64)


def _conv(x, k, groups=1):
    layout = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(x, k, (1, 1), "SAME", dimension_numbers=layout, feature_group_count=groups)


def conv2d():
    return _jitted(_conv, data.PICTURES, data.KERNEL)


def conv2d_gradient():
    return _jitted(jax.grad(lambda x, k: _conv(x, k).sum(), (0, 1)), data.PICTURES, data.KERNEL)


def depthwise():
    return _jitted(lambda x, k: _conv(x, k, 64), data.PICTURES, data.EACH_CHANNEL.swapaxes(2, 3))


def depthwise_gradient():
    gradient = jax.grad(lambda x, k: _conv(x, k, 64).sum(), (0, 1))
    return _jitted(gradient, data.PICTURES, data.EACH_CHANNEL.swapaxes(2, 3))


def max_pool_gradient():
    def pooled(x):
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "SAME").sum()

    return _jitted(jax.grad(pooled), data.PICTURES)


def gather():
    return _jitted(lambda table, rows: table[rows], data.TABLE, data.ROWS)


def scatter_add():
    updates = data.TABLE[data.ROWS]
    return _jitted(lambda rows, updates: jnp.zeros((10_000, 64)).at[rows].add(updates), data.ROWS, updates)


def gather_gradient():
    return _jitted(jax.grad(lambda table: jnp.square(table[data.ROWS]).sum()), data.TABLE)


def sort():
    return _jitted(jnp.sort, data.MILLION)


def normal_draws():
    draw, keys = jax.jit(lambda key: jax.random.normal(key, (1_000_000,))), [jax.random.key(0)]

    def run():
        keys[0], key = jax.random.split(keys[0])
        return draw(key)

    return run


def jacobian_50():
    return _jitted(jax.jacrev(lambda v: jnp.tanh(data.MIX @ v)), data.VECTOR)


def hessian_50():
    return _jitted(jax.hessian(lambda v: jnp.tanh(data.MIX @ v).sum()), data.VECTOR)


def finish(result) -> None:
    """Wait for the device."""
    jax.block_until_ready(result)
