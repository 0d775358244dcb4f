"""What a person reads of an error: the operands under the picture are those that the program gave, by its own words."""

from __future__ import annotations

import pytest

from tensorsh.reports import as_data, is_internal_fault, report
from tensorsh.session import Session

LABELS = {
    "in the program's own spelling": (
        "constant([1,2]) + constant([1.,2.])",
        "constant([1,2]) is int32 (2,), constant([1.,2.]) is float32 (2,)",
    ),
    "an indexed value": ("zeros(2)[5]", "zeros(2) is float32 (2,)"),
    "elements of a list that is written out": (
        "concat([ones(2,3), ones(3,2)], 0)",
        "ones(2,3) is float32 (2, 3), ones(3,2) is float32 (3, 2)",
    ),
    "each under its own parameter, whatever the order of the check": (
        "tf.nn.softmax_cross_entropy_with_logits(ones(2), ones(3))",
        "ones(3) is float32 (3,), ones(2) is float32 (2,)",
    ),
    "by keyword": ("tf.add(ones(2), y=ones(3))", "ones(2) is float32 (2,), ones(3) is float32 (3,)"),
}

HINTS = {
    "[1, 2] - [3, 4]": "a list counts as a tensor beside one: constant([1, 2]) - [3, 4]",
    "[1., 2.] * 2.5": "a list counts as a tensor beside one: constant([1, 2]) * [3, 4]",
    "random.normal(2)": "did you mean 'tf.random'?",
    "nn.relu(2.)": "did you mean 'tf.nn'?",
    "tf.variable(1.)": "did you mean tf.Variable?",
    "tf.keras.layers": "tensorsh has no tf.keras.layers; help(tf.keras) lists what is there",
    "tf.square()": "its parameters are x, name",
    "def f(a, b): pass\nf(1, 2, 3)": "its parameters are a, b",
    "if constant([1, 2]): pass": "reduce_all(x) or reduce_any(x) makes one truth of many",
    "x = ones(2); x[0] = 1.": "a tensor stays what it is; a variable changes: x = Variable(x)",
    "{'a': 1}.a": "what a dictionary holds is written ['a']",
}


def picture(session: Session, program: str) -> list[str]:
    with pytest.raises(Exception) as caught:
        session.run(program, "program")
    return report(session, caught.value).splitlines()


@pytest.mark.parametrize(("program", "label"), LABELS.values(), ids=LABELS)
def test_operands_are_labelled(session: Session, program: str, label: str) -> None:
    assert any(line.endswith("^ " + label) for line in picture(session, program))


def test_an_operand_is_never_called_by_another_arguments_name(session: Session) -> None:
    lines = picture(session, "einsum('ij,jk', ones(2,3), ones(2,3))")
    assert not any("'ij,jk' is" in line for line in lines)


@pytest.mark.parametrize(("program", "hint"), HINTS.items(), ids=HINTS)
def test_the_way_out(session: Session, program: str, hint: str) -> None:
    assert f"   = help: {hint}" in picture(session, program)


def test_data_has_the_hint_that_the_picture_has(session: Session) -> None:
    with pytest.raises(TypeError) as caught:
        session.run("reduce_sum([1.], axes=0)", "program")
    assert as_data(session, caught.value)["hint"] == "did you mean 'axis'?"


@pytest.mark.parametrize(
    ("program", "hint"),
    [
        ("class A:\n    def __init__(self): self.width = 1\nA().widht", "did you mean 'width'?"),
        ("from collections import namedtuple\nnamedtuple('P', 'x y')(1, 2).z", None),
        ("class A:\n    @property\n    def p(self):\n        x = 1\n        return x.foo\nA().p", None),
    ],
)
def test_an_attribute_that_a_programs_object_has_not_is_the_programs_mistake(
    session: Session, program: str, hint: str | None
) -> None:
    with pytest.raises(AttributeError) as caught:
        session.run(program, "t")
    assert not is_internal_fault(caught.value, session.sources)
    assert as_data(session, caught.value)["hint"] == hint


@pytest.mark.parametrize("name", ["name", "hint", "summary", "operands"])
def test_a_report_does_not_run_the_program(session: Session, name: str) -> None:
    """What a report asks an error for may be a property of the program's, which nothing would stop."""
    program = f"""
ran = []
class E(ValueError):
    @property
    def {name}(self): ran.append(1)
raise E("text")
"""
    with pytest.raises(ValueError) as caught:
        session.run(program, "t")
    assert as_data(session, caught.value)["message"] == "text"
    assert session.names["ran"] == []


def test_a_cause_is_not_asked_whether_it_is_true(session: Session) -> None:
    program = """
class C(ValueError):
    def __bool__(self): raise KeyError("in bool")
raise ValueError("outer") from C("c")
"""
    with pytest.raises(ValueError) as caught:
        session.run(program, "t")
    assert as_data(session, caught.value)["message"] == "outer"


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        ("tf.keras.activations.relu()", "its parameters are x, negative_slope, max_value, threshold"),
        ("tf.nn.relu(ones(2), nme=1)", "did you mean 'name'?"),
    ],
)
def test_a_hint_is_about_the_op_that_is_called(session: Session, call: str, hint: str) -> None:
    session.run("tf.nn.relu(1.); tf.keras.activations.relu(1.);", "both")  # one name, two ops
    with pytest.raises(TypeError) as caught:
        session.run(call, "t")
    assert as_data(session, caught.value)["hint"] == hint
