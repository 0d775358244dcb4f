"""`tf.keras.metrics`: what is counted over many batches; the base class, sums and means.

A metric keeps its state in variables. `update_state` adds a batch to it, `result` says what it comes to so far,
`reset_state` starts again, and calling a metric does the first two. Everything is written in ops, but what went through
the state has no gradient.
"""

from __future__ import annotations

from typing import Any, Callable

from ..runtime.dtypes import as_dtype
from ..runtime.tensor import Tensor, as_tensor, wrap
from .keras_losses import same_rank
from .keras_variable import KerasVariable, auto_name, converted
from .registry import export, ops

EPSILON = 1e-7


def export_metric(cls: Any) -> Any:
    """Decorate a metric's class: it stands under `tf.keras.metrics` and `tf.metrics`."""
    family = cls.__dict__["_family"] if "_family" in cls.__dict__ else cls.update_state.__module__.rpartition(".")[2]
    for home in ("tf.keras.metrics.", "tf.metrics."):
        export(home + cls.__name__, cls, None, family)
    return cls
