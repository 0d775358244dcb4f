"""The whole shell in a pseudo-terminal: keys in, what a person would see out.

What is waited for is what the screen shows, never a time: the tests hold on a machine that is busy.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte
import pytest

CTRL_C, CTRL_D, CTRL_E, CTRL_R, CTRL_X = "\x03", "\x04", "\x05", "\x12", "\x18"
UP, RIGHT = "\x1b[A", "\x1b[C"
READY = "\x1b[?2004h"  # bracketed paste is switched on: the editor waits for keys
ROOT = Path(__file__).parent.parent.parent


class Terminal:
    """A shell in a terminal. `until` and `enter` return what came since the last of them, less escapes."""

    def __init__(
        self,
        state: Path,
        term: str = "xterm",
        redirect: str = "",
        columns: int = 80,
        options: str = "",
        folder: Path = ROOT,
        **environment: str,
    ) -> None:
        environment = {**os.environ, "TERM": term, "XDG_STATE_HOME": str(state), "NO_COLOR": "1", **environment}
        environment["PYTHONPATH"] = str(ROOT)
        command = f'exec "{sys.executable}" -m tensorsh {options} {redirect}'
        self.ready = READY if term == "xterm" else "tsh> "
        self._text = ""
        self._screen = pyte.Screen(columns, 24)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            os.chdir(folder)
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
        self._wait(lambda: text in self._text, text, seconds)
        end = self._text.index(text) + len(text)
        seen, self._text = self._text[:end], self._text[end:]
        return re.sub(r"\x1b\[[?\d;]* ?[a-zA-Z]", "", seen).replace("\r", "")

    def shows(self, *texts: str) -> str:
        """Wait until all the texts stand on the screen; return the screen."""
        self._wait(lambda: all(text in self.screen for text in texts), texts, 30)
        self._text = ""
        return self.screen

    def ends(self, text: str) -> None:
        """Wait until the screen ends with the text."""
        self._wait(lambda: self.screen.endswith(text), text, 30)
        self._text = ""

    @property
    def screen(self) -> str:
        """What stands on the screen, without what is blank at its lines' ends."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def styled(self, text: str) -> pyte.screens.Char:
        """The first character of that text on the screen, with its style."""
        for row, line in enumerate(self._screen.display):
            if text in line:
                return self._screen.buffer[row][line.index(text)]
        raise AssertionError(f"{text!r} is not on the screen:\n{self.screen}")

    def _wait(self, condition: Callable[[], bool], what: object, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            ready, _, _ = select.select([self._fd], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"{what!r} did not come, but {self._text!r}:\n{self.screen}"
            arrived = os.read(self._fd, 65536)
            self._stream.feed(arrived)
            if b"\x1b[6n" in arrived:  # where the cursor is: a terminal answers when asked
                self.send(f"\x1b[{self._screen.cursor.y + 1};{self._screen.cursor.x + 1}R")
            self._text += arrived.decode(errors="replace")

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


def test_a_session(terminal: Terminal, tmp_path: Path) -> None:
    assert "\n6\n" in terminal.enter("2 * 3")
    terminal.send("for i in range(2):\rprint('i is', i)\r\r")
    assert "\ni is 0\ni is 1\n" in terminal.until(READY)
    assert "error[NameError]" in terminal.enter("nonsense")
    assert "\nno newline\n" in terminal.enter("print('no newline', end='')")
    assert terminal.leave() == 0
    assert "+for i in range(2):\n+    print('i is', i)\n" in (tmp_path / "tensorsh/history").read_text()


def test_what_runs_in_silence_shows_for_how_long(start: Callable[..., Terminal]) -> None:
    shell = start()
    shell.send("for i in progress(range(10**9)): pass\r")
    shell.shows(" a second")
    assert " s\n" not in shell.screen and "..." not in shell.screen  # a bar of the program's own is enough
    shell.send(CTRL_C)
    shell.ends("tsh>")
    shell.send("while True: pass\r\r")
    shell.shows("\n... 1 s")
    shell.send(CTRL_C)
    assert "... " not in shell.enter("").rpartition("Interrupted")[2]


@pytest.mark.parametrize(
    "endless",
    [
        "while True: x = x + 1",
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


def test_completion_shows_what_each_name_is_and_enter_takes_one(start: Callable[..., Terminal]) -> None:
    shell = start()
    shell.enter("x_other = 3")
    shell.send("reduce_sum(x\t")
    shell.shows("float32 (2, 3)", "int  3")
    shell.send("\t\t")
    shell.shows("tsh> reduce_sum(x_other)")
    shell.send("\r")
    assert "float32 (2, 3)" not in shell.shows("reduce_sum(input_tensor, axis=None, keepdims=False, name=None)")
    assert "=3>" in shell.enter("")


def test_a_narrow_window_shows_a_call_around_what_is_typed(start: Callable[..., Terminal]) -> None:
    shell = start(columns=34)
    shell.send("matmul(x, x, transpose_b=")
    assert "transpose_b=False" in shell.shows("matmul(…")
    assert "error[InvalidArgumentError]" not in shell.enter("True")


def test_mistakes_are_underlined_and_words_coloured(start: Callable[..., Terminal]) -> None:
    shell = start(NO_COLOR="")
    shell.send("for i i in square(x)")
    shell.shows("'in' is missing after this 'for'")
    assert shell.styled("i in").underscore and not shell.styled("for").underscore
    assert shell.styled("for").fg != shell.styled("square").fg != "default"


def test_history_is_searched_suggested_and_kept(start: Callable[..., Terminal], tmp_path: Path) -> None:
    shell = start()
    for entry in ("y = 1 + 1", "for i in range(2):\rprint(i, end='!')\r", " secret = 1", "z = 4"):
        shell.enter(entry)
    shell.send("f" + UP)
    shell.ends("\ntsh> for i in range(2):\n ...     print(i, end='!')")
    assert "0!1!" in shell.enter("\r")
    shell.send("y =")
    shell.ends("\ntsh> y = 1 + 1")
    shell.send(RIGHT + " + 40; y")
    assert "\n42\n" in shell.enter("")
    shell.send(CTRL_R + "print")
    shell.shows("I-search backward: print")
    shell.send(CTRL_C + CTRL_C)  # the first ends the search
    shell.until(READY)
    assert "\n5\n" in shell.enter("z + 1")
    assert shell.leave() == 0
    kept = (tmp_path / "tensorsh/history").read_text()
    assert "+for i in range(2):\n+    print(i, end='!')\n" in kept and "secret" not in kept


def test_a_pasted_transcript_is_shown_before_it_runs(start: Callable[..., Terminal]) -> None:
    shell = start()
    shell.send("\x1b[200~>>> a = 2\n>>> if a:\n...     a = 40\n...\n>>> a + 2\n42\n\x1b[201~")
    assert "42" not in shell.shows("\ntsh> a = 2\n ... if a:\n ...     a = 40\n ...\n ... a + 2")
    assert "\n42\n" in shell.enter("")


def test_an_entry_is_edited_in_the_users_editor(start: Callable[..., Terminal], tmp_path: Path) -> None:
    script = tmp_path / "edit"
    script.write_text('#!/bin/sh\ncase "$1" in *.tsh) echo "6 * 7" > "$1";; esac\n')
    script.chmod(0o700)
    shell = start(VISUAL=str(script))
    shell.send("z" + CTRL_X + CTRL_E)
    shell.shows("tsh> 6 * 7")
    shell.send("\r")
    shell.shows("42")


def test_keys_are_taken_while_the_session_loads(tmp_path: Path) -> None:
    shell = Terminal(tmp_path, options="--no-history --vi")
    try:
        shell.send("41 + x\x1br1\r")  # typed before there is a prompt; with vi's keys
        assert "\n42\n" in shell.until("42\r\n")
    finally:
        shell.close()
    assert not (tmp_path / "tensorsh").exists()


def test_what_a_killed_shell_had_bound_is_recovered(start: Callable[..., Terminal]) -> None:
    shell = start()
    shell.enter("y = 40")
    os.kill(shell.pid, signal.SIGKILL)
    os.waitpid(shell.pid, 0)
    shell.pid = 0
    shell = start()
    assert "ended without being left: :recover runs its 2 entries again" in shell.screen.replace("\n", "")
    shell.enter(":recover")
    assert "\n42\n" in shell.enter("y + 2")
    assert shell.leave() == 0
    shell = start()
    assert "recover" not in shell.screen
