"""The shell's own commands: `:name ARGUMENT`.

A command is a function of the desk it works at and of the rest of its line, registered under its own name
(less a `_` at its end). Its docstring is its help; its first line stands in the list that `:help` shows.

    @command("NAME")
    def thing(desk, argument):
        'Do the thing to NAME.'
"""

from __future__ import annotations

import inspect
import reprlib
from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..runtime import devices
from ..runtime.tensor import Tensor
from ..runtime.variable import Variable
from ..session import Session
from ..settings import Settings
from .window import filled, table

if TYPE_CHECKING:
    from .recovery import Lost
    from .tutor import Lesson


class Desk(Protocol):
    """What commands work with."""

    lesson: Lesson | None
    lost: list[Lost]  # sessions that were not left

    @property
    def session(self) -> Session: ...

    @property
    def settings(self) -> Settings: ...

    def run_again(self, entry: str, name: str) -> None:
        """Run an entry of an earlier session: nothing is echoed, and what goes wrong is told."""

    @property
    def inputs(self) -> list[str]:
        """The statements that have run, in order."""
        ...

    def run_text(self, text: str, name: str) -> None:
        """Run program text as if it had been typed."""

    def write(self, text: str) -> None:
        """Show a line, or several, on standard output."""


class Command(NamedTuple):
    """A command: what is typed, and what it does."""

    name: str
    argument: str  # how `:help` calls it; empty if the command takes none
    run: Callable[[Desk, str], None]
    lasting: bool = False  # it changes what is bound, so that :recover does it again

    @property
    def usage(self) -> str:
        return f":{self.name} {self.argument}".rstrip()

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.run) or "").partition("\n")[0]


COMMANDS: dict[str, Command] = {}


class CommandError(Exception):
    """A command was not understood; the message says why, and the way out."""


class Leave(Exception):
    """The user wants to leave the shell."""


def run_command(text: str, desk: Desk) -> None:
    """Run the command that the text is, its colon included."""
    name, _, argument = text.strip().removeprefix(":").partition(" ")
    found = _find(name)
    argument = argument.strip()
    if argument and not found.argument:
        raise CommandError(f":{name} takes no argument, and got {argument!r}")
    found.run(desk, argument)


def is_lasting(text: str) -> bool:
    """Whether the command that the text is changes what is bound."""
    found = commands().get(text.strip().removeprefix(":").partition(" ")[0])
    return found is not None and found.lasting


def commands() -> dict[str, Command]:
    """The whole table: importing the files that add to it is what fills it."""
    from . import inspecting, keeping, recovery_commands, settings_commands, tutor  # noqa: F401

    return COMMANDS


def command(
    argument: str = "", lasting: bool = False
) -> Callable[[Callable[[Desk, str], None]], Callable[[Desk, str], None]]:
    """Put the function into the table of commands."""

    def register(run: Callable[[Desk, str], None]) -> Callable[[Desk, str], None]:
        name = run.__name__.removesuffix("_")
        COMMANDS[name] = Command(name, argument, run, lasting)
        return run

    return register


@command("[COMMAND]")
def help_(desk: Desk, argument: str) -> None:
    """List the commands, or tell about one."""
    if argument:
        found = _find(argument.removeprefix(":"))
        desk.write(f"{found.usage}\n{inspect.getdoc(found.run)}")
    else:
        desk.write(table((item.usage, item.summary) for item in sorted(commands().values())))
        desk.write(filled("Enter runs what is complete, Alt-Enter adds a line, Ctrl-C interrupts, Ctrl-D leaves."))


@command("[cpu|gpu|auto]", lasting=True)
def device(desk: Desk, argument: str) -> None:
    """Show the devices and their memory, or choose one.

    The one with the star is where new tensors are made; gpu:1 is the second GPU, auto a GPU if there is one.
    """
    if argument:
        try:
            desk.session.use_device(argument)
        except (ValueError, devices.NoSuchDevice) as error:
            raise CommandError(str(error)) from None
    chosen = desk.session.device or devices.CPU
    rows = [("*" if each == chosen else " ", str(each), devices.memory(each)) for each in devices.devices()]
    desk.write(table(rows))
    if devices.gpu_count() == 0:
        desk.write(devices.why_no_gpu())


@command(lasting=True)
def reset(desk: Desk, argument: str) -> None:
    """Forget all names that were bound."""
    desk.session.reset()


@command()
def quit_(desk: Desk, argument: str) -> None:
    """Leave the shell, as Ctrl-D does."""
    raise Leave


def described(value: Any) -> tuple[str, str]:
    """A value in two words: what kind it is, and its dtype and shape, or the value itself, cut short."""
    if isinstance(value, (Tensor, Variable)):
        kind = "Tensor" if isinstance(value, Tensor) else "Variable"
        return kind, f"{value.dtype.name} {tuple(value.shape)}"
    if callable(value) and hasattr(value, "__name__"):
        return "function", f"{value.__name__}{_signature(value)}"
    return type(value).__name__, reprlib.repr(value)


def _find(name: str) -> Command:
    table = commands()
    if name in table:
        return table[name]
    close = get_close_matches(name, table, n=1)
    way_out = f"did you mean :{close[0]}?" if close else ":help lists them"
    raise CommandError(f"there is no command :{name}; {way_out}")


def _signature(function: Any) -> str:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return "(...)"
    return f"({', '.join(str(each.replace(annotation=each.empty)) for each in parameters)})"
