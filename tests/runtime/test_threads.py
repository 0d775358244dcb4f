"""How many threads BLAS starts, while ours multiply matrices and afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tensorsh.runtime import threads


def count() -> set[int]:
    return {library.num_threads for library in threads._blas().select(user_api="blas").lib_controllers}


@pytest.fixture(autouse=True)
def three_threads() -> Iterator[None]:
    if not count():
        pytest.skip("NumPy's BLAS does not tell how many threads it starts")
    with threads._blas().limit(limits=3, user_api="blas"):
        yield


def test_blas_starts_no_threads_until_the_last_of_overlapping_blocks_ends() -> None:
    first, second = threads.plain_products(), threads.plain_products()
    assert count() == {3}
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert count() == {1}
    second.__exit__(None, None, None)
    assert count() == {3}


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


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_forked_process_has_no_part_in_its_parents_blocks() -> None:
    assert subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=True).stdout == "0\n"
