"""Every gradient, first and second order, in every dtype, is TensorFlow's: see `tests/golden_gradients.py`.

The expected numbers are TensorFlow's, written by `scripts/oracle`. What TensorFlow gets wrong is compared with
finite differences instead.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorsh.ops import registry
from tensorsh.ops.namespace import Namespace
from tensorsh.ops.registry import OPS, PATHS, Primitive
from tensorsh.runtime import tape
from tensorsh.session import Session
from tests import golden_gradients
from tests.golden_gradients import WIDE, Case

registry.index()

STEP = 1e-6
FILES = sorted((Path(__file__).parent / "gradients").glob("*.txt"))
CASES = [
    pytest.param(path, case, id=f"{path.name}:{case.line}")
    for path in FILES
    for case in golden_gradients.read(path.read_text(encoding="utf-8"), path.name)
]


@pytest.mark.parametrize("path, case", CASES)
def test_gradients_are_tensorflows(path: Path, case: Case) -> None:
    found = goldens(path).get(case.text)
    assert found is not None, f"{path.name}:{case.line}: no golden gradients: run scripts/oracle {path}"
    assert found, f"{path.name}:{case.line}: TensorFlow refuses it in every dtype"
    function = compiled(case)
    failures, excused = [], set()
    for dtype in found:
        wanted = golden_gradients.expected(found, dtype)
        got = golden_gradients.derive(tensorflow(), case, function, dtype)
        if got is None:
            failures.append(f"  {dtype}: refused: {refusal(case, function, dtype)}")
            continue
        for order, i in golden_gradients.differing(wanted, got, dtype):
            if (dtype, order) in case.wrong:
                excused.add((dtype, order))
                continue
            pair = (wanted.get(order), got.get(order))
            failures.append(described(case, dtype, order, i, *(pair if i < 0 else (g[i] for g in pair))))
    if case.wrong and not excused:
        failures.append("  TensorFlow is not wrong: nothing differs")
    for dtype, order in sorted((d, o) for d, o in case.wrong if d in WIDE and d in case.dtypes):
        failures += misled(case, function, dtype, order, found)
    if failures:
        pytest.fail("\n".join([f"{path.name}:{case.line}: {case.text}", *failures]), pytrace=False)


def misled(case: Case, function: Callable[..., Any], dtype: str, order: str, found: dict[str, Any]) -> list[str]:
    """How tensorsh's derivatives differ from central differences, where they are not TensorFlow's."""
    tf = tensorflow()
    got = golden_gradients.derive(tf, case, function, dtype)
    if got is None:
        return []
    if isinstance(got[order], dict):
        return [f"  {dtype}, {order} order: tensorsh raises {got[order]['error']}"]
    wanted = golden_gradients.expected(found, dtype) if dtype in found else {}
    differing = [i for o, i in golden_gradients.differing(wanted, got, dtype) if o == order]
    given = golden_gradients.tensors(tf, case, dtype)
    names = case.differentiated
    targets = [y for y in tf.nest.flatten(function(**given)) if golden_gradients.has_gradient(y)]
    cotangents = [golden_gradients.spread(tf, y, 1) for y in targets]

    def value(*moved: Any) -> float:
        """The number whose gradients are `got[order]`: of the results, or of their first gradients."""
        sources, seeds = list(moved[: len(names)]), list(moved[len(names) :])
        with tf.GradientTape() as t:
            t.watch(sources)
            results = tf.nest.flatten(function(**given | dict(zip(names, sources))))
        results = [y for y in results if golden_gradients.has_gradient(y)]
        weights = seeds
        if order == "second":
            results = [tf.convert_to_tensor(g) for g in t.gradient(results, sources, seeds) if g is not None]
            weights = [golden_gradients.spread(tf, g, 2) for g in results]
        return sum(float(np.sum((w.numpy().conj() * y.numpy()).real)) for w, y in zip(weights, results))

    point = [given[name] for name in names] + cotangents
    failures = []
    for i, gradient in enumerate(got[order]):
        if i in differing or -1 in differing:
            wanted = differences(value, point, i)
            if not golden_gradients.close(wanted, gradient or [0.0] * len(wanted), "float32"):
                failures.append(described(case, dtype, order, i, wanted, gradient, "differences"))
    return failures


def differences(value: Callable[..., float], point: list[Any], i: int) -> list[float]:
    """The slope of `value` for each entry of argument i, complex ones as pairs."""
    tf, host, slopes = tensorflow(), point[i].numpy(), []
    for at in np.ndindex(host.shape):
        for direction in (1.0, 1j) if host.dtype.kind == "c" else (1.0,):
            ends = []
            for step in (STEP, -STEP):
                moved = np.array(host)
                moved[at] += step * direction
                ends.append(value(*point[:i], tf.constant(moved), *point[i + 1 :]))
            slopes.append((ends[0] - ends[1]) / (2 * STEP))
    return slopes


def described(case: Case, dtype: str, order: str, i: int, wanted: Any, got: Any, source: str = "TensorFlow") -> str:
    names = case.differentiated
    by = "" if i < 0 else f" by {names[i]}" if i < len(names) else f" by the cotangent of result {i - len(names)}"
    return f"  {dtype}, {order} order{by}:\n    {source:11} {wanted}\n    tensorsh    {got}"


# ---------------------------------------------------------------- what there is a case for


#: Ops with a gradient for which there is no case, and why.
EXEMPT = {"approx_min_k": "TensorFlow's kernel for a CPU finds the largest only"}


def test_every_differentiable_op_has_a_case() -> None:
    differentiable = {name for name, entry in OPS.items() if entry.samples is not None}
    missing = differentiable - ops_with_cases()
    # An op of no TensorFlow path is one of tensorsh's own.
    missing = {name for name in missing if OPS[name].paths}
    assert missing <= set(EXEMPT), f"no golden gradients for {sorted(missing - set(EXEMPT))}"
    assert set(EXEMPT) <= set(OPS) - ops_with_cases(), "an exemption that is none any more"


@pytest.mark.parametrize(
    "base",
    ["keras.losses.Loss", "keras.regularizers.Regularizer", "keras.constraints.Constraint", "linalg.LinearOperator"],
)
def test_every_class_that_passes_gradients_has_a_case(base: str) -> None:
    parent = PATHS["tf." + base]
    classes = {cls for cls in PATHS.values() if isinstance(cls, type) and issubclass(cls, parent)}
    missing = classes - classes_with_cases() - {parent}
    assert not missing, f"no golden gradients for {sorted(cls.__name__ for cls in missing)}"


def test_every_primitive_with_a_gradient_is_in_a_case() -> None:
    modules = [module for name, module in sys.modules.items() if name.startswith("tensorsh.ops.")]
    kernels = {value for module in modules for value in vars(module).values() if isinstance(value, Primitive)}
    watcher = Watcher()
    with tape.also(watcher):
        for param in CASES:
            case = param.values[1]
            dtype = next(iter(goldens(param.values[0])[case.text]))
            golden_gradients.derive(tensorflow(), case, compiled(case), dtype)
    missing = {kernel.name for kernel in kernels - watcher.used if kernel.differentiable and not kernel.refuses}
    assert not missing, f"in no case: {sorted(missing)}"


class Watcher:
    """A recorder that notes the primitives that it is told of."""

    def __init__(self) -> None:
        self.used: set[Any] = set()

    def _record(self, primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None:
        self.used.add(primitive)

    def _read_variable(self, variable: Any) -> None:
        pass


@cache
def subjects() -> list[Any]:
    """What each case is about: an op, or a class."""
    paths = (golden_gradients.subject(param.values[1].expression) for param in CASES)
    return [OPS["getitem"].function if path == "[]" else PATHS.get(path) for path in paths]


def ops_with_cases() -> set[str]:
    names = {id(entry.function): name for name, entry in OPS.items()}
    return {names[id(value)] for value in subjects() if id(value) in names}


def classes_with_cases() -> set[type]:
    return {value for value in subjects() if isinstance(value, type)}


# ---------------------------------------------------------------- what the cases run in


@cache
def goldens(path: Path) -> dict[str, Any]:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@cache
def session() -> Session:
    running = Session()
    running.run("import tensorflow as tf\nimport numpy as np", "prelude")
    return running


@cache
def tensorflow() -> Any:
    """tensorsh's `tf`."""
    return Namespace("tf")


def compiled(case: Case) -> Callable[..., Any]:
    """The case as a function of its inputs, in the language."""
    session().run(f"f = lambda {', '.join(case.inputs)}: {case.expression}", f"line {case.line}")
    return session().names["f"]


def refusal(case: Case, function: Callable[..., Any], dtype: str) -> str:
    tf = tensorflow()
    given = {n: tf.cast(tf.constant(v), dtype) if v.dtype.kind in "fc" else v for n, v in case.values(dtype).items()}
    try:
        function(**given)
    except Exception as error:
        return f"{type(error).__name__}: {error}".split("\n")[0]
    return "not any more"
