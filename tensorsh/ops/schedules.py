"""`tf.keras.optimizers.schedules`: learning rates that depend on the step.

All is computed in the dtype of the initial learning rate, float32 for a Python float.
"""

from __future__ import annotations

import math
from typing import Any

from ..runtime.tensor import Tensor, as_tensor
from .registry import export, op, ops


class LearningRateSchedule:
    """A function of the step: call it with a number or a tensor."""

    __module__ = "keras.src.optimizers.schedules.learning_rate_schedule"
    _may_be_base = True

    name: str

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this schedule again."""
        if type(self) is LearningRateSchedule:
            raise NotImplementedError(
                "Learning rate schedule 'LearningRateSchedule' must override `get_config()` in order to be "
                "serializable."
            )
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """The schedule of these arguments."""
        return cls(**config)

    def __call__(self, step: Any) -> Tensor:
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `__call__(self, step)`."
        )


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate * decay_rate^(step / decay_steps); in whole powers, if `staircase`.

    staircase: a bool.

    >>> tf.keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.5)(20)
    <tf.Tensor: shape=(), dtype=float32, numpy=0.125>
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        _check("decay_steps", decay_steps)
        self.initial_learning_rate, self.decay_steps, self.decay_rate = initial_learning_rate, decay_steps, decay_rate
        self.staircase, self.name = staircase, name

    def __call__(self, step: Any) -> Tensor:
        start, step, steps, rate = _numbers(self.initial_learning_rate, step, self.decay_steps, self.decay_rate)
        power = step / steps
        return start * rate ** (ops.floor(power) if self.staircase else power)


class InverseTimeDecay(LearningRateSchedule):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps); by whole fractions, if `staircase`.

    staircase: a bool.

    >>> tf.keras.optimizers.schedules.InverseTimeDecay(0.5, 10, 0.5)(20)
    <tf.Tensor: shape=(), dtype=float32, numpy=0.25>
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        _check("decay_steps", decay_steps)
        self.initial_learning_rate, self.decay_steps, self.decay_rate = initial_learning_rate, decay_steps, decay_rate
        self.staircase, self.name = staircase, name

    def __call__(self, step: Any) -> Tensor:
        start, step, steps, rate = _numbers(self.initial_learning_rate, step, self.decay_steps, self.decay_rate)
        share = step / steps
        return start / (1.0 + rate * (ops.floor(share) if self.staircase else share))


class PolynomialDecay(LearningRateSchedule):
    """From initial_learning_rate to end_learning_rate in `decay_steps`; if `cycle`, again and again, ever slower.

    end_learning_rate: a float. power: a float: 1 for a straight line. cycle: a bool.

    >>> tf.keras.optimizers.schedules.PolynomialDecay(1., 10, end_learning_rate=0.5)(5)
    <tf.Tensor: shape=(), dtype=float32, numpy=0.75>
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        end_learning_rate: Any = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        _check("decay_steps", decay_steps)
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power, self.cycle, self.name = end_learning_rate, power, cycle, name

    def __call__(self, step: Any) -> Tensor:
        start, step, steps, end, power = _numbers(
            self.initial_learning_rate, step, self.decay_steps, self.end_learning_rate, self.power
        )
        if self.cycle:
            steps = steps * ops.where(ops.equal(step, 0.0), ops.ones_like(step), ops.ceil(step / steps))
        else:
            step = ops.minimum(step, steps)
        return (start - end) * (1.0 - step / steps) ** power + end


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[i] from just after boundaries[i - 1] up to boundaries[i]. Raises ValueError for other numbers of values.

    boundaries: a list of steps, ascending. values: a list of floats, one more.

    >>> tf.keras.optimizers.schedules.PiecewiseConstantDecay([3, 7], [1., 0.5, 0.25])(4)
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """

    def __init__(self, boundaries: Any, values: Any, name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "The length of boundaries should be 1 less than the length of values. Received: "
                f"boundaries={boundaries} of length {len(boundaries)}, and values={values} of length {len(values)}."
            )
        self.boundaries, self.values, self.name = boundaries, values, name

    def __call__(self, step: Any) -> Tensor:
        now = as_tensor(step)
        passed = sum(bool(now > ops.cast(boundary, now.dtype)) for boundary in self.boundaries)
        return as_tensor(self.values[passed])


class CosineDecay(LearningRateSchedule):
    """Half a cosine from the initial rate down to alpha times it, after a linear rise to `warmup_target` if given.

    alpha: a float: the last rate as a share of the initial one. warmup_target: a float; None: no rise. warmup_steps: an
    int: how long the rise takes (Loshchilov & Hutter, 2017).

    >>> tf.keras.optimizers.schedules.CosineDecay(0.5, 10, alpha=0.25)(20)
    <tf.Tensor: shape=(), dtype=float32, numpy=0.125>
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: Any = None,
        warmup_steps: Any = 0,
    ) -> None:
        _check("decay_steps", decay_steps)
        self.initial_learning_rate, self.decay_steps, self.alpha = initial_learning_rate, decay_steps, alpha
        self.name, self.warmup_target, self.warmup_steps = name, warmup_target, warmup_steps

    def __call__(self, step: Any) -> Tensor:
        start, step, steps, warmup = _numbers(self.initial_learning_rate, step, self.decay_steps, self.warmup_steps)
        if self.warmup_target is None:
            return self._decayed(ops.minimum(step, steps) / steps, start)
        target = ops.cast(self.warmup_target, start.dtype)
        step = ops.minimum(step, steps + warmup)
        if float(step) < float(warmup):
            return (target - start) * (step / warmup) + start
        return self._decayed((step - warmup) / steps, target)

    def _decayed(self, done: Tensor, start: Tensor) -> Tensor:
        share = 0.5 * (1.0 + ops.cos(math.pi * done))
        return start * ((1 - self.alpha) * share + self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """Cosine decays one after the other, each t_mul times as long and m_mul times as high as the one before
    (Loshchilov & Hutter, 2017).

    first_decay_steps: a number of steps. t_mul, m_mul: floats. alpha: a float: the last rate of a decay as a share of
    its first.

    >>> tf.keras.optimizers.schedules.CosineDecayRestarts(0.5, 10, m_mul=0.5)(10)
    <tf.Tensor: shape=(), dtype=float32, numpy=0.25>
    """

    def __init__(
        self,
        initial_learning_rate: Any,
        first_decay_steps: Any,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        _check("first_decay_steps", first_decay_steps)
        self.initial_learning_rate, self.first_decay_steps = initial_learning_rate, first_decay_steps
        self.t_mul, self.m_mul, self.alpha, self.name = t_mul, m_mul, alpha, name

    def __call__(self, step: Any) -> Tensor:
        start, step, steps, longer, higher = _numbers(
            self.initial_learning_rate, step, self.first_decay_steps, self.t_mul, self.m_mul
        )
        done = step / steps
        if self.t_mul == 1.0:
            restarts = ops.floor(done)
            done = done - restarts
        else:
            restarts = ops.floor(ops.log(1.0 - done * (1.0 - longer)) / ops.log(longer))
            before = (1.0 - longer**restarts) / (1.0 - longer)
            done = (done - before) / longer**restarts
        share = 0.5 * higher**restarts * (1.0 + ops.cos(math.pi * done))
        return start * ((1 - self.alpha) * share + self.alpha)


def _numbers(start: Any, *others: Any) -> tuple[Any, ...]:
    """The initial learning rate as a tensor, and the other numbers in its dtype."""
    first = as_tensor(start)
    return (first, *(ops.cast(x, first.dtype) for x in others))


def _check(name: str, steps: Any) -> None:
    if steps <= 0:
        raise ValueError(f"Argument `{name}` must be > 0. Received: {name}={steps}")


SCHEDULES = {
    schedule.__name__: schedule
    for schedule in (
        LearningRateSchedule,
        ExponentialDecay,
        InverseTimeDecay,
        PolynomialDecay,
        PiecewiseConstantDecay,
        CosineDecay,
        CosineDecayRestarts,
    )
}
for _name, _schedule in SCHEDULES.items():
    _schedule.__module__ = LearningRateSchedule.__module__
    export("tf.keras.optimizers.schedules." + _name, _schedule, None, "schedules")
    export("tf.optimizers.schedules." + _name, _schedule, None, "schedules")


@op("keras.optimizers.schedules.serialize optimizers.schedules.serialize", short=False)
def serialize_schedule(learning_rate_schedule: Any) -> Any:
    """A schedule as a dictionary.

    learning_rate_schedule: an object of `tf.keras.optimizers.schedules`.

    >>> s = tf.keras.optimizers.schedules
    >>> s.serialize(s.ExponentialDecay(0.5, 10, 0.5))["config"]["decay_steps"]
    10
    """
    return {
        "module": "keras.optimizers.schedules",
        "class_name": type(learning_rate_schedule).__name__,
        "config": learning_rate_schedule.get_config(),
        "registered_name": None,
    }


@op("keras.optimizers.schedules.deserialize optimizers.schedules.deserialize", short=False)
def deserialize_schedule(config: Any, custom_objects: Any = None) -> Any:
    """The schedule of a dictionary, as `serialize` gives it; the name itself if there is no such schedule.

    >>> tf.keras.optimizers.schedules.deserialize({"class_name": "CosineDecay", "config":
    ...     {"initial_learning_rate": 0.5, "decay_steps": 10}})(0)
    <tf.Tensor: shape=(), dtype=float32, numpy=0.5>
    """
    if isinstance(config, dict) and not config.keys() >= {"class_name", "config"}:
        raise ValueError(f"Unknown `config` as a `dict`, config={config}")
    name, options = (config["class_name"], config["config"]) if isinstance(config, dict) else (config, {})
    schedule = SCHEDULES.get(name)
    return name if schedule is None else schedule.from_config(options)
