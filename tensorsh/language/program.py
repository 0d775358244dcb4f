"""A whole program's text -> its compiled units, from the cache if it has them: then no parser is imported."""

from __future__ import annotations

import os
from collections.abc import Container

from . import cache
from .source import Source, Unit, split


def compile_program(
    source: Source, plain: Container[str], fingerprint: bytes = b"", counted: bool = False
) -> list[Unit]:
    """Compile every chunk of the source, or take the lot from the cache.

    `plain` are the attribute names that need no check at run time. `fingerprint` stands for them and for
    whatever else, outside this package, the compiled form depends on. `counted`: see compile_chunk.

    Raises:
        TensorshSyntaxError: for the first chunk that is no program, with a span in the source.
    """
    version_key = b"\0".join((own_fingerprint(), fingerprint))
    version_key += b"\0%d %d" % (source.first_line, counted)
    units = cache.load(source.name, source.text, version_key)
    if units is None:
        from .compiler import compile_chunk

        units = [compile_chunk(source, chunk, plain, counted) for chunk in split(source.text, source.first_line)]
        cache.store(source.name, source.text, version_key, units)
    return units


def own_fingerprint() -> bytes:
    """A hash of this package's files and the grammar: what they were when a program was compiled."""
    global _fingerprint
    if _fingerprint is None:
        folder = os.path.dirname(os.path.abspath(__file__))
        package = os.path.dirname(folder)
        paths = sorted(entry.path for entry in os.scandir(folder) if entry.name.endswith(".py"))
        paths += [os.path.join(base, "grammar", "tensorsh.lark") for base in (package, os.path.dirname(package))]
        digest = cache.blake2b(digest_size=16)
        for path in paths:
            try:
                with open(path, "rb", buffering=0) as file:
                    content = file.read()
            except FileNotFoundError:
                continue
            digest.update(b"%d\0" % len(content) + content)
        _fingerprint = digest.digest()
    return _fingerprint


_fingerprint: bytes | None = None
