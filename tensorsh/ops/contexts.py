"""Context managers and wrappers that a program makes of its functions: they hold back no interrupt and no limit.

Python's own managers would. They throw what ended the block into the program's generator, where a `finally: return`,
or an object that `yield from` leads to, makes it vanish; and they hand that object a traceback.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from contextlib import suppress as ignoring
from typing import Any

from ..runtime.errors import explain
from ..runtime.session_classes import is_session_function


class Manager:
    """What a function made by `contextmanager` gives: for `with`, or to decorate a function that is run inside."""

    def __init__(self, function: Callable[..., Any], args: tuple, options: dict[str, Any]) -> None:
        self._made_by = function, args, options
        self._steps = function(*args, **options)
        if type(self._steps) is not types.GeneratorType:
            raise TypeError(f"contextmanager: the function is to have a yield; it gave a {type(self._steps).__name__}")

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def inside(*args: Any, **options: Any) -> Any:
            with Manager(*self._made_by):
                return function(*args, **options)

        return _named_after(function, inside)

    def __enter__(self) -> Any:
        for value in self._steps:
            return value
        raise RuntimeError("generator didn't yield")

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        if kind is None:
            for _ in self._steps:
                self._steps.close()
                raise RuntimeError("generator didn't stop")
            return False
        if issubclass(kind, Exception):
            return self._is_dealt_with(error, traceback)
        with ignoring(Exception):  # whatever the program does on its way out, the interrupt goes on
            self._steps.close()
        return False

    def _is_dealt_with(self, error: Exception, traceback: Any) -> bool:
        """Throw an error into the generator; whether it ends there."""
        try:
            self._steps.throw(error)
        except StopIteration as ended:
            return ended is not error
        except BaseException as raised:
            # Python makes a StopIteration that leaves a generator a RuntimeError.
            if raised is error or isinstance(error, StopIteration) and raised.__cause__ is error:
                error.__traceback__ = traceback
                return False
            raise
        self._steps.close()
        raise RuntimeError("generator didn't stop after throw()")


def contextmanager(func: Callable[..., Iterator[Any]]) -> Callable[..., Manager]:
    """Make the function of a generator with one `yield` one of context managers.

    >>> from contextlib import contextmanager
    >>> @contextmanager
    ... def twice(x): yield 2 * x
    >>> with twice(4) as x: print(x)
    8
    """

    def make(*args: Any, **options: Any) -> Manager:
        return Manager(func, args, options)

    return _named_after(func, make)


class suppress:
    """A context manager that ends errors of the given classes. Raises TypeError for what is no class of errors."""

    def __init__(self, *exceptions: type[Exception]) -> None:
        for kind in exceptions:
            if not (isinstance(kind, type) and issubclass(kind, Exception)):
                raise explain(
                    TypeError(f"suppress: {kind!r} is not a class of errors"),
                    hint="suppress(ValueError); an interrupt goes through",
                )
        self._exceptions = exceptions

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        return kind is not None and issubclass(kind, self._exceptions)


def wraps(wrapped: Any) -> Callable[[Any], Any]:
    """Decorate a function that stands for another: it gets the other's name and docstring."""

    def decorate(wrapper: Any) -> Any:
        # The library's own functions are shared by all sessions.
        return _named_after(wrapped, wrapper) if is_session_function(wrapper) else wrapper

    return decorate


def _named_after(wrapped: Any, wrapper: Any) -> Any:
    if isinstance(wrapped, types.FunctionType):
        wrapper.__name__, wrapper.__doc__ = wrapped.__name__, wrapped.__doc__
    return wrapper
