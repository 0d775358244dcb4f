"""What the compiler adds to Python: the pipe, the echo, checked attributes, imports, private names."""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
from types import CodeType, ModuleType
from typing import Any

import pytest

from tensorsh.language.compiler import compile_chunk
from tensorsh.language.program import compile_program
from tensorsh.language.source import Source, TensorshSyntaxError, Unit
from tests.language.oracle import EVERY_NAME, our_tree, python_tree


def compiled(text: str, plain: frozenset[str] = frozenset()) -> list[Unit]:
    return compile_program(Source("test", text), plain, fingerprint=b"uncached" + repr(plain).encode())


class Run:
    """Runs a program with services that write down what they are asked."""

    def __init__(self, text: str, plain: frozenset[str] = frozenset(), **names: Any) -> None:
        self.shown: list[Any] = []
        self.asked: list[Any] = []
        services = {
            "@echo": self.shown.append,
            "@attr": self.attribute,
            "@import": lambda module, alias: self.asked.append((module, alias)) or f"module {module}",
            "@import_from": lambda module, name: self.asked.append((module, name)) or f"{module}:{name}",
        }
        self.names: dict[str, Any] = {"__builtins__": {**vars(builtins), **services, **names}}
        for unit in compiled(text, plain):
            exec(unit.code, self.names)

    def attribute(self, value: Any, name: str) -> Any:
        self.asked.append(name)
        return getattr(value, name)


# The pipe

PIPES = {
    "[3, 1, 2] |> sorted |> tuple": (1, 2, 3),
    "[1, 2] |> sum(10)": 13,
    "[3, 1] |> sorted(reverse=True)": [3, 1],
    "2 + 3 |> str": "5",
    "1 < 2 |> str": "True",
    "not 1 |> str": "False",
    "1 if 0 else 2 |> str": "2",
    "(1 if 1 else 2 |> str)": "1",
    "[1 |> str, 2 |> str]": ["1", "2"],
    "{1 |> str: 2 |> str}": {"1": "2"},
    "max(3 |> float, 4)": 4,
    "3 |> (lambda y: y + 1)": 4,
    "3 |> lambda y: y + 1": 4,
    "3 |> lambda y: y |> str": "3",
    "(lambda x: x |> str)(3)": "3",
    "'a,b' |> str.split(',')": ["a", "b"],
    "2 |> [str, float][1]": 2.0,
    "2 |> (str if 1 else float)": "2",
    "1 |> (lambda n: lambda x, y: (n, x, y))(0)(2)": (0, 1, 2),
    "[y |> str for y in [3, 1] |> sorted |> reversed if y]": ["3", "1"],
    "f'{1.5 |> int:>3}'": "  1",
    "[[1, 2], [3]] |> sum([])": [1, 2, 3],
}


@pytest.mark.parametrize("text", PIPES)
def test_pipe(text: str) -> None:
    assert Run(f"x = {text}").names["x"] == PIPES[text]


# The echo


def test_the_value_of_a_top_level_expression_is_echoed_unless_a_semicolon_ends_its_line() -> None:
    text = """
        1; 2
        3;
        'a'
        'b';
        x = 4; x
        if x: 5
        for i in range(2): i
        def f(): 6; return 7
        f()
        (8, 9); 10;
        None
        """
    assert Run(textwrap.dedent(text)).shown == [1, 2, "a", 4, 7, (8, 9), None]


def test_a_string_at_the_top_is_no_docstring() -> None:
    assert "__doc__" not in Run("'quiet';\n'loud'\n").names


# Attributes


def test_attributes_are_checked_unless_plain() -> None:
    run = Run("x = 'a'.upper().lower().join(['b'])", frozenset({"lower"}))
    assert run.asked == ["upper", "join"]
    assert run.names["x"] == "b"


def test_attributes_are_checked_wherever_they_stand() -> None:
    text = """
x = f'{a.real}' f'{a:{a.real}}', [a.real for a in [a]], (lambda: a.real)()
a.real |> str
del y[a.real]
"""
    assert Run(f"y = [1, 2]\n{text}", a=1).asked == ["real"] * 6


def test_the_two_open_dunders_are_texts_and_checked_whatever_is_plain() -> None:
    assert Run("x = f.__name__, f.__version__", EVERY_NAME, f=_Named).asked == ["__name__", "__version__"]
    for text in ("f.__name__ = 1", "f.__version__ += 'x'", "del f.__name__"):
        with pytest.raises(TensorshSyntaxError):
            compiled(text, EVERY_NAME)


class _Named:
    __version__ = "1"


def test_a_checked_attribute_has_its_own_place() -> None:
    code = compiled("x = a.bcd + 1\n")[0].code
    calls = [place for place in code.co_positions() if place[2:] == (4, 9)]
    assert calls


# Names


def test_names_that_a_unit_may_read() -> None:
    units = compiled(
        "a = b + c.d(e=f)\n"
        "def g(h, i=j): k = h; return [l for m in n if (lambda o: o + p)(k)] + f'{q:{r}}'\n"
        "s[t] += u; v += 1\n"
        "del w\n"
        "try: x\nexcept y: pass\nexcept: pass\n"
        "import z as aa\n"
        "for bb in cc: dd = bb\n"
    )
    assert [unit.names for unit in units] == [
        frozenset({"b", "c", "f"}),
        frozenset({"j", "l", "n", "p", "q", "r"}),
        frozenset({"s", "t", "u", "v"}),
        frozenset(),
        frozenset({"x", "y", "Exception"}),
        frozenset(),
        frozenset({"bb", "cc"}),
    ]


def test_dunder_name_is_main_and_no_other_dunder_is_a_name() -> None:
    assert Run("x = __name__; __ = _ = 1; _y = 2").names["x"] == "__main__"


PRIVATE = [
    "__builtins__", "__import__('os')", "__debug__", "__file__", "x.__class__", "x.__value", "x.__class__.y",
    "[y.__dict__ for y in x]", "x[y.__z]", "x |> y.__init__", "@x.__y\ndef f(): pass",
    "match(__x)", "class __A: pass", "class A:\n    __x = 1", "class A:\n    def __del__(self): pass",
    "class A(__b): pass", "class A(x=__b): pass", "super().__class__", "super(A, self).__dict__",
    "__x = 1", "x.__y += 1", "del __x", "x: __y = 1", "x.__y: int = 1", "for __x in y: pass",
    "[0 for __x in y]",
    "def __f(): pass", "def f(__x): pass", "def f(x=__y): pass", "def f(x: __y): pass",
    "def f() -> __x: pass",
    "lambda __x: 1", "lambda *__x: 1", "lambda **__x: 1", "f(__x=1)",
    "with a as __x: pass", "try: a\nexcept E as __x: b",
    "import a as __x", "import __x", "import a.__x", "from a import __x", "from a import _x",
    "from __x import y", "from a import b as __x",
    "global __x", "def f():\n    x = 1\n    def g(): nonlocal __x",
    "f'{x.__class__}'", "f'{x:{__y}}'", "f'{__x!r}'",
    "x.\uff3f_class__", "\uff3f\uff3fimport\uff3f\uff3f",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_private_names_are_refused_by_every_route(text: str) -> None:
    with pytest.raises(TensorshSyntaxError, match="private|no binding|means nothing"):
        compiled(text)


def test_names_are_normalised_as_python_does() -> None:
    assert Run("ﬁve = 5; x = five + \u212bngstr\u00f6m", **{"\u00c5ngstr\u00f6m": 1}).names["x"] == 6


@pytest.mark.parametrize("name", ["@attr", "@echo", "@import"])
def test_no_program_writes_a_services_name(name: str) -> None:
    for text in (
        name,
        f"x = {name}",
        f"{name} = 1",
        f"f({name}=1)",
        f"def f({name}): pass",
        f"import a as {name}",
    ):
        with pytest.raises(TensorshSyntaxError):
            compiled(text)


# Imports


def test_imports_ask_the_session() -> None:
    text = """
import tensorflow as tf, math, a.b.c
import a.b as ab
from m.n import (x, y as z,)
from __future__ import annotations
"""
    run = Run(text)
    assert run.asked == [
        ("tensorflow", "tf"), ("math", None), ("a.b.c", None), ("a.b", "ab"), ("m.n", "x"), ("m.n", "y"),
    ]  # fmt: skip
    bound = {name: value for name, value in run.names.items() if name != "__builtins__"}
    assert bound == {
        "tf": "module tensorflow", "math": "module math", "a": "module a.b.c", "ab": "module a.b",
        "x": "m.n:x", "z": "m.n:y",
    }  # fmt: skip


# Statements that differ from Python's


def test_a_bare_except_lets_an_interrupt_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        Run("try: f()\nexcept: x = 1\n", f=_interrupt)
    assert Run("try: 1 / 0\nexcept: x = 1\n").names["x"] == 1


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_annotations_are_dropped_unread() -> None:
    names = Run("x: nowhere = 1\ny: nowhere\ndef f(a: nowhere, *b: nowhere) -> nowhere: return a\nz = f(2)").names
    assert (names["x"], names["z"], "y" in names) == (1, 2, False)


def test_assertions_hold_whatever_the_interpreters_flags() -> None:
    with pytest.raises(AssertionError):
        Run("assert 1 == 2")


def test_odd_code_gives_no_python_warning(recwarn: pytest.WarningsRecorder) -> None:
    compiled("x = 1\nx is 1\nassert (x, 'm')\ny = '\\d'\n")
    assert not recwarn.list


# Positions


def test_positions_are_the_sources_own_from_the_first_to_the_last_chunk() -> None:
    source = Source("test", "# a comment\nx = 1\n\nif x:\n    y = aé + b\n", first_line=11)
    codes = [unit.code for unit in compile_program(source, frozenset())]
    assert [unit.line for unit in compile_program(source, frozenset())] == [12, 14]
    assert (15, 15, 8, 14) in [tuple(place) for place in codes[1].co_positions()]
    assert {code.co_filename for code in codes} == {"test"}


def test_positions_inside_an_f_string_are_those_of_the_field() -> None:
    text = 'x = f"""é{a}\n  {b.c(d):{e}}"""\n'
    names = {node.id: (node.lineno, node.col_offset) for node in ast.walk(our_tree(text)) if isinstance(node, ast.Name)}
    assert names == {"x": (1, 0), "a": (1, 10), "b": (2, 3), "d": (2, 7), "e": (2, 11)}


# Python's own library as a corpus

MODULES = [
    "bisect",
    "colorsys",
    "difflib",
    "fractions",
    "heapq",
    "random",
    "statistics",
    "string",
    "textwrap",
    "tokenize",
]
LARGER = (ast.NamedExpr, ast.Match, ast.AsyncFunctionDef, ast.Await, ast.AnnAssign)


@pytest.mark.parametrize("module", MODULES)
def test_functions_and_classes_of_pythons_library_have_pythons_tree(module: str) -> None:
    compared = 0
    for text, function in _functions(__import__(module)):
        try:
            ours = our_tree(text)
        except TensorshSyntaxError as error:
            assert _is_larger(function), (text, error.message)
            continue
        exact = text.isascii() and not any(isinstance(node, ast.JoinedStr) for node in ast.walk(function))
        expected = ast.dump(python_tree(text), include_attributes=exact)
        if not any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(function)):
            assert ast.dump(ours, include_attributes=exact) == expected
            compared += 1
    assert compared


def _functions(module: ModuleType) -> list[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Every function and class of the module, each as a text of its own, on the column where it stands."""
    text = inspect.getsource(module)
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            lines = "\n".join(text.split("\n")[first - 1 : node.end_lineno])
            found.append((f"if 1:\n{lines}\n" if lines[0] == " " else f"{lines}\n", node))
    return found


def _is_larger(function: ast.FunctionDef | ast.ClassDef) -> bool:
    """Does the function use something that the language leaves out?"""
    for node in ast.walk(function):
        if isinstance(node, LARGER):
            return True
        if isinstance(node, ast.Attribute) and node.attr.startswith("__"):
            return True
        if isinstance(node, ast.ClassDef):
            inside = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.Pass, ast.Expr)
            if len(node.bases) > 1 or node.keywords or not all(isinstance(part, inside) for part in node.body):
                return True
        names = [getattr(node, field, None) for field in ("id", "name", "arg")]
        if any(isinstance(name, str) and name.startswith("__") for name in names):
            return True
    return False


def test_a_chunk_compiles_alone() -> None:
    from tensorsh.language.chunks import Chunk

    unit = compile_chunk(Source("s", "a\nb + c\n"), Chunk("b + c\n", 2), EVERY_NAME)
    assert isinstance(unit.code, CodeType)
    assert (unit.names, unit.line) == (frozenset({"b", "c"}), 2)
