"""Computing lazy arrays: what a result needs is put in order, made a program and run in one pass over memory.

What is computed for one result may be needed for another. Nothing is kept for that the first two times, as a tape
holds on to everything while little of it is asked for; when something is computed for the third time, what has been
made of it and is in someone's hands is kept.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from . import backend
from .fusion import Output, Program, Step, run


def ordered(roots: Iterable[Any]) -> tuple[list[tuple[Any, tuple]], list[Any]]:
    """The nodes to compute for the roots, operands first, each with its operands, and the arrays they start from."""
    order: list[tuple[Any, tuple]] = []
    leaves: dict[int, Any] = {}
    seen: set[int] = set()
    stack: list[tuple[Any, Any]] = [(root, None) for root in roots]
    while stack:
        node, ready = stack.pop()
        if ready is not None:
            order.append((node, ready))
        elif id(node) not in seen:
            seen.add(id(node))
            args = (
                node._args if type(node) is backend.Lazy else ()
            )  # read before the value, which is set before they go
            if type(node) is not backend.Lazy or node._value is not None:
                leaves[id(node)] = node
            else:
                stack.append((node, args))
                stack.extend((arg, None) for arg in args)
    return order, list(leaves.values())


def compute(roots: list[Any]) -> None:
    """Compute lazy arrays, those of one shape in one pass over memory."""
    pending = {id(root): root for root in roots if root._value is None}.values()
    for shape in dict.fromkeys(root.shape for root in pending):
        _pass([root for root in pending if root.shape == shape], None, shape)


def reduce_in_passing(x: Any, output: Output) -> Any:
    """A lazy array reduced, without being kept itself."""
    return _pass([], (x, output), x.shape)


def _pass(roots: list[Any], reduced: tuple[Any, Output] | None, shape: tuple[int, ...]) -> Any:
    """One pass over memory: the roots get their values; what another lazy array is reduced to is returned."""
    order, leaves = ordered([*roots, reduced[0]] if reduced else roots)
    kept = [*roots, *_worth_keeping(order, {id(root) for root in roots})]
    arrays = [leaf.get() if type(leaf) is backend.Lazy else leaf for leaf in leaves]
    register = {id(x): i for i, x in enumerate(leaves)}
    register |= {id(node): i for i, (node, _) in enumerate(order, len(leaves))}
    steps = [Step(node._function, tuple(register[id(arg)] for arg in args), node.dtype) for node, args in order]
    outputs = [Output(register[id(node)]) for node in kept]
    if reduced:
        outputs.append(reduced[1]._replace(register=register[id(reduced[0])]))
    program = Program(tuple(array.dtype for array in arrays), tuple(steps), tuple(outputs))
    home = [*roots, *(reduced or ())][0].home
    results = (run if home is None else home.run)(program, arrays, shape)
    for node, value in zip(kept, results):
        node._value = value.reshape(node.shape)
        node._args = ()
    return results[-1]


def _worth_keeping(order: list[tuple[Any, tuple]], roots: set[int]) -> list[Any]:
    """Where something is computed for the third time: the last made of it that somebody holds, and has used before.

    If there is none, what is held and new; the last node of all, which is in our own caller's hands, only then.
    """
    uses: dict[int, int] = {}
    is_worn: dict[int, bool] = {}  # whether it, or anything in it, has been computed twice before
    for node, args in order:
        node._computed += 1
        is_worn[id(node)] = node._computed > 2 or any(is_worn.get(id(arg), False) for arg in args)
        for arg in args:
            uses[id(arg)] = uses.get(id(arg), 0) + 1
    if not any(is_worn.values()):
        return []
    references = [sys.getrefcount(x) - uses.get(id(x), 0) for x, _ in order]
    held = [(x, x._computed) for (x, _), n in zip(order, references) if is_worn[id(x)] and n > _NOBODY_S]
    last = order[-1][0]
    for choice in (
        {id(x) for x, computed in held if computed > 1},
        {id(x) for x, _ in held if x is not last},
        {id(x) for x, _ in held},
    ):
        if kept := _outermost(order, roots, choice):
            return kept
    return []


# What refers to a node that nobody holds, beside others' operands, as it is counted above: our own list and variables.
_NOBODY_S = [sys.getrefcount(x) for x, _ in [(object(), ())]][0]


def _outermost(order: list[tuple[Any, tuple]], roots: set[int], choice: set[int]) -> list[Any]:
    """Of the chosen nodes those that are needed here for more than what others of them, or the roots, need."""
    found = []
    is_inside: dict[int, bool] = {}
    for node, args in reversed(order):
        inside = id(node) in roots or is_inside.get(id(node), False)
        if id(node) in choice and not inside:
            found.append(node)
            inside = True
        for arg in args:
            is_inside[id(arg)] = is_inside.get(id(arg), True) and inside
    return found
