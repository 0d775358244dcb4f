"""The rules of grammar/tensorsh.lark that stand for classes, each a method that gives its `ast` node.

A class has one base or none, and in its body stand a docstring, methods, other classes and assignments to plain
names. Whether the base may be one, and what a program may do with the class, is decided when it is made.
"""

from __future__ import annotations

import ast
from typing import Any

from .machine import Node
from .statements import TYPE_PARAMETERS, Statements
from .targets import place, refuse


class Classes(Statements):
    """The class rules."""

    def class_stmt(self, meta: Node, children: list[Any]) -> ast.ClassDef:
        token, bases, body = children
        for statement in body:
            if isinstance(statement, ast.FunctionDef):
                self.unplaced.pop(id(statement), None)
            elif not _belongs_in_class(statement):
                refuse(statement, "in a class's body only methods, assignments to names and a docstring can stand")
        name = self.identifier(token)
        return ast.ClassDef(name, bases or [], [], body, [], *TYPE_PARAMETERS, **place(meta))

    def bases(self, meta: Node, children: list[Any]) -> list[ast.expr]:
        for base in children:
            if isinstance(base, ast.keyword):
                refuse(base, "a class takes no keyword arguments, and has no metaclass", "leave it out")
            if isinstance(base, ast.Starred):
                refuse(base, "a class has one base, not a list of them", "write class A(B):")
        if len(children) > 1:
            refuse(children[1], "a class has one base here, not several", "keep an object of the other class")
        if children and isinstance(children[0], ast.Name) and children[0].id == "object":
            # What every class is made from has no name in the language; older code writes it all the same.
            self.reads["object"] -= 1
            return []
        return children


def _belongs_in_class(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        return all(isinstance(target, ast.Name) for target in statement.targets)
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, (ast.ClassDef, ast.Pass))
