"""What is made in the background, and what the shell may not wait for."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from tensorsh.shell.completer import Offers
from tensorsh.shell.loading import Loading


def test_the_value_is_waited_for() -> None:
    go, over = threading.Event(), threading.Event()

    def make() -> int:
        go.wait()
        return 7

    loading = Loading(make, lambda value: over.set())
    assert not loading.is_ready and loading.is_busy
    go.set()
    assert loading() == loading() == 7
    assert loading.is_ready and over.wait(30)


def test_what_goes_wrong_is_raised_where_the_value_is_wanted() -> None:
    def make() -> int:
        raise OSError("no")

    loading = Loading(make)
    with pytest.raises(OSError, match="no"):
        loading()
    assert not loading.is_ready


def test_nothing_heavy_is_imported_before_the_prompt() -> None:
    program = "import sys, tensorsh.shell.app; print([m for m in ('numpy', 'lark', 'pygments') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_nothing_is_completed_before_there_are_names() -> None:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    assert list(Offers(lambda: None).get_completions(Document("squ", 3), CompleteEvent())) == []
