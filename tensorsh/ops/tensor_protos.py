"""Tensors as TensorFlow's messages, and back to arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..runtime.dtypes import as_dtype
from ..runtime.protos import TensorProto, data_type, shape_proto, sizes_of
from ..runtime.shape import TensorShape
from ..runtime.tensor import as_tensor, is_tensor
from .registry import op

_FIELDS = {
    "float16": "half_val", "bfloat16": "half_val", "float32": "float_val", "float64": "double_val",
    "int8": "int_val", "int16": "int_val", "int32": "int_val", "uint8": "int_val", "uint16": "int_val",
    "int64": "int64_val", "uint32": "uint32_val", "uint64": "uint64_val", "bool": "bool_val",
    "complex64": "scomplex_val", "complex128": "dcomplex_val", "string": "string_val",
}  # fmt: skip


@op("make_tensor_proto", short=False)
def make_tensor_proto(
    values: Any, dtype: Any = None, shape: Any = None, verify_shape: bool = False, allow_broadcast: bool = False
) -> TensorProto:
    """The message that holds values: `constant`'s arguments. verify_shape: the values are to have the shape given.

    allow_broadcast: taken as TensorFlow takes it; it changes nothing here. Raises TypeError for another shape with
    verify_shape, ValueError for more values than the shape holds.

    >>> tf.make_tensor_proto(3.5).float_val
    [3.5]
    """
    t = as_tensor(values, None if is_tensor(values) else dtype)
    array = np.asarray(t.numpy(), t.dtype._numpy)
    sizes = list(array.shape) if shape is None else TensorShape(shape).as_list()
    count = int(np.prod([n or 0 for n in sizes]))
    if verify_shape and tuple(sizes) != array.shape:
        raise TypeError(f"Expected Tensor's shape: {tuple(sizes)}, but got {array.shape}.")
    if array.size > count:
        raise ValueError(f"Too many elements provided. Takes at most {count}, but got {array.size}")
    head = {
        "dtype": data_type(t.dtype.as_datatype_enum, t.dtype.kernel_name),
        "tensor_shape": shape_proto(sizes),
    }
    if array.dtype.kind in "iufcV" and array.size > 1 and array.size == count:
        return TensorProto(**head, tensor_content=array.tobytes())
    flat = array.reshape(-1)
    if t.dtype.name in ("float16", "bfloat16"):
        flat = flat.view(np.uint16)
    elif t.dtype.is_complex:
        flat = flat.view(flat.real.dtype)
    found = [_short(value) for value in flat] if flat.dtype == np.float32 else flat.tolist()
    return TensorProto(**head, **{_FIELDS[t.dtype.name]: found})


def _short(value: np.float32) -> float:
    """A float32 as the float with the fewest digits that stands for it, which is how messages show it."""
    return float(str(value))


@op("make_ndarray", short=False)
def make_ndarray(tensor: TensorProto) -> np.ndarray:
    """The array that a message holds; its last value fills what is left.

    tensor: a TensorProto.

    >>> tf.make_ndarray(tf.make_tensor_proto(7, shape=[2]))
    array([7, 7], dtype=int32)
    """
    shape = [n or 0 for n in sizes_of(tensor.tensor_shape) or []]
    dtype = as_dtype(int(tensor.dtype))
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, dtype._numpy).copy().reshape(shape)
    values = getattr(tensor, _FIELDS[dtype.name])
    if dtype.name in ("float16", "bfloat16"):
        flat = np.array(values, np.uint16).view(dtype._numpy)
    elif dtype.is_complex:
        flat = np.array(values, np.float64).view(np.complex128).astype(dtype._numpy)
    else:
        flat = np.array(values, dtype._numpy)
    count = int(np.prod(shape))
    if not len(flat):
        return np.zeros(shape, dtype._numpy)
    return np.concatenate([flat, np.repeat(flat[-1:], count - len(flat))]).reshape(shape)
