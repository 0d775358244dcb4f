"""`tf.keras.regularizers`: what large weights add to a loss."""

from __future__ import annotations

import math
from typing import Any

from ..runtime.tensor import Tensor, as_tensor
from .keras.objects import Catalogue, serialize
from .registry import export, op, ops


class Regularizer:
    """The base of all regularizers, which adds nothing.

    >>> tf.keras.regularizers.Regularizer()([1.])
    0.0
    """

    __module__ = "keras.src.regularizers.regularizers"
    _may_be_base = True

    def __call__(self, x: Any) -> Any:
        return 0.0

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Regularizer:
        """The regularizer of these arguments."""
        return cls(**config)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this regularizer again."""
        raise NotImplementedError(f"{self} does not implement get_config()")


class L1L2(Regularizer):
    """l1 * the sum of |x| + l2 * the sum of x^2.

    l1, l2: floats.

    >>> tf.keras.regularizers.L1L2(0.5, 0.25)(constant([1., -2.]))
    <tf.Tensor: shape=(), dtype=float32, numpy=2.75>
    """

    __module__ = "keras.src.regularizers.regularizers"

    def __init__(self, l1: Any = 0.0, l2: Any = 0.0) -> None:
        self.l1, self.l2 = _factor("l1", l1, 0.0), _factor("l2", l2, 0.0)

    def __call__(self, x: Any) -> Tensor:
        total = as_tensor(0.0, x.dtype)
        if self.l1:
            total = total + _times(self.l1, abs(as_tensor(x)))
        if self.l2:
            total = total + _times(self.l2, ops.square(x))
        return total

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}


class L1(Regularizer):
    """l1 * the sum of |x|: it makes small weights 0.

    l1: a float.

    >>> tf.keras.regularizers.L1(0.5)(constant([1., -2.]))
    <tf.Tensor: shape=(), dtype=float32, numpy=1.5>
    """

    __module__ = "keras.src.regularizers.regularizers"

    def __init__(self, l1: Any = 0.01) -> None:
        self.l1 = as_tensor(_factor("l1", l1, 0.01))

    def __call__(self, x: Any) -> Tensor:
        return _times(self.l1, abs(as_tensor(x)), x.dtype)

    def get_config(self) -> dict[str, Any]:
        return {"l1": float(self.l1)}


class L2(Regularizer):
    """l2 * the sum of x^2: it keeps weights small.

    l2: a float.

    >>> tf.keras.regularizers.L2(0.5)(constant([1., -2.]))
    <tf.Tensor: shape=(), dtype=float32, numpy=2.5>
    """

    __module__ = "keras.src.regularizers.regularizers"

    def __init__(self, l2: Any = 0.01) -> None:
        self.l2 = _factor("l2", l2, 0.01)

    def __call__(self, x: Any) -> Tensor:
        return _times(self.l2, ops.square(x), x.dtype)

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """factor * the mean |cosine| between two rows (or columns, by `mode`) of a matrix: it makes them orthogonal.

    factor: a float. mode: "rows" or "columns". Raises ValueError for anything but a matrix.

    >>> tf.keras.regularizers.OrthogonalRegularizer(0.5)(constant([[1., 0.], [1., 0.]]))
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """

    __module__ = "keras.src.regularizers.regularizers"

    def __init__(self, factor: Any = 0.01, mode: str = "rows") -> None:
        self.factor = as_tensor(_factor("factor", factor))
        if mode not in ("rows", "columns"):
            raise ValueError(
                f'Invalid value for argument `mode`. Expected one of {{"rows", "columns"}}. Received: mode={mode}'
            )
        self.mode = mode

    def __call__(self, inputs: Any) -> Tensor:
        if len(inputs.shape) != 2:
            raise ValueError(f"Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape={inputs.shape}")
        along_rows = self.mode == "rows"
        vectors = ops.keras_normalize(inputs, axis=1 if along_rows else 0)
        products = ops.matmul(vectors, vectors, transpose_a=not along_rows, transpose_b=along_rows)
        count = products._array.shape[0]
        others = products * (1.0 - ops.eye(count, dtype=products.dtype))
        pairs = count * (count - 1.0) / 2.0
        return self.factor * 0.5 * ops.reduce_sum(abs(others)) / pairs

    def get_config(self) -> dict[str, Any]:
        return {"factor": float(self.factor), "mode": self.mode}


def _times(factor: Any, sizes: Tensor, dtype: Any = None) -> Tensor:
    return ops.cast(factor, dtype or sizes.dtype) * ops.reduce_sum(sizes)


def _factor(name: str, value: Any, default: float | None = None) -> float:
    """A factor, not negative. Raises ValueError for anything else."""
    value = default if value is None else value
    if not isinstance(value, (float, int)) or not math.isfinite(value) or value < 0:
        raise ValueError(f"Invalid value for argument {name}: expected a non-negative float.Received: {name}={value}")
    return float(value)


_CLASSES = {cls.__name__: cls for cls in (Regularizer, L1, L2, L1L2, OrthogonalRegularizer)}
_catalogue = Catalogue("regularizer", _CLASSES)


@op("keras.regularizers.get", short=False)
def get_regularizer(identifier: Any) -> Any:
    """The regularizer of a name ("l2", "L1L2") or of {"class_name": ..., "config": {...}}; a regularizer or function
    itself. Raises ValueError for anything else.

    >>> tf.keras.regularizers.get("l2").l2
    0.01
    """
    return _catalogue.get(identifier)


@op("keras.regularizers.serialize", short=False)
def serialize_regularizer(regularizer: Any) -> Any:
    """A regularizer as a dictionary.

    regularizer: an object of `tf.keras.regularizers`.

    >>> tf.keras.regularizers.serialize(tf.keras.regularizers.L2(0.5))["config"]
    {'l2': 0.5}
    """
    return serialize(regularizer)


@op("keras.regularizers.deserialize", short=False)
def deserialize_regularizer(config: Any, custom_objects: Any = None) -> Any:
    """The regularizer of a dictionary, as `serialize` gives it.

    >>> tf.keras.regularizers.deserialize({"class_name": "L2", "config": {"l2": 0.5}}).l2
    0.5
    """
    return _catalogue.deserialize(config)


for _path, _class in {
    **_CLASSES,
    "l1": L1,
    "l2": L2,
    "l1_l2": L1L2,
    "orthogonal_regularizer": OrthogonalRegularizer,
}.items():
    export("tf.keras.regularizers." + _path, _class, None, "regularizers")
export("tf.keras.Regularizer", Regularizer, None, "regularizers")
