"""The streams that the shell writes to."""

from __future__ import annotations

import io

from tensorsh.shell.screen import LineAware


def test_an_unfinished_line_is_ended_once() -> None:
    stream = io.StringIO()
    out = LineAware(stream)
    out.end_line()
    print("a", end="", file=out)
    out.end_line()
    out.end_line()
    assert stream.getvalue() == "a\n"
