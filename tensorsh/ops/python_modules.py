"""The parts of Python's own modules that TensorFlow programs import, and that only compute: `time`, `itertools` ...

An explicit allowlist, as in `numpy_names`. What would walk an iterator inside one call of C does it by steps here,
between which Python can be interrupted.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import itertools
import string
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..runtime import local
from ..runtime.errors import explain
from ..runtime.session_classes import CLOSED_NAMES, private_key
from . import bounded, containers, contexts
from .registry import export

_TIMES = "time time_ns perf_counter perf_counter_ns monotonic process_time"
_ITERATORS = """
    accumulate combinations combinations_with_replacement compress count cycle dropwhile filterfalse groupby islice
    pairwise permutations product repeat starmap takewhile zip_longest
"""
_WALKED = ("iterable", "data", "selectors")  # what the arguments are called that those walk
_TEXTS = "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits punctuation whitespace"
_HINTS = """
    Any Callable Dict FrozenSet Generator Generic Iterable Iterator List Literal Mapping NamedTuple NoReturn Optional
    Sequence Set Tuple Type TypeVar Union
"""
_RANDOM = """
    betavariate choice choices expovariate gauss getrandbits lognormvariate normalvariate paretovariate randint random
    randrange sample seed shuffle triangular uniform vonmisesvariate weibullvariate
"""


def _export(path: str, value: Any) -> None:
    export(path, value, None, "python_modules")


def sleep(secs: float) -> None:
    """Wait that many seconds; the wait can be interrupted."""
    if secs < 0:
        raise ValueError("sleep length must be non-negative")
    end = time.monotonic() + secs
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.05))


def _stepwise(name: str) -> Callable[..., Iterator[Any]]:
    make = getattr(itertools, name)
    walks = name != "repeat"  # which gives its argument as it is

    @functools.wraps(make, assigned=("__doc__",), updated=())
    def function(*args: Any, **options: Any) -> Iterator[Any]:
        if walks:
            args = tuple(map(bounded.breathing, args))
            options = {key: bounded.breathing(value) if key in _WALKED else value for key, value in options.items()}
        return (item for item in make(*args, **options))

    function.__name__ = function.__qualname__ = name
    return function


def tee(iterable: Iterable[Any], n: int = 2) -> tuple[Iterator[Any], ...]:
    """n iterators over what one gives."""
    return tuple((item for item in each) for each in itertools.tee(iterable, n))


class chain:
    """The items of one iterable after the other.

    >>> import itertools
    >>> list(itertools.chain([1], [2, 3]))
    [1, 2, 3]
    """

    def __init__(self, *iterables: Iterable[Any]) -> None:
        self._items = (item for iterable in iterables for item in iterable)

    @classmethod
    def from_iterable(cls, iterable: Iterable[Iterable[Any]]) -> chain:
        """The items of the iterables that an iterable gives."""
        made = cls()
        made._items = (item for inner in iterable for item in inner)
        return made

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._items)


def reduce(function: Callable[[Any, Any], Any], iterable: Iterable[Any], *initial: Any) -> Any:
    """function(function(function(a, b), c), d) ... of what an iterable gives."""
    return functools.reduce(function, (item for item in iterable), *initial)


def namedtuple(typename: str, field_names: Any, *, rename: bool = False, defaults: Iterable[Any] | None = None) -> type:
    """A class of tuples whose items have names."""
    make: Any = collections.namedtuple
    made = make(typename, field_names, rename=rename, defaults=defaults, module="__main__")
    for name in ("_asdict", "_field_defaults", "_fields", "_make", "_replace"):
        setattr(made, str(private_key(name)), vars(made)[name])
    setattr(made, CLOSED_NAMES, frozenset())
    return made


class Stream:
    """`sys.stdout` or `sys.stderr`, to be written to."""

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, text: str) -> int:
        """Write a text; how many characters it had."""
        return getattr(sys, self.name).write(text)

    def flush(self) -> None:
        """Send on what is waiting."""
        getattr(sys, self.name).flush()

    def __repr__(self) -> str:
        return f"<sys.{self.name}>"


class Hint:
    """A name for annotations, which are not looked at: `List`, `Optional[int]`, `TypeVar("T")`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getitem__(self, parts: Any) -> Hint:
        return self

    def __call__(self, *args: Any, **options: Any) -> Hint:
        return self

    def __repr__(self) -> str:
        return f"typing.{self._name}"


def _drawing(name: str) -> Callable[..., Any]:
    """A function of Python's `random`, whose state is the session's."""

    def function(*args: Any, **options: Any) -> Any:
        if "random" not in local.current:
            import random  # loaded where it is used: it costs as much as all the rest

            local.current["random"] = random.Random()
        return getattr(local.current["random"], name)(*args, **options)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Python's random.{name}."
    return function


def timeit(
    stmt: Callable[[], Any] = lambda: None,
    setup: Callable[[], Any] | None = None,
    timer: Callable[[], float] = time.perf_counter,
    number: int = 1_000_000,
) -> float:
    """The seconds that so many calls of a function take. Raises TypeError for a program as text."""
    if not callable(stmt) or not (setup is None or callable(setup)):
        raise explain(TypeError("timeit: a function without arguments is needed"), hint="timeit(lambda: f(x))")
    if setup is not None:
        setup()
    start = timer()
    for _ in range(number):
        stmt()
    return timer() - start


for _name in _TIMES.split():
    _export(f"time.{_name}", getattr(time, _name))
for _name in _ITERATORS.split():
    _export(f"itertools.{_name}", _stepwise(_name))
for _name in _TEXTS.split():
    _export(f"string.{_name}", getattr(string, _name))
for _name in _HINTS.split():
    _export(f"typing.{_name}", Hint(_name))
for _name in _RANDOM.split():
    _export(f"random.{_name}", _drawing(_name))
for _name in ("OrderedDict", "defaultdict"):
    _export(f"collections.{_name}", getattr(collections, _name))
for _name in ("cache", "cmp_to_key", "lru_cache", "partial"):
    _export(f"functools.{_name}", getattr(functools, _name))
for _path, _value in {
    "time.sleep": sleep,
    "itertools.tee": tee,
    "itertools.chain": chain,
    "functools.reduce": reduce,
    "functools.wraps": contexts.wraps,
    "contextlib.contextmanager": contexts.contextmanager,
    "contextlib.nullcontext": contextlib.nullcontext,
    "contextlib.suppress": contexts.suppress,
    "collections.Counter": containers.Counter,
    "collections.deque": containers.deque,
    "collections.namedtuple": namedtuple,
    "sys.stdout": Stream("stdout"),
    "sys.stderr": Stream("stderr"),
    "sys.maxsize": sys.maxsize,
    "timeit.timeit": timeit,
    "timeit.default_timer": time.perf_counter,
}.items():
    _export(_path, _value)
