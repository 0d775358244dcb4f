"""Python's functions in the language: Python's meaning for Python's values, all entries of a tensor."""

from __future__ import annotations

import builtins
from collections.abc import Callable

import numpy as np
import pytest

from tensorsh.ops import python
from tensorsh.ops.registry import PATHS
from tensorsh.runtime.open_classes import ClassName

Shown = Callable[[str], str]

#: What must never be reachable by name.
REFUSED = """
    open eval exec compile input globals locals vars setattr delattr super object memoryview bytearray
    breakpoint help exit quit copyright __import__ __build_class__
    BaseException SystemExit GeneratorExit
"""


@pytest.mark.parametrize("name", REFUSED.split())
def test_what_reaches_outside_is_not_there(name: str) -> None:
    assert "python." + name not in PATHS


@pytest.mark.parametrize("name", ["range", "len", "zip", "isinstance", "int", "float", "sorted", "ValueError"])
def test_what_no_tensor_concerns_is_pythons_own(name: str) -> None:
    assert PATHS["python." + name] is getattr(builtins, name)


@pytest.mark.parametrize(
    "expression",
    [
        "sum([1, 2, 3])", "sum((0.1, 0.2), 1)", "sum([[1], [2]], [])", "sum(x for x in range(4))",
        "max(1, 3, 2)", "max([1, 3, 2])", "max([], default=7)", "max('abc', key=lambda c: -ord(c))",
        "min(1, 3, 2)", "min({'b': 1, 'a': 2})", "min([], default=None)",
        "all([1, 0])", "all([])", "any([0, ''])", "any(x > 1 for x in [1, 2])",
        "abs(-3)", "abs(3+4j)", "round(2.5)", "round(2.567, 2)", "pow(2, 10, 1000)", "divmod(7, 3)",
        "type(1)", "type(1.5) == float", "type('a') is str", "isinstance(type(1), type(int))",
        "sorted({'b': 1, 'a': 2})", "list(reversed([1, 2]))", "dict(a=1)", "format(3.14159, '.2f')",
    ],
)  # fmt: skip
def test_python_values_keep_pythons_meaning(shown: Shown, expression: str) -> None:
    assert shown(f"repr({expression})\n") == repr(repr(eval(expression))) + "\n"


@pytest.mark.parametrize("expression", ["sum(5)", "max()", "max([])", "min(1)", "max(1, 'a')", "all(5)", "sum(['a'])"])
def test_errors_are_pythons(shown: Shown, expression: str) -> None:
    with pytest.raises((TypeError, ValueError)) as expected:
        eval(expression)
    with pytest.raises(expected.type) as raised:
        shown(expression + "\n")
    assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize(
    "expression, value",
    [
        ("sum(m)", "tf.Tensor(10.0, shape=(), dtype=float32)"),
        ("sum(m, 5.)", "tf.Tensor(15.0, shape=(), dtype=float32)"),
        ("max(m)", "tf.Tensor(4.0, shape=(), dtype=float32)"),
        ("min(v)", "tf.Tensor(1, shape=(), dtype=int32)"),
        ("sum(constant(3.))", "tf.Tensor(3.0, shape=(), dtype=float32)"),
        ("all(m > 0.)", "True"),
        ("any(m > 4.)", "False"),
        ("all(constant([1., 0.]))", "False"),
        ("any(constant([0, 2]))", "True"),
        ("max(constant(1.), constant(2.))", "tf.Tensor(2.0, shape=(), dtype=float32)"),
        ("max(zeros(0), default=7)", "7"),
        ("sum([constant(1.), 2])", "tf.Tensor(3.0, shape=(), dtype=float32)"),
        ("abs(constant(-1.5))", "tf.Tensor(1.5, shape=(), dtype=float32)"),
        ("pow(constant(2.), 3)", "tf.Tensor(8.0, shape=(), dtype=float32)"),
        ("len(m)", "2"),
        ("[int(x) for x in reversed(v)]", "[2, 1]"),
        ("float(m[0, 0]), bool(m[0, 0] > 0.), int(v[1])", "1.0 True 2"),
    ],
)  # fmt: skip
def test_tensors_are_reduced_over_all_entries(shown: Shown, expression: str, value: str) -> None:
    shown("m = constant([[1., 2.], [3., 4.]]); v = constant([1, 2])\n")
    assert shown(f"print({expression})\n") == value + "\n"


def test_the_gradient_of_a_sum(shown: Shown) -> None:
    shown("x = Variable([[1., 2.], [3., 4.]])\nwith tape: y = sum(x * x) + max(x)\n")
    assert shown("grad(y, x).numpy().tolist()\n") == "[[2.0, 4.0], [6.0, 9.0]]\n"


def test_an_empty_tensor_has_no_maximum(shown: Shown) -> None:
    with pytest.raises(ValueError, match="empty"):
        shown("max(zeros(0))\n")


def test_max_of_two_tensors_tells_the_way_out(shown: Shown) -> None:
    with pytest.raises(ValueError) as raised:
        shown("max(constant([1., 2.]), constant([2., 1.]))\n")
    assert "maximum(a, b)" in raised.value.hint  # type: ignore[attr-defined]


def test_print(shown: Shown, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown("print(1, 'a', sep='-', end='!')\n") == "1-a!"
    with pytest.raises(TypeError, match="standard output and standard error only"):
        shown("print(1, file=print)\n")


def test_classes_got_by_type_cannot_be_called() -> None:
    for value in (int, np.ones(1), lambda: None, ClassName, (x for x in ()), np.zeros(1, "V8")[0]):
        name = python.type(value)
        assert isinstance(name, ClassName)
        assert repr(name) == repr(type(value)) and name == type(value)  # noqa: E721
        assert isinstance(value, name) and not callable(name)


def test_classes_of_plain_values_are_themselves() -> None:
    for value in (1, 1.5, True, "a", [], {}, np.float32(1), ValueError()):
        assert python.type(value) is type(value)
    with pytest.raises(TypeError):
        python.type("X", (), {})  # type: ignore[call-arg]


def test_the_names_of_one_class_are_one() -> None:
    assert python.type(np.ones(1)) is python.type(np.ones(2)) is PATHS["np.ndarray"]
    assert python.type(np.ones(1)) is not python.type(lambda: None)
