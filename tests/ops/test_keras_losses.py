"""Losses: what holds for all of them, whatever the values."""

from __future__ import annotations

import numpy as np
import pytest

from tensorsh.ops.registry import at_path, ops

DRAWS = np.random.default_rng(0)
LABELS = np.eye(3, dtype=np.float32)[[0, 2, 1, 1]]
PREDICTIONS = DRAWS.dirichlet([1.0, 1.0, 1.0], 4).astype(np.float32)
WEIGHTS = np.array([1.0, 0.0, 2.0, 0.5], np.float32)

ROWWISE = {  # class -> function
    "MeanSquaredError": "mse",
    "MeanAbsoluteError": "mae",
    "MeanAbsolutePercentageError": "mape",
    "MeanSquaredLogarithmicError": "msle",
    "BinaryCrossentropy": "binary_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "BinaryFocalCrossentropy": "binary_focal_crossentropy",
    "CategoricalFocalCrossentropy": "categorical_focal_crossentropy",
    "KLDivergence": "kld",
    "Poisson": "poisson",
    "Hinge": "hinge",
    "SquaredHinge": "squared_hinge",
    "CategoricalHinge": "categorical_hinge",
    "Huber": "huber",
    "LogCosh": "logcosh",
    "CosineSimilarity": "cosine_similarity",
}


def loss(name: str, *args: object, **options: object):
    return at_path(f"tf.keras.losses.{name}")(*args, **options)


@pytest.mark.parametrize(("cls", "function"), ROWWISE.items())
def test_reductions_are_sums_and_means_of_the_function(cls: str, function: str) -> None:
    rows = loss(function, LABELS, PREDICTIONS).numpy()
    weighted = rows * WEIGHTS
    reduced = {
        "none": weighted,
        "sum": weighted.sum(),
        "sum_over_batch_size": weighted.mean(),
        "mean_with_sample_weight": weighted.sum() / WEIGHTS.sum(),
    }
    for reduction, expected in reduced.items():
        found = loss(cls, reduction=reduction)(LABELS, PREDICTIONS, sample_weight=WEIGHTS)
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["categorical_crossentropy", "categorical_focal_crossentropy"])
def test_logits_give_what_their_probabilities_give(name: str) -> None:
    logits = DRAWS.normal(size=(4, 3)).astype(np.float32)
    by_logits = loss(name, LABELS, logits, from_logits=True)
    np.testing.assert_allclose(by_logits.numpy(), loss(name, LABELS, ops.softmax(logits)).numpy(), rtol=1e-5)


@pytest.mark.parametrize("name", ["binary_crossentropy", "binary_focal_crossentropy"])
def test_binary_logits_give_what_their_probabilities_give(name: str) -> None:
    logits = DRAWS.normal(size=(4, 3)).astype(np.float32)
    by_logits = loss(name, LABELS, logits, from_logits=True)
    np.testing.assert_allclose(by_logits.numpy(), loss(name, LABELS, ops.sigmoid(logits)).numpy(), rtol=1e-5)


def test_class_numbers_give_what_one_hot_labels_give() -> None:
    sparse = loss("sparse_categorical_crossentropy", LABELS.argmax(-1), PREDICTIONS)
    np.testing.assert_allclose(sparse.numpy(), loss("categorical_crossentropy", LABELS, PREDICTIONS).numpy(), rtol=1e-5)


def test_an_ignored_class_counts_for_nothing() -> None:
    labels, kept = LABELS.argmax(-1), LABELS.argmax(-1) != 1
    ignoring = loss("SparseCategoricalCrossentropy", ignore_class=1)(labels, PREDICTIONS)
    expected = loss("SparseCategoricalCrossentropy")(labels[kept], PREDICTIONS[kept])
    assert float(ignoring) == pytest.approx(float(expected), rel=1e-6)


def test_a_loss_without_a_function_refuses_to_be_called() -> None:
    with pytest.raises(NotImplementedError):
        loss("Loss")(LABELS, PREDICTIONS)
