"""The settings: the file, the flags, `:set`."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from tensorsh.options import UsageError, parse_arguments
from tensorsh.session import Session
from tensorsh.settings import SETTINGS, SettingError, Settings, converted, find, read, settings_path
from tensorsh.shell.app import Shell
from tensorsh.shell.commands import CommandError, commands, run_command
from tensorsh.shell.completer import command_offers


def written(folder: Path, text: str) -> tuple[dict[str, Any], list[str]]:
    path = folder / "settings.toml"
    path.write_text(text)
    values, warnings = read(str(path))
    return values, [warning.removeprefix(str(path)) for warning in warnings]


def test_every_setting_is_documented_and_an_attribute() -> None:
    assert {setting.name for setting in SETTINGS} == set(Settings.__annotations__) == set(vars(Settings()))
    for setting in SETTINGS:
        assert setting.summary and getattr(Settings(), setting.name) == setting.default


def test_the_file_is_read(tmp_path: Path) -> None:
    values, warnings = written(tmp_path, "# mine\nvi = true\ncolor = 'never'\nhints = false\n")
    assert (values, warnings) == ({"vi": True, "color": "never", "hints": False}, [])
    assert read(str(tmp_path / "nothing")) == ({}, [])


def test_what_the_file_cannot_mean_is_warned_about_with_its_line(tmp_path: Path) -> None:
    values, warnings = written(tmp_path, "vi = 3\n\ncolour = 'never'\ncolor = 'blue'\n[editor]\nx = 1\n")
    assert values == {}
    assert warnings == [
        ":1: vi is on or off, not 3",
        ":3: there is no setting 'colour'; did you mean 'color'?",
        ":4: color is one of auto, always, never, not 'blue'",
        ":5: there is no setting 'editor'",
    ]


def test_a_file_that_is_no_toml_or_cannot_be_read_is_one_warning(tmp_path: Path) -> None:
    values, (warning,) = written(tmp_path, "vi = \n")
    assert values == {} and "line 1" in warning
    assert len(read(str(tmp_path))[1]) == 1  # a folder


def test_the_environment_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/config")
    assert settings_path({"TENSORSH_SETTINGS": "/my/file.toml"}) == "/my/file.toml"
    assert settings_path({}).endswith("tensorsh/settings.toml")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_a_flag(setting: Any) -> None:
    if isinstance(setting.default, bool):
        assert parse_arguments([f"--{setting.name}"]).settings == {setting.name: True}
        assert parse_arguments([f"--no-{setting.name}"]).settings == {setting.name: False}
    else:
        value = setting.choices[-1] if setting.choices else "/a/file"
        assert parse_arguments([f"--{setting.name}", value]).settings == {setting.name: value}


def test_a_flag_takes_no_value_that_cannot_be() -> None:
    with pytest.raises(UsageError, match="it is one of auto, always, never"):
        parse_arguments(["--color", "blue"])


@pytest.fixture
def shell(session: Session) -> Shell:
    return Shell(lambda: session, lambda: "")


def said(shell: Shell, text: str) -> str:
    with redirect_stdout(io.StringIO()) as out:
        run_command(text, shell)
    return out.getvalue()


def test_set_lists_tells_and_changes(shell: Shell) -> None:
    listed = said(shell, ":set")
    for setting in SETTINGS:
        assert f"\n{setting.name} " in "\n" + listed and setting.summary in listed
    assert said(shell, ":set hints").startswith("hints is on: ")
    said(shell, ":set hints off")
    assert shell.settings.hints is False
    assert said(shell, ":set hints").startswith("hints is off: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (":set hint off", "there is no setting 'hint'; did you mean 'hints'?"),
        (":set hints blue", "hints is on or off, not 'blue'"),
        (":set banner off", "banner is looked at when the shell starts"),
    ],
)
def test_set_says_what_is_wrong(shell: Shell, text: str, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        run_command(text, shell)
    assert str(caught.value).startswith(message)


def test_set_is_completed() -> None:
    def offered(text: str) -> list[str]:
        return [text[: offer.start] + offer.text for offer in command_offers(text, {}, commands())]

    assert offered(":se") == [":set"]
    assert offered(":set hi") == [":set hints", ":set history"]
    assert offered(":set color ne") == [":set color never"]
    assert offered(":set vi ") == [":set vi on", ":set vi off"]


def test_a_program_runs_first(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "startup.tsh").write_text("x = 41\nx\nprint('hello')\n")
    shell.run_file(str(tmp_path / "startup.tsh"))
    shell.enter("x + 1")
    assert capsys.readouterr().out == "hello\n42\n"
    shell.run_file(str(tmp_path / "nothing.tsh"))
    (tmp_path / "startup.tsh").write_text("y = 1\n1 / 0\n")
    shell.run_file(str(tmp_path / "startup.tsh"))
    shell.enter("y")
    done = capsys.readouterr()
    assert done.out == "1\n"
    assert "nothing.tsh: No such file" in done.err and "startup.tsh:2:1" in done.err


def test_conversion_takes_words_and_toml() -> None:
    assert [converted(find("vi"), each) for each in (True, "on", "no", "0")] == [True, True, False, False]
    with pytest.raises(SettingError):
        find("nothing")
