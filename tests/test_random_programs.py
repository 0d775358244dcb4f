"""Random programs end in a result or in an error that can be drawn; `scripts/fuzz` does the same at length."""

from __future__ import annotations

import contextlib
import io
import random
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tensorsh.reports import is_internal_fault, report
from tensorsh.runtime.files import NoFiles
from tensorsh.session import Session
from tests.random_programs import Programs

LIMIT = 5  # seconds: `while True: pass` is a program too


class OutOfTime(BaseException):
    """The program was cut off."""


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.signal(signal.SIGALRM, before)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_ends_in_a_result_or_in_an_error_that_can_be_drawn(seed: int) -> None:
    session = Session(files=NoFiles())
    text = Programs(random.Random(seed)).draw()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            signal.setitimer(signal.ITIMER_REAL, LIMIT)
            session.run(text, "random")
    except OutOfTime:
        pass
    except Exception as error:
        assert not is_internal_fault(error, session.sources), text
        assert report(session, error).startswith("error[")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
