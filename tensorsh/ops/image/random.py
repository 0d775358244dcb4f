"""Images changed at random, with TensorFlow's own random numbers: see `sampling` and `stateless` for their seeds."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ...runtime.dtypes import int32
from ...runtime.errors import InvalidArgumentError, explain
from ...runtime.tensor import Tensor, as_tensor
from ..indexing import slice_
from ..registry import op, ops
from .color import adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation
from .geometry import flipped
from .rules import as_batch, at_least_3d


def _check_delta(max_delta: Any) -> None:
    if max_delta < 0:
        raise explain(ValueError("max_delta must be non-negative."), f"max_delta is {max_delta}")


def _check_hue(max_delta: Any) -> None:
    if max_delta > 0.5:
        raise explain(ValueError("max_delta must be <= 0.5."), f"max_delta is {max_delta}")
    _check_delta(max_delta)


def _check_range(lower: Any, upper: Any) -> None:
    if upper <= lower:
        raise explain(ValueError("upper must be > lower."), f"upper is {upper}, lower {lower}")
    if lower < 0:
        raise explain(ValueError("lower must be non-negative."), f"lower is {lower}")


@op("image.random_brightness", short=False)
def random_brightness(image: Any, max_delta: Any, seed: Any = None) -> Tensor:
    """`adjust_brightness` by a number from [-max_delta, max_delta). Raises ValueError for a negative bound.

    >>> set_seed(1); tf.image.random_brightness([[[.5]]], .25)
    <tf.Tensor: shape=(1, 1, 1), dtype=float32, numpy=array([[[0.33256507]]], dtype=float32)>
    """
    _check_delta(max_delta)
    return adjust_brightness(image, ops.uniform([], -max_delta, max_delta, seed=seed))


@op("image.stateless_random_brightness", short=False)
def stateless_random_brightness(image: Any, max_delta: Any, seed: Any) -> Tensor:
    """`random_brightness` as a function of `seed`, two integers.

    >>> tf.image.stateless_random_brightness([[[.5]]], .25, [1, 2])
    <tf.Tensor: shape=(1, 1, 1), dtype=float32, numpy=array([[[0.6720302]]], dtype=float32)>
    """
    _check_delta(max_delta)
    return adjust_brightness(image, ops.stateless_uniform([], seed, -max_delta, max_delta))


@op("image.random_contrast", short=False)
def random_contrast(image: Any, lower: Any, upper: Any, seed: Any = None) -> Tensor:
    """`adjust_contrast` by a number from [lower, upper). Raises ValueError unless 0 <= lower < upper.

    >>> set_seed(1); tf.image.random_contrast([[[0.], [1.]]], .5, 1.)[..., 0]
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0.20871747, 0.7912825 ]], dtype=float32)>
    """
    _check_range(lower, upper)
    return adjust_contrast(image, ops.uniform([], lower, upper, seed=seed))


@op("image.stateless_random_contrast", short=False)
def stateless_random_contrast(image: Any, lower: Any, upper: Any, seed: Any) -> Tensor:
    """`random_contrast` as a function of `seed`, two integers.

    >>> tf.image.stateless_random_contrast([[[0.], [1.]]], .5, 1., [1, 2])[..., 0]
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0.03898489, 0.9610151 ]], dtype=float32)>
    """
    _check_range(lower, upper)
    return adjust_contrast(image, ops.stateless_uniform([], seed, lower, upper))


@op("image.random_hue", short=False)
def random_hue(image: Any, max_delta: Any, seed: Any = None) -> Tensor:
    """`adjust_hue` by a number from [-max_delta, max_delta). Raises ValueError unless it is from 0 to 0.5.

    >>> set_seed(1); tf.image.random_hue([[[1., .5, 0.]]], .1)
    <tf.Tensor: shape=(1, 1, 3), dtype=float32, numpy=array([[[1.        , 0.09815618, 0.        ]]], dtype=float32)>
    """
    _check_hue(max_delta)
    return adjust_hue(image, ops.uniform([], -max_delta, max_delta, seed=seed))


@op("image.stateless_random_hue", short=False)
def stateless_random_hue(image: Any, max_delta: Any, seed: Any) -> Tensor:
    """`random_hue` as a function of `seed`, two integers.

    >>> tf.image.stateless_random_hue([[[1., .5, 0.]]], .1, [1, 2])
    <tf.Tensor: shape=(1, 1, 3), dtype=float32, numpy=array([[[1.        , 0.91287255, 0.        ]]], dtype=float32)>
    """
    _check_hue(max_delta)
    return adjust_hue(image, ops.stateless_uniform([], seed, -max_delta, max_delta))


@op("image.random_saturation", short=False)
def random_saturation(image: Any, lower: Any, upper: Any, seed: Any = None) -> Tensor:
    """`adjust_saturation` by a number from [lower, upper). Raises ValueError unless 0 <= lower < upper.

    >>> set_seed(1); tf.image.random_saturation([[[1., 0., 0.]]], .5, 1.)
    <tf.Tensor: shape=(1, 1, 3), dtype=float32, numpy=array([[[1.        , 0.41743493, 0.41743493]]], dtype=float32)>
    """
    _check_range(lower, upper)
    return adjust_saturation(image, ops.uniform([], lower, upper, seed=seed))


@op("image.stateless_random_saturation", short=False)
def stateless_random_saturation(image: Any, lower: Any, upper: Any, seed: Any = None) -> Tensor:
    """`random_saturation` as a function of `seed`, two integers.

    >>> tf.image.stateless_random_saturation([[[1., 0., 0.]]], .5, 1., [1, 2])
    <tf.Tensor: shape=(1, 1, 3), dtype=float32, numpy=array([[[1.        , 0.07796979, 0.07796979]]], dtype=float32)>
    """
    _check_range(lower, upper)
    return adjust_saturation(image, ops.stateless_uniform([], seed, lower, upper))


# ---------------------------------------------------------------- flips and crops


def _maybe_flipped(image: Any, axis: int, draw: Any) -> Tensor:
    """Each image mirrored along `axis` of (height, width, channels), or not."""
    x = at_least_3d(image)
    as_batch(x)
    if x._array.ndim == 3:
        return flipped(x, axis) if bool(draw([]) < 0.5) else x
    batch = x._array.shape[0]
    flips = ops.cast(ops.round(ops.reshape(draw([batch]), [batch, 1, 1, 1])), x.dtype)
    return flips * flipped(x, axis) + (1 - flips) * x


def _flip_samples(s: Any) -> Any:
    return [s.call(s(2, 2, 1), [1, 2]), s.call(s(4, 2, 2, 1), [1, 2])]


@op("image.random_flip_left_right", short=False)
def random_flip_left_right(image: Any, seed: Any = None) -> Tensor:
    """An image, or each of a batch, mirrored left to right with probability 1/2.

    >>> set_seed(1); tf.image.random_flip_left_right([[[1.], [2.]]])[..., 0]
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[2., 1.]], dtype=float32)>
    """
    return _maybe_flipped(image, 1, partial(ops.uniform, minval=0, maxval=1.0, seed=seed))


@op("image.stateless_random_flip_left_right", short=False, samples=_flip_samples)
def stateless_random_flip_left_right(image: Any, seed: Any) -> Tensor:
    """`random_flip_left_right` as a function of `seed`, two integers.

    >>> tf.image.stateless_random_flip_left_right([[[1.], [2.]]], [3, 4])[..., 0]
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[2., 1.]], dtype=float32)>
    """
    return _maybe_flipped(image, 1, partial(ops.stateless_uniform, seed=seed, minval=0, maxval=1.0))


@op("image.random_flip_up_down", short=False)
def random_flip_up_down(image: Any, seed: Any = None) -> Tensor:
    """An image, or each of a batch, turned upside down with probability 1/2.

    >>> set_seed(1); tf.image.random_flip_up_down([[[1.]], [[2.]]])[..., 0]
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[2.],
           [1.]], dtype=float32)>
    """
    return _maybe_flipped(image, 0, partial(ops.uniform, minval=0, maxval=1.0, seed=seed))


@op("image.stateless_random_flip_up_down", short=False, samples=_flip_samples)
def stateless_random_flip_up_down(image: Any, seed: Any) -> Tensor:
    """`random_flip_up_down` as a function of `seed`, two integers.

    >>> tf.image.stateless_random_flip_up_down([[[1.]], [[2.]]], [3, 4])[..., 0]
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[2.],
           [1.]], dtype=float32)>
    """
    return _maybe_flipped(image, 0, partial(ops.stateless_uniform, seed=seed, minval=0, maxval=1.0))


def _cropped(value: Any, size: Any, draw: Any) -> Tensor:
    x, wanted = as_tensor(value), as_tensor(size, int32)
    shape = ops.constant(list(x._array.shape), int32)
    if not bool(ops.reduce_all(shape >= wanted)):
        listed = "\n".join(", ".join(map(str, t.numpy().reshape(-1).tolist())) for t in (shape, wanted))
        raise explain(
            InvalidArgumentError(
                "Expected 'tf.Tensor(False, shape=(), dtype=bool)' to be true. Summarized data: "
                f"b'Need value.shape >= size, got '\n{listed}"
            ),
            "random_crop: the crop is larger than the value",
            [("value", x), ("size", wanted)],
        )
    start = draw([x._array.ndim], dtype=int32, maxval=int(np.iinfo(np.int32).max)) % (shape - wanted + 1)
    return slice_(x, start, wanted)


@op("image.random_crop", short=False)
def random_crop(value: Any, size: Any, seed: Any = None, name: str | None = None) -> Tensor:
    """A part of a tensor, of any rank, of the given size and at a random place.

    Raises InvalidArgumentError if it is larger than the tensor.

    value: a tensor with as many axes as size has entries. size: ints, (rank,).

    >>> set_seed(1); tf.image.random_crop([1, 2, 3, 4, 5, 6], [2])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 4], dtype=int32)>
    """
    return _cropped(value, size, partial(ops.uniform, minval=0, seed=seed))


@op("image.stateless_random_crop", short=False, samples=lambda s: [s.call(s(3, 4), [2, 2], [1, 2])])
def stateless_random_crop(value: Any, size: Any, seed: Any, name: str | None = None) -> Tensor:
    """`random_crop` as a function of `seed`, two integers.

    value: a tensor with as many axes as size has entries. size: ints, (rank,).

    >>> tf.image.stateless_random_crop([1, 2, 3, 4, 5, 6], [2], [3, 4])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    return _cropped(value, size, partial(ops.stateless_uniform, minval=0, seed=seed))
