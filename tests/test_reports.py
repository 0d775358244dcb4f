"""What a person reads of an error: the operands under the picture are those that the program gave, by its own words."""

from __future__ import annotations

import pytest

from tensorsh.reports import report
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
