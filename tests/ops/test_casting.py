"""Casts that a processor or an array module might do otherwise."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from tensorsh.ops import casting
from tensorsh.ops.registry import ops
from tensorsh.runtime import backend
from tensorsh.runtime.tensor import as_tensor
from tests import strict_xp

MODULES = pytest.mark.parametrize("module", [np, strict_xp], ids=["numpy", "strict"])


def inside(module):
    return contextlib.nullcontext() if module is np else backend.using(module)


# What an x86 processor makes of floats that an integer cannot hold, and so TensorFlow.
@MODULES
@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("int8", [0, 0, 0, 0, 44, -2]),
        ("uint8", [0, 0, 0, 0, 44, 254]),
        ("int16", [0, 0, 0, 0, 300, -2]),
        ("int32", [-(2**31), -(2**31), -(2**31), -(2**31), 300, -2]),
        ("int64", [-(2**63), -(2**63), 3000000000, -(2**63), 300, -2]),
        ("uint32", [0, 0, 3000000000, 0, 300, 2**32 - 2]),
        ("uint64", [2**63, 2**63, 3000000000, 2**63, 300, 2**64 - 2]),
    ],
)
def test_floats_out_of_range_become_what_x86_makes_of_them(module, dtype, expected):
    with inside(module):
        x = as_tensor([float("nan"), float("inf"), 3e9, 1e20, 300.7, -2.9])
        assert ops.cast(x, dtype).numpy().tolist() == expected


def test_every_cast_of_a_long_array_is_that_of_its_elements():
    values = np.array([0.5, -1.5, 300.7, -129.0, 3e9, np.nan, np.inf, -np.inf] * 25, np.float32)
    for dtype in ("int8", "uint8", "int16", "uint16", "int32", "int64", "uint32", "uint64"):
        together = ops.cast(as_tensor(values), dtype).numpy()
        alone = [ops.cast(as_tensor(v), dtype).numpy() for v in values]
        assert together.tolist() == [v.item() for v in alone]


def test_bfloat16_is_not_widened_behind_a_casts_back():
    x = ops.cast([1.1, 2.0], "bfloat16")
    assert ops.cast(x, "float32").numpy().tolist() == [1.1015625, 2.0]
    assert ops.bitcast(x, "uint16").numpy().tolist() == [0x3F8D, 0x4000]


@MODULES
def test_bitcasts_and_complex_parts_leave_their_input_alone(module):
    with inside(module):
        x = as_tensor([[1.0, 2.0], [3.0, 4.0]])
        bits = ops.bitcast(x, "int32")
        z = ops.bitcast(x, "complex64")
        real = ops.real(z)
        assert bits.shape == (2, 2) and z.shape == (2,)
        assert real.numpy().tolist() == [1.0, 3.0] and x.numpy().tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_the_saturating_bounds_never_round_beyond_the_target():
    for source in ("float16", "bfloat16", "float32", "float64", "int64", "uint8"):
        for target in ("int8", "uint8", "int16", "int32", "float16", "float32"):
            source_dtype, target_dtype = ops.cast(0, source).dtype, ops.cast(0, target).dtype
            low, high = casting._shared_limits(source_dtype, target_dtype)
            if target_dtype.is_integer:
                assert int(low) >= target_dtype.min and int(high) <= target_dtype.max
