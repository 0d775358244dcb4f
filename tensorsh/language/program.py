"""A whole program's text -> its compiled units, from the cache if it has them: then no parser is imported."""

from __future__ import annotations

from collections.abc import Container

from . import cache
from .fingerprint import own_fingerprint
from .source import Source, Unit


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
        from .chunks import split
        from .compiler import compile_chunk

        units = [compile_chunk(source, chunk, plain, counted) for chunk in split(source.text, source.first_line)]
        cache.store(source.name, source.text, version_key, units)
    return units
