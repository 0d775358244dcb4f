"""The rules of grammar/tensorsh.lark that stand for statements, each a method that gives `ast` nodes.

A statement's method gives one node, or a list of them; a clause's (`elif`, `else`, `except` ...) what the
statement that it belongs to makes use of. `body` gives a list.
"""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from .expressions import BOUNDED, Expressions, binary_operator, no_parameters
from .machine import Node
from .special_methods import SPECIAL_METHODS
from .targets import DELETE, LOAD, STORE, place, refuse
from .tokens import Token

# Python 3.12 gave functions and classes one field more, a list.
TYPE_PARAMETERS: tuple[Any, ...] = ([],) if "type_params" in ast.FunctionDef._fields else ()


class _Elif(NamedTuple):
    meta: Node
    test: ast.expr
    body: list[ast.stmt]


class _Else(list):
    """An `else` clause's statements."""


class _Finally(list):
    """A `finally` clause's statements."""


class _Parameter(NamedTuple):
    """A parameter of a def or lambda: `stars` are those before its name."""

    stars: str
    argument: ast.arg
    default: ast.expr | None


class Statements(Expressions):
    """The statement rules."""

    # Lines and blocks

    def chunk(self, meta: Node, children: list[Any]) -> list[ast.stmt]:
        """A top-level line or block: an expression's value is shown, unless a ';' after it ends the line."""
        statements: list[ast.stmt] = []
        silent = len(children) - 2 if children and isinstance(children[-1], Token) else -1
        for position, child in enumerate(children):
            if isinstance(child, Token):
                continue
            if isinstance(child, ast.Expr):
                if position == silent:
                    child = _without_docstring(child)
                else:
                    value = child.value
                    where = {name: getattr(value, name) for name in value._attributes}
                    child.value = self.service("@echo", [value], where)
            _add(child, statements)
        for _, where, message, hint in self.unplaced.values():
            refuse(where, message, hint)
        return statements

    def body(self, meta: Node, children: list[Any]) -> list[ast.stmt]:
        statements: list[ast.stmt] = []
        for child in children:
            if not isinstance(child, Token):
                _add(child, statements)
        return statements

    # Simple statements

    def expression_stmt(self, meta: Node, children: list[Any]) -> ast.Expr:
        (value,) = children
        if isinstance(value, ast.Starred):
            refuse(value, "a starred value cannot stand alone", "write print(*x), or [*x]")
        return ast.Expr(value, **place(meta))

    def assign(self, meta: Node, children: list[Any]) -> ast.Assign:
        *targets, value = children
        _refuse_starred(value)
        hint = "'=' assigns; to compare, write '=='"
        return ast.Assign([self.stored(target, hint=hint) for target in targets], value, **place(meta))

    def augmented(self, meta: Node, children: list[Any]) -> ast.stmt:
        target, sign, value = children
        _refuse_starred(value)
        if isinstance(target, (ast.Tuple, ast.List)):
            refuse(target, f"'{sign}' takes one target, not several")
        read = isinstance(target, ast.Name) and target.id
        stored: Any = self.stored(target)
        if read:
            self.reads[read] += 1
            service = BOUNDED.get(sign[:-1])
            if service is not None:
                where = place(meta)
                return ast.Assign(
                    [stored], self.service(service, [ast.Name(read, LOAD, **where), value], where), **where
                )
        return ast.AugAssign(stored, binary_operator(sign[:-1]), value, **place(meta))

    def annotated(self, meta: Node, children: list[Any]) -> ast.stmt:
        """The annotation is parsed, and has no effect."""
        target, _, *value = children
        if isinstance(target, (ast.Tuple, ast.List)):
            refuse(target, "only a single target can be annotated")
        target = self.stored(target)
        if not value:
            return ast.Pass(**place(meta))
        return ast.Assign([target], _refuse_starred(value[0]), **place(meta))

    def pass_stmt(self, meta: Node, children: list[Any]) -> ast.Pass:
        return ast.Pass(**place(meta))

    def break_stmt(self, meta: Node, children: list[Any]) -> ast.Break:
        return ast.Break(**place(meta))

    def continue_stmt(self, meta: Node, children: list[Any]) -> ast.Continue:
        return ast.Continue(**place(meta))

    def return_stmt(self, meta: Node, children: list[Any]) -> ast.Return:
        _refuse_starred(children[0])
        return ast.Return(children[0], **place(meta))

    def raise_stmt(self, meta: Node, children: list[Any]) -> ast.Raise:
        error, cause = children
        return ast.Raise(error, cause, **place(meta))

    def assert_stmt(self, meta: Node, children: list[Any]) -> ast.Assert:
        test, message = children
        return ast.Assert(test, message, **place(meta))

    def del_stmt(self, meta: Node, children: list[Any]) -> ast.Delete:
        (target,) = children
        several = isinstance(target, ast.Tuple) and not _is_bracketed(target, meta)
        targets = target.elts if several else [target]
        return ast.Delete([self.stored(one, DELETE) for one in targets], **place(meta))

    def global_stmt(self, meta: Node, children: list[Any]) -> ast.Global:
        names = [self.identifier(name) for name in children]
        self.declares.update(names)
        return ast.Global(names, **place(meta))

    def nonlocal_stmt(self, meta: Node, children: list[Any]) -> ast.Nonlocal:
        return ast.Nonlocal([self.identifier(name) for name in children], **place(meta))

    # Imports: assignments of what the runtime's import services give

    def import_stmt(self, meta: Node, children: list[Any]) -> list[ast.stmt]:
        return children

    def module_as(self, meta: Node, children: list[Any]) -> ast.Assign:
        module, name = children
        alias = self.identifier(name) if name is not None else None
        where = place(meta)
        value = self.service("@import", [ast.Constant(module, **where), ast.Constant(alias, **where)], where)
        return ast.Assign([ast.Name(alias or module.partition(".")[0], STORE, **where)], value, **where)

    def dotted(self, meta: Node, children: list[Any]) -> str:
        if children == ["__future__"]:
            return "__future__"
        return ".".join(self.identifier(name) for name in children)

    def from_stmt(self, meta: Node, children: list[Any]) -> ast.stmt | list[ast.stmt]:
        module, *names = children
        if module == "__future__":
            return ast.Pass(**place(meta))
        statements: list[ast.stmt] = []
        for name, alias, where in names:
            value = self.service("@import_from", [ast.Constant(module, **where), ast.Constant(name, **where)], where)
            statements.append(ast.Assign([ast.Name(alias, STORE, **where)], value, **where))
        return statements

    def name_as(self, meta: Node, children: list[Any]) -> tuple[str, str, dict[str, Any]]:
        token, alias = children
        if token.startswith("_"):
            refuse(token, f"names beginning with '_' are private: {token}")
        name = self.identifier(token)
        return name, self.identifier(alias) if alias is not None else name, place(meta)

    # Compound statements

    def if_stmt(self, meta: Node, children: list[Any]) -> ast.If:
        test, body, *elifs, orelse = children
        orelse = list(orelse or ())
        for clause in reversed(elifs):
            where = place(clause.meta) | {"end_lineno": meta.end_line, "end_col_offset": meta.end_column - 1}
            orelse = [ast.If(clause.test, clause.body, orelse, **where)]
        return ast.If(test, body, orelse, **place(meta))

    def elif_clause(self, meta: Node, children: list[Any]) -> _Elif:
        test, body = children
        return _Elif(meta, test, body)

    def else_clause(self, meta: Node, children: list[Any]) -> _Else:
        return _Else(children[0])

    def while_stmt(self, meta: Node, children: list[Any]) -> ast.While:
        test, body, orelse = children
        return ast.While(test, body, list(orelse or ()), **place(meta))

    def for_stmt(self, meta: Node, children: list[Any]) -> ast.For:
        target, values, body, orelse = children
        _refuse_starred(values)
        return ast.For(self.stored(target), values, body, list(orelse or ()), **place(meta))

    def with_stmt(self, meta: Node, children: list[Any]) -> ast.With:
        *given, body = children
        items: list[ast.withitem] = []
        for position, item in enumerate(given):
            if isinstance(item, Token):
                # `(a, b as c, ...)`: what stands before the word is an item's value, what follows its target.
                items[-1].optional_vars = self.stored(given[position + 1])
            elif isinstance(item, ast.withitem):
                items.append(item)
            elif not (position and isinstance(given[position - 1], Token)):
                items.append(ast.withitem(_refuse_starred(item), None))
        if len(items) == 1 and items[0].optional_vars is None:
            value = items[0].context_expr
            starred = any(isinstance(element, ast.Starred) for element in getattr(value, "elts", ()))
            if isinstance(value, ast.Tuple) and value.elts and not (starred or hasattr(value, "in_parentheses")):
                items = [ast.withitem(element, None) for element in value.elts]
        return ast.With(items, body, **place(meta))

    def with_item(self, meta: Node, children: list[Any]) -> ast.withitem:
        value, target = children
        return ast.withitem(value, None if target is None else self.stored(target))

    def try_stmt(self, meta: Node, children: list[Any]) -> ast.Try:
        body, *clauses = children
        handlers: list[Any] = [clause for clause in clauses if isinstance(clause, ast.ExceptHandler)]
        orelse = [statement for clause in clauses if isinstance(clause, _Else) for statement in clause]
        final = [statement for clause in clauses if isinstance(clause, _Finally) for statement in clause]
        for handler in handlers[:-1]:
            if hasattr(handler, "catches_all"):
                refuse(handler.type, "a bare 'except:' is to come last")
        return ast.Try(body, handlers, orelse, final, **place(meta))

    def except_clause(self, meta: Node, children: list[Any]) -> ast.ExceptHandler:
        """A bare `except:` catches errors only: an interrupt goes through."""
        kind, name, body = children
        bare = kind is None
        if bare:
            width = len("except")
            where = place(meta) | {"end_lineno": meta.line, "end_col_offset": meta.column - 1 + width}
            kind = self.global_name("Exception", where)
        handler: Any = ast.ExceptHandler(kind, self.identifier(name) if name is not None else None, body, **place(meta))
        if bare:
            handler.catches_all = True
        return handler

    def finally_clause(self, meta: Node, children: list[Any]) -> _Finally:
        return _Finally(children[0])

    # Functions

    def def_stmt(self, meta: Node, children: list[Any]) -> ast.FunctionDef:
        token, parameters, _, body = children
        special = token in SPECIAL_METHODS
        if token.startswith("__") and token.endswith("__") and not special:
            refuse(token, f"names beginning with '__' are private: {token}", _SPECIAL_HINT)
        name = str(token) if special else self.identifier(token)
        arguments = parameters or no_parameters()
        function = ast.FunctionDef(name, arguments, body, [], None, None, *TYPE_PARAMETERS, **place(meta))
        if special:
            message = f"names beginning with '__' are private: {name}"
            self.only_where_taken(function, token, message, "only in a class's body can it be defined")
        return function

    def decorated(self, meta: Node, children: list[Any]) -> ast.FunctionDef | ast.ClassDef:
        *decorators, definition = children
        definition.decorator_list = decorators
        return definition

    def decorator(self, meta: Node, children: list[Any]) -> ast.expr:
        return children[0]

    def parameter(self, meta: Node, children: list[Any]) -> _Parameter:
        token, default = children[0], children[-1]
        return _Parameter("", self._argument(token), default)

    def rest(self, meta: Node, children: list[Any]) -> _Parameter:
        return _Parameter("*", self._argument(children[0]), None)

    def keywords(self, meta: Node, children: list[Any]) -> _Parameter:
        return _Parameter("**", self._argument(children[0]), None)

    lambda_parameter, lambda_rest, lambda_keywords = parameter, rest, keywords

    def _argument(self, token: Token) -> ast.arg:
        return ast.arg(self.identifier(token), **place(token))

    def parameters(self, meta: Node, children: list[Any]) -> ast.arguments:
        """Put the parameters where they belong, or say which stands where it cannot."""
        result = no_parameters()
        seen: set[str] = set()
        star: Any = None  # the '*' or '*args' that has been
        for child in children:
            if result.kwarg is not None:
                refuse(_where(child), f"nothing can follow the '**{result.kwarg.arg}' parameter")
            if isinstance(child, _Parameter):
                name = child.argument.arg
                if name in seen:
                    refuse(child.argument, f"two parameters are named {name!r}")
                seen.add(name)
            stars = child if isinstance(child, Token) else child.stars
            if stars == "/":
                if star is not None or result.posonlyargs or not result.args:
                    refuse(child, "'/' is to follow the first parameters, once, before any '*'")
                result.posonlyargs, result.args = result.args, []
            elif stars == "**":
                result.kwarg = child.argument
            elif stars == "*":
                if star is not None:
                    refuse(_where(child), "only one '*' can stand among the parameters")
                star = child
                if isinstance(child, _Parameter):
                    result.vararg = child.argument
            elif star is not None:
                result.kwonlyargs.append(child.argument)
                result.kw_defaults.append(child.default)
            else:
                result.args.append(child.argument)
                if child.default is not None:
                    result.defaults.append(child.default)
                elif result.defaults:
                    refuse(
                        child.argument,
                        f"parameter {child.argument.arg!r} has no default, but one before it has",
                    )
        if isinstance(star, Token) and not result.kwonlyargs:
            refuse(star, "a bare '*' is to be followed by a keyword-only parameter")
        return result

    lambda_parameters = parameters


_SPECIAL_HINT = (
    "of Python's special methods, a class defines __init__, __call__, __repr__, the operators and their like"
)


def _where(child: Any) -> Any:
    return child if isinstance(child, Token) else child.argument


def _add(child: Any, statements: list[ast.stmt]) -> None:
    if isinstance(child, list):
        statements += child
    else:
        statements.append(child)


def _without_docstring(statement: ast.Expr) -> ast.stmt:
    """A string that begins a chunk is no module's docstring, which would bind a name."""
    if isinstance(statement.value, ast.Constant):
        return ast.copy_location(ast.Pass(), statement)
    return statement


def _refuse_starred(value: Any) -> Any:
    if isinstance(value, ast.Starred):
        refuse(value, "a starred value is to stand in a list, a tuple or a call", "write [*x]")
    return value


def _is_bracketed(target: ast.Tuple, meta: Node) -> bool:
    """Does the tuple of a del statement stand in parentheses of its own?"""
    return hasattr(target, "in_parentheses") or not target.elts or target.col_offset < target.elts[0].col_offset
