"""What is a fault of ours and what is the program's own mistake, and how each is reported."""

from __future__ import annotations

import pytest

from tensorsh import ending
from tensorsh.ops import registry
from tensorsh.reports import is_internal_fault, report
from tensorsh.session import Session


def raised(session: Session, text: str) -> Exception:
    with pytest.raises(Exception) as caught:
        session.run(text, "t")
    return caught.value


@pytest.mark.parametrize(
    "program",
    [
        *("{}['x']", "[1][3]", "missing", "zeros(2).shape[5]", "tf.nope", "'a'.nope", "assert 1 > 2", "zeros(2)[7]"),
        *("tf.strings.format(5, 1)", "tf.strings.join(['a', 'b'], [1])", "tf.keras.losses.serialize(zeros(2))"),
        *("tf.pad([1.], [[1, 1]], mode=())", "tf.linalg.LinearOperatorComposition([[2.]])"),
        *("tf.keras.ops.lstsq(1., 1.)", "tf.keras.ops.conv_transpose(1., 1., 1)", "tf.keras.ops.get_item({}, 'x')"),
    ],
)
def test_a_program_s_own_mistake_is_no_fault_of_ours(session: Session, program: str) -> None:
    assert not is_internal_fault(raised(session, program), session.sources)


def test_a_look_up_that_fails_inside_is_our_fault(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    session.names["broken"] = lambda: registry.at_path("tf.no.such.path")  # stands for a slip in an op
    error = raised(session, "broken()")
    assert is_internal_fault(error, session.sources)
    assert "please report it" in report(session, error)
    assert ending.explain(session, error, debug=False) == ending.INTERNAL
    assert "Traceback" not in capsys.readouterr().err


def test_debug_adds_python_s_traceback(session: Session) -> None:
    assert "Traceback (most recent call last)" in report(session, raised(session, "1 / 0"), debug=True)


def test_a_misspelt_keyword_suggests_the_parameter(session: Session) -> None:
    assert "did you mean 'axis'?" in report(session, raised(session, "reduce_sum([1.], axes=0)"))
