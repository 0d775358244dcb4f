"""Tapes from the inside: what the transcripts, which show TensorFlow's behaviour, cannot say."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

from tensorsh.ops import registry
from tensorsh.ops.registry import Primitive, ops
from tensorsh.runtime import tape as tapes
from tensorsh.runtime.errors import InvalidArgumentError
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.tensor import Tensor, as_tensor
from tensorsh.runtime.variable import Variable

registry.index()


def test_only_what_depends_on_something_watched_is_kept() -> None:
    x, c = Variable([1.0, 2.0]), as_tensor([3.0, 4.0])
    with GradientTape() as t:
        for _ in range(5):
            c = c * 2.0
        y = x * c
        _ = ops.argmax(y) + 1
    assert [outputs[0] is y for _, outputs, _, _ in t._entries] == [True]


def test_no_recorder_stays_when_blocks_fail() -> None:
    x = Variable(2.0)
    with pytest.raises(ZeroDivisionError), GradientTape() as outer, outer.stop_recording():
        1 / 0  # noqa: B018
    assert tapes.recorders == []
    with outer:
        y = x * x
    assert float(outer.gradient(y, x)) == 4.0


def test_blocks_may_overlap() -> None:
    x = Variable(2.0)
    first, second = GradientTape(), GradientTape()
    first.__enter__()
    second.__enter__()
    y = x * x
    first.__exit__()
    z = y * x
    second.__exit__()
    assert tapes.recorders == []
    assert first.gradient(z, x) is None
    assert float(second.gradient(z, x)) == 12.0


def test_a_used_tape_lets_go_of_its_tensors() -> None:
    x = Variable([2.0])
    with GradientTape() as t:
        y = x * x
        z = ops.exp(y)
    held = weakref.ref(y._array)
    del y
    gc.collect()
    assert held() is not None
    t.gradient(z, x)
    gc.collect()
    assert held() is None


def test_ids_are_not_mistaken_for_those_of_tensors_that_are_gone() -> None:
    x = as_tensor([1.0, 2.0])
    with GradientTape() as t:
        t.watch(x)
        for _ in range(1000):
            as_tensor([1.0, 2.0])  # is made, dies, and its id is free again
            t.watch(as_tensor([5.0, 6.0]))  # dies too, but for the tape
        unrelated = as_tensor([3.0, 4.0]) * 2.0
        y = x * 3.0
    assert t._watched >= {id(x)}
    assert id(unrelated) not in t._watched
    assert t.gradient(y, x).numpy().tolist() == [3.0, 3.0]


def test_broadcasting_is_undone_for_every_shape() -> None:
    shapes: list[tuple[int, ...]] = [(), (1,), (3,), (2, 1), (1, 3), (2, 3), (4, 1, 3), (1, 1, 1)]
    for a in shapes:
        for b in shapes:
            x, w = Variable(np.ones(a, "float32")), Variable(np.full(b, 2.0, "float32"))
            with GradientTape() as t:
                y = x * w
            gx, gw = t.gradient(y, [x, w])
            full = np.broadcast_shapes(a, b)
            assert gx.shape == a and gw.shape == b
            assert float(ops.reduce_sum(gx)) == 2.0 * np.prod(full)
            assert float(ops.reduce_sum(gw)) == 1.0 * np.prod(full)


def test_a_primitive_with_several_outputs_gets_zeros_for_those_not_used() -> None:
    seen: list[Any] = []

    def split(xp: Any, x: Any) -> tuple[Any, Any]:
        return x[:1], x[1:]

    def joined(g: Any, y: Any, x: Tensor) -> list[Tensor]:
        seen.extend(part.numpy().tolist() for part in g)
        return [ops.concat(g, 0)]

    halves = Primitive(split, joint=joined)
    x = as_tensor([1.0, 2.0, 3.0])
    with GradientTape() as t:
        t.watch(x)
        _, rest = halves(x)
        y = rest * 5.0
    assert t.gradient(y, x).numpy().tolist() == [0.0, 5.0, 5.0]
    assert seen == [[0.0], [5.0, 5.0]]


def test_sums_are_added_in_tensorflows_order() -> None:
    # float32: ((1e8 + 1) - 1e8) is 0, and 1 if the two large ones meet first
    x = Variable(1.0)
    with GradientTape() as t:
        a, b, c = x * -1e8, x * 1.0, x * 1e8
        y = (a + b) + c
    assert float(t.gradient(y, x)) == 0.0


def test_the_gradient_of_many_uses_is_their_sum() -> None:
    x = Variable(2.0)
    with GradientTape() as t:
        y = as_tensor(0.0)
        for i in range(20):
            y = y + x * float(i)
    assert float(t.gradient(y, x)) == 190.0


def test_a_long_chain_needs_no_deep_stack() -> None:
    x = Variable(1.0)
    with GradientTape() as t:
        y = x + 0.0
        for _ in range(20_000):
            y = y * 1.0
    assert float(t.gradient(y, x)) == 1.0


def test_integers_carry_no_gradient() -> None:
    x = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as t:
        n = ops.cast(x, "int32") * 2
        y = ops.cast(n, "float32") * x
    assert t.gradient(n, x) is None
    assert t.gradient(y, x).numpy().tolist() == [2.0, 4.0]


def test_bfloat16_and_float16_are_differentiated_in_their_own_dtype() -> None:
    for dtype in ("bfloat16", "float16", "float64", "complex64"):
        x = Variable(ops.cast([1.0, 2.0], dtype))
        with GradientTape() as t:
            y = x * x
        g = t.gradient(y, x)
        assert g.dtype.name == dtype
        assert ops.cast(ops.real(g) if dtype == "complex64" else g, "float32").numpy().tolist() == [2.0, 4.0]


def test_an_output_gradient_that_does_not_fit_is_refused() -> None:
    x = ops.Variable([1.0, 2.0])
    with GradientTape(persistent=True) as t:
        y = ops.square(x)
    with pytest.raises(InvalidArgumentError, match=r"Incompatible shapes: \[3\] vs. \[2\]"):
        t.gradient(y, x, output_gradients=ops.constant([1.0, 2.0, 3.0]))
    assert t.gradient(y, x, output_gradients=ops.constant(2.0)).numpy().tolist() == [4.0, 8.0]
