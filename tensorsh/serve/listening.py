"""The Unix socket, which only its user can reach.

It is made under another name, with nobody else's rights on it from the first moment, and moved into place when it
listens; so nobody ever finds one that is not ready, or not closed to others. What is there already is replaced only if
it is a socket at which nobody listens any more.
"""

from __future__ import annotations

import os
import socket
import stat
import struct

_LONGEST = 103  # on every system


class CannotListen(Exception):
    """There can be no socket of that name; the message says why."""


def listen(path: str) -> socket.socket:
    """A socket of that path, mode 0600. Raises CannotListen."""
    if len(os.fsencode(path)) > _LONGEST:
        raise CannotListen(
            f"the path is too long for a socket: {len(os.fsencode(path))} bytes, where {_LONGEST} can be"
        )
    folder = os.path.dirname(os.path.abspath(path))
    _check_folder(folder)
    _check_place(path)
    beside = os.path.join(folder, f".{os.getpid()}-{os.urandom(4).hex()}")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(beside)
    except OSError as error:
        listener.close()
        raise CannotListen(f"cannot make the socket {path}: {error.strerror or error}") from None
    finally:
        os.umask(before)
    try:
        os.chmod(beside, 0o600)
        listener.listen(64)
        listener.setblocking(False)
        os.replace(beside, path)
    except OSError as error:
        os.unlink(beside)
        listener.close()
        raise CannotListen(f"cannot make the socket {path}: {error.strerror}") from None
    return listener


def is_own_user(client: socket.socket) -> bool:
    """Is it a process of ours (or of the administrator) that has connected, as far as the system tells?"""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return user in (0, os.geteuid())


def unlink_own(path: str, listener: socket.socket, status: os.stat_result) -> None:
    """Remove the socket, unless another server's has taken its place."""
    try:
        there = os.lstat(path)
        if (there.st_dev, there.st_ino) == (status.st_dev, status.st_ino):
            os.unlink(path)
    except OSError:
        pass
    listener.close()


def _check_folder(folder: str) -> None:
    try:
        status = os.stat(folder)
    except OSError as error:
        raise CannotListen(f"cannot use the folder {folder}: {error.strerror}") from None
    others_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX
    if others_write or status.st_uid not in (0, os.geteuid()):
        raise CannotListen(f"others can write in the folder {folder}, and so put a socket of theirs there")


def _check_place(path: str) -> None:
    """Raise if something is there that must not be replaced."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise CannotListen(f"cannot use {path}: {error.strerror}") from None
    if not stat.S_ISSOCK(status.st_mode) or status.st_uid != os.geteuid():
        raise CannotListen(f"{path} is there, and is no socket of yours")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except (ConnectionRefusedError, FileNotFoundError):
            return  # a server that has gone left it behind
        except OSError:
            pass  # one that is busy is there all the same
    raise CannotListen(f"a server listens at {path} already")
