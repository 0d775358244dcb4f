"""The initializers of `tf.keras.initializers` that draw no numbers, and the base of all. `initializers` enters them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.tensor import Tensor, as_tensor
from .keras.config import standard_dtype
from .registry import ops


class Initializer:
    """The base of all initializers: call one with a shape, and a dtype (float32 by default)."""

    __module__ = "keras.src.initializers.initializer"
    _may_be_base = True

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

    value: a number, or a tensor that broadcasts to the shape.

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

    gain: a float.

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


#: Windows as sums of cosines: c0 - c1 cos(t) + c2 cos(2 t) ... for t from 0 to 2 pi.
_COSINES = {
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "boxcar": (1.0,),
}


class STFT(Initializer):
    """The kernel of a convolution that is a short-time Fourier transform: shape (frame, 1, frequencies).

    side: the "real" or the "imag" part. window: hann, hamming, blackman, boxcar, a tensor (frame,), or None.
    scaling: divide by the window's length ("density"), by its sum ("spectrum"), or None. periodic: the window is one
    period. Raises ValueError for what does not fit.

    >>> tf.keras.initializers.STFT("real", None)([2, 1, 2])[:, 0]
    <tf.Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[ 1.,  1.],
           [ 1., -1.]], dtype=float32)>
    """

    __module__ = "keras.src.initializers.constant_initializers"

    def __init__(
        self, side: str = "real", window: Any = "hann", scaling: str | None = "density", periodic: bool = False
    ) -> None:
        if side not in ("real", "imag"):
            raise ValueError(f"side should be 'real' or 'imag', not {side}")
        if isinstance(window, str) and window not in _COSINES:
            raise ValueError(f"Unknown window type. Known are {', '.join(_COSINES)}, not {window}")
        if scaling not in (None, "density", "spectrum"):
            raise ValueError(
                f"Scaling is invalid, it must be `None`, 'density' or 'spectrum'. Received scaling={scaling}"
            )
        self.side, self.window, self.scaling, self.periodic = side, window, scaling, periodic

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        dtype = standard_dtype(dtype)
        frame, _, count = shape
        frequency = ops.reshape(ops.cast(ops.range(count), dtype), [1, 1, -1]) / ops.cast((count - 1) * 2, dtype)
        time = ops.reshape(ops.cast(ops.range(frame), dtype), [-1, 1, 1])
        angle = -2 * time * frequency * ops.acos(ops.cast(-1, dtype))
        kernel = ops.cos(angle) if self.side == "real" else ops.sin(angle)
        if self.window is None:
            return kernel
        window = ops.reshape(ops.cast(self._window(frame), dtype), [-1, 1, 1])
        if self.scaling == "density":
            return kernel * window / ops.sqrt(ops.reduce_sum(ops.square(window)))
        return kernel * window / (ops.reduce_sum(ops.abs(window)) if self.scaling else 1)

    def _window(self, frame: int) -> Any:
        if not isinstance(self.window, str):
            given = as_tensor(self.window)
            if given._array.shape != (frame,):
                raise ValueError(
                    f"The shape of `window` must be equal to [frame_length].Received: window shape={given.shape}"
                )
            return given
        angles = 2 * np.pi * np.arange(frame) / (frame if self.periodic else max(frame - 1, 1))
        return sum(c * (-1) ** i * np.cos(i * angles) for i, c in enumerate(_COSINES[self.window]))

    def get_config(self) -> dict[str, Any]:
        return {"side": self.side, "window": self.window, "periodic": self.periodic, "scaling": self.scaling}
