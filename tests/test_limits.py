"""Limits as flags: what each says, how a run ends, and that what stays below them runs as ever."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tensorsh.limits import SAFE, Counter, LimitExceeded, Limits, Output, asked_for
from tensorsh.options import UsageError, parse_arguments
from tensorsh.session import Session
from tests.warm import Warm


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm() as process:
        yield process


@pytest.mark.parametrize(
    ("line", "limits"),
    [
        ("--safe", SAFE),
        ("-e 1", Limits()),
        ("--timeout 2.5 --max-memory 2G", Limits(timeout=2.5, memory=2 << 30)),
        ("--max-output 64k --max-ops=9 --max-recursion 50", Limits(output=65536, ops=9, recursion=50)),
        ("--safe --timeout 0 --max-ops 0 --max-memory 100", SAFE._replace(timeout=None, ops=None, memory=100)),
    ],
)
def test_flags_are_limits(line: str, limits: Limits) -> None:
    assert asked_for(parse_arguments(line.split())) == limits


@pytest.mark.parametrize(
    "line", ["--timeout soon", "--timeout -1", "--timeout nan", "--max-memory 1.5G", "--max-memory G", "--max-ops x"]
)
def test_a_limit_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(UsageError):
        parse_arguments(line.split())


@pytest.mark.parametrize(
    ("flag", "program", "code", "words"),
    [
        ("--timeout=0.2", "while True: pass", 124, "the time limit of 0.2 s is over"),
        ("--max-memory=64M", "ones(10000, 10000)", 5, "the memory limit is 64 MiB; --max-memory sets another"),
        ("--max-output=10", "print('12345678901')", 5, "the output limit of 10 bytes is reached"),
        ("--max-recursion=50", "def f(n): return n and f(n - 1)\n\nf(60)", 5, "error[RecursionError]"),
        ("--max-ops=50", "x = ones(2)\n" + 50 * "x = x + x\n", 5, "the limit of 50 operations is reached"),
        ("--max-ops=50", f"x = [{51 * '-pi, '}]", 5, "the limit of 50 operations is reached"),
        ("--max-ops=50", "for i in range(50): i", 5, "the limit of 50 operations is reached"),
    ],
)
def test_each_holds_without_safe_and_names_its_flag(warm: Warm, flag: str, program: str, code: int, words: str) -> None:
    done = warm.run(flag, "-e", program)
    assert done.code == code and words in done.err
    assert flag.partition("=")[0] in done.err


@pytest.mark.parametrize(
    "program", ["1 + 1", "x = Variable(3.); with tape: y = x ** 2\ngrad(y, x)", "print('é')", "[i for i in range(9)]"]
)
def test_below_the_limits_nothing_changes(warm: Warm, program: str) -> None:
    plain, safe = (warm.run(*flags, "-e", program) for flags in ([], ["--safe"]))
    assert safe == plain and plain.code == 0


def test_exit_codes_pass_through_the_second_process(warm: Warm) -> None:
    for program, code in (("1 +", 3), ("1 / 0", 5), ("x = 1", 0)):
        assert warm.run("--timeout", "30", "-e", program).code == code
    assert warm.run("--timeout", "30", stdin=b"1 + 1\n") == (0, "2\n", "")


def test_an_interrupt_reaches_the_program_once() -> None:
    command = [sys.executable, "-m", "tensorsh", "--timeout", "60", "-e", "while True: pass"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    process.send_signal(2)
    _, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (130, "Interrupted\n")


def test_keep_going_does_not_go_on_after_a_limit(warm: Warm) -> None:
    done = warm.run("-k", "--timeout", "0.2", stdin=b"1 / 0\nwhile True: pass\nprint('after')\n")
    assert (done.code, done.out) == (124, "")


def test_an_output_that_is_cut_is_what_fits(warm: Warm) -> None:
    done = warm.run("--max-output", "5", "-e", "print('1234567')")
    assert done.out == "12345"


def test_no_except_catches_a_limit() -> None:
    session = Session(count=Counter(100))
    catching = "except Exception: seen.append(1)\nexcept KeyboardInterrupt: seen.append(2)\n"
    text = f"seen = []\ntry:\n    while True: pass\n{catching}"
    with pytest.raises(LimitExceeded):
        session.run(text, "s")
    session.count.reset()
    session.run("x = seen\n", "s")
    assert session.names["x"] == []


COUNTED = {
    "x = 1": 0,
    "x = -1": 0,
    "x = 1 + 2 * 3": 2,
    "x = 2 ** (3 * 4)": 2,
    "x = 2\nx **= 3\nx *= 3": 2,
    "x = [1, 2, 3]\nx[0] = x[1] + x[2]": 4,
    "x = 1 < 2 < 3 and not 4 or 5": 5,
    "x = [4, 2].index(2)": 1,
    "3 + 4": 1,  # what is shown is no call of the program's
    "x = reduce_sum(ones(2, 3) @ ones(3, 2))": 4,
    "if 1 > 0: x = 1 + 1\nelse: x = 1 + 1 + 1 + 1": 2,
    "if 1 > 2: x = 1 + 1\nelse: x = 1 + 1 + 1 + 1": 4,
    "try: x = 1 + 1\nexcept ValueError: x = 1 + 1 + 1 + 1\nfinally: y = x + 1": 2,
    "try: x = [][0]\nexcept IndexError: x = 1 + 1 + 1 + 1": 4,
    "for i in range(5): i": 1 + 5,
    "for i in range(5): i * i + 1\nelse: 2 + 2": 1 + 10 + 1,
    "i = 0\nwhile i < 4: i += 1": 8,
    "x = [i for i in range(3) for j in range(2) if j]": 1 + 3 + 6,
    "x = [i + j for i in range(3) if i for j in range(2)]": 1 + 3 + 4,
    "def f():\n    'doc'\n    return 1\n\nx = f(), f()": 2 + 2,
    "def f(n):\n    return 1 if n < 1 else n * f(n - 1)\n\nx = f(3)": 1 + 4 * 4,
    "x = list(map(lambda v: v * 2, [1, 2, 3]))": 2 + 3,
    "x = list(map(lambda v: v, [1, 2, 3]))": 2 + 3,
    "x = sum(v for v in [1, 2]), {v for v in [1]}, {v: 1 for v in [1]}": 1 + 4,
    "class A:\n    def __init__(self): self.x = 1 + 1\n\nx = A().x": 1 + 1,
    "x = (lambda: 0)() or (lambda: None)()": 3 + 2,
    "x = f'{[v for v in [1, 2]]}'": 2,
}


@pytest.mark.parametrize("program", COUNTED)
def test_what_is_counted_and_that_counting_changes_nothing(program: str) -> None:
    total = 0

    def counted(count: int) -> bool:
        nonlocal total
        total += count
        return True

    plain, counting = Session(), Session(count=counted)
    for session in (plain, counting):
        session.run(program + "\n", "s")
    assert total == COUNTED[program]
    assert repr(counting.names.get("x")) == repr(plain.names.get("x"))


def test_a_stream_of_bytes_and_of_text_share_one_measure() -> None:
    raw = io.BytesIO()
    stream = Output(io.TextIOWrapper(raw), 6, final=False)
    stream.write("é")
    stream.buffer.write(b"12")
    with pytest.raises(LimitExceeded, match="6 bytes"):
        stream.write("345")
    with pytest.raises(LimitExceeded):
        stream.write("3")
    stream.reset()
    assert stream.write("345") == 3


def test_the_shell_goes_on_after_each_limit(monkeypatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from tensorsh.shell.app import Shell
    from tensorsh.shell.confined import Confined

    monkeypatch.setattr("tensorsh.runtime.memory.confine", lambda size: None)  # it would be this process's for good
    arguments = parse_arguments(["--timeout", "0.3", "--max-ops", "1000", "--max-output", "100"])
    entries = iter(
        ["x = 1", "while True: x = 2", "sum(range(10**18))", "print('a' * 200)", "for i in range(600): i", "x + 1"]
    )

    def read() -> str:
        for entry in entries:
            return entry
        raise EOFError

    from contextlib import redirect_stdout

    confined, out = Confined(arguments), io.StringIO()
    session = Session(count=Counter(1000))
    with redirect_stdout(confined.output(out)):
        assert Shell(lambda: session, read, limits=confined).run() == 0
    assert out.getvalue() == "a" * 100 + "2\n"
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error")]
    assert errors == [
        "error[LimitExceeded]: the limit of 1000 operations is reached",
        "error[TimeLimitExceeded]: the time limit of 0.3 s is over",
        "error[LimitExceeded]: the output limit of 100 bytes is reached",
    ]
