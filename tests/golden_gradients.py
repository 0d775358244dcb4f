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
  dtype real inputs are turned to (0.75 + 0.5i) times themselves; `[1 + 2j, 0.5]` are complex as they stand.
- `some(2, 3)` are 6 numbers between -2 and 2, no two of them equal (up to 32), other ones under another name;
  `positive` are between 0 and 2, `spd(..., n, n)` symmetric positive definite matrices, `empty(0, 3)` no numbers.
- A case starts with the random seed 1.
- A comment `#:` behind a case restricts its dtypes, or says where TensorFlow is not followed and why; on a line of its
  own it does so for all cases up to the next such line:

    tf.linalg.cholesky(x)        #: float32 float64
    tf.math.cumprod(x)           #: TensorFlow is wrong (complex first, complex second): it forgets to conjugate
    tf.linalg.lstsq(x, y)        #: real; TensorFlow is wrong (first): it raises ValueError
    #: real

  What is said to be wrong is compared with finite differences instead, in float64 and complex128; `real`, `complex` and
  `narrow` (of 16 bits) stand for several dtypes.

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
from dataclasses import dataclass
from typing import Any

import numpy as np

WIDE = ("float64", "complex128")
GROUPS = {
    "real": ("float64", "float32", "float16", "bfloat16"),
    "complex": ("complex128", "complex64"),
    "narrow": ("float16", "bfloat16"),
}
NARROW = {"float32": "float64", "float16": "float64", "bfloat16": "float64", "complex64": "complex128"}
DTYPES = (*WIDE, *NARROW)

#: Relative to the entry, or to a tenth of the largest entry of the gradient or of the cotangents (1). The 16-bit dtypes
#: round every step of a computation to 11 and to 8 bits: relative to the largest as a whole.
TOLERANCE = {
    "float64": 1e-10,
    "float32": 1e-5,
    "complex128": 1e-10,
    "complex64": 1e-5,
    "float16": 2e-2,
    "bfloat16": 6e-2,
}
_DIGITS = {"float64": 12, "complex128": 12, "float32": 8, "complex64": 8, "float16": 5, "bfloat16": 4}


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
    wrong: frozenset[tuple[str, str]] = frozenset()  # (dtype, order) in which TensorFlow is not followed

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
    remark = ""
    for node in tree.body:
        between = lines[previous_end : node.lineno - 1]
        if any(not line.strip() for line in between):
            known = {}
        remark = next((line[2:] for line in reversed(between) if line.startswith("#:")), remark)
        previous_end = node.end_lineno or node.lineno
        source = ast.get_source_segment(text, node) or ""
        where = f"{name}:{node.lineno}"
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            target = node.targets[0].id
            known[target] = (source, _array(target, ast.unparse(node.value), where))
        elif isinstance(node, ast.Expr):
            case = _case(node, source, known, where)
            own = lines[previous_end - 1].partition("#:")[2]
            for said in filter(None, f"{remark};{own}".split(";")):
                _restrict(case, said.strip(), where)
            cases.append(case)
        else:
            raise CaseError(f"{where}: neither an input nor an expression")
    keys = [case.text for case in cases]
    for case in cases:
        if keys.count(case.text) > 1:
            raise CaseError(f"{name}:{case.line}: twice in this file: {case.text}")
    return cases


def _case(node: ast.Expr, source: str, known: dict[str, tuple[str, Any]], where: str) -> Case:
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    inputs = {name: value for name, (_, value) in known.items() if name in used}
    text = "; ".join([known[name][0] for name in inputs] + [source])
    case = Case(source, inputs, re.sub(r"\s+", " ", text), node.lineno)
    if not case.differentiated:
        raise CaseError(f"{where}: nothing to differentiate")
    if any(value.dtype.kind == "c" for value in inputs.values()):
        case.dtypes = GROUPS["complex"]
    return case


def subject(expression: str) -> str | None:
    """What a case is about: the path, below tf, of what is called, called further or taken apart; "[]" for a slice."""
    node = ast.parse(expression, mode="eval").body
    while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Call) and re.fullmatch(r"tf(\.\w+)+", ast.unparse(node.func)):
            return ast.unparse(node.func)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            return "[]"
        node = node.func if isinstance(node, ast.Call) else node.value
    return None


def _restrict(case: Case, remark: str, where: str) -> None:
    """Heed a remark behind a case."""
    wrong = re.fullmatch(r"TensorFlow is wrong \((?P<parts>[a-z0-9, ]+)\): .+", remark)
    if wrong is None:
        allowed = _named(remark.split(), where)
        case.dtypes = tuple(dtype for dtype in case.dtypes if dtype in allowed)
        return
    for part in wrong["parts"].split(", "):
        words = part.split()
        orders = [order for order in ("first", "second") if order in words] or ["first", "second"]
        dtypes = _named([word for word in words if word not in ("first", "second")], where) or DTYPES
        case.wrong |= {(dtype, order) for dtype in dtypes for order in orders}


def _named(words: list[str], where: str) -> tuple[str, ...]:
    """The dtypes that a list of dtypes and groups names."""
    for word in words:
        if word not in DTYPES and word not in GROUPS:
            raise CaseError(f"{where}: {word!r} is no dtype")
    return tuple(dtype for word in words for dtype in GROUPS.get(word, (word,)))


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
    given = tensors(tf, case, dtype)
    sources = [given[name] for name in case.differentiated]
    tf.random.set_seed(1)
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
        summed = [_dense(tf, g, source) for g, source in zip(first, sources)]
    derivatives: Derivatives = {"first": [entries(tf, g, s) for g, s in zip(first, summed)]}
    reached = [g for g in summed if g is not None]
    if not reached:
        return derivatives
    try:
        weights = [spread(tf, g, 2) for g in reached]
        second = outer.gradient(reached, sources + cotangents, output_gradients=weights)
        points = zip(second, sources + cotangents)
        derivatives["second"] = [entries(tf, g, _dense(tf, g, point)) for g, point in points]
    except Exception as error:
        derivatives["second"] = {"error": type(error).__name__}
    return derivatives


def _dense(tf: Any, gradient: Any, source: Any) -> Any:
    """A gradient with slices summed into place. Raises AssertionError unless it has the source's shape and dtype."""
    if gradient is None:
        return None
    tensor = tf.convert_to_tensor(gradient)
    assert tensor.shape == source.shape and tensor.dtype == source.dtype, f"{tensor} for {source}"
    return tensor


def tensors(tf: Any, case: Case, dtype: str) -> dict[str, Any]:
    """The case's inputs in a dtype."""
    return {
        name: tf.cast(tf.constant(value), dtype) if value.dtype.kind in "fc" else tf.constant(value)
        for name, value in case.values(dtype).items()
    }


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
        same = wide in found and not differing(found[wide], derivatives, dtype, strictness=5.0)
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


def differing(wanted: Derivatives, got: Derivatives, dtype: str, strictness: float = 1.0) -> list[tuple[str, int]]:
    """(order, position) of each derivative that is not as wanted; the position is -1 where one of them is an error.

    Whether the gradient by a cotangent is kept as IndexedSlices is not compared.
    """
    differences = []
    for order in ("first", "second"):
        a, b = wanted.get(order, []), got.get(order, [])
        if isinstance(a, dict) or isinstance(b, dict) or len(a) != len(b):
            if a != b:
                differences.append((order, -1))
        else:
            sources = len(first) if isinstance(first := wanted.get("first", []), list) else 0
            for i, (x, y) in enumerate(zip(a, b)):
                same_kind = isinstance(x, dict) == isinstance(y, dict) or i >= sources
                if not (same_kind and close(x, y, dtype, strictness)):
                    differences.append((order, i))
    return differences


def close(wanted: Any, got: Any, dtype: str, strictness: float = 1.0) -> bool:
    """Whether the entries of two gradients agree; `nan` agrees with `nan`."""
    wanted, got = (g["slices"] if isinstance(g, dict) else g for g in (wanted, got))
    if not isinstance(wanted, list) or not isinstance(got, list):
        return wanted is None and got is None
    if len(wanted) != len(got):
        return False
    a, b = np.asarray(wanted, np.float64), np.asarray(got, np.float64)
    finite = np.abs(a[np.isfinite(a)])
    largest = finite.max(initial=1.0) * (1.0 if dtype in GROUPS["narrow"] else 0.1)
    allowed = TOLERANCE[dtype] / strictness * np.maximum(np.abs(a), largest)
    with np.errstate(invalid="ignore"):
        near = np.isfinite(a) & (np.abs(a - b) <= allowed)
        return bool(np.all((a == b) | (np.isnan(a) & np.isnan(b)) | near))
