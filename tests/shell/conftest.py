"""Shells in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal import Terminal


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Start a shell whose session has loaded; it is ended with the test."""
    shells: list[Terminal] = []

    def start(**how: str | int | Path) -> Terminal:
        shells.append(Terminal(tmp_path, **how))  # type: ignore[arg-type]
        shells[-1].until(shells[-1].ready)
        shells[-1].enter("x = ones(2, 3)")
        return shells[-1]

    yield start
    for shell in shells:
        shell.close()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    shell = Terminal(tmp_path)
    shell.until(shell.ready)
    yield shell
    shell.close()
