"""Jacobians and vectorized_map by one run on a batch, against a loop over its members; for every op."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tensorsh.ops import mapping, registry
from tensorsh.ops.registry import OPS, ops
from tensorsh.runtime import gradient_tape, nest, random
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.tensor import Tensor, as_tensor, wrap
from tensorsh.runtime.variable import Variable
from tests.samples import Samples

registry.index()

NAMES = sorted(name for name, entry in OPS.items() if entry.samples is not None)
DRAWS = {"keras_random_shuffle"}


def first_sample(name: str) -> tuple[Callable[..., Any], list[Tensor]]:
    """A function of the tensors of the op's first sample, and these."""
    entry = OPS[name]
    assert entry.samples is not None
    args, options = next(iter(entry.samples(Samples())))

    def call(tensors: list[Tensor]) -> Any:
        rest = iter(tensors)
        filled = nest.map_leaves(lambda x: next(rest) if type(x) is Tensor else x, (args, options))
        return entry.function(*filled[0], **filled[1])

    return call, [t for t in nest.flatten((args, options)) if type(t) is Tensor]


def is_float(t: Any) -> bool:
    return type(t) is Tensor and t._array.dtype.kind in "fc"


def assert_close(got: Any, expected: Any, name: str) -> None:
    for a, b in zip(nest.flatten(got), nest.flatten(expected), strict=True):
        assert (a is None) == (b is None), name
        if a is not None:
            x, y = np.asarray(as_tensor(a)), np.asarray(as_tensor(b))
            assert (x.shape, x.dtype) == (y.shape, y.dtype), name
            np.testing.assert_allclose(x, y, 1e-9, 1e-12, err_msg=name)


def test_jacobians_at_once_are_those_of_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    def jacobian(call: Callable[..., Any], tensors: list[Tensor]) -> Any:
        with GradientTape(persistent=True) as tape:
            tape.watch(list(filter(is_float, tensors)))
            result = call(tensors)
        return [tape.jacobian(y, tensors) for y in filter(is_float, nest.flatten(result))]

    for name in NAMES:
        call, tensors = first_sample(name)
        at_once = jacobian(call, tensors)
        with monkeypatch.context() as patched:
            patched.setattr(gradient_tape, "_batched_jacobians", lambda *_: None)
            assert_close(at_once, jacobian(call, tensors), name)


def test_vectorized_map_at_once_is_that_of_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in sorted(set(NAMES) - DRAWS):
        call, tensors = first_sample(name)
        if None in nest.flatten(call(tensors)):
            continue  # vectorized_map takes no None
        rows = [wrap(np.stack([t._array * (s if is_float(t) else 1) for s in (1.0, 0.9, 0.8)])) for t in tensors]
        at_once = ops.vectorized_map(call, rows)
        with monkeypatch.context() as patched:
            patched.setattr(mapping, "_at_once", lambda *_: None)
            assert_close(at_once, ops.vectorized_map(call, rows), name)


def test_batch_jacobian_at_once() -> None:
    x, w = ops.constant([[1.0, 2.0], [3.0, 4.0], [0.5, 0.1]]), ops.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.square(x @ w)
    expected = 2 * (x @ w).numpy()[:, :, None] * w.numpy().T[None]
    np.testing.assert_allclose(tape.batch_jacobian(y, x).numpy(), expected, 1e-6)


def test_what_must_see_each_member_is_a_loop() -> None:
    """A condition on values, a draw, an assignment, a print: done for each, and once."""
    x = ops.constant([1.0, -2.0, 3.0])
    assert ops.vectorized_map(lambda r: r if r > 0 else -r, x).numpy().tolist() == [1.0, 2.0, 3.0]
    random.state.set_seed(1)
    drawn = ops.vectorized_map(lambda r: ops.normal([2]), x).numpy()
    random.state.set_seed(1)
    np.testing.assert_array_equal(drawn, [ops.normal([2]).numpy() for _ in range(3)])
    total = Variable(0.0)
    ops.vectorized_map(lambda r: total.assign_add(r).read_value(), x)
    assert float(total) == 2.0


def test_jacobians_that_tapes_watch_can_be_differentiated_again() -> None:
    x = ops.constant([1.0, 2.0])
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as inner:
            inner.watch(x)
            y = x**3
        jacobian = inner.jacobian(y, x)
    np.testing.assert_allclose(outer.gradient(jacobian, x).numpy(), [6.0, 12.0])
