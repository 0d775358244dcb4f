"""The command line's options: what a list of words asks for."""

from __future__ import annotations

import re

import pytest

from tensorsh import options
from tensorsh.options import OPTIONS, Option, UsageError, help_text, parse_arguments, store, turn_on, whole_number


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Options of every kind, beside those that there are."""
    rows = (
        Option("-a --all", "", "a switch", turn_on("all")),
        Option("-b", "", "another", turn_on("b")),
        Option("-n --number", "N", "a number", store("number", whole_number)),
        Option("-f --format", "NAME", "one of a list", store("format"), choices=("csv", "json")),
    )
    monkeypatch.setattr(options, "OPTIONS", (*OPTIONS, *rows))


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    "words",
    ["-a -n 3", "-an 3", "-an3", "-a -n=3", "--all --number 3", "--number=3 --all", "--all -n3"],
)
def test_every_way_to_write_an_option(words: str) -> None:
    for line in (["-e", "x", *words.split()], [*words.split(), "-e", "x"]):
        arguments = parse_arguments(line)
        assert (arguments.texts, vars(arguments)["all"], vars(arguments)["number"]) == (["x"], True, 3)


def test_options_end_at_the_script() -> None:
    arguments = parse_arguments(["--debug", "s.tsh", "-e", "x"])
    assert (arguments.debug, arguments.script, arguments.argv) == (True, "s.tsh", ["-e", "x"])


def test_what_follows_texts_is_theirs() -> None:
    arguments = parse_arguments(["-e", "argv", "--debug", "a", "-b"])
    assert (arguments.debug, arguments.script, arguments.argv) == (True, None, ["a", "-b"])


def test_two_dashes_end_the_options() -> None:
    assert parse_arguments(["--", "-e"]).script == "-e"
    assert parse_arguments(["-e", "argv", "--", "-e"]).argv == ["-e"]
    assert parse_arguments(["--"]).script is None


def test_a_lone_dash_is_standard_input() -> None:
    assert parse_arguments(["-", "a"]).script == "-"


def test_a_value_may_begin_with_a_dash() -> None:
    assert parse_arguments(["-e", "-3", "-e-3"]).texts == ["-3", "-3"]


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--zzz", "unknown option --zzz; tensorsh --help lists them"),
        ("--debgu", "unknown option --debgu; did you mean --debug?"),
        ("--input", "unknown option --input; did you mean --input-format?"),
        ("--load", "unknown option --load; tensorsh --help lists them"),
        ("-z", "unknown option -z; tensorsh --help lists them"),
        ("-az", "unknown option -az; tensorsh --help lists them"),
        ("-e", "-e needs a value: -e TEXT"),
        ("--number", "--number needs a value: --number N"),
        ("--debug=1", "--debug takes no value, and got '1'"),
        ("-n x", "-n 'x': a whole number is wanted"),
        ("--format=cvs", "--format cannot be 'cvs'; did you mean csv?"),
        ("-f unheard", "-f cannot be 'unheard'; it is one of csv, json"),
    ],
)
def test_a_line_that_makes_no_sense(words: str, message: str) -> None:
    with pytest.raises(UsageError, match="^" + re.escape(message) + "$"):
        parse_arguments(words.split())


def test_no_flag_stands_in_two_rows() -> None:
    flags = [flag for option in OPTIONS for flag in option.flags.split()]
    assert len(flags) == len(set(flags))
    assert all(re.fullmatch(r"-[A-Za-z]|--[a-z][a-z-]+", flag) for flag in flags)


def test_the_help_names_every_option_within_eighty_columns_or_so() -> None:
    text = help_text()
    for option in OPTIONS:
        assert option.usage in text and option.summary in text
    assert max(map(len, text.splitlines())) <= 100
