"""Optimizers made of others: `LossScaleOptimizer`, which finds a scale for losses, and `MultiOptimizer`, which gives
each variable its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from ..runtime.tensor import as_tensor
from ..runtime.variable import Variable
from .keras.objects import LazySignature, deserialize, serialize
from .optimizer_arguments import SHARED
from .optimizer_base import Optimizer
from .registry import ops


class LossScaleOptimizer(Optimizer):
    """Another optimizer, with losses scaled up so that gradients in float16 do not vanish.

    `scale_loss(loss)` times the scale is what gradients are taken of. The scale doubles after `dynamic_growth_steps`
    steps with finite gradients, and is halved, and the step left out, when one is not. inner_optimizer: an optimizer.
    initial_scale: a float. dynamic_growth_steps: an int. Raises ValueError for options that belong to the inner
    optimizer.

    >>> v = Variable([1., 2.]); o = LossScaleOptimizer(SGD(0.1))
    >>> o.apply([constant([1., -3.]) * o.initial_scale], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.9, 2.3], dtype=float32)>
    """

    __signature__ = LazySignature(
        lambda cls: {"inner_optimizer": ..., "initial_scale": 2.0**15, "dynamic_growth_steps": 2000, "name": None}, True
    )

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not kwargs.pop("dynamic", True):
            raise ValueError(
                "LossScaleOptimizer no longer supports `dynamic=False`. Instead, simply set `loss_scale_factor` "
                "directly on the `inner_optimizer`."
            )
        for key in SHARED:
            if kwargs.pop(key, getattr(Optimizer, key)) != getattr(Optimizer, key):
                raise ValueError(
                    f"LossScaleOptimizer does not support `{key}`. Instead, set `{key}` on the `inner_optimizer`."
                )
        if kwargs:
            raise ValueError(f"LossScaleOptimizer does not support arguments: `{'`, `'.join(kwargs)}`.")
        self.inner_optimizer = inner_optimizer
        super().__init__(0.0, name=name)
        self.initial_scale, self.dynamic_growth_steps = initial_scale, dynamic_growth_steps
        inner_optimizer.loss_scale_factor = None  # or gradients would be scaled twice

    @property
    def learning_rate(self) -> Any:
        """The inner optimizer's learning rate."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def iterations(self) -> Any:
        """How many steps the inner optimizer has taken."""
        return self.inner_optimizer.iterations

    @property
    def variables(self) -> list[Variable]:
        """Its own variables and the inner optimizer's."""
        return self._variables + self.inner_optimizer.variables

    def build(self, variables: Any) -> None:
        if self.built:
            return
        self.step_counter = self.add_variable((), dtype="int64", name="step_counter")
        self.dynamic_scale = self.add_variable((), _constant(self.initial_scale), "float32", name="dynamic_scale")
        self.inner_optimizer.build(variables)
        super().build(variables)

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        if not self.built:
            self.inner_optimizer._scope = f"{self.name}/"
            self.build(list(trainable_variables))
            self.inner_optimizer._scope = ""
        given = [g for g in grads if g is not None]
        if not all(bool(ops.reduce_all(ops.is_finite(g))) for g in given):
            self.step_counter.assign(0)
            self.dynamic_scale.assign(self.dynamic_scale._value * 0.5)
            return
        scale = self.dynamic_scale._value
        self.inner_optimizer.apply([None if g is None else g / scale for g in grads], trainable_variables)
        if int(self.step_counter) == self.dynamic_growth_steps - 1:
            self.step_counter.assign(0)
            self.dynamic_scale.assign(scale * 2.0)
        else:
            self.step_counter.assign_add(1)

    def check_finite(self, grads: Any) -> Any:
        """Whether every number in the gradients is finite."""
        return as_tensor(all(bool(ops.reduce_all(ops.is_finite(g))) for g in grads if g is not None))

    def scale_loss(self, loss: Any) -> Any:
        """The loss times the scale."""
        return ops.keras_ops_multiply(loss, self.dynamic_scale._value if self.built else self.initial_scale)

    def finalize_variable_values(self, var_list: Any) -> None:
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "inner_optimizer": serialize(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> LossScaleOptimizer:
        config = dict(config)
        return cls(deserialize(config.pop("inner_optimizer")), **config)


def _constant(value: float) -> Any:
    return ops.get_initializer({"class_name": "Constant", "config": {"value": value}})


class OptimizerMap(MutableMapping):
    """Which optimizer is a variable's: that of its path, or of the pattern that matches its path, or the default.

    default_optimizer: an optimizer. optimizer_map: a dictionary from paths or patterns of paths to optimizers.

    >>> m = tf.keras.optimizers.OptimizerMap(SGD(), {"dense.*": Adam()})
    >>> m["dense/kernel"].name
    'adam'
    """

    def __init__(self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None) -> None:
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"default_optimizer must be a Keras Optimizer instance. Received: {default_optimizer}")
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"optimizer_map must be a dictionary. Received: {optimizer_map}")
        self._default, self._map = default_optimizer, optimizer_map or {}

    default_optimizer = property(lambda self: self._default)

    def __getitem__(self, key: str) -> Optimizer:
        if key in self._map:
            return self._map[key]
        matching = [pattern for pattern in self._map if re.fullmatch(pattern, key)]
        if len(matching) > 1:
            raise ValueError(f"Multiple optimizers assigned to variable {key}.")
        return self._map[matching[0]] if matching else self._default

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if key in self._map:
            raise ValueError(
                f"'{key}' already exists in the OptimizerMap with value {self._map[key]}. Please make sure to not use "
                "duplicated keys."
            )
        if not isinstance(key, str):
            raise ValueError(f"key must be a string. Received: {key}")
        if not isinstance(optimizer, Optimizer):
            raise ValueError(f"optimizer must be a Keras Optimizer instance. Received: {optimizer}")
        for kind in (LossScaleOptimizer, MultiOptimizer):
            if isinstance(optimizer, kind):
                raise ValueError(f"optimizer cannot be {kind.__name__}.")
        self._map[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._map[key]

    def __len__(self) -> int:
        return len(self._map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._map)

    def __call__(self, variable: Variable) -> Optimizer:
        return self[getattr(variable, "path", variable.name)]

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this map again."""
        return {
            "default_optimizer": serialize(self._default),
            "optimizer_map": {key: serialize(optimizer) for key, optimizer in self._map.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> OptimizerMap:
        """The map of these arguments."""
        inner = {key: deserialize(each) for key, each in config["optimizer_map"].items()}
        return cls(deserialize(config["default_optimizer"]), inner)


class MultiOptimizer(Optimizer):
    """An optimizer that hands each variable, and its gradient, to the optimizer that a map, or a function, names.

    optimizer_map: an `OptimizerMap`, or a function from a variable to its optimizer.

    >>> v = Variable([1., 2.])
    >>> o = tf.keras.optimizers.MultiOptimizer(tf.keras.optimizers.OptimizerMap(SGD(0.1)))
    >>> o.apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.9, 2.3], dtype=float32)>
    """

    __signature__ = LazySignature(lambda cls: {"optimizer_map": ..., "loss_scale_factor": None, "name": None})

    def __init__(self, optimizer_map: Any, loss_scale_factor: float | None = None, name: str | None = None) -> None:
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        self._map = optimizer_map
        self._inner: list[Optimizer] = []
        self._chosen: dict[int, Optimizer] = {}
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in (*(optimizer_map[key] for key in optimizer_map), optimizer_map.default_optimizer):
                self._join(optimizer)

    def _join(self, optimizer: Optimizer) -> None:
        if all(optimizer is not other for other in self._inner):
            optimizer.loss_scale_factor = self.loss_scale_factor
            self._inner.append(optimizer)

    @property
    def optimizers(self) -> list[Optimizer]:
        """The optimizers that it hands variables to."""
        return self._inner

    @property
    def variables(self) -> list[Variable]:
        """Its own variables and those of its optimizers."""
        return [*self._variables, *(v for optimizer in self._inner for v in optimizer.variables)]

    @property
    def iterations(self) -> Any:
        """How many steps have been taken: its variable."""
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        """There is none: asking for it, or setting it, raises AttributeError."""
        raise AttributeError(
            "Learning rate cannot be accessed on a MultiOptimizer. Access the learning rate on the individual "
            "sub-optimizers instead."
        )

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError(
            "Learning rate cannot be set on a MultiOptimizer. Set the learning rate on the individual sub-optimizers "
            "instead."
        )

    def build(self, variables: Any) -> None:
        if self.built:
            return
        for v in variables:
            optimizer = self._map(v)
            if not isinstance(optimizer, Optimizer):
                raise ValueError(f"Optimizer for variable {v} is not an Optimizer instance.")
            for kind in (LossScaleOptimizer, MultiOptimizer):
                if isinstance(optimizer, kind):
                    raise ValueError(f"{kind.__name__} cannot be used inside an MultiOptimizer.")
            self._join(optimizer)
            self._chosen[id(v)] = optimizer
        for optimizer, own in self._shares(variables):
            optimizer.build(own)
        super().build(variables)

    def _shares(self, variables: Any) -> list[tuple[Optimizer, list[Variable]]]:
        """Each optimizer that has some of the variables, with these."""
        shares = [(o, [v for v in variables if self._chosen.get(id(v)) is o]) for o in self._inner]
        return [(o, own) for o, own in shares if own]

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        if len(grads) == 0:
            return
        if trainable_variables is None:
            self._check_count(len(grads))
            trainable_variables = self._trained
        variables = list(trainable_variables)
        self.build(variables)
        if len(grads) != len(self._chosen):
            raise ValueError(
                f"Gradients must match trainable variables one-to-one. Received {len(grads)} gradients and "
                f"{len(self._chosen)} variables."
            )
        found = {id(v): g for g, v in zip(grads, variables)}
        for optimizer, own in self._shares(variables):
            optimizer.apply([found[id(v)] for v in own], own)
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list: Any) -> None:
        for optimizer, own in self._shares(var_list):
            optimizer.finalize_variable_values(own)

    def get_config(self) -> dict[str, Any]:
        factor = self.loss_scale_factor
        return {"optimizer_map": serialize(self._map), "loss_scale_factor": factor, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> MultiOptimizer:
        return cls(**{**config, "optimizer_map": deserialize(config["optimizer_map"])})


LossScaleOptimizer.__module__ = "keras.src.optimizers.loss_scale_optimizer"
OptimizerMap.__module__ = MultiOptimizer.__module__ = "keras.src.optimizers.multi_optimizer"
