"""Random ops: what the transcripts (random*.txt, dropout.txt), valid in TensorFlow too, cannot say."""

import numpy as np
import pytest

from tensorsh.ops.registry import at_path, ops
from tensorsh.runtime import backend, random
from tests import strict_xp


@pytest.fixture(autouse=True)
def seed_state(monkeypatch):
    """Every test has a seed state of its own."""
    monkeypatch.setattr(random, "state", random.SeedState())


def seeded(op, *args, **options):
    ops.set_seed(42)
    return op(*args, **options).numpy().tolist()


@pytest.mark.parametrize("name", ["uniform", "normal", "truncated_normal"])
def test_shapes_may_be_spread(name):
    op = getattr(ops, name)
    assert seeded(op, 2, 1) == seeded(op, [2, 1])
    assert seeded(op, 3) == seeded(op, [3])
    assert seeded(op, 2, 2, dtype="float64") == seeded(op, [2, 2], dtype="float64")


def test_generators_take_spread_shapes():
    one, other = ops.Generator.from_seed(1), ops.Generator.from_seed(1)
    assert one.normal(2, 3).numpy().tolist() == other.normal([2, 3]).numpy().tolist()


def test_a_shape_that_is_not_one_says_the_way_out():
    with pytest.raises(at_path("tf.errors.InvalidArgumentError")) as caught:
        ops.normal(2, 0.5)
    assert "shape must be a vector of {int32,int64}, got shape []" in str(caught.value)
    assert caught.value.hint == "write it as a list, as in [2, 3]"


def test_unseeded_numbers_differ():
    assert ops.uniform([8]).numpy().tolist() != ops.uniform([8]).numpy().tolist()
    made = [ops.Generator.from_non_deterministic_state().state.numpy().tolist() for _ in range(2)]
    assert made[0] != made[1]


def test_the_global_generator_is_one_until_another_is_set():
    first = ops.get_global_generator()
    assert ops.get_global_generator() is first
    ops.set_global_generator(ops.Generator.from_seed(1))
    assert ops.get_global_generator() is not first


def test_a_failed_call_has_drawn_its_seed():
    """As in TensorFlow, so that what follows an error draws the same numbers there and here."""
    ops.set_seed(42)
    with pytest.raises(at_path("tf.errors.InvalidArgumentError")):
        ops.uniform([-1])
    after_failure = ops.uniform([2]).numpy().tolist()
    ops.set_seed(42)
    ops.uniform([1])
    assert ops.uniform([2]).numpy().tolist() == after_failure


def test_dropping_nothing_draws_a_seed_all_the_same():
    ops.set_seed(42)
    ops.dropout([1.0, 2.0], 0)
    after_none = ops.uniform([2]).numpy().tolist()
    ops.set_seed(42)
    ops.dropout([1.0, 2.0], 0.5)
    assert ops.uniform([2]).numpy().tolist() == after_none


def test_what_is_drawn_is_dropped_evenly():
    kept = ops.dropout(ops.ones([100_000]), 0.3, seed=1).numpy()
    assert np.unique(kept).tolist() == [0.0, np.float32(1 / 0.7)]
    assert kept.mean() == pytest.approx(1, abs=0.01)


ON_A_DEVICE = {
    "uniform": lambda: ops.uniform([5], -1.0, 1.0, seed=1),
    "integers": lambda: ops.uniform([5], 0, 10, "int64", seed=1),
    "normal": lambda: ops.normal([5], 1.0, 2.0, seed=1),
    "truncated_normal": lambda: ops.truncated_normal([50], seed=1),
    "shuffle": lambda: ops.shuffle(ops.constant([[1, 2], [3, 4], [5, 6]]), seed=1),
    "categorical": lambda: ops.categorical(ops.constant([[0.1, 0.7], [2.0, 1.0]]), 7, seed=1),
    "gamma": lambda: ops.gamma([3], ops.constant([0.5, 2.0]), seed=1),
    "poisson": lambda: ops.poisson([3], ops.constant([0.5, 20.0]), seed=1),
    "stateless_uniform": lambda: ops.stateless_uniform([5], [1, 2], None, None, "uint32"),
    "stateless_gamma": lambda: ops.stateless_gamma([3, 2], [1, 2], [0.5, 2.0]),
    "stateless_binomial": lambda: ops.stateless_binomial([3, 2], [1, 2], [5.0, 90.0], 0.4),
    "stateless_shuffle": lambda: ops.stateless_shuffle(ops.constant([1, 2, 3]), [1, 2]),
    "fold_in": lambda: ops.fold_in([1, 2], 3),
    "index_shuffle": lambda: ops.index_shuffle(ops.constant([1, 2, 3]), [1, 2], 9),
    "generator": lambda: ops.Generator.from_seed(1).normal([5]),
    "dropout": lambda: ops.dropout(ops.constant([1.0, 2.0, 3.0]), 0.5, seed=1),
}


@pytest.mark.parametrize("name", ON_A_DEVICE)
def test_a_device_draws_the_same_numbers(name):
    ops.set_seed(42)
    here = ON_A_DEVICE[name]().numpy()
    ops.set_seed(42)
    with backend.using(strict_xp):
        there = ON_A_DEVICE[name]()
    assert type(there._array) is strict_xp.ndarray
    assert there.numpy().tolist() == here.tolist()
