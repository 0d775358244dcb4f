"""The initializers of `tf.keras.initializers` that draw no numbers, and the base of all. `initializers` enters them."""

from __future__ import annotations

from typing import Any

from ..runtime.tensor import Tensor
from .keras_config import standard_dtype
from .registry import ops


class Initializer:
    """The base of all initializers: call one with a shape, and a dtype (float32 by default)."""

    __module__ = "keras.src.initializers.initializer"

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        raise NotImplementedError("Initializer subclasses must implement the `__call__()` method.")

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this initializer again."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """The initializer of these arguments."""
        return cls(**config)

    def clone(self) -> Initializer:
        """Another of the same arguments; without a seed, it draws one of its own."""
        return self.from_config(self.get_config())


class Zeros(Initializer):
    """Zeros.

    >>> tf.keras.initializers.Zeros()([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """

    __module__ = "keras.src.initializers.constant_initializers"

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return ops.zeros(shape, dtype=standard_dtype(dtype))


class Ones(Initializer):
    """Ones.

    >>> tf.keras.initializers.Ones()([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 1.], dtype=float32)>
    """

    __module__ = "keras.src.initializers.constant_initializers"

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return ops.ones(shape, dtype=standard_dtype(dtype))


class Constant(Initializer):
    """A value, broadcast to the shape.

    >>> tf.keras.initializers.Constant(3.)([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([3., 3.], dtype=float32)>
    """

    __module__ = "keras.src.initializers.constant_initializers"

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        dtype = standard_dtype(dtype)
        return ops.cast(self.value, dtype) * ops.ones(shape, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        return cls(config["value"])


class Identity(Initializer):
    """The identity matrix times `gain`. Raises ValueError unless the shape is a matrix's.

    >>> tf.keras.initializers.Identity(2.)([2, 2])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[2., 0.],
           [0., 2.]], dtype=float32)>
    """

    __module__ = "keras.src.initializers.constant_initializers"

    def __init__(self, gain: Any = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        if len(shape) != 2:
            raise ValueError(
                "Identity matrix initializer can only be used for 2D matrices. Received: "
                f"shape={shape} of rank {len(shape)}."
            )
        return self.gain * ops.eye(*shape, dtype=standard_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain}
