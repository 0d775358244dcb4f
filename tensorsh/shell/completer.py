"""What Tab offers: the language's completion, and that of commands and their arguments, in the editor's terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

if TYPE_CHECKING:
    from ..completion import Offer
    from .commands import Command

Names = Callable[[], Mapping[str, Any] | None]


class Offers(Completer):
    """Completions of an entry. `names` gives what the session has bound; None while it is loading."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        names = self._names()
        if names is None:
            return
        for offer in offers(document.text, document.cursor_position, names):
            yield Shown(offer, document.cursor_position)


class Shown(Completion):
    """An offer as the editor shows it."""

    def __init__(self, offer: Offer, cursor: int) -> None:
        # A callable: the note of an offer that is not shown is never worked out.
        super().__init__(offer.text, offer.start - cursor, display_meta=lambda: offer.note)
        self.offer = offer


def offers(text: str, cursor: int, names: Mapping[str, Any]) -> list[Offer]:
    """What could stand at the cursor of an entry."""
    from ..completion import complete

    if text.lstrip().startswith(":"):
        from .commands import commands

        return command_offers(text[:cursor], names, commands())
    return complete(text, cursor, names)


def command_offers(typed: str, names: Mapping[str, Any], commands: Mapping[str, Command]) -> list[Offer]:
    """What could follow the beginning of a command: its name, or an argument, as the command's usage calls it.

    COMMAND is the name of a command, KEY that of a setting (and then one of its values), FILE a path, EXPR or NAME
    what the language completes; words in small letters, `on|off`, are given as they are.
    """
    from ..completion import Offer, complete
    from ..completion.matching import matching
    from ..completion.offers import files

    indent = len(typed) - len(typed.lstrip())
    name, blank, argument = typed[indent + 1 :].partition(" ")
    if not blank:
        start = indent + 1
        return [Offer(each, start, "command", commands[each].summary) for each in matching(name, sorted(commands))]
    command = commands.get(name)
    wanted = command.argument if command is not None else ""
    last = argument.rpartition(" ")[2]
    start = len(typed) - len(last)
    if "COMMAND" in wanted:
        return [Offer(each, start, "command", commands[each].summary) for each in matching(last, sorted(commands))]
    if "KEY" in wanted:
        return _setting_offers(argument, len(typed))
    if "FILE" in wanted:
        return list(files(last, len(typed)))
    if "EXPR" in wanted or "NAME" in wanted:
        return [each.moved(len(typed) - len(argument)) for each in complete(argument, len(argument), names)]
    words = [word for word in wanted.strip("[]").split("|") if word.islower()]
    return [Offer(word, start, "word") for word in matching(last, words)]


def _setting_offers(typed: str, cursor: int) -> list[Offer]:
    """What could follow the beginning of `KEY VALUE`."""
    from ..completion import Offer
    from ..completion.matching import matching
    from ..settings import SETTINGS

    name, blank, value = typed.partition(" ")
    known = {setting.name: setting for setting in SETTINGS}
    if not blank:
        start = cursor - len(name)
        return [Offer(each, start, "setting", known[each].summary) for each in matching(name, known)]
    setting = known.get(name)
    choices = () if setting is None else ("on", "off") if isinstance(setting.default, bool) else setting.choices
    return [Offer(each, cursor - len(value), "word") for each in matching(value, choices)]
