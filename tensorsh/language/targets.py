"""What is assigned to or deleted, made of the value that was read first; and what the rules' methods share.

A target is a name, a subscript, an attribute, or a list of them. An attribute is no attribute of Python's, but an
element of a service that checks it.
"""

from __future__ import annotations

import ast
from typing import Any, NoReturn

from .source import TensorshSyntaxError
from .span import Span

LOAD, STORE, DELETE = ast.Load(), ast.Store(), ast.Del()

# Attributes that begin with an underscore and are open all the same: pasted programs print them, and they are
# text. They are always looked up with a check.
TEXTS = frozenset({"__name__", "__version__"})


class Targets:
    """Targets, and what is noted while a chunk is compiled."""

    reads: dict[str, int]  # how often each name is read
    declares: set[str]  # the names in `global` statements
    #: Nodes that are right only where a rule further up takes them, by their identity, each with the place and the
    #: words to refuse it with. What is left when the chunk is done stood where it cannot.
    unplaced: dict[int, tuple[ast.AST, Any, str, str]]

    def only_where_taken(self, node: ast.AST, where: Any, message: str, hint: str) -> None:
        """The node is refused, in these words, unless a rule further up takes it from `unplaced`."""
        self.unplaced[id(node)] = node, where, message, hint

    def service(self, name: str, arguments: list[ast.expr], where: dict[str, Any]) -> ast.Call:
        """A call of one of the runtime's services, whose names no program can write."""
        return ast.Call(ast.Name(name, LOAD, **where), arguments, [], **where)

    def stored(self, target: ast.expr, context: ast.expr_context = STORE, hint: str | None = None) -> ast.expr:
        """Turn a value into what is assigned to (or deleted), or refuse it in words."""
        if isinstance(target, ast.Starred):
            refuse(target, "a starred target is to stand in a list or tuple of targets", "write *x, = values")
        target = self._place_to_store(target)
        waiting = [target]
        for node in waiting:
            if isinstance(node, ast.Name):
                self.reads[node.id] = self.reads.get(node.id, 0) - 1
            elif isinstance(node, (ast.Tuple, ast.List)):
                node.elts = [self._place_to_store(element) for element in node.elts]
                waiting += node.elts
            elif isinstance(node, ast.Starred) and context is STORE:
                node.value = self._place_to_store(node.value)
                waiting.append(node.value)
            elif not isinstance(node, (ast.Subscript, ast.Attribute)):
                _refuse_target(node, context, hint)
            node.ctx = context
        return target

    def _place_to_store(self, node: ast.expr) -> ast.expr:
        """The node, or what stands for an attribute as a target."""
        if isinstance(node, ast.Attribute):
            return self.attribute_target(node, node.value, node.attr)
        if is_checked_attribute(node):
            checked: Any = node
            value, name = checked.args
            if name.value in TEXTS:
                refuse(node, f"names beginning with '__' are private: {name.value}")
            return self.attribute_target(node, value, name.value)
        return node

    def attribute_target(self, node: ast.expr, value: ast.expr, name: str) -> ast.expr:
        """`x.name` as a target is an element of the service that holds all attributes: `@attributes[x, "name"]`.

        So it can stand wherever a target can, and `x.name += 1` looks at x once.
        """
        where = {key: getattr(node, key) for key in node._attributes}
        key = ast.Tuple([value, ast.Constant(name, **where)], LOAD, **where)
        return ast.Subscript(ast.Name("@attributes", LOAD, **where), key, LOAD, **where)


def place(meta: Any) -> dict[str, Any]:
    """The place of a rule (a Node) or token as an ast node's attributes."""
    return {
        "lineno": meta.line,
        "col_offset": meta.column - 1,
        "end_lineno": meta.end_line,
        "end_col_offset": meta.end_column - 1,
    }


def place_of(node: ast.AST) -> dict[str, Any]:
    """The place of an ast node, for another."""
    return {name: getattr(node, name) for name in node._attributes}


def refuse(where: Any, message: str, hint: str | None = None) -> NoReturn:
    """Raise a syntax error at a rule's place, a token or a node."""
    if hasattr(where, "lineno"):
        span = Span(where.lineno, where.col_offset, where.end_lineno, where.end_col_offset)
    else:
        span = Span(where.line, where.column - 1, where.end_line, where.end_column - 1)
    raise TensorshSyntaxError(message, span, hint)


def is_checked_attribute(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "@attr"


def _refuse_target(node: ast.expr, context: ast.expr_context, hint: str | None) -> NoReturn:
    action = "delete" if context is DELETE else "assign to"
    refuse(node, f"cannot {action} {describe(node)}", hint)


def describe(node: ast.expr) -> str:
    """What the node is, in words that a user of the language has."""
    if isinstance(node, ast.Constant):
        if node.value is None or node.value is True or node.value is False:
            return str(node.value)
        return "'...'" if node.value is ... else "a literal"
    return next((words for kind, words in _KINDS if isinstance(node, kind)), "an expression")


_KINDS: tuple[tuple[Any, str], ...] = (
    (ast.Call, "a function's result"),
    (ast.Compare, "a comparison"),
    (ast.JoinedStr, "an f-string"),
    (ast.Lambda, "a lambda"),
    (ast.IfExp, "a conditional expression"),
    ((ast.ListComp, ast.SetComp, ast.DictComp), "a comprehension"),
    (ast.GeneratorExp, "a generator"),
    ((ast.Dict, ast.Set), "a display in braces"),
    ((ast.Yield, ast.YieldFrom), "a yield"),
    (ast.Starred, "a starred value"),
)
