"""The interactive shell: its parts put together, and one entry's way from the reader to its result.

Results go to standard output, and everything that is said about them to standard error. Whatever an entry
does, the shell goes on: it ends when the user leaves, or when there is nobody left to write to.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import redirect_stdout
from functools import partial
from typing import TextIO, cast

from .. import __version__
from ..language.source import Source, split
from ..reports import report
from ..session import Session
from .commands import CommandError, Leave, run_command
from .evaluate import Evaluator, Interrupted
from .history import history_path, open_history
from .prompt import Reader, choose_reader
from .screen import LineAware, say, shows_colour

BANNER = f"tensorsh {__version__}  (:help lists the commands, Ctrl-D leaves)"

# What people type to leave a shell, as long as they have not bound it.
_GOODBYES = {"exit", "quit", "exit()", "quit()"}


def interact(debug: bool) -> int:
    """Run the shell on this process's terminal and return the exit code."""
    reader = choose_reader(open_history(history_path(os.environ), say))
    out = LineAware(sys.stdout)
    if sys.stdout.isatty():
        reader = _below(out, reader)
    shell = Shell(Session(), reader, debug)
    before = signal.signal(signal.SIGINT, lambda *_: shell.evaluator.interrupt())
    try:
        with redirect_stdout(cast(TextIO, out)):
            code = shell.run()
    finally:
        signal.signal(signal.SIGINT, before)
    if shell.evaluator.abandoned:
        # The interpreter's ordinary end would wait for the C code that was left running, maybe for ever.
        sys.stdout.flush()
        os._exit(code)
    return code


class Shell:
    """A session, and a reader of the entries to run in it."""

    def __init__(self, session: Session, reader: Reader, debug: bool = False) -> None:
        self.session = session
        self.evaluator = Evaluator()
        self._reader = reader
        self._debug = debug
        self._count = 0

    def run(self) -> int:
        """Read and run entries until the user leaves; return the exit code."""
        say(BANNER)
        while True:
            try:
                self.enter(self._reader())
            except KeyboardInterrupt:
                continue
            except (EOFError, Leave):
                return 0
            except BrokenPipeError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return 0

    def enter(self, text: str) -> None:
        """Run one entry: a command, or statements one by one, up to the first that fails."""
        if not text.strip():
            return
        if text.strip() in _GOODBYES and text.strip("() \n") not in self.session.names:
            raise Leave
        try:
            if text.lstrip().startswith(":"):
                self.evaluator.run(partial(run_command, text, self), self.session.names)
            else:
                self._run_program(text)
        except Interrupted:
            # The terminal has shown ^C where the cursor was.
            say(("\n" if sys.stderr.isatty() else "") + "Interrupted")
        except CommandError as error:
            say(f"error: {error}")
        except (Leave, BrokenPipeError):
            raise
        except BaseException as error:
            self._explain(error)
        finally:
            sys.stdout.flush()

    def write(self, text: str) -> None:
        """Show a command's output."""
        print(text)

    def _run_program(self, text: str) -> None:
        self._count += 1
        source = Source(f"In[{self._count}]", text)
        self.session.sources[source.name] = source
        for chunk in split(source.text):
            self.evaluator.run(partial(self.session.run_chunk, source, chunk), self.session.names)

    def _explain(self, error: BaseException) -> None:
        say(report(self.session, error, shows_colour(sys.stderr), self._debug))


def _below(out: LineAware, reader: Reader) -> Reader:
    """The same reader, on a line of its own."""

    def read() -> str:
        out.end_line()
        return reader()

    return read
