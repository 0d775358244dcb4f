"""How many threads BLAS starts while ours multiply matrices and afterwards, and where ours run."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tensorsh.runtime import threads


def count() -> set[int]:
    return {library.num_threads for library in threads._blas().select(user_api="blas").lib_controllers}


@pytest.fixture
def three_threads() -> Iterator[None]:
    if not count():
        pytest.skip("NumPy's BLAS does not tell how many threads it starts")
    with threads._blas().limit(limits=3, user_api="blas"):
        yield


@pytest.mark.usefixtures("three_threads")
def test_blas_starts_no_threads_until_the_last_of_overlapping_blocks_ends() -> None:
    first, second = threads.plain_products(), threads.plain_products()
    assert count() == {3}
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert count() == {1}
    second.__exit__(None, None, None)
    assert count() == {3}


@pytest.mark.usefixtures("three_threads")
def test_an_error_in_a_block_leaves_what_was_before() -> None:
    with pytest.raises(KeyError), threads.plain_products():
        raise KeyError
    assert count() == {3}


FORKED = """
import os
import numpy
from tensorsh.runtime import threads

count = lambda: {library.num_threads for library in threads._blas().select(user_api="blas").lib_controllers}
threads._blas().limit(limits=3, user_api="blas")
with threads.plain_products():
    child = os.fork()
    if not child:
        forked = count()
        with threads.plain_products():
            within = count()
        os._exit((forked, within, count()) != ({3}, {1}, {3}))
    print(os.waitpid(child, 0)[1])
"""


@pytest.mark.usefixtures("three_threads")
@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_forked_process_has_no_part_in_its_parents_blocks() -> None:
    assert subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=True).stdout == "0\n"


CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@pytest.mark.skipif(CORES < 2, reason="needs two cores and a system that tells which")
def test_each_thread_keeps_a_core_of_its_own_until_the_work_is_done() -> None:
    before = os.sched_getaffinity(0)
    seen: dict[int, set[int]] = {}

    def look(_: int) -> None:
        time.sleep(0.002)  # long enough for all threads to take part
        seen[threading.get_ident()] = os.sched_getaffinity(0)

    threads._forget_pool()  # it may be one of more threads, for other tests
    threads.for_each(look, range(20 * CORES))  # which starts the threads
    seen.clear()
    threads.for_each(look, range(20 * CORES))
    kept = list(seen.values())
    assert len(kept) > 1 and all(len(each) == 1 for each in kept) and len(set.union(*kept)) == len(kept)
    assert os.sched_getaffinity(0) == before

    def fail(_: int) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        threads.for_each(fail, range(20))
    assert os.sched_getaffinity(0) == before
