"""Keras's initializers, constraints, regularizers, optimizers and schedules: their help pages, and seeds by session."""

from __future__ import annotations

from typing import Any

import pytest

from tensorsh.manual.docstrings import examples_in
from tensorsh.ops import registry
from tensorsh.session import Session, prepare_library
from tests.ops.test_examples import close, shown

prepare_library()
_SPACES = ("constraints", "initializers", "optimizers", "optimizers.schedules", "regularizers")
_BASES = {"Constraint", "Initializer", "LearningRateSchedule", "Optimizer", "Regularizer"}


def classes() -> dict[str, Any]:
    """The classes under `tf.keras` and those of TensorFlow's own initializers, each under its first path."""
    paths = sorted(registry.index().paths)
    wanted = [p for p in paths if p.rpartition(".")[0] in {f"tf.keras.{s}" for s in _SPACES}]
    wanted += [p for p in paths if p.endswith("_initializer")]
    found = {path: registry.at_path(path) for path in wanted}
    first = {id(value): path for path, value in reversed(found.items())}
    return {p: v for p, v in found.items() if isinstance(v, type) and first[id(v)] == p and v.__name__ not in _BASES}


@pytest.mark.parametrize(("path", "cls"), classes().items(), ids=classes())
def test_the_help_page_of_a_class_holds(path: str, cls: Any) -> None:
    session, examples = Session(), list(examples_in(cls.__doc__))
    assert examples, f"{path} has no example"
    for program, expected in examples:
        got = shown(session, program)
        assert got == expected or close(got, expected), f"{program}\nexpected {expected}\ngot      {got}"


def test_a_session_s_drawn_seeds_are_its_own() -> None:
    """What one session draws between another's seed and its initializer changes nothing."""
    seed, draw = "tf.keras.utils.set_random_seed(42)\n", "tf.keras.initializers.HeNormal().seed\n"
    alone, first, second = Session(), Session(), Session()
    shown(alone, seed)
    shown(first, seed)
    shown(second, draw)
    assert shown(first, draw) == shown(alone, draw)


def test_an_unseeded_session_draws_seeds_that_nobody_can_repeat() -> None:
    draw = "[tf.keras.initializers.HeNormal().seed for i in range(4)]\n"
    assert shown(Session(), draw) != shown(Session(), draw)


def test_a_learning_rate_that_is_no_float_is_refused_with_the_way_out() -> None:
    with pytest.raises(ValueError, match="should be float") as caught:
        registry.at_path("tf.keras.optimizers.SGD")(1)
    assert getattr(caught.value, "hint", None) == "write 1.0"


def test_slices_that_belong_to_one_row_are_squared_apart() -> None:
    """As in Keras: 1**2 + 2**2, where the gradient as a tensor would give 3**2."""
    ops = registry.ops
    v = ops.Variable([[1.0], [2.0]])
    rows = ops.IndexedSlices(ops.constant([[1.0], [2.0]]), ops.constant([1, 1]), ops.constant([2, 1]))
    optimizer = registry.at_path("tf.keras.optimizers.Adagrad")(0.1, initial_accumulator_value=0.0)
    optimizer.apply_gradients([(rows, v)])
    assert optimizer.variables[-1].numpy().tolist() == [[0.0], [5.0]]


@pytest.mark.parametrize("name", ["abs", "pow", "round"])
def test_the_backend_has_tensorflows_functions_and_not_pythons(name: str) -> None:
    assert registry.at_path(f"tf.keras.backend.{name}") is registry.at_path(f"tf.{name}")
