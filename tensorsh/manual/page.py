"""A page of help on a value of the language: an op, a class, a namespace, a function of the program's, a number."""

from __future__ import annotations

import difflib
import inspect
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from .. import surface
from ..ops import registry
from ..ops.namespace import Namespace, namespace_names
from ..runtime.dtypes import DType
from ..runtime.tensor import Tensor
from ..runtime.variable import Variable
from .docstrings import Parts, parts_of
from .glossary import OBJECTS, SETTINGS, TENSORS
from .probing import findings, in_words

WIDTH = 100
_NARROWEST = 24  # below it, columns of words are worse than lines that the terminal breaks
#: How an op with spread arguments also takes TensorFlow's keywords (`ops/arguments.py`).
_UNSHOWN = ("tf",)


class Page(NamedTuple):
    """What help says of a value; `text` and the reference show it each in its own way."""

    title: str
    parts: Parts
    arguments: list[tuple[str, str]] = []
    facts: list[tuple[str, str]] = []  # "dtypes", "gradient", "raises", "also" ...
    members: list[tuple[str, str]] = []  # of a class or namespace: its names, and a line on each
    verbatim: str = ""  # the help of a function of Python's or NumPy's, as they wrote it


def page(value: Any, evaluate: Callable[[str], Any]) -> Page:
    """The page on a value. `evaluate` runs the text of an example and returns its last value."""
    op = op_of(value)
    if op is not None:
        return _op_page(op, evaluate)
    if isinstance(value, Namespace):
        return Page(repr(value), parts_of(None), members=list(_namespace_members(value)))
    if isinstance(value, type) or callable(value):
        if _is_foreign(value):
            return Page(signature(value), parts_of(None), verbatim=inspect.getdoc(value) or "")
        return _class_page(value) if isinstance(value, type) else _function_page(value)
    kind = type(value)
    if isinstance(value, (Tensor, Variable)):
        name = "Tensor" if isinstance(value, Tensor) else "Variable"
        title = f"{name}: {value.dtype.name}, shape {tuple(value.shape)}"
        return Page(title, parts_of(kind), members=list(_members(kind)))
    parts = parts_of(None if _is_foreign(kind) else kind)
    return Page(f"{_name_of(kind)}: {value!r}", parts, members=list(_members(kind)))


def window_width(most: int = WIDTH) -> int:
    """The width of lines on standard output: the window's if it is one, and so many at the most."""
    return max(min(most, shutil.get_terminal_size().columns), _NARROWEST) if sys.stdout.isatty() else most


def overview(width: int = WIDTH) -> str:
    """What `help()` says: where things are, and how to ask about one."""
    names = ", ".join(sorted(name for name in namespace_names() if name.count(".") == 1))
    asking = (
        'help(square), help("tf.math.square") and, in the shell, square? show the page of an op, a class, a function '
        "of yours, or of what a name holds. help(tf.math) lists a namespace."
    )
    there = (
        "A program knows every op by its TensorFlow path (tf.math.square) and most by a short name (square); Python's "
        "own functions on numbers, lists and texts; `np`, the safe numeric part of NumPy; and `math`. Namespaces:"
    )
    return f"{textwrap.fill(asking, width)}\n\n{textwrap.fill(there, width)}\n{_wrapped(names, width)}"


def named(name: str) -> Any:
    """The value that a dotted name of the library stands for. Raises NameError, with a hint, if there is none."""
    index = registry.index()
    if name in index.short or name in index.unlisted:
        return registry.resolve(name)
    for path in (name, "tf." + name):
        if path in index.paths:
            return registry.at_path(path)
        if path in namespace_names():
            return Namespace(path)
    error: Any = NameError(f"help: there is nothing of the name {name!r}")
    paths = sorted([*index.paths, *namespace_names()], key=len)
    known = {path.rpartition(".")[2]: path for path in [*reversed(paths), *index.short]}
    last = name.rpartition(".")[2]
    close = [each for each in known if each.lower() == last.lower()] or difflib.get_close_matches(last, known, 1, 0.75)
    error.hint = f"did you mean {known[close[0]]}?" if close else "help() tells what there is"
    raise error


def op_of(value: Any) -> registry.Op | None:
    """The op whose function this is."""
    if not inspect.isfunction(value):
        return None
    # Not by its name: where TensorFlow has another op of that name, the registry has Keras's under a longer one.
    return next((op for op in registry.OPS.values() if op.function is value), None)


def text(page: Page, width: int = WIDTH) -> str:
    """The page as plain text, for a terminal of that width."""
    blocks = [page.title, *(_wrapped(said, width) for said in [page.parts.summary, *page.parts.prose] if said)]
    blocks += [_columns(rows, width) for rows in (page.arguments, page.facts, page.members) if rows]
    blocks += [textwrap.indent(page.verbatim, "  ")] if page.verbatim else []
    blocks += ["\n".join(_shown_example(*example) for example in page.parts.examples)] if page.parts.examples else []
    return "\n\n".join(blocks)


def signature(function: Any, name: str | None = None) -> str:
    """`name(parameters)` without annotations; dtypes and functions as a program writes them."""
    name = name or getattr(function, "__name__", "?")
    try:
        parameters = _signature(function).parameters.values()
    except (TypeError, ValueError):
        return f"{name}(...)"
    shown = [_plain(each) for each in parameters if each.name not in _UNSHOWN]
    return f"{name}{inspect.Signature(shown)}"


class _Written:
    """A default that shows as its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


def _plain(parameter: inspect.Parameter) -> inspect.Parameter:
    default = parameter.default
    written = _Written(default.__name__) if inspect.isfunction(default) else default
    return parameter.replace(annotation=inspect.Parameter.empty, default=written)


def summary_line(value: Any) -> str:
    """The first sentence of a value's help, on one line."""
    if isinstance(value, (DType, Namespace)) or not (callable(value) or isinstance(value, type)):
        return repr(value) if isinstance(value, (int, float, str, DType)) else ""
    summary = parts_of(value).summary
    return summary.partition(". ")[0].rstrip(".")


def _op_page(op: registry.Op, evaluate: Callable[[str], Any]) -> Page:
    parameters = _parameters(op.function)
    parts = parts_of(op.function, parameters)
    names = list(dict.fromkeys(filter(None, [op.short, *("tf." + path for path in op.paths)])))
    title, *others = names or [op.name]
    found = findings(op, evaluate)
    facts = [("dtypes", "; ".join(f"{arg}: {in_words(d)}" for arg, d in found.dtypes.items()))] if found.dtypes else []
    through = f", for {' and '.join(found.gradients)}" if found.gradients else ""
    facts.append(("gradient", f"of any order{through}" if through or op.samples else "none"))
    facts += [("raises", " ".join(s.removeprefix("Raises ") for s in parts.raises))] if parts.raises else []
    facts += [("operator", " ".join(op.operators))] if op.operators else []
    facts += [("also", ", ".join(others))] if others else []
    return Page(signature(op.function, title), parts, _arguments(parameters, parts), facts)


def _arguments(parameters: Iterable[str], parts: Parts) -> list[tuple[str, str]]:
    return [(name, described(name, parts)) for name in parameters]


def described(name: str, parts: Parts) -> str:
    """What is said of an argument: by the op itself, else by the glossary; empty if by neither."""
    return parts.arguments.get(name) or TENSORS.get(name) or SETTINGS.get(name) or ""


def _class_page(kind: type) -> Page:
    parameters = _parameters(kind)
    parts = parts_of(kind, parameters)
    others = [path for path in _names_of(kind) if path != _name_of(kind)]
    facts = [("also", ", ".join(others))] if others else []
    if kind.__module__.startswith("keras."):
        parts = parts._replace(arguments={**OBJECTS, **parts.arguments})
    arguments = [row for row in _arguments(parameters, parts) if row[1]]
    return Page(signature(kind, _name_of(kind)), parts, arguments, facts, list(_members(kind)))


def _names_of(kind: type) -> list[str]:
    """The names by which a program knows a class, the shortest first."""
    tables = (registry.SHORT, registry.PATHS)
    return [name for table in tables for name, value in table.items() if value is kind]


def _is_foreign(value: Any) -> bool:
    """Whether a class or function is Python's or NumPy's, whose help has a style of its own."""
    return (getattr(value, "__module__", None) or "builtins").partition(".")[0] in ("builtins", "math", "numpy")


def _name_of(kind: type) -> str:
    return next(iter(_names_of(kind)), kind.__name__)


def _function_page(function: Any) -> Page:
    parameters = _parameters(function)
    parts = parts_of(function, parameters)
    arguments = [row for row in _arguments(parameters, parts) if row[0] in parts.arguments]
    return Page(signature(function), parts, arguments)


def _parameters(function: Any) -> list[str]:
    try:
        return [name for name in _signature(function).parameters if name not in _UNSHOWN]
    except (TypeError, ValueError):
        return []


def _signature(function: Any) -> inspect.Signature:
    """How it is called; a class as its `__init__` says, whatever its metaclass does before."""
    made = getattr(function, "__init__", None)
    if not isinstance(function, type) or not inspect.isfunction(made) or _tells_its_signature(function):
        return inspect.signature(function)
    whole = inspect.signature(made)
    return whole.replace(parameters=list(whole.parameters.values())[1:])


def _tells_its_signature(kind: type) -> bool:
    """Whether a class has a `__signature__`, and no `__init__` nearer than that."""
    nearest: type = next((cls for cls in kind.__mro__ if {"__signature__", "__init__"} & vars(cls).keys()), kind)
    return "__signature__" in vars(nearest)


def _members(kind: type) -> Iterable[tuple[str, str]]:
    for name in surface.public_names(kind):
        own = (vars(base)[name] for base in kind.__mro__ if name in vars(base))
        lines = (summary_line(getattr(member, "__func__", member)) for member in own if member is not None)
        yield name, next(filter(None, lines), "")  # what says nothing does what it does in a base


def _namespace_members(namespace: Namespace) -> Iterable[tuple[str, str]]:
    for name in dir(namespace):
        value = getattr(namespace, name)
        yield name, "a namespace" if isinstance(value, Namespace) else summary_line(value)


def _wrapped(paragraph: str, width: int) -> str:
    return textwrap.fill(paragraph, width, initial_indent="  ", subsequent_indent="  ")


def _columns(rows: list[tuple[str, str]], width: int) -> str:
    first = min(max(len(name) for name, _ in rows), 28, width // 3)
    lines = []
    for name, said in rows:
        body = textwrap.wrap(said, width - first - 4) or [""]
        if len(name) > first:
            body.insert(0, "")
        lines.append(f"  {name:{first}}  {body[0]}".rstrip())
        lines += [" " * (first + 4) + line for line in body[1:]]
    return "\n".join(lines)


def _shown_example(program: str, output: str) -> str:
    first, *rest = program.rstrip("\n").split("\n")
    prompts = [">>> " + first, *("... " + line for line in rest)]
    return "\n".join("  " + line for line in [*prompts, *output.split("\n")] if line)
