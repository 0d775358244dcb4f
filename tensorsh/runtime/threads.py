"""All cores at one piece of work: the threads, and how they share a queue.

NumPy lets go of the interpreter's lock inside a ufunc, so threads that work on blocks of some size each keep a core
at work. The caller's thread works too; the others are started when first needed, and are the same ever after.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from threading import Lock, get_native_id
from typing import Any

from .work import taken

_executor: Any = None


def share(work: Callable[[Iterator[Any]], None], items: Sequence[Any], count: int) -> None:
    """Run `work(queue)` on as many threads as there are cores to use, and `count` items; all take from one queue.

    Raises what a thread raises; the others then stop before their next item.
    """
    queue = iter(items)  # taking the next is one step of the interpreter
    futures = []
    helpers = min(cores(), count) - 1
    with taken(queue, len(items)), _apart() if helpers > 0 else nullcontext():
        try:
            for _ in range(helpers):
                try:
                    futures.append(_pool().submit(work, queue))
                except RuntimeError:  # no more threads may be started
                    break
            work(queue)
            for future in futures:
                future.result()
        finally:
            for _ in queue:  # after an error or an interrupt the others stop at the end of their block
                pass


def for_each(work: Callable[[Any], None], items: Sequence[Any], together: bool = True) -> None:
    """Run `work(item)` for each of the items, on all cores or else (`together` False) one after the other."""

    def take_turns(queue: Iterator[Any]) -> None:
        for item in queue:
            work(item)

    share(take_turns, items, len(items) if together else 1)


@contextmanager
def plain_products() -> Iterator[None]:
    """A block in which BLAS starts no threads of its own, so that several of ours may multiply matrices at once.

    How many it starts is the whole process's: the first of blocks that overlap finds that, and the last restores it.
    """
    global _limited
    block = object()
    try:
        with _limiting:
            if not _plain:
                _limited = _blas().limit(limits=1, user_api="blas")
            _plain.add(block)
        yield
    finally:
        with _limiting:
            _plain.discard(block)
            if not _plain:
                _restore()


#: The blocks of `plain_products` that are under way, what restores BLAS's threads, and the lock for both.
_plain: set[object] = set()
_limited: Any = None
_limiting = Lock()


def _restore() -> None:
    global _limited
    if _limited is not None:
        _limited.restore_original_limits()
        _limited = None


@cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def _apart() -> Iterator[None]:
    """A block in which the caller's thread and the pool's each keep a core of their own, where the system lets them.

    They wake each other for the interpreter's lock thousands of times a second. In a virtual machine Linux takes a core
    that has been idle for one that the host has taken away, and leaves them all on the one that is awake.
    """
    allowed, here = _allowed(), _current_core()()
    if not _workers or here not in allowed:
        yield
        return
    for worker, core in zip(_workers, sorted(allowed - {here})):
        if _kept.get(worker) != core:
            _kept[worker] = core
            _keep(worker, {core})
    try:
        _keep(0, {here})
        yield
    finally:
        _keep(0, allowed)


#: The pool's threads, by their numbers in the system, and the core that each keeps.
_workers: list[int] = []
_kept: dict[int, int] = {}


def _allowed() -> set[int]:
    """The cores that the caller's thread may use; none where the system does not tell."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def _keep(thread: int, allowed: set[int]) -> None:
    """Have a thread (0: the caller's) use these cores only; none, or a change that comes too late, is let be."""
    if allowed:
        with suppress(OSError):
            os.sched_setaffinity(thread, allowed)


@cache
def _current_core() -> Any:
    """The C library's function that tells on which core it is called; one that tells none where there is not that."""
    if not hasattr(os, "sched_setaffinity"):
        return lambda: None
    import ctypes

    return getattr(ctypes.CDLL(None), "sched_getcpu", lambda: None)


def cores() -> int:
    """How many cores this process may use."""
    return len(_allowed()) or os.cpu_count() or 1


def _pool() -> Any:
    """The threads beside the caller's, started when first needed."""
    global _executor
    if _executor is None:
        from concurrent.futures import ThreadPoolExecutor

        from .backend import quiet

        allowed = _allowed()

        def begin() -> None:
            quiet()
            _keep(0, allowed)  # a thread begins on the cores of the one that starts it
            _workers.append(get_native_id())

        _executor = ThreadPoolExecutor(max(cores() - 1, 1), "tensorsh", begin)
    return _executor


def _forget_pool() -> None:
    """A forked process has none of its parent's threads, nor what they had begun."""
    global _executor, _limiting
    _executor, _limiting = None, Lock()
    _workers.clear()
    _kept.clear()
    _plain.clear()
    _restore()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)
