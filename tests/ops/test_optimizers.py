"""Optimizers: after 200 steps their variables are where TensorFlow's are (optimizers_tf.py made the numbers)."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from tensorsh.session import Session, prepare_library
from tests.ops.optimizers_tf import PROGRAM

GOLDEN: dict[str, list[list[float]]] = json.loads(pathlib.Path(__file__).with_name("optimizers_tf.json").read_text())


@pytest.mark.parametrize("optimizer", GOLDEN)
def test_two_hundred_steps_lead_where_tensorflow_s_do(optimizer: str) -> None:
    variables: list[Any] = run(PROGRAM.format(optimizer=optimizer))["variables"]
    for variable, expected in zip(variables, GOLDEN[optimizer]):
        assert variable.numpy().reshape(-1).tolist() == pytest.approx(expected, rel=1e-5, abs=1e-5)


def run(program: str) -> dict[str, Any]:
    """The names that a program binds."""
    prepare_library()
    session = Session(lambda value: None)
    session.run(program, "program")
    return session.visible_names()
