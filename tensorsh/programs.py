"""Programs that nobody types at a prompt: -e texts, script files and standard input, run once or for each record.

Where results go (-o, -O), and what a failure ends, is the same for all of them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from .color import is_capable
from .ending import DONE, FALSE, InputError, explain, flush_quietly, guarded
from .options import Arguments
from .runtime import files as gate
from .runtime import memory

if TYPE_CHECKING:
    from .runtime.files import Files
    from .session import Session


def run(arguments: Arguments) -> int:
    """Run what the command line names and return the exit code. Raises UsageError and InputError."""
    path = arguments.script if arguments.script != "-" else None
    text = None if path is None else _script_text(path)
    session = new_session(arguments, folder=os.path.dirname(path or "") or ".")
    run = Run(session, arguments)
    if arguments.per_record:
        program = partial(_for_each_record, run, text)
    elif arguments.texts or text is not None:
        program = partial(_once, run, text)
    else:
        program = partial(_from_standard_input, run)
    return run.to_the_end(program)


def new_session(arguments: Arguments, folder: str = ".") -> Session:
    """A session as the command line wants it: with what -d names bound in it, and its gate to files."""
    # Here, where the stack is low: it grows by blocks, and calls at a block's end map and unmap the next one each time,
    # which an import inside other imports does by the hundred.
    import numpy  # noqa: F401

    from .session import Session

    session = Session(argv=arguments.argv, folder=folder, files=_gate(arguments), count=_counter(arguments))
    session.use_device(arguments.device)
    if session.device is None:  # CUDA reserves address space by the terabyte, which the bound would count
        memory.confine()
    session.names.update(arguments.bound)
    gate.current = session.files  # before anything has run: what is typed is completed before that
    sys.unraisablehook = partial(_cleared_away, session)
    return session


def _cleared_away(session: Session, raised: Any) -> None:
    """What was raised in the `finally` of a generator that is cleared away, and that Python does not pass on.

    An error is told of, and the program goes on. A limit or an interrupt ends the statement, when it comes to its end.
    """
    error = raised.exc_value
    if isinstance(error, Exception):
        try:
            error.add_note("the program goes on: this came of clearing away what nothing names any more")
            explain(session, error, debug=False)
        except BaseException as stopped:
            error = stopped
    if not isinstance(error, Exception):
        session.lost = error


def _gate(arguments: Arguments) -> Files | None:
    """What lets the program at files: under --safe only at those that the command line names."""
    if not arguments.safe:
        return None
    from .given import only_given

    return only_given(arguments)


def _counter(arguments: Arguments) -> Callable[[int], bool] | None:
    """What counts the program's operations, if they are limited."""
    if not arguments.has_limits:
        return None
    from .limits import Counter, asked_for

    most = asked_for(arguments).ops
    return None if most is None else Counter(most)


class Run:
    """A session, where its results go, and how it stands."""

    def __init__(self, session: Session, arguments: Arguments) -> None:
        self.session, self.arguments = session, arguments
        self.code = DONE
        self.last: Any = None  # the last result
        self._pending: Any = None  # a script's last result for the record at hand
        self._wants_last_only = arguments.script not in (None, "-") and not arguments.texts
        self._sink: Any = None
        self._echo = session.show
        self._clock: Any = None  # where standard error is a terminal

    def to_the_end(self, program: Callable[[], None]) -> int:
        """Run the program and return the exit code of all."""

        def whole() -> int:
            with ExitStack() as stack:
                self._open(stack)
                try:
                    program()
                    self._finish()
                except MemoryError as error:  # of reading or writing, which is none of the program's statements
                    raise memory.explained(error).with_traceback(error.__traceback__) from None
            sys.stdout.flush()
            if self.code == DONE and self.arguments.exit_status:
                from .data.results import is_true

                return DONE if is_true(self.last) else FALSE
            return self.code

        def limited() -> int:
            if not self.arguments.has_limits:
                return whole()
            from .limits import asked_for, held

            with held(asked_for(self.arguments)):
                return whole()

        def watched() -> int:
            from .screen import watched

            with watched() as self._clock:
                return limited()

        return guarded(self.session, watched if is_capable(sys.stderr) else limited, self.arguments.debug)

    def step(self, action: Callable[[], Any]) -> None:
        """One statement, or all that is done for one record. With -k a failure is reported, and the run goes on."""
        try:
            if self._clock is None:
                action()
            else:
                with self._clock.running():
                    action()
        except (BrokenPipeError, KeyboardInterrupt):
            raise
        except BaseException as error:
            from .limits import LimitExceeded

            if isinstance(error, LimitExceeded) or not self.arguments.keep_going:
                raise
            flush_quietly()
            code = explain(self.session, error, self.arguments.debug)
            self.code = self.code or code

    def end_record(self) -> None:
        """Show a script's result for a record."""
        if self._pending is not None:
            self._put(self._pending)
            self._pending = None

    def _open(self, stack: ExitStack) -> None:
        """Decide where results go, and open a file for them if they come as they go."""
        arguments = self.arguments
        if arguments.precision is not None:
            import numpy

            numpy.set_printoptions(precision=arguments.precision)
        if arguments.output_format is not None or arguments.output is not None:
            from .given import sink

            self._sink = sink(arguments, stack)
        self.session.show = self._take if self._is_watched() else self.session.show
        if self._wants_last_only and not self._is_watched():
            self.session.show = lambda value: None

    def _is_watched(self) -> bool:
        return self._sink is not None or self.arguments.exit_status or self.arguments.per_record

    def _take(self, value: Any) -> None:
        self.last = value
        if self._wants_last_only:
            self._pending = value
        elif self.arguments.output is None or self.arguments.per_record:
            self._put(value)

    def _put(self, value: Any) -> None:
        if self._sink is None:
            self._echo(value)
        else:
            self._sink.show(value)

    def _finish(self) -> None:
        if self._sink is None:
            return
        if not self.arguments.per_record and (self._wants_last_only or self.arguments.output is not None):
            if self.last is None:
                raise InputError("the program has no result: its last statement is no expression with a value")
            self._sink.show(self.last)
        self._sink.close()


def _once(run: Run, script: str | None) -> None:
    for unit in _units(run, script):
        run.step(partial(run.session.execute, unit))


def _for_each_record(run: Run, script: str | None) -> None:
    from .data.records import records_of
    from .given import format_and_options

    format, options = None, None
    if run.arguments.input_format is not None:
        format, options = format_and_options(run.arguments.input_format)
    units = list(_units(run, script))
    names, execute = run.session.names, run.session.execute
    count = 0

    def program(taken: list[tuple[int, Any]]) -> None:
        try:
            names["x"], names["i"] = records.value(taken), count
            for unit in units:
                execute(unit)
            run.end_record()
        except Exception as error:
            error.add_note(f"{'row' if format == 'npy' else 'line'} {taken[0][0]} of standard input was x")
            raise

    try:
        records = records_of(0, sys.stdout.flush, format, options, run.arguments.batch)
    except (ValueError, TypeError) as error:
        raise InputError(str(error), getattr(error, "hint", None)) from None
    for taken in records:
        run.step(partial(program, taken))
        count += len(taken)


def _units(run: Run, script: str | None) -> Iterator[Any]:
    """The program's units, all of it compiled before the first is given out."""
    texts = run.arguments.texts
    if script is not None:
        named = [(script, str(run.arguments.script))]
    else:
        named = [(text, "-e" if len(texts) == 1 else f"-e {i}") for i, text in enumerate(texts, 1)]
    for units in [run.session.compile(text, name) for text, name in named]:
        yield from units


def _script_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        hint = "-e TEXT evaluates a text" if isinstance(error, FileNotFoundError) else None
        raise InputError(f"cannot read {path}: {reason}", hint) from None


def _from_standard_input(run: Run) -> None:
    """Run the program on standard input: as one text if all of it is there, else statement by statement."""
    from .session import TensorshSyntaxError

    session, given = run.session, StandardInput()
    text = given.available()
    if given.at_end:
        try:
            units = session.compile(text, "stdin")
        except TensorshSyntaxError:
            pass  # what stands before the mistake runs all the same: go on statement by statement
        else:
            for unit in units:
                run.step(partial(session.execute, unit))
                sys.stdout.flush()
            return
    from .language.chunks import Chunker

    chunker, source = Chunker(), session.growing_source("stdin")
    for line in given.lines(text):
        source.append(line)
        for chunk in chunker.feed(line):
            run.step(partial(session.run_chunk, source, chunk))
            sys.stdout.flush()
    for chunk in chunker.finish():
        run.step(partial(session.run_chunk, source, chunk))


class StandardInput:
    """UTF-8 text on file descriptor 0, taken as it comes."""

    def __init__(self) -> None:
        import codecs

        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._has_begun = self.at_end = False

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
            text = self._decoder.decode(data, self.at_end)
        except UnicodeDecodeError:
            from .data.files import way_in

            hint = None if self._has_begun else way_in(data)
            raise InputError("the program on standard input is not UTF-8 text", hint) from None
        self._has_begun = True
        return text
