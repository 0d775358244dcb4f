"""`tf.keras.optimizers.schedules`: learning rates that depend on the step."""

from __future__ import annotations

import math
from typing import Any

from ..runtime.tensor import Tensor, as_tensor
from .registry import export, ops


class LearningRateSchedule:
    """A function of the step: call it with a number or a tensor."""

    __module__ = "keras.src.optimizers.schedules.learning_rate_schedule"

    name: str

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this schedule again."""
        return {key: value for key, value in vars(self).items() if not key.startswith("_")}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """The schedule of these arguments."""
        return cls(**config)

    def __call__(self, step: Any) -> Tensor:
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `__call__(self, step)`."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object at {id(self):#x}>"


def _number(x: Any) -> Tensor:
    return ops.cast(as_tensor(x), "float32")


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate * decay_rate^(step / decay_steps); in whole powers, if `staircase`."""

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        if decay_steps <= 0:
            raise ValueError(f"Argument `decay_steps` must be > 0. Received: decay_steps={decay_steps}")
        self.initial_learning_rate, self.decay_steps, self.decay_rate = initial_learning_rate, decay_steps, decay_rate
        self.staircase, self.name = staircase, name

    def __call__(self, step: Any) -> Tensor:
        power = _number(step) / _number(self.decay_steps)
        return _number(self.initial_learning_rate) * _number(self.decay_rate) ** (
            ops.floor(power) if self.staircase else power
        )


class InverseTimeDecay(LearningRateSchedule):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps); by whole fractions, if `staircase`."""

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        if decay_steps <= 0:
            raise ValueError(f"Argument `decay_steps` must be > 0. Received: decay_steps={decay_steps}")
        self.initial_learning_rate, self.decay_steps, self.decay_rate = initial_learning_rate, decay_steps, decay_rate
        self.staircase, self.name = staircase, name

    def __call__(self, step: Any) -> Tensor:
        share = _number(step) / _number(self.decay_steps)
        share = ops.floor(share) if self.staircase else share
        return _number(self.initial_learning_rate) / (1.0 + _number(self.decay_rate) * share)


class PolynomialDecay(LearningRateSchedule):
    """From initial_learning_rate to end_learning_rate in `decay_steps`; then again and again, if `cycle`."""

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        end_learning_rate: Any = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        if decay_steps <= 0:
            raise ValueError(f"Argument `decay_steps` must be > 0. Received: decay_steps={decay_steps}")
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power, self.cycle, self.name = end_learning_rate, power, cycle, name

    def __call__(self, step: Any) -> Tensor:
        step, steps = _number(step), _number(self.decay_steps)
        if self.cycle:
            steps = steps * ops.where(ops.equal(step, 0.0), 1.0, ops.ceil(step / steps))
        else:
            step = ops.minimum(step, steps)
        start, end = _number(self.initial_learning_rate), _number(self.end_learning_rate)
        return (start - end) * (1.0 - step / steps) ** _number(self.power) + end


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[i] from just after boundaries[i - 1] up to boundaries[i]."""

    def __init__(self, boundaries: Any, values: Any, name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "The length of boundaries should be 1 less than the length of values. Received: "
                f"boundaries={boundaries} of length {len(boundaries)}, and values={values} of length {len(values)}."
            )
        self.boundaries, self.values, self.name = boundaries, values, name

    def __call__(self, step: Any) -> Tensor:
        now = float(as_tensor(step))
        return _number(self.values[sum(now > float(b) for b in self.boundaries)])


class CosineDecay(LearningRateSchedule):
    """Half a cosine from the initial rate down to alpha times it, after a linear rise to `warmup_target` if given."""

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: Any = None,
        warmup_steps: Any = 0,
    ) -> None:
        if decay_steps <= 0:
            raise ValueError(f"Argument `decay_steps` must be > 0. Received: decay_steps={decay_steps}")
        self.initial_learning_rate, self.decay_steps, self.alpha, self.name = (
            initial_learning_rate,
            decay_steps,
            alpha,
            name,
        )
        self.warmup_target, self.warmup_steps = warmup_target, warmup_steps

    def __call__(self, step: Any) -> Tensor:
        step, steps, start = _number(step), _number(self.decay_steps), _number(self.initial_learning_rate)
        if self.warmup_target is None:
            return self._decayed(ops.minimum(step, steps) / steps, start)
        warmup, target = _number(self.warmup_steps), _number(self.warmup_target)
        step = ops.minimum(step, steps + warmup)
        if float(step) < float(warmup):
            return (target - start) * (step / warmup) + start
        return self._decayed((step - warmup) / steps, target)

    def _decayed(self, done: Tensor, start: Tensor) -> Tensor:
        share = 0.5 * (1.0 + ops.cos(math.pi * done))
        return start * ((1.0 - self.alpha) * share + self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """Cosine decays one after the other, each t_mul times as long and m_mul times as high as the one before."""

    def __init__(
        self,
        initial_learning_rate: Any,
        first_decay_steps: Any,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        if first_decay_steps <= 0:
            raise ValueError(
                f"Argument `first_decay_steps` must be > 0. Received: first_decay_steps={first_decay_steps}"
            )
        self.initial_learning_rate, self.first_decay_steps = initial_learning_rate, first_decay_steps
        self.t_mul, self.m_mul, self.alpha, self.name = t_mul, m_mul, alpha, name

    def __call__(self, step: Any) -> Tensor:
        done = _number(step) / _number(self.first_decay_steps)
        growth = _number(self.t_mul)
        if self.t_mul == 1.0:
            restarts = ops.floor(done)
            done = done - restarts
        else:
            restarts = ops.floor(ops.log(1.0 - done * (1.0 - growth)) / ops.log(growth))
            before = (1.0 - growth**restarts) / (1.0 - growth)
            done = (done - before) / growth**restarts
        share = 0.5 * _number(self.m_mul) ** restarts * (1.0 + ops.cos(math.pi * done))
        return _number(self.initial_learning_rate) * ((1.0 - self.alpha) * share + self.alpha)


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
