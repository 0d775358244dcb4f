"""Every gradient of every op, first and second order, against central finite differences in float64.

The inputs come from the ops' own `samples`, so an op added to the library is checked from then on. A number is
made of an op's results by weighting them at random; its derivative in a random direction, for each input by
itself, is what the tape and the differences have to agree on. All of it runs on the stand-in for CuPy; on NumPy
gradients are held against TensorFlow's.

An op without samples, and without golden gradients (`tests/test_golden_gradients.py`), claims to have no gradient. Its
claim is checked too: while its example runs, no float may reach its result through primitives that have gradients,
unless the op stands in `UNCHECKED` with the reason.
"""

from __future__ import annotations

import contextlib
import inspect
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorsh.ops import registry
from tensorsh.ops.registry import OPS, Op, ops
from tensorsh.runtime import backend, nest, tape
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.tensor import Tensor, as_tensor, wrap
from tensorsh.session import Session
from tests import strict_xp
from tests.samples import Samples
from tests.test_golden_gradients import ops_with_cases

registry.index()

STEP = 1e-5
TOLERANCE = 1e-6

#: Ops whose second derivative is TensorFlow's and not the true one, and why.
FIRST_ORDER_ONLY = dict.fromkeys(
    ("moments", "keras_ops_moments", "keras_ops_layer_normalization"),
    "TensorFlow's takes the mean in the variance for a constant",
)

_REASONS = {
    "takes functions or tapes, and is checked in test_autodiff.py": """
        check_grad compute_gradient grad hessian jacobian jvp value_and_grad vjp""",
    "draws random numbers, and spreads them with ops that are checked": """
        get_global_generator set_random_seed keras_backend_random_uniform keras_ops_elastic_transform
        keras_random_beta""",
    "finds the smallest with the op that finds the largest": "approx_min_k",
    "finds an op by its name": """
        deserialize_activation deserialize_initializer deserialize_schedule get_activation get_constraint get_loss""",
    "gives whole numbers, or nothing": """
        assert_near histogram_fixed_width_bins matrix_rank keras_ops_ctc_decode keras_ops_digitize keras_ops_histogram
        keras_ops_matrix_rank keras_ops_multi_hot keras_ops_nanargmax keras_ops_nanargmin""",
    "is a function of a size": """
        hamming_window hann_window inverse_stft_window_fn vorbis_window keras_ops_bartlett keras_ops_hamming
        keras_ops_hanning keras_ops_kaiser""",
    "passes values on; fill's gradient is a sum": "constant numpy_meet",
    "gives a table, whose rows are picked by ops that are checked": "table",
    "draws what a function gives, and returns nothing": "plot",
    "gives the pixels of a file": "decode_image",
    "works on the values of what is no tensor, by ops that are checked": "sparse_softmax sparse_mask",
}
#: Ops without samples whose examples do send floats through gradients, and why they have none.
UNCHECKED = {name: reason for reason, names in _REASONS.items() for name in names.split()}


def checked() -> list[str]:
    return sorted(name for name, entry in OPS.items() if entry.samples is not None)


def example(entry: Op) -> str:
    """The program in an op's docstring."""
    lines = (inspect.getdoc(entry.function) or "").splitlines()
    return "".join(line[4:] + "\n" for line in lines if line.startswith((">>> ", "... ")))


@pytest.mark.parametrize("name", checked())
def test_gradients_agree_with_finite_differences(name: str) -> None:
    with backend.using(strict_xp):
        for args, options in calls(OPS[name]):
            leaves = [leaf for leaf in nest.flatten(args) if differentiated(leaf)]
            assert leaves, f"a call of {name} has nothing to differentiate: {args}"
            value = weighted(called(OPS[name].function, args, options), seed=1)
            compare("first", value, leaves)
            with contextlib.suppress(NoSecondOrder):
                if name not in FIRST_ORDER_ONLY:
                    compare("second", weighted(slopes(value), seed=2), leaves)


@pytest.mark.parametrize(
    "name", sorted(name for name in set(OPS) - set(checked()) - ops_with_cases() if example(OPS[name]))
)
def test_an_op_without_samples_has_no_gradient(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # some examples write files
    program = example(OPS[name])
    watcher = FloatsThatFlow()
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        tape.also(watcher),
    ):
        Session().run(program, name)
    if name in UNCHECKED:
        assert watcher.used, f"{name} needs no exception: nothing in its example has a gradient"
    else:
        assert not watcher.used, (
            f"a float goes through {sorted(watcher.used)} in the example of {name}: give it samples, or a reason"
        )


def test_the_watcher_sees_a_float_that_flows() -> None:
    """The test above rests on a recorder that a session leaves in place."""
    watcher = FloatsThatFlow()
    with tape.also(watcher):
        Session().run("y = square(3.)", "t")
    assert watcher.used == {"square"}


# ---------------------------------------------------------------- derivatives


class NoSecondOrder(Exception):
    """TensorFlow has no gradient function for the gradient."""


def calls(entry: Op) -> Iterator[tuple[tuple, dict[str, Any]]]:
    assert entry.samples is not None
    yield from entry.samples(Samples())


def differentiated(leaf: Any) -> bool:
    return isinstance(leaf, Tensor) and leaf.dtype.name in ("float64", "complex128")


def called(function: Callable[..., Any], args: tuple, options: dict[str, Any]) -> Callable[..., Any]:
    """The call as a function of its differentiated tensors, in order."""

    def call(*leaves: Tensor) -> Any:
        own = iter(leaves)
        filled = nest.map_leaves(lambda leaf: next(own) if differentiated(leaf) else leaf, args)
        return function(*filled, **options)

    return call


def weighted(function: Callable[..., Any], seed: int) -> Callable[..., Tensor]:
    """The function's results as one number: the sum of their finite entries, each with its own weight."""

    def total(*leaves: Tensor) -> Tensor:
        draws = np.random.default_rng(seed)
        parts = []
        for y in nest.flatten(function(*leaves)):
            if y is None or not (y := as_tensor(y)).dtype.is_floating and not y.dtype.is_complex:
                continue
            y = ops.cast(y, "complex128" if y.dtype.is_complex else "float64")
            empty = ops.greater(ops.abs(y), 1e200)  # what stands for a sum or a maximum of nothing
            if bool(ops.reduce_any(empty)):
                y = ops.where(empty, ops.zeros_like(y), y)
            weights = as_tensor(draws.uniform(0.5, 1.5, (2, *y.shape)))
            parts.append(ops.reduce_sum(ops.real(y) * weights[0]))
            if y.dtype.is_complex:
                parts.append(ops.reduce_sum(ops.imag(y) * weights[1]))
        return ops.add_n(parts) if parts else as_tensor(0.0, "float64")

    return total


def slopes(value: Callable[..., Tensor]) -> Callable[..., list[Any]]:
    """The gradients of `value` for each of its arguments; None for those that it does not depend on."""

    def gradients(*leaves: Tensor) -> list[Any]:
        with GradientTape() as t:
            t.watch(list(leaves))
            y = value(*leaves)
        return t.gradient(y, list(leaves))

    return gradients


def compare(order: str, value: Callable[..., Tensor], leaves: list[Tensor]) -> None:
    try:
        found = slopes(value)(*leaves)
    except LookupError as error:
        if order == "second" and "gradient registry has no entry for" in str(error):
            raise NoSecondOrder from error
        raise
    draws = np.random.default_rng(3)
    for i, (leaf, gradient) in enumerate(zip(leaves, found)):
        host = backend.to_host(leaf._array)
        direction = draws.uniform(-1.0, 1.0, host.shape)
        if host.dtype.kind == "c":
            direction = direction + 1j * draws.uniform(-1.0, 1.0, host.shape)
        ends = []
        for step in (STEP, -STEP):
            moved = wrap(backend.from_host(np.asarray(host + step * direction)))
            ends.append(float(value(*leaves[:i], moved, *leaves[i + 1 :])))
        difference = (ends[0] - ends[1]) / (2 * STEP)
        slope = 0.0
        if gradient is not None:
            exact = backend.to_host(tape.dense(gradient)._array)
            assert exact.shape == host.shape and exact.dtype == host.dtype
            slope = float(np.sum((exact * np.conj(direction)).real))
        scale = max(1.0, abs(difference))
        assert abs(slope - difference) <= TOLERANCE * scale, (
            f"{order} order, input {i} of {[leaf.shape for leaf in leaves]}: "
            f"the tape says {slope:.9g}, the differences {difference:.9g}"
        )


# ---------------------------------------------------------------- claims


class FloatsThatFlow:
    """A recorder that notes the primitives with gradients through which floats go on to results."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self._made: dict[int, Tensor] = {}  # results that no float has reached

    def _record(self, primitive: Any, outputs: tuple, inputs: tuple, attrs: dict[str, Any]) -> None:
        floats = [x for x in inputs if isinstance(x, Tensor) and x.dtype.is_floating and id(x) not in self._made]
        results = [y for y in outputs if y.dtype.is_floating]
        if not floats:
            self._made |= {id(y): y for y in results}
        elif results and getattr(primitive, "differentiable", True):
            self.used.add(getattr(primitive, "name", "a gradient of the program's own"))

    def _read_variable(self, variable: Any) -> None:
        pass
