"""The optimizers of `tf.keras.optimizers`: each is what it does to one variable with one gradient.

A rule's arguments are its annotated attributes. Its `update_step` gets the learning rate in the variable's dtype, and a
gradient that may be `IndexedSlices`; the order of operations is Keras's, so that the last digit is, too.
"""

from __future__ import annotations

from typing import Any

from ..runtime.tensor import Tensor
from ..runtime.variable import Variable
from .keras.variable import KerasVariable
from .optimizer_base import Optimizer
from .registry import ops
from .sparse_gradients import add, dense, entrywise, subtract


class SGD(Optimizer):
    """Gradient descent: v -= learning_rate * g; with momentum m = momentum * m - learning_rate * g and v += m.

    nesterov: look one step of momentum ahead.

    >>> v = Variable([1., 2.]); SGD(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.9, 2.3], dtype=float32)>
    """

    momentum: float = 0.0
    nesterov: bool = False
    default_rate = 0.01

    def _check_rule(self) -> None:
        if not isinstance(self.momentum, float) or not 0 <= self.momentum <= 1:
            raise ValueError("`momentum` must be a float between [0, 1].")

    def _slots(self) -> tuple[dict[str, float], ...]:
        return ({"momentum": 0.0},) if self.momentum else ()

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        step = entrywise(lambda g: g * learning_rate, gradient)
        if not self.momentum:
            subtract(variable, step)
            return
        m = self._slot(variable)["momentum"]
        m.assign(m._value * self.momentum - dense(step))
        add(variable, m._value * self.momentum - dense(step) if self.nesterov else m._value)


class RMSprop(Optimizer):
    """v -= learning_rate * g / sqrt(the moving average of g^2) (Hinton, 2012).

    centered: of the variance of g instead. momentum: as for `SGD`.

    >>> v = Variable([1., 2.]); RMSprop(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.6837724, 2.3162277], dtype=float32)>
    """

    rho: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-7
    centered: bool = False

    def _slots(self) -> tuple[dict[str, float], ...]:
        kept = ("velocity", True), ("momentum", self.momentum > 0), ("average_gradient", self.centered)
        return tuple({name: 0.0} for name, is_kept in kept if is_kept)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        state, rho = self._slot(variable), self.rho
        velocity = state["velocity"]
        velocity.assign(rho * velocity._value + dense(entrywise(lambda g: (1 - rho) * ops.square(g), gradient)))
        spread = velocity._value
        if self.centered:
            mean = state["average_gradient"]
            mean.assign(rho * mean._value + dense(entrywise(lambda g: (1 - rho) * g, gradient)))
            spread = spread - ops.square(mean._value)
        below = ops.sqrt(spread + self.epsilon)
        step = entrywise(lambda g, d: learning_rate * g / d, gradient, below)
        if self.momentum > 0:
            m = state["momentum"]
            m.assign(self.momentum * m._value + dense(step))
            step = m._value
        subtract(variable, step)


class Adagrad(Optimizer):
    """v -= learning_rate * g / sqrt(the sum of g^2 so far) (Duchi et al., 2011).

    initial_accumulator_value: a float: what the sum of squares begins with.

    >>> v = Variable([1., 2.]); Adagrad(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.9046537, 2.0994492], dtype=float32)>
    """

    initial_accumulator_value: float = 0.1
    epsilon: float = 1e-7

    def _slots(self) -> tuple[dict[str, float], ...]:
        return ({"accumulator": self.initial_accumulator_value},)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        total = self._slot(variable)["accumulator"]
        add(total, entrywise(ops.square, gradient))
        below = ops.sqrt(total._value + self.epsilon)
        subtract(variable, entrywise(lambda g, d: learning_rate * g / d, gradient, below))


class Adadelta(Optimizer):
    """Steps in the variable's own units: g, times an average of past steps over one of gradients (Zeiler, 2012).

    >>> v = Variable([1., 2.]); Adadelta(10.).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.9858579, 2.014142 ], dtype=float32)>
    """

    rho: float = 0.95
    epsilon: float = 1e-7

    def _slots(self) -> tuple[dict[str, float], ...]:
        return ({"accumulated_grad": 0.0, "accumulated_delta_var": 0.0},)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        grads, deltas = self._slot(variable).values()

        def follow(average: Variable, x: Any) -> None:
            squares = dense(entrywise(lambda g: (1 - self.rho) * ops.square(g), x))
            average.assign(self.rho * average._value + squares)

        follow(grads, gradient)
        above, below = (ops.sqrt(x._value + self.epsilon) for x in (deltas, grads))
        delta = entrywise(lambda g, a, b: -(a * g / b), gradient, above, below)
        follow(deltas, delta)
        add(variable, entrywise(lambda d: learning_rate * d, delta))


class Adam(Optimizer):
    """v -= learning_rate * m / sqrt(u) for moving averages m of g and u of g^2, unbiased (Kingma & Ba, 2014).

    amsgrad: divide by the largest u so far (Reddi et al., 2018).

    >>> v = Variable([1., 2.]); Adam(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.900001 , 2.0999992], dtype=float32)>
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False

    def _slots(self) -> tuple[dict[str, float], ...]:
        both = {"momentum": 0.0, "velocity": 0.0}
        return (both, {"velocity_hat": 0.0}) if self.amsgrad else (both,)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        state = self._slot(variable)
        m, u = state["momentum"], state["velocity"]
        rate = learning_rate * ops.sqrt(1 - power(self, variable, self.beta_2))
        rate = rate / (1 - power(self, variable, self.beta_1))
        follow(m, gradient, 1 - self.beta_1)
        follow(u, entrywise(ops.square, gradient), 1 - self.beta_2)
        if self.amsgrad:
            hat = state["velocity_hat"]
            hat.assign(ops.maximum(hat._value, u._value))
            u = hat
        subtract(variable, m._value * rate / (ops.sqrt(u._value) + self.epsilon))


class AdamW(Adam):
    """`Adam` with weight decay, 0.004 by default (Loshchilov & Hutter, 2019).

    weight_decay: a float. amsgrad: as for `Adam`.

    >>> v = Variable([1., 2.]); AdamW(0.1, weight_decay=0.5).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.850001 , 1.9999992], dtype=float32)>
    """

    weight_decay: float | None = 0.004

    def _check_rule(self) -> None:
        if self.weight_decay is None:
            raise ValueError("Argument `weight_decay` must be a float. Received: weight_decay=None")


class Adamax(Optimizer):
    """`Adam` with the largest |g|, slowly forgotten, instead of an average of g^2 (Kingma & Ba, 2014).

    beta_2: a float from 0 to 1: how much of the largest |g| is kept at a step.

    >>> v = Variable([1., 2.]); Adamax(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.90000004, 2.1       ], dtype=float32)>
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def _slots(self) -> tuple[dict[str, float], ...]:
        return ({"momentum": 0.0, "norm": 0.0},)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        m, u = self._slot(variable).values()
        follow(m, gradient, 1 - self.beta_1)
        u.assign(ops.maximum(self.beta_2 * u._value, dense(entrywise(abs, gradient))))
        unbiased = 1 - power(self, variable, self.beta_1)
        subtract(variable, learning_rate * m._value / (unbiased * (u._value + self.epsilon)))


class Nadam(Optimizer):
    """`Adam` with Nesterov's momentum (Dozat, 2016).

    >>> v = Variable([1., 2.]); Nadam(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.8937212, 2.106279 ], dtype=float32)>
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        dtype = self._trained[0].dtype if self._trained else "float32"
        #: The product of all momentums so far.
        self._product: KerasVariable = self.add_variable((), "ones", dtype)

    def _slots(self) -> tuple[dict[str, float], ...]:
        return ({"momentum": 0.0, "velocity": 0.0},)

    def _before_updates(self) -> None:
        step = ops.cast(self.iterations + 1, self._product.dtype)
        self._product.assign(self._product._value * self.beta_1 * (1.0 - 0.5 * ops.pow(0.96, step)))

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        dtype = variable.dtype
        beta_1, beta_2, decay = (ops.cast(x, dtype) for x in (self.beta_1, self.beta_2, 0.96))
        now, after = (
            beta_1 * (1.0 - 0.5 * ops.pow(decay, ops.cast(self.iterations + ahead, dtype))) for ahead in (1, 2)
        )
        product = ops.cast(self._product._value, dtype)
        product_after = product * after
        m, u = self._slot(variable).values()
        follow(m, gradient, 1 - beta_1)
        follow(u, entrywise(ops.square, gradient), 1 - beta_2)
        ahead = after * m._value / (1 - product_after)
        ahead = ahead + dense(entrywise(lambda g: (1 - now) * g / (1 - product), gradient))
        spread = u._value / (1 - power(self, variable, self.beta_2))
        subtract(variable, ahead * learning_rate / (ops.sqrt(spread) + self.epsilon))


class Lion(Optimizer):
    """v -= learning_rate * the sign of a moving average of g (Chen et al., 2023).

    beta_1: how much of the average stands against g in a step. beta_2: how much of it is kept.

    >>> v = Variable([1., 2.]); Lion(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.9, 2.1], dtype=float32)>
    """

    beta_1: float = 0.9
    beta_2: float = 0.99

    def _check_rule(self) -> None:
        if not 0 < self.beta_1 <= 1:
            raise ValueError(
                "Argument `beta_1` must be in the [0, 1] range. Otherwise, the optimizer degenerates to SignSGD. "
                f"Received: beta_1={self.beta_1}."
            )

    def _slots(self) -> tuple[dict[str, float], ...]:
        return ({"momentum": 0.0},)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        m = self._slot(variable)["momentum"]
        beta_1, beta_2 = (ops.cast(beta, variable.dtype) for beta in (self.beta_1, self.beta_2))

        def mixed(beta: Tensor) -> Tensor:
            return m._value * beta + dense(entrywise(lambda g: g * (1.0 - beta), gradient))

        subtract(variable, learning_rate * ops.sign(mixed(beta_1)))
        m.assign(mixed(beta_2))


class Lamb(Optimizer):
    """`Adam` whose step is scaled to the norm of the variable (You et al., 2019).

    >>> v = Variable([1., 2.]); Lamb(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.8418861, 2.158114 ], dtype=float32)>
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def _slots(self) -> tuple[dict[str, float], ...]:
        return ({"momentum": 0.0, "velocity": 0.0},)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        m, u = self._slot(variable).values()
        follow(m, gradient, 1 - self.beta_1)
        follow(u, entrywise(ops.square, gradient), 1 - self.beta_2)
        spread = ops.sqrt(u._value / (1.0 - power(self, variable, self.beta_2))) + self.epsilon
        step = m._value / (1.0 - power(self, variable, self.beta_1)) / spread
        size, length = (ops.sqrt(ops.reduce_sum(ops.square(x))) for x in (variable._value, step))
        ratio = ops.where(ops.logical_and(size > 0.0, length > 0.0), size / length, ops.ones_like(size))
        subtract(variable, ratio * learning_rate * step)


class Ftrl(Optimizer):
    """Follow the regularized leader: many weights become exactly 0 (McMahan et al., 2013).

    learning_rate_power: a float, 0 or less: the power of the sum of squares that divides a step.
    initial_accumulator_value: a float: what that sum begins with. l1_regularization_strength,
    l2_regularization_strength: floats, the weights of the penalties |v| and v^2. l2_shrinkage_regularization_strength:
    a float, the weight of a penalty that only the gradient feels. beta: a float that is added to each learning rate's
    divisor.

    >>> v = Variable([1., 2.]); Ftrl(0.1).apply([constant([1., -3.])], [v]); v
    <tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([0.6031424, 1.8897921], dtype=float32)>
    """

    learning_rate_power: float = -0.5
    initial_accumulator_value: float = 0.1
    l1_regularization_strength: float = 0.0
    l2_regularization_strength: float = 0.0
    l2_shrinkage_regularization_strength: float = 0.0
    beta: float = 0.0

    def _check_rule(self) -> None:
        if self.learning_rate_power > 0.0:
            raise ValueError(
                "`learning_rate_power` needs to be negative or zero. Received: "
                f"learning_rate_power={self.learning_rate_power}."
            )
        for key in _NOT_NEGATIVE:
            if getattr(self, key) < 0.0:
                raise ValueError(f"`{key}` needs to be positive or zero. Received: {key}={getattr(self, key)}.")

    def _slots(self) -> tuple[dict[str, float], ...]:
        return ({"accumulator": self.initial_accumulator_value, "linear": 0.0},)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        total, linear = self._slot(variable).values()
        rate, v, l1 = learning_rate, variable._value, self.l1_regularization_strength
        l2 = self.l2_regularization_strength + self.beta / (2.0 * rate)
        shrunk = dense(gradient) + 2 * self.l2_shrinkage_regularization_strength * v
        after = total._value + dense(entrywise(ops.square, gradient))
        before, now = (ops.pow(x, -self.learning_rate_power) for x in (total._value, after))
        add(linear, shrunk - (now - before) / rate * v)
        kept = ops.maximum(-l1, ops.minimum(l1, linear._value))
        variable.assign((kept - linear._value) / (now / rate + 2 * l2), read_value=False)
        total.assign(after)


_NOT_NEGATIVE = (
    "initial_accumulator_value",
    "l1_regularization_strength",
    "l2_regularization_strength",
    "l2_shrinkage_regularization_strength",
)


def follow(average: Variable, value: Any, share: Any) -> None:
    """Move an average towards a value, by that share of the way."""
    add(average, (dense(value) - average._value) * share)


def power(optimizer: Optimizer, variable: Variable, beta: float) -> Tensor:
    """beta to the number of this step: what is missing in a moving average that began at 0."""
    return ops.pow(ops.cast(beta, variable.dtype), step_number(optimizer, variable))


def step_number(optimizer: Optimizer, variable: Variable) -> Tensor:
    """The number of this step, from 1 on, in the variable's dtype."""
    return ops.cast(optimizer.iterations + 1, variable.dtype)


RULES = (SGD, RMSprop, Adagrad, Adadelta, Adam, AdamW, Adamax, Nadam, Lion, Lamb, Ftrl)
for _rule in RULES:
    _rule.__module__ = f"keras.src.optimizers.{_rule.__name__.lower()}"
