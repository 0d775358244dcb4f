"""Text of a chunk -> Lark tree, and whether a text is complete, incomplete or wrong.

The grammar is grammar/tensorsh.lark; Lark builds its LALR(1) tables, which takes the better part of a second,
so they are kept in the cache. Two parts are our own:
- the layout, which knows Python's rules for tabs and tells a wrong indentation in words;
- the loop that drives the tables, which takes the chains of single-child rules (some eighteen,
  from `atom` up to `test`) in one step, and so halves the time to parse.
The lexer is Lark's basic one rather than the contextual: Python's words are reserved wherever they stand, and
a contextual lexer would compile a regular expression for each of a hundred contexts.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Iterator
from functools import cache as once
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from lark import __version__ as lark_version
from lark.exceptions import UnexpectedCharacters, UnexpectedToken
from lark.grammar import Rule
from lark.lark import PostLex
from lark.lexer import LexerState, LineCounter, TerminalDef, TextSlice
from lark.parsers.lalr_analysis import Shift

from . import cache
from .source import Chunker, Span, TensorshSyntaxError


def parse(text: str, start: str = "chunk", line: int = 1) -> Tree:
    """The tree of a chunk whose first line bears the number `line`.

    Raises:
        TensorshSyntaxError: with a span, numbered as the tree is.
    """
    if not text.endswith("\n"):
        text += "\n"
    return parse_part(text, 0, len(text), line, 0, start)


def parse_part(text: str, begin: int, end: int, line: int, column: int, start: str) -> Tree:
    """The tree of text[begin:end], which stands at that line and column (0-based) of its source."""
    place = LineCounter("\n")
    place.char_pos, place.line, place.column = begin, line, column + 1
    place.line_start_pos = begin - column
    machine = _machine()
    tokens = machine.lexer.lex(LexerState(TextSlice(text, begin, end), place), None)
    try:
        return machine.run(layout(tokens, start == "chunk"), start)
    except (UnexpectedToken, UnexpectedCharacters) as failure:
        from .syntax_errors import explain

        raise explain(text, begin, end, line, failure, machine.expected(failure), terminal) from None


def completeness(text: str) -> str:
    """Is the text a whole program ("complete"), the beginning of one ("incomplete"), or neither ("wrong")?

    Python's rules for a prompt: a statement with a block ends with an empty line; a line that holds the whole
    statement is complete.
    """
    chunker = Chunker()
    chunks = [chunk for line in text.split("\n") for chunk in chunker.feed(line + "\n")]
    unfinished = chunker.finish()
    for chunk in chunks + unfinished:
        try:
            parse(chunk.text)
        except TensorshSyntaxError as error:
            return "incomplete" if error.incomplete and chunk in unfinished else "wrong"
    # The last chunk waits for what may continue it: an empty line says that nothing will.
    ends_blank = "\n" in text and not text.rpartition("\n")[2].strip()
    waits = bool(unfinished) and unfinished[-1].text.rstrip("\n").count("\n") > 0
    return "incomplete" if waits and not ends_blank else "complete"


def grammar_text() -> str:
    """The grammar, from inside the package (a wheel) or from beside it (a checkout, an editable install)."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "grammar", package.parent / "grammar"):
        try:
            return (folder / "tensorsh.lark").read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
    raise FileNotFoundError("tensorsh is installed without its grammar, tensorsh.lark")


def layout(tokens: Iterator[Any], whole_lines: bool) -> Iterator[Token]:
    """Add Python's INDENT and DEDENT tokens, and an end; drop line ends inside brackets.

    A part of a line (an f-string's field) has no layout: it is as if in brackets.
    """
    depth = 0 if whole_lines else 1
    # Each level's width with tabs of eight and with tabs of one: two lines whose order differs between the
    # two are indented alike only by an editor's grace.
    levels = [(0, 0)]
    begins = whole_lines
    token = None
    for token in tokens:
        kind = token.type
        if begins:
            begins = False
            if kind != "_NEWLINE" and token.column > 1:
                place = (token.start_pos, token.line, 1, token.line, token.column, token.start_pos)
                yield Token("_INDENT", "", *place)
        if kind == "_NEWLINE":
            if depth == 0:
                yield token
                yield from _indentation(token, levels)
            continue
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth -= depth > 0
        yield token
    if token is None:
        token = Token("_NEWLINE", "", 0, 1, 1, 1, 1, 0)
    for _ in levels[1:]:
        yield Token.new_borrow_pos("_DEDENT", "", token)
    yield Token.new_borrow_pos("$END", "", token)


_OPENING = frozenset({"LPAR", "LSQB", "LBRACE"})
_CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})


def _indentation(newline: Any, levels: list[tuple[int, int]]) -> Iterator[Token]:
    blank = newline.rpartition("\n")[2].rpartition("\f")[2]
    width = (len(blank.expandtabs(8)), len(blank))
    if width == levels[-1]:
        return
    if (width[0] - levels[-1][0]) * (width[1] - levels[-1][1]) <= 0:
        raise _mixed_tabs(newline, blank)
    if width > levels[-1]:
        levels.append(width)
        yield Token.new_borrow_pos("_INDENT", blank, newline)
        return
    while width < levels[-1]:
        levels.pop()
        yield Token.new_borrow_pos("_DEDENT", blank, newline)
    if width != levels[-1]:
        if width[0] == levels[-1][0] or width[1] == levels[-1][1]:
            raise _mixed_tabs(newline, blank)
        raise TensorshSyntaxError(
            "this line's indentation matches no line above it",
            Span(newline.end_line, 0, newline.end_line, max(len(blank), 1)),
            "give it the indentation of the block that it belongs to",
        )


def _mixed_tabs(newline: Any, blank: str) -> TensorshSyntaxError:
    return TensorshSyntaxError(
        "tabs and spaces are mixed, so that this line's indentation depends on the width of a tab",
        Span(newline.end_line, 0, newline.end_line, max(len(blank), 1)),
        "indent with spaces only, or with tabs only",
    )


def terminal(name: str) -> str:
    """The regular expression of one of the grammar's terminals."""
    return _machine().lexer.terminals_by_name[name].pattern.to_regexp()


class _KeptTerminals(PostLex):
    """Tells Lark which terminals to keep although no rule uses them. The layout itself is `layout`."""

    always_accept = ("_NEWLINE", "LEFT_OUT")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        return layout(stream, True)


class Machine:
    """The tables that Lark built, its lexer and its tree builder, and a loop that drives them."""

    def __init__(self, lark: Lark) -> None:
        self.lexer = lark.parser.lexer.lexer
        self._table = lark.parser.parser._parse_table
        self._callbacks = lark._callbacks
        # (state, rule's name, next token's type) -> the state after all the single-child rules that must
        # follow the reduction at once, each of which would only hand its child on.
        self._jumps: dict[tuple[int, str, str], int] = {}

    def run(self, tokens: Iterator[Any], start: str) -> Tree:
        """Shift and reduce. Raises Lark's UnexpectedToken, its `state` being the stack of states."""
        states, end_state = self._table.states, self._table.end_states[start]
        callbacks, jumps = self._callbacks, self._jumps
        state = self._table.start_states[start]
        stack: list[int] = [state]
        values: list[Any] = []
        for token in tokens:
            kind = token.type
            while True:
                try:
                    action, target = states[state][kind]
                except KeyError:
                    raise UnexpectedToken(token, set(), state=stack) from None
                if action is Shift:
                    state = target
                    stack.append(state)
                    values.append(token)
                    break
                size = len(target.expansion)
                if size:
                    children = values[-size:]
                    del values[-size:], stack[-size:]
                else:
                    children = []
                values.append(callbacks[target](children))
                key = (stack[-1], target.origin.name, kind)
                state = jumps.get(key)
                if state is None:
                    state = jumps[key] = self._jump(*key)
                stack.append(state)
                if state == end_state and kind == "$END":
                    return values[-1]
        raise AssertionError("the text's end was shifted")

    def expected(self, failure: UnexpectedToken | UnexpectedCharacters) -> set[str]:
        """The kinds of token that could have stood where the parser (not the lexer) stopped."""
        stack = getattr(failure, "state", None)
        if not isinstance(stack, list):
            return set()
        return {kind for kind in self._table.states[stack[-1]] if kind.isupper() and self._shifts(stack, kind)}

    def _jump(self, base: int, name: str, kind: str) -> int:
        states = self._table.states
        state = states[base][name][1]
        while True:
            action, rule = states[state].get(kind, (Shift, None))
            if action is Shift or not _hands_on(rule):
                return state
            state = states[base][rule.origin.name][1]

    def _shifts(self, stack: list[int], kind: str) -> bool:
        """Would the token be shifted, after the reductions it causes? A state alone promises too much."""
        states, stack = self._table.states, list(stack)
        while True:
            action, target = states[stack[-1]].get(kind, (None, None))
            if action is None or action is Shift:
                return action is Shift
            if target.expansion:
                del stack[-len(target.expansion) :]
            stack.append(states[stack[-1]][target.origin.name][1])


def _hands_on(rule: Rule) -> bool:
    """Does the rule give its only child as it is?"""
    return (
        len(rule.expansion) == 1
        and rule.options.expand1
        and not rule.alias
        and not rule.expansion[0].name.startswith("_")
    )


@once
def _machine() -> Machine:
    grammar = grammar_text()
    key = f"{lark_version} {sys.implementation.cache_tag}\n{grammar}".encode()
    own = {"postlex": _KeptTerminals(), "propagate_positions": _takes_space}
    blob = cache.load_blob("grammar", key)
    if blob is not None:
        data, memo = marshal.loads(blob)
        return Machine(Lark._load_from_dict(data, memo, **own))
    lark = build(grammar, **own)
    data, memo = lark.memo_serialize([TerminalDef, Rule])
    data["options"] = {name: value for name, value in data["options"].items() if name not in own}
    cache.store_blob("grammar", key, marshal.dumps((data, memo)))
    return Machine(lark)


def build(grammar: str, **options: Any) -> Lark:
    """Lark's parser for the grammar, built anew."""
    return Lark(grammar, parser="lalr", lexer="basic", start=["chunk", "field"], **options)


def _takes_space(child: Any) -> bool:
    """Does the child count for where its parent begins and ends? Line ends and indentation do not."""
    return not (isinstance(child, Token) and child.type in _LAYOUT)


_LAYOUT = frozenset({"_NEWLINE", "_INDENT", "_DEDENT"})
