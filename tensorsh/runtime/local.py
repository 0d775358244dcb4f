"""What belongs to one session beside its names: counters and the like, kept by ops under keys of their own.

A session puts its own dict here before it runs a statement, so that sessions in one process do not share it.
"""

from __future__ import annotations

from typing import Any

current: dict[str, Any] = {}
