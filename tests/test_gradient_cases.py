"""How files of gradient cases are read, and how gradients are compared."""

from __future__ import annotations

import numpy as np
import pytest

from tests import golden_gradients
from tests.golden_gradients import CaseError

FILE = """\
# A comment.
x = [1., 2.]
i = [0, 1]
tf.gather(x, i)
tf.exp(x)  #: float64 narrow

#: real
z = [1+2j, 0.5]
tf.abs(z)
y = some(2, 3)
tf.f(y)  #: float32 float64; TensorFlow is wrong (float64 first, second): a reason
"""


def test_a_case_has_the_inputs_that_it_names_since_the_last_blank_line() -> None:
    gather, exp, absolute, wrong = golden_gradients.read(FILE)
    assert gather.text == "x = [1., 2.]; i = [0, 1]; tf.gather(x, i)"
    assert gather.differentiated == ["x"] and gather.inputs["i"].dtype == np.int32
    assert gather.dtypes == golden_gradients.DTYPES
    assert exp.line == 5 and exp.dtypes == ("float64", "float16", "bfloat16")
    assert absolute.dtypes == (), "complex numbers have no real dtype"
    assert wrong.dtypes == ("float64", "float32")
    assert ("float64", "first") in wrong.wrong and ("float32", "second") in wrong.wrong
    assert ("float32", "first") not in wrong.wrong


def test_inputs_are_the_same_in_every_dtype_and_other_ones_under_another_name() -> None:
    (case,) = golden_gradients.read("x = some(2, 3)\ny = some(2, 3)\ntf.add(x, y)")
    x, y = case.inputs["x"], case.inputs["y"]
    assert np.array_equal(x, x.astype(np.float16)) and len(set(x.flat)) == 6
    assert not np.array_equal(x, y)
    assert np.array_equal(case.values("complex64")["x"], x * (0.75 + 0.5j))


@pytest.mark.parametrize(
    "text, message",
    [
        ("x = [1.]\ntf.exp(", "cases:2: not valid Python"),
        ("x = [1.]\nfor i in x: pass", "cases:2: neither an input nor an expression"),
        ("x = [1]\ntf.exp(x)", "cases:2: nothing to differentiate"),
        ("x = [1.]\n\ntf.exp(x)", "cases:3: nothing to differentiate"),
        ("x = [1.]\ntf.exp(x)\ntf.exp(x)", "cases:2: twice in this file: x = [1.]; tf.exp(x)"),
        ("x = [1.]\ntf.exp(x)  #: float8", "cases:2: 'float8' is no dtype"),
        ("x = ones(3)\ntf.exp(x)", "cases:1: name 'ones' is not defined"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        golden_gradients.read(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "expression, subject",
    [
        ("tf.exp(x)", "tf.exp"),
        ("tf.split(x, 2)[0]", "tf.split"),
        ("tf.keras.losses.Huber(0.5)(y, p)", "tf.keras.losses.Huber"),
        ("tf.linalg.LinearOperatorDiag(d).matmul(y)", "tf.linalg.LinearOperatorDiag"),
        ("x[1:]", "[]"),
        ("x * y", None),
    ],
)
def test_what_a_case_is_about(expression: str, subject: str | None) -> None:
    assert golden_gradients.subject(expression) == subject


@pytest.mark.parametrize(
    "wanted, got, dtype, same",
    [
        ([1.0, 2.0], [1.0, 2.0 + 1e-11], "float64", True),
        ([1.0, 2.0], [1.0, 2.0 + 1e-9], "float64", False),
        ([1.0, 2.0], [1.0, 2.0 + 1e-6], "float32", True),
        ([float("nan"), float("inf")], [float("nan"), float("inf")], "float64", True),
        ([float("inf")], [-float("inf")], "float64", False),
        ([0.0], [float("nan")], "float64", False),
        (None, [0.0], "float64", False),
        (None, None, "float64", True),
        ([0.0], [0.0, 0.0], "float64", False),
    ],
)
def test_gradients_agree_to_the_dtype_s_rounding(wanted: object, got: object, dtype: str, same: bool) -> None:
    assert golden_gradients.close(wanted, got, dtype) is same


def test_sparse_and_dense_gradients_of_an_input_are_not_the_same() -> None:
    dense, sparse = {"first": [[1.0]]}, {"first": [{"slices": [1.0]}]}
    assert golden_gradients.differing(dense, sparse, "float64") == [("first", 0)]
    assert golden_gradients.differing(sparse, sparse, "float64") == []
