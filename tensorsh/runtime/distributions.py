"""The random distributions that want more than one formula: rejection, tables and permutations.

As in `philox.py`, `xp` is the array module and a `Stream` is a place in the sequence of blocks. TensorFlow
gives every output of these distributions a stretch of blocks of its own (output i begins 256 blocks after
output i-1) and reads as many as its rejections ask for; here all outputs try at once, and those that fail try
again with their next block. All arithmetic is float64, whatever the dtype of the parameters and of the
result.

A function of parameters takes them as a flat array and gives `samples` draws of each, shape (samples,
parameters). The outputs are numbered parameter by parameter, as TensorFlow numbers them. A block's two
uniform doubles are used last first.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

from .glibc import exact
from .philox import Array, Stream, blocks, blocks_at, double_normals, doubles

_BLOCKS_PER_OUTPUT = 256
_BLOCKS_PER_SMALL_BINOMIAL = 42

_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)
# log(k!) less Stirling's (k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2, for k = 0 ... 9
_STIRLING_TAIL = tuple(
    math.lgamma(k + 1) - ((k + 0.5) * math.log(k + 1) - (k + 1) + _HALF_LOG_TWO_PI) for k in range(10)
)
_SMALLEST_DOUBLE = 5e-324  # stands for a uniform that is 0 where its logarithm is compared
_SMALLEST_NORMAL = 2.0**-1022


def categorical(xp: Any, stream: Stream, logits: Array, samples: int) -> Array:
    """int64 (rows, samples): classes drawn with probability softmax(row), for logits of shape (rows,
    classes).

    A logit that is not finite has probability 0. TensorFlow's own stream depends on how many threads share
    the rows of a large batch; this is what one thread gives.
    """
    rows = logits.shape[0]
    logits = logits.astype(xp.float64)
    finite = xp.isfinite(logits)
    largest = xp.where(finite, logits, -math.inf).max(axis=1, keepdims=True)
    largest = xp.where(xp.isfinite(largest), largest, 0.0)
    weights = xp.where(finite, xp.exp(xp.where(finite, logits, largest) - largest), 0.0)
    cumulative = xp.cumsum(weights, axis=1)
    u = doubles(xp, blocks(xp, stream, -(-rows * samples // 2))).reshape(-1)[: rows * samples]
    return _upper_bound(xp, cumulative, u.reshape(rows, samples) * cumulative[:, -1:])


def gamma(xp: Any, stream: Stream, alphas: Array, samples: int) -> Array:
    """float64 draws of Gamma(alpha, 1), by Marsaglia and Tsang's method ("A simple method for generating
    gamma variables", 2000). A negative alpha gives nan.
    """
    alpha = xp.repeat(alphas.astype(xp.float64), samples)
    out = xp.full(alpha.shape, math.nan, dtype=xp.float64)
    lanes = _Lanes(xp, stream, alpha.size)

    exponential = xp.nonzero(alpha == 1.0)[0]
    if exponential.size:
        out[exponential] = -exact(xp, "log1p", -lanes.uniform(exponential))

    small = alpha < 1.0
    scale = xp.where(small, alpha + 2.0 / 3, xp.maximum(alpha, 1.0) - 1.0 / 3)
    spread = 1.0 / 3 / xp.sqrt(xp.maximum(scale, _SMALLEST_DOUBLE))
    pending = xp.nonzero((alpha >= 0.0) & (alpha != 1.0))[0]
    while pending.size:
        x = lanes.normal(pending)
        v = 1.0 + spread[pending] * x
        possible = v > 0.0
        trying, x, v = pending[possible], x[possible], v[possible]
        v = v * v * v
        d, x2, u = scale[trying], x * x, lanes.uniform(trying)
        accepted = u < 1 - 0.0331 * x2 * x2
        accepted |= xp.log(xp.maximum(u, _SMALLEST_DOUBLE)) < 0.5 * x * x + d * (1 - v + xp.log(v))
        done = trying[accepted]
        out[done] = (d * v)[accepted]
        shrunk = done[small[done]]
        if shrunk.size:
            inverse = 1.0 / xp.maximum(alpha[shrunk], _SMALLEST_NORMAL)
            out[shrunk] *= exact(xp, "pow", lanes.uniform(shrunk), inverse)
        pending = xp.concatenate((pending[~possible], trying[~accepted]))
    return _by_sample(xp, out, alphas.size, samples)


def poisson(xp: Any, stream: Stream, rates: Array, samples: int) -> Array:
    """float64 draws of Poisson(rate): Knuth's product of uniforms below a rate of 10, Hoermann's transformed
    rejection PTRS above ("The transformed rejection method for generating Poisson random variables", 1993).
    """
    rate = xp.repeat(rates.astype(xp.float64), samples)
    out = xp.where(rate >= 10.0, rate, math.nan)  # what an infinite rate keeps
    starts = xp.arange(rate.size, dtype=xp.uint64) * _BLOCKS_PER_OUTPUT
    few = xp.nonzero(rate < 10.0)[0]
    if few.size:
        out[few] = _try_all(xp, stream, starts[few], _knuth(xp, rate[few]))
    many = xp.nonzero((rate >= 10.0) & (rate < math.inf))[0]
    if many.size:
        out[many] = _try_all(xp, stream, starts[many], _ptrs(xp, rate[many]))
    return _by_sample(xp, out, rates.size, samples)


def binomial(xp: Any, stream: Stream, counts: Array, probs: Array, samples: int) -> Array:
    """float64 draws of Binomial(count, prob), of flat `counts` and `probs` of one dtype and length: geometric
    steps below a mean of 10, Hoermann's BTRS above ("The generation of binomial random variates", 1993).
    """
    folded = xp.where(probs <= 0.5, probs, 1 - probs)  # and the draw counted from the other end
    large_mean = xp.repeat(counts * folded >= 10, samples)
    certain = xp.where(probs >= 1, counts, xp.where((counts <= 0) | (probs <= 0), 0, math.nan))
    mirrored = xp.repeat(probs > 0.5, samples)
    count = xp.repeat(counts.astype(xp.float64), samples)
    prob = xp.repeat(folded.astype(xp.float64), samples)
    out = xp.repeat(certain.astype(xp.float64), samples)
    proper = xp.repeat((counts > 0) & (probs > 0) & (probs < 1), samples)
    index = xp.arange(out.size, dtype=xp.uint64)
    for chosen, stride, method in (
        (proper & ~large_mean, _BLOCKS_PER_SMALL_BINOMIAL, _geometric_steps),
        (proper & large_mean, _BLOCKS_PER_OUTPUT, _btrs),
    ):
        which = xp.nonzero(chosen)[0]
        if which.size:
            drawn = _try_all(xp, stream, index[which] * stride, method(xp, count[which], prob[which]))
            out[which] = xp.where(mirrored[which], count[which] - drawn, drawn)
    return _by_sample(xp, out, counts.size, samples)


def permutation(xp: Any, stream: Stream, count: int) -> Array:
    """int64: a permutation of range(count), by Fisher and Yates's swaps from the front, one word each."""
    order = list(range(count))
    if count > 1:
        words = blocks(xp, stream, -(-(count - 1) // 4)).view(xp.uint32).reshape(-1)[: count - 1]
        steps = words % xp.arange(count, 1, -1, dtype=xp.uint32)
        for here, step in enumerate(steps.tolist()):
            there = here + step
            order[here], order[there] = order[there], order[here]
    return xp.array(order, dtype=xp.int64)


_SIMON_KEYS = "10101111011100000011010010011000101000010001111110010110110011"  # the cipher's constant sequence z2


def index_shuffle(xp: Any, index: Array, seed: tuple[int, ...], max_index: int, rounds: int = 4) -> Array:
    """uint64: where each of `index` (uint64, flat, at most `max_index`) lies in the permutation of [0,
    max_index] that the seed, three integers, makes.

    The permutation is some rounds of the block cipher Simon (Beaulieu et al., 2013) on the fewest bits, at
    least 16 and even, that `max_index` asks for; an index that lands above it is enciphered again.
    """
    half = max(((max_index - 1).bit_length() + 1) // 2, 8) if max_index else 8
    mask = (1 << half) - 1

    def rotate(x: Any, left: int) -> Any:
        return (x << left | x >> half - left) & mask

    keys = [key & mask for key in seed]
    for one in islice(cycle(_SIMON_KEYS), rounds - 3):
        last = keys[-1]
        keys.append(mask & 0xFFFFFFFC ^ int(one) ^ keys[-3] ^ rotate(last, half - 3) ^ rotate(last, half - 4))

    def encipher(x: Array) -> Array:
        left, right = x >> half & mask, x & mask
        for key in keys:
            left, right = right, left ^ rotate(right, 1) & rotate(right, 8) ^ rotate(right, 2) ^ key
        return left << half | right

    if half > 8:  # at most one code in four is small enough, so few need many turns
        out = encipher(index)
        wandering = xp.nonzero(out > max_index)[0]
        while wandering.size:
            out[wandering] = encipher(out[wandering])
            wandering = wandering[out[wandering] > max_index]
        return out
    codes = encipher(xp.arange(1 << 16, dtype=xp.uint64)).tolist()
    found = []
    for code in index.tolist():
        code = codes[code & 0xFFFF]
        while code > max_index:
            code = codes[code]
        found.append(code)
    return xp.array(found, dtype=xp.uint64)


Method = Callable[[Array, Array, int], tuple[Array, Array]]


class _Lanes:
    """One stream an output, for the method that mixes normals and uniforms: each kind takes a block of its
    lane when its last one is used up, and hands out the block's two numbers last first.
    """

    def __init__(self, xp: Any, stream: Stream, count: int) -> None:
        self._xp, self._stream = xp, stream
        self._next_block = xp.arange(count, dtype=xp.uint64) * _BLOCKS_PER_OUTPUT
        self._kinds: dict[Any, tuple[Array, Array]] = {
            convert: (xp.empty((count, 2), dtype=xp.float64), xp.zeros((count,), dtype=xp.int64))
            for convert in (doubles, double_normals)
        }

    def uniform(self, lanes: Array) -> Array:
        return self._take(doubles, lanes)

    def normal(self, lanes: Array) -> Array:
        return self._take(double_normals, lanes)

    def _take(self, convert: Callable[[Any, Array], Array], lanes: Array) -> Array:
        numbers, left = self._kinds[convert]
        empty = lanes[left[lanes] == 0]
        if empty.size:
            position = self._next_block[empty]
            self._next_block[empty] = position + 1
            numbers[empty] = convert(self._xp, blocks_at(self._xp, self._stream, position))
            left[empty] = 2
        last = left[lanes] - 1
        left[lanes] = last
        return numbers[lanes, last]


def _try_all(xp: Any, stream: Stream, starts: Array, method: Method) -> Array:
    """Run a rejection method that uses one block, two uniforms, a try, until every output has its value.

    `method(outputs, pairs, tried)` gets the numbers of the outputs that still try and their uniforms, shape
    (n, 2), and gives their values and which of these stand.
    """
    out = xp.empty(starts.shape, dtype=xp.float64)
    pending = xp.arange(starts.size)
    tried = 0
    while pending.size:
        pairs = doubles(xp, blocks_at(xp, stream, starts[pending] + tried))
        values, done = method(pending, pairs[:, ::-1], tried)
        out[pending] = values
        pending = pending[~done]
        tried += 1
    return out


def _knuth(xp: Any, rate: Array) -> Method:
    limit = xp.exp(-rate)
    product = xp.ones_like(rate)

    def method(outputs: Array, pairs: Array, tried: int) -> tuple[Array, Array]:
        first = product[outputs] * pairs[:, 0]
        product[outputs] = second = first * pairs[:, 1]
        return 2.0 * tried + (first > limit[outputs]), second <= limit[outputs]

    return method


def _ptrs(xp: Any, rate: Array) -> Method:
    log_rate = xp.log(rate)
    b = 0.931 + 2.53 * xp.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    squeeze = 0.9277 - 3.6224 / (b - 2)

    def method(outputs: Array, pairs: Array, tried: int) -> tuple[Array, Array]:
        mean, b_, a_ = rate[outputs], b[outputs], a[outputs]
        u, v = pairs[:, 0] - 0.5, pairs[:, 1]
        us = xp.maximum(0.5 - xp.abs(u), _SMALLEST_NORMAL)
        k = xp.floor((2 * a_ / us + b_) * u + mean + 0.43)
        quick = (us >= 0.07) & (v <= squeeze[outputs])
        possible = (k >= 0) & ((us >= 0.013) | (v <= us))
        height = xp.log(xp.maximum(v, _SMALLEST_DOUBLE) * inverse_alpha[outputs] / (a_ / (us * us) + b_))
        whole = xp.maximum(k, 0.0)
        return k, quick | possible & (height <= -mean + whole * log_rate[outputs] - _log_factorial(xp, whole))

    return method


def _geometric_steps(xp: Any, count: Array, prob: Array) -> Method:
    log_miss = xp.log1p(-prob)
    position = xp.zeros_like(count)

    def method(outputs: Array, pairs: Array, tried: int) -> tuple[Array, Array]:
        steps = xp.ceil(xp.log(xp.maximum(pairs, _SMALLEST_DOUBLE)) / log_miss[outputs][:, None])
        first = position[outputs] + steps[:, 0]
        position[outputs] = second = first + steps[:, 1]
        return 2.0 * tried + (first <= count[outputs]), second > count[outputs]

    return method


def _btrs(xp: Any, count: Array, prob: Array) -> Method:
    deviation = xp.sqrt(count * prob * (1 - prob))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * prob
    alpha = (2.83 + 5.1 / b) * deviation
    odds = prob / (1 - prob)
    mode = xp.floor((count + 1) * prob)
    squeeze = 0.92 - 4.2 / b

    def method(outputs: Array, pairs: Array, tried: int) -> tuple[Array, Array]:
        n, p, b_, a_, m, r = (x[outputs] for x in (count, prob, b, a, mode, odds))
        u, v = pairs[:, 0] - 0.5, pairs[:, 1]
        us = xp.maximum(0.5 - xp.abs(u), _SMALLEST_NORMAL)
        k = xp.floor((2 * a_ / us + b_) * u + n * p + 0.5)
        quick = (us >= 0.07) & (v <= squeeze[outputs])
        possible = (k >= 0) & (k <= n)
        whole = xp.where(possible, k, m)
        height = xp.log(xp.maximum(v, _SMALLEST_DOUBLE) * alpha[outputs] / (a_ / (us * us) + b_))
        bound = (
            (m + 0.5) * xp.log((m + 1) / (r * (n - m + 1)))
            + (n + 1) * xp.log((n - m + 1) / (n - whole + 1))
            + (whole + 0.5) * xp.log(r * (n - whole + 1) / (whole + 1))
            + _stirling_tail(xp, m)
            + _stirling_tail(xp, n - m)
            - _stirling_tail(xp, whole)
            - _stirling_tail(xp, n - whole)
        )
        return k, quick | possible & (height <= bound)

    return method


def _log_factorial(xp: Any, k: Array) -> Array:
    return (k + 0.5) * xp.log(k + 1) - (k + 1) + _HALF_LOG_TWO_PI + _stirling_tail(xp, k)


def _stirling_tail(xp: Any, k: Array) -> Array:
    table = xp.array(_STIRLING_TAIL, dtype=xp.float64)
    series = (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / ((k + 1) * (k + 1))) / ((k + 1) * (k + 1))) / (k + 1)
    return xp.where(k <= 9, table[xp.minimum(k, 9).astype(xp.int64)], series)


def _upper_bound(xp: Any, rows: Array, targets: Array) -> Array:
    """For every target the index of the first larger number in its row, which ascends (bisection)."""
    length = rows.shape[1]
    low = xp.zeros(targets.shape, dtype=xp.int64)
    high = xp.full(targets.shape, length, dtype=xp.int64)
    for _ in range(length.bit_length()):
        middle = xp.minimum((low + high) // 2, length - 1)
        beyond = xp.take_along_axis(rows, middle, 1) <= targets
        low, high = xp.where(beyond, middle + 1, low), xp.where(beyond, high, middle)
    return low


def _by_sample(xp: Any, out: Array, parameters: int, samples: int) -> Array:
    return xp.ascontiguousarray(out.reshape(parameters, samples).T)
