"""tf.function against the Python function that it was made from: every op, random programs, and what a graph is."""

from __future__ import annotations

import ast
import gc
import re
import weakref
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorsh.ops import registry
from tensorsh.ops.functions import Function
from tensorsh.ops.registry import OPS, Primitive, ops
from tensorsh.runtime import backend, effects, emission, nest, random
from tensorsh.runtime.gradient_tape import GradientTape
from tensorsh.runtime.tensor import Tensor, as_tensor, wrap
from tensorsh.runtime.tracing import Trace
from tensorsh.runtime.variable import Variable
from tests import strict_xp
from tests.samples import Samples

registry.index()


def arrays(structure: Any) -> list[Any]:
    return [None if leaf is None else np.asarray(as_tensor(leaf)) for leaf in nest.flatten(structure)]


def assert_same(got: Any, expected: Any, within: float = 0.0) -> None:
    """Equal to the bit, or `within` a relative difference; dtypes and shapes included."""
    a, b = arrays(got), arrays(expected)
    assert len(a) == len(b)
    for x, y in zip(a, b):
        if y is None:
            assert x is None
        else:
            assert (x.shape, x.dtype) == (y.shape, y.dtype)
            np.testing.assert_allclose(x, y, within, within / 10)


def floats(structure: Any) -> list[Tensor]:
    return [t for t in nest.flatten(structure) if type(t) is Tensor and t._array.dtype.kind in "fc"]


def with_gradient(function: Callable[..., Any], inputs: list[Any], persistent: bool = False) -> Any:
    """The results, and the gradients of all inputs that have one."""
    with GradientTape(persistent=persistent) as tape:
        tape.watch(floats(inputs))
        results = function(*inputs)
    targets = floats(results)
    return results, tape.gradient(targets, inputs) if targets else None


def graphs(function: Function) -> list[Any]:
    return [graph for signature in function._signatures.values() for graph in signature._graphs]


def untraced(function: Callable[..., Any]) -> Function:
    """A function that runs as it is, each time."""
    made = Function(function)

    def signature_of(call: Any) -> Any:
        signature = Function._signature_of(made, call)
        signature._is_plain = True
        return signature

    made._signature_of = signature_of  # type: ignore[method-assign]
    return made


# ---------------------------------------------------------------- every op


def calls(name: str) -> Iterator[tuple[Callable[..., Any], list[Tensor]]]:
    """The first of an op's samples, as a function of the tensors in it."""
    entry = OPS[name]
    assert entry.samples is not None
    for args, options in islice(entry.samples(Samples()), 1):

        def call(*tensors: Tensor, args: Any = args, options: Any = options) -> Any:
            rest = iter(tensors)
            filled = nest.map_leaves(lambda x: next(rest) if type(x) is Tensor else x, (args, options))
            return entry.function(*filled[0], **filled[1])

        yield call, [t for t in nest.flatten((args, options)) if type(t) is Tensor]


DRAWS = {"keras_random_shuffle"}
PLAIN = {"igamma", "igammac", "expm"}  # they look at their intermediate results


def test_every_op_gives_the_same_in_a_function() -> None:
    """The traced run, the graph's, and both gradients; and all but a few ops are worth a graph."""
    plain = set()
    for name in sorted(name for name, entry in OPS.items() if entry.samples is not None and name not in DRAWS):
        for call, inputs in calls(name):
            try:
                expected = with_gradient(call, inputs)
            except (ValueError, TypeError):
                continue  # a sample for a second kind of gradient
            traced = Function(call)
            try:
                for _ in range(2):
                    assert_same(with_gradient(traced, inputs), expected)
                assert_same(traced(*inputs), expected[0])
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from error
            if not graphs(traced):
                plain.add(name)
    assert plain == PLAIN


# ---------------------------------------------------------------- random programs

UNARY = ["tanh", "square", "sigmoid", "relu", "softmax", "cumsum", "abs", "sin", "transpose", "ones_like", "identity"]
BINARY = ["add", "multiply", "subtract", "maximum", "realdiv"]
REDUCTIONS = ["reduce_sum", "reduce_mean", "reduce_max", "reduce_logsumexp"]

OTHERS = [
    "read",
    "assign",
    "assign_add",
    "write",
    "if",
    "row",
    "where",
    "stack",
    "draw",
    "slope",
    "nested",
    "loop",
    "pick",
]

NESTED = Function(lambda x: ops.tanh(x) * 2.0 + x)

Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*UNARY, *BINARY, *REDUCTIONS, *OTHERS]),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=12,
)


def run_program(steps: list[Step], variable: Variable, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Each step makes another value of two before it."""
    values = [*inputs]
    for kind, i, j in steps:
        x, y = values[i % len(values)], values[j % len(values)]
        if kind in UNARY:
            values.append(x if kind in ("softmax", "cumsum") and not x.ndim else getattr(ops, kind)(x))
        elif kind in BINARY:
            values.append(getattr(ops, kind)(x, 1.5 if x.shape != y.shape and x.ndim and y.ndim else y))
        elif kind in REDUCTIONS:
            values.append(getattr(ops, kind)(x, -1 if x.ndim else None))
        elif kind == "read":
            values.append(variable * x)
        elif kind == "assign":
            variable.assign(ops.reduce_mean(x))
        elif kind == "assign_add":
            variable.assign_add(ops.reduce_mean(ops.tanh(x)))
        elif kind == "if":
            values.append(x if ops.reduce_mean(y) > 0.25 else -x)
        elif kind == "row":
            values.append(x[0] if x.ndim else x + 1.0)
        elif kind == "where":
            values.append(ops.where(x > 0.0, x * 2.0, ops.zeros_like(x)))
        elif kind == "stack":
            values.append(ops.reduce_sum(ops.stack([x, x, x]), 0))
        elif kind == "slope":
            with GradientTape() as tape:
                tape.watch(x)
                y = ops.reduce_sum(ops.square(x) * ops.sin(x) * variable)
            values.append(tape.gradient(y, x))
        elif kind == "nested":
            values.append(NESTED(x))
        elif kind == "loop":
            for k in ops.range(j % 3):
                x = x * 0.5 + ops.cast(k, "float32")
            values.append(x)
        elif kind == "pick":
            flat = ops.reshape(x, [-1])
            values.append(ops.gather(flat, ops.argmax(flat)) + ops.reduce_sum(ops.gather(flat, [0, 0])))
        elif kind == "write":
            variable.assign(ops.stack([variable, ops.reduce_min(x)])[j % 2])
        else:
            values.append(x * ops.normal(x.shape, seed=3))
    return tuple(values[len(inputs) :])


def inputs_of(seed: int) -> list[Tensor]:
    draws = np.random.default_rng(seed)
    return [wrap(np.asarray(draws.normal(size=shape).astype(np.float32))) for shape in ((2, 3), (3,), ())]


@settings(max_examples=60)
@given(STEPS)
def test_random_programs_give_the_same_in_a_function(steps: list[Step]) -> None:
    """Results, gradients and variables, call after call; a graph is as good as the run that it was traced from."""

    def outcome(make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> tuple[list[Any], list[Any]]:
        random.state.set_seed(7)
        variable = Variable(0.5)
        function = make(lambda *inputs: run_program(steps, variable, inputs))
        found: list[Any] = []
        for seed in (1, 1, 2, 3, 1):
            variable.assign(0.5)
            found.append(function(*inputs_of(seed)))
            found.append(variable.numpy())
        slopes = []
        for seed in (1, 2, 1):
            variable.assign(0.5)
            slopes.append(with_gradient(function, [*inputs_of(seed)])[1])
        return found, slopes

    (results, slopes), (expected, expected_slopes) = outcome(Function), outcome(untraced)
    assert_same(results, expected)
    # What reaches a tensor by several ways is added up function by function.
    assert_same(slopes, expected_slopes, within=1e-5)


# ---------------------------------------------------------------- what a graph is


def counted() -> tuple[Primitive, list[int]]:
    """An op that counts how often it is computed."""
    count = [0]

    def kernel(xp: Any, x: Any) -> Any:
        count[0] += 1
        return np.asarray(np.sort(x.copy()))

    return Primitive(kernel, [lambda g, y, x: g]), count


def test_a_graph_has_no_dead_and_no_double_work() -> None:
    op, count = counted()

    @Function
    def f(x: Any) -> Any:
        op(x * 3.0)
        return op(x) + op(x) * op(ops.constant([3.0, 1.0]))

    x = wrap(np.asarray([2.0, 1.0], np.float32))
    f(x)
    before = count[0]
    assert_same(f(x), wrap(np.asarray([2.0, 8.0], np.float32)))
    assert count[0] == before + 1


def test_a_graph_writes_over_no_value_that_somebody_has() -> None:
    variable = Variable([1.0, 2.0])

    @Function
    def f(x: Any) -> Any:
        y = ops.tanh(x)
        z = ops.reshape(y, [2, 1])
        variable.assign(ops.reshape(z + 1.0, [2]))
        return z, ops.reshape(z, [1, 2]), x, variable, y * 2.0

    first, second = (wrap(np.asarray(v, np.float32)) for v in ([0.5, 1.0], [3.0, -3.0]))
    f(first)
    expected = arrays(f(first))
    kept = f(first)
    value = variable.numpy()
    f(second)
    assert_same(kept, [wrap(a) for a in expected])
    assert_same([wrap(value), variable], [ops.tanh(first) + 1.0, ops.tanh(second) + 1.0])


def test_what_fails_at_the_end_has_done_nothing() -> None:
    """The graph is left for the Python function, which does all of it once, and raises."""
    variable, said = Variable(0.0), []

    @Function
    def f(x: Any, i: Any) -> Any:
        variable.assign_add(1.0)
        said.append(1)
        return ops.gather(x, i)

    x = ops.range(3)
    for i in (0, 1, 2):
        f(x, ops.constant(i))
    assert said == [1]
    with pytest.raises(Exception, match=r"indices = 7 is not in \[0, 3\)"):
        f(x, ops.constant(7))
    assert float(variable) == 4.0
    f(x, ops.constant(1))
    assert float(variable) == 5.0 and len(said) == 2


def test_draws_of_a_run_that_is_given_up_are_taken_back() -> None:
    @Function
    def f(x: Any) -> Any:
        drawn = ops.uniform([2], seed=1)
        return drawn if x > 0 else -drawn

    random.state.set_seed(1)
    drawn = [f(ops.constant(x)) for x in (1.0, 1.0, -1.0, 1.0, -1.0)]
    random.state.set_seed(1)
    again = [f(ops.constant(1.0)) for _ in range(5)]
    for a, b, sign in zip(drawn, again, (1, 1, -1, 1, -1)):
        np.testing.assert_array_equal(np.asarray(a), sign * np.asarray(b))


def test_results_of_other_sizes_are_not_taken_for_the_traced_ones() -> None:
    @Function
    def f(x: Any) -> Any:
        chosen = ops.boolean_mask(x, x > 0.0)
        return ops.reduce_mean(chosen), ops.zeros_like(chosen)

    for values in ([1.0, 2.0, -1.0], [3.0, 2.0, -1.0], [1.0, 2.0, 6.0], [-1.0, -1.0, 5.0]):
        x = wrap(np.asarray(values, np.float32))
        chosen = x.numpy()[x.numpy() > 0]
        mean, zeros = f(x)
        assert float(mean) == chosen.mean() and zeros.shape == chosen.shape


def test_large_values_go_through_a_graph_as_lazily_as_outside() -> None:
    x = wrap(np.linspace(-1, 1, backend.large, dtype=np.float32))

    def f(x: Any) -> Any:
        return ops.reduce_sum(ops.tanh(x) * 2.0 + x), ops.matmul(ops.reshape(x * x, [-1, 2]), [[1.0], [2.0]])

    traced = Function(f)
    for _ in range(2):
        assert_same(with_gradient(traced, [x]), with_gradient(f, [x]))
    assert len(graphs(traced)) == 1


def test_a_lazy_array_holds_small_ones_that_nothing_writes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ops that reduce, and go on with what they reduced."""
    monkeypatch.setattr(backend, "large", 4)
    for name in ("cosine_similarity", "pearson_correlation", "l2_normalize", "normalize", "moments", "log_softmax"):
        for call, inputs in calls(name):
            traced = Function(call)
            for _ in range(2):
                assert_same(with_gradient(traced, inputs), with_gradient(call, inputs), within=1e-9)


def test_a_function_keeps_neither_objects_nor_variables_alive() -> None:
    class Model:
        def __init__(self) -> None:
            self.v = Variable([1.0])

        @Function
        def step(self, x: Any) -> Any:
            return self.v * x

    unrelated = Variable(2.0)
    model = Model()
    model.step(ops.constant([2.0]))
    assert_same(model.step(ops.constant([3.0])), ops.constant([3.0]))
    assert model.step is model.step
    watched = weakref.ref(model), weakref.ref(model.v), weakref.ref(unrelated)
    del model, unrelated
    gc.collect()
    assert [reference() for reference in watched] == [None, None, None]


def test_second_order_through_a_call_that_was_one_op_to_its_tape() -> None:
    """TensorFlow answers None here, since its gradient function knows no more of x."""
    f = Function(lambda x: x**3)
    x = ops.constant([1.0, 2.0])
    for _ in range(2):
        with GradientTape() as early:
            early.watch(x)
            y = f(x)
        with GradientTape() as late:
            late.watch(x)
            first = early.gradient(y, x)
        assert_same([first, late.gradient(first, x)], [ops.constant([3.0, 12.0]), ops.constant([6.0, 12.0])])


def test_arrays_of_another_module_are_not_traced() -> None:
    with backend.using(strict_xp):
        x = wrap(backend.from_host(np.asarray([1.0, 2.0], np.float32)))
        f = Function(lambda x: x * 2.0)
        for _ in range(2):
            assert backend.to_host(f(x)._array).tolist() == [2.0, 4.0]
    assert not graphs(f)


def test_a_traced_run_that_is_cut_off_for_ever_leaves_all_as_it_was() -> None:
    """The shell parts from a thread that hears no interrupt."""
    variable = Variable(3.0)
    Trace().start()
    effects.abandon()
    assert type(variable._value._array) is np.ndarray and ops.executing_eagerly()
    f = Function(lambda x: x * variable)
    assert [float(f(ops.constant(x))) for x in (1.0, 2.0)] == [3.0, 6.0]


def test_the_text_that_is_compiled_holds_nothing_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def spy(text: str, *args: Any) -> Any:
        texts.append(text)
        return compile(text, *args)

    monkeypatch.setattr(emission, "compile", spy, raising=False)
    key = "'] + MISS + ['"
    f = Function(lambda d, name: {key: d[key] * 2.0, "plain": ops.constant(name), name: [d[key][0], None]})
    for _ in range(2):
        result = f({key: ops.constant([1.0, 2.0])}, "text'")
        assert_same(result[key], ops.constant([2.0, 4.0]))
    parts = [part for text in texts for part in ast.walk(ast.parse(text))]
    own = "args checked run bind type slice MISS Tensor asarray ndarray lazily settled wrap".split()
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    assert names and all(name in own or re.fullmatch(r"[abcr]\d+", name) for name in names)
    constants = {type(part.value) for part in parts if isinstance(part, ast.Constant)}
    assert constants <= {int, bool, type(None), type(...)}


def test_a_uniform_matrix_stays_a_matrix_in_a_product() -> None:
    x = ops.constant([[1.0, 2.0], [3.0, 4.0]])
    traced = Function(lambda x: (ops.ones([2, 2]) @ x, ops.ones([2, 2]) * x, x - ops.zeros([2, 2])))
    for _ in range(2):
        assert_same(traced(x), [ops.constant([[4.0, 6.0], [4.0, 6.0]]), x, x])
