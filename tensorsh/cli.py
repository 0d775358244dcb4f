"""The command line: arguments -> one of the front ends.

Nothing heavy is imported here: a program whose compiled form is cached needs neither the parser nor the shell.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

from . import __version__
from .ending import DONE, INTERNAL, INTERRUPTED, USAGE, InputError, complain
from .options import Arguments, UsageError, help_text, parse_arguments


def main(argv: list[str]) -> int:
    """Run the command line and return the exit code."""
    try:
        arguments = parse_arguments(argv)
        if arguments.tell is not None:
            print(help_text() if arguments.tell == "help" else f"tensorsh {__version__}\n", end="")
            return DONE
        if "color" in arguments.settings:
            from .color import choose

            choose(arguments.settings["color"])
        if arguments.device != "auto":
            _check_device(arguments.device)
        if arguments.serve or arguments.socket is not None:
            return _serve(arguments)
        is_interactive = not arguments.texts and arguments.script is None and sys.stdin.isatty()
        if arguments.has_limits and not is_interactive:
            from .limits import asked_for, supervised

            seconds = asked_for(arguments).timeout
            code = None if seconds is None else supervised(seconds)
            if code is not None:
                return code
        if arguments.speaks_of_data:
            from .given import prepare

            prepare(arguments, is_interactive)
        if is_interactive:
            from .shell.app import interact

            return interact(arguments)
        from .programs import run

        return run(arguments)
    except (UsageError, InputError) as error:
        complain(error)
        return USAGE


def _check_device(text: str) -> None:
    """Raises UsageError for a device that is not there, before anything is read or run."""
    from .runtime.devices import NoSuchDevice, choose

    try:
        choose(text)
    except (ValueError, NoSuchDevice) as error:
        raise UsageError(f"--device: {error}") from None


def _serve(arguments: Arguments) -> int:
    """Answer other programs' requests. Raises UsageError and InputError."""
    if not arguments.serve:
        raise UsageError("--socket needs --serve")
    if arguments.texts or arguments.script is not None:
        raise UsageError("--serve takes its programs as requests")
    if arguments.speaks_of_data:
        from .given import prepare

        prepare(arguments, is_interactive=True)
    from .limits import SAFE, asked_for
    from .serve.listening import CannotListen
    from .serve.server import serve

    limits = asked_for(arguments)
    if arguments.max_output is None:
        limits = limits._replace(output=SAFE.output)
    try:
        return serve(arguments, limits, arguments.socket)
    except CannotListen as error:
        raise InputError(str(error)) from None


def open_missing_streams() -> None:
    """Python has None for a standard stream that was closed before it began (`>&-`): the null device serves."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (open as long as we run)


def run() -> NoReturn:
    """The console script."""
    gc.disable()  # until there is a session: what is loaded stays, and to look through it again and again takes time
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
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)  # what the program leaves is not cleared away: a generator's `finally` would run, under no limit
