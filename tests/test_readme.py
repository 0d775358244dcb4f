"""The README's session, run as written."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
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


def commands() -> Iterator[tuple[str, str]]:
    """(command line, expected output) of every `$ ...` line."""
    lines = README.read_text().splitlines()
    for position, line in enumerate(lines):
        if line.startswith("    $ "):
            output = []
            for following in lines[position + 1 :]:
                if not following.startswith("    ") or following.startswith("    $ "):
                    break
                output.append(following[4:] + "\n")
            yield line.removeprefix("    $ "), "".join(output)


def test_its_command_lines_print_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They run one after another in one folder, so that one may use what another wrote."""
    monkeypatch.setenv("PYTHONPATH", str(README.parent))
    named = f'tensorsh() {{ {shlex.quote(sys.executable)} -m tensorsh "$@"; }}; '
    for line, expected in commands():
        done = subprocess.run(["sh", "-c", named + line], capture_output=True, text=True, cwd=tmp_path)
        assert done.stdout + done.stderr == expected, line


@pytest.mark.parametrize("language", ["python", "bash"])
def test_its_clients_print_what_they_say(tmp_path: Path, language: str) -> None:
    ((program, expected),) = re.findall(rf"```{language}\n(.*?)```\n```text\n(.*?)```", README.read_text(), re.S)
    command = tmp_path / "tensorsh"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tensorsh "$@"\n')
    command.chmod(0o755)
    found = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": found, "PYTHONPATH": str(README.parent)}
    runner = [sys.executable if language == "python" else "bash", "-c", program]
    done = subprocess.run(runner, capture_output=True, text=True, env=environment, timeout=60)
    assert done.stdout == expected, done.stderr


def test_the_commands_it_names_exist() -> None:
    root = README.parent
    for command in re.findall(r"scripts/(\w+)", README.read_text()):
        assert (root / "scripts" / command).exists(), command
