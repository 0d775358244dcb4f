"""Reading and writing what cannot be waited for, and processes: what the system offers, without its exceptions."""

from __future__ import annotations

import contextlib
import os
import socket


def ask_system(*what: int) -> None:
    """prctl, where there is one."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(*what)
    except (OSError, AttributeError):
        pass


def read(descriptor: int) -> bytes | None:
    """What is there; empty at the end, None if there is nothing yet."""
    try:
        return os.read(descriptor, 1 << 20)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def receive(link: socket.socket) -> tuple[bytes | None, list[int]]:
    """The same over a link, and the descriptors that came with it."""
    try:
        data, descriptors, _, _ = socket.recv_fds(link, 1 << 20, 8)
        return data, descriptors
    except BlockingIOError:
        return None, []
    except OSError:
        return b"", []


def reap(process: int) -> None:
    """Wait for the end of a process that is about to end, if it is a child of ours."""
    with contextlib.suppress(ChildProcessError):  # where we cannot be told to take on orphans
        os.waitpid(process, 0)


def write(descriptor: int, data: bytearray, most: int = 1 << 20) -> bool:
    """Write what can be written now, and take it away. False if nobody reads any more."""
    try:
        del data[: os.write(descriptor, data[:most])]
    except BlockingIOError:
        pass
    except OSError:
        return False
    return True


def lines(data: bytearray) -> list[bytes]:
    """The whole lines in it, taken away."""
    end = data.rfind(b"\n") + 1
    if not end:
        return []
    lines = bytes(data[:end]).split(b"\n")[:-1]
    del data[:end]
    return lines
