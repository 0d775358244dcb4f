"""`tf.keras.utils`: seeds for everything at once, one-hot arrays, unit vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...runtime.errors import explain
from ...runtime.tensor import as_tensor, is_tensor
from ..registry import at_path, op, ops
from . import seeds as keras_seeds


@op("keras.utils.set_random_seed", short=False)
def set_random_seed(seed: int) -> None:
    """Seed all random numbers: TensorFlow's, NumPy's, and those that Keras's objects draw for their own seeds.

    seed: an int. Raises ValueError unless the seed is an integer from 0 to 2**32 - 1.

    >>> tf.keras.utils.set_random_seed(42)
    >>> tf.keras.initializers.HeNormal()([2, 2])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[-0.5363461, -0.3280778],
           [-0.5031528,  1.5481987]], dtype=float32)>
    """
    if not isinstance(seed, int):
        raise ValueError(f"Expected `seed` argument to be an integer. Received: seed={seed} (of type {type(seed)})")
    keras_seeds.start(seed)
    at_path("np.random.seed")(seed)
    ops.set_seed(seed)


@op("keras.utils.to_categorical", short=False)
def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Class numbers as rows with a one in that place: an array of float64, for a tensor a tensor of float32.

    x: (...) or (..., 1) integers; the result has shape (..., num_classes). num_classes: one more than the largest, by
    default; a tensor needs it. Raises IndexError for a class that is too large.

    >>> tf.keras.utils.to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    if is_tensor(x):
        x = as_tensor(x)
        return ops.one_hot(ops.cast(_without_last_one(x), "int64"), num_classes)
    x = _without_last_one(np.array(x, dtype="int64"))
    flat = x.reshape(-1)
    count = num_classes or np.max(flat) + 1
    for n in flat[(flat >= count) | (flat < -count)][:1]:
        raise explain(
            IndexError(f"index {n} is out of bounds for axis 1 with size {count}"),
            summary=f"to_categorical: class {n} is not below num_classes, {count}",
        )
    rows = np.zeros((flat.size, count))
    rows[np.arange(flat.size), flat] = 1
    return rows.reshape((*x.shape, count))


def _without_last_one(x: Any) -> Any:
    """x without its last axis if that is of size 1 and not the only one."""
    shape = tuple(x.shape)
    if len(shape) < 2 or shape[-1] != 1:
        return x
    return ops.reshape(x, shape[:-1]) if is_tensor(x) else x.reshape(shape[:-1])


@op(
    "keras.utils.normalize",
    short=False,
    samples=lambda s: [s.call(s(2, 3)), s.call(s(2, 3), axis=0, order=3)],
    prefix="keras_",
)
def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """x divided by its norms of that order along an axis: an array for an array, else a tensor.

    order: an int: 1 for the sum of absolute values, 2 for the Euclidean length, and so on. Raises ValueError for an
    order that is no integer from 1 on.

    >>> tf.keras.utils.normalize([[3., 4.]])
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0.6, 0.8]], dtype=float32)>
    """
    if isinstance(x, np.ndarray):
        norms = np.atleast_1d(np.linalg.norm(x, order, axis))
        norms[norms == 0] = 1
        return x / np.expand_dims(norms, axis or -1)  # Keras, too, takes axis 0 for the last one here
    return ops.keras_ops_normalize(x, axis, order)
