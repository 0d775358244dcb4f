"""The loop that drives the grammar's LALR(1) tables, and the trees that it builds.

Lark makes the tables; they are kept as plain numbers and words, so that a program is parsed without importing Lark.
The loop takes the chains of single-child rules (some eighteen, from `atom` up to `test`) in one step, which halves
the time to parse.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from .tokens import Stopped


class Node:
    """A rule's tree: `data` is the rule's name or alias, `children` are nodes, tokens, and None for what may be absent.

    Lines and columns are numbered from 1.
    """

    __slots__ = ("children", "column", "data", "end_column", "end_line", "line", "takes_space", "value")

    takes_space: bool
    line: int
    column: int
    end_line: int
    end_column: int
    value: Any  # what the compiler made of it

    def __init__(self, data: str, children: list[Any]) -> None:
        self.data, self.children = data, children


class Rule(NamedTuple):
    """A reduction.

    keep: (position of a child, whether its own children stand in its place, how many absent ones stand before it);
    None if all children are kept. absent: how many absent ones stand at the end. expand: a single child takes the
    rule's place. hands_on: so it does whatever it is.
    """

    origin: str
    name: str
    size: int
    keep: tuple[tuple[int, bool, int], ...] | None
    absent: int
    expand: bool
    hands_on: bool


class Tables(NamedTuple):
    """The grammar as its automaton; marshal keeps it.

    states: for each state, what to do by the next token's type (or a rule's name): shift to a state, or, where the
    number is negative, reduce by rule ~number.
    """

    rules: list[Rule]
    states: list[dict[str, int]]
    start: dict[str, int]
    end: dict[str, int]
    terminals: dict[str, str]
    words: dict[str, str]


class Machine:
    """Shifts and reduces."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        # (state, rule's name, next token's type) -> the state after all the single-child rules that must
        # follow the reduction at once, each of which would only hand its child on.
        self._jumps: dict[tuple[int, str, str], int] = {}

    def run(self, tokens: Iterable[Any], start: str) -> Node:
        """The tree of the tokens. Raises Stopped at the token that cannot stand where it does."""
        states, rules, jumps = self._tables.states, self._tables.rules, self._jumps
        state, end_state = self._tables.start[start], self._tables.end[start]
        stack: list[int] = [state]
        values: list[Any] = []
        for token in tokens:
            kind = token.type
            while True:
                action = states[state].get(kind)
                if action is None:
                    raise Stopped(token.start_pos, token, stack)
                if action >= 0:
                    state = action
                    stack.append(state)
                    values.append(token)
                    break
                rule = rules[~action]
                size = rule.size
                if size == 1:
                    children = [values.pop()]
                    stack.pop()
                elif size:
                    children = values[-size:]
                    del values[-size:], stack[-size:]
                else:
                    children = []
                values.append(_reduced(rule, children))
                key = (stack[-1], rule.origin, kind)
                state = jumps.get(key, -1)
                if state < 0:
                    state = jumps[key] = self._jump(*key)
                stack.append(state)
                if state == end_state and kind == "$END":
                    return values[-1]
        raise AssertionError("the text's end was shifted")

    def expected(self, stack: list[int]) -> set[str]:
        """The kinds of token that could stand where the parser stopped, by its stack of states."""
        if not stack:
            return set()
        return {kind for kind in self._tables.states[stack[-1]] if kind.isupper() and self._shifts(stack, kind)}

    def _jump(self, base: int, name: str, kind: str) -> int:
        states = self._tables.states
        state = states[base][name]
        while True:
            action = states[state].get(kind, 0)
            if action >= 0 or not self._tables.rules[~action].hands_on:
                return state
            state = states[base][self._tables.rules[~action].origin]

    def _shifts(self, stack: list[int], kind: str) -> bool:
        """Would the token be shifted, after the reductions it causes? A state alone promises too much."""
        states = self._tables.states
        depth = len(stack)
        above: list[int] = []  # the states that the reductions would put on the first `depth` of the stack
        while True:
            action = states[above[-1] if above else stack[depth - 1]].get(kind)
            if action is None or action >= 0:
                return action is not None
            rule = self._tables.rules[~action]
            size = rule.size
            taken = min(size, len(above))
            del above[len(above) - taken :]
            depth -= size - taken
            above.append(states[above[-1] if above else stack[depth - 1]][rule.origin])


def _reduced(rule: Rule, children: list[Any]) -> Any:
    """The rule's node, or the child that takes its place."""
    if rule.keep is None:
        kept = children
    else:
        kept = []
        for position, inlined, absent in rule.keep:
            if absent:
                kept += [None] * absent
            if not inlined:
                kept.append(children[position])
            elif kept:
                kept += children[position].children
            else:
                kept = children[position].children  # nobody else holds it: a long list is not copied at every step
        if rule.absent:
            kept += [None] * rule.absent
    if rule.expand and len(kept) == 1:
        return kept[0]
    node = Node(rule.name, kept)
    node.takes_space = False
    for child in children:
        if child.takes_space:
            node.takes_space = True
            node.line, node.column = child.line, child.column
            for last in reversed(children):
                if last.takes_space:
                    node.end_line, node.end_column = last.end_line, last.end_column
                    break
            break
    return node
