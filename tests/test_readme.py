"""The README's session, run as written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"


def steps() -> Iterator[tuple[str, str]]:
    """(input, expected output) of every prompt in the README's `tsh` blocks."""
    for block in re.findall(r"```tsh\n(.*?)```", README.read_text(), re.S):
        for step in re.split(r"^>>> ", block, flags=re.M)[1:]:
            lines = step.splitlines()
            inputs = [lines[0]]
            while len(lines) > len(inputs) and lines[len(inputs)].startswith("... "):
                inputs.append(lines[len(inputs)][4:])
            yield "\n".join(inputs) + "\n", "".join(line + "\n" for line in lines[len(inputs) :])


def test_the_session_prints_what_it_says(shown: Callable[[str], str]) -> None:
    count = 0
    for text, expected in steps():
        assert shown(text) == expected, text
        count += 1
    assert count > 10


def test_the_commands_it_names_exist() -> None:
    root = README.parent
    for command in re.findall(r"scripts/(\w+)", README.read_text()):
        assert (root / "scripts" / command).exists(), command


if __name__ == "__main__":
    pytest.main([__file__])
