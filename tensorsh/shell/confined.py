"""The limits that the command line sets, held anew for each entry of the shell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ..evaluate import TimedOut
from ..options import Arguments

if TYPE_CHECKING:
    from ..session import Session


class Confined:
    """What the limits are made of, once the runtime is there."""

    def __init__(self, arguments: Arguments) -> None:
        from ..limits import asked_for

        self._limits = asked_for(arguments)
        self._output: Any = None
        self._has_begun = False

    def output(self, stream: Any) -> Any:
        """The stream as programs are to have it."""
        from ..limits import Output

        if self._limits.output is None:
            return stream
        self._output = Output(stream, self._limits.output, final=False)
        return self._output

    def begin(self, session: Session) -> float | None:
        """An entry begins: all limits are what they were. The seconds that it may take."""
        if not self._has_begun:
            self._has_begun = True
            if self._limits.memory is not None:
                from ..runtime import memory

                memory.confine(self._limits.memory)
            if self._limits.recursion is not None:
                sys.setrecursionlimit(self._limits.recursion)
        for meter in (session.count, self._output):
            if meter is not None:
                meter.reset()
        return self._limits.timeout

    def time_is_over(self, error: TimedOut) -> BaseException:
        """The error that says so, at the place where the program was."""
        from ..limits import TimeLimitExceeded

        return TimeLimitExceeded(self._limits.timeout or 0.0).with_traceback(error.where)
