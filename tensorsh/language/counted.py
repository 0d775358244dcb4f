"""Programs that count what they do: every block of statements tells first how many operations it is about to evaluate.

An operation is an operator, a call or a subscript. Both sides of `a if b else c` and of `and` count, as does what
follows a `break`: the number is that of the block's text. A round of a loop is one at least, so that an empty one comes
to its end; and so is a function's body, which may be called by what is no program.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from .expressions import BOUNDED
from .targets import LOAD, place_of

_SERVICES = frozenset(BOUNDED.values())  # those that stand for an operator


class _Block(NamedTuple):
    """What is evaluated together."""

    nodes: list[Any]
    tell: Callable[[ast.Call], None]  # puts the call that tells their number in front of it
    place: Any  # the node that an error points at
    least: int = 0  # as how many operations it counts at least


def count_operations(statements: list[ast.stmt]) -> None:
    """Put calls of the service `@count`, which takes a number and gives True, into a chunk's statements."""
    blocks = [_of_statements(statements, statements[0])]
    for block in blocks:
        count, waiting = 0, list(block.nodes)
        while waiting:
            node = waiting.pop()
            count += _operations(node)
            inner, here = _PARTS.get(type(node), _whole)(node)
            blocks += inner
            waiting += here
        count = max(count, block.least)
        if count:
            where = place_of(block.place)
            block.tell(ast.Call(ast.Name("@count", LOAD, **where), [ast.Constant(count, **where)], [], **where))


def _operations(node: Any) -> int:
    """How many operations the node itself is."""
    kind = type(node)
    if kind is ast.Call:
        return not _is_service(node.func) or node.func.id in _SERVICES
    if kind is ast.Subscript:
        return not _is_service(node.value)
    if kind is ast.Compare:
        return len(node.ops)
    if kind is ast.BoolOp:
        return len(node.values) - 1
    if kind is ast.UnaryOp:
        return not (isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant))  # -1 is a number
    return kind in (ast.BinOp, ast.AugAssign)


def _is_service(node: Any) -> bool:
    return isinstance(node, ast.Name) and node.id.startswith("@")


# ---------------------------------------------------------------- the blocks in a node


_Parts = tuple[list[_Block], list[Any]]  # (blocks of their own, what is evaluated with the node)


def _of_statements(body: list[ast.stmt], place: Any, least: int = 0, *others: Any, at: int = 0) -> _Block:
    def tell(call: ast.Call) -> None:
        body.insert(at, ast.Expr(call, **place_of(call)))

    return _Block([*body, *others], tell, place, least)


def _whole(node: Any) -> _Parts:
    return [], list(ast.iter_child_nodes(node))


def _branches(node: Any) -> _Parts:
    return [_of_statements(part, part[0]) for part in (node.body, node.orelse) if part], [node.test]


def _loop(node: Any) -> _Parts:
    is_while = isinstance(node, ast.While)
    each_time, once = ([node.test], []) if is_while else ([], [node.target, node.iter])
    orelse = [_of_statements(node.orelse, node.orelse[0])] if node.orelse else []
    return [_of_statements(node.body, node, 1, *each_time), *orelse], once


def _handler(node: Any) -> _Parts:
    return [_of_statements(node.body, node)], [node.type] if node.type else []


def _function(node: Any) -> _Parts:
    has_docstring = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
    return [_of_statements(node.body, node, 1, at=int(has_docstring))], [*node.decorator_list, node.args]


def _lambda(node: Any) -> _Parts:
    def tell(call: ast.Call) -> None:
        node.body = ast.BoolOp(ast.And(), [call, node.body], **place_of(call))

    return [_Block([node.body], tell, node, 1)], [node.args]


def _comprehension(node: Any) -> _Parts:
    """The first iterable is evaluated once, all else in the rounds of the loop that it stands in."""
    results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    loops = node.generators
    blocks = []
    for loop, inner in zip(loops, [*loops[1:], None]):
        nodes = [loop.target, *loop.ifs, *([inner.iter] if inner else results)]
        blocks.append(_Block(nodes, partial(loop.ifs.insert, 0), loop.target, 1))
    return blocks, [loops[0].iter]


_PARTS: dict[type, Callable[[Any], _Parts]] = {
    ast.If: _branches,
    ast.For: _loop,
    ast.While: _loop,
    ast.ExceptHandler: _handler,
    ast.FunctionDef: _function,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
}
