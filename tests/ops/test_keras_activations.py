"""Keras's activations against their definitions, written with NumPy in float64."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tensorsh.ops.registry import at_path

X = np.linspace(-8.0, 8.0, 1601)

DEFINITIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x: np.where(x > 0, x, float(np.float32(0.2)) * x),  # TensorFlow keeps the slope in float32
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "celu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(x, 0),
    "log_sigmoid": lambda x: -np.logaddexp(-x, 0),
    "softsign": lambda x: x / (1 + abs(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "mish": lambda x: x * np.tanh(np.logaddexp(x, 0)),
    "tanh_shrink": lambda x: x - np.tanh(x),
    "soft_shrink": lambda x: np.sign(x) * np.maximum(abs(x) - 0.5, 0),
    "hard_shrink": lambda x: np.where(abs(x) > 0.5, x, 0),
    "squareplus": lambda x: (x + np.sqrt(x * x + 4)) / 2,
    "sparse_plus": lambda x: np.where(x < 1, np.maximum(x + 1, 0) ** 2 / 4, x),
    "sparse_sigmoid": lambda x: np.clip((x + 1) / 2, 0, 1),
    "gelu": lambda x: x / 2 * (1 + np.array([math_erf(v) for v in x])),
}


def math_erf(x: float) -> float:
    """erf(x / sqrt(2)), the root in float32 as in TensorFlow."""
    from math import erf

    return erf(x * float(np.float32(np.sqrt(0.5))))


@pytest.mark.parametrize("name", DEFINITIONS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 2e-6), ("float64", 1e-12)])
def test_values(name: str, dtype: str, tolerance: float) -> None:
    found = at_path(f"tf.keras.activations.{name}")(X.astype(dtype)).numpy()
    assert found.dtype == dtype
    np.testing.assert_allclose(found, DEFINITIONS[name](X), rtol=tolerance, atol=tolerance)


def test_softmax_over_several_axes_is_1_in_total_over_these() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    found = at_path("tf.keras.activations.softmax")(x, axis=(0, 2)).numpy()
    expected = np.exp(x) / np.exp(x).sum((0, 2), keepdims=True)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_get_finds_every_activation_by_its_name() -> None:
    get = at_path("tf.keras.activations.get")
    for name in (*DEFINITIONS, "linear", "swish", "hard_swish", "exponential", "glu", "sparsemax"):
        assert get(name) is at_path(f"tf.keras.activations.{name}")
    for name in ("get", "serialize", "deserialize", "no_such"):
        with pytest.raises(ValueError, match="Could not interpret"):
            get(name)
