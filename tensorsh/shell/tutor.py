"""`:tutor`: from a first tensor to a fitted line, by doing.

A step says what it is about and what may be typed. It is done when the session shows it, whatever was typed; then
the next one is said. Nothing stands in the way of doing something else in between.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..manual.page import window_width
from ..runtime.tensor import Tensor
from ..runtime.variable import Variable
from .commands import CommandError, Desk, command

Names = Mapping[str, Any]  # what is bound, and `_`, the last value


class Step(NamedTuple):
    """One step of the lesson."""

    about: str
    entry: str  # what may be typed
    is_done: Callable[[Names], bool]


def _is_tensor(value: Any, *ranks: int) -> bool:
    return isinstance(value, Tensor) and len(value.shape) in ranks


STEPS = (
    Step(
        "A tensor holds numbers of one dtype in a shape. Make one, and give it a name:",
        "x = constant([0., 1., 2., 3.])",
        lambda names: _is_tensor(names.get("x"), 1),
    ),
    Step(
        "Arithmetic goes element by element, and a number meets every element:",
        "2 * x + 1",
        lambda names: _is_tensor(names.get("_"), 1, 2, 3),
    ),
    Step(
        "Functions bear TensorFlow's names. Type the first letters and press Tab; `reduce_mean?` tells "
        "what it does. The mean of all elements:",
        "reduce_mean(x)",
        lambda names: _is_tensor(names.get("_"), 0),
    ),
    Step(
        "Let us fit a line to points. These are nearly on y = 2 x + 1:",
        "y = 2 * x + 1 + constant([0.1, -0.1, 0.1, -0.1])",
        lambda names: _is_tensor(names.get("y"), 1),
    ),
    Step(
        "What is to be found is a variable, for its value changes. Slope and intercept begin at 0 "
        "(a semicolon parts two statements):",
        "w = Variable(0.); b = Variable(0.)",
        lambda names: all(isinstance(names.get(name), Variable) for name in "wb"),
    ),
    Step(
        "A tape records what is computed under it, so that it can be differentiated. Enter after the "
        "colon indents; an empty line ends the block:",
        "with tape:\n    loss = reduce_mean(square(w * x + b - y))",
        lambda names: _is_tensor(names.get("loss"), 0),
    ),
    Step(
        "The gradient says how the loss grows with each of the two:",
        "grad(loss, [w, b])",
        lambda names: isinstance(names.get("_"), list) and len(names["_"]) == 2,
    ),
    Step(
        "So go a little the other way, and again, two hundred times (Ctrl-C would stop it):",
        "for step in range(200):\n"
        "    with tape:\n"
        "        loss = reduce_mean(square(w * x + b - y))\n"
        "    dw, db = grad(loss, [w, b])\n"
        "    w.assign_sub(0.1 * dw)\n"
        "    b.assign_sub(0.1 * db)",
        lambda names: _is_tensor(names.get("loss"), 0) and bool(names["loss"] < 0.1),
    ),
    Step(
        "The line is fitted. Look at its slope and intercept, near 2 and 1:",
        "w, b",
        lambda names: isinstance(names.get("_"), tuple) and len(names["_"]) == 2,
    ),
    Step(
        "Gradients have gradients. All second derivatives of a function at once:",
        "hessian(lambda v: reduce_sum(v ** 3))(x)",
        lambda names: _is_tensor(names.get("_"), 2),
    ),
    Step(
        "Mistakes are told in your own text, with a way out; nothing is lost. Try one, such as "
        "ones(2, 3) @ ones(2, 3), and then what it proposes:",
        "matmul(ones(2, 3), ones(2, 3), transpose_b=True)",
        lambda names: _is_tensor(names.get("_"), 2) and tuple(names["_"].shape) == (2, 2),
    ),
)
_END = "That was all. help() tells where things are, :help lists the commands, Ctrl-D leaves."


class Lesson:
    """How far someone has come."""

    def __init__(self) -> None:
        self._number = 0

    @property
    def is_over(self) -> bool:
        return self._number == len(STEPS)

    def text(self) -> str:
        """The step that is to be done now."""
        width = window_width(78)
        if self.is_over:
            return textwrap.fill(_END, width)
        step = STEPS[self._number]
        lines = textwrap.wrap(f"[{self._number + 1}/{len(STEPS)}] {step.about}", width)
        return "\n".join(["", *lines, "", *(f"    {line}" for line in step.entry.split("\n")), ""])

    def follow(self, names: Names) -> str:
        """What is said after an entry: the next step, if this one is done."""
        if self.is_over or not STEPS[self._number].is_done(names):
            return ""
        return self.skip()

    def skip(self) -> str:
        """Go on to the next step, and say it."""
        self._number = min(self._number + 1, len(STEPS))
        return self.text()


@command("[next|stop]")
def tutor(desk: Desk, argument: str) -> None:
    """Learn the language by doing, a step at a time.

    Again for the step you are at, `next` to pass over it, `stop` to leave it.
    """
    if argument not in ("", "next", "stop"):
        raise CommandError(f":tutor takes next or stop, not {argument!r}")
    if argument == "stop":
        desk.lesson = None
    elif desk.lesson is None or desk.lesson.is_over:
        desk.lesson = Lesson()
        desk.write("Type each step, or something like it; `:tutor next` passes over one.")
        desk.write(desk.lesson.text())
    else:
        desk.write(desk.lesson.skip() if argument else desk.lesson.text())
