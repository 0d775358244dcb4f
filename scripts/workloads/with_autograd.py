"""The workloads in HIPS autograd: its tapes over NumPy."""

from __future__ import annotations

import autograd.numpy as np
from autograd import grad, hessian, jacobian

from . import data


def tape_step():
    gradient, held = grad(lambda v: np.sum(np.square(v) * 3.0 + v)), [data.WEIGHTS]

    def run():
        held[0] = held[0] - 0.001 * gradient(held[0])

    return run


traced_step = tape_step


def logistic():
    def loss(weights):
        z = np.dot(data.POINTS, weights[0]) + weights[1]
        return np.mean(np.maximum(z, 0) - z * data.ANSWERS + np.log1p(np.exp(-np.abs(z))))

    gradient = grad(loss)

    def run():
        weights = [np.zeros((2, 1)), np.zeros(1)]
        for _ in range(1000):
            weights = [w - 0.1 * g for w, g in zip(weights, gradient(weights))]
        return weights

    return run


def _chain(x):
    return np.sum(np.sqrt(np.square(x) + 1) * 0.5 - np.tanh(x))


def chain():
    return lambda: _chain(data.LARGE)


def chain_gradient():
    gradient = grad(_chain)
    return lambda: gradient(data.LARGE)


def jacobian_50():
    function = jacobian(lambda v: np.tanh(np.dot(data.MIX, v)))
    return lambda: function(data.VECTOR)


def hessian_50():
    function = hessian(lambda v: np.sum(np.tanh(np.dot(data.MIX, v))))
    return lambda: function(data.VECTOR)


def finish(result) -> None:
    """NumPy has computed it already."""
