"""The whole shell in a pseudo-terminal: keys in, what a person would see out."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

CTRL_C, CTRL_D = "\x03", "\x04"
READY = "\x1b[?2004h"  # bracketed paste is switched on: the editor waits for keys
ROOT = Path(__file__).parent.parent.parent


class Terminal:
    """A shell in a terminal. `until` and `enter` return what came since the last of them, less escapes."""

    def __init__(self, state: Path, term: str = "xterm", redirect: str = "") -> None:
        environment = {**os.environ, "TERM": term, "XDG_STATE_HOME": str(state), "NO_COLOR": "1"}
        environment["PYTHONPATH"] = str(ROOT)
        command = f'exec "{sys.executable}" -m tensorsh {redirect}'
        self.ready = READY if term == "xterm" else "tsh> "
        self._text = ""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execve("/bin/sh", ["/bin/sh", "-c", command], environment)

    def send(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def enter(self, keys: str) -> str:
        """Type a line, and wait for the next prompt."""
        self.send(keys + "\r")
        return self.until(self.ready)

    def interrupt(self) -> None:
        """Press Ctrl-C at a plain prompt, again where the key came before the terminal was being read."""
        for _ in range(20):
            self.send(CTRL_C)
            with contextlib.suppress(AssertionError):
                self.until("tsh> ", seconds=1)
                return
        raise AssertionError("Ctrl-C did not bring the prompt back")

    def until(self, text: str, seconds: float = 30) -> str:
        deadline = time.monotonic() + seconds
        while text not in self._text:
            ready, _, _ = select.select([self._fd], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"{text!r} did not come, but {self._text!r}"
            arrived = os.read(self._fd, 65536).decode(errors="replace")
            if "\x1b[6n" in arrived:
                self.send("\x1b[1;1R")  # where the cursor is: a terminal answers when asked
            self._text += arrived
        end = self._text.index(text) + len(text)
        seen, self._text = self._text[:end], self._text[end:]
        return re.sub(r"\x1b\[[?\d;]*[a-zA-Z]", "", seen).replace("\r", "")

    def leave(self) -> int:
        """Press Ctrl-D; return the exit code."""
        self.send(CTRL_D)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            if select.select([self._fd], [], [], 0.02)[0]:
                try:
                    self._text += os.read(self._fd, 65536).decode(errors="replace")
                except OSError:
                    time.sleep(0.02)  # the other side is closed: the process is about to end
        raise AssertionError("the shell did not leave")

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self._fd)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    shell = Terminal(tmp_path)
    shell.until(shell.ready)
    yield shell
    shell.close()


def test_a_session(terminal: Terminal, tmp_path: Path) -> None:
    assert "\n6\n" in terminal.enter("2 * 3")
    terminal.send("for i in range(2):\rprint('i is', i)\r\r")
    assert "\ni is 0\ni is 1\n" in terminal.until(READY)
    assert "error[NameError]" in terminal.enter("nonsense")
    assert "\nno newline\n" in terminal.enter("print('no newline', end='')")
    assert terminal.leave() == 0
    assert "+for i in range(2):\n+    print('i is', i)\n" in (tmp_path / "tensorsh/history").read_text()


def test_interrupts_keep_names_and_the_shell(terminal: Terminal) -> None:
    terminal.enter("x = 1; a = ones(5000, 5000)")
    # The first is a loop, the second is seconds of C code in which Python runs nothing.
    for endless in ("while True: x = x + 1", "x = a @ a @ a @ a"):
        terminal.send(endless + "\r")
        time.sleep(0.5)
        pressed = time.monotonic()
        terminal.send(CTRL_C)
        assert "\nInterrupted\n" in terminal.until("Interrupted\r\n")
        assert time.monotonic() - pressed < 0.5  # 0.2 on a machine that does nothing else
        terminal.until(READY)
        assert "\n1\n" in terminal.enter("x")
    assert terminal.leave() == 0  # at once, though the C code may still be running


def test_an_interrupt_at_the_prompt_drops_the_line(terminal: Terminal) -> None:
    terminal.send("1 / 0" + CTRL_C)
    terminal.until(READY)
    terminal.send(CTRL_C)
    terminal.until(READY)
    assert "\n2\n" in terminal.enter("1 + 1")


def test_a_dumb_terminal_reads_plain_lines(tmp_path: Path) -> None:
    shell = Terminal(tmp_path, term="dumb")
    try:
        shell.until("tsh> ")
        assert "\n6\n" in shell.enter("2 * 3")
        shell.send("for i in range(2):\r")
        shell.until(" ... ")
        shell.interrupt()
        assert "\n7\n" in shell.enter("7")
        assert shell.leave() == 0
    finally:
        shell.close()


def test_a_redirected_output_holds_results_only(tmp_path: Path) -> None:
    out = tmp_path / "out"
    shell = Terminal(tmp_path, redirect=f'> "{out}"')
    try:
        shell.until(READY)
        shell.enter("2 * 3")
        shell.enter("print('x', end='')")
        assert shell.leave() == 0
    finally:
        shell.close()
    assert out.read_text() == "6\nx"
