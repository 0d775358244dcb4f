"""Every golden session of `tests/transcripts/` prints in tensorsh what TensorFlow printed.

The format is told in `tests/transcripts.py`. There is no way to rewrite the expected output from here:
it is TensorFlow's, written by `scripts/oracle`.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tensorsh.session import Session
from tests import transcripts

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
PRELUDE = "import tensorflow as tf\nimport numpy as np\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_prints_what_tensorflow_prints(path: Path) -> None:
    check(path, lambda statement: True)


def test_prints_the_same_on_a_device() -> None:
    """In a process of its own: while a variable on a device is alive, functions are run and not traced."""
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/device_transcripts.py"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]


def check(path: Path, is_asked: Callable[[transcripts.Statement], bool]) -> None:
    """Replay a session, and compare what is asked for."""
    statements = transcripts.read(path.read_text(encoding="utf-8"), path.name)
    shown = [pair for pair in zip(statements, replay(statements, path.name)) if is_asked(pair[0])]
    differing = [(statement, output) for statement, output in shown if not transcripts.same(statement, output)]
    if differing:
        others = ", ".join(str(statement.line) for statement, _ in differing[1:])
        also = f"\nalso differing, of {len(statements)} statements: lines {others}" if others else ""
        pytest.fail(difference(path, *differing[0]) + also, pytrace=False)


def replay(statements: list[transcripts.Statement], name: str) -> list[str]:
    """What each statement shows in a fresh session."""
    session = Session()
    session.run(PRELUDE, "prelude")
    return [shown(session, statement, f"{name}:{statement.line}") for statement in statements]


def shown(session: Session, statement: transcripts.Statement, name: str) -> str:
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            session.run(statement.source, name)
        except Exception as error:
            print(transcripts.shown_error(error))
    both = statement.streams == "both"
    return output.getvalue() + (errors.getvalue() if both else "")


def difference(path: Path, statement: transcripts.Statement, output: str) -> str:
    """The statement, and how what it printed differs from TensorFlow's text."""
    got = transcripts.normalised(output).split("\n")
    rows = difflib.unified_diff(statement.expected, got, "TensorFlow", "tensorsh", n=100, lineterm="")
    return "\n".join([f"{path.name}:{statement.line}:", "", statement.source, "", *rows])
