"""One workload in one framework, in a process of its own: python -m workloads.worker FRAMEWORK WORKLOAD

It says "ready" or "none"; then, for each number of runs that it reads, it prints how many seconds they took and
how many bytes its memory has grown, at the most, since the inputs were ready.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[[], Any]


def prepared(framework: str, workload: str) -> tuple[Run | None, Run]:
    """(the workload's run, what waits until a result is there)."""
    if framework == "tensorsh":
        return _in_tensorsh(workload)
    module = importlib.import_module(f"workloads.with_{framework}")
    maker = getattr(module, workload, None)
    return (maker() if maker else None), module.finish


def _in_tensorsh(workload: str) -> tuple[Run | None, Run]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tensorsh.runtime import nest
    from tensorsh.runtime.backend import settled
    from tensorsh.runtime.tensor import as_tensor
    from tensorsh.session import Session
    from workloads import data

    session = Session()
    session.names["data"] = vars(data)
    session.run((Path(__file__).parent / "with_tensorsh.tsh").read_text(), "with_tensorsh.tsh")
    if workload not in session.names:
        return None, lambda: None
    session.run(f"run = {workload}()", "setup")

    def finish(result: Any) -> None:
        """Compute what is lazy. It is not copied out, as it is not in any other framework."""
        for part in [] if result is None else nest.flatten(result):
            settled(as_tensor(part)._array)

    return session.names["run"], finish


def memory(field: str) -> int:
    """This process's memory in bytes: VmRSS is what it holds now, VmHWM the most it held."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0


def main() -> None:
    run, finish = prepared(*sys.argv[1:3])
    print("ready" if run else "none", flush=True)
    if run is None:
        return
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the highest mark starts again from here
    for line in sys.stdin:
        count = int(line)
        begin = time.perf_counter()
        for _ in range(count):
            result = run()
        finish(result)
        seconds = time.perf_counter() - begin
        print(seconds, max(0, memory("VmHWM") - before), flush=True)


if __name__ == "__main__":
    main()
