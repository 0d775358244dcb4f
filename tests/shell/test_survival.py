"""Whatever an entry does, the shell comes back with every name as it was."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tensorsh.shell.survival import Keepers, outlived
from tests.terminal import CTRL_C, READY, Terminal

STUCK = "x = set(map(bool, range(10**18)))"  # one call into C, in which no signal is seen


def processes(shell: Terminal) -> dict[int, int]:
    """The shell's processes, and the parent of each."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            state, parent, _, session = path.read_text().rpartition(")")[2].split()[:4]
            if int(session) == shell.pid and state != "Z":
                found[int(path.parent.name)] = int(parent)
    return found


def kept(shell: Terminal) -> list[int]:
    """The process that has a keeper, if any has."""
    found = processes(shell)
    return [parent for parent in found.values() if parent in found and parent != shell.pid]


def stuck(shell: Terminal) -> int:
    """Have the shell run what never returns; the process that runs it."""
    while kept(shell):
        time.sleep(0.01)
    shell.send(STUCK + "\r")
    while not (workers := kept(shell)):
        time.sleep(0.01)
    return workers[0]


@pytest.mark.parametrize(
    "endless",
    [
        "while True: x = x + 1",
        "list(range(10**9))",  # C code that keeps the interpreter to itself
        "x = set(map(bool, range(10**18)))",
        "x = a @ a @ a @ a @ a @ a",  # C code in which Python runs nothing
        "x = svd(a)",
        "import pipe",  # the system waits for someone to write
    ],
)
def test_an_interrupt_keeps_names_and_the_shell(start: Callable[..., Terminal], tmp_path: Path, endless: str) -> None:
    os.mkfifo(tmp_path / "pipe.tsh")
    shell = start(folder=tmp_path)
    shell.enter("x = 1; a = ones(4000, 4000)")
    shell.send(endless + "\r")
    shell.until("\x1b[?2004l")  # the editor has handed it on
    time.sleep(0.2)
    shell.send(CTRL_C)
    assert "\nInterrupted\n" in shell.until("Interrupted\r\n")
    shell.until(READY)
    assert "\n1\n" in shell.enter("x")
    assert shell.leave() == 0  # at once, though the C code may still be running


def test_a_process_that_dies_takes_only_its_statement_with_it(start: Callable[..., Terminal]) -> None:
    shell = start()
    shell.enter("y = 40")
    for x in "12":
        os.kill(stuck(shell), signal.SIGKILL)
        assert "error[ProcessDied]" in shell.until(READY)
        assert f"\n4{x}\n" in shell.enter("y = y + 1; y")
    assert shell.leave() == 0


def test_a_time_limit_ends_what_cannot_be_interrupted(start: Callable[..., Terminal]) -> None:
    shell = start(options="--timeout 0.5")
    assert "the time limit of 0.5 s is over" in shell.enter(STUCK)
    assert "shape=(2, 3)" in shell.enter("x")


def test_nothing_is_left_of_a_shell_that_is_killed(start: Callable[..., Terminal]) -> None:
    shell = start()
    stuck(shell)
    os.kill(shell.pid, signal.SIGTERM)
    while processes(shell):
        time.sleep(0.01)


def test_a_shell_that_cannot_be_copied_runs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise BlockingIOError("as many processes as may be")

    monkeypatch.setattr(os, "fork", fork)

    def shell(keepers: Keepers) -> int:
        with keepers.beside(None, lambda: None) as give_way:
            give_way()  # nobody could go on
        return 7

    assert outlived(shell) == 7
