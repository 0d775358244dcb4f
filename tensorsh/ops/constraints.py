"""`tf.keras.constraints`: functions of a variable's value that bring it back to where it may be, after each step.

A norm is the Euclidean one, of the entries along `axis` (a number or a list of them).
"""

from __future__ import annotations

from typing import Any

from ..runtime.tensor import Tensor, as_tensor
from .keras.config import epsilon
from .keras.objects import Catalogue, serialize
from .registry import export, op, ops


class Constraint:
    """The base of all constraints, which constrains nothing.

    >>> tf.keras.constraints.Constraint()(constant([1.]))
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """

    __module__ = "keras.src.constraints.constraints"
    _may_be_base = True

    def __call__(self, w: Any) -> Any:
        return w

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this constraint again."""
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constraint:
        """The constraint of these arguments."""
        return cls(**config)


class MaxNorm(Constraint):
    """Norms of `max_value` at most: longer vectors are scaled down to it (Srivastava et al., 2014).

    max_value: a float. axis: an int or a list of them, along which a norm is taken.

    >>> tf.keras.constraints.MaxNorm(1.)([[3.], [4.]])
    <tf.Tensor: shape=(2, 1), dtype=float32, numpy=
    array([[0.6],
           [0.8]], dtype=float32)>
    """

    __module__ = "keras.src.constraints.constraints"

    def __init__(self, max_value: Any = 2, axis: Any = 0) -> None:
        self.max_value, self.axis = max_value, axis

    def __call__(self, w: Any) -> Tensor:
        w, norms = _with_norms(w, self.axis)
        return w * (_clipped(norms, 0, self.max_value) / (epsilon() + norms))


class NonNeg(Constraint):
    """No negative entries: they become 0.

    >>> tf.keras.constraints.NonNeg()([-1., 2.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """

    __module__ = "keras.src.constraints.constraints"

    def __call__(self, w: Any) -> Tensor:
        w = as_tensor(w)
        return ops.maximum(w, ops.cast(0, w.dtype))


class UnitNorm(Constraint):
    """Norms of 1.

    axis: an int or a list of them, along which a norm is taken.

    >>> tf.keras.constraints.UnitNorm()([3., 4.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.6, 0.8], dtype=float32)>
    """

    __module__ = "keras.src.constraints.constraints"

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        w, norms = _with_norms(w, self.axis)
        return w / (epsilon() + norms)


class MinMaxNorm(Constraint):
    """Norms between `min_value` and `max_value`; of what is missing, the share `rate` is made up at each call.

    min_value, max_value: floats. rate: a float from 0 to 1. axis: an int or a list of them, along which a norm is
    taken.

    >>> tf.keras.constraints.MinMaxNorm(0., 1., rate=0.5)([3., 4.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.8000001, 2.4      ], dtype=float32)>
    """

    __module__ = "keras.src.constraints.constraints"

    def __init__(self, min_value: Any = 0.0, max_value: Any = 1.0, rate: Any = 1.0, axis: Any = 0) -> None:
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w: Any) -> Tensor:
        w, norms = _with_norms(w, self.axis)
        wanted = self.rate * _clipped(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return w * (wanted / (epsilon() + norms))


def _with_norms(w: Any, axis: Any) -> tuple[Tensor, Tensor]:
    """A value, integers as float32, and its norms along an axis, which stays."""
    w = as_tensor(w)
    squares = ops.reduce_sum(ops.square(w), axis, keepdims=True)
    if not w.dtype.is_floating and not w.dtype.is_complex:
        w, squares = ops.cast(w, "float32"), ops.cast(squares, "float32")
    return w, ops.sqrt(squares)


def _clipped(norms: Tensor, low: Any, high: Any) -> Tensor:
    return ops.clip_by_value(norms, ops.cast(low, norms.dtype), ops.cast(high, norms.dtype))


_CLASSES = {cls.__name__: cls for cls in (Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm)}
_catalogue = Catalogue("constraint", _CLASSES)


@op("keras.constraints.get", short=False)
def get_constraint(identifier: Any) -> Any:
    """The constraint of a name ("non_neg", "NonNeg") or of {"class_name": ..., "config": {...}}; a constraint or
    function itself. Raises ValueError for anything else.

    >>> tf.keras.constraints.get("non_neg")([-1.])
    <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.], dtype=float32)>
    """
    return _catalogue.get(identifier)


@op("keras.constraints.serialize", short=False)
def serialize_constraint(constraint: Any) -> Any:
    """A constraint as a dictionary.

    constraint: an object of `tf.keras.constraints`.

    >>> tf.keras.constraints.serialize(tf.keras.constraints.UnitNorm(1))["config"]
    {'axis': 1}
    """
    return serialize(constraint)


@op("keras.constraints.deserialize", short=False)
def deserialize_constraint(config: Any, custom_objects: Any = None) -> Any:
    """The constraint of a dictionary, as `serialize` gives it.

    >>> tf.keras.constraints.deserialize({"class_name": "MaxNorm", "config": {"max_value": 3}}).max_value
    3
    """
    return _catalogue.deserialize(config)


for _path, _class in {
    **_CLASSES,
    "max_norm": MaxNorm,
    "min_max_norm": MinMaxNorm,
    "non_neg": NonNeg,
    "unit_norm": UnitNorm,
}.items():
    export("tf.keras.constraints." + _path, _class, None, "constraints")
