"""Interrupts: they come back at once, and names keep their values, whatever is running."""

from __future__ import annotations

import _thread
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tensorsh import evaluate
from tensorsh.evaluate import Evaluator, Interrupted, TimedOut
from tensorsh.ops.registry import at_path
from tensorsh.runtime.variable import Variable


def interrupted(work: Callable[[], None], names: dict[str, Any]) -> Evaluator:
    """Run the work, which has no end of its own, interrupt it once it has begun, and return the evaluator.

    That this returns at all is what is to be shown.
    """
    evaluator, begun = Evaluator(), threading.Event()

    def begin() -> None:
        begun.set()
        work()

    def press() -> None:
        begun.wait()
        evaluator.interrupt()

    presser = threading.Thread(target=press)
    presser.start()
    with pytest.raises(Interrupted):
        evaluator.run(begin, names)
    presser.join()
    return evaluator


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python code has all the time that a busy machine needs to unwind."""
    monkeypatch.setattr(evaluate, "UNWINDING", 60)


def test_work_binds_names() -> None:
    names: dict[str, Any] = {}
    Evaluator().run(lambda: names.update(x=1), names)
    assert names == {"x": 1}


def test_work_raises_what_it_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        Evaluator().run(lambda: print(1 / 0), {})


def test_an_interrupt_before_the_work_is_void() -> None:
    evaluator, names = Evaluator(), {}
    evaluator.interrupt()
    evaluator.run(lambda: names.update(x=1), names)
    assert names == {"x": 1}


@pytest.mark.usefixtures("patient")
def test_a_python_loop_ends_and_names_are_as_before() -> None:
    names = {"x": 1}

    def work() -> None:
        while True:
            names["x"] += 1
            names["y"] = 2

    assert not interrupted(work, names).abandoned
    assert names == {"x": 1}


@pytest.mark.usefixtures("patient")
def test_what_the_work_opened_is_closed() -> None:
    closed = []

    def work() -> None:
        try:
            while True:
                pass
        finally:
            closed.append(True)

    interrupted(work, {})
    assert closed == [True]


def test_c_code_is_left_behind_and_binds_nothing_later() -> None:
    names = {"x": 1}
    end = _thread.allocate_lock()
    end.acquire()

    def work() -> None:
        try:
            end.acquire()  # C code that no exception reaches, until the lock is released
            names["x"] = 2
        finally:
            names["y"] = 3

    evaluator = interrupted(work, names)
    assert evaluator.abandoned
    assert names == {"x": 1}
    evaluator.run(lambda: names.update(z=4), names)
    end.release()
    time.sleep(0.1)
    assert names == {"x": 1, "z": 4}


def test_a_loop_that_swallows_every_exception_is_left_behind() -> None:
    names, scope = {"x": 1}, at_path("tf.name_scope")("left")

    def work() -> None:
        with scope:
            while True:
                try:
                    for _ in range(10**6):
                        names["x"] += 1
                finally:
                    continue  # noqa: B012

    assert interrupted(work, names).abandoned
    assert Variable(1.0).name == "Variable:0"  # and so are the scopes that it opened
    time.sleep(0.05)
    assert names == {"x": 1}


@pytest.mark.usefixtures("patient")
def test_more_interrupts_change_nothing() -> None:
    evaluator = Evaluator()

    def work() -> None:
        for _ in range(3):
            evaluator.interrupt()
        while True:
            pass

    with pytest.raises(Interrupted):
        evaluator.run(work, {})
    evaluator.run(lambda: None, {})


def test_what_takes_too_long_is_stopped_where_it_is() -> None:
    def work() -> None:
        names["x"] = 2
        while True:
            pass

    names = {"x": 1}
    with pytest.raises(TimedOut) as caught:
        Evaluator().run(work, names, seconds=0.05)
    assert names == {"x": 1}
    assert caught.value.where is not None and caught.value.where.tb_next is not None
    assert caught.value.where.tb_next.tb_frame.f_code.co_name == "work"


def test_something_is_done_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "TICK", 0.01)
    called = threading.Event()
    Evaluator().run(lambda: called.wait(30) or pytest.fail("nothing was"), {}, seconds=60, meanwhile=called.set)


def test_what_ends_in_time_is_not() -> None:
    names: dict[str, Any] = {}
    Evaluator().run(lambda: names.update(x=1), names, seconds=30)
    assert names == {"x": 1}
