"""Command lines in processes that have everything imported already: forked from one that waits for them.

So a hundred of them cost what a few fresh ones do. `Warm` is the waiting process, used as a context manager.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

_WAITING = """
import base64, json, os, select, signal, sys, time
import tensorsh.cli, tensorsh.session, tensorsh.reports, tensorsh.language.compiler, tensorsh.limits
from tensorsh.session import Session
Session(show=str).run("constant([1.]) + 1.; zeros(2); [1, 2] |> sum; str(1)", "warm")

def answer(request):
    pipes = [os.pipe() for _ in range(3)]
    child = os.fork()
    if child == 0:
        for target, (read, write) in enumerate(pipes):
            os.dup2(read if target == 0 else write, target)
            os.close(read), os.close(write)
        os.setpgid(0, 0)
        sys.argv = ["tensorsh", *request["arguments"]]
        try:
            tensorsh.cli.run()
        except SystemExit as error:
            sys.stdout.flush()
            os._exit(error.code)
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(99)
    for target, (read, write) in enumerate(pipes):
        os.close(read if target == 0 else write)
    try:
        os.write(pipes[0][1], base64.b64decode(request["stdin"]))
    except BrokenPipeError:
        pass
    os.close(pipes[0][1])
    end = time.monotonic() + request["seconds"]
    texts, open_ends = {1: b"", 2: b""}, {pipes[1][0]: 1, pipes[2][0]: 2}
    stopped = False
    while open_ends and not stopped:
        ready = select.select(list(open_ends), [], [], max(0, end - time.monotonic()))[0]
        stopped = not ready
        for descriptor in ready:
            data = os.read(descriptor, 65536)
            if not data:
                del open_ends[descriptor]
                os.close(descriptor)
                continue
            number = open_ends[descriptor]
            texts[number] = (texts[number] + data)[:request["most"]]
    if stopped:
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return {"code": None if stopped else os.waitstatus_to_exitcode(status),
            "out": texts[1].decode("utf-8", "replace"), "err": texts[2].decode("utf-8", "replace")}

for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
"""


class Done(NamedTuple):
    """How a command line ended; no code if it had to be killed."""

    code: int | None
    out: str
    err: str


class Warm:
    """The waiting process."""

    def __enter__(self) -> Warm:
        command = [sys.executable, "-c", _WAITING]
        root = Path(__file__).parent.parent
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)
        return self

    def __exit__(self, *_: Any) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)

    def run(self, *arguments: str, stdin: bytes = b"", seconds: float = 20.0) -> Done:
        """Run `tensorsh` with the arguments; kill it, and all of its processes, when the seconds are over."""
        assert self._process.stdin and self._process.stdout
        given = {"arguments": arguments, "stdin": base64.b64encode(stdin).decode(), "seconds": seconds, "most": 200_000}
        self._process.stdin.write(json.dumps(given) + "\n")
        self._process.stdin.flush()
        return Done(**json.loads(self._process.stdout.readline()))
