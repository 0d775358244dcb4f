"""Lazy arrays of a GPU: the array module on the stand-in for CuPy, and the kernels' source by real compilers.

What runs the programs on the stand-in is a loop over their steps. The source is held against NumPy by a C++ compiler
where there is one, and compiled as CUDA where NVRTC loads.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorsh.ops.registry import OPS, ops
from tensorsh.runtime import backend, cuda, device_lazy, lazy
from tensorsh.runtime.fusion import Output, Program, Step
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.tensor import as_tensor
from tensorsh.session import Session
from tests import nvrtc, strict_xp
from tests.ops.test_examples import close, examples_in, shown
from tests.runtime.test_lazy import EXPRESSIONS, floats

F32, F64, I32, BOOL = map(np.dtype, ("float32", "float64", "int32", "bool"))


class Stepwise(device_lazy.Vocabulary):
    """A vocabulary whose programs are run step by step."""

    def run(self, program: Program, arrays: list[Any], shape: tuple[int, ...]) -> list[Any]:
        cuda.body(program)  # it could be written
        registers = [self.base.asarray(x) for x in arrays]
        for step in program.steps:
            args = [registers[arg] for arg in step.args]
            if step.function == "cast":
                registers.append(args[0].astype(step.dtype))
            else:
                name = step.function if step.function == "where" else step.function.__name__
                registers.append(getattr(self.base, name)(*args))
        return [self._output(self.base.broadcast_to(registers[o.register], shape), o) for o in program.outputs]

    def _output(self, x: Any, output: Output) -> Any:
        if output.reduce is None:
            return x
        function = getattr(self.base, _REDUCTIONS[output.reduce.__name__])
        options = {} if output.dtype is None else {"dtype": output.dtype}
        return function(x, axis=output.axes, keepdims=True, **options)


_REDUCTIONS = {
    "add": "sum",
    "multiply": "prod",
    "maximum": "max",
    "minimum": "min",
    "logical_or": "any",
    "logical_and": "all",
}


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tensors are made on the stand-in, and every one of them is lazy."""
    monkeypatch.setattr(backend, "large", 1)
    monkeypatch.setitem(backend._vocabularies, strict_xp.ndarray, Stepwise(strict_xp))
    with backend.using(strict_xp):
        yield


@pytest.mark.parametrize(
    "name",
    "add cast clip_by_value einsum elu erf floormod gather igamma is_nan l2_loss leaky_relu log_softmax moments "
    "one_hot pow reduce_logsumexp reduce_mean reduce_std reduce_sum round segment_mean sigmoid softmax softplus sort "
    "sqrt truncatediv unsorted_segment_sum where xlogy".split(),
)
def test_help_pages_hold_when_everything_is_lazy_on_a_device(device: None, name: str) -> None:
    session = Session()
    for program, expected in examples_in(OPS[name].function.__doc__ or ""):
        got = shown(session, program)
        assert got == expected or close(got, expected), f"{program}\nexpected {expected}\ngot      {got}"


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_gradients_are_the_host_s(device: None, expression: Any) -> None:
    def gradients() -> list[Any]:
        x, w = as_tensor(floats(6, 7)), as_tensor(floats(7, seed=1))
        with GradientTape() as tape:
            tape.watch([x, w])
            y = expression(x, w)
        return tape.gradient(y, [x, w], None, "zero")

    there = gradients()
    assert all(type(backend.settled(g._array)) is strict_xp.ndarray for g in there)
    with backend.using(np):  # type: ignore[arg-type]
        here = gradients()
    for got, wanted in zip(there, here):
        np.testing.assert_allclose(got.numpy(), wanted.numpy(), rtol=1e-5, atol=1e-6)


def test_nothing_is_read_back_while_an_expression_is_written_down(device: None) -> None:
    x = as_tensor(floats(50))
    before = strict_xp.syncs
    y = ops.reduce_sum(ops.sqrt(ops.square(x) + 1.0) * 0.5 - ops.tanh(x)) / 3.0
    assert strict_xp.syncs == before
    assert y.shape == ()


def test_a_dtype_that_kernels_do_not_compute_in_is_left_to_the_device(device: None) -> None:
    half = ops.cast(as_tensor([1.5, 2.5]), "float16")
    assert type((half * half)._array) is strict_xp.ndarray


# ---------------------------------------------------------------- the source

NUMBERS = [-3.5, -1.0, -0.0, 0.0, 0.3, 0.5, 1.0, 1.5, 2.0, 7.9, 3e9, 1e20, np.inf, -np.inf, np.nan]


def programs() -> Iterator[tuple[str, Program]]:
    """Every function that can be written, of every kind of dtype, and the casts."""
    for name in sorted({*cuda._OF_RESULT, *cuda._OF_FLOATS, *cuda._OF_OPERANDS}):
        function = getattr(np, name)
        for dtype in (F32, F64, I32):
            try:
                *operands, result = function.resolve_dtypes((*(dtype,) * function.nin, None))
            except TypeError:
                continue
            if dtype in operands and cuda.writes(function, (*operands, result)):
                step = Step(function, tuple(range(function.nin)), result)
                yield f"{name}-{dtype}", Program(tuple(operands), (step,), (Output(function.nin),))
    for source in (F32, F64, I32):
        for target in map(np.dtype, ("int8", "uint8", "int32", "uint32", "int64", "float32", "bool")):
            yield f"{source}-to-{target}", Program((source,), (Step("cast", (0,), target),), (Output(1),))
    choice = Step("where", (0, 1, 2), F32)
    yield "where", Program((BOOL, F32, F32), (choice,), (Output(3),))


PROGRAMS = dict(programs())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Every program as a loop in C++."""
    compiler = shutil.which("g++")
    if compiler is None:
        pytest.skip("there is no C++ compiler")
    functions = []
    for i, program in enumerate(PROGRAMS.values()):
        given = [f"const {cuda.type_of(dtype)}* in{k}" for k, dtype in enumerate(program.inputs)]
        loads = [f"{cuda.type_of(dtype)} x{k} = in{k}[i];" for k, dtype in enumerate(program.inputs)]
        (output,) = program.outputs
        result = f"{cuda.type_of(program.steps[-1].dtype)}* out"
        functions.append(
            f'extern "C" void f{i}(int n, {", ".join([*given, result])}) {{ for (int i = 0; i < n; ++i) {{\n'
            f"{' '.join(loads)}\n{cuda.body(program)}\nout[i] = {cuda.value(program, output.register)}; }} }}"
        )
    folder: Path = tmp_path_factory.mktemp("source")
    (folder / "steps.cpp").write_text("#include <cmath>\nusing namespace std;\n" + "\n".join(functions))
    command = [compiler, "-O0", "-ffp-contract=off", "-shared", "-fPIC", "steps.cpp", "-o", "steps.so"]
    subprocess.run(command, check=True, cwd=folder)
    return ctypes.CDLL(str(folder / "steps.so"))


@pytest.mark.parametrize("index", range(len(PROGRAMS)), ids=PROGRAMS.keys())
def test_the_source_computes_what_numpy_does(library: Any, index: int) -> None:
    program = list(PROGRAMS.values())[index]
    (step,) = program.steps
    pairs = np.array(np.meshgrid(NUMBERS, NUMBERS)).reshape(2, -1)
    rows = [pairs[0] > 0, *pairs] if step.function == "where" else list(pairs)
    if program.inputs[0] == I32:
        rows = [np.clip(np.nan_to_num(row), -9, 9) for row in rows]
    if program.inputs[0] == I32 and "shift" in getattr(step.function, "__name__", ""):
        rows = [np.abs(row) for row in rows]
    args = [np.ascontiguousarray(row.astype(dtype)) for row, dtype in zip(rows, program.inputs)]
    got = np.empty(len(rows[0]), step.dtype)
    addresses = [ctypes.c_void_p(array.ctypes.data) for array in [*args, got]]
    getattr(library, f"f{index}")(ctypes.c_int(got.size), *addresses)
    if step.function == "cast":
        wanted = np.asarray(ops.cast(as_tensor(args[0]), step.dtype.name))
    else:
        wanted = np.where(*args) if step.function == "where" else step.function(*args)
    if step.dtype.kind == "f":
        np.testing.assert_allclose(got, wanted, rtol=3e-6 if step.dtype == F32 else 1e-13)
    else:
        np.testing.assert_array_equal(got, wanted)


CHAIN = (
    Step(np.square, (0,), F32),
    Step(np.add, (2, 1), F32),
    Step(np.sqrt, (3,), F32),
    Step(np.greater, (4, 0), BOOL),
    Step("where", (5, 4, 0), F32),
    Step("cast", (6,), I32),
)


@pytest.fixture(scope="module")
def cupy() -> Any:
    if why := nvrtc.missing():
        pytest.skip(why)
    import cupy

    return cupy


def test_an_elementwise_kernel_compiles(cupy: Any) -> None:
    program = Program((F32, F32), CHAIN, (Output(6), Output(7)))
    kernel = device_lazy.elementwise_kernel(cupy, program)
    assert nvrtc.compiled(nvrtc.elementwise_source(kernel, [F32, F32, F32, I32]), *cuda.OPTIONS)


@pytest.mark.parametrize("name", sorted(cuda.REDUCTIONS))
def test_what_a_reduction_maps_and_joins_compiles(cupy: Any, name: str) -> None:
    output = Output(6, getattr(np, name))
    kernel = device_lazy.reduction_kernel(cupy, Program((F32, F32), CHAIN, (output,)), output)
    c_type = "bool" if name.startswith("logical") else "float"
    source = f"""{kernel.preamble}
extern "C" __global__ void check(float x0, float x1, {c_type}* out) {{
  {c_type} a = {kernel.map_expr}, b = {kernel.identity or "a"}; out[0] = {kernel.reduce_expr}; }}"""
    assert nvrtc.compiled(source, *cuda.OPTIONS)


def test_every_function_compiles(cupy: Any) -> None:
    functions = []
    for i, program in enumerate(PROGRAMS.values()):
        given = ", ".join(f"{cuda.type_of(dtype)} x{k}" for k, dtype in enumerate(program.inputs))
        result = cuda.value(program, program.outputs[0].register)
        c_type = cuda.type_of(program.steps[-1].dtype)
        functions.append(f"__device__ {c_type} f{i}({given}) {{\n{cuda.body(program)}\nreturn {result}; }}")
    assert nvrtc.compiled("\n".join(functions), *cuda.OPTIONS)


def test_lazy_arrays_of_the_host_know_nothing_of_it() -> None:
    assert lazy.of(floats(backend.large)).home is None
