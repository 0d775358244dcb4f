"""Resized images, crops and glimpses: what golden sessions cannot say."""

from __future__ import annotations

import numpy as np
import pytest

from tensorsh.ops.image import crop_resize as image_crop_resize
from tensorsh.ops.image import resize as image_resize
from tensorsh.ops.registry import ops
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.tensor import Tensor, as_tensor

METHODS = ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"]


def draw(*shape: int) -> Tensor:
    return as_tensor(np.random.default_rng(sum(shape)).uniform(-1.0, 1.0, shape))


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("size", [(2, 9), (7, 3), (5, 4)])
@pytest.mark.parametrize("method", METHODS)
def test_the_gradient_of_a_resize_is_its_adjoint(method: str, size: tuple[int, int], antialias: bool) -> None:
    """For a linear map A, (g, A x) = (A' g, x). In double precision, which `resize` itself does not keep."""
    if antialias:
        method = image_resize._WITH_ANTIALIAS.get(method, method)
    core, _ = image_resize._KERNELS.get(method, image_resize._SCALED)
    x, g = draw(2, 5, 4, 3), draw(2, *size, 3)
    with GradientTape() as t:
        t.watch(x)
        y = core(x, sizes=size, method=method, antialias=antialias)
    back = t.gradient(y, x, output_gradients=g)
    assert float(ops.reduce_sum(g * y)) == pytest.approx(float(ops.reduce_sum(back * x)), rel=1e-5)


@pytest.mark.parametrize("method", [*METHODS, "area"])
def test_an_even_image_stays_even(method: str) -> None:
    y = ops.resize(ops.fill([1, 5, 4, 1], 0.25), [3, 7], method=method)
    np.testing.assert_allclose(y.numpy(), 0.25, rtol=1e-5)


@pytest.mark.parametrize("method", ["bilinear", "nearest"])
def test_the_gradient_of_a_crop_is_its_adjoint(method: str) -> None:
    x = as_tensor(draw(2, 5, 4, 3).numpy().astype(np.float32))
    boxes, at = as_tensor([[0.1, 0.2, 0.9, 1.3], [0.8, 0.7, 0.2, 0.1], [0.0, 0.0, 1.0, 1.0]]), as_tensor([0, 1, 1])
    g = as_tensor(draw(3, 4, 6, 3).numpy().astype(np.float32))
    y = image_crop_resize._crops(x, boxes, at, sizes=(4, 6), method=method, outside=0.0)
    back = image_crop_resize._crop_spread(g, boxes, at, shape=(2, 5, 4, 3), method=method, dtype=np.dtype(np.float32))
    assert float(ops.reduce_sum(g * y)) == pytest.approx(float(ops.reduce_sum(back * x)), rel=1e-4)


def test_the_gradient_for_boxes_agrees_with_differences() -> None:
    x = as_tensor(draw(1, 6, 6, 1).numpy().astype(np.float32))
    box = np.asarray([[0.11, 0.23, 0.83, 0.71]], np.float32)

    def total(corners: np.ndarray) -> float:
        return float(ops.reduce_sum(ops.crop_and_resize(x, corners, [0], [2, 3])))

    with GradientTape() as t:
        b = as_tensor(box)
        t.watch(b)
        y = ops.reduce_sum(ops.crop_and_resize(x, b, [0], [2, 3]))
    slope = t.gradient(y, b).numpy()[0]
    for i, step in enumerate(np.eye(4, dtype=np.float32) * np.float32(1e-3)):
        assert (total(box + step) - total(box - step)) / 2e-3 == pytest.approx(slope[i], rel=5e-2, abs=5e-2)


@pytest.mark.parametrize("noise", ["uniform", "gaussian"])
def test_a_glimpse_beyond_the_image_is_filled_with_noise(noise: str) -> None:
    x = draw(1, 3, 3, 1).numpy().astype(np.float32)
    y = ops.extract_glimpse(x, [2, 2], [[4.0, 4.0]], centered=False, normalized=False, noise=noise).numpy()
    assert len(set(y.reshape(-1).tolist())) == 4
    if noise == "uniform":
        assert x.min() <= y.min() and y.max() <= x.max()
