"""`tf.keras.losses` as classes: a loss function with its options, a reduction to one number, and sample weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...runtime.tensor import Tensor
from ..registry import export, op, ops
from . import losses as functions
from . import task_losses as task
from .config import standard_dtype
from .losses import same_rank
from .objects import LazySignature, bound
from .variable import auto_name, converted

_REDUCTIONS = ("sum", "none", "mean_with_sample_weight", "mean", None, "sum_over_batch_size")


class Loss:
    """A function of (y_true, y_pred) with its options, and how its values become one number.

    reduction: "sum_over_batch_size" (the mean), "sum", "mean_with_sample_weight", or None for a loss for each sample.

    >>> tf.keras.losses.MeanSquaredError(reduction="sum")([[0., 1.], [1., 1.]], [[1., 1.], [3., 1.]])
    <tf.Tensor: shape=(), dtype=float32, numpy=2.5>
    """

    __module__ = "keras.src.losses.loss"
    _may_be_base = True

    _function: Callable[..., Any] | None = None
    _parameters: tuple[tuple[str, Any], ...] = (("name", None), ("reduction", "sum_over_batch_size"), ("dtype", None))
    __signature__ = LazySignature(lambda cls: dict(cls._parameters))
    _configured: tuple[str, ...] = ()  # the options that `get_config` tells of

    def __init__(self, *args: Any, **options: Any) -> None:
        defaults = dict(self._parameters)
        known = bound(type(self), defaults, args, options)
        for name in options:
            if name not in defaults:
                raise TypeError(f"{type(self).__name__}.__init__() got an unexpected keyword argument {name!r}")
        self.reduction = known.pop("reduction")
        if self.reduction not in _REDUCTIONS:
            listed = ", ".join(map(repr, _REDUCTIONS))
            raise ValueError(
                f"Invalid value for argument `reduction`. Expected one of {{{listed}}}. "
                f"Received: reduction={self.reduction}"
            )
        self.name = known.pop("name") or auto_name(type(self).__name__)
        self._dtype = standard_dtype(known.pop("dtype")).name
        if "q" in known and not 0 < known["q"] < 1:
            raise ValueError("q must be in the interval (0, 1)")
        self._options = known

    @property
    def dtype(self) -> str:
        return self._dtype

    def call(self, y_true: Any, y_pred: Any) -> Tensor:
        """The loss of each row."""
        function = type(self)._function
        if function is None:
            raise NotImplementedError
        return function(*same_rank(y_true, y_pred), **self._options)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this loss again, as far as Keras tells them."""
        options = {name: self._options[name] for name in self._configured}
        return {"name": self.name, "reduction": self.reduction, **options}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """The loss of these arguments."""
        return cls(**config)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        y_true, y_pred = (converted(y, self._dtype) for y in (y_true, y_pred))
        losses = converted(self.call(y_true, y_pred), self._dtype)
        weight = self._mask(y_true, losses)
        if sample_weight is not None:
            given = converted(sample_weight, self._dtype)
            if weight is not None:
                weight, given = same_rank(weight, given)
                given = given * weight
            weight = given
        if weight is not None:
            losses, weight = same_rank(losses, weight)
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
        """The weights that leave out an ignored class's labels, and circle losses of 0, also from a mean's count."""
        ignored = self._options.get("ignore_class")
        if type(self)._function is task.circle:
            valid = ops.cast(losses > 0.0, losses.dtype)
        elif ignored is None:
            return None
        else:
            valid = ops.reshape(ops.cast(ops.not_equal(y_true, float(ignored)), losses.dtype), losses._array.shape)
        if self.reduction in ("mean", "sum_over_batch_size"):
            valid = valid * ops.divide_no_nan(float(losses._array.size), ops.reduce_sum(valid))
        return valid

    def __repr__(self) -> str:
        function = type(self)._function
        if function is None:
            return f"<{self.__module__}.{type(self).__name__} object at {id(self):#x}>"
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
        task.categorical_generalized_cross_entropy,
        "categorical_generalized_cross_entropy",
        "q " + _TAIL,
    ),
    ("Dice", task.dice, "dice", "reduction name axis dtype"),
    ("Tversky", task.tversky, "tversky", "alpha beta reduction name axis dtype"),
    ("Circle", task.circle, "circle", "gamma margin remove_diagonal " + _TAIL),
    ("CTC", task.ctc, "ctc", _TAIL),
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
    "margin": 0.4,
    "remove_diagonal": True,
}
_OWN_DEFAULTS = {
    ("Dice", "axis"): None,
    ("Tversky", "axis"): None,
    ("Tversky", "alpha"): 0.5,
    ("Tversky", "beta"): 0.5,
    ("Circle", "gamma"): 80.0,
}


#: What `get_config` tells, where that is not just all options in order.
_CONFIGURED: dict[str, tuple[str, ...]] = {
    "Huber": (),
    "CosineSimilarity": (),
    "SparseCategoricalCrossentropy": ("from_logits", "ignore_class"),
    "BinaryFocalCrossentropy": ("from_logits", "label_smoothing", "axis", "apply_class_balancing", "alpha", "gamma"),
    "CategoricalFocalCrossentropy": ("from_logits", "label_smoothing", "axis", "alpha", "gamma"),
}


def _made(name: str, function: Callable[..., Any], label: str, arguments: str) -> type[Loss]:
    defaults = {**_DEFAULTS, "name": label, "axis": -1, "alpha": 0.25}
    parameters = tuple((a, _OWN_DEFAULTS.get((name, a), defaults.get(a))) for a in arguments.split())
    told = (function.__doc__ or "").partition(">>>")[0]
    options = [a for a in arguments.split() if a not in _TAIL.split()]
    configured = _CONFIGURED.get(name, tuple(options))
    return type(
        name,
        (Loss,),
        {
            "__module__": "keras.src.losses.losses",
            "__doc__": told,
            "_function": function,
            "_parameters": parameters,
            "_configured": configured,
        },
    )


class Reduction:
    """The names of reductions.

    >>> tf.keras.losses.Reduction.SUM
    'sum'
    """

    __module__ = "keras.src.legacy.losses"

    AUTO = "auto"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"

    @classmethod
    def all(cls) -> tuple[str, ...]:
        return (cls.AUTO, cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE)

    @classmethod
    def validate(cls, key: Any) -> None:
        """Raise ValueError unless `key` is one of the names."""
        if key not in cls.all():
            raise ValueError(f'Invalid Reduction Key: {key}. Expected keys are "{cls.all()}"')

    def __repr__(self) -> str:
        return f"<{self.__module__}.{type(self).__name__} object at {id(self):#x}>"


_BY_NAME: dict[str, Any] = {}
for _name, _function, _label, _arguments in _CLASSES:
    _class = _made(_name, _function, _label, _arguments)
    if _name != "CategoricalGeneralizedCrossEntropy":  # which Keras does not know by name
        _BY_NAME |= {_name: _class, _function.__name__: _function}
    export("tf.keras.losses." + _name, _class, None, "keras.loss_classes")
    export("tf.losses." + _name, _class, None, "keras.loss_classes")
for _short, _function in (
    ("mse", functions.mean_squared_error),
    ("mae", functions.mean_absolute_error),
    ("mape", functions.mean_absolute_percentage_error),
    ("msle", functions.mean_squared_logarithmic_error),
    ("kld", functions.kl_divergence),
):
    _BY_NAME |= dict.fromkeys((_short, _short.upper()), _function)
_BY_NAME |= dict.fromkeys(("bce", "BCE"), functions.binary_crossentropy)
export("tf.keras.losses.Reduction", Reduction, None, "keras.loss_classes")
export("tf.losses.Reduction", Reduction, None, "keras.loss_classes")
for _path in ("tf.keras.losses.Loss", "tf.losses.Loss", "tf.keras.Loss"):
    export(_path, Loss, None, "keras.loss_classes")


@op("keras.losses.get losses.get", short=False)
def get_loss(identifier: Any) -> Any:
    """The loss of that name: a function for "mse", an object for "MeanSquaredError". Raises ValueError for others.

    >>> tf.keras.losses.get("mse")([0.], [2.])
    <tf.Tensor: shape=(), dtype=float32, numpy=4.0>
    """
    if identifier is None or callable(identifier):
        return identifier
    found = _BY_NAME.get(identifier) if isinstance(identifier, str) else None
    if isinstance(identifier, dict):
        found = deserialize_loss(identifier)
    if not callable(found):
        raise ValueError(f"Could not interpret loss identifier: {identifier}")
    return found() if isinstance(found, type) else found


@op("keras.losses.serialize losses.serialize", short=False)
def serialize_loss(loss: Any) -> dict[str, Any]:
    """A loss as a dict of plain values: its class's name and its arguments.

    loss: an object of a loss's class, or a loss function.

    >>> tf.keras.losses.serialize(tf.keras.losses.Poisson())["config"]
    {'name': 'poisson', 'reduction': 'sum_over_batch_size'}
    """
    module, name, config, registered = "keras.losses", type(loss).__name__, None, None
    if isinstance(loss, Loss):
        config = loss.get_config()
    else:
        module, config, registered = "builtins", loss.__name__, "function"
    return {"module": module, "class_name": name, "config": config, "registered_name": registered}


@op("keras.losses.deserialize losses.deserialize", short=False)
def deserialize_loss(name: Any, custom_objects: Any = None) -> Any:
    """The loss that `serialize` made this dict of; what names no loss is returned as it is, as in Keras.

    >>> tf.keras.losses.deserialize({"class_name": "Huber", "config": {"delta": 2.0}}).name
    'huber_loss'
    """
    known = {**_BY_NAME, **(custom_objects or {})}
    config = name.get("config", {}) if isinstance(name, dict) else name
    found = known.get(name["class_name"] if isinstance(config, dict) else config)
    if found is None:
        return name
    return found(**config) if isinstance(config, dict) else found
