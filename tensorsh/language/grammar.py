"""The grammar's text -> its tables. The only importer of Lark, whose LALR(1) construction takes the better part of a
second: the tables are kept in the cache.

The lexer is one for all contexts rather than Lark's contextual one: Python's words are reserved wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lark import Lark
from lark.grammar import Rule as LarkRule
from lark.lark import PostLex
from lark.parsers.lalr_analysis import Shift

from .machine import Rule, Tables


def build_tables(grammar: str) -> Tables:
    """The tables of the grammar."""
    lark = build(grammar)
    table = lark.parser.parser._parse_table
    numbers: dict[LarkRule, int] = {}
    states: list[dict[str, int]] = [{} for _ in range(1 + max(table.states))]
    for state, actions in table.states.items():
        for kind, (action, target) in actions.items():
            states[state][kind] = target if action is Shift else ~numbers.setdefault(target, len(numbers))
    terminals, words = {}, {}
    for terminal in lark.parser.lexer.lexer.terminals:
        if terminal.pattern.type == "str" and terminal.pattern.value.isidentifier():
            words[terminal.pattern.value] = terminal.name
        else:
            terminals[terminal.name] = terminal.pattern.to_regexp()
    rules = [_rule(rule) for rule in numbers]
    return Tables(rules, states, dict(table.start_states), dict(table.end_states), terminals, words)


def build(grammar: str, **options: Any) -> Lark:
    """Lark's parser for the grammar."""
    return Lark(grammar, parser="lalr", lexer="basic", start=["chunk", "field"], postlex=_KeptTerminals(), **options)


class _KeptTerminals(PostLex):
    """Tells Lark which terminals to keep although no rule uses them. The layout itself is made in `tokens.py`."""

    always_accept = ("_NEWLINE", "LEFT_OUT")

    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        raise AssertionError("Lark only builds the tables")


def _rule(rule: LarkRule) -> Rule:
    """What a reduction leaves of its children, by Lark's rules of shaping a tree."""
    keep: list[tuple[int, bool, int]] = []
    absent = 0
    # empty_indices: True for each place where an optional part was left out, False for each symbol that is there.
    places = iter(rule.options.empty_indices or [False] * len(rule.expansion))
    for position, symbol in enumerate(rule.expansion):
        while next(places):
            absent += 1
        if rule.options.keep_all_tokens or not (symbol.is_term and getattr(symbol, "filter_out", False)):
            keep.append((position, not symbol.is_term and symbol.name.startswith("_"), absent))
            absent = 0
    absent += sum(places)
    origin = rule.origin.name
    everything = all(not inlined and not before for _, inlined, before in keep) and len(keep) == len(rule.expansion)
    expand = rule.options.expand1 and not rule.alias
    return Rule(
        str(origin),
        str(rule.alias or origin),
        len(rule.expansion),
        None if everything and not absent else tuple(keep),
        absent,
        bool(expand),
        bool(expand and len(rule.expansion) == 1 and not rule.expansion[0].name.startswith("_")),
    )
