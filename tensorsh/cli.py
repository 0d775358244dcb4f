"""The command line: arguments -> one of the front ends, and what they end with.

Exit codes: 0 done, 2 usage or an unreadable file, 3 syntax, 5 run-time error, 70 internal fault, 130 interrupted.
Nothing heavy is imported here: a program whose compiled form is cached needs neither the parser nor the shell.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

from . import __version__
from .options import Arguments, UsageError, help_text, parse_arguments

DONE, USAGE, SYNTAX, RUNTIME, INTERNAL, INTERRUPTED = 0, 2, 3, 5, 70, 130


def main(argv: list[str]) -> int:
    """Run the command line and return the exit code."""
    try:
        arguments = parse_arguments(argv)
    except UsageError as error:
        print(f"tensorsh: {error}", file=sys.stderr)
        return USAGE
    if arguments.tell is not None:
        print(help_text() if arguments.tell == "help" else f"tensorsh {__version__}\n", end="")
        return DONE
    if arguments.color != "auto":
        from .color import choose

        choose(arguments.color)
    if arguments.texts:
        return run_texts(arguments)
    if arguments.script not in (None, "-"):
        return run_script(arguments)
    if arguments.script is None and sys.stdin.isatty():
        from .shell.app import interact

        return interact(arguments)
    return run_stdin(arguments)


def run_texts(arguments: Arguments) -> int:
    """Evaluate the -e texts in order, all of them compiled before the first runs."""
    from .session import Session

    session = Session(argv=arguments.argv)

    def program() -> None:
        count = len(arguments.texts)
        names = ["-e" if count == 1 else f"-e {i + 1}" for i in range(count)]
        for units in [session.compile(text, name) for text, name in zip(arguments.texts, names)]:
            for unit in units:
                session.execute(unit)

    return guarded(session, program, arguments.debug)


def run_script(arguments: Arguments) -> int:
    """Run a file. Nothing is echoed, and nothing runs if its syntax is wrong."""
    from .session import Session

    path = str(arguments.script)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        print(f"tensorsh: cannot read {path}: {reason}", file=sys.stderr)
        return USAGE
    session = Session(show=lambda value: None, argv=arguments.argv, folder=os.path.dirname(path) or ".")

    def program() -> None:
        for unit in session.compile(text, path):
            session.execute(unit)

    return guarded(session, program, arguments.debug)


def run_stdin(arguments: Arguments) -> int:
    """Run the program on standard input: as one text if all of it is there, else statement by statement."""
    from .language.source import Chunker
    from .session import Session, TensorshSyntaxError

    session = Session(argv=arguments.argv)

    def program() -> None:
        given = StandardInput()
        text = given.available()
        if given.at_end:
            try:
                units = session.compile(text, "stdin")
            except TensorshSyntaxError:
                pass  # what stands before the mistake runs all the same: go on statement by statement
            else:
                for unit in units:
                    session.execute(unit)
                    sys.stdout.flush()
                return
        chunker, source = Chunker(), session.growing_source("stdin")
        for line in given.lines(text):
            source.append(line)
            for chunk in chunker.feed(line):
                session.run_chunk(source, chunk)
                sys.stdout.flush()
        for chunk in chunker.finish():
            session.run_chunk(source, chunk)

    return guarded(session, program, arguments.debug)


class StandardInput:
    """UTF-8 text on file descriptor 0, taken as it comes."""

    def __init__(self) -> None:
        import codecs

        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.at_end = False

    def available(self) -> str:
        """What is there now, waiting only for the first of it."""
        import select

        text = self._read()
        while not self.at_end and select.select([0], [], [], 0)[0]:
            text += self._read()
        return text

    def lines(self, text: str) -> Iterator[str]:
        """The lines of `text`, which was read before, and of all that is still to come."""
        while True:
            *complete, text = text.split("\n")
            for line in complete:
                yield line.removesuffix("\r") + "\n"
            if self.at_end:
                break
            text += self._read()
        if text:
            yield text

    def _read(self) -> str:
        data = os.read(0, 1 << 16)
        self.at_end = not data
        try:
            return self._decoder.decode(data, self.at_end)
        except UnicodeDecodeError:
            raise InputError("standard input is not UTF-8 text") from None


class InputError(Exception):
    """Standard input cannot be read as a program."""


def guarded(session: Any, program: Any, debug: bool) -> int:
    """Run `program` and turn what it raises into a message on standard error and an exit code."""
    try:
        program()
        sys.stdout.flush()
        return DONE
    except BrokenPipeError:
        # The reader has gone, as in `| head -1`: nothing is wrong. Keep the interpreter from flushing again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except BaseException as error:
        flush_quietly()
        return explain(session, error, debug)


def explain(session: Any, error: BaseException, debug: bool) -> int:
    """Print an error as a person reads it, and return its exit code."""
    from .color import wants_color
    from .reports import is_internal_fault, report
    from .session import TensorshSyntaxError

    if isinstance(error, KeyboardInterrupt):
        print("Interrupted", file=sys.stderr)
        return INTERRUPTED
    if isinstance(error, InputError):
        print(f"tensorsh: {error}", file=sys.stderr)
        return USAGE
    print(report(session, error, wants_color(sys.stderr), debug), file=sys.stderr)
    if is_internal_fault(error, session.sources):
        return INTERNAL
    return SYNTAX if isinstance(error, TensorshSyntaxError) else RUNTIME


def open_missing_streams() -> None:
    """Python has None for a standard stream that was closed before it began (`>&-`): the null device serves."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (open as long as we run)


def flush_quietly() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run() -> NoReturn:
    """The console script."""
    open_missing_streams()
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    except KeyboardInterrupt:  # while the session was still being made
        print("Interrupted", file=sys.stderr)
        code = INTERRUPTED
    except Exception as error:  # before there was a session to report it
        print(f"tensorsh: internal fault: {type(error).__name__}: {error}", file=sys.stderr)
        if "--debug" in sys.argv:
            raise
        code = INTERNAL
    sys.exit(code)
