"""Loading and saving: paths, compression, which format a file is in, and files that are written whole or not at all."""

from __future__ import annotations

import io
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from typing import Any, BinaryIO

from ..runtime import files as gate
from ..runtime import work
from ..runtime.errors import explain
from . import formats
from .formats import Format

_MAPPED_FROM = 1 << 24  # bytes from which on a file is mapped: copying fewer costs next to nothing
_PIECE = 1 << 20  # bytes that are decompressed at a time
_HEAD = 4096  # bytes by which a format is told

# suffix -> (first bytes, module, the extra that brings it). Each module has `compress` and `decompress` of bytes.
_COMPRESSIONS = {
    ".gz": (b"\x1f\x8b", "gzip", ""),
    ".xz": (b"\xfd7zXZ", "lzma", ""),
    ".bz2": (b"BZh", "bz2", ""),
    ".zst": (b"(\xb5/\xfd", "zstandard", "zstd"),
}


def load(path: str, format: str | None = None, options: dict[str, Any] | None = None) -> Any:
    """The value in a file ("-": standard input). See the op `load`."""
    path = gate.as_path(path)
    wanted = formats.by_name(format) if format else None
    try:
        with _opened(path) as file:
            found = wanted or _format_of(path, file)
            check_options(found, "read", options or {})
            return _read(found, file, shown(path), options or {})
    except OSError as error:
        raise _unreadable(path, error) from None


def way_in(head: bytes) -> str | None:
    """What to do about standard input that is no text, by its first bytes; None if they tell nothing."""
    for suffix, (magic, _, _) in _COMPRESSIONS.items():
        if head.startswith(magic):
            return f"it is compressed, as {suffix} files are: decompress it on the way"
    try:
        found = formats.by_content(head)
    except ValueError:
        return None
    return None if found.is_text else f"it begins as {found.name} does, which -I {found.name} reads"


def save(path: str, value: Any, format: str | None = None, options: dict[str, Any] | None = None) -> None:
    """Write a value to a file ("-": standard output). See the op `save`."""
    path = gate.as_path(path)
    found = formats.by_name(format) if format else suffix_format(path)
    if found is None:
        raise explain(ValueError(f"the format of {path!r} is not told by its suffix"), hint="save(path, x, 'npy')")
    buffer = io.BytesIO()  # formats seek; and a value that cannot be written leaves no trace
    check_options(found, "write", options or {})
    found.write(buffer, value, **(options or {}))
    with writing(path) as file:
        file.write(buffer.getbuffer())


def _read(format: Format, file: BinaryIO, name: str, options: dict[str, Any]) -> Any:
    """What the format makes of a file. A library that stumbles over a damaged one may raise anything."""
    from .values import malformed

    try:
        return format.read(file, name, **options)
    except UnicodeDecodeError:
        raise malformed(name, "a name or a text in it is no utf-8") from None
    except (ValueError, TypeError, ImportError, OSError, MemoryError):
        raise
    except Exception as error:
        if format.is_text or hasattr(error, "hint"):
            raise
        reason = str(error.args[0]) if error.args else type(error).__name__
        raise malformed(name, f"no {format.name} file: {reason}") from None


def check_options(format: Format, action: str, options: dict[str, Any]) -> None:
    """Raise TypeError for an option that the format does not have."""
    known = format.options(action)
    for option in options:
        if option not in known:
            takes = f"takes {', '.join(known)}" if known else "takes no options"
            raise TypeError(f"{format.name} has no option {option!r}: it {takes}")


def shown(path: str) -> str:
    """A path as messages name it."""
    return "standard input" if path == gate.STANDARD else path


def mapped(file: BinaryIO, size: int) -> str | None:
    """The path of a plain file that is worth mapping, where it is one."""
    if size < _MAPPED_FROM or type(file) is not io.BufferedReader:
        return None
    return file.name if isinstance(file.name, str) else None


@contextmanager
def writing(path: str) -> Iterator[BinaryIO]:
    """A file that appears under `path` when the block ends, whole, in place of what was there; or not at all.

    What is written to it is compressed as the suffix says. It keeps the permissions of what it replaces. A symbolic
    link stays, and what it points to is replaced. A device or a pipe is written as it is. Raises OSError.
    """
    allowed = gate.current.writing(gate.as_path(path))
    compression = os.path.splitext(path)[1].lower()
    library = _library(compression) if compression in _COMPRESSIONS else None
    if path == gate.STANDARD:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        target = os.path.realpath(allowed)
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(21, os.strerror(21))
            with open(target, "wb") as device:
                yield device
            return
        if mode is not None and not os.access(target, os.W_OK):
            raise PermissionError(13, os.strerror(13))
        folder, name = os.path.split(target)
        temporary = os.path.join(folder, f".{name[:200]}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
        with _removed_by_signals(temporary):
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            try:
                with open(descriptor, "wb") as file:
                    if mode is not None:
                        os.fchmod(descriptor, stat.S_IMODE(mode))
                    with _packing(file, library, compression) as packed:
                        yield packed
                    file.flush()
                    os.fsync(descriptor)
                os.replace(temporary, target)
            except BaseException:
                os.unlink(temporary)
                raise
        _sync_folder(folder)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise _told("write", path, error) from None


def _packing(file: BinaryIO, library: Any, compression: str) -> Any:
    """What compresses into the file, or the file itself."""
    if library is None:
        return nullcontext(file)
    return library.open(file, "wb", **({"closefd": False} if compression == ".zst" else {}))


@contextmanager
def _removed_by_signals(path: str) -> Iterator[None]:
    """A block in which a signal that ends the process removes a file first.

    Only the main thread can have it so: what the shell runs is on another.
    """
    handlers: dict[int, Any] = {}

    def end(number: int, frame: Any) -> None:
        with suppress(OSError):
            os.unlink(path)
        signal.signal(number, handlers[number])
        os.kill(os.getpid(), number)

    if threading.current_thread() is threading.main_thread():
        for number in (int(signal.SIGTERM), int(signal.SIGHUP)):
            if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
                handlers[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """A file's content, decompressed, as a binary file that can seek."""
    allowed = gate.current.reading(path)
    if path == gate.STANDARD:
        with work.asking() if sys.stdin.isatty() else nullcontext():
            file: Any = io.BytesIO(sys.stdin.buffer.read())
    else:
        file = open(allowed, "rb")  # noqa: SIM115 (closed below)
    with file:
        if _is_endless(file):
            raise OSError(22, "it is a device, and no file or pipe")
        if not file.seekable():
            file = io.BytesIO(file.read())
        head = file.read(8)
        file.seek(0)
        for magic, module, _ in _COMPRESSIONS.values():
            if head.startswith(magic):
                yield io.BytesIO(_decompressed(module, file, path))
                return
        yield file


def _is_endless(file: Any) -> bool:
    """Whether a file is a device such as /dev/zero; a terminal, and the null device, come to an end."""
    if not isinstance(file, io.BufferedReader):
        return False
    status = os.fstat(file.fileno())
    is_null = status.st_rdev == os.stat(os.devnull).st_rdev
    return stat.S_ISCHR(status.st_mode) and not is_null and not os.isatty(file.fileno())


def _decompressed(module: str, file: BinaryIO, path: str) -> bytes:
    compression = next(suffix for suffix, (_, name, _) in _COMPRESSIONS.items() if name == module)
    library = _library(compression)
    try:
        if module == "zstandard":
            plain = library.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        else:
            plain = library.open(file)
        with work.reading(file):
            return b"".join(iter(partial(plain.read, _PIECE), b""))
    except Exception as error:  # each library has classes of its own
        if isinstance(error, MemoryError):
            raise
        raise ValueError(f"{shown(path)}: the compressed data is damaged: {error}") from None


def _library(compression: str) -> Any:
    from .values import need

    _, module, extra = _COMPRESSIONS[compression]
    return need(module, extra)


def suffix_format(path: str) -> Format | None:
    """The format that a path's suffix tells, that of a compression aside."""
    stem, suffix = os.path.splitext(path)
    return formats.by_suffix(stem if suffix.lower() in _COMPRESSIONS else path)


def _format_of(path: str, file: BinaryIO) -> Format:
    """The format that a file is in: by its suffix, or else its content. A .txt file of numbers is one of numbers."""
    found = suffix_format(path)
    if found is None or found.name == "text":
        head = file.read(_HEAD)
        file.seek(0)
        try:
            told = formats.by_content(head)
        except ValueError as error:
            hint = "name it: load(path, 'raw', dtype='float32')"
            raise explain(ValueError(f"{shown(path)}: {error}"), hint=hint) from None
        return told if found is None or told.name == "plain" else found
    return found


def _unreadable(path: str, error: OSError) -> OSError:
    """The same error in our words, with the file that may have been meant."""
    if isinstance(error, PermissionError) and hasattr(error, "hint"):
        return error
    told = _told("read", path, error)
    if isinstance(error, FileNotFoundError):
        from difflib import get_close_matches

        folder, name = os.path.split(path)
        try:
            close = get_close_matches(name, os.listdir(folder or "."), n=1)
        except OSError:
            close = []
        if close:
            told.hint = f"did you mean {os.path.join(folder, close[0])!r}?"
    return told


def _told(action: str, path: str, error: OSError) -> Any:
    reason = error.strerror or str(error)
    told = type(error)(error.errno, f"cannot {action}: {reason}", path)
    return explain(told, summary=f"cannot {action} {shown(path)!r}: {reason}")


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _sync_folder(folder: str) -> None:
    """Make a rename last through a loss of power, where the system can."""
    descriptor = os.open(folder or ".", os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
