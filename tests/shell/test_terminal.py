"""The whole shell in a terminal.

What is waited for is what the screen shows, never a time: the tests hold on a machine that is busy.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal import CTRL_C, CTRL_E, CTRL_R, CTRL_X, READY, RIGHT, UP, Terminal


def test_a_session(terminal: Terminal, tmp_path: Path) -> None:
    assert "\n6\n" in terminal.enter("2 * 3")
    terminal.send("for i in range(2):\rprint('i is', i)\r\r")
    assert "\ni is 0\ni is 1\n" in terminal.until(READY)
    assert "error[NameError]" in terminal.enter("nonsense")
    assert "\nno newline\n" in terminal.enter("print('no newline', end='')")
    assert terminal.leave() == 0
    assert "+for i in range(2):\n+    print('i is', i)\n" in (tmp_path / "tensorsh/history").read_text()


# Work that goes on for ever, and the bar that tells how far it is.
KNOWN = "while_loop(lambda i: True, lambda i: [i + 1], [0], maximum_iterations=10**9)", "░ 0 %  "
UNKNOWN = "while_loop(lambda i: True, lambda i: [i + 1], [0])", "██████"


def test_what_runs_in_silence_shows_a_bar(start: Callable[..., Terminal]) -> None:
    shell = start()
    shell.send("for i in progress(range(10**9)): pass\r")
    shell.shows(" a second")
    assert shell.screen.count("░ ") == 1  # a bar of the program's own is enough
    shell.send(CTRL_C)
    shell.ends("tsh>")
    for endless, bar in (KNOWN, UNKNOWN):
        shell.send(endless + "\r")
        shell.shows(bar)
        shell.send(CTRL_C)
        shell.ends("Interrupted\ntsh>")
        assert "░" not in shell.screen.rpartition("tsh> while_loop")[2]


@pytest.mark.parametrize("endless, bar", [KNOWN, UNKNOWN])
def test_a_program_shows_a_bar_too(tmp_path: Path, endless: str, bar: str) -> None:
    program = Terminal(tmp_path, columns=30, options=f"-e 'print(1); {endless}'")
    try:
        program.shows("1\n", bar)
        assert len(program.screen.splitlines()) == 2
        program.send(CTRL_C)
        program.ends("1\nInterrupted")
    finally:
        program.close()


def test_there_is_no_bar_on_a_dumb_terminal(tmp_path: Path) -> None:
    program = Terminal(tmp_path, term="dumb", options="-e 'for i in progress(range(10**9)): pass'")
    try:
        time.sleep(1.5)
        program.send(CTRL_C)
        program.ends("Interrupted")
        assert program.screen == "^CInterrupted"
    finally:
        program.close()


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
