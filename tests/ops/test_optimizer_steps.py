"""Optimizers: after 200 steps their variables are where TensorFlow's are (optimizer_steps_tf.py made the numbers)."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from tensorsh.session import Session, prepare_library
from tests.ops.optimizer_steps_tf import program

_FILE = pathlib.Path(__file__).with_name("optimizer_steps_tf.json")
GOLDEN: dict[str, list[list[float]]] = json.loads(_FILE.read_text())


@pytest.mark.parametrize("optimizer", GOLDEN)
def test_two_hundred_steps_lead_where_tensorflow_s_do(optimizer: str) -> None:
    for variable, expected in zip(run(program(optimizer))["variables"], GOLDEN[optimizer]):
        assert variable.numpy().reshape(-1).tolist() == pytest.approx(expected, rel=1e-5, abs=1e-6)


def run(text: str) -> dict[str, Any]:
    """The names that a program binds."""
    prepare_library()
    session = Session(lambda value: None)
    session.run(text, "program")
    return session.visible_names()
