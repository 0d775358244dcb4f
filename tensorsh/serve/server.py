"""The server: one loop for all clients and their workers.

It runs no program and waits for nobody. Each client has a session, and each session a process of its
own, forked from this one, in which everything is imported already.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from ..limits import Limits
from ..options import Arguments
from . import listening
from .client import Client
from .descriptors import ask_system

_CHILD_SUBREAPER = 36  # prctl: be the parent of our children's orphans


def serve(arguments: Arguments, limits: Limits, path: str | None) -> int:
    """Serve standard input and output, or the clients of a Unix socket, until they have gone. The exit code."""
    _warm(arguments)
    ask_system(_CHILD_SUBREAPER, 1)
    server = Server(arguments, limits)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    if path is None:
        output = os.dup(1)
        sys.stdout.flush()
        server.add(Client(server, 0, output))
        server.run()
        return 0
    listener = listening.listen(path)
    status = os.lstat(path)
    try:
        server.listen(listener)
        server.run()
    finally:
        listening.unlink_own(path, listener, status)
    return 0


class Server:
    """The loop, its clients and when they are to be looked at."""

    def __init__(self, arguments: Arguments, limits: Limits) -> None:
        self.arguments, self.limits = arguments, limits
        self.selector = selectors.PollSelector()
        self.clients: set[Client] = set()
        self._listener: socket.socket | None = None
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        self.selector.register(self._wake, selectors.EVENT_READ, lambda events: os.read(self._wake, 512))
        self._is_stopped = False

    def listen(self, listener: socket.socket) -> None:
        """Take clients from this socket."""
        self._listener = listener
        self.selector.register(listener, selectors.EVENT_READ, lambda events: self._accept(listener))

    def add(self, client: Client) -> None:
        self.clients.add(client)

    def stop(self) -> None:
        """End all; may be called from a signal handler."""
        self._is_stopped = True

    def run(self) -> None:
        """Serve until there is nobody left to."""
        while not self._is_stopped and (self.clients or self._listener is not None):
            ends = [client.end for client in self.clients if client.end is not None]
            wait = max(0.0, min(ends) - time.monotonic()) if ends else None
            for key, events in self.selector.select(wait):
                self._guarded(key.data, events)
            now = time.monotonic()
            for client in list(self.clients):
                if client.end is not None and client.end <= now:
                    self._guarded(client.end_worker)
        for client in list(self.clients):
            client.close()

    def _guarded(self, act: Callable[..., Any], *given: Any) -> None:
        """Whatever goes wrong with one client (there may be no more processes, say) ends that one's connection only."""
        try:
            act(*given)
        except Exception as error:
            client = getattr(act, "__self__", None)
            print(f"tensorsh: a client's session was ended by {type(error).__name__}: {error}", file=sys.stderr)
            if isinstance(client, Client):
                with contextlib.suppress(Exception):
                    client.close()

    def close_in_child(self) -> None:
        """A worker has nothing to do with the clients of others."""
        signal.set_wakeup_fd(-1)
        self.selector.close()
        for client in self.clients:
            client.close_descriptors()
        for descriptor in (self._wake, self._waker):
            os.close(descriptor)
        if self._listener is not None:
            self._listener.close()

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        if not listening.is_own_user(connection):
            connection.close()
            return
        descriptor = connection.detach()
        try:
            self.add(Client(self, descriptor, descriptor, is_socket=True))
        except OSError:
            os.close(descriptor)
            raise


def _warm(arguments: Arguments) -> None:
    """Import and make once what every session needs: it then is there when a process is forked."""
    import ctypes  # noqa: F401

    from .. import given  # noqa: F401
    from ..completion.catalog import catalog
    from ..data import json_text, npy  # noqa: F401
    from ..language import program  # noqa: F401
    from ..session import Session

    session = Session(show=lambda value: None, argv=arguments.argv)
    session.run("constant([1., 2.]) @ zeros([2, 1]) if 0 else [1] |> sum; 1 < 2", "warm")
    catalog()
