"""What this package was when something was compiled: the key of all that is kept on disk."""

from __future__ import annotations

import os

from .cache import blake2b


def own_fingerprint() -> bytes:
    """A hash of this package's files and the grammar: what they were when a program was compiled."""
    global _fingerprint
    if _fingerprint is None:
        folder = os.path.dirname(os.path.abspath(__file__))
        package = os.path.dirname(folder)
        paths = sorted(entry.path for entry in os.scandir(folder) if entry.name.endswith(".py"))
        paths += [os.path.join(base, "grammar", "tensorsh.lark") for base in (package, os.path.dirname(package))]
        digest = blake2b(digest_size=16)
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
