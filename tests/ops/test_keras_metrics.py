"""Metrics against their definitions, computed plainly in Python; and that their state is kept as it should be."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorsh.manual.docstrings import examples_in
from tensorsh.ops import registry
from tensorsh.ops.keras import metrics as keras_metrics
from tensorsh.ops.keras import variable as keras_variable
from tensorsh.ops.registry import at_path
from tensorsh.runtime import backend
from tensorsh.runtime.errors import InvalidArgumentError
from tensorsh.session import Session
from tests import strict_xp
from tests.ops.test_examples import close, shown

Samples = list[tuple[int, float, int]]  # (label, prediction in 128ths, weight): sums of these are exact
samples = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 128).map(lambda n: n / 128), st.integers(0, 3)), min_size=1, max_size=12
)


def metric(name: str, *args: object, **options: object) -> keras_metrics.Metric:
    return at_path(f"tf.keras.metrics.{name}")(*args, **options)


def weight_where(data: Samples, positive: bool, truth: int, threshold: float) -> int:
    return sum(w for label, p, w in data if label == truth and (p > threshold) == positive)


COUNTS = {
    "TruePositives": (True, 1),
    "FalsePositives": (True, 0),
    "TrueNegatives": (False, 0),
    "FalseNegatives": (False, 1),
}


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("thresholds", [[0.5], [0.25, 0.5], [0.0, 0.25, 0.5, 0.75, 1.0], [0.1, 0.2, 0.9]])
@given(data=samples)
def test_counts_of_the_confusion_matrix(name: str, thresholds: list[float], data: Samples) -> None:
    """The bins of evenly spread thresholds count what comparing with each threshold does."""
    found = metric(name, thresholds=thresholds)(*columns(data))
    expected = [weight_where(data, *COUNTS[name], t) for t in thresholds]
    assert np.ravel(found.numpy()).tolist() == expected


@given(first=samples, second=samples)
def test_a_metric_of_two_batches_is_that_of_both_together(first: Samples, second: Samples) -> None:
    for name in ("TruePositives", "Precision", "Recall", "BinaryAccuracy", "MeanSquaredError", "AUC"):
        apart, together = metric(name), metric(name)
        for batch in (first, second):
            apart.update_state(*columns(batch, rows=True))
        together.update_state(*columns(first + second, rows=True))
        assert float(apart.result()) == pytest.approx(float(together.result()), rel=1e-5, abs=1e-6)


@given(data=samples)
def test_the_area_under_the_curve_is_how_often_pairs_are_in_order(data: Samples) -> None:
    """With a threshold between any two predictions; equal ones count one half (Hanley & McNeil, 1982)."""
    positive = [p for label, p, _ in data if label]
    negative = [p for label, p, _ in data if not label]
    if positive and negative:
        pairs = [(p > n) + (p == n) / 2 for p in positive for n in negative]
        labels, predictions, _ = columns(data)
        found = metric("AUC", thresholds=[(n + 0.5) / 128 for n in range(128)])(labels, predictions)
        assert float(found) == pytest.approx(sum(pairs) / len(pairs), abs=1e-5)


@given(data=st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_intersection_over_union_counts_only_known_classes(data: list[tuple[int, int, int]]) -> None:
    found = metric("IoU", num_classes=3, target_class_ids=[0, 1, 2])
    found.update_state(*columns(data))
    expected = np.zeros((3, 3), int)
    for label, prediction, weight in data:
        if 0 <= label < 3 and 0 <= prediction < 3:
            expected[label, prediction] += weight
    np.testing.assert_array_equal(found.variables[0].numpy(), expected)


def columns(data: list, rows: bool = False) -> list:
    """The columns of a table: labels, predictions, weights; labels and predictions as rows of one entry if `rows`."""
    labels, predictions, weights = (list(column) for column in zip(*data))
    if rows:
        labels, predictions = [[label] for label in labels], [[prediction] for prediction in predictions]
    return [labels, predictions, weights]


def test_an_update_that_fails_changes_nothing() -> None:
    mean = metric("Mean")
    mean.update_state([1.0, 3.0])
    with pytest.raises(InvalidArgumentError):
        mean.update_state([1.0, 2.0], [1.0, 2.0, 3.0])
    assert [float(v) for v in mean.variables] == [4.0, 2.0]


def test_stateless_methods_leave_the_state_alone_even_if_they_fail() -> None:
    mean = metric("Mean")
    mean.update_state([1.0, 3.0])
    assert [float(v) for v in mean.stateless_update_state([10.0, 1.0], [4.0])] == [14.0, 2.0]
    with pytest.raises(TypeError):
        mean.stateless_update_state([10.0, 1.0])
    assert float(mean.result()) == 2.0


def test_variables_given_out_are_not_the_metrics_own_list() -> None:
    mean = metric("Mean")
    mean.variables.clear()
    assert len(mean.variables) == 2


@pytest.mark.parametrize(
    ("name", "split"),
    [("MeanIoU", "mean_io_u"), ("AUC", "auc"), ("F1Score", "f1_score"), ("OneHotIoU", "one_hot_io_u")],
)
def test_names_are_split_as_keras_splits_them(name: str, split: str) -> None:
    assert keras_variable.snake_case(name) == split


def classes() -> Iterator[tuple[str, type]]:
    for path in registry.index().paths:
        if path.startswith(("tf.keras.metrics.", "tf.keras.losses.")):
            value = at_path(path)
            if isinstance(value, type) and ">>> " in (value.__doc__ or ""):
                yield path, value


@pytest.mark.parametrize("xp", [np, strict_xp], ids=["numpy", "device"])
@pytest.mark.parametrize(("path", "cls"), list(classes()))
def test_a_class_s_help_page_holds(path: str, cls: type, xp: Any) -> None:
    session = Session()
    with backend.using(xp):
        check_help_page(session, cls)


def check_help_page(session: Session, cls: type) -> None:
    for program, expected in examples_in(inspect.getdoc(cls) or ""):
        got = shown(session, program)
        assert got == expected or close(got, expected), f"{program}\nexpected {expected}\ngot      {got}"


def test_every_metric_makes_itself_again_from_its_configuration() -> None:
    needed = {"num_classes": 2, "target_class_ids": [0]} | dict.fromkeys(
        ("specificity", "sensitivity", "recall", "precision"), 0.5
    )
    skipped = {"Metric", "MeanMetricWrapper"}
    for path, cls in classes():
        if ".metrics." in path and cls.__name__ not in skipped:
            required = [
                p.name for p in inspect.signature(cls).parameters.values() if p.default is p.empty and p.name in needed
            ]
            made = cls(**{name: needed[name] for name in required})
            config = made.get_config()
            assert cls.from_config(config).get_config() == config
