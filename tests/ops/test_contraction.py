"""matmul, tensordot and einsum: what their errors tell a reader, and that other orders of work give the same."""

from __future__ import annotations

import numpy as np
import pytest

from tensorsh.ops.registry import ops
from tensorsh.runtime import backend, tape
from tensorsh.runtime.errors import InvalidArgumentError
from tensorsh.runtime.gradient_tape import GradientTape
from tests import strict_xp


def numbers(*shape, dtype="float64"):
    return np.random.default_rng(len(shape)).uniform(-1, 1, shape).astype(dtype)


def refusal(*args, **options):
    with pytest.raises(InvalidArgumentError) as caught:
        ops.matmul(*args, **options)
    return caught.value


def test_a_mismatch_names_the_sizes_the_operands_and_the_way_out():
    error = refusal(ops.ones([2, 3]), ops.ones([2, 3]))
    assert error.summary == "matmul: inner dimensions differ, 3 and 2"
    assert error.operands == [("a", "float32 (2, 3)"), ("b", "float32 (2, 3)")]
    assert error.hint == "transpose one of them: matmul(a, b, transpose_b=True)"


@pytest.mark.parametrize(
    ("p", "q", "flags", "hint"),
    [
        ([3, 2], [3, 4], {}, "transpose one of them: matmul(a, b, transpose_a=True)"),
        ([2, 3], [3, 4], {"transpose_a": True}, "leave a as it is: without transpose_a=True it fits"),
        ([2, 3], [4, 5], {}, None),
        ([2, 3], [3], {}, "for a matrix times a vector: matvec(a, b)"),
        ([3], [3], {}, "for the inner product of two vectors: tensordot(a, b, 1)"),
    ],
)
def test_a_hint_is_given_only_where_it_would_help(p, q, flags, hint):
    assert refusal(ops.ones(p), ops.ones(q), **flags).hint == hint


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "int64", "complex128"])
def test_every_dtype_keeps_its_own(dtype):
    a = ops.cast(numbers(2, 3) * 4, dtype)
    b = ops.cast(numbers(3, 2) * 4, dtype)
    product = ops.matmul(a, b)
    assert product.dtype == dtype
    assert np.allclose(product.numpy(), a.numpy() @ b.numpy(), rtol=1e-2)


def test_a_batch_times_one_matrix_is_the_batch_of_products():
    a, b = numbers(4, 2, 3), numbers(3, 5)
    assert np.allclose(ops.matmul(a, b).numpy(), a @ b)
    x = ops.constant(a)
    with GradientTape() as t:
        t.watch(x)
        y = ops.matmul(x, b)
    assert np.allclose(t.gradient(y, x).numpy(), np.ones((4, 2, 5)) @ b.T)


EQUATIONS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 2)),
    ("ij,ij->", (2, 3), (2, 3)),
    ("ii->i", (3, 3)),
    ("iji->j", (3, 2, 3)),
    ("ij->", (2, 3)),
    ("i,j->ji", (2,), (3,)),
    ("ijk,k", (2, 3, 4), (4,)),
    ("ba,cb", (2, 3), (4, 2)),
    ("...ij,...jk->...ik", (2, 1, 2, 3), (4, 3, 2)),
    ("i...,...i->...", (3, 2), (4, 2, 3)),
    ("ab,bc,cd,de->ae", (2, 3), (3, 4), (4, 5), (5, 2)),
    ("ai,bi,ci->abc", (2, 3), (4, 3), (2, 3)),
    ("i,i,i->i", (3,), (3,), (3,)),
]


@pytest.mark.parametrize("module", [np, strict_xp], ids=["numpy", "strict"])
@pytest.mark.parametrize("case", EQUATIONS, ids=[case[0] for case in EQUATIONS])
def test_einsum_agrees_with_numpy(case, module):
    equation, *shapes = case
    arrays = [numbers(*shape) + i for i, shape in enumerate(shapes)]
    with backend.using(module):
        result = ops.einsum(equation, *map(ops.constant, arrays))
    assert np.allclose(result.numpy(), np.einsum(equation, *arrays))


def test_einsum_takes_lists():
    assert float(ops.einsum("i,i->", [1.0, 2.0], [3.0, 4.0])) == 11.0


def test_einsum_of_many_multiplies_the_cheap_pairs_first():
    a, b, c = (ops.zeros([n, m]) for n, m in ((300, 300), (300, 300), (300, 1)))
    seen = []

    class Sizes:
        def _record(self, primitive, outputs, inputs, attrs):
            seen.append(outputs[0].shape.as_list())

        def _read_variable(self, variable):
            pass

    with tape.also(Sizes()):
        ops.einsum("ij,jk,kl->il", a, b, c)
    assert [300, 300] not in seen
