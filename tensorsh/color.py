"""What a terminal takes, and whether a stream is to bear colours: one answer for every front end.

NO_COLOR (no-color.org) and FORCE_COLOR count if they are not empty, the former first, unless `--color` or `:set color`
decides. Without any of them a terminal gets colours unless it is TERM=dumb, and nothing else does. Results never
bear any: they are what TensorFlow prints, and are copied.
"""

from __future__ import annotations

import os
from typing import TextIO

ERASE = "\r\x1b[K"  # makes a terminal empty the line, for something else to be written to it


def is_capable(stream: TextIO) -> bool:
    """Whether the stream is a terminal that understands more than plain lines."""
    return stream.isatty() and os.environ.get("TERM", "").lower() not in ("", "dumb", "unknown")


def wants_color(stream: TextIO) -> bool:
    if _choice != "auto":
        return _choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_capable(stream)


def choose(choice: str) -> None:
    """Decide for this process: "always", "never", or "auto", which leaves it to the environment."""
    global _choice
    _choice = choice


_choice = "auto"
