"""How a variable's copies on several devices are kept in step: accepted, and without effect on one device."""

from __future__ import annotations

import enum


class VariableSynchronization(enum.Enum):
    """When copies of a variable are brought together."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregationV2(enum.Enum):
    """How writes to copies of a variable are combined."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (VariableAggregation, VariableAggregationV2)) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


class VariableAggregation(enum.Enum):
    """The same, under the name that a variable's own attribute bears in TensorFlow."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3

    __eq__ = VariableAggregationV2.__eq__
    __hash__ = VariableAggregationV2.__hash__
