"""Why a text is no program, in words.

The parser only knows the token at which it stopped and the tokens it would have taken. `explain` sets that
scene and asks the known mistakes in `mistakes.py`, from the most telling to the most general, which of them it is.
"""

from __future__ import annotations

from collections.abc import Callable

from .lexical_errors import unreadable
from .mistakes import MISTAKES
from .scene import Scene
from .source import TensorshSyntaxError
from .tokens import Stopped
from .words import read_words


def explain(
    text: str,
    begin: int,
    end: int,
    line: int,
    failure: Stopped,
    expected: set[str],
    terminal: Callable[[str], str],
) -> TensorshSyntaxError:
    """The error to raise for the parser's failure in text[begin:end], which begins on that line.

    `expected` are the kinds of token that the parser would have taken; `terminal` gives the grammar's regular
    expressions by name.
    """
    scene = Scene(read_words(text, begin, end, terminal), text, begin, line, failure, expected)
    if not scene.kind:
        return unreadable(scene)
    for mistake in MISTAKES:
        error = mistake(scene)
        if error is not None:
            return error
    raise AssertionError("the last mistake takes all")
