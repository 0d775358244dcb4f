"""The workloads in eager TensorFlow."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from . import data

#: `with_xla` compiles every step with XLA; here it runs eagerly.
compiled = lambda step: step


def small_op():
    x = tf.constant(data.COLUMN)

    @compiled
    def run():
        y = x
        for _ in range(1000):
            y = y * x + x
        return y

    return run


def tape_step():
    v = tf.Variable(data.WEIGHTS)

    @compiled
    def run():
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.square(v) * 3.0 + v)
        v.assign_sub(0.001 * tape.gradient(y, v))

    return run


traced_step = tape_step


def perceptron():
    x, labels = tf.constant(data.IMAGES), tf.constant(data.LABELS)
    variables = [tf.Variable(v) for v in (data.W1, tf.zeros(128), data.W2, tf.zeros(10))]
    w1, b1, w2, b2 = variables

    @compiled
    def run():
        with tf.GradientTape() as tape:
            logits = tf.nn.relu(x @ w1 + b1) @ w2 + b2
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        for v, g in zip(variables, tape.gradient(loss, variables)):
            v.assign_sub(0.01 * g)

    return run


def logistic():
    x, y = tf.constant(data.POINTS), tf.constant(data.ANSWERS)
    w, b = tf.Variable(tf.zeros((2, 1))), tf.Variable(tf.zeros(1))

    @compiled
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, x @ w + b))
        gw, gb = tape.gradient(loss, [w, b])
        w.assign_sub(0.1 * gw)
        b.assign_sub(0.1 * gb)

    def run():
        for _ in range(1000):
            step()

    return run


def _chain(x):
    return tf.reduce_sum(tf.sqrt(tf.square(x) + 1) * 0.5 - tf.tanh(x))


def chain():
    x = tf.constant(data.LARGE)
    return compiled(lambda: _chain(x))


def _gradient(function, *inputs):
    """A run that computes the gradient of function(*inputs) for all inputs."""
    tensors = [tf.constant(x) for x in inputs]

    @compiled
    def run():
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            y = function(*tensors)
        return tape.gradient(y, tensors)

    return run


def chain_gradient():
    return _gradient(_chain, data.LARGE)


def cross_entropy():
    labels = tf.constant(data.TARGETS)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits
    return _gradient(lambda x: tf.reduce_mean(loss(labels, x)), data.LOGITS)


def layer_norm_gradient():
    def norm(x, gamma, beta):
        return tf.reduce_sum(tf.square(tf.keras.ops.layer_normalization(x, gamma, beta, epsilon=1e-5)))

    return _gradient(norm, data.LOGITS, data.GAMMA, data.BETA)


def matmul_1024():
    a, b = tf.constant(data.A1024), tf.constant(data.B1024)
    return compiled(lambda: a @ b)


def matmul_64():
    a, b = tf.constant(data.A64), tf.constant(data.B64)
    return compiled(lambda: a @ b)


def conv2d():
    x, k = tf.constant(data.PICTURES), tf.constant(data.KERNEL)
    return compiled(lambda: tf.nn.conv2d(x, k, 1, "SAME"))


def conv2d_gradient():
    return _gradient(lambda x, k: tf.reduce_sum(tf.nn.conv2d(x, k, 1, "SAME")), data.PICTURES, data.KERNEL)


def depthwise():
    x, k = tf.constant(data.PICTURES), tf.constant(data.EACH_CHANNEL)
    return compiled(lambda: tf.nn.depthwise_conv2d(x, k, [1, 1, 1, 1], "SAME"))


def depthwise_gradient():
    def total(x, k):
        return tf.reduce_sum(tf.nn.depthwise_conv2d(x, k, [1, 1, 1, 1], "SAME"))

    return _gradient(total, data.PICTURES, data.EACH_CHANNEL)


def max_pool_gradient():
    return _gradient(lambda x: tf.reduce_sum(tf.nn.max_pool2d(x, 3, 2, "SAME")), data.PICTURES)


def gather():
    table, rows = tf.constant(data.TABLE), tf.constant(data.ROWS)
    return compiled(lambda: tf.gather(table, rows))


def scatter_add():
    rows, updates = tf.constant(data.ROWS[:, None]), tf.constant(data.TABLE[data.ROWS])
    return compiled(lambda: tf.scatter_nd(rows, updates, [10_000, 64]))


def gather_gradient():
    table, rows = tf.Variable(data.TABLE), tf.constant(data.ROWS)

    @compiled
    def run():
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.square(tf.gather(table, rows)))
        return tf.convert_to_tensor(tape.gradient(y, table))

    return run


def sort():
    x = tf.constant(data.MILLION)
    return compiled(lambda: tf.sort(x))


def normal_draws():
    return compiled(lambda: tf.random.normal([1_000_000]))


def jacobian_50():
    x, m = tf.constant(data.VECTOR), tf.constant(data.MIX)

    @compiled
    def run():
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.tanh(tf.linalg.matvec(m, x))
        return tape.jacobian(y, x)

    return run


def hessian_50():
    x, m = tf.constant(data.VECTOR), tf.constant(data.MIX)

    @compiled
    def run():
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.reduce_sum(tf.tanh(tf.linalg.matvec(m, x)))
            g = inner.gradient(y, x)
        return outer.jacobian(g, x)

    return run


def finish(result) -> None:
    """Wait until the result is there, without a copy of it."""
    if result is not None:
        for part in tf.nest.flatten(result):
            memoryview(part)
