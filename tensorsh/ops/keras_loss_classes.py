"""`tf.keras.losses` as classes: a loss function with its options, a reduction to one number, and sample weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..runtime import dtypes
from ..runtime.tensor import Tensor, as_tensor
from . import keras_losses as functions
from .keras_losses import same_rank
from .registry import export, op, ops

_REDUCTIONS = ("sum", "none", "mean_with_sample_weight", "mean", None, "sum_over_batch_size")


class Loss:
    """A function of (y_true, y_pred) with its options, and how its values become one number."""

    __module__ = "keras.src.losses.losses"

    _function: Callable[..., Any]
    _parameters: tuple[tuple[str, Any], ...] = (("name", None), ("reduction", "sum_over_batch_size"), ("dtype", None))

    def __init__(self, *args: Any, **options: Any) -> None:
        known = dict(self._parameters)
        if len(args) > len(known):
            raise TypeError(
                f"{type(self).__name__}.__init__() takes from 1 to {len(known) + 1} positional arguments but "
                f"{len(args) + 1} were given"
            )
        for name, value in (*zip(known, args), *options.items()):
            if name not in known:
                raise TypeError(f"{type(self).__name__}.__init__() got an unexpected keyword argument {name!r}")
            known[name] = value
        self.reduction = known.pop("reduction")
        if self.reduction not in _REDUCTIONS:
            listed = ", ".join(map(repr, _REDUCTIONS))
            raise ValueError(
                f"Invalid value for argument `reduction`. Expected one of {{{listed}}}. "
                f"Received: reduction={self.reduction}"
            )
        self.name = known.pop("name")
        self._dtype = dtypes.as_dtype(known.pop("dtype") or "float32")
        self._options = known

    @property
    def dtype(self) -> str:
        return self._dtype.name

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each row."""
        return type(self)._function(y_true, y_pred, **self._options)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this loss again."""
        return {"name": self.name, "reduction": self.reduction, **self._options}

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        y_true, y_pred = (ops.cast(as_tensor(y), self._dtype) for y in (y_true, y_pred))
        losses = self.call(y_true, y_pred)
        weight = self._mask(y_true, losses)
        if sample_weight is not None:
            given = ops.cast(as_tensor(sample_weight), losses.dtype)
            weight = given if weight is None else given * weight
        if weight is not None:
            losses, weight = same_rank(losses, weight, expand=False)
            losses = losses * weight
        if self.reduction in (None, "none") or not losses._array.ndim:
            return losses
        total = ops.reduce_sum(losses)
        if self.reduction == "sum":
            return total
        if self.reduction == "mean_with_sample_weight" and weight is not None:
            return ops.divide_no_nan(total, ops.reduce_sum(weight))
        return ops.divide_no_nan(total, ops.cast(losses._array.size, losses.dtype))

    def _mask(self, y_true: Tensor, losses: Tensor) -> Tensor | None:
        """The weights that leave out labels of an ignored class; a mean is one over the others."""
        ignored = self._options.get("ignore_class")
        if ignored is None:
            return None
        valid = ops.reshape(ops.cast(ops.not_equal(y_true, float(ignored)), losses.dtype), losses._array.shape)
        if self.reduction in ("mean", "sum_over_batch_size"):
            valid = valid * (float(losses._array.size) / (ops.reduce_sum(valid) + functions.EPSILON))
        return valid

    def __repr__(self) -> str:
        function = type(self)._function
        return f"<LossFunctionWrapper({function!r}, kwargs={self._options})>"


_TAIL = "reduction name dtype"
_CLASSES = (  # class, function, its name, the arguments in Keras's order
    ("MeanSquaredError", functions.mean_squared_error, "mean_squared_error", _TAIL),
    ("MeanAbsoluteError", functions.mean_absolute_error, "mean_absolute_error", _TAIL),
    (
        "MeanAbsolutePercentageError",
        functions.mean_absolute_percentage_error,
        "mean_absolute_percentage_error",
        _TAIL,
    ),
    (
        "MeanSquaredLogarithmicError",
        functions.mean_squared_logarithmic_error,
        "mean_squared_logarithmic_error",
        _TAIL,
    ),
    ("Huber", functions.huber, "huber_loss", "delta " + _TAIL),
    ("LogCosh", functions.log_cosh, "log_cosh", _TAIL),
    ("Poisson", functions.poisson, "poisson", _TAIL),
    ("CosineSimilarity", functions.cosine_similarity, "cosine_similarity", "axis " + _TAIL),
    ("Hinge", functions.hinge, "hinge", _TAIL),
    ("SquaredHinge", functions.squared_hinge, "squared_hinge", _TAIL),
    ("CategoricalHinge", functions.categorical_hinge, "categorical_hinge", _TAIL),
    ("KLDivergence", functions.kl_divergence, "kl_divergence", _TAIL),
    (
        "BinaryCrossentropy",
        functions.binary_crossentropy,
        "binary_crossentropy",
        "from_logits label_smoothing axis " + _TAIL,
    ),
    (
        "BinaryFocalCrossentropy",
        functions.binary_focal_crossentropy,
        "binary_focal_crossentropy",
        "apply_class_balancing alpha gamma from_logits label_smoothing axis " + _TAIL,
    ),
    (
        "CategoricalCrossentropy",
        functions.categorical_crossentropy,
        "categorical_crossentropy",
        "from_logits label_smoothing axis " + _TAIL,
    ),
    (
        "CategoricalFocalCrossentropy",
        functions.categorical_focal_crossentropy,
        "categorical_focal_crossentropy",
        "alpha gamma from_logits label_smoothing axis " + _TAIL,
    ),
    (
        "SparseCategoricalCrossentropy",
        functions.sparse_categorical_crossentropy,
        "sparse_categorical_crossentropy",
        "from_logits ignore_class reduction axis name dtype",
    ),
    (
        "CategoricalGeneralizedCrossEntropy",
        functions.categorical_generalized_cross_entropy,
        "categorical_generalized_cross_entropy",
        "q " + _TAIL,
    ),
    ("Dice", functions.dice, "dice", "reduction name axis dtype"),
    ("Tversky", functions.tversky, "tversky", "alpha beta reduction name axis dtype"),
)
_DEFAULTS = {
    "reduction": "sum_over_batch_size",
    "dtype": None,
    "delta": 1.0,
    "from_logits": False,
    "label_smoothing": 0.0,
    "apply_class_balancing": False,
    "gamma": 2.0,
    "ignore_class": None,
    "q": 0.5,
}
_OWN_DEFAULTS = {("Dice", "axis"): None, ("Tversky", "axis"): None, ("Tversky", "alpha"): 0.5, ("Tversky", "beta"): 0.5}


def _made(name: str, function: Callable[..., Any], label: str, arguments: str) -> type[Loss]:
    defaults = {**_DEFAULTS, "name": label, "axis": -1, "alpha": 0.25}
    parameters = tuple((a, _OWN_DEFAULTS.get((name, a), defaults.get(a))) for a in arguments.split())
    summary = (function.__doc__ or "").partition("\n")[0]
    return type(
        name,
        (Loss,),
        {"__module__": Loss.__module__, "__doc__": summary, "_function": function, "_parameters": parameters},
    )


_BY_NAME: dict[str, Any] = {}
for _name, _function, _label, _arguments in _CLASSES:
    _class = _made(_name, _function, _label, _arguments)
    _BY_NAME |= {_name: _class, _function.__name__: _function}
    export("tf.keras.losses." + _name, _class, None, "keras_loss_classes")
    export("tf.losses." + _name, _class, None, "keras_loss_classes")
for _short in ("mse", "mae", "mape", "msle", "kld"):
    _BY_NAME |= dict.fromkeys((_short, _short.upper()), ops.__getattr__(_short))
_BY_NAME |= {"bce": functions.binary_crossentropy, "logcosh": functions.log_cosh}
export("tf.keras.losses.Loss", Loss, None, "keras_loss_classes")
export("tf.losses.Loss", Loss, None, "keras_loss_classes")


@op("keras.losses.get losses.get", short=False)
def get_loss(identifier: Any) -> Any:
    """The loss of that name: a function for "mse", an object for "MeanSquaredError". Raises ValueError for others.

    >>> tf.keras.losses.get("mse")([0.], [2.])
    <tf.Tensor: shape=(), dtype=float32, numpy=4.0>
    """
    if identifier is None or callable(identifier):
        return identifier
    name, config = identifier, {}
    if isinstance(identifier, dict):
        name, config = identifier.get("class_name"), identifier.get("config", {})
    found = _BY_NAME.get(name) if isinstance(name, str) else None
    if found is None:
        raise ValueError(f"Could not interpret loss identifier: {identifier}")
    return found(**config) if isinstance(found, type) else found
