"""The shell's settings: one table, from which the file's keys, the command line's flags and `:set` are derived.

The file is `settings.toml` in the user's configuration folder (or the file that TENSORSH_SETTINGS names). A flag
overrides it, `:set` overrides both. Nothing is imported here that a start would pay for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any


class Setting:
    """One row of the table.

    summary: one line. choices: every value there is, if they can be listed. at_start: whether it is looked at when the
    shell starts, and not again.
    """

    __slots__ = ("at_start", "choices", "default", "name", "summary")

    def __init__(
        self, name: str, default: bool | str, summary: str, choices: tuple[str, ...] = (), at_start: bool = False
    ) -> None:
        self.name, self.default, self.summary = name, default, summary
        self.choices, self.at_start = choices, at_start


SETTINGS: tuple[Setting, ...] = (
    Setting("vi", False, "vi's keys instead of Emacs's"),
    Setting("suggestions", True, "show how an earlier entry goes on"),
    Setting("pairs", True, "close a bracket or quote as it is opened"),
    Setting("hints", True, "show signatures and mistakes below the entry"),
    Setting("cut", True, "cut long results to the window"),
    Setting("pager", True, "show help that is longer than the window in $PAGER, or less"),
    Setting("color", "auto", "show colours; auto: if the terminal can", ("auto", "always", "never")),
    Setting("history", True, "keep the shell's entries in a file", at_start=True),
    Setting("recovery", True, "keep entries for :recover until the shell is left", at_start=True),
    Setting("banner", True, "say a line as the shell starts", at_start=True),
    Setting("startup", "startup.tsh", "a program that runs first, beside the settings file", at_start=True),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_ON, _OFF = ("on", "true", "yes", "1"), ("off", "false", "no", "0")


class Settings:
    """The value of each setting. The editor looks at them anew for every key: a change shows at once."""

    vi: bool
    suggestions: bool
    pairs: bool
    hints: bool
    cut: bool
    pager: bool
    color: str
    history: bool
    recovery: bool
    banner: bool
    startup: str

    def __init__(self, **values: Any) -> None:
        for setting in SETTINGS:
            setattr(self, setting.name, values.get(setting.name, setting.default))


class SettingError(ValueError):
    """There is no such setting, or it has no such value; the message says what is wanted."""


def find(name: str) -> Setting:
    """The row of that name. Raises SettingError."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    from difflib import get_close_matches

    close = get_close_matches(name, _BY_NAME, n=1, cutoff=0.7)
    raise SettingError(f"there is no setting {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""))


def converted(setting: Setting, value: Any) -> bool | str:
    """What was written, in TOML or as a word, as the setting's value. Raises SettingError."""
    if isinstance(setting.default, bool):
        word = str(value).lower()
        if word not in _ON + _OFF:
            raise SettingError(f"{setting.name} is on or off, not {value!r}")
        return word in _ON
    if not isinstance(value, str) or setting.choices and value not in setting.choices:
        wanted = f"one of {', '.join(setting.choices)}" if setting.choices else "a text"
        raise SettingError(f"{setting.name} is {wanted}, not {value!r}")
    return value


def shown(value: bool | str) -> str:
    """A value as `:set` takes it."""
    return ("on" if value else "off") if isinstance(value, bool) else value


def settings_path(environment: Mapping[str, str]) -> str:
    """The settings file, which need not be there."""
    named = environment.get("TENSORSH_SETTINGS")
    if named:
        return os.path.expanduser(named)
    from platformdirs import user_config_dir

    return os.path.join(user_config_dir("tensorsh"), "settings.toml")


def read(path: str) -> tuple[dict[str, Any], list[str]]:
    """The values in the file, and a warning for each line that says nothing, with its number."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        return {}, [f"{path}: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}"]
    import tomllib

    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, [f"{path}: {error}"]
    values: dict[str, Any] = {}
    warnings: list[str] = []
    for name, value in written.items():
        try:
            values[name] = converted(find(name), value)
        except SettingError as error:
            warnings.append(f"{path}:{_line_of(name, text.split(chr(10)))}: {error}")
    return values, warnings


def _line_of(name: str, lines: Iterable[str]) -> int:
    """The number of the line that gives the key."""
    for number, line in enumerate(lines, 1):
        key = line.partition("=")[0].strip().strip("[]").strip().strip("\"'")
        if key == name or key.startswith(name + "."):
            return number
    return 1
