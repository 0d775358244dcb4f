"""A shell in a pseudo-terminal: keys in, what a person would see out."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

CTRL_C, CTRL_D, CTRL_E, CTRL_R, CTRL_X = "\x03", "\x04", "\x05", "\x12", "\x18"
UP, RIGHT = "\x1b[A", "\x1b[C"
READY = "\x1b[?2004h"  # bracketed paste is switched on: the editor waits for keys
ROOT = Path(__file__).parent.parent


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
