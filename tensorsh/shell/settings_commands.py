"""`:set`: the settings while the shell runs."""

from __future__ import annotations

import os

from ..color import choose
from ..settings import SETTINGS, SettingError, converted, find, settings_path, shown
from .commands import CommandError, Desk, command
from .window import table


@command("[KEY [VALUE]]")
def set_(desk: Desk, argument: str) -> None:
    """List the settings, tell about one, or set it for this session."""
    name, _, word = argument.partition(" ")
    path = settings_path(os.environ)
    if not name:
        desk.write(table((each.name, shown(getattr(desk.settings, each.name)), each.summary) for each in SETTINGS))
        desk.write(f"To keep one, write it into {path}, as in: vi = true")
        return
    try:
        setting = find(name)
        if not word.strip():
            choices = ("on", "off") if isinstance(setting.default, bool) else setting.choices
            desk.write(f"{name} is {shown(getattr(desk.settings, name))}: {setting.summary}")
            desk.write(f":set {name} {'|'.join(choices) or 'TEXT'}")
            return
        value = converted(setting, word.strip())
    except SettingError as error:
        raise CommandError(f"{error}; :set lists them" if "no setting" in str(error) else str(error)) from None
    if setting.at_start:
        raise CommandError(f"{name} is looked at when the shell starts: write it into {path}, or start with --{name}")
    setattr(desk.settings, name, value)
    if name == "color":
        choose(str(value))
