"""The arguments of Keras's optimizers: which there are, in which order, and what does not fit.

An optimizer's arguments are the annotated attributes of its class and of `Optimizer`, which hold their defaults.
"""

from __future__ import annotations

from typing import Any

from ..runtime.errors import explain
from ..runtime.notices import note
from ..runtime.tensor import is_tensor
from .keras.objects import bound

#: The arguments after the rule's own, in Keras's order.
SHARED = (
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
#: The same in the order in which `get_config` lists them.
LISTED = ("weight_decay", "clipnorm", "global_clipnorm", "clipvalue", *SHARED[4:])


def parameters(rule: Any) -> dict[str, Any]:
    """The defaults of an optimizer's arguments, in Keras's order; `...` for one that must be given."""
    own = own_options(rule)
    order = [key for key in own if key not in rule.after_name]
    order += [*(key for key in SHARED if key not in own), "name", *rule.after_name]
    return {"learning_rate": rule.default_rate if own else ..., **{key: getattr(rule, key, None) for key in order}}


def arguments(rule: Any, args: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
    """All arguments of an optimizer, by name. Raises TypeError, ValueError for those that it does not have."""
    order = parameters(rule)
    found = bound(rule, order, args, options)
    if found.pop("decay", None) is not None:
        note("Argument `decay` is no longer supported and will be ignored.")
    unknown = {key: value for key, value in found.items() if key not in order}
    if unknown:
        error: Any = ValueError(f"Argument(s) not recognized: {unknown}")
        error.hint = f"{rule.__name__} takes {', '.join(order)}"
        raise error
    if found["learning_rate"] is ...:
        raise TypeError("BaseOptimizer.__init__() missing 1 required positional argument: 'learning_rate'")
    return found


def own_options(rule: Any) -> list[str]:
    """The options that a rule adds to those of all: its annotated attributes, and those of the rule it refines."""
    below_the_base = rule.__mro__[:-2]
    return [key for cls in below_the_base for key in vars(cls).get("__annotations__", {})]


def check(optimizer: Any, rate: Any) -> None:
    """Raise ValueError for an argument of all optimizers that does not fit."""
    steps, frequency = optimizer.gradient_accumulation_steps, optimizer.ema_overwrite_frequency
    if steps and not steps >= 2:
        raise ValueError(
            f"`gradient_accumulation_steps` must be an integer >= 2. Received: gradient_accumulation_steps={steps}"
        )
    if optimizer.use_ema and not 0 <= optimizer.ema_momentum <= 1:
        raise ValueError(f"`ema_momentum` must be in the range [0, 1]. Received: ema_momentum={optimizer.ema_momentum}")
    if optimizer.use_ema and frequency and (not isinstance(frequency, int) or frequency < 1):
        raise ValueError(
            f"`ema_overwrite_frequency` must be an integer >= 1 or None. Received: ema_overwrite_frequency={frequency}"
        )
    clips = {key: getattr(optimizer, key) for key in ("clipnorm", "clipvalue", "global_clipnorm")}
    if sum(value is not None for value in clips.values()) > 1:
        listed = ", ".join(f"{key}={value}" for key, value in clips.items())
        raise ValueError("Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: " + listed)
    if not callable(rate) and not isinstance(rate, float):
        raise explain(
            ValueError(
                "Argument `learning_rate` should be float, or an instance of LearningRateSchedule, or a callable "
                "(that takes in the current iteration value and returns the corresponding learning rate value). "
                f"Received instead: learning_rate={rate}"
            ),
            hint=f"write {float(rate)}" if isinstance(rate, int) or is_tensor(rate) else None,
        )
