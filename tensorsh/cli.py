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

DONE, USAGE, SYNTAX, RUNTIME, INTERNAL, INTERRUPTED = 0, 2, 3, 5, 70, 130

HELP = """\
tensorsh: tensor expressions and their gradients, printed as TensorFlow prints them

  tensorsh                       the interactive shell
  tensorsh SCRIPT.tsh [ARGS]     run a file; ARGS are in `argv`
  tensorsh -e TEXT [-e TEXT]     evaluate TEXT and show its values
  COMMAND | tensorsh [-]         run the program on standard input, statement by statement

  --debug      show Python's traceback below an error
  --no-cache   neither read nor keep compiled programs
  --version    print the version
  -h, --help   print this

  $ tensorsh -e 'x = Variable(3.); with tape: y = x ** 2' -e 'grad(y, x)'
  <tf.Tensor: shape=(), dtype=float32, numpy=6.0>
"""


class Arguments:
    """What the command line asked for."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.script: str | None = None
        self.argv: list[str] = []
        self.debug = False


class UsageError(Exception):
    """The command line makes no sense; the message says what to write."""


def parse_arguments(argv: list[str]) -> Arguments:
    """Read the command line. Options end at the script's name: what follows is the script's."""
    arguments = Arguments()
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word == "-e":
            if not rest:
                raise UsageError("-e needs a program text: tensorsh -e 'zeros(2, 1)'")
            arguments.texts.append(rest.pop(0))
        elif word == "--debug":
            arguments.debug = True
        elif word == "--no-cache":
            os.environ["TENSORSH_NO_CACHE"] = "1"
        elif word == "--":
            arguments.script, arguments.argv = (rest[0], rest[1:]) if rest else (None, [])
            break
        elif word.startswith("-") and word != "-":
            raise UsageError(f"unknown option {word}; tensorsh --help lists them")
        else:
            arguments.script, arguments.argv = word, rest
            break
    if arguments.texts and arguments.script is not None:
        # With -e, what is left over belongs to the program.
        arguments.argv = [arguments.script, *arguments.argv]
        arguments.script = None
    return arguments


def main(argv: list[str]) -> int:
    """Run the command line and return the exit code."""
    if any(word in ("-h", "--help") for word in argv[:1]):
        print(HELP, end="")
        return DONE
    if argv[:1] == ["--version"]:
        print(f"tensorsh {__version__}")
        return DONE
    try:
        arguments = parse_arguments(argv)
    except UsageError as error:
        print(f"tensorsh: {error}", file=sys.stderr)
        return USAGE
    if arguments.texts:
        return run_texts(arguments)
    if arguments.script not in (None, "-"):
        return run_script(arguments)
    if arguments.script is None and sys.stdin.isatty():
        from .shell.app import interact

        return interact(arguments.debug)
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
    from .reports import is_internal_fault, report
    from .session import TensorshSyntaxError

    if isinstance(error, KeyboardInterrupt):
        print("Interrupted", file=sys.stderr)
        return INTERRUPTED
    if isinstance(error, InputError):
        print(f"tensorsh: {error}", file=sys.stderr)
        return USAGE
    print(report(session, error, debug=debug), file=sys.stderr)
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
