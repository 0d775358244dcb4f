"""The command line's options: one table, from which parsing, `--help` and completion are derived.

An option is a row of OPTIONS and, where it keeps something, an attribute of `Arguments`:

    Option("-p --per-record", "", "run the program for each record", turn_on("per_record"), "Streams"),
    Option("--precision", "DIGITS", "digits of a float", store("precision", whole_number), "Output"),

Short options are bundled as elsewhere (`-pk`, `-ojson`), long ones take `--name=VALUE` or `--name VALUE`. What they
ask for together is `cli`'s business. Nothing is imported here that a start would pay for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .settings import SETTINGS, Setting


class UsageError(Exception):
    """The command line makes no sense; the message says what to write."""


class Arguments:
    """What the command line asked for."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.script: str | None = None
        self.argv: list[str] = []
        self.data: list[str] = []  # as they were given: NAME=PATH[:FORMAT]
        self.bound: dict[str, Any] = {}  # what these named, once it is read
        self.input_format: str | None = None
        self.output_format: str | None = None
        self.output: str | None = None
        self.precision: int | None = None
        self.nan = "string"
        self.per_record = False
        self.batch: int | None = None
        self.keep_going = False
        self.exit_status = False
        self.serve = False
        self.socket: str | None = None
        self.safe = False
        self.timeout: float | None = None
        self.max_memory: int | None = None
        self.max_output: int | None = None
        self.max_recursion: int | None = None
        self.max_ops: int | None = None
        self.debug = False
        self.device = "auto"
        self.settings: dict[str, Any] = {}  # of the shell, by name: those that a flag gives
        self.tell: str | None = None  # "help" or "version": print it, and be done

    @property
    def has_limits(self) -> bool:
        limits = (self.timeout, self.max_memory, self.max_output, self.max_recursion, self.max_ops)
        return self.safe or any(limit is not None for limit in limits)

    @property
    def speaks_of_data(self) -> bool:
        """Whether files or streams are named that have to be looked at before the program runs."""
        return bool(
            self.data or self.input_format or self.output_format or self.output or self.per_record or self.batch
        )


class Option:
    """One row of the table.

    flags: separated by a space, the short one first: "-h --help". metavar: what its value is called; empty if it takes
    none. summary: for --help, one line. apply: takes the value, or the flag where there is none; raises ValueError.
    choices: every value there is, if they can be listed.
    """

    __slots__ = ("apply", "choices", "flags", "group", "metavar", "summary")

    def __init__(
        self,
        flags: str,
        metavar: str,
        summary: str,
        apply: Callable[[Arguments, str], None],
        group: str = "Other",
        choices: tuple[str, ...] = (),
    ) -> None:
        self.flags, self.metavar, self.summary = flags, metavar, summary
        self.apply, self.group, self.choices = apply, group, choices

    @property
    def usage(self) -> str:
        first, _, other = self.flags.partition(" ")
        if other == f"--no-{first[2:]}":
            return f"--[no-]{first[2:]}"
        return f"{', '.join(self.flags.split())} {self.metavar}".rstrip()


# ---------------------------------------------------------------- what a row may do with its value


def turn_on(attribute: str) -> Callable[[Arguments, str], None]:
    return lambda arguments, _: setattr(arguments, attribute, True)


def append(attribute: str, convert: Callable[[str], Any] = str) -> Callable[[Arguments, str], None]:
    """For an option that may be given more than once."""
    return lambda arguments, value: getattr(arguments, attribute).append(convert(value))


def store(attribute: str, convert: Callable[[str], Any] = str) -> Callable[[Arguments, str], None]:
    return lambda arguments, value: setattr(arguments, attribute, convert(value))


def whole_number(value: str) -> int:
    if not value.isdecimal():
        raise ValueError("a whole number is wanted")
    return int(value)


def positive(value: str) -> int:
    if not whole_number(value):
        raise ValueError("a number above zero is wanted")
    return int(value)


def digits(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 100:
        raise ValueError("a whole number from 1 to 100 is wanted")
    return int(value)


def seconds(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e9:
        raise ValueError("a number of seconds is wanted")
    return number


def size(value: str) -> int:
    """Bytes: a number, and k, M or G for so many times 1024."""
    digits, unit = (value[:-1], value[-1].upper()) if value[-1:].upper() in ("K", "M", "G", "T") else (value, "")
    if not digits.isdecimal():
        raise ValueError("a size is wanted, such as 100000, 64k, 500M or 2G")
    return int(digits) << {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[unit]


def tell(what: str) -> Callable[[Arguments, str], None]:
    return lambda arguments, _: setattr(arguments, "tell", arguments.tell or what)


def _without_cache(arguments: Arguments, value: str) -> None:
    os.environ["TENSORSH_NO_CACHE"] = "1"


def _flag_of(setting: Setting) -> Option:
    """The flag of one of the shell's settings: `--hints` and `--no-hints`, or `--color WHEN`."""
    name = setting.name

    def switch(arguments: Arguments, flag: str) -> None:
        arguments.settings[name] = not flag.startswith("--no-")

    def give(arguments: Arguments, value: str) -> None:
        arguments.settings[name] = value if setting.choices or not value else os.path.abspath(value)

    if isinstance(setting.default, bool):
        return Option(f"--{name} --no-{name}", "", setting.summary, switch, "Shell")
    return Option(f"--{name}", "WHEN" if setting.choices else "FILE", setting.summary, give, "Shell", setting.choices)


_LIMITS = "Limits (0 is none)"
OPTIONS: tuple[Option, ...] = (
    Option("-e", "TEXT", "evaluate TEXT and show its values; may be repeated", append("texts"), "Program"),
    Option("-k --keep-going", "", "go on after what fails, and exit with its code", turn_on("keep_going"), "Program"),
    Option("--exit-status", "", "exit with 1 if the last result is false or zero", turn_on("exit_status"), "Program"),
    Option("-d --data", "NAME=PATH[:FORMAT]", "bind NAME to a file's content; - is stdin", append("data"), "Data"),
    Option(
        "-I --input-format", "FORMAT", "that of stdin; alone it binds all of it to x", store("input_format"), "Data"
    ),
    Option("-o --output-format", "FORMAT", "show results as FORMAT, instead of repr", store("output_format"), "Data"),
    Option("-O --output", "FILE", "write the last result to FILE instead; with -p, all", store("output"), "Data"),
    Option("--precision", "DIGITS", "significant digits of floats", store("precision", digits), "Data"),
    Option("--nan", "WHAT", "NaN in JSON: string, null or error", store("nan"), "Data", ("string", "null", "error")),
    Option(
        "-p --per-record",
        "",
        "run for each record of stdin as x: a line, or row of npy",
        turn_on("per_record"),
        "Streams",
    ),
    Option("--batch", "N", "with -p, bind x to N records at a time", store("batch", positive), "Streams"),
    Option("--serve", "", "answer requests on standard input, one JSON object a line", turn_on("serve"), "Serving"),
    Option("--socket", "PATH", "with --serve: answer those at a Unix socket instead", store("socket"), "Serving"),
    Option(
        "--safe", "", "for untrusted programs: no files but those of -d and -O, and limits", turn_on("safe"), _LIMITS
    ),
    Option(
        "--timeout", "SECONDS", "end a program after so long, with exit code 124", store("timeout", seconds), _LIMITS
    ),
    Option("--max-memory", "SIZE", "memory that a program may take, such as 500M", store("max_memory", size), _LIMITS),
    Option("--max-output", "SIZE", "bytes that it may print", store("max_output", size), _LIMITS),
    Option("--max-recursion", "N", "calls that may be open at once", store("max_recursion", whole_number), _LIMITS),
    Option("--max-ops", "N", "operators, calls and subscripts evaluated", store("max_ops", whole_number), _LIMITS),
    *map(_flag_of, SETTINGS),
    Option("--device", "DEVICE", "where tensors are made: cpu, gpu, gpu:N, or auto", store("device")),
    Option("--debug", "", "show Python's traceback below an error", turn_on("debug")),
    Option("--no-cache", "", "neither read nor keep compiled programs", _without_cache),
    Option("--version", "", "print the version", tell("version")),
    Option("-h --help", "", "print this", tell("help")),
)

_HEAD = """\
tensorsh: tensor expressions and their gradients, printed as TensorFlow prints them

  tensorsh                       the interactive shell
  tensorsh SCRIPT.tsh [ARGS]     run a file; ARGS are in `argv`
  tensorsh -e TEXT [-e TEXT]     evaluate TEXT and show its values
  COMMAND | tensorsh [-]         run the program on standard input, statement by statement
"""
_EXAMPLE = """\

  $ tensorsh -e 'x = Variable(3.); with tape: y = x ** 2' -e 'grad(y, x)'
  <tf.Tensor: shape=(), dtype=float32, numpy=6.0>
"""


def help_text() -> str:
    """What --help prints."""
    width = max(len(option.usage) for option in OPTIONS)
    text = _HEAD
    for group in dict.fromkeys(option.group for option in OPTIONS):
        text += f"\n{group}:\n"
        for option in OPTIONS:
            if option.group == group:
                text += f"  {option.usage:{width}}  {option.summary}\n"
    return text + _EXAMPLE


# ---------------------------------------------------------------- reading a command line


def parse_arguments(argv: list[str]) -> Arguments:
    """Read the command line. Options end at the script's name: what follows is the script's.

    With -e, what is left over belongs to the program. Raises UsageError.
    """
    arguments, rest = Arguments(), list(argv)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        for flag, option, value in _options_in(word):
            if option.metavar and value is None:
                if not rest:
                    raise UsageError(f"{flag} needs a value: {flag} {option.metavar}")
                value = rest.pop(0)
            _apply(arguments, flag, option, (value or "") if option.metavar else flag)
    if rest and not arguments.texts:
        arguments.script = rest.pop(0)
    arguments.argv = rest
    return arguments


def _options_in(word: str) -> Iterator[tuple[str, Option, str | None]]:
    """(flag, option, value if it is in the word) of `--name`, `--name=VALUE`, `-x`, `-xy`, `-xVALUE`."""
    if word.startswith("--"):
        flag, equals, value = word.partition("=")
        option = _find(flag, word)
        if equals and not option.metavar:
            raise UsageError(f"{flag} takes no value, and got {value!r}")
        yield flag, option, value if equals else None
        return
    letters = word[1:]
    while letters:
        flag, letters = "-" + letters[0], letters[1:]
        option = _find(flag, word)
        if option.metavar and letters:
            yield flag, option, letters.removeprefix("=")
            return
        yield flag, option, None


def _apply(arguments: Arguments, flag: str, option: Option, value: str) -> None:
    if option.choices and value not in option.choices:
        way_out = _meant(value, option.choices) or f"it is one of {', '.join(option.choices)}"
        raise UsageError(f"{flag} cannot be {value!r}; {way_out}")
    try:
        option.apply(arguments, value)
    except ValueError as error:
        raise UsageError(f"{flag} {value!r}: {error}") from None


def _find(flag: str, word: str) -> Option:
    for option in OPTIONS:
        if flag in option.flags.split():
            return option
    long = [each for option in OPTIONS for each in option.flags.split() if each.startswith("--")]
    raise UsageError(f"unknown option {word}; {_meant(word, long, 0.75) or 'tensorsh --help lists them'}")


def _meant(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """cutoff: how much alike they are to be, of 1; the dashes alone make any two flags somewhat alike."""
    from difflib import get_close_matches

    known = list(known)
    close = [each for each in known if each.startswith(word)] or get_close_matches(word, known, n=1, cutoff=cutoff)
    return f"did you mean {close[0]}?" if close else None
