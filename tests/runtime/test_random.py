"""Programs find TensorFlow's streams: the seeds of an op, what a kernel remembers, the states of generators.

The expected values are TensorFlow's, in random_tf.json (see test_philox.py); each test's case there holds the
program.
"""

import ast
import json
import pathlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.runtime import distributions, philox, random, streams
from tensorsh.runtime.random import SeedState

TENSORFLOW = json.loads(pathlib.Path(__file__).with_name("random_tf.json").read_text())["cases"]


def drew(name):
    """The numbers of a case, or for a case of several arrays a list of theirs."""
    result = TENSORFLOW[name]["result"]
    return result["values"] if isinstance(result, dict) else [part["values"] for part in result]


class Program:
    """The random ops of a program, with their seeds and reservations; each returns a list of numbers."""

    def __init__(self, seed=None):
        self.state = SeedState()
        if seed is not None:
            self.state.set_seed(seed)

    def uniform(self, count, dtype="float32", shape_dtype="int32", seed=None):
        return self._draw("RandomUniform", philox.uniform, count, (dtype, shape_dtype), seed)

    def normal(self, count, dtype="float32", shape_dtype="int32", seed=None):
        return self._draw("RandomStandardNormal", philox.normal, count, (dtype, shape_dtype), seed)

    def _draw(self, op, draw, count, attributes, seed):
        stream = self.state.stream((op, *attributes), self.state.op_seeds(seed), random.reserve_for_outputs(count))
        return [float(str(value)) for value in draw(np, stream, count, attributes[0])]


@pytest.mark.parametrize(
    ("case", "seed", "op_seeds"),
    [
        ("op seeds", 42, [None, 1, None, 2**31 - 1, 2**31, -1, None]),
        ("op seeds, 0", 0, [0, None, 5]),
        ("op seeds, large", 2**31 + 5, [3, None]),
        ("op seeds, negative", -7, [3, None]),
    ],
)
def test_op_seeds(case, seed, op_seeds):
    state = SeedState()
    state.set_seed(seed)
    assert [list(state.op_seeds(op_seed)) for op_seed in op_seeds] == TENSORFLOW[case]["seeds"]


def test_a_fraction_seeds_too():
    assert Program(seed=1.5).uniform(2) == drew("op seeds, fraction")


def test_an_integer_of_another_library_seeds_as_pythons():
    assert Program(seed=np.int64(42)).uniform(3) == Program(seed=42).uniform(3)


def test_without_a_global_seed_an_op_seed_suffices():
    program = Program()
    assert program.uniform(5, seed=1) == drew("no global seed")
    assert program.uniform(5, seed=1) == drew("no global seed, again")


def test_without_any_seed_numbers_differ():
    program = Program()
    assert program.state.op_seeds() is None
    assert program.uniform(8) != program.uniform(8)


def test_every_op_without_a_seed_draws_the_next_one():
    program = Program(seed=42)
    assert [program.uniform(3), program.uniform(3)] == drew("drawn seeds")


def test_an_op_called_again_goes_on():
    program = Program(seed=42)
    drawn = [program.uniform(count, seed=1) for count in (5, 3, 1, 0, 2)]
    drawn[-1] = [float(np.float32(3) + np.float32(value)) for value in drawn[-1]]
    assert drawn == [[float(np.float32(v)) if v > 3 else v for v in part] for part in drew("kernel goes on")]


def test_ops_and_attributes_have_kernels_of_their_own():
    program = Program(seed=42)
    assert [
        program.uniform(2, seed=1),
        program.normal(2, seed=1),
        program.uniform(2, dtype="float64", seed=1),
        program.uniform(2, shape_dtype="int64", seed=1),
        program.uniform(2, seed=1),
    ] == drew("kernels apart")


def test_set_seed_begins_anew():
    program = Program(seed=42)
    program.uniform(3, seed=1)
    program.state.set_seed(42)
    assert program.uniform(3, seed=1) == drew("set_seed begins anew")


def test_sessions_do_not_disturb_each_other():
    one, other = Program(seed=42), Program(seed=42)
    other.uniform(3, seed=1)
    assert one.uniform(3, seed=1) == drew("set_seed begins anew")


def twice(kernel, reserve, draw):
    """Two calls of an op with seed=1 after set_seed(42)."""
    state = SeedState()
    state.set_seed(42)
    return [draw(state.stream((kernel,), state.op_seeds(1), reserve)).reshape(-1).tolist() for _ in range(2)]


def test_what_a_shuffle_reserves():
    drawn = twice("RandomShuffle", random.reserve_for_shuffle(6), lambda s: distributions.permutation(np, s, 6))
    assert drawn == drew("shuffle twice")


def test_what_categorical_reserves():
    logits = np.array([[0.1, 0.2, 0.3]], np.float32)
    reserve = random.reserve_for_categorical(1, 7)
    drawn = twice("Multinomial", reserve, lambda s: distributions.categorical(np, s, logits, 7))
    assert drawn == drew("categorical twice")


def test_what_gamma_reserves():
    alphas = np.array([2.0, 0.5])
    reserve = random.reserve_for_outputs(6)
    drawn = twice("RandomGamma", reserve, lambda s: distributions.gamma(np, s, alphas, 3).astype(np.float32))
    assert np.array(drawn, np.float32).tolist() == np.array(drew("gamma twice"), np.float32).tolist()


def test_what_poisson_reserves():
    rates = np.array([3.0, 30.0])
    reserve = random.reserve_for_outputs(8)
    drawn = twice("RandomPoissonV2", reserve, lambda s: distributions.poisson(np, s, rates, 4))
    assert drawn == drew("poisson twice")


@pytest.mark.parametrize("case", [name for name in TENSORFLOW if name.startswith("stateless")])
def test_stateless_seeds(case):
    stream = streams.stateless_stream(*ast.literal_eval(case.removeprefix("stateless ")))
    assert [float(str(value)) for value in philox.uniform(np, stream, 5, "float32")] == drew(case)


def test_generator_states_from_seeds():
    seeds = 42, -1, 2**64 + 5, 2**200 + 2**63, [7], [1, 2], [1, 2, 3, 4]
    assert [streams.generator_state(seed) for seed in seeds] == drew("generator states")


def test_how_generators_move():
    state, states = streams.generator_state(2**64 + 5), []
    blocks = [delta * random.BLOCKS_PER_OUTPUT for delta in (3, 0, 2**40, -1, 2**55)]
    blocks += [random.reserve_for_generator_binomial(1, 9), random.reserve_for_generator_binomial(3, 6)]
    for count in blocks:
        state = streams.advance(state, count)
        states.append(state)
    assert states == drew("generator moves")


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3), st.integers(0, 2**63 - 1))
def test_a_generators_stream_moves_with_it(state, blocks):
    moved = streams.generator_stream(streams.advance(state, blocks))
    skipped = streams.generator_stream(state).skip(blocks)
    assert (moved.counter, moved.key) == (skipped.counter, skipped.key)
