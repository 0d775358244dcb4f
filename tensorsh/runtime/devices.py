"""Which processors there are, and on which one new tensors are made.

A GPU is used through CuPy. Whether there is one is asked of the driver first: CuPy's wheel imports on any machine, and
takes its time. Nothing here has run on a GPU; the tests put a stand-in in CuPy's place.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.machinery import PathFinder
from typing import Any

import numpy as np

from . import backend


class Device:
    """A processor: "CPU" or "GPU", and its number among those of its kind."""

    __slots__ = ("kind", "number")

    def __init__(self, kind: str, number: int = 0) -> None:
        self.kind, self.number = kind, number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}"


CPU = Device("CPU")


class NoSuchDevice(RuntimeError):
    """A device was asked for that is not there; the message says why not."""


def choose(text: str) -> Device:
    """The device that "cpu", "gpu", "gpu:N" or "auto" (a GPU if there is one) stands for.

    Raises ValueError for another text, NoSuchDevice for a GPU that is not there.
    """
    kind, colon, number = text.lower().partition(":")
    if kind not in ("auto", "cpu", "gpu") or colon and not (kind == "gpu" and number.isdecimal()):
        raise ValueError(f"a device is cpu, gpu, gpu:N or auto, not {text!r}")
    if kind == "cpu" or kind == "auto" and not gpu_count():
        return CPU
    wanted = Device("GPU", int(number or 0))
    if wanted.number >= gpu_count():
        count = gpu_count()
        raise NoSuchDevice(f"there is no GPU number {wanted.number}, only {count}" if count else why_no_gpu())
    return wanted


def devices() -> list[Device]:
    """All there are, the CPU first."""
    return [CPU, *(Device("GPU", i) for i in range(gpu_count()))]


def gpu_count() -> int:
    """How many GPUs can be used."""
    return _found()[0]


def why_no_gpu() -> str:
    """Why `gpu_count` is 0, and what to do about it."""
    return _found()[1]


@cache
def _found() -> tuple[int, str]:
    """(how many GPUs can be used, why none)."""
    if "cupy" not in sys.modules and PathFinder.find_spec("cupy") is None:
        return 0, "there is no GPU in use: CuPy is not installed (pip install 'tensorsh[cuda12]', or cuda13)"
    if not _driver_count():
        return 0, "there is no GPU: the NVIDIA driver is not installed, or sees none"
    try:
        cp = gpu_module()
        x = cp.arange(4, dtype=np.float32).reshape(2, 2)
        (x @ (x + 1)).get()  # compiles a kernel and calls cuBLAS: either may be broken where the import works
        return int(cp.cuda.runtime.getDeviceCount()), ""
    except Exception as error:  # CuPy has an error class for each of the ways
        return 0, f"the GPU cannot be used: {type(error).__name__}: {error}"


def _driver_count() -> int:
    """How many GPUs the driver sees; 0 where there is no driver."""
    import ctypes

    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    return count.value if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 else 0


def gpu_module() -> Any:
    """CuPy."""
    import cupy

    return cupy


def select(device: Device) -> None:
    """Make new tensors of this thread on `device` from now on."""
    if device.kind == "CPU":
        backend.active = np
        return
    cp = gpu_module()
    backend.register(cp)
    cp.cuda.Device(device.number).use()
    backend.active = cp


@contextmanager
def on(device: Device) -> Iterator[None]:
    """Make new tensors on `device` inside the block."""
    if device.kind == "CPU":
        with backend.using(np):
            yield
    else:
        cp = gpu_module()
        with cp.cuda.Device(device.number), backend.using(cp):
            yield


def memory(device: Device) -> str:
    """A line on a device's memory: what is in use, what the pool keeps for later, what there is."""
    if device.kind == "CPU":
        return "the machine's own memory"
    cp = gpu_module()
    with cp.cuda.Device(device.number):
        free, total = cp.cuda.runtime.memGetInfo()
        pool = cp.get_default_memory_pool()
        used, kept = pool.used_bytes(), pool.total_bytes()
    return f"{_mib(used)} in tensors, {_mib(kept - used)} kept for more, {_mib(free)} free of {_mib(total)}"


def _mib(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB"


def of(array: Any) -> Device:
    """Where an array is."""
    xp = backend.module_of(array)
    if xp.__name__ == "numpy" or type(array) is backend.Lazy:
        return CPU
    return Device("GPU", int(getattr(getattr(array, "device", None), "id", 0)))


def full_name(device: Device) -> str:
    """TensorFlow's name for a device of this process."""
    return f"/job:localhost/replica:0/task:0/device:{device}"
