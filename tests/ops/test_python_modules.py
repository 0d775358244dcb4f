"""The parts of Python's modules: nothing in them reaches further than the values that a program has anyway."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import GeneratorType

import pytest

from tensorsh.ops.namespace import MODULES
from tensorsh.ops.registry import at_path, index
from tensorsh.session import Session

Shown = Callable[[str], str]


@pytest.mark.parametrize(
    "path",
    ["sys.modules", "sys.exit", "sys._getframe", "time.tzset", "functools.singledispatch", "collections.abc",
     "contextlib.redirect_stdout", "contextlib.ExitStack", "random.Random", "random.SystemRandom", "string.Formatter",
     "string.Template", "timeit.Timer", "typing.get_type_hints"],
)  # fmt: skip
def test_what_reaches_further_is_not_there(path: str) -> None:
    assert path not in index().paths


@pytest.mark.parametrize(
    "text",
    ["functools.partial(len, [1]).func", "functools.cache(len).__wrapped__", "contextlib.contextmanager(f)().gen",
     "contextlib.contextmanager(f)()._steps",
     "contextlib.nullcontext(1).enter_result", "f().gi_frame", "functools.cache(len).cache_parameters",
     "namedtuple('A', 'x')(1).__class__", "namedtuple('A', '__class__')", "sys.stdout.buffer",
     "namedtuple('A', 'x')._source"],
)  # fmt: skip
def test_what_they_make_is_closed(shown: Shown, text: str) -> None:
    program = "import functools, contextlib, sys\nfrom collections import namedtuple\ndef f(): yield 1\n"
    with pytest.raises((AttributeError, SyntaxError, ValueError)):
        shown(program + text)


def test_endless_iterators_can_be_interrupted() -> None:
    for name in ("count", "cycle", "repeat", "product"):
        assert type(at_path(f"itertools.{name}")([1] if name != "count" else 1)) is GeneratorType


WALKS = {
    "collections.deque(range(10**12), maxlen=0)": "a deque made",
    "collections.deque([1], 1).extend(range(10**12))": "a deque extended",
    "collections.deque([1], 1).extendleft(map(abs, range(10**12)))": "a deque extended at the left",
    "d = collections.deque([1], 1)\nd += range(10**12)": "a deque added to",
    "collections.Counter(map(bool, range(1, 10**12)))": "a Counter made",
    "collections.Counter('a').update(map(bool, range(1, 10**12)))": "a Counter updated",
    "next(itertools.islice(range(10**12), 10**11, None))": "islice",
    "next(itertools.filterfalse(int, range(1, 10**12)))": "filterfalse",
    "next(itertools.dropwhile(int, range(1, 10**12)))": "dropwhile",
    "next(itertools.compress(range(10**12), map(int.bit_count, itertools.repeat(0))))": "compress",
    "next(itertools.compress(data=range(10**12), selectors=itertools.repeat(0)))": "compress by names",
    "next(filter(callable, range(10**12)))": "filter",
    "functools.reduce(max, range(10**12))": "reduce",
}


@pytest.mark.parametrize("program", WALKS, ids=WALKS.get)
def test_walking_what_hardly_ends_can_be_interrupted(session: Session, program: str) -> None:
    class Late(BaseException): ...

    def late(*_: object) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(Late):
            session.run(f"import collections, functools, itertools\n{program}", "walk")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_what_is_only_repeated_stays_what_it_is(shown: Shown) -> None:
    assert shown("import itertools\nnext(itertools.repeat(range(10**6)))") == "range(0, 1000000)\n"


def test_sleeping_takes_its_time_by_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr("time.monotonic", lambda: sum(slept))
    at_path("time.sleep")(0.12)
    assert sum(slept) == pytest.approx(0.12) and max(slept) <= 0.05


def test_timing_a_text_is_refused(shown: Shown) -> None:
    with pytest.raises(TypeError, match="function"):
        shown("import timeit\ntimeit.timeit('1 + 1')")


def test_random_numbers_are_the_sessions(shown: Shown) -> None:
    program = "import random\nrandom.seed(1)\nrandom.random()"
    assert shown(program) == shown(program) == "0.13436424411240122\n"


def test_modules_are_imported_before_they_are_named(shown: Shown) -> None:
    with pytest.raises(NameError, match="'time'"):
        shown("time.time()")
    assert "time" in MODULES


def test_print_writes_to_no_other_file(shown: Shown) -> None:
    with pytest.raises(TypeError, match="standard output"):
        shown("print(1, file=[])")
