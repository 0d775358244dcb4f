"""Help pages: what `help(name)` prints, and that nothing happens besides."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from tensorsh.manual.docstrings import parts_of
from tensorsh.manual.page import described
from tensorsh.ops import registry
from tensorsh.session import Session

ROOT = Path(__file__).resolve().parents[2]


def printed(capsys: pytest.CaptureFixture[str], *texts: str) -> str:
    session = Session()
    for text in texts:
        session.run(text, "test")
    return capsys.readouterr().out


def test_an_op_shows_its_signature_arguments_dtypes_gradient_and_example(capsys):
    assert (
        printed(capsys, "help(sqrt)")
        == """\
sqrt(x, name=None)

  The square root; nan for a negative real number.

  x     a tensor of any shape
  name  taken as TensorFlow takes it; nothing here has names

  dtypes    x: floating point, complex
  gradient  of any order, for x
  also      tf.math.sqrt, tf.sqrt

  >>> sqrt([4., 9.])
  <tf.Tensor: shape=(2,), dtype=float32, numpy=array([2., 3.], dtype=float32)>
"""
    )


def test_a_function_that_is_a_default_shows_as_its_name(capsys):
    assert "fft_length=None, window_fn=hann_window, pad_end=False" in printed(capsys, "help(stft)").partition("\n")[0]


@pytest.mark.parametrize(
    ("op", "facts"),
    [
        # Arguments that must agree are tried together; the condition has a dtype of its own.
        ("where", ["x, y: floating point, integers, complex, bool, string; condition: bool", "for x and y"]),
        ("gather", ["indices: int16, int32, int64", "for params", "InvalidArgumentError if an index is out of range"]),
        ("linspace", ["start, stop: floating point, integers, complex", "for start and stop"]),
        ("tf.quantization.fake_quant_with_min_max_vars", ["min: float32; max: float32", "for inputs and min and max"]),
        ("tf.keras.ops.cdist", ["x (..., m, k) and those of y (..., n, k)"]),
        ("tf.size", ["input, out_type=None"]),
        ("floor", ["x: floating point", "gradient  none"]),
    ],
)
def test_dtypes_and_gradients_are_found_by_trying(capsys, op, facts):
    page = printed(capsys, f"help({op})")
    assert all(fact in page for fact in facts), page


@pytest.mark.parametrize("subject", ['"square"', '"tf.math.square"', '"math.square"', "square", "tf.square"])
def test_an_op_is_found_by_any_of_its_names(capsys, subject):
    assert printed(capsys, f"help({subject})").startswith("square(x, name=None)\n")


def test_an_op_of_keras_has_a_page_of_its_own_beside_tensorflows(capsys):
    """tf.nn.max_pool and tf.keras.ops.max_pool are both known as `max_pool` to Python."""
    page = printed(capsys, "help(tf.keras.ops.max_pool)")
    assert page.startswith("tf.keras.ops.max_pool(inputs, pool_size, strides=None")
    assert "strides      an int, or an int for each spatial axis; None: pool_size" in page
    assert "gradient  of any order, for inputs" in page


def test_every_argument_is_described():
    undescribed = {}
    for op in registry.OPS.values():
        names = [name for name in inspect.signature(op.function).parameters if name != "tf"]  # never shown
        parts = parts_of(op.function, names)
        undescribed[op.name] = [name for name in names if not described(name, parts)]
    assert len(undescribed) > 1000
    assert {op: names for op, names in undescribed.items() if names} == {}


def test_every_argument_of_keras_classes_is_described():
    for family in registry.FAMILIES:
        registry.import_family(family)
    classes = {kind for kind in registry.PATHS.values() if isinstance(kind, type) and kind.__module__[:6] == "keras."}
    assert len(classes) > 100
    for kind in classes:
        names = list(inspect.signature(kind).parameters)
        parts = parts_of(kind, names)
        assert [name for name in names if not described(name, parts)] == [], kind


def test_a_member_that_says_nothing_is_told_as_in_the_base(capsys):
    page = printed(capsys, "help(tf.keras.metrics.AUC)")
    assert "  update_state            Add a batch to the state\n" in page


def test_a_loss_class_tells_what_its_function_does(capsys):
    page = printed(capsys, "help(tf.keras.losses.Huber)")
    assert "delta      a positive float" in page and "name       a text: what the object is called" in page


@pytest.mark.parametrize(
    ("program", "title", "line"),
    [
        ("help(Variable)", "Variable(initial_value=None,", "  assign "),
        ("help(constant([1., 2.]))", "Tensor: float32, shape (2,)", "  numpy "),
        ("help(tf.bitwise)", "<module", "  bitwise_and "),
        ("help(np.sum)", "sum(a, axis=None", "  Sum of array elements"),
        ("help(3)", "int: 3", "  bit_length "),
        ("help()", "help(square)", "tf.linalg"),
        ('def f(x, n=2):\n    """Twice x."""\nhelp(f)', "f(x, n=2)", "  Twice x."),
        ("class Line:\n    'A line.'\n    def at(self, x):\n        'y at x.'\nhelp(Line)", "Line()", "  at  y at x"),
    ],
)
def test_whatever_a_name_may_hold_has_a_page(capsys, program, title, line):
    page = printed(capsys, program)
    assert page.startswith(title) and line in page, page


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("squre", "did you mean square?"),
        ("adamw", "did you mean AdamW?"),
        ("tf.math.sqaure", "did you mean square?"),
        ("flattten", "did you mean tf.nest.flatten?"),
        ("nope", "help() tells what there is"),
    ],
)
def test_an_unknown_name_is_an_error_with_a_suggestion(name, hint):
    with pytest.raises(NameError, match=f"nothing of the name {name!r}") as caught:
        Session().run(f'help("{name}")', "test")
    assert caught.value.hint == hint


def test_asking_changes_nothing(capsys):
    """Trying an op out draws no random numbers, records nothing and shows nothing."""
    plain = printed(capsys, "tf.random.set_seed(1)", "normal(2)", "x = Variable(1.)")
    asked = printed(
        capsys,
        "tf.random.set_seed(1)",
        "with tape as t: help(normal); help(check_grad); help(square)",
        "normal(2)",
    )
    assert asked.endswith(plain)
    assert asked.count("check_grad: first") == 1  # in its example, not for having run it


@pytest.mark.parametrize("name", sorted(registry.index().short))
def test_every_short_name_has_a_page(capsys, name):
    assert printed(capsys, f'help("{name}")').strip()


def test_the_reference_is_written(tmp_path):
    subprocess.run([sys.executable, ROOT / "scripts/reference", tmp_path], check=True, capture_output=True)
    assert "## tf.nn.conv2d\n" in (tmp_path / "tf.nn.md").read_text()
    assert "[tf.nn](tf.nn.md)" in (tmp_path / "index.md").read_text()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Huber", "tf.keras.losses.Huber(delta=1.0, reduction='sum_over_batch_size', name='huber_loss', dtype=None)"),
        ("Loss", "tf.keras.losses.Loss(name=None, reduction='sum_over_batch_size', dtype=None)"),
    ],
)
def test_a_class_that_inherits_its_making_tells_its_own_arguments(name, title):
    assert Session().help_text(f"tf.keras.losses.{name}").split("\n")[0] == title


@pytest.mark.parametrize("subject", [None, "conv2d", "tf.math", "clip_by_value"])
def test_words_are_broken_to_the_window(subject):
    page, narrow = (Session().help_text(subject, width) for width in (100, 40))
    assert narrow.split() == page.split()
    prose = [line for line in narrow.split("\n")[1:] if not line.startswith(("  >>>", "  ...", "  array", "  <tf"))]
    assert max(map(len, prose)) <= 40


def test_asking_about_a_switch_does_not_turn_it(capsys):
    before = printed(capsys, "tf.config.functions_run_eagerly()")
    printed(capsys, "help(tf.config.run_functions_eagerly)")
    assert printed(capsys, "tf.config.functions_run_eagerly()") == before
