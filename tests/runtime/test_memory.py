"""What cannot be allocated is refused before it is, in TensorFlow's class, with its bytes and the way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tensorsh.reports import report
from tensorsh.runtime import memory
from tensorsh.runtime.errors import InvalidArgumentError, ResourceExhaustedError
from tensorsh.session import Session

TOO_LARGE = """zeros(1000000, 1000000)
ones(1000000, 1000000)
fill([1000000, 1000000], 1.)
ones(1000000, 1) + ones(1, 1000000)
ones(1000000, 1) * ones(1, 1000000) + 1.
a = ones(1000000); a[:, None] - a[None, :]
ones(1000000, 1) @ ones(1, 1000000)
tensordot(ones(1000000), ones(1000000), 0)
tile(ones(1000000), [1000000])
repeat(ones(1000000), 1000000)
one_hot(arange(1000000), 1000000)
eye(1000000)
diag(ones(1000000))
arange(10**12)
normal(1000000, 1000000)
broadcast_to(1., (1000000, 1000000)) + 1.
import numpy as np; np.zeros((1000000, 1000000))"""


@pytest.mark.parametrize("text", TOO_LARGE.splitlines())
def test_an_impossible_size_is_refused_with_its_bytes(session: Session, text: str) -> None:
    with pytest.raises(ResourceExhaustedError, match="OOM when allocating tensor with shape") as caught:
        session.run(text, "s")
    assert "000000 bytes) cannot be had" in report(session, caught.value)
    session.run("x = zeros(2)", "s")  # the session goes on


def test_a_program_catches_it_by_tensorflows_name(shown: Callable[[str], str]) -> None:
    # TensorFlow's own text, less the allocator's name.
    program = (
        "import tensorflow as tf\n"
        "try:\n    tf.zeros((1000000, 1000000))\n"
        "except tf.errors.ResourceExhaustedError as e:\n    print(e)\n"
    )
    assert shown(program) == (
        "{{function_node __wrapped__Fill_device_/job:localhost/replica:0/task:0/device:CPU:0}} "
        "OOM when allocating tensor with shape[1000000,1000000] and type float on "
        "/job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu [Op:Fill]\n"
    )


def test_more_elements_than_can_be_counted(session: Session) -> None:
    with pytest.raises(InvalidArgumentError, match=r"would have more than 2\*\*63 - 1 elements"):
        session.run("zeros(10**6, 10**6, 10**6, 10**6)", "s")


def test_python_values_have_pythons_error(session: Session) -> None:
    for text in (
        "'x' * 10**15",
        "[0] * 10**15",
        "list(range(10**15))",
        "f'{1:{10**15}}'",
        "'a'.ljust(10**15)",
        "bytes(10**15)",
    ):
        with pytest.raises(MemoryError) as caught:
            session.run(text, "s")
        assert "there is not enough memory" in report(session, caught.value)


SIZES = [(0, "0 bytes"), (999, "999 bytes"), (1024, "1 KiB"), (1000 * 2**20, "1000 MiB"), (4 * 10**12, "3.64 TiB")]


@pytest.mark.parametrize(("size", "text"), [*SIZES, (2**80, "1073741824 PiB")])
def test_bytes_as_they_are_said(size: int, text: str) -> None:
    assert memory.written(size) == text


def test_the_way_out_names_the_flag_or_the_machine(monkeypatch: Any) -> None:
    for by_flag, words in (
        (True, "the memory limit is 1 GiB; --max-memory sets another"),
        (False, "this machine has 1 GiB"),
    ):
        monkeypatch.setattr(memory, "most", 2**30)
        monkeypatch.setattr(memory, "by_flag", by_flag)
        assert memory.explained(MemoryError()).hint == words
