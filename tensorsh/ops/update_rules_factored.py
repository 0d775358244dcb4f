"""More optimizers of `tf.keras.optimizers`, written as those in `update_rules`: some factor a matrix's gradients, one
makes them orthogonal, one needs no schedule.
"""

from __future__ import annotations

import re
from typing import Any

from ..runtime.tensor import Tensor
from ..runtime.variable import Variable
from .keras.variable import KerasVariable
from .optimizer_base import Optimizer
from .registry import ops
from .sparse_gradients import dense
from .update_rules import follow, power, step_number


class Adafactor(Optimizer):
    """`Adam` that keeps, of a matrix's squared gradients, only the means of rows and columns (Shazeer & Stern, 2018).

    relative_step: steps no longer than 1 / sqrt(their number). clip_threshold: how long a step may be on average.
    epsilon_1: added to squares; epsilon_2: the least length that a variable is taken to have. beta_2_decay: a float: of
    the means 1 - step ** beta_2_decay is kept at a step.

    >>> v = Variable([1., 2.]); Adafactor(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.8418861, 2.158114 ], dtype=float32)>
    """

    beta_2_decay: float = -0.8
    epsilon_1: float = 1e-30
    epsilon_2: float = 1e-3
    clip_threshold: float = 1.0
    relative_step: bool = True

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        for v in self._trained:
            shape, state = tuple(v.shape), self._state[id(v)]
            for key, kept in (("r", shape[:-1]), ("c", (*shape[:-2], *shape[-1:]))):
                if len(shape) > 1:
                    state[key] = self.add_variable(kept, "zeros", v.dtype, name=v.name)
                else:
                    self.add_variable((), "zeros", "int32", name=v.name)  # Keras has a variable in its place
            state["v"] = self.add_variable_from_reference(v, "velocity")

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        gradient, state, step = dense(gradient), self._slot(variable), step_number(self, variable)
        rate = learning_rate
        if not callable(self._rate) and self.relative_step:
            rate = ops.minimum(rate, 1 / ops.sqrt(step))
        rate = ops.minimum(rate, 1 / ops.sqrt(step))
        length = ops.maximum(ops.cast(self.epsilon_2, variable.dtype), _root_mean_square(variable._value)) * rate
        squares = ops.square(gradient) + self.epsilon_1
        share = 1 - ops.pow(step, self.beta_2_decay)

        def averaged(average: Variable, value: Tensor) -> Tensor:
            average.assign(share * average._value + (1 - share) * value)
            return average._value

        v = state["v"]
        if "r" in state:
            rows = averaged(state["r"], ops.reduce_mean(squares, -1))
            columns = averaged(state["c"], ops.reduce_mean(squares, -2))
            rows = rows / ops.reduce_mean(rows, -1, True)
            v.assign(ops.expand_dims(rows, -1) * ops.expand_dims(columns, -2))
        else:
            averaged(v, squares)
        change = gradient / ops.sqrt(v._value)
        change = change / ops.maximum(ops.ones_like(rate), _root_mean_square(change) / self.clip_threshold)
        variable.assign_sub(length * change, read_value=False)


def _root_mean_square(x: Tensor) -> Tensor:
    return ops.sqrt(ops.reduce_mean(ops.square(x)))


class ScheduleFreeAdamW(Optimizer):
    """`AdamW` that averages its variables instead of lowering its learning rate (Defazio et al., 2024).

    warmup_steps: so many steps with a learning rate that grows from 0.

    >>> v = Variable([1., 2.]); ScheduleFreeAdamW(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.9, 2.1], dtype=float32)>
    """

    default_rate = 0.0025
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    warmup_steps: int = 0

    def _slots(self) -> tuple[dict[str, float], ...]:
        return ({"momentum": 0.0, "velocity": 0.0},)

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        for v in self._trained:
            self._state[id(v)]["momentum"].assign(v._value)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        gradient, step = dense(gradient), step_number(self, variable)
        base, u = self._slot(variable).values()
        beta_1, beta_2 = (ops.cast(beta, variable.dtype) for beta in (self.beta_1, self.beta_2))
        rate = learning_rate
        if self.warmup_steps > 0:
            rate = rate * ops.minimum(step / ops.cast(self.warmup_steps, variable.dtype), 1.0)
        follow(u, ops.square(gradient), 1 - beta_2)
        below = ops.sqrt(u._value / (1 - ops.pow(beta_2, step))) + ops.cast(self.epsilon, variable.dtype)
        base.assign_sub(rate * gradient / below)
        weight = 1.0 / step
        # Keras means the base of before this step here, and reads the variable again.
        average = (variable._value - (1 - beta_1) * base._value) / beta_1
        average = (1 - weight) * average + weight * base._value
        variable.assign((1 - beta_1) * base._value + beta_1 * average, read_value=False)


class Muon(Optimizer):
    """Momentum, made orthogonal, for matrices (Jordan et al., 2024); `Adam` for all other variables.

    exclude_layers: patterns of the paths of matrices that `Adam` is to take, as it takes embeddings if
    exclude_embeddings. muon_a, muon_b, muon_c, ns_steps: the Newton-Schulz iteration that makes a matrix orthogonal.
    rms_rate: scale a step to its matrix's size. adam_lr_ratio: the learning rate of `Adam`, as a share of Muon's.
    exclude_embeddings: whether paths with "embedding" in them are `Adam`'s. adam_beta_1, adam_beta_2,
    adam_weight_decay: `Adam`'s own. nesterov: look one step of momentum ahead.

    >>> v = tf.keras.Variable([[1., 2.]]); Muon(0.1).apply([constant([[1., -3.]])], [v]); v
    <Variable path=variable, shape=(1, 2), dtype=float32, value=[[0.9933709 2.0178874]]>
    """

    adam_beta_1: float = 0.9
    adam_beta_2: float = 0.999
    adam_weight_decay: float | None = 0.004
    epsilon: float = 1e-7
    weight_decay: float | None = 0.004
    exclude_layers: Any = None
    exclude_embeddings: bool = True
    muon_a: float = 3.4445
    muon_b: float = -4.7750
    muon_c: float = 2.0315
    adam_lr_ratio: float = 1
    momentum: float = 0.95
    ns_steps: int = 5
    nesterov: bool = True
    rms_rate: float | None = 0.2
    after_name = (
        "exclude_layers",
        "exclude_embeddings",
        "muon_a",
        "muon_b",
        "muon_c",
        "adam_lr_ratio",
        "momentum",
        "ns_steps",
        "nesterov",
        "rms_rate",
    )

    def _check_rule(self) -> None:
        self.exclude_layers = self.exclude_layers or []

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        for v in self._trained:
            self._state[id(v)]["momentum"] = self.add_variable_from_reference(v, "momentum")
            if not self._is_made_orthogonal(v):
                self._state[id(v)]["velocity"] = self.add_variable_from_reference(v, "velocity")

    def _is_made_orthogonal(self, variable: Variable) -> bool:
        path = getattr(variable, "path", variable.name)
        if len(variable.shape) != 2 or self.exclude_embeddings and "embedding" in path.lower():
            return False
        return not any(re.search(pattern, path) for pattern in self.exclude_layers)

    def _decay(self, variable: Variable) -> float | None:
        return self.weight_decay if self._is_made_orthogonal(variable) else self.adam_weight_decay

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        gradient, state = dense(gradient), self._slot(variable)
        m = state["momentum"]
        if "velocity" in state:
            self._as_adam(gradient, variable, learning_rate * self.adam_lr_ratio, m, state["velocity"])
            return
        m.assign_add(gradient + m._value * (self.momentum - 1))
        change = learning_rate * self._orthogonal(gradient + self.momentum * m._value if self.nesterov else m._value)
        if self.rms_rate is not None:
            change = change * ops.sqrt(float(max(variable._value._array.shape))) * self.rms_rate
        variable.assign_sub(change, read_value=False)

    def _as_adam(self, gradient: Tensor, variable: Variable, rate: Any, m: KerasVariable, u: KerasVariable) -> None:
        rate = rate * ops.sqrt(1 - power(self, variable, self.adam_beta_2))
        rate = rate / (1 - power(self, variable, self.adam_beta_1))
        follow(m, gradient, 1 - self.adam_beta_1)
        follow(u, ops.square(gradient), 1 - self.adam_beta_2)
        variable.assign_sub(m._value * rate / (ops.sqrt(u._value) + self.epsilon), read_value=False)

    def _orthogonal(self, x: Tensor) -> Tensor:
        """Near the orthogonal matrix that is nearest to x, by a quintic Newton-Schulz iteration."""
        is_tall = x._array.shape[-2] > x._array.shape[-1]
        x = ops.matrix_transpose(x) if is_tall else x
        x = x / (ops.sqrt(ops.reduce_sum(ops.square(x), [-2, -1], True)) + 1e-7)
        for _ in range(self.ns_steps):
            a = ops.matmul(x, ops.matrix_transpose(x))
            x = self.muon_a * x + ops.matmul(self.muon_b * a + ops.matmul(self.muon_c * a, a), x)
        return ops.matrix_transpose(x) if is_tall else x

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        adam = {key: config.pop(key) for key in ("adam_beta_1", "adam_beta_2", "epsilon", "exclude_layers")}
        last = {key: config.pop(key) for key in ("exclude_embeddings", "adam_weight_decay", "rms_rate")}
        own = {key: config.pop(key) for key in self.after_name if key in config}
        return {**config, **adam, **own, **last}


for _rule, _home in ((Adafactor, "adafactor"), (Muon, "muon"), (ScheduleFreeAdamW, "schedule_free_adamw")):
    _rule.__module__ = f"keras.src.optimizers.{_home}"
