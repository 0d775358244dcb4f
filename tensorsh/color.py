"""Whether what is written to a stream is to bear colours: one answer for every front end.

NO_COLOR (no-color.org) and FORCE_COLOR count if they are not empty, the former first; `--color` sets them. Without
either, a terminal gets colours unless it is TERM=dumb, and nothing else does. Results never bear any: they are what
TensorFlow prints, and are copied.
"""

from __future__ import annotations

import os
from typing import TextIO


def is_capable(stream: TextIO) -> bool:
    """Whether the stream is a terminal that understands more than plain lines."""
    return stream.isatty() and os.environ.get("TERM", "").lower() not in ("", "dumb", "unknown")


def wants_color(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_capable(stream)


def choose(choice: str) -> None:
    """Decide for this process, "always" or "never", whatever the environment says."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        os.environ.pop(name, None)
    os.environ["FORCE_COLOR" if choice == "always" else "NO_COLOR"] = "1"
