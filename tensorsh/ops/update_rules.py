"""The optimizers of `tf.keras.optimizers`: each is what it does to one variable with one gradient."""

from __future__ import annotations

from typing import Any

from ..runtime.tensor import Tensor
from ..runtime.variable import Variable
from .optimizers import Optimizer
from .registry import export, op, ops
from .schedules import SCHEDULES


class SGD(Optimizer):
    """Gradient descent: v -= learning_rate * g; with momentum m = momentum * m - learning_rate * g and v += m.

    nesterov: look one step of momentum ahead.
    """

    momentum: float = 0.0
    nesterov: bool = False
    default_rate = 0.01

    def _slots(self) -> tuple[tuple[str, float], ...]:
        return (("momentum", 0.0),) if self.momentum else ()

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        step = gradient * ops.cast(learning_rate, variable.dtype)
        if not self.momentum:
            variable.assign_sub(step)
            return
        m = self._state[self._known(variable)]["momentum"]
        momentum = ops.cast(self.momentum, variable.dtype)
        m.assign(m._value * momentum - step)
        variable.assign_add(m._value * momentum - step if self.nesterov else m._value)


class RMSprop(Optimizer):
    """v -= learning_rate * g / sqrt(the moving average of g^2) (Hinton, 2012).

    centered: of the variance of g instead. momentum: as for `SGD`.
    """

    rho: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-7
    centered: bool = False

    def _slots(self) -> tuple[tuple[str, float], ...]:
        slots = [("velocity", 0.0)]
        slots += [("momentum", 0.0)] if self.momentum > 0 else []
        return (*slots, ("average_gradient", 0.0)) if self.centered else tuple(slots)

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        state = self._state[self._known(variable)]
        rho, velocity = self.rho, state["velocity"]
        velocity.assign(rho * velocity._value + ops.square(gradient) * (1 - rho))
        below = velocity._value + self.epsilon
        if self.centered:
            average = state["average_gradient"]
            average.assign(rho * average._value + gradient * (1 - rho))
            below = velocity._value - ops.square(average._value) + self.epsilon
        step = ops.cast(learning_rate, variable.dtype) * gradient / ops.sqrt(below)
        if self.momentum > 0:
            m = state["momentum"]
            m.assign(self.momentum * m._value + step)
            step = m._value
        variable.assign_sub(step)


class Adagrad(Optimizer):
    """v -= learning_rate * g / sqrt(the sum of g^2 so far) (Duchi et al., 2011)."""

    initial_accumulator_value: float = 0.1
    epsilon: float = 1e-7

    def _slots(self) -> tuple[tuple[str, float], ...]:
        return (("accumulator", self.initial_accumulator_value),)

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        total = self._state[self._known(variable)]["accumulator"]
        total.assign_add(ops.square(gradient))
        rate = ops.cast(learning_rate, variable.dtype)
        variable.assign_sub(rate * gradient / ops.sqrt(total._value + self.epsilon))


class Adadelta(Optimizer):
    """Steps in the variable's own units: g, times an average of past steps over one of gradients (Zeiler, 2012)."""

    rho: float = 0.95
    epsilon: float = 1e-7
    slots = (("accumulated_grad", 0.0), ("accumulated_delta_var", 0.0))

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        grads, deltas = self._state[self._known(variable)].values()
        rho = self.rho
        grads.assign(rho * grads._value + (1 - rho) * ops.square(gradient))
        size = [ops.sqrt(x._value + self.epsilon) for x in (deltas, grads)]
        delta = -(size[0] * gradient / size[1])
        deltas.assign(rho * deltas._value + (1 - rho) * ops.square(delta))
        variable.assign_add(ops.cast(learning_rate, variable.dtype) * delta)


class Adam(Optimizer):
    """v -= learning_rate * m / sqrt(u) for moving averages m of g and u of g^2, unbiased (Kingma & Ba, 2014).

    amsgrad: divide by the largest u so far.
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False

    def _slots(self) -> tuple[tuple[str, float], ...]:
        slots = (("momentum", 0.0), ("velocity", 0.0))
        return (*slots, ("velocity_hat", 0.0)) if self.amsgrad else slots

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        state = self._state[self._known(variable)]
        m, u = state["momentum"], state["velocity"]
        rate = ops.cast(learning_rate, variable.dtype)
        rate = rate * ops.sqrt(1 - _power(self, variable, self.beta_2)) / (1 - _power(self, variable, self.beta_1))
        _follow(m, gradient, self.beta_1)
        _follow(u, ops.square(gradient), self.beta_2)
        if self.amsgrad:
            hat = state["velocity_hat"]
            hat.assign(ops.maximum(hat._value, u._value))
            u = hat
        variable.assign_sub(m._value * rate / (ops.sqrt(u._value) + self.epsilon))


class AdamW(Adam):
    """`Adam` with weight decay, 0.004 by default (Loshchilov & Hutter, 2019)."""

    weight_decay: float | None = 0.004


class Adamax(Optimizer):
    """`Adam` with the largest |g|, slowly forgotten, instead of an average of g^2 (Kingma & Ba, 2014)."""

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    slots = (("momentum", 0.0), ("norm", 0.0))

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        m, u = self._state[self._known(variable)].values()
        _follow(m, gradient, self.beta_1)
        u.assign(ops.maximum(self.beta_2 * u._value, abs(gradient)))
        rate = ops.cast(learning_rate, variable.dtype)
        unbiased = 1 - _power(self, variable, self.beta_1)
        variable.assign_sub(rate * m._value / (unbiased * (u._value + self.epsilon)))


class Nadam(Optimizer):
    """`Adam` with Nesterov's momentum (Dozat, 2016)."""

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    slots = (("momentum", 0.0), ("velocity", 0.0))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._product = ops.constant(1.0)

    def _before_step(self) -> None:
        self._product = self._product * self._momentum(1)

    def _momentum(self, ahead: int) -> Tensor:
        step = ops.cast(self.iterations._value + ahead, "float32")
        return self.beta_1 * (1.0 - 0.5 * ops.cast(0.96, "float32") ** step)

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        m, u = self._state[self._known(variable)].values()
        now, after, product = (
            ops.cast(x, variable.dtype) for x in (self._momentum(1), self._momentum(2), self._product)
        )
        _follow(m, gradient, self.beta_1)
        _follow(u, ops.square(gradient), self.beta_2)
        ahead = after * m._value / (1 - product * after) + (1 - now) * gradient / (1 - product)
        spread = u._value / (1 - _power(self, variable, self.beta_2))
        variable.assign_sub(ahead * ops.cast(learning_rate, variable.dtype) / (ops.sqrt(spread) + self.epsilon))


class Lion(Optimizer):
    """v -= learning_rate * the sign of a moving average of g (Chen et al., 2023)."""

    beta_1: float = 0.9
    beta_2: float = 0.99
    slots = (("momentum", 0.0),)

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        (m,) = self._state[self._known(variable)].values()
        direction = ops.sign(m._value * self.beta_1 + gradient * (1.0 - self.beta_1))
        variable.assign_sub(ops.cast(learning_rate, variable.dtype) * direction)
        m.assign(m._value * self.beta_2 + gradient * (1.0 - self.beta_2))


class Lamb(Optimizer):
    """`Adam` whose step is scaled to the norm of the variable (You et al., 2019)."""

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    slots = (("momentum", 0.0), ("velocity", 0.0))

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        m, u = self._state[self._known(variable)].values()
        _follow(m, gradient, self.beta_1)
        _follow(u, ops.square(gradient), self.beta_2)
        spread = ops.sqrt(u._value / (1 - _power(self, variable, self.beta_2))) + self.epsilon
        step = m._value / (1 - _power(self, variable, self.beta_1)) / spread
        size, length = (ops.sqrt(ops.reduce_sum(ops.square(x))) for x in (variable._value, step))
        ratio = ops.where(ops.logical_and(size > 0.0, length > 0.0), size / length, ops.ones_like(size))
        variable.assign_sub(ratio * ops.cast(learning_rate, variable.dtype) * step)


class Ftrl(Optimizer):
    """Follow the regularized leader: many weights become exactly 0 (McMahan et al., 2013)."""

    learning_rate_power: float = -0.5
    initial_accumulator_value: float = 0.1
    l1_regularization_strength: float = 0.0
    l2_regularization_strength: float = 0.0
    l2_shrinkage_regularization_strength: float = 0.0
    beta: float = 0.0

    def _slots(self) -> tuple[tuple[str, float], ...]:
        return (("accumulator", self.initial_accumulator_value), ("linear", 0.0))

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        total, linear = self._state[self._known(variable)].values()
        rate, v = ops.cast(learning_rate, variable.dtype), variable._value
        l1 = self.l1_regularization_strength
        l2 = self.l2_regularization_strength + self.beta / (2.0 * rate)
        shrunk = gradient + 2.0 * self.l2_shrinkage_regularization_strength * v
        after = total._value + ops.square(gradient)
        before, now = (x**-self.learning_rate_power for x in (total._value, after))
        linear.assign_add(shrunk - (now - before) / rate * v)
        kept = ops.clip_by_value(linear._value, -l1, l1)
        variable.assign((kept - linear._value) / (now / rate + 2.0 * l2))
        total.assign(after)


def _follow(average: Variable, value: Tensor, beta: float) -> None:
    """Move an average towards a value."""
    average.assign_add((value - average._value) * (1 - beta))


def _power(optimizer: Optimizer, variable: Variable, beta: float) -> Tensor:
    """beta to the number of this step: what is missing in a moving average that began at 0."""
    return ops.cast(beta, variable.dtype) ** ops.cast(optimizer.iterations._value + 1, variable.dtype)


OPTIMIZERS = {
    rule.__name__: rule for rule in (SGD, RMSprop, Adagrad, Adadelta, Adam, AdamW, Adamax, Nadam, Lion, Lamb, Ftrl)
}
for _name, _rule in OPTIMIZERS.items():
    _rule.__module__ = f"keras.src.optimizers.{_name.lower()}"
    export("tf.keras.optimizers." + _name, _rule, None, "update_rules")
    export("tf.optimizers." + _name, _rule, None, "update_rules")
export("tf.keras.optimizers.Optimizer", Optimizer, None, "update_rules")
export("tf.optimizers.Optimizer", Optimizer, None, "update_rules")


@op("keras.optimizers.get optimizers.get", short=False)
def get_optimizer(identifier: Any) -> Any:
    """The optimizer of that name, in any case, with its default arguments; an optimizer itself.

    Also takes {"class_name": ..., "config": {...}}. Raises ValueError for an unknown name.

    >>> tf.keras.optimizers.get("sgd").momentum
    0.0
    """
    if isinstance(identifier, Optimizer):
        return identifier
    name, config = identifier, {}
    if isinstance(identifier, dict):
        name, config = identifier.get("class_name"), dict(identifier.get("config", {}))
    found = next((rule for key, rule in OPTIMIZERS.items() if key.lower() == str(name).lower()), None)
    if found is None:
        raise ValueError(f"Could not interpret optimizer identifier: {identifier}")
    rate = config.get("learning_rate")
    if isinstance(rate, dict):
        config["learning_rate"] = SCHEDULES[rate["class_name"]](**rate["config"])
    return found(**config)
