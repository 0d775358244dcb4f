"""Keeping a session: as a program, and as a snapshot that is restored."""

from __future__ import annotations

import os
import zipfile

import numpy as np
import pytest

from tensorsh.session import Session
from tensorsh.shell.app import Shell
from tensorsh.shell.commands import CommandError, run_command


@pytest.fixture
def shell() -> Shell:
    session = Session()
    return Shell(lambda: session, lambda: "")


BOUND = """
w = Variable([[1.], [2.]], name="w")
frozen = Variable(3., trainable=False)
x = constant([1., nan, inf])
b = constant([1.5, -2.], tf.bfloat16)
s = constant([["a", "\\x00b"]])
c = constant([1+2j])
n, f, t, q = 7, inf, "text", None
def g(): return 1
"""


def test_what_is_saved_is_restored(shell, tmp_path, capsys):
    path = str(tmp_path / "snap.npz")
    shell.session.run(BOUND, "test")
    before = {name: repr(value) for name, value in shell.session.visible_names().items() if name != "g"}
    run_command(f":snapshot {path}", shell)
    assert "left out: g" in capsys.readouterr().out
    shell.session.reset()
    run_command(f":restore {path}", shell)
    after = {name: repr(value) for name, value in shell.session.visible_names().items()}
    assert after == before
    assert not shell.session.names["frozen"].trainable


def test_a_variable_that_is_there_is_assigned(shell, tmp_path):
    path = str(tmp_path / "snap.npz")
    shell.session.run("w = Variable([1., 2.]); same = [w]", "test")
    run_command(f":snapshot {path}", shell)
    shell.session.run("w.assign([7., 8.])", "test")
    run_command(f":restore {path}", shell)
    assert shell.session.names["same"][0].numpy().tolist() == [1.0, 2.0]


def test_a_file_that_is_no_snapshot_is_refused_and_nothing_changes(shell, tmp_path):
    shell.session.run("x = 1", "test")
    torn, foreign, hostile = tmp_path / "torn.npz", tmp_path / "foreign.npz", tmp_path / "hostile.npz"
    torn.write_bytes(b"PK\x03\x04 and no more")
    np.savez(foreign, x=np.ones(2))
    with zipfile.ZipFile(hostile, "w") as archive:
        archive.writestr(
            "names.json", '{"x": {"kind": "plain", "value": 2}, "__builtins__": {"kind": "plain", "value": 0}}'
        )
    for path in (torn, foreign, hostile):
        with pytest.raises(CommandError, match="no snapshot"):
            run_command(f":restore {path}", shell)
    assert shell.session.names["x"] == 1


def test_the_session_is_saved_as_a_program_that_runs(shell, tmp_path, capsys):
    path = tmp_path / "session.tsh"
    for entry in ("a = 2", "broken(", "nobody", "def double(x):\n    return 2 * x", "a = double(a)"):
        shell.enter(entry)
    run_command(f":save {path}", shell)
    assert path.read_text() == "a = 2\ndef double(x):\n    return 2 * x\na = double(a)\n"
    shell.session.reset()
    run_command(f":load {path}", shell)
    assert shell.session.names["a"] == 4


@pytest.mark.parametrize("command", [":load", ":save", ":snapshot", ":restore"])
def test_a_file_must_be_named(shell, command):
    with pytest.raises(CommandError, match="which file"):
        run_command(command, shell)


def test_a_file_that_cannot_be_read_or_written_is_told(shell, tmp_path):
    for command in (f":load {tmp_path}/none", f":restore {tmp_path}/none", f":save {tmp_path}/no/where"):
        with pytest.raises(CommandError, match="cannot"):
            run_command(command, shell)
    assert os.listdir(tmp_path) == []
