"""The random streams and distributions are TensorFlow's, bit for bit.

random_tf.json holds what TensorFlow itself drew: a program and its value for every case. random_tf.py, run
under a Python with TensorFlow, makes it. Here each case's stream is asked for the same numbers; that programs
find the right stream is test_random.py's matter.
"""

import hashlib
import json
import math
import pathlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.runtime import distributions, philox
from tensorsh.runtime.philox import Stream
from tensorsh.runtime.streams import stateless_stream

TENSORFLOW = json.loads(pathlib.Path(__file__).with_name("random_tf.json").read_text())["cases"]

SEEDED = Stream.from_seeds(42, 1)  # tf.random.set_seed(42), and seed=1 in the op
STATELESS = stateless_stream(1, 2)
FLOATS = "float16", "bfloat16", "float32", "float64"


def same(array, expected):
    """Whether an array is the one of TensorFlow's that `expected` describes."""
    assert array.dtype.name == expected["dtype"]
    assert list(array.shape) == expected["shape"]
    if "sha256" in expected:
        return hashlib.sha256(array.tobytes()).hexdigest() == expected["sha256"]
    return array.tobytes() == np.array(expected["values"], array.dtype).tobytes()


def drew(name):
    return TENSORFLOW[name]["result"]


# ---------------------------------------------------------------- words to numbers


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("kind", ["uniform", "normal", "truncated_normal"])
def test_floats(kind, dtype):
    assert same(getattr(philox, kind)(np, SEEDED, 11, dtype), drew(f"{kind} {dtype}"))


@pytest.mark.parametrize(
    ("kind", "count", "dtype", "case"),
    [
        ("uniform", 10**6, "float32", "uniform a million"),
        ("normal", 10**6, "float32", "normal a million"),
        ("normal", 10**6, "bfloat16", "normal a million bfloat16"),
        ("truncated_normal", 10**6, "float32", "truncated_normal a million"),
        ("truncated_normal", 10**5, "float64", "truncated_normal many float64"),
    ],
)
def test_long_streams(kind, count, dtype, case):
    assert same(getattr(philox, kind)(np, SEEDED, count, dtype), drew(case))


@pytest.mark.parametrize("case", [name for name in TENSORFLOW if name.startswith("integers")])
def test_integers_in_a_range(case):
    _, dtype, low, high = case.split()
    assert same(philox.integers(np, SEEDED, 9, int(low), int(high), dtype), drew(case))


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint32", "uint64"])
def test_integers_of_any_value(dtype):
    assert same(philox.full_range_integers(np, STATELESS, 9, dtype), drew(f"full range {dtype}"))


@pytest.mark.parametrize("kind", ["uniform", "normal", "truncated_normal"])
def test_nothing_is_drawn_when_nothing_is_asked(kind):
    assert getattr(philox, kind)(np, SEEDED, 0, "float32").shape == (0,)


# ---------------------------------------------------------------- the counter


def test_the_counter_carries_into_its_high_half():
    stream = Stream((3 << 64) + 2**64 - 2, 5)
    assert same(philox.full_range_integers(np, stream, 12, "uint64"), drew("carry into the high half"))
    assert same(philox.truncated_normal(np, stream, 30, "float32"), drew("carry in truncated_normal"))


def test_the_counter_wraps_at_128_bits():
    stream = Stream(2**128 - 2, 5)
    assert same(philox.full_range_integers(np, stream, 12, "uint64"), drew("counter wraps"))


streams = st.builds(Stream, st.integers(0, 2**128 - 1), st.integers(0, 2**64 - 1))


@given(streams, st.integers(0, 40), st.integers(0, 2**70))
def test_skipping_is_drawing(stream, count, skipped):
    later = philox.blocks(np, stream.skip(skipped), count)
    offsets = [philox.block(stream.skip(skipped + index)) for index in range(count)]
    assert later.tolist() == [list(block) for block in offsets]


@given(streams, st.integers(0, 30), st.integers(0, 30), st.sampled_from(["float32", "float64"]))
def test_a_stream_cut_in_two_is_the_stream(stream, first, second, dtype):
    per_block = philox.group_size(dtype)
    whole = philox.normal(np, stream, (first + second) * per_block, dtype)
    parts = [
        philox.normal(np, stream, first * per_block, dtype),
        philox.normal(np, stream.skip(first), second * per_block, dtype),
    ]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


@given(streams, st.integers(1, 100), st.sampled_from(FLOATS))
def test_uniforms_lie_in_the_unit_interval(stream, count, dtype):
    values = philox.uniform(np, stream, count, dtype).astype(np.float64)
    assert ((values >= 0) & (values < 1)).all()


@given(streams, st.integers(1, 60), st.sampled_from(FLOATS))
def test_truncated_normals_are_small(stream, count, dtype):
    assert (abs(philox.truncated_normal(np, stream, count, dtype).astype(np.float64)) <= 2).all()


@given(streams, st.integers(-(2**31), 2**31 - 2), st.data())
def test_integers_lie_in_their_range(stream, low, data):
    high = data.draw(st.integers(low + 1, 2**31 - 1))
    values = philox.integers(np, stream, 20, low, high, "int32").tolist()
    assert all(low <= value < high for value in values)


# ---------------------------------------------------------------- distributions


def test_shuffle():
    assert same(distributions.permutation(np, SEEDED, 37).astype(np.int32), drew("shuffle"))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_short_shuffles(count):
    assert sorted(distributions.permutation(np, SEEDED, count).tolist()) == list(range(count))


def test_categorical():
    logits = np.array([[0.1, 0.2, -math.inf, 0.7], [5.0, 0.3, 0.2, 1.0], [-90, 90, 3, 3]], np.float32)
    assert same(distributions.categorical(np, SEEDED, logits, 15), drew("categorical"))
    wide = np.sin(np.arange(600, dtype=np.float32)).reshape(2, 300)
    assert same(distributions.categorical(np, SEEDED, wide, 50), drew("categorical wide"))


def test_gamma():
    alphas = np.array([0.01, 0.3, 1.0, 1.5, 40.0])
    assert same(distributions.gamma(np, SEEDED, alphas, 20), drew("gamma"))


def test_poisson():
    rates = np.array([0, 0.3, 9.5, 10, 31, 1e6], np.float32)
    assert same(distributions.poisson(np, SEEDED, rates, 20).astype(np.float32), drew("poisson"))


def test_binomial():
    counts = np.array([10, 40, 100, 0, 1e6, 1e6, 30, 7], np.float32)
    probs = np.array([0.3, 0.3, 0.7, 0.5, 1e-6, 0.4, 1, 0.9], np.float32)
    assert same(distributions.binomial(np, STATELESS, counts, probs, 20).astype(np.int32), drew("binomial"))


def test_rejection_carries_the_counter_too():
    stream = Stream((4 << 64) - 500, 5)
    drawn = distributions.binomial(np, stream, np.array([30.0], np.float32), np.array([0.5], np.float32), 9)
    assert same(drawn.reshape(-1).astype(np.int32), drew("carry in binomial"))


def test_parameters_without_a_distribution_give_nan_and_return():
    nan, inf = math.nan, math.inf
    assert distributions.poisson(np, SEEDED, np.array([inf, nan]), 1).tolist() == [
        [inf, pytest.approx(nan, nan_ok=True)]
    ]
    assert np.isnan(distributions.gamma(np, SEEDED, np.array([-1.0, nan]), 2)).all()
    assert np.isnan(distributions.binomial(np, SEEDED, np.array([nan, 3.0]), np.array([0.5, nan]), 2)).all()


def shuffled(index, seed, max_index):
    """As `tf.random.experimental.index_shuffle` shuffles, whose first key is always the same."""
    return distributions.index_shuffle(np, np.array(index, np.uint64), (498247692, *seed), max_index)


def test_index_shuffle():
    small, signed = drew("index_shuffle")
    assert shuffled(range(5), (5, 9), 4).tolist() == small["values"]
    assert same(shuffled(range(300), (1, 2**32 - 2), 299).astype(np.int64), signed)


def test_index_shuffle_of_every_size():
    limits = 255, 256, 65535, 65536, 2**17 - 1, 2**17, 2**32, 2**62 - 1, 2**62, 2**63 + 5
    expected = [case["values"] for case in drew("index_shuffle large")]
    assert [shuffled([index], (1, 2), limit).tolist() for index in (0, 3) for limit in limits] == expected


@given(st.integers(0, 300), st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)))
def test_index_shuffle_is_a_permutation(max_index, seed):
    assert sorted(shuffled(range(max_index + 1), seed, max_index).tolist()) == list(range(max_index + 1))
