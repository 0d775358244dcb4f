"""`tf.zeros_initializer` and its kin: TensorFlow's own initializers, older than Keras's and with rules of their own.

One without a seed draws anew at each call, from the global seed as `tf.random.normal` does; one with a seed gives the
same numbers each time. `partition_shape` and `partition_offset` are taken at the call, as TensorFlow does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..runtime.dtypes import DType, as_dtype, float32, string
from ..runtime.tensor import Tensor
from .registry import export, ops

_PARTITION = ["partition_shape", "partition_offset"]


class Initializer:
    """The base of TensorFlow's initializers."""

    __module__ = "tensorflow.python.ops.init_ops_v2"

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this initializer again."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """The initializer of these arguments."""
        config.pop("dtype", None)
        return cls(**config)

    def _sizes(self, shape: Any, options: dict[str, Any]) -> Any:
        """The shape to fill: the part's, if a partition is asked for."""
        for name in options:
            if name not in _PARTITION:
                raise TypeError(f"Keyword argument should be one of {_PARTITION}. Received: {name}")
        return options.get("partition_shape", shape)


class Zeros(Initializer):
    """Zeros.

    >>> tf.zeros_initializer()([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """

    __module__ = "tensorflow.python.ops.init_ops_v2"

    def __call__(self, shape: Any, dtype: Any = float32, **kwargs: Any) -> Tensor:
        return ops.zeros(self._sizes(shape, kwargs), dtype=_numeric(dtype))


class Ones(Initializer):
    """Ones.

    >>> tf.ones_initializer()([2], int32)
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 1], dtype=int32)>
    """

    __module__ = "tensorflow.python.ops.init_ops_v2"

    def __call__(self, shape: Any, dtype: Any = float32, **kwargs: Any) -> Tensor:
        return ops.ones(self._sizes(shape, kwargs), dtype=_numeric(dtype))


class Constant(Initializer):
    """A number, repeated, or a list of as many as the shape holds. Raises TypeError for a tensor.

    >>> tf.constant_initializer([1., 2., 3., 4.])([2, 2])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[1., 2.],
           [3., 4.]], dtype=float32)>
    """

    __module__ = "tensorflow.python.ops.init_ops_v2"

    def __init__(self, value: Any = 0, support_partition: bool = False) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value: {type(value).__qualname__}. Expected Python scalar, list or tuple of "
                "values, or numpy.ndarray."
            )
        self.value, self.support_partition = value, support_partition

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        self._sizes(shape, kwargs)
        if kwargs and not self.support_partition:
            raise ValueError("Constant initializer doesn't support partition-related arguments")
        return ops.constant(self.value, dtype=None if dtype is None else as_dtype(dtype), shape=shape)

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value}


class RandomNormal(Initializer):
    """Normally distributed numbers.

    >>> tf.random_normal_initializer(seed=1)([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.00633252, -0.02465083], dtype=float32)>
    """

    __module__ = "tensorflow.python.ops.init_ops_v2"

    def __init__(self, mean: Any = 0.0, stddev: Any = 0.05, seed: Any = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def __call__(self, shape: Any, dtype: Any = float32, **kwargs: Any) -> Tensor:
        sizes, dtype = self._sizes(shape, kwargs), as_dtype(dtype)
        if not dtype.is_floating:
            raise ValueError(f"Argument `dtype` is expected to be floating point. Received: {dtype}.")
        draw = _draw(ops.normal, ops.stateless_normal, self.seed)
        return draw(shape=sizes, mean=self.mean, stddev=self.stddev, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}


class RandomUniform(Initializer):
    """Numbers, floats or integers, evenly distributed in [minval, maxval).

    >>> tf.random_uniform_initializer(0, 10, seed=1)([4], int32)
    <tf.Tensor: shape=(4,), dtype=int32, numpy=array([9, 4, 0, 6], dtype=int32)>
    """

    __module__ = "tensorflow.python.ops.init_ops_v2"

    def __init__(self, minval: Any = -0.05, maxval: Any = 0.05, seed: Any = None) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed

    def __call__(self, shape: Any, dtype: Any = float32, **kwargs: Any) -> Tensor:
        sizes, dtype = self._sizes(shape, kwargs), as_dtype(dtype)
        if not dtype.is_floating and not dtype.is_integer:
            raise ValueError(f"Argument `dtype` expected to be numeric or boolean. Received {dtype}.")
        draw = _draw(ops.uniform, ops.stateless_uniform, self.seed)
        return draw(shape=sizes, minval=self.minval, maxval=self.maxval, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}


def _draw(anew: Callable[..., Tensor], stateless: Callable[..., Tensor], seed: Any) -> Callable[..., Tensor]:
    """The op that draws: a stateless one for a seed that was given."""
    return anew if seed is None else lambda **options: stateless(seed=[seed, 0], **options)


def _numeric(dtype: Any) -> DType:
    dtype = as_dtype(dtype)
    if not dtype.is_numpy_compatible or dtype is string:
        raise ValueError(f"Argument `dtype` expected to be numeric or boolean. Received {dtype}.")
    return dtype


for _name, _class in {
    "zeros": Zeros,
    "ones": Ones,
    "constant": Constant,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
}.items():
    export(f"tf.{_name}_initializer", _class, None, "tf_initializers")
