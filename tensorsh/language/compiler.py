"""A chunk of program text -> a Python code object, whose positions are positions in the user's text.

The tree is folded from its leaves upward, without recursion, by one method for each grammar rule
(`Classes`, `Statements` and `Expressions`, each on top of the next). What the rules cannot see for
themselves, Python's own compile() reports: a `return` outside a function, a name that is both global and a
parameter. Its words are put into ours here.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Container
from types import CodeType
from typing import Any

from .chunks import Chunk
from .classes import Classes
from .machine import Node
from .parser import parse, parse_part
from .source import Source, TensorshSyntaxError, Unit
from .span import Span


def compile_chunk(source: Source, chunk: Chunk, plain: Container[str], counted: bool = False) -> Unit:
    """Compile a chunk of the source. Attributes named in `plain` are looked up without a check.

    counted: whether the program is to count its operations.

    Raises:
        TensorshSyntaxError: with a span in the source.
    """
    try:
        compiler = Compiler(chunk.text, plain)
        statements = compiler.fold(parse(chunk.text, line=chunk.line))
        if counted:
            from .counted import count_operations

            count_operations(statements)
        code = _code(ast.Module(statements, []), source.name, chunk)
    except TensorshSyntaxError as error:
        error.source = source.name
        raise
    named = _names(code)
    reads = named.intersection(name for name, count in compiler.reads.items() if count)
    return Unit(code, reads, named, frozenset(compiler.declares), chunk.line)


class Compiler(Classes):
    """Folds one chunk's tree."""

    def __init__(self, text: str, plain: Container[str]) -> None:
        self.text = text if text.endswith("\n") else text + "\n"
        self.plain = plain
        self.reads: dict[str, int] = {}
        self.declares: set[str] = set()
        self.unplaced: dict[int, tuple[ast.AST, Any, str, str]] = {}
        self._methods: dict[str, Any] = {}

    def fold(self, tree: Node) -> Any:
        """What the tree's method makes of it, and of what its children's methods made of them."""
        waiting: list[Node] = [tree]
        order: list[Node] = []
        while waiting:
            node = waiting.pop()
            order.append(node)
            waiting += [child for child in node.children if type(child) is Node]
        methods = self._methods
        while order:
            node = order.pop()
            method = methods.get(node.data)
            if method is None:
                method = methods[node.data] = getattr(self, node.data)
            node.value = method(node, [c.value if type(c) is Node else c for c in node.children])
            node.children = []
        return tree.value

    def compile_field(self, begin: int, end: int, line: int, column: int) -> ast.expr:
        return self.fold(parse_part(self.text, begin, end, line, column, "field"))


# How many nodes may be nested in each other, where Python has no narrower limit of its own: each takes some 350 bytes
# of the stack.
_DEEPEST = 6000
# How many functions: Python writes the names of all those around it into each, which makes the square of their number.
_DEEPEST_FUNCTIONS = 200


def _code(module: ast.Module, name: str, chunk: Chunk) -> CodeType:
    limit = sys.getrecursionlimit()
    if chunk.text.count("lambda") + chunk.text.count("for") + chunk.text.count("def") > _DEEPEST_FUNCTIONS:
        _check_functions(module)
    try:
        sys.setrecursionlimit(max(limit, _DEEPEST))
        with warnings.catch_warnings():
            # Python's warnings of odd code (`x is 1`) come in Python's form; the language has none.
            warnings.simplefilter("ignore")
            return compile(module, name, "exec", dont_inherit=True, optimize=0)
    except TensorshSyntaxError:
        raise
    except SyntaxError as error:
        raise _in_words(error, chunk) from None
    except (RecursionError, MemoryError):
        raise _too_deep(module) from None
    finally:
        sys.setrecursionlimit(limit)


def _check_functions(module: ast.Module) -> None:
    waiting: list[tuple[Any, int]] = [(module, 0)]
    for node, depth in waiting:
        if isinstance(node, _FUNCTIONS):
            depth += 1
            if depth > _DEEPEST_FUNCTIONS:
                raise _nested(node, depth)
        waiting += [(child, depth) for child in ast.iter_child_nodes(node)]


_FUNCTIONS = (ast.Lambda, ast.FunctionDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _too_deep(module: ast.Module) -> TensorshSyntaxError:
    """The error for what Python does not compile, at the deepest place."""
    deepest: ast.AST = module
    depth = -1
    level: list[ast.AST] = [module]
    while level:
        deepest = next((node for node in level if hasattr(node, "lineno")), deepest)
        depth += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return _nested(deepest, depth)


def _nested(node: Any, depth: int) -> TensorshSyntaxError:
    span = Span(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
    hint = "give parts of it names, in statements before"
    return TensorshSyntaxError(f"this is nested too deeply: {depth} levels", span, hint)


def _names(code: CodeType) -> frozenset[str]:
    """All names in the code and in the functions in it but those of local variables: globals and attributes."""
    names: set[str] = set()
    waiting = [code]
    for code in waiting:
        names.update(code.co_names)
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return frozenset(names)


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
