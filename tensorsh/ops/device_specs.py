"""`tf.DeviceSpec`: the parts of a device's name."""

from __future__ import annotations

from typing import Any

from .registry import export

_FIELDS = ("job", "replica", "task", "device_type", "device_index")


class DeviceSpecV2:
    """A device's name in parts; what is None is left open.

    job: text; replica, task, device_index: ints; device_type: "CPU", "GPU" ...
    """

    __slots__ = tuple("_" + field for field in _FIELDS)
    __module__ = "tensorflow.python.framework.device_spec"

    def __init__(
        self,
        job: str | None = None,
        replica: Any = None,
        task: Any = None,
        device_type: str | None = None,
        device_index: Any = None,
    ) -> None:
        self._job = None if job is None else str(job)
        self._replica = None if replica is None else int(replica)
        self._task = None if task is None else int(task)
        self._device_type = None if device_type is None else _type_name(str(device_type))
        self._device_index = None if device_index is None else int(device_index)

    job = property(lambda self: self._job)
    replica = property(lambda self: self._replica)
    task = property(lambda self: self._task)
    device_type = property(lambda self: self._device_type)
    device_index = property(lambda self: self._device_index)

    @classmethod
    def from_string(cls, spec: str) -> DeviceSpecV2:
        """The parts of a name such as "/job:worker/task:1/device:GPU:0". Raises ValueError if it is none."""
        return cls(**_parsed(spec))

    def parse_from_string(self, spec: str) -> DeviceSpecV2:
        """The same as `from_string`."""
        return self.from_string(spec)

    def to_string(self) -> str:
        """The name; empty if nothing is given."""
        parts = [f"/{field}:{value}" for field, value in zip(_FIELDS, self._values()[:3]) if value is not None]
        if self._device_type is not None:
            index = "*" if self._device_index is None else self._device_index
            parts.append(f"/device:{self._device_type}:{index}")
        return "".join(parts)

    def make_merged_spec(self, dev: DeviceSpecV2) -> DeviceSpecV2:
        """This spec, with what the other one gives in its place."""
        return DeviceSpecV2(*(b if b is not None else a for a, b in zip(self._values(), dev._values())))

    def replace(self, **kwargs: Any) -> DeviceSpecV2:
        """This spec with other values for some of its parts."""
        return DeviceSpecV2(**(dict(zip(_FIELDS, self._values())) | kwargs))

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field) for field in _FIELDS)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceSpecV2) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        parts = ", ".join(f"{field}={value}" for field, value in zip(_FIELDS, self._values()))
        return f"<DeviceSpec({parts})>"


def _type_name(kind: str) -> str:
    return kind.upper() if kind in ("cpu", "gpu") else kind


def _parsed(spec: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in spec.split("/"):
        name, *rest = part.split(":")
        if not part:
            continue
        if name in ("job", "replica", "task") and len(rest) == 1:
            found[name] = rest[0] if name == "job" else int(rest[0])
        elif name.upper() in ("CPU", "GPU", "TPU", "XLA_CPU", "XLA_GPU") and len(rest) <= 1:
            found["device_type"] = name.upper()
            found["device_index"] = int(rest[0]) if rest and rest[0] != "*" else None
        elif name == "device" and len(rest) == 2:
            found["device_type"] = rest[0]
            found["device_index"] = int(rest[1]) if rest[1] != "*" else None
        else:
            raise ValueError(f"Unknown attribute {name!r} is encountered while parsing the device spec: {spec!r}.")
    return found


export("tf.DeviceSpec", DeviceSpecV2, None, "device_specs")
