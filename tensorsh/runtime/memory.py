"""How much memory a program may have, and what is said when that does not suffice.

The system itself is told the bound, so nothing that asks for more (NumPy, Python, a library) gets it: it is refused
before it is touched, where the kernel would else promise what it does not have and kill the process later. Array
code then sees a MemoryError that knows the shape, and costs nothing as long as there is none.
"""

from __future__ import annotations

import math
import os
from typing import Any

from .errors import ResourceExhaustedError, bracketed, explain

#: What a program may use beside the interpreter, in bytes, and whether a flag said so.
most: int | None = None
by_flag = False


def confine(size: int | None = None) -> None:
    """Refuse this process more than `size` bytes beside what it has now; without a size, more than the machine has.

    Where the system cannot (it is no Linux), the bound is only known, not held.
    """
    global most, by_flag
    most, by_flag = size or _machine(), size is not None
    if most is None:
        return
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        bound = most + (_used() if by_flag else 0)
        resource.setrlimit(resource.RLIMIT_DATA, (bound if hard < 0 else min(bound, hard), hard))
    except (ImportError, OSError, ValueError):
        pass


def explained(error: MemoryError, kernel: str = "") -> Any:
    """The error for a program: TensorFlow's ResourceExhaustedError for an array, Python's for anything else."""
    shape, dtype = getattr(error, "shape", None), getattr(error, "dtype", None)
    if type(error).__module__.startswith("cupy"):  # its error knows no shape, but tells the bytes
        return explain(
            ResourceExhaustedError(f"OOM when allocating tensor on {_GPU}: {error}"),
            summary=f"{kernel + ': ' if kernel else ''}the GPU's memory is used up",
            hint="tensors that nothing names any more are freed: del x; :device shows what is in use",
        )
    if shape is None or dtype is None:
        return explain(error, summary="there is not enough memory for this", hint=_way_out())
    from .dtypes import from_numpy  # here only: a command line reads this file before there is NumPy

    size = math.prod(shape) * dtype.itemsize
    kind = from_numpy(dtype).kernel_name
    text = f"OOM when allocating tensor with shape{bracketed(shape)} and type {kind} on {_CPU} by allocator cpu"
    operation = f"{kernel}: " if kernel else ""
    return explain(
        ResourceExhaustedError(f"{text} [Op:{kernel}]" if kernel else text),
        summary=f"{operation}{written(size)} ({size} bytes) cannot be had, for {dtype.name} {tuple(shape)}",
        hint=_way_out(),
    )


_GPU = "/job:localhost/replica:0/task:0/device:GPU:0"
_CPU = "/job:localhost/replica:0/task:0/device:CPU:0"


def written(size: float) -> str:
    """A number of bytes as a person says it: 3.6 TiB."""
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB"):
        if size < 1024 or unit == "PiB":
            return f"{size:.3g} {unit}" if size < 1000 else f"{size:.0f} {unit}"
        size /= 1024
    raise AssertionError


def _way_out() -> str | None:
    if most is None:
        return None
    if by_flag:
        return f"the memory limit is {written(most)}; --max-memory sets another"
    return f"this machine has {written(most)}"


def _machine() -> int | None:
    """The memory of the machine, or of the container we are in."""
    sizes = []
    try:
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as file:
            sizes.append(int(file.read()))
    except (OSError, ValueError):  # no such name, no such file, or "max"
        pass
    return min(sizes, default=None)


def _used() -> int:
    """The bytes of data that this process has, as the system counts them."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
