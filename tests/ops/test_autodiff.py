"""tensorsh's own short forms: `tape`, `grad`, `jacobian(f)` ..., and the notes that explain None."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tensorsh.runtime import notices
from tensorsh.session import Session

Shown = Callable[[str], str]


@pytest.fixture
def notes() -> Iterator[list[str]]:
    """The notes and warnings given so far."""
    lines: list[str] = []
    notices.set_sink(lines.append)
    yield lines
    notices.set_sink(None)


def number(text: str) -> float:
    return float(text.partition("numpy=")[2].partition(">")[0])


# ---------------------------------------------------------------- with tape:


def test_with_tape_may_be_asked_again(shown: Shown) -> None:
    shown("x = Variable(3.)\nwith tape:\n    y = x ** 2\n")
    assert number(shown("grad(y, x)\n")) == 6.0
    assert number(shown("grad(y, x)\n")) == 6.0


def test_with_tape_watches_what_it_is_called_with(shown: Shown, notes: list[str]) -> None:
    shown("x = constant(3.); w = [constant(2.), constant(1.)]\nwith tape(x, w): y = x * w[0] * w[0]\n")
    assert shown("print(grad(y, [x, *w]))\n").count("None") == 1
    assert len(notes) == 1


def test_with_tape_as_names_it(shown: Shown) -> None:
    shown("x = Variable([1., 2.])\nwith tape as t: y = x * x\n")
    assert "array([2., 4.]" in shown("t.gradient(y, x)\n")
    assert shown("t.jacobian(y, x).shape\n") == "TensorShape([2, 2])\n"


def test_grad_asks_the_tape_whose_block_was_entered_or_left_last(shown: Shown) -> None:
    shown(
        "x = Variable(2.)\n"
        "with tape:\n"
        "    with tape:\n"
        "        y = x ** 3\n"
        "    first = grad(y, x)\n"
        "second = grad(first, x)\n"
    )
    assert number(shown("first\n")) == 12.0
    assert number(shown("second\n")) == 12.0
    shown("with GradientTape() as t: y = x * 5.\n")
    assert number(shown("grad(y, x)\n")) == 5.0


def test_a_gradient_tape_keeps_its_rule(shown: Shown) -> None:
    shown("x = Variable(2.)\nwith GradientTape() as t: y = x * 5.\ng = grad(y, x)\n")
    with pytest.raises(RuntimeError, match="can only be used to compute one set of gradients"):
        shown("grad(y, x)\n")


def test_tape_nests_in_itself(shown: Shown) -> None:
    shown("t = tape\nx = Variable(2.)\nwith t as a:\n    with t as b:\n        y = x * x\n    z = y * x\n")
    assert number(shown("a.gradient(z, x)\n")) == 12.0
    assert shown("print(b.gradient(z, x))\n") == "None\n"


def test_without_a_tape_grad_says_so() -> None:
    from tensorsh.ops import autodiff

    autodiff._last = None
    with pytest.raises(RuntimeError, match="no tape has been opened"):
        Session().run("x = Variable(2.)\ngrad(x * x, x)\n", "test")


def test_jacobian_asks_the_last_tape(shown: Shown) -> None:
    shown("x = Variable([1., 2.])\nwith tape: y = x * x\n")
    assert "[[2., 0.],\n       [0., 4.]]" in shown("jacobian(y, x)\n")


# ---------------------------------------------------------------- why None


@pytest.mark.parametrize(
    "program, words",
    [
        ("x = constant(3.)\nwith tape: y = x * x\n", "was not watched"),
        ("x = constant(3)\nwith tape(x): y = x * x\n", "is int32"),
        ("x = Variable(3)\nwith tape: y = x * x\n", "is int32"),
        ("x = Variable(3.)\nwith tape: y = cast(x, int32)\n", "the target is int32"),
        ("x = Variable(3., trainable=False)\nwith tape: y = x * x\n", "is not trainable"),
        ("x = Variable(3.)\ny = x * x\nwith tape: z = x * 2.\n", "was not computed in the tape's block"),
        ("x = Variable(3.)\nw = Variable(2.)\nwith tape: y = w * w\n", "was not read in the tape's block"),
        ("x = Variable(3.)\nwith tape:\n    y = floor(x)\n    z = x * 2.\n", "from anything that it watches"),
        ("x = Variable(3.); w = Variable(1.)\nwith tape: y = floor(x) * w\n", "does not depend on"),
    ],
)
def test_a_note_says_why_there_is_no_gradient(shown: Shown, notes: list[str], program: str, words: str) -> None:
    shown(program)
    notes.clear()
    assert shown("print(grad(y, x))\n") == "None\n"
    assert len(notes) == 1 and notes[0].startswith("note: the gradient is None: ") and words in notes[0]


def test_one_note_for_each_reason(shown: Shown, notes: list[str]) -> None:
    shown("a = constant(1.); b = constant(2.); x = Variable(3.)\nwith tape: y = x * a * b\n")
    shown("print(grad(y, [a, b, x]))\n")
    assert len(notes) == 1
    assert shown("print(grad(y, [a, b], unconnected_gradients='zero'))\n").count("0.0") == 2
    assert len(notes) == 1


# ---------------------------------------------------------------- functions of functions


def test_grad_of_a_function(shown: Shown) -> None:
    assert number(shown("grad(lambda x: x ** 3)(2.)\n")) == 12.0
    assert number(shown("grad(lambda x: x ** 3)(2)\n")) == 12.0
    assert "array([2., 4.]" in shown("grad(lambda x: reduce_sum(x * x))([1., 2.])\n")
    assert "array([2., 4.]" in shown("grad(lambda x: x * x)([1., 2.])\n")
    assert number(shown("grad(lambda x, k=1.: x * k)(2., k=7.)\n")) == 7.0


def test_grad_names_its_argument_by_position(shown: Shown) -> None:
    shown("def f(a, b): return a * a * b\n")
    assert number(shown("grad(f, 1)(3., 5.)\n")) == 9.0
    assert number(shown("grad(f, -1)(3., 5.)\n")) == 9.0
    assert shown("grad(f, (0, 1))(3., 5.)\n").startswith("(<tf.Tensor")
    assert shown("x = constant(2.)\nprint([g.numpy().item() for g in grad(f, (0, 1))(x, x)])\n") == "[8.0, 4.0]\n"
    with pytest.raises(TypeError, match="argument 2 is wanted"):
        shown("grad(f, 2)(3., 5.)\n")


def test_grad_of_structures(shown: Shown) -> None:
    shown("def loss(p): return reduce_sum(p['w'] * p['b'][0])\n")
    said = shown("grad(loss)({'w': constant([1., 2.]), 'b': [constant(3.)]})\n")
    assert said.count("array([3., 3.]") == 1 and said.count("numpy=3.0") == 1


def test_grad_of_variables_and_orders(shown: Shown) -> None:
    shown("v = Variable(2.)\n")
    assert number(shown("grad(lambda v: v * v * 3.)(v)\n")) == 12.0
    assert number(shown("grad(grad(grad(lambda x: x ** 4)))(2.)\n")) == 48.0
    shown("with tape: g = grad(lambda x: x * x * v)(v)\n")
    assert number(shown("grad(g, v)\n")) == 8.0


def test_functions_of_functions_do_not_disturb_the_last_tape(shown: Shown) -> None:
    shown("v = Variable(2.)\nwith tape: y = v * v\ng = grad(lambda x: x * x)(7.)\n")
    assert number(shown("grad(y, v)\n")) == 4.0


def test_value_and_grad_jacobian_hessian(shown: Shown) -> None:
    assert shown("value_and_grad(lambda x: x ** 2)(3.)\n").count("numpy=9.0") == 1
    assert "[[2., 0.],\n       [0., 4.]]" in shown("jacobian(lambda x: x * x)([1., 2.])\n")
    assert "[[ 6.,  0.],\n       [ 0., 12.]]" in shown("hessian(lambda x: reduce_sum(x ** 3))([1., 2.])\n")
    said = shown("jacobian(lambda a, b: a * b, (0, 1))(constant([1., 2.]), constant(3.))\n")
    assert "[[3., 0.],\n       [0., 3.]]" in said and "array([1., 2.]" in said
    assert shown("hessian(lambda x: x ** 3)([1., 2.]).shape\n") == "TensorShape([2, 2, 2])\n"
    assert "array([0., 0.]" in shown("jacobian(lambda x: constant([1., 2.]))(3.)\n")


def test_jvp_and_vjp(shown: Shown) -> None:
    assert shown("y, t = jvp(lambda x: x ** 2, 3., 1.)\nprint(y.numpy(), t.numpy())\n") == "9.0 6.0\n"
    assert shown("y, t = jvp(lambda a, b: a * b, (2., 3.), (1., 10.))\nprint(y.numpy(), t.numpy())\n") == "6.0 23.0\n"
    shown("y, back = vjp(lambda a, b: a * b, [1., 2.], [3., 4.])\n")
    assert shown("print([g.numpy().tolist() for g in back()])\n") == "[[3.0, 4.0], [1.0, 2.0]]\n"
    assert shown("print([g.numpy().tolist() for g in back([1., 0.])])\n") == "[[3.0, 0.0], [1.0, 0.0]]\n"
    assert shown("y, back = vjp(lambda x: floor(x), 2.5)\nprint(back().numpy())\n") == "0.0\n"
    with pytest.raises(ValueError, match="1 primals, but 2 tangents"):
        shown("jvp(lambda x: x, [1.], [1., 2.])\n")


@pytest.mark.parametrize("name", ["value_and_grad", "hessian", "jvp", "vjp"])
def test_a_function_is_wanted(shown: Shown, name: str) -> None:
    with pytest.raises(TypeError, match=f"{name}: a function is wanted"):
        shown(f"{name}(constant(1.){', 1., 1.' if name == 'jvp' else ''})\n")


# ---------------------------------------------------------------- check_grad


def test_check_grad_agrees(shown: Shown) -> None:
    agrees = "check_grad: first and second order agree with finite differences\n"
    assert shown("check_grad(lambda x: reduce_sum(exp(x) * sin(x)), [[0.1, -0.4], [1., 2.]])\n") == agrees
    assert shown("check_grad(lambda x: x ** 3, 1.5)\n") == agrees
    assert (
        shown("check_grad(lambda a, b, n: matmul(a, b) * n, ones(2, 3), constant([[1.], [2.], [3.]]), 2)\n") == agrees
    )
    assert shown("check_grad(lambda p: p['x'] * p['y'][0], {'x': constant(2.), 'y': [constant(3.)]})\n") == agrees
    assert shown("check_grad(lambda x: (x, [x * x]), 1.5, order=1)\n").endswith(
        "first order agrees with finite differences\n"
    )


def test_check_grad_tells_the_worst_entry(shown: Shown) -> None:
    shown(
        "@custom_gradient\n"
        "def wrong(x):\n"
        "    return x * x, lambda upstream: upstream * 2. * x * constant([1., 1., 1.5], float64)\n"
    )
    with pytest.raises(
        AssertionError, match=r"first order, argument 0 at \[2\]: the tape says 9, finite differences 6"
    ):
        shown("check_grad(lambda x: reduce_sum(wrong(x)), [1., 2., 3.])\n")


def test_check_grad_sees_a_wrong_second_order(shown: Shown) -> None:
    shown(
        "@custom_gradient\n"
        "def slope(x):\n"
        "    return 3. * x * x, lambda upstream: upstream * x\n"
        "@custom_gradient\n"
        "def cube(x):\n"
        "    return x ** 3, lambda upstream: upstream * slope(x)\n"
    )
    shown("check_grad(cube, 2., order=1)\n")
    with pytest.raises(AssertionError, match="second order, argument 0"):
        shown("check_grad(cube, 2.)\n")


def test_check_grad_wants_something_to_differentiate(shown: Shown) -> None:
    with pytest.raises(TypeError, match="no floating-point argument"):
        shown("check_grad(lambda x: x, 3)\n")
