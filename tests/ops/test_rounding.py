"""Small float32 results have TensorFlow's digits; large ones, by the faster way, are theirs to within rounding."""

from __future__ import annotations

import numpy as np
import pytest

from tensorsh.ops.registry import ops
from tensorsh.ops.rounding import SMALL, polynomial
from tensorsh.runtime.tensor import as_tensor

# Of scalars, as TensorFlow prints them.
DIGITS = [
    ("exp", 1.0, 2.7182817459106445),
    ("exp", -100.0, 0.0),
    ("log", 10.0, 2.3025851249694824),
    ("tanh", 0.3, 0.29131263494491577),
    ("tanh", 1.0, 0.7615941762924194),
    ("sigmoid", 1.0, 0.7310585975646973),
    ("sigmoid", -3.0, 0.04742587357759476),
    ("sigmoid", -100.0, 0.0),
    ("softplus", -100.0, 0.0),
    ("softplus", 1.0, 1.31326162815094),
    ("sin", 1.0, 0.8414709568023682),
    ("cos", 1.0, 0.5403022766113281),
    ("erf", 1.0, 0.8427008390426636),
]


@pytest.mark.parametrize(("name", "x", "expected"), DIGITS)
def test_the_digits_of_a_scalar(name, x, expected):
    assert float(getattr(ops, name)(x)) == expected


@pytest.mark.parametrize("name", ["exp", "log", "tanh", "sigmoid", "softplus", "sin", "cos", "tan", "expm1", "atan"])
def test_small_and_large_arrays_agree_to_rounding(name):
    x = np.linspace(0.1, 1.5, SMALL + 1, dtype=np.float32)
    large = getattr(ops, name)(as_tensor(x)).numpy()
    small = getattr(ops, name)(as_tensor(x[:SMALL])).numpy()
    assert large.dtype == small.dtype == np.float32
    np.testing.assert_allclose(large[:SMALL], small, rtol=4e-7)


def test_a_power_of_two_is_a_product():
    x = as_tensor(np.linspace(-3, 3, 101, dtype=np.float32))
    assert (ops.pow(x, 2).numpy() == (x * x).numpy()).all()
    assert (x**2.0).numpy().tolist() == (x * x).numpy().tolist()


def test_extremes_pass_through():
    x = as_tensor([float("nan"), float("inf"), -float("inf"), 200.0])
    np.testing.assert_array_equal(ops.exp(x).numpy(), np.float32([np.nan, np.inf, 0.0, np.inf]))
    np.testing.assert_array_equal(ops.sigmoid(x).numpy(), np.float32([np.nan, 1.0, 0.0, 1.0]))
    np.testing.assert_array_equal(ops.tanh(x).numpy(), np.float32([np.nan, 1.0, -1.0, 1.0]))
    np.testing.assert_array_equal(ops.softplus(x).numpy(), np.float32([np.nan, np.inf, 0.0, 200.0]))


def test_a_polynomial_does_not_write_to_its_argument():
    x = np.array([1.0, 2.0])
    assert polynomial((1.0, 2.0, 3.0), x).tolist() == [6.0, 17.0]
    assert x.tolist() == [1.0, 2.0]
