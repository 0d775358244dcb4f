"""The interactive shell: its parts put together, and one entry's way from the reader to its result.

Results go to standard output, and everything that is said about them to standard error. Whatever an entry
does, the shell goes on: it ends when the user leaves, or when there is nobody left to write to.

The prompt is there before NumPy is: neither this file nor what it imports at its top may import the session, the
ops or the runtime. They load in the background, and the first entry waits for them.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO, cast

from .. import __version__
from ..color import choose as choose_color
from ..color import is_capable, wants_color
from ..evaluate import Evaluator, Interrupted, TimedOut
from ..language.chunks import split
from ..language.source import Source
from ..options import Arguments
from ..screen import Clock, LineAware, say
from ..settings import Settings, settings_path
from ..settings import read as read_settings
from .confined import Confined
from .editing import as_program
from .history import history_path, open_history, state_folder
from .loading import Loading
from .pager import Pager
from .prompt import Reader, choose_reader
from .recovery import Journal, Lost, lost_sessions
from .survival import Keepers, ProcessDied, outlived
from .window import cut

if TYPE_CHECKING:
    from ..session import Session
    from .tutor import Lesson

BANNER = f"tensorsh {__version__}  (:tutor shows how, :help lists the commands, Ctrl-D leaves)"

#: What a piece of work runs in: gives what is to be called when it cannot be stopped.
Kept = AbstractContextManager[Callable[[], None] | None]

# What people type to leave a shell, as long as they have not bound it.
_GOODBYES = {"exit", "quit", "exit()", "quit()"}


def interact(arguments: Arguments) -> int:
    """Run the shell on this process's terminal and return the exit code."""
    return outlived(partial(_interact, arguments))


def _interact(arguments: Arguments, keepers: Keepers) -> int:
    settings, startup = _settings(arguments)

    def names() -> Mapping[str, Any] | None:
        return loading().visible_names() if loading.is_ready else None

    history = open_history(history_path(os.environ) if settings.history else None, say)
    reader = choose_reader(history, names, settings)
    # With limits a program may be a stranger's: what it shows meets the terminal alone, and counts as output.
    is_paged = is_capable(sys.stdout) and sys.stdin.isatty() and not arguments.has_limits
    pager = Pager(settings) if is_paged else None
    loading: Loading[Session] = Loading(partial(_load, arguments, settings, pager), lambda session: _warm(reader))
    folder = state_folder(os.environ) / "sessions" if settings.recovery and settings.history else None
    journal = Journal(folder)
    clock = Clock(sys.stderr if is_capable(sys.stderr) else None)
    out = LineAware(sys.stdout, clock if sys.stdout.isatty() else Clock(None))
    err = LineAware(sys.stderr, clock)
    limits = Confined(arguments) if arguments.has_limits else None
    reader_below = _below(out, reader) if sys.stdout.isatty() else reader

    def kept(seconds: float | None) -> Kept:
        loading.finish()  # a copy made meanwhile would wait for ever for the thread that it has not got
        return keepers.beside(seconds, clock.inherit)

    shell = Shell(loading, reader_below, settings, arguments.debug, limits, journal, clock, pager, kept)
    shell.lost = list(lost_sessions(folder)) if folder is not None else []
    if shell.lost:
        say(shell.lost[0].offer)
    before = signal.signal(signal.SIGINT, lambda *_: shell.evaluator.interrupt())
    try:
        shown = out if limits is None else limits.output(out)
        with redirect_stdout(cast(TextIO, shown)), redirect_stderr(cast(TextIO, err)):
            if startup:
                shell.run_file(startup)
            code = shell.run()
    finally:
        signal.signal(signal.SIGINT, before)
    journal.close()
    if shell.evaluator.abandoned or loading.is_busy:
        # The interpreter's ordinary end would wait for the C code that was left running, maybe for ever.
        sys.stdout.flush()
        os._exit(code)
    return code


class Shell:
    """A session, and a reader of the entries to run in it.

    load: gives the session, the same one at each call, and may take its time at the first.
    kept: gives what each piece of work runs in, which is to take so many seconds at the most.
    """

    def __init__(
        self,
        load: Callable[[], Session],
        reader: Reader,
        settings: Settings | None = None,
        debug: bool = False,
        limits: Confined | None = None,
        journal: Journal | None = None,
        clock: Clock | None = None,
        pager: Pager | None = None,
        kept: Callable[[float | None], Kept] = lambda seconds: nullcontext(None),
    ) -> None:
        self._pager = pager
        self._kept = kept
        self._clock = clock or Clock(None)
        self.journal = journal or Journal(None)
        self.lost: list[Lost] = []
        self.settings = settings or Settings()
        self.lesson: Lesson | None = None
        self._limits = limits
        self.evaluator = Evaluator()
        self._load = load
        self._reader = reader
        self._debug = debug
        self._count = 0
        self.inputs: list[str] = []

    @property
    def session(self) -> Session:
        return self._load()

    def run(self) -> int:
        """Read and run entries until the user leaves; return the exit code."""
        while True:
            try:
                if not self.enter(self._reader()):
                    return 0
            except KeyboardInterrupt:
                continue
            except EOFError:
                return 0
            except BrokenPipeError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return 0

    def enter(self, text: str) -> bool:
        """Run one entry: a command, or statements one by one, up to the first that fails. Whether the shell goes on."""
        if not text.strip():
            return True
        if text.strip() in _GOODBYES and text.strip("() \n") not in self.session.names:
            return False
        if text.lstrip().startswith(":"):
            return self._guarded(lambda: self._run_command(text))
        self._count += 1
        ended = self.journal.entered(text)
        goes_on = self._guarded(lambda: self._run_entry(as_program(text), f"In[{self._count}]", ended))
        if self.lesson is not None:
            said = self.lesson.follow({**self.session.visible_names(), "_": self.session.last_value})
            if said:
                say(said)
        return goes_on

    def run_file(self, path: str) -> None:
        """Run a program before the first entry. As of a script, only what it prints is shown."""
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            say(f"warning: {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}")
            return
        show, self.session.show = self.session.show, lambda value: None
        self._guarded(lambda: self._run_program(text, path))
        self.session.show = show

    def run_again(self, entry: str, name: str) -> None:
        """Run an entry of an earlier session: nothing is echoed, and what goes wrong is told."""
        from .commands import CommandError, run_command

        show, self.session.show = self.session.show, lambda value: None
        ended = self.journal.entered(entry)
        try:
            if entry.startswith(":"):
                run_command(entry, self)
            else:
                self.run_text(as_program(entry), name)
        except CommandError as error:
            say(f"error: {error}")
        except Exception as error:
            self._explain(error)
        finally:
            self.session.show = show
        ended()

    def write(self, text: str) -> None:
        """Show a command's output."""
        print(text)

    def _guarded(self, work: Callable[[], None]) -> bool:
        """Do the work, and tell what goes wrong. Whether the shell goes on."""
        from .commands import CommandError, Leave

        try:
            work()
        except TimedOut as error:
            self._explain(cast("Confined", self._limits).time_is_over(error))
        except Interrupted:
            # The terminal has shown ^C where the cursor was.
            say(("\n" if sys.stderr.isatty() else "") + "Interrupted")
        except CommandError as error:
            say(f"error: {error}")
        except Leave:
            return False
        except BrokenPipeError:
            raise
        except BaseException as error:
            self._explain(error)
        finally:
            sys.stdout.flush()
        return True

    def _run_command(self, text: str) -> None:
        from .commands import is_lasting, run_command

        ended = self.journal.entered(text) if is_lasting(text) else lambda done=None: None
        with self._journalled(ended):
            self._evaluate(partial(run_command, text, self))

    def _evaluate(self, work: Callable[[], None], seconds: float | None = None) -> None:
        self._clock.start()
        before = len(self.inputs)
        try:
            names = self.session.names
            with self._kept(seconds) as give_way:
                self.evaluator.run(work, names, seconds, self._clock.tick, give_way)
        except Interrupted:
            del self.inputs[before:]  # what a command has run is undone with it
            if self._pager is not None:
                self._pager.drop()
            raise
        finally:
            self._clock.stop()
            if self._pager is not None:
                self._pager.flush()

    def run_text(self, text: str, name: str) -> None:
        """Run program text as part of the work at hand, statement by statement."""
        for run in self._statements(text, name):
            run()

    def _run_entry(self, text: str, name: str, ended: Callable[..., None]) -> None:
        with self._journalled(ended):
            self._run_program(text, name)

    @contextmanager
    def _journalled(self, ended: Callable[..., None]) -> Iterator[None]:
        """A block of which the journal is told how it has ended."""
        before, done = len(self.inputs), None
        try:
            yield
        except (Interrupted, ProcessDied):
            done = "".join(self.inputs[before:]).rstrip("\n")
            raise
        finally:
            ended(done)

    def _run_program(self, text: str, name: str) -> None:
        seconds = None if self._limits is None else self._limits.begin(self.session)
        for run in self._statements(text, name):
            self._evaluate(run, seconds)

    def _statements(self, text: str, name: str) -> Iterator[Callable[[], None]]:
        """What runs each statement of a text; those that do not fail are kept in `inputs`."""
        source = self.session.sources[name] = Source(name, text)
        for chunk in split(source.text):
            yield partial(self.session.run_chunk, source, chunk)
            self.inputs.append(chunk.text)

    def _explain(self, error: BaseException) -> None:
        from ..reports import report

        say(report(self.session, error, wants_color(sys.stderr), self._debug))


def _settings(arguments: Arguments) -> tuple[Settings, str]:
    """The settings, said what is wrong with them, and the path of the program that runs first, or nothing."""
    path = settings_path(os.environ)
    values, warnings = read_settings(path)
    settings = Settings(**{**values, **arguments.settings})
    choose_color(settings.color)
    if settings.banner:
        say(BANNER)
    for warning in warnings:
        say(f"warning: {warning}")
    startup = os.path.join(os.path.dirname(path), settings.startup)
    is_meant = settings.startup and (os.path.exists(startup) or settings.startup != Settings().startup)
    return settings, startup if is_meant else ""


def _load(arguments: Arguments, settings: Settings, pager: Pager | None) -> Session:
    from ..programs import new_session

    session = new_session(arguments)
    from .. import reports  # noqa: F401 (an entry's error must not wait for it)

    if arguments.output_format is None and sys.__stdout__ is not None and sys.__stdout__.isatty():
        session.show = partial(_show, settings)
    if pager is not None:
        session.show_help = pager.show
    return session


def _show(settings: Settings, value: Any) -> None:
    """Show a result in the window."""
    text = repr(value)
    print(cut(text, *shutil.get_terminal_size()) if settings.cut else text)


def _warm(reader: Reader) -> None:
    """Load what the first keys ask for, so that none of them waits."""
    from ..completion.catalog import catalog
    from ..language import highlighting

    list(highlighting.pieces("1"))
    catalog()
    gc.freeze()  # what is loaded stays: going through all of it would hold up a key by 60 ms now and then
    refresh = getattr(reader, "refresh", None)
    if refresh is not None:
        refresh()


def _below(out: LineAware, reader: Reader) -> Reader:
    """The same reader, on a line of its own."""

    def read() -> str:
        out.end_line()
        return reader()

    return read
