"""One client: its requests, its session's process, and what is still to be written to either."""

from __future__ import annotations

import json
import os
import select
import selectors
import signal
import socket
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from ..limits import GRACE, TimeLimitExceeded
from . import worker
from .descriptors import ask_system, lines, read, reap, receive, write
from .protocol import LONGEST, BadRequest, answer, encoded, failure, request

if TYPE_CHECKING:
    from .server import Server

#: A client may have so many requests unanswered, and so many bytes unread, before it is read from no more.
_MOST_OPEN, _MOST_UNREAD = 256, 16 << 20
_MOST_STILLBORN = 3
_PDEATHSIG = 1  # prctl: end with our parent
_KEPT = "the session goes on with the names that it had before"
_OLDER = "the session goes on with the names that it had some requests before: there was no pause to keep them since"
_LOST = "its session had to be ended with it, and begins anew: its names are gone"


class Keeper(NamedTuple):
    """A copy of a worker that waits with the names that there were after a request."""

    process: int
    link: socket.socket
    after: int


class Client:
    """Who has sent requests, its session's process, and what is still to be written to either."""

    def __init__(self, server: Server, read_from: int, write_to: int, is_socket: bool = False) -> None:
        self._server = server
        # So many bytes can be written where any can. Standard output is left as it is, as others share it.
        self._most = 1 << 20 if is_socket else select.PIPE_BUF
        if is_socket:
            os.set_blocking(read_from, False)
        self._in, self._out = read_from, write_to
        self._taken, self._unsent = bytearray(), bytearray()
        self._open: dict[int, tuple[Any, dict[str, Any]]] = {}  # requests without an answer, by a number of ours
        self._next = 0
        self._is_leaving = False  # no more requests will come
        self._leaving_id: Any = _NOBODY  # of the request to shut down
        self.end: float | None = None  # when the worker is to be ended, whatever it does
        self._running: int | None = None
        self._was_cancelled = False
        self._watched: dict[int, int] = {}
        self._stillborn = 0  # processes that have ended without an answer, one after the other
        self._keeper: Keeper | None = None
        self._last: int | None = None  # the last answered request that may have bound a name
        self._start()
        self._watch()

    # ------------------------------------------------------------ the worker

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        self._process = os.fork()
        if self._process == 0:
            _become_worker(self._server, ours, theirs)
        theirs.close()
        self._attend(ours)

    def _attend(self, link: socket.socket) -> None:
        link.setblocking(False)
        self._link = link
        self._from_worker, self._to_worker = bytearray(), bytearray()
        self._links: list[int] = []  # of keepers, whose words are still to be read
        self.end, self._running, self._was_cancelled = None, None, False

    def _pass_on(self, given: dict[str, Any]) -> None:
        number, self._next = self._next, self._next + 1
        self._open[number] = given["id"], given
        cancelled = given.get("request", _NOBODY)
        if given["do"] == "cancel":
            given = {**given, "request": next((n for n, (id, _) in self._open.items() if id == cancelled), -1)}
            if self._running is not None and given["request"] == self._running:
                self._was_cancelled = True
                self.end = min(self.end or float("inf"), time.monotonic() + GRACE)
        self._to_worker += encoded({**given, "id": number})

    def _take_answer(self, line: bytes) -> None:
        told = json.loads(line)
        if "begun" in told:
            self._running = told["begun"]
            self.end = None if told["seconds"] is None else time.monotonic() + told["seconds"] + GRACE
            return
        if "keeper" in told:
            self._dismiss_keeper()
            self._keeper = Keeper(told["keeper"], socket.socket(fileno=self._links.pop(0)), told["after"])
            return
        number = told["id"]
        if number == self._running:
            self._running, self.end, self._was_cancelled = None, None, False
        self._stillborn = 0
        id, given = self._open.pop(number)
        if given["do"] in ("evaluate", "reset"):
            self._last = number
        self._unsent += encoded({**told, "id": id})

    def end_worker(self) -> None:
        """End the process, and go on with its keeper, or with a new session; what waits is asked of that one."""
        was_due = self.end is not None and self.end <= time.monotonic()
        self._stop_process()
        keeper, self._keeper = self._keeper, None
        hint = _LOST if keeper is None else _KEPT if keeper.after == self._last else _OLDER
        waiting, self._open = self._open, {}
        number = self._running
        if number is None and waiting:
            number = next(iter(waiting))
        if number is not None:
            id, given = waiting.pop(number)
            kind, message = "SessionEnded", "the session's process has ended"
            if self._was_cancelled:
                kind, message = "Cancelled", "the request was cancelled"
            elif was_due:
                kind = "TimeLimitExceeded"
                message = str(TimeLimitExceeded(given.get("timeout") or self._server.limits.timeout or 0.0))
            self._unsent += failure(id, kind, message, hint=hint, span=None)
            for number in [n for n, (_, asked) in waiting.items() if asked.get("request", _NOBODY) == id]:
                self._unsent += answer(waiting.pop(number)[0], cancelled=True)
        self._stillborn += 1
        if self._stillborn > _MOST_STILLBORN:
            for id, _ in waiting.values():
                self._unsent += failure(id, "SessionEnded", "no session can begin; are its limits too narrow?")
            self._is_leaving, waiting = True, {}
        if keeper is None:
            self._start()
        else:
            self._process = keeper.process
            self._attend(keeper.link)
            self._to_worker += encoded({"id": None, "do": "keep"})
        for _, given in waiting.values():
            self._pass_on(given)
        self._watch()

    def _stop_process(self) -> None:
        self._unwatch(self._link.fileno())
        self._link.close()
        for descriptor in self._links:
            os.close(descriptor)
        os.kill(self._process, signal.SIGKILL)  # one that has ended is still ours to wait for
        reap(self._process)

    def _dismiss_keeper(self) -> None:
        """It ends when its link does."""
        if self._keeper is not None:
            self._keeper.link.close()

    # ------------------------------------------------------------ bytes

    def _watch(self) -> None:
        """Ask the loop for what we can do now."""
        is_full = len(self._open) >= _MOST_OPEN or len(self._to_worker) > LONGEST or len(self._unsent) > _MOST_UNREAD
        reads = not (self._is_leaving or is_full)
        interest = {self._link.fileno(): _bits(len(self._unsent) <= _MOST_UNREAD, bool(self._to_worker))}
        interest[self._in] = _bits(reads, False)
        interest[self._out] = interest.get(self._out, 0) | _bits(False, bool(self._unsent))
        for descriptor, events in interest.items():
            self._watch_one(descriptor, events)
        if self._is_leaving and not self._open and not self._unsent and self in self._server.clients:
            self.close()

    def _watch_one(self, descriptor: int, events: int) -> None:
        if self._watched.get(descriptor, 0) == events:
            return
        self._unwatch(descriptor)
        if events:
            act = self._at_link if descriptor == self._link.fileno() else self._at_client
            self._server.selector.register(descriptor, events, act)
            self._watched[descriptor] = events

    def _unwatch(self, descriptor: int) -> None:
        if self._watched.pop(descriptor, 0):
            self._server.selector.unregister(descriptor)

    def _at_link(self, events: int) -> None:
        if self not in self._server.clients:
            return  # it was closed by another of the events that the loop has just been told of
        if events & selectors.EVENT_WRITE:
            write(self._link.fileno(), self._to_worker)
        if events & selectors.EVENT_READ:
            data, links = receive(self._link)
            self._links += links
            if not data and data is not None:
                self.end_worker()
                return
            self._from_worker += data or b""
            for line in lines(self._from_worker):
                self._take_answer(line)
        self._watch()

    def _at_client(self, events: int) -> None:
        if self not in self._server.clients:
            return
        if events & selectors.EVENT_WRITE and not write(self._out, self._unsent, self._most):
            self.close()
            return
        if events & selectors.EVENT_READ:
            data = read(self._in)
            if not data and data is not None:
                self._is_leaving = True
                if self._taken:
                    self._take_request(bytes(self._taken))
            self._taken += data or b""
            for line in lines(self._taken):
                self._take_request(line)
            if len(self._taken) > LONGEST:
                self._unsent += failure(None, "BadRequest", f"a line is longer than {LONGEST} bytes")
                self._is_leaving = True
        self._watch()

    def _take_request(self, line: bytes) -> None:
        if self._leaving_id is not _NOBODY or not line.strip():
            return
        try:
            given = request(line)
        except BadRequest as error:
            self._unsent += failure(error.id, "BadRequest", str(error))
            return
        if given["do"] == "shutdown":
            self._is_leaving, self._leaving_id = True, given["id"]
        else:
            self._pass_on(given)

    def close(self) -> None:
        """Part from the client, and end its session."""
        self._server.clients.discard(self)
        if self._leaving_id is not _NOBODY:
            self._unsent += answer(self._leaving_id)
            os.set_blocking(self._out, True)
            while self._unsent and write(self._out, self._unsent):
                pass
        for descriptor in (self._in, self._out):
            self._unwatch(descriptor)
        self._stop_process()
        self.close_descriptors()
        if self._keeper is not None:
            reap(self._keeper.process)

    def close_descriptors(self) -> None:
        for descriptor in {self._in, self._out} - {0}:
            os.close(descriptor)
        self._link.close()
        self._dismiss_keeper()


_NOBODY = object()


def _become_worker(server: Server, ours: socket.socket, theirs: socket.socket) -> None:
    """What a forked process does, for good."""
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the server's
        ask_system(_PDEATHSIG, signal.SIGKILL)
        server.close_in_child()
        ours.close()
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        worker.work(theirs, server.arguments, server.limits)
    finally:
        os._exit(1)


def _bits(reads: bool, writes: bool) -> int:
    return reads * selectors.EVENT_READ | writes * selectors.EVENT_WRITE
