"""An exception -> what a person reads of it, the same in every front end."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from types import FrameType
from typing import Any

from .language.diagnostics import Diagnostic, diagnose, missing_name, render
from .session import Session

_FAULT = """\
This is a fault in tensorsh, not in your program: please report it, with the program and what
--debug prints."""


def report(session: Session, error: BaseException, color: bool = False, debug: bool = False) -> str:
    """The error's picture; with `debug`, Python's traceback below it."""
    lines = [render(_diagnosed(session, error), color)]
    if is_internal_fault(error, session.sources):
        lines.append(_FAULT)
    if debug:
        import traceback

        lines.append("".join(traceback.format_exception(error)).rstrip())
    return "\n".join(lines)


def as_data(session: Session, error: BaseException) -> dict[str, Any]:
    """The error for another program: its class and message, its place in the text, the way out, and the picture."""
    diagnostic = _diagnosed(session, error)
    span = None
    if diagnostic.source is not None and diagnostic.span is not None:
        span = {"source": diagnostic.source.name, **diagnostic.span._asdict()}
    parts = {"kind": diagnostic.kind or "Interrupted", "message": diagnostic.message, "span": span}
    return parts | {"hint": diagnostic.hint, "text": report(session, error)}


def _diagnosed(session: Session, error: BaseException) -> Diagnostic:
    name = missing_name(error)
    names = [*session.known_names(), *session.known_paths(name)] if name else []
    return diagnose(error, session.sources, names, session.parameters)


def is_internal_fault(error: BaseException, sources: Mapping[str, Any]) -> bool:
    """Whether an error arose in tensorsh's own code without being raised there on purpose.

    Bad arguments that reach NumPy come back as ValueError or TypeError and are the program's, and so is a value that
    lacks an attribute, or is a key that is not there, and was given by the program. One that lacks an axis is as well:
    TensorFlow's functions too end in an IndexError then. Any other look-up that fails inside tensorsh's files is not.
    """
    if not isinstance(error, (AttributeError, KeyError, NameError, AssertionError)):
        return False
    trace, called = error.__traceback__, None
    if trace is None:
        return False
    while trace.tb_next is not None:
        if trace.tb_frame.f_code.co_filename in sources:
            called = trace.tb_next.tb_frame
        trace = trace.tb_next
    wanted = error.obj if isinstance(error, AttributeError) else (*error.args, None)[0]
    if called is not None and _was_given(wanted, called):
        return False
    code = trace.tb_frame.f_code
    if code.co_filename in sources or os.path.dirname(__file__) not in code.co_filename:
        return False
    import dis

    raising = {"RAISE_VARARGS", "RERAISE"}
    return next((i.opname not in raising for i in dis.get_instructions(code) if i.offset == trace.tb_lasti), True)


def _was_given(value: Any, called: FrameType) -> bool:
    """Whether the value is an argument of the call, or in one; None and the method's object are not told apart."""
    code = called.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + 2]  # 2: *args and **options
    given = [called.f_locals.get(name) for name in names if name != "self"]
    for _ in range(3):
        if value is None or any(each is value for each in given):
            return value is not None
        given = [part for each in given for part in _parts(each)]
    return False


def _parts(value: Any) -> Iterable[Any]:
    return value if type(value) in (list, tuple) else value.values() if type(value) is dict else ()
