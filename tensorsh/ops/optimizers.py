"""`tf.keras.optimizers`: what turns gradients into changes of variables.

An optimizer makes its own variables (its state) when it first meets the variables that it is to change, and keeps to
them. `Optimizer` does what all share: clipping, weight decay, averages, counting; the rules themselves are one
`update_step` each, in `update_rules`.
"""

from __future__ import annotations

from typing import Any, Iterable

from ..runtime import dtypes, tape
from ..runtime.errors import explain
from ..runtime.notices import warn
from ..runtime.tensor import Tensor, as_tensor
from ..runtime.variable import Variable
from .registry import ops
from .schedules import LearningRateSchedule

_COMMON = (
    ("weight_decay", None),
    ("clipnorm", None),
    ("global_clipnorm", None),
    ("clipvalue", None),
    ("use_ema", False),
    ("ema_momentum", 0.99),
    ("ema_overwrite_frequency", None),
    ("loss_scale_factor", None),
    ("gradient_accumulation_steps", None),
)
_made: dict[str, int] = {}  # how often an optimizer of each name has been made: "sgd", "sgd_1" ...


class OptimizerVariable(Variable):
    """A variable of an optimizer's own: its state, its step, its learning rate."""

    __slots__ = ("_path",)
    __module__ = "keras.src.backend.tensorflow.core"
    __qualname__ = "Variable"

    def __init__(self, value: Any, dtype: Any, owner: str, name: str) -> None:
        super().__init__(value, trainable=False, dtype=dtype, name=name)
        self._path = f"{owner}/{name}"

    name = property(lambda self: self._name)
    path = property(lambda self: self._path)

    def __repr__(self) -> str:
        value = self.numpy()
        return f"<Variable path={self._path}, shape={tuple(self.shape)}, dtype={self.dtype.name}, value={value}>"


OptimizerVariable.__name__ = "Variable"


class Optimizer:
    """What all optimizers share. Call `apply_gradients` with pairs of a gradient and a variable.

    learning_rate: a number, a schedule, or a function without arguments. weight_decay: after each step variables lose
    that share, times the learning rate. clipnorm, global_clipnorm, clipvalue: limits for each gradient's norm, for that
    of all together, for each entry; one of them at most. use_ema: keep moving averages of the variables.
    gradient_accumulation_steps: apply the mean of that many gradients, once.
    """

    __module__ = "keras.src.optimizers.optimizer"
    _assignable = frozenset({"learning_rate"})

    #: The arguments of the rule itself that follow `learning_rate`, with their defaults.
    own_options: tuple[tuple[str, Any], ...] = ()
    defaults: dict[str, Any] = {}
    #: The state that the rule keeps for each variable: (name, what it starts as).
    slots: tuple[tuple[str, float], ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        known = {"learning_rate": self.defaults.get("learning_rate", 0.001), **dict(self.own_options)}
        known |= {key: self.defaults.get(key, default) for key, default in _COMMON}
        order = ("learning_rate", *(key for key, _ in self.own_options), *_POSITIONAL, "name")
        if len(args) > len(order):
            raise TypeError(f"{type(self).__name__}() takes at most {len(order)} arguments, and got {len(args)}")
        given = dict(zip(order, args)) | options
        name = given.pop("name", None)
        unknown = {key: value for key, value in given.items() if key not in known}
        if unknown:
            raise ValueError(f"Argument(s) not recognized: {unknown}")
        known |= given
        self._check(known)
        self.name = _own_name(type(self).__name__.lower()) if name is None else name
        rate = known.pop("learning_rate")
        for key, value in known.items():
            setattr(self, key, value)
        self.iterations = OptimizerVariable(0, "int64", self.name, "iteration")
        self._rate: Any = rate
        if not callable(rate):
            self._rate = OptimizerVariable(as_tensor(rate, "float32"), "float32", self.name, "learning_rate")
        self.built = False
        self._trained: list[Variable] = []
        self._state: list[dict[str, OptimizerVariable]] = []
        self._averages: list[OptimizerVariable] = []
        self._accumulated: list[OptimizerVariable] = []

    def _check(self, known: dict[str, Any]) -> None:
        clips = {key: known[key] for key in ("clipnorm", "clipvalue", "global_clipnorm")}
        if sum(value is not None for value in clips.values()) > 1:
            listed = ", ".join(f"{key}={value}" for key, value in clips.items())
            raise ValueError(
                "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: " + listed
            )
        momentum = known.get("momentum")
        if isinstance(momentum, (int, float)) and not 0 <= momentum <= 1:
            raise ValueError("`momentum` must be a float between [0, 1].")

    @property
    def learning_rate(self) -> Any:
        """The learning rate's variable; of a schedule, its value now."""
        if isinstance(self._rate, LearningRateSchedule):
            return self._rate(self.iterations._value)
        return self._rate() if not isinstance(self._rate, Variable) else self._rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if callable(value):
            self._rate = value
        elif isinstance(self._rate, Variable):
            self._rate.assign(as_tensor(value, "float32") if not hasattr(value, "_read") else value)
        else:
            raise TypeError(
                "This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` constructor "
                "argument, hence its learning rate is not settable. If you need the learning rate to be settable, you "
                "should instantiate the optimizer with a float `learning_rate` argument."
            )

    @property
    def variables(self) -> list[OptimizerVariable]:
        """The optimizer's own variables."""
        rate = [self._rate] if isinstance(self._rate, Variable) else []
        state = [variable for slots in self._state for variable in slots.values()]
        return [self.iterations, *rate, *self._averages, *self._accumulated, *state]

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the state for the variables that are to be changed."""
        self._trained = list(variables)
        self.built = True
        if self.use_ema:
            self._averages = [self._own(v, "average", 0.0) for v in self._trained]
        if self.gradient_accumulation_steps:
            self._accumulated = [self._own(v, "gradient_accumulator", 0.0) for v in self._trained]
        slots = self._slots()
        self._state = [{name: self._own(v, name, start) for name, start in slots} for v in self._trained]

    def _slots(self) -> tuple[tuple[str, float], ...]:
        return self.slots

    def _own(self, variable: Variable, name: str, start: float) -> OptimizerVariable:
        value = ops.fill(list(variable._value._array.shape), ops.cast(start, variable.dtype))
        return OptimizerVariable(value, variable.dtype, self.name, f"{variable.name.replace(':', '_')}_{name}")

    def apply_gradients(self, grads_and_vars: Any) -> OptimizerVariable:
        """Change each variable by its gradient, and count the step: [(gradient, variable), ...].

        A None gradient leaves its variable as it is, with a warning. Raises ValueError if all are None, or for a
        variable that the optimizer has not met in its first call.
        """
        grads, variables = zip(*grads_and_vars)
        self.apply(grads, variables)
        return self.iterations

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """As `apply_gradients`, with gradients and variables apart; the variables known from before by default."""
        grads = list(grads)
        if not grads:
            return
        if trainable_variables is None:
            if not self.built:
                raise ValueError(
                    "When passing `grads` without `variables`, the optimizer must already be built on a list of "
                    "variables. Call `optimizer.build(trainable_variables)` first. "
                )
            trainable_variables = self._trained
        variables = list(trainable_variables)
        if not self.built:
            self.build(variables)
        pairs = _with_gradients(grads, [self._known(v) for v in variables])
        scale = self.loss_scale_factor
        grads = [ops.cast(tape.dense(g), self._trained[i].dtype) for g, i in pairs]
        grads = grads if scale is None else [g / scale for g in grads]
        self._step(grads, [i for _, i in pairs])
        self.iterations.assign_add(1)

    def _known(self, variable: Variable) -> int:
        """The number of a variable among those that the optimizer was built for."""
        for i, known in enumerate(self._trained):
            if known is variable:
                return i
        raise explain(
            ValueError(
                f"Unknown variable: {variable!r}. This optimizer can only be called for the variables it was "
                "originally built with. When working with a new set of variables, you should recreate a new optimizer "
                "instance."
            ),
            f"the optimizer {self.name} was first used with other variables",
            hint="make one optimizer for each set of variables",
        )

    def _step(self, grads: list[Tensor], numbers: list[int]) -> None:
        steps = self.gradient_accumulation_steps
        if steps:
            for g, i in zip(grads, numbers):
                self._accumulated[i].assign_add(g)
            if (int(self.iterations) + 1) % steps:
                return
            grads = [self._accumulated[i]._value / float(steps) for i in numbers]
            for i in numbers:
                self._accumulated[i].assign(ops.zeros_like(self._accumulated[i]._value))
        grads = self._clipped(grads)
        rate = self.learning_rate
        rate = as_tensor(rate._value if isinstance(rate, Variable) else rate)
        for i in numbers:
            if self.weight_decay is not None:
                v = self._trained[i]
                v.assign(v._value - v._value * ops.cast(self.weight_decay, v.dtype) * ops.cast(rate, v.dtype))
        self._before_step()
        for g, i in zip(grads, numbers):
            self.update_step(g, self._trained[i], rate)
        if self.use_ema:
            self._average(numbers)

    def _before_step(self) -> None:
        """What a rule does once a step, before any variable."""

    def update_step(self, gradient: Tensor, variable: Variable, learning_rate: Any) -> None:
        """Change one variable by its gradient."""
        raise NotImplementedError

    def _clipped(self, grads: list[Tensor]) -> list[Tensor]:
        if self.clipnorm:
            return [ops.clip_by_norm(g, float(self.clipnorm)) for g in grads]
        if self.global_clipnorm:
            return ops.clip_by_global_norm(grads, float(self.global_clipnorm))[0]
        if self.clipvalue:
            limit = float(self.clipvalue)
            return [ops.clip_by_value(g, -limit, limit) for g in grads]
        return grads

    def _average(self, numbers: list[int]) -> None:
        momentum = self.ema_momentum if int(self.iterations) else 0.0  # the first average is the variable itself
        for i in numbers:
            v, average = self._trained[i]._value, self._averages[i]
            average.assign(momentum * average._value + (1.0 - momentum) * v)
            if self.ema_overwrite_frequency and (int(self.iterations) + 1) % self.ema_overwrite_frequency == 0:
                self._trained[i].assign(average._value)

    def finalize_variable_values(self, var_list: Any) -> None:
        """Put the moving averages into the variables, if they are kept."""
        if self.use_ema:
            for v in var_list:
                v.assign(self._averages[self._known(v)]._value)

    def scale_loss(self, loss: Any) -> Any:
        """The loss times `loss_scale_factor`, by which gradients are divided again."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def assign(self, variable: Variable, value: Any) -> None:
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        variable.assign_sub(value)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this optimizer again."""
        rate = self._rate
        if isinstance(rate, LearningRateSchedule):
            rate = {
                "module": "keras.optimizers.schedules",
                "class_name": type(rate).__name__,
                "config": rate.get_config(),
                "registered_name": None,
            }
        elif isinstance(rate, Variable):
            rate = float(rate)
        keys = (*(key for key, _ in _COMMON), *(key for key, _ in self.own_options))
        return {"name": self.name, "learning_rate": rate, **{key: getattr(self, key) for key in keys}}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Optimizer:
        """The optimizer of these arguments."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object at {id(self):#x}>"


#: The arguments after the rule's own, in Keras's order.
_POSITIONAL = (
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)


def _own_name(base: str) -> str:
    count = _made.get(base, 0)
    _made[base] = count + 1
    return f"{base}_{count}" if count else base


def _with_gradients(grads: list[Any], numbers: list[int]) -> list[tuple[Any, int]]:
    """(gradient, number of its variable) where there is a gradient."""
    pairs = [(as_tensor(g) if isinstance(g, (int, float, list)) else g, i) for g, i in zip(grads, numbers)]
    present = [(g, i) for g, i in pairs if g is not None]
    if not present:
        raise explain(
            ValueError("No gradients provided for any variable."),
            hint="a gradient is None where the loss does not depend on the variable: compute the loss inside the tape",
        )
    return present


def rate_for(variable: Variable, learning_rate: Any) -> Tensor:
    """The learning rate in the variable's dtype."""
    return ops.cast(learning_rate, variable.dtype)


__all__ = ["Optimizer", "OptimizerVariable", "dtypes", "rate_for", "warn"]
