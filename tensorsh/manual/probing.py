"""What an op takes, found by trying: its own example, with an argument cast to each dtype in turn, and under a tape.

No op lists its dtypes a second time for its help page, and what the page says cannot go stale.
"""

from __future__ import annotations

import ast
import inspect
import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import partial
from typing import Any, NamedTuple

from ..ops.registry import Op, ops
from ..runtime import files, local, nest, notices, random, tape
from ..runtime.dtypes import as_dtype
from ..runtime.gradient_tape import GradientTape
from ..runtime.tensor import Tensor, as_tensor
from .docstrings import examples_in
from .glossary import SETTINGS

_FLOATS = "bfloat16 float16 float32 float64".split()
_INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
_COMPLEX = "complex64 complex128".split()
_DTYPES = [*_FLOATS, *_INTEGERS, *_COMPLEX, "bool", "string"]
#: An example larger than this is not tried sixteen times over.
_LARGEST = 10_000


class Findings(NamedTuple):
    """What was found out about an op."""

    dtypes: dict[str, list[str]]  # of each tensor argument; "x, y" for two that must agree
    gradients: list[str]  # the arguments through which a gradient flows


def findings(op: Op, evaluate: Callable[[str], Any]) -> Findings:
    """Try the op's own examples.

    evaluate: runs program text and returns the value of its last expression, in names of its own.
    """
    with _apart():
        for bound in _calls(op, evaluate):
            tensors = [name for name, value in bound.arguments.items() if _is_numeric(name, value)]
            if tensors and all(_size(bound.arguments[name]) <= _LARGEST for name in tensors):
                as_they_are = _with(bound, {name: as_tensor(bound.arguments[name]) for name in tensors})
                if _runs(op, as_they_are):
                    bound = as_they_are
                dtypes = _dtypes(op, bound, tensors)
                return Findings(dtypes, _gradients(op, bound, tensors, dtypes))
    return Findings({}, [])


@contextmanager
def _apart() -> Iterator[None]:
    """A block that shows nothing, whose ops no tape records, and which draws no random numbers of the program's.

    Nor does it touch a file, whatever an example says.
    """
    state, mine, gate = random.state, local.current, files.current
    files.current = files.NoFiles()
    notices.set_sink(lambda line: None)
    try:
        with tape.only(), redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        notices.set_sink(None)
        random.state, local.current, files.current = state, mine, gate


def _dtypes(op: Op, bound: inspect.BoundArguments, tensors: list[str]) -> dict[str, list[str]]:
    found = {name: _accepted(op, bound, [name]) for name in tensors}
    stuck: dict[str, list[str]] = {}  # arguments that cannot change alone, by the dtype that they have in common
    for name, taken in found.items():
        if len(taken) <= 1:
            stuck.setdefault(as_tensor(bound.arguments[name]).dtype.name, []).append(name)
    for names in stuck.values():
        together = _accepted(op, bound, names)
        if len(names) > 1 and len(together) > 1:
            found = {", ".join(names): together} | {n: taken for n, taken in found.items() if n not in names}
    return {names: taken for names, taken in found.items() if taken}


def _gradients(op: Op, bound: inspect.BoundArguments, tensors: list[str], dtypes: dict[str, list[str]]) -> list[str]:
    """The arguments through which a gradient flows, all that may be float32 being float32."""
    floats = {name for names, taken in dtypes.items() if "float32" in taken for name in names.split(", ")}
    watched = {name: _cast(bound.arguments[name], "float32") for name in tensors if name in floats}
    try:
        with GradientTape() as recorder:
            recorder.watch(list(watched.values()))
            call = _with(bound, watched)
            result = [y for y in nest.flatten(op.function(*call.args, **call.kwargs)) if isinstance(y, Tensor)]
        grads = recorder.gradient(result, list(watched.values()))
    except Exception:
        return []
    return [name for name, g in zip(watched, grads) if g is not None]


def in_words(dtypes: list[str]) -> str:
    """A list of dtypes as a person would say it."""
    rest, words = list(dtypes), []
    for group, word in ((_FLOATS, "floating point"), (_INTEGERS, "integers"), (_COMPLEX, "complex")):
        if all(name in rest for name in group):
            words.append(word)
            rest = [name for name in rest if name not in group]
    return ", ".join([*words, *rest])


def _calls(op: Op, evaluate: Callable[[str], Any]) -> Iterator[inspect.BoundArguments]:
    """The calls of the op in its examples that stand for themselves."""
    names = {op.short, op.name, *("tf." + path for path in op.paths)}
    signature = inspect.signature(op.function)
    before = ""
    for program, _ in examples_in(op.function.__doc__ or ""):
        for node in ast.walk(_tree(program)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                try:
                    yield _evaluated(signature, node, partial(_after, before, evaluate))
                except Exception:
                    continue  # an argument that is a name of a comprehension or of a lambda, say
        before += program


def _tree(program: str) -> ast.AST:
    """The program as Python reads it; nothing where it is more than Python, as `x |> f` is."""
    try:
        return ast.parse(program)
    except SyntaxError:
        return ast.Module([], [])


def _after(before: str, evaluate: Callable[[str], Any], text: str) -> Any:
    return evaluate(before + text + "\n")


def _evaluated(signature: inspect.Signature, node: ast.Call, evaluate: Callable[[str], Any]) -> inspect.BoundArguments:
    def value(node: ast.expr) -> Any:
        try:
            return ast.literal_eval(node)  # what stands before in the example is not run for a mere literal
        except ValueError:
            return evaluate(ast.unparse(node))

    args: list[Any] = []
    for arg in node.args:
        if isinstance(arg, ast.Starred):
            args.extend(value(arg.value))
        else:
            args.append(value(arg))
    return signature.bind(*args, **{word.arg: value(word.value) for word in node.keywords if word.arg})


def _is_numeric(name: str, value: Any) -> bool:
    """Whether an argument is a tensor or stands for one, by its name and its value."""
    if name in SETTINGS or isinstance(value, (str, bool, dict)) or callable(value) or value is None:
        return False
    try:
        as_tensor(value)
    except Exception:
        return False
    return True


def _size(value: Any) -> int:
    return int(as_tensor(value)._array.size)


def _accepted(op: Op, bound: inspect.BoundArguments, names: list[str]) -> list[str]:
    def accepts(dtype: str) -> bool:
        return _runs(op, bound, lambda: {name: _cast(bound.arguments[name], dtype) for name in names})

    return list(filter(accepts, _DTYPES))


def _runs(op: Op, bound: inspect.BoundArguments, changes: Callable[[], dict[str, Any]] = dict) -> bool:
    try:
        call = _with(bound, changes())
        op.function(*call.args, **call.kwargs)
    except Exception:
        return False
    return True


def _with(bound: inspect.BoundArguments, changes: dict[str, Any]) -> inspect.BoundArguments:
    return inspect.BoundArguments(bound.signature, {**bound.arguments, **changes})


def _cast(value: Any, dtype: str) -> Tensor:
    tensor = as_tensor(value)
    if dtype == "string" and tensor.dtype.name != "string":
        return ops.fill(tensor.shape, "text")
    return tensor if tensor.dtype is as_dtype(dtype) else ops.cast(tensor, dtype)
