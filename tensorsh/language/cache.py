"""Compiled programs on disk, as Python keeps .pyc files; and whatever else is dear to make and safe to lose.

An entry is executed, so it is believed only if nobody else can have written it: the directory and the entry
are this user's own, no symlink, not writable for others; its checksum holds; and the whole of what it was
made from (its key: the text itself, not only a hash of it) stands in it. Anything else is passed over, and
written anew. Entries are written beside and moved into place, so a reader never sees half of one. Where there
is no usable directory, nothing is cached, and nothing is said.

A hit imports neither the parser nor the compiler.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys
import time
from collections.abc import Callable
from types import CodeType

from .source import Unit

try:
    from _blake2 import blake2b  # hashlib would load OpenSSL, which takes longer than all the rest
except ImportError:
    from hashlib import blake2b

#: The environment's variable that, if set, keeps programs out of the cache.
OFF = "TENSORSH_NO_CACHE"
MOST_ENTRIES = 500
LARGEST_ENTRY = 8 << 20
_MAGIC = b"tensorsh cache 1\n"
_DIGEST = 32
_DAY = 86400


def load(source_name: str, text: str, version_key: bytes) -> list[Unit] | None:
    """The compiled form of the text, if the cache has it.

    `version_key` stands for all else that the compiled form depends on; the Python version is added here.
    """
    if os.environ.get(OFF):
        return None
    data = load_blob("program", _program_key(source_name, text, version_key))
    if data is None:
        return None
    try:
        stored = marshal.loads(data)
        if all(isinstance(code, CodeType) for code, *_ in stored):
            return [Unit(*fields) for fields in stored]
    except (ValueError, EOFError, TypeError):
        pass
    return None


def store(source_name: str, text: str, version_key: bytes, units: list[Unit]) -> None:
    """Keep the compiled form of the text."""
    if os.environ.get(OFF):
        return
    try:
        data = marshal.dumps([unit.to_keep() for unit in units])
    except ValueError:  # functions nested deeper than marshal follows
        return
    store_blob("program", _program_key(source_name, text, version_key), data)


def load_blob(kind: str, key: bytes) -> bytes | None:
    """What was stored under this kind and key, or None."""
    directory = _open_directory()
    if directory is None:
        return None
    try:
        return _read(directory, _full_key(kind, key))
    except OSError:
        return None
    finally:
        os.close(directory)


def store_blob(kind: str, key: bytes, data: bytes) -> None:
    """Keep the data under this kind and key, if that is possible."""
    if len(key) + len(data) > LARGEST_ENTRY:
        return
    directory = _open_directory(create=True)
    if directory is None:
        return
    try:
        name = _write(directory, _full_key(kind, key), data)
        if name[0] in "0f":  # one store in eight looks whether there is too much
            _prune(directory)
    except OSError:
        pass
    finally:
        os.close(directory)


def directory_path() -> str | None:
    """Where the cache is, or would be."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "tensorsh") if os.path.isabs(base) else None


def _program_key(source_name: str, text: str, version_key: bytes) -> bytes:
    python = f"{sys.implementation.cache_tag} {sys.version}"
    head = "\0".join((source_name, python, version_key.hex(), text))
    return head.encode("utf-8", "surrogatepass")


def _full_key(kind: str, key: bytes) -> bytes:
    return kind.encode() + b"\0" + key


def _open_directory(create: bool = False) -> int | None:
    """A descriptor of the cache's directory, the only way to its entries; None if it is no good."""
    path = directory_path()
    if path is None or not hasattr(os, "geteuid"):
        return None
    try:
        if create:
            os.makedirs(path, mode=0o700, exist_ok=True)
        directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    if _is_ours(os.fstat(directory), stat.S_ISDIR):
        return directory
    os.close(directory)
    return None


def _is_ours(status: os.stat_result, kind: Callable[[int], bool]) -> bool:
    """Can only this user (or the system's administrator) have written it?"""
    return bool(
        kind(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


def _name(key: bytes) -> str:
    return blake2b(key, digest_size=16).hexdigest()


def _read(directory: int, key: bytes) -> bytes | None:
    name = _name(key)
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=directory)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not _is_ours(status, stat.S_ISREG) or status.st_size > 2 * LARGEST_ENTRY:
            return None
        entry = file.read()
        if time.time() - status.st_mtime > _DAY:
            os.utime(descriptor)  # so that what is in use is not what is oldest
    begin = len(_MAGIC) + _DIGEST
    if not entry.startswith(_MAGIC) or entry[len(_MAGIC) : begin] != _checksum(entry[begin:]):
        return None
    length = int.from_bytes(entry[begin : begin + 8], "little")
    if entry[begin + 8 : begin + 8 + length] != key:
        return None
    return entry[begin + 8 + length :]


def _write(directory: int, key: bytes, data: bytes) -> str:
    name = _name(key)
    content = len(key).to_bytes(8, "little") + key + data
    beside = f".{os.getpid()}-{os.urandom(6).hex()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(beside, flags, 0o600, dir_fd=directory)
    try:
        with open(descriptor, "wb") as file:
            file.write(_MAGIC + _checksum(content) + content)
        os.replace(beside, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        os.unlink(beside, dir_fd=directory)
        raise
    return name


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=_DIGEST).digest()


def _prune(directory: int) -> None:
    """Drop the oldest entries if there are too many, and what a killed process left half written."""
    now = time.time()
    entries: list[tuple[float, str]] = []
    for name in os.listdir(directory):
        modified = os.stat(name, dir_fd=directory, follow_symlinks=False).st_mtime
        if not name.startswith("."):
            entries.append((modified, name))
        elif now - modified > _DAY:
            os.unlink(name, dir_fd=directory)
    if len(entries) > MOST_ENTRIES:
        entries.sort()
        for _, name in entries[: len(entries) - MOST_ENTRIES * 4 // 5]:
            os.unlink(name, dir_fd=directory)
