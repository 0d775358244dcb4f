"""The benchmark's own program: its workloads are there, and run."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


def bench():
    loader = importlib.machinery.SourceFileLoader("bench", str(SCRIPTS / "bench"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def worker(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    yield importlib.import_module("workloads.worker")
    for name in [name for name in sys.modules if name.split(".")[0] == "workloads"]:
        del sys.modules[name]


def test_every_workload_is_written_in_tensorsh(worker):
    written = (SCRIPTS / "workloads" / "with_tensorsh.tsh").read_text()
    assert [name for name in bench().WORKLOADS if f"def {name}():" not in written] == []


@pytest.mark.parametrize(
    "workload", ["small_op", "tape_step", "traced_step", "logistic", "jacobian_50", "hessian_50", "matmul_64"]
)
def test_the_small_ones_run(worker, workload):
    run, finish = worker.prepared("tensorsh", workload)
    finish(run())


def test_a_framework_without_a_workload_says_so(worker):
    run, _ = worker.prepared("numpy", "tape_step")
    assert run is None


def test_times_are_shown_in_their_unit():
    assert [bench().shown_time(t) for t in (2.0, 0.0123, 4.5e-6, 3e-9)] == ["2 s", "12.3 ms", "4.5 us", "3 ns"]
