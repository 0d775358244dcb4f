"""Devices: `tf.device`, and what `tf.config` tells of them. Settings without effect are accepted."""

from __future__ import annotations

import inspect
import re
from contextlib import nullcontext
from typing import Any, NamedTuple

from ..runtime import devices
from ..runtime.errors import explain
from .registry import export, op


class PhysicalDevice(NamedTuple):
    """A processor."""

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A processor as `tf.device` names it."""

    name: str
    device_type: str


export("tf.config.PhysicalDevice", PhysicalDevice, None, "config")
export("tf.config.LogicalDevice", LogicalDevice, None, "config")

_PART = re.compile(r"(job|replica|task):[\w]+|(device:)?(cpu|gpu|xla_cpu|xla_gpu|tpu)(:(\d+|\*))?", re.IGNORECASE)


@op("device")
def device(device_name: Any) -> Any:
    """A context in which new tensors are made on the named device: "/CPU:0", "/GPU:0" ...

    A device that is not there is replaced by the CPU, as TensorFlow does with its soft placement.

    device_name: a text such as "/CPU:0".
    Raises ValueError for what names no device.

    >>> with device("/CPU:0"): x = constant([1., 2.])
    >>> x.device
    '/job:localhost/replica:0/task:0/device:CPU:0'
    """
    if device_name is None:
        return nullcontext()
    if not isinstance(device_name, str):
        raise ValueError(f"Expecting a string device name. Got {type(device_name)}({device_name})")
    kind, index = "CPU", 0
    for part in filter(None, device_name.split("/")):
        if not _PART.fullmatch(part):
            raise explain(
                ValueError(
                    f"Unknown attribute {part.partition(':')[0]!r} is encountered while parsing the device "
                    f"spec: {device_name!r}."
                ),
                hint='devices are named like "/CPU:0" and "/GPU:0"',
            )
        if found := re.fullmatch(r"(?:device:)?(?:xla_)?gpu(?::(\d+))?.*", part, re.IGNORECASE):
            kind, index = "GPU", int(found[1] or 0)
    if kind == "GPU" and index >= devices.gpu_count():
        return nullcontext()
    return devices.on(devices.Device(kind, index))


@op("config.list_physical_devices config.experimental.list_physical_devices", short=False)
def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The processors of a type ("CPU", "GPU"), or all.

    >>> tf.config.list_physical_devices("CPU")
    [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    """
    return [PhysicalDevice(f"/physical_device:{each}", each.kind) for each in _devices(device_type)]


@op("config.list_logical_devices config.experimental.list_logical_devices", short=False)
def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The processors of a type, or all, as `device` names them.

    >>> tf.config.list_logical_devices("CPU")
    [LogicalDevice(name='/device:CPU:0', device_type='CPU')]
    """
    return [LogicalDevice(f"/device:{each}", each.kind) for each in _devices(device_type)]


@op("config.get_visible_devices config.experimental.get_visible_devices", short=False)
def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The processors of a type, or all.

    >>> tf.config.get_visible_devices("CPU")
    [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    """
    return list_physical_devices(device_type)


@op("config.get_soft_device_placement", short=False)
def get_soft_device_placement() -> bool:
    """True: a device that is not there is replaced by the CPU.

    >>> tf.config.get_soft_device_placement()
    True
    """
    return True


def _accept(path: str, parameters: str, example: str) -> None:
    def setting(*args: Any, **options: Any) -> None:
        signature.bind(*args, **options)

    named = [part.partition("=") for part in parameters.split()]
    signature = inspect.Signature(
        [
            inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=_DEFAULTS.get(default, NO_DEFAULT))
            for name, _, default in named
        ]
    )
    public: Any = setting
    public.__name__ = public.__qualname__ = path.rpartition(".")[2]
    said = f"{', '.join(signature.parameters)}: taken as TensorFlow takes it."
    public.__doc__ = f"A setting of TensorFlow's that changes nothing here.\n\n{said}\n\n>>> tf.{path}({example})"
    public.__signature__ = signature
    op(path, short=False)(public)


NO_DEFAULT = inspect.Parameter.empty
_DEFAULTS = {"None": None, "30": 30, "50": 50}

for _path, _parameters, _example in (
    ("config.set_soft_device_placement", "enabled", "True"),
    ("config.set_visible_devices", "devices device_type=None", "[], 'GPU'"),
    ("config.experimental.set_memory_growth", "device enable", "tf.config.list_physical_devices('CPU')[0], True"),
    ("config.experimental.enable_op_determinism", "", ""),
    ("config.threading.set_inter_op_parallelism_threads", "num_threads", "1"),
    ("config.threading.set_intra_op_parallelism_threads", "num_threads", "1"),
    ("config.optimizer.set_jit", "enabled", "True"),
    ("debugging.set_log_device_placement", "enabled", "True"),
    ("debugging.enable_traceback_filtering", "", ""),
    ("debugging.disable_traceback_filtering", "", ""),
    ("debugging.enable_check_numerics", "stack_height_limit=30 path_length_limit=50", ""),
    ("debugging.disable_check_numerics", "", ""),
):
    _accept(_path, _parameters, _example)


def _tell(name: str, summary: str, answer: Any) -> None:
    def told(*args: Any, **options: Any) -> Any:
        return answer() if callable(answer) else answer

    told.__name__ = told.__qualname__ = name
    example = f">>> tf.test.{name}() in (True, False, '')\nTrue"
    told.__doc__ = f"{summary}\n\nargs, options: taken as TensorFlow takes them.\n\n{example}"
    op(f"test.{name}", short=False)(told)


_tell("is_gpu_available", "Whether there is a GPU that can be used.", lambda: devices.gpu_count() > 0)
_tell(
    "gpu_device_name",
    'The name of the first GPU, "" if there is none.',
    lambda: "/device:GPU:0" * (devices.gpu_count() > 0),
)
_tell("is_built_with_cuda", "False: TensorFlow's kernels for CUDA are not here.", False)
_tell("is_built_with_gpu_support", "False: TensorFlow's kernels for GPUs are not here.", False)
_tell("is_built_with_rocm", "False: TensorFlow's kernels for ROCm are not here.", False)
_tell("is_built_with_xla", "True, as in TensorFlow: `jit_compile=True` is accepted.", True)


@op("debugging.get_log_device_placement", short=False)
def get_log_device_placement() -> bool:
    """False: where an op runs is not logged.

    >>> tf.debugging.get_log_device_placement()
    False
    """
    return False


@op("debugging.is_traceback_filtering_enabled", short=False)
def is_traceback_filtering_enabled() -> bool:
    """True: a traceback shows the program's lines alone.

    >>> tf.debugging.is_traceback_filtering_enabled()
    True
    """
    return True


def _devices(wanted: str | None) -> list[devices.Device]:
    return [each for each in devices.devices() if wanted in (None, each.kind)]
