"""Convolution and pooling, against their definitions spelled out in loops."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tensorsh.ops.registry import ops
from tensorsh.runtime.errors import InvalidArgumentError
from tensorsh.runtime.gradient_tape import GradientTape


def numbers(*shape):
    return np.random.default_rng(sum(shape)).uniform(-1, 1, shape)


def convolved(x, w, strides, dilations):
    """The definition, for "VALID" padding."""
    _, height, width, channels = x.shape
    rows, columns, depth, filters = w.shape
    groups, share = channels // depth, filters // (channels // depth)
    out = [(n - (k - 1) * d - 1) // s + 1 for n, k, s, d in zip((height, width), (rows, columns), strides, dilations)]
    y = np.zeros((x.shape[0], *out, filters))
    for b, i, j, f in product(range(x.shape[0]), *map(range, out), range(filters)):
        first = f // share * depth if groups > 1 else 0
        for p, q, c in product(range(rows), range(columns), range(depth)):
            place = x[b, i * strides[0] + p * dilations[0], j * strides[1] + q * dilations[1], first + c]
            y[b, i, j, f] += place * w[p, q, c, f]
    return y


@pytest.mark.parametrize("strides", [(1, 1), (2, 1), (2, 3)])
@pytest.mark.parametrize("dilations", [(1, 1), (1, 2)])
@pytest.mark.parametrize("groups", [1, 2])
def test_conv2d_is_its_definition(strides, dilations, groups):
    x, w = numbers(2, 6, 7, 4), numbers(2, 3, 4 // groups, 6)
    y = ops.conv2d(x, w, list(strides), "VALID", dilations=list(dilations))
    assert np.allclose(y.numpy(), convolved(x, w, strides, dilations))


def test_same_padding_puts_the_odd_zero_last():
    x, w = numbers(1, 4, 4, 1), numbers(2, 2, 1, 1)
    padded = np.pad(x, ((0, 0), (0, 1), (0, 1), (0, 0)))
    assert np.allclose(ops.conv2d(x, w, 1, "SAME").numpy(), convolved(padded, w, (1, 1), (1, 1)))


def test_channels_first_is_the_same_seen_otherwise():
    x, w = numbers(2, 5, 4, 3), numbers(2, 2, 3, 2)
    last = ops.conv2d(x, w, 1, "SAME").numpy()
    first = ops.conv2d(np.moveaxis(x, 3, 1), w, 1, "SAME", data_format="NCHW").numpy()
    assert np.allclose(np.moveaxis(first, 1, 3), last)


def test_the_transpose_is_the_gradient_of_the_convolution():
    x, w = ops.constant(numbers(1, 5, 5, 2)), numbers(3, 3, 2, 3)
    with GradientTape() as t:
        t.watch(x)
        y = ops.conv2d(x, w, 2, "SAME")
    seed = numbers(*y.shape)
    passed_back = t.gradient(y, x, output_gradients=ops.constant(seed)).numpy()
    assert np.allclose(ops.conv2d_transpose(seed, w, [1, 5, 5, 2], 2, "SAME").numpy(), passed_back)


def test_depthwise_is_one_convolution_for_each_channel():
    x, w = numbers(1, 4, 4, 2), numbers(2, 2, 2, 3)
    parts = [convolved(x[..., c : c + 1], w[:, :, c : c + 1, :], (1, 1), (1, 1)) for c in range(2)]
    result = ops.depthwise_conv2d(x, w, [1, 1, 1, 1], "VALID")
    assert np.allclose(result.numpy(), np.concatenate(parts, -1))


def test_pooling_is_its_definition():
    x = numbers(1, 5, 6, 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 3), (1, 2))[:, ::2, ::1]
    assert np.allclose(ops.max_pool2d(ops.constant(x), [2, 3], [2, 1], "VALID").numpy(), windows.max((-2, -1)))
    assert np.allclose(ops.avg_pool2d(x, [2, 3], [2, 1], "VALID").numpy(), windows.mean((-2, -1)))


def test_a_window_too_large_says_what_would_fit():
    with pytest.raises(InvalidArgumentError) as caught:
        ops.conv2d(ops.ones([1, 3, 3, 1]), ops.ones([5, 5, 1, 1]), 1, "VALID")
    assert caught.value.summary == "Conv2D: a window of 5 does not fit into 3"
    assert caught.value.hint == 'padding="SAME" pads the borders with zeros'


def test_an_image_without_its_batch_axis_says_so():
    with pytest.raises(InvalidArgumentError) as caught:
        ops.conv2d(ops.ones([3, 3, 1]), ops.ones([2, 2, 1, 1]), 1, "VALID")
    assert caught.value.hint == "add a batch axis: expand_dims(x, 0)"


def test_gradients_of_pooling_over_volumes_pass_every_tie():
    x = ops.ones([1, 2, 2, 2, 1])
    with GradientTape(persistent=True) as t:
        t.watch(x)
        largest = ops.max_pool3d(x, 2, 1, "VALID")
        mean = ops.avg_pool3d(x, 2, 1, "VALID")
    assert t.gradient(largest, x).numpy().ravel().tolist() == [1.0] * 8
    assert t.gradient(mean, x).numpy().ravel().tolist() == [0.125] * 8
