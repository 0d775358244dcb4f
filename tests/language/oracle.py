"""CPython as the judge of what Python's syntax means: one text through our compiler and through Python's."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from typing import Any

from tensorsh.language.chunks import split
from tensorsh.language.compiler import Compiler, compile_chunk
from tensorsh.language.parser import parse
from tensorsh.language.source import Source


class _EveryName:
    """Plain attributes: all of them."""

    def __contains__(self, name: object) -> bool:
        return True


EVERY_NAME = _EveryName()


_OPERATORS = {"@power": ast.Pow(), "@shift": ast.LShift()}


class _Bare(Compiler):
    """The compiler without what it adds to Python: no echo, no checked attributes, Python's super and bare except."""

    def service(self, name: str, arguments: list[ast.expr], where: dict[str, Any]) -> Any:
        if name == "@attr":
            return ast.Attribute(arguments[0], arguments[1].value, ast.Load(), **where)  # type: ignore[attr-defined]
        if name == "@super":
            return ast.Call(ast.Name("super", ast.Load(), **self._super_place(where)), arguments, [], **where)
        if name in _OPERATORS:
            return ast.BinOp(arguments[0], _OPERATORS[name], arguments[1], **where)
        return arguments[0]

    @staticmethod
    def _super_place(where: dict[str, Any]) -> dict[str, Any]:
        line, column = where["lineno"], where["col_offset"]
        return {"lineno": line, "col_offset": column, "end_lineno": line, "end_col_offset": column + len("super")}

    def attribute_target(self, node: ast.expr, value: ast.expr, name: str) -> ast.expr:
        return ast.copy_location(ast.Attribute(value, name, ast.Load()), node)

    def except_clause(self, meta: Any, children: list[Any]) -> Any:
        handler = super().except_clause(meta, children)
        if hasattr(handler, "catches_all"):
            handler.type = None
        return handler


def our_tree(text: str) -> ast.Module:
    """Our ast of a text of Python's own syntax."""
    statements: list[ast.stmt] = []
    for chunk in split(text):
        statements += _Bare(chunk.text, EVERY_NAME).fold(parse(chunk.text, line=chunk.line))
    return ast.Module(statements, [])


def python_tree(text: str) -> ast.Module:
    """Python's ast, less what the language drops: annotations, the base `object`, and the `u` of a string."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    return _WithoutAnnotations().visit(tree)


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        node.kind = None
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        # An argument's span takes in its annotation.
        if node.annotation is not None:
            node.annotation, node.end_lineno = None, node.lineno
            node.end_col_offset = node.col_offset + len(node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        # A class made from `object` is one made from nothing.
        self.generic_visit(node)
        node.bases = [base for base in node.bases if not (isinstance(base, ast.Name) and base.id == "object")]
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        """x **= y is x = x ** y, for a service looks at both."""
        self.generic_visit(node)
        if not (isinstance(node.op, (ast.Pow, ast.LShift)) and isinstance(node.target, ast.Name)):
            return node
        value = ast.BinOp(ast.copy_location(ast.Name(node.target.id, ast.Load()), node), node.op, node.value)
        return ast.copy_location(ast.Assign([node.target], ast.copy_location(value, node)), node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        self.generic_visit(node)
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return ast.copy_location(ast.Assign([node.target], node.value), node)


def run_ours(text: str, **given: Any) -> tuple[dict[str, Any], str]:
    """Run the text as a program of the language: the names that it leaves, and the error that it ended in."""
    services = {"@echo": lambda value: value, "@attr": getattr, "@attributes": _Attributes(), "@super": super}
    names: dict[str, Any] = {"__builtins__": {**vars(builtins), **services, **given}}
    source = Source("ours", text)
    try:
        for chunk in split(text):
            exec(compile_chunk(source, chunk, EVERY_NAME).code, names)
    except Exception as error:
        return _public(names), _shown(error)
    return _public(names), ""


class _Attributes:
    """Python's attributes, by object and name."""

    def __getitem__(self, where: tuple[Any, str]) -> Any:
        return getattr(*where)

    def __setitem__(self, where: tuple[Any, str], value: Any) -> None:
        setattr(*where, value)

    def __delitem__(self, where: tuple[Any, str]) -> None:
        delattr(*where)


def run_python(text: str, **given: Any) -> tuple[dict[str, Any], str]:
    """The same by Python."""
    names: dict[str, Any] = {"__builtins__": {**vars(builtins), **given}}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(text, "python", "exec", dont_inherit=True)
        exec(code, names)
    except Exception as error:
        return _public(names), _shown(error)
    return _public(names), ""


def _public(names: dict[str, Any]) -> dict[str, str]:
    return {
        name: repr(value) for name, value in names.items() if not name.startswith("__") and " at 0x" not in repr(value)
    }


def _shown(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return "SyntaxError"
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    message = re.sub(r" at 0x\w+", "", str(error))
    return f"{type(error).__name__}: {message} in line {traceback.tb_lineno if traceback else 0}"
