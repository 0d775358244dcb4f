"""Candidate classes for losses over many classes: drawn negatives and their expected counts.

Every sampler gives (sampled_candidates (num_sampled,), true_expected_count (batch, num_true), sampled_expected_count).
The expected count of a class of probability p among n draws is n p, and 1 - (1 - p)**tries where each is drawn once.
"""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..runtime import random
from ..runtime.backend import to_host
from ..runtime.dtypes import float32, int32, int64
from ..runtime.errors import InvalidArgumentError, explain, invalid
from ..runtime.single_draws import Draws
from ..runtime.tensor import Tensor, as_tensor
from .creation import host_constant
from .random_rules import plain_seed
from .registry import op

_BLOCKS_PER_DRAW = 512  # what TensorFlow sets aside


class _Sampler(NamedTuple):
    """A distribution of classes: how to draw one, how likely each is, how many there are."""

    draw: Callable[[Draws], int]
    probability: Callable[[int], float]
    size: int


def _uniform(size: int) -> _Sampler:
    return _Sampler(lambda draws: draws.below64(size), lambda value: 1.0 / size, size)


def _log_uniform(size: int) -> _Sampler:
    """Class k with probability log((k + 2) / (k + 1)) / log(size + 1): of words by their rank, for instance."""
    scale = math.log1p(size)
    return _Sampler(
        lambda draws: (int(math.exp(draws.double() * scale)) - 1) % size,
        lambda value: math.log((value + 2.0) / (value + 1.0)) / scale,
        size,
    )


def _counted(weights: list[int]) -> _Sampler:
    """Classes in proportion to counts."""
    limits = np.cumsum(weights)
    total = int(limits[-1])
    return _Sampler(
        lambda draws: int(np.searchsorted(limits, draws.below(total), side="right")),
        lambda value: weights[value] / total,
        len(weights),
    )


def _weighted(weights: list[float]) -> _Sampler:
    """Classes in proportion to weights, by Walker's alias method: a slot for each class, shared by at most two."""
    size, total = len(weights), sum(weights)
    share = [weight * size / total for weight in weights]
    other = [-1] * size
    low = [i for i in range(size) if share[i] < 1.0]
    high = [i for i in range(size) if share[i] >= 1.0]
    while low and high:
        small, large = low.pop(), high.pop()
        other[small] = large
        share[large] -= 1 - share[small]
        (low if share[large] < 1.0 else high).append(large)
    for i in (*low, *high):
        share[i] = 1.0

    def draw(draws: Draws) -> int:
        place = draws.single()
        slot = draws.below(size)
        return slot if place < np.float32(share[slot]) else other[slot]

    return _Sampler(draw, lambda value: weights[value] / total, size)


def _sample(
    result: Any, sampler: _Sampler | None, true: Tensor, count: int, unique: bool, seed: Any, attrs: Any = None
) -> Any:
    """Draw `count` classes; without a sampler all of them in order.

    attrs: by what else TensorFlow tells kernels, which have a stream each, apart.
    """
    kernel, classes = result.__name__, to_host(true._array)
    if sampler is None:
        drawn, tries, chance = list(range(count)), count, 1.0 / count
        sampler = _Sampler(lambda draws: 0, lambda value: chance, count)
    else:
        if unique and sampler.size < count:
            raise explain(
                invalid(kernel, "Sampler's range is too small.", name=None),
                f"{kernel}: {count} different classes are wanted of {sampler.size}",
                hint="unique=False lets a class be drawn again",
            )
        seeds = random.state.op_seeds(plain_seed(seed))
        draws = Draws(
            random.state.stream(
                (kernel, classes.shape[1], count, bool(unique), sampler.size, attrs), seeds, count * _BLOCKS_PER_DRAW
            )
        )
        drawn, tries = [], 0
        while len(drawn) < count:
            value = sampler.draw(draws)
            tries += 1
            if not (unique and value in drawn):
                drawn.append(value)

    def expected(value: int) -> Any:
        p = np.float32(sampler.probability(value))
        return p * np.float32(count) if tries == count else -np.expm1(np.float32(tries) * np.log1p(-p))

    counts = np.array([expected(value) for value in classes.reshape(-1).tolist()], np.float32)
    return result(
        host_constant(drawn, int64),
        host_constant(counts.reshape(classes.shape), float32),
        host_constant([expected(value) for value in drawn], float32),
    )


def _true_classes(result: Any, true_classes: Any, num_true: int, num_sampled: int, range_max: int = 1) -> Tensor:
    kernel = result.__name__
    for attr, value in (("num_true", num_true), ("num_sampled", num_sampled), ("range_max", range_max)):
        if value < 1:
            raise explain(InvalidArgumentError(f"Value for attr '{attr}' of {value} must be at least minimum 1"))
    true = as_tensor(true_classes, None if isinstance(true_classes, Tensor) else int64)
    if true.dtype is not int64:
        raise invalid(
            kernel,
            f"cannot compute {kernel} as input #0(zero-based) was expected to be a int64 tensor but is a "
            f"{true.dtype.kernel_name} tensor",
            operands=[("true_classes", true)],
            hint="cast it: cast(true_classes, int64)",
        )
    if true._array.ndim != 2:
        raise invalid(kernel, "true_classes must be a matrix", operands=[("true_classes", true)], name=None)
    columns = true._array.shape[1]
    if columns != num_true:
        message = f"true_classes must have num_true columns, expected: {columns} was: {num_true}"
        raise invalid(kernel, message, operands=[("true_classes", true)], name=None)
    return true


def _result(name: str) -> Any:
    """TensorFlow's class for what a sampler gives."""
    return namedtuple(name, "sampled_candidates true_expected_count sampled_expected_count", module=__name__)


UniformCandidateSampler = _result("UniformCandidateSampler")
LogUniformCandidateSampler = _result("LogUniformCandidateSampler")
LearnedUnigramCandidateSampler = _result("LearnedUnigramCandidateSampler")
FixedUnigramCandidateSampler = _result("FixedUnigramCandidateSampler")
AllCandidateSampler = _result("AllCandidateSampler")


@op("random.uniform_candidate_sampler nn.uniform_candidate_sampler")
def uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Classes drawn evenly from range(range_max). true_classes: (batch, num_true) int64.

    >>> set_seed(1); uniform_candidate_sampler([[1]], 1, 3, True, 10, seed=3).true_expected_count
    <tf.Tensor: shape=(1, 1), dtype=float32, numpy=array([[0.3]], dtype=float32)>
    """
    true = _true_classes(UniformCandidateSampler, true_classes, num_true, num_sampled, range_max)
    return _sample(UniformCandidateSampler, _uniform(range_max), true, num_sampled, unique, seed)


@op("random.log_uniform_candidate_sampler")
def log_uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Classes drawn with probability log((k + 2) / (k + 1)) / log(range_max + 1), small ones more often.

    >>> log_uniform_candidate_sampler([[0]], 1, 2, False, 10, seed=3).true_expected_count
    <tf.Tensor: shape=(1, 1), dtype=float32, numpy=array([[0.57812965]], dtype=float32)>
    """
    true = _true_classes(LogUniformCandidateSampler, true_classes, num_true, num_sampled, range_max)
    return _sample(LogUniformCandidateSampler, _log_uniform(range_max), true, num_sampled, unique, seed)


@op("random.learned_unigram_candidate_sampler nn.learned_unigram_candidate_sampler")
def learned_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Classes drawn in proportion to how often they have been among true_classes in calls like this one, plus 1.

    >>> learned_unigram_candidate_sampler([[1]], 1, 2, False, 10, seed=3).true_expected_count
    <tf.Tensor: shape=(1, 1), dtype=float32, numpy=array([[0.2]], dtype=float32)>
    """
    true = _true_classes(LearnedUnigramCandidateSampler, true_classes, num_true, num_sampled, range_max)
    kernel = (num_true, num_sampled, bool(unique), range_max, plain_seed(seed))
    counts = random.state.learned.setdefault(kernel, [1] * range_max)
    result = _sample(LearnedUnigramCandidateSampler, _counted(counts), true, num_sampled, unique, seed)
    for value in to_host(true._array).reshape(-1).tolist():
        counts[value] += 1
    return result


@op("random.fixed_unigram_candidate_sampler nn.fixed_unigram_candidate_sampler")
def fixed_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    vocab_file: str = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: Sequence[float] = (),
    seed: Any = None,
    name: str | None = None,
) -> Any:
    """Classes drawn in proportion to unigrams**distortion; the first num_reserved_ids classes never.

    num_shards, shard: take every num_shards-th weight from `shard` on. No file is read: vocab_file is refused.
    vocab_file: refused. distortion: a float. num_reserved_ids: an int. unigrams: a list of floats, each class's weight.
    Raises InvalidArgumentError for a vocab_file, or unless range_max tells how many weights there are.

    >>> fixed_unigram_candidate_sampler([[1]], 1, 2, False, 2, unigrams=[1., 3.], seed=3).true_expected_count
    <tf.Tensor: shape=(1, 1), dtype=float32, numpy=array([[1.5]], dtype=float32)>
    """
    kernel = "FixedUnigramCandidateSampler"
    if vocab_file or not unigrams:
        raise explain(
            invalid(kernel, "Must provide either vocab_file or unigrams.", name=None),
            f"{kernel}: give the weights by unigrams; no file is read",
        )
    true = _true_classes(FixedUnigramCandidateSampler, true_classes, num_true, num_sampled, range_max)
    weights = [0.0] * num_reserved_ids + [float(np.float32(weight)) ** distortion for weight in unigrams]
    weights = weights[shard::num_shards]
    if len(weights) != range_max:
        raise invalid(kernel, f"range_max is {range_max}, and there are {len(weights)} weights", name=None)
    sampler = _weighted(weights)
    return _sample(FixedUnigramCandidateSampler, sampler, true, num_sampled, unique, seed, (distortion, *weights))


@op("random.all_candidate_sampler nn.all_candidate_sampler")
def all_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, seed: Any = None, name: str | None = None
) -> Any:
    """All classes of range(num_sampled), in order: for losses that are to be exact.

    >>> all_candidate_sampler([[1]], 1, 3, True).sampled_candidates
    <tf.Tensor: shape=(3,), dtype=int64, numpy=array([0, 1, 2])>
    """
    true = _true_classes(AllCandidateSampler, true_classes, num_true, num_sampled)
    return _sample(AllCandidateSampler, None, true, num_sampled, unique, seed)


class ComputeAccidentalHits(NamedTuple):
    indices: Tensor
    ids: Tensor
    weights: Tensor


@op("nn.compute_accidental_hits")
def compute_accidental_hits(
    true_classes: Any, sampled_candidates: Any, num_true: int, seed: Any = None, name: str | None = None
) -> ComputeAccidentalHits:
    """Where drawn candidates are among the true classes: (row, position of the candidate, the lowest float).

    sampled_candidates: int64 (num_sampled,): the drawn classes.
    true_classes: int64 (batch, num_true).

    >>> compute_accidental_hits([[1, 2], [3, 4]], [2, 3, 5], 2).ids
    <tf.Tensor: shape=(2,), dtype=int64, numpy=array([0, 1])>
    """
    random.state.op_seeds(plain_seed(seed))  # TensorFlow draws one here too, and uses it for nothing
    true = _true_classes(ComputeAccidentalHits, true_classes, num_true, 1)
    sampled = to_host(as_tensor(sampled_candidates, int64)._array).tolist()
    at = {value: i for i, value in enumerate(sampled)}
    rows = to_host(true._array).tolist()
    hits = [(row, at[value]) for row, values in enumerate(rows) for value in values if value in at]
    return ComputeAccidentalHits(
        host_constant(np.array([row for row, _ in hits], np.int32), int32),
        host_constant(np.array([i for _, i in hits], np.int64), int64),
        host_constant(np.full(len(hits), float32.min, np.float32), float32),
    )
