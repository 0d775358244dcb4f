"""Fixtures that most tests share."""

from __future__ import annotations

import contextlib
import io
import os
import signal
from collections.abc import Callable

import pytest
from hypothesis import settings

from tensorsh.session import Session

# Jobs in the background may be started with interrupts ignored, which what they start would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A slow machine is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True, scope="session")
def private_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests keep their caches and state to themselves."""
    home = tmp_path_factory.mktemp("home")
    os.environ["XDG_CACHE_HOME"] = str(home / "cache")
    os.environ["XDG_STATE_HOME"] = str(home / "state")
    os.environ["XDG_CONFIG_HOME"] = str(home / "config")


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def shown(session: Session) -> Callable[[str], str]:
    """Run a program in the test's session and return what it shows."""

    def run(text: str) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            session.run(text, f"test {len(session.sources)}")
        return out.getvalue()

    return run
