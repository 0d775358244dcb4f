"""The command line as a process: output, errors, exit codes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "tensorsh"]


def tensorsh(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], input=stdin, capture_output=True, text=True, timeout=60)


def test_e_evaluates_and_echoes() -> None:
    done = tensorsh("-e", "x = Variable(3.); with tape: y = x ** 2", "-e", "grad(y, x)")
    assert (done.returncode, done.stdout) == (0, "<tf.Tensor: shape=(), dtype=float32, numpy=6.0>\n")


def test_e_may_begin_with_a_minus() -> None:
    assert tensorsh("-e", "-3 + 4").stdout == "1\n"


def test_a_pipe_runs_statement_by_statement() -> None:
    done = tensorsh(stdin="x = 2\nx * 3\nfor i in range(2):\n    print(i)\n\nx +\n")
    assert done.stdout == "6\n0\n1\n"
    assert done.returncode == 3
    assert "error[" in done.stderr and "stdin:6" in done.stderr


def test_a_pipe_that_pauses_has_had_its_answers() -> None:
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    process.stdin.write("1 + 1\n")
    process.stdin.flush()
    assert process.stdout.readline() == "2\n"
    process.stdin.write("with tape: y = 2\n3 + 3\n")
    process.stdin.flush()
    assert process.stdout.readline() == "6\n"
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    process.stdout.close()


def test_a_character_cut_between_two_reads_survives() -> None:
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    encoded = "'naïve'\n".encode()
    process.stdin.write(encoded[:4])
    process.stdin.flush()
    time.sleep(0.5)
    process.stdin.write(encoded[4:])
    process.stdin.close()
    assert process.stdout.read().decode() == "'naïve'\n"
    process.wait(timeout=30)
    process.stdout.close()


def test_a_script_echoes_nothing_and_has_argv(tmp_path: Path) -> None:
    script = tmp_path / "s.tsh"
    script.write_text("#!/usr/bin/env tensorsh\n1 + 1\nprint(argv)\n")
    done = tensorsh(str(script), "a", "-b")
    assert (done.returncode, done.stdout) == (0, "['a', '-b']\n")


def test_a_text_in_place_of_a_script_is_told_of_e() -> None:
    done = tensorsh("x**2")
    told = "tensorsh: cannot read x**2: No such file or directory; -e TEXT evaluates a text\n"
    assert (done.returncode, done.stderr) == (2, told)


def test_a_script_with_a_syntax_error_runs_nothing(tmp_path: Path) -> None:
    script = tmp_path / "s.tsh"
    script.write_text("print('ran')\nx = = 1\n")
    done = tensorsh(str(script))
    assert (done.returncode, done.stdout) == (3, "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-e", "1/0"], 5),
        (["-e", "constant([1.]) + constant([1., 2.]) + constant([1., 2., 3.])"], 5),
        (["-e", "1 +"], 3),
        (["-e", "async def f(): pass"], 3),
        (["no/such/file.tsh"], 2),
        (["--nonsense"], 2),
        (["-e"], 2),
        (["--version"], 0),
        (["--help"], 0),
    ],
)
def test_exit_codes(arguments: list[str], code: int) -> None:
    done = tensorsh(*arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_input_that_is_not_utf8_is_an_error() -> None:
    done = subprocess.run(COMMAND, input=b"1 + 1\n\xff\xfe\n", capture_output=True, timeout=60)
    assert done.returncode == 2
    assert b"not UTF-8" in done.stderr


def test_a_closed_pipe_ends_quietly() -> None:
    line = f"yes 1 | head -20000 | {sys.executable} -m tensorsh | head -1"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("1\n", "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_was_closed_before_is_no_fault(closed: str) -> None:
    line = f"{shlex.join(COMMAND)} -e '1 + 1' {closed} && {shlex.join(COMMAND)} - {closed} </dev/null"
    assert subprocess.run(["sh", "-c", line], capture_output=True, timeout=60).returncode == 0


def test_help_that_nobody_reads_ends_quietly() -> None:
    with subprocess.Popen([*COMMAND, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_no_standard_input_is_an_empty_program() -> None:
    done = subprocess.run(["sh", "-c", f"{shlex.join(COMMAND)} <&-"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_interrupt_is_130() -> None:
    process = subprocess.Popen([*COMMAND, "-e", "while True: pass"], stderr=subprocess.PIPE, text=True)
    time.sleep(1.0)
    process.send_signal(2)
    _, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (130, "Interrupted\n")


# Of what a start does without: those for which there is nothing to do, and those that the cache stands for.
NOT_AT_START = """
    lark prompt_toolkit importlib.util tensorsh.data tensorsh.given tensorsh.language.chunks tensorsh.language.compiler
    tensorsh.language.span tensorsh.limits tensorsh.runtime.philox tensorsh.shell
""".split()


def test_a_second_run_imports_no_parser_and_no_shell(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    program = "import sys; from tensorsh.cli import main; main(['-e', 'zeros(2,1)']); print(*sys.modules)"
    loaded = []
    for _ in range(2):
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
        loaded.append(set(done.stdout.split()))
    assert "lark" in loaded[0] and "tensorsh.ops.creation" in loaded[1]
    assert loaded[1].isdisjoint(NOT_AT_START)


def test_a_second_run_compiles_nothing(tmp_path: Path) -> None:
    """Nor does it make a NamedTuple: Python compiles a text for each of its fields."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    program = """
import builtins, sys
from tensorsh.cli import main
compile, sources = builtins.compile, []
builtins.compile = lambda source, *more, **named: sources.append(source) or compile(source, *more, **named)
main(["-e", "zeros(2,1)"])
sys.exit(any(isinstance(source, str) for source in sources))  # a module that has no .pyc is bytes
"""
    for is_warm in (False, True):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, timeout=60)
        assert done.returncode == (not is_warm)


def test_the_collector_starts_with_the_session_and_leaves_out_what_is_loaded() -> None:
    program = """
import gc
gc.disable()
from tensorsh.session import Session
Session()
frozen = gc.get_freeze_count()
Session()
print(gc.isenabled(), frozen > 10_000, gc.get_freeze_count() <= frozen)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout == "True True True\n"


def test_without_the_cache_every_run_parses(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-X", "importtime", "-m", "tensorsh", "--no-cache", "-e", "zeros(2,1)"]
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
        assert "tensorsh.language.parser" in done.stderr
