"""How draws from a Gamma distribution move with its shape parameter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.runtime import distributions
from tensorsh.runtime.gamma_gradient import sample_derivative
from tensorsh.runtime.streams import stateless_stream

# alpha, draw, and tf.raw_ops.RandomGammaGrad(alpha=[alpha], sample=[draw]) by TensorFlow 2.21, float64
TENSORFLOW = [
    (0.001, 1e-7, 0.0015542525371648075),
    (0.001, 0.001, 6.339511118616953),
    (0.001, 0.01, 40.80110991965012),
    (0.1, 0.1, 2.1469220600259047),
    (0.5, 0.025, 0.18996873912567008),
    (0.5, 0.55, 1.4053426129731652),
    (1.0, 0.0001, 0.0009633631380754548),
    (1.0, 1.0, 1.1735630272247275),
    (1.0, 10.0, 2.9713640918353663),
    (1.5, 1.5, 1.115485218490989),
    (1.5, 15.0, 2.8245081478490888),
    (2.0, 6.0, 1.788015594690167),
    (10.0, 0.5, 0.15968912812766373),
    (10.0, 11.0, 1.0660531163565243),
    (30.0, 0.003, 0.0009227810589582311),
    (30.0, 300.0, 2.5705997759675845),
    (100.0, 100.0, 1.0016683237741728),
    (1000.0, 1100.0, 1.048586678561644),
]


def test_derivatives_are_tensorflows():
    alpha, sample, expected = np.array(TENSORFLOW).T
    assert sample_derivative(np, alpha, sample) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 2.5, 40.0])
def test_the_mean_moves_as_fast_as_alpha(alpha):
    """The mean of Gamma(alpha, 1) is alpha, so the derivatives of many draws average to 1."""
    draws = distributions.gamma(np, stateless_stream(1, 2), np.array([alpha]), 20_000)
    assert sample_derivative(np, np.full_like(draws, alpha), draws).mean() == pytest.approx(1, abs=0.03)


@given(st.floats(1e-3, 1e6), st.floats(1e-6, 1e6))
def test_every_draw_moves_up(alpha, sample):
    assert 0 < sample_derivative(np, np.array([alpha]), np.array([sample]))[0] < np.inf


def test_draws_at_the_ends_stay():
    ends = np.array([0.0, np.inf, np.nan])
    assert sample_derivative(np, np.ones(3), ends).tolist() == [0, 0, 0]


def test_the_shape_is_kept():
    assert sample_derivative(np, np.ones((2, 0, 3)), np.ones((2, 0, 3))).shape == (2, 0, 3)
