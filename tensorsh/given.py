"""What the command line says of data: -d, -I, -o and -p checked against each other, and the files read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from .color import is_capable
from .ending import InputError
from .options import Arguments, UsageError
from .runtime.files import OnlyThese

REPR = "repr"


def prepare(arguments: Arguments, is_interactive: bool) -> None:
    """Read what -d names into `arguments.bound`. Raises UsageError, or InputError for what cannot be read."""
    has_program = bool(arguments.texts) or arguments.script not in (None, "-")
    if arguments.batch and not arguments.per_record:
        raise UsageError("--batch is for a stream of records: give -p too")
    if is_interactive and (arguments.output or arguments.output_format or arguments.per_record):
        raise UsageError("-o, -O and -p need a program: -e TEXT, a script, or a pipe")
    if arguments.per_record and not has_program:
        raise UsageError("-p needs a program beside standard input: -e TEXT, or a script")
    wanted = [binding(text) for text in arguments.data]
    if arguments.input_format and not arguments.per_record and not any(path == "-" for _, path, _, _ in wanted):
        wanted.append(("x", "-", None, {}))
    readers = sum(path == "-" for _, path, _, _ in wanted) + arguments.per_record
    if readers > 1:
        raise UsageError("standard input can be read once only")
    if readers and not has_program:
        raise UsageError("standard input cannot be both program and data: give the program with -e, or as a file")
    if arguments.output_format:
        format_and_options(arguments.output_format, REPR)
    if wanted:
        from .data.files import load

        with _watched():
            for name, path, format, options in wanted:
                if path == "-" and format is None and arguments.input_format:
                    format, options = format_and_options(arguments.input_format)
                try:
                    arguments.bound[name] = load(path, format, options)
                except Exception as error:
                    raise InputError(f"{name}: {_reason(error)}", getattr(error, "hint", None)) from None


@contextmanager
def _watched() -> Iterator[None]:
    """A block in which a terminal shows how far reading is."""
    if not is_capable(sys.stderr):
        yield
        return
    from .screen import watched

    with watched() as clock, clock.running():
        yield


def only_given(arguments: Arguments) -> OnlyThese:
    """A gate to the files that the command line names, and no others."""
    read = [binding(text)[1] for text in arguments.data]
    return OnlyThese(read, [] if arguments.output is None else [arguments.output])


def sink(arguments: Arguments, stack: ExitStack) -> Any:
    """What results are shown to, with `show` and `close`; None where they are only echoed. Raises InputError.

    A file that they go to is opened on `stack`, and is there when that is closed without an error.
    """
    from .data import files, formats
    from .data.results import STREAMED, Results

    options: dict[str, Any] = {}
    if arguments.output_format is not None:
        name, options = format_and_options(arguments.output_format, REPR)
    else:
        told = files.suffix_format(str(arguments.output))
        if told is None:
            raise InputError(f"the format of {arguments.output} is not told by its suffix", "name it with -o FORMAT")
        name = told.name
    if name == REPR and arguments.output is None:
        return None
    if arguments.per_record and name not in (*STREAMED, REPR):
        raise InputError(f"-p shows results as they come, and {name} is one document", f"-o {', '.join(STREAMED)}")
    write: Callable[[bytes], Any] = _to_standard_output
    if arguments.output is not None:
        try:
            write = stack.enter_context(files.writing(arguments.output)).write
        except Exception as error:
            raise InputError(_reason(error), getattr(error, "hint", None)) from None
    elif sys.stdout.isatty() and not formats.by_name(name).is_text:
        raise InputError(f"{name} is binary, and standard output is a terminal", "-O FILE writes to a file")
    if name == REPR:
        return _Repr(write)
    is_record = arguments.per_record and arguments.batch is None
    try:
        return Results(write, name, options, is_record, precision=arguments.precision, nan=arguments.nan)
    except TypeError as error:
        raise InputError(str(error)) from None


class _Repr:
    """Results as the shell shows them, in a file."""

    def __init__(self, write: Callable[[bytes], Any]) -> None:
        self._write = write

    def show(self, value: Any) -> None:
        self._write(f"{value!r}\n".encode())

    def close(self) -> None:
        pass


def _to_standard_output(data: bytes) -> None:
    sys.stdout.flush()  # what was printed comes first
    sys.stdout.buffer.write(data)


def binding(text: str) -> tuple[str, str, str | None, dict[str, Any]]:
    """(name, path, format, options) of "x=numbers.csv", "x=-:json" or "x=f.bin:raw,dtype=int8,shape=2x3"."""
    name, equals, path = text.partition("=")
    if not equals or not path or not name.isidentifier() or name.startswith("_"):
        raise UsageError(f"-d {text!r}: write NAME=PATH or NAME=PATH:FORMAT")
    stem, colon, tail = path.rpartition(":")
    if colon and stem:
        from .data.formats import NAMES

        if tail.partition(",")[0] in NAMES:
            return name, stem, *format_and_options(tail)
    return name, path, None, {}


def format_and_options(text: str, *more: str) -> tuple[str, dict[str, Any]]:
    """A format and its options, as in "csv,header=no,delimiter=;" and "raw,dtype=uint8,shape=28x28"."""
    from .data.formats import by_name

    name, *words = text.split(",")
    if name not in more:
        try:
            by_name(name)
        except ValueError as error:
            raise UsageError(f"{error}; {getattr(error, 'hint', '')}") from None
    options = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"{text!r}: an option is written NAME=VALUE, after a comma")
        options[key] = _value(value)
    return name, options


def _value(text: str) -> Any:
    """An option's value: yes or no, a number, sizes such as 2x3, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    sizes = text.split("x")
    if all(size.lstrip("-").isdecimal() for size in sizes):
        return int(text) if len(sizes) == 1 else tuple(map(int, sizes))
    return text


_WORDS = {"yes": True, "true": True, "no": False, "false": False, "comma": ",", "tab": "\t", "space": " ", "\\t": "\t"}


def _reason(error: Exception) -> str:
    return getattr(error, "summary", None) or str(error)
