"""A client of `tensorsh --serve`, and a server at a socket, for tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "tensorsh", "--serve"]
ROOT = Path(__file__).parent.parent.parent


class Served:
    """A server at a socket in a folder, used as a context manager."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self.path = str(folder / "s")
        self._command = [*COMMAND, "--socket", self.path, *flags]

    def __enter__(self) -> Served:
        self.process = subprocess.Popen(self._command, cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(600):
            if os.path.exists(self.path) or self.process.poll() is not None:
                break
            time.sleep(0.05)
        return self

    def __exit__(self, *_: Any) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        assert self.process.stderr
        with self.process.stderr:
            told = self.process.stderr.read().decode()
            assert told == "", told

    def client(self) -> Talking:
        return Talking(self.path)


class Talking:
    """A connection: `ask` one thing and wait for its answer, or `tell` and `hear` apart."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        try:
            self._socket.connect(path)
        except OSError:
            self._socket.close()
            raise
        self._lines = self._socket.makefile("rb")
        self._count = 0

    def __enter__(self) -> Talking:
        return self

    def __exit__(self, *_: Any) -> None:
        self._lines.close()
        self._socket.close()

    def send(self, line: bytes) -> None:
        self._socket.sendall(line)

    def tell(self, do: str, **fields: Any) -> int:
        """Send a request; return its id."""
        self._count += 1
        self.send(json.dumps({"id": self._count, "do": do, **fields}).encode() + b"\n")
        return self._count

    def hear(self) -> dict[str, Any]:
        """The next answer; an empty one if the server has hung up."""
        line = self._lines.readline()
        return json.loads(line) if line else {}

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        id = self.tell(do, **fields)
        answer = self.hear()
        assert answer["id"] == id
        return answer

    def value(self, text: str, **fields: Any) -> Any:
        """What the last expression of a program gives, as data."""
        answer = self.ask("evaluate", text=text, **fields)
        assert answer["ok"], answer
        last = answer["results"][-1]
        return last.get("values", last.get("value"))
