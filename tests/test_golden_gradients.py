"""Every gradient, first and second order, in every dtype, is TensorFlow's: see `tests/golden_gradients.py`.

The expected numbers are TensorFlow's, written by `scripts/oracle`. What TensorFlow gets wrong is compared with
finite differences instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tensorsh.ops.namespace import Namespace
from tensorsh.session import Session
from tests import golden_gradients
from tests.golden_gradients import TOLERANCE, Case

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
    failures = []
    for dtype in found:
        wanted = golden_gradients.expected(found, dtype)
        got = golden_gradients.derive(tensorflow(), case, function, dtype)
        if got is None:
            failures.append(f"  {dtype}: refused: {refusal(case, function, dtype)}")
            continue
        for order, i in golden_gradients.differing(wanted, got, TOLERANCE[dtype]):
            if order not in case.wrong:
                failures.append(described(case, dtype, order, i, wanted.get(order), got.get(order)))
    if failures:
        pytest.fail("\n".join([f"{path.name}:{case.line}: {case.text}", *failures]), pytrace=False)


def described(case: Case, dtype: str, order: str, i: int, wanted: Any, got: Any) -> str:
    if i >= 0:
        wanted, got = wanted[i], got[i]
    names = case.differentiated
    by = "" if i < 0 else f" by {names[i]}" if i < len(names) else f" by the cotangent of result {i - len(names)}"
    return f"  {dtype}, {order} order{by}:\n    TensorFlow {wanted}\n    tensorsh   {got}"


# ---------------------------------------------------------------- what the cases run in


@cache
def goldens(path: Path) -> dict[str, Any]:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@cache
def session() -> Session:
    running = Session()
    running.run("import tensorflow as tf", "prelude")
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
