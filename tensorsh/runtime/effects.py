"""What a run does beside computing: hooks by which ops tell a traced run of it.

A `function` that is traced repeats what its ops do with arrays. An op that writes somewhere, draws random numbers or
asks the clock says so here; when nothing is traced, that costs a look at `current`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

import numpy as np

from . import local, random, variable
from .tensor import Tensor, wrap
from .variable import Variable

#: The trace that is being recorded.
current: Any = None

#: How many calls of `function`s' Python code are under way.
running = 0


def abandon() -> None:
    """Put right what a run that will never end, and not be unwound either, was in the middle of."""
    global current, running
    if current is not None:
        current.stop()
    current, running, local.printed, random.state.function = None, 0, None, None
    variable.prefix = ""


def impure(why: str) -> None:
    """Note that what follows is another each time, and not recorded."""
    if current is not None:
        current.give_up(why)


@contextmanager
def outside(why: str) -> Iterator[None]:
    """A block that is no part of the `function` that runs: it is done each time, and all that it prints is heard."""
    impure(why)
    printed, local.printed = local.printed, None
    try:
        yield
    finally:
        local.printed = printed


def unrecorded() -> None:
    """Note that a random draw was not recorded."""
    impure("numbers are drawn")


def whole(function: Callable[..., Any], *args: Any) -> Any:
    """function(*args) of raw arrays, which for a traced run is one step that writes into none of them."""
    return function(*args) if current is None else current.apply(function, args, {})


def effect(function: Callable[..., Any], args: tuple) -> None:
    """Call function(*args); in a traced run at its end, and at the end of each run of its graph."""
    if current is None:
        function(*args)
    else:
        current.effects.append((function, current.argument(_arrays(args))))


def drawn(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a function that draws one random tensor, so that a graph draws anew each time it runs."""

    @wraps(function)
    def drawing(*args: Any) -> Any:
        trace, seeds = current, random.state.function
        if trace is None or seeds is None:
            return function(*args)
        if seeds.graph is None:
            trace.give_up("numbers are drawn")
        again = partial(_draw, function, seeds.graph, seeds.drawn)
        seeds.drawn += 1
        return wrap(trace.draw(again, _arrays(args), {}))

    return drawing


def _draw(function: Callable[..., Any], graph: Any, number: int, *args: Any) -> Any:
    """The array of draw `number` of a graph."""
    before = random.state.function
    seeds = random.state.function = random.FunctionSeeds(graph)
    seeds.drawn = number
    try:
        return function(*tensors(args))._array
    finally:
        random.state.function = before


def _arrays(args: Any) -> Any:
    """A structure with tensors' and variables' arrays in their place."""
    if isinstance(args, Tensor | Variable):
        return args._read()._array
    return mapped(_arrays, args)


def tensors(args: Any) -> Any:
    """A structure with tensors in the place of arrays."""
    return wrap(args) if isinstance(args, np.ndarray) else mapped(tensors, args)


def mapped(function: Callable[[Any], Any], args: Any) -> Any:
    """A tuple, list, dict or slice with `function` done to each part; anything else as it is."""
    if type(args) in (tuple, list):
        return type(args)(map(function, args))
    if type(args) is slice:
        return slice(function(args.start), function(args.stop), function(args.step))
    return {key: function(a) for key, a in args.items()} if type(args) is dict else args
