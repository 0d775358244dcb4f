"""Golden gradients: how a file of cases in `tests/gradients/` is read, and how a case is differentiated.

A file of cases is text that is valid both as Python with TensorFlow and as tensorsh:

    # max: ties share the gradient evenly
    x = [[1., 3., 3.], [2., 2., 0.]]
    tf.reduce_max(x, 1)
    tf.reduce_max(x, [-1, 0], keepdims=True)

- An expression is a case. Its inputs are the names in it; a blank line forgets all names. An input with floats is
  differentiated, in every dtype that TensorFlow takes for it; one of ints is an int32 constant, unless it is written
  as int64([...]).
- Inputs are short binary fractions, exact in bfloat16 too, so that every dtype sees the same numbers. In a complex
  dtype real inputs are turned to (0.75 + 0.5i) times themselves; `conj(...)`, `1 + 2j` and such write others.
- `some(2, 3)` are 6 numbers between -2 and 2, no two of them equal (up to 32), other ones under another name;
  `positive` are between 0 and 2, `spd(..., n, n)` symmetric positive definite matrices, `empty(0, 3)` no numbers.
- A comment `#:` behind a case restricts it, or says where TensorFlow is not followed and why:

    tf.linalg.cholesky(x)        #: float32 float64
    tf.f(x)                      #: TensorFlow is wrong (second): it takes the mean for a constant

  What is said to be wrong is compared with finite differences instead.

`scripts/oracle tests/gradients/NAME.txt` writes NAME.json beside it: for each case and dtype TensorFlow's gradients
by every input under fixed, uneven cotangents (`first`), and the gradients by every input and every cotangent of a
fixed, uneven weighting of those (`second`). A gradient is the list of its entries, complex ones as pairs; null is
None; {"slices": [...]} IndexedSlices, summed into place; {"error": "LookupError"} what is raised instead. A dtype
whose gradients are those of float64 (or complex128) but for rounding has the name of that dtype in their place; a
dtype that is missing is one that TensorFlow refuses.

This module knows neither TensorFlow nor tensorsh: the oracle and the tests give it theirs as `tf`, so that both
run the same derivation.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

WIDE = ("float64", "complex128")
NARROW = {"float32": "float64", "float16": "float64", "bfloat16": "float64", "complex64": "complex128"}
DTYPES = (*WIDE, *NARROW)

#: Relative to the entry, and to a hundredth of the largest entry of the gradient. The 16-bit dtypes round every
#: step of a computation to 11 and to 8 bits.
TOLERANCE = {"float64": 1e-10, "complex128": 1e-10, "float32": 1e-5, "complex64": 1e-5, "float16": 2e-2, "bfloat16": 0.1}
_DIGITS = {"float64": 13, "complex128": 13, "float32": 8, "complex64": 8, "float16": 5, "bfloat16": 4}


class CaseError(Exception):
    """A file of cases that cannot be read; says where and why."""


@dataclass
class Case:
    """One expression and its inputs."""

    expression: str
    inputs: dict[str, Any]  # arrays of float64, complex128, int32 or int64
    text: str  # inputs and expression, as they are written
    line: int
    dtypes: tuple[str, ...] = DTYPES
    wrong: dict[str, str] = field(default_factory=dict)  # order -> why TensorFlow is not followed

    @property
    def differentiated(self) -> list[str]:
        return [name for name, value in self.inputs.items() if value.dtype.kind in "fc"]

    def values(self, dtype: str) -> dict[str, Any]:
        """The inputs as they are in that dtype; narrow ones are still to be cast."""
        turn = 0.75 + 0.5j if dtype.startswith("complex") else 1.0
        return {name: value * turn if value.dtype.kind == "f" else value for name, value in self.inputs.items()}


# ---------------------------------------------------------------- files of cases


def read(text: str, name: str = "cases") -> list[Case]:
    """The cases of a file, in order. Raises CaseError."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise CaseError(f"{name}:{error.lineno}: not valid Python: {error.msg}") from None
    lines = text.splitlines()
    cases: list[Case] = []
    known: dict[str, tuple[str, Any]] = {}
    previous_end = 0
    for node in tree.body:
        if any(not line.strip() for line in lines[previous_end : node.lineno - 1]):
            known = {}
        previous_end = node.end_lineno or node.lineno
        source = ast.get_source_segment(text, node) or ""
        where = f"{name}:{node.lineno}"
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            target = node.targets[0].id
            known[target] = (source, _array(target, ast.unparse(node.value), where))
        elif isinstance(node, ast.Expr):
            cases.append(_case(node, source, known, lines[previous_end - 1], where))
        else:
            raise CaseError(f"{where}: neither an input nor an expression")
    keys = [case.text for case in cases]
    for case in cases:
        if keys.count(case.text) > 1:
            raise CaseError(f"{name}:{case.line}: twice in this file: {case.text}")
    return cases


def _case(node: ast.Expr, source: str, known: dict[str, tuple[str, Any]], last_line: str, where: str) -> Case:
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    inputs = {name: value for name, (_, value) in known.items() if name in used}
    text = "; ".join([known[name][0] for name in inputs] + [source])
    case = Case(source, inputs, re.sub(r"\s+", " ", text), node.lineno)
    if not case.differentiated:
        raise CaseError(f"{where}: nothing to differentiate")
    if any(value.dtype.kind == "c" for value in inputs.values()):
        case.dtypes = ("complex128", "complex64")
    _, marked, remark = last_line.partition("#:")
    if marked:
        wrong = re.fullmatch(r"TensorFlow is wrong \(([a-z, ]+)\): (.+)", remark.strip())
        if wrong:
            case.wrong = {order: wrong[2] for order in wrong[1].split(", ")}
        elif set(remark.split()) <= set(DTYPES):
            case.dtypes = tuple(remark.split())
        else:
            raise CaseError(f"{where}: what is {remark.strip()!r}?")
    return case


def _array(target: str, source: str, where: str) -> Any:
    try:
        value = np.asarray(eval(source, _helpers(target)))
    except Exception as error:
        raise CaseError(f"{where}: {error}") from None
    if value.dtype == np.int64 and not source.startswith("int64("):
        value = value.astype(np.int32)
    return value


def _helpers(target: str) -> dict[str, Any]:
    """What an input may be written with; the draws of each name are its own."""
    draws = np.random.RandomState([ord(letter) for letter in target])

    def some(*shape: int) -> Any:
        rounds = [draws.permutation(32) for _ in range(math.prod(shape) // 32 + 1)]
        return (np.concatenate(rounds)[: math.prod(shape)].reshape(shape) * 2 - 31) / 16

    def spd(*shape: int) -> Any:
        a = draws.randint(-2, 3, shape) / 2
        return a @ np.swapaxes(a, -1, -2) + 2 * np.eye(shape[-1])

    return {
        "some": some,
        "positive": lambda *shape: np.abs(some(*shape)),
        "small": lambda *shape: some(*shape) / 2,
        "spd": spd,
        "empty": lambda *shape: np.zeros(shape),
        "int64": lambda values: np.asarray(values, np.int64),
        "array": np.asarray,
        "inf": math.inf,
        "nan": math.nan,
        "__builtins__": {},
    }


# ---------------------------------------------------------------- differentiating


Derivatives = dict[str, Any]  # {"first": [...], "second": [...]}, as the golden files have them


def derive(tf: Any, case: Case, function: Callable[..., Any], dtype: str) -> Derivatives | None:
    """The case's first and second derivatives; None if the dtype is refused."""
    given = {
        name: tf.cast(tf.constant(value), dtype) if value.dtype.kind in "fc" else tf.constant(value)
        for name, value in case.values(dtype).items()
    }
    sources = [given[name] for name in case.differentiated]
    with tf.GradientTape() as outer:
        outer.watch(sources)
        with tf.GradientTape() as inner:
            inner.watch(sources)
            try:
                result = function(**given)
            except Exception:
                return None
        targets = [y for y in tf.nest.flatten(result) if has_gradient(y)]
        cotangents = [spread(tf, y, 1) for y in targets]
        outer.watch(cotangents)
        try:
            first = inner.gradient(targets, sources, output_gradients=cotangents)
        except Exception as error:
            return {"first": {"error": type(error).__name__}}
        summed = [None if g is None else tf.convert_to_tensor(g) for g in first]
    derivatives: Derivatives = {"first": [entries(tf, g, s) for g, s in zip(first, summed)]}
    reached = [g for g in summed if g is not None]
    if not reached:
        return derivatives
    try:
        weights = [spread(tf, g, 2) for g in reached]
        second = outer.gradient(reached, sources + cotangents, output_gradients=weights)
        derivatives["second"] = [entries(tf, g, None if g is None else tf.convert_to_tensor(g)) for g in second]
    except Exception as error:
        derivatives["second"] = {"error": type(error).__name__}
    return derivatives


def has_gradient(y: Any) -> bool:
    return hasattr(y, "dtype") and (y.dtype.is_floating or y.dtype.is_complex)


def spread(tf: Any, like: Any, start: int) -> Any:
    """Uneven numbers of either sign in the shape and dtype of a tensor: its fixed cotangent."""
    count = math.prod(like.shape)
    values = np.resize(_UNEVEN, count + start)[start:].reshape(tuple(like.shape))
    if like.dtype.is_complex:
        values = values + 1j * np.resize(_UNEVEN, count + start + 3)[start + 3 :].reshape(tuple(like.shape))
    return tf.cast(tf.constant(values), like.dtype)


_UNEVEN = np.array([1.0, -0.5, 1.75, 0.625, -1.25, 0.875, 1.5])


def entries(tf: Any, gradient: Any, summed: Any) -> Any:
    """A gradient as the golden files have it."""
    if gradient is None:
        return None
    digits = _DIGITS[summed.dtype.name]
    wide = tf.cast(summed, "complex128" if summed.dtype.is_complex else "float64").numpy().reshape(-1)
    flat = wide.view(np.float64) if summed.dtype.is_complex else wide
    rounded = [_short(value, digits) for value in flat.tolist()]
    return {"slices": rounded} if gradient is not summed and type(gradient).__name__ == "IndexedSlices" else rounded


def _short(value: float, digits: int) -> float | int:
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e6 else rounded


# ---------------------------------------------------------------- golden files


def golden(tf: Any, case: Case, function: Callable[..., Any]) -> dict[str, Any]:
    """What the oracle keeps of a case."""
    found: dict[str, Any] = {}
    for dtype in case.dtypes:
        derivatives = derive(tf, case, function, dtype)
        if derivatives is None:
            continue
        wide = NARROW.get(dtype)
        same = wide in found and not differing(found[wide], derivatives, TOLERANCE[dtype] / 5)
        found[dtype] = wide if same else derivatives
    return found


def write(outputs: dict[str, dict[str, Any]]) -> str:
    """A golden file: a line for each case and dtype."""
    parts = []
    for text, found in outputs.items():
        rows = [f"  {json.dumps(dtype)}: {json.dumps(value, separators=(',', ':'))}" for dtype, value in found.items()]
        parts.append(json.dumps(text, ensure_ascii=False) + ": {\n" + ",\n".join(rows) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def expected(found: dict[str, Any], dtype: str) -> Derivatives:
    """The derivatives that a golden file has for a dtype."""
    kept = found[dtype]
    return found[kept] if isinstance(kept, str) else kept


def differing(wanted: Derivatives, got: Derivatives, tolerance: float) -> list[tuple[str, int]]:
    """(order, position) of each derivative that is not as wanted; the position is -1 where one of them is an error."""
    differences = []
    for order in ("first", "second"):
        a, b = wanted.get(order, []), got.get(order, [])
        if isinstance(a, dict) or isinstance(b, dict) or len(a) != len(b):
            if a != b:
                differences.append((order, -1))
        else:
            differences += [(order, i) for i, (x, y) in enumerate(zip(a, b)) if not close(x, y, tolerance)]
    return differences


def close(wanted: Any, got: Any, tolerance: float) -> bool:
    """Whether two gradients agree; `nan` agrees with `nan`."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        wanted, got = wanted["slices"], got["slices"]
    if not isinstance(wanted, list) or not isinstance(got, list):
        return wanted is None and got is None
    if len(wanted) != len(got):
        return False
    a, b = np.asarray(wanted, np.float64), np.asarray(got, np.float64)
    finite = np.abs(a[np.isfinite(a)])
    allowed = tolerance * np.maximum(np.abs(a), 0.01 * finite.max(initial=0.0))
    with np.errstate(invalid="ignore"):
        return bool(np.all((a == b) | (np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= allowed)))
