"""Lazy arrays: the same results as op by op, the same errors at the same op, little memory, no surprises."""

from __future__ import annotations

import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorsh.ops.registry import ops
from tensorsh.runtime import backend, fusion, lazy, passes, threads
from tensorsh.runtime.errors import InvalidArgumentError
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.tensor import wrap
from tensorsh.runtime.variable import Variable
from tests import transcripts
from tests.test_transcripts import FILES, replay


@pytest.fixture
def everything_lazy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every array is large, and cut into blocks of a few elements that three threads compute."""
    monkeypatch.setattr(backend, "large", 1)
    monkeypatch.setattr(fusion, "BLOCK", 8)
    monkeypatch.setattr(fusion, "ROW", 2)
    monkeypatch.setattr(fusion, "FEW", 0)
    monkeypatch.setattr(threads, "cores", lambda: 3)


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[fusion.Program]]:
    """The programs that are run, as they are."""
    programs: list[fusion.Program] = []

    def run(program: fusion.Program, arrays: list[np.ndarray], shape: tuple[int, ...]) -> list[np.ndarray]:
        programs.append(program)
        return fusion.run(program, arrays, shape)

    monkeypatch.setattr(passes, "run", run)
    yield programs


def floats(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


# ---------------------------------------------------------------- the same results

UNARY = (np.square, np.tanh, np.exp, np.negative, np.abs, np.sign, np.floor, np.isfinite, np.logical_not)
BINARY = (np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.less, np.equal, np.arctan2)
SHAPES = ((3, 5, 4), (5, 4), (3, 1, 4), (1, 5, 1), (4,), (1,), ())
DTYPES = ("float32", "float64", "int32", "int8", "bool", "complex64", "float16")


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    shape, dtype = draw(st.sampled_from(SHAPES)), draw(st.sampled_from(DTYPES))
    values = np.random.default_rng(draw(st.integers(0, 99))).uniform(-3, 3, shape)
    array = np.asarray(values).astype(dtype)
    if draw(st.booleans()) and array.ndim > 1:  # not contiguous
        array = np.ascontiguousarray(array.swapaxes(0, -1)).swapaxes(0, -1)
    return np.broadcast_to(array[..., :1], shape) if array.ndim and draw(st.integers(0, 4)) == 0 else array


@st.composite
def recipes(draw: st.DrawFn) -> list[tuple]:
    """What to do with a growing list of arrays: (function, indices of the operands) ..."""
    steps: list[tuple] = []
    for _ in range(draw(st.integers(1, 8))):
        at = st.integers(0, 50)
        kind = draw(st.sampled_from(("unary", "binary", "number", "where", "cast", "clip")))
        if kind == "unary":
            steps.append((draw(st.sampled_from(UNARY)), draw(at)))
        elif kind == "binary":
            steps.append((draw(st.sampled_from(BINARY)), draw(at), draw(at)))
        elif kind == "number":
            number = draw(st.sampled_from((2.0, -0.5, 0.0, 3, True)))
            steps.append((_with_number(draw(st.sampled_from(BINARY)), number), draw(at)))
        elif kind == "where":
            steps.append((lambda c, x, y: np.where(c.astype(bool), x, y), draw(at), draw(at), draw(at)))
        elif kind == "cast":
            dtype = draw(st.sampled_from(("float32", "float64", "int32", "bool")))
            steps.append((_cast_to(dtype), draw(at)))
        else:
            steps.append((lambda x: np.clip(x, -1, 2), draw(at)))
    return steps


def _with_number(function: Callable[..., Any], number: Any) -> Callable[..., Any]:
    return lambda x: function(x, number)


def _cast_to(dtype: str) -> Callable[..., Any]:
    return lambda x: (x.real if np.iscomplexobj(x) else x).astype(dtype)


def followed(recipe: list[tuple], start: list[Any]) -> list[Any]:
    """All arrays that a recipe makes; a step that NumPy refuses makes none."""
    made = list(start)
    for function, *at in recipe:
        try:
            made.append(function(*(made[i % len(made)] for i in at)))
        except (TypeError, ValueError, OverflowError) as error:
            made.append(type(error).__name__)
            made.pop()
    return made


@settings(max_examples=150)
@given(st.lists(arrays(), min_size=1, max_size=3), recipes(), st.data())
def test_expressions_and_reductions_are_as_op_by_op(start: list[np.ndarray], recipe: list[tuple], data: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        everything_lazy.__wrapped__(patch)
        one_by_one, lazily = followed(recipe, start), followed(recipe, list(map(lazy.of, start)))
        assert len(one_by_one) == len(lazily)
        wanted, got = one_by_one[-1], lazily[-1]
        assert (got.shape, got.dtype) == (np.shape(wanted), wanted.dtype)
        axes = data.draw(st.sets(st.integers(0, max(got.ndim - 1, 0)), max_size=got.ndim)) if got.ndim else set()
        reduced = got.sum(axis=tuple(sorted(axes)), keepdims=True) if axes else None
        same(got, wanted)
        for x, y in zip(lazily, one_by_one):
            same(x, y)
        if reduced is not None:
            close_sums(reduced, wanted, tuple(sorted(axes)))


def same(got: Any, wanted: Any) -> None:
    """Bit by bit; but NumPy's loops for complex numbers and for one number at a time round differently."""
    got, wanted = np.asarray(got), np.asarray(wanted)
    if wanted.dtype.kind == "c":
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5)
    else:
        np.testing.assert_array_equal(got, wanted)


def close_sums(got: Any, values: np.ndarray, axes: tuple[int, ...]) -> None:
    wide = np.asarray(values, np.complex128 if np.iscomplexobj(values) else np.float64)
    with np.errstate(all="ignore"):
        total, size = wide.sum(axis=axes, keepdims=True), np.abs(wide).sum(axis=axes, keepdims=True)
    if got.dtype.kind in "fc" and np.isfinite(size).all() and size.max(initial=0) < np.finfo(got.dtype).max / 8:
        slack = (1e-2 if got.dtype.char == "e" else 1e-5) * (1 + size)
        assert (np.abs(got - total) <= slack).all()
    elif got.dtype.kind in "iu":
        np.testing.assert_array_equal(got, np.asarray(values).sum(axis=axes, keepdims=True))


@pytest.mark.parametrize("axis", [None, 0, 1, 2, (0, 1), (1, 2), (0, 2)])
@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "any", "all"])
def test_each_reduction_over_each_axis(everything_lazy: None, name: str, axis: Any) -> None:
    x = floats(3, 7, 5)
    for keepdims in (False, True):
        wanted = getattr(np, name)(np.square(x) * 0.5, axis=axis, keepdims=keepdims)
        got = getattr(np, name)(np.square(lazy.of(x)) * 0.5, axis=axis, keepdims=keepdims)
        assert np.shape(got) == np.shape(wanted)
        np.testing.assert_allclose(got, wanted, rtol=1e-5)


def test_a_float32_sum_of_many_is_accurate() -> None:
    x = floats(2**21) + 1
    total = lazy.of(x).sum()
    assert abs(float(total) - x.sum(dtype=np.float64)) <= np.spacing(total)


def test_the_number_of_threads_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    x = lazy.of(floats(2**19))
    sums = set()
    for count in (1, 2, 5):
        monkeypatch.setattr(threads, "cores", lambda n=count: n)
        sums.add(float(np.tanh(x).sum()))
    assert len(sums) == 1


SESSIONS = {path.stem: path for path in FILES}


@pytest.mark.parametrize(
    "name",
    "activations arithmetic comparison elementwise errors_shape keras_losses limits normalization optimizers promotion "
    "reduction searching special tapes".split(),
)
def test_golden_sessions_print_the_same_when_everything_is_lazy(everything_lazy: None, name: str) -> None:
    path = SESSIONS[name]
    statements = transcripts.read(path.read_text(encoding="utf-8"), path.name)
    for statement, output in zip(statements, replay(statements, path.name)):
        assert transcripts.same(statement, output), f"{path.name}:{statement.line}: {output}"


# ---------------------------------------------------------------- tapes

EXPRESSIONS: dict[str, Callable[[Any, Any], Any]] = {
    "chain": lambda x, w: ops.reduce_sum(ops.sqrt(ops.square(x) + 1.0) * 0.5 - ops.tanh(x)),
    "bias": lambda x, w: ops.reduce_mean(ops.relu(x * w + 0.1), 1),
    "gates": lambda x, w: ops.reduce_max(ops.sigmoid(x) * ops.tanh(x - w)) + ops.reduce_sum(ops.exp(-ops.square(x))),
    "choice": lambda x, w: ops.reduce_sum(ops.where(x > w, ops.maximum(x, 0.3), x / 3.0) ** 2.0, 0),
    "leaky": lambda x, w: ops.leaky_relu(x) * ops.elu(w) + ops.cast(ops.cast(x, "float64"), "float32"),
}


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_gradients_are_those_of_small_steps(expression: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def first_and_second(x: Any, w: Any) -> list[np.ndarray]:
        with GradientTape() as outer:
            outer.watch([x, w])
            with GradientTape() as inner:
                inner.watch([x, w])
                y = expression(x, w)
            first = inner.gradient(y, [x, w], None, "zero")
        return [np.asarray(g) for g in (y, *first, *outer.gradient(first, [x, w], None, "zero"))]

    values = floats(6, 7), floats(7, seed=1)
    eager = first_and_second(*map(wrap, values))
    everything_lazy.__wrapped__(monkeypatch)
    for got, wanted in zip(first_and_second(*map(wrap, values)), eager):
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-6)


def test_a_gradient_is_one_pass_over_memory(passed: list[fusion.Program]) -> None:
    x = wrap(floats(backend.large))
    with GradientTape() as tape:
        tape.watch(x)
        y = EXPRESSIONS["chain"](x, None)
    assert len(passed) == 1  # for the sum
    gradient = tape.gradient(y, x)
    assert len(passed) == 1
    gradient.numpy()
    assert len(passed) == 2


def test_an_assignment_does_not_reach_what_was_computed_before() -> None:
    v = Variable(np.ones(backend.large, np.float32))
    before = v * 2.0
    v.assign_add(v)
    after = v * 2.0
    v.assign(np.zeros(backend.large, np.float32))
    assert (float(before[0]), float(after[0])) == (2.0, 4.0)


# ---------------------------------------------------------------- errors


def test_what_is_wrong_is_said_by_the_op_that_is_wrong() -> None:
    x, y = wrap(floats(2, backend.large)), wrap(floats(3, backend.large))
    with pytest.raises(InvalidArgumentError, match="Incompatible shapes"):
        _ = ops.tanh(x) + ops.tanh(y)
    with pytest.raises(InvalidArgumentError, match="expected to be a float tensor but is a double"):
        _ = ops.tanh(x) * ops.cast(x, "float64")
    whole = wrap(np.arange(backend.large, dtype=np.int32))
    with pytest.raises(InvalidArgumentError, match="division by zero"):
        _ = whole // (whole - 5)
    with pytest.raises(InvalidArgumentError, match="negative integer powers"):
        _ = whole ** (whole - 5)


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_an_error_or_interrupt_in_a_block_ends_the_evaluation_and_nothing_else(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "cores", lambda: 3)
    x = floats(2**20)

    def fails(x: np.ndarray, out: np.ndarray) -> None:
        raise error

    step = fusion.Step(fails, (0,), x.dtype)
    with pytest.raises(error):
        fusion.run(fusion.Program((x.dtype,), (step,), (fusion.Output(1),)), [x], x.shape)
    np.testing.assert_array_equal(np.square(lazy.of(x)).get(), np.square(x))


def test_several_threads_may_want_the_same_value() -> None:
    y = np.tanh(lazy.of(floats(2**20))) * 2.0
    seen: list[np.ndarray] = []
    askers = [threading.Thread(target=lambda: seen.append((y + 1.0).get())) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert all((other == seen[0]).all() for other in seen)


def test_a_forked_process_computes_too() -> None:
    program = """
import os
import numpy as np
from tensorsh.runtime import lazy, threads
threads.cores = lambda: 3
x = np.ones(2**20, np.float32)
np.exp(lazy.of(x)).get()
if child := os.fork():
    raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os._exit(0 if (np.square(lazy.of(x)).get() == 1).all() else 1)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], timeout=60)
    assert done.returncode == 0


# ---------------------------------------------------------------- memory


def test_a_long_expression_and_its_gradient_need_little_memory() -> None:
    x = wrap(floats(2**20))
    tracemalloc.start()
    try:
        with GradientTape() as tape:
            tape.watch(x)
            y = EXPRESSIONS["chain"](x, None) + EXPRESSIONS["chain"](x * 0.5, None)
        tape.gradient(y, x).numpy()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2.5 * x._array.nbytes + fusion.BLOCK * 4 * 16 * threads.cores()  # the result, its copy, the buffers


def test_an_expression_does_not_grow_without_end(passed: list[fusion.Program]) -> None:
    x = y = lazy.of(floats(backend.large))
    for _ in range(500):
        y = y * 0.99 + 0.01
    y.get()
    assert max(len(program.steps) for program in passed) <= 64
    wanted = x.get()
    for _ in range(500):
        wanted = wanted * np.float32(0.99) + np.float32(0.01)
    np.testing.assert_array_equal(y.get(), wanted)


def test_a_sum_of_many_arrays_holds_few_of_them(passed: list[fusion.Program]) -> None:
    total = lazy.of(floats(backend.large))
    for i in range(30):
        total = total + lazy.of(floats(backend.large, seed=i))
    total.get()
    assert max(len(program.inputs) for program in passed) <= 7


def test_what_is_asked_for_again_and_again_is_kept(passed: list[fusion.Program]) -> None:
    x = lazy.of(floats(backend.large))
    y = x
    for _ in range(50):
        y = np.tanh(y) + 0.1
        y.max()
    assert sum(len(program.steps) for program in passed) < 5 * 100
