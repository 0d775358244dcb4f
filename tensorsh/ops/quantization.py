"""Fake quantization: floats rounded to the few values that integers of some width could stand for.

By TensorFlow's affine scheme: `steps` values from a nudged minimum to a nudged maximum, of which one is exactly 0.
Gradients pass straight through where the input is inside the range.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..runtime.backend import module_of, to_host
from ..runtime.dtypes import F32, F64, FLOATS, float32, from_numpy
from ..runtime.errors import explain, invalid
from ..runtime.tensor import Tensor, as_tensor, wrap
from .arguments import alike
from .creation import host_constant
from .registry import op, ops, primitive
from .rules import check_dtype


class FakeQuantWithMinMaxVarsGradient(NamedTuple):
    backprops_wrt_input: Tensor
    backprop_wrt_min: Tensor
    backprop_wrt_max: Tensor


class FakeQuantWithMinMaxVarsPerChannelGradient(NamedTuple):
    backprops_wrt_input: Tensor
    backprop_wrt_min: Tensor
    backprop_wrt_max: Tensor


# ---------------------------------------------------------------- the affine scheme


def _nudged(xp: Any, low: Any, high: Any, bits: int, narrow: bool) -> tuple[Any, Any, Any]:
    """(minimum, maximum, step), moved so that 0 is one of the values; all 0 where low and high are."""
    first, last = np.float32(1 if narrow else 0), np.float32(2**bits - 1)
    empty = (low == 0) & (high == 0)
    step = xp.where(empty, np.float32(1), (high - low) / (last - first))
    zero = first - low / step
    rounded = xp.trunc(zero + xp.copysign(xp.asarray(0.5, F32), zero))
    zero = xp.where(zero < first, first, xp.where(zero > last, last, rounded))
    parts = (first - zero) * step, (last - zero) * step, step
    return tuple(xp.where(empty, np.float32(0), part) for part in parts)


def _quantization_gradient(
    g: Tensor, y: Tensor, x: Tensor, low: Tensor, high: Tensor, *, bits: int, narrow: bool, divides: bool = False
) -> list[Tensor]:
    """For the input where it is inside the range, for the ends the sums over what is beyond them."""
    inside, below, above = _where(x, low, high, bits, narrow)
    axes = list(range(x._array.ndim - low._array.ndim))
    zero = ops.zeros_like(g)
    return [
        ops.where(inside, g, zero),
        ops.reduce_sum(ops.where(below, g, zero), axes),
        ops.reduce_sum(ops.where(above, g, zero), axes),
    ]


def _where(x: Tensor, low: Tensor, high: Tensor, bits: int, narrow: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Where the input is inside of the range, below it and above it; everywhere inside of an empty range."""
    xp = module_of(x._array)
    first, last, step = _nudged(xp, low._array, high._array, bits, narrow)
    below, above = (x._array < first) & (step > 0), (x._array > last) & (step > 0)
    inside = ~(below | above)
    return wrap(xp.asarray(inside)), wrap(xp.asarray(below)), wrap(xp.asarray(above))


@primitive(joint=_quantization_gradient)
def _fake_quant(xp, x, low, high, bits, narrow, divides):
    """divides: whether TensorFlow's kernel divides by the step, or multiplies by one over it; a tie shows which."""
    first, last, step = _nudged(xp, low, high, bits, narrow)
    divisor = xp.where(step == 0, np.float32(1), step)
    shifted = xp.minimum(xp.maximum(x, first), last) - first
    place = xp.floor((shifted / divisor if divides else shifted * (1 / divisor)) + np.float32(0.5))
    # In double, as the kernel rounds a product and a sum once.
    return (place * step.astype(F64) + first).astype(F32)


def _operands(kernel: str, inputs: Any, low: Any, high: Any, bits: int, rank: int | None) -> tuple[Tensor, ...]:
    values: list[Any] = [inputs, low, high]
    if any(isinstance(value, (list, tuple)) for value in values):
        values = [as_tensor(value, float32) for value in values]
    x, low, high = alike(kernel, [ops.zeros([]), *values], "", first=-1)[1:]
    if not 2 <= bits <= 16:
        raise invalid(kernel, "num_bits must be between 2 and 16, inclusive", name=None)
    for what, t in (("min", low), ("max", high)):
        if rank is not None and t._array.ndim != rank:
            raise invalid(kernel, f"`{what}` must be rank {rank} but is rank {t._array.ndim}", operands=[(what, t)])
        if rank == 1 and t._array.shape[0] != x._array.shape[-1]:
            sizes = x._array.shape[-1], t._array.shape[0]
            raise invalid(kernel, f"{what} has incorrect size, expected {sizes[0]} was {sizes[1]}", name=None)
    return x, low, high


def _args_operands(kernel: str, inputs: Any, low: Any, high: Any, bits: int) -> tuple[Tensor, ...]:
    if not low < high:
        raise invalid(kernel, f"min has to be smaller than max, was: {low:g} >= {high:g}", name=None)
    if type(low) is not float or type(high) is not float:
        inputs = as_tensor(inputs, float32)
    return _operands(kernel, inputs, float(low), float(high), bits, 0)


@op("quantization.fake_quant_with_min_max_args", short=False)
def fake_quant_with_min_max_args(
    inputs: Any, min: Any = -6, max: Any = 6, num_bits: int = 8, narrow_range: bool = False, name: str | None = None
) -> Tensor:
    """float32 rounded to the 2**num_bits values that lie evenly between two numbers, 0 among them.

    min, max: floats, shifted so that 0 is one of the values (Jacob et al., 2018). Raises InvalidArgumentError unless
    min is below max, and num_bits from 2 to 16.

    >>> tf.quantization.fake_quant_with_min_max_args([-7., 0.3, 9.])
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-6.0235295 ,  0.28235295,  5.9764705 ], dtype=float32)>
    """
    operands = _args_operands("FakeQuantWithMinMaxArgs", inputs, min, max, num_bits)
    return _fake_quant(*operands, bits=num_bits, narrow=bool(narrow_range), divides=False)


@op("quantization.fake_quant_with_min_max_args_gradient", short=False)
def fake_quant_with_min_max_args_gradient(
    gradients: Any,
    inputs: Any,
    min: Any = -6,
    max: Any = 6,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """The gradient of `fake_quant_with_min_max_args`: what comes from above, where the input is inside the range.

    gradients: the upstream cotangent, of the shape of the inputs. min, max: as for that op.

    >>> tf.quantization.fake_quant_with_min_max_args_gradient([1., 2.], [-7., 1.])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>
    """
    operands = _args_operands("FakeQuantWithMinMaxArgsGradient", inputs, min, max, num_bits)
    return _gradients(gradients, operands, num_bits, narrow_range)[0]


@op("quantization.fake_quant_with_min_max_vars", short=False)
def fake_quant_with_min_max_vars(
    inputs: Any, min: Any, max: Any, num_bits: int = 8, narrow_range: bool = False, name: str | None = None
) -> Tensor:
    """float32 rounded to the 2**num_bits values that lie evenly between two numbers, which have gradients too.

    min, max: float32 (), shifted so that 0 is one of the values (Jacob et al., 2018). Raises InvalidArgumentError
    unless num_bits is from 2 to 16.

    >>> tf.quantization.fake_quant_with_min_max_vars([-7., 0.3, 9.], -1., 3.)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-1.0039216 ,  0.29803923,  2.9960785 ], dtype=float32)>
    """
    operands = _operands("FakeQuantWithMinMaxVars", inputs, min, max, num_bits, 0)
    return _fake_quant(*operands, bits=num_bits, narrow=bool(narrow_range), divides=True)


@op("quantization.fake_quant_with_min_max_vars_gradient", short=False)
def fake_quant_with_min_max_vars_gradient(
    gradients: Any,
    inputs: Any,
    min: Any,
    max: Any,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> FakeQuantWithMinMaxVarsGradient:
    """The gradients of `fake_quant_with_min_max_vars` for its inputs, its minimum and its maximum.

    gradients: the upstream cotangent, of the shape of the inputs. min, max: float32 ().

    >>> tf.quantization.fake_quant_with_min_max_vars_gradient([1., 2.], [-7., 1.], -1., 3.).backprop_wrt_min
    <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    operands = _operands("FakeQuantWithMinMaxVarsGradient", inputs, min, max, num_bits, 0)
    return FakeQuantWithMinMaxVarsGradient(*_gradients(gradients, operands, num_bits, narrow_range))


@op("quantization.fake_quant_with_min_max_vars_per_channel", short=False)
def fake_quant_with_min_max_vars_per_channel(
    inputs: Any, min: Any, max: Any, num_bits: int = 8, narrow_range: bool = False, name: str | None = None
) -> Tensor:
    """`fake_quant_with_min_max_vars` with a minimum and a maximum for each entry of the last axis.

    inputs: (..., channels). min, max: float32 (channels,).

    >>> tf.quantization.fake_quant_with_min_max_vars_per_channel([[-7., 5.2]], [-1., 0.], [3., 4.])
    <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[-1.0039216,  4.       ]], dtype=float32)>
    """
    operands = _operands("FakeQuantWithMinMaxVarsPerChannel", inputs, min, max, num_bits, 1)
    return _fake_quant(*operands, bits=num_bits, narrow=bool(narrow_range), divides=False)


@op("quantization.fake_quant_with_min_max_vars_per_channel_gradient", short=False)
def fake_quant_with_min_max_vars_per_channel_gradient(
    gradients: Any,
    inputs: Any,
    min: Any,
    max: Any,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> FakeQuantWithMinMaxVarsPerChannelGradient:
    """The gradients of `fake_quant_with_min_max_vars_per_channel`.

    gradients: the upstream cotangent, of the shape of the inputs. inputs: (..., channels). min, max: float32
    (channels,).

    >>> gradients, inputs = [[1., 2.]], [[9., 1.]]
    >>> gradient = tf.quantization.fake_quant_with_min_max_vars_per_channel_gradient
    >>> gradient(gradients, inputs, [0., 0.], [3., 4.]).backprop_wrt_max
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 0.], dtype=float32)>
    """
    operands = _operands("FakeQuantWithMinMaxVarsPerChannelGradient", inputs, min, max, num_bits, 1)
    return FakeQuantWithMinMaxVarsPerChannelGradient(*_gradients(gradients, operands, num_bits, narrow_range))


def _gradients(gradients: Any, operands: tuple[Tensor, ...], bits: int, narrow: bool) -> list[Tensor]:
    """The gradients as constants: TensorFlow has no gradient of them."""
    g, *constants = (wrap(t._array) for t in (as_tensor(gradients, float32), *operands))
    return _quantization_gradient(g, g, *constants, bits=bits, narrow=bool(narrow))


# ---------------------------------------------------------------- the symmetric scheme


def _straight_through(g: Tensor, y: Tensor, x: Tensor, low: Tensor, high: Tensor, **scheme: Any) -> list[Any]:
    if not scheme["limits"]:
        return [g, None, None]
    inside = ops.logical_and(x >= low, x <= high)
    return [ops.where(inside, g, ops.zeros_like(g)), ops.zeros_like(low), ops.zeros_like(high)]


@primitive(joint=_straight_through)
def _quantized(xp, x, low, high, scale, inverse, clip, half_up, limits):
    scaled = xp.minimum(xp.maximum(x, clip[0]), clip[1]) * scale if clip else x * scale
    return (xp.floor(scaled + x.dtype.type(0.5)) if half_up else xp.rint(scaled)) * inverse


@op("quantization.quantize_and_dequantize_v2", short=False)
def quantize_and_dequantize_v2(
    input: Any,
    input_min: Any,
    input_max: Any,
    signed_input: bool = True,
    num_bits: int = 8,
    range_given: bool = False,
    round_mode: str = "HALF_TO_EVEN",
    name: str | None = None,
    narrow_range: bool = False,
    axis: int | None = None,
) -> Tensor:
    """Floats rounded to multiples of a step that makes the range of an integer of num_bits hold the input.

    range_given: the range is [input_min, input_max], and what is beyond is cut; else the input's own, along all axes
    but `axis` if that is given. round_mode: "HALF_TO_EVEN" or "HALF_UP". narrow_range: without the lowest integer.
    num_bits: an int from 1 to 63.

    input_min: the lowest value, if range_given. input_max: the highest. signed_input: whether values below 0 occur.

    >>> tf.quantization.quantize_and_dequantize_v2([-7., 0.3, 9.], -1., 3., range_given=True)
    <tf.Tensor: shape=(3,), dtype=float32, numpy=array([-3.023622  ,  0.30708662,  3.        ], dtype=float32)>
    """
    return _quantize(
        "QuantizeAndDequantizeV4",
        as_tensor(input),
        (input_min, input_max),
        (signed_input, num_bits, range_given, round_mode, narrow_range, axis),
        True,
    )


@op("quantization.quantize_and_dequantize", short=False)
def quantize_and_dequantize(
    input: Any,
    input_min: Any,
    input_max: Any,
    signed_input: bool = True,
    num_bits: int = 8,
    range_given: bool = False,
    round_mode: str = "HALF_TO_EVEN",
    name: str | None = None,
    narrow_range: bool = False,
    axis: int | None = None,
) -> Tensor:
    """`quantize_and_dequantize_v2` whose gradient passes straight through everywhere.

    input_min: the lowest value, if range_given. input_max: the highest. signed_input: whether values below 0 occur.
    range_given: whether the bounds are these, not the input's own. round_mode: "HALF_TO_EVEN" or "HALF_UP".
    num_bits: an int from 1 to 63. axis: an int, for a range of each of its entries; None: one range.

    >>> tf.quantization.quantize_and_dequantize([1., 2.], 0., 1.)
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1.007874, 2.      ], dtype=float32)>
    """
    return _quantize(
        "QuantizeAndDequantizeV2",
        as_tensor(input),
        (input_min, input_max),
        (signed_input, num_bits, range_given, round_mode, narrow_range, axis),
        False,
    )


def _quantize(kernel: str, x: Tensor, ends: tuple[Any, Any], scheme: tuple[Any, ...], limits: bool) -> Tensor:
    signed, bits, given, mode, narrow, axis = scheme
    check_dtype(kernel, x, FLOATS, FLOATS, "input")
    if mode not in ("HALF_TO_EVEN", "HALF_UP"):
        raise explain(
            ValueError(
                f"Value for attr 'round_mode' of \"{mode}\" is not in the list of allowed values: "
                '"HALF_TO_EVEN", "HALF_UP"'
            ),
            hint='write "HALF_TO_EVEN" or "HALF_UP"',
        )
    if not 1 <= bits <= 63:
        raise invalid(kernel, f"num_bits is out of range: {bits} with signed_input {int(bool(signed))}", name=None)
    _, low, high = alike(kernel, [x, *ends], "")
    if given:
        for what, end in (("input_min", low), ("input_max", high)):
            if end._array.ndim:
                raise invalid(kernel, f"{what} must be a scalar.", operands=[(what, end)], name=None)
        if low.numpy() > high.numpy():
            raise invalid(kernel, f"Invalid range: input_min {low.numpy():g} > input_max {high.numpy():g}", name=None)
        least, most = to_host(low._array), to_host(high._array)
    else:
        rank = x._array.ndim
        axes = tuple(range(rank)) if axis is None else tuple(i for i in range(rank) if i != axis % rank)
        host = to_host(x._array)
        least, most = host.min(axis=axes, keepdims=True), host.max(axis=axes, keepdims=True)
    smallest = -(2 ** (bits - 1)) + bool(narrow) if signed else 0
    largest = 2 ** (bits - 1) - 1 if signed else 2**bits - 1
    scale, inverse, least, most = _scales(least, most, smallest, largest)
    values = [host_constant(part, x.dtype) for part in (scale, inverse, least, most)]
    scale, inverse, least, most = (part._array for part in values)
    clip = (least, most) if given else None
    return _quantized(x, low, high, scale=scale, inverse=inverse, clip=clip, half_up=mode == "HALF_UP", limits=limits)


def _scales(least: Any, most: Any, smallest: int, largest: int) -> tuple[Any, Any, Any, Any]:
    """(integers in 1, 1 in integers, least, most): of the two ends, that which leaves room for the other."""
    kind = least.dtype.type
    huge = from_numpy(least.dtype).max
    with np.errstate(all="ignore"):
        by_least = np.where(smallest * least > 0, kind(smallest) / least, huge)
        by_most = np.where(largest * most > 0, kind(largest) / most, huge)
        from_least = by_least < by_most
        scale = np.where(from_least, by_least, by_most).astype(least.dtype)
        inverse = np.where(from_least, least / kind(smallest or 1), most / kind(largest)).astype(least.dtype)
    return (
        scale,
        inverse,
        np.where(from_least, least, kind(smallest) * inverse),
        np.where(from_least, kind(largest) * inverse, most),
    )
