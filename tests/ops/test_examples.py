"""Every op's help page: it has a summary, and its examples print what they say.

An example is what follows `>>> ` (and `... `) in a docstring; it runs in a session of its own, from top to bottom.
White space must match, and so must the numbers, to the last digit or two that depends on the processor.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from tensorsh.language.diagnostics import diagnose
from tensorsh.manual.docstrings import examples_in
from tensorsh.ops import registry
from tensorsh.runtime import backend
from tensorsh.session import Session, prepare_library
from tests import strict_xp

prepare_library()
for _family in registry.FAMILIES:
    registry.import_family(_family)

NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")


def close(a: str, b: str) -> bool:
    if NUMBER.sub("0", a).split() != NUMBER.sub("0", b).split():
        return False
    pairs = zip(NUMBER.findall(a), NUMBER.findall(b))
    return all(float(x) == pytest.approx(float(y), rel=1e-5, abs=1e-7) for x, y in pairs)


def shown(session: Session, program: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            session.run(program, "example")
        except Exception as error:
            found = diagnose(error, session.sources)
            return f"error[{found.kind}]: {found.message}".splitlines()[0]
    return out.getvalue().rstrip("\n")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some examples write files."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", sorted(registry.OPS))
def test_the_help_page_holds(name: str) -> None:
    """Summary and examples are there, and the examples print what they say."""
    documentation = registry.OPS[name].function.__doc__
    assert documentation and documentation.strip(), f"{name} has no help page"
    session = Session()
    count = 0
    for program, expected in examples_in(documentation):
        got = shown(session, program)
        assert got == expected or close(got, expected), f"{program}\nexpected {expected}\ngot      {got}"
        count += 1
    assert count, f"{name} has no example"


@pytest.mark.parametrize("name", sorted(registry.OPS))
def test_the_help_page_holds_on_a_device(name: str) -> None:
    """The examples print the same on the stand-in for CuPy, whose arrays convert to NumPy's only when asked."""
    session = Session()
    with backend.using(strict_xp):
        for program, expected in examples_in(registry.OPS[name].function.__doc__ or ""):
            got = shown(session, program)
            assert got == expected or close(got, expected), f"{program}\nexpected {expected}\ngot      {got}"
