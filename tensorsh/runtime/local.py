"""What belongs to one session beside its names: counters and the like, kept by ops under keys of their own.

A session puts its own dict here before it runs a statement, so that sessions in one process do not share it.
"""

from __future__ import annotations

from typing import Any

current: dict[str, Any] = {}

#: The key under which there is something once tensors behave as NumPy's arrays do.
NUMPY_BEHAVIOR = "numpy_behavior"


def promotes() -> bool:
    """Whether operands of two dtypes meet as NumPy lets them."""
    return NUMPY_BEHAVIOR in current and current[NUMPY_BEHAVIOR]["promotes"]


class Printed:
    """Where a `function` that runs has printed: before this run, when `print` is not heard again, and in it.

    A `function`'s Python code is to run once for each signature; where it must run again, it does so in silence.
    """

    __slots__ = ("before", "sites")

    def __init__(self, before: frozenset[Any] = frozenset()) -> None:
        self.before, self.sites = before, set(before)

    def is_new(self, site: Any) -> bool:
        """Note a place in the program that prints, and tell whether it did so in no earlier run."""
        self.sites.add(site)
        return site not in self.before


#: Of the `function` that runs.
printed: Printed | None = None
