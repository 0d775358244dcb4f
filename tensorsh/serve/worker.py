"""One session, in a process of its own: reads requests from the server and answers them, in the order they end.

The main thread reads; what touches nothing but names (`complete`, `is_complete`, `vars`) it answers at once, also
while a program runs. Programs wait for each other on a second thread, which has each run on a third (`evaluate.py`),
so that it can be stopped. The server is told when one begins, so that it can end this process if that does not help.

For that day, whenever there is a pause, the process leaves a copy of itself behind, a keeper: it waits with the names
as they are now, and with a link of its own to the server, who asks it to go on where this process had to be ended.
"""

from __future__ import annotations

import collections
import io
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from ..completion import call_at, complete
from ..evaluate import Evaluator, Interrupted, TimedOut
from ..language.chunks import split
from ..language.parser import completeness
from ..language.source import Source
from ..limits import Limits, Output, TimeLimitExceeded
from ..options import Arguments
from ..programs import new_session
from ..reports import as_data
from ..runtime import memory
from .protocol import answer, bindings, described, encoded, failure


def work(link: socket.socket, arguments: Arguments, limits: Limits) -> None:
    """Answer the requests that come over the link until it is closed."""
    session = new_session(arguments)
    if limits.memory is not None:
        memory.confine(limits.memory)
    if limits.recursion is not None:
        sys.setrecursionlimit(limits.recursion)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a keeper that is not needed any more goes by itself
    Worker(session, limits, link).run()


class Worker:
    """A session, and the requests that come over its link and wait for it."""

    def __init__(self, session: Any, limits: Limits, link: socket.socket) -> None:
        self._session, self._limits = session, limits
        self._last: Any = None  # the id of the last request that may have bound a name
        self._is_kept = True  # a keeper knows what it bound, or it did not
        self._begin(link)
        self._printed = io.StringIO()
        stream: Any = self._printed
        self._output = Output(stream, limits.output, final=False) if limits.output is not None else None
        sys.stdout = sys.stderr = self._output or stream
        self._results: list[Any] = []
        session.show = self._results.append
        self._count = 0

    def _begin(self, link: socket.socket) -> None:
        """Nothing waits and nothing runs."""
        self._link, self._sending = link, threading.Lock()
        self._waiting: collections.deque[dict[str, Any]] = collections.deque()
        self._changed = threading.Condition()
        self._running: Any = _NOTHING  # the id of the request that runs
        self._is_cancelled = False
        self._end: float | None = None  # when its time is over
        self._evaluator = Evaluator()

    def run(self) -> NoReturn:
        """Answer what comes until the link is closed."""
        threading.Thread(target=self._run_programs, daemon=True).start()
        for line in self._link.makefile("rb"):
            self.take(json.loads(line))
        os._exit(0)

    def take(self, request: dict[str, Any]) -> None:
        """Answer a request at once, or let it wait for those before it."""
        do, id = request["do"], request["id"]
        if do in ("evaluate", "inspect", "reset", "keep"):
            with self._changed:
                self._waiting.append(request)
                self._changed.notify()
        elif do == "cancel":
            self._cancel(id, request["request"])
        else:
            try:
                self._send(answer(id, **_AT_ONCE[do](self._session, request)))
            except Exception as error:
                self._send(self._failed(id, error))

    def _run_programs(self) -> None:
        """Answer the requests that wait, one after the other, for ever."""
        while True:
            with self._changed:
                pause = None if self._is_kept else _PAUSE
                request = None
                if self._changed.wait_for(lambda: self._waiting, pause):
                    request = self._waiting.popleft()
                    self._running = request["id"]
            if request is None or request["do"] == "keep":
                self._leave_keeper()
                continue
            self._answer(request)
            if request["do"] != "inspect":
                self._last, self._is_kept = request["id"], False

    def _leave_keeper(self) -> None:
        ours, theirs = socket.socketpair()
        self._is_kept = True  # in the keeper as well, which else would leave one too
        keeper = os.fork()
        if keeper == 0:
            try:
                ours.close()
                os.close(self._link.detach())
                self._begin(theirs)
                self.run()
            finally:
                os._exit(1)
        theirs.close()
        with self._sending:
            socket.send_fds(self._link, [encoded({"keeper": keeper, "after": self._last})], [ours.fileno()])
        ours.close()

    def _answer(self, request: dict[str, Any]) -> None:
        id, limits = request["id"], self._limits
        seconds = min((s for s in (request.get("timeout"), limits.timeout) if s is not None), default=None)
        for meter in (self._session.count, self._output):
            if meter is not None:
                meter.reset()
        self._printed.seek(0)
        self._printed.truncate()
        self._send(encoded({"begun": id, "seconds": seconds}))
        self._results.clear()  # may run the program's code: the `finally` of a generator that it was shown
        self._end = None if seconds is None else time.monotonic() + seconds
        try:
            line = answer(id, **_IN_TURN[request["do"]](self, request))
        except TimedOut as error:
            line = self._failed(id, TimeLimitExceeded(seconds or 0.0).with_traceback(error.where))
        except Interrupted:
            line = failure(id, "Cancelled", "the request was cancelled", output=self._printed.getvalue())
        except BaseException as error:
            line = self._failed(id, error)
        with self._changed:
            self._running, self._is_cancelled = _NOTHING, False
        self._send(line)

    def _evaluate(self, request: dict[str, Any]) -> dict[str, Any]:
        session = self._session
        session.names.update(bindings(request.get("bind", "{}")))
        self._count += 1
        source = session.sources[f"In[{self._count}]"] = Source(f"In[{self._count}]", request["text"])
        for chunk in split(source.text):
            self._run(partial(session.run_chunk, source, chunk))
        shown: list[dict[str, Any]] = []
        data = request.get("data", "values")

        def count(size: int) -> None:
            if self._output is not None:
                self._output.count(size)

        def show() -> None:
            for value in self._results:
                text = repr(value)
                count(len(text))
                shown.append({"text": text, **described(value, data, count)})

        self._run(show)
        return {"output": self._printed.getvalue(), "results": shown}

    def _inspect(self, request: dict[str, Any]) -> dict[str, Any]:
        name, session = request["name"], self._session
        found: dict[str, Any] = {}

        def look() -> None:
            bound = session.visible_names()
            if name in bound:
                found.update(described(bound[name], "none"), text=repr(bound[name]))
            found["help"] = session.help_text(name)

        self._run(look)
        return found

    def _reset(self, request: dict[str, Any]) -> dict[str, Any]:
        self._session.reset()
        return {}

    def _run(self, work: Callable[[], None]) -> None:
        """Run a part of a request in the time that it has left."""
        if self._is_cancelled:
            raise Interrupted
        left = None if self._end is None else max(self._end - time.monotonic(), 0.001)
        try:
            self._evaluator.run(work, self._session.names, left)
        except MemoryError as error:
            raise memory.explained(error).with_traceback(error.__traceback__) from None

    def _cancel(self, id: Any, wanted: Any) -> None:
        with self._changed:
            waiting = [request for request in self._waiting if request["id"] == wanted]
            for request in waiting:
                self._waiting.remove(request)
            is_running = self._running == wanted
            if is_running:
                self._is_cancelled = True
                self._evaluator.interrupt()
        for request in waiting:
            self._send(failure(request["id"], "Cancelled", "the request was cancelled"))
        self._send(answer(id, cancelled=bool(waiting) or is_running))

    def _failed(self, id: Any, error: BaseException) -> bytes:
        return failure(id, **as_data(self._session, error), output=self._printed.getvalue())

    def _send(self, data: bytes) -> None:
        with self._sending:
            self._link.sendall(data)


_NOTHING = object()
_PAUSE = 0.02  # seconds without a request, after which there is time for a keeper


def _complete(session: Any, request: dict[str, Any]) -> dict[str, Any]:
    text = request["text"]
    cursor = min(request.get("cursor", len(text)), len(text))
    names = session.visible_names()
    offers = [
        {"text": offer.text, "start": offer.start, "kind": offer.kind, "note": offer.note}
        for offer in complete(text, cursor, names)
    ]
    call = call_at(text, cursor, names)
    return {"offers": offers, "call": None if call is None else call._asdict()}


def _is_complete(session: Any, request: dict[str, Any]) -> dict[str, Any]:
    return {"status": completeness(request["text"])}


def _vars(session: Any, request: dict[str, Any]) -> dict[str, Any]:
    return {"vars": [{"name": name, **described(value, "none")} for name, value in session.visible_names().items()]}


_AT_ONCE: dict[str, Callable[[Any, dict[str, Any]], dict[str, Any]]] = {
    "complete": _complete,
    "is_complete": _is_complete,
    "vars": _vars,
}
_IN_TURN: dict[str, Callable[[Worker, dict[str, Any]], dict[str, Any]]] = {
    "evaluate": Worker._evaluate,
    "inspect": Worker._inspect,
    "reset": Worker._reset,
}
