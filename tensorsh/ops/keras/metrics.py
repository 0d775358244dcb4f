"""`tf.keras.metrics`: what is counted over many batches; the base class, sums and means.

A metric keeps its state in variables. `update_state` adds a batch to it, `result` says what it comes to so far,
`reset_state` starts again, and calling a metric does the first two. Everything is written in ops, but what has gone
through the state has no gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ...runtime.dtypes import as_dtype
from ...runtime.tensor import Tensor, as_tensor, wrap
from ..registry import export, family_of, ops, own_constructor
from .config import setting
from .losses import same_rank
from .variable import KerasVariable, auto_name, converted


def metric(file: str) -> Callable[[type], Any]:
    """Decorate a metric's class: it stands under `tf.keras.metrics` and `tf.metrics`; Keras has it in `file`."""

    def place(cls: type) -> type:
        family = family_of(cls)
        cls.__module__ = f"keras.src.metrics.{file}"
        own_constructor(cls)
        for home in ("tf.keras.metrics", "tf.metrics"):
            export(f"{home}.{cls.__name__}", cls, None, family)
        return cls

    return place


@metric("metric")
class Metric:
    """What all metrics share: a name, a dtype, and variables that start at 0.

    >>> m = tf.keras.metrics.Metric(name="mine")
    >>> m.add_weight(shape=(2,), initializer="zeros", name="seen")
    <Variable path=mine/seen, shape=(2,), dtype=float32, value=[0. 0.]>
    """

    _may_be_base = True

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)
        self._dtype = _dtype_name(dtype)
        self._variables: list[KerasVariable] = []

    dtype = property(lambda self: self._dtype)

    @property
    def variables(self) -> list[KerasVariable]:
        """The metric's variables, then those of the metrics among its attributes."""
        inner = [value for value in vars(self).values() if isinstance(value, Metric)]
        return [*self._variables, *(variable for each in inner for variable in each.variables)]

    def add_variable(
        self, shape: Any, initializer: Any, dtype: Any = None, aggregation: Any = "sum", name: str | None = None
    ) -> KerasVariable:
        """A new variable of the state. initializer: "zeros", "ones", or a function of a shape and a dtype."""
        wanted = _dtype_name(dtype)
        variable = KerasVariable._of(_initial(initializer, shape, wanted), wanted, self.name, name)
        self._variables.append(variable)
        return variable

    def add_weight(
        self, shape: Any = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> KerasVariable:
        """As `add_variable`."""
        return self.add_variable(shape, initializer, dtype, name=name)

    def _add_zeros(self, name: str, shape: Any = (), dtype: Any = None) -> KerasVariable:
        return self.add_variable(shape, "zeros", dtype, name=name)

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Add a batch to the state."""
        raise NotImplementedError

    def result(self) -> Any:
        """What the state comes to."""
        raise NotImplementedError

    def reset_state(self) -> None:
        """Set every variable back to 0."""
        for variable in self.variables:
            variable.assign(ops.zeros_like(variable._value))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(self, metric_variables: Any, *args: Any, **kwargs: Any) -> list[Tensor]:
        """The variables' values after `update_state`, had they been `metric_variables`; the state stays as it is."""
        with self._instead(metric_variables):
            self.update_state(*args, **kwargs)
            return [variable._value for variable in self.variables]

    def stateless_result(self, metric_variables: Any) -> Any:
        """The result, were the variables' values `metric_variables`."""
        with self._instead(metric_variables):
            return self.result()

    def stateless_reset_state(self) -> list[Tensor]:
        """The variables' values after `reset_state`; the state stays as it is."""
        with self._instead([variable._value for variable in self.variables]):
            self.reset_state()
            return [variable._value for variable in self.variables]

    @contextmanager
    def _instead(self, values: Any) -> Iterator[None]:
        """A block in which the variables hold these values."""
        variables = self.variables
        if len(values) != len(variables):
            raise ValueError(
                "Argument `metric_variables` must be a list of tensors corresponding 1:1 to "
                f"{type(self).__name__}().variables. Received list with length {len(values)}, but expected "
                f"{len(variables)} variables."
            )
        before = [variable._value for variable in variables]
        try:
            for variable, value in zip(variables, values):
                variable._value = wrap(converted(value, variable.dtype)._array)
            yield
        finally:
            for variable, value in zip(variables, before):
                variable._value = value

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this metric again."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """The metric of these arguments."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


export("tf.keras.Metric", Metric, None, "keras.metrics")


def _dtype_name(dtype: Any) -> str:
    """A dtype's name; `floatx` for none given, and of Python's types the ones that Keras takes for them."""
    return {None: setting("floatx"), "float": "float32", "int": "int64"}.get(dtype) or as_dtype(dtype).name


def _initial(initializer: Any, shape: Any, dtype: str) -> Any:
    if isinstance(initializer, str):
        if initializer not in ("zeros", "ones"):
            raise ValueError(f"Could not interpret initializer identifier: {initializer}")
        return ops.fill(list(shape), ops.cast(int(initializer == "ones"), dtype))
    return initializer(shape, dtype=dtype) if callable(initializer) else initializer


# ---------------------------------------------------------------- sums and means


def _samplewise(values: Any, weight: Any, reduce: Callable[..., Tensor], dtype: str) -> tuple[Tensor, Tensor | None]:
    """One (weighted) value for each sample, and the samples' weights: further axes are summed or averaged."""
    values = ops.cast(as_tensor(values), dtype)
    if weight is not None:
        values, weight = same_rank(values, converted(weight, dtype))
        rank = weight._array.ndim
        if values._array.ndim > rank:
            values = reduce(values, list(range(rank, values._array.ndim)))
        weight = ops.broadcast_to(weight, list(values._array.shape))
        values = values * weight
        if rank > 1:
            weight = reduce(weight, list(range(1, rank)))
    if values._array.ndim > 1:
        values = reduce(values, list(range(1, values._array.ndim)))
    return values, weight


@metric("reduction_metrics")
class Sum(Metric):
    """The (weighted) sum of all values.

    >>> m = tf.keras.metrics.Sum()
    >>> m([1., 2.])
    <tf.Tensor: shape=(), dtype=float32, numpy=3.0>
    >>> m([4., 5.], sample_weight=[1., 0.])
    <tf.Tensor: shape=(), dtype=float32, numpy=7.0>
    """

    def __init__(self, name: str = "sum", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self._add_zeros("total", dtype=self.dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        values, _ = _samplewise(values, sample_weight, ops.reduce_sum, self.dtype)
        self.total.assign_add(ops.reduce_sum(values))

    def result(self) -> Tensor:
        return self.total._value


@metric("reduction_metrics")
class Mean(Metric):
    """The (weighted) mean of all values; 0 before the first.

    >>> m = tf.keras.metrics.Mean()
    >>> m.update_state([1., 2., 6.])
    >>> m.result()
    <tf.Tensor: shape=(), dtype=float32, numpy=3.0>
    >>> m.variables
    [<Variable path=mean/total, shape=(), dtype=float32, value=9.0>, <Variable path=mean/count, shape=(), dtype=float32, value=3.0>]
    """  # noqa: E501

    _may_be_base = True

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self._add_zeros("total", dtype=self.dtype)
        self.count = self._add_zeros("count", dtype=self.dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        values, weight = _samplewise(values, sample_weight, ops.reduce_mean, self.dtype)
        self.total.assign_add(ops.reduce_sum(values))
        samples = values._array.shape[0] if values._array.ndim else 1
        self.count.assign_add(ops.cast(samples, self.dtype) if weight is None else ops.reduce_sum(weight))

    def result(self) -> Tensor:
        return ops.divide_no_nan(self.total._value, self.count._value)


@metric("reduction_metrics")
class MeanMetricWrapper(Mean):
    """The (weighted) mean of a function of (y_true, y_pred) and of the options given.

    >>> m = tf.keras.metrics.MeanMetricWrapper(lambda y_true, y_pred: abs(y_true - y_pred), name="distance")
    >>> m(constant([1., 2.]), constant([2., 5.]))
    <tf.Tensor: shape=(), dtype=float32, numpy=2.0>
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name, dtype)
        self._function, self._options = fn, kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        super().update_state(self._function(y_true, y_pred, **self._options), sample_weight)

    def get_config(self) -> dict[str, Any]:
        function = {"module": "builtins", "class_name": "function", "config": self._function.__name__}
        return {**super().get_config(), "fn": {**function, "registered_name": "function"}, **self._options}


class NamedMean(MeanMetricWrapper):
    """The mean of a function that is the class's own, so that its options are all that is configured."""

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype, **self._options}
