"""A chunk of program text -> a Python code object, whose positions are positions in the user's text.

The tree is folded from its leaves upward, without recursion, by one method for each grammar rule
(`Classes`, `Statements` and `Expressions`, each on top of the next). What the rules cannot see for
themselves, Python's own compile() reports: a `return` outside a function, a name that is both global and a
parameter. Its words are put into ours here.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Container
from types import CodeType
from typing import Any

from lark import Tree

from .classes import Classes
from .parser import parse, parse_part
from .source import Chunk, Source, Span, TensorshSyntaxError, Unit


def compile_chunk(source: Source, chunk: Chunk, plain: Container[str]) -> Unit:
    """Compile a chunk of the source. Attributes named in `plain` are looked up without a check.

    Raises:
        TensorshSyntaxError: with a span in the source.
    """
    try:
        compiler = Compiler(chunk.text, plain)
        statements = compiler.fold(parse(chunk.text, line=chunk.line))
        code = _code(ast.Module(statements, []), source.name, chunk)
    except TensorshSyntaxError as error:
        error.source = source.name
        raise
    reads = {name for name, count in compiler.reads.items() if count}
    return Unit(code, frozenset(reads & _global_names(code)), chunk.line)


class Compiler(Classes):
    """Folds one chunk's tree."""

    def __init__(self, text: str, plain: Container[str]) -> None:
        self.text = text if text.endswith("\n") else text + "\n"
        self.plain = plain
        self.reads: dict[str, int] = {}
        self.unplaced: dict[int, tuple[ast.AST, Any, str, str]] = {}
        self._methods: dict[str, Any] = {}

    def fold(self, tree: Tree) -> Any:
        """What the tree's method makes of it, and of what its children's methods made of them."""
        waiting: list[Any] = [tree]
        order: list[Any] = []
        while waiting:
            node = waiting.pop()
            order.append(node)
            waiting += [child for child in node.children if type(child) is Tree]
        methods = self._methods
        order.reverse()
        values: dict[int, Any] = {}
        for node in order:
            method = methods.get(node.data)
            if method is None:
                method = methods[node.data] = getattr(self, node.data)
            children = [values.pop(id(c)) if type(c) is Tree else c for c in node.children]
            values[id(node)] = method(node.meta, children)
        return values[id(order[-1])]

    def compile_field(self, begin: int, end: int, line: int, column: int) -> ast.expr:
        return self.fold(parse_part(self.text, begin, end, line, column, "field"))


def _code(module: ast.Module, name: str, chunk: Chunk) -> CodeType:
    try:
        with warnings.catch_warnings():
            # Python's warnings of odd code (`x is 1`) come in Python's form; the language has none.
            warnings.simplefilter("ignore")
            return compile(module, name, "exec", dont_inherit=True, optimize=0)
    except TensorshSyntaxError:
        raise
    except SyntaxError as error:
        raise _in_words(error, chunk) from None
    except (RecursionError, MemoryError):
        line, column = chunk.line, 0
        raise TensorshSyntaxError(
            "this statement is nested too deeply",
            Span(line, column, line, max(len(chunk.text.partition("\n")[0]), 1)),
            "break it into several statements",
        ) from None


def _global_names(code: CodeType) -> set[str]:
    names: set[str] = set()
    waiting = [code]
    for code in waiting:
        names.update(code.co_names)
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return names


# Python's words (their beginning) -> ours, and the way out. `{}` takes what stood between quotes in Python's.
_WORDS: tuple[tuple[str, str, str | None], ...] = (
    ("'return' outside function", "'return' can only stand inside a function", None),
    ("'yield' outside function", "'yield' can only stand inside a function", None),
    ("'yield from' outside function", "'yield from' can only stand inside a function", None),
    ("'yield' inside", "'yield' cannot stand inside a comprehension", None),
    ("'break' outside loop", "'break' can only stand inside a loop", None),
    ("'continue' not properly in loop", "'continue' can only stand inside a loop", None),
    ("nonlocal declaration not allowed at module level", "'nonlocal' can only stand inside a function", None),
    ("no binding for nonlocal", "no function around this one has the name that 'nonlocal' names", None),
    ("multiple starred expressions", "only one target of an assignment can be starred", None),
    ("keyword argument repeated", "the keyword argument {!r} is given twice", "leave one of them out"),
    ("can't use starred expression here", "a starred value cannot stand here", "write [*x]"),
    (
        "too many statically nested blocks",
        "more than 20 blocks are nested in each other",
        "make a function of some",
    ),
)


def _in_words(error: SyntaxError, chunk: Chunk) -> TensorshSyntaxError:
    line = error.lineno or chunk.line
    column = max((error.offset or 1) - 1, 0)
    end_line, end_column = error.end_lineno or line, (error.end_offset or 0) - 1
    if (end_line, end_column) <= (line, column):
        end_line, end_column = line, column + 1
    span = Span(line, column, end_line, end_column)
    message = error.msg
    for beginning, words, hint in _WORDS:
        if message.startswith(beginning):
            return TensorshSyntaxError(words.format(message.rpartition(": ")[2]), span, hint)
    return TensorshSyntaxError(message, span)
