"""Optimizers: their state, what they refuse, and that they find a minimum."""

from __future__ import annotations

import numpy as np
import pytest

from tensorsh.ops.registry import at_path, ops
from tensorsh.ops.update_rules import RULES
from tensorsh.ops.update_rules_factored import Adafactor, Muon, ScheduleFreeAdamW
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.variable import Variable


def optimizer(rule, /, *args, **options):
    return at_path("tf.keras.optimizers." + rule)(*args, **options)


@pytest.mark.parametrize("name", sorted(r.__name__ for r in (*RULES, Adafactor, Muon, ScheduleFreeAdamW)))
def test_every_rule_goes_downhill(name):
    v = Variable([1.0, -2.0])
    rule = optimizer(name, 0.1)
    losses = []
    for _ in range(20):
        with GradientTape() as t:
            loss = ops.reduce_sum(ops.square(v))
        losses.append(float(loss))
        rule.apply_gradients([(t.gradient(loss, v), v)])
    assert losses[-1] < losses[0]
    assert int(rule.iterations) == 20


def test_state_is_made_once_and_named_for_its_variable():
    rule = optimizer("Adam", name="a")
    v = Variable([1.0], name="w")
    assert [own.path for own in rule.variables] == ["a/iteration", "a/learning_rate"]
    rule.apply_gradients([(ops.constant([1.0]), v)])
    assert [own.path for own in rule.variables[2:]] == ["a/w_0_momentum", "a/w_0_velocity"]


def test_an_unknown_variable_is_refused_with_the_way_out():
    rule = optimizer("SGD", 0.1)
    rule.apply_gradients([(ops.constant(1.0), Variable(1.0))])
    with pytest.raises(ValueError, match="Unknown variable") as caught:
        rule.apply_gradients([(ops.constant(1.0), Variable(1.0))])
    assert caught.value.hint == "make one optimizer for each set of variables"


def test_a_missing_gradient_leaves_its_variable_and_says_so(capsys):
    v, w = Variable(1.0, name="v"), Variable(1.0)
    optimizer("SGD", 0.5).apply_gradients([(None, v), (ops.constant(1.0), w)])
    assert (float(v), float(w)) == (1.0, 0.5)
    assert "Gradients do not exist for variables ['v:0']" in capsys.readouterr().err


def test_rows_gathered_twice_are_changed_by_both_gradients():
    v = Variable([[1.0, 2.0], [3.0, 4.0]])
    with GradientTape() as t:
        rows = ops.gather(v, [0, 0])
    optimizer("SGD", 0.25).apply_gradients([(t.gradient(rows, v), v)])
    assert v.numpy().tolist() == [[0.5, 1.5], [3.0, 4.0]]


def test_an_optimizer_is_made_again_from_its_configuration():
    rule = optimizer("RMSprop", 0.5, rho=0.75, centered=True, clipvalue=2.0, name="r")
    again = type(rule).from_config(rule.get_config())
    assert again.get_config() == rule.get_config()


def test_a_scheduled_rate_cannot_be_set():
    schedule = at_path("tf.keras.optimizers.schedules.InverseTimeDecay")(1.0, 1, 1.0)
    rule, v = optimizer("SGD", schedule), Variable(0.0)
    steps = []
    for _ in range(3):
        before = float(v)
        rule.apply_gradients([(ops.constant(-1.0), v)])
        steps.append(float(v) - before)
    assert np.allclose(steps, [1, 1 / 2, 1 / 3])
    with pytest.raises(TypeError, match="not settable"):
        rule.learning_rate = 0.1
