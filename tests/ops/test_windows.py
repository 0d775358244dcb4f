"""Convolution and pooling, against their definitions spelled out in loops."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tensorsh.ops import windows
from tensorsh.ops.registry import ops
from tensorsh.runtime import threads
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


@pytest.mark.parametrize("strides", [[1, 1], [2, 1], [3, 4]])
@pytest.mark.parametrize("dilations", [[1, 1], [2, 3]])
@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("padding", ["VALID", [[0, 0], [3, 0], [1, 4], [0, 0]]])
def test_gradients_of_a_convolution_have_its_inner_product(strides, dilations, groups, padding):
    """It is linear in its input and in its filters, whatever windows leave out, or see of the padding alone."""
    x, w = numbers(2, 9, 8, 4), numbers(3, 2, 4 // groups, 8)
    xs, ws = ops.constant(x), ops.constant(w)
    with GradientTape() as t:
        t.watch([xs, ws])
        y = ops.conv2d(xs, ws, strides, padding, dilations=dilations)
    upstream = numbers(*y.shape)
    dx, dw = t.gradient(y, [xs, ws], output_gradients=ops.constant(upstream))
    total = np.sum(y.numpy() * upstream)
    assert np.allclose([np.sum(dx.numpy() * x), np.sum(dw.numpy() * w)], total)


@pytest.mark.parametrize("images", [1, 6])
def test_the_gradient_of_filters_does_not_depend_on_the_number_of_threads(images, monkeypatch):
    """To the last digit, and all cores have part in it, however many they are."""
    x, w = (ops.constant(numbers(*shape), "float32") for shape in ((images, 28, 28, 64), (3, 3, 64, 64)))
    taken = []

    def counted(work, parts, together=True):
        taken.append(together)
        threads.for_each(work, parts, together)

    found = set()
    for count in (1, 2, 64):
        monkeypatch.setattr(windows, "cores", lambda count=count: count)
        monkeypatch.setattr(windows, "for_each", threads.for_each)
        with GradientTape() as t:
            t.watch(w)
            y = ops.conv2d(x, w, 1, "SAME")
        monkeypatch.setattr(windows, "for_each", counted)
        with threads._blas().limit(limits=min(count, 3), user_api="blas"):
            found.add(t.gradient(y, w).numpy().tobytes())
    assert taken == [True] * 3
    assert len(found) == 1


def test_depthwise_is_one_convolution_for_each_channel():
    x, w = numbers(1, 4, 4, 2), numbers(2, 2, 2, 3)
    parts = [convolved(x[..., c : c + 1], w[:, :, c : c + 1, :], (1, 1), (1, 1)) for c in range(2)]
    result = ops.depthwise_conv2d(x, w, [1, 1, 1, 1], "VALID")
    assert np.allclose(result.numpy(), np.concatenate(parts, -1))


@pytest.mark.parametrize("strides, padding, multiplier", [(1, "SAME", 1), (1, "VALID", 2), (2, "SAME", 2)])
def test_depthwise_on_many_images_is_the_sum_over_the_places_of_a_window(strides, padding, multiplier):
    x, w = numbers(3, 60, 42, 24), numbers(3, 2, 24, multiplier)
    before, after = ((1, 1), (0, 1)) if padding == "SAME" and strides == 1 else ((0, 1), (0, 0))
    full = np.pad(x, ((0, 0), before, after, (0, 0))) if padding == "SAME" else x
    height, width = ((n - k) // strides + 1 for n, k in zip(full.shape[1:3], w.shape[:2]))
    expected = np.zeros((3, height, width, 24, multiplier))
    for i, j in product(range(3), range(2)):
        seen = full[:, i : i + height * strides : strides, j : j + width * strides : strides, :, None]
        expected += seen[:, :height, :width] * w[i, j]
    xs, ws = ops.constant(x), ops.constant(w)
    with GradientTape() as t:
        t.watch([xs, ws])
        y = ops.depthwise_conv2d(xs, ws, [1, strides, strides, 1], padding)
    assert np.allclose(y.numpy(), expected.reshape(y.shape))
    # It is linear in both: with either, what is passed back has the same inner product as the results have.
    upstream = numbers(*y.shape)
    dx, dw = t.gradient(y, [xs, ws], output_gradients=ops.constant(upstream))
    total = np.sum(y.numpy() * upstream)
    assert np.allclose([np.sum(dx.numpy() * x), np.sum(dw.numpy() * w)], total)


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


@pytest.mark.parametrize("padding", ["VALID", [[0, 0], [1, 0], [0, 0], [0, 0]]])
def test_a_window_too_large_by_less_than_a_stride_fits_nowhere(padding):
    """TensorFlow's count is rounded to 0 there; its convolution then shows memory that nobody has written."""
    x, w = ops.ones([2, 3, 6, 1]), ops.ones([4, 1, 1, 1])
    with GradientTape() as t:
        t.watch([x, w])
        y = ops.conv2d(x, w, [5, 3], padding, dilations=[2, 1])
    dx, dw = t.gradient(y, [x, w])
    assert y.shape == [2, 0, 2, 1]
    assert not dx.numpy().any() and not dw.numpy().any()
    assert ops.max_pool2d(ops.ones([1, 1, 1, 1]), 4, 2, "VALID").shape == [1, 0, 0, 1]


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
