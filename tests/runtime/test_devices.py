"""Devices: what is said where there is no GPU, and, on a stand-in for CuPy, what is done where there are two."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest

from tensorsh.runtime import backend, devices, memory
from tensorsh.runtime.devices import CPU, Device, NoSuchDevice, choose
from tensorsh.session import Session
from tests import strict_xp


class OneDevice(nullcontext):
    """`cupy.cuda.Device`: the number of the one in use is kept on the class."""

    used: list[int] = []

    def __init__(self, number):
        super().__init__()
        self.number = number

    def use(self):
        self.used.append(self.number)


class OutOfMemoryError(MemoryError):
    __module__ = "cupy.cuda.memory"


class StandIn:
    """CuPy's module with two GPUs, arrays by `strict_xp`."""

    __name__ = "cupy"
    cuda = SimpleNamespace(
        Device=OneDevice,
        runtime=SimpleNamespace(getDeviceCount=lambda: 2, memGetInfo=lambda: (2**30, 2**32)),
    )

    @staticmethod
    def get_default_memory_pool():
        return SimpleNamespace(used_bytes=lambda: 3 * 2**20, total_bytes=lambda: 8 * 2**20)

    def __getattr__(self, name):
        return getattr(strict_xp, name)


@pytest.fixture(autouse=True)
def looked_for_anew():
    devices._found.cache_clear()
    yield
    devices._found.cache_clear()


@pytest.fixture
def two_gpus(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", StandIn())
    monkeypatch.setattr(devices, "_driver_count", lambda: 2)
    active, modules = backend.active, dict(backend._MODULES)
    yield
    backend.active = active
    backend._MODULES.clear()
    backend._MODULES.update(modules)


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(devices, "_driver_count", lambda: 0)


def test_auto_is_the_cpu_where_there_is_no_gpu(no_gpu):
    assert choose("auto") == choose("CPU") == CPU
    assert devices.devices() == [CPU]


@pytest.mark.parametrize("text", ["gpu", "gpu:1", "GPU"])
def test_a_gpu_that_is_not_there_is_refused_with_the_reason(no_gpu, text):
    with pytest.raises(NoSuchDevice, match="there is no GPU"):
        choose(text)


@pytest.mark.parametrize("text", ["", "tpu", "gpu:", "cpu:1", "auto:0", "gpu:x", "gpu 1"])
def test_what_is_no_device_is_refused(text):
    with pytest.raises(ValueError, match="cpu, gpu, gpu:N or auto"):
        choose(text)


def test_a_driver_without_a_working_cupy_says_what_fails(monkeypatch):
    broken = StandIn()
    broken.arange = lambda *args, **keywords: 1 / 0
    monkeypatch.setitem(sys.modules, "cupy", broken)
    monkeypatch.setattr(devices, "_driver_count", lambda: 1)
    assert devices.gpu_count() == 0
    assert devices.why_no_gpu() == "the GPU cannot be used: ZeroDivisionError: division by zero"


def test_two_gpus_are_chosen_by_number(two_gpus):
    assert choose("auto") == Device("GPU", 0)
    assert choose("gpu:1") == Device("GPU", 1)
    with pytest.raises(NoSuchDevice, match="no GPU number 2, only 2"):
        choose("gpu:2")


def test_a_session_on_a_gpu_makes_its_tensors_there_and_prints_them_the_same(two_gpus, capsys):
    session = Session()
    session.use_device("gpu:1")
    session.run("x = constant([1., 2.])\nx\nx.device, x.cpu().device\nreduce_sum(x * x)\n", "test")
    assert OneDevice.used[-1] == 1
    assert capsys.readouterr().out.splitlines() == [
        "<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>",
        "('/job:localhost/replica:0/task:0/device:GPU:0', '/job:localhost/replica:0/task:0/device:CPU:0')",
        "<tf.Tensor: shape=(), dtype=float32, numpy=5.0>",
    ]


def test_tf_device_moves_in_and_out(two_gpus, capsys):
    program = """
with tf.device("/GPU:1"): x = constant([1.])
y = constant([2.])
z = y.gpu()
[t.device[-5:] for t in (x, y, z, x + y, z.cpu())]
[d.name for d in tf.config.list_physical_devices("GPU")]
with tf.device("/GPU:7"): w = constant([1.])
w.device[-5:]
"""
    Session().run(program, "test")
    assert capsys.readouterr().out.splitlines() == [
        "['GPU:0', 'CPU:0', 'GPU:0', 'GPU:0', 'CPU:0']",
        "['/physical_device:GPU:0', '/physical_device:GPU:1']",
        "'CPU:0'",
    ]


def test_a_devices_memory_is_told(two_gpus):
    assert devices.memory(Device("GPU", 0)) == "3 MiB in tensors, 5 MiB kept for more, 1,024 MiB free of 4,096 MiB"


def test_a_gpu_without_memory_is_tensorflows_error(two_gpus, monkeypatch):
    def refuse(*args, **keywords):
        raise OutOfMemoryError("Out of memory allocating 4,000,000,000 bytes (allocated so far: 512 bytes).")

    session = Session()
    session.use_device("gpu")
    monkeypatch.setattr(StandIn, "asarray", refuse, raising=False)
    with pytest.raises(Exception) as caught:
        session.run("constant([1., 2.])\n", "test")
    assert type(caught.value).__name__ == "ResourceExhaustedError"
    assert "allocating 4,000,000,000 bytes" in str(caught.value)


def test_numpys_own_error_is_still_about_the_cpu():
    error = memory.explained(np._core._exceptions._ArrayMemoryError((10**6, 10**6), np.dtype("f4")))
    assert "device:CPU:0" in str(error)
