"""The initializers of `tf.keras.initializers` that draw numbers. `initializers` registers them.

The same object makes the same numbers at every call, as Keras's do: a seed is stateless there, and one that was not
given is drawn when the object is made. `tf_initializers` holds TensorFlow's own, which draw anew.
"""

from __future__ import annotations

import math
from typing import Any

from ..runtime.tensor import Tensor
from .constant_initializers import Initializer
from .keras import seeds as keras_seeds
from .registry import ops


class _Drawing(Initializer):
    """The base of those that draw numbers: `seed` is an integer, or None for one of the initializer's own."""

    __module__ = "keras.src.initializers.random_initializers"

    def __init__(self, seed: int | None = None) -> None:
        if seed is not None and not isinstance(seed, int):
            raise ValueError(
                "`seed` argument should be an instance of `keras.random.SeedGenerator()` or an integer. "
                f"Received: seed={seed}"
            )
        self._given_seed = seed
        self.seed = keras_seeds.draw() if seed is None else seed

    def get_config(self) -> dict[str, Any]:
        return {"seed": self._given_seed}

    def _normal(self, shape: Any, mean: Any, stddev: Any, dtype: Any) -> Tensor:
        return ops.stateless_normal(shape, keras_seeds.stateless(self.seed), mean, stddev, dtype or "float32")

    def _truncated_normal(self, shape: Any, mean: Any, stddev: Any, dtype: Any) -> Tensor:
        return ops.stateless_truncated_normal(shape, keras_seeds.stateless(self.seed), mean, stddev, dtype or "float32")

    def _uniform(self, shape: Any, minval: Any, maxval: Any, dtype: Any) -> Tensor:
        dtype = dtype or "float32"
        low, high = ops.cast(minval, dtype), ops.cast(maxval, dtype)
        return ops.stateless_uniform(shape, keras_seeds.stateless(self.seed), low, high, dtype)


class RandomNormal(_Drawing):
    """Normally distributed numbers.

    mean, stddev: floats.

    >>> tf.keras.initializers.RandomNormal(seed=1)([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.00633252, -0.02465083], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"

    def __init__(self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev = mean, stddev
        super().__init__(seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return self._normal(shape, self.mean, self.stddev, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


class TruncatedNormal(RandomNormal):
    """Normally distributed numbers within two standard deviations of the mean; farther ones are drawn again.

    mean, stddev: floats.

    >>> tf.keras.initializers.TruncatedNormal(seed=1)([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.00633252, -0.02465083], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return self._truncated_normal(shape, self.mean, self.stddev, dtype)


class RandomUniform(_Drawing):
    """Numbers evenly distributed in [minval, maxval).

    minval, maxval: floats.

    >>> tf.keras.initializers.RandomUniform(seed=1)([2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.03784882, -0.00400198], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"

    def __init__(self, minval: Any = -0.05, maxval: Any = 0.05, seed: int | None = None) -> None:
        self.minval, self.maxval = minval, maxval
        super().__init__(seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return self._uniform(shape, self.minval, self.maxval, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


class VarianceScaling(_Drawing):
    """Numbers with variance scale / n, where n is how many inputs or outputs a unit of that shape has.

    mode: "fan_in" or "fan_out" inputs or outputs, or "fan_avg", their mean. distribution: "truncated_normal", "normal"
    (the same), "untruncated_normal" or "uniform". input_axes, output_axes: which axes count, together; by default the
    last two, times all before them (a convolution's kernel). scale: a positive float. Raises ValueError for other
    values, and for scale <= 0.

    >>> tf.keras.initializers.VarianceScaling(2., "fan_in", "uniform", seed=1)([3, 1])
    <tf.Tensor: shape=(3, 1), dtype=float32, numpy=
    array([[ 1.0705262 ],
           [-0.11319292],
           [ 0.2836665 ]], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"

    def __init__(
        self,
        scale: Any = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        input_axes: Any = None,
        output_axes: Any = None,
    ) -> None:
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be positive float. Received: scale={scale}")
        if mode not in MODES:
            raise ValueError(f"Invalid `mode` argument: {mode}. Please use one of {set(MODES)}")
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        if distribution not in DISTRIBUTIONS:
            raise ValueError(f"Invalid `distribution` argument: {distribution}.Please use one of {set(DISTRIBUTIONS)}")
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes
        super().__init__(seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        variance = self.scale / units(tuple(shape), self.mode, self.input_axes, self.output_axes)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return self._uniform(shape, -limit, limit, dtype)
        if self.distribution == "untruncated_normal":
            return self._normal(shape, 0.0, math.sqrt(variance), dtype)
        return self._truncated_normal(shape, 0.0, math.sqrt(variance) / TRUNCATED_STDDEV, dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("uniform", "truncated_normal", "untruncated_normal")
#: The standard deviation of a standard normal distribution cut off at -2 and 2.
TRUNCATED_STDDEV = 0.87962566103423978


def units(shape: tuple[int, ...], mode: str, input_axes: Any = None, output_axes: Any = None) -> float:
    """How many inputs, outputs, or their mean, a unit of a kernel of this shape has; 1 at least."""
    if input_axes is not None and output_axes is not None:
        inputs, outputs = (math.prod(shape[axis] for axis in axes) for axes in (input_axes, output_axes))
    elif len(shape) < 2:
        inputs = outputs = shape[0] if shape else 1
    else:
        positions = math.prod(shape[:-2])
        inputs, outputs = positions * shape[-2], positions * shape[-1]
    return max(1.0, {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2.0}[mode])


class _Preset(VarianceScaling):
    """A variance scaling whose scale, mode and distribution have a name."""

    __module__ = "keras.src.initializers.random_initializers"
    _scaling: tuple[float, str, str]

    def __init__(self, seed: int | None = None, input_axes: Any = None, output_axes: Any = None) -> None:
        super().__init__(*self._scaling, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self._given_seed, "input_axes": self.input_axes, "output_axes": self.output_axes}


class GlorotUniform(_Preset):
    """Uniform, with variance 2 / (inputs + outputs) (Glorot & Bengio, 2010).

    >>> tf.keras.initializers.GlorotUniform(seed=1)([1, 2])
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[ 1.0705262 , -0.11319292]], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"
    _scaling = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Preset):
    """Truncated normal, with variance 2 / (inputs + outputs) (Glorot & Bengio, 2010).

    >>> tf.keras.initializers.GlorotNormal(seed=1)([3, 2])[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.09106225, -0.35448155], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"
    _scaling = (1.0, "fan_avg", "truncated_normal")


class LecunNormal(_Preset):
    """Truncated normal, with variance 1 / inputs (LeCun et al., 1998).

    >>> tf.keras.initializers.LecunNormal(seed=1)([3, 2])[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.08312808, -0.3235959 ], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"
    _scaling = (1.0, "fan_in", "truncated_normal")


class LecunUniform(_Preset):
    """Uniform, with variance 1 / inputs (LeCun et al., 1998).

    >>> tf.keras.initializers.LecunUniform(seed=1)([3, 2])[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 0.75697637, -0.0800395 ], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"
    _scaling = (1.0, "fan_in", "uniform")


class HeNormal(_Preset):
    """Truncated normal, with variance 2 / inputs (He et al., 2015).

    >>> tf.keras.initializers.HeNormal(seed=1)([2, 3])[0]
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([ 0.14398205, -0.5604845 ,  0.71756744], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"
    _scaling = (2.0, "fan_in", "truncated_normal")


class HeUniform(_Preset):
    """Uniform, with variance 2 / inputs (He et al., 2015).

    >>> tf.keras.initializers.HeUniform(seed=1)([3, 2])[0]
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([ 1.0705262 , -0.11319292], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"
    _scaling = (2.0, "fan_in", "uniform")


class Orthogonal(_Drawing):
    """An orthogonal matrix times `gain` (Saxe et al., 2014): the Q of a random matrix, made unique by its R's signs.

    Axes before the last count as one. The rows are orthonormal if there are fewer of them, else the columns. gain: a
    float. seed: an int or a `SeedGenerator`; None: one is drawn when it is made. Raises ValueError for a shape of less
    than two axes.

    >>> tf.keras.initializers.Orthogonal(seed=1)([2, 2])
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[ 0.19673169, -0.98045737],
           [ 0.98045737,  0.19673169]], dtype=float32)>
    """

    __module__ = "keras.src.initializers.random_initializers"

    def __init__(self, gain: Any = 1.0, seed: int | None = None) -> None:
        self.gain = gain
        super().__init__(seed)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        if len(shape) < 2:
            raise ValueError(
                "The tensor to initialize must be at least two-dimensional. Received: "
                f"shape={shape} of rank {len(shape)}."
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        drawn = self._normal((max(rows, columns), min(rows, columns)), 0.0, 1.0, dtype)
        q, r = ops.qr(drawn)
        q = q * ops.sign(ops.diag_part(r))
        return self.gain * ops.reshape(ops.transpose(q) if rows < columns else q, shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "gain": self.gain}
