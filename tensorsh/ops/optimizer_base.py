"""What all optimizers of `tf.keras.optimizers` share: turning gradients into changes of variables.

An optimizer makes its own variables (its state) when it first meets the variables that it is to change, and keeps to
them. `Optimizer` does what all share: clipping, weight decay, averages, counting; the rules themselves are one
`update_step` each, in `update_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..runtime.errors import explain
from ..runtime.notices import note
from ..runtime.tensor import as_tensor, is_tensor
from ..runtime.variable import Variable
from .keras.config import standard_dtype
from .keras.objects import LazySignature
from .keras.variable import KerasVariable, auto_name
from .optimizer_arguments import LISTED, arguments, check, own_options, parameters
from .registry import ops
from .schedules import LearningRateSchedule, deserialize_schedule, serialize_schedule
from .sparse_gradients import dense, entries, entrywise


class Optimizer:
    """What all optimizers share. Call `apply_gradients` with pairs of a gradient and a variable.

    learning_rate: a number, a schedule, or a function without arguments. weight_decay: at each step variables lose
    that share, times the learning rate. clipnorm, global_clipnorm, clipvalue: limits for each gradient's norm, for that
    of all together, for each entry; one of them at most. use_ema: keep moving averages of the variables.
    gradient_accumulation_steps: apply the mean of that many gradients, once. Raises ValueError for what does not fit.
    """

    __module__ = "keras.src.optimizers.optimizer"
    _assignable = frozenset({"learning_rate"})  # what a program may assign to
    _is_trackable = True

    __signature__ = LazySignature(parameters, is_open=True)
    default_rate = 0.001
    after_name: tuple[str, ...] = ()  # options that come after `name`
    weight_decay: float | None = None
    clipnorm: float | None = None
    global_clipnorm: float | None = None
    clipvalue: float | None = None
    use_ema: bool = False
    ema_momentum: float = 0.99
    ema_overwrite_frequency: int | None = None
    loss_scale_factor: float | None = None
    gradient_accumulation_steps: int | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        known = arguments(type(self), args, options)
        name = known.pop("name")
        self.name = auto_name(type(self).__name__) if name is None else name
        rate = known.pop("learning_rate")
        for key, value in known.items():
            setattr(self, key, value)
        check(self, rate)
        self.built = False
        self._scope = ""  # what its variables' paths begin with
        self._variables: list[Variable] = []
        self._trained: list[Variable] = []
        self._state: dict[int, dict[str, Variable]] = {}
        self._averages: list[KerasVariable] = []
        self._accumulated: list[KerasVariable] = []
        self._undecayed: set[int] = set()
        self._undecayed_names: list[str] = []
        self._iterations = self.add_variable((), "zeros", "int64", name="iteration")
        self._rate: Any = rate
        if not callable(rate):
            self._rate = self.add_variable((), lambda shape, dtype: as_tensor(rate, dtype), name="learning_rate")
        self._check_rule()

    # What it knows

    @property
    def learning_rate(self) -> Any:
        """The learning rate's variable; of a schedule or a function, its value now."""
        if isinstance(self._rate, LearningRateSchedule):
            return self._rate(self._iterations._value)
        return self._rate if isinstance(self._rate, Variable) else self._rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if callable(value):
            self._variables = [v for v in self._variables if v is not self._rate]
            self._rate = value
        elif isinstance(self._rate, Variable):
            self._rate.assign(value)
        else:
            raise TypeError(
                "This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` constructor "
                "argument, hence its learning rate is not settable. If you need the learning rate to be settable, you "
                "should instantiate the optimizer with a float `learning_rate` argument."
            )

    @property
    def iterations(self) -> Any:
        """How many steps have been taken: its variable; of accumulated ones, the number of whole steps."""
        steps = self.gradient_accumulation_steps
        return ops.floordiv(self._iterations, steps) if steps else self._iterations

    @property
    def variables(self) -> list[Variable]:
        """The optimizer's own variables."""
        return list(self._variables)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this optimizer again."""
        rate = self._rate
        if isinstance(rate, Variable):
            rate = float(rate)
        elif isinstance(rate, LearningRateSchedule):
            rate = serialize_schedule(rate)
        keys = (*LISTED, *(key for key in own_options(type(self)) if key not in LISTED))
        return {"name": self.name, "learning_rate": rate, **{key: getattr(self, key) for key in keys}}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Optimizer:
        """The optimizer of these arguments."""
        rate = config.get("learning_rate")
        return cls(**config | ({"learning_rate": deserialize_schedule(rate)} if isinstance(rate, dict) else {}))

    # Its state

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the state for the variables that are to be changed."""
        if self.built:
            return
        self._trained = list(variables)
        self._state = {id(v): {} for v in self._trained}
        if self.use_ema:
            self._averages = self.add_optimizer_variables(self._trained, "average")
        if self.gradient_accumulation_steps:
            self._accumulated = self.add_optimizer_variables(self._trained, "gradient_accumulator")
        for group in self._slots():
            starts = [ops.get_initializer({"class_name": "Constant", "config": {"value": x}}) for x in group.values()]
            made = self.add_optimizer_variables(self._trained, list(group), starts)
            for name, column in zip(group, made):
                for v, slot in zip(self._trained, column):
                    self._state[id(v)][name] = slot.value
        self.built = True

    def _slots(self) -> tuple[dict[str, float], ...]:
        """The state that the rule keeps for each variable, in groups of names and what they start as."""
        return ()

    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> KerasVariable:
        """Make a variable of the optimizer's own."""
        dtype = standard_dtype(dtype).name
        made = KerasVariable._of(
            ops.get_initializer(initializer)(tuple(shape), dtype), dtype, self.name, name, self._scope
        )
        self._variables.append(made)
        return made

    def add_variable_from_reference(
        self, reference_variable: Any, name: str | None = None, initializer: Any = "zeros"
    ) -> KerasVariable:
        """Make a variable of the optimizer's own that goes with one to be changed, of its shape and dtype."""
        v = reference_variable
        whole = f"{re.sub('[/:]', '_', getattr(v, 'path', v.name))}_{name or 'var'}"
        return self.add_variable(v.shape, initializer, v.dtype, name=whole)

    def add_optimizer_variables(self, trainable_variables: Any, name: Any, initializer: Any = "zeros") -> Any:
        """Make a variable for each of those to be changed: a list of them; for a list of names, a tuple of lists."""
        names = [name] if isinstance(name, str) else list(name)
        starts = initializer if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(names) != len(starts):
            raise ValueError(
                "The number of provided names must match the number of provided initializers.  Received "
                f"name='{name}', initializer='{initializer}'"
            )
        columns: tuple[list[KerasVariable], ...] = tuple([] for _ in names)
        for v in trainable_variables:
            for column, each, start in zip(columns, names, starts):
                column.append(self.add_variable_from_reference(v, each, start))
        return columns[0] if isinstance(name, str) else columns

    def set_weights(self, weights: Any) -> None:
        """Put values into the optimizer's own variables. Raises ValueError before `build`, or for another shape."""
        if not self.built:
            raise ValueError(
                "You are calling `set_weights()` on an optimizer that has not yet been built. Please call "
                "`optimizer.build(trainable_variables)` to create the optimizer weights before calling `set_weights()`."
            )
        for variable, weight in zip(self._variables, weights):
            if tuple(variable.shape) != tuple(weight.shape):
                raise ValueError(
                    f"Optimizer variable {getattr(variable, 'path', variable.name)} has shape {variable.shape} not "
                    f"compatible with provided weight shape {weight.shape}."
                )
            variable.assign(weight)

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Put the values of the optimizer's own variables into a dict, by their numbers."""
        store.update({str(i): v.numpy() for i, v in enumerate(self.variables)})

    def load_own_variables(self, store: dict[str, Any]) -> None:
        """Take the values that `save_own_variables` kept; those of another number of variables are not, with a note."""
        variables = self.variables
        if len(store) != len(variables):
            note(
                f"Skipping variable loading for optimizer '{self.name}', because it has {len(variables)} variables "
                f"whereas the saved optimizer has {len(store)} variables. "
            )
            return
        for i, v in enumerate(variables):
            v.assign(store[str(i)])

    def exclude_from_weight_decay(self, var_list: Any = None, var_names: Any = None) -> None:
        """Spare variables, those listed or those whose name has one of these patterns in it, from weight decay."""
        self._undecayed = {id(v) for v in var_list or ()}
        self._undecayed_names = list(var_names or ())

    # A step

    def apply_gradients(self, grads_and_vars: Any) -> KerasVariable:
        """Change each variable by its gradient, and count the step: [(gradient, variable), ...].

        A None gradient leaves its variable as it is, with a note. Raises ValueError if all are None, or for a
        variable that the optimizer has not met in its first call.
        """
        grads, variables = zip(*grads_and_vars)
        self.apply(grads, variables)
        return self._iterations

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """As `apply_gradients`, with gradients and variables apart; the variables known from before by default."""
        if len(grads) == 0:
            return
        variables = self._trained if trainable_variables is None else list(trainable_variables)
        if trainable_variables is None:
            self._check_count(len(grads))
        else:
            for v in variables:
                if not isinstance(v, Variable):
                    raise explain(
                        AttributeError(f"{type(v).__name__!r} object has no attribute 'path'"),
                        summary=f"apply_gradients: {type(v).__name__} is no variable: pairs are (gradient, variable)",
                    )
            self.build(variables)
            for v in variables:
                self._slot(v)
        pairs = [(_gradient(g), v) for g, v in zip(grads, variables) if g is not None]
        if not pairs:
            raise explain(
                ValueError("No gradients provided for any variable."),
                hint="a gradient is None where the loss does not depend on the variable: compute it inside the tape",
            )
        missing = [getattr(v, "path", v.name) for g, v in zip(grads, variables) if g is None]
        if missing:
            note(
                f"Gradients do not exist for variables {missing} when minimizing the loss. If using `model.compile()`, "
                "did you forget to provide a `loss` argument?"
            )
        scale = self.loss_scale_factor
        found = [g if scale is None else entrywise(lambda x: x / scale, g) for g, _ in pairs]
        self._step(found, [v for _, v in pairs])
        for _, v in pairs:
            if v.constraint is not None:
                v.assign(v.constraint(v), read_value=False)
        self._iterations.assign_add(1)

    def stateless_apply(self, optimizer_variables: Any, grads: Any, trainable_variables: Any) -> Any:
        """Raises ValueError: Keras steps without effects in other frameworks only."""
        raise ValueError(
            "stateless_apply is not supported with the TensorFlow backend (as it is incompatible with tf.distribute)."
        )

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable by its gradient: what each rule defines."""
        raise NotImplementedError

    def _step(self, grads: list[Any], variables: list[Variable]) -> None:
        steps = self.gradient_accumulation_steps
        if steps:
            numbers = [self._number(v) for v in variables]
            for g, i in zip(grads, numbers):
                self._accumulated[i].assign(dense(g) + self._accumulated[i]._value)
            if (int(self._iterations) + 1) % steps == 0:
                self._change([self._accumulated[i]._value / steps for i in numbers], variables)
                for total in self._accumulated:
                    total.assign(ops.zeros_like(total._value))
        else:
            self._change(grads, variables)
        if self.use_ema:
            self._average(int(self.iterations))

    def _change(self, grads: list[Any], variables: list[Variable]) -> None:
        grads = self._clipped(grads)
        rate = as_tensor(self.learning_rate)
        for v in variables:
            share = self._decay(v)
            if share is not None and not self._is_spared(v):
                v.assign_sub(v._value * ops.cast(share, v.dtype) * ops.cast(rate, v.dtype), read_value=False)
        self._before_updates()
        for g, v in zip(grads, variables):
            self.update_step(ops.cast(g, v.dtype), v, ops.cast(rate, v.dtype))

    def _decay(self, variable: Variable) -> float | None:
        """The weight decay of a variable."""
        return self.weight_decay

    def _before_updates(self) -> None:
        """What a rule does once a step, before any variable."""

    def _is_spared(self, variable: Variable) -> bool:
        return id(variable) in self._undecayed or any(re.search(p, variable.name) for p in self._undecayed_names)

    def _clipped(self, grads: list[Any]) -> list[Any]:
        if self.clipnorm and self.clipnorm > 0:
            return [ops.clip_by_norm(g, self.clipnorm) for g in grads]
        if self.global_clipnorm and self.global_clipnorm > 0:
            limit = self.global_clipnorm
            norm = ops.sqrt(ops.reduce_sum(ops.stack([ops.reduce_sum(ops.square(entries(g))) for g in grads])))
            # The last term makes everything nan once the norm is inf or nan.
            scale = limit * ops.minimum(1.0 / norm, 1.0 / limit) + (norm - norm)
            return [entrywise(lambda x: x * scale, g) for g in grads]
        if self.clipvalue and self.clipvalue > 0:
            return [ops.clip_by_value(g, -self.clipvalue, self.clipvalue) for g in grads]
        return grads

    def _average(self, step: int) -> None:
        frequency = self.ema_overwrite_frequency
        for v, average in zip(self._trained, self._averages):
            momentum = ops.cast(step != 0, v.dtype) * self.ema_momentum  # the first average is the variable itself
            average.assign(momentum * average._value + (1 - momentum) * v._value)
            if frequency and (step + 1) % frequency == 0:
                v.assign(average._value, read_value=False)

    def _slot(self, variable: Any) -> Any:
        """The state that goes with a variable. Raises ValueError for one that the optimizer was not built for."""
        found = self._state.get(id(variable))
        if found is not None:
            return found
        raise explain(
            ValueError(
                f"Unknown variable: {variable}. This optimizer can only be called for the variables it was originally "
                "built with. When working with a new set of variables, you should recreate a new optimizer instance."
            ),
            f"the optimizer {self.name} was first used with other variables",
            hint="make one optimizer for each set of variables",
        )

    def _number(self, variable: Variable) -> int:
        return next(i for i, v in enumerate(self._trained) if v is variable)

    # Helpers that programs may call

    def finalize_variable_values(self, var_list: Any) -> None:
        """Put the moving averages into the variables, if they are kept."""
        if self.use_ema:
            for v, average in zip(var_list, self._averages):
                v.assign(average._value)

    def scale_loss(self, loss: Any) -> Any:
        """The loss times `loss_scale_factor`, by which gradients are divided again."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def assign(self, variable: Variable, value: Any) -> None:
        variable.assign(ops.cast(value, variable.dtype))

    def assign_add(self, variable: Variable, value: Any) -> None:
        variable.assign_add(ops.cast(value, variable.dtype))

    def assign_sub(self, variable: Variable, value: Any) -> None:
        variable.assign_sub(ops.cast(value, variable.dtype))

    # Checks

    def _check_rule(self) -> None:
        """Check the rule's own arguments."""

    def _check_count(self, count: int) -> None:
        if not self.built:
            raise ValueError(
                "When passing `grads` without `variables`, the optimizer must already be built on a list of "
                "variables. Call `optimizer.build(trainable_variables)` first. "
            )
        if count != len(self._trained):
            raise ValueError(
                "When passing `grads` as a list of gradient tensors, the gradients must match `optimizer.variables` "
                f"one-to-on. Received a list of {count} gradients, but the optimizer is tracking {len(self._trained)} "
                "trainable variables."
            )


def _gradient(g: Any) -> Any:
    return g if is_tensor(g) else as_tensor(g)
