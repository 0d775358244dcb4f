"""Programs that count what they do: every round of a loop and every call of a function of theirs is told first."""

from __future__ import annotations

import ast
from typing import Any

from .compiler import Compiler
from .machine import Node
from .targets import place


class CountedCompiler(Compiler):
    """The compiler, with a call of the service `@count` (which gives True) at the beginning of loops and functions."""

    def for_stmt(self, meta: Node, children: list[Any]) -> ast.For:
        loop = super().for_stmt(meta, children)
        self._count(loop.body, meta)
        return loop

    def while_stmt(self, meta: Node, children: list[Any]) -> ast.While:
        loop = super().while_stmt(meta, children)
        self._count(loop.body, meta)
        return loop

    def def_stmt(self, meta: Node, children: list[Any]) -> ast.FunctionDef:
        function = super().def_stmt(meta, children)
        self._count(function.body, meta)
        return function

    def comp_for(self, meta: Node, children: list[Any]) -> ast.comprehension:
        loop = super().comp_for(meta, children)
        loop.ifs.insert(0, self.service("@count", [], place(meta)))
        return loop

    def lambda_(self, meta: Node, children: list[Any]) -> ast.Lambda:
        function = super().lambda_(meta, children)
        where = place(meta)
        function.body = ast.BoolOp(ast.And(), [self.service("@count", [], where), function.body], **where)
        return function

    def _count(self, body: list[ast.stmt], meta: Node) -> None:
        has_docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        where = place(meta)
        body.insert(int(has_docstring), ast.Expr(self.service("@count", [], where), **where))
