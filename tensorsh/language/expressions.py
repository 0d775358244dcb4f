"""The rules of grammar/tensorsh.lark that stand for values, each a method that gives its Python `ast` node.

A method is given its rule's place and its children: tokens as they are, rules as the nodes that their own
methods gave. Values are built to be read; an assignment's left side is turned into a target afterwards
(`targets.py`).
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Container
from typing import Any

from . import literals
from .machine import Node
from .special_methods import READABLE
from .strings import FString, bytes_value, joined, take_apart, text_value
from .targets import LOAD, TEXTS, Targets, is_checked_attribute, place, refuse
from .tokens import Token

_BINARY: dict[str, ast.operator] = {
    "+": ast.Add(), "-": ast.Sub(), "*": ast.Mult(), "/": ast.Div(), "//": ast.FloorDiv(), "%": ast.Mod(),
    "@": ast.MatMult(), "**": ast.Pow(), "<<": ast.LShift(), ">>": ast.RShift(), "|": ast.BitOr(),
    "^": ast.BitXor(), "&": ast.BitAnd(),
}  # fmt: skip
_UNARY: dict[str, ast.unaryop] = {"+": ast.UAdd(), "-": ast.USub(), "~": ast.Invert()}
_COMPARE: dict[tuple[str, ...], ast.cmpop] = {
    ("<",): ast.Lt(), (">",): ast.Gt(), ("==",): ast.Eq(), (">=",): ast.GtE(), ("<=",): ast.LtE(),
    ("!=",): ast.NotEq(), ("in",): ast.In(), ("not", "in"): ast.NotIn(), ("is",): ast.Is(),
    ("is", "not"): ast.IsNot(),
}  # fmt: skip


#: Operators that can make a number without end of two short ones, and the services that look at their operands first.
BOUNDED = {"**": "@power", "<<": "@shift"}


def _is_small(exponent: ast.expr) -> bool:
    """Is it a literal with which nothing can grow without end?"""
    if isinstance(exponent, ast.UnaryOp):
        exponent = exponent.operand
    return isinstance(exponent, ast.Constant) and not (type(exponent.value) is int and exponent.value > 64)


def binary_operator(sign: str) -> ast.operator:
    return _BINARY[sign]


class Expressions(Targets):
    """The expression rules. `text` is the chunk's, `plain` the attribute names that need no check."""

    text: str
    plain: Container[str]

    def compile_field(self, begin: int, end: int, line: int, column: int) -> ast.expr:
        """The expression in an f-string's field, text[begin:end]."""
        raise NotImplementedError

    # Names

    def identifier(self, token: Token) -> str:
        """The name as Python sees it, refused if it is one of the language's own."""
        name = str(token)
        if not name.isascii():
            name = unicodedata.normalize("NFKC", name)
            if not (name.isidentifier() and token.isidentifier()):
                refuse(token, f"{str(token)!r} is no name: it holds a character that no name may hold")
        if name == "super":
            refuse(token, "'super' keeps its meaning, and cannot be a name", "give it another name")
        if name.startswith("__") and name.strip("_"):
            refuse(token, f"names beginning with '__' are private: {name}", "give it another name")
        return name

    def global_name(self, name: str, where: dict[str, Any]) -> ast.Name:
        self.reads[name] = self.reads.get(name, 0) + 1
        return ast.Name(name, LOAD, **where)

    def name(self, meta: Node, children: list[Any]) -> ast.expr:
        (token,) = children
        if token == "__name__":
            return ast.Constant("__main__", **place(meta))
        if token == "super":
            parent = ast.Name("super", LOAD, **place(meta))
            self.only_where_taken(parent, token, "'super' is to be called", "in a method, write super().method(...)")
            return parent
        return self.global_name(self.identifier(token), place(meta))

    def attribute(self, meta: Node, children: list[Any]) -> ast.expr:
        value, token = children
        name = str(token) if token.isascii() else unicodedata.normalize("NFKC", token)
        where = place(meta)
        if name in TEXTS or name in READABLE and not is_super_call(value):
            return self.service("@attr", [value, ast.Constant(name, **where)], where)
        if name == "__init__" and is_super_call(value):
            method = ast.Attribute(value, name, LOAD, **where)
            message = "names beginning with '__' are private: __init__"
            self.only_where_taken(method, token, message, "call it: super().__init__(...)")
            return method
        if name.startswith("__"):
            hint = "the class of x is type(x)" if name == "__class__" else None
            refuse(token, f"names beginning with '__' are private: {name}", hint)
        if name in self.plain:
            return ast.Attribute(value, name, LOAD, **where)
        return self.service("@attr", [value, ast.Constant(self.identifier(token), **where)], where)

    # Literals

    def number(self, meta: Node, children: list[Any]) -> ast.Constant:
        (token,) = children
        digits = token.replace("_", "").lower()
        value: complex
        try:
            if digits.endswith("j"):
                value = complex(0.0, float(digits[:-1]))
            elif digits.startswith(("0x", "0o", "0b")):
                value = int(digits, 0)
            elif "." in digits or "e" in digits:
                value = float(digits)
            elif digits[0] == "0" and digits.strip("0"):
                bare = digits.lstrip("0")
                octal = f", or 0o{bare} for an octal number" if bare.isdigit() and not set(bare) & set("89") else ""
                refuse(token, "a whole number cannot begin with 0", f"write {bare}{octal}")
            else:
                value = int(digits)
        except ValueError:
            refuse(token, f"a whole number of {len(digits)} digits is too long to be read")
        return ast.Constant(value, **place(meta))

    def string(self, meta: Node, children: list[Any]) -> ast.expr:
        where = place(meta)
        literals = [take_apart(token) for token in children]
        kinds = {"b" in literal.prefix for literal in literals}
        if len(kinds) > 1:
            for literal, following in zip(literals, literals[1:], strict=False):
                if "f" in literal.prefix and literal.token.end_pos == following.token.start_pos:
                    refuse(
                        meta,
                        "the f-string is closed by a quote inside its braces",
                        "use the other quotes inside",
                    )
            refuse(meta, "a string and bytes cannot be joined into one literal")
        if kinds == {True}:
            return ast.Constant(b"".join(map(bytes_value, literals)), **where)
        if not any("f" in literal.prefix for literal in literals):
            return ast.Constant("".join(map(text_value, literals)), **where)
        values: list[str | ast.FormattedValue] = []
        for literal in literals:
            if "f" in literal.prefix:
                values += FString(self.text, literal, self.compile_field).values()
            else:
                values.append(text_value(literal))
        return joined(values, where)

    def none(self, meta: Node, children: list[Any]) -> ast.Constant:
        return ast.Constant(None, **place(meta))

    def true(self, meta: Node, children: list[Any]) -> ast.Constant:
        return ast.Constant(True, **place(meta))

    def false(self, meta: Node, children: list[Any]) -> ast.Constant:
        return ast.Constant(False, **place(meta))

    def ellipsis(self, meta: Node, children: list[Any]) -> ast.Constant:
        return ast.Constant(..., **place(meta))

    # Displays and comprehensions

    def paren(self, meta: Node, children: list[Any]) -> ast.expr:
        (value,) = children
        value.in_parentheses = True
        return value

    def tuple_(self, meta: Node, children: list[Any]) -> ast.Tuple:
        return ast.Tuple(children, LOAD, **place(meta))

    bare_tuple = tuple_

    def list_(self, meta: Node, children: list[Any]) -> ast.List:
        return ast.List(children, LOAD, **place(meta))

    def literal_list(self, meta: Node, children: list[Any]) -> ast.expr:
        return literals.build(children[0].literal, place(meta))

    def set_(self, meta: Node, children: list[Any]) -> ast.Set:
        return ast.Set(children, **place(meta))

    def dict_(self, meta: Node, children: list[Any]) -> ast.Dict:
        return ast.Dict([key for key, _ in children], [value for _, value in children], **place(meta))

    def pair(self, meta: Node, children: list[Any]) -> tuple[ast.expr | None, ast.expr]:
        key, value = children
        return key, value

    def spread(self, meta: Node, children: list[Any]) -> tuple[ast.expr | None, ast.expr]:
        return None, children[0]

    def star(self, meta: Node, children: list[Any]) -> ast.Starred:
        return ast.Starred(children[0], LOAD, **place(meta))

    def generator(self, meta: Node, children: list[Any]) -> ast.GeneratorExp:
        return ast.GeneratorExp(children[0], children[1:], **place(meta))

    def list_comp(self, meta: Node, children: list[Any]) -> ast.ListComp:
        return ast.ListComp(children[0], children[1:], **place(meta))

    def set_comp(self, meta: Node, children: list[Any]) -> ast.SetComp:
        return ast.SetComp(children[0], children[1:], **place(meta))

    def dict_comp(self, meta: Node, children: list[Any]) -> ast.DictComp:
        (key, value), *loops = children
        return ast.DictComp(key, value, loops, **place(meta))

    def comp_for(self, meta: Node, children: list[Any]) -> ast.comprehension:
        target, source, *conditions = children
        return ast.comprehension(self.stored(target), source, conditions, 0)

    # Operators

    def binary(self, meta: Node, children: list[Any]) -> ast.expr:
        left, sign, right = children
        where = place(meta)
        if sign in BOUNDED and not _is_small(right):
            return self.service(BOUNDED[sign], [left, right], where)
        return ast.BinOp(left, _BINARY[sign], right, **where)

    def unary(self, meta: Node, children: list[Any]) -> ast.UnaryOp:
        sign, operand = children
        return ast.UnaryOp(_UNARY[sign], operand, **place(meta))

    def not_test(self, meta: Node, children: list[Any]) -> ast.UnaryOp:
        return ast.UnaryOp(ast.Not(), children[0], **place(meta))

    def and_test(self, meta: Node, children: list[Any]) -> ast.BoolOp:
        return ast.BoolOp(ast.And(), children, **place(meta))

    def or_test(self, meta: Node, children: list[Any]) -> ast.BoolOp:
        return ast.BoolOp(ast.Or(), children, **place(meta))

    def comparison(self, meta: Node, children: list[Any]) -> ast.Compare:
        return ast.Compare(children[0], children[1::2], children[2::2], **place(meta))

    def comparator(self, meta: Node, children: list[Any]) -> ast.cmpop:
        return _COMPARE[(*map(str, children),)]

    def conditional(self, meta: Node, children: list[Any]) -> ast.IfExp:
        body, test, orelse = children
        return ast.IfExp(test, body, orelse, **place(meta))

    def pipe(self, meta: Node, children: list[Any]) -> ast.Call:
        """x |> f is f(x); x |> f(a) is f(x, a)."""
        value, function = children
        where = place(meta)
        bare = not hasattr(function, "in_parentheses")
        if is_super_call(function):
            refuse(function, "super() is no function to hand a value to", "write super().method(...)")
        if isinstance(function, ast.Call) and bare and not is_checked_attribute(function):
            return ast.Call(function.func, [value, *function.args], function.keywords, **where)
        if bare and not isinstance(function, _CALLABLE):
            refuse(
                function,
                "the right side of '|>' is to be a function or a call",
                "'|>' binds weaker than the operators: put parentheses where it is to end, (x |> f) + 1",
            )
        return ast.Call(function, [value], [], **where)

    # Calls, subscripts, lambdas

    def call(self, meta: Node, children: list[Any]) -> ast.Call:
        function, *given = children
        arguments: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for argument in given:
            if isinstance(argument, ast.keyword):
                keywords.append(argument)
                continue
            if keywords:
                _check_order(argument, keywords)
            arguments.append(argument)
        where = place(meta)
        if self.unplaced.pop(id(function), None) and isinstance(function, ast.Name):
            return self._super(function, arguments, keywords, where)
        return ast.Call(function, arguments, keywords, **where)

    def _super(
        self, parent: ast.Name, arguments: list[ast.expr], keywords: list[ast.keyword], where: dict[str, Any]
    ) -> ast.Call:
        """`super()` is Python's own, which finds the method's class and object; super(A, self) names them."""
        starred = any(isinstance(argument, ast.Starred) for argument in arguments)
        if keywords or starred or len(arguments) not in (0, 2):
            refuse(parent, "super() is called without arguments, or with a class and an object of it", "write super()")
        return self.service("@super", arguments, where) if arguments else ast.Call(parent, [], [], **where)

    def keyword_argument(self, meta: Node, children: list[Any]) -> ast.keyword:
        token, value = children
        return ast.keyword(self.identifier(token), value, **place(meta))

    def spread_argument(self, meta: Node, children: list[Any]) -> ast.keyword:
        return ast.keyword(None, children[0], **place(meta))

    def subscript(self, meta: Node, children: list[Any]) -> ast.Subscript:
        value, index = children
        if isinstance(index, ast.Starred):
            index = ast.copy_location(ast.Tuple([index], LOAD), index)
        return ast.Subscript(value, index, LOAD, **place(meta))

    def slice_(self, meta: Node, children: list[Any]) -> ast.Slice:
        lower, upper, step = children
        return ast.Slice(lower, upper, step, **place(meta))

    def lambda_(self, meta: Node, children: list[Any]) -> ast.Lambda:
        parameters, body = children
        return ast.Lambda(parameters or no_parameters(), body, **place(meta))

    def yield_expr(self, meta: Node, children: list[Any]) -> ast.Yield:
        return ast.Yield(children[0], **place(meta))

    def yield_from(self, meta: Node, children: list[Any]) -> ast.YieldFrom:
        return ast.YieldFrom(children[0], **place(meta))


_CALLABLE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Lambda)


def no_parameters() -> ast.arguments:
    return ast.arguments([], [], None, [], [], None, [])


def is_super_call(node: ast.expr) -> bool:
    """Is it super(), or super(A, self)?"""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("super", "@super")


def _check_order(argument: ast.expr, keywords: list[ast.keyword]) -> None:
    spread = any(keyword.arg is None for keyword in keywords)
    if isinstance(argument, ast.Starred):
        if spread:
            refuse(argument, "a '*' argument cannot follow a '**' argument", "put it before")
    elif spread:
        refuse(argument, "a positional argument cannot follow a '**' argument", "put it before")
    else:
        refuse(argument, "a positional argument cannot follow a keyword argument", "put it before")
